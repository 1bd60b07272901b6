//! What PesaPal and the payer's browser tell: that something has become of an order, and never what. Pure.
//!
//! By GET the names stand in the query, by POST in a JSON body, whichever was registered (contract, sections 2 and 4); both are read the same.

use serde_json::{Value, json};

use crate::payments::report::{Outcome, Report};
use crate::ports::channel::DecodeError;

/// What a notification names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) tracking_id: String,
    pub(super) reference: String,
    pub(super) kind: String,
}

/// The longest body that is looked at; real ones have some 200 bytes.
const MOST_BYTES: usize = 4_096;

/// Reads a notification or the query of a returning browser.
pub(super) fn read(raw: &[u8]) -> Result<Notice, DecodeError> {
    let odd = |what: &str| DecodeError { reason: what.to_owned() };
    let text = std::str::from_utf8(raw).map_err(|_| odd("it is not UTF-8"))?.trim();
    if text.len() > MOST_BYTES {
        return Err(odd("it is too long"));
    }
    let pairs: Vec<(String, String)> = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) => fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect(),
        Ok(_) => return Err(odd("it names nothing")),
        Err(_) => reqwest::Url::parse(&format!("http://query/?{}", text.trim_start_matches('?')))
            .map_err(|_| odd("it is neither JSON nor a query"))?
            .query_pairs()
            .into_owned()
            .collect(),
    };
    let named = |name: &str| {
        let mut found = pairs.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.trim().to_owned())?;
        // Named twice with different values, it names nothing.
        found.all(|(_, other)| other.trim() == first).then_some(first)
    };
    let plain = |text: &String| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    let tracking_id = named("OrderTrackingId").filter(plain);
    let reference = named("OrderMerchantReference").filter(plain);
    Ok(Notice {
        tracking_id: tracking_id.ok_or_else(|| odd("the OrderTrackingId is missing"))?,
        reference: reference.ok_or_else(|| odd("the OrderMerchantReference is missing"))?,
        kind: named("OrderNotificationType").filter(plain).unwrap_or_default(),
    })
}

/// A hint to ask for the status, and nothing more.
pub(super) fn hint(raw: &[u8]) -> Result<Report, DecodeError> {
    let Notice { tracking_id, reference: _, kind } = read(raw)?;
    let code = (!kind.is_empty()).then_some(kind);
    Ok(Report { provider_ref: Some(tracking_id), outcome: Outcome::Undecided, code })
}

/// What PesaPal wants to read in answer to a notification: the same names, and whether it is kept. It has to be this very document.
pub fn acknowledgement(raw: &[u8], kept: bool) -> Value {
    let notice = read(raw).ok();
    let of = |pick: fn(&Notice) -> &String| notice.as_ref().map_or("", |notice| pick(notice));
    json!({
        "orderNotificationType": of(|notice| &notice.kind),
        "orderTrackingId": of(|notice| &notice.tracking_id),
        "orderMerchantReference": of(|notice| &notice.reference),
        "status": if kept { 200 } else { 500 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "b945e4af-80a5-4ec1-8706-e03f8332fb04";

    #[test]
    fn a_query_and_a_body_name_the_same() {
        let by_get = format!(
            "OrderTrackingId={ID}&OrderNotificationType=IPNCHANGE&OrderMerchantReference=BK42-1"
        );
        let by_post = json!({"orderTrackingId": ID, "OrderMerchantReference": "BK42-1", "OrderNotificationType": "IPNCHANGE"});
        let wanted = Notice {
            tracking_id: ID.to_owned(),
            reference: "BK42-1".to_owned(),
            kind: "IPNCHANGE".to_owned(),
        };
        assert_eq!(read(by_get.as_bytes()), Ok(wanted.clone()));
        assert_eq!(read(by_post.to_string().as_bytes()), Ok(wanted));
        let report = hint(by_get.as_bytes()).unwrap();
        assert_eq!(report.outcome, Outcome::Undecided, "a notification settles nothing");
    }

    #[test]
    fn what_names_no_order_is_refused_and_still_answered() {
        for bad in [
            "",
            "{}",
            "0",
            "paid",
            "OrderTrackingId=x",
            "OrderTrackingId=&OrderMerchantReference=y",
        ] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
        let twice = "OrderTrackingId=a&OrderTrackingId=b&OrderMerchantReference=y";
        assert!(read(twice.as_bytes()).is_err());
        assert_eq!(acknowledgement(b"{}", true)["status"], 200);
    }
}
