//! A merchant's settings and secrets, as one JSON document.
//!
//! ```json
//! {"shortcode": "174379", "passkey": "…", "consumer_key": "…", "consumer_secret": "…",
//!  "transaction_type": "paybill",
//!  "initiator": "api_user", "security_credential": "…"}
//! ```
//!
//! | field | meaning |
//! |---|---|
//! | `shortcode` | the paybill number; for Buy Goods the head-office or store number, not the till |
//! | `passkey`, `consumer_key`, `consumer_secret` | of the Daraja app |
//! | `transaction_type` | `paybill` (the default) or `buygoods` |
//! | `till` | the till number; needed for `buygoods` |
//! | `initiator` | the API user that gives money back; without it refunds are left to a person |
//! | `security_credential` | its password, encrypted by Safaricom's portal |
//! | `initiator_password`, `public_key_pem` | instead of `security_credential`: the password, and the public key of Safaricom's certificate (`openssl x509 -in cert.cer -pubkey -noout`) |

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::ports::fault::{Fault, FaultKind};

/// The document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    pub(super) shortcode: String,
    pub(super) passkey: SecretString,
    pub(super) consumer_key: String,
    pub(super) consumer_secret: SecretString,
    #[serde(default)]
    pub(super) transaction_type: TransactionType,
    #[serde(default)]
    pub(super) till: Option<String>,
    #[serde(default)]
    pub(super) initiator: Option<String>,
    #[serde(default)]
    pub(super) security_credential: Option<SecretString>,
    #[serde(default)]
    pub(super) initiator_password: Option<SecretString>,
    #[serde(default)]
    pub(super) public_key_pem: Option<String>,
}

/// Which of M-Pesa's products takes the money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TransactionType {
    #[default]
    Paybill,
    BuyGoods,
}

impl TransactionType {
    /// The name on the wire.
    pub(super) const fn wire(self) -> &'static str {
        match self {
            Self::Paybill => "CustomerPayBillOnline",
            Self::BuyGoods => "CustomerBuyGoodsOnline",
        }
    }
}

impl Credentials {
    /// Reads the document. The failure says what is wrong, never what was written.
    pub(super) fn read(document: &SecretString) -> Result<Self, Fault> {
        // The parser's own message may quote a secret, so it is dropped.
        let read: Self = serde_json::from_str(document.expose_secret())
            .map_err(|_| wrong("the M-Pesa credentials are no document of the documented shape"))?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(&read.shortcode) {
            return Err(wrong("the M-Pesa shortcode is not a number"));
        }
        match (read.transaction_type, &read.till) {
            (TransactionType::BuyGoods, None) => {
                return Err(wrong("Buy Goods needs the till number"));
            }
            (_, Some(till)) if !digits(till) => {
                return Err(wrong("the M-Pesa till is not a number"));
            }
            (TransactionType::Paybill | TransactionType::BuyGoods, _) => {}
        }
        Ok(read)
    }

    /// Who receives the money: the till for Buy Goods, else the shortcode.
    pub(super) fn receiver(&self) -> &str {
        match (self.transaction_type, &self.till) {
            (TransactionType::BuyGoods, Some(till)) => till,
            (TransactionType::Paybill | TransactionType::BuyGoods, _) => &self.shortcode,
        }
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
    fn a_paybill_needs_five_fields_and_receives_on_its_shortcode() {
        let paybill = read(
            r#"{"shortcode":"174379","passkey":"p","consumer_key":"k","consumer_secret":"s"}"#,
        )
        .unwrap();
        assert_eq!(paybill.receiver(), "174379");
        assert_eq!(paybill.transaction_type.wire(), "CustomerPayBillOnline");
    }

    #[test]
    fn buy_goods_receives_on_its_till_and_is_refused_without_one() {
        let till = r#"{"shortcode":"600100","passkey":"p","consumer_key":"k","consumer_secret":"s","transaction_type":"buygoods","till":"555001"}"#;
        assert_eq!(read(till).unwrap().receiver(), "555001");
        let without = till.replace(r#","till":"555001""#, "");
        assert_eq!(read(&without).err().map(|fault| fault.kind), Some(FaultKind::Misconfigured));
    }

    #[test]
    fn a_failure_never_quotes_the_document() {
        let fault = read(r#"{"shortcode":"174379","passkey":["hunter2"]}"#).err().unwrap();
        assert!(!format!("{fault:?} {fault}").contains("hunter2"));
    }
}
