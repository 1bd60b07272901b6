//! Every order of events, of any length, checked against a bookkeeper that knows nothing of states.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{PaymentEffect, PaymentEvent};
use super::fixture::{created, ctx, failed, kes, paid, paid_by_query};
use super::ledger::{balance, balances};
use super::machine::step;
use super::news::{Alert, PaymentNews};
use super::report::{Outcome, Report};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Account, FailureReason, LedgerEntry, Payment, PaymentState};
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;

const DAY: i64 = 24 * 60;

/// What can happen, and how many minutes after the payment was made.
fn alphabet(url: Option<&str>) -> Vec<(i64, PaymentEvent)> {
    let submitted = |reference: &str| PaymentEvent::Submitted {
        provider_ref: reference.to_owned(),
        pay_url: url.map(str::to_owned),
    };
    let undecided = Report {
        provider_ref: Some("ws_CO_1".to_owned()),
        outcome: Outcome::Undecided,
        code: Some("4999".to_owned()),
    };
    let mut stranger = paid(500, "R1");
    if let Outcome::Paid { payer, .. } = &mut stranger.outcome {
        *payer = Some(Phone::from_provider("254799999999").unwrap());
    }
    let reversed = Report { outcome: Outcome::Reversed, ..undecided.clone() };
    let foreign = Report { provider_ref: Some("ws_CO_9".to_owned()), ..paid(500, "R9") };
    vec![
        (1, submitted("ws_CO_1")),
        (1, submitted("ws_CO_9")),
        (1, PaymentEvent::SubmitRefused { reason: FailureReason::ProviderDown, code: None }),
        (1, PaymentEvent::SubmitUnknown),
        (1, PaymentEvent::Reported(paid(500, "R1"))),
        (1, PaymentEvent::Reported(paid(500, "R2"))),
        (1, PaymentEvent::Reported(paid(300, "R1"))),
        (1, PaymentEvent::Reported(paid(0, "R3"))),
        (1, PaymentEvent::Reported(stranger)),
        (1, PaymentEvent::Reported(foreign)),
        (1, PaymentEvent::Reported(failed())),
        (1, PaymentEvent::Queried(paid_by_query())),
        (1, PaymentEvent::Queried(failed())),
        (1, PaymentEvent::Reported(undecided.clone())),
        (1, PaymentEvent::Queried(undecided)),
        (1, PaymentEvent::Queried(reversed)),
        (1, PaymentEvent::ReceiptOfAnother),
        (9, PaymentEvent::NudgeDue),
        (1, PaymentEvent::QueryDue),
        (1, PaymentEvent::WindowEnded),
        (6, PaymentEvent::WindowEnded),
        (2 * DAY, PaymentEvent::WindowEnded),
        (1, PaymentEvent::Abandoned),
        (1, PaymentEvent::RefundWanted { amount: kes(200) }),
        (1, PaymentEvent::RefundWanted { amount: kes(500) }),
        (1, PaymentEvent::RefundWanted { amount: Money::new(-1, Currency::Kes) }),
        (1, PaymentEvent::RefundDone),
        (1, PaymentEvent::RefundRefused { code: None }),
        (1, PaymentEvent::RefundUndecided),
        (4 * DAY, PaymentEvent::RefundOverdue),
    ]
}

/// A payment, all that was told of it, and all that was written down.
#[derive(Clone)]
struct World {
    payment: Payment,
    ledger: Vec<LedgerEntry>,
    /// The first id of the request that anybody named.
    reference: Option<String>,
    /// What a callback says came and the provider has not confirmed: amount, receipt, and whether it is what was asked.
    claim: Option<(i64, String, bool)>,
    /// Money told with a receipt, each receipt once.
    receipts: BTreeMap<String, i64>,
    /// Money told without one, before any receipt was known.
    nameless: bool,
    /// News that money came.
    good_news: usize,
    /// What news said had gone back.
    returned: i64,
    /// Requests to give back that are under way.
    under_way: usize,
}

impl World {
    fn new() -> Self {
        Self {
            payment: created(),
            ledger: Vec::new(),
            reference: None,
            claim: None,
            receipts: BTreeMap::new(),
            nameless: false,
            good_news: 0,
            returned: 0,
            under_way: 0,
        }
    }

    /// What tells worlds apart for the checks that follow.
    fn key(&self) -> String {
        let accounts = [Account::Provider, Account::Sales, Account::Unapplied]
            .map(|account| balance(&self.ledger, account, Currency::Kes).minor);
        let payment = serde_json::to_string(&self.payment).unwrap();
        format!(
            "{payment} {accounts:?} {:?} {:?} {:?} {} {} {} {}",
            self.reference,
            self.claim,
            self.receipts,
            self.nameless,
            self.good_news,
            self.returned,
            self.under_way
        )
    }

    /// The bookkeeper hears the event too.
    fn hear(&mut self, event: &PaymentEvent) {
        let named = match event {
            PaymentEvent::Submitted { provider_ref, .. } => Some(provider_ref.clone()),
            PaymentEvent::Reported(report) | PaymentEvent::Queried(report) => {
                report.provider_ref.clone()
            }
            _ => None,
        };
        if let Some(named) = named
            && *self.reference.get_or_insert(named.clone()) != named
        {
            return;
        }
        let counted = self.payment.received().is_some();
        match event {
            PaymentEvent::Reported(Report {
                outcome: Outcome::Paid { amount, receipt, payer },
                ..
            }) => {
                let (Some(amount), Some(receipt)) = (amount, receipt) else { return };
                if !amount.is_positive() {
                } else if counted {
                    self.receipts.entry(receipt.clone()).or_insert(amount.minor);
                } else {
                    let named = payer.as_ref().zip(self.payment.payer.as_ref());
                    let fits = *amount == self.payment.amount
                        && named.is_none_or(|(paid, asked)| paid == asked);
                    if self.claim.as_ref().is_none_or(|(_, _, known)| !known && fits) {
                        self.claim = Some((amount.minor, receipt.clone(), fits));
                    }
                }
            }
            // The one thing that makes money count.
            PaymentEvent::Queried(Report { outcome: Outcome::Paid { .. }, .. }) if !counted => {
                match self.claim.take() {
                    Some((amount, receipt, _)) => drop(self.receipts.insert(receipt, amount)),
                    None => self.nameless = true,
                }
            }
            PaymentEvent::ReceiptOfAnother if !counted => self.claim = None,
            PaymentEvent::Queried(Report { outcome: Outcome::Reversed, .. })
                if self.payment.state.in_flight()
                    || self.payment.state == PaymentState::TimedOut =>
            {
                self.claim = None;
            }
            _ => {}
        }
    }

    /// What has come, by what was told.
    fn told(&self) -> i64 {
        if self.receipts.is_empty() && self.nameless {
            return self.payment.amount.minor;
        }
        self.receipts.values().sum()
    }

    fn after(&self, minutes: i64, event: &PaymentEvent) -> Self {
        let mut world = self.clone();
        world.hear(event);
        let (payment, effects) = step(&self.payment, event.clone(), &ctx(minutes));
        let what = || format!("{event:?} on {:?} gave {effects:?}", self.payment);

        let silent = payment == self.payment && effects.is_empty();
        assert!(!silent, "an event that changes nothing must say why: {}", what());
        let had_money = self.payment.received().is_some();
        assert!(!had_money || payment.received().is_some(), "a success was lost: {}", what());
        assert!(
            self.payment.receipts.iter().all(|receipt| payment.receipts.contains(receipt)),
            "a receipt was lost: {}",
            what()
        );
        let reversed = matches!(event, PaymentEvent::Queried(report)
            if report.outcome == Outcome::Reversed && world.reference == report.provider_ref);
        if matches!(event, PaymentEvent::RefundDone | PaymentEvent::RefundRefused { .. })
            || matches!(event, PaymentEvent::RefundOverdue)
            || reversed
        {
            world.under_way = 0;
        }
        for effect in &effects {
            match effect {
                PaymentEffect::Ledger(rows) => {
                    assert!(balances(rows), "rows do not balance: {}", what());
                    world.ledger.extend(rows.iter().cloned());
                }
                PaymentEffect::News(PaymentNews::Paid { .. } | PaymentNews::PaidLate { .. }) => {
                    world.good_news += 1;
                }
                PaymentEffect::News(PaymentNews::Failed { .. }) => {
                    assert!(!had_money, "a failure was told after a success: {}", what());
                }
                PaymentEffect::News(PaymentNews::Refunded { amount }) => {
                    world.returned += amount.minor;
                }
                PaymentEffect::Alert(Alert::TakenBack { amount }) => world.returned += amount.minor,
                PaymentEffect::Refund { amount } => {
                    assert!(amount.is_positive(), "gives nothing back: {}", what());
                    world.under_way += 1;
                }
                PaymentEffect::News(
                    PaymentNews::PageReady { .. }
                    | PaymentNews::StillUnpaid { .. }
                    | PaymentNews::MayHaveBeenAsked
                    | PaymentNews::TimedOut
                    | PaymentNews::UnderReview
                    | PaymentNews::StillUnderReview
                    | PaymentNews::ReturnedAfterCancel,
                )
                | PaymentEffect::Alert(_)
                | PaymentEffect::Withdraw
                | PaymentEffect::SetNudgeTimer(_)
                | PaymentEffect::SetRefundTimer(_)
                | PaymentEffect::Query
                | PaymentEffect::SetQueryTimer(_)
                | PaymentEffect::SetWindowTimer(_)
                | PaymentEffect::ClearTimers
                | PaymentEffect::Rejected(_) => {}
            }
        }
        assert!(world.good_news <= 1, "told twice that money came: {}", what());
        assert!(world.under_way <= 1, "two refunds at once: {}", what());
        let held = balance(&world.ledger, Account::Provider, Currency::Kes).minor;
        assert_eq!(
            held,
            world.told() - world.returned,
            "the books disagree with what was told: {}",
            what()
        );
        let first = payment.received().map_or(0, |received| received.minor);
        assert!(world.returned <= first, "more went back than came: {}", what());
        world.payment = payment;
        world
    }
}

/// Walks on until no event leads to a world that was not seen before.
#[test]
fn no_order_of_events_loses_money_counts_it_twice_or_unbalances_the_books() {
    let (reached, depth) = walk(World::new(), &alphabet(None));
    assert_eq!(reached.len(), 11, "every state is reached: {reached:?}");
    assert!(depth >= 6, "the longest way to something new is only {depth} events");
}

/// The same on a page, which can be paid after a failed try and is withdrawn.
#[test]
fn no_order_of_events_on_a_page_does_either() {
    let payment = Payment { payer: None, rail: Rail::Card, ..created() };
    let world = World { payment, ..World::new() };
    let (reached, _) = walk(world, &alphabet(Some("https://pay.pesapal.com/1")));
    assert_eq!(
        reached.len(),
        10,
        "every state but one, for an answer that is lost is a failure: {reached:?}"
    );
}

fn walk(first: World, alphabet: &[(i64, PaymentEvent)]) -> (BTreeSet<&'static str>, usize) {
    let mut frontier = vec![first];
    let mut seen = BTreeSet::from([frontier[0].key()]);
    let (mut reached, mut depth) = (BTreeSet::from(["created"]), 0);
    while !frontier.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        for world in &frontier {
            for (minutes, event) in alphabet {
                let after = world.after(*minutes, event);
                reached.insert(after.payment.state.as_str());
                if seen.insert(after.key()) {
                    next.push(after);
                }
            }
        }
        frontier = next;
    }
    (reached, depth)
}
