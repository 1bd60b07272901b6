//! A customer's message, with a picked choice folded into its meaning.

use jiff::Timestamp;

use super::asking::Words;
use super::choice::Pick;
use super::event::{Medium, Said};
use crate::domain::id::{ServiceId, StaffId};
use crate::language::understanding::{Intent, Ordinal, Slots, StaffMention, TimeMention};

/// A customer's message, ready to act on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heard {
    pub(super) intent: Intent,
    pub(super) slots: Slots,
    /// The choice that was picked, in whatever way.
    pub(super) pick: Option<Pick>,
    pub(super) text: Words,
    pub(super) medium: Medium,
}

impl Heard {
    /// Reads a message. An id says what it means by itself, whatever list it was on.
    pub(super) fn read(said: &Said) -> Self {
        let mut slots = said.understanding.slots.clone();
        let mut intent = said.understanding.intent;
        let pick = slots.choice.as_deref().and_then(|id| id.parse::<Pick>().ok());
        if let Some(pick) = pick {
            intent = match pick {
                Pick::Yes => Intent::Affirm,
                Pick::No => Intent::Deny,
                Pick::MenuBook => Intent::Book,
                Pick::MenuBookings => Intent::MyBookings,
                Pick::MenuServices => Intent::Services,
                Pick::MenuHours => Intent::Hours,
                Pick::MenuHuman => Intent::Human,
                Pick::Time(minute) => {
                    slots.time = Some(TimeMention::At { minute, about: false });
                    Intent::Provide
                }
                Pick::Service(id) => {
                    slots.services = vec![id];
                    Intent::Provide
                }
                Pick::Staff(id) => {
                    slots.staff = Some(StaffMention::Named { id });
                    Intent::Provide
                }
                Pick::AnyStaff => {
                    slots.staff = Some(StaffMention::Anyone);
                    Intent::Provide
                }
                Pick::More => {
                    slots.wants_more = true;
                    Intent::Provide
                }
                Pick::Notify => {
                    slots.notify = true;
                    Intent::Provide
                }
                Pick::Slot { .. }
                | Pick::Booking(_)
                | Pick::Retry
                | Pick::OtherNumber
                | Pick::Card
                | Pick::Venue
                | Pick::Unwait => Intent::Provide,
            };
        }
        let corrects = slots.correction
            && (!slots.services.is_empty()
                || slots.staff.is_some()
                || slots.date.is_some()
                || slots.time.is_some());
        if intent == Intent::Other && (corrects || slots.phone.is_some()) {
            // A correction or a number is no question, however it is worded.
            intent = Intent::Provide;
        }
        if let Some(phone) = &said.proven_phone {
            slots.phone = Some(phone.clone());
        }
        Self { intent, slots, pick, text: Words(said.text.clone()), medium: said.medium }
    }

    /// A wish to book with these values, as if it had just been said.
    pub(super) fn to_book(slots: Slots) -> Self {
        let text = Words(String::new());
        Self { intent: Intent::Book, slots, pick: None, text, medium: Medium::Text }
    }

    /// Whether it says something about what, by whom or when.
    pub(super) fn tells_of_booking(&self) -> bool {
        let s = &self.slots;
        !s.services.is_empty()
            || !s.service_candidates.is_empty()
            || s.staff.is_some()
            || self.tells_of_time()
    }

    /// Whether it says something about when.
    pub(super) fn tells_of_time(&self) -> bool {
        let s = &self.slots;
        s.date.is_some() || s.time.is_some() || s.start.is_some() || self.picked_slot().is_some()
    }

    /// The time that was picked from a list, with its service and member of staff.
    pub(super) fn picked_slot(&self) -> Option<(ServiceId, StaffId, Timestamp)> {
        match self.pick {
            Some(Pick::Slot { service, staff, start }) => Some((service, staff, start)),
            Some(
                Pick::Yes
                | Pick::No
                | Pick::Service(_)
                | Pick::Staff(_)
                | Pick::AnyStaff
                | Pick::More
                | Pick::Time(_)
                | Pick::Booking(_)
                | Pick::Retry
                | Pick::OtherNumber
                | Pick::Card
                | Pick::Venue
                | Pick::Notify
                | Pick::Unwait
                | Pick::MenuBook
                | Pick::MenuBookings
                | Pick::MenuServices
                | Pick::MenuHours
                | Pick::MenuHuman,
            )
            | None => None,
        }
    }

    /// The position in a list of `len` that was named, from 0.
    pub(super) fn position(&self, len: usize) -> Option<usize> {
        let at = match self.slots.ordinal? {
            Ordinal::Nth(n) => usize::from(n).checked_sub(1)?,
            Ordinal::Last => len.checked_sub(1)?,
        };
        (at < len).then_some(at)
    }
}
