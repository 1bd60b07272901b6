//! `ratiba migrate`: the schema of the registry and of every tenant, brought up to date. It may be killed and run again.

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use ratiba_core::domain::id::TenantId;
use ratiba_core::ports::migrate::{Migrated, MigrationEnd, MigrationPlan};
use serde::Serialize;

use crate::args::Migrate;
use crate::error::CliError;
use crate::exit;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

/// A schema and the steps that it lacks.
#[derive(Debug, Serialize)]
struct Pending {
    schema: String,
    at: u32,
    steps: Vec<String>,
}

/// What a run would do.
#[derive(Debug, Serialize)]
struct Plan {
    registry: Vec<String>,
    tenants: Vec<Pending>,
    up_to_date: usize,
}

impl From<MigrationPlan> for Plan {
    fn from(plan: MigrationPlan) -> Self {
        let all = plan.tenants.len();
        let tenants: Vec<_> = plan
            .tenants
            .into_iter()
            .filter(|tenant| !tenant.steps.is_empty())
            .map(|tenant| Pending { schema: tenant.schema, at: tenant.at, steps: tenant.steps })
            .collect();
        Self { registry: plan.registry, up_to_date: all - tenants.len(), tenants }
    }
}

/// How far everything is.
#[derive(Debug, Serialize)]
struct Status {
    registry: Chain,
    tenants: Vec<TenantStatus>,
}

/// The registry's chain.
#[derive(Debug, Serialize)]
struct Chain {
    at: u32,
    pending: Vec<String>,
}

/// One tenant on the tenants' chain.
#[derive(Debug, Serialize)]
struct TenantStatus {
    tenant: TenantId,
    schema: String,
    at: u32,
    newest: u32,
    pending: Vec<String>,
}

impl From<MigrationPlan> for Status {
    fn from(plan: MigrationPlan) -> Self {
        let newest = plan.newest;
        let tenants = plan.tenants.into_iter().map(|one| TenantStatus {
            tenant: one.tenant,
            schema: one.schema,
            at: one.at,
            newest,
            pending: one.steps,
        });
        let registry = Chain { at: plan.registry_at, pending: plan.registry };
        Self { registry, tenants: tenants.collect() }
    }
}

impl Status {
    fn shown(&self) -> String {
        let pending = |steps: &[String]| match steps {
            [] => "up to date".to_owned(),
            some => format!("pending: {}", some.join(", ")),
        };
        let mut lines =
            vec![format!("registry at {}: {}", self.registry.at, pending(&self.registry.pending))];
        for one in &self.tenants {
            let TenantStatus { tenant, schema, at, newest, pending: steps } = one;
            lines.push(format!("{schema} ({tenant}) at {at} of {newest}: {}", pending(steps)));
        }
        lines.join("\n")
    }
}

/// A schema that could not be moved and stays as it was.
#[derive(Debug, Serialize)]
struct Failure {
    schema: String,
    error: String,
}

/// How a run ended.
#[derive(Debug, Serialize)]
struct Report {
    migrated: usize,
    failed: Vec<Failure>,
}

pub(crate) async fn run(
    args: &Migrate,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let database = open::database(settings, printer).await?;
    let migrator = database.migrator();
    let plan = migrator.plan().await?;
    if args.plan {
        let pending = !plan.is_empty();
        let plan = Plan::from(plan);
        printer.data(&plan, || shown(&plan))?;
        return Ok(if pending { ExitCode::from(exit::DIFFERS) } else { ExitCode::SUCCESS });
    }
    if args.status {
        let pending = !plan.is_empty();
        let status = Status::from(plan);
        printer.data(&status, || status.shown())?;
        return Ok(if pending { ExitCode::from(exit::DIFFERS) } else { ExitCode::SUCCESS });
    }
    let lacking = plan.tenants.iter().filter(|tenant| !tenant.steps.is_empty()).count();
    let length = lacking + usize::from(!plan.registry.is_empty());
    let bar = printer.progress(length as u64, "migrating");
    let failed = Mutex::new(Vec::new());
    let progress = |news: Migrated<'_>| {
        bar.set_length(news.of as u64);
        bar.set_position(news.done as u64);
        if let Err(error) = news.outcome {
            let schema = news.tenant.map_or("public", |tenant| tenant.schema.as_str()).to_owned();
            let error = CliError::failed(error).message;
            failed.lock().unwrap_or_else(PoisonError::into_inner).push(Failure { schema, error });
        }
    };
    let end = migrator.migrate(args.jobs, &progress).await?;
    bar.finish_and_clear();
    let MigrationEnd::Done { migrated, .. } = end else {
        return Err(CliError::input("somebody else is migrating at this moment; nothing was done")
            .hint("wait until they are done, then run the command again: it finds what is left"));
    };
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let report = Report { migrated, failed };
    printer.data(&report, || {
        let mut text = match report.migrated {
            0 if report.failed.is_empty() => "everything is up to date".to_owned(),
            n => format!("{n} schemas brought up to date"),
        };
        for Failure { schema, error } in &report.failed {
            text.push_str(&format!("\n{schema} stays as it was: {error}"));
        }
        text
    })?;
    Ok(if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::STORE) })
}

fn shown(plan: &Plan) -> String {
    let mut lines = Vec::new();
    if !plan.registry.is_empty() {
        lines.push(format!("public: {}", plan.registry.join(", ")));
    }
    for Pending { schema, at, steps } in &plan.tenants {
        lines.push(format!("{schema} (at {at}): {}", steps.join(", ")));
    }
    lines.push(match (plan.tenants.len(), plan.registry.is_empty()) {
        (0, true) => "everything is up to date".to_owned(),
        (n, _) => format!("{n} tenants to be moved, {} up to date", plan.up_to_date),
    });
    lines.join("\n")
}
