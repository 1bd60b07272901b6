//! What ends the use of what is said: a question goes cold, a payment's text ends with its window, a confirmation is worth having for long.

use jiff::{SignedDuration, Timestamp};

use super::effect::AdminNote;
use super::line::Line;
use crate::domain::tenant::HandoffTimes;
use crate::domain::useful::Use;
use crate::scheduling::slot::Slot;

/// What ends the use of a reply. `pay_by` is when the window of the payment that this turn is about ends.
pub fn of_lines(lines: &[Line], pay_by: Option<Timestamp>) -> Use {
    // What must be known whatever else is said with it comes first; what is bound to a moment comes before mere talk.
    let uses = lines.iter().map(|line| of_line(line, pay_by));
    let weight = |of: &Use| match of {
        Use::Talk { about: None } => 0,
        Use::Talk { about: Some(_) } => 1,
        Use::Before(_) => 2,
        Use::Record => 3,
    };
    uses.max_by_key(weight).unwrap_or(Use::TALK)
}

#[expect(clippy::too_many_lines, reason = "one list, so that no new line goes without a decision")]
fn of_line(line: &Line, pay_by: Option<Timestamp>) -> Use {
    match line {
        // What was agreed, called off, paid or given back.
        Line::Booked { .. }
        | Line::PaidAndBooked { .. }
        | Line::LateMoneyBooked { .. }
        | Line::LateMoneyReturned { .. }
        | Line::LateMoneyCounted { .. }
        | Line::PaymentUnderReview
        | Line::ReviewOutlasted
        | Line::PaidTwice { .. }
        | Line::ReturnedAfterCancel
        | Line::Refunded { .. }
        | Line::Cancelled { .. }
        | Line::Moved { .. }
        | Line::PaymentTimedOut
        | Line::PaymentCancelled { .. }
        | Line::OptedOut => Use::Record,
        // How to pay, while it can be paid.
        Line::PromptSent { .. }
        | Line::PromptUncertain { .. }
        | Line::PayOnPage { .. }
        | Line::PageStillOpen { .. }
        | Line::PaymentStillOpen { .. } => pay_by.map_or(Use::TALK, Use::Before),
        Line::OfferFreed { until, .. } => Use::Before(*until),
        // Questions about a time.
        Line::ConfirmBooking { slot, .. }
        | Line::OfferCrossSell { slot, .. }
        | Line::ConfirmCancel { slot, .. }
        | Line::AskNewTime { slot }
        | Line::KeptBooking { slot } => about(slot),
        Line::ConfirmBundle { first, .. } => about(first),
        // It is given up by the move: who hears of it after its start can't move it any more.
        Line::ConfirmMove { old, new, .. } => {
            Use::Talk { about: Some(old.window.start.min(new.window.start)) }
        }
        Line::OfferSlots { slots, .. } => {
            Use::Talk { about: slots.iter().map(|slot| slot.window.start).max() }
        }
        Line::AskWhichBooking { bookings, .. } => {
            Use::Talk { about: bookings.iter().map(|(_, slot)| slot.window.start).max() }
        }
        Line::Greeting
        | Line::Introduction
        | Line::GreetingAgain
        | Line::HowCanIHelp
        | Line::YoureWelcome
        | Line::NoRush
        | Line::OneAtATime
        | Line::NoSuchDay { .. }
        | Line::LateNoted
        | Line::StartedOver
        | Line::DidNotUnderstand { .. }
        | Line::AbuseBound
        | Line::OffTopic
        | Line::PleaseType
        | Line::GotAttachment
        | Line::SensitiveNumber
        | Line::AskService { .. }
        | Line::AskWhichService { .. }
        | Line::NoSuchService
        | Line::AskStaff { .. }
        | Line::StaffNotQualified { .. }
        | Line::AskWhen { .. }
        | Line::AskTime { .. }
        | Line::AskDay { .. }
        | Line::AskWhichTime { .. }
        | Line::AskPhone
        | Line::BadPhone
        | Line::PhoneTaken { .. }
        | Line::NotFree { .. }
        | Line::NothingFree
        | Line::SlotGone
        | Line::OnWaitlist { .. }
        | Line::StillOnWaitlist
        | Line::OffWaitlist
        | Line::NoShowDeposit
        | Line::CodeSent { .. }
        | Line::CodeWrong { .. }
        | Line::CodeExpired
        | Line::PhoneJoined
        | Line::AskPhoneToSee
        | Line::SuggestAlongside { .. }
        | Line::OneThenTheOther { .. }
        | Line::NoRoomRightAfter { .. }
        | Line::HoldExpired
        | Line::NotBooked
        | Line::PaymentFailed { .. }
        | Line::AskPayerPhone
        | Line::MyBookings { .. }
        | Line::NoBookings
        | Line::AskDropDraft { .. }
        | Line::Services { .. }
        | Line::OpeningHours { .. }
        | Line::Team
        | Line::Snippet { .. }
        | Line::WillAskTeam
        | Line::OneMoment
        | Line::BackToIt
        | Line::HandingOver
        | Line::PersonJoined
        | Line::HandoffApology
        | Line::HandoffGaveUp
        | Line::AgentResumed
        | Line::EmergencyAdvice => Use::TALK,
    }
}

const fn about(slot: &Slot) -> Use {
    Use::Talk { about: Some(slot.window.start) }
}

/// What ends the use of a note to the owners.
pub fn of_note(note: &AdminNote, times: HandoffTimes, now: Timestamp) -> Use {
    let within = |minutes: u32| Use::Before(now + SignedDuration::from_mins(i64::from(minutes)));
    match note {
        // Money that somebody has to see to stays that until they have.
        AdminNote::LateMoneyRebooked { .. }
        | AdminNote::LateMoneyCounted { .. }
        | AdminNote::LateMoneyReturned { .. }
        | AdminNote::PaymentReview { .. }
        | AdminNote::RefundByHand { .. }
        | AdminNote::RefundToApprove { .. }
        | AdminNote::PaymentUnconfirmed { .. }
        | AdminNote::PaymentTakenBack { .. } => Use::Record,
        // The diary and the morning message tell it by then.
        AdminNote::Booked { .. }
        | AdminNote::Cancelled { .. }
        | AdminNote::Moved { .. }
        | AdminNote::RunningLate { .. }
        | AdminNote::GaveUp => Use::TALK,
        AdminNote::StillWaiting => within(times.give_up_min),
        AdminNote::EngagedBy { .. } | AdminNote::HandedBack => within(times.idle_min),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;
    use crate::domain::money::{Currency, Money};
    use crate::domain::phone::Phone;
    use crate::domain::time::TimeWindow;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn after(minutes: i64) -> Timestamp {
        NOW + SignedDuration::from_mins(minutes)
    }

    fn slot(start: i64) -> Slot {
        let mint = Mint { at: NOW, seed: 1 };
        let window = TimeWindow { start: after(start), end: after(start + 30) };
        Slot { service: mint.id(1), staff: mint.id(2), resource: None, window, blocked: window }
    }

    fn kes(minor: i64) -> Money {
        Money::new(minor, Currency::Kes)
    }

    fn prompt() -> Line {
        let phone = Phone::from_provider("254712345678").unwrap();
        Line::PromptSent { phone, amount: kes(50_000) }
    }

    fn confirm(start: i64) -> Line {
        let (price, due) = (kes(50_000), kes(0));
        Line::ConfirmBooking { slot: slot(start), price, due, state_date: false, rail: None }
    }

    #[test]
    fn a_question_goes_cold_and_ends_with_what_it_is_about() {
        assert_eq!(of_lines(&[Line::Greeting, Line::HowCanIHelp], None), Use::TALK);
        assert_eq!(of_lines(&[], None), Use::TALK);
        let asked = of_lines(&[Line::Greeting, confirm(90)], None);
        assert_eq!(asked, Use::Talk { about: Some(after(90)) });
        let offered = Line::OfferSlots {
            slots: vec![slot(60), slot(600), slot(120)],
            more: false,
            part: None,
        };
        // As long as one of them can still be had.
        assert_eq!(of_lines(&[offered], None), Use::Talk { about: Some(after(600)) });
    }

    #[test]
    fn how_to_pay_is_of_use_while_it_can_be_paid() {
        assert_eq!(of_lines(&[prompt()], Some(after(5))), Use::Before(after(5)));
        let url = "https://pay.example/x".to_owned();
        let page = Line::PageStillOpen { url, amount: kes(1) };
        assert_eq!(of_lines(&[page, Line::BackToIt], Some(after(30))), Use::Before(after(30)));
        assert_eq!(of_lines(&[prompt()], None), Use::TALK);
    }

    #[test]
    fn an_offer_ends_when_it_is_said_to() {
        let line =
            Line::OfferFreed { slot: slot(900), price: kes(1), due: kes(0), until: after(20) };
        assert_eq!(of_lines(&[line], None), Use::Before(after(20)));
    }

    #[test]
    fn what_was_agreed_or_paid_is_told_whatever_is_said_beside_it() {
        let booked = Line::Booked { slots: vec![slot(60)], at_venue: kes(50_000) };
        assert_eq!(of_lines(&[booked, confirm(10)], Some(after(5))), Use::Record);
        assert_eq!(of_lines(&[Line::Refunded { amount: kes(5) }], None), Use::Record);
    }

    #[test]
    fn owners_hear_late_of_money_and_not_of_who_waited() {
        let times = HandoffTimes::default();
        let payment = Mint { at: NOW, seed: 1 }.id(3);
        let of = |note| of_note(&note, times, NOW);
        assert_eq!(of(AdminNote::RefundByHand { payment }), Use::Record);
        assert_eq!(of(AdminNote::StillWaiting), Use::Before(after(60)));
        assert_eq!(of(AdminNote::HandedBack), Use::Before(after(240)));
        assert_eq!(of(AdminNote::Booked { appointments: Vec::new() }), Use::TALK);
    }
}
