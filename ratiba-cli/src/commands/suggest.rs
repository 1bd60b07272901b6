//! `ratiba suggest`: what a model would fill into a catalogue, for the owner to take or leave.

use std::process::ExitCode;

use ratiba_core::Ratiba;
use ratiba_core::domain::catalogue::Complement;
use ratiba_core::domain::tenant::Business;
use ratiba_core::models::gaps::{Known, Suggested, rows_of};
use ratiba_core::tenancy::edit;
use serde_json::{Value, json};

use crate::args::Suggest;
use crate::error::CliError;
use crate::open::{self, Opened};
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    command: Suggest,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Suggest::Gaps { tenant, take } => {
            let (opened, ratiba) = ask(&tenant.tenant, settings, printer).await?;
            gaps(&opened, &ratiba, take, printer).await
        }
        Suggest::Relations { tenant, take } => {
            let (opened, ratiba) = ask(&tenant.tenant, settings, printer).await?;
            relations(&opened, &ratiba, take, printer).await
        }
    }
}

/// The tenant, and an engine that reaches models.
async fn ask(
    slug: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<(Opened, Ratiba), CliError> {
    let opened = open::tenant(slug, settings, printer).await?;
    if !opened.document.business.settings.models.enabled {
        return Err(CliError::config(format!("models are switched off for {slug}")));
    }
    let ratiba = open::thinking_engine(opened.store.clone(), settings)?;
    Ok((opened, ratiba))
}

async fn gaps(
    opened: &Opened,
    ratiba: &Ratiba,
    take: bool,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let mut business = opened.document.business.as_ref().clone();
    let rows: Vec<Known> = rows_of(&business).into_iter().filter(Known::lacks).collect();
    let suggested = ratiba.suggest_cells(opened.tenant.id, &rows).await?;
    if take && !suggested.is_empty() {
        for one in &suggested {
            fill(&mut business, &rows[one.row].name, one);
        }
        opened.save(&business).await?;
    }
    let shown: Vec<Value> = suggested
        .iter()
        .map(|one| {
            json!({
                "name": rows[one.row].name, "name_sw": one.name_sw, "description": one.description,
            })
        })
        .collect();
    let document = json!({"suggestions": shown, "taken": take && !suggested.is_empty()});
    printer.data(&document, || {
        let mut text = String::new();
        for one in &suggested {
            text.push_str(&format!("{}\n", rows[one.row].name));
            let cells = [("Swahili", &one.name_sw), ("description", &one.description)];
            for (what, value) in cells {
                if let Some(value) = value {
                    text.push_str(&format!("  {what}: {value}\n"));
                }
            }
        }
        text + ended(suggested.len(), take)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Puts what was suggested where nothing stands. Lengths are there already: no service is without one.
fn fill(business: &mut Business, name: &str, suggested: &Suggested) {
    let services = business.catalogue.services.iter_mut();
    let Some(service) = services.into_iter().find(|service| service.name.en == name) else {
        return;
    };
    if let Some(sw) = &suggested.name_sw {
        service.name.sw.clone_from(sw);
    }
    if let Some(description) = &suggested.description {
        service.description.en.clone_from(description);
    }
}

async fn relations(
    opened: &Opened,
    ratiba: &Ratiba,
    take: bool,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let mut business = opened.document.business.as_ref().clone();
    let suggested = ratiba.suggest_relations(opened.tenant.id).await?;
    let named: Vec<(String, String, u16)> =
        suggested.iter().filter_map(|one| named(one, &business)).collect();
    if take && !named.is_empty() {
        for (first, then, confidence) in &named {
            edit::relate(&mut business, first, then, *confidence)?;
        }
        opened.save(&business).await?;
    }
    let shown: Vec<Value> = named
        .iter()
        .map(|(first, then, confidence)| {
            json!({"first": first, "then": then, "confidence_permille": confidence})
        })
        .collect();
    let document = json!({"suggestions": shown, "taken": take && !named.is_empty()});
    printer.data(&document, || {
        let line = |(first, then, confidence): &(String, String, u16)| {
            format!("{first}, then {then} ({} %)\n", confidence / 10)
        };
        named.iter().map(line).collect::<String>() + ended(named.len(), take)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn named(complement: &Complement, business: &Business) -> Option<(String, String, u16)> {
    let name = |id| business.catalogue.service(id).map(|service| service.name.en.clone());
    Some((name(complement.primary)?, name(complement.then)?, complement.confidence_permille))
}

const fn ended(suggestions: usize, take: bool) -> &'static str {
    match (suggestions, take) {
        (0, _) => "nothing is suggested: nothing is missing, or no model had an answer",
        (_, true) => "stored",
        (_, false) => "nothing is stored; --take does",
    }
}
