//! How rows of the outbox are named: the lanes that keep them in order, and the ids of rows that take the place of one that failed.

use super::hash::hash_of;
use crate::domain::channel::Address;
use crate::domain::id::{Mint, OutboxId};
use crate::domain::phone::Phone;
use crate::ports::outbox::OutboxItem;

/// How the lane of texts to a number begins.
const TEXTS: &str = "sms:";

/// What goes out to one side of a conversation.
pub(super) fn lane_to(to: &Address) -> String {
    format!("{}:{}:{}", to.channel, to.account, to.peer)
}

/// What goes out to an owner.
pub(super) fn lane_to_admin(to: &Phone) -> String {
    format!("admin:{}", to.e164())
}

/// Texts to a number.
pub(super) fn lane_of_texts(to: &Phone) -> String {
    format!("{TEXTS}{}", to.digits())
}

/// Whether it is the lane of texts to some number.
pub(super) fn is_of_texts(lane: &str) -> bool {
    lane.starts_with(TEXTS)
}

/// Why a row goes out in place of one that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InPlace {
    /// It goes another way by itself.
    AnotherWay = 0,
    /// Somebody has it sent again.
    Again = 1,
}

/// The id of a row that takes another's place: a function of the row that failed, so that a failure that is told twice, or two who have it sent
/// again, make one message.
pub(super) fn id_in_place_of(item: &OutboxItem, why: InPlace) -> OutboxId {
    Mint { at: item.created_at, seed: hash_of(item.id.to_string().bytes()) }.id(why as u32)
}
