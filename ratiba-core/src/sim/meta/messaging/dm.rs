//! Acting as a person who writes to a page. Each act returns the id of the message; its webhook is on its way, and
//! [`MessagingSim::settle`] waits for it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::chat::NotOffered;
use super::super::payload::Item;
use super::sim::{MessagingSim, World};
use super::state::{DmEntry, DmMessage, Platform};

/// One person's conversation with one page.
#[derive(Debug, Clone)]
pub struct Dm {
    sim: MessagingSim,
    account: String,
    person: String,
}

/// An entry with one item.
pub(super) fn entry(world: &World, account: &str, at: Timestamp, item: Value) -> Item {
    entry_of(world, account, at, "messaging", item)
}

fn entry_of(world: &World, account: &str, at: Timestamp, list: &str, item: Value) -> Item {
    let mut entry = json!({ "id": account, "time": at.as_millisecond() });
    entry[list] = Value::Array(vec![item]);
    Item { object: world.config.platform.object(), entry }
}

/// What Meta posts of a message from the page's side.
pub(super) fn echo(world: &World, account: &str, person: &str, message: &DmMessage) -> Item {
    let mut item = json!({
        "sender": { "id": account }, "recipient": { "id": person },
        "timestamp": message.at.as_millisecond(),
        "message": { "mid": message.id, "text": message.text, "is_echo": true, "app_id": 1 },
    });
    if let Some(metadata) = &message.metadata {
        item["message"]["metadata"] = json!(metadata);
    }
    entry(world, account, message.at, item)
}

impl Dm {
    pub(super) fn new(sim: MessagingSim, account: &str, person: &str) -> Self {
        Self { sim, account: account.to_owned(), person: person.to_owned() }
    }

    /// Writes a text.
    pub fn say(&self, text: &str) -> String {
        self.message(&json!({ "text": text }))
    }

    /// Taps the latest quick reply with that payload or title, whether or not it was tapped before.
    pub fn tap(&self, id_or_title: &str) -> Result<String, NotOffered> {
        let is =
            |it: &&super::super::state::Button| it.id == id_or_title || it.title == id_or_title;
        let received = self.received();
        let found = received.iter().rev().find_map(|it| it.quick_replies.iter().find(is));
        let quick = found.ok_or_else(|| NotOffered(id_or_title.to_owned()))?;
        Ok(self.message(&json!({ "text": quick.title, "quick_reply": { "payload": quick.id } })))
    }

    /// Answers with the number of the own profile.
    pub fn share_own_number(&self, phone: &str) -> String {
        self.message(&json!({ "text": phone, "quick_reply": { "payload": phone } }))
    }

    /// Taps a button that stands outside of messages: an ice breaker, "Get Started".
    pub fn postback(&self, title: &str, payload: &str, with_id: bool) -> String {
        let id = self.sim.world.state().next_id("IN");
        let mut postback = json!({ "title": title, "payload": payload });
        if with_id {
            postback["mid"] = json!(id);
        }
        self.emit(json!({ "postback": postback }), true);
        id
    }

    /// Sends something that is no text: `image`, `audio`, `video`, `file`, `sticker`, `share`, `ig_reel`, `fallback`.
    pub fn attach(&self, kind: &str) -> String {
        let url = format!("https://cdn.example/{kind}");
        self.message(&json!({ "attachments": [{ "type": kind, "payload": { "url": url } }] }))
    }

    /// Sends a thumb, which comes as a picture with a sticker's id.
    pub fn thumb(&self) -> String {
        let payload =
            json!({ "url": "https://cdn.example/thumb", "sticker_id": 369_239_263_222_822_u64 });
        self.message(&json!({ "attachments": [{ "type": "image", "payload": payload }] }))
    }

    /// Sends a place.
    pub fn location(&self, lat: f64, long: f64) -> String {
        let payload = json!({ "coordinates": { "lat": lat, "long": long } });
        self.message(&json!({ "attachments": [{ "type": "location", "payload": payload }] }))
    }

    /// Answers the page's story.
    pub fn reply_to_story(&self, text: &str) -> String {
        let story = json!({ "story": { "url": "https://cdn.example/story", "id": "1" } });
        self.message(&json!({ "text": text, "reply_to": story }))
    }

    /// Puts a heart on a message of the page, or takes it back.
    pub fn react(&self, to: &str, on: bool) {
        let reaction = if on {
            json!({ "mid": to, "action": "react", "reaction": "love", "emoji": "\u{2764}" })
        } else {
            json!({ "mid": to, "action": "unreact" })
        };
        self.emit(json!({ "reaction": reaction }), true);
    }

    /// Changes what was written before.
    pub fn edit(&self, mid: &str, text: &str) {
        self.emit(json!({ "message_edit": { "mid": mid, "text": text, "num_edit": 1 } }), false);
    }

    /// Takes back what was written before.
    pub fn unsend(&self, mid: &str) {
        self.emit(json!({ "message": { "mid": mid, "is_deleted": true } }), false);
    }

    /// Sends something that Meta does not pass on.
    pub fn unsupported(&self) -> String {
        self.message(&json!({ "is_unsupported": true }))
    }

    /// Something else happens: an opt-in, a referral, a handover.
    pub fn event(&self, kind: &str) {
        self.emit(json!({ kind: { "ref": "x" } }), false);
    }

    /// Writes while another app has the conversation.
    pub fn say_on_standby(&self, text: &str) -> String {
        let id = self.sim.world.state().next_id("IN");
        let message = json!({ "message": { "mid": id, "text": text } });
        let world = &self.sim.world;
        let now = world.config.clock.now();
        drop(world.emit(entry_of(world, &self.account, now, "standby", self.by_person(message))));
        id
    }

    /// Somebody answers from the page's inbox.
    pub fn owner_says(&self, text: &str) -> String {
        let world = &self.sim.world;
        let at = world.config.clock.now();
        let id = world.state().next_id("APP");
        let message = DmMessage {
            id: id.clone(),
            account: self.account.clone(),
            text: text.to_owned(),
            quick_replies: Vec::new(),
            asks_phone: false,
            metadata: None,
            at,
            body: Value::Null,
        };
        drop(world.emit(echo(world, &self.account, &self.person, &message)));
        let entry = DmEntry::Ours(Box::new(message));
        world.state().thread(&self.account, &self.person).entries.push(entry);
        world.changed();
        id
    }

    /// Everything that the page has sent to the person, oldest first.
    pub fn received(&self) -> Vec<DmMessage> {
        self.sim.world.state().thread(&self.account, &self.person).ours()
    }

    /// The lines of both sides, oldest first.
    pub fn conversation(&self) -> Vec<DmEntry> {
        self.sim.world.state().thread(&self.account, &self.person).entries.clone()
    }

    /// The newest message of the page.
    pub fn last(&self) -> Option<DmMessage> {
        self.received().pop()
    }

    /// Whether the page has marked what was written as seen, and whether it shows that it is typing.
    pub fn is_seen_and_typing(&self) -> (bool, bool) {
        let mut state = self.sim.world.state();
        let thread = state.thread(&self.account, &self.person);
        (thread.seen, thread.typing)
    }

    /// Waits until the page has sent a message that fits; it may have come already.
    pub async fn wait_for(&self, fits: impl Fn(&DmMessage) -> bool) -> DmMessage {
        let mut changes = self.sim.world.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.received().into_iter().find(|message| fits(message)) {
                return found;
            }
            // The sender lives in the world, which this borrows.
            drop(changes.changed().await);
        }
    }

    /// A message with an id of its own, which opens the window.
    fn message(&self, rest: &Value) -> String {
        let id = self.sim.world.state().next_id("IN");
        let mut message = rest.clone();
        message["mid"] = json!(id);
        let world = &self.sim.world;
        let text = rest["text"].as_str().unwrap_or("[attachment]").to_owned();
        let at = world.config.clock.now();
        let entry = DmEntry::Theirs { id: id.clone(), text, at, seen: false };
        world.state().thread(&self.account, &self.person).entries.push(entry);
        self.emit(json!({ "message": message }), true);
        id
    }

    fn emit(&self, rest: Value, opens: bool) {
        let world = &self.sim.world;
        let now = world.config.clock.now();
        if opens {
            let mut state = world.state();
            let thread = state.thread(&self.account, &self.person);
            thread.last_theirs = Some(now);
            thread.seen = false;
            drop(state);
            world.changed();
        }
        // Nobody waits for this one in particular.
        drop(world.emit(entry(world, &self.account, now, self.by_person(rest))));
    }

    fn by_person(&self, mut item: Value) -> Value {
        let now = self.sim.world.config.clock.now();
        item["sender"] = json!({ "id": self.person });
        item["recipient"] = json!({ "id": self.account });
        // Instagram's samples show seconds now and then.
        let seconds =
            self.sim.world.config.platform == Platform::Instagram && item.get("reaction").is_some();
        item["timestamp"] = json!(if seconds { now.as_second() } else { now.as_millisecond() });
        item
    }
}
