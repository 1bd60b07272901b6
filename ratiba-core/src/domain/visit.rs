//! What becomes of a visit after its time: who came, who did not, and what that means for the next booking.

use serde::{Deserialize, Serialize};

use super::catalogue::DepositRule;
use super::money::Money;

/// Whether the customer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// They came.
    Came,
    /// They did not.
    NoShow,
}

/// What happens after a visit without anybody doing anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitRules {
    /// Minutes after its end that a visit which nobody has marked counts as completed: most people come, and owners mark who didn't.
    pub complete_after_min: u32,
    /// Ask the customer afterwards how it was.
    pub follow_up: bool,
    /// Minutes after the end that they are asked; never at night.
    pub follow_up_after_min: u32,
}

impl Default for VisitRules {
    fn default() -> Self {
        Self { complete_after_min: 60, follow_up: true, follow_up_after_min: 180 }
    }
}

/// Who stays away pays ahead: what no-shows mean for the next deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoShowRule {
    /// From so many no-shows on; 0 switches the rule off.
    pub after: u32,
    /// Only those of the last so many days count.
    pub within_days: u32,
    /// What is then due when booking, where it is more than usual.
    pub deposit: DepositRule,
}

impl Default for NoShowRule {
    fn default() -> Self {
        Self { after: 2, within_days: 180, deposit: DepositRule::Percent(50) }
    }
}

impl NoShowRule {
    /// What is due for a price, given what is due usually: never less than that.
    pub fn due(self, usual: Money, price: Money, no_shows: u32) -> Money {
        let applies = self.after > 0 && no_shows >= self.after;
        let raised = self.deposit.due(price);
        if applies && raised.minor > usual.minor { raised } else { usual }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn no_shows_raise_a_deposit_and_never_lower_it() {
        let kes = |units| Money::whole(units, Currency::Kes);
        let rule = NoShowRule::default();
        assert_eq!(rule.due(kes(0), kes(1_000), 1), kes(0));
        assert_eq!(rule.due(kes(0), kes(1_000), 2), kes(500));
        assert_eq!(rule.due(kes(1_000), kes(1_000), 5), kes(1_000));
        let off = NoShowRule { after: 0, ..rule };
        assert_eq!(off.due(kes(0), kes(1_000), 9), kes(0));
    }
}
