//! A payment of 500 shillings to try things on.

use jiff::{SignedDuration, Timestamp};

use super::event::PayCtx;
use super::report::{Outcome, Report};
use crate::domain::id::Mint;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Claim, FailureReason, Payment, PaymentState};
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;

/// So many minutes after the payment was made.
pub(crate) fn at(minutes: i64) -> Timestamp {
    "2026-11-23T06:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// The context of a step that is taken so many minutes after the payment was made.
pub(crate) fn ctx(minutes: i64) -> PayCtx {
    let seed = 1 + minutes.unsigned_abs();
    PayCtx { now: at(minutes), mint: Mint { at: at(minutes), seed } }
}

pub(crate) fn kes(units: i64) -> Money {
    Money::whole(units, Currency::Kes)
}

/// Written down, not submitted; its window is five minutes.
pub(crate) fn created() -> Payment {
    let mint = Mint { at: at(0), seed: 7 };
    Payment {
        id: mint.id(0),
        merchant_reference: super::reference::merchant_reference(mint.id(0)),
        callback_token: "00112233445566778899aabbccddeeff".to_owned(),
        thread: mint.id(1),
        customer: mint.id(2),
        appointments: vec![mint.id(3)],
        rail: Rail::Mpesa,
        payer: Some(Phone::from_provider("254712345678").unwrap()),
        contact: None,
        amount: kes(500),
        state: PaymentState::Created,
        receipts: Vec::new(),
        claim: None,
        provider_ref: None,
        pay_url: None,
        laid_aside: false,
        created_at: at(0),
        expires_at: at(5),
    }
}

/// Submitted: the customer has the prompt.
pub(crate) fn pending() -> Payment {
    Payment { state: PaymentState::Pending, provider_ref: Some("ws_CO_1".to_owned()), ..created() }
}

/// A callback says that it is paid; the provider has not been asked yet.
pub(crate) fn claimed() -> Payment {
    let claim = Claim {
        amount: Some(kes(500)),
        receipt: Some("R1".to_owned()),
        payer: None,
        at: at(1),
        disputed: false,
    };
    Payment { claim: Some(claim), ..pending() }
}

/// The customer has the page of a card payment; its window is half an hour.
pub(crate) fn card() -> Payment {
    Payment {
        rail: Rail::Card,
        payer: None,
        pay_url: Some("https://pay.pesapal.com/1".to_owned()),
        expires_at: at(30),
        ..pending()
    }
}

/// "Money came", as a callback tells it.
pub(crate) fn paid(units: i64, receipt: &str) -> Report {
    Report {
        provider_ref: Some("ws_CO_1".to_owned()),
        outcome: Outcome::Paid {
            amount: Some(kes(units)),
            receipt: Some(receipt.to_owned()),
            payer: None,
        },
        code: Some("0".to_owned()),
    }
}

/// "Money came", as a query tells it.
pub(crate) fn paid_by_query() -> Report {
    Report {
        provider_ref: Some("ws_CO_1".to_owned()),
        outcome: Outcome::Paid { amount: None, receipt: None, payer: None },
        code: Some("0".to_owned()),
    }
}

/// "Wrong PIN."
pub(crate) fn failed() -> Report {
    Report {
        provider_ref: Some("ws_CO_1".to_owned()),
        outcome: Outcome::Failed { reason: FailureReason::WrongPin },
        code: Some("2001".to_owned()),
    }
}
