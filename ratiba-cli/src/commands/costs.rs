//! `ratiba costs`: what models have cost a tenant, with the billable channel messages beside it.

use std::process::ExitCode;

use ratiba_core::models::cost::Usage;
use ratiba_core::ports::spend::SpendBy;
use ratiba_core::tenancy::costs::{Costs as Report, Days, costs};
use serde_json::json;

use crate::args::{Costs, CostsBy};
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    args: &Costs,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let opened = open::tenant(&args.tenant.tenant, settings, printer).await?;
    let today = open::now().to_zoned(opened.tenant.zone.clone()).date();
    let days = Days::new(args.since, args.until, today)
        .map_err(|error| CliError::usage(error.to_string()))?;
    let by = match args.by {
        CostsBy::Role => SpendBy::Role,
        CostsBy::Booking => SpendBy::Booking,
        CostsBy::Day => SpendBy::Day,
    };
    let costs = costs(opened.data.as_ref(), &opened.tenant, days, by).await?;
    let document = json!({
        "tenant": opened.tenant.slug, "since": costs.from, "until": costs.to, "by": by, "lines": costs.lines,
        "total_micro_usd": costs.total_micro_usd, "messages": costs.messages,
        "knowledge_overflow": costs.knowledge_overflow,
    });
    printer.data(&document, || {
        let mut text = shown(&costs);
        for language in &costs.knowledge_overflow {
            text.push_str(&format!(
                "\n\nsnippets in `{}` are more than a model reads at once for one question: shorten some, or move to retrieval",
                language.code()
            ));
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}

fn shown(costs: &Report) -> String {
    let lines = &costs.lines;
    if lines.is_empty() && costs.messages == 0 {
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
    let total = costs.total_micro_usd.to_string();
    text.push_str(&format!(
        "{:width$}  {:>6}  {total:>12}  {:>9}  {:>9}  {:>8}",
        "total", costs.calls, "", "", costs.messages
    ));
    text
}
