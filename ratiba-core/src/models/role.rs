//! What a model is asked for: eight roles, each with its own prompt, schema, limits and fallback.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a model is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// What does a customer want? Fallback: the machine says that it did not understand.
    Classify,
    /// Which service, person, day and time did a customer name? Fallback: the machine asks.
    Extract,
    /// Answer a question from the owner's snippets alone. Fallback: the best snippet, or "I will ask the team".
    ShapeAnswer,
    /// Read a price list from pictures or pages. Fallback: the owner types it.
    Vision,
    /// Which command does an owner's sentence stand for? Fallback: the list of commands.
    AdminNl,
    /// A conversation in a few lines, for whoever takes it over. Fallback: the last turns as they are.
    Summarise,
    /// Durations, names in the other language and descriptions that a catalogue lacks; never a price. Fallback: the gap stays.
    GapFill,
    /// Which services go well together? Fallback: none.
    Relate,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Classify,
        Self::Extract,
        Self::ShapeAnswer,
        Self::Vision,
        Self::AdminNl,
        Self::Summarise,
        Self::GapFill,
        Self::Relate,
    ];

    /// The fixed name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Extract => "extract",
            Self::ShapeAnswer => "shape_answer",
            Self::Vision => "vision",
            Self::AdminNl => "admin_nl",
            Self::Summarise => "summarise",
            Self::GapFill => "gap_fill",
            Self::Relate => "relate",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no such role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no role `{0}`")]
pub struct NoSuchRole(String);

impl FromStr for Role {
    type Err = NoSuchRole;

    fn from_str(text: &str) -> Result<Self, NoSuchRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| NoSuchRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_by_the_name_that_it_is_stored_under() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert!("oracle".parse::<Role>().is_err());
    }
}
