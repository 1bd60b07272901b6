//! What an answer that is no success means (contract, section 7). Decided on PesaPal's code, then its words, then the HTTP status, which is 200
//! for most errors. Where nothing proves a refusal, the outcome is unknown.

use jiff::SignedDuration;

use super::super::http::Answer;
use super::read::{Complaint, complaint, json};
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::payment::{INVALID_PAYER, OVER_LIMIT};

/// Seconds to wait when PesaPal is too busy; its limits are unpublished.
const AFTER_THROTTLE: i64 = 15;

/// The code of a complaint that has none of its own.
pub(super) const COMPLAINED: &str = "complained";

/// An answer that is no success.
pub(super) enum Refusal {
    /// The token is refused, before anything was processed: fetch another and send once more.
    Token(Fault),
    /// The address that is to be notified is not known any more: register it again and send once more.
    Address(Fault),
    /// Anything else.
    Other(Fault),
}

impl Refusal {
    /// The fault, when nothing more can be tried.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Token(fault) | Self::Address(fault) | Self::Other(fault) => fault,
        }
    }
}

/// Judges an answer to an API call, other than a success.
pub(super) fn judge(answer: &Answer) -> Refusal {
    let json = json(answer);
    let found = json.as_ref().and_then(complaint);
    let words = found.as_ref().map(|found| found.words.to_ascii_lowercase()).unwrap_or_default();
    let code = found.as_ref().and_then(|found| found.code.clone());
    if answer.status == 401 || words.contains("authorization has been denied") {
        let detail = "PesaPal refuses the token";
        return Refusal::Token(coded(Fault::new(FaultKind::Unauthorised, detail), code));
    }
    let lower = code.as_deref().map(str::to_ascii_lowercase);
    let (kind, detail) = match lower.as_deref() {
        Some("invalid_consumer_key_or_secret_provided") => {
            (FaultKind::Unauthorised, "PesaPal refuses consumer key and secret")
        }
        Some("invalid_token" | "token_expired" | "invalid_access_token") => {
            let detail = "PesaPal refuses the token";
            return Refusal::Token(coded(Fault::new(FaultKind::Unauthorised, detail), code));
        }
        Some("invalidipnid" | "ipnconfigurationerror") => {
            let detail = "PesaPal does not know the address that it is to notify";
            return Refusal::Address(coded(Fault::new(FaultKind::Misconfigured, detail), code));
        }
        Some("amount_exceeds_default_limit" | "maximum_amount_limit_exceeded") => {
            let fault = Fault::new(FaultKind::Rejected, "the amount is over the account's limit");
            return Refusal::Other(fault.with_code(OVER_LIMIT));
        }
        Some("invalid_api_request_parameters")
            if ["phone", "email", "billing"].iter().any(|word| words.contains(word)) =>
        {
            let fault = Fault::new(FaultKind::Rejected, "PesaPal does not take the contact");
            return Refusal::Other(fault.with_code(INVALID_PAYER));
        }
        Some("invalid_api_request_parameters") => {
            (FaultKind::Misconfigured, "PesaPal calls a field of the order invalid")
        }
        // An order with this reference exists: another attempt at this very payment was taken.
        Some(other) if other.contains("duplicate") || words.contains("duplicate") => {
            (FaultKind::Unknown, "PesaPal has an order with this reference already")
        }
        Some(_) => (FaultKind::Rejected, "PesaPal refuses the request"),
        None if answer.status == 429 => (FaultKind::RateLimited, "PesaPal throttles us"),
        None if matches!(answer.status, 400 | 403 | 404 | 405 | 415 | 422) && json.is_some() => {
            (FaultKind::Rejected, "PesaPal refuses the request")
        }
        // It complains, in words alone; what that means depends on what was asked.
        None if answer.status == 200 && found.is_some() => {
            let detail = "PesaPal complains without a code";
            return Refusal::Other(Fault::new(FaultKind::Unknown, detail).with_code(COMPLAINED));
        }
        // Fails inside, or is the edge's page: it proves nothing.
        None => (FaultKind::Unknown, "the answer does not say what became of the request"),
    };
    let fault = coded(Fault::new(kind, detail), code);
    Refusal::Other(if kind == FaultKind::RateLimited {
        let wait = answer.retry_after().unwrap_or(AFTER_THROTTLE).clamp(1, 86_400);
        fault.with_retry_after(SignedDuration::from_secs(wait))
    } else {
        fault
    })
}

/// Judges an answer to a token request, other than a token. Nothing has been asked for yet, so nothing is unknown.
pub(super) fn judge_token(answer: &Answer) -> Fault {
    let json = json(answer);
    let found = json.as_ref().and_then(complaint);
    let code = found.as_ref().and_then(|Complaint { code, .. }| code.clone());
    let refused = code.is_some() || matches!(answer.status, 400 | 401 | 403);
    let (kind, detail) = match answer.status {
        429 => (FaultKind::RateLimited, "PesaPal throttles us"),
        404 | 405 => (FaultKind::Misconfigured, "PesaPal has no token at this address"),
        _ if refused => (FaultKind::Unauthorised, "PesaPal refuses consumer key and secret"),
        _ => (FaultKind::Transient, "PesaPal gave no token"),
    };
    let wait = answer.retry_after().unwrap_or(AFTER_THROTTLE).clamp(1, 86_400);
    coded(Fault::new(kind, detail), code).with_retry_after(SignedDuration::from_secs(wait))
}

fn coded(fault: Fault, code: Option<String>) -> Fault {
    match code {
        Some(code) => fault.with_code(code),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn answer(status: u16, json: Option<Value>) -> Answer {
        Answer::of(status, json.map(|json| json.to_string()).unwrap_or_default())
    }

    fn error(code: &str, message: &str) -> Value {
        json!({"error": {"error_type": "api_error", "code": code, "message": message}, "status": "500"})
    }

    #[test]
    fn a_clear_refusal_is_told_from_what_nobody_knows() {
        use FaultKind as K;
        for (status, json, expected) in [
            (200, Some(error("amount_exceeds_default_limit", "m")), K::Rejected),
            (200, Some(error("maximum_amount_limit_exceeded", "m")), K::Rejected),
            (
                200,
                Some(error("invalid_api_request_parameters", "phone number required")),
                K::Rejected,
            ),
            (200, Some(error("invalid_api_request_parameters", "callback")), K::Misconfigured),
            (200, Some(error("invalid_consumer_key_or_secret_provided", "")), K::Unauthorised),
            (200, Some(error("duplicate_merchant_reference", "m")), K::Unknown),
            (429, None, K::RateLimited),
            (502, None, K::Unknown),
            (500, Some(json!({"status": "500", "message": "An error has occurred."})), K::Unknown),
            (200, None, K::Unknown),
        ] {
            let judged = judge(&answer(status, json.clone())).into_fault();
            assert_eq!(judged.kind, expected, "{status} {json:?}");
        }
    }

    #[test]
    fn an_expired_token_and_a_forgotten_address_may_be_sent_once_more() {
        let denied =
            json!({"message": "Authorization has been denied for this request.", "status": "500"});
        for answer in [answer(401, None), answer(200, Some(denied))] {
            assert!(matches!(judge(&answer), Refusal::Token(_)));
        }
        assert!(matches!(
            judge(&answer(200, Some(error("InvalidIpnId", "")))),
            Refusal::Address(_)
        ));
    }

    #[test]
    fn wrong_keys_come_with_status_200_and_a_slow_edge_passes() {
        let wrong = error("invalid_consumer_key_or_secret_provided", "");
        assert_eq!(judge_token(&answer(200, Some(wrong))).kind, FaultKind::Unauthorised);
        assert_eq!(judge_token(&answer(503, None)).kind, FaultKind::Transient);
    }
}
