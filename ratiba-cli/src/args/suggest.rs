//! What a model suggests for a catalogue.

use clap::Subcommand;

use super::TenantArg;

#[derive(Debug, Subcommand)]
pub(crate) enum Suggest {
    /// Swahili names and descriptions that services lack; never a price. Forty services at a time.
    Gaps {
        #[command(flatten)]
        tenant: TenantArg,
        /// Store what is suggested; otherwise it is only shown.
        #[arg(long)]
        take: bool,
    },
    /// Services that go well together and are not related yet.
    Relations {
        #[command(flatten)]
        tenant: TenantArg,
        /// Put what is suggested in force; otherwise it is only shown.
        #[arg(long)]
        take: bool,
    },
}
