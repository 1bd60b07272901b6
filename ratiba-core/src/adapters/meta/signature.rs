//! Whether a webhook is Meta's: the signature over the raw bytes, and the handshake when the address is set up.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::ports::channel::SignatureError;

const PREFIX: &[u8] = b"sha256=";
const HEX_LEN: usize = 64;

/// Checks signatures and verification requests. Keys are prepared once; nothing here shows them.
pub(super) struct Verifier {
    keys: Vec<Hmac<Sha256>>,
    token: SecretString,
}

impl Verifier {
    /// Prepares the keys.
    pub(super) fn new(token: SecretString, secrets: &[SecretString]) -> Self {
        let keys = secrets
            .iter()
            .filter(|secret| !secret.expose_secret().is_empty())
            .filter_map(|secret| Hmac::new_from_slice(secret.expose_secret().as_bytes()).ok())
            .collect();
        Self { keys, token }
    }

    /// Accepts `sha256=` and 64 lower-case hex digits that any of the secrets explains. Every secret is tried, whichever
    /// fits, and the comparison takes the same time whatever differs.
    pub(super) fn verify(&self, header: Option<&str>, raw: &[u8]) -> Result<(), SignatureError> {
        let header = header.ok_or(SignatureError::Missing)?.as_bytes();
        let given = header.strip_prefix(PREFIX).ok_or(SignatureError::Wrong)?;
        if given.len() != HEX_LEN {
            return Err(SignatureError::Wrong);
        }
        let mut fits = Choice::from(0);
        for key in &self.keys {
            let mut mac = key.clone();
            mac.update(raw);
            let mut hex = [0_u8; HEX_LEN];
            if hex::encode_to_slice(mac.finalize().into_bytes(), &mut hex).is_ok() {
                fits |= hex.ct_eq(given);
            }
        }
        if bool::from(fits) { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    /// The challenge to echo, when the request carries our token.
    pub(super) fn challenge(&self, query: &[(String, String)]) -> Option<String> {
        let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
        let expected = self.token.expose_secret();
        let given = value("hub.verify_token")?;
        // Digests, so that the comparison does not even tell the token's length.
        let same = Sha256::digest(expected).ct_eq(&Sha256::digest(given));
        let wanted = bool::from(same) && !expected.is_empty();
        (wanted && value("hub.mode") == Some("subscribe"))
            .then(|| value("hub.challenge"))
            .flatten()
            .filter(|challenge| !challenge.is_empty())
            .map(str::to_owned)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({} secrets)", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = r#"{"object":"page","entry":[]}"#;
    const V1_SIGNATURE: &str =
        "sha256=dc96db67d817653fe6cd5b8150c69850fa5dd322d488da7f4ad879319a0b9413";
    const V2: &str = r#"{"object":"instagram","entry":[{"id":"17840000000000001","time":1750000000000,"messaging":[{"sender":{"id":"9001"},"recipient":{"id":"17840000000000001"},"timestamp":1750000000000,"message":{"mid":"m_1","text":"Caf\u00e9 \ud83d\udc4b"}}]}]}"#;
    const V2_SIGNATURE: &str =
        "sha256=d7301e371bd202b2e41d983004f2538a95cb1799f7eae23534d514ccb44934a3";
    const V2_UTF8_SIGNATURE: &str =
        "sha256=e1ed87c5b3d6973847455c62bd25184a3ec74d4f2289604bb492b18a3334d440";

    fn verifier(secrets: &[&str]) -> Verifier {
        let secrets: Vec<SecretString> = secrets.iter().map(|s| (*s).into()).collect();
        Verifier::new("our-token".into(), &secrets)
    }

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_signature_is_over_the_bytes_as_they_came() {
        let verifier = verifier(&["sim-app-secret"]);
        assert_eq!(verifier.verify(Some(V1_SIGNATURE), V1.as_bytes()), Ok(()));
        assert_eq!(V2.len(), 240);
        assert_eq!(verifier.verify(Some(V2_SIGNATURE), V2.as_bytes()), Ok(()));
        let utf8 = V2.replace(r"\u00e9", "é").replace(r"\ud83d\udc4b", "👋");
        assert_eq!(utf8.len(), 228);
        assert_eq!(
            verifier.verify(Some(V2_SIGNATURE), utf8.as_bytes()),
            Err(SignatureError::Wrong)
        );
        assert_eq!(verifier.verify(Some(V2_UTF8_SIGNATURE), utf8.as_bytes()), Ok(()));
    }

    #[test]
    fn any_configured_secret_will_do_and_none_means_no() {
        assert_eq!(
            verifier(&["old", "sim-app-secret"]).verify(Some(V1_SIGNATURE), V1.as_bytes()),
            Ok(())
        );
        for secrets in [&[][..], &["other"], &[""]] {
            let verdict = verifier(secrets).verify(Some(V1_SIGNATURE), V1.as_bytes());
            assert_eq!(verdict, Err(SignatureError::Wrong));
        }
    }

    #[test]
    fn a_missing_signature_is_told_from_a_malformed_one() {
        let verifier = verifier(&["sim-app-secret"]);
        assert_eq!(verifier.verify(None, V1.as_bytes()), Err(SignatureError::Missing));
        let upper = format!("sha256={}", V1_SIGNATURE[7..].to_uppercase());
        let long = format!("{V1_SIGNATURE}00");
        for header in
            ["", "sha256=", &V1_SIGNATURE[7..], &upper, &long, "sha1=0000", &V1_SIGNATURE[..70]]
        {
            assert_eq!(
                verifier.verify(Some(header), V1.as_bytes()),
                Err(SignatureError::Wrong),
                "{header}"
            );
        }
    }

    #[test]
    fn only_our_token_gets_the_challenge_back() {
        let verifier = verifier(&["sim-app-secret"]);
        let right = [
            ("hub.challenge", "1158201444"),
            ("hub.mode", "subscribe"),
            ("hub.verify_token", "our-token"),
        ];
        assert_eq!(verifier.challenge(&query(&right)).as_deref(), Some("1158201444"));
        for (at, wrong) in [(0, ""), (1, "unsubscribe"), (2, "our-toke"), (2, "")] {
            let mut pairs = right;
            pairs[at].1 = wrong;
            assert_eq!(verifier.challenge(&query(&pairs)), None, "{pairs:?}");
        }
        assert_eq!(verifier.challenge(&query(&right[..2])), None);
        assert_eq!(verifier.challenge(&query(&right[1..])), None);
        let closed = Verifier::new("".into(), &[]);
        let empty = [("hub.mode", "subscribe"), ("hub.verify_token", ""), ("hub.challenge", "1")];
        assert_eq!(closed.challenge(&query(&empty)), None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", verifier(&["sim-app-secret"]));
        assert_eq!(shown, "Verifier(1 secrets)");
    }
}
