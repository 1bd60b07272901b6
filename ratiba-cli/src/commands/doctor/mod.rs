//! `ratiba doctor`: is everything in place? Each check says what it looked at, how it is and, where something is wrong, what to do.

mod check;
mod database;
mod here;
mod hot;
mod models;
mod outside;
mod tenants;

use std::process::ExitCode;

use self::check::{Check, State};
use self::outside::Outside;
use crate::args::Doctor;
use crate::error::CliError;
use crate::exit;
use crate::open::{self, Database};
use crate::printer::Printer;
use crate::settings::Settings;

/// Looks at everything. A warning is no failure: the exit code is 1 only where something does not work.
pub(crate) async fn run(
    args: &Doctor,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let mut checks = here::look(settings);
    match open::database(settings, printer).await {
        Err(error) => {
            let remedy = error.hint.unwrap_or_else(|| {
                "is it running, and is DATABASE_URL the server's? Nothing works without it"
                    .to_owned()
            });
            checks.push(Check::failure("database", error.message, remedy));
        }
        Ok(database) => stored(args, settings, &database, &mut checks).await?,
    }
    checks.extend(hot::look(settings).await);
    if !args.offline {
        checks.extend(models::look(settings).await);
    }
    let well = checks.iter().all(|check| check.state != State::Failure);
    printer.data(&checks, || checks.iter().map(Check::shown).collect::<Vec<_>>().join("\n"))?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}

/// The database, and what is known of tenants by it.
async fn stored(
    args: &Doctor,
    settings: &Settings,
    database: &Database,
    checks: &mut Vec<Check>,
) -> Result<(), CliError> {
    match database {
        Database::Sqlite(_) => checks.push(Check::ok("database", "an SQLite file, which opens")),
        Database::Postgres(store) => checks.extend(database::server(store).await?),
    }
    let (schema, usable) = database::schema(database.migrator()).await?;
    checks.extend(schema);
    if !usable {
        return Ok(());
    }
    let store = database.store();
    checks.extend(database::contents(store.as_ref()).await?);
    let mut tenants = store.tenants().await?;
    if let Some(slug) = &args.tenant {
        tenants.retain(|tenant| tenant.slug.as_str() == slug);
        if tenants.is_empty() {
            return Err(CliError::not_found(format!("there is no tenant `{slug}`"))
                .hint("`ratiba tenant list` shows all"));
        }
    }
    let outside = if args.offline { None } else { Some(Outside::new(settings)?) };
    checks.extend(tenants::look(store.as_ref(), &tenants, outside.as_ref()).await);
    Ok(())
}
