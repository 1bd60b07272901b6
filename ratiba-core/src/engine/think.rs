//! Models within a turn: what the ear is not sure of, and what no snippet answers outright.
//!
//! A turn waits for a model only so long; then it commits with a word that it takes a moment, and the thinking goes on. Its result comes back as an
//! inbox item of the same lane. Thinking belongs to the message that caused it: a turn that is taken again, or the outbox row that waits for the
//! rest, finds what is under way or done and does not pay twice. Should the process die, the outbox row begins anew.

use std::sync::Arc;

use jiff::Timestamp;

use super::cache::Loaded;
use super::handle::Inner;
use super::models::{IN_ALL, Meaning, Purse, Question, Router, Unsure};
use super::thoughts::{Key, Made};
use super::turn::Turn;
use crate::conversation::event::{Event, Medium, Said, Shape};
use crate::conversation::flow::Flow;
use crate::conversation::thread::Driver;
use crate::domain::customer::Customer;
use crate::domain::id::{InboxId, ThreadId};
use crate::domain::knowledge::Snippet;
use crate::domain::message::{Choice, Language};
use crate::engine::error::EngineError;
use crate::language::answer::best_snippets;
use crate::language::speak::emoji;
use crate::language::understanding::{Expecting, Intent, Understanding};
use crate::models::doubt::{Doubt, doubt};
use crate::models::hear::Scene;
use crate::models::mask::Masked;
use crate::models::reply::Shaped;
use crate::models::role::Role;
use crate::models::shape::{self, Answered};
use crate::ports::knowledge;
use crate::ports::llm::LlmPart;
use crate::ports::outbox::{Outgoing, ThinkAbout};
use crate::ports::store::TenantStore;

/// Snippets that may matter to one question.
const RELEVANT: usize = 12;

/// What is needed to think about what a customer meant, owned, so that the thinking outlives the turn.
#[derive(Clone)]
pub(super) struct Hearing {
    pub(super) router: Arc<Router>,
    pub(super) store: Arc<dyn TenantStore>,
    pub(super) loaded: Arc<Loaded>,
    pub(super) thread: ThreadId,
    pub(super) now: Timestamp,
    pub(super) customer: Customer,
    pub(super) said: Said,
    pub(super) doubt: Doubt,
    pub(super) expecting: Expecting,
    pub(super) offered: Vec<Choice>,
    pub(super) known_date: Option<jiff::civil::Date>,
    pub(super) acts_at_once: bool,
}

impl Hearing {
    /// What the customer meant, as far as a model says and is believed.
    pub(super) async fn think(self) -> Made {
        let zoned = self.now.to_zoned(self.loaded.business.tenant.zone.clone());
        let scene = Scene {
            business: &self.loaded.business,
            now: &zoned,
            expecting: self.expecting,
            offered: &self.offered,
            known_date: self.known_date,
            acts_at_once: self.acts_at_once,
        };
        let heard = &self.said.understanding;
        let words = Masked::new(&self.said.text, &names(&self.customer, heard));
        let unsure =
            Unsure { scene, text: &self.said.text, words: &words, heard, doubt: self.doubt };
        match unsure.ask(&self.router, self.purse()).await {
            Meaning::Understood(heard) => Made::Heard(heard),
            Meaning::Unknown => Made::Nothing,
            Meaning::Ceiling => Made::Ceiling,
        }
    }

    fn purse(&self) -> Purse<'_> {
        Purse::of(self.store.as_ref(), &self.loaded.business, self.now, Some(self.thread))
    }
}

/// What is needed to answer a question, owned.
#[derive(Clone)]
pub(super) struct Answering {
    pub(super) router: Arc<Router>,
    pub(super) store: Arc<dyn TenantStore>,
    pub(super) loaded: Arc<Loaded>,
    pub(super) thread: ThreadId,
    pub(super) now: Timestamp,
    pub(super) customer: Customer,
    pub(super) question: String,
    pub(super) language: Language,
    pub(super) snippets: Vec<Snippet>,
}

impl Answering {
    /// An answer that the snippets prove.
    pub(super) async fn think(self) -> Made {
        let business = &self.loaded.business;
        let name = self.customer.name.as_deref().unwrap_or_default();
        let words = Masked::new(&self.question, &[name]);
        let asked = shape::question(&words, self.language, business, &self.snippets);
        let read = |value| {
            let shaped: Shaped = serde_json::from_value(value).ok()?;
            shape::believe(&shaped, &words, &self.snippets)
        };
        let purse = Purse::of(self.store.as_ref(), business, self.now, Some(self.thread));
        match self.router.ask(purse, &text(Role::ShapeAnswer, asked), &read).await {
            Ok(Answered::Grounded(answer)) => {
                Made::Answer(emoji::limited(&answer, business.dials().emoji))
            }
            Ok(Answered::Unknown) | Err(_) => Made::Nothing,
        }
    }
}

impl Turn<'_> {
    /// Feeds what a customer sent, after a model has been asked about what the ear is not sure of.
    pub(super) async fn feed_heard(
        &mut self,
        inbox: InboxId,
        said: Said,
    ) -> Result<(), EngineError> {
        let Some(hearing) = self.in_doubt(&said).await? else {
            return self.feed(Event::Heard { said }).await;
        };
        let key = Key::hearing(self.store.tenant(), inbox);
        let thoughts = &self.engine.thoughts;
        match thoughts.wait(key, self.engine.parts.model_patience, || hearing.think()).await {
            Some(Made::Heard(understanding)) => {
                let said = Said { understanding: *understanding, ..said };
                self.feed(Event::Heard { said }).await
            }
            Some(Made::Ceiling) if !self.was_told_of_ceiling().await? => {
                self.feed(Event::CostCeiling).await?;
                self.feed(Event::Heard { said }).await
            }
            Some(Made::Ceiling | Made::Nothing | Made::Answer(_)) => {
                self.feed(Event::Heard { said }).await
            }
            None => {
                let turn = self.next_revision();
                let about = ThinkAbout::Said { inbox, said: Box::new(said.clone()) };
                self.think_later(turn, about);
                self.feed(Event::Pondering { turn, said }).await
            }
        }
    }

    /// What a model is to be asked about a message, if anything.
    async fn in_doubt(&self, said: &Said) -> Result<Option<Hearing>, EngineError> {
        let business = &self.loaded.business;
        let Some(router) = self.engine.parts.models.as_ref() else { return Ok(None) };
        let listens =
            matches!(self.state().driver, Driver::AgentDriving | Driver::ResumedByAgent { .. });
        if !listens
            || !matches!(said.medium, Medium::Text | Medium::Image | Medium::Attachment)
            || !router.has(Role::Classify, &business.settings.models)
        {
            return Ok(None);
        }
        let floor = f32::from(business.settings.confidence_floor_permille) / 1_000.0;
        let expecting = self.state().expecting();
        let answered = said.understanding.intent == Intent::Other
            && !self.snippets_for(&said.text, said.understanding.language, 1).await?.is_empty();
        let doubt = doubt(&said.text, &said.understanding, expecting, floor, answered);
        Ok(doubt.any().then(|| self.hearing(Arc::clone(router), said.clone(), doubt)))
    }

    fn hearing(&self, router: Arc<Router>, said: Said, doubt: Doubt) -> Hearing {
        Hearing {
            router,
            store: self.engine.parts.store.of(self.store.tenant()),
            loaded: Arc::clone(&self.loaded),
            thread: self.thread,
            now: self.now,
            customer: self.customer.clone(),
            said,
            doubt,
            expecting: self.state().expecting(),
            offered: self.offered().to_vec(),
            known_date: self.state().known_date(),
            acts_at_once: matches!(self.state().flow, Flow::AwaitingPayment { .. }),
        }
    }

    /// Answers a question: the best snippet as it is where one stands out, else a model's words that rest on them.
    pub(super) async fn answer_question(
        &mut self,
        question: String,
    ) -> Result<(Vec<Snippet>, Shape), EngineError> {
        let language = self.usual_language();
        let relevant = self.snippets_for(&question, Some(language), RELEVANT).await?;
        let stands_out = matches!(relevant.as_slice(), [only] if only.language == language);
        let policy = &self.loaded.business.settings.models;
        let router = self.engine.parts.models.as_ref().filter(|r| r.has(Role::ShapeAnswer, policy));
        let (Some(router), Some(inbox), false) = (router, self.inbox(), stands_out) else {
            return Ok((first(relevant), Shape::Quoted));
        };
        let all = self.store.snippets().await?;
        let chosen = shape::choose(&relevant, &all, language);
        if chosen.overflow {
            metrics::counter!("ratiba_knowledge_overflow_total").increment(1);
            tracing::warn!(tenant.id = %self.store.tenant(), "more snippets matter to a question than fit: time for retrieval");
        }
        if chosen.snippets.is_empty() {
            return Ok((Vec::new(), Shape::Quoted));
        }
        let answering = Answering {
            router: Arc::clone(router),
            store: self.engine.parts.store.of(self.store.tenant()),
            loaded: Arc::clone(&self.loaded),
            thread: self.thread,
            now: self.now,
            customer: self.customer.clone(),
            question: question.clone(),
            language,
            snippets: chosen.snippets,
        };
        let key = Key::answering(self.store.tenant(), inbox);
        let made = self
            .engine
            .thoughts
            .wait(key, self.engine.parts.model_patience, || answering.think())
            .await;
        Ok(match made {
            Some(Made::Answer(text)) => (first(relevant), Shape::Shaped { text }),
            Some(Made::Heard(_) | Made::Nothing | Made::Ceiling) => {
                (first(relevant), Shape::Quoted)
            }
            None => {
                let turn = self.next_revision();
                self.think_later(turn, ThinkAbout::Question { inbox, question, language });
                (first(relevant), Shape::Later { turn })
            }
        })
    }

    /// What is written down about a question, best first.
    async fn snippets_for(
        &self,
        question: &str,
        language: Option<Language>,
        limit: usize,
    ) -> Result<Vec<Snippet>, EngineError> {
        self.engine.snippets_for(self.store, question, language, limit).await
    }

    fn think_later(&mut self, turn: u64, about: ThinkAbout) {
        let lane = format!("think:{}", self.thread);
        self.enqueue(lane, Outgoing::Think { turn, about }, None);
    }

    /// A person is called once for a booking's ceiling; the record of the conversation tells whether that was.
    async fn was_told_of_ceiling(&self) -> Result<bool, EngineError> {
        let records = self.store.records(self.thread).await?;
        Ok(records.iter().flat_map(|r| &r.steps).any(|step| step.event == Event::CostCeiling))
    }
}

fn first(snippets: Vec<Snippet>) -> Vec<Snippet> {
    snippets.into_iter().take(1).collect()
}

fn text(role: Role, document: String) -> Question {
    Question { role, parts: vec![LlmPart::Text(document)], within: IN_ALL }
}

/// The names that a model does not see.
fn names<'a>(customer: &'a Customer, heard: &'a Understanding) -> Vec<&'a str> {
    customer.name.as_deref().into_iter().chain(heard.slots.name.as_deref()).collect()
}

impl Inner {
    /// What a tenant has written down about a question, best first. A source may be down: then the tenant's own snippets are looked through by
    /// their words.
    pub(super) async fn snippets_for(
        &self,
        store: &dyn TenantStore,
        question: &str,
        language: Option<Language>,
        limit: usize,
    ) -> Result<Vec<Snippet>, EngineError> {
        let (tenant, text) = (store.tenant(), question.to_owned());
        let asked = knowledge::Question { tenant, text, language };
        match self.parts.knowledge.find(&asked, limit).await {
            Ok(found) => Ok(found),
            Err(fault) => {
                metrics::counter!("ratiba_knowledge_failures_total").increment(1);
                tracing::warn!(tenant.id = %tenant, fault = %fault, "the knowledge source failed");
                Ok(best_snippets(question, language, &store.snippets().await?, limit))
            }
        }
    }
}
