//! A business as the stand-in knows it.

use serde_json::json;

/// A business's app, shortcode and API user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimMerchant {
    /// The paybill, or the store number of a till.
    pub shortcode: String,
    /// The till, for Buy Goods.
    pub till: Option<String>,
    /// The app's pass key.
    pub passkey: String,
    /// The app's consumer key.
    pub consumer_key: String,
    /// The app's consumer secret.
    pub consumer_secret: String,
    /// The API user's name.
    pub initiator: String,
    /// The API user's encrypted password; compared, never decrypted.
    pub security_credential: String,
}

impl SimMerchant {
    /// A paybill whose secrets are made up from its number.
    pub fn paybill(shortcode: &str) -> Self {
        Self {
            shortcode: shortcode.to_owned(),
            till: None,
            passkey: format!("passkey-{shortcode}"),
            consumer_key: format!("key-{shortcode}"),
            consumer_secret: format!("secret-{shortcode}"),
            initiator: "ratiba".to_owned(),
            security_credential: format!("sealed-{shortcode}"),
        }
    }

    /// A till below a store number.
    pub fn buy_goods(shortcode: &str, till: &str) -> Self {
        Self { till: Some(till.to_owned()), ..Self::paybill(shortcode) }
    }

    /// Its credentials as the Daraja adapter reads them.
    pub fn credentials(&self) -> String {
        let mut document = json!({
            "shortcode": self.shortcode,
            "passkey": self.passkey,
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "transaction_type": if self.till.is_some() { "buygoods" } else { "paybill" },
            "initiator": self.initiator,
            "security_credential": self.security_credential,
        });
        if let Some(till) = &self.till {
            document["till"] = json!(till);
        }
        document.to_string()
    }

    /// The transaction type and the receiver that fit this business.
    pub(super) fn product(&self) -> (&'static str, &str) {
        match &self.till {
            Some(till) => ("CustomerBuyGoodsOnline", till),
            None => ("CustomerPayBillOnline", &self.shortcode),
        }
    }
}
