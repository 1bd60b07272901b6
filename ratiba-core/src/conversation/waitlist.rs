//! The waitlist: a customer who found no time asks to be told, and a time that has opened up is offered, the first yes wins.
//!
//! Nothing is held while an offer is thought about: several people may have it at once, and the calendar decides at the yes. One wish
//! brings one offer that is the customer's to take or leave; who was too late stays on the list.

use jiff::{SignedDuration, Timestamp};

use super::asking::{Goal, Hunt};
use super::booking::{drop_it, pursue};
use super::effect::{Effect, Rejection};
use super::find;
use super::flow::{Asked, Flow, Search, Wish};
use super::heard::Heard;
use super::line::Line;
use super::turn::Turn;
use crate::domain::id::{ServiceId, WaitId};
use crate::domain::time::MinuteOfDay;
use crate::domain::wait::{Wait, WaitStatus};
use crate::language::understanding::{Intent, StaffMention};
use crate::scheduling::slot::Slot;

/// Minutes that an offer may be answered.
const OFFER_MIN: u32 = 30;
/// Minutes after which a customer who is busy with something else is looked for again.
const LATER_MIN: u32 = 10;

/// "Tell me when there is one", in a search: what led nowhere is what is waited for.
pub(super) fn asked(service: ServiceId, search: Search, t: &mut Turn<'_>) -> Flow {
    if let Asked::Freed { slot, wait, .. } = search.asked {
        pass(wait, slot, t);
    }
    let wish = search.missed.unwrap_or(search.wish);
    join(service, &wish, t)
}

/// Puts the customer on the list. Nothing is under way any more.
pub(super) fn join(service: ServiceId, wish: &Wish, t: &mut Turn<'_>) -> Flow {
    if t.bookable(service).is_none() {
        t.say(Line::NoSuchService);
        return Flow::Greet {};
    }
    let (from, to, after, before) = find::span(wish, t);
    let wait = Wait {
        id: t.mint(),
        customer: t.ctx.customer.id,
        service,
        staff: wish.named_staff(),
        from,
        to,
        after,
        before,
        status: WaitStatus::Waiting,
        created_at: t.ctx.now,
    };
    t.write(Effect::Wait { wait });
    let day = (from == to).then(|| MinuteOfDay::START.on(from, &t.business().tenant.zone));
    t.say(Line::OnWaitlist { service, day });
    Flow::Greet {}
}

/// The customer need not be told any more.
pub(super) fn left(flow: Flow, t: &mut Turn<'_>) -> Flow {
    t.write(Effect::LeaveWaitlist);
    t.say(Line::OffWaitlist);
    flow.repeat(t)
}

/// Whether a flow may give way to an offer: nothing is under way, or nothing that is held and was talked about of late.
pub(super) fn gives_way(flow: &Flow, quiet: bool) -> bool {
    matches!(flow, Flow::Greet {}) || (quiet && flow.holds().is_empty())
}

/// A time has opened up. Whoever is in the middle of something else is not interrupted: it is looked for again later.
pub(super) fn opened(flow: Flow, may_ask: bool, wait: Wait, slot: Slot, t: &mut Turn<'_>) -> Flow {
    let until = last_moment(&slot, t);
    if until <= t.ctx.now || t.bookable(slot.service).is_none() || t.ctx.customer.opted_out {
        t.reject(Rejection::StaleTimer);
        return flow;
    }
    if !may_ask {
        t.reject(Rejection::Busy);
        let at = t.in_minutes(LATER_MIN);
        t.write(Effect::LookAgain { wait: wait.id, slot, at });
        return flow;
    }
    let mut wish =
        Wish { staff: wait.staff.map(|id| StaffMention::Named { id }), ..Wish::default() };
    find::set_exact(&mut wish, slot.window.start, None, &t.business().tenant.zone);
    t.write(Effect::OfferFreed { wait: wait.id, slot, until });
    let asked = Asked::Freed { slot, wait: wait.id, until };
    let search = Search { wish, asked, missed: None };
    Flow::CollectSlot { service: slot.service, search }.repeat_plainly(t)
}

/// Until when an offer may be answered: half an hour, and never so long that the time itself can't be booked any more.
fn last_moment(slot: &Slot, t: &Turn<'_>) -> Timestamp {
    let lead = SignedDuration::from_mins(i64::from(t.business().settings.lead_min));
    t.in_minutes(OFFER_MIN).min(slot.window.start - lead)
}

/// The offer as a question.
pub(super) fn question(slot: Slot, until: Timestamp, t: &Turn<'_>) -> Vec<Line> {
    let Some(service) = t.business().catalogue.service(slot.service) else { return Vec::new() };
    vec![Line::OfferFreed { slot, price: service.price, due: t.due_for(service), until }]
}

/// Whether a message turns an offer down: a no, or a wish for something else.
pub(super) fn turns_down(heard: &Heard) -> bool {
    match heard.intent {
        Intent::Deny => true,
        Intent::Book | Intent::Provide | Intent::Affirm => {
            heard.tells_of_booking() || heard.slots.wants_more
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
        | Intent::StartOver => false,
    }
}

/// The offer goes to the next; what the customer wants instead is looked for.
pub(super) fn turned_down(
    slot: Slot,
    wait: WaitId,
    search: Search,
    heard: &Heard,
    t: &mut Turn<'_>,
) -> Flow {
    pass(wait, slot, t);
    if heard.tells_of_booking() {
        return pursue(Some(slot.service), search.wish, heard, t);
    }
    if heard.slots.wants_more {
        return find::more(Goal::Book(slot.service), search, t);
    }
    drop_it(t)
}

fn pass(wait: WaitId, slot: Slot, t: &mut Turn<'_>) {
    t.write(Effect::SettleWait { wait, slot, status: WaitStatus::Closed });
}

/// Somebody else was faster: the customer stays on the list.
pub(super) fn lost(hunt: &Hunt, t: &mut Turn<'_>) {
    if let (Some(wait), Some((slot, _))) = (hunt.wait, hunt.agreed) {
        t.write(Effect::SettleWait { wait, slot, status: WaitStatus::Waiting });
        t.say(Line::StillOnWaitlist);
    }
}

/// The time to answer has passed. Nothing is said: who did not answer is not asked twice.
pub(super) fn lapsed(flow: Flow, over: WaitId, t: &mut Turn<'_>) -> Flow {
    match flow {
        Flow::CollectSlot { search: Search { asked: Asked::Freed { wait, .. }, .. }, .. }
            if wait == over =>
        {
            Flow::Greet {}
        }
        same @ (Flow::Greet {}
        | Flow::CollectService { .. }
        | Flow::CollectStaff { .. }
        | Flow::CollectSlot { .. }
        | Flow::CollectPhone { .. }
        | Flow::Confirm { .. }
        | Flow::CrossSellOffer { .. }
        | Flow::BundleConfirm { .. }
        | Flow::AwaitingPayment { .. }
        | Flow::PaymentConfirmed { .. }
        | Flow::PaymentFailed { .. }
        | Flow::PaymentTimeout { .. }
        | Flow::PaymentCancelled { .. }
        | Flow::Booked { .. }
        | Flow::CancelSelect { .. }
        | Flow::CancelConfirm { .. }
        | Flow::Cancelled { .. }
        | Flow::RescheduleSelect { .. }
        | Flow::RescheduleSlot { .. }
        | Flow::RescheduleConfirm { .. }
        | Flow::Rescheduled { .. }
        | Flow::DropDraft { .. }
        | Flow::Asking(_)) => {
            t.reject(Rejection::StaleTimer);
            same
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::world::{Did, World, at, day, when};
    use super::*;
    use crate::domain::appointment::AppointmentStatus as Status;
    use crate::language::understanding::Slots;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn notify() -> Slots {
        Slots { notify: true, ..Slots::default() }
    }

    fn wait_of(did: &Did) -> Wait {
        let waits: Vec<Wait> = did
            .effects
            .iter()
            .filter_map(|e| if let Effect::Wait { wait } = e { Some(*wait) } else { None })
            .collect();
        let [one] = waits[..] else { panic!("{:?}", did.effects) };
        one
    }

    /// A customer who waits for three o'clock tomorrow.
    fn waiting(mut w: World) -> (World, Wait) {
        w.taken.push(at(TOMORROW_3PM));
        let service =
            if w.business.tenant.slug.as_str() == "demo-dental" { "Cleaning" } else { "Haircut" };
        w.book(service, TOMORROW_3PM);
        let did = w.says(Intent::Provide, notify());
        let wait = wait_of(&did);
        assert!(matches!(did.lines.as_slice(), [Line::OnWaitlist { day: Some(_), .. }]));
        assert_eq!(w.state(), "GREET");
        w.taken.clear();
        (w, wait)
    }

    fn open(w: &mut World, wait: Wait) -> (Slot, Did) {
        let slot = w.slot(wait.service, None, at(TOMORROW_3PM));
        let did = w.turn(Event::SlotOpened { wait, slot, quiet: false });
        (slot, did)
    }

    fn settled(did: &Did) -> Vec<WaitStatus> {
        let status = |e: &Effect| {
            if let Effect::SettleWait { status, .. } = e { Some(*status) } else { None }
        };
        did.effects.iter().filter_map(status).collect()
    }

    #[test]
    fn who_finds_no_time_may_wait_for_just_that_time() {
        let (w, wait) = waiting(World::barber());
        let zone = &w.business.tenant.zone;
        assert!(wait.suits(at(TOMORROW_3PM), zone));
        assert!(!wait.suits(at("2026-11-24T15:15:00+03:00"), zone));
        assert_eq!((wait.staff, wait.status), (None, WaitStatus::Waiting));
    }

    #[test]
    fn what_led_nowhere_is_what_is_waited_for() {
        let mut w = World::dental();
        w.real_calendar = true;
        let slots = Slots { services: vec![w.service("Cleaning")], ..day("2026-11-29") };
        let did = w.says(Intent::Book, slots);
        assert!(did.lines.contains(&Line::NothingFree), "a Sunday: {:?}", did.lines);
        let wait = wait_of(&w.tap("notify"));
        assert_eq!(
            (wait.from.to_string(), wait.to.to_string()),
            ("2026-11-29".into(), "2026-11-29".into())
        );
    }

    #[test]
    fn yes_to_a_freed_time_goes_straight_to_the_money() {
        let (mut w, wait) = waiting(World::barber());
        let (slot, did) = open(&mut w, wait);
        assert!(matches!(did.lines.as_slice(), [Line::OfferFreed { .. }]));
        assert_eq!(w.state(), "COLLECT_SLOT");
        let until = w.now + SignedDuration::from_mins(30);
        assert!(did.has(&Effect::OfferFreed { wait: wait.id, slot, until }));
        assert!(w.rows.is_empty(), "nothing is held for who has not said yes");
        let did = w.bare(Intent::Affirm);
        assert_eq!((w.state(), settled(&did)), ("AWAITING_PAYMENT", vec![WaitStatus::Taken]));
        let (mut w, wait) = waiting(World::dental());
        open(&mut w, wait);
        w.bare(Intent::Affirm);
        assert_eq!((w.state(), w.statuses()), ("BOOKED", vec![Status::Confirmed]));
    }

    #[test]
    fn who_is_too_late_stays_on_the_list_and_sees_other_times() {
        let (mut w, wait) = waiting(World::barber());
        open(&mut w, wait);
        w.taken.push(at(TOMORROW_3PM));
        let did = w.bare(Intent::Affirm);
        assert!(matches!(
            did.lines.as_slice(),
            [Line::SlotGone, Line::StillOnWaitlist, Line::OfferSlots { .. }]
        ));
        assert_eq!(settled(&did), [WaitStatus::Waiting]);
    }

    #[test]
    fn no_passes_the_time_on_and_another_wish_does_too() {
        let (mut w, wait) = waiting(World::barber());
        open(&mut w, wait);
        let mut other = w.clone();
        let did = w.bare(Intent::Deny);
        assert_eq!((w.state(), settled(&did)), ("GREET", vec![WaitStatus::Closed]));
        let did = other.says(Intent::Provide, when("2026-11-25T10:00:00+03:00"));
        assert_eq!((other.state(), settled(&did)), ("CONFIRM", vec![WaitStatus::Closed]));
    }

    #[test]
    fn an_offer_that_is_not_answered_ends_without_a_word() {
        let (mut w, wait) = waiting(World::barber());
        open(&mut w, wait);
        let did = w.turn(Event::WaitLapsed { wait: wait.id });
        assert_eq!((w.state(), did.lines.len(), did.effects.len()), ("GREET", 0, 0));
        let did = w.turn(Event::WaitLapsed { wait: wait.id });
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::StaleTimer }]);
    }

    #[test]
    fn who_is_busy_is_not_interrupted() {
        let (mut w, wait) = waiting(World::barber());
        w.book("Beard Trim", "2026-11-26T10:00:00+03:00");
        let (slot, did) = open(&mut w, wait);
        let at = w.now + SignedDuration::from_mins(10);
        assert!(did.lines.is_empty());
        assert!(did.has(&Effect::LookAgain { wait: wait.id, slot, at }));
        assert_eq!(w.state(), "CONFIRM");
    }

    #[test]
    fn an_old_question_gives_way_and_a_hold_does_not() {
        let (mut w, wait) = waiting(World::barber());
        w.bare(Intent::Book);
        assert_eq!(w.state(), "COLLECT_SERVICE");
        let slot = w.slot(wait.service, None, at(TOMORROW_3PM));
        let mut holding = w.clone();
        w.turn(Event::SlotOpened { wait, slot, quiet: true });
        assert_eq!(w.thread.draft().start, Some(at(TOMORROW_3PM)));
        holding.book("Beard Trim", "2026-11-26T10:00:00+03:00");
        holding.turn(Event::SlotOpened { wait, slot, quiet: true });
        assert_eq!(holding.state(), "CONFIRM");
    }

    #[test]
    fn a_time_too_soon_to_be_booked_is_not_offered() {
        let (mut w, wait) = waiting(World::barber());
        w.now = at("2026-11-24T14:45:00+03:00");
        let (_, did) = open(&mut w, wait);
        assert_eq!(did.effects, [Effect::Rejected { why: Rejection::StaleTimer }]);
    }

    #[test]
    fn a_wish_that_says_so_at_once_waits_instead_of_being_offered_others() {
        let mut w = World::barber();
        w.taken.push(at(TOMORROW_3PM));
        let services = vec![w.service("Haircut")];
        let did = w.says(Intent::Book, Slots { services, notify: true, ..when(TOMORROW_3PM) });
        assert!(matches!(did.lines.as_slice(), [Line::NotFree { .. }, Line::OnWaitlist { .. }]));
    }

    #[test]
    fn who_leaves_the_list_is_told_so() {
        let (mut w, _) = waiting(World::barber());
        let did = w.tap("unwait");
        assert_eq!(
            (did.lines, did.effects),
            (vec![Line::OffWaitlist], vec![Effect::LeaveWaitlist])
        );
    }
}
