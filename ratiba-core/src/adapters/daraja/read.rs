//! Reading Daraja's loose JSON: numbers as strings, strings as numbers, single elements instead of lists.

use serde_json::Value;

use crate::domain::money::{Currency, Money};
use crate::domain::phone::Phone;

/// A field as text, whether it is a string or a number; `None` when it is missing, empty or something else.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    scalar(object.get(key)?)
}

/// A value as text, whether it is a string or a number.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    }
}

/// A list, also where a list of one has collapsed to its element.
pub(super) fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => &[],
    }
}

/// The value of the item called `name`, whatever the order. `None` when it is missing, or there twice with different values.
pub(super) fn item<'a>(items: &'a [Value], name: &str) -> Option<&'a Value> {
    let mut found = items
        .iter()
        .filter(|item| item.get("Name").and_then(Value::as_str) == Some(name))
        .filter_map(|item| item.get("Value"));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// An amount such as `500`, `500.00` or `"500.5"` in minor units, exactly; `None` for anything else.
pub(super) fn amount(value: &Value, currency: Currency) -> Option<Money> {
    // The shortest text of a float is what was sent, as long as it has at most 15 digits, which no amount exceeds.
    let text = scalar(value)?;
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
    let minor: i64 = format!("{units}{decimals:0<places$}").parse().ok()?;
    Some(Money::new(minor, currency))
}

/// A payer's number that is told in full; `None` for masked, hashed and foreign ones, which say nothing.
pub(super) fn payer(value: &Value) -> Option<Phone> {
    let text = scalar(value)?;
    is_msisdn(&text).then(|| Phone::from_provider(&text).ok()).flatten()
}

/// Whether this is a number that Daraja takes: `^254[17]\d{8}$`.
pub(super) fn is_msisdn(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 12
        && text.starts_with("254")
        && matches!(bytes[3], b'1' | b'7')
        && bytes.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        let minor = |value: Value| amount(&value, Currency::Kes).map(|money| money.minor);
        assert_eq!(minor(json!(500)), Some(50_000));
        assert_eq!(minor(json!(500.00)), Some(50_000));
        assert_eq!(minor(json!("500")), Some(50_000));
        assert_eq!(minor(json!("500.0")), Some(50_000));
        assert_eq!(minor(json!(0.29)), Some(29));
        assert_eq!(minor(json!("1.5")), Some(150));
        for odd in [
            json!(1e300),
            json!(-5),
            json!("5e2"),
            json!("1.005"),
            json!(""),
            json!(null),
            json!("KES 5"),
        ] {
            assert_eq!(minor(odd.clone()), None, "{odd}");
        }
    }

    #[test]
    fn a_masked_number_says_nothing() {
        assert_eq!(payer(&json!(254_712_345_678_i64)).unwrap().e164(), "+254712345678");
        assert_eq!(payer(&json!("254110345678")).unwrap().e164(), "+254110345678");
        for masked in [json!("2547 ***** 678"), json!("2547*****678"), json!(678), json!("a3f5")] {
            assert_eq!(payer(&masked), None, "{masked}");
        }
    }

    #[test]
    fn items_are_found_by_name_and_a_contradiction_is_none() {
        let items = json!([{"Name": "Balance"}, {"Name": "Amount", "Value": 5}]);
        assert_eq!(item(list(Some(&items)), "Amount"), Some(&json!(5)));
        assert_eq!(item(list(Some(&items)), "Balance"), None);
        let twice = json!([{"Name": "Amount", "Value": 5}, {"Name": "Amount", "Value": 500}]);
        assert_eq!(item(list(Some(&twice)), "Amount"), None);
        let collapsed = json!({"Name": "Amount", "Value": 5});
        assert_eq!(item(list(Some(&collapsed)), "Amount"), Some(&json!(5)));
    }
}
