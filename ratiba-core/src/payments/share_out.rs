//! From which payments an amount goes back, where an appointment was paid by several: a deposit by M-Pesa, say, and the rest in cash.

use super::give_back::returnable;
use crate::domain::id::PaymentId;
use crate::domain::money::Money;
use crate::domain::payment::Payment;

/// Parts of `amount`, each of one payment and no more than can still be asked back of it. `payments` are the newest first, and so they are taken;
/// but one that paid for other appointments too only gives what the others can't, since the rest of it is theirs. Together the parts are
/// `amount`, or all there is.
pub fn share_out(amount: Money, payments: &[Payment]) -> Vec<(PaymentId, Money)> {
    let mut in_order: Vec<&Payment> = payments.iter().collect();
    in_order.sort_by_key(|payment| payment.appointments.len() > 1);
    let mut left = amount.minor;
    let mut parts = Vec::new();
    for payment in in_order {
        let there = returnable(payment);
        let part = Money { minor: left.min(there.minor), ..there };
        if there.currency == amount.currency && part.is_positive() {
            left -= part.minor;
            parts.push((payment.id, part));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::id::Mint;
    use crate::domain::money::Currency;
    use crate::domain::payment::{Account, LedgerEntry, PaymentState};
    use crate::domain::tenant::Rail;
    use crate::payments::event::{PaymentEffect, PaymentEvent};
    use crate::payments::fixture::{at, created, ctx, kes};
    use crate::payments::ledger::{balance, balances};
    use crate::payments::machine::step;
    use crate::payments::news::Alert;

    fn paid(n: u32, units: i64, rail: Rail) -> Payment {
        let id = Mint { at: at(0), seed: 90 }.id(n);
        let state = PaymentState::Paid { at: at(1) };
        Payment { id, amount: kes(units), rail, state, ..created() }
    }

    #[test]
    fn the_newest_gives_first_and_what_others_share_last() {
        let (cash, deposit) = (paid(1, 700, Rail::Cash), paid(2, 500, Rail::Mpesa));
        let both = [cash.clone(), deposit.clone()];
        assert_eq!(share_out(kes(600), &both), [(cash.id, kes(600))]);
        assert_eq!(share_out(kes(1_200), &both), [(cash.id, kes(700)), (deposit.id, kes(500))]);
        assert_eq!(share_out(kes(5_000), &both), [(cash.id, kes(700)), (deposit.id, kes(500))]);
        assert_eq!(share_out(kes(0), &both), []);
        assert_eq!(share_out(Money::whole(5, Currency::Usd), &both), []);
        let mut bundle = cash.clone();
        bundle.appointments.push(Mint { at: at(0), seed: 91 }.id(0));
        let parts = share_out(kes(600), &[bundle.clone(), deposit.clone()]);
        assert_eq!(parts, [(deposit.id, kes(500)), (bundle.id, kes(100))]);
    }

    /// An appointment with two payments, and the books of both.
    #[derive(Clone)]
    struct World {
        payments: [Payment; 2],
        ledgers: [Vec<LedgerEntry>; 2],
        /// Of each: what the provider was asked to give, and what went back, by whoever.
        asked: [i64; 2],
        returned: [i64; 2],
        /// Requests that the provider has.
        under_way: [usize; 2],
        /// What the policy gives back, when the booking was called off.
        wanted: Option<i64>,
    }

    #[derive(Debug, Clone)]
    enum Happens {
        /// The booking is called off; taken twice it must change nothing.
        CalledOff(i64),
        Told(usize, PaymentEvent),
    }

    impl World {
        fn key(&self) -> String {
            let (payments, wanted) = (serde_json::to_string(&self.payments).unwrap(), self.wanted);
            format!(
                "{payments} {:?} {:?} {:?} {wanted:?}",
                self.asked, self.returned, self.under_way
            )
        }

        fn came(&self) -> i64 {
            self.payments.iter().map(|it| it.amount.minor).sum()
        }

        fn after(&self, minutes: i64, what: &Happens) -> Self {
            let mut world = self.clone();
            match what {
                Happens::CalledOff(amount) if self.wanted.is_none() => {
                    world.wanted = Some(*amount);
                    let amount = Money::new(*amount, Currency::Kes);
                    for (id, part) in share_out(amount, &self.payments) {
                        let which = usize::from(self.payments[1].id == id);
                        world.tell(which, minutes, PaymentEvent::RefundWanted { amount: part });
                    }
                }
                // The store gives a cancelled booking no second cancel.
                Happens::CalledOff(_) => {}
                Happens::Told(which, event) => world.tell(*which, minutes, event.clone()),
            }
            world.check(what);
            world
        }

        fn tell(&mut self, which: usize, minutes: i64, event: PaymentEvent) {
            let answered =
                matches!(event, PaymentEvent::RefundDone | PaymentEvent::RefundRefused { .. });
            let (payment, effects) = step(&self.payments[which], event, &ctx(minutes));
            if answered {
                self.under_way[which] = 0;
            }
            for effect in effects {
                match effect {
                    PaymentEffect::Ledger(rows) => {
                        assert!(balances(&rows));
                        self.ledgers[which].extend(rows);
                    }
                    PaymentEffect::Refund { amount } => {
                        self.asked[which] += amount.minor;
                        self.under_way[which] += 1;
                    }
                    PaymentEffect::News(crate::payments::news::PaymentNews::Refunded {
                        amount,
                    })
                    | PaymentEffect::Alert(Alert::TakenBack { amount }) => {
                        self.returned[which] += amount.minor;
                    }
                    _ => {}
                }
            }
            self.payments[which] = payment;
        }

        fn check(&self, what: &Happens) {
            let owed: Vec<i64> = self.payments.iter().map(|it| it.amount.minor).collect();
            for (n, came) in owed.iter().enumerate() {
                assert!(self.under_way[n] <= 1, "two refunds at once after {what:?}");
                assert!(self.asked[n] <= *came, "asked for more than came after {what:?}");
                assert!(self.returned[n] <= *came, "more went back than came after {what:?}");
                let provider = balance(&self.ledgers[n], Account::Provider, Currency::Kes).minor;
                assert_eq!(provider, -self.returned[n], "the books of {n} after {what:?}");
            }
            let returned: i64 = self.returned.iter().sum();
            let wanted = self.wanted.unwrap_or(0);
            assert!(returned <= wanted, "{returned} of {wanted} went back after {what:?}");
            // What is not back yet is asked for, or lies with a person: nothing is forgotten.
            let open: i64 = self
                .payments
                .iter()
                .map(|payment| match &payment.state {
                    PaymentState::Refunding { amount, queued, .. } => amount.minor + queued.minor,
                    PaymentState::RefundByHand { amount, .. } => amount.minor,
                    _ => 0,
                })
                .sum();
            assert_eq!(returned + open, wanted.min(self.came()), "lost after {what:?}");
        }
    }

    /// Every order of a cancel and of all that providers and people may tell of two payments, on each pair of rails and for each share that a
    /// policy may give back.
    #[test]
    fn what_policy_says_goes_back_over_both_payments_once() {
        let rails = [Rail::Mpesa, Rail::Card, Rail::Cash];
        for (first, second) in rails.iter().flat_map(|a| rails.iter().map(move |b| (*a, *b))) {
            for share in [0_i64, 1, 300, 500, 501, 1_200] {
                let start = World {
                    payments: [paid(1, 700, first), paid(2, 500, second)],
                    ledgers: [Vec::new(), Vec::new()],
                    asked: [0; 2],
                    returned: [0; 2],
                    under_way: [0; 2],
                    wanted: None,
                };
                let told = |n| {
                    [
                        Happens::Told(n, PaymentEvent::RefundDone),
                        Happens::Told(n, PaymentEvent::RefundRefused { code: None }),
                        Happens::Told(n, PaymentEvent::RefundUndecided),
                        Happens::Told(n, PaymentEvent::RefundOverdue),
                    ]
                };
                let mut alphabet = vec![Happens::CalledOff(share * 100)];
                alphabet.extend(told(0).into_iter().chain(told(1)));
                let mut seen = BTreeSet::from([start.key()]);
                let mut frontier = vec![start];
                let mut whole = share == 0;
                while let Some(world) = frontier.pop() {
                    for what in &alphabet {
                        for minutes in [2, 8 * 24 * 60] {
                            let after = world.after(minutes, what);
                            whole |= after.returned.iter().sum::<i64>() == share * 100;
                            if seen.insert(after.key()) {
                                frontier.push(after);
                            }
                        }
                    }
                }
                assert!(whole, "{share} never went back whole on {first:?} and {second:?}");
            }
        }
    }
}
