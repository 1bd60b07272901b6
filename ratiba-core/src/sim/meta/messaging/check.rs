//! Whether Meta would take a message: required parts, limits, retired tags. Messenger counts code points, Instagram bytes.

use std::collections::HashSet;

use serde_json::Value;

use super::super::faults::Refusal;
use super::super::state::Button;
use super::state::Platform;

/// What a request wants.
#[derive(Debug, PartialEq)]
pub(super) enum Wanted {
    /// `mark_seen`, `typing_on`, `typing_off`.
    Action(String),
    /// To say something.
    Message { text: String, quick_replies: Vec<Button>, asks_phone: bool, metadata: Option<String> },
}

fn bad(details: impl Into<String>) -> Refusal {
    Refusal::new(400, 100).because(details)
}

fn only(of: &Value, known: &[&str]) -> Result<(), Refusal> {
    let keys = of.as_object().ok_or_else(|| bad("an object was expected"))?;
    match keys.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(bad(format!("the parameter {key} is not known"))),
        None => Ok(()),
    }
}

/// Reads a request to send: to whom and what. Or says why Meta refuses it.
pub(super) fn request(platform: Platform, body: &Value) -> Result<(String, Wanted), Refusal> {
    only(body, &["recipient", "messaging_type", "tag", "message", "sender_action"])?;
    let person = body["recipient"]["id"].as_str().filter(|id| !id.is_empty());
    let person = person.ok_or_else(|| bad("recipient.id is required"))?.to_owned();
    if let Some(action) = body.get("sender_action") {
        only(body, &["recipient", "sender_action"])?;
        return match action.as_str() {
            Some(action @ ("mark_seen" | "typing_on" | "typing_off")) => {
                Ok((person, Wanted::Action(action.to_owned())))
            }
            _ => Err(bad("sender_action is not known")),
        };
    }
    if body.get("tag").is_some() || body["messaging_type"] == "MESSAGE_TAG" {
        return Err(bad("this message tag is deprecated"));
    }
    if platform == Platform::Messenger
        && !matches!(body["messaging_type"].as_str(), Some("RESPONSE" | "UPDATE"))
    {
        return Err(bad("messaging_type must be RESPONSE or UPDATE"));
    }
    message(platform, &body["message"]).map(|wanted| (person, wanted))
}

fn message(platform: Platform, message: &Value) -> Result<Wanted, Refusal> {
    match platform {
        Platform::Instagram => only(message, &["text", "quick_replies"])?,
        Platform::Messenger => only(message, &["text", "quick_replies", "metadata"])?,
    }
    let text = message["text"].as_str().unwrap_or_default().to_owned();
    let fits = match platform {
        Platform::Instagram => text.len() <= 1000,
        Platform::Messenger => text.chars().count() <= 2000,
    };
    if text.trim().is_empty() || !fits {
        return Err(bad("message.text is empty or too long"));
    }
    let metadata = message.get("metadata").and_then(Value::as_str).map(str::to_owned);
    if metadata.as_ref().is_some_and(|metadata| metadata.chars().count() > 1000) {
        return Err(bad("message.metadata is too long"));
    }
    let offered = match message.get("quick_replies") {
        None => &[][..],
        Some(Value::Array(offered)) if (1..=13).contains(&offered.len()) => offered.as_slice(),
        Some(_) => return Err(bad("quick_replies must be a list of 1 to 13")),
    };
    let mut quick_replies = Vec::new();
    let mut asks_phone = false;
    let mut payloads = HashSet::new();
    for one in offered {
        match one["content_type"].as_str() {
            Some("text") => {
                only(one, &["content_type", "title", "payload"])?;
                let title = one["title"].as_str().unwrap_or_default();
                let payload = one["payload"].as_str().unwrap_or_default();
                // The platform cuts longer titles off; nothing of ours should be.
                if title.trim().is_empty() || title.chars().count() > 20 {
                    return Err(bad("a quick reply's title is empty or over 20 characters"));
                }
                if payload.is_empty() || payload.chars().count() > 1000 || !payloads.insert(payload)
                {
                    return Err(bad("a quick reply's payload is empty, too long or used twice"));
                }
                quick_replies.push(Button { id: payload.to_owned(), title: title.to_owned() });
            }
            Some("user_phone_number") if platform == Platform::Messenger => {
                only(one, &["content_type"])?;
                asks_phone = true;
            }
            _ => return Err(bad("a quick reply's content_type is not known here")),
        }
    }
    Ok(Wanted::Message { text, quick_replies, asks_phone, metadata })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(platform: Platform, message: &Value) -> Option<String> {
        let mut body = json!({ "recipient": { "id": "1" }, "message": message });
        if platform == Platform::Messenger {
            body["messaging_type"] = json!("RESPONSE");
        }
        request(platform, &body).err().map(|refused| refused.details)
    }

    #[test]
    fn lengths_are_bytes_on_one_and_characters_on_the_other() {
        let long = json!({ "text": "é".repeat(501) });
        assert!(told(Platform::Instagram, &long).is_some());
        assert_eq!(told(Platform::Messenger, &long), None);
        assert_eq!(told(Platform::Instagram, &json!({ "text": "é".repeat(500) })), None);
        assert!(told(Platform::Messenger, &json!({ "text": "a".repeat(2001) })).is_some());
    }

    #[test]
    fn what_is_not_documented_or_retired_is_refused() {
        let labelled = json!({ "text": "a", "metadata": "x" });
        assert!(told(Platform::Instagram, &labelled).is_some());
        assert_eq!(told(Platform::Messenger, &labelled), None);
        let phone =
            json!({ "text": "a", "quick_replies": [{ "content_type": "user_phone_number" }] });
        assert!(told(Platform::Instagram, &phone).is_some());
        assert_eq!(told(Platform::Messenger, &phone), None);
        let tagged = json!({ "recipient": { "id": "1" }, "messaging_type": "MESSAGE_TAG",
            "tag": "CONFIRMED_EVENT_UPDATE", "message": { "text": "a" } });
        assert!(request(Platform::Messenger, &tagged).is_err());
    }

    #[test]
    fn fourteen_quick_replies_and_a_title_of_21_are_too_much() {
        let quick = |n: usize, title: &str| {
            let all: Vec<Value> = (0..n)
                .map(
                    |n| json!({ "content_type": "text", "title": title, "payload": n.to_string() }),
                )
                .collect();
            json!({ "text": "a", "quick_replies": all })
        };
        assert_eq!(told(Platform::Instagram, &quick(13, "Ndiyo")), None);
        assert!(told(Platform::Instagram, &quick(14, "Ndiyo")).is_some());
        assert!(told(Platform::Instagram, &quick(1, &"x".repeat(21))).is_some());
        assert!(told(Platform::Instagram, &quick(0, "")).is_some());
    }
}
