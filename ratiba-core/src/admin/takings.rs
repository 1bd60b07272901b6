//! Money that was taken at the venue, as rows of the books: a walk-in and what they paid, or the rest of what a booked visit costs.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::catalogue::Service;
use crate::domain::customer::Customer;
use crate::domain::id::{AppointmentId, Mint, PaymentId, ResourceId, StaffId};
use crate::domain::money::Money;
use crate::domain::payment::{Account, LedgerEntry, Movement, Payment, PaymentState, Returned};
use crate::domain::tenant::Rail;
use crate::domain::time::TimeWindow;
use crate::payments::event::PayCtx;
use crate::payments::ledger::{Move, rows};
use crate::payments::reference::merchant_reference;

/// Everything that is entered, in one piece. The same taking entered again is the same rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taking {
    /// A customer who was not known before.
    pub customer: Option<Customer>,
    /// A visit that was not booked.
    pub visit: Option<Appointment>,
    /// What was paid for.
    pub appointment: AppointmentId,
    /// The payment, which has already happened.
    pub payment: Payment,
    /// Its rows of the ledger.
    pub ledger: Vec<LedgerEntry>,
}

/// Somebody who came without an appointment.
#[derive(Debug, Clone, Copy)]
pub struct WalkIn<'a> {
    /// What was done.
    pub service: &'a Service,
    /// By whom.
    pub staff: StaffId,
    /// What was paid.
    pub amount: Money,
    /// How.
    pub rail: Rail,
    /// Whether they are free for as long as it takes from now on.
    pub staff_free: bool,
    /// The first resource of the service that is free so long; `None` where none is, and where it needs none.
    pub resource: Option<ResourceId>,
}

impl WalkIn<'_> {
    /// Whether it can be in the diary from now on; else the visit is entered as one that is over.
    fn fits(&self) -> bool {
        self.staff_free && (self.resource.is_some() || self.service.resources.is_empty())
    }
}

/// The rows of a walk-in. `token` is unguessable and unique.
pub fn walk_in(what: &WalkIn<'_>, now: Timestamp, mint: Mint, token: &str) -> Taking {
    let length = SignedDuration::from_mins(i64::from(what.service.duration_min));
    let start = if what.fits() { now } else { now - length };
    let window = TimeWindow { start, end: start + length };
    let customer = Customer {
        id: mint.id(0),
        name: None,
        phone: None,
        phone_proven: false,
        language: None,
        opted_out: false,
        created_at: now,
    };
    let status =
        if what.fits() { AppointmentStatus::Confirmed } else { AppointmentStatus::Completed };
    let visit = Appointment {
        id: mint.id(1),
        customer: customer.id,
        thread: None,
        service: what.service.id,
        staff: what.staff,
        resource: what.resource,
        window,
        blocked: window,
        status,
        hold_expires_at: None,
        price: what.amount,
        paid: Money::zero(what.amount.currency),
        created_at: now,
    };
    let (payment, ledger) = paid(&visit, what.amount, what.rail, now, mint, token);
    Taking { customer: Some(customer), appointment: visit.id, visit: Some(visit), payment, ledger }
}

/// The rows of a payment for a visit that is in the book.
pub fn settle(
    visit: &Appointment,
    amount: Money,
    rail: Rail,
    now: Timestamp,
    mint: Mint,
    token: &str,
) -> Taking {
    let (payment, ledger) = paid(visit, amount, rail, now, mint, token);
    Taking { customer: None, visit: None, appointment: visit.id, payment, ledger }
}

fn paid(
    visit: &Appointment,
    amount: Money,
    rail: Rail,
    now: Timestamp,
    mint: Mint,
    token: &str,
) -> (Payment, Vec<LedgerEntry>) {
    let id: PaymentId = mint.id(2);
    let payment = Payment {
        id,
        merchant_reference: merchant_reference(id),
        callback_token: token.to_owned(),
        // Nobody's conversation: what is paid at the venue is asked for by a person.
        thread: mint.id(3),
        customer: visit.customer,
        appointments: vec![visit.id],
        rail,
        payer: None,
        contact: None,
        amount,
        state: PaymentState::Paid { at: now },
        receipts: Vec::new(),
        claim: None,
        provider_ref: None,
        pay_url: None,
        laid_aside: false,
        created_at: now,
        expires_at: now,
    };
    let charged =
        Move { movement: Movement::Charged, other: Account::Sales, amount, receipt: None };
    let ledger =
        rows(&payment, charged, &PayCtx { now, mint: Mint { seed: mint.seed ^ 1, ..mint } });
    (payment, ledger)
}

/// What takes a payment back that was entered by mistake; `None` where there is nothing to take back.
pub fn take_back(payment: &Payment, now: Timestamp) -> Option<(Payment, Vec<LedgerEntry>)> {
    let PaymentState::Paid { .. } = payment.state else { return None };
    let minus = Money::new(-payment.amount.minor, payment.amount.currency);
    let reversed =
        Move { movement: Movement::Reversed, other: Account::Sales, amount: minus, receipt: None };
    // A function of the payment, so that two owners take it back once.
    let seed =
        u64::from_le_bytes(payment.id.ulid().0.to_le_bytes()[..8].try_into().unwrap_or_default());
    let ctx = PayCtx { now, mint: Mint { at: payment.created_at, seed: seed ^ 2 } };
    let ledger = rows(payment, reversed, &ctx);
    let back = Returned { received: payment.amount, from: Account::Sales, done: payment.amount };
    Some((Payment { state: PaymentState::Refunded { back }, ..payment.clone() }, ledger))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::payments::ledger::{balance, balances};

    fn braids(staff_free: bool) -> Taking {
        braids_on(staff_free, &[], None)
    }

    /// With the chairs that braids need, and the first that is free.
    fn braids_on(staff_free: bool, chairs: &[ResourceId], resource: Option<ResourceId>) -> Taking {
        let mut business = crate::demo::tenant("demo-salon").unwrap().business;
        business.catalogue.services[0].resources = chairs.to_vec();
        let service = &business.catalogue.services[0];
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let what = WalkIn {
            service,
            staff: business.catalogue.staff[0].id,
            amount: Money::whole(2_500, Currency::Kes),
            rail: Rail::Cash,
            staff_free,
            resource,
        };
        walk_in(&what, now, Mint { at: now, seed: 5 }, "token")
    }

    #[test]
    fn a_walk_in_is_a_visit_and_money_that_balances() {
        let taking = braids(true);
        assert!(balances(&taking.ledger));
        assert_eq!(balance(&taking.ledger, Account::Provider, Currency::Kes).minor, 250_000);
        assert_eq!(taking.visit.as_ref().unwrap().status, AppointmentStatus::Confirmed);
        assert_eq!(taking, braids(true), "entered again it is the same");
    }

    #[test]
    fn a_walk_in_beside_a_booking_is_over_when_it_is_entered() {
        let visit = braids(false).visit.unwrap();
        assert_eq!(visit.status, AppointmentStatus::Completed);
        assert_eq!(visit.window.end.to_string(), "2026-11-23T09:00:00Z");
    }

    #[test]
    fn a_walk_in_takes_a_chair_where_the_service_needs_one() {
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 3 };
        let chairs = [mint.id(0), mint.id(1)];
        let seated = braids_on(true, &chairs, Some(chairs[1])).visit.unwrap();
        assert_eq!(seated.resource, Some(chairs[1]));
        assert_eq!(seated.status, AppointmentStatus::Confirmed);
        let standing = braids_on(true, &chairs, None).visit.unwrap();
        assert_eq!((standing.resource, standing.status), (None, AppointmentStatus::Completed));
    }

    #[test]
    fn taking_back_leaves_nothing_and_happens_once() {
        let taking = braids(true);
        let later: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let (payment, rows) = take_back(&taking.payment, later).unwrap();
        let all: Vec<_> = taking.ledger.iter().chain(&rows).cloned().collect();
        assert_eq!(balance(&all, Account::Provider, Currency::Kes).minor, 0);
        assert_eq!(take_back(&payment, later), None);
        let even_later: Timestamp = "2026-11-23T11:00:00Z".parse().unwrap();
        let again = take_back(&taking.payment, even_later).unwrap().1;
        assert_eq!(again[0].id, rows[0].id);
    }
}
