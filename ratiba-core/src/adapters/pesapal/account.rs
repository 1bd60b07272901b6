//! What is remembered of each account for a while: its access token, and under which id PesaPal knows the address that it notifies.
//!
//! Both are fetched by one task while the others wait.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::ACCEPT;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::super::http::Http;
use super::credentials::Credentials;
use super::fault::judge_token;
use super::read::{self, complaint, text};
use crate::ports::fault::{Fault, FaultKind};

const TOKEN: &str = "/api/Auth/RequestToken";
/// A token lives at most five minutes and is renewed after four (contract, section 1).
const RENEW_AFTER: SignedDuration = SignedDuration::from_secs(240);
/// Keys that were refused are not tried again for so long: an operator has to act, and a queue of orders would only make it worse.
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(30);

/// All accounts.
#[derive(Default)]
pub(super) struct Accounts {
    slots: Mutex<HashMap<(String, String), Arc<Account>>>,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounts")
    }
}

/// One account.
#[derive(Default)]
pub(super) struct Account {
    token: Mutex<Slot>,
    /// Ids of the addresses that are notified, by address.
    addresses: Mutex<HashMap<String, String>>,
}

#[derive(Default)]
struct Slot {
    token: Option<(SecretString, Timestamp)>,
    refused: Option<(Timestamp, Option<String>)>,
}

impl Accounts {
    /// The account of these credentials.
    pub(super) async fn of(&self, credentials: &Credentials) -> Arc<Account> {
        let secret = credentials.consumer_secret.expose_secret().to_owned();
        let key = (credentials.consumer_key.clone(), secret);
        Arc::clone(self.slots.lock().await.entry(key).or_default())
    }
}

impl Account {
    /// A token that is good for a minute more.
    pub(super) async fn token(
        &self,
        credentials: &Credentials,
        http: &Http,
        now: Timestamp,
    ) -> Result<SecretString, Fault> {
        let mut slot = self.token.lock().await;
        if let Some((token, _)) = slot.token.as_ref().filter(|(_, renew_at)| now < *renew_at) {
            return Ok(token.clone());
        }
        if let Some((at, code)) = &slot.refused
            && now.duration_since(*at) < REFUSED_FOR
        {
            let fault = Fault::new(
                FaultKind::Unauthorised,
                "PesaPal has just refused consumer key and secret",
            );
            return Err(match code {
                Some(code) => fault.with_code(code),
                None => fault,
            });
        }
        let body = json!({
            "consumer_key": credentials.consumer_key,
            "consumer_secret": credentials.consumer_secret.expose_secret(),
        });
        let request = http.post(TOKEN).header(ACCEPT, "application/json").json(&body);
        let answer = http.send(request).await.map_err(Fault::harmless)?;
        let token = read::json(&answer).filter(|_| answer.status == 200).as_ref().and_then(token);
        let Some(token) = token else {
            let fault = judge_token(&answer);
            slot.refused =
                (fault.kind == FaultKind::Unauthorised).then(|| (now, fault.code.clone()));
            return Err(fault);
        };
        let renew_at = now.checked_add(RENEW_AFTER).unwrap_or(Timestamp::MAX);
        *slot = Slot { token: Some((token.clone(), renew_at)), refused: None };
        Ok(token)
    }

    /// Forgets a token that was refused, unless somebody has fetched a newer one meanwhile.
    pub(super) async fn forget_token(&self, refused: &SecretString) {
        let mut slot = self.token.lock().await;
        let same = |known: &SecretString| known.expose_secret() == refused.expose_secret();
        if slot.token.as_ref().is_some_and(|(known, _)| same(known)) {
            slot.token = None;
        }
    }

    /// The ids of addresses; whoever holds this is the one who registers.
    pub(super) async fn addresses(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.addresses.lock().await
    }
}

/// The token in an answer without a complaint. `expiryDate` is not read: four minutes are always safe, and its form varies.
fn token(body: &Value) -> Option<SecretString> {
    if complaint(body).is_some() {
        return None;
    }
    text(body, "token").map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_only_from_an_answer_that_complains_of_nothing() {
        let good = json!({"token": "eyJ", "expiryDate": "2026-09-15T11:35:05.1234567Z", "error": null, "status": "200"});
        assert!(token(&good).is_some());
        let wrong = json!({"token": "eyJ", "error": {"code": "invalid_consumer_key_or_secret_provided", "message": ""}, "status": "500"});
        assert!(token(&wrong).is_none());
        assert!(token(&json!({"token": null, "error": null, "status": "200"})).is_none());
    }
}
