//! What owners and managers are told about a customer: pages for a person, and notes.

use super::context::Context;
use super::lines::booking_words;
use super::say::{list, name};
use super::speaker::{Speaker, Voice};
use crate::conversation::effect::{AdminNote, Signal};
use crate::domain::money::Money;
use crate::scheduling::slot::Slot;

/// The longest quotation of a message, in characters.
const MAX_QUOTE: usize = 160;
/// The turns that a page shows.
const MAX_TURNS: usize = 6;
/// The longest page, in characters: WhatsApp allows 4096 in a text, and nobody reads so much.
const MAX_PAGE: usize = 1_500;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnBy {
    /// The customer.
    Customer,
    /// The agent.
    Agent,
    /// Somebody of the team.
    Admin,
}

/// One message of a conversation, as a page quotes it.
#[derive(Clone, Copy)]
pub struct PastTurn<'a> {
    /// Who wrote it.
    pub by: TurnBy,
    /// What; cut when it is long.
    pub text: &'a str,
}

impl std::fmt::Debug for PastTurn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PastTurn({:?}, {} bytes)", self.by, self.text.len())
    }
}

/// Something to tell an admin. The [`Voice`] names the customer that it is about, and the language to say it in: the tenant's.
#[derive(Debug, Clone, Copy)]
pub enum AdminText<'a> {
    /// A person is needed.
    Page {
        /// Why.
        signal: Signal,
        /// What the customer was doing, in a few words; may be empty.
        doing: &'a str,
        /// The conversation, oldest first; the last six are quoted.
        turns: &'a [PastTurn<'a>],
        /// It is not the first page for this.
        reminding: bool,
    },
    /// A conversation in a few lines, after its page.
    Brief {
        /// What it is about.
        lines: &'a [String],
        /// A suggestion; may be empty.
        next: &'a str,
    },
    /// Something happened.
    Note {
        /// What.
        note: &'a AdminNote,
        /// The appointments of the note (or of its payment) in its order; for a move the old one, then the new one.
        slots: &'a [Slot],
        /// What was paid, came, or is to be given back, where money is part of it.
        amount: Option<Money>,
    },
}

impl Speaker {
    /// What to send to an admin, in the words of `voice.language`, with the command that answers it.
    pub fn admin_text(&self, what: &AdminText<'_>, voice: &Voice<'_>) -> String {
        let context = self.context(voice);
        match what {
            AdminText::Page { signal, doing, turns, reminding } => {
                page(*signal, doing, turns, *reminding, &context)
            }
            AdminText::Brief { lines, next } => brief(lines, next, &context),
            AdminText::Note { note, slots, amount } => note_text(note, slots, *amount, &context),
        }
    }
}

/// Name and number, as far as they are known: "Grace Wanjiru (0712 345 678)".
fn customer(context: &Context<'_>) -> String {
    let country = context.voice.business.tenant.country;
    let phone = context.voice.customer.phone.as_ref().map(|phone| phone.national(country));
    match (context.voice.customer.name.as_deref().and_then(name::person), phone) {
        (Some(name), Some(phone)) => format!("{name} ({phone})"),
        (Some(known), None) | (None, Some(known)) => known,
        (None, None) => context.words("someone"),
    }
}

/// What to write behind `/engage`: the first name, else the number; nothing takes whoever has waited longest.
fn engage_by(context: &Context<'_>) -> String {
    let customer = context.voice.customer;
    let name = customer.name.as_deref().and_then(name::person);
    let first = name.and_then(|name| name.split(' ').next().map(str::to_owned));
    let phone = || customer.phone.as_ref().map(|phone| phone.e164().to_owned());
    first.or_else(phone).unwrap_or_default()
}

fn page(
    signal: Signal,
    doing: &str,
    turns: &[PastTurn<'_>],
    reminding: bool,
    context: &Context<'_>,
) -> String {
    let why = match signal {
        Signal::Asked => "asked",
        Signal::NotUnderstood => "not-understood",
        Signal::Unhappy => "unhappy",
        Signal::TooCostly => "too-costly",
        Signal::SensitiveNumber => "sensitive-number",
        Signal::Compliance => "compliance",
        Signal::NoProgress => "no-progress",
        Signal::ToolFailing => "tool-failing",
    };
    let mut lines = vec![
        context
            .message("page")
            .pick("reminding", if reminding { "yes" } else { "no" })
            .pick("signal", why)
            .with("customer", customer(context))
            .sentence(),
    ];
    let doing = name::clean(doing, MAX_QUOTE);
    if !doing.is_empty() {
        lines.push(context.message("page-doing").with("doing", doing).text());
    }
    let recent = &turns[turns.len().saturating_sub(MAX_TURNS)..];
    if !recent.is_empty() {
        lines.push(context.words("page-turns"));
    }
    for turn in recent {
        let by = match turn.by {
            TurnBy::Customer => "customer",
            TurnBy::Agent => "agent",
            TurnBy::Admin => "admin",
        };
        let text = list::cut(&name::clean(turn.text, usize::MAX), MAX_QUOTE);
        lines.push(context.message("page-turn").pick("by", by).with("text", text).text());
    }
    lines.push(context.message("page-next").pick("signal", why).text());
    let command = context.message("page-command").with("who", engage_by(context)).text();
    let body = list::cut(&lines.join("\n"), MAX_PAGE);
    format!("{body}\n{}", single_spaced(&command))
}

fn brief(lines: &[String], next: &str, context: &Context<'_>) -> String {
    let head = context.message("brief").with("customer", customer(context)).sentence();
    let point =
        |line: &String| format!("• {}", list::cut(&name::clean(line, usize::MAX), MAX_QUOTE));
    let mut text: Vec<String> = std::iter::once(head).chain(lines.iter().map(point)).collect();
    let next = list::cut(&name::clean(next, usize::MAX), MAX_QUOTE);
    if !next.is_empty() {
        text.push(context.message("brief-next").with("next", next).text());
    }
    list::cut(&text.join("\n"), MAX_PAGE)
}

fn note_text(
    note: &AdminNote,
    slots: &[Slot],
    amount: Option<Money>,
    context: &Context<'_>,
) -> String {
    let country = context.voice.business.tenant.country;
    let (id, admin) = match note {
        AdminNote::Booked { .. } => ("note-booked", None),
        AdminNote::Cancelled { .. } => ("note-cancelled", None),
        AdminNote::Moved { .. } => ("note-moved", None),
        AdminNote::RunningLate { .. } => ("note-late", None),
        AdminNote::LateMoneyRebooked { .. } => ("note-late-booked", None),
        AdminNote::LateMoneyCounted { .. } => ("note-late-counted", None),
        AdminNote::LateMoneyReturned { .. } => ("note-late-returned", None),
        AdminNote::PaymentReview { .. } => ("note-review", None),
        AdminNote::RefundByHand { .. } => ("note-refund-by-hand", None),
        AdminNote::RefundToApprove { .. } => ("note-refund-to-approve", None),
        AdminNote::PaymentUnconfirmed { .. } => ("note-unconfirmed", None),
        AdminNote::PaymentTakenBack { .. } => ("note-taken-back", None),
        AdminNote::StillWaiting => ("note-waiting", None),
        AdminNote::GaveUp => ("note-gave-up", None),
        AdminNote::EngagedBy { admin } => ("note-engaged", Some(admin.national(country))),
        AdminNote::HandedBack => ("note-handed-back", None),
    };
    let bookings = match (note, slots) {
        (AdminNote::Moved { .. }, [old, new, ..]) => context
            .message("note-moved-rows")
            .with("old", context.booking(old))
            .with("new", context.booking(new))
            .text(),
        _ => booking_words(slots, context),
    };
    let amount = amount.filter(|amount| amount.is_positive());
    let words = match note {
        AdminNote::RunningLate { words } => words.clone(),
        _ => String::new(),
    };
    let text = context
        .message(id)
        .with("words", words)
        .with("customer", customer(context))
        .with("who", engage_by(context))
        .with("admin", admin.unwrap_or_default())
        .with("bookings", bookings)
        .pick("paid", if amount.is_some() { "yes" } else { "no" })
        .with("amount", amount.map(|amount| context.money(amount)).unwrap_or_default())
        .sentence();
    single_spaced(&text)
}

/// A value that is empty leaves no gap.
fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".").replace(" ,", ",")
}
