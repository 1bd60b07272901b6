//! Tenants as a whole, and what an operator does.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::TenantArg;

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
        /// Its name at Meta; the body of a reminder takes the words, that of a notice or a page the business's name and the words.
        #[arg(long)]
        name: String,
        /// en or sw.
        #[arg(long)]
        language: String,
        /// reminder, notice, or page: to the owners once they have not written for a day.
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

/// Ids that begin with `inb_` are of what came in, ids that begin with `out_` of messages that did not arrive; the latter need --tenant.
#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetters {
    /// What is not settled yet, oldest first; with `--settled` the last that were, newest first, and how. With `--tenant` that tenant's
    /// messages that did not arrive as well, newest first.
    List {
        /// What was replayed or dismissed.
        #[arg(long)]
        settled: bool,
        /// Messages of this tenant that did not arrive, too.
        #[arg(long, value_name = "SLUG")]
        tenant: Option<String>,
        /// Of those messages only what failed with this code, such as `131042` or `expired`.
        #[arg(long, value_name = "CODE", requires = "tenant")]
        code: Option<String>,
    },
    /// One of them, with its body or its words.
    Show {
        id: String,
        /// Whose message it is; for ids that begin with `out_`.
        #[arg(long, value_name = "SLUG")]
        tenant: Option<String>,
    },
    /// Take one again, the way that it should have gone, and settle it when that works; a message is sent again by the way that is open now.
    /// Exit code 1 when it still can't be handled, or is not to be sent twice.
    Replay {
        id: String,
        /// Whose message it is; for ids that begin with `out_`.
        #[arg(long, value_name = "SLUG")]
        tenant: Option<String>,
    },
    /// Mark one as seen to. The reason is kept with it.
    Dismiss {
        id: String,
        /// Why it needs nothing more, in one line of at most 500 characters.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Whose message it is; for ids that begin with `out_`.
        #[arg(long, value_name = "SLUG")]
        tenant: Option<String>,
    },
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
    /// Show how far the registry and every tenant are, and do nothing; exit code 1 when one is behind.
    #[arg(long, conflicts_with = "plan")]
    pub(crate) status: bool,
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
