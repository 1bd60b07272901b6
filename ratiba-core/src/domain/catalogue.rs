//! What can be booked, by whom it is done and what it occupies.

use serde::{Deserialize, Serialize};

use super::hours::StaffHours;
use super::id::{ResourceId, ServiceId, StaffId};
use super::message::Language;
use super::money::Money;

/// A text in both languages of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// Swahili; empty where nobody has written one.
    #[serde(default)]
    pub sw: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(en: impl Into<String>, sw: impl Into<String>) -> Self {
        Self { en: en.into(), sw: sw.into() }
    }

    /// The text in a language, else in the other.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Sw if !self.sw.is_empty() => &self.sw,
            Language::En if self.en.is_empty() => &self.sw,
            Language::Sw | Language::En => &self.en,
        }
    }
}

/// How much of a price is paid when booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositRule {
    /// Nothing: everything is paid at the venue.
    None,
    /// A fixed amount in minor units, never more than the price.
    Fixed(i64),
    /// A share of the price in percent, 1 to 100, rounded up to a whole unit.
    Percent(u8),
    /// The full price.
    Full,
}

impl DepositRule {
    /// What is due now for a price.
    pub fn due(self, price: Money) -> Money {
        match self {
            Self::None => Money::zero(price.currency),
            Self::Fixed(minor) => Money::new(minor.clamp(0, price.minor), price.currency),
            Self::Percent(percent) => {
                let share = price.percent_rounded_up_to_unit(percent.min(100));
                Money::new(share.minor.min(price.minor), price.currency)
            }
            Self::Full => price,
        }
    }
}

/// Something that can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name in both languages.
    pub name: Bilingual,
    /// Other words that customers use for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// A heading to list it under; may be empty.
    #[serde(default)]
    pub category: String,
    /// One sentence for the curious; may be empty.
    #[serde(default)]
    pub description: Bilingual,
    /// Length in minutes, without buffers; at least 1.
    pub duration_min: u32,
    /// Minutes kept free before it (staff and resource).
    #[serde(default)]
    pub buffer_before_min: u32,
    /// Minutes kept free after it (staff and resource).
    #[serde(default)]
    pub buffer_after_min: u32,
    /// The price; always above zero.
    pub price: Money,
    /// A deposit rule of its own; `None` follows the tenant's.
    #[serde(default)]
    pub deposit: Option<DepositRule>,
    /// Who can do it; never empty for an active service.
    pub staff: Vec<StaffId>,
    /// It occupies one of these; empty means that it needs none.
    #[serde(default)]
    pub resources: Vec<ResourceId>,
    /// Whether it can be booked now.
    pub active: bool,
}

/// Someone who does the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// The name that customers use.
    pub name: String,
    /// When they work.
    #[serde(default)]
    pub hours: StaffHours,
    /// Whether they can be booked now.
    pub active: bool,
    /// Their share of what their completed visits cost, in percent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub commission_percent: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(percent: &u8) -> bool {
    *percent == 0
}

/// A chair, room or machine; one appointment at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// What the team calls it.
    pub name: String,
}

/// Two services that go well together: after `primary`, `then` may be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complement {
    /// What the customer has chosen.
    pub primary: ServiceId,
    /// What may be offered with it.
    pub then: ServiceId,
    /// How sure we are, in thousandths.
    pub confidence_permille: u16,
}

/// Everything that a tenant offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Services in the order in which they are shown.
    pub services: Vec<Service>,
    /// The team.
    pub staff: Vec<Staff>,
    /// Chairs, rooms and machines.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// What goes well together.
    #[serde(default)]
    pub complements: Vec<Complement>,
}

impl Catalogue {
    /// The service of an id, active or not.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().find(|s| s.id == id)
    }

    /// The member of staff of an id, active or not.
    pub fn member(&self, id: StaffId) -> Option<&Staff> {
        self.staff.iter().find(|s| s.id == id)
    }

    /// Services that can be booked now, in order.
    pub fn bookable(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|s| s.active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn a_deposit_never_exceeds_the_price() {
        let price = Money::whole(1_000, Currency::Kes);
        assert_eq!(DepositRule::Fixed(500_000).due(price), price);
        assert_eq!(DepositRule::Percent(50).due(price), Money::whole(500, Currency::Kes));
        assert_eq!(DepositRule::None.due(price).minor, 0);
    }
}
