//! What is sent after a visit, what carries a code, and what the owner reads in the morning.

use jiff::Timestamp;

use super::say::date::Exact;
use super::speaker::{Speaker, Voice};
use crate::domain::proof::{Code, VALID_MIN};
use crate::scheduling::slot::Slot;

/// What the owner's morning message tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest {
    /// Today's bookings in order of start.
    pub today: Vec<Slot>,
    /// How many came yesterday.
    pub came: u32,
    /// How many stayed away.
    pub missed: u32,
    /// How many called off what was booked for yesterday.
    pub cancelled: u32,
    /// Conversations that wait for a person.
    pub waiting: u32,
    /// Customers on the waiting list.
    pub listed: u32,
    /// Questions that nobody has answered.
    pub questions: u32,
    /// Messages that did not reach customers yesterday, and that nobody has seen to.
    pub undelivered: u32,
    /// Messages of yesterday that the channels bill.
    pub messages: u64,
    /// What language models cost yesterday, in micro-dollars.
    pub models_micro_usd: u64,
    /// The notes that answer questions are more than a model reads at once.
    pub overflow: bool,
}

impl Digest {
    /// Whether there is anything that an owner should hear of; what yesterday cost and how long the notes are is no news by itself.
    pub fn is_worth_telling(&self) -> bool {
        let Self { came, missed, cancelled, waiting, listed, questions, undelivered, .. } = self;
        !self.today.is_empty()
            || [came, missed, cancelled, waiting, listed, questions, undelivered] != [&0; 7]
    }
}

/// The most bookings of one member of staff that a digest lists; the rest are counted.
const MAX_ROWS: usize = 12;

impl Speaker {
    /// Asks a customer how it was. Begins with the business's name and has no emoji, as a reminder does, because it may go by SMS.
    pub fn follow_up_text(&self, slot: &Slot, voice: &Voice<'_>) -> String {
        let context = self.context(voice);
        context.message("follow-up").with("what", context.what(slot)).sentence()
    }

    /// The message that carries a one-time code to a number.
    pub fn code_text(&self, code: &Code, voice: &Voice<'_>) -> String {
        let context = self.context(voice);
        context
            .message("code-message")
            .with("code", code.digits().to_owned())
            .with("minutes", VALID_MIN.to_string())
            .sentence()
    }

    /// The owner's day at a glance: what is booked, by member of staff, and what waits for somebody.
    pub fn digest_text(&self, digest: &Digest, now: Timestamp, voice: &Voice<'_>) -> String {
        let context = self.context(voice);
        let mut lines = vec![
            context
                .message("digest")
                .with("day", context.day(now, Exact::Full))
                .count("count", digest.today.len())
                .sentence(),
        ];
        for member in &voice.business.catalogue.staff {
            let mine: Vec<&Slot> =
                digest.today.iter().filter(|slot| slot.staff == member.id).collect();
            let mut rows: Vec<String> = mine
                .iter()
                .take(MAX_ROWS)
                .map(|slot| {
                    let service = context.service_name(slot.service);
                    format!("{} {service}", context.local(slot.window.start).strftime("%H:%M"))
                })
                .collect();
            if mine.len() > MAX_ROWS {
                rows.push(format!("+{}", mine.len() - MAX_ROWS));
            }
            if !rows.is_empty() {
                let row = context
                    .message("digest-staff")
                    .with("staff", context.staff_name(member.id).unwrap_or_default())
                    .with("rows", rows.join(", "));
                lines.push(row.text());
            }
        }
        if digest.came + digest.missed + digest.cancelled > 0 {
            let yesterday = context
                .message("digest-yesterday")
                .with("came", digest.came.to_string())
                .with("missed", digest.missed.to_string())
                .with("cancelled", digest.cancelled.to_string());
            lines.push(yesterday.text());
        }
        for (id, count) in [
            ("digest-waiting", digest.waiting),
            ("digest-list", digest.listed),
            ("digest-questions", digest.questions),
            ("digest-undelivered", digest.undelivered),
        ] {
            if count > 0 {
                lines.push(context.message(id).count("count", count).text());
            }
        }
        if digest.messages > 0 || digest.models_micro_usd > 0 {
            let costs = context
                .message("digest-costs")
                .with("models", dollars(digest.models_micro_usd))
                .count("count", digest.messages);
            lines.push(costs.text());
        }
        if digest.overflow {
            lines.push(context.message("digest-overflow").text());
        }
        lines.join("\n")
    }
}

/// Micro-dollars as dollars and cents, rounded up: `$0.03`.
fn dollars(micro: u64) -> String {
    let cents = micro.div_ceil(10_000);
    format!("${}.{:02}", cents / 100, cents % 100)
}
