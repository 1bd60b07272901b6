//! A merchant's settings and secrets, as one JSON document.
//!
//! ```json
//! {"consumer_key": "…", "consumer_secret": "…", "contact_email": "owner@example.co.ke", "branch": "Westlands", "refunds_by": "Achieng"}
//! ```
//!
//! | field | meaning |
//! |---|---|
//! | `consumer_key`, `consumer_secret` | of the PesaPal merchant account |
//! | `contact_email` | stands for a payer whose phone is not known: PesaPal takes no order without a contact |
//! | `branch` | shown in PesaPal's reports |
//! | `refunds_by` | the name under which refunds are asked for; `Ratiba` unless given |

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::ports::fault::{Fault, FaultKind};

/// The document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    pub(super) consumer_key: String,
    pub(super) consumer_secret: SecretString,
    #[serde(default)]
    pub(super) contact_email: Option<String>,
    #[serde(default)]
    pub(super) branch: Option<String>,
    #[serde(default = "ratiba")]
    pub(super) refunds_by: String,
}

fn ratiba() -> String {
    "Ratiba".to_owned()
}

impl Credentials {
    /// Reads the document. The failure says what is wrong, never what was written.
    pub(super) fn read(document: &SecretString) -> Result<Self, Fault> {
        // The parser's own message may quote a secret, so it is dropped.
        let read: Self = serde_json::from_str(document.expose_secret()).map_err(|_| {
            wrong("the PesaPal credentials are no document of the documented shape")
        })?;
        if read.consumer_key.trim().is_empty() || read.consumer_secret.expose_secret().is_empty() {
            return Err(wrong("the PesaPal key or secret is empty"));
        }
        Ok(read)
    }

    /// The end of the path that PesaPal notifies: 128 bits that only somebody with the secret can compute, so that nothing has to be stored
    /// and every process knows it.
    pub(super) fn notice_token(&self) -> SecretString {
        let digest = Sha256::new()
            .chain_update(b"ratiba pesapal notices\0")
            .chain_update(self.consumer_key.as_bytes())
            .chain_update(b"\0")
            .chain_update(self.consumer_secret.expose_secret().as_bytes())
            .finalize();
        SecretString::from(hex::encode(&digest[..16]))
    }
}

fn wrong(what: &str) -> Fault {
    Fault::new(FaultKind::Misconfigured, what).with_code("credentials")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Credentials, Fault> {
        Credentials::read(&SecretString::from(json.to_owned()))
    }

    #[test]
    fn the_token_is_long_stable_and_another_for_another_secret() {
        let token = |secret: &str| {
            let json = format!(r#"{{"consumer_key":"k","consumer_secret":"{secret}"}}"#);
            read(&json).unwrap().notice_token().expose_secret().to_owned()
        };
        assert_eq!(token("s").len(), 32);
        assert_eq!(token("s"), token("s"));
        assert_ne!(token("s"), token("t"));
    }

    #[test]
    fn a_failure_never_quotes_the_document() {
        for bad in [r#"{"consumer_key":"k","consumer_secret":["hunter2"]}"#, "hunter2", "{}"] {
            let fault = read(bad).err().unwrap();
            assert!(!format!("{fault:?} {fault}").contains("hunter2"));
            assert_eq!(fault.kind, FaultKind::Misconfigured);
        }
    }
}
