//! Reading PesaPal's loose JSON: statuses as strings, errors in five shapes, decimals as floats.

use serde_json::Value;

use super::super::http::Answer;
use crate::domain::money::{Currency, Money};

/// The body of an answer, where it is JSON.
pub(super) fn json(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(&answer.body).ok()
}

/// A field as text, whether it is a string or a number; `None` when it is missing, empty or something else.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// An amount such as `500`, `500.00` or `"500.5"` in minor units, exactly; `None` for anything else.
pub(super) fn amount(object: &Value, key: &str, currency: Currency) -> Option<Money> {
    // The shortest text of a float is what was sent, as long as it has at most 15 digits, which no amount exceeds.
    let text = text(object, key)?;
    let (units, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if units.is_empty() || units.len() > 13 || !digits(units) || !digits(decimals) {
        return None;
    }
    let places = usize::try_from(currency.exponent()).ok()?;
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > places {
        return None;
    }
    format!("{units}{decimals:0<places$}").parse().ok().map(|minor| Money::new(minor, currency))
}

/// An amount as PesaPal takes it: `500.00`.
pub(super) fn decimal(money: Money) -> String {
    let per = money.currency.minor_per_unit().unsigned_abs();
    let minor = money.minor.unsigned_abs();
    let places = money.currency.exponent() as usize;
    match places {
        0 => minor.to_string(),
        _ => format!("{}.{:0places$}", minor / per, minor % per),
    }
}

/// What an answer complains of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    /// PesaPal's code, where it gives one.
    pub(super) code: Option<String>,
    /// Its words, for deciding only, never for showing.
    pub(super) words: String,
}

/// The complaint in an answer, in whichever shape (contract, section 7); `None` where it has none.
pub(super) fn complaint(body: &Value) -> Option<Complaint> {
    let words = |object: &Value| text(object, "message").unwrap_or_default();
    if let Some(error @ Value::Object(_)) = body.get("error") {
        let code = text(error, "code");
        if code.is_some() || text(error, "message").is_some() {
            return Some(Complaint { code, words: words(error) });
        }
    }
    if let Some(Value::String(inner)) = body.get("error") {
        return Some(Complaint { code: None, words: inner.clone() });
    }
    // JSON inside a string.
    if let Some(inner) = text(body, "message").filter(|message| message.starts_with('{'))
        && let Ok(inner) = serde_json::from_str::<Value>(&inner)
        && let Some(found) = complaint(&inner)
    {
        return Some(found);
    }
    let status = text(body, "status")?;
    (status != "200").then(|| Complaint { code: None, words: words(body) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_read_and_written_exactly_or_not_at_all() {
        let minor = |value: Value| {
            amount(&json!({ "amount": value }), "amount", Currency::Kes).map(|money| money.minor)
        };
        assert_eq!(minor(json!(500.00)), Some(50_000));
        assert_eq!(minor(json!("500.5")), Some(50_050));
        for odd in [json!(1e300), json!(-5), json!("1.005"), json!(""), json!(null)] {
            assert_eq!(minor(odd.clone()), None, "{odd}");
        }
        assert_eq!(decimal(Money::new(50_005, Currency::Kes)), "500.05");
        assert_eq!(decimal(Money::whole(20_000, Currency::Ugx)), "20000");
    }

    #[test]
    fn errors_are_read_in_all_their_shapes() {
        let code = |body: Value| complaint(&body).map(|found| found.code.unwrap_or_default());
        assert_eq!(
            code(json!({"error":{"type":"a","code":"InvalidIpnId","message":"m"},"status":"500"})),
            Some("InvalidIpnId".to_owned())
        );
        let recorded = json!({"error":{"error_type":"api_error","code":"payment_details_not_found","message":"Pending Payment"},"status":"500"});
        assert_eq!(code(recorded), Some("payment_details_not_found".to_owned()));
        let nulls = json!({"error":{"error_type":null,"code":null,"message":null,"call_back_url":null},"status":"200"});
        assert_eq!(code(nulls), None);
        assert_eq!(code(json!({"error":null,"status":"200"})), None);
        let inner = r#"{"error":{"code":"amount_exceeds_default_limit","message":"m"}}"#;
        assert_eq!(
            code(json!({ "message": inner })),
            Some("amount_exceeds_default_limit".to_owned())
        );
        let denied =
            json!({"message":"Authorization has been denied for this request.","status":"500"});
        assert_eq!(code(denied), Some(String::new()));
    }
}
