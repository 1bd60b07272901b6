//! `POST /version1/messaging` and `GET /version1/user`.

use std::io;
use std::sync::Arc;

use futures_util::stream;
use poem::http::{HeaderMap, StatusCode};
use poem::web::{Data, Form, Query};
use poem::{Body, EndpointExt, IntoEndpoint, Response, Route, get, handler, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::SmsFault;
use super::parts::parts;
use super::sim::{SimSmsAccount, Text, World};

pub(super) fn app(world: Arc<World>) -> impl IntoEndpoint {
    Route::new()
        .at("/version1/messaging", post(messaging))
        .at("/version1/user", get(balance))
        .data(world)
}

#[derive(Deserialize)]
struct Wanted {
    username: String,
    to: String,
    message: String,
    from: Option<String>,
}

#[derive(Deserialize)]
struct Who {
    username: String,
}

fn account(world: &World, headers: &HeaderMap, username: &str) -> Option<SimSmsAccount> {
    let key = headers.get("apikey").and_then(|value| value.to_str().ok())?;
    let accounts = &world.state().accounts;
    accounts.iter().find(|it| it.username == username && it.api_key == key).cloned()
}

fn unauthorised() -> Response {
    plain(401, "The supplied authentication is invalid")
}

#[handler]
fn balance(
    Data(world): Data<&Arc<World>>,
    headers: &HeaderMap,
    Query(who): Query<Who>,
) -> Response {
    if account(world, headers, &who.username).is_none() {
        return unauthorised();
    }
    let cents = world.state().balance;
    let balance = format!("KES {}.{:02}00", cents / 100, cents % 100);
    json_response(200, &json!({ "UserData": { "balance": balance } }))
}

#[handler]
async fn messaging(
    Data(world): Data<&Arc<World>>,
    headers: &HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Response {
    let Some(account) = account(world, headers, &wanted.username) else { return unauthorised() };
    let fault = world.state().faults.pop_front();
    match &fault {
        Some(SmsFault::Http(status, body)) => return plain(*status, body),
        Some(SmsFault::Nobody(message)) => return nobody(message),
        Some(SmsFault::Code(code, name)) => return refused(&wanted.to, *code, name),
        Some(_) | None => {}
    }
    if wanted.from.is_some() && wanted.from != account.sender {
        return nobody("InvalidSenderId");
    }
    let digits = wanted.to.strip_prefix('+').unwrap_or_default();
    let known = ["254", "256", "255", "250"].iter().any(|code| digits.starts_with(code));
    if !known || digits.len() != 12 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return refused(&wanted.to, 403, "InvalidPhoneNumber");
    }
    let count = parts(&wanted.message);
    let cents = i64::from(count) * world.price;
    let text = {
        let mut state = world.state();
        if state.unwanted.contains(digits) {
            return refused(&wanted.to, 406, "UserInBlacklist");
        }
        if state.balance < cents {
            return refused(&wanted.to, 405, "InsufficientBalance");
        }
        state.balance -= cents;
        state.ids += 1;
        let text = Text {
            id: format!("ATXid_{:06}", state.ids),
            to: digits.to_owned(),
            from: wanted.from.clone(),
            text: wanted.message.clone(),
            parts: count,
            at: world.clock.now(),
        };
        state.texts.push(text.clone());
        text
    };
    world.changed();
    if fault == Some(SmsFault::ReportFirst) {
        world.report(&text.id, &text.to, "Success", None).await;
    }
    let cost = format!("KES {}.{:02}00", cents / 100, cents % 100);
    let (cost, id) = match &fault {
        Some(SmsFault::Spelt { cost, id }) => ((*cost).to_owned(), (*id).to_owned()),
        Some(_) | None => (cost, text.id.clone()),
    };
    let taken = json!({ "SMSMessageData": {
        "Message": format!("Sent to 1/1 Total Cost: {cost}"),
        "Recipients": [{ "statusCode": 101, "number": wanted.to, "status": "Success", "cost": cost, "messageId": id }],
    } });
    match fault {
        Some(SmsFault::NoAnswer) => std::future::pending().await,
        Some(SmsFault::Reset) => broken(),
        Some(SmsFault::Xml) => xml(),
        Some(_) | None if headers.get("accept").is_none_or(|it| it != "application/json") => xml(),
        Some(_) | None => json_response(201, &taken),
    }
}

fn nobody(message: &str) -> Response {
    json_response(201, &json!({ "SMSMessageData": { "Message": message, "Recipients": [] } }))
}

fn refused(to: &str, code: u32, name: &str) -> Response {
    json_response(
        201,
        &json!({ "SMSMessageData": {
        "Message": "Sent to 0/1 Total Cost: 0",
        "Recipients": [{ "statusCode": code, "number": to, "status": name, "cost": "0", "messageId": "None" }],
    } }),
    )
}

fn xml() -> Response {
    Response::builder()
        .status(StatusCode::CREATED)
        .content_type("application/xml")
        .body("<AfricasTalkingResponse><SMSMessageData/></AfricasTalkingResponse>")
}

fn plain(status: u16, body: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Response::builder().status(status).content_type("text/plain").body(body.to_owned())
}

fn json_response(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    Response::builder().status(status).content_type("application/json").body(body.to_string())
}

/// An answer whose connection breaks before a byte of it.
fn broken() -> Response {
    let body = stream::once(async {
        Err::<Vec<u8>, io::Error>(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Response::builder().status(StatusCode::CREATED).body(Body::from_bytes_stream(body))
}
