//! What a customer is told when the house itself cancels or moves what they booked.

use super::say::date::Exact;
use super::speaker::{Speaker, Voice};
use crate::domain::money::Money;
use crate::scheduling::slot::Slot;

impl Speaker {
    /// The house has called an appointment off; `back` is what goes back to the customer.
    pub fn called_off_text(&self, slot: &Slot, back: Money, voice: &Voice<'_>) -> String {
        let context = self.context(voice);
        context
            .message("owner-called-off")
            .with("what", context.what(slot))
            .with("when", context.moment(slot.window.start, Exact::Near))
            .pick("paid", if back.is_positive() { "yes" } else { "no" })
            .with("amount", context.money(back))
            .sentence()
    }

    /// The house has moved an appointment.
    pub fn moved_text(&self, old: &Slot, new: &Slot, voice: &Voice<'_>) -> String {
        let context = self.context(voice);
        context
            .message("owner-moved")
            .with("what", context.what(new))
            .with("old", context.moment(old.window.start, Exact::Near))
            .with("when", context.moment(new.window.start, Exact::Near))
            .sentence()
    }
}
