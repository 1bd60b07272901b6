//! `ratiba understand`: what the ear makes of a text, or its accuracy over a file.

use std::process::ExitCode;

use ratiba_core::language::eval::{Defaults, EvalTenant, demo_tenants, evaluate};
use ratiba_core::language::hear::HearContext;

use crate::args::Understand;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    args: &Understand,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    if let Some(path) = &args.eval {
        let lines = std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))?;
        let tenants = demo_tenants();
        let now = args.now.unwrap_or_else(open::now);
        let defaults = Defaults { now, tenant: &args.tenant };
        let report = evaluate(&lines, defaults, |slug| tenants.get(slug));
        printer.data(&report, || serde_json::to_string_pretty(&report).unwrap_or_default())?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(text) = &args.text else { return Err(CliError::usage("there is no text")) };
    let (business, _) = open::business(&args.tenant, settings, printer).await?;
    let tenant = EvalTenant::new(business.as_ref().clone());
    let now = args.now.unwrap_or_else(open::now).to_zoned(business.tenant.zone.clone());
    let understanding = tenant.ear.hear(text, &HearContext::fresh(&now));
    printer.data(&understanding, || {
        serde_json::to_string_pretty(&understanding).unwrap_or_default()
    })?;
    Ok(ExitCode::SUCCESS)
}
