//! The Graph API's `/{version}/{phone_number_id}` and its `/messages`.

use std::sync::Arc;

use poem::http::{HeaderMap, StatusCode};
use poem::web::{Data, Path};
use poem::{Body, EndpointExt, IntoEndpoint, Response, Route, get, handler, post};
use serde_json::{Value, json};

use super::answers::{self, html_502, json_response, refusal};
use super::check::{self, Recipient, Shown};
use super::faults::{Refusal, SendFault};
use super::payload::{self, SentTo};
use super::sim::{Statuses, World};
use super::state::{Entry, Number, Person, SentMessage};

/// Larger than anything that may be sent.
const MAX_BODY: usize = 1 << 20;

pub(super) fn app(world: Arc<World>) -> impl IntoEndpoint {
    Route::new()
        .at("/:version/:account", get(who))
        .at("/:version/:account/messages", post(messages))
        .data(world)
}

/// What a number is asked for by whoever looks whether its token is good.
#[handler]
fn who(
    Data(world): Data<&Arc<World>>,
    Path((_version, account)): Path<(String, String)>,
    headers: &HeaderMap,
) -> Response {
    match authorised(world, &account, headers) {
        Ok(_) => json_response(StatusCode::OK, &json!({ "id": account })),
        Err(refused) => refusal(&refused),
    }
}

/// A message that was taken, with what its statuses need.
struct Taken {
    id: String,
    account: String,
    number: Number,
    person: Person,
    sent_to: SentTo,
    opaque: Option<String>,
    /// The code of the status that tells that it failed.
    fails: Option<i64>,
    answer: Value,
}

#[handler]
async fn messages(
    Data(world): Data<&Arc<World>>,
    Path((_version, account)): Path<(String, String)>,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let body = body.into_bytes_limit(MAX_BODY).await.ok();
    let body = body.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let Some(body) = body else {
        return refusal(&Refusal::new(400, 100).because("the body is no JSON"));
    };
    let number = match authorised(world, &account, headers) {
        Ok(number) => number,
        Err(refused) => return refusal(&refused),
    };
    if body.get("status").is_some() {
        return mark_read(world, &account, &body);
    }
    let fault = world.state().send_faults.pop_front();
    if let Some(SendFault::Refused(refused)) = &fault {
        return refusal(refused);
    }
    if fault == Some(SendFault::Html502 { arrives: false }) {
        return html_502();
    }
    match take(world, &account, &number, &body, fault.as_ref()) {
        Ok(taken) => answer(world, taken, fault).await,
        Err(refused) => refusal(&refused),
    }
}

fn authorised(world: &World, account: &str, headers: &HeaderMap) -> Result<Number, Refusal> {
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let state = world.state();
    let mut valid = state
        .numbers
        .iter()
        .filter(|(_, number)| !number.revoked && token.is_some_and(|token| token == number.token));
    if valid.clone().next().is_none() {
        return Err(Refusal { subcode: Some(463), ..Refusal::new(401, 190) }
            .because("the token is missing, wrong or revoked"));
    }
    match valid.find(|(id, _)| *id == account) {
        Some((_, number)) => Ok(number.clone()),
        None => Err(Refusal::new(400, 33).because("no such object, or no access to it")),
    }
}

/// Read receipt and typing indicator.
fn mark_read(world: &World, account: &str, body: &Value) -> Response {
    let wanted = body.get("message_id").and_then(Value::as_str);
    if body.get("status").and_then(Value::as_str) != Some("read")
        || body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp")
    {
        return refusal(&Refusal::new(400, 100).because("status must be read"));
    }
    let typing = body.get("typing_indicator").is_some();
    let mut found = false;
    for (_, thread) in world.state().threads.iter_mut().filter(|((id, _), _)| id == account) {
        let is_it = |entry: &Entry| matches!(entry, Entry::Theirs { id, .. } if Some(id.as_str()) == wanted);
        let Some(upto) = thread.entries.iter().position(is_it) else { continue };
        found = true;
        thread.typing = typing;
        for entry in thread.entries.iter_mut().take(upto + 1) {
            if let Entry::Theirs { seen, .. } = entry {
                *seen = true;
            }
        }
    }
    world.changed();
    if found {
        json_response(StatusCode::OK, &json!({ "success": true }))
    } else {
        refusal(&Refusal::new(400, 131_009).because("message_id is not valid"))
    }
}

/// Checks a message and stores it when it reaches its person.
fn take(
    world: &World,
    account: &str,
    number: &Number,
    body: &Value,
    fault: Option<&SendFault>,
) -> Result<Taken, Refusal> {
    let now = world.config.clock.now();
    let mut state = world.state();
    let (recipient, shown) = check::message(body, &state.templates)?;
    let (person, sent_to, input) = match recipient {
        Recipient::Phone(phone) if phone == number.display => {
            return Err(Refusal::new(400, 131_021).because("a number can't write to itself"));
        }
        Recipient::Phone(phone) => (state.people.get(&phone).cloned(), SentTo::Phone, phone),
        Recipient::UserId(id) => (state.person_by_user_id(&id).cloned(), SentTo::UserId, id),
    };
    let id = state.next_id("OUT");
    let opaque = body.get("biz_opaque_callback_data").and_then(Value::as_str).map(str::to_owned);
    let contact = match sent_to {
        SentTo::Phone => json!({ "input": input, "wa_id": input }),
        SentTo::UserId => json!({ "input": input, "user_id": input }),
    };
    let mut answer = json!({
        "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }],
    });
    if shown.template.is_some() {
        answer["messages"][0]["message_status"] = json!("accepted");
    }
    let fails = match (&person, fault) {
        (_, Some(SendFault::FailsLater { code })) => Some(*code),
        (None, _) => Some(131_026),
        (Some(person), _) => {
            let open = state.thread(account, &person.phone).is_open(now);
            (shown.template.is_none() && !open).then_some(131_047)
        }
    };
    if let (Some(person), None) = (&person, fails) {
        let thread = state.thread(account, &person.phone);
        thread.typing = false;
        let Shown { text, buttons, rows, list_label, template, category: _, asks_phone } = shown;
        thread.push(Entry::Ours(Box::new(SentMessage {
            id: id.clone(),
            account: account.to_owned(),
            text,
            buttons,
            rows,
            list_label,
            template,
            asks_phone,
            opaque: opaque.clone(),
            at: now,
            body: body.clone(),
        })));
    }
    drop(state);
    world.changed();
    let (account, number) = (account.to_owned(), number.clone());
    // Nobody with that number: the status still names it.
    let person = person.unwrap_or_else(|| Person::new(&input, ""));
    Ok(Taken { id, account, number, person, sent_to, opaque, fails, answer })
}

/// Sends the statuses and answers, each in the way that the fault wants.
async fn answer(world: &Arc<World>, taken: Taken, fault: Option<SendFault>) -> Response {
    let first = statuses(world, &taken);
    if let (Some(SendFault::StatusFirst), Some(heard)) = (&fault, first) {
        // An error means that the webhook was not delivered; the answer follows all the same.
        drop(heard.await);
    }
    answers::after(fault, &taken.answer).await
}

/// Emits what becomes of a message; the receiver hears when the first status has been answered.
fn statuses(world: &World, taken: &Taken) -> Option<tokio::sync::oneshot::Receiver<()>> {
    let now = world.config.clock.now();
    let words: &[&str] = match (taken.fails, world.config.statuses) {
        (Some(_), _) => &["failed"],
        (None, Statuses::None) => &[],
        (None, Statuses::UpToDelivered) => &["sent", "delivered"],
        (None, Statuses::UpToRead) => &["sent", "delivered", "read"],
    };
    let mut first = None;
    for word in words {
        let change = payload::status(
            &taken.account,
            &taken.number,
            &taken.person,
            taken.sent_to,
            &taken.id,
            now,
            word,
            taken.opaque.as_deref(),
            taken.fails,
        );
        let heard = world.postbox.emit(change);
        first = first.or(heard);
    }
    first
}
