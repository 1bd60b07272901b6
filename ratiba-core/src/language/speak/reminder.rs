//! Reminders of a booking, short enough for one text message.

use super::lines::with_remaining;
use super::speaker::{Speaker, Voice};
use crate::domain::money::Money;
use crate::scheduling::slot::Slot;

/// Which reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reminder {
    /// The one about 24 hours before; says how to move or cancel.
    DayBefore,
    /// The one about 2 hours before.
    HoursBefore,
}

impl Speaker {
    /// A reminder in words. It has no emoji, so that it can go by SMS in the cheap alphabet, and begins with the business's name,
    /// because a text message shows only a number.
    ///
    /// `remaining` is what is still to be paid at the venue; nothing is said of zero.
    pub fn reminder_text(
        &self,
        which: Reminder,
        slot: &Slot,
        remaining: Money,
        voice: &Voice<'_>,
    ) -> String {
        let context = self.context(voice);
        let id = match which {
            Reminder::DayBefore => "reminder-day",
            Reminder::HoursBefore => "reminder-hours",
        };
        let message = context
            .message(id)
            .with("what", context.what(slot))
            .with("when", context.moment(slot.window.start, super::say::date::Exact::Near));
        with_remaining(message, remaining, &context).sentence()
    }
}
