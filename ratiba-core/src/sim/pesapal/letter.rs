//! A notification on its way.

use serde_json::{Map, Value};

use super::super::courier::Letter;

/// A notification that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Notified {
    /// Where.
    pub url: String,
    /// By GET, the names in the query; else by POST.
    pub by_get: bool,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// The answer, where it is JSON.
    pub answer: Option<Value>,
}

/// A notification on its way.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    pub(super) url: String,
    pub(super) by_get: bool,
    pub(super) tracking_id: String,
    pub(super) reference: String,
}

impl Letter for Notice {
    type Sent = Notified;

    async fn bring(self, client: &reqwest::Client) -> Notified {
        let Self { url, by_get, tracking_id, reference } = self;
        let names = [
            ("OrderTrackingId", tracking_id),
            ("OrderMerchantReference", reference),
            ("OrderNotificationType", "IPNCHANGE".to_owned()),
        ];
        let request = if by_get {
            client.get(&url).query(&names)
        } else {
            let body = names.map(|(name, value)| (name.to_owned(), Value::from(value)));
            client.post(&url).json(&Map::from_iter(body))
        };
        let mut notified = Notified { url, by_get, status: None, answer: None };
        if let Ok(answer) = request.send().await {
            notified.status = Some(answer.status().as_u16());
            notified.answer = answer.json().await.ok();
        }
        notified
    }
}
