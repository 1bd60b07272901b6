//! A callback on its way.

use super::super::courier::Letter;

/// A callback that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Where.
    pub url: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// The status of the answer; `None` when there was none.
    pub status: Option<u16>,
}

/// A callback on its way.
#[derive(Debug)]
pub(super) struct Callback {
    pub(super) url: String,
    pub(super) shortcode: String,
    pub(super) body: String,
}

impl Letter for Callback {
    type Sent = Posted;

    async fn bring(self, client: &reqwest::Client) -> Posted {
        let answer = client
            .post(&self.url)
            .header("content-type", "application/json;charset=UTF-8")
            .header("Businessshortcode", &self.shortcode)
            .body(self.body.clone())
            .send()
            .await;
        let status = answer.ok().map(|answer| answer.status().as_u16());
        Posted { url: self.url, body: self.body.into_bytes(), status }
    }
}
