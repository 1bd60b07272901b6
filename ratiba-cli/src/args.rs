//! What can be typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;

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
    /// What came in and could not be handled.
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
    /// Check configuration and database, and explain.
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct TenantArg {
    /// The tenant's short name. The demo tenants (demo-barbershop, demo-salon, demo-dental) are built in.
    #[arg(long, value_name = "SLUG")]
    pub(crate) tenant: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StarterCatalog {
    /// A few services that businesses of the kind usually have.
    Starter,
    /// Nothing.
    None,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Tenant {
    /// Make a tenant, all of it or nothing.
    Create {
        #[arg(long)]
        slug: String,
        #[arg(long)]
        name: String,
        /// spa, salon, barbershop, `dental_clinic`, `medical_clinic`, fitness, `nails_and_beauty`, tutoring.
        #[arg(long)]
        vertical: String,
        #[arg(long, value_enum, default_value = "starter")]
        catalog: StarterCatalog,
        /// IANA time zone.
        #[arg(long, default_value = "Africa/Nairobi")]
        zone: String,
        /// KES, UGX, TZS, RWF or USD.
        #[arg(long, default_value = "KES")]
        currency: String,
        /// KE, UG, TZ or RW.
        #[arg(long, default_value = "KE")]
        country: String,
        /// en or sw.
        #[arg(long, default_value = "en")]
        locale: String,
        /// The owner's phone; may be given several times.
        #[arg(long = "admin", value_name = "PHONE")]
        admins: Vec<String>,
        /// The WhatsApp `phone_number_id`; its token is read from `WHATSAPP_TOKEN`.
        #[arg(long, value_name = "ID")]
        whatsapp: Option<String>,
        /// The Instagram professional account's id; its token is read from `INSTAGRAM_TOKEN`.
        #[arg(long, value_name = "ID")]
        instagram: Option<String>,
        /// The Facebook page's id, for Messenger; its token is read from `MESSENGER_TOKEN`.
        #[arg(long, value_name = "ID")]
        messenger: Option<String>,
    },
    /// Connect an account of a channel, or renew its token; the token is read from `WHATSAPP_TOKEN`, `INSTAGRAM_TOKEN` or `MESSENGER_TOKEN`.
    Connect {
        slug: String,
        /// whatsapp, instagram or messenger.
        #[arg(long)]
        channel: String,
        /// The account's id at Meta.
        #[arg(long, value_name = "ID")]
        account: String,
    },
    /// Let a tenant send text messages by Africa's Talking; the key is read from `AFRICASTALKING_API_KEY`. Prints where delivery reports go.
    Sms {
        slug: String,
        /// The account's name there; `sandbox` in the sandbox.
        #[arg(long)]
        username: String,
        /// The registered sender.
        #[arg(long)]
        sender: Option<String>,
    },
    /// Register a message template, or change where it stands.
    Template {
        slug: String,
        /// Its name at Meta; the body of a reminder takes the words, that of a notice the business's name and the words.
        #[arg(long)]
        name: String,
        /// en or sw.
        #[arg(long)]
        language: String,
        /// reminder or notice.
        #[arg(long)]
        purpose: String,
        /// pending, approved, paused or rejected.
        #[arg(long, default_value = "approved")]
        status: String,
    },
    /// The colour of the web widget, such as `#1f4d3a`; `none` for the usual one.
    Color { slug: String, color: String },
    /// All tenants.
    List,
    /// One tenant's rules and catalogue.
    Show { slug: String },
    /// Stop serving: messages are stored and not answered.
    Suspend { slug: String },
    /// Serve again.
    Resume { slug: String },
    /// All data of a tenant in one archive, without secrets.
    Export {
        slug: String,
        /// The archive's file; `-` is stdout. Default: the slug and the date in the current folder.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Keys to the tenant's admin API.
    #[command(subcommand)]
    ApiKey(ApiKey),
    /// Remove a tenant and everything that it owns.
    Delete {
        slug: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ApiKey {
    /// Make a key and print it; it is never shown again.
    Create {
        slug: String,
        /// What it is for.
        #[arg(long)]
        label: String,
    },
    /// A tenant's keys.
    List { slug: String },
    /// Take a key away; it opens nothing from then on.
    Revoke { slug: String, id: String },
}

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
}

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

#[derive(Debug, Args)]
pub(crate) struct Costs {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// The first day, such as 2026-11-01; a month back unless given.
    #[arg(long, value_name = "DAY")]
    pub(crate) since: Option<Date>,
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

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetters {
    /// What is not settled yet, oldest first.
    List,
    /// One of them, with its body.
    Show { id: String },
    /// Take one again, the way that it should have gone, and settle it when that works. Exit code 1 when it still can't be handled.
    Replay { id: String },
    /// Mark one as seen to.
    Dismiss { id: String },
}

#[derive(Debug, Args)]
pub(crate) struct Person {
    #[command(flatten)]
    pub(crate) tenant: TenantArg,
    /// Their phone, as people of the tenant's country write it or with `+`.
    #[arg(long, value_name = "PHONE")]
    pub(crate) phone: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Privacy {
    /// Everything that is stored about a person, as one JSON document.
    Export(Person),
    /// Forget who a person was; their appointments and payments stay as numbers.
    Erase {
        #[command(flatten)]
        person: Person,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Show what a run would do, and do nothing; exit code 1 when there is something to do.
    #[arg(long)]
    pub(crate) plan: bool,
    /// Tenants at a time.
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) jobs: NonZeroUsize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Seal every stored secret again with `RATIBA_SECRET_KEY`; what is sealed with an older key is opened with
    /// `RATIBA_SECRET_KEY_PREVIOUS` (several, separated by commas). May be interrupted and repeated.
    Rotate {
        /// Count only; write nothing.
        #[arg(long)]
        dry_run: bool,
    },
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
