//! A conversation as a phone shows it, from what the stand-in of WhatsApp was sent over the wire.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ratiba_core::sim::meta::{Dm, DmEntry, Entry, MetaSim, SentMessage};
use serde::Serialize;

use super::people::Shop;

/// Lines that are shown; older ones scroll out of memory.
const LINES: usize = 200;

/// One line of a chat.
#[derive(Debug, Serialize, PartialEq)]
pub(super) struct Line {
    id: String,
    me: bool,
    text: String,
    day: Date,
    at: String,
    choices: Vec<Choice>,
    list: Option<String>,
    ticks: Option<&'static str>,
}

#[derive(Debug, Serialize, PartialEq)]
struct Choice {
    id: String,
    title: String,
    description: Option<String>,
}

/// The lines between a shop's number and a phone, oldest first.
pub(super) fn lines(meta: &MetaSim, shop: &Shop, phone: &str, zone: &TimeZone) -> Vec<Line> {
    lines_at(meta, shop.account, phone, zone)
}

/// The lines between any number and a phone, oldest first.
pub(super) fn lines_at(meta: &MetaSim, account: &str, phone: &str, zone: &TimeZone) -> Vec<Line> {
    let entries = meta.conversation(account, phone);
    let skip = entries.len().saturating_sub(LINES);
    entries.into_iter().skip(skip).map(|entry| line(entry, zone)).collect()
}

fn line(entry: Entry, zone: &TimeZone) -> Line {
    match entry {
        Entry::Theirs { id, text, at, seen } => {
            let (day, at) = local(at, zone);
            let ticks = Some(if seen { "read" } else { "delivered" });
            Line { id, me: true, text, day, at, choices: Vec::new(), list: None, ticks }
        }
        Entry::Ours(message) => ours(*message, zone),
    }
}

fn ours(message: SentMessage, zone: &TimeZone) -> Line {
    let (day, at) = local(message.at, zone);
    let buttons =
        message.buttons.into_iter().map(|b| Choice { id: b.id, title: b.title, description: None });
    let rows = message.rows.into_iter().map(|r| Choice {
        id: r.id,
        title: r.title,
        description: r.description,
    });
    Line {
        id: message.id,
        me: false,
        text: message.text,
        day,
        at,
        choices: buttons.chain(rows).collect(),
        list: message.list_label,
        ticks: None,
    }
}

/// The lines between a shop and a person on Instagram or Messenger, oldest first.
pub(super) fn dm_lines(dm: &Dm, zone: &TimeZone) -> Vec<Line> {
    let entries = dm.conversation();
    let skip = entries.len().saturating_sub(LINES);
    entries.into_iter().skip(skip).map(|entry| dm_line(entry, zone)).collect()
}

fn dm_line(entry: DmEntry, zone: &TimeZone) -> Line {
    match entry {
        DmEntry::Theirs { id, text, at, seen } => {
            let (day, at) = local(at, zone);
            let ticks = Some(if seen { "read" } else { "delivered" });
            Line { id, me: true, text, day, at, choices: Vec::new(), list: None, ticks }
        }
        DmEntry::Ours(message) => {
            let (day, at) = local(message.at, zone);
            let quick = message.quick_replies.into_iter();
            let choices = quick.map(|it| Choice { id: it.id, title: it.title, description: None });
            let (id, text, choices) = (message.id, message.text, choices.collect());
            Line { id, me: false, text, day, at, choices, list: None, ticks: None }
        }
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> (Date, String) {
    let local = at.to_zoned(zone.clone());
    (local.date(), local.strftime("%H:%M").to_string())
}
