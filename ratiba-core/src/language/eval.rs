//! Measures the ear against lines that say what a text means: intents, languages, slots, starts and services.

mod line;
mod measure;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::hear::Ear;
use crate::domain::tenant::Business;

pub use line::Line;
pub use measure::{Measure, Mistake, Report};

/// A tenant that lines can name by its slug.
#[derive(Debug)]
pub struct EvalTenant {
    /// Its rules and catalogue.
    pub business: Business,
    /// Its ear.
    pub ear: Ear,
}

impl EvalTenant {
    /// Indexes a business.
    pub fn new(business: Business) -> Self {
        Self { ear: Ear::new(&business), business }
    }
}

/// The demo tenants, indexed, by slug.
pub fn demo_tenants() -> BTreeMap<String, EvalTenant> {
    crate::demo::tenants()
        .into_iter()
        .map(|demo| (demo.business.tenant.slug.to_string(), EvalTenant::new(demo.business)))
        .collect()
}

/// What stands in for what a line leaves out.
#[derive(Debug, Clone, Copy)]
pub struct Defaults<'a> {
    /// When.
    pub now: Timestamp,
    /// To whom, by slug.
    pub tenant: &'a str,
}

/// Reads a whole file of lines, empty ones skipped, and measures. A line that does not parse is counted and told among the
/// errors, without a score; one to a tenant that is not known is understood in none of its fields.
pub fn evaluate<'a>(
    lines: &str,
    defaults: Defaults<'_>,
    tenant: impl Fn(&str) -> Option<&'a EvalTenant>,
) -> Report {
    let mut measure = Measure::default();
    for (number, raw) in numbered(lines) {
        match serde_json::from_str::<Line>(raw) {
            Ok(line) => {
                let slug = line.tenant.as_deref().unwrap_or(defaults.tenant);
                match tenant(slug) {
                    Some(tenant) => {
                        let now = line.at(tenant, defaults.now);
                        measure.line(number, &line, tenant, &line.heard(tenant, &now));
                    }
                    None => measure.unknown(number, &line, slug),
                }
            }
            Err(error) => measure.unreadable(number, raw, &error),
        }
    }
    measure.report()
}

/// The lines of a file that hold anything, with their numbers.
pub fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..).zip(text.lines()).filter(|(_, raw)| !raw.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lines: &str) -> Report {
        let tenants = demo_tenants();
        let now = "2026-11-23T06:00:00Z".parse().unwrap();
        evaluate(lines, Defaults { now, tenant: "demo-salon" }, |slug| tenants.get(slug))
    }

    #[test]
    fn the_line_of_the_interfaces_is_understood() {
        let report = run(
            r#"{"text":"nataka kusuka kesho saa tisa","now":"2026-11-23T09:00:00+03:00","tenant":"demo-salon","intent":"book","language":"sw","service":"Braids","start":"2026-11-24T15:00:00+03:00","id":7}"#,
        );
        assert_eq!((report.n, report.errors), (1, vec![]));
        assert!((report.start_accuracy - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_start_where_one_must_ask_is_an_error_and_missing_fields_are_not_scored() {
        let report = run(
            r#"{"text":"kesho saa tisa","now":"2026-11-23T09:00:00+03:00","tenant":"demo-salon","start":null}

            {"text":"hello","now":"2026-11-23T09:00:00+03:00","tenant":"demo-salon"}"#,
        );
        assert_eq!((report.n, report.errors.len()), (2, 1));
        assert!(
            report.start_accuracy.abs() < f64::EPSILON
                && (report.intent_accuracy - 1.0).abs() < f64::EPSILON
        );
    }

    #[test]
    fn bad_lines_and_unknown_tenants_are_told_and_the_rest_is_measured() {
        let report = run(concat!(
            "\u{feff}\n{\n",
            r#"{"text":"x","now":"2026-11-23T09:00:00+03:00","tenant":"nobody","intent":"book","start":"2026-11-24T15:00:00+03:00"}"#,
            "\n",
            r#"{"text":"nataka kusuka kesho saa tisa","intent":"book","start":"2026-11-24T15:00:00+03:00"}"#,
        ));
        assert_eq!(report.n, 3);
        let lines: Vec<usize> = report.errors.iter().map(|e| e.line).collect();
        assert_eq!(lines, [2, 3]);
        assert_eq!(report.errors[1].got, "tenant nobody");
        assert!((report.intent_accuracy - 0.5).abs() < f64::EPSILON);
        assert!((report.start_accuracy - 0.5).abs() < f64::EPSILON);
    }
}
