//! `ratiba catalog`: services from and to CSV, from lines, pictures and pages.

mod read;

use std::process::ExitCode;

use ratiba_core::catalogue::csv::read_csv;
use ratiba_core::catalogue::diff::{Applied, ImportOptions, apply};
use ratiba_core::catalogue::export::{export, template};
use ratiba_core::catalogue::report::ImportReport;
use ratiba_core::catalogue::stage::Staged;
use ratiba_core::domain::tenant::Business;

use crate::args::Catalog;
use crate::error::CliError;
use crate::exit;
use crate::open::{self, Opened};
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    command: Catalog,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Catalog::Template => {
            printer.line(template().trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Catalog::Export { tenant } => {
            let (business, _) = open::business(&tenant.tenant, settings, printer).await?;
            printer.line(export(&business.catalogue).trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Catalog::Read { files, tenant, dry_run, commit, accept_unsure, out, default_duration } => {
            let wanted = match (commit, dry_run) {
                (true, _) => read::Wanted::Commit { accept_unsure },
                (false, true) => read::Wanted::Compare,
                (false, false) => read::Wanted::Show,
            };
            let wish = read::Wish { files, wanted, out, default_duration };
            Box::pin(read::run(wish, &tenant.tenant, settings, printer)).await
        }
        Catalog::Import { file, tenant, dry_run, default_duration } => {
            let progress = printer.progress(4, "reading");
            let bytes = std::fs::read(&file).map_err(|error| CliError::file(&file, &error))?;
            progress.inc(1);
            let opened = if dry_run && settings.database.is_none() {
                None
            } else {
                Some(open::tenant(&tenant.tenant, settings, printer).await?)
            };
            let business = match &opened {
                Some(opened) => opened.document.business.as_ref().clone(),
                None => open::business(&tenant.tenant, settings, printer).await?.0.as_ref().clone(),
            };
            let currency = business.tenant.currency;
            let sheet = read_csv(&bytes, currency)
                .map_err(|error| CliError::input(format!("{}: {error}", file.display())))?;
            progress.set_message("comparing");
            progress.inc(1);
            let staged = Staged::from_sheet(sheet, &business.catalogue);
            let options = ImportOptions { currency, default_duration_min: default_duration };
            let applied = apply(&business.catalogue, &staged, &options, open::mint())
                .map_err(|error| CliError::input(format!("nothing was written: {error}")))?;
            progress.set_message("storing");
            progress.inc(1);
            let mut committed = false;
            if !dry_run && let Some(opened) = &opened {
                store(opened, business, &applied).await?;
                committed = true;
            }
            progress.finish_and_clear();
            let report = applied.report(&staged, committed);
            printer.data(&report, || shown(&report, dry_run))?;
            let nothing = report.rows_ok == 0 && !report.rows_bad.is_empty();
            Ok(if nothing { ExitCode::from(exit::DIFFERS) } else { ExitCode::SUCCESS })
        }
    }
}

/// Stores the catalogue with its changes in one step; where nothing changes nothing is written.
async fn store(opened: &Opened, business: Business, applied: &Applied) -> Result<(), CliError> {
    if applied.catalogue == business.catalogue {
        return Ok(());
    }
    let next = Business { catalogue: applied.catalogue.clone(), ..business };
    opened.save(&next).await
}

fn shown(report: &ImportReport, dry_run: bool) -> String {
    let mut text = format!("{} good rows, {} bad rows", report.rows_ok, report.rows_bad.len());
    for service in &report.services {
        let price = price(service.price_minor, &service.currency);
        text.push_str(&format!("\n  {} ({} min): {price}", service.name, service.duration_min));
    }
    for bad in &report.rows_bad {
        text.push_str(&format!("\n  line {}: {}", bad.line, bad.reason));
    }
    for waiting in &report.waiting {
        text.push_str(&format!(
            "\n  line {}: {} waits for a duration (--default-duration MIN)",
            waiting.line, waiting.name
        ));
    }
    text.push_str(match (report.committed, dry_run) {
        (true, _) => "\nstored",
        (false, true) => "\nnothing was stored (--dry-run)",
        (false, false) => "\nnothing was stored",
    });
    text
}

fn price(minor: i64, currency: &str) -> String {
    ratiba_core::domain::money::Currency::from_code(currency).map_or_else(
        || minor.to_string(),
        |currency| ratiba_core::domain::money::Money::new(minor, currency).to_string(),
    )
}
