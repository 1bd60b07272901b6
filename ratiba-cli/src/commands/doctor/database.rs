//! The database: the server, the schema, and what lies in it.

use jiff::SignedDuration;
use ratiba_core::adapters::postgres::{PostgresSeen, PostgresStore};
use ratiba_core::ports::migrate::Migrator;
use ratiba_core::ports::secrets::Resealed;
use ratiba_core::ports::store::Store;

use super::check::Check;
use crate::error::CliError;
use crate::open;

/// Dead letters counted at most.
const MOST_LETTERS: u32 = 1_000;
/// Work that has been due for longer than this says that no worker is running.
const OVERDUE: SignedDuration = SignedDuration::from_mins(5);

/// The server itself.
pub(super) async fn server(store: &PostgresStore) -> Result<Vec<Check>, CliError> {
    Ok(judge(&store.look().await?))
}

fn judge(seen: &PostgresSeen) -> Vec<Check> {
    let over = match &seen.tls {
        Some(version) => format!("encrypted by {version}"),
        None => "not encrypted".to_owned(),
    };
    let detail = format!("PostgreSQL {}, {over}", seen.version);
    let version = if seen.is_new_enough {
        Check::ok("database", detail)
    } else {
        Check::failure("database", detail, "PostgreSQL 15 or later is needed: upgrade the server")
    };
    let (own, most, open) = (seen.own_connections, seen.most_connections, seen.open_connections);
    let fit = most.checked_div(own).unwrap_or(0);
    let detail = format!(
        "{open} of {most} in use; a process opens up to {own}, so that {fit} processes fit"
    );
    let connections = match fit {
        0 => Check::failure(
            "connections",
            detail,
            "raise max_connections, or put PgBouncer in transaction mode between",
        ),
        // A server and a worker, and one of either while they are replaced.
        1 | 2 => Check::warning(
            "connections",
            detail,
            "raise max_connections: while processes are replaced there is one more of them",
        ),
        _ if open.saturating_mul(10) > most.saturating_mul(9) => Check::warning(
            "connections",
            detail,
            "nearly all are taken: look in pg_stat_activity by whom, or raise max_connections",
        ),
        _ => Check::ok("connections", detail),
    };
    vec![version, connections]
}

/// The schema, chain by chain. `false`: the registry is behind, so that nothing else can be asked.
pub(super) async fn schema(migrator: &dyn Migrator) -> Result<(Vec<Check>, bool), CliError> {
    let plan = migrator.plan().await?;
    let remedy = "`ratiba migrate`";
    let registry = match plan.registry.len() {
        0 => Check::ok("schema of the registry", "up to date"),
        n => {
            let detail = format!("{n} steps are missing, from {} on", plan.registry[0]);
            Check::failure("schema of the registry", detail, remedy)
        }
    };
    let behind = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty()).count();
    let all = plan.tenants.len();
    let tenants = match behind {
        0 => Check::ok("schemas of tenants", format!("all {all} up to date")),
        n => {
            let detail = format!("{n} of {all} are behind");
            Check::failure("schemas of tenants", detail, remedy)
        }
    };
    Ok((vec![registry, tenants], plan.registry.is_empty()))
}

/// What lies in it.
pub(super) async fn contents(store: &dyn Store) -> Result<Vec<Check>, CliError> {
    let mut checks = Vec::new();
    let now = open::now();
    let newest = store.dead_letters(None, MOST_LETTERS).await?;
    checks.push(match newest.len() {
        0 => Check::ok("dead letters", "none"),
        n => Check::warning("dead letters", format!("{n} wait"), "`ratiba dead-letters list`"),
    });
    // A letter from the future was stored by a machine with another time.
    let ahead = newest.iter().map(|letter| letter.received_at).max().is_some_and(|at| at > now);
    checks.push(if ahead {
        let detail = format!("{now} here, and something stored lies in the future");
        Check::failure("clock", detail, "set the clocks of all machines (NTP)")
    } else {
        Check::ok("clock", now.to_string())
    });
    checks.push(match store.next_due().await? {
        Some(at) if now.duration_since(at) > OVERDUE => Check::failure(
            "worker",
            format!("work is due since {at}"),
            "is a worker running? `ratiba-server worker`",
        ),
        Some(_) | None => Check::ok("worker", "nothing is overdue"),
    });
    checks.push(sealed(&store.reseal(true).await?));
    Ok(checks)
}

fn sealed(found: &Resealed) -> Check {
    const WHAT: &str = "stored secrets";
    match (found.unreadable, found.resealed) {
        (0, 0) => Check::ok(WHAT, format!("{} sealed with the current key", found.current)),
        (0, n) => {
            Check::warning(WHAT, format!("{n} sealed with a key of before"), "`ratiba keys rotate`")
        }
        (n, _) => Check::failure(
            WHAT,
            format!(
                "{n} can't be opened: RATIBA_SECRET_KEY is another one than they were sealed with"
            ),
            "put the old key into RATIBA_SECRET_KEY_PREVIOUS, or enter those secrets again",
        ),
    }
}
