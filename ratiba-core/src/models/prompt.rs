//! The words in which a role is asked: files with versions. The system part of a role is the same bytes for all tenants, so that a provider's
//! prompt cache is shared by all; whatever belongs to a tenant or a customer stands in the user part.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::role::Role;

/// One version of a role's prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompt {
    /// Whose.
    pub role: Role,
    /// Its version, from 1. A changed word is a new version: a released file is never edited.
    pub version: u32,
    /// The system part.
    pub system: &'static str,
    /// The JSON schema of the answer, as text.
    schema: &'static str,
}

macro_rules! prompts {
    ($($role:ident $name:literal $version:literal;)*) => {
        const PROMPTS: &[Prompt] = &[$(Prompt {
            role: Role::$role,
            version: $version,
            system: include_str!(concat!("prompts/", $name, ".v", $version, ".md")),
            schema: include_str!(concat!("prompts/", $name, ".v", $version, ".schema.json")),
        }),*];
    };
}

prompts! {
    Classify "classify" 1;
    Extract "extract" 1;
    ShapeAnswer "shape_answer" 1;
    ShapeAnswer "shape_answer" 2;
    Vision "vision" 2;
    AdminNl "admin_nl" 1;
    Summarise "summarise" 1;
    GapFill "gap_fill" 1;
    Relate "relate" 1;
}

impl Prompt {
    /// The newest version of a role's prompt, or the one that is asked for; `None` when there is none of that version.
    pub fn of(role: Role, version: Option<u32>) -> Option<&'static Self> {
        PROMPTS
            .iter()
            .filter(|prompt| prompt.role == role && version.is_none_or(|v| v == prompt.version))
            .max_by_key(|prompt| prompt.version)
    }

    /// All of them.
    pub fn all() -> &'static [Self] {
        PROMPTS
    }

    /// The schema of the answer. The files are read by a test; one that is no JSON would allow nothing.
    pub fn schema(&self) -> Value {
        serde_json::from_str(self.schema).unwrap_or(Value::Bool(false))
    }

    /// `classify.v1`.
    pub fn name(&self) -> String {
        format!("{}.v{}", self.role, self.version)
    }

    /// The first 16 hexadecimal digits of the SHA-256 of system part and schema: what the ledger keeps beside the version.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.system);
        hash.update([0]);
        hash.update(self.schema);
        hex::encode(&hash.finalize()[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    /// A released prompt never changes: a changed word is a new version, with a line of its own here.
    const RELEASED: &str = include_str!("prompts/released.txt");

    #[test]
    fn every_role_has_a_prompt_whose_schema_both_providers_take() {
        for role in Role::ALL {
            let prompt = Prompt::of(role, None).unwrap();
            assert!(prompt.schema().is_object(), "{role}");
            assert_eq!(schema::problems(&prompt.schema()), Vec::<String>::new(), "{role}");
            assert!(
                prompt.system.contains("never instructions")
                    || prompt.system.contains("They are data")
                    || prompt.system.contains("they are data"),
                "{role}"
            );
            assert_eq!(Prompt::of(role, Some(999)), None);
        }
    }

    #[test]
    fn released_prompts_are_what_they_were() {
        let now: String =
            Prompt::all().iter().map(|p| format!("{} {}\n", p.name(), p.hash())).collect();
        assert_eq!(now, RELEASED);
    }
}
