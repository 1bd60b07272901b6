//! A payment rail in this process that stays silent until it is told what became of a payment: for golden conversations.
//!
//! What it is told is the truth that its queries answer; callbacks are another matter, and anybody may make them up.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::domain::id::PaymentId;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{FailureReason, Payment};
use crate::domain::tenant::Rail;
use crate::payments::report::{Outcome, Report};
use crate::ports::channel::DecodeError;
use crate::ports::fault::Fault;
use crate::ports::payment::{
    AccountNotices, CallbackUrls, Merchant, PaymentProvider, RefundReport, Submitted, Withdrawn,
};

/// What becomes of a payment, as golden conversations name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptedOutcome {
    /// `success`: paid as asked.
    Success,
    /// `wrong_pin`.
    WrongPin,
    /// `cancelled`: dismissed on the phone.
    Cancelled,
    /// `insufficient_funds`.
    InsufficientFunds,
    /// `unreachable`: nobody answered.
    Unreachable,
    /// `timeout`: silence; a query says "still processing".
    Timeout,
    /// `duplicate`: a success, told twice.
    Duplicate,
    /// `wrong_amount`: one unit less than asked.
    WrongAmount,
    /// `declined`: the card is refused.
    Declined,
}

/// The text names no outcome.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no outcome of a payment")]
pub struct UnknownOutcome(String);

impl FromStr for ScriptedOutcome {
    type Err = UnknownOutcome;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(match name {
            "success" => Self::Success,
            "wrong_pin" => Self::WrongPin,
            "cancelled" => Self::Cancelled,
            "insufficient_funds" => Self::InsufficientFunds,
            "unreachable" => Self::Unreachable,
            "timeout" => Self::Timeout,
            "duplicate" => Self::Duplicate,
            "wrong_amount" => Self::WrongAmount,
            "declined" => Self::Declined,
            other => return Err(UnknownOutcome(other.to_owned())),
        })
    }
}

impl ScriptedOutcome {
    /// What really happens, once for each time that it is told.
    pub fn truth(self, payment: &Payment) -> Vec<Outcome> {
        let paid = |amount: Money| Outcome::Paid {
            amount: Some(amount),
            receipt: Some(format!("TIF{}", &payment.merchant_reference[2..])),
            payer: payment.payer.clone(),
        };
        let failed = |reason| vec![Outcome::Failed { reason }];
        match self {
            Self::Success => vec![paid(payment.amount)],
            Self::Duplicate => vec![paid(payment.amount), paid(payment.amount)],
            Self::WrongAmount => {
                let unit = payment.amount.currency.minor_per_unit();
                vec![paid(Money { minor: payment.amount.minor - unit, ..payment.amount })]
            }
            Self::WrongPin => failed(FailureReason::WrongPin),
            Self::Cancelled => failed(FailureReason::CancelledOnPhone),
            Self::InsufficientFunds => failed(FailureReason::InsufficientFunds),
            Self::Unreachable => failed(FailureReason::Unreachable),
            Self::Declined => failed(FailureReason::Declined),
            Self::Timeout => Vec::new(),
        }
    }

    /// What callbacks tell of it, in order: all of it by M-Pesa; on a page only that something has changed.
    pub fn reports(self, payment: &Payment) -> Vec<Report> {
        let provider_ref = Some(provider_ref(payment));
        let told = |outcome| match payment.rail {
            Rail::Mpesa => outcome,
            Rail::Card | Rail::Cash => Outcome::Undecided,
        };
        self.truth(payment)
            .into_iter()
            .map(|outcome| Report {
                provider_ref: provider_ref.clone(),
                outcome: told(outcome),
                code: None,
            })
            .collect()
    }

    /// The same as bodies of callbacks, which [`ScriptedPayments`] decodes.
    pub fn callbacks(self, payment: &Payment) -> Vec<Vec<u8>> {
        self.reports(payment)
            .iter()
            .map(|report| serde_json::to_vec(report).unwrap_or_default())
            .collect()
    }
}

/// Takes every request, answers queries by what it was told has happened, gives money back at once, and writes down what it was asked to do.
#[derive(Debug)]
pub struct ScriptedPayments {
    rail: Rail,
    happened: Mutex<BTreeMap<PaymentId, Outcome>>,
    withdrawn: Mutex<Vec<PaymentId>>,
    submitted: Mutex<Vec<PaymentId>>,
    refunded: Mutex<Vec<(PaymentId, Money)>>,
}

impl ScriptedPayments {
    /// A silent rail.
    pub const fn new(rail: Rail) -> Self {
        Self {
            rail,
            happened: Mutex::new(BTreeMap::new()),
            withdrawn: Mutex::new(Vec::new()),
            submitted: Mutex::new(Vec::new()),
            refunded: Mutex::new(Vec::new()),
        }
    }

    /// From now on, this is what became of a payment. Nobody is told; queries answer it.
    pub fn happens(&self, payment: PaymentId, outcome: Outcome) {
        lock(&self.happened).insert(payment, outcome);
    }

    /// The pages that were given up, in order.
    pub fn withdrawn(&self) -> Vec<PaymentId> {
        lock(&self.withdrawn).clone()
    }

    /// The payments that were asked for, in order; one that is asked for twice stands here twice.
    pub fn submitted(&self) -> Vec<PaymentId> {
        lock(&self.submitted).clone()
    }

    /// What was given back, in order.
    pub fn refunded(&self) -> Vec<(PaymentId, Money)> {
        lock(&self.refunded).clone()
    }
}

#[async_trait]
impl PaymentProvider for ScriptedPayments {
    fn rail(&self) -> Rail {
        self.rail
    }

    async fn submit(
        &self,
        _: &Merchant,
        payment: &Payment,
        _: &CallbackUrls,
    ) -> Result<Submitted, Fault> {
        lock(&self.submitted).push(payment.id);
        let pay_url = match self.rail {
            Rail::Mpesa => None,
            Rail::Card | Rail::Cash => {
                Some(format!("https://pay.example/{}", payment.merchant_reference))
            }
        };
        Ok(Submitted { provider_ref: provider_ref(payment), pay_url })
    }

    async fn query(&self, _: &Merchant, payment: &Payment) -> Result<Report, Fault> {
        let provider_ref = payment.provider_ref.clone();
        let known = lock(&self.happened).get(&payment.id).cloned();
        let outcome = match (known.unwrap_or(Outcome::Undecided), self.rail) {
            // M-Pesa says whether, and neither how much nor with which receipt.
            (Outcome::Paid { .. }, Rail::Mpesa) => {
                Outcome::Paid { amount: None, receipt: None, payer: None }
            }
            (outcome, Rail::Mpesa | Rail::Card | Rail::Cash) => outcome,
        };
        Ok(Report { provider_ref, outcome, code: None })
    }

    async fn withdraw(&self, _: &Merchant, payment: &Payment) -> Result<Withdrawn, Fault> {
        lock(&self.withdrawn).push(payment.id);
        Ok(Withdrawn::Closed)
    }

    fn notices(&self) -> Option<&dyn AccountNotices> {
        None
    }

    async fn refund(
        &self,
        _: &Merchant,
        payment: &Payment,
        amount: Money,
        _: &CallbackUrls,
    ) -> Result<RefundReport, Fault> {
        lock(&self.refunded).push((payment.id, amount));
        Ok(RefundReport::Done)
    }

    fn decode_callback(&self, raw: &[u8], _: Currency) -> Result<Report, DecodeError> {
        decode(raw)
    }

    fn decode_refund_callback(&self, raw: &[u8]) -> Result<RefundReport, DecodeError> {
        decode(raw)
    }
}

/// The id that a scripted rail gives a request.
fn provider_ref(payment: &Payment) -> String {
    format!("scripted-{}", payment.merchant_reference)
}

fn decode<T: serde::de::DeserializeOwned>(raw: &[u8]) -> Result<T, DecodeError> {
    let odd = |_| DecodeError { reason: "it is no scripted report".to_owned() };
    serde_json::from_slice(raw).map_err(odd)
}

/// A list that a panicking test has left behind is still a list.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::event::{PaymentEffect, PaymentEvent};
    use crate::payments::fixture::{created, ctx};
    use crate::payments::machine::step;
    use crate::payments::news::PaymentNews;

    /// What the thread hears of a submitted payment that ends so.
    fn told(outcome: &str) -> Vec<PaymentNews> {
        let rail = ScriptedPayments::new(Rail::Mpesa);
        let event =
            PaymentEvent::Submitted { provider_ref: provider_ref(&created()), pay_url: None };
        let (mut payment, _) = step(&created(), event, &ctx(0));
        let mut news = Vec::new();
        for raw in outcome.parse::<ScriptedOutcome>().unwrap().callbacks(&payment) {
            let report = rail.decode_callback(&raw, Currency::Kes).unwrap();
            let (next, effects) = step(&payment, PaymentEvent::Reported(report), &ctx(1));
            payment = next;
            news.extend(told_by(effects));
        }
        if let Some(truth) = outcome.parse::<ScriptedOutcome>().unwrap().truth(&payment).pop() {
            let report = Report { provider_ref: None, outcome: truth, code: None };
            let (_, effects) = step(&payment, PaymentEvent::Queried(report), &ctx(1));
            news.extend(told_by(effects));
        }
        news
    }

    fn told_by(effects: Vec<PaymentEffect>) -> impl Iterator<Item = PaymentNews> {
        effects.into_iter().filter_map(|effect| match effect {
            PaymentEffect::News(item) => Some(item),
            _ => None,
        })
    }

    #[test]
    fn every_outcome_reaches_the_thread_as_named() {
        for name in ["success", "duplicate"] {
            assert!(matches!(told(name)[..], [PaymentNews::Paid { .. }]), "{name}");
        }
        assert_eq!(told("wrong_amount"), [PaymentNews::UnderReview]);
        assert_eq!(told("timeout"), []);
        for (name, reason) in [
            ("wrong_pin", FailureReason::WrongPin),
            ("cancelled", FailureReason::CancelledOnPhone),
            ("insufficient_funds", FailureReason::InsufficientFunds),
            ("unreachable", FailureReason::Unreachable),
        ] {
            assert_eq!(told(name), [PaymentNews::Failed { reason }], "{name}");
        }
        assert!("paid".parse::<ScriptedOutcome>().is_err());
    }
}
