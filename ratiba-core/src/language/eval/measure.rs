//! Counts what was understood as a line says and what was not.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{EvalTenant, Line};
use crate::domain::tenant::Business;
use crate::language::understanding::{DateMention, Intent, StaffMention, Understanding};

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

#[derive(Debug, Clone, Copy, Default)]
struct Share {
    right: u32,
    of: u32,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.of += 1;
        self.right += u32::from(right);
    }

    fn value(self) -> f64 {
        if self.of == 0 { 1.0 } else { f64::from(self.right) / f64::from(self.of) }
    }
}

/// Pairs of slots: found and right, found, and wanted.
#[derive(Debug, Clone, Copy, Default)]
struct Pairs {
    right: u32,
    found: u32,
    wanted: u32,
}

/// Counts what was understood, line by line.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    n: usize,
    intent: Share,
    language: Share,
    start: Share,
    service: Share,
    slots: Pairs,
    errors: Vec<Mistake>,
}

impl Measure {
    /// A line that does not parse: told among the errors, without a score.
    pub fn unreadable(&mut self, number: usize, raw: &str, why: &serde_json::Error) {
        self.n += 1;
        self.errors.push(Mistake {
            line: number,
            text: raw.chars().take(120).collect(),
            expected: "an evaluation line".to_owned(),
            got: why.to_string(),
        });
    }

    /// A line to a tenant that is not known: understood in none of its fields.
    pub fn unknown(&mut self, number: usize, line: &Line, slug: &str) {
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

    /// A line, against what was understood of it.
    pub fn line(&mut self, number: usize, line: &Line, tenant: &EvalTenant, got: &Understanding) {
        self.n += 1;
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
        let found = Found::of(got, &tenant.business);
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

    /// How well it went so far.
    pub fn report(&self) -> Report {
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
            errors: self.errors.clone(),
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
