//! What is wrong with the settings, all of it, each with its remedy.

use std::fmt;

/// One setting that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The setting's name.
    pub setting: String,
    /// What is wrong with it; never its value.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// Something wrong with a setting, and what to do about it.
    pub(super) fn new(setting: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), what: what.into(), remedy: remedy.into() }
    }
}

/// Everything that is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// In the order of the documentation; never empty.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => f.write_str("1 setting is missing or wrong")?,
            n => write!(f, "{n} settings are missing or wrong")?,
        }
        for Problem { setting, what, remedy } in &self.problems {
            write!(f, "\n  {setting} {what}\n    {remedy}")?;
        }
        Ok(())
    }
}
