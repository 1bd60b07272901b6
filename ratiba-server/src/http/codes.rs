//! The stable codes of HTTP errors, with what happened and what to try.

use poem::http::StatusCode;

/// A code of the form `RTB-2xxx`. A code is never given another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// `RTB-2001`: nothing is at this address. Check the path.
    NotFound,
    /// `RTB-2002`: the address exists, but not for this method. `Allow` names those that work.
    MethodNotAllowed,
    /// `RTB-2003`: the request can't be read. Check its form against the documentation.
    BadRequest,
    /// `RTB-2004`: the body is larger than is accepted here. Send less.
    BodyTooLarge,
    /// `RTB-2005`: too many requests from one address. Wait as long as `Retry-After` says.
    TooManyRequests,
    /// `RTB-2006`: the webhook has no signature. Send `X-Hub-Signature-256`.
    SignatureMissing,
    /// `RTB-2007`: the webhook's signature does not fit its body. Check the app secret.
    SignatureWrong,
    /// `RTB-2008`: the verification request is refused. Check the verify token.
    ChallengeRefused,
    /// `RTB-2009`: this deployment does not serve the channel. Configure it first.
    ChannelNotServed,
    /// `RTB-2010`: there is no such business, or it is not served here. Check the short name.
    UnknownBusiness,
    /// `RTB-2011`: the request took too long. Try again.
    TimedOut,
    /// `RTB-2012`: the database does not answer. Try again; providers do so by themselves.
    StoreUnavailable,
    /// `RTB-2013`: a bug or a broken installation. The operator finds the request id in the log.
    Internal,
    /// `RTB-2014`: this address speaks WebSocket only. Connect with a WebSocket client.
    WebSocketOnly,
}

impl Code {
    /// All of them, in order.
    pub const ALL: [Self; 14] = [
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BadRequest,
        Self::BodyTooLarge,
        Self::TooManyRequests,
        Self::SignatureMissing,
        Self::SignatureWrong,
        Self::ChallengeRefused,
        Self::ChannelNotServed,
        Self::UnknownBusiness,
        Self::TimedOut,
        Self::StoreUnavailable,
        Self::Internal,
        Self::WebSocketOnly,
    ];

    /// The code as clients see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "RTB-2001",
            Self::MethodNotAllowed => "RTB-2002",
            Self::BadRequest => "RTB-2003",
            Self::BodyTooLarge => "RTB-2004",
            Self::TooManyRequests => "RTB-2005",
            Self::SignatureMissing => "RTB-2006",
            Self::SignatureWrong => "RTB-2007",
            Self::ChallengeRefused => "RTB-2008",
            Self::ChannelNotServed => "RTB-2009",
            Self::UnknownBusiness => "RTB-2010",
            Self::TimedOut => "RTB-2011",
            Self::StoreUnavailable => "RTB-2012",
            Self::Internal => "RTB-2013",
            Self::WebSocketOnly => "RTB-2014",
        }
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::ChannelNotServed | Self::UnknownBusiness => {
                StatusCode::NOT_FOUND
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::SignatureMissing => StatusCode::UNAUTHORIZED,
            Self::SignatureWrong | Self::ChallengeRefused => StatusCode::FORBIDDEN,
            Self::TimedOut | Self::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::WebSocketOnly => StatusCode::UPGRADE_REQUIRED,
        }
    }

    /// What happened, in a few words for the client.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotFound => "nothing is at this address",
            Self::MethodNotAllowed => "this address does not take this method",
            Self::BadRequest => "the request can't be read",
            Self::BodyTooLarge => "the body is too large",
            Self::TooManyRequests => "too many requests, wait a little",
            Self::SignatureMissing => "the signature is missing",
            Self::SignatureWrong => "the signature does not fit the body",
            Self::ChallengeRefused => "the verification is refused",
            Self::ChannelNotServed => "this channel is not served here",
            Self::UnknownBusiness => "there is no such business here",
            Self::TimedOut => "the request took too long",
            Self::StoreUnavailable => "the database does not answer, try again",
            Self::Internal => "something went wrong on our side",
            Self::WebSocketOnly => "this address speaks WebSocket only",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbered_without_gap_or_repetition() {
        let expected: Vec<_> = (2001..=2014).map(|n| format!("RTB-{n}")).collect();
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
        assert_eq!(codes, expected);
        assert!(Code::ALL.iter().all(|code| code.status().as_u16() >= 400));
    }
}
