//! What a scripted model answers: rules as data, for tests, golden conversations and the demo.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::role::Role;

/// When a role is shown some words, this is the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRule {
    /// Of whom; any role where none is named.
    #[serde(default)]
    pub role: Option<Role>,
    /// Words that the user part must hold, in any case; any where none are named.
    #[serde(default)]
    pub when: Option<String>,
    /// The answer: a document.
    pub answer: Value,
}

impl ModelRule {
    /// When this role is shown these words.
    pub fn new(role: Role, when: impl Into<String>, answer: Value) -> Self {
        Self { role: Some(role), when: Some(when.into()), answer }
    }

    /// Whether it speaks to a question.
    pub fn fits(&self, role: Option<Role>, words: &str) -> bool {
        self.role.is_none_or(|wanted| Some(wanted) == role)
            && self
                .when
                .as_ref()
                .is_none_or(|when| words.to_lowercase().contains(&when.to_lowercase()))
    }
}
