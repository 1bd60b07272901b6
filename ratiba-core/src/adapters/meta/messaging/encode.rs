//! A reply, rendered within the limits of Instagram or Messenger as the body of one request.
//!
//! Choices are quick replies, at most thirteen. Where they might be cut short or not be seen, the words list them too, numbered, since a
//! typed answer is always understood.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::text::{fit, label, units};
use super::super::words::{compose, link_line, numbered};
use super::place::Place;
use crate::domain::message::{Choice, Reply};
use crate::ports::channel::Outbound;

const QUICK_REPLIES: usize = 13;
const TITLE: usize = 20;
/// What comes back may be this long; the figure is unverified, and our ids stay far below it.
const PAYLOAD: usize = 1000;

/// The request's body, or `None` when the reply has nothing to say.
pub(super) fn message(place: &Place, outbound: &Outbound) -> Option<Value> {
    let mut message = content(place, &outbound.reply)?;
    let mut body = json!({ "recipient": { "id": outbound.to.peer } });
    if place.labelled {
        body["messaging_type"] = json!("RESPONSE");
        // Comes back with the echo: the only way to learn what became of a send whose answer was lost.
        message["metadata"] = json!(outbound.id.to_string());
    }
    body["message"] = message;
    Some(body)
}

fn content(place: &Place, reply: &Reply) -> Option<Value> {
    let picks = picks(&reply.choices);
    let in_full = picks
        .as_ref()
        .is_some_and(|picks| picks.iter().all(|pick| pick.whole) && place.shows_quick_replies);
    let list = if in_full { String::new() } else { numbered(&reply.choices) };
    let mut words = compose(place.text, &reply.text, &[&link_line(reply), &list]);
    if words.is_empty() {
        // Quick replies can't stand alone.
        if reply.choices.is_empty() {
            return None;
        }
        words = compose(place.text, &reply.list_label, &[&numbered(&reply.choices)]);
    }
    let mut quick: Vec<Value> = picks.unwrap_or_default().iter().map(quick_reply).collect();
    if reply.asks_phone && place.asks_phone && quick.len() < QUICK_REPLIES {
        quick.push(json!({ "content_type": "user_phone_number" }));
    }
    let mut message = json!({ "text": words });
    if !quick.is_empty() {
        message["quick_replies"] = Value::Array(quick);
    }
    Some(message)
}

/// A choice as a quick reply.
struct Pick<'a> {
    id: &'a str,
    title: String,
    /// Whether it says everything that the choice does.
    whole: bool,
}

/// The choices as quick replies; `None` when there are none, too many, or an id can't be sent.
fn picks(choices: &[Choice]) -> Option<Vec<Pick<'_>>> {
    let mut ids = HashSet::new();
    let mut titles = HashSet::new();
    let mut picks = Vec::with_capacity(choices.len());
    for (choice, ordinal) in choices.iter().zip(1_usize..) {
        let id = choice.id.as_str();
        let sendable = !id.is_empty() && !id.contains(char::is_control) && units(id) <= PAYLOAD;
        if !sendable {
            return None;
        }
        if !ids.insert(id) {
            continue;
        }
        let full = label(&choice.title);
        let stands = !full.is_empty() && units(&full) <= TITLE && titles.insert(full.clone());
        let whole = stands && choice.description.is_none();
        // A title that has to be cut says which line of the list it stands for.
        let title =
            if stands { full } else { fit(&format!("{ordinal}. {full}"), TITLE).into_owned() };
        picks.push(Pick { id, title: title.trim_end().to_owned(), whole });
    }
    (!picks.is_empty() && picks.len() <= QUICK_REPLIES).then_some(picks)
}

fn quick_reply(pick: &Pick<'_>) -> Value {
    json!({ "content_type": "text", "title": pick.title, "payload": pick.id })
}
