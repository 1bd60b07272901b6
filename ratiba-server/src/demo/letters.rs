//! Dead letters on the page: two honest ways to make one, what lies there, and what somebody does about it.
//!
//! A shop has a second number on WhatsApp that nobody has entered: what is written to it is genuine and for nobody, until it is entered and the
//! letter replayed. And M-Pesa may tell of a payment that belongs to nothing here: that one can only be dismissed, for a reason.

use jiff::tz::TimeZone;
use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, Request, handler};
use ratiba_core::Ratiba;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::InboxId;
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::tenant::Rail;
use ratiba_core::engine::{Dismissed, Replayed};
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::store::{DeadLetter, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Demo;
use super::actions::{demo, read};
use super::chat::{self, Line};
use super::people::{Persona, Shop, token};
use super::view::Ask;
use crate::app::App;
use crate::http::{ApiError, Code};

/// Letters shown at once, and settled ones.
const MOST: u32 = 20;
const SETTLED: u32 = 4;

/// What the page shows of the pile.
#[derive(Debug, Serialize, PartialEq)]
pub(super) struct Pile {
    /// The number that nobody has entered, as people write it.
    number: &'static str,
    entered: bool,
    open: Vec<Letter>,
    settled: Vec<Letter>,
    /// What the customer and that number have said to one another.
    chat: Vec<Line>,
}

#[derive(Debug, Serialize, PartialEq)]
struct Letter {
    id: InboxId,
    source: String,
    reason: String,
    at: String,
    /// What it says, in short.
    words: String,
    raw: String,
    settled: bool,
    because: Option<String>,
}

/// Reads the pile.
pub(super) async fn pile(
    demo: &Demo,
    ratiba: &Ratiba,
    ask: Ask,
    zone: &TimeZone,
) -> Result<Pile, StoreError> {
    let store = ratiba.store();
    let open = store.dead_letters(None, MOST).await?;
    let settled = store.settled_dead_letters(SETTLED).await?;
    let account = store.account(ChannelKind::Whatsapp, ask.shop.second_account).await?;
    let peer = ask.persona.phone;
    Ok(Pile {
        number: ask.shop.second_shown,
        entered: account.is_some(),
        open: open.iter().map(|letter| shown(letter, zone)).collect(),
        settled: settled.iter().map(|letter| shown(letter, zone)).collect(),
        chat: chat::lines_at(&demo.meta, ask.shop.second_account, peer, zone),
    })
}

fn shown(letter: &DeadLetter, zone: &TimeZone) -> Letter {
    let message = serde_json::from_str::<InboundMessage>(&letter.raw).ok();
    let words = message.and_then(|message| match message.content {
        Content::Text { body } => Some(body),
        _ => None,
    });
    Letter {
        id: letter.id,
        source: letter.source.clone(),
        reason: letter.reason.clone(),
        at: letter.received_at.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
        words: words.unwrap_or_default(),
        raw: letter.raw.clone(),
        settled: letter.settled_at.is_some(),
        because: letter.dismissed_because.clone(),
    }
}

/// Which letter to make.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, tag = "what")]
enum Wanted {
    /// Somebody writes to the second number.
    Message { tenant: Option<String>, customer: Option<String>, text: String },
    /// M-Pesa tells of a payment that nobody asked for.
    Payment { tenant: Option<String>, customer: Option<String> },
}

/// `POST /demo/letters`: something genuine comes in that nobody can handle.
#[handler]
pub(super) async fn make(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let demo = demo(app)?;
    match read(request, body).await? {
        Wanted::Message { tenant, customer, text } => {
            if text.trim().is_empty() {
                return Err(ApiError::new(Code::BadRequest));
            }
            let ask = Ask::new(tenant.as_deref(), customer.as_deref(), None, None);
            demo.meta.chat(ask.shop.second_account, ask.persona.phone).say(&text);
        }
        Wanted::Payment { tenant, customer } => {
            let ask = Ask::new(tenant.as_deref(), customer.as_deref(), None, None);
            let stray: InboxId = app.ratiba.mint().id(0);
            let stray = stray.to_string();
            let callback = stray_payment(ask.shop, ask.persona, &stray);
            let taken = app.ratiba.receive_payment_callback(Rail::Mpesa, &stray, &callback).await;
            taken.map_err(|_| ApiError::new(Code::Internal))?;
        }
    }
    Ok(StatusCode::ACCEPTED)
}

/// A callback as Safaricom writes it, about a payment that nobody here asked for.
fn stray_payment(shop: &Shop, persona: &Persona, stray: &str) -> Vec<u8> {
    let item = |name: &str, value: serde_json::Value| json!({"Name": name, "Value": value});
    let receipt: String = stray.chars().rev().take(10).collect::<String>().to_uppercase();
    json!({"Body": {"stkCallback": {
        "MerchantRequestID": format!("{}-{stray}", shop.shortcode),
        "CheckoutRequestID": format!("ws_CO_{stray}"),
        "ResultCode": 0,
        "ResultDesc": "The service request is processed successfully.",
        "CallbackMetadata": {"Item": [
            item("Amount", json!(500)),
            item("MpesaReceiptNumber", json!(receipt)),
            item("PhoneNumber", json!(persona.phone.parse::<u64>().unwrap_or_default())),
        ]},
    }}})
    .to_string()
    .into_bytes()
}

/// A business.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    tenant: Option<String>,
}

/// `POST /demo/enter`: enters the second number, as an operator would.
#[handler]
pub(super) async fn enter(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let demo = demo(app)?;
    let whose: Whose = read(request, body).await?;
    let ask = Ask::new(whose.tenant.as_deref(), None, None, None);
    let account = ChannelAccount {
        tenant: demo.tenant(ask.shop),
        channel: ChannelKind::Whatsapp,
        account: ask.shop.second_account.to_owned(),
        token: token(ask.shop.second_account).into(),
    };
    let stored = app.ratiba.store().put_account(&account).await;
    stored.map_err(|error| ApiError::from_store(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// A letter, and why it is dismissed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    id: InboxId,
    reason: Option<String>,
}

/// What became of it.
#[derive(Serialize)]
struct Outcome {
    taken: bool,
    /// Why not.
    detail: Option<String>,
}

/// `POST /demo/replay`: takes a letter again, by the engine.
#[handler]
pub(super) async fn replay(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<Json<Outcome>, ApiError> {
    demo(app)?;
    let Which { id, .. } = read(request, body).await?;
    let done = app.ratiba.replay_dead_letter(id).await;
    match done.map_err(|_| ApiError::new(Code::Internal))? {
        Some(Replayed::Taken | Replayed::SettledBefore) => {
            Ok(Json(Outcome { taken: true, detail: None }))
        }
        Some(Replayed::StillDead(reason)) => {
            Ok(Json(Outcome { taken: false, detail: Some(reason) }))
        }
        None => Err(ApiError::new(Code::NotFound)),
    }
}

/// `POST /demo/dismiss`: puts a letter away for a reason.
#[handler]
pub(super) async fn dismiss(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<Json<Outcome>, ApiError> {
    demo(app)?;
    let Which { id, reason } = read(request, body).await?;
    let done = app.ratiba.dismiss_dead_letter(id, &reason.unwrap_or_default()).await;
    match done.map_err(|error| ApiError::from_store(&error))? {
        Some(Dismissed::Done | Dismissed::SettledBefore) => {
            Ok(Json(Outcome { taken: true, detail: None }))
        }
        Some(Dismissed::NoReason) => {
            let detail = "say why it needs nothing more".to_owned();
            Ok(Json(Outcome { taken: false, detail: Some(detail) }))
        }
        None => Err(ApiError::new(Code::NotFound)),
    }
}
