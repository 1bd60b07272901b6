//! What the stand-in remembers: numbers, people, templates and every message between them.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::faults::SendFault;

/// How long after a person's message a business may answer freely.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// Messages kept per conversation.
const KEPT: usize = 1000;

/// A person with WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their phone, digits only.
    pub phone: String,
    /// Their business-scoped user id.
    pub user_id: String,
    /// The name on their profile.
    pub name: String,
    /// They have a username, and businesses don't get to see the phone.
    pub hidden_phone: bool,
}

impl Person {
    /// Somebody whose phone shows; the user id is made from the phone.
    pub fn new(phone: &str, name: &str) -> Self {
        Self {
            phone: phone.to_owned(),
            user_id: format!("KE.{phone:0>20}"),
            name: name.to_owned(),
            hidden_phone: false,
        }
    }

    /// The same person behind a username.
    pub fn hidden(self) -> Self {
        Self { hidden_phone: true, ..self }
    }
}

/// An approved template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language code.
    pub language: String,
    /// `utility`, `authentication`, `marketing`.
    pub category: String,
    /// How many parameters its body takes.
    pub parameters: usize,
    /// Paused for low quality.
    pub paused: bool,
}

/// A button that a message showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What comes back.
    pub id: String,
    /// What is written on it.
    pub title: String,
}

/// A row of a list that a message showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What comes back.
    pub id: String,
    /// What is written on it.
    pub title: String,
    /// The second line.
    pub description: Option<String>,
}

/// A message that a business sent, as the person's phone shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct SentMessage {
    /// The stand-in's id of it.
    pub id: String,
    /// The business's `phone_number_id`.
    pub account: String,
    /// The words.
    pub text: String,
    /// Quick-reply buttons.
    pub buttons: Vec<Button>,
    /// Rows of a list.
    pub rows: Vec<Row>,
    /// What the button that opens the list says.
    pub list_label: Option<String>,
    /// The name of the template.
    pub template: Option<String>,
    /// It asks for the person's phone.
    pub asks_phone: bool,
    /// `biz_opaque_callback_data`.
    pub opaque: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The request as it came.
    pub body: Value,
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// The person sent it.
    Theirs {
        /// The stand-in's id of it.
        id: String,
        /// What a reader sees of it.
        text: String,
        /// When.
        at: Timestamp,
        /// The business has marked it as read.
        seen: bool,
    },
    /// The business sent it.
    Ours(Box<SentMessage>),
}

/// A business's number.
#[derive(Debug, Clone)]
pub(super) struct Number {
    pub(super) display: String,
    pub(super) token: String,
    pub(super) revoked: bool,
    pub(super) waba: String,
}

/// A conversation between a number and a person.
#[derive(Debug, Clone, Default)]
pub(super) struct Thread {
    pub(super) entries: VecDeque<Entry>,
    pub(super) last_theirs: Option<Timestamp>,
    pub(super) typing: bool,
}

impl Thread {
    pub(super) fn push(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.last_theirs.is_some_and(|last| now.duration_since(last) < WINDOW)
    }

    pub(super) fn ours(&self) -> impl DoubleEndedIterator<Item = &SentMessage> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Ours(message) => Some(message.as_ref()),
            Entry::Theirs { .. } => None,
        })
    }
}

/// Everything that changes.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) numbers: BTreeMap<String, Number>,
    /// By phone.
    pub(super) people: BTreeMap<String, Person>,
    pub(super) templates: Vec<Template>,
    /// By number and phone.
    pub(super) threads: HashMap<(String, String), Thread>,
    pub(super) send_faults: VecDeque<SendFault>,
    ids: u64,
}

impl State {
    /// The next id of a message, such as `wamid.OUT000001`.
    pub(super) fn next_id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("wamid.{kind}{:06}", self.ids)
    }

    pub(super) fn thread(&mut self, account: &str, phone: &str) -> &mut Thread {
        self.threads.entry((account.to_owned(), phone.to_owned())).or_default()
    }

    pub(super) fn person_by_user_id(&self, user_id: &str) -> Option<&Person> {
        self.people.values().find(|person| person.user_id == user_id)
    }
}
