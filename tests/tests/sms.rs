//! Africa's Talking against its stand-in, and the SMS sinks against their common promises.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::africastalking::AfricasTalking;
use ratiba_core::domain::id::{Id, Mint};
use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::domain::phone::Phone;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::sms::{Sms, SmsAccount, SmsSent, SmsSink, UNWANTED};
use ratiba_core::sim::africastalking::{AfricasTalkingSim, SimSmsAccount, SmsFault};
use ratiba_core::testing::conformance::sms::SmsWorld;
use ratiba_core::testing::{ManualClock, RecordingSms};

use crate::HASTE;

const WANJIRU: &str = "254712345678";

/// An account at the stand-in, and our adapter.
struct Texts {
    sim: AfricasTalkingSim,
    sink: AfricasTalking,
    account: SmsAccount,
}

impl Texts {
    async fn new() -> Self {
        Self::with(None).await
    }

    async fn with(patience: Option<Duration>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH));
        let sim = AfricasTalkingSim::start(clock).await.unwrap();
        sim.add_account(SimSmsAccount {
            username: "kinyozi".into(),
            api_key: "key-1".into(),
            sender: Some("KINYOZI".into()),
        });
        let sink = match patience {
            Some(patience) => AfricasTalking::with_timeout(sim.base_url(), patience),
            None => AfricasTalking::new(sim.base_url()),
        };
        let account = SmsAccount {
            tenant: mint(1),
            username: "kinyozi".into(),
            api_key: "key-1".into(),
            sender: Some("KINYOZI".into()),
            delivery_token: "token".into(),
        };
        Self { sim, sink: sink.unwrap(), account }
    }

    async fn send(&self, text: &str) -> Result<SmsSent, Fault> {
        self.send_to(WANJIRU, text).await
    }

    async fn send_to(&self, phone: &str, text: &str) -> Result<SmsSent, Fault> {
        let to = Phone::from_provider(phone).unwrap();
        self.sink.send(&self.account, &Sms { id: mint(2), to, text: text.to_owned() }).await
    }
}

fn mint<K>(n: u32) -> Id<K> {
    Mint { at: Timestamp::UNIX_EPOCH, seed: 1 }.id(n)
}

async fn africas_talking() -> SmsWorld {
    let Texts { sim, sink, account } = Texts::new().await;
    SmsWorld { sink: Arc::new(sink), account, keeps: Box::new(sim) }
}

async fn recording() -> SmsWorld {
    let Texts { account, .. } = Texts::new().await;
    SmsWorld { sink: Arc::new(RecordingSms::default()), account, keeps: Box::new(()) }
}

mod africas_talking_keeps_the_promises {
    ratiba_core::sms_sink_conformance!(super::africas_talking);
}

mod the_recording_sink_keeps_the_promises {
    ratiba_core::sms_sink_conformance!(super::recording);
}

#[tokio::test]
async fn a_text_arrives_with_its_parts_and_its_cost() {
    let texts = Texts::new().await;
    let sent = texts.send("Kinyozi Fresh: kesho saa 3:00 & +1").await.unwrap();
    assert_eq!((sent.segments, sent.cost), (1, Some(Money::new(80, Currency::Kes))));
    let inbox = texts.sim.inbox(WANJIRU);
    assert_eq!(inbox[0].text, "Kinyozi Fresh: kesho saa 3:00 & +1");
    assert_eq!(inbox[0].from.as_deref(), Some("KINYOZI"));
    assert_eq!(sent.provider_id.as_deref(), Some(inbox[0].id.as_str()));
    for (text, parts) in [("a".repeat(161), 2), ("👋".repeat(36), 2), ("€".repeat(80), 1)] {
        let sent = texts.send(&text).await.unwrap();
        let cost = Some(Money::new(80 * i64::from(parts), Currency::Kes));
        assert_eq!((sent.segments, sent.cost), (parts, cost));
        assert_eq!(texts.sim.inbox(WANJIRU).last().unwrap().parts, parts);
    }
}

#[tokio::test]
async fn every_refusal_carries_its_decision_and_nothing_arrives() {
    let texts = Texts::new().await;
    for (fault, kind) in [
        (SmsFault::Nobody("InvalidSenderId"), FaultKind::Misconfigured),
        (SmsFault::Nobody("InvalidPhoneNumber"), FaultKind::Rejected),
        (SmsFault::Code(401, "RiskHold"), FaultKind::Blocked),
        (SmsFault::Code(403, "InvalidPhoneNumber"), FaultKind::Rejected),
        (SmsFault::Code(405, "InsufficientBalance"), FaultKind::Blocked),
        (SmsFault::Code(406, "UserInBlacklist"), FaultKind::Rejected),
        (SmsFault::Code(409, "DoNotDisturbRejection"), FaultKind::RateLimited),
        (SmsFault::Code(500, "InternalServerError"), FaultKind::Transient),
        (SmsFault::Http(401, "The supplied authentication is invalid"), FaultKind::Unauthorised),
        (SmsFault::Http(429, "slow down"), FaultKind::RateLimited),
        (SmsFault::Http(502, "<html>Bad Gateway</html>"), FaultKind::Unknown),
    ] {
        texts.sim.fail_next(fault.clone());
        assert_eq!(texts.send("Habari").await.unwrap_err().kind, kind, "{fault:?}");
    }
    assert_eq!(texts.sim.inbox(WANJIRU), []);
    texts.send("Habari").await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_lost_or_garbled_leaves_the_text_unknown() {
    let texts = Texts::with(Some(HASTE)).await;
    for (n, fault) in [SmsFault::NoAnswer, SmsFault::Reset, SmsFault::Xml].into_iter().enumerate() {
        texts.sim.fail_next(fault.clone());
        let refused = texts.send("Habari").await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Unknown, "{fault:?}");
        assert_eq!(texts.sim.inbox(WANJIRU).len(), n + 1, "it arrived once: {fault:?}");
    }
    texts.sim.stop().await;
    assert_eq!(texts.send("Habari").await.unwrap_err().kind, FaultKind::Transient);
}

#[tokio::test]
async fn ids_and_costs_are_read_as_they_are_spelt() {
    let texts = Texts::new().await;
    for (cost, id, expected) in [
        ("0", "None", (None, Some(Money::zero(Currency::Kes)))),
        ("0.8000", "ATXid_x", (Some("ATXid_x"), Some(Money::new(80, Currency::Kes)))),
        ("UGX 35.0000", "ATXid_y", (Some("ATXid_y"), Some(Money::new(35, Currency::Ugx)))),
        ("free", "ATXid_z", (Some("ATXid_z"), None)),
    ] {
        texts.sim.fail_next(SmsFault::Spelt { cost, id });
        let sent = texts.send("Habari").await.unwrap();
        assert_eq!((sent.provider_id.as_deref(), sent.cost), expected, "{cost}");
    }
}

#[tokio::test]
async fn balance_keys_senders_and_wishes_are_the_providers_to_judge() {
    let mut texts = Texts::new().await;
    texts.sim.set_balance(100);
    texts.send("Habari").await.unwrap();
    assert_eq!(texts.send("Habari").await.unwrap_err().kind, FaultKind::Blocked);
    texts.sim.set_balance(1_000);
    texts.sim.refuse_texts("254722000000");
    let unwanted = texts.send_to("254722000000", "Habari").await.unwrap_err();
    assert_eq!(unwanted.code.as_deref(), Some(UNWANTED));
    texts.account.sender = Some("ANOTHER".into());
    assert_eq!(texts.send("Habari").await.unwrap_err().kind, FaultKind::Misconfigured);
    texts.account.sender = None;
    texts.account.username = "sandbox".into();
    assert_eq!(texts.send("Habari").await.unwrap_err().kind, FaultKind::Unauthorised);
    let slow = SignedDuration::from_hours(2);
    texts.account.username = "kinyozi".into();
    texts.sim.fail_next(SmsFault::Code(409, "DoNotDisturbRejection"));
    assert_eq!(texts.send("Habari").await.unwrap_err().retry_after, Some(slow));
}
