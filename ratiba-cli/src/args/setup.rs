//! A tenant's set-up: services, team, hours, snippets, dials.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;

use super::TenantArg;

#[derive(Debug, Subcommand)]
pub(crate) enum Catalog {
    /// Read services from a CSV file as found in the wild; good rows are kept, bad ones are told with line and reason.
    Import {
        file: PathBuf,
        #[command(flatten)]
        tenant: TenantArg,
        /// Compare only; write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Minutes of new services whose row names no duration.
        #[arg(long, value_name = "MIN")]
        default_duration: Option<u32>,
    },
    /// Read a price list from pictures, PDF documents, lines of text or CSV, and show its rows with how sure each cell is; nothing is stored unless told.
    ///
    /// Pictures (JPEG, PNG, GIF, WebP) and PDF are shown to a model, so a key is needed (`ANTHROPIC_API_KEY` or `OPENAI_API_KEY`); text and CSV need
    /// none. Rows that mean one service are put together cell by cell. A price is never made up: nobody commits a row without one before a person has
    /// filled it in.
    #[command(after_help = "Examples:
  ratiba catalog read wall.jpg back.jpg --tenant SLUG --out rows.csv
  ratiba catalog import rows.csv --tenant SLUG
  ratiba catalog read prices.txt --tenant SLUG --commit")]
    Read {
        /// At most ten at once: pictures of up to 5 MiB, PDF of up to 4 MiB, 16 MiB together.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        tenant: TenantArg,
        /// Compare with what the tenant offers; write nothing.
        #[arg(long, conflicts_with = "commit")]
        dry_run: bool,
        /// Store all rows at once, or none: not where one has no price, or a price that was hard to read.
        #[arg(long)]
        commit: bool,
        /// Commit prices that were hard to read, too.
        #[arg(long, requires = "commit")]
        accept_unsure: bool,
        /// Write the rows to a CSV file for review, for `catalog import`. An existing file is not overwritten.
        #[arg(long, value_name = "FILE", conflicts_with = "commit")]
        out: Option<PathBuf>,
        /// Minutes of new services whose row names no duration.
        #[arg(long, value_name = "MIN")]
        default_duration: Option<u32>,
    },
    /// All services as CSV on stdout.
    Export {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// An empty table to fill in, with two example rows.
    Template,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StaffCommand {
    /// The team.
    List {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Set somebody's share of what their visits cost, in percent; 0 for none.
    Share {
        #[command(flatten)]
        tenant: TenantArg,
        #[arg(long)]
        name: String,
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
        percent: u8,
    },
    /// What everybody has earned: their share of the visits that took place.
    Commission {
        #[command(flatten)]
        tenant: TenantArg,
        /// First day.
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// Last day; the first one alone where it is left out.
        #[arg(long, value_name = "DATE")]
        to: Option<Date>,
    },
    /// Add somebody who can do every service, or those named.
    Add {
        #[command(flatten)]
        tenant: TenantArg,
        name: String,
        /// English name of a service; may be given several times.
        #[arg(long = "service")]
        services: Vec<String>,
    },
    /// Take somebody off the team; what is booked stays booked.
    Remove {
        #[command(flatten)]
        tenant: TenantArg,
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum HoursCommand {
    /// The week and its exceptions.
    Show {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Set a weekday's hours: `mon 08:00-13:00 14:00-17:00`, or `sun closed`.
    Set {
        #[command(flatten)]
        tenant: TenantArg,
        /// mon, tue, wed, thu, fri, sat, sun.
        day: String,
        /// Spans, or `closed`.
        #[arg(required = true)]
        spans: Vec<String>,
    },
    /// Set one date's hours: `2026-12-24 09:00-13:00`, or `2026-12-25 closed`.
    Date {
        #[command(flatten)]
        tenant: TenantArg,
        date: Date,
        #[arg(required = true)]
        spans: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KnowledgeCommand {
    /// All snippets.
    List {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Add one.
    Add {
        #[command(flatten)]
        tenant: TenantArg,
        /// policy, facility, prep, service, hours, general.
        #[arg(long, default_value = "general")]
        kind: String,
        #[arg(long)]
        title: String,
        #[arg(long)]
        body: String,
        /// en or sw.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Remove one by id.
    Remove {
        #[command(flatten)]
        tenant: TenantArg,
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DialsCommand {
    /// The dials in force, and which are the tenant's own.
    Show {
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Set a dial: `tone playful`.
    Set {
        #[command(flatten)]
        tenant: TenantArg,
        dial: String,
        value: String,
    },
    /// Inherit a dial from the vertical again.
    Reset {
        #[command(flatten)]
        tenant: TenantArg,
        dial: String,
    },
    /// What was changed, from what to what, newest first.
    History {
        #[command(flatten)]
        tenant: TenantArg,
        /// At most so many versions.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}
