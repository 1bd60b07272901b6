//! Short snippets that answer customers' questions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::SnippetId;
use super::message::Language;

/// What a snippet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SnippetKind {
    /// Rules: cancellation, lateness, children.
    Policy,
    /// The place: parking, location, access.
    Facility,
    /// What to bring or do before.
    Prep,
    /// About one service.
    Service,
    /// About opening hours.
    Hours,
    /// Everything else.
    General,
}

/// One thing that the owner has written down once, so that nobody has to answer it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snippet {
    /// Its id.
    pub id: SnippetId,
    /// What it is about.
    pub kind: SnippetKind,
    /// A few words; matched more strongly than the body.
    pub title: String,
    /// The answer, as it may be quoted to a customer.
    pub body: String,
    /// What it is written in.
    pub language: Language,
    /// Whether it is in use.
    pub active: bool,
    /// When it was last changed; newer wins.
    pub updated_at: Timestamp,
}
