//! Compares what a turn did with what was expected of it.

use regex::RegexBuilder;

use super::golden::{AppointmentSpec, ChoicesSpec, Count, Expect, PaymentSpec};
use crate::conversation::effect::Effect;
use crate::conversation::event::{Event, Thought};
use crate::conversation::thread::Thread;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::message::Reply;
use crate::domain::payment::Payment;
use crate::domain::tenant::Business;
use crate::ports::store::{StoredThread, TurnRecord};

/// Everything that a turn can be checked against.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) said: Vec<Reply>,
    /// What the first admin was sent.
    pub(super) told: String,
    /// Where the first admin is on the rail.
    pub(super) rail: Option<&'static str>,
    pub(super) thread: Option<StoredThread>,
    pub(super) record: Option<TurnRecord>,
    pub(super) payment: Option<Payment>,
    pub(super) appointments: Vec<Appointment>,
    pub(super) messages: u64,
    pub(super) sms: u64,
    pub(super) reminders: u64,
    pub(super) follow_ups: u64,
    pub(super) codes: u64,
    pub(super) llm_calls: u64,
    pub(super) failure: Option<String>,
}

/// What does not fit, one line each.
pub(super) fn check(expect: &Expect, seen: &Seen, business: &Business) -> Vec<String> {
    let mut out = Problems::default();
    let state = seen.thread.as_ref().map(|thread| thread.state_name.as_str());
    out.same("state", expect.state.as_deref(), state);
    out.same(
        "driver",
        expect.driver.as_deref(),
        seen.thread.as_ref().map(|thread| thread.driver_name.as_str()),
    );
    check_draft(expect, seen, business, &mut out);
    check_record(expect, seen, &mut out);
    check_words(expect, seen, &mut out);
    if let Some(wanted) = &expect.payment {
        check_payment(wanted, seen.payment.as_ref(), &mut out);
    }
    if let Some(wanted) = &expect.appointments {
        check_appointments(wanted, &seen.appointments, business, &mut out);
    }
    out.count("messages", expect.messages, seen.messages);
    out.count("sms", expect.sms, seen.sms);
    out.count("llm_calls", expect.llm_calls, seen.llm_calls);
    for (kind, wanted) in &expect.sent {
        match kind.as_str() {
            "reminders" => out.count("sent.reminders", Some(*wanted), seen.reminders),
            "follow_ups" => out.count("sent.follow_ups", Some(*wanted), seen.follow_ups),
            "codes" => out.count("sent.codes", Some(*wanted), seen.codes),
            _ => out.0.push(format!("sent.{kind}: nothing of that kind is counted")),
        }
    }
    match (&expect.error, &seen.failure) {
        (Some(pattern), Some(failure)) => out.found("error", pattern, failure, true),
        (Some(pattern), None) => {
            out.0.push(format!("error: wanted /{pattern}/, and nothing failed"));
        }
        (None, Some(failure)) => out.0.push(format!("the turn was refused: {failure}")),
        (None, None) => {}
    }
    out.0
}

fn check_draft(expect: &Expect, seen: &Seen, business: &Business, out: &mut Problems) {
    let draft = seen
        .thread
        .as_ref()
        .and_then(|thread| Thread::load(&thread.state).ok())
        .map(|state| state.draft())
        .unwrap_or_default();
    let service = draft
        .service
        .and_then(|id| business.catalogue.service(id))
        .map(|service| service.name.en.as_str());
    out.same("service", expect.service.as_deref(), service);
    let staff =
        draft.staff.and_then(|id| business.catalogue.member(id)).map(|staff| staff.name.as_str());
    out.same("staff", expect.staff.as_deref(), staff);
    let zone = &business.tenant.zone;
    let shown = |at: jiff::Timestamp| {
        at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    out.same("start", expect.start.map(shown).as_deref(), draft.start.map(shown).as_deref());
    out.same(
        "held",
        expect.held.map(|held| held.to_string()).as_deref(),
        Some(draft.held.to_string()).as_deref(),
    );
}

fn check_record(expect: &Expect, seen: &Seen, out: &mut Problems) {
    let steps = seen.record.as_ref().map(|record| record.steps.as_slice()).unwrap_or_default();
    let language =
        steps.iter().flat_map(|step| &step.effects).rev().find_map(|effect| match effect {
            Effect::Say { language, .. } => Some(language.code()),
            _ => None,
        });
    out.same("language", expect.language.as_deref(), language);
    let intent = steps.iter().find_map(|step| match &step.event {
        Event::Heard { said } => serde_json::to_value(said.understanding.intent).ok(),
        Event::Thought { thought: Thought::Heard { said }, .. } => {
            serde_json::to_value(said.understanding.intent).ok()
        }
        _ => None,
    });
    out.same(
        "intent",
        expect.intent.as_deref(),
        intent.as_ref().and_then(|intent| intent.as_str()),
    );
}

fn check_words(expect: &Expect, seen: &Seen, out: &mut Problems) {
    let mut words = String::new();
    for reply in &seen.said {
        words.push_str(&reply.text);
        words.push('\n');
        if let Some(link) = &reply.link {
            words.push_str(&format!("{} {}\n", link.title, link.url));
        }
        for choice in &reply.choices {
            words.push_str(&format!(
                "{} {}\n",
                choice.title,
                choice.description.as_deref().unwrap_or_default()
            ));
        }
    }
    for pattern in &expect.says {
        out.found("says", pattern, &words, true);
    }
    for pattern in &expect.admin_says {
        out.found("admin_says", pattern, &seen.told, true);
    }
    out.same("rail", expect.rail.as_deref(), seen.rail);
    for pattern in &expect.never_says {
        out.found("never_says", pattern, &words, false);
    }
    let choices: Vec<_> = seen.said.iter().flat_map(|reply| &reply.choices).collect();
    match &expect.choices {
        None => {}
        Some(ChoicesSpec::Count(count)) => out.count("choices", Some(*count), choices.len() as u64),
        Some(ChoicesSpec::Each(patterns)) => {
            let all: String = choices
                .iter()
                .map(|c| {
                    format!(
                        "{} {} {}\n",
                        c.id,
                        c.title,
                        c.description.as_deref().unwrap_or_default()
                    )
                })
                .collect();
            for pattern in patterns {
                out.found("choices", pattern, &all, true);
            }
        }
    }
}

fn check_payment(wanted: &PaymentSpec, payment: Option<&Payment>, out: &mut Problems) {
    let Some(payment) = payment else {
        out.0.push("payment: there is none".to_owned());
        return;
    };
    out.same("payment.provider", wanted.provider.as_deref(), Some(payment.rail.provider()));
    out.same(
        "payment.amount",
        wanted.amount.map(|a| a.to_string()).as_deref(),
        Some(payment.amount.minor.to_string()).as_deref(),
    );
    out.same("payment.status", wanted.status.as_deref(), Some(payment.state.as_str()));
    out.same(
        "payment.payer",
        wanted.payer.as_deref(),
        payment.payer.as_ref().map(crate::domain::phone::Phone::e164),
    );
}

fn check_appointments(
    wanted: &[AppointmentSpec],
    all: &[Appointment],
    business: &Business,
    out: &mut Problems,
) {
    // What was released or expired unpaid is not listed; what a move gave up was left out before.
    let listed: Vec<&Appointment> =
        all.iter().filter(|a| a.status != AppointmentStatus::Expired).collect();
    if listed.len() != wanted.len() {
        let statuses: Vec<&str> = listed.iter().map(|a| a.status.as_str()).collect();
        out.0.push(format!(
            "appointments: wanted {}, there are {} ({})",
            wanted.len(),
            listed.len(),
            statuses.join(", ")
        ));
        return;
    }
    for (n, (wanted, found)) in wanted.iter().zip(listed).enumerate() {
        let key = |what: &str| format!("appointments[{n}].{what}");
        let service =
            business.catalogue.service(found.service).map(|service| service.name.en.as_str());
        out.same(&key("service"), wanted.service.as_deref(), service);
        let staff = business.catalogue.member(found.staff).map(|staff| staff.name.as_str());
        out.same(&key("staff"), wanted.staff.as_deref(), staff);
        out.same(
            &key("start"),
            wanted.start.map(|s| s.to_string()).as_deref(),
            Some(found.window.start.to_string()).as_deref(),
        );
        out.same(&key("status"), wanted.status.as_deref(), Some(found.status.as_str()));
        out.same(
            &key("paid"),
            wanted.paid.map(|p| p.to_string()).as_deref(),
            Some(found.paid.minor.to_string()).as_deref(),
        );
    }
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn same(&mut self, what: &str, wanted: Option<&str>, found: Option<&str>) {
        if let Some(wanted) = wanted
            && found != Some(wanted)
        {
            self.0.push(format!("{what}: wanted {wanted}, found {}", found.unwrap_or("nothing")));
        }
    }

    fn count(&mut self, what: &str, wanted: Option<Count>, found: u64) {
        match wanted {
            Some(wanted) if !wanted.fits(found) => {
                self.0.push(format!("{what}: wanted {wanted:?}, found {found}"));
            }
            Some(_) | None => {}
        }
    }

    fn found(&mut self, what: &str, pattern: &str, text: &str, must: bool) {
        match RegexBuilder::new(pattern).case_insensitive(true).build() {
            Ok(regex) if regex.is_match(text) == must => {}
            Ok(_) if must => self.0.push(format!("{what}: /{pattern}/ is not in {text:?}")),
            Ok(_) => self.0.push(format!("{what}: /{pattern}/ is in {text:?}")),
            Err(error) => {
                self.0.push(format!("{what}: /{pattern}/ is no regular expression: {error}"));
            }
        }
    }
}
