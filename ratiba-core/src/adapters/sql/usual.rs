//! What is usual, as the quick calls of each database take it: a message of somebody who is known, and a turn that holds a slot, sets timers
//! and answers. Everything else goes by the shared statements.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::inbox::is_spoken;
use super::row::{json as text, micros};
use crate::domain::appointment::Appointment;
use crate::domain::message::Language;
use crate::domain::phone::Phone;
use crate::ports::store::{LaneKey, NewInbox, StoreError, TurnCommit, Write};

/// An inbox item.
pub(super) struct Item {
    pub(super) id: String,
    pub(super) key: String,
    /// Whose it is; else `sender` says who wrote.
    pub(super) customer: Option<String>,
    /// `{"ids": [[channel, external id], ..], "phone": .., "name": ..}`.
    pub(super) sender: Option<String>,
    pub(super) spoken: i64,
    pub(super) cause: String,
    pub(super) received: i64,
}

impl Item {
    pub(super) fn of(new: &NewInbox) -> Result<Self, StoreError> {
        let (customer, sender) = match &new.lane {
            LaneKey::Customer(id) => (Some(id.to_string()), None),
            LaneKey::Sender { identities, phone, name, new: _ } => {
                let ids: Vec<_> =
                    identities.iter().map(|i| json!([i.channel.as_str(), i.external_id])).collect();
                let phone = phone.as_ref().map(Phone::e164);
                (None, Some(json!({ "ids": ids, "phone": phone, "name": name }).to_string()))
            }
        };
        Ok(Self {
            id: new.id.to_string(),
            key: new.dedupe_key.clone(),
            customer,
            sender,
            spoken: i64::from(is_spoken(&new.cause)),
            cause: text(&new.cause)?,
            received: micros(new.received_at),
        })
    }
}

/// The writes of a turn, one object each, which may be done in any order; `None` when there is one that is not usual.
pub(super) fn writes(turn: &TurnCommit) -> Result<Option<Vec<Value>>, StoreError> {
    let own = (turn.thread.id, turn.thread.revision + 1);
    if turn.record.as_ref().is_some_and(|record| (record.thread, record.revision) != own)
        || turn.outbox.iter().any(|item| item.customer != turn.thread.customer)
    {
        return Ok(None);
    }
    let mut writes = Vec::with_capacity(turn.writes.len());
    // Of several writes to one timer or to the customer the last counts: it comes first here.
    let mut decided = HashSet::new();
    for write in turn.writes.iter().rev() {
        match write {
            Write::Hold(new) if new.iter().all(is_usual) => writes.extend(new.iter().map(hold)),
            Write::SetTimer(timer) => {
                let (whose, key) = (timer.customer.to_string(), text(&timer.key)?);
                if decided.insert((whose, key.clone())) {
                    writes.push(json!({
                        "do": "timer", "customer": timer.customer, "key": key, "id": timer.id,
                        "due_at": micros(timer.due_at),
                    }));
                }
            }
            Write::ClearTimer(key) => {
                let (whose, key) = (turn.thread.customer.to_string(), text(key)?);
                if decided.insert((whose, key.clone())) {
                    writes.push(json!({ "do": "no_timer", "key": key }));
                }
            }
            Write::Customer(customer) => {
                if decided.insert((customer.id.to_string(), String::new())) {
                    writes.push(json!({
                        "do": "customer", "id": customer.id, "name": customer.name,
                        "phone": customer.phone.as_ref().map(Phone::e164),
                        "phone_proven": i64::from(customer.phone_proven),
                        "language": customer.language.map(Language::code),
                        "opted_out": i64::from(customer.opted_out),
                    }));
                }
            }
            _ => return Ok(None),
        }
    }
    // Slots are taken in the order in which they were asked for.
    writes.reverse();
    Ok(Some(writes))
}

fn is_usual(new: &Appointment) -> bool {
    new.status.is_active() && new.price.currency == new.paid.currency
}

fn hold(new: &Appointment) -> Value {
    json!({
        "do": "hold", "id": new.id, "customer": new.customer, "thread": new.thread, "service": new.service,
        "staff": new.staff, "resource": new.resource, "status": new.status.as_str(),
        "starts_at": micros(new.window.start), "ends_at": micros(new.window.end),
        "blocked_from": micros(new.blocked.start), "blocked_until": micros(new.blocked.end),
        "hold_expires_at": new.hold_expires_at.map(micros), "price": new.price.minor, "paid": new.paid.minor,
        "currency": new.price.currency.code(), "created_at": micros(new.created_at),
    })
}
