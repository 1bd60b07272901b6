//! Webhook bodies in, events out; replies in, request bodies out.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::decode::events;
use super::encode;
use super::place::{INSTAGRAM, MESSENGER, Place};
use crate::domain::channel::Address;
use crate::domain::id::{Mint, OutboxId};
use crate::domain::message::{Choice, Content, Delivery, Link, Reply};
use crate::ports::channel::{ChannelEvent, Outbound};

const BOTH: [&Place; 2] = [&INSTAGRAM, &MESSENGER];
const PAGE: &str = "400000000000001";

fn body(place: &Place, item: &Value) -> Vec<u8> {
    json!({ "object": place.object, "entry": [{ "id": PAGE, "time": 1_757_930_400_123_i64, "messaging": [item] }] })
        .to_string()
        .into_bytes()
}

/// An item of a person.
fn item(rest: &Value) -> Value {
    let mut item = json!({ "sender": { "id": "5550001" }, "recipient": { "id": PAGE }, "timestamp": 1_757_930_399_900_i64 });
    for (key, value) in rest.as_object().unwrap() {
        item[key] = value.clone();
    }
    item
}

fn one(place: &Place, rest: &Value) -> ChannelEvent {
    let mut events = events(place, &body(place, &item(rest))).unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn said(rest: &Value) -> Content {
    let [instagram, messenger] = BOTH.map(|place| match one(place, rest) {
        ChannelEvent::Message(message) => message.content,
        other => panic!("no message: {other:?}"),
    });
    assert_eq!(instagram, messenger);
    instagram
}

#[test]
fn a_text_brings_who_where_and_when() {
    for place in BOTH {
        let event = one(place, &json!({ "message": { "mid": "m_1", "text": "Café 👋\u{0}" } }));
        let ChannelEvent::Message(message) = event else { panic!("no message") };
        assert_eq!(message.content, Content::Text { body: "Café 👋".into() });
        assert_eq!((message.provider_id.as_str(), message.phone), ("m_1", None));
        assert_eq!(
            (message.address.account.as_str(), message.address.peer.as_str()),
            (PAGE, "5550001")
        );
        assert_eq!(message.address.channel, place.channel);
        assert_eq!(message.sent_at.as_millisecond(), 1_757_930_399_900);
        assert_eq!(message.identities[0].external_id, "5550001");
    }
}

#[test]
fn taps_are_choices_and_the_phone_button_is_typed_words() {
    let quick = json!({ "message": { "mid": "m_1", "text": "10:00", "quick_reply": { "payload": "slot:1" } } });
    assert_eq!(said(&quick), Content::Choice { id: "slot:1".into(), title: "10:00".into() });
    let phone = json!({ "message": { "mid": "m_1", "text": "+254712345678", "quick_reply": { "payload": "+254712345678" } } });
    assert_eq!(said(&phone), Content::Text { body: "+254712345678".into() });
    let postback =
        json!({ "postback": { "mid": "m_2", "title": "Bei zenu?", "payload": "ICE_1" } });
    assert_eq!(said(&postback), Content::Choice { id: "ICE_1".into(), title: "Bei zenu?".into() });
}

#[test]
fn a_postback_without_an_id_gets_one_that_stays_the_same() {
    let id = |payload: &str| match one(
        &MESSENGER,
        &json!({ "postback": { "title": "A", "payload": payload } }),
    ) {
        ChannelEvent::Message(message) => message.provider_id,
        other => panic!("no message: {other:?}"),
    };
    assert_eq!(id("A"), id("A"));
    assert_ne!(id("A"), id("B"));
}

#[test]
fn what_is_no_text_is_heard_as_what_it_is() {
    let attached = |kind: &str, payload: Value| {
        said(
            &json!({ "message": { "mid": "m_1", "attachments": [{ "type": kind, "payload": payload }] } }),
        )
    };
    let url = json!({ "url": "https://cdn.example/1" });
    assert_eq!(
        attached("image", url.clone()),
        Content::Image { media_id: "https://cdn.example/1".into(), caption: None }
    );
    assert_eq!(
        attached("audio", url.clone()),
        Content::Audio { media_id: "https://cdn.example/1".into() }
    );
    for kind in ["video", "file", "sticker", "share", "story_mention", "ig_reel", "fallback"] {
        assert_eq!(
            attached(kind, url.clone()),
            Content::Attachment { what: kind.into(), caption: None }
        );
    }
    let thumb = json!({ "url": "https://cdn.example/1", "sticker_id": 369 });
    assert_eq!(
        attached("image", thumb),
        Content::Attachment { what: "sticker".into(), caption: None }
    );
    let place = json!({ "coordinates": { "lat": -1.25, "long": 36.5 } });
    assert_eq!(attached("location", place), Content::Location { latitude: -1.25, longitude: 36.5 });
    let unsupported = json!({ "message": { "mid": "m_1", "is_unsupported": true } });
    assert_eq!(said(&unsupported), Content::Unsupported { what: "unsupported".into() });
    let edit = json!({ "message_edit": { "mid": "m_1", "text": "saa kumi", "num_edit": 2 } });
    assert_eq!(said(&edit), Content::Unsupported { what: "edit".into() });
    let heart = json!({ "reaction": { "mid": "m_1", "action": "react", "reaction": "love" } });
    assert_eq!(said(&heart), Content::Reaction { emoji: Some("love".into()) });
    let taken_back = json!({ "reaction": { "mid": "m_1", "action": "unreact" } });
    assert_eq!(said(&taken_back), Content::Reaction { emoji: None });
}

#[test]
fn what_is_taken_back_is_named() {
    let rest = json!({ "message": { "mid": "m_1", "is_deleted": true } });
    let event = one(&MESSENGER, &rest);
    assert!(
        matches!(&event, ChannelEvent::TakenBack { provider_id, .. } if provider_id == "m_1"),
        "{event:?}"
    );
}

#[test]
fn what_nobody_said_is_ignored() {
    for rest in [
        json!({ "message": { "mid": "m_1", "text": "x", "is_self": true } }),
        json!({ "referral": { "ref": "x" } }),
        json!({ "optin": {} }),
        json!({}),
    ] {
        assert!(matches!(one(&MESSENGER, &rest), ChannelEvent::Ignored { .. }), "{rest}");
    }
    let own = json!({ "sender": { "id": PAGE }, "timestamp": 1, "message": { "mid": "m_1", "text": "x" } });
    let heard = events(&INSTAGRAM, &body(&INSTAGRAM, &own)).unwrap();
    assert!(matches!(heard.as_slice(), [ChannelEvent::Ignored { .. }]), "{heard:?}");
}

#[test]
fn an_echo_with_our_word_is_ours_and_another_a_persons() {
    let id: OutboxId = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 }.id(0);
    let echo = |metadata: Option<String>| {
        let mut echo = json!({ "sender": { "id": PAGE }, "recipient": { "id": "5550001" }, "timestamp": 1_757_930_399_900_i64,
            "message": { "mid": "m_9", "text": "Karibu", "is_echo": true } });
        if let Some(metadata) = metadata {
            echo["message"]["metadata"] = json!(metadata);
        }
        events(&MESSENGER, &body(&MESSENGER, &echo)).unwrap().remove(0)
    };
    let ChannelEvent::Status(ours) = echo(Some(id.to_string())) else { panic!("not ours") };
    assert_eq!(
        (ours.outbox, ours.provider_id.as_str(), ours.outcome),
        (Some(id), "m_9", Ok(Delivery::Sent))
    );
    for metadata in [None, Some("another app's".to_owned())] {
        let ChannelEvent::Echo { address, text, .. } = echo(metadata) else { panic!("no echo") };
        assert_eq!((address.peer.as_str(), text.as_str()), ("5550001", "Karibu"));
    }
}

#[test]
fn receipts_name_messages_or_a_moment() {
    let delivered =
        json!({ "delivery": { "mids": ["m_1", "m_2"], "watermark": 1_757_930_399_900_i64 } });
    let both = events(&MESSENGER, &body(&MESSENGER, &item(&delivered))).unwrap();
    assert!(both.iter().all(|event| matches!(event, ChannelEvent::Status(status) if status.outcome == Ok(Delivery::Delivered))));
    assert_eq!(both.len(), 2);
    let read = one(&MESSENGER, &json!({ "read": { "watermark": 1_757_930_399_900_i64 } }));
    assert!(
        matches!(read, ChannelEvent::UpTo { delivery: Delivery::Read, upto, .. } if upto.as_millisecond() == 1_757_930_399_900)
    );
    let seen = one(&INSTAGRAM, &json!({ "read": { "mid": "m_1" } }));
    assert!(matches!(seen, ChannelEvent::Status(status) if status.outcome == Ok(Delivery::Read)));
}

#[test]
fn a_bad_item_costs_nobody_but_itself() {
    let good = |mid: &str| item(&json!({ "message": { "mid": mid, "text": "Habari" } }));
    let items = [
        good("m_1"),
        json!({ "sender": 7.5 }),
        json!("x"),
        item(&json!({ "message": { "text": "no id" } })),
        good("m_2"),
    ];
    let body = json!([{ "object": "page", "entry": [{ "id": PAGE, "messaging": items }, { "id": PAGE }, {}] }, { "object": "instagram" }, {}]);
    let heard = events(&MESSENGER, body.to_string().as_bytes()).unwrap();
    let kinds: Vec<&str> = heard
        .iter()
        .map(|event| match event {
            ChannelEvent::Message(_) => "message",
            ChannelEvent::Malformed { .. } => "malformed",
            ChannelEvent::Ignored { .. } => "ignored",
            _ => "other",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "message",
            "malformed",
            "malformed",
            "malformed",
            "message",
            "malformed",
            "ignored",
            "malformed"
        ]
    );
}

#[test]
fn another_apps_conversation_is_listened_to_in_silence() {
    let said = item(&json!({ "message": { "mid": "m_1", "text": "Habari" } }));
    let echo = json!({ "sender": { "id": PAGE }, "recipient": { "id": "5550001" }, "timestamp": 1, "message": { "mid": "m_2", "text": "Karibu", "is_echo": true } });
    let body =
        json!({ "object": "page", "entry": [{ "id": PAGE, "time": 1, "standby": [said, echo] }] });
    let heard = events(&MESSENGER, body.to_string().as_bytes()).unwrap();
    assert!(
        matches!(heard.as_slice(), [ChannelEvent::Ignored { .. }, ChannelEvent::Echo { .. }]),
        "{heard:?}"
    );
}

#[test]
fn changes_may_carry_the_same_items() {
    let said = item(&json!({ "message": { "mid": "m_1", "text": "Habari" } }));
    let body = json!({ "object": "instagram", "entry": [{ "id": PAGE, "changes": [{ "field": "messages", "value": said }, { "field": "comments", "value": {} }] }] });
    let heard = events(&INSTAGRAM, body.to_string().as_bytes()).unwrap();
    assert!(
        matches!(heard.as_slice(), [ChannelEvent::Message(_), ChannelEvent::Ignored { .. }]),
        "{heard:?}"
    );
}

#[test]
fn four_thousand_mutated_bodies_harm_nothing() {
    let original = body(
        &INSTAGRAM,
        &item(
            &json!({ "message": { "mid": "m_1", "text": "Café 👋", "attachments": [{ "type": "image", "payload": { "url": "u" } }] } }),
        ),
    );
    let mut state = 7_u64;
    let mut draw = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let (mut read, mut refused) = (0, 0);
    for _ in 0..4_000 {
        let mut bytes = original.clone();
        for _ in 0..=draw(4) {
            let at = draw(bytes.len());
            match draw(4) {
                0 => bytes[at] = u8::try_from(draw(256)).unwrap(),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, b"{}[]\",:\\0u"[draw(10)]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        match events(&INSTAGRAM, &bytes) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    assert_eq!(read + refused, 4_000);
    assert!(read > 200 && refused > 200, "{read} were read and {refused} refused");
}

fn encoded(place: &Place, reply: Reply) -> Option<Value> {
    let to = Address { channel: place.channel, account: PAGE.into(), peer: "5550001".into() };
    let id = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 }.id(0);
    encode::message(place, &Outbound { id, to, reply })
}

fn choice(id: &str, title: &str) -> Choice {
    Choice { id: id.into(), title: title.into(), description: None }
}

#[test]
fn choices_are_quick_replies_and_words_where_those_may_not_be_seen() {
    let reply = || Reply {
        choices: vec![choice("a", "10:00"), choice("b", "11:00")],
        ..Reply::text("Saa ngapi?")
    };
    let messenger = encoded(&MESSENGER, reply()).unwrap();
    assert_eq!(messenger["message"]["text"], "Saa ngapi?");
    assert_eq!(
        messenger["message"]["quick_replies"][1],
        json!({ "content_type": "text", "title": "11:00", "payload": "b" })
    );
    assert_eq!(messenger["messaging_type"], "RESPONSE");
    assert!(messenger["message"]["metadata"].as_str().unwrap().starts_with("out_"));
    let instagram = encoded(&INSTAGRAM, reply()).unwrap();
    assert_eq!(instagram["message"]["text"], "Saa ngapi?\n\n1. 10:00\n2. 11:00");
    assert_eq!(instagram["message"]["quick_replies"].as_array().unwrap().len(), 2);
    assert!(
        instagram.get("messaging_type").is_none() && instagram["message"].get("metadata").is_none()
    );
}

#[test]
fn a_title_that_is_cut_stands_in_the_words_in_full() {
    let long = Reply {
        choices: vec![choice("a", "Kuosha na kukausha nywele"), choice("b", "Kusuka")],
        ..Reply::text("Huduma?")
    };
    let body = encoded(&MESSENGER, long).unwrap();
    assert_eq!(body["message"]["text"], "Huduma?\n\n1. Kuosha na kukausha nywele\n2. Kusuka");
    assert_eq!(body["message"]["quick_replies"][0]["title"], "1. Kuosha na kukaus…");
}

#[test]
fn instagram_counts_bytes_and_what_can_be_answered_stays() {
    let reply = Reply {
        choices: vec![choice("a", "Ndiyo"), choice("b", "Hapana")],
        link: Some(Link { title: "Ramani".into(), url: "https://maps.example/1".into() }),
        ..Reply::text("é".repeat(900))
    };
    let body = encoded(&INSTAGRAM, reply).unwrap();
    let text = body["message"]["text"].as_str().unwrap();
    assert!(
        text.len() <= 1000
            && text.ends_with("…\n\nRamani: https://maps.example/1\n\n1. Ndiyo\n2. Hapana"),
        "{text}"
    );
}

#[test]
fn only_messenger_has_a_button_for_the_phone() {
    let reply = || Reply { asks_phone: true, ..Reply::text("Namba yako?") };
    assert_eq!(
        encoded(&MESSENGER, reply()).unwrap()["message"]["quick_replies"],
        json!([{ "content_type": "user_phone_number" }])
    );
    assert!(encoded(&INSTAGRAM, reply()).unwrap()["message"].get("quick_replies").is_none());
    assert_eq!(encoded(&INSTAGRAM, Reply::text(" \u{0}")), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for place in BOTH {
            drop(events(place, &bytes));
        }
    }
}
