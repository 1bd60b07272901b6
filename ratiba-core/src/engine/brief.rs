//! A conversation in a few lines for whoever takes it over. The page itself waits for nobody: this follows it, where a model has something to say
//! and a person is still needed.

use jiff::SignedDuration;

use super::error::ReceiveError;
use super::handle::Inner;
use super::hash::hash_of;
use super::models::{Purse, Question};
use super::naming::lane_to_admin;
use super::turn::Turn;
use crate::conversation::effect::Signal;
use crate::domain::id::{Mint, TenantId};
use crate::domain::route::Route;
use crate::domain::useful::Use;
use crate::language::speak::{AdminText, Voice};
use crate::models::brief::Told;
use crate::models::reply::Summary;
use crate::models::role::Role;
use crate::ports::hot::Topic;
use crate::ports::llm::LlmPart;
use crate::ports::outbox::{Consult, OutboxItem, Outgoing};
use crate::ports::store::{Speaker as Spoke, StoredThread, TenantStore, TranscriptLine};

/// How long all tries may take.
const WITHIN: SignedDuration = SignedDuration::from_secs(20);
/// Messages that are summed up.
const TURNS: u32 = 24;
/// With fewer the page has quoted all there is.
const WORTH_IT: usize = 4;

impl Turn<'_> {
    /// Has the conversation summed up after a page. Not where models have cost too much already.
    pub(super) fn brief_later(&mut self, signal: Signal, said: usize) {
        let policy = &self.loaded.business.settings.models;
        let router = self.engine.parts.models.as_ref();
        let can = router.is_some_and(|router| router.has(Role::Summarise, policy));
        if can && said >= WORTH_IT && signal != Signal::TooCostly {
            let about = Consult::Brief {};
            self.enqueue(format!("brief:{}", self.thread), Outgoing::Consult { about }, None);
        }
    }
}

impl Inner {
    /// Tells every admin what a conversation is about, if a model can say.
    pub(super) async fn brief_admins(
        &self,
        tenant: TenantId,
        store: &dyn TenantStore,
        item: &OutboxItem,
    ) -> Result<(), ReceiveError> {
        let (Some(router), Some(id)) = (&self.parts.models, item.thread) else { return Ok(()) };
        let Some(thread) = store.thread(id).await?.filter(with_a_person) else { return Ok(()) };
        let Some(customer) = store.customer(thread.customer).await? else { return Ok(()) };
        let loaded = self.business(tenant, None).await?;
        let business = &loaded.business;
        let history = store.transcript(customer.id, TURNS).await?;
        let told = told(&history, customer.name.as_deref());
        if told.is_empty() {
            return Ok(());
        }
        let now = self.parts.clock.now();
        let purse = Purse::of(store, business, now, Some(id));
        let question = Question {
            role: Role::Summarise,
            parts: vec![LlmPart::Text(told.question(business.tenant.locale))],
            within: WITHIN,
        };
        let read = |value| told.believe(&serde_json::from_value::<Summary>(value).ok()?);
        let Ok(summary) = router.ask(purse, &question, &read).await else { return Ok(()) };
        // A model takes its time; the conversation may have been given back meanwhile.
        if !store.thread(id).await?.is_some_and(|thread| with_a_person(&thread)) {
            return Ok(());
        }
        let voice = Voice {
            language: business.tenant.locale,
            business,
            customer: &customer,
            capabilities: thread.capabilities,
            now,
        };
        let what = AdminText::Brief { lines: &summary.lines, next: &summary.next };
        let text = self.speaker.admin_text(&what, &voice);
        let mint = Mint { at: item.created_at, seed: hash_of(item.id.to_string().bytes()) };
        let rows: Vec<OutboxItem> = (0..)
            .zip(&business.admins)
            .map(|(n, admin)| OutboxItem {
                id: mint.id(n),
                customer: customer.id,
                thread: Some(id),
                lane: lane_to_admin(admin),
                what: Outgoing::Admin {
                    to: admin.clone(),
                    text: text.clone(),
                    route: Route::default(),
                },
                attempts: 0,
                created_at: now,
                useful_until: Some(Use::TALK.until_for_owner(now)),
            })
            .collect();
        store.enqueue(&rows).await?;
        self.parts.wake.wake(Topic::Timers).await;
        Ok(())
    }
}

fn told(history: &[TranscriptLine], name: Option<&str>) -> Told {
    let names: Vec<&str> = name.into_iter().collect();
    let mut told = Told::default();
    for line in history {
        told.say(line.by == Spoke::Customer, &line.reply.text, &names);
    }
    told
}

/// Whether a person has the conversation, or is waited for.
fn with_a_person(thread: &StoredThread) -> bool {
    matches!(thread.driver_name.as_str(), "SUSPENDED_FOR_HUMAN" | "HUMAN_DRIVING")
}
