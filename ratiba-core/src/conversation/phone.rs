//! `COLLECT_PHONE`: a stranger gives a number before anything is held for them.

use super::asking::{Goal, Hunt, Then};
use super::booking::{drop_it, pursue};
use super::effect::{Effect, Fact, Query};
use super::find::{hunt, hunt_for};
use super::flow::{Flow, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::proof;
use super::turn::Turn;
use crate::domain::phone::Phone;
use crate::language::understanding::Intent;
use crate::scheduling::slot::Slot;

/// A message at `COLLECT_PHONE`.
pub(super) fn heard(slot: Slot, wish: Wish, heard: &Heard, t: &mut Turn<'_>) -> Flow {
    if heard.tells_of_booking() && heard.slots.phone.is_none() {
        match heard.intent {
            Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny => {
                return pursue(Some(slot.service), wish, heard, t);
            }
            Intent::Cancel
            | Intent::Reschedule
            | Intent::MyBookings
            | Intent::Services
            | Intent::Hours
            | Intent::Other
            | Intent::Greet
            | Intent::Thanks
            | Intent::Human
            | Intent::Stop
            | Intent::StartOver => {}
        }
    }
    if let Some(phone) = heard.slots.phone.clone() {
        let service = heard.slots.services.first().copied().unwrap_or(slot.service);
        let mut hunt = hunt_for(Goal::Book(service), wish, heard, t);
        if !heard.tells_of_booking() {
            hunt.with = Some(slot.staff);
        }
        return t.ask(Query::PhoneOwner { phone: phone.clone() }, Then::Phone { phone, hunt });
    }
    match heard.intent {
        Intent::Deny => drop_it(t),
        Intent::Book | Intent::Provide | Intent::Affirm => {
            if looks_like_number(&heard.text.0) {
                t.say(Line::BadPhone);
            }
            Flow::CollectPhone { slot, wish }.repeat_plainly(t)
        }
        Intent::Cancel
        | Intent::Reschedule
        | Intent::MyBookings
        | Intent::Services
        | Intent::Hours
        | Intent::Other
        | Intent::Greet
        | Intent::Thanks
        | Intent::Human
        | Intent::Stop
        | Intent::StartOver => digress(Flow::CollectPhone { slot, wish }, heard, t),
    }
}

/// The number has been looked up: keep it, and look for the slot again, because nothing was held meanwhile.
///
/// A number of another customer is good to be charged and reminded on, but joins nobody to anybody: that takes a proof.
///
/// Whoever has it is asked to prove it by a code, beside the booking: no proof, no old bookings, but a new one all the same.
pub(super) fn answered(
    phone: Phone,
    taken: bool,
    can_prove: bool,
    next: Hunt,
    t: &mut Turn<'_>,
) -> Flow {
    if taken {
        proof::begin(&phone, can_prove, t);
    }
    t.memory.phone = Some(phone.clone());
    t.write(Effect::Remember { fact: Fact::Phone { phone, proven: false } });
    hunt(next, t)
}

/// Six digits or more: an attempt at a number.
fn looks_like_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 6
}

#[cfg(test)]
mod tests {
    use super::super::world::{World, when};
    use super::*;
    use crate::domain::channel::ChannelKind;
    use crate::language::understanding::Slots;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    #[test]
    fn a_stranger_gives_the_number_before_anything_is_held() {
        let mut w = World::barber();
        w.channel = ChannelKind::Instagram;
        w.customer.phone = None;
        let did = w.book("Haircut", TOMORROW_3PM);
        assert_eq!((w.state(), did.lines), ("COLLECT_PHONE", vec![Line::AskPhone]));
        assert!(w.rows.is_empty(), "nothing is held for a stranger");
        let phone = Phone::from_provider("254700111222").unwrap();
        let slots = Slots { phone: Some(phone.clone()), ..Slots::default() };
        let did = w.says(Intent::Provide, slots);
        assert_eq!(w.state(), "CONFIRM");
        assert!(
            did.has(&Effect::Remember {
                fact: Fact::Phone { phone: phone.clone(), proven: false }
            })
        );
        let did = w.bare(Intent::Affirm);
        assert!(
            did.effects
                .iter()
                .any(|e| matches!(e, Effect::Charge { payer: Some(p), .. } if *p == phone))
        );
    }

    #[test]
    fn a_number_of_somebody_else_can_pay_but_proves_nothing() {
        let mut w = World::barber();
        w.channel = ChannelKind::Web;
        w.customer.phone = None;
        w.phone_taken = true;
        w.book("Haircut", TOMORROW_3PM);
        let phone = Phone::from_provider("254700111222").unwrap();
        let slots = Slots { phone: Some(phone.clone()), ..Slots::default() };
        let did = w.says(Intent::Provide, slots);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PhoneTaken { .. }, Line::ConfirmBooking { .. }]
        ));
        assert!(
            !did.effects
                .iter()
                .any(|e| matches!(e, Effect::Remember { fact: Fact::Phone { proven: true, .. } }))
        );
    }

    #[test]
    fn a_number_that_came_with_the_wish_is_not_asked_for_again() {
        let mut w = World::barber();
        w.channel = ChannelKind::Messenger;
        w.customer.phone = None;
        let slots = Slots {
            services: vec![w.service("Haircut")],
            phone: Phone::from_provider("254700111222").ok(),
            ..when(TOMORROW_3PM)
        };
        w.says(Intent::Book, slots);
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn whatsapp_without_a_number_asks_only_where_money_is_due() {
        let mut w = World::barber();
        w.customer.phone = None;
        w.book("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "COLLECT_PHONE");
        let mut w = World::dental();
        w.customer.phone = None;
        w.book("Cleaning", TOMORROW_3PM);
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn digits_that_are_no_number_are_said_so() {
        let mut w = World::barber();
        w.customer.phone = None;
        w.book("Haircut", TOMORROW_3PM);
        let mut said = super::super::world::said(Intent::Provide, Slots::default());
        said.text = "0712 34567".into();
        let did = w.turn(super::super::event::Event::Heard { said });
        assert_eq!(did.lines, [Line::BadPhone, Line::AskPhone]);
    }
}
