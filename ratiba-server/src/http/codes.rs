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
    /// `RTB-2015`: the key is missing or opens nothing here. Send `Authorization: Bearer …` with the operator's key or one of the tenant's.
    KeyRefused,
    /// `RTB-2016`: something of that name exists already, or somebody else changed it first. Read it again.
    Conflict,
    /// `RTB-2017`: what was sent can be read and makes no sense; `detail` says what to change. Nothing was written.
    Unfit,
    /// `RTB-2018`: `price_floor_violation`, rows without a price above zero. A price is never suggested: fill it in. Nothing was written.
    PriceFloor,
    /// `RTB-2019`: a payment of this person is not settled, so it must still be known whose it is. Wait until it is.
    PaymentOpen,
    /// `RTB-2020`: there is no such thing. Check its id or name.
    Unknown,
    /// `RTB-2021`: no model could do it; `detail` says why. Try again, or do without.
    NoModel,
    /// `RTB-2022`: callbacks are not taken from this address. List it in `DARAJA_CALLBACK_SOURCES`, if it is the provider's.
    SourceNotListed,
}

impl Code {
    /// All of them, in order.
    pub const ALL: [Self; 22] = [
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
        Self::KeyRefused,
        Self::Conflict,
        Self::Unfit,
        Self::PriceFloor,
        Self::PaymentOpen,
        Self::Unknown,
        Self::NoModel,
        Self::SourceNotListed,
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
            Self::KeyRefused => "RTB-2015",
            Self::Conflict => "RTB-2016",
            Self::Unfit => "RTB-2017",
            Self::PriceFloor => "RTB-2018",
            Self::PaymentOpen => "RTB-2019",
            Self::Unknown => "RTB-2020",
            Self::NoModel => "RTB-2021",
            Self::SourceNotListed => "RTB-2022",
        }
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::ChannelNotServed | Self::UnknownBusiness | Self::Unknown => {
                StatusCode::NOT_FOUND
            }
            Self::Conflict | Self::PaymentOpen => StatusCode::CONFLICT,
            Self::Unfit | Self::PriceFloor => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::SignatureMissing | Self::KeyRefused => StatusCode::UNAUTHORIZED,
            Self::SignatureWrong | Self::ChallengeRefused | Self::SourceNotListed => {
                StatusCode::FORBIDDEN
            }
            Self::TimedOut | Self::StoreUnavailable | Self::NoModel => {
                StatusCode::SERVICE_UNAVAILABLE
            }
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
            Self::KeyRefused => "the key is missing or opens nothing here",
            Self::Conflict => "it exists already, or somebody else changed it first",
            Self::Unfit => "what was sent makes no sense",
            Self::PriceFloor => "price_floor_violation",
            Self::PaymentOpen => "a payment is not settled yet",
            Self::Unknown => "there is no such thing",
            Self::NoModel => "no model could do it",
            Self::SourceNotListed => "callbacks are not taken from this address",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbered_without_gap_or_repetition() {
        let expected: Vec<_> = (2001..=2022).map(|n| format!("RTB-{n}")).collect();
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
        assert_eq!(codes, expected);
        assert!(Code::ALL.iter().all(|code| code.status().as_u16() >= 400));
    }

    #[test]
    fn every_code_has_its_page() {
        let pages = include_str!("../../ERRORS.md");
        for code in Code::ALL {
            let page = format!("\n## {}\n", code.as_str());
            assert!(pages.contains(&page), "{} has no page", code.as_str());
        }
        assert_eq!(pages.matches("\n## RTB-2").count(), Code::ALL.len(), "a page of no code");
    }
}
