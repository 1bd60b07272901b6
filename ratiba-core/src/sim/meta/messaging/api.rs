//! The Send API: `/{version}/{page}/messages`.

use std::sync::Arc;

use poem::http::{HeaderMap, StatusCode};
use poem::web::{Data, Path};
use poem::{Body, EndpointExt, IntoEndpoint, Response, Route, get, handler, post};
use serde_json::{Value, json};

use super::super::answers::{self, html_502, json_response, refusal};
use super::super::faults::{Refusal, SendFault};
use super::super::sim::Statuses;
use super::check::{self, Wanted};
use super::dm::{echo, entry};
use super::sim::World;
use super::state::{DmEntry, DmMessage, Platform};

/// Larger than anything that may be sent.
const MAX_BODY: usize = 1 << 20;

pub(super) fn app(world: Arc<World>) -> impl IntoEndpoint {
    Route::new()
        .at("/:version/:account", get(who))
        .at("/:version/:account/messages", post(messages))
        .data(world)
}

/// What an account is asked for by whoever looks whether its token is good.
#[handler]
fn who(
    Data(world): Data<&Arc<World>>,
    Path((_version, account)): Path<(String, String)>,
    headers: &HeaderMap,
) -> Response {
    match authorised(world, &account, headers) {
        Ok(()) => json_response(StatusCode::OK, &json!({ "id": account })),
        Err(refused) => refusal(&refused),
    }
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
    if let Err(refused) = authorised(world, &account, headers) {
        return refusal(&refused);
    }
    let (person, wanted) = match check::request(world.config.platform, &body) {
        Ok(read) => read,
        Err(refused) => return refusal(&refused),
    };
    let fault = match &wanted {
        Wanted::Action(_) => None,
        Wanted::Message { .. } => world.state().send_faults.pop_front(),
    };
    match &fault {
        Some(SendFault::Refused(refused)) => return refusal(refused),
        Some(SendFault::Html502 { arrives: false }) => return html_502(),
        Some(_) | None => {}
    }
    match take(world, &account, &person, wanted, body) {
        Ok(None) => json_response(StatusCode::OK, &json!({ "recipient_id": person })),
        Ok(Some(message)) => {
            let answer = json!({ "recipient_id": person, "message_id": message.id });
            let heard = report(world, &person, &message);
            if let (Some(SendFault::StatusFirst), Some(heard)) = (&fault, heard) {
                // An error means that the webhook was not delivered; the answer follows all the same.
                drop(heard.await);
            }
            answers::after(fault, &answer).await
        }
        Err(refused) => refusal(&refused),
    }
}

fn authorised(world: &World, account: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let state = world.state();
    let mut valid = state
        .pages
        .iter()
        .filter(|(_, page)| !page.revoked && token.is_some_and(|token| token == page.token));
    if valid.clone().next().is_none() {
        return Err(Refusal { subcode: Some(463), ..Refusal::new(401, 190) }
            .because("the token is missing, wrong or revoked"));
    }
    match valid.find(|(id, _)| *id == account) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(400, 33).because("no such object, or no access to it")),
    }
}

/// Stores what reaches its person. `None`: a mark, not a message.
fn take(
    world: &World,
    account: &str,
    person: &str,
    wanted: Wanted,
    body: Value,
) -> Result<Option<DmMessage>, Refusal> {
    let now = world.config.clock.now();
    let instagram = world.config.platform == Platform::Instagram;
    let mut state = world.state();
    if !state.threads.contains_key(&(account.to_owned(), person.to_owned())) {
        let subcode = if instagram { 2_534_014 } else { 2_018_001 };
        return Err(Refusal { subcode: Some(subcode), ..Refusal::new(400, 100) }
            .because("no such person for this account"));
    }
    let thread = state.thread(account, person);
    let message = match wanted {
        Wanted::Action(action) => {
            match action.as_str() {
                "mark_seen" => thread.mark_seen(),
                on => thread.typing = on == "typing_on",
            }
            None
        }
        Wanted::Message { .. } if !thread.is_open(now) => {
            let subcode = if instagram { 2_534_022 } else { 2_018_278 };
            return Err(Refusal { subcode: Some(subcode), ..Refusal::new(403, 10) }
                .because("this message is sent outside of the allowed window"));
        }
        Wanted::Message { text, quick_replies, asks_phone, metadata } => {
            thread.typing = false;
            let id = state.next_id("OUT");
            let account = account.to_owned();
            let message =
                DmMessage { id, account, text, quick_replies, asks_phone, metadata, at: now, body };
            let entry = DmEntry::Ours(Box::new(message.clone()));
            state.thread(&message.account, person).entries.push(entry);
            Some(message)
        }
    };
    drop(state);
    world.changed();
    Ok(message)
}

/// Emits the echo and what became of a message; the receiver hears when the first of them has been answered.
fn report(
    world: &World,
    person: &str,
    message: &DmMessage,
) -> Option<tokio::sync::oneshot::Receiver<()>> {
    let first = world.emit(echo(world, &message.account, person, message));
    let from = |rest: Value| {
        let mut item = rest;
        item["sender"] = json!({ "id": person });
        item["recipient"] = json!({ "id": message.account });
        item["timestamp"] = json!(message.at.as_millisecond());
        entry(world, &message.account, message.at, item)
    };
    let watermark = message.at.as_millisecond();
    let (delivered, read) = match world.config.platform {
        Platform::Instagram => (None, json!({ "read": { "mid": message.id } })),
        Platform::Messenger => (
            Some(json!({ "delivery": { "mids": [message.id], "watermark": watermark } })),
            json!({ "read": { "watermark": watermark } }),
        ),
    };
    if let (Statuses::UpToDelivered | Statuses::UpToRead, Some(delivered)) =
        (world.config.receipts, delivered)
    {
        drop(world.emit(from(delivered)));
    }
    if world.config.receipts == Statuses::UpToRead {
        drop(world.emit(from(read)));
    }
    first
}
