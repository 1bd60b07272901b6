//! The ear against its corpora: floors on the measuring part, which nobody tunes on line by line, and on the tuning part.

use ratiba_core::language::eval::{Defaults, Report, demo_tenants, evaluate};

fn measured(file: &str) -> Report {
    let path = format!("{}/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let tenants = demo_tenants();
    let now = "2026-11-23T06:00:00Z".parse().expect("a moment");
    let report = evaluate(&lines, Defaults { now, tenant: "demo-salon" }, |slug| tenants.get(slug));
    let unread = report.errors.iter().find(|e| e.expected == "an evaluation line");
    assert_eq!(unread, None, "{path}");
    report
}

fn holds(report: &Report, figure: &str, reached: f64, floor: f64) {
    assert!(reached >= floor, "{figure} is {reached:.4}, the floor {floor}: {:#?}", report.errors);
}

#[test]
fn the_measuring_corpus_is_understood() {
    let report = measured("measure.jsonl");
    assert!(report.n >= 300, "{} lines", report.n);
    holds(&report, "intent", report.intent_accuracy, 0.95);
    holds(&report, "start", report.start_accuracy, 0.95);
    holds(&report, "service", report.service_accuracy, 0.95);
    holds(&report, "language", report.language_accuracy, 0.97);
    holds(&report, "slot f1", report.slot_f1, 0.95);
}

#[test]
fn the_tuning_corpus_is_understood() {
    let report = measured("tune.jsonl");
    assert!(report.n >= 350, "{} lines", report.n);
    holds(&report, "intent", report.intent_accuracy, 0.97);
    holds(&report, "start", report.start_accuracy, 0.98);
    holds(&report, "service", report.service_accuracy, 0.98);
    holds(&report, "language", report.language_accuracy, 0.98);
}

/// Lines written as an outsider would, from the rules alone, before anybody looked at the ear's tables: one half to mend by.
#[test]
fn the_street_corpus_is_understood() {
    let report = measured("street.jsonl");
    assert!(report.n >= 250, "{} lines", report.n);
    holds(&report, "intent", report.intent_accuracy, 0.98);
    holds(&report, "start", report.start_accuracy, 0.98);
    holds(&report, "service", report.service_accuracy, 0.98);
    holds(&report, "language", report.language_accuracy, 0.98);
}

/// The other half of the same, which is only measured.
#[test]
fn the_other_half_of_the_street_is_understood() {
    let report = measured("street_held.jsonl");
    assert!(report.n >= 250, "{} lines", report.n);
    holds(&report, "intent", report.intent_accuracy, 0.95);
    holds(&report, "start", report.start_accuracy, 0.95);
    holds(&report, "service", report.service_accuracy, 0.95);
    holds(&report, "language", report.language_accuracy, 0.97);
}
