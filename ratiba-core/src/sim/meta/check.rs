//! Whether Meta would take a message: required parts, limits, known templates. Lengths are counted in code points.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::faults::Refusal;
use super::state::{Button, Row, Template};

/// What a message shows.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Shown {
    pub(super) text: String,
    pub(super) buttons: Vec<Button>,
    pub(super) rows: Vec<Row>,
    pub(super) list_label: Option<String>,
    pub(super) template: Option<String>,
    pub(super) category: Option<String>,
    pub(super) asks_phone: bool,
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recipient {
    Phone(String),
    UserId(String),
}

const KNOWN: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "text",
    "interactive",
    "template",
];

fn bad(details: impl Into<String>) -> Refusal {
    Refusal::new(400, 100).because(details)
}

fn missing(what: &str) -> Refusal {
    Refusal::new(400, 131_008).because(format!("{what} is required"))
}

fn invalid(what: &str) -> Refusal {
    Refusal::new(400, 131_009).because(format!("{what} is not valid"))
}

/// Reads a request to send, or says why Meta refuses it.
pub(super) fn message(body: &Value, templates: &[Template]) -> Result<(Recipient, Shown), Refusal> {
    let object = body.as_object().ok_or_else(|| bad("the body must be an object"))?;
    if object.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(bad("the parameter messaging_product is required"));
    }
    if let Some(key) = object.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(bad(format!("unexpected key {key}")));
    }
    if object.get("recipient_type").is_some_and(|kind| kind != "individual") {
        return Err(invalid("recipient_type"));
    }
    if let Some(data) = object.get("biz_opaque_callback_data") {
        sized("biz_opaque_callback_data", data.as_str(), 1, 512)?;
    }
    let recipient = recipient(object)?;
    let shown = match object.get("type").and_then(Value::as_str).unwrap_or("text") {
        "text" => text(part(object, "text")?)?,
        "interactive" => interactive(part(object, "interactive")?)?,
        "template" => template(part(object, "template")?, templates)?,
        "image" | "audio" | "video" | "document" | "sticker" | "location" | "contacts"
        | "reaction" => {
            return Err(Refusal::new(400, 131_051).because("not supported by the stand-in"));
        }
        _ => return Err(bad("type must be one of the known kinds")),
    };
    if matches!(recipient, Recipient::UserId(_))
        && shown.category.as_deref() == Some("authentication")
    {
        return Err(Refusal::new(400, 131_062).because("needs a phone number"));
    }
    Ok((recipient, shown))
}

/// If both are there, `to` wins.
fn recipient(object: &Map<String, Value>) -> Result<Recipient, Refusal> {
    if let Some(to) = object.get("to") {
        let to = to.as_str().ok_or_else(|| invalid("to"))?.trim_start_matches('+');
        let phone = (7..=15).contains(&to.len()) && to.bytes().all(|b| b.is_ascii_digit());
        return if phone { Ok(Recipient::Phone(to.to_owned())) } else { Err(invalid("to")) };
    }
    let Some(recipient) = object.get("recipient") else { return Err(missing("to")) };
    let id = recipient.as_str().ok_or_else(|| invalid("recipient"))?;
    let (country, rest) = id.split_once('.').ok_or_else(|| invalid("recipient"))?;
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let known = country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=132).contains(&rest.len())
        && plain(rest);
    if known { Ok(Recipient::UserId(id.to_owned())) } else { Err(invalid("recipient")) }
}

fn text(text: &Map<String, Value>) -> Result<Shown, Refusal> {
    if text.get("preview_url").is_some_and(|preview| !preview.is_boolean()) {
        return Err(bad("text.preview_url must be a boolean"));
    }
    let body = words("text.body", text.get("body"), 4096)?;
    Ok(Shown { text: body, ..Shown::default() })
}

fn interactive(interactive: &Map<String, Value>) -> Result<Shown, Refusal> {
    let body = words("interactive.body.text", part(interactive, "body")?.get("text"), 1024)?;
    if let Some(footer) = interactive.get("footer") {
        words("interactive.footer.text", footer.get("text"), 60)?;
    }
    if let Some(header) = interactive.get("header") {
        words("interactive.header.text", header.get("text"), 60)?;
    }
    let action = part(interactive, "action")?;
    let shown = Shown { text: body, ..Shown::default() };
    match interactive.get("type").and_then(Value::as_str) {
        Some("button") => Ok(Shown { buttons: buttons(action)?, ..shown }),
        Some("list") => {
            let label = label("action.button", action.get("button"), 20)?;
            Ok(Shown { rows: rows(action)?, list_label: Some(label), ..shown })
        }
        Some("request_contact_info") => {
            if action.get("name").and_then(Value::as_str) != Some("request_contact_info") {
                return Err(invalid("action.name"));
            }
            Ok(Shown { asks_phone: true, ..shown })
        }
        Some(_) => Err(bad("interactive.type must be one of the known kinds")),
        None => Err(missing("interactive.type")),
    }
}

fn buttons(action: &Map<String, Value>) -> Result<Vec<Button>, Refusal> {
    let given = list(action, "buttons")?;
    if !(1..=3).contains(&given.len()) {
        return Err(invalid("the number of buttons"));
    }
    let mut buttons: Vec<Button> = Vec::new();
    for button in given {
        if button.get("type").and_then(Value::as_str) != Some("reply") {
            return Err(invalid("button.type"));
        }
        let reply = button.get("reply").and_then(Value::as_object);
        let reply = reply.ok_or_else(|| missing("button.reply"))?;
        let id = identifier("button.reply.id", reply.get("id"), 256)?;
        let title = label("button.reply.title", reply.get("title"), 20)?;
        if buttons.iter().any(|other| other.id == id) {
            return Err(invalid("a button's id twice"));
        }
        if buttons.iter().any(|other| other.title == title) {
            return Err(invalid("a button's title twice"));
        }
        buttons.push(Button { id, title });
    }
    Ok(buttons)
}

fn rows(action: &Map<String, Value>) -> Result<Vec<Row>, Refusal> {
    let sections = list(action, "sections")?;
    if !(1..=10).contains(&sections.len()) {
        return Err(invalid("the number of sections"));
    }
    let mut rows = Vec::new();
    let mut ids = HashSet::new();
    for section in sections {
        let section = section.as_object().ok_or_else(|| bad("a section must be an object"))?;
        if sections.len() > 1 || section.contains_key("title") {
            label("section.title", section.get("title"), 24)?;
        }
        for row in list(section, "rows")? {
            let id = identifier("row.id", row.get("id"), 200)?;
            let title = label("row.title", row.get("title"), 24)?;
            let description = match row.get("description") {
                Some(description) => Some(label("row.description", Some(description), 72)?),
                None => None,
            };
            if !ids.insert(id.clone()) {
                return Err(invalid("a row's id twice"));
            }
            rows.push(Row { id, title, description });
        }
    }
    if (1..=10).contains(&rows.len()) { Ok(rows) } else { Err(invalid("the number of rows")) }
}

fn template(given: &Map<String, Value>, templates: &[Template]) -> Result<Shown, Refusal> {
    let name = given.get("name").and_then(Value::as_str).ok_or_else(|| missing("template.name"))?;
    let language = given
        .get("language")
        .and_then(|language| language.get("code"))
        .and_then(Value::as_str)
        .ok_or_else(|| missing("template.language.code"))?;
    let known = templates.iter().find(|known| known.name == name && known.language == language);
    let known = known.ok_or_else(|| {
        Refusal::new(404, 132_001).because("the template does not exist in that language")
    })?;
    if known.paused {
        return Err(Refusal::new(400, 132_015).because("the template is paused"));
    }
    let components = given.get("components").and_then(Value::as_array);
    let components = components.map_or(&[][..], Vec::as_slice);
    let of = |kind: &'static str| {
        components.iter().filter(move |c| c.get("type").and_then(Value::as_str) == Some(kind))
    };
    let parameters = |component: &Value| {
        component.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut words = Vec::new();
    for parameter in of("body").flat_map(parameters) {
        let text = parameter.get("text").and_then(Value::as_str).unwrap_or_default();
        if text.is_empty() || text.contains(['\n', '\t']) || text.contains("     ") {
            return Err(Refusal::new(400, 132_012).because("a parameter's format does not match"));
        }
        words.push(text.to_owned());
    }
    if words.len() != known.parameters {
        return Err(Refusal::new(400, 132_000).because("the number of parameters does not match"));
    }
    let buttons = of("button")
        .flat_map(parameters)
        .filter_map(|p| p.get("payload").and_then(Value::as_str).map(str::to_owned))
        .map(|id| Button { title: id.clone(), id })
        .collect();
    Ok(Shown {
        text: words.join(" | "),
        buttons,
        template: Some(name.to_owned()),
        category: Some(known.category.clone()),
        ..Shown::default()
    })
}

fn part<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a Map<String, Value>, Refusal> {
    object.get(key).and_then(Value::as_object).ok_or_else(|| missing(key))
}

fn list<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a [Value], Refusal> {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| missing(key))
}

/// Text of so many code points.
fn sized(what: &str, text: Option<&str>, min: usize, max: usize) -> Result<String, Refusal> {
    let text = text.ok_or_else(|| missing(what))?;
    let length = text.chars().count();
    if (min..=max).contains(&length) {
        Ok(text.to_owned())
    } else {
        Err(bad(format!("{what} has {length} characters, allowed are {min} to {max}")))
    }
}

/// Words of a message: not empty to the eye.
fn words(what: &str, given: Option<&Value>, max: usize) -> Result<String, Refusal> {
    let text = sized(what, given.and_then(Value::as_str), 1, max)?;
    if text.trim().is_empty() { Err(missing(what)) } else { Ok(text) }
}

/// Words on a button or row: one line without markup.
fn label(what: &str, given: Option<&Value>, max: usize) -> Result<String, Refusal> {
    let text = words(what, given, max)?;
    let marked = text.contains(['*', '_', '~', '`']) || text.contains(char::is_control);
    if marked { Err(invalid(what)) } else { Ok(text) }
}

/// What comes back when something is picked: no outer space.
fn identifier(what: &str, given: Option<&Value>, max: usize) -> Result<String, Refusal> {
    let id = sized(what, given.and_then(Value::as_str), 1, max)?;
    if id.trim() == id { Ok(id) } else { Err(invalid(what)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verdict(rest: Value) -> Result<Shown, i64> {
        let mut body = json!({ "messaging_product": "whatsapp", "to": "+254712345678" });
        if let (Value::Object(body), Value::Object(rest)) = (&mut body, rest) {
            body.extend(rest);
        }
        let templates = [Template {
            name: "reminder".into(),
            language: "sw".into(),
            category: "authentication".into(),
            parameters: 1,
            paused: false,
        }];
        message(&body, &templates).map(|(_, shown)| shown).map_err(|refusal| refusal.code)
    }

    fn button(id: &str, title: &str) -> Value {
        json!({ "type": "reply", "reply": { "id": id, "title": title } })
    }

    fn with_buttons(buttons: &[Value]) -> Value {
        json!({ "type": "interactive", "interactive": {
            "type": "button", "body": { "text": "?" }, "action": { "buttons": buttons } } })
    }

    fn with_rows(rows: &[Value]) -> Value {
        json!({ "type": "interactive", "interactive": {
            "type": "list", "body": { "text": "?" }, "action": { "button": "Menu", "sections": [{ "rows": rows }] } } })
    }

    #[test]
    fn texts_have_1_to_4096_characters() {
        let text = |n: usize| json!({ "type": "text", "text": { "body": "ñ".repeat(n) } });
        assert!(verdict(text(4096)).is_ok());
        assert_eq!(verdict(text(4097)), Err(100));
        assert_eq!(verdict(text(0)), Err(100));
        assert_eq!(verdict(json!({ "type": "text" })), Err(131_008));
        assert_eq!(
            verdict(json!({ "type": "text", "text": { "body": "x" }, "colour": 1 })),
            Err(100)
        );
    }

    #[test]
    fn buttons_are_at_most_three_short_and_different() {
        let b = button;
        assert!(
            verdict(with_buttons(&[b("1", "Ndiyo"), b("2", "Hapana"), b("3", "Sijui")])).is_ok()
        );
        let four = [b("1", "A"), b("2", "B"), b("3", "C"), b("4", "D")];
        for (buttons, code) in [
            (&four[..], 131_009),
            (&[], 131_009),
            (&[b("1", "A title of 21 letters")], 100),
            (&[b("1", "A"), b("1", "B")], 131_009),
            (&[b("1", "A"), b("2", "A")], 131_009),
            (&[b(" 1", "A")], 131_009),
            (&[b("1", "*A*")], 131_009),
            (&[b("1", " ")], 131_008),
            (&[b(&"x".repeat(257), "A")], 100),
        ] {
            assert_eq!(verdict(with_buttons(buttons)), Err(code), "{buttons:?}");
        }
    }

    #[test]
    fn lists_have_at_most_ten_different_rows() {
        let row = |n: usize| json!({ "id": n.to_string(), "title": format!("Row {n}") });
        let rows: Vec<Value> = (0..11).map(row).collect();
        assert!(verdict(with_rows(&rows[..10])).is_ok());
        assert_eq!(verdict(with_rows(&rows)), Err(131_009));
        assert_eq!(verdict(with_rows(&[row(1), row(1)])), Err(131_009));
        let long = json!({ "id": "1", "title": "x".repeat(25) });
        assert_eq!(verdict(with_rows(&[long])), Err(100));
        let long = json!({ "id": "1", "title": "x", "description": "x".repeat(73) });
        assert_eq!(verdict(with_rows(&[long])), Err(100));
    }

    #[test]
    fn templates_must_exist_and_fit() {
        let template = |language: &str, words: &[&str]| {
            let parameters: Vec<Value> =
                words.iter().map(|w| json!({ "type": "text", "text": w })).collect();
            json!({ "type": "template", "template": { "name": "reminder", "language": { "code": language },
                "components": [{ "type": "body", "parameters": parameters }] } })
        };
        assert!(verdict(template("sw", &["Wanjiru"])).is_ok());
        assert_eq!(verdict(template("en", &["Wanjiru"])), Err(132_001));
        assert_eq!(verdict(template("sw", &[])), Err(132_000));
        assert_eq!(verdict(template("sw", &["two\nlines"])), Err(132_012));
        let mut hidden = template("sw", &["Wanjiru"]);
        hidden["messaging_product"] = json!("whatsapp");
        hidden["recipient"] = json!("KE.1");
        let known = Template {
            name: "reminder".into(),
            language: "sw".into(),
            category: "authentication".into(),
            parameters: 1,
            paused: false,
        };
        assert_eq!(message(&hidden, &[known]).unwrap_err().code, 131_062);
    }

    #[test]
    fn the_phone_is_asked_for_by_the_name_that_works() {
        let ask = |kind: &str| {
            json!({ "type": "interactive", "interactive": { "type": kind,
                "body": { "text": "?" }, "action": { "name": kind } } })
        };
        assert!(verdict(ask("request_contact_info")).unwrap().asks_phone);
        assert_eq!(verdict(ask("contact_request")), Err(100));
    }
}
