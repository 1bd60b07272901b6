//! What goes wrong in a terminal: one sentence, a stable code, and a hint where there is one.

use std::process::ExitCode;

use ratiba_core::ports::store::StoreError;

use crate::exit;

/// A command could not do its work.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    exit: u8,
}

impl CliError {
    fn new(code: &'static str, exit: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, exit }
    }

    /// The arguments make no sense together.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new("RTB-1001", exit::USAGE, message)
    }

    /// The configuration is wrong.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new("RTB-1002", exit::CONFIG, message)
    }

    /// There is none.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("RTB-1003", exit::NOT_FOUND, message)
    }

    /// A file can't be read or written.
    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new("RTB-1004", exit::FILE, format!("{} can't be used: {error}", path.display()))
    }

    /// What was given is not what it should be.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new("RTB-1005", exit::DIFFERS, message)
    }

    /// Something failed below us.
    pub(crate) fn failed(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::new("RTB-1006", exit::STORE, chain(error))
    }

    /// Adds what to try.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.exit)
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::failed(&error)
    }
}

impl From<ratiba_core::tenancy::edit::EditError> for CliError {
    fn from(error: ratiba_core::tenancy::edit::EditError) -> Self {
        use ratiba_core::tenancy::edit::EditError;
        match error {
            EditError::Unknown { what, name, known } => {
                Self::not_found(format!("there is no {what} `{name}`"))
                    .hint(format!("there are: {known}"))
            }
            EditError::Unfit(text) => Self::usage(text),
        }
    }
}

impl From<ratiba_core::EngineError> for CliError {
    fn from(error: ratiba_core::EngineError) -> Self {
        Self::failed(&error)
    }
}

impl From<ratiba_core::ReceiveError> for CliError {
    fn from(error: ratiba_core::ReceiveError) -> Self {
        Self::failed(&error)
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(&error)
    }
}

/// An error and its causes, each once.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_has_its_page() {
        let pages = include_str!("../../ratiba-server/ERRORS.md");
        let codes: std::collections::BTreeSet<&str> = include_str!("error.rs")
            .split('"')
            .filter(|text| text.len() == 8 && text.starts_with("RTB-1"))
            .collect();
        assert!(codes.len() >= 6, "{codes:?}");
        for code in &codes {
            assert!(pages.contains(&format!("\n## {code}\n")), "{code} has no page");
        }
        assert_eq!(pages.matches("\n## RTB-1").count(), codes.len(), "a page of no code");
    }
}
