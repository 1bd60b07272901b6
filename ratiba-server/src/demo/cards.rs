//! `/demo/card`: the page on which a customer of the demo pays by card, at the stand-in of PesaPal.
//!
//! The stand-in has a page of its own; this shows the same one under the demo's address, so that one open port is enough.

use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::web::{Data, Form, Query};
use poem::{Response, handler};
use ratiba_core::ports::clock::Clock;
use ratiba_core::sim::pesapal::{PageAnswer, PesaPalSim, PesaPalSimConfig, SimAccount};
use serde::Deserialize;

use super::people::{SHOPS, Shop};
use crate::app::App;
use crate::http::{ApiError, Code};
use crate::run::Failure;

/// What the page may load: nothing but its own style; its form goes back to it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http: https:; base-uri 'none'; frame-ancestors 'none'";

/// Where the page is.
pub(super) const PATH: &str = "/demo/card";

/// Starts the stand-in with the shops' accounts. `url` is where customers reach the demo.
pub(super) async fn start(clock: Arc<dyn Clock>, url: &str) -> Result<PesaPalSim, Failure> {
    let page_url = Some(format!("{url}{PATH}"));
    let started = PesaPalSim::start(PesaPalSimConfig { clock, page_url }).await;
    let sim = started
        .map_err(|error| Failure::Open { what: "the stand-in of PesaPal", source: error.into() })?;
    for shop in &SHOPS {
        sim.add_account(SimAccount::named(shop.slug));
    }
    Ok(sim)
}

/// A shop's credentials, as the adapter reads them.
pub(super) fn credentials(shop: &Shop) -> String {
    SimAccount::named(shop.slug).credentials()
}

/// Which order the page is about.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(rename = "OrderTrackingId")]
    order: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(rename = "OrderTrackingId")]
    order: String,
    card: String,
}

/// The page.
#[handler]
pub(super) fn show(
    Query(which): Query<Which>,
    Data(app): Data<&App>,
) -> Result<Response, ApiError> {
    let demo = app.demo.as_deref().ok_or(ApiError::new(Code::NotFound))?;
    demo.pesapal.page(&which.order).map(page).ok_or(ApiError::new(Code::NotFound))
}

/// The customer pays, or tries to.
#[handler]
pub(super) fn pay(Form(typed): Form<Typed>, Data(app): Data<&App>) -> Result<Response, ApiError> {
    let demo = app.demo.as_deref().ok_or(ApiError::new(Code::NotFound))?;
    match demo.pesapal.type_card(&typed.order, &typed.card) {
        PageAnswer::GoTo(url) => Ok(Response::builder()
            .status(StatusCode::SEE_OTHER)
            .header(header::LOCATION, url)
            .finish()),
        PageAnswer::Again(text) => Ok(page(text)),
        PageAnswer::Nothing => Err(ApiError::new(Code::NotFound)),
    }
}

fn page(text: String) -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::CACHE_CONTROL, "no-store")
        .body(text)
}
