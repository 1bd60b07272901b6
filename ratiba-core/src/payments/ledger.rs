//! The arithmetic of the ledger: rows are made in pairs that sum to zero, and accounts are read off them.
//!
//! What comes to the provider is positive there and negative in the account that explains it, so that all rows ever written sum to zero.

use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Account, LedgerEntry, Movement, Payment};

use super::event::PayCtx;

/// One movement of money: `amount` goes to the provider's account when positive, out of it when negative, against `other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'a> {
    /// Why.
    pub movement: Movement,
    /// Which account explains it.
    pub other: Account,
    /// How much, seen from the provider's account.
    pub amount: Money,
    /// The provider's receipt.
    pub receipt: Option<&'a str>,
}

/// The two rows of a movement.
///
/// The ids are a function of the context's mint, so that a step that is taken again writes the same rows. A step writes one movement at most.
pub fn rows(payment: &Payment, of: Move<'_>, ctx: &PayCtx) -> Vec<LedgerEntry> {
    let row = |n: u32, account: Account, amount: Money| LedgerEntry {
        id: ctx.mint.id(n),
        payment: payment.id,
        movement: of.movement,
        account,
        amount,
        receipt: of.receipt.map(str::to_owned),
        at: ctx.now,
    };
    // Half the range is more money than there is; a forged amount beyond it must not break the sum.
    let minor = of.amount.minor.clamp(-i64::MAX, i64::MAX);
    let amount = Money { minor, ..of.amount };
    let against = Money { minor: -minor, ..amount };
    vec![row(0, Account::Provider, amount), row(1, of.other, against)]
}

/// What the provider kept of a payment.
pub fn fee_rows(
    payment: &Payment,
    fee: Money,
    receipt: Option<&str>,
    ctx: &PayCtx,
) -> Vec<LedgerEntry> {
    let amount = Money { minor: fee.minor.saturating_neg(), ..fee };
    rows(payment, Move { movement: Movement::Fee, other: Account::Fees, amount, receipt }, ctx)
}

/// What an account holds in one currency. Saturates at the ends of the range.
pub fn balance<'a>(
    rows: impl IntoIterator<Item = &'a LedgerEntry>,
    account: Account,
    currency: Currency,
) -> Money {
    let minor = rows
        .into_iter()
        .filter(|row| row.account == account && row.amount.currency == currency)
        .fold(0_i128, |sum, row| sum + i128::from(row.amount.minor));
    Money::new(saturate(minor), currency)
}

/// Whether these rows sum to zero in every currency.
pub fn balances<'a>(rows: impl IntoIterator<Item = &'a LedgerEntry>) -> bool {
    let mut sums: Vec<(Currency, i128)> = Vec::new();
    for row in rows {
        match sums.iter_mut().find(|(currency, _)| *currency == row.amount.currency) {
            Some((_, sum)) => *sum += i128::from(row.amount.minor),
            None => sums.push((row.amount.currency, i128::from(row.amount.minor))),
        }
    }
    sums.iter().all(|(_, sum)| *sum == 0)
}

/// The nearest number that fits.
fn saturate(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::fixture::{created, ctx};
    use proptest::prelude::*;

    fn any_move() -> impl Strategy<Value = (Movement, Account, i64, Currency)> {
        (
            prop::sample::select(vec![
                Movement::Charged,
                Movement::Fee,
                Movement::Refunded,
                Movement::Reversed,
            ]),
            prop::sample::select(vec![Account::Sales, Account::Fees, Account::Unapplied]),
            any::<i64>(),
            prop::sample::select(vec![Currency::Kes, Currency::Ugx, Currency::Usd]),
        )
    }

    proptest! {
        #[test]
        fn whatever_moves_the_books_balance(moves in prop::collection::vec(any_move(), 0..40)) {
            let (payment, mut all) = (created(), Vec::new());
            for (movement, other, minor, currency) in moves {
                let amount = Money::new(minor, currency);
                all.extend(rows(&payment, Move { movement, other, amount, receipt: None }, &ctx(0)));
                prop_assert!(balances(&all));
            }
        }

        #[test]
        fn the_provider_holds_what_the_other_accounts_explain(
            moves in prop::collection::vec((any_move(), -1_000_000_i64..1_000_000), 0..40),
        ) {
            let (payment, mut all) = (created(), Vec::new());
            for ((movement, other, _, _), minor) in moves {
                let amount = Money::new(minor, Currency::Kes);
                all.extend(rows(&payment, Move { movement, other, amount, receipt: None }, &ctx(0)));
            }
            let explained: i64 = [Account::Sales, Account::Fees, Account::Unapplied]
                .map(|account| balance(&all, account, Currency::Kes).minor)
                .iter()
                .sum();
            prop_assert_eq!(balance(&all, Account::Provider, Currency::Kes).minor, -explained);
        }
    }

    #[test]
    fn a_fee_leaves_the_provider() {
        let rows = fee_rows(&created(), Money::new(150, Currency::Kes), None, &ctx(0));
        assert!(balances(&rows));
        assert_eq!(balance(&rows, Account::Provider, Currency::Kes).minor, -150);
        assert_eq!(balance(&rows, Account::Fees, Currency::Kes).minor, 150);
    }

    #[test]
    fn one_side_alone_does_not_balance() {
        let mut rows = fee_rows(&created(), Money::new(150, Currency::Kes), None, &ctx(0));
        rows.pop();
        assert!(!balances(&rows));
    }
}
