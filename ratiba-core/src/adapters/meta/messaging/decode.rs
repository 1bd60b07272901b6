//! A verified webhook body of Instagram or Messenger, read into events item by item: a bad item costs nobody but itself.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::envelope::{self, ignored, items, malformed};
use super::super::moment::Moment;
use super::super::text::kept;
use super::content::{self, Read};
use super::place::Place;
use super::wire::{Edit, Item, Message, Postback, Reaction};
use crate::domain::channel::Address;
use crate::domain::customer::Identity;
use crate::domain::message::{Content, Delivery, InboundMessage};
use crate::ports::channel::{ChannelEvent, DecodeError, StatusReport};

/// The fields of `changes` whose values are items like those of `messaging`.
const AS_CHANGES: &[&str] =
    &["messages", "messaging_postbacks", "message_reactions", "messaging_seen"];

/// Reads a body: an envelope, or an array of envelopes.
pub(super) fn events(place: &Place, raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError> {
    let whole = envelope::whole(raw)?;
    let mut events = Vec::new();
    for envelope in envelope::all(&whole)? {
        match envelope.get("object").and_then(Value::as_str) {
            Some(object) if object == place.object => {}
            Some(other) => {
                events.push(ignored(other));
                continue;
            }
            None => {
                events.push(malformed(None, "an envelope without object", envelope));
                continue;
            }
        }
        for entry in items(envelope, "entry") {
            let Some(account) = entry.get("id").and_then(id_of).filter(|id| !id.is_empty()) else {
                events.push(malformed(None, "an entry without id", entry));
                continue;
            };
            let time = entry.get("time").and_then(|time| Moment::deserialize(time).ok());
            let mut site = Site { place, account: &account, time, standby: false };
            for item in items(entry, "messaging") {
                site.take(item, &mut events);
            }
            for change in items(entry, "changes") {
                match (change.get("field").and_then(Value::as_str), change.get("value")) {
                    (Some(field), Some(value)) if AS_CHANGES.contains(&field) => {
                        site.take(value, &mut events);
                    }
                    (Some(field), _) => events.push(ignored(field)),
                    (None, _) => {
                        events.push(malformed(Some(&account), "a change without field", change));
                    }
                }
            }
            site.standby = true;
            for item in items(entry, "standby") {
                site.take(item, &mut events);
            }
        }
    }
    Ok(events)
}

fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    }
}

/// What every item of one entry shares.
struct Site<'a> {
    place: &'a Place,
    account: &'a str,
    /// When the entry was made, for items that do not say when they were.
    time: Option<Moment>,
    /// Another app answers this conversation at the moment: we listen and are silent.
    standby: bool,
}

impl Site<'_> {
    fn take(&self, raw: &Value, events: &mut Vec<ChannelEvent>) {
        let before = events.len();
        let read = match Item::deserialize(raw) {
            Ok(item) => self.read(&item, raw, events),
            Err(_) => Err("an item that lacks a part"),
        };
        if let Err(reason) = read {
            events.truncate(before);
            events.push(malformed(Some(self.account), reason, raw));
        }
    }

    fn read(
        &self,
        item: &Item,
        raw: &Value,
        events: &mut Vec<ChannelEvent>,
    ) -> Result<(), &'static str> {
        let sender = item.sender.as_ref().map(|party| party.id.as_str());
        let sender = || sender.filter(|id| !id.is_empty()).ok_or("an item without sender");
        let at = || item.timestamp.or(self.time).map(|at| at.0).ok_or("an item without time");
        if let Some(message) = &item.message {
            if message.is_echo {
                let to = item.recipient.as_ref().ok_or("an echo without recipient")?;
                events.push(self.echo(message, &to.id, at()?)?);
            } else if sender()? == self.account {
                events.push(ignored("own message"));
            } else {
                events.push(self.message(message, sender()?, at()?)?);
            }
        } else if let Some(postback) = &item.postback {
            events.push(self.postback(postback, sender()?, at()?)?);
        } else if let Some(reaction) = &item.reaction {
            events.push(self.reaction(reaction, sender()?, at()?));
        } else if let Some(Edit { mid, num_edit }) = &item.message_edit {
            // What was already acted upon is not acted upon again: the person is asked to write anew.
            let content = Content::Unsupported { what: "edit".to_owned() };
            events.push(self.said(format!("{mid}:edit:{num_edit}"), sender()?, at()?, content));
        } else if let Some(report) = &item.delivery {
            for mid in &report.mids {
                events.push(self.status(mid, Delivery::Delivered, at()?));
            }
            if let (true, Some(upto)) = (report.mids.is_empty(), report.watermark) {
                events.push(self.upto(sender()?, Delivery::Delivered, upto.0));
            }
        } else if let Some(report) = &item.read {
            match (&report.mid, report.watermark) {
                (Some(mid), _) => events.push(self.status(mid, Delivery::Read, at()?)),
                (None, Some(upto)) => events.push(self.upto(sender()?, Delivery::Read, upto.0)),
                (None, None) => return Err("a read receipt of nothing"),
            }
        } else {
            let known = ["sender", "recipient", "timestamp"];
            let kind = raw
                .as_object()
                .and_then(|keys| keys.keys().find(|key| !known.contains(&key.as_str())));
            events.push(ignored(kind.map_or("an empty item", String::as_str)));
        }
        Ok(())
    }

    fn message(
        &self,
        message: &Message,
        sender: &str,
        at: Timestamp,
    ) -> Result<ChannelEvent, &'static str> {
        if message.mid.is_empty() {
            return Err("a message without id");
        }
        Ok(match content::read(message) {
            Read::Said(content) => self.said(message.mid.clone(), sender, at, content),
            Read::TakenBack => ChannelEvent::TakenBack {
                account: self.account.to_owned(),
                provider_id: message.mid.clone(),
            },
            Read::Nothing(what) => ignored(what),
        })
    }

    /// A message from our side of the conversation: ours, when it brings back our own word; else a person's, who has taken over.
    fn echo(
        &self,
        message: &Message,
        to: &str,
        at: Timestamp,
    ) -> Result<ChannelEvent, &'static str> {
        if message.mid.is_empty() || to.is_empty() {
            return Err("an echo that names nothing");
        }
        if let Some(outbox) = message.metadata.as_deref().and_then(|id| id.parse().ok()) {
            return Ok(ChannelEvent::Status(StatusReport {
                account: self.account.to_owned(),
                provider_id: message.mid.clone(),
                outbox: Some(outbox),
                outcome: Ok(Delivery::Sent),
                at,
            }));
        }
        if message.is_deleted {
            return Ok(ignored("deleted echo"));
        }
        Ok(ChannelEvent::Echo {
            address: self.address(to),
            provider_id: message.mid.clone(),
            text: content::words(message),
            at,
        })
    }

    fn postback(
        &self,
        postback: &Postback,
        sender: &str,
        at: Timestamp,
    ) -> Result<ChannelEvent, &'static str> {
        let title = postback.title.as_deref().map(kept).unwrap_or_default();
        let payload = postback.payload.as_deref().map(kept).filter(|payload| !payload.is_empty());
        let id = payload.or_else(|| Some(title.clone()).filter(|title| !title.is_empty()));
        let id = id.ok_or("a postback without payload")?;
        let provider_id = postback.mid.clone().filter(|mid| !mid.is_empty()).unwrap_or_else(|| {
            let what = format!("{sender}\n{}\n{id}", at.as_millisecond());
            format!("postback:{}", hex::encode(&Sha256::digest(what)[..16]))
        });
        Ok(self.said(provider_id, sender, at, Content::Choice { id, title }))
    }

    fn reaction(&self, reaction: &Reaction, sender: &str, at: Timestamp) -> ChannelEvent {
        let Reaction { mid, action, word, emoji } = reaction;
        let shown = emoji.as_deref().or(word.as_deref()).filter(|shown| !shown.is_empty());
        let emoji = if action == "react" { shown.map(kept) } else { None };
        let provider_id = format!("reaction:{mid}:{action}:{}", at.as_millisecond());
        self.said(provider_id, sender, at, Content::Reaction { emoji })
    }

    fn said(
        &self,
        provider_id: String,
        sender: &str,
        sent_at: Timestamp,
        content: Content,
    ) -> ChannelEvent {
        if self.standby {
            return ignored("standby");
        }
        let channel = self.place.channel;
        ChannelEvent::Message(Box::new(InboundMessage {
            provider_id,
            address: self.address(sender),
            identities: vec![Identity { channel, external_id: sender.to_owned() }],
            phone: None,
            profile_name: None,
            sent_at,
            content,
        }))
    }

    fn status(&self, mid: &str, delivery: Delivery, at: Timestamp) -> ChannelEvent {
        ChannelEvent::Status(StatusReport {
            account: self.account.to_owned(),
            provider_id: mid.to_owned(),
            outbox: None,
            outcome: Ok(delivery),
            at,
        })
    }

    fn upto(&self, person: &str, delivery: Delivery, upto: Timestamp) -> ChannelEvent {
        ChannelEvent::UpTo { address: self.address(person), delivery, upto }
    }

    fn address(&self, peer: &str) -> Address {
        Address {
            channel: self.place.channel,
            account: self.account.to_owned(),
            peer: peer.to_owned(),
        }
    }
}
