//! What can go wrong on demand. Each fault is used once, by the next request that is otherwise in order; the numbers are those of the contract's table.

/// What happens to the next request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelFault {
    /// 1: overloaded before the body (529, or 503), with a wait or without.
    Overloaded {
        /// `retry-after`.
        retry_after: Option<&'static str>,
    },
    /// 2: an error inside the stream, after some words; a request that does not stream is answered as overloaded.
    OverloadedMidStream,
    /// 3 and 24: too many requests, with this `retry-after`, sense or not.
    RateLimited {
        /// `retry-after`.
        retry_after: &'static str,
    },
    /// 4 and 5: the money is spent; 429 without `retry-after`.
    SpendCapped,
    /// 6: the connection closes after so many events; a request that does not stream loses it before its answer.
    Cut {
        /// Events.
        after: usize,
    },
    /// 7: headers, then silence.
    Stall,
    /// 8: half a document, `max_tokens` or `length`.
    HalfAnswer,
    /// 9: a refusal.
    Refusal,
    /// 10: the limit went into thinking.
    ThoughtOnly,
    /// 11: 400, the compiled grammar is too large.
    GrammarTooLarge,
    /// 14: 404, the model is retired.
    ModelRetired,
    /// 15: no optional field of the usage.
    BareUsage,
    /// 18: events, blocks and fields that nobody knows.
    Novelties,
    /// 19: pieces that end in the middle of a letter, line ends mixed.
    Splinters,
    /// 20: a page of the edge with status 502.
    Html502,
    /// 21: the key is revoked.
    KeyRevoked,
    /// 22: 413.
    TooLarge,
    /// A plain 500.
    ServerError,
    /// The words are no document of the schema.
    Babble,
}
