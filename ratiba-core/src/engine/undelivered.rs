//! Messages that did not arrive, as operators see them: whom they were for, why they failed, whether they can be sent again.

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::domain::id::{CustomerId, OutboxId, ThreadId};
use crate::domain::route::Sink;
use crate::ports::fault::FaultKind;
use crate::ports::outbox::{EXPIRED, OutboxStatus, Outgoing, Settled};
use crate::ports::store::StoredOutbox;

/// Whom a message was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A customer.
    Customer,
    /// An owner.
    Owner,
    /// Whoever has to prove a number: a one-time code.
    Code,
}

/// Why a message that did not arrive is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAgain {
    /// A one-time code.
    #[error("a one-time code is not sent twice: let them ask for a new one")]
    Code,
    /// Its end of use is over.
    #[error("it is of no use any more, since {0}")]
    Expired(Timestamp),
    /// It asks for money, and nobody knows whether it arrived.
    #[error("it may have arrived, and what asks for money is not said twice")]
    MayHaveArrived,
    /// The appointment that it reminds of was called off or moved.
    #[error("what it reminds of is not booked any more")]
    NotBooked,
    /// Nobody knows whom it was for.
    #[error("the person whom it was for is not known any more")]
    Nobody,
    /// The conversation is closed, and there is neither a template nor a number that takes texts; or they want no reminders.
    #[error(
        "no way leads to them now: their conversation is closed, and neither a template nor SMS is allowed"
    )]
    Unreachable,
}

/// As its words.
impl Serialize for NotAgain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A message that did not arrive, as operators see it: without its words, and with the end of the number only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Undelivered {
    /// Its row.
    pub id: OutboxId,
    /// `failed_delivery`, beside the kinds of dead letters.
    pub kind: &'static str,
    /// Whom it was for.
    pub recipient: Recipient,
    /// The channel that it went over, or `sms`.
    pub source: String,
    /// The end of the number or id that it went to.
    pub to: String,
    /// The customer whom it is about.
    pub customer: CustomerId,
    /// The conversation that wrote it.
    pub thread: Option<ThreadId>,
    /// Why it did not arrive.
    pub reason: String,
    /// The provider's code of that, or ours.
    pub code: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// Until when it is of use.
    pub useful_until: Option<Timestamp>,
    /// Why it would not be sent again, as far as the row tells; `None`: it can be tried.
    pub not_again: Option<NotAgain>,
    /// When somebody saw to it.
    pub settled_at: Option<Timestamp>,
    /// The row that went out in its place.
    pub sent_as: Option<OutboxId>,
    /// Whether that was another way which the engine took by itself.
    pub replaced: bool,
    /// Why it was dismissed.
    pub dismissed_because: Option<String>,
}

impl Undelivered {
    /// What is to be seen of a row; `None` when it is no message, or has not failed.
    pub fn of(row: &StoredOutbox, now: Timestamp) -> Option<Self> {
        if row.status != OutboxStatus::Failed && row.settled.is_none() {
            return None;
        }
        let item = &row.item;
        let (recipient, source, to) = match &item.what {
            Outgoing::Reply { to, route, .. } => match &route.sink {
                Sink::Sms { to, .. } => (Recipient::Customer, "sms", to.masked()),
                _ => (Recipient::Customer, to.channel.as_str(), end_of(&to.peer)),
            },
            Outgoing::Admin { to, route, .. } => {
                let by_sms = matches!(route.sink, Sink::Sms { .. });
                (Recipient::Owner, if by_sms { "sms" } else { "whatsapp" }, to.masked())
            }
            Outgoing::Code { to, .. } => (Recipient::Code, "code", to.masked()),
            Outgoing::Submit { .. }
            | Outgoing::Query { .. }
            | Outgoing::Withdraw { .. }
            | Outgoing::Refund { .. }
            | Outgoing::Notify { .. }
            | Outgoing::Think { .. }
            | Outgoing::Consult { .. } => return None,
        };
        let (sent_as, replaced, dismissed_because) = match row.settled.as_ref().map(|(_, how)| how)
        {
            Some(Settled::SentAgain { by }) => (Some(*by), false, None),
            Some(Settled::Replaced { by }) => (Some(*by), true, None),
            Some(Settled::Dismissed { because }) => (None, false, Some(because.clone())),
            None => (None, false, None),
        };
        Some(Self {
            id: item.id,
            kind: "failed_delivery",
            recipient,
            source: source.to_owned(),
            to,
            customer: item.customer,
            thread: item.thread,
            reason: reason(row.fault, row.fault_code.as_deref()),
            code: row.fault_code.clone(),
            attempts: item.attempts,
            written_at: item.created_at,
            failed_at: row.failed_at,
            useful_until: item.useful_until,
            not_again: not_again(row, now),
            settled_at: row.settled.as_ref().map(|(at, _)| *at),
            sent_as,
            replaced,
            dismissed_because,
        })
    }

    /// How it was seen to, in words; `None` while nobody has.
    pub fn end(&self) -> Option<String> {
        let at = self.settled_at?;
        Some(match (self.sent_as, &self.dismissed_because) {
            (Some(by), _) if self.replaced => format!("went another way {at} as {by}"),
            (Some(by), _) => format!("sent again {at} as {by}"),
            (None, because) => format!("dismissed {at}: {}", because.as_deref().unwrap_or("")),
        })
    }
}

/// The words of a row, for whoever has to judge whether it is still worth sending; those of a code are never shown.
pub(super) fn words_of(row: &StoredOutbox) -> Option<&str> {
    match &row.item.what {
        Outgoing::Reply { reply, .. } => Some(&reply.text),
        Outgoing::Admin { text, .. } => Some(text),
        _ => None,
    }
}

/// The last three signs, as of a number.
fn end_of(peer: &str) -> String {
    let from = peer.char_indices().rev().nth(2).map_or(0, |(at, _)| at);
    format!("…{}", &peer[from..])
}

fn reason(fault: Option<FaultKind>, code: Option<&str>) -> String {
    if code == Some(EXPIRED) {
        let unsure = if fault == Some(FaultKind::Unknown) { "; it may have arrived" } else { "" };
        return format!("expired: it was of no use any more when it could be sent{unsure}");
    }
    let why = match fault {
        Some(FaultKind::Unknown) => "nobody knows whether it arrived",
        Some(FaultKind::WindowClosed) => "the conversation was closed, and no other way was open",
        Some(FaultKind::Misconfigured) => "the set-up was wrong",
        Some(FaultKind::Unauthorised | FaultKind::Blocked) => "the account was refused",
        Some(FaultKind::Transient | FaultKind::RateLimited) => "it did not go through in any try",
        Some(FaultKind::Rejected) | None => "it was refused",
    };
    match code {
        Some(code) => format!("{why} (code {code})"),
        None => why.to_owned(),
    }
}

/// Why a row is not sent again, as far as the row itself tells.
pub(super) fn not_again(row: &StoredOutbox, now: Timestamp) -> Option<NotAgain> {
    let item = &row.item;
    match &item.what {
        Outgoing::Code { .. } => return Some(NotAgain::Code),
        Outgoing::Reply { repeatable: false, .. } if row.fault == Some(FaultKind::Unknown) => {
            return Some(NotAgain::MayHaveArrived);
        }
        _ => {}
    }
    item.useful_until.filter(|until| *until <= now).map(NotAgain::Expired)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::channel::{Address, ChannelKind};
    use crate::domain::id::Mint;
    use crate::domain::message::Reply;
    use crate::domain::phone::Phone;
    use crate::domain::route::Route;
    use crate::ports::outbox::{CodeText, OutboxItem};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn phone() -> Phone {
        Phone::from_provider("254712345678").unwrap()
    }

    fn row(what: Outgoing, fault: FaultKind, code: Option<&str>) -> StoredOutbox {
        let mint = Mint { at: NOW, seed: 1 };
        StoredOutbox {
            item: OutboxItem {
                id: mint.id(1),
                customer: mint.id(2),
                thread: None,
                lane: "whatsapp:shop:254712345678".into(),
                what,
                attempts: 3,
                created_at: NOW,
                useful_until: Some(NOW + SignedDuration::from_hours(1)),
            },
            status: OutboxStatus::Failed,
            delivery: None,
            provider_id: None,
            billable: 0,
            fault: Some(fault),
            fault_code: code.map(str::to_owned),
            failed_at: Some(NOW),
            settled: None,
        }
    }

    fn reply(repeatable: bool) -> Outgoing {
        let (account, peer) = ("shop".to_owned(), "254712345678".to_owned());
        let to = Address { channel: ChannelKind::Whatsapp, account, peer };
        let route = Route::default();
        Outgoing::Reply { to, reply: Reply::text("Karibu"), repeatable, route }
    }

    #[test]
    fn what_can_be_sent_again_and_what_never() {
        use FaultKind::{Rejected, Transient, Unknown};
        let code = Outgoing::Code { to: phone(), text: CodeText("123456".into()) };
        let admin = Outgoing::Admin { to: phone(), text: "x".into(), route: Route::default() };
        for (what, fault, expected) in [
            (reply(true), Rejected, None),
            (reply(true), Unknown, None),
            (reply(false), Transient, None),
            (reply(false), Unknown, Some(NotAgain::MayHaveArrived)),
            (admin, Unknown, None),
            (code, Rejected, Some(NotAgain::Code)),
        ] {
            assert_eq!(not_again(&row(what.clone(), fault, None), NOW), expected, "{what:?}");
        }
        let late = NOW + SignedDuration::from_hours(1);
        let row = row(reply(true), Rejected, None);
        assert_eq!(not_again(&row, late), Some(NotAgain::Expired(late)));
    }

    #[test]
    fn an_operator_sees_why_and_no_whole_number() {
        let seen = Undelivered::of(&row(reply(true), FaultKind::Rejected, Some("131026")), NOW);
        let seen = serde_json::to_string(&seen.unwrap()).unwrap();
        assert!(seen.contains("it was refused (code 131026)") && seen.contains("…678"), "{seen}");
        assert!(!seen.contains("254712345678") && !seen.contains("Karibu"), "{seen}");
        let expired = reason(Some(FaultKind::Unknown), Some(EXPIRED));
        assert!(expired.contains("expired") && expired.contains("may have arrived"), "{expired}");
        let sent = StoredOutbox {
            status: OutboxStatus::Done,
            ..row(reply(true), FaultKind::Rejected, None)
        };
        assert_eq!(Undelivered::of(&sent, NOW), None);
    }
}
