//! Replaying what could not be handled when it came: after its tenant was registered, its payment restored, or a decoder mended.
//!
//! A replay goes the way that the letter should have gone. Everything is stored under the provider's own message id, so that a letter replayed
//! twice, or by two people at once, changes nothing the second time.

use super::callbacks::CallbackKind;
use super::error::ReceiveError;
use super::handle::Ratiba;
use crate::domain::channel::ChannelKind;
use crate::domain::id::{InboxId, TenantId};
use crate::domain::message::InboundMessage;
use crate::domain::tenant::Rail;
use crate::ports::channel::ChannelEvent;
use crate::ports::inbox::InboxItem;
use crate::ports::store::{DeadLetter, DeadLetterKind, LaneKey, NewInbox, StoreError};

/// What became of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// It was taken and is settled; the worker does the rest.
    Taken,
    /// Somebody had settled it before; nothing was done.
    SettledBefore,
    /// It can't be handled now either, for this reason; it stays.
    StillDead(String),
}

/// What became of a dismissal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dismissed {
    /// It is settled, and the reason stands in it.
    Done,
    /// Somebody had settled it before; nothing was changed.
    SettledBefore,
    /// The reason says nothing, or is longer than [`LONGEST_REASON`]; nothing was changed.
    NoReason,
}

/// The most characters that the reason of a dismissal may have.
pub const LONGEST_REASON: usize = 500;

/// A reason as it is kept: one line, without space around it. `None` where it says nothing or too much.
pub(super) fn reason_of(given: &str) -> Option<String> {
    let words = given.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let reason = words.join(" ");
    (!reason.is_empty() && reason.chars().count() <= LONGEST_REASON).then_some(reason)
}

impl Ratiba {
    /// Takes a dead letter again and settles it when that works. `None` when there is no such letter.
    pub async fn replay_dead_letter(&self, id: InboxId) -> Result<Option<Replayed>, ReceiveError> {
        let Some(letter) = self.store().dead_letter(id).await? else { return Ok(None) };
        if letter.settled_at.is_some() {
            return Ok(Some(Replayed::SettledBefore));
        }
        let refused = match letter.kind {
            DeadLetterKind::Quarantine => self.replay_message(&letter).await?,
            DeadLetterKind::UnroutedCallback => self.replay_callback(&letter).await?,
            DeadLetterKind::Turn => self.replay_turn(&letter).await?,
        };
        if let Some(reason) = refused {
            return Ok(Some(Replayed::StillDead(reason)));
        }
        self.store().settle_dead_letter(id, self.now(), None).await?;
        metrics::counter!("ratiba_dead_letters_replayed_total").increment(1);
        Ok(Some(Replayed::Taken))
    }

    /// Marks a dead letter as seen to by hand, for a reason that is kept with it. `None` when there is no such letter.
    pub async fn dismiss_dead_letter(
        &self,
        id: InboxId,
        reason: &str,
    ) -> Result<Option<Dismissed>, StoreError> {
        if self.store().dead_letter(id).await?.is_none() {
            return Ok(None);
        }
        let Some(reason) = reason_of(reason) else { return Ok(Some(Dismissed::NoReason)) };
        if !self.store().settle_dead_letter(id, self.now(), Some(&reason)).await? {
            return Ok(Some(Dismissed::SettledBefore));
        }
        metrics::counter!("ratiba_dead_letters_dismissed_total").increment(1);
        Ok(Some(Dismissed::Done))
    }

    /// An inbox item that no turn could be taken on: it goes to the end of its lane again. A state that could not be read stays where it is,
    /// since its customer has gone on in a new conversation.
    async fn replay_turn(&self, letter: &DeadLetter) -> Result<Option<String>, ReceiveError> {
        let tenant = letter.source.rsplit('/').next().and_then(|id| id.parse::<TenantId>().ok());
        let item = serde_json::from_str::<InboxItem>(&letter.raw).ok();
        let (Some(tenant), Some(item)) = (tenant, item) else {
            return Ok(Some("it holds nothing that a turn can be taken on".to_owned()));
        };
        let new = NewInbox {
            id: self.inner.new_id(),
            lane: LaneKey::Customer(item.customer),
            // However often it is replayed by mistake, one turn is taken on it.
            dedupe_key: format!("replayed:{}", letter.id),
            cause: item.cause,
            received_at: self.now(),
        };
        let accepted = self.store().of(tenant).accept(&new).await?;
        self.inner.stored(tenant, accepted).await;
        Ok(None)
    }

    /// A webhook that could not be read, or one of its messages that was for nobody. Gives back why it still can't be taken.
    async fn replay_message(&self, letter: &DeadLetter) -> Result<Option<String>, ReceiveError> {
        let Some(channel) = ChannelKind::from_name(&letter.source) else {
            return Ok(Some(format!("nothing replays what comes from `{}`", letter.source)));
        };
        let events = if let Ok(message) = serde_json::from_str::<InboundMessage>(&letter.raw) {
            vec![ChannelEvent::Message(Box::new(message))]
        } else {
            let Some(hook) = self.inner.parts.webhooks.get(&channel) else {
                return Ok(Some(format!("{channel} is not set up here")));
            };
            match hook.decode(letter.raw.as_bytes()) {
                Ok(events) => events,
                Err(error) => return Ok(Some(error.reason)),
            }
        };
        if events.iter().all(|event| matches!(event, ChannelEvent::Ignored { .. })) {
            return Ok(Some("there is nothing in it to take".to_owned()));
        }
        for event in &events {
            match event {
                ChannelEvent::Malformed { reason, .. } => return Ok(Some(reason.clone())),
                ChannelEvent::Message(message) => {
                    // Read afresh: the account may have been registered a moment ago.
                    let account = &message.address.account;
                    if self.store().account(channel, account).await?.is_none() {
                        return Ok(Some("no tenant is registered for the account".to_owned()));
                    }
                }
                ChannelEvent::Status(_)
                | ChannelEvent::UpTo { .. }
                | ChannelEvent::Renamed { .. }
                | ChannelEvent::TakenBack { .. }
                | ChannelEvent::Echo { .. }
                | ChannelEvent::Ignored { .. } => {}
            }
        }
        self.inner.take_events(channel, events).await?;
        Ok(None)
    }

    /// A callback that matched no payment. Gives back why it still does not.
    async fn replay_callback(&self, letter: &DeadLetter) -> Result<Option<String>, ReceiveError> {
        let Some((rail, kind)) = callback_of(&letter.source) else {
            return Ok(Some(format!("nothing replays what comes from `{}`", letter.source)));
        };
        let Some(token) = &letter.token else {
            return Ok(Some("the token that it came to was not kept".to_owned()));
        };
        if !self.inner.parts.rails.contains_key(&rail) {
            return Ok(Some(format!("{} is not set up here", rail.provider())));
        }
        let raw = letter.raw.as_bytes();
        Ok(self.inner.store_callback(rail, kind, token, raw).await?.err())
    }
}

/// The rail and subject of a source such as `daraja/payment`.
fn callback_of(source: &str) -> Option<(Rail, CallbackKind)> {
    let (provider, about) = source.split_once('/')?;
    let rail = [Rail::Mpesa, Rail::Card].into_iter().find(|rail| rail.provider() == provider)?;
    let kind = [CallbackKind::Payment, CallbackKind::Refund, CallbackKind::Notice]
        .into_iter()
        .find(|kind| kind.as_str() == about)?;
    Some((rail, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_in_one_line() {
        assert_eq!(
            reason_of("  refunded by hand\n RKT1\u{7} "),
            Some("refunded by hand RKT1".into())
        );
        assert_eq!(reason_of(" \n\t"), None);
        assert_eq!(reason_of(&"x".repeat(LONGEST_REASON)).map(|it| it.len()), Some(LONGEST_REASON));
        assert_eq!(reason_of(&"x".repeat(LONGEST_REASON + 1)), None);
    }

    #[test]
    fn a_callbacks_source_names_its_rail_and_subject() {
        assert_eq!(callback_of("daraja/payment"), Some((Rail::Mpesa, CallbackKind::Payment)));
        assert_eq!(callback_of("pesapal/refund"), Some((Rail::Card, CallbackKind::Refund)));
        assert_eq!(callback_of("pesapal/notice"), Some((Rail::Card, CallbackKind::Notice)));
        assert_eq!(callback_of("whatsapp"), None);
        assert_eq!(callback_of("daraja/other"), None);
    }
}
