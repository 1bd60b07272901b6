//! Whether an order is as PesaPal wants it (contract, section 3).

use serde_json::Value;

use super::state::State;

/// A refusal in the API's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: &str) -> Self {
        Self { code, message: message.to_owned() }
    }

    fn field(message: &str) -> Self {
        Self::new("invalid_api_request_parameters", message)
    }
}

/// What an order asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) reference: String,
    pub(super) currency: String,
    pub(super) minor: i64,
    pub(super) description: String,
    pub(super) callback_url: String,
    pub(super) notification_id: String,
}

/// A field's text; empty where there is none.
pub(super) fn field<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

/// Reads an order of an account.
pub(super) fn order(body: &Value, account: &str, state: &State) -> Result<Wanted, Refusal> {
    let reference = field(body, "id");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:".contains(&b);
    if !(1..=50).contains(&reference.len()) || !reference.bytes().all(plain) {
        return Err(Refusal::field("id is required, at most 50 of letters, digits and -_.:"));
    }
    let taken =
        |order: &&super::state::SimOrder| order.account == account && order.reference == reference;
    if state.orders.iter().any(|order| taken(&order)) {
        return Err(Refusal::new("duplicate_merchant_reference", "duplicate merchant reference"));
    }
    let currency = field(body, "currency");
    if !["KES", "UGX", "TZS", "RWF", "USD"].contains(&currency) {
        return Err(Refusal::field("currency is not supported"));
    }
    let minor = body.get("amount").and_then(hundredths).filter(|minor| *minor > 0);
    let minor = minor.ok_or_else(|| Refusal::field("amount must be a positive decimal"))?;
    let description = field(body, "description");
    if !(1..=100).contains(&description.chars().count()) {
        return Err(Refusal::field("description is required, at most 100 characters"));
    }
    let callback_url = field(body, "callback_url");
    if !callback_url.starts_with("http") {
        return Err(Refusal::field("callback_url is required"));
    }
    let notification_id = field(body, "notification_id");
    let known = |address: &super::state::Address| {
        address.id == notification_id && address.account == account
    };
    if !state.addresses.iter().any(known) {
        return Err(Refusal::new("InvalidIpnId", "The IPN id is not known"));
    }
    let billing = body.get("billing_address").unwrap_or(&Value::Null);
    if field(billing, "phone_number").is_empty() && field(billing, "email_address").is_empty() {
        return Err(Refusal::field("billing_address: phone number or email address is required"));
    }
    Ok(Wanted {
        reference: reference.to_owned(),
        currency: currency.to_owned(),
        minor,
        description: description.to_owned(),
        callback_url: callback_url.to_owned(),
        notification_id: notification_id.to_owned(),
    })
}

/// A decimal with at most two places, as a number or a string.
pub(super) fn hundredths(value: &Value) -> Option<i64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let (units, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 2 {
        return None;
    }
    format!("{units}{decimals:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_read_to_the_hundredth() {
        assert_eq!(hundredths(&json!(500.0)), Some(50_000));
        assert_eq!(hundredths(&json!("500.5")), Some(50_050));
        assert_eq!(hundredths(&json!("5.005")), None);
        assert_eq!(hundredths(&json!(null)), None);
    }
}
