//! `ratiba hours`, `knowledge`, `dials`: the rest of a tenant's set-up, each an edit of its business document.

use std::process::ExitCode;

use ratiba_core::domain::dial_change::DialSetting;
use ratiba_core::domain::hours::DaySpan;
use ratiba_core::domain::id::SnippetId;
use ratiba_core::domain::knowledge::{Snippet, SnippetKind};
use ratiba_core::domain::message::Language;
use ratiba_core::domain::tenant::Business;
use ratiba_core::tenancy::edit as edits;
use serde_json::{Value, json};

use crate::args::{DialsCommand, HoursCommand, KnowledgeCommand};
use crate::error::CliError;
use crate::open::{self, Opened};
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn hours(
    command: HoursCommand,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        HoursCommand::Show { tenant } => {
            let (business, _) = open::business(&tenant.tenant, settings, printer).await?;
            printer.data(&business.opening, || {
                let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
                let week = days
                    .iter()
                    .zip(&business.opening.week.days)
                    .map(|(day, spans)| format!("{day} {}", shown(spans)));
                let dates = business
                    .opening
                    .exceptions
                    .iter()
                    .map(|(date, spans)| format!("{date} {}", shown(spans)));
                week.chain(dates).collect::<Vec<_>>().join("\n")
            })?;
        }
        HoursCommand::Set { tenant, day, spans } => {
            let day = edits::weekday(&day)?;
            let spans = edits::spans(&spans)?;
            edit(&tenant.tenant, settings, printer, |business| {
                business.opening.week.set(day, spans);
                Ok(())
            })
            .await?;
        }
        HoursCommand::Date { tenant, date, spans } => {
            let spans = edits::spans(&spans)?;
            edit(&tenant.tenant, settings, printer, |business| {
                business.opening.exceptions.insert(date, spans);
                Ok(())
            })
            .await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn knowledge(
    command: KnowledgeCommand,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        KnowledgeCommand::List { tenant } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let snippets = opened.data.snippets().await?;
            printer.data(&snippets, || {
                snippets
                    .iter()
                    .map(|s| format!("{}  [{}] {}: {}", s.id, s.language.code(), s.title, s.body))
                    .collect::<Vec<_>>()
                    .join("\n")
            })?;
        }
        KnowledgeCommand::Add { tenant, kind, title, body, language } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let kind: SnippetKind = serde_json::from_value(Value::String(kind.clone()))
                .map_err(|_| CliError::usage(format!("`{kind}` is no kind of snippet")))?;
            let language: Language = serde_json::from_value(Value::String(language.clone()))
                .map_err(|_| CliError::usage(format!("`{language}` is neither en nor sw")))?;
            let id: SnippetId = open::mint().id(0);
            opened
                .data
                .put_snippet(&Snippet {
                    id,
                    kind,
                    title,
                    body,
                    language,
                    active: true,
                    updated_at: open::now(),
                })
                .await?;
            printer.data(&json!({"id": id}), || format!("{id} is added"))?;
        }
        KnowledgeCommand::Remove { tenant, id } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let snippet: SnippetId =
                id.parse().map_err(|error| CliError::usage(format!("{error}")))?;
            if !opened.data.delete_snippet(snippet).await? {
                return Err(CliError::not_found(format!("there is no snippet {id}")));
            }
            printer.data(&json!({"id": id, "removed": true}), || format!("{id} is removed"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn dials(
    command: DialsCommand,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        DialsCommand::Show { tenant } => {
            let (business, _) = open::business(&tenant.tenant, settings, printer).await?;
            let force = serde_json::to_value(business.dials())?;
            let own = serde_json::to_value(&business.dials)?;
            printer.data(&json!({"in_force": force, "own": own}), || {
                let line = |(dial, value): (&String, &Value)| {
                    let inherited = own.get(dial).is_none_or(Value::is_null);
                    format!(
                        "{dial}: {}{}",
                        value.as_str().unwrap_or_default(),
                        if inherited { " (inherited)" } else { "" }
                    )
                };
                force
                    .as_object()
                    .map(|map| map.iter().map(line).collect::<Vec<_>>().join("\n"))
                    .unwrap_or_default()
            })?;
        }
        DialsCommand::Set { tenant, dial, value } => {
            edit(&tenant.tenant, settings, printer, |business| {
                Ok(edits::set_dial(business, &dial, Value::String(value.clone()))?)
            })
            .await?;
        }
        DialsCommand::Reset { tenant, dial } => {
            edit(&tenant.tenant, settings, printer, |business| {
                Ok(edits::set_dial(business, &dial, Value::Null)?)
            })
            .await?;
        }
        DialsCommand::History { tenant, limit } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let history = opened.data.dial_history(limit).await?;
            let zone = &opened.tenant.zone;
            printer.data(&history, || {
                let lines = history.iter().flat_map(|audit| {
                    let at = audit.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
                    audit.changes.iter().map(move |change| {
                        let (before, after) = (setting(&change.before), setting(&change.after));
                        format!("{at}  v{}  {}: {before} -> {after}", audit.version, change.dial)
                    })
                });
                lines.collect::<Vec<_>>().join("\n")
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn setting(setting: &DialSetting) -> &str {
    match setting {
        DialSetting::Own(value) => value,
        DialSetting::Inherited { .. } => "(inherited)",
    }
}

async fn edit(
    slug: &str,
    settings: &Settings,
    printer: &Printer,
    change: impl FnOnce(&mut Business) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let opened: Opened = open::tenant(slug, settings, printer).await?;
    let mut business = opened.document.business.as_ref().clone();
    change(&mut business)?;
    let version = opened.document.version;
    if business == *opened.document.business {
        return printer
            .data(&json!({"tenant": slug, "version": version}), || "nothing to change".to_owned());
    }
    opened.save(&business).await?;
    printer.data(&json!({"tenant": slug, "version": version + 1}), || "stored".to_owned())
}

fn shown(spans: &[DaySpan]) -> String {
    if spans.is_empty() {
        return "closed".to_owned();
    }
    spans.iter().map(|span| format!("{}-{}", span.from, span.to)).collect::<Vec<_>>().join(" ")
}
