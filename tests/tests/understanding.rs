//! The ear against its corpora: floors on the measuring part, which nobody tunes on line by line, and on the tuning part.

use ratiba_core::language::eval::{Report, demo_tenants, evaluate};

fn measured(file: &str) -> Report {
    let path = format!("{}/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let tenants = demo_tenants();
    evaluate(&lines, |slug| tenants.get(slug)).unwrap_or_else(|e| panic!("{path}: {e}"))
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
