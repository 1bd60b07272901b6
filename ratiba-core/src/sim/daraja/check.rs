//! Whether a request is one that Daraja would take. The first thing wrong decides, in Daraja's words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use serde_json::Value;

use super::answer::Refusal;
use super::merchant::SimMerchant;

/// Words that Daraja refuses in addresses (contract, section 4).
const FORBIDDEN: [&str; 8] = ["mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query"];

/// What a push asks for, once it has been checked.
#[derive(Debug, Clone)]
pub(super) struct Push {
    pub(super) phone: String,
    pub(super) amount: i64,
    pub(super) receiver: String,
    pub(super) kind: String,
    pub(super) callback: String,
    pub(super) reference: String,
    pub(super) description: String,
}

/// A field as text, whether it is a string or a number.
pub(super) fn field(body: &Value, name: &str) -> String {
    match body.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => {
            String::new()
        }
    }
}

/// Checks shortcode, timestamp and password, which push and query share.
pub(super) fn merchant<'a>(
    body: &Value,
    merchants: &'a [SimMerchant],
    consumer_key: &str,
) -> Result<&'a SimMerchant, Refusal> {
    let shortcode = field(body, "BusinessShortCode");
    if !is_digits(&shortcode) {
        return Err(Refusal::invalid("BusinessShortCode"));
    }
    let timestamp = field(body, "Timestamp");
    if !is_timestamp(&timestamp) {
        return Err(Refusal::invalid("Timestamp"));
    }
    let merchant = merchants
        .iter()
        .find(|merchant| merchant.shortcode == shortcode && merchant.consumer_key == consumer_key)
        .ok_or(Refusal::overloaded("Merchant does not exist"))?;
    let expected = STANDARD.encode(format!("{shortcode}{}{timestamp}", merchant.passkey));
    if field(body, "Password") != expected {
        return Err(Refusal::overloaded("[MerchantValidate] - Wrong credentials"));
    }
    Ok(merchant)
}

/// Checks the fields of a push, the shortcode's aside.
pub(super) fn push(body: &Value) -> Result<Push, Refusal> {
    let kind = field(body, "TransactionType");
    if !matches!(kind.as_str(), "CustomerPayBillOnline" | "CustomerBuyGoodsOnline") {
        return Err(Refusal::invalid("TransactionType"));
    }
    let amount = field(body, "Amount");
    let amount = amount
        .parse::<i64>()
        .ok()
        .filter(|amount| (1..=250_000).contains(amount))
        .ok_or(Refusal::invalid("Amount"))?;
    let phone = field(body, "PhoneNumber");
    if !is_msisdn(&phone) {
        return Err(Refusal::invalid("PhoneNumber"));
    }
    if !is_msisdn(&field(body, "PartyA")) {
        return Err(Refusal::invalid("PartyA"));
    }
    let receiver = field(body, "PartyB");
    if !is_digits(&receiver) {
        return Err(Refusal::invalid("PartyB"));
    }
    let callback = field(body, "CallBackURL");
    if !is_callback(&callback) {
        return Err(Refusal::invalid("CallBackURL"));
    }
    let reference = field(body, "AccountReference");
    if !(1..=12).contains(&reference.len()) || !is_plain(&reference) {
        return Err(Refusal::invalid("AccountReference"));
    }
    let description = field(body, "TransactionDesc");
    if description.len() > 13 || !is_plain(&description) {
        return Err(Refusal::invalid("TransactionDesc"));
    }
    Ok(Push { phone, amount, receiver, kind, callback, reference, description })
}

/// What a reversal asks for, once its form has been checked.
#[derive(Debug, Clone)]
pub(super) struct Reversal {
    pub(super) initiator: String,
    pub(super) security_credential: String,
    pub(super) receipt: String,
    pub(super) amount: i64,
    pub(super) receiver: String,
    pub(super) result: String,
    pub(super) timeout: String,
}

/// Checks the form of a reversal.
pub(super) fn reversal(body: &Value) -> Result<Reversal, Refusal> {
    if field(body, "CommandID") != "TransactionReversal" {
        return Err(Refusal::invalid("CommandID"));
    }
    // Daraja's spelling.
    if field(body, "RecieverIdentifierType") != "11" {
        return Err(Refusal::invalid("RecieverIdentifierType"));
    }
    let amount = field(body, "Amount").parse().map_err(|_| Refusal::invalid("Amount"))?;
    if !(2..=100).contains(&field(body, "Remarks").len()) {
        return Err(Refusal::invalid("Remarks"));
    }
    let address = |name: &'static str| {
        let url = field(body, name);
        if is_callback(&url) { Ok(url) } else { Err(Refusal::invalid(name)) }
    };
    Ok(Reversal {
        initiator: field(body, "Initiator"),
        security_credential: field(body, "SecurityCredential"),
        receipt: field(body, "TransactionID"),
        amount,
        receiver: field(body, "ReceiverParty"),
        result: address("ResultURL")?,
        timeout: address("QueueTimeOutURL")?,
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `YYYYMMDDHHmmss`, with a date and a time in it that exist.
fn is_timestamp(text: &str) -> bool {
    text.len() == 14
        && is_digits(text)
        && jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).is_ok()
}

fn is_msisdn(text: &str) -> bool {
    text.len() == 12 && is_digits(text) && (text.starts_with("2547") || text.starts_with("2541"))
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-'))
}

/// `https`, or `http` that leads back to this machine; no blanks, none of the forbidden words.
fn is_callback(text: &str) -> bool {
    let low = text.to_ascii_lowercase();
    if text.contains(char::is_whitespace) || FORBIDDEN.iter().any(|word| low.contains(word)) {
        return false;
    }
    let Ok(url) = Url::parse(text) else { return false };
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({
            "BusinessShortCode": "174379", "Timestamp": "20260915143005",
            "Password": STANDARD.encode("174379passkey-17437920260915143005"),
            "TransactionType": "CustomerPayBillOnline", "Amount": 500, "PartyA": "254712345678",
            "PartyB": "174379", "PhoneNumber": "254712345678", "CallBackURL": "https://book.example.co.ke/cb/1",
            "AccountReference": "BK42", "TransactionDesc": "Deposit",
        })
    }

    #[test]
    fn each_field_is_checked() {
        assert!(push(&good()).is_ok());
        for (name, bad) in [
            ("TransactionType", json!("PayBill")),
            ("Amount", json!(0)),
            ("Amount", json!(250_001)),
            ("Amount", json!("1.5")),
            ("PhoneNumber", json!("0712345678")),
            ("PhoneNumber", json!("+254712345678")),
            ("PartyA", json!("254812345678")),
            ("PartyB", json!("")),
            ("CallBackURL", json!("http://book.example.co.ke/cb")),
            ("CallBackURL", json!("https://book.example.co.ke/cb ")),
            ("CallBackURL", json!("https://mpesa.example.co.ke/cb")),
            ("AccountReference", json!("")),
            ("AccountReference", json!("1234567890123")),
            ("AccountReference", json!("BK&42")),
            ("TransactionDesc", json!("12345678901234")),
        ] {
            let mut body = good();
            body[name] = bad.clone();
            let refused = push(&body).unwrap_err();
            assert_eq!(refused, Refusal::invalid(name), "{bad}");
        }
        let mut local = good();
        local["CallBackURL"] = json!("http://127.0.0.1:4000/cb/1");
        assert!(push(&local).is_ok());
    }

    #[test]
    fn shortcode_timestamp_and_password_belong_together() {
        let merchants = [SimMerchant::paybill("174379")];
        let key = "key-174379";
        assert!(merchant(&good(), &merchants, key).is_ok());
        assert!(merchant(&good(), &merchants, "key-of-another").is_err());
        for (name, bad) in [
            ("BusinessShortCode", "600000"),
            ("Timestamp", "20260915143006"),
            ("Timestamp", "20261315143005"),
            ("Password", "secret"),
        ] {
            let mut body = good();
            body[name] = json!(bad);
            assert!(merchant(&body, &merchants, key).is_err(), "{name} {bad}");
        }
    }
}
