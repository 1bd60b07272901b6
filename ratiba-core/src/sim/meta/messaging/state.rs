//! What the stand-in remembers: pages, people, and every message between them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::faults::SendFault;
use super::super::state::Button;

/// How long after a person's message a page may answer.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Which of the two the stand-in plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Instagram.
    Instagram,
    /// Messenger.
    Messenger,
}

impl Platform {
    /// The `object` of its webhooks.
    pub(super) const fn object(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Messenger => "page",
        }
    }
}

/// A message that a page sent, as the person's phone shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct DmMessage {
    /// The stand-in's id of it.
    pub id: String,
    /// The page's id.
    pub account: String,
    /// The words.
    pub text: String,
    /// Quick replies.
    pub quick_replies: Vec<Button>,
    /// It offers to fill in the person's own phone.
    pub asks_phone: bool,
    /// `message.metadata`.
    pub metadata: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The request as it came; for what a person typed in the page's inbox, nothing.
    pub body: Value,
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum DmEntry {
    /// The person sent it.
    Theirs {
        /// The stand-in's id of it.
        id: String,
        /// What a reader sees of it.
        text: String,
        /// When.
        at: Timestamp,
        /// The page has marked it as seen.
        seen: bool,
    },
    /// The page sent it.
    Ours(Box<DmMessage>),
}

/// A page or professional account.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) token: String,
    pub(super) revoked: bool,
}

/// A conversation between a page and a person.
#[derive(Debug, Clone, Default)]
pub(super) struct Thread {
    pub(super) entries: Vec<DmEntry>,
    pub(super) last_theirs: Option<Timestamp>,
    pub(super) seen: bool,
    pub(super) typing: bool,
}

impl Thread {
    pub(super) fn ours(&self) -> Vec<DmMessage> {
        let ours = self.entries.iter().filter_map(|entry| match entry {
            DmEntry::Ours(message) => Some(message.as_ref().clone()),
            DmEntry::Theirs { .. } => None,
        });
        ours.collect()
    }

    /// The page has seen everything so far.
    pub(super) fn mark_seen(&mut self) {
        self.seen = true;
        for entry in &mut self.entries {
            if let DmEntry::Theirs { seen, .. } = entry {
                *seen = true;
            }
        }
    }

    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.last_theirs.is_some_and(|last| now.duration_since(last) < WINDOW)
    }
}

/// Everything that changes.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) pages: BTreeMap<String, Page>,
    /// By page and person. Who has none here has never written, and is nobody to the page.
    pub(super) threads: HashMap<(String, String), Thread>,
    pub(super) send_faults: VecDeque<SendFault>,
    ids: u64,
}

impl State {
    /// The next id of a message, such as `m_OUT000001`.
    pub(super) fn next_id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("m_{kind}{:06}", self.ids)
    }

    pub(super) fn thread(&mut self, account: &str, person: &str) -> &mut Thread {
        self.threads.entry((account.to_owned(), person.to_owned())).or_default()
    }
}
