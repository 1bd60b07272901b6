//! A business that uses the deployment, and the rules it has set.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, DepositRule};
use super::color::Color;
use super::dials::{DialOverrides, Dials, Vertical};
use super::hours::OpeningHours;
use super::id::TenantId;
use super::message::Language;
use super::model_policy::ModelPolicy;
use super::money::Currency;
use super::phone::{Country, Phone};
use super::template::Template;
use super::visit::{NoShowRule, VisitRules};

/// The short name in addresses and schema names: `^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The text can't be a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slug has 1 to 40 lower-case letters, digits and inner hyphens")]
pub struct SlugError;

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Postgres schema of the tenant: `tenant_` and the slug with `-` as `_`.
    pub fn schema(&self) -> String {
        format!("tenant_{}", self.0.replace('-', "_"))
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let ok = (1..=40).contains(&text.len())
            && text.bytes().all(inner)
            && !text.starts_with('-')
            && !text.ends_with('-');
        if ok { Ok(Self(text.to_owned())) } else { Err(SlugError) }
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a tenant is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantStatus {
    /// Served.
    Active,
    /// Its messages are stored and not answered.
    Suspended,
}

/// How a customer can pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rail {
    /// M-Pesa by Daraja's STK push.
    Mpesa,
    /// A card on PesaPal's page.
    Card,
    /// Notes and coins at the venue, entered by the owner; nothing is ever asked for by it.
    Cash,
}

impl Rail {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mpesa => "mpesa",
            Self::Card => "card",
            Self::Cash => "cash",
        }
    }

    /// The provider behind the rail, as golden conversations and reports name it.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::Mpesa => "daraja",
            Self::Card => "pesapal",
            Self::Cash => "venue",
        }
    }
}

/// What is paid when booking, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentPolicy {
    /// How much is due when booking.
    pub deposit: DepositRule,
    /// The rails that are offered, the default first.
    pub rails: Vec<Rail>,
    /// Whether somebody whose payment failed may pay at the venue instead.
    pub venue_fallback: bool,
}

/// What cancelling costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelPolicy {
    /// Free until so many hours before the start.
    pub free_until_hours: u32,
    /// How much of what was paid is given back later than that, in percent.
    pub late_refund_percent: u8,
}

/// A tenant's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Starts are offered at multiples of this many minutes after midnight.
    pub grid_min: u32,
    /// Nothing is booked closer than this many minutes.
    pub lead_min: u32,
    /// Nothing is booked further than this many days.
    pub horizon_days: u32,
    /// What is paid when booking.
    pub payment: PaymentPolicy,
    /// What cancelling costs.
    pub cancel: CancelPolicy,
    /// Ask every customer which member of staff they want.
    pub asks_staff: bool,
    /// Ask a customer without a known phone for it before booking, even where nothing is paid.
    pub asks_phone: bool,
    /// Minutes that a slot is held while the customer is asked to confirm.
    pub hold_min: u32,
    /// Minutes that an M-Pesa payment is waited for.
    pub payment_window_min: u32,
    /// Understanding below this many thousandths is not acted on.
    pub confidence_floor_permille: u16,
    /// Minutes after which unanswered admins are reminded, the customer is told, and the thread is handed back.
    pub handoff: HandoffTimes,
    /// The business's own colour, for its web widget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Wordings that may be sent outside of an open conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<Template>,
    /// What language models may do and cost.
    #[serde(default, skip_serializing_if = "ModelPolicy::is_default")]
    pub models: ModelPolicy,
    /// What happens after a visit.
    #[serde(default)]
    pub visits: VisitRules,
    /// What no-shows mean for the next deposit.
    #[serde(default)]
    pub no_show: NoShowRule,
}

/// How long a person may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoffTimes {
    /// Remind the admins.
    pub remind_min: u32,
    /// Apologise to the customer.
    pub apologise_min: u32,
    /// Hand back to the agent when nobody came.
    pub give_up_min: u32,
    /// Hand back an engaged thread in which nothing happens.
    pub idle_min: u32,
}

impl Default for HandoffTimes {
    fn default() -> Self {
        Self { remind_min: 2, apologise_min: 10, give_up_min: 60, idle_min: 240 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            grid_min: 15,
            lead_min: 60,
            horizon_days: 60,
            payment: PaymentPolicy {
                deposit: DepositRule::None,
                rails: vec![Rail::Mpesa],
                venue_fallback: true,
            },
            cancel: CancelPolicy { free_until_hours: 24, late_refund_percent: 0 },
            asks_staff: false,
            asks_phone: true,
            hold_min: 10,
            payment_window_min: 5,
            confidence_floor_permille: 550,
            handoff: HandoffTimes::default(),
            color: None,
            templates: Vec::new(),
            models: ModelPolicy::default(),
            visits: VisitRules::default(),
            no_show: NoShowRule::default(),
        }
    }
}

/// A registered tenant: what the registry knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: Slug,
    /// The name that customers read.
    pub name: String,
    /// What kind of business it is.
    pub vertical: Vertical,
    /// The language used when a customer's is not clear.
    pub locale: Language,
    /// IANA name of its time zone.
    #[serde(with = "zone_name")]
    pub zone: TimeZone,
    /// Where it is; decides how phone numbers and holidays are read.
    pub country: Country,
    /// What it charges in.
    pub currency: Currency,
    /// Whether it is served.
    pub status: TenantStatus,
}

/// A time zone is stored by its IANA name.
mod zone_name {
    use jiff::tz::TimeZone;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        zone: &TimeZone,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(zone.iana_name().unwrap_or("UTC"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<TimeZone, D::Error> {
        let name = String::deserialize(deserializer)?;
        TimeZone::get(&name).map_err(serde::de::Error::custom)
    }
}

/// Everything about a tenant that a turn needs, loaded together and shared: a value, never changed in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Business {
    /// Who it is.
    pub tenant: Tenant,
    /// Its rules.
    pub settings: Settings,
    /// When it is open.
    pub opening: OpeningHours,
    /// What it offers.
    pub catalogue: Catalogue,
    /// How it sounds, where it differs from its vertical.
    #[serde(default)]
    pub dials: DialOverrides,
    /// The owners and managers, first one first; they are paged and may use the admin rail.
    pub admins: Vec<Phone>,
}

impl Business {
    /// The dials in force.
    pub fn dials(&self) -> Dials {
        self.dials.over(self.tenant.vertical)
    }

    /// What is due when booking a service.
    pub fn deposit_rule(&self, service: &super::catalogue::Service) -> DepositRule {
        service.deposit.unwrap_or(self.settings.payment.deposit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_safe_in_addresses_and_schema_names() {
        assert_eq!("demo-salon".parse::<Slug>().unwrap().schema(), "tenant_demo_salon");
        for bad in ["", "-a", "a-", "Demo", "a b", "a;drop", &"x".repeat(41)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }
}
