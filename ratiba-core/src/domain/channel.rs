//! The ways in which customers reach a business, and what each of them can do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A customer channel. The machine never branches on it; it branches on [`Capabilities`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChannelKind {
    /// WhatsApp Cloud API.
    Whatsapp,
    /// A phone call.
    Voice,
    /// The web widget.
    Web,
    /// Instagram direct messages.
    Instagram,
    /// Facebook Messenger.
    Messenger,
}

impl ChannelKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Whatsapp, Self::Voice, Self::Web, Self::Instagram, Self::Messenger];

    /// The lower-case name used in storage, configuration and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Voice => "voice",
            Self::Web => "web",
            Self::Instagram => "instagram",
            Self::Messenger => "messenger",
        }
    }

    /// The channel of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == name)
    }

    /// What the product promises for each of our channels; a custom channel may declare others.
    pub const fn capabilities(self) -> Capabilities {
        const DAY_MIN: u32 = 24 * 60;
        match self {
            Self::Whatsapp => Capabilities {
                tier: Tier::One,
                identity_anchor: IdentityAnchor::Phone,
                session_window: SessionWindow::Minutes(DAY_MIN),
                supports_payment_inline: InlinePayment::Yes,
                supports_rich_media: true,
            },
            Self::Voice => Capabilities {
                tier: Tier::One,
                identity_anchor: IdentityAnchor::Phone,
                session_window: SessionWindow::WhileConnected,
                supports_payment_inline: InlinePayment::HeldAtMost { seconds: 90 },
                supports_rich_media: false,
            },
            Self::Web => Capabilities {
                tier: Tier::Two,
                identity_anchor: IdentityAnchor::SignedCookie,
                session_window: SessionWindow::Unlimited,
                supports_payment_inline: InlinePayment::OncePhoneIsKnown,
                supports_rich_media: true,
            },
            Self::Instagram | Self::Messenger => Capabilities {
                tier: Tier::Two,
                identity_anchor: IdentityAnchor::ScopedId,
                session_window: SessionWindow::Minutes(DAY_MIN),
                supports_payment_inline: InlinePayment::OncePhoneIsKnown,
                supports_rich_media: true,
            },
        }
    }
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The five things that a channel declares about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// One: brings the phone. Two: the phone has to be asked for.
    pub tier: Tier,
    /// What a customer is recognised by.
    pub identity_anchor: IdentityAnchor,
    /// How long after the customer's last message a free-form reply may be sent.
    pub session_window: SessionWindow,
    /// Whether a payment prompt fits into the conversation.
    pub supports_payment_inline: InlinePayment,
    /// Whether buttons, lists, images and links can be shown; speech cannot.
    pub supports_rich_media: bool,
}

/// Whether the channel brings a phone number by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Usually brings it.
    One,
    /// Never brings it.
    Two,
}

/// What a customer is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityAnchor {
    /// A phone number from the provider.
    Phone,
    /// A cookie that we signed.
    SignedCookie,
    /// An id that the provider scopes to the business.
    ScopedId,
}

/// How long a business may answer freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionWindow {
    /// So many minutes after the customer's last message.
    Minutes(u32),
    /// As long as the call lasts.
    WhileConnected,
    /// For ever.
    Unlimited,
}

/// Whether a payment prompt fits into the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InlinePayment {
    /// Yes.
    Yes,
    /// The caller waits for at most so long.
    HeldAtMost {
        /// Seconds of waiting.
        seconds: u32,
    },
    /// Yes, after the phone has been asked for.
    OncePhoneIsKnown,
}

/// One person at one business account of one channel: where a message came from and where the answer goes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The channel.
    pub channel: ChannelKind,
    /// The business's account there: `phone_number_id`, page id, widget slug.
    pub account: String,
    /// The person there: WhatsApp digits or BSUID, scoped id, cookie id.
    pub peer: String,
}

/// The peer may be a phone number, so only its end is shown.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail: String =
            self.peer.chars().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect();
        write!(f, "{}:{}:…{tail}", self.channel, self.account)
    }
}
