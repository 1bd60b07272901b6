//! Each line in words, by topic.

mod asking;
mod booking;
mod cancelling;
mod opening;
mod paying;
mod people;
mod questions;
mod slots;
mod waiting;

pub(super) use booking::{bookings as booking_words, with_remaining};

use super::context::Context;
use super::part::{Part, choice};
use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::message::Choice;

/// A line in words.
pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::Greeting
        | Line::Introduction
        | Line::GreetingAgain
        | Line::HowCanIHelp
        | Line::YoureWelcome
        | Line::NoRush
        | Line::OneAtATime
        | Line::NoSuchDay { .. }
        | Line::LateNoted
        | Line::OptedOut
        | Line::StartedOver
        | Line::DidNotUnderstand { .. }
        | Line::AbuseBound
        | Line::OffTopic
        | Line::PleaseType
        | Line::GotAttachment
        | Line::SensitiveNumber => opening::put(line, context),
        Line::AskService { .. }
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
        | Line::PhoneTaken { .. } => asking::put(line, context),
        Line::NotFree { .. } | Line::OfferSlots { .. } | Line::NothingFree | Line::SlotGone => {
            slots::put(line, context)
        }
        Line::OnWaitlist { .. }
        | Line::OfferFreed { .. }
        | Line::StillOnWaitlist
        | Line::OffWaitlist
        | Line::NoShowDeposit
        | Line::CodeSent { .. }
        | Line::CodeWrong { .. }
        | Line::CodeExpired
        | Line::PhoneJoined
        | Line::AskPhoneToSee => waiting::put(line, context),
        Line::ConfirmBooking { .. }
        | Line::SuggestAlongside { .. }
        | Line::OneThenTheOther { .. }
        | Line::NoRoomRightAfter { .. }
        | Line::HoldExpired
        | Line::NotBooked
        | Line::OfferCrossSell { .. }
        | Line::ConfirmBundle { .. }
        | Line::PaidAndBooked { .. }
        | Line::Booked { .. } => booking::put(line, context),
        Line::PromptSent { .. }
        | Line::PromptUncertain { .. }
        | Line::PayOnPage { .. }
        | Line::PageStillOpen { .. }
        | Line::PaymentStillOpen { .. }
        | Line::PaymentFailed { .. }
        | Line::PaymentTimedOut
        | Line::PaymentCancelled { .. }
        | Line::PaidTwice { .. }
        | Line::AskPayerPhone
        | Line::LateMoneyBooked { .. }
        | Line::LateMoneyCounted { .. }
        | Line::LateMoneyReturned { .. }
        | Line::PaymentUnderReview
        | Line::ReviewOutlasted
        | Line::ReturnedAfterCancel
        | Line::Refunded { .. } => paying::put(line, context),
        Line::MyBookings { .. }
        | Line::NoBookings
        | Line::AskWhichBooking { .. }
        | Line::ConfirmCancel { .. }
        | Line::Cancelled { .. }
        | Line::KeptBooking { .. }
        | Line::AskNewTime { .. }
        | Line::ConfirmMove { .. }
        | Line::Moved { .. }
        | Line::AskDropDraft { .. } => cancelling::put(line, context),
        Line::Services { .. }
        | Line::OpeningHours { .. }
        | Line::Team
        | Line::Snippet { .. }
        | Line::WillAskTeam
        | Line::OneMoment
        | Line::BackToIt => questions::put(line, context),
        Line::HandingOver
        | Line::PersonJoined
        | Line::HandoffApology
        | Line::HandoffGaveUp
        | Line::AgentResumed
        | Line::EmergencyAdvice => people::put(line, context),
    }
}

/// Yes and no under titles of the question's own.
fn yes_no(context: &Context<'_>, yes: &'static str, no: &'static str) -> Vec<Choice> {
    vec![choice(Pick::Yes, &context.words(yes)), choice(Pick::No, &context.words(no))]
}
