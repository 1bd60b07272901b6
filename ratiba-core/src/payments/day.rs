//! A day's money, explained: each payment is tied to what it paid for, given back, failed, or named as somebody's to look at. Pure.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::ledger::{balance, balances};
use super::schedule::asking_ends_at;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::id::{AppointmentId, PaymentId};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{
    Account, FailureReason, LedgerEntry, Movement, Payment, PaymentState,
};
use crate::domain::tenant::Rail;

/// Minutes by which a window may end late: a worker was busy.
const SLACK_MIN: i64 = 10;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Books<'a> {
    /// Which day.
    pub day: Date,
    /// What the books are kept in.
    pub currency: Currency,
    /// The payments to explain.
    pub payments: &'a [Payment],
    /// The day's rows of the ledger.
    pub ledger: &'a [LedgerEntry],
    /// The appointments that the payments name, as far as there are any.
    pub appointments: &'a [Appointment],
    /// Now.
    pub now: Timestamp,
}

/// A day's money.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DayReport {
    /// Which day.
    pub day: Date,
    /// What each rail brought and gave back that day.
    pub rails: Vec<RailDay>,
    /// What is held at the providers more than the day before, minor units.
    pub net_minor: i64,
    /// Whether the day's rows of the ledger sum to zero.
    pub balanced: bool,
    /// The payments, oldest first.
    pub payments: Vec<DayPayment>,
    /// Those that somebody has to look at.
    pub tasks: Vec<PaymentId>,
    /// Those that nothing explains; empty, or something is wrong.
    pub unexplained: Vec<PaymentId>,
}

/// A rail's day, in minor units; all sums are positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RailDay {
    /// Which.
    pub rail: Rail,
    /// How many payments brought money.
    pub paid: usize,
    /// What came.
    pub charged_minor: i64,
    /// What was given back by policy.
    pub refunded_minor: i64,
    /// What was undone.
    pub reversed_minor: i64,
    /// What the provider kept.
    pub fees_minor: i64,
    /// What came and is not matched to a sale.
    pub unapplied_minor: i64,
}

/// A payment, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DayPayment {
    /// Which.
    pub id: PaymentId,
    /// Our reference of it.
    pub reference: String,
    /// The provider's receipt.
    pub receipt: Option<String>,
    /// How.
    pub rail: Rail,
    /// How much was asked.
    pub amount: Money,
    /// Its state's stored name.
    pub status: &'static str,
    /// What it was for.
    pub appointments: Vec<AppointmentId>,
    /// What became of it.
    pub explanation: Explanation,
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Explanation {
    /// What it paid for is booked, or has taken place.
    Booked,
    /// What it paid for was moved or cancelled, and the money moved along or was kept by policy.
    Kept,
    /// Given back, in whole or in part.
    GivenBack,
    /// The provider is giving it back.
    GivingBack,
    /// The customer is being asked.
    Waiting,
    /// Its window is over; the provider is asked on.
    BeingAsked,
    /// It failed.
    Failed {
        /// Why.
        reason: FailureReason,
    },
    /// The customer called it off, and nothing came.
    CalledOff,
    /// Nothing came, and the provider knows of no payment.
    Lapsed,
    /// Somebody has to look at it.
    NeedsPerson {
        /// Why.
        why: Need,
    },
    /// Nothing explains it.
    Unexplained {
        /// What is odd.
        why: Oddity,
    },
}

/// Why somebody has to look at a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Need {
    /// What came is not what was asked.
    WrongMoney,
    /// A callback says that money came, and the provider does not confirm it.
    Unconfirmed,
    /// Money has to be sent back by hand.
    RefundByHand,
    /// Nobody knows whether the provider was asked, and it can't be asked about: look at its statement.
    UnknownToProvider,
}

/// What is odd about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Oddity {
    /// It is paid, and nothing is booked for it.
    PaidForNothing,
    /// Its window is long over, and it still waits.
    NeverEnded,
}

impl DayReport {
    /// Explains a day.
    pub fn of(books: &Books<'_>) -> Self {
        let mut payments: Vec<DayPayment> = books
            .payments
            .iter()
            .map(|payment| DayPayment {
                id: payment.id,
                reference: payment.merchant_reference.clone(),
                receipt: payment.receipt().map(str::to_owned),
                rail: payment.rail,
                amount: payment.amount,
                status: payment.state.as_str(),
                appointments: payment.appointments.clone(),
                explanation: explain(payment, books),
            })
            .collect();
        payments.sort_by_key(|payment| payment.id);
        let those = |wanted: fn(&Explanation) -> bool| {
            let found = payments.iter().filter(|payment| wanted(&payment.explanation));
            found.map(|payment| payment.id).collect()
        };
        Self {
            day: books.day,
            rails: [Rail::Mpesa, Rail::Card, Rail::Cash].map(|rail| rail_day(rail, books)).to_vec(),
            net_minor: balance(books.ledger, Account::Provider, books.currency).minor,
            balanced: balances(books.ledger),
            tasks: those(|explanation| matches!(explanation, Explanation::NeedsPerson { .. })),
            unexplained: those(|explanation| {
                matches!(explanation, Explanation::Unexplained { .. })
            }),
            payments,
        }
    }
}

/// What became of a payment.
pub fn explain(payment: &Payment, books: &Books<'_>) -> Explanation {
    let person = |why| Explanation::NeedsPerson { why };
    let odd = |why| Explanation::Unexplained { why };
    let late = SignedDuration::from_mins(SLACK_MIN);
    let overdue = payment.expires_at.checked_add(late).is_ok_and(|end| books.now > end);
    let unconfirmed = payment.is_claimed();
    match &payment.state {
        PaymentState::Paid { .. } => paid_for(payment, books),
        PaymentState::Review { .. } => person(Need::WrongMoney),
        PaymentState::Refunding { .. } => Explanation::GivingBack,
        PaymentState::RefundByHand { .. } => person(Need::RefundByHand),
        PaymentState::Refunded { .. } => Explanation::GivenBack,
        PaymentState::TimedOut | PaymentState::Failed { .. } | PaymentState::Cancelled
            if unconfirmed =>
        {
            person(Need::Unconfirmed)
        }
        PaymentState::Failed { reason } => Explanation::Failed { reason: *reason },
        PaymentState::TimedOut if payment.provider_ref.is_none() => person(Need::UnknownToProvider),
        PaymentState::TimedOut if books.now > asking_ends_at(payment) => Explanation::Lapsed,
        PaymentState::TimedOut => Explanation::BeingAsked,
        PaymentState::Cancelled => Explanation::CalledOff,
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending if overdue => {
            odd(Oddity::NeverEnded)
        }
        PaymentState::Created | PaymentState::SubmitUnknown | PaymentState::Pending => {
            Explanation::Waiting
        }
    }
}

/// What a payment that is paid has paid for.
fn paid_for(payment: &Payment, books: &Books<'_>) -> Explanation {
    let mut kept = false;
    for appointment in books.appointments {
        if !payment.appointments.contains(&appointment.id) {
            continue;
        }
        match appointment.status {
            AppointmentStatus::Confirmed
            | AppointmentStatus::Completed
            | AppointmentStatus::NoShow => return Explanation::Booked,
            AppointmentStatus::Cancelled => kept = true,
            AppointmentStatus::Held | AppointmentStatus::Expired => {}
        }
    }
    if kept { Explanation::Kept } else { Explanation::Unexplained { why: Oddity::PaidForNothing } }
}

fn rail_day(rail: Rail, books: &Books<'_>) -> RailDay {
    let of_rail = |entry: &&LedgerEntry| {
        let payment = books.payments.iter().find(|payment| payment.id == entry.payment);
        payment.is_some_and(|payment| payment.rail == rail)
            && entry.amount.currency == books.currency
    };
    let rows: Vec<&LedgerEntry> = books.ledger.iter().filter(of_rail).collect();
    let sum = |account: Account, movement: Option<Movement>| -> i64 {
        rows.iter()
            .filter(|row| row.account == account)
            .filter(|row| movement.is_none_or(|movement| row.movement == movement))
            .fold(0_i64, |sum, row| sum.saturating_add(row.amount.minor))
    };
    let of = |movement| sum(Account::Provider, Some(movement));
    let charged = rows
        .iter()
        .filter(|row| row.account == Account::Provider && row.movement == Movement::Charged);
    let mut paid: Vec<PaymentId> = charged.map(|row| row.payment).collect();
    paid.sort_unstable();
    paid.dedup();
    RailDay {
        rail,
        paid: paid.len(),
        charged_minor: of(Movement::Charged),
        refunded_minor: of(Movement::Refunded).saturating_neg(),
        reversed_minor: of(Movement::Reversed).saturating_neg(),
        fees_minor: of(Movement::Fee).saturating_neg(),
        unapplied_minor: sum(Account::Unapplied, None).saturating_neg(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::event::{PaymentEffect, PaymentEvent};
    use crate::payments::fixture::{
        at, card, claimed, created, ctx, kes, paid, paid_by_query, pending,
    };
    use crate::payments::machine::step;

    fn books<'a>(
        payments: &'a [Payment],
        ledger: &'a [LedgerEntry],
        appointments: &'a [Appointment],
        minutes: i64,
    ) -> Books<'a> {
        let (day, currency) = ("2026-11-23".parse().unwrap(), Currency::Kes);
        Books { day, currency, payments, ledger, appointments, now: at(minutes) }
    }

    /// What was paid, with its rows.
    fn settled() -> (Payment, Vec<LedgerEntry>) {
        let told = step(&pending(), PaymentEvent::Reported(paid(500, "R1")), &ctx(1)).0;
        let (after, effects) = step(&told, PaymentEvent::Queried(paid_by_query()), &ctx(1));
        let rows = effects.into_iter().filter_map(|effect| match effect {
            PaymentEffect::Ledger(rows) => Some(rows),
            _ => None,
        });
        (after, rows.flatten().collect())
    }

    fn booked(payment: &Payment, status: AppointmentStatus) -> Appointment {
        let mint = crate::domain::id::Mint { at: at(0), seed: 3 };
        let window = crate::domain::time::TimeWindow::of_minutes(at(600), 30);
        Appointment {
            id: payment.appointments[0],
            customer: payment.customer,
            thread: None,
            service: mint.id(0),
            staff: mint.id(1),
            resource: None,
            window,
            blocked: window,
            status,
            hold_expires_at: None,
            price: kes(500),
            paid: kes(500),
            created_at: at(0),
        }
    }

    #[test]
    fn what_is_paid_is_tied_to_what_it_paid_for() {
        let (payment, rows) = settled();
        for (status, explanation) in [
            (AppointmentStatus::Confirmed, Explanation::Booked),
            (AppointmentStatus::Completed, Explanation::Booked),
            (AppointmentStatus::Cancelled, Explanation::Kept),
            (AppointmentStatus::Expired, Explanation::Unexplained { why: Oddity::PaidForNothing }),
        ] {
            let appointments = [booked(&payment, status)];
            let payments = [payment.clone()];
            let report = DayReport::of(&books(&payments, &rows, &appointments, 60));
            assert_eq!(report.payments[0].explanation, explanation, "{status:?}");
            let odd = matches!(explanation, Explanation::Unexplained { .. });
            assert_eq!(report.unexplained.len(), usize::from(odd));
            assert_eq!((report.net_minor, report.balanced), (50_000, true));
            let mpesa = report.rails[0];
            assert_eq!((mpesa.paid, mpesa.charged_minor, mpesa.unapplied_minor), (1, 50_000, 0));
            assert_eq!(report.rails[1].charged_minor, 0);
        }
    }

    #[test]
    fn what_is_not_paid_says_why_and_what_waits_for_a_person_is_a_task() {
        let explained = |payment: &Payment, minutes: i64| {
            let payments = [payment.clone()];
            explain(&payments[0], &books(&payments, &[], &[], minutes))
        };
        let timed_out = |payment: Payment| Payment { state: PaymentState::TimedOut, ..payment };
        let person = |why| Explanation::NeedsPerson { why };
        let never = Explanation::Unexplained { why: Oddity::NeverEnded };
        assert_eq!(explained(&pending(), 2), Explanation::Waiting);
        assert_eq!(explained(&pending(), 60), never);
        assert_eq!(explained(&card(), 29), Explanation::Waiting);
        assert_eq!(explained(&timed_out(pending()), 60), Explanation::BeingAsked);
        assert_eq!(explained(&timed_out(pending()), 3 * 24 * 60), Explanation::Lapsed);
        assert_eq!(explained(&timed_out(claimed()), 60), person(Need::Unconfirmed));
        assert_eq!(explained(&timed_out(created()), 60), person(Need::UnknownToProvider));
        let review = PaymentState::Review { received: kes(300) };
        assert_eq!(explained(&Payment { state: review, ..pending() }, 2), person(Need::WrongMoney));
    }
}
