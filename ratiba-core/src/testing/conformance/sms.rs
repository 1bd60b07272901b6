//! What every SMS sink promises.

use std::any::Any;
use std::sync::Arc;

use crate::domain::id::Mint;
use crate::domain::phone::Phone;
use crate::domain::sms::segments;
use crate::ports::fault::FaultKind;
use crate::ports::sms::{Sms, SmsAccount, SmsSink};

/// A sink with an account that may send from it.
#[derive(Debug)]
pub struct SmsWorld {
    /// The sink.
    pub sink: Arc<dyn SmsSink>,
    /// The account.
    pub account: SmsAccount,
    /// What has to live as long: a stand-in, for example.
    pub keeps: Box<dyn Any + Send + Sync>,
}

fn sms(text: &str) -> Sms {
    let to = Phone::from_provider("254712345678").unwrap();
    Sms { id: Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 7 }.id(0), to, text: text.to_owned() }
}

/// A text that is taken counts its parts as we do.
pub async fn parts_are_counted_as_ours(world: SmsWorld) {
    for text in ["Habari", &"a".repeat(161), &"👋".repeat(40)] {
        let sent = world.sink.send(&world.account, &sms(text)).await.unwrap();
        assert_eq!(sent.segments, segments(text).parts, "{text}");
    }
}

/// Nothing to say is refused, and nobody is asked.
pub async fn an_empty_text_is_rejected(world: SmsWorld) {
    for text in ["", "  \n"] {
        let refused = world.sink.send(&world.account, &sms(text)).await.unwrap_err();
        assert_eq!(refused.kind, FaultKind::Rejected);
    }
}

/// Texts have ids of their own.
pub async fn ids_differ(world: SmsWorld) {
    let first = world.sink.send(&world.account, &sms("Moja")).await.unwrap();
    let again = Sms { id: Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 8 }.id(0), ..sms("Mbili") };
    let second = world.sink.send(&world.account, &again).await.unwrap();
    assert!(first.provider_id.is_some() && first.provider_id != second.provider_id);
}

/// What is no report is refused and harms nothing.
pub async fn garbage_is_no_report(world: SmsWorld) {
    for raw in [&b""[..], b"\xff\xfe", b"{}", b"id=&status=", b"status=Success", b"&&&=%%%"] {
        assert!(world.sink.decode_report(raw).is_err());
    }
}

/// Names every promise as a test for what `make` makes: `async fn make() -> SmsWorld`.
#[macro_export]
macro_rules! sms_sink_conformance {
    ($make:path) => {
        #[tokio::test]
        async fn parts_are_counted_as_ours() {
            $crate::testing::conformance::sms::parts_are_counted_as_ours($make().await).await;
        }
        #[tokio::test]
        async fn an_empty_text_is_rejected() {
            $crate::testing::conformance::sms::an_empty_text_is_rejected($make().await).await;
        }
        #[tokio::test]
        async fn ids_differ() {
            $crate::testing::conformance::sms::ids_differ($make().await).await;
        }
        #[tokio::test]
        async fn garbage_is_no_report() {
            $crate::testing::conformance::sms::garbage_is_no_report($make().await).await;
        }
    };
}
