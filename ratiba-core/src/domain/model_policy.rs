//! What a tenant lets language models do and cost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a tenant lets language models do and cost. Money in micro-dollars, whole ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelPolicy {
    /// Whether models are asked at all.
    pub enabled: bool,
    /// From here on a booking only asks the cheapest models.
    pub booking_soft: u64,
    /// No booking costs more than this; at it, a person takes over.
    pub booking_hard: u64,
    /// No local day costs more than this, all bookings together; at it, the day goes on without models.
    pub day_hard: u64,
    /// Models by role, first choice first, where the tenant has a choice of its own.
    pub chains: BTreeMap<String, Vec<String>>,
}

impl Default for ModelPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            booking_soft: 50_000,
            booking_hard: 200_000,
            day_hard: 5_000_000,
            chains: BTreeMap::new(),
        }
    }
}

impl ModelPolicy {
    /// Whether nothing was changed.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
