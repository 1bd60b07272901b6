//! Webhook bodies in, events out.

use jiff::Timestamp;

use super::decode::events;
use crate::domain::message::{Content, Delivery};
use crate::ports::channel::ChannelEvent;
use crate::ports::fault::FaultKind;

const CONTACTS: &str = r#"[{"profile":{"name":"Wanjiru"},"wa_id":"254712345678","user_id":"KE.90210000000000000001"}]"#;

/// A body with one change.
fn body(field: &str, rest: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"100000000000001","changes":[{{"field":"{field}","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"254700000001","phone_number_id":"200000000000001"}},{rest}}}}}]}}]}}"#
    )
}

/// A body with one message of a kind, from somebody whose phone shows.
fn message(kind: &str, rest: &str) -> String {
    let item = item("wamid.1", kind, rest);
    body("messages", &format!(r#""contacts":{CONTACTS},"messages":[{item}]"#))
}

fn item(id: &str, kind: &str, rest: &str) -> String {
    format!(
        r#"{{"from":"254712345678","from_user_id":"KE.90210000000000000001","id":"{id}","timestamp":"1757930400","type":"{kind}"{rest}}}"#
    )
}

fn one(body: &str) -> ChannelEvent {
    let mut events = events(body.as_bytes()).unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

/// What a message says, read both as it came and wrapped so that only the patient reader understands it.
fn said(kind: &str, rest: &str) -> Content {
    let body = message(kind, rest);
    let event = one(&body);
    assert_eq!(one(&format!("[{body}]")), event);
    match event {
        ChannelEvent::Message(message) => message.content,
        other => panic!("no message: {other:?}"),
    }
}

#[test]
fn a_text_brings_who_where_and_when() {
    let raw = message("text", r#","text":{"body":"Caf\u00e9 \ud83d\udc4b a\/b\u0000"}"#);
    let ChannelEvent::Message(message) = one(&raw) else { panic!("no message") };
    assert_eq!(message.content, Content::Text { body: "Café 👋 a/b".into() });
    assert_eq!(message.provider_id, "wamid.1");
    assert_eq!(message.address.account, "200000000000001");
    assert_eq!(message.address.peer, "254712345678");
    let ids: Vec<&str> = message.identities.iter().map(|id| id.external_id.as_str()).collect();
    assert_eq!(ids, ["254712345678", "KE.90210000000000000001"]);
    assert_eq!(message.phone.map(String::from).as_deref(), Some("+254712345678"));
    assert_eq!(message.profile_name.as_deref(), Some("Wanjiru"));
    assert_eq!(message.sent_at, Timestamp::from_second(1_757_930_400).unwrap());
}

#[test]
fn a_sender_may_have_no_phone() {
    let raw = body(
        "messages",
        r#""contacts":[{"profile":{"name":"A","username":"a"},"user_id":"KE.1"},{"profile":{"name":"B"},"user_id":"KE.2"}],"messages":[{"from_user_id":"KE.2","id":"wamid.1","timestamp":"1757930400","type":"text","text":{"body":"Habari"}}]"#,
    );
    let ChannelEvent::Message(message) = one(&raw) else { panic!("no message") };
    assert_eq!(message.address.peer, "KE.2");
    assert_eq!(message.phone, None);
    assert_eq!(message.identities.len(), 1);
    assert_eq!(message.profile_name.as_deref(), Some("B"), "paired by id, not by position");
}

#[test]
fn taps_of_all_three_kinds_are_choices() {
    let choice = |id: &str, title: &str| Content::Choice { id: id.into(), title: title.into() };
    let button = r#","interactive":{"type":"button_reply","button_reply":{"id":"confirm:b42","title":"Ndiyo"}}"#;
    assert_eq!(said("interactive", button), choice("confirm:b42", "Ndiyo"));
    let row = r#","context":{"from":"254700000001","id":"wamid.OUT77"},"interactive":{"type":"list_reply","list_reply":{"id":"slot:10","title":"Wed 10:00","description":"With Achieng"}}"#;
    assert_eq!(said("interactive", row), choice("slot:10", "Wed 10:00"));
    let template = r#","button":{"payload":"confirm:b42","text":"Ndiyo"}"#;
    assert_eq!(said("button", template), choice("confirm:b42", "Ndiyo"));
    assert_eq!(said("button", r#","button":{"text":"Ndiyo"}"#), choice("Ndiyo", "Ndiyo"));
}

#[test]
fn every_other_kind_has_its_content() {
    let unsupported = |what: &str| Content::Unsupported { what: what.into() };
    let attachment = |what: &str, caption: Option<&str>| Content::Attachment {
        what: what.into(),
        caption: caption.map(str::to_owned),
    };
    for (kind, rest, content) in [
        (
            "audio",
            r#","audio":{"id":"9","mime_type":"audio/ogg; codecs=opus","sha256":"q","voice":true}"#,
            Content::Audio { media_id: "9".into() },
        ),
        (
            "image",
            r#","image":{"id":"9","mime_type":"image/jpeg","caption":"hii"}"#,
            Content::Image { media_id: "9".into(), caption: Some("hii".into()) },
        ),
        ("video", r#","video":{"id":"9","caption":"c"}"#, attachment("video", Some("c"))),
        ("document", r#","document":{"id":"9","filename":"f"}"#, attachment("document", None)),
        ("sticker", r#","sticker":{"id":"9","animated":true}"#, attachment("sticker", None)),
        (
            "location",
            r#","location":{"latitude":-1.28,"longitude":36}"#,
            Content::Location { latitude: -1.28, longitude: 36.0 },
        ),
        (
            "reaction",
            r#","reaction":{"message_id":"wamid.OUT77","emoji":"\ud83d\udc4d"}"#,
            Content::Reaction { emoji: Some("👍".into()) },
        ),
        ("reaction", r#","reaction":{"message_id":"w"}"#, Content::Reaction { emoji: None }),
        (
            "reaction",
            r#","reaction":{"message_id":"w","emoji":""}"#,
            Content::Reaction { emoji: None },
        ),
        (
            "unsupported",
            r#","errors":[{"code":131051,"title":"t"}],"unsupported":{"type":"poll_creation"}"#,
            unsupported("poll_creation"),
        ),
        ("unsupported", r#","errors":[{"code":131060}]"#, unsupported("unsupported")),
        ("order", r#","order":{"product_items":[]}"#, unsupported("order")),
        ("hologram", "", unsupported("hologram")),
        (
            "interactive",
            r#","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{}"}}"#,
            unsupported("nfm_reply"),
        ),
        ("interactive", r#","interactive":{"errors":[{"code":1}]}"#, unsupported("interactive")),
    ] {
        assert_eq!(said(kind, rest), content, "{kind} {rest}");
    }
}

#[test]
fn only_an_answer_to_our_request_is_the_senders_own_number() {
    let contact = |rest: &str| match said("contacts", rest) {
        Content::Contact { phone, own } => (phone.map(String::from), own),
        other => panic!("no contact: {other:?}"),
    };
    let number = Some("+254733000000".to_owned());
    let phones = r#""phones":[{"phone":"+254 733 000 000","type":"CELL"}]"#;
    for (rest, own) in [
        (format!(r#","contacts":[{{{phones}}}]"#), false),
        (format!(r#","contacts":[{{{phones},"origin":"other"}}]"#), false),
        (format!(r#","contacts":[{{{phones},"origin":"contact_request"}}]"#), true),
        (format!(r#","origin":"contact_request","contacts":[{{{phones}}}]"#), true),
        (format!(r#","origin":"contact_request","contacts":[{{{phones}}},{{{phones}}}]"#), false),
        (
            r#","contacts":[{"phones":[{"wa_id":"254733000000","origin":"contact_request"}]}]"#
                .into(),
            true,
        ),
    ] {
        assert_eq!(contact(&rest), (number.clone(), own), "{rest}");
    }
    assert_eq!(contact(r#","contacts":[{"name":{"formatted_name":"X"}}]"#), (None, false));
    assert_eq!(contact(r#","contacts":[{"phones":[{"phone":"call me"}]}]"#), (None, false));
}

#[test]
fn a_status_tells_how_far_a_message_came() {
    let status = |rest: &str| {
        one(&body(
            "messages",
            &format!(
                r#""statuses":[{{"id":"wamid.OUT77","timestamp":"1757930405","recipient_id":"254712345678",{rest}}}]"#
            ),
        ))
    };
    for (word, delivery) in [
        ("sent", Delivery::Sent),
        ("delivered", Delivery::Delivered),
        ("read", Delivery::Read),
        ("played", Delivery::Played),
    ] {
        let rest = format!(
            r#""status":"{word}","biz_opaque_callback_data":"out_01JD0000000000000000000000","pricing":{{"billable":true}}"#
        );
        let ChannelEvent::Status(report) = status(&rest) else { panic!("no status") };
        assert_eq!(report.outcome, Ok(delivery));
        assert_eq!(report.provider_id, "wamid.OUT77");
        assert_eq!(
            report.outbox.map(|id| id.to_string()).as_deref(),
            Some("out_01JD0000000000000000000000")
        );
    }
    let ChannelEvent::Status(report) = status(
        r#""status":"failed","biz_opaque_callback_data":"not ours","errors":[{"code":131047,"title":"Re-engagement message","error_data":{"details":"d"}}]"#,
    ) else {
        panic!("no status")
    };
    let failed = report.outcome.unwrap_err();
    assert_eq!((failed.kind, failed.code.as_str()), (FaultKind::WindowClosed, "131047"));
    assert_eq!(report.outbox, None);
    assert_eq!(status(r#""status":"held""#), ChannelEvent::Ignored { what: "status held".into() });
}

#[test]
fn the_owners_own_messages_are_echoes() {
    let echo = r#""message_echoes":[{"from":"254700000001","to":"254712345678","id":"wamid.E1","timestamp":"1757930400","type":"text","text":{"body":"Nitakupigia"}}]"#;
    let ChannelEvent::Echo { address, provider_id, text, .. } =
        one(&body("smb_message_echoes", echo))
    else {
        panic!("no echo")
    };
    assert_eq!((address.peer.as_str(), provider_id.as_str()), ("254712345678", "wamid.E1"));
    assert_eq!(text, "Nitakupigia");
    let own =
        item("wamid.1", "text", r#","text":{"body":"x"}"#).replace("254712345678", "254700000001");
    let looped = body("messages", &format!(r#""messages":[{own}]"#));
    assert_eq!(one(&looped), ChannelEvent::Ignored { what: "own message".into() });
}

#[test]
fn what_is_of_no_consequence_is_named_and_ignored() {
    let ignored = |what: &str| ChannelEvent::Ignored { what: what.into() };
    assert_eq!(one(r#"{"object":"page","entry":[]}"#), ignored("page"));
    for field in ["history", "standby", "account_update", "message_template_status_update"] {
        assert_eq!(one(&body(field, r#""x":1"#)), ignored(field));
        let odd = format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"changes":[{{"field":"{field}","value":"odd"}}]}}]}}"#
        );
        assert_eq!(one(&odd), ignored(field));
    }
    let system = message(
        "system",
        r#","system":{"body":"b","type":"user_changed_user_id","user_id":"KE.2"}"#,
    );
    let renamed = |old: &str, new: &str| ChannelEvent::Renamed {
        account: "200000000000001".into(),
        old: old.into(),
        new: new.into(),
    };
    assert_eq!(one(&system), renamed("KE.90210000000000000001", "KE.2"));
    let system = message(
        "system",
        r#","system":{"body":"b","type":"user_changed_number","wa_id":"254799000111"}"#,
    );
    assert_eq!(one(&system), renamed("254712345678", "254799000111"));
    let system = message("system", r#","system":{"body":"b","type":"customer_identity_changed"}"#);
    assert_eq!(one(&system), ignored("system customer_identity_changed"));
    let errors = body("messages", r#""errors":[{"code":130429,"title":"t"}]"#);
    assert_eq!(one(&errors), ignored("error 130429"));
    for empty in [
        r#"{"object":"whatsapp_business_account","entry":[]}"#,
        r#"{"object":"whatsapp_business_account"}"#,
        r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]}"#,
        "[]",
    ] {
        assert_eq!(events(empty.as_bytes()), Ok(vec![]), "{empty}");
    }
}

#[test]
fn a_bad_item_costs_nobody_but_itself() {
    for bad in [
        r#"{"id":"wamid.bad"}"#,
        "17",
        "null",
        r#"{"from":"254712345678","id":7,"timestamp":"1757930400","type":"text","text":{"body":"x"}}"#,
        r#"{"from":"254712345678","id":"","timestamp":"1757930400","type":"text","text":{"body":"x"}}"#,
        r#"{"id":"wamid.bad","timestamp":"1757930400","type":"text","text":{"body":"x"}}"#,
        r#"{"from":"254712345678","id":"wamid.bad","timestamp":"soon","type":"text","text":{"body":"x"}}"#,
        r#"{"from":"254712345678","id":"wamid.bad","timestamp":"1757930400","type":"text"}"#,
        r#"{"from":"254712345678","id":"wamid.bad","timestamp":"1757930400","type":"text","text":[]}"#,
        r#"{"from":"254712345678","id":"wamid.bad","timestamp":"1757930400","type":"location","location":{}}"#,
    ] {
        let good = |id: &str| item(id, "text", r#","text":{"body":"Habari"}"#);
        let messages = format!("{},{bad},{}", good("wamid.1"), good("wamid.2"));
        let raw = body(
            "messages",
            &format!(r#""contacts":[7],"messages":[{messages}],"statuses":[{{}}]"#),
        );
        let events = events(raw.as_bytes()).unwrap();
        assert_eq!(events.len(), 4, "{bad}");
        assert!(matches!(events[0], ChannelEvent::Message(_)), "{bad}");
        assert!(
            matches!(&events[1], ChannelEvent::Malformed { account: Some(account), .. } if account == "200000000000001"),
            "{bad}"
        );
        assert!(matches!(events[2], ChannelEvent::Message(_)), "{bad}");
        assert!(matches!(events[3], ChannelEvent::Malformed { .. }), "{bad}");
    }
}

#[test]
fn half_an_emoji_costs_nobody_anything() {
    let raw = message("text", r#","text":{"body":"Habari \ud83d"}"#);
    let ChannelEvent::Message(message) = one(&raw) else { panic!("no message") };
    assert_eq!(message.content, Content::Text { body: "Habari \u{fffd}".into() });
}

#[test]
fn what_is_no_json_or_no_envelope_is_refused_without_being_quoted() {
    let truncated = &message("text", r#","text":{"body":"Siri yangu"}"#)[..300];
    for raw in [truncated, "", "17", "null", "\"x\"", &"[".repeat(100_000)] {
        let error = events(raw.as_bytes()).unwrap_err();
        assert!(!error.to_string().contains("Siri"), "{error}");
    }
    assert!(matches!(one("[7]"), ChannelEvent::Malformed { .. }));
}

#[test]
fn a_thousand_items_of_several_businesses_keep_their_order_and_owners() {
    let entries: Vec<String> = (0..1000)
        .map(|n| {
            let kind = if n == 500 { "text\",\"text\":7,\"x\":\"" } else { "order" };
            let item = item(&format!("wamid.{n}"), kind, "");
            body("messages", &format!(r#""messages":[{item}]"#))
                .replace("200000000000001", &format!("20000000000000{}", n % 7))
        })
        .map(|whole| {
            let start = whole.find("[{").unwrap() + 1;
            whole[start..whole.len() - 2].to_owned()
        })
        .collect();
    let raw =
        format!(r#"{{"object":"whatsapp_business_account","entry":[{}]}}"#, entries.join(","));
    let events = events(raw.as_bytes()).unwrap();
    assert_eq!(events.len(), 1000);
    for (n, event) in events.iter().enumerate() {
        match event {
            ChannelEvent::Message(message) => {
                assert_eq!(message.provider_id, format!("wamid.{n}"));
                assert_eq!(message.address.account, format!("20000000000000{}", n % 7));
            }
            ChannelEvent::Malformed { .. } => assert_eq!(n, 500),
            other => panic!("{other:?}"),
        }
    }
}
