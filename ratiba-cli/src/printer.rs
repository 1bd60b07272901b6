//! The one place that writes to the terminal: data to stdout, everything else to stderr.
#![expect(clippy::print_stderr, reason = "this is the printer")]

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::error::CliError;
use crate::exit;

/// How output is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    json: bool,
    quiet: bool,
}

#[expect(clippy::unused_self, reason = "only who holds a printer may print")]
impl Printer {
    pub(crate) const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// The same, with data as JSON.
    pub(crate) const fn as_json(self) -> Self {
        Self { json: true, ..self }
    }

    /// Whether data is written as JSON.
    pub(crate) const fn json(self) -> bool {
        self.json
    }

    /// Writes the result: one JSON document with `--json`, else the text.
    pub(crate) fn data<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), CliError> {
        if self.json {
            out(&serde_json::to_string(value)?);
        } else {
            let text = text();
            if !text.is_empty() {
                out(text.trim_end());
            }
        }
        Ok(())
    }

    /// Writes a line of data as it is.
    pub(crate) fn line(self, text: &str) {
        out(text);
    }

    /// Tells what is going on.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    pub(crate) fn error(self, error: &CliError) {
        eprintln!("error: {} [{}]", error.message, error.code);
        if let Some(hint) = &error.hint {
            eprintln!("\nhint: {hint}");
        }
    }

    /// A progress bar on a terminal; nothing where nobody looks.
    pub(crate) fn progress(self, length: u64, what: &'static str) -> ProgressBar {
        let shown = !self.quiet && !self.json && std::io::stderr().is_terminal();
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(length), target).with_message(what);
        match ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}

/// Writes data. Whoever closes the pipe (`ratiba … | head`) has read enough: that ends the program and is no failure.
fn out(text: &str) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}") {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("error: the output can't be written: {error}");
        std::process::exit(i32::from(exit::FILE));
    }
}
