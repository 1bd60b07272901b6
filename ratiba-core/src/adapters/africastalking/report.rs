//! Delivery reports: forms, unsigned, known by the token in their address. They may be early, late, doubled or never come.

use crate::domain::message::Delivery;
use crate::domain::phone::Phone;
use crate::ports::channel::{DecodeError, FailedDelivery};
use crate::ports::fault::FaultKind;
use crate::ports::sms::{SmsReport, UNWANTED};

/// Reads a report.
pub(super) fn read(raw: &[u8]) -> Result<SmsReport, DecodeError> {
    let wrong = |reason: &str| DecodeError { reason: reason.to_owned() };
    let form = std::str::from_utf8(raw).map_err(|_| wrong("the form is no UTF-8"))?;
    let mut url = reqwest::Url::parse("form:").map_err(|_| wrong("no form"))?;
    url.set_query(Some(form.trim()));
    let field = |name: &str| {
        let found = url.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let provider_id = field("id").ok_or_else(|| wrong("a report without id"))?;
    if provider_id.len() > 200 {
        return Err(wrong("a report whose id has no end"));
    }
    let outcome = match field("status").as_deref() {
        Some("Sent" | "Submitted" | "Buffered") => Ok(Delivery::Sent),
        Some("Success") => Ok(Delivery::Delivered),
        Some(failed @ ("Rejected" | "Failed" | "AbsentSubscriber" | "Expired")) => {
            let reason = field("failureReason");
            Err(failure(failed, reason.as_deref()))
        }
        Some(_) => return Err(wrong("a report with a status of its own")),
        None => return Err(wrong("a report without status")),
    };
    let phone = field("phoneNumber").and_then(|phone| Phone::from_provider(&phone).ok());
    Ok(SmsReport { provider_id, phone, outcome })
}

fn failure(status: &str, reason: Option<&str>) -> FailedDelivery {
    let kind = match reason {
        Some("InsufficientCredit" | "UserAccountSuspended") => FaultKind::Blocked,
        _ => FaultKind::Rejected,
    };
    let code = match reason {
        Some(reason) if reason.eq_ignore_ascii_case("UserInBlackList") => UNWANTED,
        Some(reason) => reason,
        None => status,
    };
    FailedDelivery { kind, code: code.chars().filter(|c| c.is_alphanumeric()).take(40).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_how_far_a_text_came() {
        let report = read(
            b"id=ATXid_1&status=Success&phoneNumber=%2B254712345678&networkCode=63902&retryCount=0",
        )
        .unwrap();
        assert_eq!(report.provider_id, "ATXid_1");
        assert_eq!(report.phone.map(String::from).as_deref(), Some("+254712345678"));
        assert_eq!(report.outcome, Ok(Delivery::Delivered));
        for status in ["Sent", "Submitted", "Buffered"] {
            let raw = format!("id=1&status={status}");
            assert_eq!(read(raw.as_bytes()).unwrap().outcome, Ok(Delivery::Sent));
        }
    }

    #[test]
    fn a_failure_carries_its_reason() {
        let code = |raw: &str| read(raw.as_bytes()).unwrap().outcome.unwrap_err().code;
        assert_eq!(code("id=1&status=Failed&failureReason=UserInBlackList"), UNWANTED);
        assert_eq!(code("id=1&status=Failed&failureReason=DeliveryFailure"), "DeliveryFailure");
        assert_eq!(code("id=1&status=Expired"), "Expired");
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for raw in
            ["", "id=1", "status=Success", "id=&status=Success", "id=1&status=Delighted", "{}"]
        {
            assert!(read(raw.as_bytes()).is_err(), "{raw}");
        }
        assert!(read(b"id=\xff").is_err());
    }
}
