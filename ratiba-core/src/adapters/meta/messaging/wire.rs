//! The shapes of Instagram's and Messenger's webhooks, as far as we read them. Unknown keys are skipped everywhere.

use serde::{Deserialize, Deserializer};

use super::super::moment::Moment;

/// One item of `messaging` or `standby`.
#[derive(Deserialize)]
pub(super) struct Item {
    pub(super) sender: Option<Party>,
    pub(super) recipient: Option<Party>,
    pub(super) timestamp: Option<Moment>,
    pub(super) message: Option<Message>,
    pub(super) postback: Option<Postback>,
    pub(super) reaction: Option<Reaction>,
    pub(super) message_edit: Option<Edit>,
    pub(super) delivery: Option<DeliveryReport>,
    pub(super) read: Option<ReadReport>,
}

/// A person or the business.
#[derive(Deserialize)]
pub(super) struct Party {
    #[serde(deserialize_with = "id")]
    pub(super) id: String,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the shape is Meta's")]
pub(super) struct Message {
    #[serde(default)]
    pub(super) mid: String,
    pub(super) text: Option<String>,
    pub(super) quick_reply: Option<QuickReply>,
    #[serde(default)]
    pub(super) attachments: Vec<Attachment>,
    #[serde(default)]
    pub(super) is_echo: bool,
    #[serde(default)]
    pub(super) is_self: bool,
    #[serde(default)]
    pub(super) is_deleted: bool,
    #[serde(default)]
    pub(super) is_unsupported: bool,
    /// Ours, brought back by an echo.
    pub(super) metadata: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct QuickReply {
    pub(super) payload: String,
}

#[derive(Deserialize)]
pub(super) struct Attachment {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) payload: Option<Payload>,
}

#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) url: Option<String>,
    pub(super) sticker_id: Option<serde::de::IgnoredAny>,
    pub(super) coordinates: Option<Coordinates>,
}

#[derive(Deserialize)]
pub(super) struct Coordinates {
    pub(super) lat: f64,
    pub(super) long: f64,
}

/// A tap on a button, an ice breaker or "Get Started".
#[derive(Deserialize)]
pub(super) struct Postback {
    pub(super) mid: Option<String>,
    pub(super) title: Option<String>,
    pub(super) payload: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Reaction {
    pub(super) mid: String,
    pub(super) action: String,
    #[serde(rename = "reaction")]
    pub(super) word: Option<String>,
    pub(super) emoji: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Edit {
    pub(super) mid: String,
    #[serde(default)]
    pub(super) num_edit: u64,
}

/// Messenger: these messages arrived, or everything up to the watermark.
#[derive(Deserialize)]
pub(super) struct DeliveryReport {
    #[serde(default)]
    pub(super) mids: Vec<String>,
    pub(super) watermark: Option<Moment>,
}

/// Messenger: everything up to the watermark was read. Instagram: this message was.
#[derive(Deserialize)]
pub(super) struct ReadReport {
    pub(super) mid: Option<String>,
    pub(super) watermark: Option<Moment>,
}

/// Ids are strings of digits; one table of the documentation calls them numbers.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }

    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}
