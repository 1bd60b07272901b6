//! `CONFIRM`, `CROSS_SELL_OFFER` and `BUNDLE_CONFIRM`: a slot is held and the customer says yes, no or something else.

use jiff::Timestamp;

use super::asking::{Goal, Hunt};
use super::booking::pursue;
use super::find::{self, exact, hunt, merged};
use super::flow::{Asked, Flow, Held, Search, Wish};
use super::heard::Heard;
use super::inquiry::digress;
use super::line::Line;
use super::turn::Turn;
use super::{cross_sell, times};
use crate::language::understanding::{Intent, StaffMention};

/// A message at `CONFIRM`.
pub(super) fn heard(
    held: Held,
    wish: Wish,
    until: Timestamp,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    let wish = keep_means(wish, heard);
    match heard.intent {
        Intent::Affirm | Intent::Deny | Intent::Book | Intent::Provide
            if changes(&held, &wish, heard, t) =>
        {
            t.release(vec![held.id]);
            pursue(Some(held.slot.service), wish, heard, t)
        }
        // "Anyone is fine" answers another question than the one that was asked.
        Intent::Affirm if heard.slots.staff != Some(StaffMention::Anyone) => {
            yes(held, wish, until, t)
        }
        // "By card, please": to say how to pay is to agree.
        Intent::Book | Intent::Provide if names_a_way_to_pay(heard, t) => yes(held, wish, until, t),
        Intent::Deny => {
            t.release(vec![held.id]);
            t.say(Line::NotBooked);
            // They may want another time; what was wished before is no hint any more.
            let wish = Wish { date: None, time: None, ..wish };
            find::collect(Goal::Book(held.slot.service), wish, Asked::When {}, t)
        }
        Intent::Book | Intent::Provide if heard.slots.wants_more => {
            t.release(vec![held.id]);
            let search = Search { wish, asked: Asked::When {}, missed: None };
            find::more(Goal::Book(held.slot.service), search, t)
        }
        Intent::Affirm | Intent::Book | Intent::Provide => {
            Flow::Confirm { held, wish, until }.repeat_plainly(t)
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
        | Intent::StartOver => digress(Flow::Confirm { held, wish, until }, heard, t),
    }
}

/// Whether a message names a way to pay that the tenant takes.
fn names_a_way_to_pay(heard: &Heard, t: &Turn<'_>) -> bool {
    let rails = &t.business().settings.payment.rails;
    heard.slots.rail.is_some_and(|rail| rails.contains(&rail))
}

/// Keeps a number or a way to pay that was named.
pub(super) fn keep_means(mut wish: Wish, heard: &Heard) -> Wish {
    wish.phone = heard.slots.phone.clone().or(wish.phone);
    wish.rail = heard.slots.rail.or(wish.rail);
    wish
}

/// Whether a message asks for something other than what is held.
pub(super) fn changes(held: &Held, wish: &Wish, heard: &Heard, t: &Turn<'_>) -> bool {
    if !heard.tells_of_booking() {
        return false;
    }
    if let Some((service, staff, start)) = heard.picked_slot() {
        return (service, staff, start)
            != (held.slot.service, held.slot.staff, held.slot.window.start);
    }
    let slots = &heard.slots;
    let wished = merged(wish.clone(), slots, &t.business().tenant.zone);
    let service = slots.services.first().is_none_or(|s| *s == held.slot.service)
        && slots.services.len() < 2
        && (slots.service_candidates.is_empty() || !slots.services.is_empty());
    let staff = wished.named_staff().is_none_or(|s| s == held.slot.staff);
    let start = exact(&wished, &t.business().tenant.zone) == Some(held.slot.window.start);
    !(service && staff && start)
}

/// Yes at `CONFIRM`. A hold that has run out is first had again.
fn yes(held: Held, wish: Wish, until: Timestamp, t: &mut Turn<'_>) -> Flow {
    if until <= t.ctx.now {
        t.release(vec![held.id]);
        return retake(held, wish, t);
    }
    cross_sell::agree(held, wish, until, t)
}

/// Looks for a slot again that the customer has agreed to.
pub(super) fn retake(held: Held, wish: Wish, t: &mut Turn<'_>) -> Flow {
    let goal = Goal::Book(held.slot.service);
    let agreed = Some((held.slot, held.price));
    hunt(Hunt { agreed, ..times::pick(goal, wish, &held.slot, t) }, t)
}

#[cfg(test)]
mod tests {
    use super::super::effect::Effect;
    use super::super::event::TimerName;
    use super::super::world::{World, at, day, time, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::domain::money::{Currency, Money};
    use crate::domain::tenant::Rail;
    use crate::language::understanding::Slots;
    use crate::payments::news::PaymentNews;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    #[test]
    fn one_message_with_everything_goes_from_greet_to_confirm_and_holds_the_slot() {
        let mut w = World::barber();
        assert_eq!(w.state(), "GREET");
        let did = w.book("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "CONFIRM");
        let [Line::ConfirmBooking { slot, price, due, state_date: false, rail: None }] =
            did.lines.as_slice()
        else {
            panic!("{:?}", did.lines)
        };
        assert_eq!(slot.window.start, at(TOMORROW_3PM));
        assert_eq!(
            (*price, *due),
            (Money::whole(500, Currency::Kes), Money::whole(500, Currency::Kes))
        );
        let until = w.now + jiff::SignedDuration::from_mins(10);
        assert_eq!(w.rows[0].hold_expires_at, Some(until));
        assert!(did.has(&Effect::Arm { timer: TimerName::HoldExpires, at: until }));
        assert!(w.thread.draft().held);
    }

    #[test]
    fn yes_asks_for_the_money_and_a_payment_books() {
        let mut w = World::barber();
        let (payment, did) = w.pay("Haircut", TOMORROW_3PM);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        let amount = Money::whole(500, Currency::Kes);
        assert_eq!(
            did.lines,
            [Line::PromptSent { phone: w.customer.phone.clone().unwrap(), amount }]
        );
        let did = w.news(payment, PaymentNews::Paid { receipt: Some("TKX1".into()), amount });
        assert_eq!(w.state(), "PAYMENT_CONFIRMED");
        assert_eq!(w.statuses(), [Status::Confirmed]);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PaidAndBooked { remaining, .. }] if remaining.minor == 0
        ));
    }

    #[test]
    fn where_nothing_is_due_yes_books_at_once() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("BOOKED", vec![Status::Confirmed]));
        assert!(
            matches!(did.lines.as_slice(), [Line::Booked { at_venue, .. }] if at_venue.minor == 350_000)
        );
    }

    #[test]
    fn no_gives_the_slot_back_and_asks_for_another_time() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.bare(Intent::Deny);
        assert_eq!((w.state(), w.statuses()), ("COLLECT_SLOT", vec![Status::Expired]));
        assert_eq!(did.lines[0], Line::NotBooked);
        assert!(!w.thread.draft().held);
    }

    #[test]
    fn a_correction_of_the_day_keeps_the_time_and_swaps_the_hold() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = w.says(Intent::Deny, Slots { correction: true, ..day("2026-11-26") });
        assert_eq!(w.state(), "CONFIRM");
        assert_eq!(w.thread.draft().start, Some(at("2026-11-26T15:00:00+03:00")));
        assert_eq!(w.statuses(), [Status::Expired, Status::Held]);
        let release = did.effects.iter().position(|e| matches!(e, Effect::Release { .. }));
        let hold = did.effects.iter().position(|e| matches!(e, Effect::Hold { .. }));
        assert!(release < hold, "the old hold goes first");
    }

    #[test]
    fn a_correction_of_the_time_keeps_the_day() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.says(Intent::Provide, time("16:00"));
        assert_eq!(w.thread.draft().start, Some(at("2026-11-24T16:00:00+03:00")));
    }

    #[test]
    fn anyone_is_fine_is_no_yes() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        w.says(Intent::Affirm, Slots { staff: Some(StaffMention::Anyone), ..Slots::default() });
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn to_say_how_to_pay_is_to_agree_where_the_tenant_takes_it() {
        let by_card = || Slots { rail: Some(Rail::Card), ..Slots::default() };
        let mut w = World::salon();
        w.book("Braids", TOMORROW_3PM);
        let did = w.says(Intent::Provide, by_card());
        assert!(did.effects.iter().any(|e| matches!(e, Effect::Charge { rail: Rail::Card, .. })));
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        w.says(Intent::Provide, by_card());
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn yes_with_the_same_time_is_a_yes() {
        let mut w = World::dental();
        w.book("Cleaning", TOMORROW_3PM);
        w.says(Intent::Affirm, when(TOMORROW_3PM));
        assert_eq!(w.state(), "BOOKED");
    }

    #[test]
    fn a_day_whose_name_could_mean_another_is_stated_in_full() {
        use crate::language::understanding::DateMention;
        let mut w = World::barber();
        let (date, or) = ("2026-11-27".parse().unwrap(), "2026-12-04".parse().ok());
        let date = Some(DateMention::On { date, or });
        let services = vec![w.service("Haircut")];
        let did =
            w.says(Intent::Book, Slots { services, date, ..when("2026-11-27T15:00:00+03:00") });
        assert!(matches!(did.lines.as_slice(), [Line::ConfirmBooking { state_date: true, .. }]));
    }
}
