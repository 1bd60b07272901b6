//! Africa's Talking: text messages to customers, and the reports of what became of them.

mod read;
mod report;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use secrecy::ExposeSecret as _;

use super::http::Http;
use crate::domain::money::Money;
use crate::domain::sms::segments;
use crate::ports::channel::DecodeError;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::sms::{Sms, SmsAccount, SmsReport, SmsSent, SmsSink};

/// Their own address; the sandbox is at `https://api.sandbox.africastalking.com`, with the username `sandbox` and a key of its own.
pub const LIVE: &str = "https://api.africastalking.com";

/// Their own libraries wait for 9 s; a little more, since a text whose answer was lost can't be asked about.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Texts by Africa's Talking for every business of a deployment; the account comes with each call.
///
/// What it never does: retry by itself, send to more than one number at once, or log what was written.
#[derive(Debug)]
pub struct AfricasTalking {
    http: Http,
}

impl AfricasTalking {
    /// A client below `base_url`: 5 s to connect, 15 s for a request, no redirects, no retries.
    pub fn new(base_url: &str) -> Result<Self, Fault> {
        Self::with_timeout(base_url, TIMEOUT)
    }

    /// With another limit for a whole request.
    pub fn with_timeout(base_url: &str, timeout: Duration) -> Result<Self, Fault> {
        Ok(Self { http: Http::new("the SMS provider", base_url, timeout)? })
    }

    /// Asks what an account has left to spend, and changes nothing.
    pub async fn balance(&self, account: &SmsAccount) -> Result<Money, Fault> {
        let query = [("username", account.username.as_str())];
        let request = self.http.get("/version1/user").query(&query);
        let answer = self.http.send(keyed(request, account)).await.map_err(Fault::harmless)?;
        read::balance(&answer)
    }
}

/// With the account's key. Without `Accept` they answer in XML.
fn keyed(request: RequestBuilder, account: &SmsAccount) -> RequestBuilder {
    request.header("apiKey", account.api_key.expose_secret()).header(ACCEPT, "application/json")
}

#[async_trait]
impl SmsSink for AfricasTalking {
    async fn send(&self, account: &SmsAccount, sms: &Sms) -> Result<SmsSent, Fault> {
        let parts = segments(&sms.text).parts;
        if sms.text.trim().is_empty() {
            return Err(Fault::new(FaultKind::Rejected, "there is nothing to say in the text"));
        }
        let mut form = vec![
            ("username", account.username.as_str()),
            ("to", sms.to.e164()),
            ("message", sms.text.as_str()),
            ("bulkSMSMode", "1"),
        ];
        if let Some(sender) = &account.sender {
            form.push(("from", sender));
        }
        let request = self.http.post("/version1/messaging").form(&form);
        let answer = self.http.send(keyed(request, account)).await?;
        read::sent(&answer, &sms.to, parts)
    }

    fn decode_report(&self, raw: &[u8]) -> Result<SmsReport, DecodeError> {
        report::read(raw)
    }
}
