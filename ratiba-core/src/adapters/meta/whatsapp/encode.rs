//! A reply, rendered within WhatsApp's limits as the body of one request.
//!
//! Up to three choices that fit become buttons, up to ten a list, and what fits neither becomes numbered text, since a
//! typed answer is always understood. Words are never dropped to keep buttons; it is the other way round.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::text::{Limit, fit, label, units};
use super::super::words::{compose, link_line, numbered};
use crate::domain::message::{Choice, Reply};
use crate::domain::route::TemplateMessage;
use crate::ports::channel::Outbound;

const TEXT: Limit = Limit::units(4096);
const INTERACTIVE_BODY: usize = 1024;
const BUTTONS: usize = 3;
const BUTTON_TITLE: usize = 20;
const ROWS: usize = 10;
const ROW_TITLE: usize = 24;
const ROW_DESCRIPTION: usize = 72;
/// Buttons allow 256, but what is a button today may be a row tomorrow.
const CHOICE_ID: usize = 200;
const LIST_LABEL: usize = 20;
/// Understood in both languages; stands in where the reply names nothing.
const DEFAULT_LIST_LABEL: &str = "Menu";
/// Meta's page also shows `contact_request`; what is sent in practice, and not refused, is this.
const ASK_PHONE: &str = "request_contact_info";

/// The request's body, or `None` when the reply has nothing to say.
pub(super) fn message(outbound: &Outbound) -> Option<Value> {
    let peer = outbound.to.peer.as_str();
    let by_user_id = is_user_id(peer);
    let mut body = content(&outbound.reply, by_user_id)?;
    body["messaging_product"] = json!("whatsapp");
    body["recipient_type"] = json!("individual");
    // `to` is for phones; a business-scoped user id goes into `recipient`.
    body[if by_user_id { "recipient" } else { "to" }] = json!(peer);
    // Comes back with every status: the only way to learn what became of a send whose answer was lost.
    body["biz_opaque_callback_data"] = json!(outbound.id.to_string());
    Some(body)
}

/// The body of a template.
pub(super) fn template(outbound: &Outbound, template: &TemplateMessage) -> Value {
    let parameters: Vec<Value> =
        template.parameters.iter().map(|text| json!({ "type": "text", "text": text })).collect();
    let peer = outbound.to.peer.as_str();
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "template",
        "template": {
            "name": template.name,
            "language": { "code": template.language },
            "components": [{ "type": "body", "parameters": parameters }],
        },
        "biz_opaque_callback_data": outbound.id.to_string(),
    });
    body[if is_user_id(peer) { "recipient" } else { "to" }] = json!(peer);
    body
}

/// Whether a peer is a business-scoped user id (`KE.…`) and not the digits of a phone.
fn is_user_id(peer: &str) -> bool {
    !peer.bytes().all(|b| b.is_ascii_digit() || b == b'+')
}

fn content(reply: &Reply, by_user_id: bool) -> Option<Value> {
    let link = link_line(reply);
    let in_words = || compose(TEXT, &reply.text, &[&link, &numbered(&reply.choices)]);
    if reply.asks_phone && by_user_id {
        let words = in_words();
        if !words.is_empty() && units(&words) <= INTERACTIVE_BODY {
            return Some(ask_phone(&words));
        }
    } else if let Some(picks) = picks(&reply.choices) {
        let prompt = Some(compose(TEXT, &reply.text, &[&link])).filter(|prompt| !prompt.is_empty());
        let prompt = prompt.unwrap_or_else(|| list_label(reply));
        if units(&prompt) <= INTERACTIVE_BODY {
            if picks.len() <= BUTTONS && titles_fit(&picks) {
                return Some(buttons(&prompt, &picks));
            }
            if picks.len() <= ROWS {
                return Some(list(&prompt, &list_label(reply), &picks));
            }
        }
    }
    let words = in_words();
    // No preview: to draw one, Meta fetches the page, and a payment page should be fetched by its payer only.
    (!words.is_empty())
        .then(|| json!({ "type": "text", "text": { "preview_url": false, "body": words } }))
}

/// A choice whose id can be sent as it is, with its title as one plain line.
struct Pick<'a> {
    id: &'a str,
    title: String,
    description: Option<String>,
}

/// The choices as they can be offered to the finger; `None` when there are none or an id can't be sent.
fn picks(choices: &[Choice]) -> Option<Vec<Pick<'_>>> {
    let mut seen = HashSet::new();
    let mut picks = Vec::with_capacity(choices.len());
    for (choice, ordinal) in choices.iter().zip(1_usize..) {
        let id = choice.id.as_str();
        let sendable = !id.is_empty()
            && id.trim() == id
            && !id.contains(char::is_control)
            && units(id) <= CHOICE_ID;
        if !sendable {
            return None;
        }
        if seen.insert(id) {
            let title = Some(label(&choice.title)).filter(|title| !title.is_empty());
            let description = choice.description.as_deref().map(label);
            picks.push(Pick {
                id,
                title: title.unwrap_or_else(|| ordinal.to_string()),
                description: description.filter(|text| !text.is_empty()),
            });
        }
    }
    (!picks.is_empty()).then_some(picks)
}

/// Whether every title stands on a button in full, and no two are alike.
fn titles_fit(picks: &[Pick<'_>]) -> bool {
    let mut seen = HashSet::new();
    picks.iter().all(|pick| units(&pick.title) <= BUTTON_TITLE && seen.insert(pick.title.as_str()))
}

fn buttons(prompt: &str, picks: &[Pick<'_>]) -> Value {
    let buttons: Vec<Value> = picks
        .iter()
        .map(|pick| json!({ "type": "reply", "reply": { "id": pick.id, "title": pick.title } }))
        .collect();
    interactive("button", prompt, &json!({ "buttons": buttons }))
}

fn list(prompt: &str, label: &str, picks: &[Pick<'_>]) -> Value {
    let rows: Vec<Value> = picks
        .iter()
        .map(|pick| {
            let title = fit(&pick.title, ROW_TITLE);
            // A title that had to be cut is shown in full on the second line.
            let second = if title == pick.title {
                pick.description.clone()
            } else {
                let rest = pick.description.iter().map(String::as_str);
                Some(
                    std::iter::once(pick.title.as_str()).chain(rest).collect::<Vec<_>>().join(", "),
                )
            };
            let mut row = json!({ "id": pick.id, "title": title });
            if let Some(second) = second {
                row["description"] = json!(fit(&second, ROW_DESCRIPTION));
            }
            row
        })
        .collect();
    interactive("list", prompt, &json!({ "button": label, "sections": [{ "rows": rows }] }))
}

fn ask_phone(prompt: &str) -> Value {
    interactive(ASK_PHONE, prompt, &json!({ "name": ASK_PHONE }))
}

fn interactive(kind: &str, prompt: &str, action: &Value) -> Value {
    json!({
        "type": "interactive",
        "interactive": { "type": kind, "body": { "text": prompt }, "action": action },
    })
}

fn list_label(reply: &Reply) -> String {
    let named = label(&reply.list_label);
    let named = fit(&named, LIST_LABEL);
    if named.is_empty() { DEFAULT_LIST_LABEL.to_owned() } else { named.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::{Address, ChannelKind};
    use crate::domain::id::Mint;
    use crate::domain::message::Link;

    fn send(peer: &str, reply: Reply) -> Option<Value> {
        let to = Address { channel: ChannelKind::Whatsapp, account: "2".into(), peer: peer.into() };
        let id = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 }.id(0);
        message(&Outbound { id, to, reply })
    }

    fn choices(titles: &[&str]) -> Vec<Choice> {
        titles
            .iter()
            .enumerate()
            .map(|(n, title)| Choice {
                id: format!("c:{n}"),
                title: (*title).to_owned(),
                description: None,
            })
            .collect()
    }

    fn offer(text: &str, titles: &[&str]) -> Value {
        let reply = Reply { choices: choices(titles), ..Reply::text(text) };
        send("254712345678", reply).unwrap()
    }

    #[test]
    fn words_are_a_text_and_carry_our_id() {
        let body = send("254712345678", Reply::text(" Karibu! ")).unwrap();
        assert_eq!(body["type"], "text");
        assert_eq!(body["text"]["body"], "Karibu!");
        assert_eq!(body["to"], "254712345678");
        assert!(body["biz_opaque_callback_data"].as_str().unwrap().starts_with("out_"));
        assert_eq!(send("254712345678", Reply::text(" \u{0} \n")), None);
    }

    #[test]
    fn a_business_scoped_id_is_a_recipient() {
        let body = send("KE.90210000000000000001", Reply::text("Karibu")).unwrap();
        assert_eq!(body["recipient"], "KE.90210000000000000001");
        assert!(body.get("to").is_none());
    }

    #[test]
    fn three_choices_are_buttons_and_more_a_list() {
        let body = offer("Ungependa saa ngapi?", &["10:00", "11:00", "14:30"]);
        assert_eq!(body["interactive"]["type"], "button");
        assert_eq!(body["interactive"]["action"]["buttons"][2]["reply"]["title"], "14:30");
        let body = offer("Huduma gani?", &["A", "B", "C", "D"]);
        assert_eq!(body["interactive"]["type"], "list");
        assert_eq!(body["interactive"]["action"]["button"], "Menu");
        assert_eq!(body["interactive"]["action"]["sections"][0]["rows"][3]["id"], "c:3");
    }

    #[test]
    fn a_title_too_long_for_a_button_makes_a_list_that_shows_all_of_it() {
        let body = offer("Huduma?", &["Kuosha na kukausha nywele", "Kusuka"]);
        let rows = &body["interactive"]["action"]["sections"][0]["rows"];
        assert_eq!(rows[0]["title"], "Kuosha na kukausha nywe…");
        assert_eq!(rows[0]["description"], "Kuosha na kukausha nywele");
        assert!(rows[1].get("description").is_none());
    }

    #[test]
    fn eleven_choices_or_a_long_text_are_numbered() {
        let titles: Vec<String> = (1..=11).map(|n| format!("Huduma {n}")).collect();
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let body = offer("Huduma gani?", &titles);
        let text = body["text"]["body"].as_str().unwrap();
        assert!(text.starts_with("Huduma gani?\n\n1. Huduma 1\n"), "{text}");
        assert!(text.ends_with("\n11. Huduma 11"), "{text}");
        let body = offer(&"neno ".repeat(300), &["Ndiyo", "Hapana"]);
        assert!(body["text"]["body"].as_str().unwrap().ends_with("1. Ndiyo\n2. Hapana"));
    }

    #[test]
    fn the_words_give_way_to_what_can_be_answered() {
        let body = offer(&"neno ".repeat(2000), &["Ndiyo", "Hapana"]);
        let text = body["text"]["body"].as_str().unwrap();
        assert!(units(text) <= TEXT.most && text.ends_with("…\n\n1. Ndiyo\n2. Hapana"));
        let link = Link { title: "Lipa".into(), url: "https://pay.example/1".into() };
        let reply = Reply { link: Some(link), ..Reply::text("neno ".repeat(2000)) };
        let body = send("254712345678", reply).unwrap();
        assert!(body["text"]["body"].as_str().unwrap().ends_with("Lipa: https://pay.example/1"));
    }

    #[test]
    fn ids_that_can_not_be_sent_make_numbered_text_and_doubles_are_offered_once() {
        let mut twice = choices(&["Ndiyo", "Ndiyo kabisa", "Hapana"]);
        twice[1].id = "c:0".into();
        let body = send("254712345678", Reply { choices: twice, ..Reply::text("Sawa?") }).unwrap();
        let shown = &body["interactive"]["action"]["buttons"];
        assert_eq!(shown.as_array().unwrap().len(), 2);
        for id in [" x", "", &"x".repeat(201)] {
            let mut odd = choices(&["Ndiyo", "Hapana"]);
            odd[0].id = id.into();
            let body = send("254712345678", Reply { choices: odd, ..Reply::text("?") }).unwrap();
            assert_eq!(body["text"]["body"], "?\n\n1. Ndiyo\n2. Hapana");
        }
    }

    #[test]
    fn only_a_person_without_a_phone_is_asked_for_it() {
        let reply = Reply { asks_phone: true, ..Reply::text("Namba yako ya simu?") };
        let hidden = send("KE.90210000000000000001", reply.clone()).unwrap();
        assert_eq!(hidden["interactive"]["type"], "request_contact_info");
        assert_eq!(hidden["interactive"]["action"]["name"], "request_contact_info");
        assert_eq!(send("254712345678", reply).unwrap()["type"], "text");
    }
}
