//! One row of a price list, from whatever input: each cell with how sure we are of it.

use serde::{Deserialize, Serialize};

use crate::domain::id::ServiceId;

/// A value and how sure we are of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell<T> {
    /// The value; `None` where nothing was found.
    pub value: Option<T>,
    /// From 0 to 1; 0 where there is no value.
    pub confidence: f32,
}

impl<T> Cell<T> {
    /// A cell; without a value it has no confidence either.
    pub fn of(value: Option<T>, confidence: f32) -> Self {
        let confidence = if value.is_some() && confidence.is_finite() {
            confidence.clamp(0.0, 1.0)
        } else {
            0.0
        };
        Self { value, confidence }
    }

    /// A cell with nothing in it.
    pub const fn empty() -> Self {
        Self { value: None, confidence: 0.0 }
    }

    /// Takes the other's value when that is surer; on a tie the present one stays.
    pub(super) fn merge(&mut self, other: Self) {
        let surer = other.confidence > self.confidence || self.value.is_none();
        if other.value.is_some() && surer {
            *self = other;
        }
    }
}

impl<T> Default for Cell<T> {
    fn default() -> Self {
        Self::empty()
    }
}

/// One service as an input names it. CSV, text, images and PDF all give these.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Where it starts: a line of a file, from 1, or a position in a list.
    pub line: usize,
    /// The service that it is, where the input says so: in a file that was exported before.
    #[serde(default)]
    pub id: Option<ServiceId>,
    /// The name, in the language of the input.
    pub name: Cell<String>,
    /// The name in Swahili, where the input gives both.
    #[serde(default)]
    pub name_sw: Cell<String>,
    /// The heading it belongs under.
    #[serde(default)]
    pub category: Cell<String>,
    /// Length in minutes.
    #[serde(default)]
    pub duration_min: Cell<u32>,
    /// The price in minor units of the business's currency. Never suggested by anybody.
    #[serde(default)]
    pub price_minor: Cell<i64>,
    /// What it is.
    #[serde(default)]
    pub description: Cell<String>,
}

/// A cell that is less sure than this is to be looked at.
pub(super) const SURE_ENOUGH: f32 = 0.5;

impl Row {
    /// The cells that a person should look at: read, but not surely.
    pub fn unsure(&self) -> Vec<&'static str> {
        fn is_unsure<T>(cell: &Cell<T>) -> bool {
            cell.value.is_some() && cell.confidence < SURE_ENOUGH
        }
        let cells = [
            ("name", is_unsure(&self.name)),
            ("name_sw", is_unsure(&self.name_sw)),
            ("category", is_unsure(&self.category)),
            ("duration", is_unsure(&self.duration_min)),
            ("price", is_unsure(&self.price_minor)),
            ("description", is_unsure(&self.description)),
        ];
        cells.into_iter().filter(|(_, unsure)| *unsure).map(|(name, _)| name).collect()
    }
}
