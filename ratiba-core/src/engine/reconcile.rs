//! Asks the providers about payments that are open for longer than they should be, and looks at a day's money.
//!
//! Each payment has timers of its own that ask about it; this finds what they have missed, however that came to be. Asking moves no money, and
//! what is answered goes the way of every answer: as a fact, on the lane of its customer.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::error::EngineError;
use super::handle::{Inner, Ratiba};
use crate::domain::id::{AppointmentId, PaymentId, TenantId};
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::tenant::Rail;
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::payments::day::{Books, DayReport};
use crate::payments::report::{Outcome, Report};
use crate::ports::hot::Lane;
use crate::ports::inbox::{Cause, PaymentFact};
use crate::ports::store::{LaneKey, NewInbox};

/// Payments asked about in one go.
const MOST: u32 = 500;
/// Payments in one state that a report lists.
const MOST_LISTED: u32 = 1_000;
/// States in which somebody has to look, whatever day it is.
const WAITING_FOR_A_PERSON: [&str; 2] = ["review", "refund_by_hand"];
/// Younger payments are still with the customer.
const YOUNG: SignedDuration = SignedDuration::from_secs(90);

/// What the provider answered about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Answered {
    /// It is paid.
    Paid,
    /// It failed.
    Failed,
    /// Its money has gone back.
    Reversed,
    /// Nothing is decided yet.
    Undecided,
    /// The provider did not answer.
    NoAnswer,
    /// It can't be asked about: the provider never told its id of the request, or the rail is not set up here.
    NotAskable,
}

/// A payment that was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconciled {
    /// Which.
    pub payment: PaymentId,
    /// Our reference of it.
    pub reference: String,
    /// Its rail.
    pub rail: Rail,
    /// Where it was, by its stored name.
    pub before: &'static str,
    /// What was answered.
    pub answered: Answered,
    /// Where it is now.
    pub after: &'static str,
}

impl Ratiba {
    /// Asks about every payment of a tenant that is open for longer than it should be, and takes the turns that come of the answers. What those
    /// turns send is left to the worker.
    pub async fn reconcile(&self, tenant: TenantId) -> Result<Vec<Reconciled>, EngineError> {
        let mut asked = self.inner.reconcile(tenant).await?;
        let store = self.inner.parts.store.of(tenant);
        for one in &mut asked {
            let Some(known) = store.payment(one.payment).await? else { continue };
            self.inner.run_lane(Lane { tenant, customer: known.customer }).await?;
            if let Some(known) = store.payment(one.payment).await? {
                one.after = known.state.as_str();
            }
        }
        Ok(asked)
    }

    /// A day's money in the tenant's own time: every payment that was made, paid or moved that day and every one that waits for a person, each
    /// explained, and the accounts of the ledger.
    pub async fn day_report(&self, tenant: TenantId, day: Date) -> Result<DayReport, EngineError> {
        self.inner.day_report(tenant, day).await
    }
}

impl Inner {
    pub(super) async fn day_report(
        &self,
        tenant: TenantId,
        day: Date,
    ) -> Result<DayReport, EngineError> {
        let loaded = self.business(tenant, None).await?;
        let business = &loaded.business;
        let zone = &business.tenant.zone;
        let range = TimeWindow {
            start: MinuteOfDay::START.on(day, zone),
            end: MinuteOfDay::END.on(day, zone),
        };
        let store = self.parts.store.of(tenant);
        let ledger = store.ledger_within(range).await?;
        let mut payments = store.payments_made(range).await?;
        for state in WAITING_FOR_A_PERSON {
            add_new(&mut payments, store.payments_in(state, MOST_LISTED).await?);
        }
        for row in &ledger {
            if payments.iter().all(|known| known.id != row.payment)
                && let Some(moved) = store.payment(row.payment).await?
            {
                payments.push(moved);
            }
        }
        let wanted: Vec<AppointmentId> =
            payments.iter().flat_map(|payment| payment.appointments.clone()).collect();
        let appointments = store.appointments(&wanted).await?;
        let books = Books {
            day,
            currency: business.tenant.currency,
            payments: &payments,
            ledger: &ledger,
            appointments: &appointments,
            now: self.parts.clock.now(),
        };
        Ok(DayReport::of(&books))
    }
}

fn add_new(list: &mut Vec<Payment>, more: Vec<Payment>) {
    for payment in more {
        if list.iter().all(|known| known.id != payment.id) {
            list.push(payment);
        }
    }
}

impl Inner {
    /// Asks, and stores the answers as facts.
    pub(super) async fn reconcile(&self, tenant: TenantId) -> Result<Vec<Reconciled>, EngineError> {
        let now = self.parts.clock.now();
        let store = self.parts.store.of(tenant);
        let mut asked = Vec::new();
        for payment in store.open_payments(now - YOUNG, MOST).await? {
            let report = self.ask(tenant, &payment).await?;
            let answered = match &report {
                Ok(report) => answer_of(report),
                Err(answered) => *answered,
            };
            let before = payment.state.as_str();
            asked.push(Reconciled {
                payment: payment.id,
                reference: payment.merchant_reference.clone(),
                rail: payment.rail,
                before,
                answered,
                after: before,
            });
            // An answer that decides nothing is no fact; neither is one that tells again what we know.
            if let Ok(report) = report.map_err(drop)
                && report.outcome != Outcome::Undecided
            {
                self.learnt(tenant, &payment, report, now).await?;
            }
            if is_overdue(&payment, now) {
                // The timer that ends its window is lost, or all has been asked that can be.
                self.overdue(tenant, &payment, now).await?;
            }
        }
        metrics::counter!("ratiba_payments_reconciled_total").increment(asked.len() as u64);
        Ok(asked)
    }

    async fn ask(
        &self,
        tenant: TenantId,
        payment: &Payment,
    ) -> Result<Result<Report, Answered>, EngineError> {
        if payment.provider_ref.is_none() {
            return Ok(Err(Answered::NotAskable));
        }
        let Some((provider, merchant)) = self.rail(tenant, payment.rail).await? else {
            return Ok(Err(Answered::NotAskable));
        };
        Ok(provider.query(&merchant, payment).await.map_err(|fault| {
            tracing::info!(payment.id = %payment.id, fault = %fault, "a payment could not be asked about");
            Answered::NoAnswer
        }))
    }

    async fn learnt(
        &self,
        tenant: TenantId,
        payment: &Payment,
        report: Report,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let fact = PaymentFact::Queried { report };
        self.tell_lane(tenant, payment, fact, &format!("reconcile:{}", now.as_second())).await
    }

    async fn overdue(
        &self,
        tenant: TenantId,
        payment: &Payment,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let fact = match payment.state {
            PaymentState::Refunding { .. } => PaymentFact::RefundOverdue,
            _ => PaymentFact::WindowEnded,
        };
        self.tell_lane(tenant, payment, fact, &format!("overdue:{}", now.as_second())).await
    }

    async fn tell_lane(
        &self,
        tenant: TenantId,
        payment: &Payment,
        fact: PaymentFact,
        what: &str,
    ) -> Result<(), EngineError> {
        let new = NewInbox {
            id: self.new_id(),
            lane: LaneKey::Customer(payment.customer),
            dedupe_key: format!("{what}:{}", payment.id),
            cause: Cause::Payment { payment: payment.id, fact },
            received_at: self.parts.clock.now(),
        };
        let accepted = self.parts.store.of(tenant).accept(&new).await?;
        self.stored(tenant, accepted).await;
        Ok(())
    }
}

const fn answer_of(report: &Report) -> Answered {
    match &report.outcome {
        Outcome::Paid { .. } => Answered::Paid,
        Outcome::Failed { .. } => Answered::Failed,
        Outcome::Reversed => Answered::Reversed,
        Outcome::Undecided => Answered::Undecided,
    }
}

/// Whether a payment should have left its state by itself long ago, or need not be asked about any more.
fn is_overdue(payment: &Payment, now: Timestamp) -> bool {
    match &payment.state {
        PaymentState::Refunding { since, .. } => {
            crate::payments::schedule::refund_overdue_at(payment, *since) < now
        }
        PaymentState::TimedOut | PaymentState::Cancelled => {
            crate::payments::schedule::asking_ends_at(payment) < now
        }
        state => state.in_flight() && payment.expires_at + YOUNG < now,
    }
}
