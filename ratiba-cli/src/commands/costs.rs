//! `ratiba costs`: what models have cost a tenant, with the billable channel messages beside it.

use std::process::ExitCode;

use ratiba_core::domain::message::Language;
use ratiba_core::models::cost::{MicroUsd, Usage};
use ratiba_core::models::shape;
use ratiba_core::ports::spend::{SpendBy, SpendLine};
use serde_json::json;

use crate::args::{Costs, CostsBy};
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

/// Days that are looked back on unless a day is given.
const DAYS_BACK: i64 = 30;

pub(crate) async fn run(
    args: &Costs,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let opened = open::tenant(&args.tenant.tenant, settings, printer).await?;
    let zone = &opened.tenant.zone;
    let today = open::now().to_zoned(zone.clone()).date();
    let unusual = |error: jiff::Error| CliError::usage(format!("that day can't be used: {error}"));
    let first = match args.since {
        Some(day) => day,
        None => today.checked_sub(jiff::Span::new().days(DAYS_BACK)).map_err(unusual)?,
    };
    let since = first.to_zoned(zone.clone()).map_err(unusual)?;
    let by = match args.by {
        CostsBy::Role => SpendBy::Role,
        CostsBy::Booking => SpendBy::Booking,
        CostsBy::Day => SpendBy::Day,
    };
    let offset = since.offset().seconds();
    let lines = opened.data.spend_report(since.timestamp(), by, offset).await?;
    let total: MicroUsd = lines.iter().map(|line| line.cost).sum();
    let snippets = opened.data.snippets().await?;
    let mut overflow = vec![Language::En, Language::Sw];
    overflow.retain(|language| shape::overflows(&snippets, *language));
    let document = json!({
        "tenant": opened.tenant.slug, "since": first, "by": by, "lines": lines, "total_micro_usd": total,
        "knowledge_overflow": overflow,
    });
    printer.data(&document, || {
        let mut text = shown(&lines, total);
        for language in overflow {
            text.push_str(&format!(
                "\n\nsnippets in `{}` are more than a model reads at once for one question: shorten some, or move to retrieval",
                language.code()
            ));
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}

fn shown(lines: &[SpendLine], total: MicroUsd) -> String {
    if lines.is_empty() {
        return "no model was asked, and no message was billed".to_owned();
    }
    let width = lines.iter().map(|line| line.key.chars().count()).max().unwrap_or(0).max(8);
    let mut text = format!(
        "{:width$}  {:>6}  {:>12}  {:>9}  {:>9}  {:>8}\n",
        "", "calls", "cost", "tokens", "cached", "messages"
    );
    for line in lines {
        let Usage { cache_read, output, .. } = line.usage;
        let key = if line.key.is_empty() { "-" } else { &line.key };
        text.push_str(&format!(
            "{key:width$}  {:>6}  {:>12}  {:>9}  {cache_read:>9}  {:>8}\n",
            line.calls,
            line.cost.to_string(),
            line.usage.prompt() + output,
            line.messages,
        ));
    }
    text.push_str(&format!("{:width$}  {:>6}  {:>12}", "total", "", total.to_string()));
    text
}
