//! What an answer that is no success means, and whether a prompt may have been sent (contract, section 2.1).
//!
//! Decided on Daraja's `errorCode`, then on the HTTP status. Where neither proves a refusal, the outcome is unknown.

use jiff::SignedDuration;
use serde_json::Value;

use super::super::http::Answer;
use super::read::text;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::payment::{INVALID_PAYER, PAYER_BUSY};

/// Seconds to wait after a spike, and after a quota is used up.
const AFTER_SPIKE: i64 = 10;
const AFTER_QUOTA: i64 = 900;

/// An answer that is no success.
pub(super) enum Refusal {
    /// The token is refused, before anything was processed: fetch another and send once more.
    Token(Fault),
    /// Anything else.
    Other(Fault),
}

impl Refusal {
    /// The fault, when nothing more can be tried.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Token(fault) | Self::Other(fault) => fault,
        }
    }
}

/// Daraja's own code and text, in whichever of its shapes.
pub(super) fn code_and_text(body: &[u8]) -> (Option<String>, String) {
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return (None, String::new()) };
    if let Some(fault) = json.get("fault") {
        let code = fault.get("detail").and_then(|detail| text(detail, "errorcode"));
        return (code, text(fault, "faultstring").unwrap_or_default());
    }
    let code = text(&json, "errorCode");
    (code, text(&json, "errorMessage").unwrap_or_default())
}

/// Judges an answer to an API call, other than a success.
pub(super) fn judge(answer: &Answer) -> Refusal {
    let (code, said) = code_and_text(&answer.body);
    let said = said.to_ascii_lowercase();
    let (kind, detail) = match code.as_deref() {
        Some("400.003.01" | "404.001.03" | "401.002.01" | "401.003.01") => return token(code),
        Some("400.002.02") if said.contains("phonenumber") || said.contains("partya") => {
            return Refusal::Other(
                Fault::new(FaultKind::Rejected, "Daraja does not take this number")
                    .with_code(INVALID_PAYER),
            );
        }
        // The amount and the reference are of one payment; the other fields are the same for all.
        Some("400.002.02") if said.contains("amount") || said.contains("accountreference") => {
            (FaultKind::Rejected, "Daraja calls a field of the payment invalid")
        }
        Some("400.002.02") if said.contains("checkoutrequestid") => {
            (FaultKind::Rejected, "Daraja does not know the request")
        }
        Some("400.002.02") => {
            (FaultKind::Misconfigured, "Daraja calls a field of the set-up invalid")
        }
        Some("400.002.05" | "400.003.02" | "404.001.04" | "405.001") => {
            (FaultKind::Misconfigured, "Daraja can't read the request")
        }
        Some("404.001.01" | "404.003.01") => {
            (FaultKind::Misconfigured, "Daraja knows no such resource: wrong address or product")
        }
        Some("500.001.1001") => return overloaded(code, &said),
        Some("500.003.02") => (FaultKind::Transient, "Daraja is too busy"),
        Some("500.003.03") => (FaultKind::RateLimited, "the quota is used up"),
        Some("500.002.1001") => (FaultKind::Rejected, "Daraja has had this request before"),
        Some(other) if other.contains("SpikeArrest") => {
            (FaultKind::Transient, "Daraja is too busy")
        }
        Some(other) if other.contains("QuotaViolation") => {
            (FaultKind::RateLimited, "the quota is used up")
        }
        Some(other)
            if other.contains("invalid_access_token") || other.contains("InvalidAccessToken") =>
        {
            return token(code);
        }
        Some(_) | None if said.contains("invalid access token") => return token(code),
        // Products are bound when a token is issued, so a newer one may help (contract, section 1).
        Some(_) | None if said.contains("apiproduct") => {
            let fault = fault(FaultKind::Misconfigured, "the Daraja app lacks the product", code);
            return Refusal::Token(fault);
        }
        Some(_) | None => by_status(answer.status),
    };
    if kind == FaultKind::Unauthorised {
        return token(code);
    }
    let fault = fault(kind, detail, code);
    let fallback = match kind {
        FaultKind::RateLimited if answer.status == 429 => Some(AFTER_SPIKE),
        FaultKind::RateLimited => Some(AFTER_QUOTA),
        FaultKind::Transient => Some(AFTER_SPIKE),
        _ => None,
    };
    let wait = fallback.map(|fallback| answer.retry_after().unwrap_or(fallback).clamp(1, 86_400));
    Refusal::Other(match wait {
        Some(seconds) => fault.with_retry_after(SignedDuration::from_secs(seconds)),
        None => fault,
    })
}

/// `500.001.1001` stands for several things; only what is known to be refused before a prompt is called refused.
fn overloaded(code: Option<String>, said: &str) -> Refusal {
    let (kind, detail) =
        if said.contains("merchant does not exist") || said.contains("wrong credentials") {
            (FaultKind::Misconfigured, "Daraja refuses shortcode and passkey")
        } else if said.contains("unable to lock subscriber") {
            return Refusal::Other(
                Fault::new(FaultKind::Rejected, "another payment of this number is under way")
                    .with_code(PAYER_BUSY),
            );
        } else {
            (FaultKind::Unknown, "Daraja failed inside")
        };
    Refusal::Other(fault(kind, detail, code))
}

/// Judges by the status alone. An edge page or a failure inside proves nothing about the prompt.
const fn by_status(status: u16) -> (FaultKind, &'static str) {
    match status {
        401 => (FaultKind::Unauthorised, "Daraja refuses the token"),
        429 => (FaultKind::RateLimited, "Daraja throttles us"),
        400 | 404 | 405 | 413 | 415 | 422 => (FaultKind::Rejected, "Daraja refuses the request"),
        _ => (FaultKind::Unknown, "the answer does not say what became of the request"),
    }
}

/// Judges an answer to a token request, other than a token. Nothing has been asked for yet, so nothing is unknown.
pub(super) fn judge_token(answer: &Answer) -> Fault {
    let (code, _) = code_and_text(&answer.body);
    let (kind, detail) = match (code.as_deref(), answer.status) {
        (Some("400.008.01" | "400.008.02"), _) => {
            (FaultKind::Misconfigured, "Daraja can't read the token request")
        }
        // Wrong key or secret: 400 with an empty body.
        (_, 400 | 401) => (FaultKind::Unauthorised, "Daraja refuses consumer key and secret"),
        (_, 404 | 405) => (FaultKind::Misconfigured, "Daraja has no token at this address"),
        (_, 429) => (FaultKind::RateLimited, "Daraja throttles us"),
        (_, _) => (FaultKind::Transient, "Daraja gave no token"),
    };
    let wait = answer.retry_after().unwrap_or(AFTER_SPIKE).clamp(1, 86_400);
    fault(kind, detail, code).with_retry_after(SignedDuration::from_secs(wait))
}

fn token(code: Option<String>) -> Refusal {
    Refusal::Token(fault(FaultKind::Unauthorised, "Daraja refuses the token", code))
}

fn fault(kind: FaultKind, detail: &str, code: Option<String>) -> Fault {
    let fault = Fault::new(kind, detail);
    match code {
        Some(code) => fault.with_code(code),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, body: &str) -> (&'static str, FaultKind, Option<String>) {
        let (what, fault) = match judge(&Answer::of(status, body)) {
            Refusal::Token(fault) => ("token", fault),
            Refusal::Other(fault) => ("other", fault),
        };
        (what, fault.kind, fault.code)
    }

    fn kind(status: u16, code: &str, message: &str) -> FaultKind {
        let body = format!(
            r#"{{"requestId":"4801-1234-1","errorCode":"{code}","errorMessage":"{message}"}}"#
        );
        judged(status, &body).1
    }

    #[test]
    fn a_clear_refusal_is_never_called_unknown() {
        use FaultKind as K;
        for (status, code, message, expected) in [
            (400, "400.002.02", "Bad Request - Invalid Amount", K::Rejected),
            (400, "400.002.02", "Bad Request - Invalid PhoneNumber", K::Rejected),
            (400, "400.002.02", "Bad Request - Invalid CallBackURL", K::Misconfigured),
            (400, "400.002.05", "Invalid Request Payload", K::Misconfigured),
            (400, "400.003.02", "Bad Request", K::Misconfigured),
            (404, "404.001.01", "Resource not found", K::Misconfigured),
            (404, "404.003.01", "Resource not found", K::Misconfigured),
            (404, "404.001.04", "Invalid Authentication Header", K::Misconfigured),
            (405, "405.001", "Method Not Allowed", K::Misconfigured),
            (500, "500.001.1001", "Merchant does not exist", K::Misconfigured),
            (500, "500.001.1001", "[MerchantValidate] - Wrong credentials", K::Misconfigured),
            (
                500,
                "500.001.1001",
                "Unable to lock subscriber, a transaction is already in process for the current subscriber",
                K::Rejected,
            ),
            (500, "500.003.02", "System is busy", K::Transient),
            (500, "500.003.03", "Quota Violation", K::RateLimited),
            (500, "500.002.1001", "Duplicate OriginatorConversationID", K::Rejected),
        ] {
            assert_eq!(kind(status, code, message), expected, "{code} {message}");
        }
    }

    #[test]
    fn what_may_have_sent_a_prompt_is_unknown() {
        assert_eq!(
            kind(500, "500.001.1001", "The transaction is being processed"),
            FaultKind::Unknown
        );
        assert_eq!(kind(500, "500.003.1001", "Internal Server Error"), FaultKind::Unknown);
        for (status, body) in [
            (503, "<html>Incapsula incident ID: 1</html>"),
            (403, "<html>Incapsula incident ID: 1</html>"),
            (502, ""),
            (500, "{}"),
            (200, ""),
            (200, r#"{"MerchantRequestID":"29115-3"#),
        ] {
            assert_eq!(judged(status, body).1, FaultKind::Unknown, "{status} {body}");
        }
    }

    #[test]
    fn a_refused_token_is_told_apart_in_all_its_shapes() {
        for (status, body) in [
            (400, r#"{"errorCode":"400.003.01","errorMessage":"Invalid Access Token"}"#),
            (404, r#"{"errorCode":"404.001.03","errorMessage":"Invalid Access Token"}"#),
            (
                401,
                r#"{"errorCode":"401.002.01","errorMessage":"Error Occurred - Invalid Access Token"}"#,
            ),
            (401, r#"{"errorCode":"401.003.01","errorMessage":"Error"}"#),
            (401, r#"{"errorMessage":"Invalid Access Token"}"#),
            (401, ""),
            (
                401,
                r#"{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}"#,
            ),
        ] {
            let (what, kind, _) = judged(status, body);
            assert_eq!((what, kind), ("token", FaultKind::Unauthorised), "{status} {body}");
        }
        let lacking = r#"{"fault":{"faultstring":"Invalid API call as no apiproduct match found","detail":{"errorcode":"keymanagement.service.InvalidAPICallAsNoApiProductMatchFound"}}}"#;
        let (what, kind, _) = judged(401, lacking);
        assert_eq!((what, kind), ("token", FaultKind::Misconfigured));
    }

    #[test]
    fn a_gateway_fault_is_read_by_its_own_code() {
        let spike = r#"{"fault":{"faultstring":"Spike arrest violation","detail":{"errorcode":"policies.ratelimit.SpikeArrestViolation"}}}"#;
        assert_eq!(judged(500, spike).1, FaultKind::Transient);
        assert_eq!(judged(429, "slow down").1, FaultKind::RateLimited);
    }

    #[test]
    fn who_the_payer_is_has_codes_that_the_payment_machine_knows() {
        let body =
            r#"{"errorCode":"400.002.02","errorMessage":"Bad Request - Invalid PhoneNumber"}"#;
        assert_eq!(judged(400, body).2.as_deref(), Some(INVALID_PAYER));
        let body = r#"{"errorCode":"500.001.1001","errorMessage":"Unable to lock subscriber"}"#;
        assert_eq!(judged(500, body).2.as_deref(), Some(PAYER_BUSY));
    }

    #[test]
    fn an_empty_400_means_wrong_key_or_secret_and_a_slow_edge_passes() {
        let of = |status, body: &str| judge_token(&Answer::of(status, body)).kind;
        assert_eq!(of(400, ""), FaultKind::Unauthorised);
        assert_eq!(of(400, r#"{"errorCode":"400.008.02"}"#), FaultKind::Misconfigured);
        assert_eq!(of(503, "<html>"), FaultKind::Transient);
        assert_eq!(of(200, "{}"), FaultKind::Transient);
    }
}
