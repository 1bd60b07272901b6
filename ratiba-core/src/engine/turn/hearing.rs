//! What a customer's message means here and now, whatever it is made of.

use jiff::{SignedDuration, Timestamp};

use super::Turn;
use crate::conversation::choice::Pick;
use crate::conversation::event::{Medium, Said};
use crate::domain::channel::SessionWindow;
use crate::domain::id::InboxId;
use crate::domain::message::{Content, InboundMessage};
use crate::engine::error::EngineError;
use crate::engine::mask::masked;
use crate::language::hear::HearContext;
use crate::language::understanding::{Intent, Sentiment, Slots, Understanding};

impl Turn<'_> {
    pub(super) async fn take_message(
        &mut self,
        inbox: InboxId,
        message: &InboundMessage,
        received_at: Timestamp,
    ) -> Result<(), EngineError> {
        if let SessionWindow::Minutes(minutes) = self.stored.capabilities.session_window {
            // A message that arrives after its own window (an outage, a redelivery) is kept and not answered as if it were new.
            if received_at.duration_since(message.sent_at)
                > SignedDuration::from_mins(i64::from(minutes))
            {
                return Ok(());
            }
        }
        self.stored.address = message.address.clone();
        self.stored.capabilities = self.engine.capabilities(&message.address);
        self.stored.last_inbound_at = Some(
            self.stored.last_inbound_at.map_or(message.sent_at, |last| last.max(message.sent_at)),
        );
        self.engine.acknowledge(self.store.tenant(), message);
        let said = self.hear(&message.content);
        self.inbox = Some(inbox);
        self.feed_heard(inbox, said).await
    }

    /// What the customer's words mean here and now.
    fn hear(&self, content: &Content) -> Said {
        let words = |text: &str, medium: Medium| {
            let zoned = self.now.to_zoned(self.loaded.business.tenant.zone.clone());
            let ctx = HearContext {
                now: &zoned,
                expecting: self.state.expecting(),
                offered: &self.stored.offered,
                known_date: self.state.known_date(),
                known_service: self.state.known_service(),
                language: self.state.memory.language,
            };
            let understanding = self.loaded.ear.hear(text, &ctx);
            let text = masked(text, &understanding.tripwires);
            Said { text, understanding, medium, proven_phone: None }
        };
        let wordless = |medium: Medium| Said {
            text: String::new(),
            understanding: nothing(),
            medium,
            proven_phone: None,
        };
        match content {
            Content::Text { body } => words(body, Medium::Text),
            // An ice breaker, a template's button: not one of our choices, so what is written on it is what was said.
            Content::Choice { id, title }
                if id.parse::<Pick>().is_err() && !title.trim().is_empty() =>
            {
                words(title, Medium::Text)
            }
            Content::Choice { id, title } => Said {
                text: title.clone(),
                understanding: tapped(id),
                medium: Medium::Tap,
                proven_phone: None,
            },
            Content::Image { caption: Some(caption), .. } => words(caption, Medium::Image),
            Content::Attachment { caption: Some(caption), .. } => {
                words(caption, Medium::Attachment)
            }
            Content::Audio { .. } => wordless(Medium::Audio),
            Content::Image { caption: None, .. } => wordless(Medium::Image),
            Content::Attachment { caption: None, .. } => wordless(Medium::Attachment),
            Content::Location { .. } => wordless(Medium::Location),
            Content::Contact { phone, own } => {
                let mut said = wordless(Medium::Contact);
                said.understanding.slots.phone.clone_from(phone);
                said.proven_phone = phone.clone().filter(|_| *own);
                said
            }
            Content::Reaction { .. } => wordless(Medium::Reaction),
            Content::Unsupported { .. } => wordless(Medium::Unsupported),
        }
    }
}

fn nothing() -> Understanding {
    Understanding {
        intent: Intent::Provide,
        confidence: 1.0,
        language: None,
        sentiment: Sentiment::Neutral,
        slots: Slots::default(),
        tripwires: Vec::new(),
    }
}

/// A tap needs no understanding: the id says it all.
fn tapped(id: &str) -> Understanding {
    let intent = match id.parse() {
        Ok(Pick::Yes) => Intent::Affirm,
        Ok(Pick::No) => Intent::Deny,
        Ok(_) | Err(_) => Intent::Provide,
    };
    Understanding {
        intent,
        slots: Slots { choice: Some(id.to_owned()), ..Slots::default() },
        ..nothing()
    }
}
