//! What can go wrong on demand. Each fault is used once, by the next request or webhook.

/// What happens to the next message that the business sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFault {
    /// The message arrives, and the business never gets an answer.
    NoAnswer,
    /// The message arrives, and the connection is closed before a byte of the answer.
    Reset,
    /// The message arrives, and the connection breaks in the middle of the answer.
    ResetMidBody,
    /// A proxy answers with a page of HTML and status 502; the message arrives all the same, or not.
    Html502 {
        /// Whether the message arrives.
        arrives: bool,
    },
    /// The message arrives, and the answer is an empty 200.
    Empty200,
    /// A refusal; the message does not arrive.
    Refused(Refusal),
    /// A refusal although the message arrives, as Meta does with 1/1357046.
    RefusedThoughSent(Refusal),
    /// The message is taken, and a status tells later that it failed.
    FailsLater {
        /// The code in the status.
        code: i64,
    },
    /// The message's first status is delivered before its request is answered.
    StatusFirst,
}

/// An error as the Graph API words it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub http: u16,
    /// `error.code`.
    pub code: i64,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// The `Retry-After` header.
    pub retry_after_seconds: Option<u32>,
    /// `estimated_time_to_regain_access` of the `X-Business-Use-Case-Usage` header.
    pub regain_access_minutes: Option<u32>,
    /// `error.error_data.details`.
    pub details: String,
}

impl Refusal {
    /// A refusal by code alone.
    pub fn new(http: u16, code: i64) -> Self {
        Self { http, code, ..Self::default() }
    }

    /// Adds the details.
    pub(super) fn because(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }
}

/// What happens to the next webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookFault {
    /// Posted twice, byte for byte.
    Twice,
    /// Signed with another secret.
    WrongSignature,
    /// Not signed at all.
    NoSignature,
    /// Only the legacy SHA-1 header.
    Sha1Only,
    /// The right digest in upper-case hex digits.
    UppercaseHex,
    /// Signed over the same JSON without its escapes.
    SignedReencoded,
    /// Cut off in the middle, and signed as such.
    Truncated,
    /// The envelope inside an array.
    InArray,
    /// With an item that can't be read beside the good ones.
    MalformedSibling,
}

/// In which order webhooks that were held back are let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// One by one, first come first.
    InOrder,
    /// One by one, last come first.
    Reversed,
    /// All in one body.
    OneBatch,
    /// One by one, in an order that the seed decides.
    Shuffled(u64),
}
