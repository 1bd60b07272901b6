//! The audit of the dials: what was changed, from what to what. A dial that is given back to its vertical is said to inherit, never left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::dials::DialOverrides;

/// A dial as its owner has left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DialSetting {
    /// Follows the default of the vertical, whatever that is: `{"inherit":"vertical_default"}`.
    Inherited {
        /// What is followed.
        inherit: Inherit,
    },
    /// A value of the tenant's own.
    Own(String),
}

/// What a dial without a value of its own follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inherit {
    /// The default block of the vertical.
    VerticalDefault,
}

impl DialSetting {
    /// Given back, or never set.
    pub const INHERITED: Self = Self::Inherited { inherit: Inherit::VerticalDefault };
}

/// One dial that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialChange {
    /// Its key: `tone`, `cross_sell`, …
    pub dial: String,
    /// What it was.
    pub before: DialSetting,
    /// What it became.
    pub after: DialSetting,
}

/// What one version of the business document changed of the dials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DialAudit {
    /// The version.
    pub version: u64,
    /// When it was stored.
    pub at: Timestamp,
    /// What it changed; at least one.
    pub changes: Vec<DialChange>,
}

/// Every dial that differs, in the order of their keys.
pub fn changes(before: &DialOverrides, after: &DialOverrides) -> Vec<DialChange> {
    let (before, after) = (settings(before), settings(after));
    before
        .into_iter()
        .zip(after)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((dial, before), (_, after))| DialChange { dial, before, after })
        .collect()
}

/// All eight dials, in the order of their keys.
fn settings(dials: &DialOverrides) -> Vec<(String, DialSetting)> {
    // Enums and texts alone: this always is an object of strings and nulls.
    let Ok(Value::Object(map)) = serde_json::to_value(dials) else { return Vec::new() };
    let mut all: Vec<_> = map
        .into_iter()
        .map(|(dial, value)| match value {
            Value::String(own) => (dial, DialSetting::Own(own)),
            _ => (dial, DialSetting::INHERITED),
        })
        .collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dials::{Greeting, Tone};

    #[test]
    fn setting_and_giving_back_are_both_written_out() {
        let own = DialOverrides {
            tone: Some(Tone::Playful),
            greeting: Some(Greeting::Own("Sasa!".to_owned())),
            ..DialOverrides::default()
        };
        let inherit = serde_json::json!({"inherit": "vertical_default"});
        let there = serde_json::to_value(changes(&DialOverrides::default(), &own)).unwrap();
        assert_eq!(
            there,
            serde_json::json!([
                {"dial": "greeting", "before": inherit, "after": "Sasa!"},
                {"dial": "tone", "before": inherit, "after": "playful"},
            ])
        );
        let back = changes(&own, &DialOverrides { tone: None, ..own.clone() });
        assert_eq!(
            serde_json::to_value(&back).unwrap(),
            serde_json::json!([{"dial": "tone", "before": "playful", "after": inherit}])
        );
        let text = serde_json::to_string(&back).unwrap();
        assert_eq!(serde_json::from_str::<Vec<DialChange>>(&text).unwrap(), back);
        assert!(changes(&own, &own).is_empty());
    }

    #[test]
    fn all_eight_dials_are_looked_at() {
        assert_eq!(settings(&DialOverrides::default()).len(), 8);
    }
}
