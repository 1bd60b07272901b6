//! Paying: prompts, pages, failures, and money that came late or goes back.

use crate::conversation::choice::Pick;
use crate::conversation::line::Line;
use crate::domain::message::Link;
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::domain::tenant::Rail;
use crate::language::speak::context::Context;
use crate::language::speak::part::{Part, choice};

use super::booking::with_receipt;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    match line {
        Line::PromptSent { phone, amount } => {
            let country = context.voice.business.tenant.country;
            let text = context
                .message("prompt-sent")
                .with("phone", phone.national(country))
                .with("amount", context.money(*amount));
            Part::says(text.sentence())
        }
        Line::PromptUncertain { amount } => {
            Part::says(of_amount("prompt-uncertain", *amount, context))
        }
        Line::PayOnPage { url, amount } => {
            let page = Link { title: context.words("pay-link"), url: url.clone() };
            Part { link: Some(page), ..Part::says(of_amount("pay-on-page", *amount, context)) }
        }
        Line::PageStillOpen { url, amount } => {
            let page = Link { title: context.words("pay-link"), url: url.clone() };
            Part { link: Some(page), ..Part::says(of_amount("page-still-open", *amount, context)) }
        }
        Line::PaymentStillOpen { amount, rail } => {
            let id = match rail {
                Rail::Mpesa => "payment-still-open",
                Rail::Card | Rail::Cash => "card-still-open",
            };
            Part::says(of_amount(id, *amount, context))
        }
        Line::PaymentFailed { reason, rail, offer_number, offer_card, offer_venue } => {
            let ways =
                Ways { rail: *rail, number: *offer_number, card: *offer_card, venue: *offer_venue };
            payment_failed(*reason, ways, context)
        }
        Line::PaymentTimedOut => Part::says(context.words("payment-timed-out")),
        Line::PaymentCancelled { rail: Rail::Mpesa } => {
            Part::says(context.words("payment-cancelled"))
        }
        Line::PaymentCancelled { rail: Rail::Card } => Part::says(context.words("card-cancelled")),
        Line::PaidTwice { amount } => Part::says(of_amount("paid-twice", *amount, context)),
        Line::AskPayerPhone => {
            Part { asks_phone: true, ..Part::asks(context.words("ask-payer-phone")) }
        }
        Line::LateMoneyBooked { amount, receipt } => {
            late("late-money-booked", *amount, receipt.as_deref(), context)
        }
        Line::LateMoneyCounted { amount, receipt } => {
            late("late-money-counted", *amount, receipt.as_deref(), context)
        }
        Line::PaymentUnderReview => Part::says(context.words("payment-under-review")),
        Line::ReviewOutlasted => Part::says(context.words("review-outlasted")),
        Line::LateMoneyReturned { amount } => {
            Part::says(of_amount("late-money-returned", *amount, context))
        }
        Line::ReturnedAfterCancel => Part::says(context.words("returned-after-cancel")),
        Line::Refunded { amount } => Part::says(of_amount("refunded", *amount, context)),
        _ => Part::default(),
    }
}

fn late(id: &'static str, amount: Money, receipt: Option<&str>, context: &Context<'_>) -> Part {
    let message = context.message(id).with("amount", context.money(amount));
    Part::says(with_receipt(message, receipt, context).sentence())
}

fn of_amount(id: &'static str, amount: Money, context: &Context<'_>) -> String {
    context.message(id).with("amount", context.money(amount)).sentence()
}

/// The ways on after a failed payment.
#[derive(Clone, Copy)]
struct Ways {
    /// How it was tried.
    rail: Rail,
    /// From a number by M-Pesa.
    number: bool,
    /// By card.
    card: bool,
    /// On arrival.
    venue: bool,
}

/// Why in plain words, and every way on that there is.
fn payment_failed(reason: FailureReason, ways: Ways, context: &Context<'_>) -> Part {
    let reason = match reason {
        FailureReason::WrongPin => "wrong-pin",
        FailureReason::InsufficientFunds => "insufficient-funds",
        FailureReason::CancelledOnPhone => "cancelled-on-phone",
        FailureReason::Unreachable => "unreachable",
        FailureReason::Busy => "busy",
        FailureReason::Limit => "limit",
        FailureReason::InvalidNumber => "invalid-number",
        FailureReason::ProviderDown => "provider-down",
        FailureReason::Misconfigured => "misconfigured",
        FailureReason::Declined => "declined",
        FailureReason::Other => "other",
    };
    let mut choices = vec![choice(Pick::Retry, &context.words("retry"))];
    if ways.number {
        let title = match ways.rail {
            Rail::Mpesa => "other-number",
            Rail::Card | Rail::Cash => "use-mpesa",
        };
        choices.push(choice(Pick::OtherNumber, &context.words(title)));
    }
    if ways.card {
        choices.push(choice(Pick::Card, &context.words("card")));
    }
    if ways.venue {
        choices.push(choice(Pick::Venue, &context.words("venue")));
    }
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let text = context
        .message("payment-failed")
        .pick("reason", reason)
        .pick("rail", if ways.rail == Rail::Card { "card" } else { "mpesa" })
        .pick("by-number", yes_no(ways.number))
        .pick("by-card", yes_no(ways.card))
        .pick("at-venue", yes_no(ways.venue))
        .sentence();
    Part::asks(text).offering(choices, context.words("list-options"))
}
