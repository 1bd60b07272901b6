//! Golden conversations as documents: what a YAML file may say. Unknown keys are errors.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One golden conversation.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Golden {
    /// A sentence that says what it shows.
    pub name: String,
    /// Which business.
    pub tenant: TenantSpec,
    /// When it begins.
    pub now: Timestamp,
    /// Over which channel: `whatsapp`, `voice`, `web`, `instagram`, `messenger`.
    pub channel: String,
    /// Who: a phone on channels that bring one, else an opaque id.
    pub customer: String,
    /// The name on the customer's profile.
    #[serde(default)]
    pub customer_name: Option<String>,
    /// What is so before the first turn.
    #[serde(default)]
    pub given: Vec<Given>,
    /// What a scripted model answers, first rule that fits; without rules there is no model at all.
    #[serde(default)]
    pub models: Vec<super::llm::ModelRule>,
    /// The turns in order.
    pub turns: Vec<TurnSpec>,
}

/// Which business: a fixture, or a fixture with changes.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum TenantSpec {
    /// A built-in fixture by slug.
    Fixture(String),
    /// A fixture with changes.
    Changed(Box<TenantChanges>),
}

/// A fixture with changes.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TenantChanges {
    /// The fixture's slug.
    pub fixture: String,
    /// Another deposit rule: `none`, `full`, `{percent: n}`, `{fixed: minor units}`.
    #[serde(default)]
    pub deposit: Option<crate::domain::catalogue::DepositRule>,
    /// Dials over those of the fixture; keys in snake case.
    #[serde(default)]
    pub dials: Option<crate::domain::dials::DialOverrides>,
    /// Another language for unclear messages.
    #[serde(default)]
    pub locale: Option<crate::domain::message::Language>,
    /// Ask every customer which member of staff they want.
    #[serde(default)]
    pub asks_staff: Option<bool>,
    /// Ask for the phone before booking, even where nothing is paid.
    #[serde(default)]
    pub asks_phone: Option<bool>,
    /// Whether somebody whose payment failed may pay at the venue.
    #[serde(default)]
    pub venue_fallback: Option<bool>,
    /// Minutes that a slot is held at `CONFIRM`.
    #[serde(default)]
    pub hold_min: Option<u32>,
    /// Minutes that a payment is waited for.
    #[serde(default)]
    pub payment_window_min: Option<u32>,
    /// What no-shows mean for the next deposit.
    #[serde(default)]
    pub no_show: Option<crate::domain::visit::NoShowRule>,
}

/// Something that is so before the first turn.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Given {
    /// Another customer has this booked.
    Booked(Booked),
}

/// A booking of another customer's.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Booked {
    /// The service's English name.
    pub service: String,
    /// Whose time.
    pub staff: String,
    /// When.
    pub start: Timestamp,
}

/// One turn: exactly one thing happens, and then something is expected.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TurnSpec {
    /// The customer writes.
    #[serde(default)]
    pub user: Option<String>,
    /// The customer taps an offered choice, by id or title.
    #[serde(default)]
    pub tap: Option<String>,
    /// The payment prompt is answered.
    #[serde(default)]
    pub payment: Option<PaymentOutcome>,
    /// Time passes: `90s`, `10m`, `25h`, `2d`.
    #[serde(default)]
    pub advance: Option<String>,
    /// The tenant's first admin writes on the rail.
    #[serde(default)]
    pub admin: Option<String>,
    /// The owner answers the customer from their own phone.
    #[serde(default)]
    pub owner: Option<String>,
    /// The customer sends something that is not words: `audio`, `image`, `sticker`, `location`, `contact`, `reaction`, `unsupported`.
    #[serde(default)]
    pub sends: Option<String>,
    /// The customer types the code that was sent last (`right`), or another (`wrong`).
    #[serde(default)]
    pub code: Option<CodeTyped>,
    /// Another customer's given booking is called off.
    #[serde(default)]
    pub frees: Option<Booked>,
    /// The owner says whether the customer came to their last visit: `came`, `no_show`.
    #[serde(default)]
    pub visit: Option<crate::domain::visit::VisitOutcome>,
    /// From this turn on it is somebody else, or somewhere else, that the customer writes from.
    #[serde(default)]
    pub on: Option<Elsewhere>,
    /// What must be so after it.
    #[serde(default)]
    pub expect: Expect,
}

/// Which code is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeTyped {
    /// The one that was sent last.
    Right,
    /// Another.
    Wrong,
}

/// Where a customer writes from.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Over which channel.
    pub channel: String,
    /// Who: a phone on channels that bring one, else an opaque id.
    pub customer: String,
}

/// What becomes of a payment prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// The right PIN.
    Success,
    /// The wrong PIN.
    WrongPin,
    /// Dismissed on the phone.
    Cancelled,
    /// Not enough money.
    InsufficientFunds,
    /// The phone could not be reached (1037).
    Unreachable,
    /// Silence, and the query says that it is still processing; the window ends.
    Timeout,
    /// The right PIN, and the callback comes twice.
    Duplicate,
    /// Money that is not what was asked.
    WrongAmount,
    /// The card is refused.
    Declined,
}

/// What must be so after a turn. What is not named is not checked.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The state's name.
    pub state: Option<String>,
    /// The driver's name.
    pub driver: Option<String>,
    /// The draft's service, by its English name.
    pub service: Option<String>,
    /// The draft's staff, by name.
    pub staff: Option<String>,
    /// The draft's start.
    pub start: Option<Timestamp>,
    /// The language in which the customer was answered.
    pub language: Option<String>,
    /// The intent heard.
    pub intent: Option<String>,
    /// Regular expressions, each found in what this turn sent to the customer.
    pub says: Vec<String>,
    /// Regular expressions, none found in what this turn sent.
    pub never_says: Vec<String>,
    /// Regular expressions, each found in what this turn sent to the tenant's first admin.
    pub admin_says: Vec<String>,
    /// Where the tenant's first admin is on the rail.
    pub rail: Option<String>,
    /// Regular expressions, each found in a choice (title or id) that this turn offered; or how many were offered.
    pub choices: Option<ChoicesSpec>,
    /// The newest payment.
    pub payment: Option<PaymentSpec>,
    /// This customer's appointments in order of start, each matched in part.
    pub appointments: Option<Vec<AppointmentSpec>>,
    /// Whether a slot is held for this thread.
    pub held: Option<bool>,
    /// Billable messages so far.
    pub messages: Option<Count>,
    /// SMS messages so far.
    pub sms: Option<Count>,
    /// Things sent so far, by kind: `reminders`, `follow_ups`, `codes`.
    pub sent: BTreeMap<String, Count>,
    /// Model calls so far.
    pub llm_calls: Option<Count>,
    /// A regular expression found in the error of this turn; the turn must fail.
    pub error: Option<String>,
}

/// How choices are checked.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum ChoicesSpec {
    /// So many.
    Count(Count),
    /// These, each as a regular expression.
    Each(Vec<String>),
}

/// A number, or the most that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Count {
    /// Exactly so many.
    Exactly(u64),
    /// At most so many.
    AtMost {
        /// The most.
        max: u64,
    },
}

impl Count {
    /// Whether the number fits.
    pub fn fits(self, number: u64) -> bool {
        match self {
            Self::Exactly(wanted) => number == wanted,
            Self::AtMost { max } => number <= max,
        }
    }
}

/// A payment, matched in part.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentSpec {
    /// `daraja` or `pesapal`.
    pub provider: Option<String>,
    /// Minor units.
    pub amount: Option<i64>,
    /// The status's stored name.
    pub status: Option<String>,
    /// The number that is asked.
    pub payer: Option<String>,
}

/// An appointment, matched in part.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppointmentSpec {
    /// The service's English name.
    pub service: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// When.
    pub start: Option<Timestamp>,
    /// The status's stored name.
    pub status: Option<String>,
    /// What has been paid, in minor units.
    pub paid: Option<i64>,
}

/// A document that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the golden conversation can't be read: {0}")]
pub struct GoldenError(String);

impl Golden {
    /// Reads a YAML document.
    pub fn parse(text: &str) -> Result<Self, GoldenError> {
        let golden: Self =
            serde_saphyr::from_str(text).map_err(|error| GoldenError(error.to_string()))?;
        for (n, turn) in golden.turns.iter().enumerate() {
            let happenings = [
                turn.user.is_some(),
                turn.tap.is_some(),
                turn.payment.is_some(),
                turn.advance.is_some(),
                turn.admin.is_some(),
                turn.owner.is_some(),
                turn.sends.is_some(),
                turn.code.is_some(),
                turn.frees.is_some(),
                turn.visit.is_some(),
            ];
            if happenings.iter().filter(|happens| **happens).count() != 1 {
                return Err(GoldenError(format!(
                    "turn {} must have exactly one of user, tap, payment, advance, admin, owner, sends, code, frees, visit",
                    n + 1
                )));
            }
        }
        Ok(golden)
    }
}
