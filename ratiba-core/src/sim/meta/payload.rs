//! Webhook bodies as Meta builds them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{Number, Person};

/// One entry of one business account: the smallest thing that a webhook carries.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// `whatsapp_business_account`, `instagram`, `page`.
    pub(super) object: &'static str,
    pub(super) entry: Value,
}

fn change(number: &Number, field: &str, value: &Value) -> Item {
    let entry = json!({ "id": number.waba, "changes": [{ "field": field, "value": value }] });
    Item { object: "whatsapp_business_account", entry }
}

/// How a message was addressed; decides what its statuses reveal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SentTo {
    Phone,
    UserId,
}

/// A body with some items.
pub(super) fn envelope(items: &[Item]) -> Value {
    let object = items.first().map_or("", |item| item.object);
    let entries: Vec<&Value> = items.iter().map(|item| &item.entry).collect();
    json!({ "object": object, "entry": entries })
}

fn value(account: &str, number: &Number) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": number.display, "phone_number_id": account },
    })
}

fn contact(person: &Person) -> Value {
    let mut contact = json!({ "profile": { "name": person.name }, "user_id": person.user_id });
    if person.hidden_phone {
        contact["profile"]["username"] = json!(format!("@{}", person.name.to_lowercase()));
    } else {
        contact["wa_id"] = json!(person.phone);
    }
    contact
}

/// A person's message; `rest` holds `type` and the part that it names.
pub(super) fn message(
    account: &str,
    number: &Number,
    person: &Person,
    id: &str,
    at: Timestamp,
    mut rest: Value,
) -> Item {
    rest["id"] = json!(id);
    rest["from_user_id"] = json!(person.user_id);
    rest["timestamp"] = json!(at.as_second().to_string());
    if !person.hidden_phone {
        rest["from"] = json!(person.phone);
    }
    let mut value = value(account, number);
    value["contacts"] = json!([contact(person)]);
    value["messages"] = json!([rest]);
    change(number, "messages", &value)
}

/// What the owner sent from the app on their own phone.
pub(super) fn echo(
    account: &str,
    number: &Number,
    person: &Person,
    id: &str,
    at: Timestamp,
    text: &str,
) -> Item {
    let mut value = value(account, number);
    value["message_echoes"] = json!([{
        "from": number.display, "to": person.phone, "id": id,
        "timestamp": at.as_second().to_string(), "type": "text", "text": { "body": text },
    }]);
    change(number, "smb_message_echoes", &value)
}

/// A status of a message that the business sent. `failed` with its code has no contacts.
#[expect(clippy::too_many_arguments, reason = "each is one field of the payload")]
pub(super) fn status(
    account: &str,
    number: &Number,
    person: &Person,
    sent_to: SentTo,
    id: &str,
    at: Timestamp,
    word: &str,
    opaque: Option<&str>,
    failed: Option<i64>,
) -> Item {
    let mut status = json!({ "id": id, "status": word, "timestamp": at.as_second().to_string() });
    if sent_to == SentTo::Phone || !person.hidden_phone {
        status["recipient_id"] = json!(person.phone);
    }
    if sent_to == SentTo::UserId || failed.is_none() {
        status["recipient_user_id"] = json!(person.user_id);
    }
    if let Some(opaque) = opaque {
        status["biz_opaque_callback_data"] = json!(opaque);
    }
    let mut value = value(account, number);
    if let Some(code) = failed {
        status["errors"] = json!([{
            "code": code, "title": "Failed", "message": "Failed",
            "error_data": { "details": "The stand-in was told to fail this message, or a rule did." },
        }]);
    } else {
        status["pricing"] = json!({
            "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service",
        });
        value["contacts"] = json!([contact(person)]);
    }
    value["statuses"] = json!([status]);
    change(number, "messages", &value)
}

/// An item that lacks almost everything.
pub(super) fn add_malformed_item(envelope: &mut Value) {
    let entry = &mut envelope["entry"][0];
    if let Some(items) = entry.get_mut("messaging").and_then(Value::as_array_mut) {
        items.insert(0, json!({ "sender": { "id": true }, "message": "none" }));
        return;
    }
    let value = &mut entry["changes"][0]["value"];
    for key in ["messages", "statuses", "message_echoes"] {
        if let Some(items) = value.get_mut(key).and_then(Value::as_array_mut) {
            items.insert(0, json!({ "id": 7, "type": ["text"] }));
            return;
        }
    }
}

/// JSON as Meta writes it: everything beyond ASCII as `\uXXXX` in lower-case hex, and escaped slashes.
pub(super) fn meta_json(value: &Value) -> Vec<u8> {
    let plain = value.to_string();
    let mut out = String::with_capacity(plain.len() + plain.len() / 8);
    let mut units = [0_u16; 2];
    for c in plain.chars() {
        match c {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut units) {
                    out.push_str("\\u");
                    out.push_str(&hex::encode(unit.to_be_bytes()));
                }
            }
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_as_meta_does_it() {
        let bytes = meta_json(&json!({ "text": "Café 👋 a/b \" \n" }));
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, r#"{"text":"Caf\u00e9 \ud83d\udc4b a\/b \" \n"}"#);
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["text"], "Café 👋 a/b \" \n");
    }
}
