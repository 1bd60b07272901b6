//! Money: whole minor units of one currency, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The currencies that tenants keep their books in (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Currency {
    /// Kenyan shilling.
    Kes,
    /// Ugandan shilling.
    Ugx,
    /// Tanzanian shilling.
    Tzs,
    /// Rwandan franc.
    Rwf,
    /// United States dollar.
    Usd,
}

impl Currency {
    /// Digits after the decimal point, as ISO 4217 lists them: 0 for UGX and RWF, 2 for the others.
    pub const fn exponent(self) -> u32 {
        match self {
            Self::Ugx | Self::Rwf => 0,
            Self::Kes | Self::Tzs | Self::Usd => 2,
        }
    }

    /// How many minor units make one whole unit.
    pub const fn minor_per_unit(self) -> i64 {
        10_i64.pow(self.exponent())
    }

    /// The three-letter code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kes => "KES",
            Self::Ugx => "UGX",
            Self::Tzs => "TZS",
            Self::Rwf => "RWF",
            Self::Usd => "USD",
        }
    }

    /// The currency of a three-letter code, in any case.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Kes, Self::Ugx, Self::Tzs, Self::Rwf, Self::Usd]
            .into_iter()
            .find(|c| c.code().eq_ignore_ascii_case(code.trim()))
    }
}

/// An amount in minor units (cents for KES) of one currency. May be negative in a ledger, never in a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// What they are units of.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// An amount of whole units, such as 500 shillings.
    pub const fn whole(units: i64, currency: Currency) -> Self {
        Self { minor: units * currency.minor_per_unit(), currency }
    }

    /// Nothing at all.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// True for an amount above zero.
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// The sum, or `None` when the currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { minor: self.minor.checked_add(other.minor)?, ..self })
    }

    /// `percent` of this amount, rounded up to a whole unit: M-Pesa takes whole shillings only, and a deposit is never less than agreed.
    pub fn percent_rounded_up_to_unit(self, percent: u8) -> Self {
        let unit = i128::from(self.currency.minor_per_unit());
        let raw = i128::from(self.minor) * i128::from(percent);
        let units = raw.div_euclid(100 * unit) + i128::from(raw.rem_euclid(100 * unit) != 0);
        Self { minor: i64::try_from(units * unit).unwrap_or(i64::MAX), ..self }
    }

    /// Whole units, or `None` when a fraction remains.
    pub const fn as_whole_units(self) -> Option<i64> {
        let per = self.currency.minor_per_unit();
        if self.minor % per == 0 { Some(self.minor / per) } else { None }
    }
}

/// Writes `KES 1,500` or `USD 12.50`; how a customer reads it is the speaker's matter.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = self.currency.minor_per_unit().unsigned_abs();
        let (units, rest) = (self.minor.unsigned_abs() / per, self.minor.unsigned_abs() % per);
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{} {sign}{}", self.currency.code(), grouped(units))?;
        if rest != 0 {
            write!(f, ".{rest:0width$}", width = self.currency.exponent() as usize)?;
        }
        Ok(())
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_groups_and_only_needed_decimals() {
        assert_eq!(Money::whole(1_500, Currency::Kes).to_string(), "KES 1,500");
        assert_eq!(Money::new(1_250, Currency::Usd).to_string(), "USD 12.50");
        assert_eq!(Money::new(-1_205, Currency::Kes).to_string(), "KES -12.05");
        assert_eq!(Money::whole(20_000, Currency::Ugx).to_string(), "UGX 20,000");
    }

    #[test]
    fn a_deposit_is_rounded_up_to_a_whole_shilling() {
        assert_eq!(
            Money::whole(2_500, Currency::Kes).percent_rounded_up_to_unit(50),
            Money::whole(1_250, Currency::Kes)
        );
        assert_eq!(
            Money::whole(333, Currency::Kes).percent_rounded_up_to_unit(50),
            Money::whole(167, Currency::Kes)
        );
        assert_eq!(
            Money::whole(333, Currency::Ugx).percent_rounded_up_to_unit(10),
            Money::whole(34, Currency::Ugx)
        );
    }
}
