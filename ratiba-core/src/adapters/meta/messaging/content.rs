//! What one message of Instagram or Messenger says.

use super::super::text::{kept, short};
use super::wire::{Attachment, Message};
use crate::domain::message::Content;
use crate::domain::phone::Phone;

/// What came of reading a message.
pub(super) enum Read {
    /// The customer said it.
    Said(Content),
    /// It was said, and is taken back.
    TakenBack,
    /// Nobody said anything; the word is the provider's.
    Nothing(&'static str),
}

/// Reads a message of a customer. One with several attachments is what its first is.
pub(super) fn read(message: &Message) -> Read {
    if message.is_deleted {
        return Read::TakenBack;
    }
    if message.is_self {
        return Read::Nothing("message to oneself");
    }
    let text = message.text.as_deref().map(kept).filter(|text| !text.is_empty());
    if message.is_unsupported {
        return Read::Said(Content::Unsupported { what: "unsupported".to_owned() });
    }
    if let Some(quick) = &message.quick_reply {
        let title = text.unwrap_or_default();
        // The button for the phone answers with the number from the person's profile, which nobody has checked: it is as good as typed.
        if Phone::from_provider(quick.payload.trim_start_matches('+')).is_ok() {
            return Read::Said(Content::Text { body: kept(&quick.payload) });
        }
        return Read::Said(Content::Choice { id: kept(&quick.payload), title });
    }
    Read::Said(match (message.attachments.first(), text) {
        (Some(attachment), text) => attached(attachment, text),
        (None, Some(body)) => Content::Text { body },
        (None, None) => Content::Unsupported { what: "empty".to_owned() },
    })
}

/// The words of a message, for the transcript of what a person wrote past us; for one without words, what it is.
pub(super) fn words(message: &Message) -> String {
    let text = message.text.as_deref().map(kept).filter(|text| !text.is_empty());
    text.or_else(|| message.attachments.first().map(|it| format!("[{}]", short(&it.kind))))
        .unwrap_or_default()
}

fn attached(attachment: &Attachment, caption: Option<String>) -> Content {
    let payload = attachment.payload.as_ref();
    // There are no media ids here; the address of the file stands in for one. It expires.
    let url = payload.and_then(|payload| payload.url.as_deref()).map(kept).unwrap_or_default();
    let is_sticker = payload.is_some_and(|payload| payload.sticker_id.is_some());
    match attachment.kind.as_str() {
        "image" if !is_sticker => Content::Image { media_id: url, caption },
        "audio" => Content::Audio { media_id: url },
        "location" => match payload.and_then(|payload| payload.coordinates.as_ref()) {
            Some(at) => Content::Location { latitude: at.lat, longitude: at.long },
            None => Content::Attachment { what: "location".to_owned(), caption },
        },
        // A thumb or a heart may come as a picture with a sticker's id.
        "image" => Content::Attachment { what: "sticker".to_owned(), caption },
        other => Content::Attachment { what: short(other), caption },
    }
}
