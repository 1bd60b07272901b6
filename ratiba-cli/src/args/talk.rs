//! Conversations in the terminal, and what explains them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;

use super::TenantArg;

#[derive(Debug, Args)]
pub(crate) struct Chat {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// Who you are.
    #[arg(long = "as", value_name = "PHONE", default_value = "+254712345678")]
    pub(crate) phone: String,
    /// Begin at this moment instead of now.
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Converse {
    /// YAML documents, or folders of them.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Print what was said in each.
    #[arg(long)]
    pub(crate) transcript: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Understand {
    /// The text.
    #[arg(required_unless_present = "eval", conflicts_with = "eval")]
    pub(crate) text: Option<String>,
    /// Measure over a file of labelled lines.
    #[arg(long, value_name = "FILE.jsonl")]
    pub(crate) eval: Option<PathBuf>,
    /// Whose catalogue and hours.
    #[arg(long, default_value = "demo-salon")]
    pub(crate) tenant: String,
    /// Read as if it were now.
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Slots {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// A service's name in either language.
    #[arg(long)]
    pub(crate) service: String,
    /// With this person only.
    #[arg(long)]
    pub(crate) staff: Option<String>,
    /// First day; today unless given.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// How many days.
    #[arg(long, default_value_t = 1)]
    pub(crate) days: u16,
    /// Ask as if it were now.
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The conversation's id.
    pub(crate) thread: String,
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Why {
    /// The rule or booking that blocks a time.
    Slot {
        #[command(flatten)]
        tenant: TenantArg,
        #[arg(long)]
        service: String,
        /// The moment, such as 2026-11-24T15:00:00+03:00.
        #[arg(long, value_name = "TIME")]
        at: Timestamp,
        #[arg(long)]
        staff: Option<String>,
        /// Ask as if it were now.
        #[arg(long, value_name = "TIME")]
        now: Option<Timestamp>,
    },
    /// What led to a reply: the events of each turn and what the machine wanted done.
    Reply {
        #[command(flatten)]
        tenant: TenantArg,
        /// The conversation's id.
        #[arg(long)]
        thread: String,
        /// One turn only.
        #[arg(long)]
        turn: Option<u64>,
    },
}
