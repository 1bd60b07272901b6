//! A failure of the API as what to do about it: by status, then `details.error_code`, then `type`; never by its message.

use serde::Deserialize;

use super::super::llm::Answer;
use crate::ports::llm::{LlmFault, LlmFaultKind};

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: WireError,
    request_id: Option<String>,
}

/// The error of a body or of an event in a stream.
#[derive(Default, Deserialize)]
pub(super) struct WireError {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    error_code: Option<String>,
}

/// What an answer without success says.
pub(super) fn of(answer: &Answer) -> LlmFault {
    let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
    let code = body.error.code();
    let kind = kind(answer.status, &body.error, answer.retry_after);
    LlmFault::new(kind, format!("Anthropic answered {}", answer.status))
        .with_code(code)
        .with_retry_after(answer.retry_after)
        .with_request_id(answer.request_id.clone().or(body.request_id))
}

/// An error that came after the answer had begun.
pub(super) fn in_stream(error: &WireError) -> LlmFault {
    let kind = match kind(0, error, None) {
        LlmFaultKind::Broken => LlmFaultKind::Overloaded,
        known => known,
    };
    LlmFault::new(kind, "Anthropic broke off its answer").with_code(error.code())
}

impl WireError {
    fn code(&self) -> String {
        let detailed = self.details.as_ref().and_then(|details| details.error_code.as_deref());
        detailed.unwrap_or(&self.kind).to_owned()
    }
}

fn kind(status: u16, error: &WireError, retry_after: Option<i64>) -> LlmFaultKind {
    let detail = error.details.as_ref().and_then(|details| details.error_code.as_deref());
    match (status, detail) {
        (_, Some("enforced_spend_limit_reached" | "contract_spend_limit_reached")) | (402, _) => {
            LlmFaultKind::SpendCapped
        }
        (_, Some("image_dimensions_too_large" | "request_body_too_large_after_decoding"))
        | (413, _) => LlmFaultKind::TooLarge,
        (401 | 403, _) => LlmFaultKind::Unauthorised,
        (404, _) => LlmFaultKind::NoSuchModel,
        // Without a wait and without a code that we know: as far as anybody can tell it is no matter of waiting.
        (429, None) if retry_after.is_none() => LlmFaultKind::SpendCapped,
        (429, _) => LlmFaultKind::RateLimited,
        (408 | 409 | 500.., _) => LlmFaultKind::Overloaded,
        (400..500, _) => LlmFaultKind::BadRequest,
        (_, _) => match error.kind.as_str() {
            "overloaded_error" | "api_error" | "timeout_error" | "conflict_error" => {
                LlmFaultKind::Overloaded
            }
            "rate_limit_error" => LlmFaultKind::RateLimited,
            "invalid_request_error" => LlmFaultKind::BadRequest,
            "authentication_error" | "permission_error" => LlmFaultKind::Unauthorised,
            "billing_error" => LlmFaultKind::SpendCapped,
            _ => LlmFaultKind::Broken,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(status: u16, body: &str, retry_after: Option<i64>) -> LlmFaultKind {
        of(&Answer { status, retry_after, request_id: None, body: body.into() }).kind
    }

    fn error(kind: &str, code: Option<&str>) -> String {
        let details = code.map(|code| serde_json::json!({"error_code": code}));
        serde_json::json!({"type": "error", "error": {"type": kind, "message": "m", "details": details}})
            .to_string()
    }

    #[test]
    fn every_error_of_the_contract_has_its_kind() {
        use LlmFaultKind as K;
        for (status, kind, code, wait, wanted) in [
            (400, "invalid_request_error", None, None, K::BadRequest),
            (401, "authentication_error", None, None, K::Unauthorised),
            (402, "billing_error", None, None, K::SpendCapped),
            (403, "permission_error", None, None, K::Unauthorised),
            (404, "not_found_error", None, None, K::NoSuchModel),
            (408, "timeout_error", None, None, K::Overloaded),
            (409, "conflict_error", None, None, K::Overloaded),
            (413, "request_too_large", None, None, K::TooLarge),
            (400, "invalid_request_error", Some("image_dimensions_too_large"), None, K::TooLarge),
            (422, "invalid_request_error", None, None, K::BadRequest),
            (429, "rate_limit_error", None, Some(7), K::RateLimited),
            (429, "rate_limit_error", Some("ramp_limit_exceeded"), Some(7), K::RateLimited),
            (429, "rate_limit_error", Some("enforced_spend_limit_reached"), None, K::SpendCapped),
            (429, "rate_limit_error", Some("contract_spend_limit_reached"), None, K::SpendCapped),
            (429, "rate_limit_error", None, None, K::SpendCapped),
            (500, "api_error", None, None, K::Overloaded),
            (503, "api_error", None, None, K::Overloaded),
            (504, "timeout_error", None, None, K::Overloaded),
            (529, "overloaded_error", None, None, K::Overloaded),
        ] {
            assert_eq!(
                kind_of(status, &error(kind, code), wait),
                wanted,
                "{status} {kind} {code:?}"
            );
        }
    }

    #[test]
    fn an_edges_page_is_no_json_and_still_has_a_kind() {
        assert_eq!(kind_of(502, "<html>Bad gateway</html>", None), LlmFaultKind::Overloaded);
        assert_eq!(kind_of(404, "", None), LlmFaultKind::NoSuchModel);
    }
}
