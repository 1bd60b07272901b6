//! What the Graph API's answer to a request says.

use serde::Deserialize;

use super::super::super::http::Answer;
use super::super::error::{fault, is_success};
use crate::ports::channel::Sent;
use crate::ports::fault::{Fault, FaultKind};

#[derive(Deserialize)]
struct Accepted {
    messages: Vec<AcceptedMessage>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
}

/// The answer to a send. A success that names no message proves nothing, so it is [`FaultKind::Unknown`].
pub(super) fn sent(answer: &Answer) -> Result<Sent, Fault> {
    if !is_success(answer) {
        return Err(fault(answer));
    }
    let accepted: Accepted = serde_json::from_slice(&answer.body).map_err(|error| {
        Fault::new(FaultKind::Unknown, "the answer names no message").with_source(error)
    })?;
    match accepted.messages.into_iter().next() {
        Some(message) if !message.id.is_empty() => {
            Ok(Sent { provider_id: message.id, billable: 1 })
        }
        Some(_) | None => Err(Fault::new(FaultKind::Unknown, "the answer names no message")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::error::done;
    use super::*;

    #[test]
    fn an_accepted_message_has_an_id() {
        let body = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+254712345678","wa_id":"254712345678"}],"messages":[{"id":"wamid.OUT77","message_status":"accepted"}]}"#;
        let sent = sent(&Answer::of(200, body)).unwrap();
        assert_eq!(sent, Sent { provider_id: "wamid.OUT77".into(), billable: 1 });
    }

    #[test]
    fn a_success_without_an_id_is_in_doubt() {
        for body in ["", "<html>", "{}", r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#] {
            assert_eq!(
                sent(&Answer::of(200, body)).unwrap_err().kind,
                FaultKind::Unknown,
                "{body}"
            );
        }
    }

    #[test]
    fn an_error_body_is_an_error_even_under_200() {
        let fault = sent(&Answer::of(200, r#"{"error":{"code":190}}"#)).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unauthorised);
        assert_eq!(done(&Answer::of(200, r#"{"success":true}"#)).map_err(|f| f.kind), Ok(()));
    }
}
