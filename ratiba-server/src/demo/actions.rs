//! `POST /demo/{say,owner,pin,clock}`: what somebody does with the phones and the clock of the page.

use jiff::SignedDuration;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, handler};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Demo;
use super::prompts::{self, Answer};
use super::view::Ask;
use crate::app::App;
use crate::http::{ApiError, Code, limits};

/// The longest leap of the clock, in minutes.
const LONGEST_LEAP: i64 = 31 * 24 * 60;

/// After so many minutes owners look at their diary again.
const A_NIGHT: i64 = 12 * 60;

/// Words or a tap, from a phone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoken {
    tenant: Option<String>,
    customer: Option<String>,
    channel: Option<String>,
    text: Option<String>,
    choice: Option<Tapped>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tapped {
    id: String,
    title: String,
}

/// What the customer did with an M-Pesa prompt.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    prompt: String,
    answer: Answer,
}

/// How far the clock moves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leap {
    minutes: i64,
}

/// The customer writes or taps.
#[handler]
pub(super) async fn say(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let demo = demo(app)?;
    let spoken: Spoken = read(request, body).await?;
    let ask = Ask::new(
        spoken.tenant.as_deref(),
        spoken.customer.as_deref(),
        spoken.channel.as_deref(),
        None,
    );
    if let Some(dm) = demo.dm(ask.shop, ask.persona, ask.channel) {
        return spoken.on(|text| drop(dm.say(text)), |pick| dm.tap(pick).is_ok());
    }
    speak(demo, ask, ask.persona.phone, spoken)
}

/// The owner writes or taps.
#[handler]
pub(super) async fn owner(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let demo = demo(app)?;
    let spoken: Spoken = read(request, body).await?;
    let ask = Ask::new(spoken.tenant.as_deref(), None, None, None);
    let business = app.ratiba.business(demo.tenant(ask.shop)).await;
    let business = business.map_err(|_| ApiError::new(Code::Internal))?;
    let phone = business.admins.first().ok_or(ApiError::new(Code::NotFound))?;
    speak(demo, ask, phone.digits(), spoken)
}

/// The customer answers a prompt, or looks away.
#[handler]
pub(super) async fn pin(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let demo = demo(app)?;
    let Pin { prompt, answer } = read(request, body).await?;
    if prompts::answer(&demo.daraja, &prompt, answer) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(Code::NotFound))
    }
}

/// Moves the clock forward; what falls due meanwhile happens.
#[handler]
pub(super) async fn clock(
    request: &Request,
    body: Body,
    Data(app): Data<&App>,
) -> Result<StatusCode, ApiError> {
    let demo = demo(app)?;
    let Leap { minutes } = read(request, body).await?;
    if !(1..=LONGEST_LEAP).contains(&minutes) {
        return Err(ApiError::new(Code::BadRequest));
    }
    demo.advance(SignedDuration::from_mins(minutes)).await;
    if minutes >= A_NIGHT {
        demo.greet_owners(&app.ratiba).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The demo of this server.
pub(super) fn demo(app: &App) -> Result<&Demo, ApiError> {
    app.demo.as_deref().ok_or(ApiError::new(Code::NotFound))
}

/// Only JSON is read: a page of another origin can't send it without being asked whether it may, and it may not.
pub(super) async fn read<T: DeserializeOwned>(
    request: &Request,
    body: Body,
) -> Result<T, ApiError> {
    if request.content_type().is_none_or(|kind| !kind.starts_with("application/json")) {
        return Err(ApiError::new(Code::BadRequest));
    }
    let raw = limits::read(limits::announced(request), body, limits::BODY).await?;
    serde_json::from_slice(&raw).map_err(|_| ApiError::new(Code::BadRequest))
}

/// Lets a phone write or tap at the stand-in, which posts the signed webhook.
fn speak(demo: &Demo, ask: Ask, phone: &str, spoken: Spoken) -> Result<StatusCode, ApiError> {
    let chat = demo.meta.chat(ask.shop.account, phone);
    spoken.on(|text| drop(chat.say(text)), |pick| chat.tap(pick).is_ok())
}

impl Spoken {
    /// Says the words or taps the choice. A title is tapped where the stand-in no longer knows the id; neither: the offer is gone.
    fn on(
        self,
        speak: impl FnOnce(&str),
        pick: impl Fn(&str) -> bool,
    ) -> Result<StatusCode, ApiError> {
        match (self.text, self.choice) {
            (Some(text), None) if !text.trim().is_empty() => speak(&text),
            (None, Some(Tapped { id, title })) if pick(&id) || pick(&title) => {}
            (None, Some(_)) => return Err(ApiError::new(Code::NotFound)),
            _ => return Err(ApiError::new(Code::BadRequest)),
        }
        Ok(StatusCode::ACCEPTED)
    }
}
