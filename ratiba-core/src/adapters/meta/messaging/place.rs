//! Where the two differ.

use super::super::text::Limit;
use crate::domain::channel::ChannelKind;

/// One of the two, as its documentation describes it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) channel: ChannelKind,
    /// The `object` of its webhooks.
    pub(super) object: &'static str,
    /// The longest text.
    pub(super) text: Limit,
    /// Whether a message says why it is sent, and carries a word of ours that its echo brings back. Instagram's documentation shows neither.
    pub(super) labelled: bool,
    /// Whether it has a button that fills in the person's own phone.
    pub(super) asks_phone: bool,
    /// Whether everybody sees quick replies; Instagram does not show them on desktops.
    pub(super) shows_quick_replies: bool,
}

/// Instagram: a text's limit counts bytes.
pub(super) const INSTAGRAM: Place = Place {
    channel: ChannelKind::Instagram,
    object: "instagram",
    text: Limit::bytes(1000),
    labelled: false,
    asks_phone: false,
    shows_quick_replies: false,
};

/// Messenger.
pub(super) const MESSENGER: Place = Place {
    channel: ChannelKind::Messenger,
    object: "page",
    text: Limit::units(2000),
    labelled: true,
    asks_phone: true,
    shows_quick_replies: true,
};
