//! What people say and what they are told, as structure: channels render it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::channel::Address;
use super::customer::Identity;
use super::phone::Phone;

/// The two languages that Ratiba speaks. Sheng counts as Swahili.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Swahili.
    Sw,
}

impl Language {
    /// `en` or `sw`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sw => "sw",
        }
    }
}

/// What a person sent, whatever the channel.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Content {
    /// Words.
    Text {
        /// As received, at most 64 KiB.
        body: String,
    },
    /// A tap on something that we offered.
    Choice {
        /// The id that we gave it.
        id: String,
        /// What was written on it.
        title: String,
    },
    /// A recorded voice message or another sound.
    Audio {
        /// The provider's media id.
        media_id: String,
    },
    /// A picture.
    Image {
        /// The provider's media id.
        media_id: String,
        /// Words below it.
        caption: Option<String>,
    },
    /// A file, a video or a sticker.
    Attachment {
        /// `document`, `video`, `sticker`.
        what: String,
        /// Words below it.
        caption: Option<String>,
    },
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
    },
    /// A contact card.
    Contact {
        /// The first number on it.
        phone: Option<Phone>,
        /// True only when the provider says that it is the sender's own number.
        own: bool,
    },
    /// An emoji on one of our messages.
    Reaction {
        /// The emoji; `None` takes it back.
        emoji: Option<String>,
    },
    /// Something that the provider can't or won't pass on.
    Unsupported {
        /// The provider's word for it.
        what: String,
    },
}

/// What a person wrote never shows in Debug output: only its kind and size.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { body } => write!(f, "Text({} bytes)", body.len()),
            Self::Choice { id, .. } => write!(f, "Choice({id})"),
            Self::Audio { .. } => f.write_str("Audio"),
            Self::Image { .. } => f.write_str("Image"),
            Self::Attachment { what, .. } => write!(f, "Attachment({what})"),
            Self::Location { .. } => f.write_str("Location"),
            Self::Contact { own, .. } => write!(f, "Contact(own: {own})"),
            Self::Reaction { .. } => f.write_str("Reaction"),
            Self::Unsupported { what } => write!(f, "Unsupported({what})"),
        }
    }
}

/// One message from a customer, as an adapter decoded it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundMessage {
    /// The provider's id of it; with the account it is unique, and the key of de-duplication.
    pub provider_id: String,
    /// Where it came from and where the answer goes.
    pub address: Address,
    /// Every id that the provider gave for the sender on this channel (phone digits, BSUID), strongest first. Never empty.
    pub identities: Vec<Identity>,
    /// The phone, where the provider vouches for it.
    pub phone: Option<Phone>,
    /// The name on the sender's profile.
    pub profile_name: Option<String>,
    /// When the provider says that it was sent.
    pub sent_at: Timestamp,
    /// What it holds.
    pub content: Content,
}

/// One thing that can be picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Comes back when it is picked; at most 200 bytes.
    pub id: String,
    /// A few words; adapters shorten it to what their channel shows.
    pub title: String,
    /// A second line where the channel has one.
    #[serde(default)]
    pub description: Option<String>,
}

/// A link with its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What to write on it.
    pub title: String,
    /// An absolute https address.
    pub url: String,
}

/// One message to a customer, composed once as structure and rendered by each channel within its limits.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The words, without markup.
    pub text: String,
    /// What can be picked; a typed answer is accepted too.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// What the button that opens a list of choices says.
    #[serde(default)]
    pub list_label: String,
    /// A link below the text.
    #[serde(default)]
    pub link: Option<Link>,
    /// Ask the channel for the customer's own number, where it has a way to.
    #[serde(default)]
    pub asks_phone: bool,
}

impl Reply {
    /// Words only.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bytes, {} choices)", self.text.len(), self.choices.len())
    }
}

/// What became of a message that we sent. Ordered as a lattice: a later report never moves it down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The provider took it.
    Accepted,
    /// It left the provider.
    Sent,
    /// It reached the phone.
    Delivered,
    /// It was seen.
    Read,
    /// A voice note was heard.
    Played,
}
