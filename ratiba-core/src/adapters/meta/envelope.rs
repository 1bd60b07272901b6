//! What the webhook bodies of all of Meta's channels have in common: JSON that may need mending, an envelope or an array of them, and items
//! of which a bad one costs nobody but itself.

use serde_json::Value;

use super::mend::mended;
use super::text::short;
use crate::ports::channel::{ChannelEvent, DecodeError};

/// The body as JSON.
pub(super) fn whole(raw: &[u8]) -> Result<Value, DecodeError> {
    serde_json::from_slice::<Value>(raw)
        .or_else(|error| {
            // Half an emoji, or bytes that are no UTF-8, would otherwise cost the whole batch.
            mended(raw).map_or(Err(error), |mended| serde_json::from_slice(&mended))
        })
        .map_err(|error| {
            let (line, column) = (error.line(), error.column());
            DecodeError { reason: format!("no JSON from line {line}, column {column}") }
        })
}

/// The envelopes of a body: itself, or the items of an array.
pub(super) fn all(whole: &Value) -> Result<&[Value], DecodeError> {
    match whole {
        Value::Array(envelopes) => Ok(envelopes.as_slice()),
        Value::Object(_) => Ok(std::slice::from_ref(whole)),
        _ => Err(DecodeError { reason: "neither an object nor an array".to_owned() }),
    }
}

/// The items of a list; none where there is no list.
pub(super) fn items<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Something of no consequence.
pub(super) fn ignored(what: &str) -> ChannelEvent {
    ChannelEvent::Ignored { what: short(what) }
}

/// An item that can't be read, kept for the quarantine.
pub(super) fn malformed(account: Option<&str>, reason: &str, item: &Value) -> ChannelEvent {
    ChannelEvent::Malformed {
        account: account.map(str::to_owned),
        reason: reason.to_owned(),
        raw: item.to_string(),
    }
}
