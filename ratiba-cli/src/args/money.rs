//! What was paid and what it cost.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::TenantArg;

#[derive(Debug, Args)]
pub(crate) struct Costs {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// The first day, such as 2026-11-01; a month back unless given.
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<Date>,
    /// The last day; today unless given.
    #[arg(long, value_name = "DAY")]
    pub(crate) until: Option<Date>,
    /// How the sums are cut.
    #[arg(long, value_enum, default_value_t = CostsBy::Role)]
    pub(crate) by: CostsBy,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum CostsBy {
    /// By what models were asked for.
    Role,
    /// By booking.
    Booking,
    /// By local day.
    Day,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Payments {
    /// The last payments, newest first, or all in one state, oldest first.
    List {
        #[command(flatten)]
        tenant: TenantArg,
        /// created, `submit_unknown`, pending, paid, failed, `timed_out`, cancelled, review, refunding, `refund_by_hand` or refunded.
        #[arg(long)]
        state: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One payment and its rows of the ledger.
    Show {
        id: String,
        #[command(flatten)]
        tenant: TenantArg,
    },
    /// Ask the providers about every payment that is open for longer than it should be.
    Reconcile {
        #[arg(long, value_name = "SLUG", required_unless_present = "all", conflicts_with = "all")]
        tenant: Option<String>,
        /// Every tenant.
        #[arg(long)]
        all: bool,
    },
    /// A day's money, every payment explained; exit 1 where one is not, or the books do not balance.
    Report {
        #[command(flatten)]
        tenant: TenantArg,
        /// The day, like 2026-11-24; today unless given.
        #[arg(long)]
        day: Option<Date>,
    },
}
