//! Measures the ear against lines that say what a text means: intents, languages, slots, starts and services.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::hear::{Ear, HearContext};
use super::understanding::{DateMention, Expecting, Intent, StaffMention, Understanding};
use crate::domain::message::Language;
use crate::domain::tenant::Business;

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

/// One line of an evaluation file. A field that is missing is not scored; fields that are not listed here are ignored.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// What the customer wrote.
    pub text: String,
    /// When, with its offset; read in the tenant's zone. The caller's now where it is missing.
    #[serde(default)]
    pub now: Option<Timestamp>,
    /// To whom, by slug. The caller's tenant where it is missing.
    #[serde(default)]
    pub tenant: Option<String>,
    /// What they want.
    #[serde(default)]
    pub intent: Option<Intent>,
    /// The language of the frame.
    #[serde(default)]
    pub language: Option<Language>,
    /// English name of the service; `null` means that none is named for certain.
    #[serde(default, deserialize_with = "said")]
    pub service: Option<Option<String>>,
    /// The exact moment; `null` means "must ask", so that naming any is an error.
    #[serde(default, deserialize_with = "said")]
    pub start: Option<Option<Timestamp>>,
    /// Name of the member of staff, or `anyone`; `null` means that none is asked for.
    #[serde(default, deserialize_with = "said")]
    pub staff: Option<Option<String>>,
    /// The day; `null` means that none is named.
    #[serde(default, deserialize_with = "said")]
    pub date: Option<Option<Date>>,
    /// The phone in E.164.
    #[serde(default, deserialize_with = "said")]
    pub phone: Option<Option<String>>,
    /// The customer's name.
    #[serde(default, deserialize_with = "said")]
    pub name: Option<Option<String>>,
    /// What was asked before, for lines that are answers.
    #[serde(default)]
    pub expecting: Option<Expecting>,
}

/// A field that is there, `null` included.
#[expect(clippy::option_option, reason = "a missing field is not scored, a null is an answer")]
fn said<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// One thing that was understood otherwise than the line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Line number, from 1.
    pub line: usize,
    /// What the customer wrote.
    pub text: String,
    /// Field and value that the line has.
    pub expected: String,
    /// Field and value that were understood.
    pub got: String,
}

/// How well a file was understood. A share of nothing scored is 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Lines read.
    pub n: usize,
    /// Share of the lines with an intent whose intent is right.
    pub intent_accuracy: f64,
    /// Share of the lines with a language whose language is right; a text that tells nothing counts in the tenant's.
    pub language_accuracy: f64,
    /// Harmonic mean of precision and recall over service, staff, date, phone, name and start together.
    pub slot_f1: f64,
    /// Share of the lines with a start, `null` included, whose start is right.
    pub start_accuracy: f64,
    /// Share of the lines with a service, `null` included, whose service is right.
    pub service_accuracy: f64,
    /// Every field that was understood otherwise.
    pub errors: Vec<Mistake>,
}

/// What stands in for what a line leaves out.
#[derive(Debug, Clone, Copy)]
pub struct Defaults<'a> {
    /// When.
    pub now: Timestamp,
    /// To whom, by slug.
    pub tenant: &'a str,
}

#[derive(Debug, Default)]
struct Share {
    right: u32,
    of: u32,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.of += 1;
        self.right += u32::from(right);
    }

    fn value(&self) -> f64 {
        if self.of == 0 { 1.0 } else { f64::from(self.right) / f64::from(self.of) }
    }
}

/// Pairs of slots: found and right, found, and wanted.
#[derive(Debug, Default)]
struct Pairs {
    right: u32,
    found: u32,
    wanted: u32,
}

/// Reads a whole file of lines, empty ones skipped, and measures. A line that does not parse is counted and told among the
/// errors, without a score; one to a tenant that is not known is understood in none of its fields.
pub fn evaluate<'a>(
    lines: &str,
    defaults: Defaults<'_>,
    tenant: impl Fn(&str) -> Option<&'a EvalTenant>,
) -> Report {
    let mut tally = Tally::default();
    let lines = lines.strip_prefix('\u{feff}').unwrap_or(lines);
    for (number, raw) in (1..).zip(lines.lines()) {
        if raw.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Line>(raw) {
            Ok(line) => {
                let slug = line.tenant.as_deref().unwrap_or(defaults.tenant);
                match tenant(slug) {
                    Some(tenant) => tally.line(number, &line, tenant, defaults.now),
                    None => tally.unknown(number, &line, slug),
                }
            }
            Err(error) => tally.unreadable(number, raw, &error),
        }
    }
    tally.report()
}

#[derive(Debug, Default)]
struct Tally {
    n: usize,
    intent: Share,
    language: Share,
    start: Share,
    service: Share,
    slots: Pairs,
    errors: Vec<Mistake>,
}

impl Tally {
    fn unreadable(&mut self, number: usize, raw: &str, why: &serde_json::Error) {
        self.n += 1;
        self.errors.push(Mistake {
            line: number,
            text: raw.chars().take(120).collect(),
            expected: "an evaluation line".to_owned(),
            got: why.to_string(),
        });
    }

    fn unknown(&mut self, number: usize, line: &Line, slug: &str) {
        self.n += 1;
        self.errors.push(Mistake {
            line: number,
            text: line.text.clone(),
            expected: "a known tenant".to_owned(),
            got: format!("tenant {slug}"),
        });
        for (share, scored) in [
            (&mut self.intent, line.intent.is_some()),
            (&mut self.language, line.language.is_some()),
            (&mut self.start, line.start.is_some()),
            (&mut self.service, line.service.is_some()),
        ] {
            share.of += u32::from(scored);
        }
        let wanted = [
            matches!(line.service, Some(Some(_))),
            matches!(line.start, Some(Some(_))),
            matches!(line.staff, Some(Some(_))),
            matches!(line.date, Some(Some(_))),
            matches!(line.phone, Some(Some(_))),
            matches!(line.name, Some(Some(_))),
        ];
        self.slots.wanted += wanted.into_iter().map(u32::from).sum::<u32>();
    }

    fn line(&mut self, number: usize, line: &Line, tenant: &EvalTenant, now: Timestamp) {
        self.n += 1;
        let zone: TimeZone = tenant.business.tenant.zone.clone();
        let now: Zoned = line.now.unwrap_or(now).to_zoned(zone);
        let ctx = HearContext {
            expecting: line.expecting.unwrap_or_default(),
            ..HearContext::fresh(&now)
        };
        let got = tenant.ear.hear(&line.text, &ctx);
        let mut differs = |field: &str, expected: String, found: String| {
            let same = expected == found;
            if !same {
                self.errors.push(Mistake {
                    line: number,
                    text: line.text.clone(),
                    expected: format!("{field} {expected}"),
                    got: format!("{field} {found}"),
                });
            }
            same
        };
        if let Some(intent) = line.intent {
            self.intent.count(differs("intent", name_of(intent), name_of(got.intent)));
        }
        if let Some(language) = line.language {
            let found = got.language.unwrap_or(tenant.business.tenant.locale);
            self.language.count(differs(
                "language",
                language.code().to_owned(),
                found.code().to_owned(),
            ));
        }
        let found = Found::of(&got, &tenant.business);
        let mut slot = |field: &str,
                        expected: &Option<Option<String>>,
                        found: Option<String>|
         -> Option<bool> {
            let expected = expected.as_ref()?;
            self.slots.found += u32::from(found.is_some());
            self.slots.wanted += u32::from(expected.is_some());
            let shown = |v: &Option<String>| v.clone().unwrap_or_else(|| "null".to_owned());
            let same = differs(field, shown(expected), shown(&found));
            self.slots.right += u32::from(same && expected.is_some());
            Some(same)
        };
        let lower =
            |v: &Option<Option<String>>| v.as_ref().map(|v| v.as_ref().map(|s| s.to_lowercase()));
        let text = |v: &Option<Option<Timestamp>>| v.as_ref().map(|v| v.map(|t| t.to_string()));
        let day = |v: &Option<Option<Date>>| v.as_ref().map(|v| v.map(|d| d.to_string()));
        if let Some(same) = slot("service", &line.service, found.service) {
            self.service.count(same);
        }
        if let Some(same) = slot("start", &text(&line.start), found.start) {
            self.start.count(same);
        }
        slot("staff", &lower(&line.staff), found.staff);
        slot("date", &day(&line.date), found.date);
        slot("phone", &line.phone, found.phone);
        slot("name", &lower(&line.name), found.name);
    }

    fn report(self) -> Report {
        let Pairs { right, found, wanted } = self.slots;
        let slot_f1 = if found + wanted == 0 {
            1.0
        } else {
            2.0 * f64::from(right) / f64::from(found + wanted)
        };
        Report {
            n: self.n,
            intent_accuracy: self.intent.value(),
            language_accuracy: self.language.value(),
            slot_f1,
            start_accuracy: self.start.value(),
            service_accuracy: self.service.value(),
            errors: self.errors,
        }
    }
}

/// The slots as lines write them.
struct Found {
    service: Option<String>,
    start: Option<String>,
    staff: Option<String>,
    date: Option<String>,
    phone: Option<String>,
    name: Option<String>,
}

impl Found {
    fn of(got: &Understanding, business: &Business) -> Self {
        let slots = &got.slots;
        let names: Vec<&str> = slots
            .services
            .iter()
            .filter_map(|id| business.catalogue.service(*id))
            .map(|s| s.name.en.as_str())
            .collect();
        Self {
            // Several are written with a plus between them; candidates name none for certain.
            service: (!names.is_empty()).then(|| names.join(" + ")),
            start: slots.start.map(|t| t.to_string()),
            staff: slots.staff.and_then(|mention| match mention {
                StaffMention::Named { id } => {
                    business.catalogue.member(id).map(|m| m.name.to_lowercase())
                }
                StaffMention::Anyone => Some("anyone".to_owned()),
            }),
            date: match slots.date {
                Some(DateMention::On { date, .. }) => Some(date.to_string()),
                Some(DateMention::Within { .. } | DateMention::Any) | None => None,
            },
            phone: slots.phone.as_ref().map(|p| p.e164().to_owned()),
            name: slots.name.as_ref().map(|n| n.to_lowercase()),
        }
    }
}

fn name_of(intent: Intent) -> String {
    serde_json::to_value(intent)
        .ok()
        .and_then(|v| v.as_str().map(str::to_owned))
        .unwrap_or_default()
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
