//! A verified webhook body, read into events.
//!
//! Two readers, one meaning. The quick one reads the whole body into borrowed shapes at once and gives up at the first
//! thing that it does not expect. The patient one then takes the body apart item by item, so that a bad item costs
//! nobody but itself. Both hand each item to the same functions below.

use serde::Deserialize;
use serde_json::Value;

use super::super::envelope::{self, ignored, items, malformed};
use super::super::error::kind_of_failed_status;
use super::super::text::kept;
use super::content::{self, Read};
use super::wire::{Batch, Contact, Envelope, ErrorItem, Message, Metadata, Status};
use crate::domain::channel::{Address, ChannelKind};
use crate::domain::customer::Identity;
use crate::domain::message::{Delivery, InboundMessage};
use crate::domain::phone::Phone;
use crate::ports::channel::{ChannelEvent, DecodeError, FailedDelivery, StatusReport};
use crate::ports::fault::FaultKind;

const OBJECT: &str = "whatsapp_business_account";
const MESSAGES: &str = "messages";
const ECHOES: &str = "smb_message_echoes";

/// Reads a body: an envelope, or an array of envelopes.
pub(super) fn events(raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError> {
    match quick(raw) {
        Some(events) => Ok(events),
        None => patient(raw),
    }
}

/// What every item of one change shares.
struct Site<'a> {
    account: &'a str,
    /// The business's own number, digits only by Meta's custom, perhaps with separators.
    own: Option<&'a str>,
    contacts: &'a [Contact<'a>],
}

/// All events, or `None` when anything at all is not as expected.
fn quick(raw: &[u8]) -> Option<Vec<ChannelEvent>> {
    // UTF-8 is checked once for the whole body, not string by string.
    let envelope: Envelope<'_> = serde_json::from_str(std::str::from_utf8(raw).ok()?).ok()?;
    if &*envelope.object != OBJECT {
        return Some(vec![ignored(&envelope.object)]);
    }
    let mut events = Vec::new();
    for change in envelope.entry.iter().flat_map(|entry| &entry.changes) {
        if !matches!(&*change.field, MESSAGES | ECHOES) {
            events.push(ignored(&change.field));
            continue;
        }
        let Batch { metadata, contacts, messages, message_echoes, statuses, errors } =
            &change.value;
        let metadata = metadata.as_ref()?;
        let site = Site::new(metadata, contacts);
        events.reserve(messages.len() + message_echoes.len() + statuses.len());
        for message in messages {
            events.push(message_event(&site, message).ok()?);
        }
        for echo in message_echoes {
            events.push(echo_event(&site, echo).ok()?);
        }
        events.extend(statuses.iter().map(|status| status_event(&site, status)));
        events.extend(errors.iter().map(error_event));
    }
    Some(events)
}

/// All events, with the items that can't be read among them.
fn patient(raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError> {
    let whole = envelope::whole(raw)?;
    let mut events = Vec::new();
    for envelope in envelope::all(&whole)? {
        match envelope.get("object").and_then(Value::as_str) {
            Some(OBJECT) => {}
            Some(other) => {
                events.push(ignored(other));
                continue;
            }
            None => {
                events.push(malformed(None, "an envelope without object", envelope));
                continue;
            }
        }
        for entry in items(envelope, "entry") {
            for change in items(entry, "changes") {
                patient_change(change, &mut events);
            }
        }
    }
    Ok(events)
}

fn patient_change(change: &Value, events: &mut Vec<ChannelEvent>) {
    match change.get("field").and_then(Value::as_str) {
        Some(MESSAGES | ECHOES) => {}
        Some(other) => return events.push(ignored(other)),
        None => return events.push(malformed(None, "a change without field", change)),
    }
    let Some(value) = change.get("value").filter(|value| value.is_object()) else {
        return events.push(malformed(None, "a change without value", change));
    };
    let Some(metadata) = value.get("metadata").and_then(|m| Metadata::deserialize(m).ok()) else {
        return events.push(malformed(None, "a change without phone_number_id", change));
    };
    let contacts: Vec<Contact<'_>> =
        items(value, "contacts").iter().filter_map(|c| Contact::deserialize(c).ok()).collect();
    let site = Site::new(&metadata, &contacts);
    let account = Some(site.account);
    for item in items(value, "messages") {
        events.push(match Message::deserialize(item) {
            Ok(message) => message_event(&site, &message)
                .unwrap_or_else(|reason| malformed(account, reason, item)),
            Err(_) => malformed(account, "a message that lacks a part", item),
        });
    }
    for item in items(value, "message_echoes") {
        events.push(match Message::deserialize(item) {
            Ok(echo) => {
                echo_event(&site, &echo).unwrap_or_else(|reason| malformed(account, reason, item))
            }
            Err(_) => malformed(account, "an echo that lacks a part", item),
        });
    }
    for item in items(value, "statuses") {
        events.push(match Status::deserialize(item) {
            Ok(status) => status_event(&site, &status),
            Err(_) => malformed(account, "a status that lacks a part", item),
        });
    }
    for item in items(value, "errors") {
        events.push(match ErrorItem::deserialize(item) {
            Ok(error) => error_event(&error),
            Err(_) => malformed(account, "an error without code", item),
        });
    }
}

fn error_event(error: &ErrorItem) -> ChannelEvent {
    ignored(&format!("error {}", error.code))
}

impl<'a> Site<'a> {
    fn new(metadata: &'a Metadata<'a>, contacts: &'a [Contact<'a>]) -> Self {
        Self {
            account: &metadata.phone_number_id,
            own: metadata.display_phone_number.as_deref(),
            contacts,
        }
    }

    fn address(&self, peer: &str) -> Address {
        Address {
            channel: ChannelKind::Whatsapp,
            account: self.account.to_owned(),
            peer: peer.to_owned(),
        }
    }

    /// Whether a sender is the business itself.
    fn is_own(&self, sender: &str) -> bool {
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
        self.own.is_some_and(|own| {
            own == sender || (own.len() > sender.len() && digits(own) == sender.as_bytes())
        })
    }

    fn contact(&self, phone: Option<&str>, user: Option<&str>) -> Option<&Contact<'a>> {
        let same = |ours: Option<&str>, theirs: Option<&str>| ours.is_some() && ours == theirs;
        self.contacts.iter().find(|contact| {
            same(user, contact.user_id.as_deref()) || same(phone, contact.wa_id.as_deref())
        })
    }
}

fn message_event(site: &Site<'_>, message: &Message<'_>) -> Result<ChannelEvent, &'static str> {
    if message.id.is_empty() {
        return Err("a message without id");
    }
    let from = message.from.as_deref().map(|from| from.trim_start_matches('+'));
    let from = from.filter(|from| !from.is_empty());
    // A business-scoped id has a dot in it; some payloads may carry it where the phone used to be.
    let phone_digits = from.filter(|from| !from.contains('.'));
    if phone_digits.is_some_and(|from| site.is_own(from)) {
        return Ok(ignored("own message"));
    }
    let user = message.from_user_id.as_deref().filter(|user| !user.is_empty());
    let user = user.or_else(|| from.filter(|from| from.contains('.')));
    let contact = site.contact(phone_digits, user);
    let user = user.or_else(|| contact.and_then(|contact| contact.user_id.as_deref()));
    if let Some(renamed) = renamed(site, phone_digits, user, message) {
        return Ok(renamed);
    }
    let content = match content::read(message)? {
        Read::Said(content) => content,
        Read::Nothing(what) => return Ok(ignored(&what)),
    };
    let identities: Vec<Identity> = [phone_digits, user]
        .into_iter()
        .flatten()
        .map(|id| Identity { channel: ChannelKind::Whatsapp, external_id: id.to_owned() })
        .collect();
    let peer = phone_digits.or(user).ok_or("a message without sender")?;
    Ok(ChannelEvent::Message(Box::new(InboundMessage {
        provider_id: message.id.to_string(),
        address: site.address(peer),
        phone: phone_digits.and_then(|digits| Phone::from_provider(digits).ok()),
        profile_name: contact
            .and_then(|contact| contact.profile.as_ref())
            .and_then(|profile| profile.name.as_deref())
            .map(kept)
            .filter(|name| !name.trim().is_empty()),
        identities,
        sent_at: message.timestamp.0,
        content,
    })))
}

/// WhatsApp says that a person's number or business-scoped id has become another: the person is the same.
fn renamed(
    site: &Site<'_>,
    digits: Option<&str>,
    user: Option<&str>,
    message: &Message<'_>,
) -> Option<ChannelEvent> {
    let system = message.system.as_ref()?;
    let (old, new) = match system.kind.as_deref()? {
        "user_changed_number" => (digits?, system.wa_id.as_deref()?.trim_start_matches('+')),
        "user_changed_user_id" => (user?, system.user_id.as_deref()?),
        _ => return None,
    };
    (old != new && !new.is_empty()).then(|| ChannelEvent::Renamed {
        account: site.account.to_owned(),
        old: old.to_owned(),
        new: new.to_owned(),
    })
}

/// A message that the owner sent from the WhatsApp Business app on the same number.
fn echo_event(site: &Site<'_>, echo: &Message<'_>) -> Result<ChannelEvent, &'static str> {
    let to = echo.to.as_deref().map(|to| to.trim_start_matches('+')).filter(|to| !to.is_empty());
    let peer = to.or(echo.to_user_id.as_deref()).ok_or("an echo without recipient")?;
    Ok(ChannelEvent::Echo {
        address: site.address(peer),
        provider_id: echo.id.to_string(),
        text: content::words(echo),
        at: echo.timestamp.0,
    })
}

fn status_event(site: &Site<'_>, status: &Status<'_>) -> ChannelEvent {
    let outcome = match &*status.word {
        "sent" => Ok(Delivery::Sent),
        "delivered" => Ok(Delivery::Delivered),
        "read" => Ok(Delivery::Read),
        "played" => Ok(Delivery::Played),
        "failed" => {
            let code = status.errors.first().map(|error| error.code);
            let kind = code.map_or(FaultKind::Rejected, kind_of_failed_status);
            let code = code.map_or_else(|| "unexplained".to_owned(), |code| code.to_string());
            Err(FailedDelivery { kind, code })
        }
        other => return ignored(&format!("status {other}")),
    };
    ChannelEvent::Status(StatusReport {
        account: site.account.to_owned(),
        provider_id: status.id.to_string(),
        outbox: status.biz_opaque_callback_data.as_deref().and_then(|id| id.parse().ok()),
        outcome,
        at: status.timestamp.0,
    })
}
