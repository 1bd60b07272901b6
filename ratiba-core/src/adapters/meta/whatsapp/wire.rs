//! The shapes of WhatsApp's webhooks, as far as we read them. Text is borrowed from the body where it has no escapes.
//!
//! Unknown keys are skipped everywhere. The shapes follow Meta's `OpenAPI` file and the page on business-scoped user ids (2026).

use std::borrow::Cow;
use std::ops::Deref;

use serde::Deserialize;

use super::super::moment::Moment;

/// A string, borrowed where possible (`Option<Cow<str>>` never is).
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Str<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The whole body.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) object: Str<'a>,
    #[serde(borrow, default)]
    pub(super) entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow, default)]
    pub(super) changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Change<'a> {
    #[serde(borrow)]
    pub(super) field: Str<'a>,
    #[serde(borrow)]
    pub(super) value: Batch<'a>,
}

/// What one change of a field that we read holds.
#[derive(Deserialize)]
pub(super) struct Batch<'a> {
    #[serde(borrow)]
    pub(super) metadata: Option<Metadata<'a>>,
    #[serde(borrow, default)]
    pub(super) contacts: Vec<Contact<'a>>,
    #[serde(borrow, default)]
    pub(super) messages: Vec<Message<'a>>,
    #[serde(borrow, default)]
    pub(super) message_echoes: Vec<Message<'a>>,
    #[serde(borrow, default)]
    pub(super) statuses: Vec<Status<'a>>,
    #[serde(default)]
    pub(super) errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) display_phone_number: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) phone_number_id: Str<'a>,
}

/// Who a sender is; pairs with messages by id, never by position.
#[derive(Deserialize)]
pub(super) struct Contact<'a> {
    #[serde(borrow)]
    pub(super) profile: Option<Profile<'a>>,
    #[serde(borrow)]
    pub(super) wa_id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) user_id: Option<Str<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Profile<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Str<'a>>,
}

/// One message, with the part that its `type` names. The rarer parts are boxed, which halves what is moved for a text.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) id: Str<'a>,
    #[serde(borrow)]
    pub(super) from: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) from_user_id: Option<Str<'a>>,
    /// Echoes only.
    #[serde(borrow)]
    pub(super) to: Option<Str<'a>>,
    /// Echoes only; the name follows `from_user_id` and is unverified.
    #[serde(borrow)]
    pub(super) to_user_id: Option<Str<'a>>,
    pub(super) timestamp: Moment,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Str<'a>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) interactive: Option<Box<Interactive<'a>>>,
    #[serde(borrow)]
    pub(super) button: Option<Box<TemplateButton<'a>>>,
    #[serde(borrow)]
    pub(super) image: Option<Box<Media<'a>>>,
    #[serde(borrow)]
    pub(super) audio: Option<Box<Media<'a>>>,
    #[serde(borrow)]
    pub(super) video: Option<Box<Media<'a>>>,
    #[serde(borrow)]
    pub(super) document: Option<Box<Media<'a>>>,
    pub(super) location: Option<Box<Location>>,
    #[serde(borrow)]
    pub(super) contacts: Option<Vec<Card<'a>>>,
    /// Where the marker of an answered phone request sits is unverified: here, on the card or on the number.
    #[serde(borrow)]
    pub(super) origin: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) reaction: Option<Box<Reaction<'a>>>,
    #[serde(borrow)]
    pub(super) system: Option<Box<System<'a>>>,
    #[serde(borrow)]
    pub(super) unsupported: Option<Box<Typed<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Text<'a> {
    #[serde(borrow)]
    pub(super) body: Str<'a>,
}

/// A tap on something that we sent.
#[derive(Deserialize)]
pub(super) struct Interactive<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) button_reply: Option<Tapped<'a>>,
    #[serde(borrow)]
    pub(super) list_reply: Option<Tapped<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Tapped<'a> {
    #[serde(borrow)]
    pub(super) id: Str<'a>,
    #[serde(borrow)]
    pub(super) title: Option<Str<'a>>,
}

/// A tap on a template's quick reply.
#[derive(Deserialize)]
pub(super) struct TemplateButton<'a> {
    #[serde(borrow)]
    pub(super) payload: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) text: Option<Str<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Media<'a> {
    #[serde(borrow)]
    pub(super) id: Str<'a>,
    #[serde(borrow)]
    pub(super) caption: Option<Str<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Location {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

#[derive(Deserialize)]
pub(super) struct Card<'a> {
    #[serde(borrow, default)]
    pub(super) phones: Vec<CardPhone<'a>>,
    #[serde(borrow)]
    pub(super) origin: Option<Str<'a>>,
}

#[derive(Deserialize)]
pub(super) struct CardPhone<'a> {
    #[serde(borrow)]
    pub(super) phone: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) wa_id: Option<Str<'a>>,
    #[serde(borrow)]
    pub(super) origin: Option<Str<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Reaction<'a> {
    #[serde(borrow)]
    pub(super) emoji: Option<Str<'a>>,
}

/// What WhatsApp itself tells of a person: a new number, a new business-scoped id.
#[derive(Deserialize)]
pub(super) struct System<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Str<'a>>,
    #[serde(borrow, default)]
    pub(super) wa_id: Option<Str<'a>>,
    #[serde(borrow, default)]
    pub(super) user_id: Option<Str<'a>>,
}

/// Something of which only the kind matters.
#[derive(Deserialize)]
pub(super) struct Typed<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Str<'a>>,
}

/// What became of a message of ours.
#[derive(Deserialize)]
pub(super) struct Status<'a> {
    #[serde(borrow)]
    pub(super) id: Str<'a>,
    #[serde(borrow, rename = "status")]
    pub(super) word: Str<'a>,
    pub(super) timestamp: Moment,
    #[serde(borrow)]
    pub(super) biz_opaque_callback_data: Option<Str<'a>>,
    #[serde(default)]
    pub(super) errors: Vec<ErrorItem>,
}

#[derive(Deserialize)]
pub(super) struct ErrorItem {
    pub(super) code: i64,
}
