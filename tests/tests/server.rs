//! The server as the outside sees it: real HTTP on a free port, the stand-ins of Meta and Daraja on others.

mod api;
mod card;
mod costs;
mod dms;
mod payment;
mod price_lists;
mod texts;
mod webhooks;
mod widget;

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use ratiba_core::ports::clock::Clock;
use ratiba_core::sim::daraja::{DarajaSim, DarajaSimConfig, SimMerchant};
use ratiba_core::sim::meta::{MetaSim, MetaSimConfig, Person, Statuses};
use ratiba_core::testing::ManualClock;
use ratiba_server::config::{Program, Settings, Source};
use ratiba_server::run::{Running, start};
use reqwest::StatusCode;
use serde_json::Value;
use sha2::Sha256;

const SECRET: &str = "app-secret-of-the-tests";
const VERIFY: &str = "verify-token-of-the-tests";
/// The operator's key.
const OPERATOR: &str = "operator-key-of-the-tests";
/// What the demo's barbershop is called by Meta and by Safaricom.
const ACCOUNT: &str = "106540352242911";
/// What the demo's salon is called by Meta; it takes cards.
const SALON: &str = "106540352242912";
const SHORTCODE: &str = "174379";
const WANJIRU: &str = "254712345678";
const NOON: &str = "2026-11-23T09:00:00+03:00";

/// A server with the demo's tenants, and stand-ins of our own around it.
struct Around {
    server: Running,
    meta: MetaSim,
    daraja: DarajaSim,
    http: reqwest::Client,
}

impl Around {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With more settings.
    async fn with(more: &[(&str, &str)]) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOON.parse().unwrap()));
        let meta = MetaSim::start(MetaSimConfig {
            app_secret: SECRET.to_owned(),
            verify_token: VERIFY.to_owned(),
            statuses: Statuses::UpToRead,
            clock: Arc::clone(&clock),
        });
        let meta = meta.await.unwrap();
        meta.add_number(ACCOUNT, "254711000001", &format!("demo-token-{ACCOUNT}"));
        meta.add_number(SALON, "254711000002", &format!("demo-token-{SALON}"));
        meta.add_person(Person::new(WANJIRU, "Wanjiru"));
        let daraja = DarajaSim::start(DarajaSimConfig::new(clock)).await.unwrap();
        daraja.add_merchant(SimMerchant::paybill(SHORTCODE));
        let mut pairs = vec![
            ("META_GRAPH_URL", meta.base_url()),
            ("DARAJA_BASE_URL", daraja.base_url()),
            ("WHATSAPP_APP_SECRET", SECRET),
            ("META_VERIFY_TOKEN", VERIFY),
            ("RATIBA_ADMIN_API_KEY", OPERATOR),
        ];
        pairs.extend(more);
        let settings = settings(&pairs);
        let server = start(Program::Demo, &settings).await.unwrap();
        meta.set_webhook(&format!("{}/api/v1/webhooks/whatsapp", server.url));
        Self { server, meta, daraja, http: reqwest::Client::new() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url)
    }

    /// Posts a webhook of WhatsApp with the signature that is given.
    async fn post(&self, body: Vec<u8>, signature: Option<String>) -> (StatusCode, Value) {
        let mut request = self.http.post(self.url("/api/v1/webhooks/whatsapp")).body(body);
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        answer(request).await
    }

    /// Dead letters so far, by their reasons' sources.
    async fn buried(&self) -> Vec<String> {
        let letters = self.server.app.ratiba.store().dead_letters(None, 100).await.unwrap();
        letters.into_iter().map(|letter| letter.source).collect()
    }
}

/// The status and the body, if it is JSON.
async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The demo on a free port.
fn settings(more: &[(&str, &str)]) -> Settings {
    let fixed = [("RATIBA_ADDR", "127.0.0.1:0"), ("RATIBA_CLOCK", NOON), ("RATIBA_LOG", "error")];
    let pairs = fixed.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Settings::check(Program::Demo, &Source::new(pairs, None)).unwrap()
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
