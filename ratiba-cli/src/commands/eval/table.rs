//! The report for people: a row for each figure, a column for each configuration.

use ratiba_core::models::cost::MicroUsd;
use ratiba_core::testing::evaluation::{ColumnReport, EvaluationReport};

/// Differing conversations that are told of each configuration.
const MOST_FAILURES: usize = 20;

pub(super) fn shown(report: &EvaluationReport) -> String {
    let columns = &report.configurations;
    let has_conversations = columns.iter().any(|column| column.conversations.of > 0);
    let has_lines = columns.iter().any(|column| column.corpus.n > 0);
    let mut rows = vec![row("", columns, |column| column.name.clone())];
    if has_conversations {
        rows.push(row("conversations as written", columns, |column| {
            of(column.conversations.passed, column.conversations.of)
        }));
        rows.push(row("  messages that asked a model", columns, |column| {
            of(column.conversations.asked, column.conversations.messages)
        }));
    }
    if has_lines {
        rows.push(row("lines", columns, |column| column.corpus.n.to_string()));
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        rows.push(row("  intent", columns, |column| percent(column.corpus.intent_accuracy)));
        rows.push(row("  start", columns, |column| percent(column.corpus.start_accuracy)));
        rows.push(row("  service", columns, |column| percent(column.corpus.service_accuracy)));
        rows.push(row("  language", columns, |column| percent(column.corpus.language_accuracy)));
        rows.push(row("  lines that asked a model", columns, |column| {
            of(column.corpus.asked, column.corpus.n)
        }));
    }
    rows.push(row("calls", columns, |column| column.calls.to_string()));
    rows.push(row("  of no use", columns, |column| {
        column.errors.values().sum::<u64>().to_string()
    }));
    rows.push(row("tokens asked", columns, |column| column.tokens.prompt.to_string()));
    rows.push(row("  of the cache", columns, |column| column.tokens.cached.to_string()));
    rows.push(row("tokens answered", columns, |column| column.tokens.output.to_string()));
    rows.push(row("cost, micro-dollars", columns, |column| column.cost_micro_usd.0.to_string()));
    if has_conversations {
        rows.push(row("  per booking", columns, |column| {
            column.cost_per_booking_micro_usd.map_or("-".to_owned(), |MicroUsd(n)| n.to_string())
        }));
    }
    rows.push(row("latency p50 / p95, ms", columns, |column| {
        column.latency_ms.map_or("-".to_owned(), |l| format!("{} / {}", l.p50, l.p95))
    }));
    rows.push(row("  slower than a turn waits", columns, |column| {
        column.latency_ms.map_or("-".to_owned(), |l| l.slow.to_string())
    }));
    let mut text = aligned(&rows);
    for column in columns {
        text.push_str(&troubles(column));
    }
    if report.skipped > 0 {
        let skipped = report.skipped;
        text.push_str(&format!("\nleft out, as they script their own models: {skipped}\n"));
    }
    if !report.complete {
        text.push_str("\nnot everything: --max-usd ended it\n");
    }
    text.push_str(&format!("\nspent: {}\n", report.spent_micro_usd));
    text
}

fn row(
    name: &str,
    columns: &[ColumnReport],
    cell: impl Fn(&ColumnReport) -> String,
) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(columns.iter().map(cell)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn of(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    format!("{part}/{whole} ({:.1} %)", 100.0 * part as f64 / whole as f64)
}

fn aligned(rows: &[Vec<String>]) -> String {
    let width = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut cells = row.iter().zip(&widths);
        if let Some((name, width)) = cells.next() {
            text.push_str(&format!("{name:width$}"));
        }
        for (cell, width) in cells {
            text.push_str(&format!("  {cell:>width$}"));
        }
        text.push('\n');
    }
    text
}

/// What went otherwise with a configuration.
fn troubles(column: &ColumnReport) -> String {
    let mut text = String::new();
    if !column.errors.is_empty() {
        let errors: Vec<String> =
            column.errors.iter().map(|(what, n)| format!("{what} {n}")).collect();
        text.push_str(&format!("\n{}: calls of no use: {}\n", column.name, errors.join(", ")));
    }
    let failed = &column.conversations.failed;
    if !failed.is_empty() {
        text.push_str(&format!("\n{}: conversations that came out otherwise\n", column.name));
        for one in failed.iter().take(MOST_FAILURES) {
            let first = one.problems.first().map_or("", String::as_str);
            text.push_str(&format!("  {}: {first}\n", one.file));
        }
        if let Some(more) = failed.len().checked_sub(MOST_FAILURES).filter(|more| *more > 0) {
            text.push_str(&format!("  and {more} more (--format json has all)\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ratiba_core::testing::evaluation::{ConversationShare, Failed, Latency, LineShare, Tokens};

    use super::*;

    #[test]
    fn configurations_stand_side_by_side_with_what_they_lack_below() {
        let none = ColumnReport {
            name: "none".to_owned(),
            conversations: ConversationShare {
                of: 2,
                passed: 1,
                messages: 8,
                bookings: 1,
                failed: vec![Failed {
                    file: "late.yaml".to_owned(),
                    problems: vec!["turn 2: state is GREET".to_owned()],
                }],
                ..ConversationShare::default()
            },
            corpus: LineShare { n: 4, intent_accuracy: 0.75, ..LineShare::default() },
            calls: 0,
            by_role: BTreeMap::new(),
            errors: BTreeMap::new(),
            tokens: Tokens::default(),
            cost_micro_usd: MicroUsd::ZERO,
            cost_per_booking_micro_usd: Some(MicroUsd::ZERO),
            latency_ms: None,
        };
        let mut model = ColumnReport { name: "some-model".to_owned(), calls: 3, ..none.clone() };
        model.errors.insert("timed_out".to_owned(), 2);
        model.latency_ms = Some(Latency { p50: 800, p95: 9_000, slow: 1 });
        let text = shown(&EvaluationReport {
            now: jiff::Timestamp::UNIX_EPOCH,
            complete: false,
            spent_micro_usd: MicroUsd(1_500),
            skipped: 5,
            configurations: vec![none, model],
        });
        let cells = |name: &str| -> Vec<String> {
            let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
            let cells = line.trim_start()[name.len()..].split("  ").map(str::trim);
            cells.filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
        };
        assert_eq!(cells("none"), ["some-model"]);
        assert_eq!(cells("conversations as written"), ["1/2 (50.0 %)", "1/2 (50.0 %)"]);
        assert_eq!(cells("intent"), ["75.0 %", "75.0 %"]);
        assert_eq!(cells("of no use"), ["0", "2"]);
        assert_eq!(cells("latency p50 / p95, ms"), ["-", "800 / 9000"]);
        for part in [
            "some-model: calls of no use: timed_out 2",
            "late.yaml: turn 2: state is GREET",
            "left out, as they script their own models: 5",
            "--max-usd ended it",
            "spent: $0.001500",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
