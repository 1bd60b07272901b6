//! What one WhatsApp message says.

use super::super::text::{kept, short};
use super::wire::{Card, CardPhone, Message};
use crate::domain::message::Content;
use crate::domain::phone::Phone;

/// The marker of a card that answers our request for the sender's own number.
const OWN_NUMBER: &str = "contact_request";

/// What came of reading a message.
pub(super) enum Read {
    /// The customer said it.
    Said(Content),
    /// Nobody said anything; the word is the provider's.
    Nothing(String),
}

/// Reads the part that the message's type names. An error names what is missing.
pub(super) fn read(message: &Message<'_>) -> Result<Read, &'static str> {
    let content = match &*message.kind {
        "text" => {
            Content::Text { body: kept(&message.text.as_ref().ok_or("a text without text")?.body) }
        }
        "interactive" => return tapped(message).map(Read::Said),
        "button" => {
            let button = message.button.as_ref().ok_or("a button without button")?;
            let title = button.text.as_deref().map(kept).unwrap_or_default();
            let id = button.payload.as_deref().map_or_else(|| title.clone(), kept);
            Content::Choice { id, title }
        }
        "image" => {
            let image = message.image.as_ref().ok_or("an image without image")?;
            Content::Image {
                media_id: kept(&image.id),
                caption: image.caption.as_deref().map(kept),
            }
        }
        "audio" | "voice" => {
            let audio = message.audio.as_ref().ok_or("audio without audio")?;
            Content::Audio { media_id: kept(&audio.id) }
        }
        what @ ("video" | "document" | "sticker") => {
            let media = match what {
                "video" => message.video.as_ref(),
                "document" => message.document.as_ref(),
                _ => None,
            };
            let caption = media.and_then(|media| media.caption.as_deref()).map(kept);
            Content::Attachment { what: what.to_owned(), caption }
        }
        "location" => {
            let place = message.location.as_ref().ok_or("a location without location")?;
            Content::Location { latitude: place.latitude, longitude: place.longitude }
        }
        "contacts" => card(message),
        "reaction" => {
            let reaction = message.reaction.as_ref().ok_or("a reaction without reaction")?;
            let emoji = reaction.emoji.as_deref().filter(|emoji| !emoji.is_empty());
            Content::Reaction { emoji: emoji.map(kept) }
        }
        "system" => {
            let kind = message.system.as_ref().and_then(|system| system.kind.as_deref());
            return Ok(Read::Nothing(format!("system {}", kind.unwrap_or("message"))));
        }
        // The chat was opened; nothing was written yet.
        "request_welcome" => return Ok(Read::Nothing("request_welcome".to_owned())),
        "unsupported" => {
            let kind = message.unsupported.as_ref().and_then(|it| it.kind.as_deref());
            Content::Unsupported { what: short(kind.unwrap_or("unsupported")) }
        }
        other => Content::Unsupported { what: short(other) },
    };
    Ok(Read::Said(content))
}

/// The words of a message, for the transcript of what a person wrote past us; empty where it has none.
pub(super) fn words(message: &Message<'_>) -> String {
    let caption = || {
        let media = [&message.image, &message.video, &message.document];
        media.into_iter().flatten().find_map(|media| media.caption.as_deref())
    };
    let body = message.text.as_ref().map(|text| &*text.body);
    body.or_else(caption).map(kept).unwrap_or_default()
}

/// A tap on a button or row; a form's result and whatever comes next can't be used.
fn tapped(message: &Message<'_>) -> Result<Content, &'static str> {
    let interactive = message.interactive.as_ref().ok_or("a tap without interactive")?;
    let tapped = match interactive.kind.as_deref() {
        Some("button_reply") => &interactive.button_reply,
        Some("list_reply") => &interactive.list_reply,
        other => return Ok(Content::Unsupported { what: short(other.unwrap_or("interactive")) }),
    };
    let tapped = tapped.as_ref().ok_or("a tap on nothing")?;
    let title = tapped.title.as_deref().map(kept).unwrap_or_default();
    Ok(Content::Choice { id: kept(&tapped.id), title })
}

/// The first number on the first card that has one. It is the sender's own only when Meta marks it as the answer to our
/// request; a card from the address book is somebody's.
fn card(message: &Message<'_>) -> Content {
    let cards = message.contacts.as_deref().unwrap_or_default();
    let marked = |origin: Option<&str>| origin == Some(OWN_NUMBER);
    // A marker on the whole message can only mean its card when there is one card.
    let whole = marked(message.origin.as_deref()) && cards.len() == 1;
    let is_own = |card: &Card<'_>, phone: &CardPhone<'_>| {
        whole || marked(card.origin.as_deref()) || marked(phone.origin.as_deref())
    };
    let numbers = || {
        cards
            .iter()
            .flat_map(|card| card.phones.iter().map(move |phone| (card, phone)))
            .filter_map(|(card, phone)| number(phone).map(|number| (number, is_own(card, phone))))
    };
    let found = numbers().find(|(_, own)| *own).or_else(|| numbers().next());
    let (phone, own) = found.map_or((None, false), |(phone, own)| (Some(phone), own));
    Content::Contact { phone, own }
}

/// The complete number: WhatsApp's id for it, or what is written on the card when that has a country code.
fn number(phone: &CardPhone<'_>) -> Option<Phone> {
    let id = phone.wa_id.as_deref().and_then(|id| Phone::from_provider(id).ok());
    id.or_else(|| {
        let written: String = phone
            .phone
            .as_deref()?
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '+')
            .collect();
        Phone::from_provider(&written).ok()
    })
}
