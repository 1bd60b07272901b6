//! Proving that a number is one's own: a one-time code that was sent to it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::{CustomerId, ProofId};
use super::phone::Phone;

/// How long a code may be used, in minutes.
pub const VALID_MIN: u32 = 10;
/// Wrong answers until a code is worthless.
pub const TRIES: u8 = 5;
/// Codes that are sent to one number within an hour, whoever asks: with five tries each, guessing one of a million takes years.
pub const PER_PHONE_HOURLY: u32 = 3;
/// Codes that one customer may have sent within a day, to whatever number.
pub const PER_CUSTOMER_DAILY: u32 = 6;

/// A one-time code: six digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has six digits")]
pub struct CodeError;

impl Code {
    /// The code that 64 bits of chance stand for. The remainder favours no code by more than one in ten million millions.
    pub fn from_chance(chance: u64) -> Self {
        Self(format!("{:06}", chance % 1_000_000))
    }

    /// Reads what somebody typed: six digits, with or without spaces and dashes, and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        let digits: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.')).collect();
        digits.parse().ok()
    }

    /// The digits.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let six = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        if six { Ok(Self(text.to_owned())) } else { Err(CodeError) }
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}

/// A code is as good as a key while it lasts.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(••••••)")
    }
}

/// What became of an attempt to prove a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Verdict {
    /// It was the code: the number is theirs.
    Right,
    /// It was not; so many tries are left.
    Wrong {
        /// How many.
        left: u8,
    },
    /// There is no code that could still be used.
    Expired,
}

/// A code as it is kept: only its digest, so that who reads the database can't use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Its id.
    pub id: ProofId,
    /// Who says that the number is theirs.
    pub customer: CustomerId,
    /// The number that the code was sent to.
    pub phone: Phone,
    /// What the digest was salted with (hex).
    pub salt: String,
    /// SHA-256 over salt, number and code (hex).
    pub digest: String,
    /// Tries that are left.
    pub tries: u8,
    /// When it becomes worthless.
    pub expires_at: jiff::Timestamp,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_they_are_typed() {
        assert_eq!(Code::read(" 482 913 ").unwrap().digits(), "482913");
        assert_eq!(Code::read("482-913").unwrap().digits(), "482913");
        for text in ["", "48291", "4829134", "48291a", "my code is 482913", "0712345678"] {
            assert_eq!(Code::read(text), None, "{text}");
        }
        assert_eq!(Code::from_chance(7).digits(), "000007");
        assert_eq!(format!("{:?}", Code::from_chance(482_913)), "Code(••••••)");
    }
}
