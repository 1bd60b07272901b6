//! A person as one tenant knows them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::channel::ChannelKind;
use super::id::CustomerId;
use super::message::Language;
use super::phone::Phone;

/// A person as one tenant knows them: some identities, joined by a phone at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// The name they gave or their profile shows.
    pub name: Option<String>,
    /// The number they can be reached and charged on.
    pub phone: Option<Phone>,
    /// Whether the phone is theirs for certain (from the provider's metadata or a one-time code), not only typed.
    pub phone_proven: bool,
    /// The language of their last clear message.
    pub language: Option<Language>,
    /// They asked for no reminders and no marketing.
    pub opted_out: bool,
    /// When they first wrote.
    pub created_at: Timestamp,
}

/// How a channel knows a person. One person has several; one identity has one person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// The channel.
    pub channel: ChannelKind,
    /// The channel's id for them: phone digits, BSUID, scoped id, cookie id.
    pub external_id: String,
}
