//! Who a visitor is: a token that we signed, bound to one business's widget. No server-side session, nothing to store.
//!
//! `v1.<visitor>.<issued, unix seconds>.<HMAC-SHA256 of slug, visitor and issued, hex>`. The visitor id alone proves nothing.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const VERSION: &str = "v1";
/// How long a token holds by default: a returning customer is known for half a year after their last visit.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 180);
/// How far another of our machines' clocks may be ahead.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Issues and checks tokens.
pub struct Sessions {
    key: SecretSlice<u8>,
    lifetime: SignedDuration,
}

/// A visitor whose token was found good.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Their id: 32 hex digits.
    pub visitor: String,
    /// When the token was issued.
    pub issued_at: Timestamp,
}

/// Why a token is not accepted. In every case the visitor gets a new session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It is no token of ours.
    #[error("this is no session token")]
    Malformed,
    /// The signature does not fit: forged, of another widget, or of another key.
    #[error("the token's signature does not fit")]
    Forged,
    /// It is too old.
    #[error("the token has expired")]
    Expired,
}

impl Sessions {
    /// Signs with a key of at least 32 bytes that every server of the deployment shares. Tokens hold for 180 days.
    pub fn new(key: SecretSlice<u8>) -> Self {
        Self { key, lifetime: LIFETIME }
    }

    /// The same with another lifetime.
    pub fn with_lifetime(self, lifetime: SignedDuration) -> Self {
        Self { lifetime, ..self }
    }

    /// A new visitor, from 32 bytes of chance, and their token.
    pub fn begin(&self, slug: &str, chance: [u8; 32], now: Timestamp) -> (Session, String) {
        let visitor = hex::encode(&chance[..16]);
        let token = self.token(slug, &visitor, now);
        (Session { visitor, issued_at: now }, token)
    }

    /// A fresh token for a visitor whose token was just checked, so that the days are counted from their last visit.
    pub fn renew(&self, slug: &str, session: &Session, now: Timestamp) -> String {
        self.token(slug, &session.visitor, now)
    }

    /// Whose token this is.
    pub fn check(&self, slug: &str, token: &str, now: Timestamp) -> Result<Session, SessionError> {
        let mut parts = token.split('.');
        let (Some(VERSION), Some(visitor), Some(issued), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(SessionError::Malformed);
        };
        let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if visitor.len() != 32 || !visitor.bytes().all(hex) {
            return Err(SessionError::Malformed);
        }
        let issued_at =
            issued.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let issued_at = issued_at.ok_or(SessionError::Malformed)?;
        let expected = self.signature(slug, visitor, issued);
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(SessionError::Forged);
        }
        let age = now.duration_since(issued_at);
        if age > self.lifetime || age < -SKEW {
            return Err(SessionError::Expired);
        }
        Ok(Session { visitor: visitor.to_owned(), issued_at })
    }

    fn token(&self, slug: &str, visitor: &str, now: Timestamp) -> String {
        let issued = now.as_second().to_string();
        let signature = self.signature(slug, visitor, &issued);
        format!("{VERSION}.{visitor}.{issued}.{signature}")
    }

    fn signature(&self, slug: &str, visitor: &str, issued: &str) -> String {
        // HMAC takes keys of every length, so the fallback is never reached; it would fit no token.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()) else {
            return String::new();
        };
        // A line break is in none of the three, so that no two of them run into one another.
        for part in [VERSION, "\n", slug, "\n", visitor, "\n", issued] {
            mac.update(part.as_bytes());
        }
        hex::encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session(…{})", &self.visitor[self.visitor.len().saturating_sub(3)..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLUG: &str = "demo-salon";

    fn sessions(key: u8) -> Sessions {
        Sessions::new(vec![key; 32].into())
    }

    fn at(hours: i64) -> Timestamp {
        let start: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
        start + SignedDuration::from_hours(hours)
    }

    #[test]
    fn a_token_brings_its_visitor_back_and_can_be_renewed() {
        let (session, token) = sessions(1).begin(SLUG, [7; 32], at(0));
        assert_eq!(session.visitor, "07".repeat(16));
        assert_eq!(sessions(1).check(SLUG, &token, at(24 * 180)), Ok(session.clone()));
        assert_eq!(sessions(1).check(SLUG, &token, at(24 * 180 + 1)), Err(SessionError::Expired));
        let renewed = sessions(1).renew(SLUG, &session, at(100));
        assert!(sessions(1).check(SLUG, &renewed, at(24 * 180 + 1)).is_ok());
        assert_eq!(sessions(1).check(SLUG, &token, at(-1)), Err(SessionError::Expired));
    }

    #[test]
    fn whatever_was_changed_is_found_out() {
        let (session, token) = sessions(1).begin(SLUG, [7; 32], at(0));
        let forged = Err(SessionError::Forged);
        assert_eq!(sessions(2).check(SLUG, &token, at(1)), forged);
        assert_eq!(sessions(1).check("demo-dental", &token, at(1)), forged);
        let other = token.replace(&session.visitor, &"08".repeat(16));
        assert_eq!(sessions(1).check(SLUG, &other, at(1)), forged);
        let issued = at(0).as_second().to_string();
        let later = token.replace(&issued, &(at(0).as_second() + 1).to_string());
        assert_eq!(sessions(1).check(SLUG, &later, at(1)), forged);
        assert_eq!(sessions(1).check(SLUG, &token[..token.len() - 1], at(1)), forged);
        assert_eq!(
            sessions(1).check(SLUG, &token.to_uppercase(), at(1)),
            Err(SessionError::Malformed)
        );
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for token in ["", "v1", "v1.a.b.c", "v1....", "v2.x.1.y", "v1.07.1.x.y", "v1.é.1.x"] {
            assert_eq!(
                sessions(1).check(SLUG, token, at(0)),
                Err(SessionError::Malformed),
                "{token}"
            );
        }
    }

    #[test]
    fn debug_shows_neither_key_nor_visitor() {
        let (session, _) = sessions(1).begin(SLUG, [7; 32], at(0));
        assert_eq!(format!("{session:?}"), "Session(…707)");
        assert!(!format!("{:?}", sessions(1)).contains("key"));
    }
}
