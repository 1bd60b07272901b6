//! The one error that leaves a handler, as `application/problem+json`; it never carries internals.

use std::fmt;

use poem::error::{
    MethodNotAllowedError, NotFoundError, ParseJsonError, ReadBodyError, ResponseError,
};
use poem::http::{StatusCode, header};
use poem::{Error, IntoResponse, Response};
use ratiba_core::ports::store::StoreError;
use serde::Serialize;

use super::codes::Code;

/// A failure as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    code: Code,
    detail: Option<String>,
    retry_after_secs: Option<u64>,
}

impl ApiError {
    /// A failure with a code.
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, retry_after_secs: None }
    }

    /// Says what exactly, in words for whoever sent the request: about what they sent, never about our insides.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says when to try again, in whole seconds.
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_secs = Some(seconds);
        self
    }

    /// Its code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The store's failure: the cause goes to the log, the client learns whether to try again.
    pub fn from_store(error: &StoreError) -> Self {
        let code = match error {
            StoreError::Unavailable { .. } => Code::StoreUnavailable,
            StoreError::Exists { .. } => {
                return Self::new(Code::Conflict).detail(error.to_string());
            }
            _ => Code::Internal,
        };
        tracing::error!(error = %Chain(error), "the store failed");
        Self::new(code)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code.title(), self.code.as_str())
    }
}

impl std::error::Error for ApiError {}

/// The body of an error (RFC 9457).
#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl ResponseError for ApiError {
    fn status(&self) -> StatusCode {
        self.code.status()
    }

    fn as_response(&self) -> Response {
        let body = ProblemBody {
            r#type: format!("urn:ratiba:error:{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code.as_str(),
            detail: self.detail.as_deref(),
        };
        // Serialising four fields of text and number can't fail; an empty body would still carry the status.
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::builder()
            .status(self.code.status())
            .header(header::CONTENT_TYPE, "application/problem+json")
            .header(header::CACHE_CONTROL, "no-store");
        if let Some(seconds) = self.retry_after_secs {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        response.body(json)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.as_response()
    }
}

/// Turns whatever the framework failed with into one of ours, so that its text never becomes a body.
pub(crate) fn translate(error: &Error) -> ApiError {
    if let Some(ours) = error.downcast_ref::<ApiError>() {
        return ours.clone();
    }
    let code = if error.is::<NotFoundError>() {
        Code::NotFound
    } else if error.is::<MethodNotAllowedError>() {
        Code::MethodNotAllowed
    } else if matches!(error.downcast_ref(), Some(ReadBodyError::PayloadTooLarge)) {
        Code::BodyTooLarge
    } else if error.is::<ParseJsonError>() {
        Code::BadRequest
    } else {
        match error.status() {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
            StatusCode::UNAUTHORIZED => Code::KeyRefused,
            status if status.is_client_error() => Code::BadRequest,
            _ => {
                tracing::error!("a request failed inside the framework");
                Code::Internal
            }
        }
    };
    ApiError::new(code)
}

/// Prints an error and its causes in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_error_is_problem_json_with_its_code() {
        let mut response = ApiError::new(Code::TooManyRequests).retry_after(3).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        assert_eq!(response.header("retry-after"), Some("3"));
        let body: serde_json::Value = response.take_body().into_json().await.unwrap();
        assert_eq!(body["code"], "RTB-2005");
        assert_eq!(body["status"], 429);
    }

    #[test]
    fn what_the_framework_says_never_gets_out() {
        let foreign = Error::from_string("secret internals", StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(translate(&foreign), ApiError::new(Code::Internal));
        assert_eq!(translate(&NotFoundError.into()).code(), Code::NotFound);
    }
}
