//! Acting as a person: writing, tapping, sending cards and voice notes to a business. Each act returns the id of the message;
//! its webhook is on its way, and [`MetaSim::settle`] waits for it.

use serde_json::{Value, json};

use super::payload;
use super::sim::MetaSim;
use super::state::{Entry, SentMessage};

/// One person's conversation with one number of a business.
#[derive(Debug, Clone)]
pub struct Chat {
    sim: MetaSim,
    account: String,
    phone: String,
}

/// Nothing with that id or title was offered in this conversation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing called `{0}` was offered")]
pub struct NotOffered(pub(super) String);

impl Chat {
    pub(super) fn new(sim: MetaSim, account: &str, phone: &str) -> Self {
        Self { sim, account: account.to_owned(), phone: phone.to_owned() }
    }

    /// Writes a text.
    pub fn say(&self, text: &str) -> String {
        self.send(text, json!({ "type": "text", "text": { "body": text } }))
    }

    /// Taps the latest button or row with that id or title, whether or not it was tapped before.
    pub fn tap(&self, id_or_title: &str) -> Result<String, NotOffered> {
        let offered = self.offered(id_or_title);
        let (shown, rest) = offered.ok_or_else(|| NotOffered(id_or_title.to_owned()))?;
        Ok(self.send(&shown, rest))
    }

    /// Records a voice note of which the business gets the media id.
    pub fn voice_note(&self, media_id: &str) -> String {
        let audio = json!({
            "id": media_id, "mime_type": "audio/ogg; codecs=opus", "sha256": "q1w2", "voice": true,
        });
        self.send("[voice note]", json!({ "type": "audio", "audio": audio }))
    }

    /// Sends a picture with words below it.
    pub fn picture(&self, media_id: &str, caption: &str) -> String {
        let image = json!({
            "id": media_id, "mime_type": "image/jpeg", "sha256": "q1w2", "caption": caption,
        });
        self.send("[picture]", json!({ "type": "image", "image": image }))
    }

    /// Sends a sticker.
    pub fn sticker(&self) -> String {
        let sticker = json!({ "id": "1", "mime_type": "image/webp", "animated": false });
        self.send("[sticker]", json!({ "type": "sticker", "sticker": sticker }))
    }

    /// Sends a place.
    pub fn location(&self, latitude: f64, longitude: f64) -> String {
        let location = json!({ "latitude": latitude, "longitude": longitude });
        self.send("[location]", json!({ "type": "location", "location": location }))
    }

    /// Puts an emoji on a message of the business; an empty one takes it back.
    pub fn react(&self, to: &str, emoji: &str) -> String {
        let reaction = json!({ "message_id": to, "emoji": emoji });
        self.send(emoji, json!({ "type": "reaction", "reaction": reaction }))
    }

    /// Answers the request for the own number.
    pub fn share_own_number(&self) -> String {
        self.card(&self.phone, "contact_request")
    }

    /// Picks a card from the address book: somebody's number, not the sender's.
    pub fn share_card(&self, phone: &str) -> String {
        self.card(phone, "other")
    }

    /// Sends something that Meta does not pass on, such as `poll_creation`.
    pub fn unsupported(&self, kind: &str) -> String {
        let rest = json!({
            "type": "unsupported", "unsupported": { "type": kind },
            "errors": [{ "code": 131_051, "title": "Message type unknown" }],
        });
        self.send("[unsupported]", rest)
    }

    /// The owner answers from the WhatsApp Business app on their own phone.
    pub fn owner_says(&self, text: &str) -> String {
        let world = &self.sim.world;
        let now = world.config.clock.now();
        let mut state = world.state();
        let id = state.next_id("APP");
        let (Some(number), Some(person)) =
            (state.numbers.get(&self.account).cloned(), state.people.get(&self.phone).cloned())
        else {
            return id;
        };
        drop(state);
        drop(world.postbox.emit(payload::echo(&self.account, &number, &person, &id, now, text)));
        id
    }

    /// Everything that this number has sent to the person, oldest first.
    pub fn received(&self) -> Vec<SentMessage> {
        let mut sent = self.sim.sent_to(&self.phone);
        sent.retain(|message| message.account == self.account);
        sent
    }

    /// The newest message of the business.
    pub fn last(&self) -> Option<SentMessage> {
        self.received().pop()
    }

    /// Whether the business shows that it is typing.
    pub fn is_typing(&self) -> bool {
        self.sim.world.state().thread(&self.account, &self.phone).typing
    }

    /// Waits until the business has sent a message that fits; it may have come already.
    pub async fn wait_for(&self, fits: impl Fn(&SentMessage) -> bool) -> SentMessage {
        let ours = |message: &SentMessage| message.account == self.account && fits(message);
        self.sim.wait_for(&self.phone, ours).await
    }

    fn card(&self, phone: &str, origin: &str) -> String {
        let card = json!({
            "name": { "formatted_name": "Kadi" },
            "phones": [{ "phone": format!("+{phone}"), "wa_id": phone, "type": "CELL" }],
            "origin": origin,
        });
        self.send("[contact]", json!({ "type": "contacts", "contacts": [card] }))
    }

    /// What the webhook says of a tap on the newest thing with that id or title, and what the person sees.
    fn offered(&self, id_or_title: &str) -> Option<(String, Value)> {
        let is = |id: &str, title: &str| id == id_or_title || title == id_or_title;
        self.received().iter().rev().find_map(|message| {
            let context = json!({ "id": message.id });
            let button = message.buttons.iter().find(|button| is(&button.id, &button.title));
            if let Some(button) = button {
                let rest = if message.template.is_some() {
                    json!({ "type": "button", "context": context,
                        "button": { "payload": button.id, "text": button.title } })
                } else {
                    json!({ "type": "interactive", "context": context, "interactive": {
                        "type": "button_reply", "button_reply": { "id": button.id, "title": button.title } } })
                };
                return Some((button.title.clone(), rest));
            }
            let row = message.rows.iter().find(|row| is(&row.id, &row.title))?;
            let mut reply = json!({ "id": row.id, "title": row.title });
            if let Some(description) = &row.description {
                reply["description"] = json!(description);
            }
            let rest = json!({ "type": "interactive", "context": context,
                "interactive": { "type": "list_reply", "list_reply": reply } });
            Some((row.title.clone(), rest))
        })
    }

    /// Stores a message of the person and sends its webhook.
    fn send(&self, shown: &str, rest: Value) -> String {
        let world = &self.sim.world;
        let now = world.config.clock.now();
        let mut state = world.state();
        let id = state.next_id("IN");
        let thread = state.thread(&self.account, &self.phone);
        thread.last_theirs = Some(now);
        thread.push(Entry::Theirs { id: id.clone(), text: shown.to_owned(), at: now, seen: false });
        let (Some(number), Some(person)) =
            (state.numbers.get(&self.account).cloned(), state.people.get(&self.phone).cloned())
        else {
            return id;
        };
        drop(state);
        world.changed();
        drop(world.postbox.emit(payload::message(&self.account, &number, &person, &id, now, rest)));
        id
    }
}
