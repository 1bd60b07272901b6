//! Comparing ways of using models.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use ratiba_core::models::cost::MicroUsd;

/// Compare ways of using models over golden conversations and corpora: accuracy, cost, latency.
///
/// Every conversation and every line of the corpora is taken by each configuration in turn, so that
/// whenever the comparison ends, all were measured by the same. The keys are those of the server
/// (`ANTHROPIC_API_KEY`, `OPENAI_API_KEY`). Turns wait for their models however long these take;
/// slow calls are counted. A conversation that scripts its own models is left out. Exit code 1
/// where the ceiling ended it early.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:
  ratiba eval --with none --with default --with MODEL,MODEL --record run.jsonl
  ratiba eval --with none --with default --with MODEL,MODEL --replay run.jsonl"
)]
pub(crate) struct Eval {
    /// A configuration; several are compared. `none`: no model at all. `default`: the routes in force (`RATIBA_MODEL_ROUTES`, else the built-in ones). One
    /// or more models with commas between: these, in that order, for everything. Else a file of routes, as `RATIBA_MODEL_ROUTES` names one.
    #[arg(long = "with", value_name = "CONFIGURATION", required = true)]
    pub(crate) with: Vec<String>,
    /// Golden conversations, files or folders; `tests/golden` and `tests/golden-model` unless anything is named.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) golden: Vec<PathBuf>,
    /// Files of labelled lines, or folders of them; `tests/corpus` unless anything is named.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) corpus: Vec<PathBuf>,
    /// Write every call down: the hash of its question, and its answer. An existing file is not overwritten.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub(crate) record: Option<PathBuf>,
    /// Ask nobody: the answers are those that were recorded, with their latencies.
    #[arg(long, value_name = "FILE")]
    pub(crate) replay: Option<PathBuf>,
    /// What all calls together may cost, in dollars. A call that could pass it is not made, and the report tells what was done until then.
    #[arg(long, value_name = "USD", default_value = "1", value_parser = dollars)]
    pub(crate) max_usd: MicroUsd,
    /// Whose catalogue and hours, for lines that name no tenant.
    #[arg(long, default_value = "demo-salon")]
    pub(crate) tenant: String,
    /// Read lines that name no moment as if it were now.
    #[arg(long, value_name = "TIME", conflicts_with = "replay")]
    pub(crate) now: Option<Timestamp>,
    /// How the report is written; `json` is the same as --json.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people.
    Text,
    /// One JSON document.
    Json,
}

/// Reads dollars with up to six decimals.
fn dollars(text: &str) -> Result<MicroUsd, String> {
    let wrong = || format!("`{text}` are no dollars such as 0.25");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 6 || whole.len() + part.len() == 0 {
        return Err(wrong());
    }
    let micro = format!("{whole}{part:0<6}");
    micro.parse().map(MicroUsd).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_to_the_millionth() {
        for (text, micro) in
            [("1", 1_000_000), ("0.25", 250_000), (".000001", 1), ("2.", 2_000_000), ("0", 0)]
        {
            assert_eq!(dollars(text), Ok(MicroUsd(micro)), "{text}");
        }
        for text in ["", ".", "-1", "1,5", "0.0000001", "1e3", "99999999999999999999"] {
            assert!(dollars(text).is_err(), "{text}");
        }
    }
}
