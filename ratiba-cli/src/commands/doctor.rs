//! `ratiba doctor`: is everything in place? Each check says what it looked at and, where something is wrong, what to do.

use std::process::ExitCode;

use jiff::SignedDuration;
use ratiba_core::domain::catalogue::DepositRule;
use ratiba_core::domain::tenant::{Business, Tenant, TenantStatus};
use ratiba_core::ports::store::Store;
use ratiba_core::tenancy::wish::is_document;
use serde::Serialize;

use crate::error::CliError;
use crate::exit;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

/// Dead letters counted at most.
const MOST_LETTERS: u32 = 1_000;
/// Work that has been due for longer than this says that no worker is running.
const OVERDUE: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug, Serialize)]
struct Check {
    what: String,
    ok: bool,
    detail: String,
}

#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn add(&mut self, what: impl Into<String>, ok: bool, detail: impl Into<String>) {
        self.0.push(Check { what: what.into(), ok, detail: detail.into() });
    }
}

pub(crate) async fn run(settings: &Settings, printer: &Printer) -> Result<ExitCode, CliError> {
    let mut checks = Checks::default();
    environment(&mut checks, settings);
    match open::store(settings, printer).await {
        Err(error) => {
            let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            checks.add("database", false, format!("{}{hint}", error.message));
        }
        Ok(store) => {
            schema_check(&mut checks, settings, printer).await?;
            store_checks(&mut checks, store.as_ref()).await?;
            sealed(&mut checks, store.reseal(true).await?);
            for tenant in store.tenants().await? {
                tenant_check(&mut checks, store.as_ref(), &tenant).await?;
            }
        }
    }
    let checks = checks.0;
    let well = checks.iter().all(|check| check.ok);
    printer.data(&checks, || {
        let line = |check: &Check| {
            format!("{} {}: {}", if check.ok { "ok  " } else { "FAIL" }, check.what, check.detail)
        };
        checks.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}

/// Two settings that make sense only together.
const PAIRS: [(&str, &str, &str); 1] =
    [("WHATSAPP_APP_SECRET", "META_VERIFY_TOKEN", "WhatsApp webhooks")];

fn environment(checks: &mut Checks, settings: &Settings) {
    let detail = if settings.secret_key.is_some() {
        "from the configuration"
    } else {
        "not set: a key in the data folder is used, fit for one machine only"
    };
    checks.add("secret key", true, detail);
    if !settings.previous_keys.is_empty() {
        let count = settings.previous_keys.len();
        let detail = format!("{count} still configured: `ratiba keys rotate`, then remove them");
        checks.add("previous keys", true, detail);
    }
    let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    for (first, second, what) in PAIRS {
        let (ok, detail) = match (set(first), set(second)) {
            (true, true) => (true, "both secrets are set".to_owned()),
            (false, false) => (true, "not served: no secrets are set here".to_owned()),
            (true, false) => (false, format!("{second} is not set, though {first} is")),
            (false, true) => (false, format!("{first} is not set, though {second} is")),
        };
        checks.add(what, ok, detail);
    }
    let short = std::env::var("RATIBA_ADMIN_API_KEY").is_ok_and(|key| (1..24).contains(&key.len()));
    if short {
        let detail = "shorter than 24 characters: `openssl rand -hex 32` makes one";
        checks.add("operator's key", false, detail);
    }
}

async fn schema_check(
    checks: &mut Checks,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let plan = open::migrator(settings, printer).await?.plan().await?;
    let behind = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty()).count();
    let detail = if plan.is_empty() {
        "up to date".to_owned()
    } else {
        format!(
            "{} steps of the registry and {behind} tenants are behind: `ratiba migrate`",
            plan.registry.len()
        )
    };
    checks.add("schema", plan.is_empty(), detail);
    Ok(())
}

async fn store_checks(checks: &mut Checks, store: &dyn Store) -> Result<(), CliError> {
    match store.ping().await {
        Ok(()) => checks.add("database", true, "answers"),
        Err(error) => checks.add("database", false, format!("{error}: is it running?")),
    }
    let now = open::now();
    let newest = store.dead_letters(None, MOST_LETTERS).await?;
    let detail = match newest.len() {
        0 => "none".to_owned(),
        n => format!("{n} wait: `ratiba dead-letters list`"),
    };
    checks.add("dead letters", true, detail);
    // A letter from the future was stored by a machine with another time.
    let ahead = newest.iter().map(|letter| letter.received_at).max().is_some_and(|at| at > now);
    let detail = if ahead {
        format!("{now} here, and something stored lies in the future: set the clocks (NTP)")
    } else {
        now.to_string()
    };
    checks.add("clock", !ahead, detail);
    match store.next_due().await? {
        Some(at) if now.duration_since(at) > OVERDUE => {
            checks.add("worker", false, format!("work is due since {at}: is a worker running?"));
        }
        Some(_) | None => checks.add("worker", true, "nothing is overdue"),
    }
    Ok(())
}

fn sealed(checks: &mut Checks, found: ratiba_core::ports::secrets::Resealed) {
    let (ok, detail) = match (found.unreadable, found.resealed) {
        (0, 0) => (true, format!("{} sealed with the current key", found.current)),
        (0, n) => (true, format!("{n} sealed with a key of before: `ratiba keys rotate`")),
        (n, _) => (
            false,
            format!(
                "{n} can't be opened: RATIBA_SECRET_KEY is another one than they were sealed with"
            ),
        ),
    };
    checks.add("stored secrets", ok, detail);
}

async fn tenant_check(
    checks: &mut Checks,
    store: &dyn Store,
    tenant: &Tenant,
) -> Result<(), CliError> {
    let label = format!("tenant {}", tenant.slug);
    let Some(document) = store.of(tenant.id).business().await? else {
        checks.add(label, false, "it has no business document");
        return Ok(());
    };
    let missing = missing(store, tenant, &document.business).await;
    let detail = match (missing.as_slice(), tenant.status) {
        ([], TenantStatus::Active) => "complete".to_owned(),
        ([], TenantStatus::Suspended) => {
            "complete; suspended: messages are stored and not answered".to_owned()
        }
        (missing, _) => format!("missing: {}", missing.join(", ")),
    };
    checks.add(label, missing.is_empty(), detail);
    Ok(())
}

async fn missing(store: &dyn Store, tenant: &Tenant, business: &Business) -> Vec<String> {
    let mut missing = Vec::new();
    if business.admins.is_empty() {
        missing.push("an admin to page".to_owned());
    }
    if business.catalogue.bookable().next().is_none() {
        missing.push("a service that can be booked (add staff, look at the prices)".to_owned());
    }
    match store.accounts(tenant.id).await {
        Ok(accounts) if accounts.is_empty() => missing.push("a channel account".to_owned()),
        Ok(_) => {}
        Err(error) => missing.push(format!("readable channel tokens ({error})")),
    }
    if business.settings.payment.deposit == DepositRule::None {
        return missing;
    }
    for rail in &business.settings.payment.rails {
        let name = rail.as_str();
        match store.merchant(tenant.id, *rail).await {
            Ok(Some(merchant)) if is_document(&merchant.credentials) => {}
            Ok(Some(_)) => missing.push(format!("credentials for {name} that are a JSON object")),
            Ok(None) => missing.push(format!("credentials for {name}")),
            Err(error) => missing.push(format!("readable credentials for {name} ({error})")),
        }
    }
    missing
}
