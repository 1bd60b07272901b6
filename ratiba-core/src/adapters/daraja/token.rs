//! Access tokens: one per set of credentials, fetched by one task while the others wait, renewed before they end.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::super::http::{Answer, Http};
use super::credentials::Credentials;
use super::read::text;
use super::{encode, fault};
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};

/// A token lives for about an hour and is renewed after 50 minutes (contract, section 1).
const RENEW_AFTER_SECS: i64 = 50 * 60;
/// A token that says nothing of its end is taken to live this long.
const USUAL_LIFE_SECS: i64 = 3_599;
/// Renew this long before the end that a token states.
const MARGIN_SECS: i64 = 60;
/// Above this many sets of credentials, those whose token has ended are forgotten.
const TIDY_ABOVE: usize = 1_024;

/// The tokens of all merchants.
pub(super) struct Tokens {
    slots: Mutex<HashMap<Key, Arc<Mutex<Slot>>>>,
}

/// Who may share a token: the same app with the same secret.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    consumer_key: String,
    consumer_secret: String,
}

/// The token of one set of credentials.
#[derive(Default)]
struct Slot {
    token: Option<Token>,
    /// How many times a token has been asked for, so that those who waited know that somebody else has tried.
    tries: u64,
    /// How the last try failed.
    failure: Option<(FaultKind, String, Option<String>)>,
}

struct Token {
    secret: SecretString,
    renew_at: Timestamp,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self { slots: Mutex::new(HashMap::new()) }
    }

    /// A token that is good for some minutes more. Whoever waits while another fetches shares its token, or its failure.
    pub(super) async fn get(
        &self,
        credentials: &Credentials,
        http: &Http,
        clock: &dyn Clock,
    ) -> Result<SecretString, Fault> {
        let slot = self.slot(credentials, clock.now()).await;
        // A slot that is being filled can't be read; then a try is under way, which may be shared.
        let tries_before = slot.try_lock().ok().map(|slot| slot.tries);
        let mut slot = slot.lock().await;
        if let Some(token) = slot.token.as_ref().filter(|token| clock.now() < token.renew_at) {
            return Ok(token.secret.clone());
        }
        if let Some((kind, detail, code)) = &slot.failure
            && tries_before != Some(slot.tries)
        {
            let fault = Fault::new(*kind, detail.clone());
            return Err(match code {
                Some(code) => fault.with_code(code),
                None => fault,
            });
        }
        slot.tries += 1;
        match fetch(credentials, http, clock).await {
            Ok(token) => {
                let secret = token.secret.clone();
                slot.failure = None;
                slot.token = Some(token);
                Ok(secret)
            }
            Err(fault) => {
                slot.failure = Some((fault.kind, fault.detail.clone(), fault.code.clone()));
                Err(fault)
            }
        }
    }

    /// Forgets a token that was refused, unless somebody has fetched a newer one meanwhile.
    pub(super) async fn forget(
        &self,
        credentials: &Credentials,
        refused: &SecretString,
        now: Timestamp,
    ) {
        let slot = self.slot(credentials, now).await;
        let mut slot = slot.lock().await;
        let same = |token: &Token| token.secret.expose_secret() == refused.expose_secret();
        if slot.token.as_ref().is_some_and(same) {
            slot.token = None;
        }
    }

    async fn slot(&self, credentials: &Credentials, now: Timestamp) -> Arc<Mutex<Slot>> {
        let key = Key {
            consumer_key: credentials.consumer_key.clone(),
            consumer_secret: credentials.consumer_secret.expose_secret().to_owned(),
        };
        let mut slots = self.slots.lock().await;
        if slots.len() > TIDY_ABOVE {
            slots.retain(|_, slot| match slot.try_lock() {
                Ok(slot) => slot.token.as_ref().is_some_and(|token| now < token.renew_at),
                Err(_) => true,
            });
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

async fn fetch(credentials: &Credentials, http: &Http, clock: &dyn Clock) -> Result<Token, Fault> {
    let basic = encode::basic(credentials);
    let request = http
        .get("/oauth/v1/generate?grant_type=client_credentials")
        .header(AUTHORIZATION, basic.expose_secret());
    // Nothing is asked for yet but a token, so nothing is unknown.
    let answer = http.send(request).await.map_err(Fault::harmless)?;
    let (secret, life) = read(&answer).ok_or_else(|| fault::judge_token(&answer))?;
    let wait = (life - MARGIN_SECS).clamp(0, RENEW_AFTER_SECS);
    let renew_at =
        clock.now().checked_add(SignedDuration::from_secs(wait)).unwrap_or(Timestamp::MAX);
    Ok(Token { secret, renew_at })
}

/// The token and the seconds that it lives, which are a string or a number.
fn read(answer: &Answer) -> Option<(SecretString, i64)> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let secret = text(&body, "access_token").filter(|_| answer.status == 200)?;
    let life = text(&body, "expires_in").and_then(|life| life.parse().ok());
    Some((SecretString::from(secret), life.unwrap_or(USUAL_LIFE_SECS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expires_in_is_a_string_or_a_number_or_missing() {
        for (body, life) in [
            (r#"{"access_token":"t","expires_in":"3599"}"#, Some(3_599)),
            (r#"{"access_token":"t","expires_in":120}"#, Some(120)),
            (r#"{"access_token":"t"}"#, Some(USUAL_LIFE_SECS)),
            (r#"{"expires_in":"3599"}"#, None),
            ("", None),
        ] {
            assert_eq!(read(&Answer::of(200, body)).map(|(_, life)| life), life, "{body}");
        }
    }
}
