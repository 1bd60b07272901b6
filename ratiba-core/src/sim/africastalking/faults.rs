//! What can go wrong on demand. Each fault is used once, by the next request.

/// What happens to the next text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmsFault {
    /// 201 with an empty list and this in `Message`; nothing is sent.
    Nobody(&'static str),
    /// A code for the recipient; nothing is sent.
    Code(u32, &'static str),
    /// Sent, and the answer says so in this way: the cost and the id as written.
    Spelt {
        /// The `cost`.
        cost: &'static str,
        /// The `messageId`.
        id: &'static str,
    },
    /// An HTTP status with a text that is no JSON; nothing is sent.
    Http(u16, &'static str),
    /// Sent, and the answer is XML, as without the Accept header.
    Xml,
    /// Sent, and the business never gets an answer.
    NoAnswer,
    /// Sent, and the connection is closed before a byte of the answer.
    Reset,
    /// Sent, and its report is posted before the answer.
    ReportFirst,
}
