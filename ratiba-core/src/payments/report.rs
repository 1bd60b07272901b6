//! What a payment provider tells about a payment, in one vocabulary for all rails.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;

/// What a callback or a query says of one payment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The provider's id of the request, as told; must agree with ours where ours is known.
    pub provider_ref: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The provider's own code, for the record.
    pub code: Option<String>,
}

/// Does not show the provider's id of the request, which holds the payer's number on M-Pesa.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("outcome", &self.outcome)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// What became of a payment, as told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// Money came.
    Paid {
        /// How much; a query may not say.
        amount: Option<Money>,
        /// The provider's receipt; a query may not say.
        receipt: Option<String>,
        /// Who paid, where it is told in full.
        payer: Option<Phone>,
    },
    /// It definitely failed.
    Failed {
        /// Why.
        reason: FailureReason,
    },
    /// Money had come and has gone back.
    Reversed,
    /// Not decided yet, or an answer that says nothing: ask again later.
    Undecided,
}
