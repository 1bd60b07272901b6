//! The upsell dial at `COLLECT_SLOT`: a second service is suggested while a time is looked for, and taken up or let go with the next message.
//! It costs no message of its own, and counts as the one offer of a conversation.

use super::asking::Goal;
use super::flow::{Asked, Flow, Search, Wish};
use super::heard::Heard;
use super::line::Line;
use super::turn::Turn;
use crate::domain::dials::{CrossSell, Upsell};
use crate::domain::id::ServiceId;
use crate::language::understanding::Intent;
use crate::scheduling::cross_sell::related;

/// Whether a second service may still be offered in this conversation.
pub(super) fn may_offer(t: &Turn<'_>) -> bool {
    let dials = t.business().dials();
    dials.cross_sell != CrossSell::Never
        && dials.upsell != Upsell::Never
        && !t.memory.cross_sell_done
}

/// Suggests what goes best with what is being booked, where the dial wants it now. Whether there is room for it is seen when the time is known.
pub(super) fn suggest(goal: &Goal, wish: &mut Wish, t: &mut Turn<'_>) {
    let Goal::Book(primary) = *goal else { return };
    let dials = t.business().dials();
    let now = dials.upsell == Upsell::SuggestDuringSlotCollection && may_offer(t);
    if !now || !wish.also.is_empty() {
        return;
    }
    let best = related(t.business(), dials.cross_sell, primary)
        .into_iter()
        .filter(|(id, _)| t.bookable(*id).is_some())
        .max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a)));
    let Some((next, _)) = best else { return };
    let Some(service) = t.bookable(next) else { return };
    t.memory.cross_sell_done = true;
    wish.suggested = Some(next);
    t.say(Line::SuggestAlongside { next, price: service.price });
}

/// What a message says to the suggestion.
#[derive(Debug, PartialEq)]
pub(super) enum Answered {
    /// Yes: the service is among what is to be done. The message means what is left of it.
    TakenUp { next: ServiceId, left: Box<Heard> },
    /// No, and nothing else.
    TurnedDown,
    /// Nothing, or there was none.
    Not,
}

/// Hears a message at `COLLECT_SLOT` for an answer to the suggestion. Whoever speaks of the booking has passed it over; a question leaves it standing.
pub(super) fn answered(search: &mut Search, heard: &Heard) -> Answered {
    let speaks =
        matches!(heard.intent, Intent::Book | Intent::Provide | Intent::Affirm | Intent::Deny);
    let Some(next) = search.wish.suggested.filter(|_| speaks) else { return Answered::Not };
    search.wish.suggested = None;
    let names_it = heard.slots.services == [next] && !heard.slots.correction;
    // "Which day?" can't be answered by yes or no, so those are meant for the suggestion; "does three o'clock suit you?" can.
    let bare = heard.slots.services.is_empty()
        && matches!(search.asked, Asked::When {} | Asked::Day { .. });
    if heard.intent == Intent::Deny {
        let no = names_it || (bare && !heard.tells_of_booking());
        return if no { Answered::TurnedDown } else { Answered::Not };
    }
    let yes = bare && heard.intent == Intent::Affirm;
    if !(names_it || yes) {
        return Answered::Not;
    }
    search.wish.also = vec![next];
    let mut left = Box::new(heard.clone());
    left.slots.services.clear();
    Answered::TakenUp { next, left }
}

/// The suggestion has its answer and nothing was said of the time: asks for it again.
pub(super) fn ask_again(
    service: ServiceId,
    search: Search,
    taken: Option<ServiceId>,
    t: &mut Turn<'_>,
) -> Flow {
    if let Some(next) = taken {
        t.say(Line::OneThenTheOther { next });
    }
    Flow::CollectSlot { service, search }.repeat_plainly(t)
}

#[cfg(test)]
mod tests {
    use super::super::world::{World, at, day, service, when};
    use super::*;
    use crate::language::understanding::Slots;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn salon(upsell: Upsell) -> World {
        let mut w = World::salon();
        w.business.dials.upsell = Some(upsell);
        w
    }

    fn suggested() -> World {
        let mut w = salon(Upsell::SuggestDuringSlotCollection);
        let slots = service(&w, "Manicure");
        let did = w.says(Intent::Book, slots);
        assert!(
            matches!(did.lines.as_slice(), [Line::SuggestAlongside { next, .. }, Line::AskWhen { .. }] if *next == w.service("Pedicure")),
            "{:?}",
            did.lines
        );
        w
    }

    #[test]
    fn the_dial_decides_when_a_second_service_is_offered() {
        for (upsell, offers) in [(Upsell::Never, false), (Upsell::SuggestOnceAfterConfirm, true)] {
            let mut w = salon(upsell);
            let end = at("2026-11-24T15:45:00+03:00");
            w.cross_sell = Some(w.slot(w.service("Pedicure"), None, end));
            let slots = service(&w, "Manicure");
            let did = w.says(Intent::Book, slots);
            assert!(matches!(did.lines.as_slice(), [Line::AskWhen { .. }]), "{:?}", did.lines);
            w.says(Intent::Provide, when(TOMORROW_3PM));
            w.bare(Intent::Affirm);
            assert_eq!(w.state() == "CROSS_SELL_OFFER", offers, "{upsell:?}");
        }
    }

    #[test]
    fn whoever_names_the_time_at_once_is_offered_it_after_the_yes() {
        let mut w = salon(Upsell::SuggestDuringSlotCollection);
        let end = at("2026-11-24T15:45:00+03:00");
        w.cross_sell = Some(w.slot(w.service("Pedicure"), None, end));
        w.book("Manicure", TOMORROW_3PM);
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "CROSS_SELL_OFFER");
    }

    #[test]
    fn a_suggestion_is_made_once_and_taken_up_by_its_name_or_a_yes() {
        let mut w = suggested();
        let pedicure = w.service("Pedicure");
        let did = w.bare(Intent::Affirm);
        assert!(
            matches!(did.lines.as_slice(), [Line::OneThenTheOther { next }, Line::AskWhen { .. }] if *next == pedicure)
        );
        let did = w.says(Intent::Provide, when(TOMORROW_3PM));
        assert!(matches!(
            did.lines.as_slice(),
            [Line::OneThenTheOther { .. }, Line::ConfirmBooking { .. }]
        ));
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "CROSS_SELL_OFFER");

        let mut w = suggested();
        let services = vec![pedicure];
        w.says(Intent::Provide, Slots { services, ..when(TOMORROW_3PM) });
        let draft = w.thread.draft();
        assert_eq!((w.state(), draft.service), ("CONFIRM", Some(w.service("Manicure"))));
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "CROSS_SELL_OFFER");
    }

    #[test]
    fn no_leaves_the_booking_alone_and_nothing_is_offered_again() {
        let mut w = suggested();
        let did = w.bare(Intent::Deny);
        assert!(matches!(did.lines.as_slice(), [Line::AskWhen { .. }]), "{:?}", did.lines);
        w.cross_sell = Some(w.slot(w.service("Pedicure"), None, at("2026-11-24T15:45:00+03:00")));
        w.says(Intent::Provide, when(TOMORROW_3PM));
        w.bare(Intent::Affirm);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        // A second no is to the question itself.
        let mut w = suggested();
        w.bare(Intent::Deny);
        w.bare(Intent::Deny);
        assert_eq!(w.state(), "GREET");
    }

    #[test]
    fn another_service_instead_is_no_yes_and_passing_over_it_is_none_either() {
        let mut w = suggested();
        let services = vec![w.service("Pedicure")];
        w.says(Intent::Provide, Slots { services, correction: true, ..when(TOMORROW_3PM) });
        assert_eq!(w.thread.draft().service, Some(w.service("Pedicure")));
        let mut w = suggested();
        let did = w.says(Intent::Provide, day("2026-11-24"));
        assert!(matches!(did.lines.as_slice(), [Line::OfferSlots { .. }]), "{:?}", did.lines);
        let did = w.tap("more");
        assert!(did.lines.iter().all(|line| !matches!(line, Line::SuggestAlongside { .. })));
    }

    #[test]
    fn a_question_leaves_the_suggestion_standing() {
        let mut w = suggested();
        w.bare(Intent::Hours);
        let did = w.bare(Intent::Affirm);
        assert!(matches!(did.lines.first(), Some(Line::OneThenTheOther { .. })), "{:?}", did.lines);
    }
}
