//! One line of an evaluation file, and what the ear makes of it.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use serde::Deserialize;

use super::EvalTenant;
use crate::domain::message::Language;
use crate::language::hear::HearContext;
use crate::language::understanding::{Expecting, Intent, Understanding};

/// One line of an evaluation file. A field that is missing is not scored; fields that are not listed here are ignored.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// What the customer wrote.
    pub text: String,
    /// When, with its offset; read in the tenant's zone. The caller's now where it is missing.
    #[serde(default)]
    pub now: Option<Timestamp>,
    /// To whom, by slug. The caller's tenant where it is missing.
    #[serde(default)]
    pub tenant: Option<String>,
    /// What they want.
    #[serde(default)]
    pub intent: Option<Intent>,
    /// The language of the frame.
    #[serde(default)]
    pub language: Option<Language>,
    /// English name of the service; `null` means that none is named for certain.
    #[serde(default, deserialize_with = "said")]
    pub service: Option<Option<String>>,
    /// The exact moment; `null` means "must ask", so that naming any is an error.
    #[serde(default, deserialize_with = "said")]
    pub start: Option<Option<Timestamp>>,
    /// Name of the member of staff, or `anyone`; `null` means that none is asked for.
    #[serde(default, deserialize_with = "said")]
    pub staff: Option<Option<String>>,
    /// The day; `null` means that none is named.
    #[serde(default, deserialize_with = "said")]
    pub date: Option<Option<Date>>,
    /// The phone in E.164.
    #[serde(default, deserialize_with = "said")]
    pub phone: Option<Option<String>>,
    /// The customer's name.
    #[serde(default, deserialize_with = "said")]
    pub name: Option<Option<String>>,
    /// What was asked before, for lines that are answers.
    #[serde(default)]
    pub expecting: Option<Expecting>,
}

/// A field that is there, `null` included.
#[expect(clippy::option_option, reason = "a missing field is not scored, a null is an answer")]
fn said<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Line {
    /// When it was written, in the tenant's zone.
    pub fn at(&self, tenant: &EvalTenant, otherwise: Timestamp) -> Zoned {
        self.now.unwrap_or(otherwise).to_zoned(tenant.business.tenant.zone.clone())
    }

    /// What the ear makes of it.
    pub fn heard(&self, tenant: &EvalTenant, now: &Zoned) -> Understanding {
        let expecting = self.expecting.unwrap_or_default();
        tenant.ear.hear(&self.text, &HearContext { expecting, ..HearContext::fresh(now) })
    }
}
