//! The money side of a turn: payments are written down before anybody is asked, and what providers tell goes through the payment machine.

use jiff::Timestamp;

use super::error::EngineError;
use super::turn::Turn;
use crate::conversation::effect::AdminNote;
use crate::conversation::event::Event;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::{AppointmentId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::payments::event::{PayCtx, PaymentEffect, PaymentEvent};
use crate::payments::machine;
use crate::payments::news::{Alert, PaymentNews};
use crate::payments::reference::merchant_reference;
use crate::payments::report::Outcome;
use crate::payments::share_out::share_out;
use crate::ports::inbox::{PaymentFact, TimerKey};
use crate::ports::notify::Notice;
use crate::ports::outbox::Outgoing;
use crate::ports::store::Write;

impl Turn<'_> {
    /// Writes down a new payment, its timers and the row that will ask for the money.
    pub(super) fn charge(
        &mut self,
        id: PaymentId,
        rail: Rail,
        payer: Option<Phone>,
        amount: Money,
        appointments: Vec<AppointmentId>,
        expires_at: Timestamp,
    ) {
        let payment = Payment {
            id,
            merchant_reference: merchant_reference(id),
            callback_token: hex(&self.engine.parts.entropy.secret()),
            thread: self.thread,
            customer: self.customer.id,
            appointments,
            rail,
            contact: payer.clone().or_else(|| self.customer.phone.clone()),
            payer,
            amount,
            state: PaymentState::Created,
            receipts: Vec::new(),
            claim: None,
            provider_ref: None,
            pay_url: None,
            laid_aside: false,
            created_at: self.now,
            expires_at,
        };
        self.writes.push(Write::NewPayment(payment.clone()));
        for effect in machine::open(&payment) {
            self.apply_timers(id, &effect);
        }
        // Nobody is asked for money once the time to pay it is over, whatever the prompt waited for.
        let submit = Outgoing::Submit { payment: id };
        self.enqueue(format!("pay:{id}"), submit, Some(expires_at));
        self.payments.insert(id, payment);
    }

    /// Something was told about a payment.
    pub(super) async fn take_payment_fact(
        &mut self,
        id: PaymentId,
        fact: &PaymentFact,
    ) -> Result<(), EngineError> {
        let event = fact.clone().into_event();
        let event = if self.receipt_is_anothers(id, &event).await? {
            PaymentEvent::ReceiptOfAnother
        } else {
            event
        };
        self.step_payment(id, event).await
    }

    /// Whether the receipt that this would record is recorded for another payment already.
    async fn receipt_is_anothers(
        &mut self,
        id: PaymentId,
        event: &PaymentEvent,
    ) -> Result<bool, EngineError> {
        let (PaymentEvent::Reported(report) | PaymentEvent::Queried(report)) = event else {
            return Ok(false);
        };
        let Outcome::Paid { receipt, .. } = &report.outcome else { return Ok(false) };
        let Some(payment) = self.payment(id).await? else { return Ok(false) };
        let claimed = payment.claim.as_ref().and_then(|claim| claim.receipt.as_ref());
        let Some(receipt) = receipt.as_ref().or(claimed) else { return Ok(false) };
        let owner = self.store.receipt_owner(payment.rail, receipt).await?;
        Ok(owner.is_some_and(|owner| owner != id))
    }

    pub(super) async fn abandon_payment(&mut self, id: PaymentId) -> Result<(), EngineError> {
        self.step_payment_quietly(id, PaymentEvent::Abandoned).await
    }

    /// Nobody wants what this conversation's payments were for: those that have brought nothing are called off.
    pub(super) async fn call_off_payments(&mut self) -> Result<(), EngineError> {
        for payment in self.store.payments_of(self.thread).await? {
            self.payments.entry(payment.id).or_insert_with(|| payment.clone());
            self.step_payment_quietly(payment.id, PaymentEvent::Abandoned).await?;
        }
        Ok(())
    }

    /// Gives back of what was paid for an appointment, from all payments that paid for it. Gives how much can go back, which is less than was
    /// wanted only where a payment's money is gone already.
    pub(super) async fn refund_appointment(
        &mut self,
        appointment: AppointmentId,
        amount: Money,
    ) -> Result<Money, EngineError> {
        let mut payments = self.store.payments_for(appointment).await?;
        for payment in &mut payments {
            // What this turn has asked back already can't be asked back once more.
            *payment = self.payments.entry(payment.id).or_insert_with(|| payment.clone()).clone();
        }
        let parts = share_out(amount, &payments);
        let back = Money::new(parts.iter().map(|(_, part)| part.minor).sum(), amount.currency);
        if back.is_positive() {
            let minus = Money::new(-back.minor, back.currency);
            self.writes.push(Write::Paid { appointment, amount: minus });
        }
        for (id, amount) in parts {
            self.step_payment_quietly(id, PaymentEvent::RefundWanted { amount }).await?;
        }
        Ok(back)
    }

    /// Gives a whole payment back.
    pub(super) async fn refund_payment(&mut self, id: PaymentId) -> Result<(), EngineError> {
        let Some(payment) = self.payment(id).await? else { return Ok(()) };
        self.step_payment_quietly(id, PaymentEvent::RefundWanted { amount: payment.amount }).await
    }

    pub(super) async fn payment(&mut self, id: PaymentId) -> Result<Option<Payment>, EngineError> {
        if let Some(known) = self.payments.get(&id) {
            return Ok(Some(known.clone()));
        }
        let found = self.store.payment(id).await?;
        if let Some(found) = &found {
            self.payments.insert(id, found.clone());
        }
        Ok(found)
    }

    /// Steps a payment because of something from outside, and tells the conversation what came of it.
    async fn step_payment(
        &mut self,
        id: PaymentId,
        event: PaymentEvent,
    ) -> Result<(), EngineError> {
        for news in self.moved(id, event).await? {
            let paid = match &news {
                PaymentNews::Paid { amount, .. } | PaymentNews::PaidLate { amount, .. } => {
                    Some(*amount)
                }
                _ => None,
            };
            self.feed(Event::Payment { payment: id, news }).await?;
            if let Some(amount) = paid {
                self.credit(id, amount).await?;
            }
        }
        Ok(())
    }

    /// Steps a payment because the conversation wants it: the conversation knows already.
    async fn step_payment_quietly(
        &mut self,
        id: PaymentId,
        event: PaymentEvent,
    ) -> Result<(), EngineError> {
        self.moved(id, event).await.map(drop)
    }

    async fn moved(
        &mut self,
        id: PaymentId,
        event: PaymentEvent,
    ) -> Result<Vec<PaymentNews>, EngineError> {
        let Some(payment) = self.payment(id).await? else { return Ok(Vec::new()) };
        let ctx = PayCtx { now: self.now, mint: self.own_mint() };
        let (next, effects) = machine::step(&payment, event, &ctx);
        let mut news = Vec::new();
        for effect in effects {
            match effect {
                PaymentEffect::Ledger(rows) => self.writes.push(Write::Ledger(rows)),
                PaymentEffect::News(item) => news.push(item),
                PaymentEffect::Alert(alert) => self.alert(id, next.rail, alert).await?,
                PaymentEffect::Query => {
                    self.enqueue(format!("pay:{id}"), Outgoing::Query { payment: id }, None);
                }
                PaymentEffect::Refund { amount } => {
                    let refund = Outgoing::Refund { payment: id, amount };
                    self.enqueue(format!("pay:{id}"), refund, None);
                }
                PaymentEffect::Withdraw => {
                    let withdraw = Outgoing::Withdraw { payment: id };
                    self.enqueue(format!("pay:{id}"), withdraw, None);
                }
                PaymentEffect::SetQueryTimer(_)
                | PaymentEffect::SetWindowTimer(_)
                | PaymentEffect::SetNudgeTimer(_)
                | PaymentEffect::SetRefundTimer(_)
                | PaymentEffect::ClearTimers => {
                    self.apply_timers(id, &effect);
                }
                PaymentEffect::Rejected(why) => {
                    tracing::debug!(payment.id = %id, ?why, "a payment event changed nothing");
                }
            }
        }
        if next != payment {
            // A payment made in this very turn is written once, as it is at the end of it.
            match self
                .writes
                .iter_mut()
                .find(|write| matches!(write, Write::NewPayment(new) if new.id == id))
            {
                Some(write) => *write = Write::NewPayment(next.clone()),
                None => self.writes.push(Write::UpdatePayment(next.clone())),
            }
            self.payments.insert(id, next);
        }
        Ok(news)
    }

    fn apply_timers(&mut self, payment: PaymentId, effect: &PaymentEffect) {
        match effect {
            PaymentEffect::SetQueryTimer(at) => {
                self.set_timer(TimerKey::PaymentQuery { payment }, *at);
            }
            PaymentEffect::SetWindowTimer(at) => {
                self.set_timer(TimerKey::PaymentWindow { payment }, *at);
            }
            PaymentEffect::SetNudgeTimer(at) => {
                self.set_timer(TimerKey::PaymentNudge { payment }, *at);
            }
            PaymentEffect::SetRefundTimer(at) => {
                self.set_timer(TimerKey::RefundOverdue { payment }, *at);
            }
            PaymentEffect::ClearTimers => {
                self.writes.push(Write::ClearTimer(TimerKey::PaymentQuery { payment }));
                self.writes.push(Write::ClearTimer(TimerKey::PaymentWindow { payment }));
                self.writes.push(Write::ClearTimer(TimerKey::PaymentNudge { payment }));
            }
            PaymentEffect::Ledger(_)
            | PaymentEffect::News(_)
            | PaymentEffect::Alert(_)
            | PaymentEffect::Query
            | PaymentEffect::Withdraw
            | PaymentEffect::Refund { .. }
            | PaymentEffect::Rejected(_) => {}
        }
    }

    /// Credits money that the conversation keeps to the appointments that it has just confirmed or that stand already, in proportion to their
    /// prices.
    async fn credit(&mut self, id: PaymentId, amount: Money) -> Result<(), EngineError> {
        let Some(payment) = self.payment(id).await? else { return Ok(()) };
        if !matches!(payment.state, PaymentState::Paid { .. }) {
            return Ok(());
        }
        let appointments = self.store.appointments(&payment.appointments).await?;
        let confirmed = |wanted: &Appointment| {
            wanted.status == AppointmentStatus::Confirmed
                || self
                    .writes
                    .iter()
                    .any(|write| matches!(write, Write::Confirm(ids) if ids.contains(&wanted.id)))
        };
        if appointments.len() != payment.appointments.len() || !appointments.iter().all(confirmed) {
            return Ok(());
        }
        let prices: Vec<i64> =
            appointments.iter().map(|appointment| appointment.price.minor).collect();
        for (appointment, minor) in appointments.iter().zip(shares(amount.minor, &prices)) {
            self.writes.push(Write::Paid {
                appointment: appointment.id,
                amount: Money::new(minor, amount.currency),
            });
        }
        Ok(())
    }

    async fn alert(
        &mut self,
        payment: PaymentId,
        rail: Rail,
        alert: Alert,
    ) -> Result<(), EngineError> {
        match alert {
            Alert::WrongMoney | Alert::Surplus => {
                self.notify(Notice::PaymentReview { payment });
                self.tell_admins(&AdminNote::PaymentReview { payment }).await
            }
            Alert::ForeignReference => {
                self.notify(Notice::PaymentReview { payment });
                Ok(())
            }
            Alert::ReturnedAfterCancel => {
                self.tell_admins(&AdminNote::LateMoneyReturned { payment }).await
            }
            Alert::RefundByHand { code } => {
                self.notify(Notice::RefundByHand { payment, code });
                self.tell_admins(&AdminNote::RefundByHand { payment }).await
            }
            Alert::Unconfirmed => {
                self.notify(Notice::PaymentReview { payment });
                self.tell_admins(&AdminNote::PaymentUnconfirmed { payment }).await
            }
            Alert::TakenBack { amount: _ } => {
                self.notify(Notice::PaymentReview { payment });
                self.tell_admins(&AdminNote::PaymentTakenBack { payment }).await
            }
            Alert::ApproveRefund => self.tell_admins(&AdminNote::RefundToApprove { payment }).await,
            Alert::RailMisconfigured { code } => {
                self.notify(Notice::RailMisconfigured { rail, code });
                Ok(())
            }
        }
    }

    fn notify(&mut self, notice: Notice) {
        let lane = format!("notify:{}", self.thread);
        self.enqueue(lane, Outgoing::Notify { notice }, None);
    }
}

/// Splits an amount in proportion to weights; what rounding leaves goes to the first. The shares always sum to the amount.
fn shares(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if total <= 0 {
        return weights.iter().enumerate().map(|(i, _)| if i == 0 { amount } else { 0 }).collect();
    }
    let share =
        |weight: i64| i64::try_from(i128::from(amount) * i128::from(weight) / total).unwrap_or(0);
    let mut out: Vec<i64> = weights.iter().map(|w| share(*w)).collect();
    let rest = amount - out.iter().sum::<i64>();
    if let Some(first) = out.first_mut() {
        *first += rest;
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string can't fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_the_amount() {
        assert_eq!(shares(1_000, &[2, 1]), [667, 333]);
        assert_eq!(shares(220_000, &[100_000, 120_000]), [100_000, 120_000]);
        assert_eq!(shares(5, &[0, 0]), [5, 0]);
        assert!(shares(5, &[]).is_empty());
    }
}
