//! A failure of the API as what to do about it: by status, then `code`, then `type`; never by its message.

use serde::Deserialize;

use super::super::llm::Answer;
use crate::ports::llm::{LlmFault, LlmFaultKind};

/// A longer wait than this is no wait but a stop for now.
const NO_RETRY_ABOVE_S: i64 = 120;

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: WireError,
}

/// The error of a body or of a piece of a stream.
#[derive(Default, Deserialize)]
pub(super) struct WireError {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl WireError {
    fn code(&self) -> String {
        self.code.clone().or_else(|| self.kind.clone()).unwrap_or_default()
    }
}

/// What an answer without success says.
pub(super) fn of(answer: &Answer) -> LlmFault {
    let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
    let kind = match kind(answer.status, &body.error) {
        LlmFaultKind::Overloaded if answer.retry_after.is_some_and(|s| s > NO_RETRY_ABOVE_S) => {
            LlmFaultKind::RateLimited
        }
        kind => kind,
    };
    LlmFault::new(kind, format!("OpenAI answered {}", answer.status))
        .with_code(body.error.code())
        .with_retry_after(answer.retry_after)
        .with_request_id(answer.request_id.clone())
}

/// An error that came after the answer had begun.
pub(super) fn in_stream(error: &WireError) -> LlmFault {
    let kind = match error.code().as_str() {
        "insufficient_quota" => LlmFaultKind::SpendCapped,
        "rate_limit_exceeded" => LlmFaultKind::RateLimited,
        "invalid_request_error" => LlmFaultKind::BadRequest,
        _ => LlmFaultKind::Overloaded,
    };
    LlmFault::new(kind, "OpenAI broke off its answer").with_code(error.code())
}

fn kind(status: u16, error: &WireError) -> LlmFaultKind {
    match (status, error.code.as_deref()) {
        (_, Some("insufficient_quota")) | (402, _) => LlmFaultKind::SpendCapped,
        (404, _) | (_, Some("model_not_found")) => LlmFaultKind::NoSuchModel,
        (_, Some("context_length_exceeded")) | (413, _) => LlmFaultKind::TooLarge,
        (401 | 403, _) => LlmFaultKind::Unauthorised,
        (429, _) => LlmFaultKind::RateLimited,
        (408 | 409 | 500.., _) => LlmFaultKind::Overloaded,
        (_, _) => LlmFaultKind::BadRequest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_contract_has_its_kind() {
        use LlmFaultKind as K;
        for (status, code, wanted) in [
            (400, "invalid_json_schema", K::BadRequest),
            (400, "unsupported_parameter", K::BadRequest),
            (400, "context_length_exceeded", K::TooLarge),
            (401, "invalid_api_key", K::Unauthorised),
            (403, "unsupported_country_region_territory", K::Unauthorised),
            (404, "model_not_found", K::NoSuchModel),
            (429, "rate_limit_exceeded", K::RateLimited),
            (429, "insufficient_quota", K::SpendCapped),
            (500, "server_error", K::Overloaded),
            (502, "", K::Overloaded),
            (503, "server_error", K::Overloaded),
        ] {
            let body = serde_json::json!({"error": {"message": "m", "type": "t", "param": null, "code": code}});
            let answer = Answer {
                status,
                retry_after: None,
                request_id: None,
                body: body.to_string().into_bytes(),
            };
            assert_eq!(of(&answer).kind, wanted, "{status} {code}");
        }
        let page =
            Answer { status: 502, retry_after: None, request_id: None, body: b"<html>".to_vec() };
        assert_eq!(of(&page).kind, K::Overloaded);
    }
}
