//! Proving that a number is one's own, by a code that was sent to it. It goes on beside the flow, and nobody has to.
//!
//! Only what was proven joins anybody to anybody: until then old bookings of the number are neither shown nor touched.

use super::asking::Then;
use super::effect::{Effect, Fact, Query};
use super::event::{Medium, Said};
use super::flow::Flow;
use super::heard::Heard;
use super::line::Line;
use super::thread::Proving;
use super::turn::Turn;
use crate::domain::channel::Tier;
use crate::domain::phone::Phone;
use crate::domain::proof::{Code, Verdict};
use crate::language::understanding::Intent;

/// The number is another customer's: a code is sent to it, where that can be done.
pub(super) fn begin(phone: &Phone, can_prove: bool, t: &mut Turn<'_>) {
    if can_prove {
        t.write(Effect::SendCode { phone: phone.clone() });
        t.memory.proof = Some(Proving::Code { phone: phone.clone() });
        t.say(Line::CodeSent { phone: phone.clone() });
    } else {
        t.memory.proof = None;
        t.say(Line::PhoneTaken { phone: phone.clone() });
    }
}

/// Somebody without a proven number sees nothing that was booked with it: says how to.
pub(super) fn offer(t: &mut Turn<'_>) {
    let proven = t.ctx.capabilities.tier == Tier::One || t.ctx.customer.phone_proven;
    // Who has been sent a code knows how.
    let under_way = matches!(t.memory.proof, Some(Proving::Code { .. }));
    if !proven && !under_way {
        t.memory.proof = Some(Proving::Number {});
        t.say(Line::AskPhoneToSee);
    }
}

/// A message in which the code, or the number to send it to, is expected: the turn's next step if it has one.
pub(super) fn heard(flow: &Flow, said: &Said, heard: &Heard, t: &mut Turn<'_>) -> Option<Flow> {
    if said.medium != Medium::Text {
        return None;
    }
    match t.memory.proof.clone()? {
        Proving::Code { phone } => {
            let code = Code::read(&said.text)?;
            t.memory.unclear = 0;
            let query = Query::CheckCode { phone: phone.clone(), code };
            Some(t.ask(query, Then::Code { phone, back: flow.clone() }))
        }
        Proving::Number {} => {
            let phone = heard.slots.phone.clone().filter(|_| !asks_number(flow))?;
            let plain = matches!(heard.intent, Intent::Provide | Intent::Affirm | Intent::Other);
            if !plain || heard.tells_of_booking() {
                return None;
            }
            t.memory.unclear = 0;
            let query = Query::PhoneOwner { phone: phone.clone() };
            Some(t.ask(query, Then::Prove { phone, back: flow.clone() }))
        }
    }
}

/// Whether a bare number answers a question of the flow itself.
fn asks_number(flow: &Flow) -> bool {
    match flow {
        Flow::CollectPhone { .. }
        | Flow::AwaitingPayment { .. }
        | Flow::PaymentFailed { .. }
        | Flow::Confirm { .. }
        | Flow::CrossSellOffer { .. }
        | Flow::BundleConfirm { .. } => true,
        Flow::Greet {}
        | Flow::CollectService { .. }
        | Flow::CollectStaff { .. }
        | Flow::CollectSlot { .. }
        | Flow::PaymentConfirmed { .. }
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
        | Flow::Asking(_) => false,
    }
}

/// Whose the number is has been looked up.
pub(super) fn owner_known(
    phone: Phone,
    taken: bool,
    can_prove: bool,
    back: Flow,
    t: &mut Turn<'_>,
) -> Flow {
    if taken {
        begin(&phone, can_prove, t);
    } else {
        t.memory.proof = None;
        t.memory.phone = Some(phone.clone());
        t.write(Effect::Remember { fact: Fact::Phone { phone, proven: false } });
        t.say(Line::NoBookings);
    }
    back.repeat(t)
}

/// The code has been checked.
pub(super) fn checked(phone: Phone, verdict: Verdict, back: Flow, t: &mut Turn<'_>) -> Flow {
    match verdict {
        Verdict::Right => {
            t.memory.proof = None;
            t.memory.phone = Some(phone.clone());
            t.write(Effect::Remember { fact: Fact::Phone { phone: phone.clone(), proven: true } });
            t.write(Effect::Join { phone });
            t.say(Line::PhoneJoined);
        }
        Verdict::Wrong { left } if left > 0 => t.say(Line::CodeWrong { left }),
        Verdict::Wrong { .. } | Verdict::Expired => {
            t.memory.proof = Some(Proving::Number {});
            t.say(Line::CodeExpired);
        }
    }
    back.repeat(t)
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::world::{Did, World, said};
    use super::*;
    use crate::domain::channel::ChannelKind;
    use crate::language::understanding::Slots;

    const TOMORROW_3PM: &str = "2026-11-24T15:00:00+03:00";

    fn known() -> Phone {
        Phone::from_provider("254700111222").unwrap()
    }

    fn number() -> Slots {
        Slots { phone: Some(known()), ..Slots::default() }
    }

    fn types(w: &mut World, text: &str) -> Did {
        let mut said = said(Intent::Provide, Slots::default());
        said.text = text.to_owned();
        w.turn(Event::Heard { said })
    }

    /// Somebody on Instagram who has typed a number that is known, in mid-booking.
    fn claimant() -> World {
        let mut w = World::barber();
        (w.channel, w.customer.phone, w.customer.phone_proven) =
            (ChannelKind::Instagram, None, false);
        (w.phone_taken, w.can_prove) = (true, true);
        w.book("Haircut", TOMORROW_3PM);
        let did = w.says(Intent::Provide, number());
        assert!(did.has(&Effect::SendCode { phone: known() }));
        assert!(matches!(
            did.lines.as_slice(),
            [Line::CodeSent { .. }, Line::ConfirmBooking { .. }]
        ));
        w
    }

    #[test]
    fn a_known_number_is_proven_by_a_code_and_the_booking_goes_on_beside_it() {
        let mut w = claimant();
        w.verdict = Verdict::Right;
        let did = types(&mut w, "482 913");
        assert!(did.has(&Effect::Join { phone: known() }));
        assert!(did.has(&Effect::Remember { fact: Fact::Phone { phone: known(), proven: true } }));
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PhoneJoined, Line::BackToIt, Line::ConfirmBooking { .. }]
        ));
        assert_eq!((w.state(), w.thread.memory.proof.clone()), ("CONFIRM", None));
    }

    #[test]
    fn nobody_has_to_prove_anything_to_book() {
        let mut w = claimant();
        let did = w.bare(Intent::Affirm);
        assert_eq!(w.state(), "AWAITING_PAYMENT");
        assert!(!did.effects.iter().any(|e| matches!(e, Effect::Join { .. })));
    }

    #[test]
    fn a_wrong_code_joins_nobody_and_the_last_one_asks_for_the_number_again() {
        let mut w = claimant();
        w.verdict = Verdict::Wrong { left: 2 };
        let did = types(&mut w, "000000");
        assert_eq!(did.lines[0], Line::CodeWrong { left: 2 });
        w.verdict = Verdict::Wrong { left: 0 };
        let did = types(&mut w, "000001");
        assert_eq!(did.lines[0], Line::CodeExpired);
        assert!(
            !did.effects.iter().any(|e| matches!(e, Effect::Join { .. } | Effect::Remember { .. }))
        );
        assert_eq!(w.thread.memory.proof, Some(Proving::Number {}));
    }

    #[test]
    fn six_digits_are_a_code_only_while_one_is_expected() {
        let mut w = World::barber();
        w.book("Haircut", TOMORROW_3PM);
        let did = types(&mut w, "482913");
        assert!(did.asked.is_empty());
        let did = types(&mut claimant(), "48291");
        assert!(did.asked.is_empty());
    }

    #[test]
    fn who_looks_for_bookings_on_a_channel_without_a_number_is_told_how_to_see_them() {
        let mut w = World::dental();
        (w.channel, w.customer.phone, w.customer.phone_proven) = (ChannelKind::Web, None, false);
        let did = w.bare(Intent::MyBookings);
        assert_eq!(did.lines, [Line::NoBookings, Line::AskPhoneToSee]);
        (w.phone_taken, w.can_prove) = (true, true);
        let did = w.says(Intent::Provide, number());
        assert_eq!(did.lines, [Line::CodeSent { phone: known() }]);
        let did = w.bare(Intent::MyBookings);
        assert_eq!(did.lines, [Line::NoBookings]);
        assert!(matches!(w.thread.memory.proof, Some(Proving::Code { .. })), "the code is awaited");
        let mut w = World::dental();
        let did = w.bare(Intent::MyBookings);
        assert_eq!(did.lines, [Line::NoBookings], "whose number is proven sees all there is");
    }

    #[test]
    fn where_no_code_can_be_sent_the_bookings_stay_private() {
        let mut w = World::barber();
        (w.channel, w.customer.phone, w.customer.phone_proven) = (ChannelKind::Web, None, false);
        w.phone_taken = true;
        w.book("Haircut", TOMORROW_3PM);
        let did = w.says(Intent::Provide, number());
        assert!(matches!(
            did.lines.as_slice(),
            [Line::PhoneTaken { .. }, Line::ConfirmBooking { .. }]
        ));
        assert!(types(&mut w, "482913").asked.is_empty());
    }
}
