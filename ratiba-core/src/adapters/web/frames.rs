//! The widget's protocol: JSON objects in text frames, told apart by `type`.
//!
//! ```text
//! client                                            server
//! {"type":"hello","token":"..","last_id":".."}  ->
//!                                               <-  {"type":"welcome","token":"..","history":[..]}
//! {"type":"say","client_id":"1","text":"Habari"} ->
//!                                               <-  {"type":"ack","client_id":"1"}
//!                                               <-  {"type":"typing"}
//!                                               <-  {"type":"message","id":"out_..","by":"agent","text":"..","choices":[..],"at":".."}
//! {"type":"tap","client_id":"2","id":"..","title":"Ndiyo"} ->
//! {"type":"ping"}                               ->
//!                                               <-  {"type":"pong"}
//! ```
//!
//! `hello` comes first. Without a token, or with one that no longer holds, `welcome` brings a new one and an empty history; the
//! widget keeps it. `last_id` is the id of the last message that it has; the history then begins after it. An `ack` means
//! that the message is stored: until it comes, the widget sends the same frame again after each reconnection, and the
//! `client_id` keeps it from counting twice.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::channel::{Address, ChannelKind};
use crate::domain::customer::Identity;
use crate::domain::message::{Choice, Content, InboundMessage, Link};

/// The longest text frame that is read, in bytes.
pub const MAX_FRAME: usize = 32 * 1024;
/// The longest message, in characters.
pub const MAX_TEXT: usize = 4096;
/// The longest `client_id`, in bytes.
const MAX_CLIENT_ID: usize = 64;

/// What the widget sends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: who is there, and what they have already.
    Hello {
        /// The session's token, where the widget has one.
        #[serde(default)]
        token: Option<String>,
        /// The id of the last message that the widget shows.
        #[serde(default)]
        last_id: Option<String>,
    },
    /// The visitor wrote.
    Say {
        /// The widget's id of it: 1 to 64 bytes, never used twice by one visitor.
        client_id: String,
        /// The words.
        text: String,
    },
    /// The visitor picked one of the choices.
    Tap {
        /// The widget's id of it.
        client_id: String,
        /// The choice's id.
        id: String,
        /// What was written on it.
        title: String,
    },
    /// Keeps the connection open.
    Ping,
}

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The answer to `hello`.
    Welcome {
        /// The token to come back with.
        token: String,
        /// What was said while the widget was away, oldest first.
        history: Vec<Shown>,
    },
    /// Somebody said something.
    Message(Shown),
    /// The frame with that id is stored.
    Ack {
        /// The widget's id.
        client_id: String,
    },
    /// An answer is being written.
    Typing,
    /// The answer to `ping`.
    Pong,
    /// A frame was refused.
    Error {
        /// Why.
        code: FrameError,
        /// Which frame, where it had an id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<String>,
    },
}

/// One message as the widget shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its id; grows with time.
    pub id: String,
    /// Who said it.
    pub by: By,
    /// The words, without markup: to be shown as text, never as HTML.
    pub text: String,
    /// What can be picked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// A link below the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// The answer to it is a phone number; the widget may show the keyboard for one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_phone: bool,
    /// When.
    pub at: Timestamp,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The visitor.
    Visitor,
    /// The assistant.
    Agent,
    /// A person of the business.
    Person,
}

/// Why a frame is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FrameError {
    /// It is no frame of this protocol.
    #[error("no frame of this protocol")]
    BadFrame,
    /// The words or an id are too long.
    #[error("too long")]
    TooLong,
    /// There is nothing in it.
    #[error("nothing was said")]
    Empty,
    /// Something was said before `hello`.
    #[error("the first frame is hello")]
    HelloFirst,
    /// Too many frames; try again in a moment.
    #[error("too many frames")]
    TooFast,
    /// It could not be stored; send it again.
    #[error("not stored")]
    TryAgain,
}

impl ClientFrame {
    /// Reads a text frame.
    pub fn read(text: &str) -> Result<Self, FrameError> {
        if text.len() > MAX_FRAME {
            return Err(FrameError::TooLong);
        }
        serde_json::from_str(text).map_err(|_| FrameError::BadFrame)
    }

    /// The widget's id of what was said.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::Say { client_id, .. } | Self::Tap { client_id, .. } => Some(client_id),
            Self::Hello { .. } | Self::Ping => None,
        }
    }
}

impl ServerFrame {
    /// The frame's text.
    pub fn write(&self) -> String {
        // Strings, lists and a timestamp: there is nothing here that JSON can't hold.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What a visitor said, as the engine takes it; `None` for frames in which nothing is said.
///
/// The message's id joins visitor and `client_id`, so that nobody can silence another visitor by guessing their ids.
pub fn heard(
    frame: ClientFrame,
    slug: &str,
    visitor: &str,
    now: Timestamp,
) -> Result<Option<InboundMessage>, FrameError> {
    let (client_id, content) = match frame {
        ClientFrame::Hello { .. } | ClientFrame::Ping => return Ok(None),
        ClientFrame::Say { client_id, text } => {
            let body = text.replace('\0', "");
            if body.trim().is_empty() {
                return Err(FrameError::Empty);
            }
            if body.chars().count() > MAX_TEXT {
                return Err(FrameError::TooLong);
            }
            (client_id, Content::Text { body })
        }
        ClientFrame::Tap { client_id, id, title } => {
            if id.is_empty() {
                return Err(FrameError::Empty);
            }
            if id.len() > MAX_TEXT || title.len() > MAX_TEXT {
                return Err(FrameError::TooLong);
            }
            let (id, title) = (id.replace('\0', ""), title.replace('\0', ""));
            (client_id, Content::Choice { id, title })
        }
    };
    if client_id.is_empty() || client_id.contains(char::is_control) {
        return Err(FrameError::BadFrame);
    }
    if client_id.len() > MAX_CLIENT_ID {
        return Err(FrameError::TooLong);
    }
    Ok(Some(InboundMessage {
        provider_id: format!("{visitor}:{client_id}"),
        address: Address {
            channel: ChannelKind::Web,
            account: slug.to_owned(),
            peer: visitor.to_owned(),
        },
        identities: vec![Identity { channel: ChannelKind::Web, external_id: visitor.to_owned() }],
        phone: None,
        profile_name: None,
        sent_at: now,
        content,
    }))
}

/// What was said never shows.
impl std::fmt::Debug for ClientFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hello { token, .. } => write!(f, "Hello(token: {})", token.is_some()),
            Self::Say { client_id, text } => write!(f, "Say({client_id}, {} bytes)", text.len()),
            Self::Tap { client_id, id, .. } => write!(f, "Tap({client_id}, {id})"),
            Self::Ping => f.write_str("Ping"),
        }
    }
}

/// What was said never shows.
impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({}, {:?}, {} bytes)", self.id, self.by, self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(client_id: &str, text: &str) -> ClientFrame {
        ClientFrame::Say { client_id: client_id.into(), text: text.into() }
    }

    fn at() -> Timestamp {
        "2026-11-23T06:00:00Z".parse().unwrap()
    }

    #[test]
    fn frames_are_read_as_documented() {
        let hello = ClientFrame::read(r#"{"type":"hello"}"#);
        assert_eq!(hello, Ok(ClientFrame::Hello { token: None, last_id: None }));
        let said = ClientFrame::read(r#"{"type":"say","client_id":"1","text":"Habari","new":1}"#);
        assert_eq!(said, Ok(say("1", "Habari")));
        let tap = ClientFrame::read(r#"{"type":"tap","client_id":"2","id":"yes","title":"Ndiyo"}"#);
        assert_eq!(tap.unwrap().client_id(), Some("2"));
        for bad in ["", "[]", r#"{"type":"shout"}"#, r#"{"type":"say","text":"x"}"#] {
            assert_eq!(ClientFrame::read(bad), Err(FrameError::BadFrame), "{bad}");
        }
        assert_eq!(ClientFrame::read(&" ".repeat(MAX_FRAME + 1)), Err(FrameError::TooLong));
    }

    #[test]
    fn frames_are_written_as_documented() {
        let shown = Shown {
            id: "out_1".into(),
            by: By::Agent,
            text: "Karibu".into(),
            choices: vec![],
            link: None,
            asks_phone: false,
            at: at(),
        };
        assert_eq!(
            ServerFrame::Message(shown).write(),
            r#"{"type":"message","id":"out_1","by":"agent","text":"Karibu","at":"2026-11-23T06:00:00Z"}"#
        );
        let error = ServerFrame::Error { code: FrameError::TooLong, client_id: Some("1".into()) };
        assert_eq!(error.write(), r#"{"type":"error","code":"too_long","client_id":"1"}"#);
        assert_eq!(ServerFrame::Typing.write(), r#"{"type":"typing"}"#);
    }

    #[test]
    fn what_is_said_becomes_a_message_of_its_visitor_alone() {
        let message = heard(say("1", "Habari\0"), "demo-salon", "v1", at()).unwrap().unwrap();
        assert_eq!(message.provider_id, "v1:1");
        assert_eq!(message.address.account, "demo-salon");
        assert_eq!(message.identities[0].external_id, "v1");
        assert_eq!(message.content, Content::Text { body: "Habari".into() });
        assert_eq!(heard(ClientFrame::Ping, "s", "v", at()), Ok(None));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let refused = |frame| heard(frame, "s", "v", at()).unwrap_err();
        assert_eq!(refused(say("1", " \n")), FrameError::Empty);
        assert_eq!(refused(say("1", &"ñ".repeat(MAX_TEXT + 1))), FrameError::TooLong);
        assert!(heard(say("1", &"ñ".repeat(MAX_TEXT)), "s", "v", at()).is_ok());
        assert_eq!(refused(say("", "x")), FrameError::BadFrame);
        assert_eq!(refused(say(&"1".repeat(65), "x")), FrameError::TooLong);
        let tap = ClientFrame::Tap { client_id: "1".into(), id: String::new(), title: "x".into() };
        assert_eq!(refused(tap), FrameError::Empty);
    }
}
