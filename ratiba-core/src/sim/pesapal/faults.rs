//! What can go wrong on demand. Each fault is used once, by the next request or notification of its kind.

/// What happens to the next request for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// A token that the API refuses with status 401.
    Stillborn,
    /// The edge's page with status 502.
    Html502,
}

/// What happens to the next registration of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterFault {
    /// It is registered for GET, whatever was asked for, and notified so.
    OtherType,
}

/// What happens to the next order that is otherwise in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderFault {
    /// The connection never answers.
    NoAnswer {
        /// Whether the order exists.
        taken: bool,
    },
    /// The connection breaks before the answer.
    Reset {
        /// Whether the order exists.
        taken: bool,
    },
    /// A refusal in the API's words, with status 200; there is no order.
    Refused {
        /// `error.code`.
        code: &'static str,
        /// `error.message`.
        message: &'static str,
    },
    /// The page that is named stands somewhere else.
    ForeignPage(&'static str),
    /// The customer is quicker than the answer: it is paid, and notified, before the answer.
    PaidFirst,
}

/// What happens to the next request for a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusFault {
    /// Nothing has been paid yet, whatever has happened.
    Pending,
    /// So many minor units, whatever was paid.
    WrongAmount(i64),
    /// Another currency.
    WrongCurrency(&'static str),
    /// The reference of another order.
    WrongReference,
    /// An error as JSON inside a string.
    StringError,
    /// The edge's page, with status 200.
    Html,
    /// The answer ends in the middle.
    Truncated,
    /// Throttled: 429.
    Throttled,
    /// 502.
    BadGateway,
    /// The token is said to be refused, in a body with status 200.
    Denied,
}

/// What happens to the notification of the next change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeFault {
    /// It never comes.
    Lost,
    /// It comes so many times.
    Times(usize),
    /// It names another order's tracking id.
    ForeignOrder,
}

/// What happens to the next request to cancel an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelFault {
    /// The customer pays just before.
    PaidMeanwhile,
}
