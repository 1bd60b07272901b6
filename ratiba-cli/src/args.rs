//! What can be typed.

mod eval;
mod money;
mod setup;
mod suggest;
mod talk;
mod tenancy;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use eval::{Eval, Format};
pub(crate) use money::{Costs, CostsBy, Payments};
pub(crate) use setup::{Catalog, DialsCommand, HoursCommand, KnowledgeCommand, StaffCommand};
pub(crate) use suggest::Suggest;
pub(crate) use talk::{Chat, Converse, Replay, Slots, Understand, Why};
pub(crate) use tenancy::{
    ApiKey, DeadLetters, Keys, Migrate, Person, Privacy, StarterCatalog, Tenant,
};

/// Ratiba: appointments by conversation.
///
/// Data goes to stdout, everything else to stderr. Exit codes: 0 all well; 1 something differs or is not as it should be; 2 wrong use;
/// 3 wrong configuration; 4 not found; 5 the database failed; 6 a file can't be used.
#[derive(Debug, Parser)]
#[command(name = "ratiba", version, about, max_term_width = 110)]
pub(crate) struct Cli {
    /// Configuration file; `ratiba.toml` in the current folder is read by itself.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Database: `postgres://…`, `sqlite://PATH` or a path. Default: `DATABASE_URL`, else `ratiba.db` in `RATIBA_DATA_DIR`.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// One JSON document on stdout.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Nothing on stderr but errors.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Businesses: make, list, suspend, export, delete.
    #[command(subcommand)]
    Tenant(Tenant),
    /// Services: import from CSV, export, template.
    #[command(subcommand)]
    Catalog(Catalog),
    /// What a model would fill into a catalogue; shown, and stored only with --take.
    #[command(subcommand)]
    Suggest(Suggest),
    /// The team.
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Opening hours.
    #[command(subcommand)]
    Hours(HoursCommand),
    /// Snippets that answer questions.
    #[command(subcommand)]
    Knowledge(KnowledgeCommand),
    /// How the agent sounds.
    #[command(subcommand)]
    Dials(DialsCommand),
    /// Talk to a tenant in this terminal.
    Chat(Chat),
    /// Run golden conversations; exit 1 and a report where one differs.
    Converse(Converse),
    /// What the ear makes of a text, or how accurate it is over a file.
    Understand(Understand),
    /// Compare ways of using models over golden conversations and corpora: accuracy, cost, latency.
    Eval(Eval),
    /// Free slots.
    Slots(Slots),
    /// What was paid, what is still open, and a day's money.
    #[command(subcommand)]
    Payments(Payments),
    /// Take a recorded conversation again, offline, and compare.
    Replay(Replay),
    /// What decides a time or a reply.
    #[command(subcommand)]
    Why(Why),
    /// What models and channel messages have cost.
    Costs(Costs),
    /// What came in and could not be handled, and messages of a tenant's that did not arrive.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// A person's data: give it out or forget it.
    #[command(subcommand)]
    Privacy(Privacy),
    /// The key that stored secrets are sealed with.
    #[command(subcommand)]
    Keys(Keys),
    /// Bring the schema of the registry and of every tenant up to date; may be killed and run again.
    Migrate(Migrate),
    /// Check configuration, database, Redis, channels, payment rails, SMS and models, and explain.
    Doctor(Doctor),
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Ask nobody but database and Redis: no channel, payment rail, SMS account or provider of models.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Look at this tenant alone.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TenantArg {
    /// The tenant's short name. The demo tenants (demo-barbershop, demo-salon, demo-dental) are built in.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }

    /// Every `ratiba …` of a document: lines of code blocks, and what stands between backticks.
    fn commands(document: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut in_block = false;
        for line in document.lines() {
            if line.starts_with("```") {
                in_block = !in_block;
            } else if in_block {
                found.push(line.split(" #").next().unwrap_or(line).to_owned());
            } else {
                found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
            }
        }
        found.retain(|text| text.starts_with("ratiba "));
        found.iter().flat_map(|command| alternatives(command)).collect()
    }

    /// `a b|c` is `a b` and `a c`.
    fn alternatives(command: &str) -> Vec<String> {
        let Some(word) = command.split_whitespace().find(|word| word.contains('|')) else {
            return vec![command.to_owned()];
        };
        let each = word.split('|').map(|one| command.replacen(word, one, 1));
        each.flat_map(|command| alternatives(&command)).collect()
    }

    /// Words as a shell would split them, as far as these documents need it.
    fn words(command: &str) -> Vec<String> {
        let quoted = command.split('"').enumerate();
        quoted
            .flat_map(|(n, part)| match n % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn the_documents_name_only_commands_that_exist() {
        let documents = [
            include_str!("../../ratiba-server/OPERATIONS.md"),
            include_str!("../../ratiba-server/ERRORS.md"),
            include_str!("../../README.md"),
        ];
        let mut checked = 0;
        for command in documents.into_iter().flat_map(commands) {
            if command.contains("COMMAND") {
                continue;
            }
            checked += 1;
            // Documents shorten: a required argument may be left out, an unknown one may not be made up.
            if let Err(error) = Cli::try_parse_from(words(&command)) {
                let unknown = [ErrorKind::UnknownArgument, ErrorKind::InvalidSubcommand];
                assert!(!unknown.contains(&error.kind()), "`{command}`: {error}");
            }
        }
        assert!(checked > 20, "only {checked} commands were found");
    }
}
