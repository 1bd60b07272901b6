//! Collects ports and settings, reports every problem at once, does no I/O.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;

use super::handle::{Parts, Ratiba};
use super::models::Router;
use crate::domain::channel::ChannelKind;
use crate::domain::route::SinkPrices;
use crate::models::plan::{Plan, Routes};
use crate::models::table::ModelTable;
use crate::ports::channel::{Channel, Webhook};
use crate::ports::clock::{Clock, Entropy};
use crate::ports::hot::{HotState, WakeUp};
use crate::ports::knowledge::KnowledgeSource;
use crate::ports::live::LiveFeed;
use crate::ports::llm::LlmProvider;
use crate::ports::notify::NotificationSink;
use crate::ports::payment::PaymentProvider;
use crate::ports::sms::SmsSink;
use crate::ports::store::Store;

/// How long a chat may stand still before silence looks like a fault.
const MODEL_PATIENCE: SignedDuration = SignedDuration::from_millis(2_500);

/// One thing that keeps the builder from building, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildProblem {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// Everything that keeps the builder from building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError {
    /// All of it, in order of the setters.
    pub problems: Vec<BuildProblem>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ratiba can't be built:")?;
        for problem in &self.problems {
            write!(f, "\n- {}: {}", problem.what, problem.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}

/// What a process does with what is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Receives, and takes turns on what it has received; helps with what others have left.
    #[default]
    Both,
    /// Receives only: processes that work are told. [`Ratiba::run`] is not called.
    Receives,
    /// Works only: everything that is to be done was stored by others.
    Works,
}

/// How long before the work of a process that has died is taken over: longer than any adapter waits for an answer.
const TAKEOVER: SignedDuration = SignedDuration::from_secs(60);
/// The shortest that makes sense: adapters wait for providers for several seconds.
const SHORTEST_TAKEOVER: SignedDuration = SignedDuration::from_secs(5);

/// Collects what [`Ratiba`] needs. Takes opened resources, not addresses.
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct RatibaBuilder {
    store: Option<Arc<dyn Store>>,
    hot: Option<Arc<dyn HotState>>,
    wake: Option<Arc<dyn WakeUp>>,
    live: Option<Arc<dyn LiveFeed>>,
    clock: Option<Arc<dyn Clock>>,
    entropy: Option<Arc<dyn Entropy>>,
    channels: Vec<Arc<dyn Channel>>,
    webhooks: Vec<(ChannelKind, Arc<dyn Webhook>)>,
    rails: Vec<Arc<dyn PaymentProvider>>,
    knowledge: Option<Arc<dyn KnowledgeSource>>,
    models: Vec<Arc<dyn LlmProvider>>,
    plan: Option<Plan>,
    model_patience: Option<SignedDuration>,
    notices: Vec<Arc<dyn NotificationSink>>,
    sms: Option<Arc<dyn SmsSink>>,
    sink_prices: SinkPrices,
    public_url: Option<String>,
    role: Role,
    takeover: Option<SignedDuration>,
}

impl RatibaBuilder {
    /// Where the truth is kept. Required.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Where leases and counters are kept. With feature `memory`, in this process unless given.
    pub fn hot_state(mut self, hot: Arc<dyn HotState>) -> Self {
        self.hot = Some(hot);
        self
    }

    /// What wakes sleepers. With feature `memory`, within this process unless given.
    pub fn wake_up(mut self, wake: Arc<dyn WakeUp>) -> Self {
        self.wake = Some(wake);
        self
    }

    /// What carries news to dashboards. With feature `memory`, within this process unless given.
    pub fn live_feed(mut self, live: Arc<dyn LiveFeed>) -> Self {
        self.live = Some(live);
        self
    }

    /// What tells the time; the system's clock unless given.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// What draws chance; the operating system's unless given.
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = Some(entropy);
        self
    }

    /// A way to reach customers. At least one; one for each kind.
    pub fn channel(mut self, channel: Arc<dyn Channel>) -> Self {
        self.channels.push(channel);
        self
    }

    /// How a channel's webhooks are checked and read.
    pub fn webhook(mut self, channel: ChannelKind, webhook: Arc<dyn Webhook>) -> Self {
        self.webhooks.push((channel, webhook));
        self
    }

    /// A payment rail; one for each.
    pub fn payments(mut self, provider: Arc<dyn PaymentProvider>) -> Self {
        self.rails.push(provider);
        self
    }

    /// Where answers to questions come from; the tenant's own snippets unless given.
    pub fn knowledge(mut self, knowledge: Arc<dyn KnowledgeSource>) -> Self {
        self.knowledge = Some(knowledge);
        self
    }

    /// A provider of language models; one for each name in the table of models. Without any, everything is understood and answered without a model.
    pub fn llm(mut self, provider: Arc<dyn LlmProvider>) -> Self {
        self.models.push(provider);
        self
    }

    /// Which models answer which role; as the built-in table says unless given.
    pub fn model_plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
        self
    }

    /// How long a turn waits for a model before it says that it takes a moment and lets the answer come after it; 2.5 s unless given.
    pub fn model_patience(mut self, patience: SignedDuration) -> Self {
        self.model_patience = Some(patience);
        self
    }

    /// Who is told what operators should know; may be given several times. Notices are logged in any case.
    pub fn notify(mut self, sink: Arc<dyn NotificationSink>) -> Self {
        self.notices.push(sink);
        self
    }

    /// Who sends text messages; without one nobody is told anything once their conversation is closed and no template fits.
    pub fn sms(mut self, sink: Arc<dyn SmsSink>) -> Self {
        self.sms = Some(sink);
        self
    }

    /// What the ways to somebody outside of an open conversation cost, which decides between them; list prices in Kenya unless given.
    pub fn sink_prices(mut self, prices: SinkPrices) -> Self {
        self.sink_prices = prices;
        self
    }

    /// The address under which providers reach us, such as `https://book.example.co.ke`. Required with a payment rail.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// What this process does with what is stored; everything unless given.
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// How long an attempt at something outside may take before its process counts as dead and others take it over: a minute unless given. Must
    /// be longer than adapters wait for providers, or a slow answer is mistaken for a death; at least five seconds.
    pub fn takeover_after(mut self, takeover: SignedDuration) -> Self {
        self.takeover = Some(takeover);
        self
    }

    /// Builds the handle, or tells everything that is missing.
    #[expect(clippy::too_many_lines, reason = "one check after another, each a few lines")]
    pub fn build(self) -> Result<Ratiba, BuildError> {
        let Self {
            store,
            hot,
            wake,
            live,
            clock,
            entropy,
            channels,
            webhooks,
            rails,
            knowledge,
            models,
            plan,
            model_patience,
            notices,
            sms,
            sink_prices,
            public_url,
            role,
            takeover,
        } = self;
        let mut problems = Vec::new();
        let mut problem = |what: String, remedy: &str| {
            problems.push(BuildProblem { what, remedy: remedy.to_owned() });
        };

        if store.is_none() {
            problem(
                "there is no store".to_owned(),
                "call `.store(..)`, for example with `SqliteStore::open`",
            );
        }
        let hot = hot.or_else(default_hot);
        if hot.is_none() {
            problem(
                "there is no hot state".to_owned(),
                "call `.hot_state(..)` or turn on feature `memory`",
            );
        }
        let wake = wake.or_else(default_wake);
        if wake.is_none() {
            problem(
                "there is no wake-up".to_owned(),
                "call `.wake_up(..)` or turn on feature `memory`",
            );
        }
        let live = live.or_else(default_live);
        if live.is_none() {
            problem(
                "there is no live feed".to_owned(),
                "call `.live_feed(..)` or turn on feature `memory`",
            );
        }
        if channels.is_empty() {
            problem("there is no channel".to_owned(), "call `.channel(..)` at least once");
        }
        let mut by_kind = BTreeMap::new();
        for channel in channels {
            let kind = channel.kind();
            if by_kind.insert(kind, channel).is_some() {
                problem(
                    format!("channel {kind} is given twice"),
                    "call `.channel(..)` once for each kind",
                );
            }
        }
        let mut hooks = BTreeMap::new();
        for (kind, webhook) in webhooks {
            if !by_kind.contains_key(&kind) {
                problem(
                    format!("there is a webhook for {kind} and no channel"),
                    "call `.channel(..)` for it too",
                );
            }
            if hooks.insert(kind, webhook).is_some() {
                problem(
                    format!("the webhook of {kind} is given twice"),
                    "call `.webhook(..)` once for each kind",
                );
            }
        }
        let mut by_rail = BTreeMap::new();
        for provider in rails {
            let rail = provider.rail();
            if by_rail.insert(rail, provider).is_some() {
                problem(
                    format!("rail {} is given twice", rail.as_str()),
                    "call `.payments(..)` once for each rail",
                );
            }
        }
        let mut names = BTreeSet::new();
        for provider in &models {
            if !names.insert(provider.name().to_owned()) {
                problem(
                    format!("the provider of models `{}` is given twice", provider.name()),
                    "call `.llm(..)` once for each",
                );
            }
        }
        let plan = match (models.is_empty(), plan) {
            (true, _) => None,
            (false, Some(plan)) => Some(plan),
            (false, None) => match ModelTable::builtin() {
                Ok(table) => Plan::new(table, Routes::new()).ok(),
                Err(error) => {
                    problem(
                        error.to_string(),
                        "call `.model_plan(..)` with a table that is in order",
                    );
                    None
                }
            },
        };
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        match &public_url {
            Some(url) if !(url.starts_with("https://") || url.starts_with("http://")) => {
                problem(
                    format!("the public address `{url}` is none"),
                    "give one that begins with https://",
                );
            }
            None if !by_rail.is_empty() => {
                problem(
                    "payment providers would not know where to report".to_owned(),
                    "call `.public_url(..)`",
                );
            }
            Some(_) | None => {}
        }
        let takeover = takeover.unwrap_or(TAKEOVER);
        if takeover < SHORTEST_TAKEOVER {
            problem(
                format!("taking over after {takeover:#} would mistake slow answers for deaths"),
                "give at least five seconds",
            );
        }
        let clock = clock
            .unwrap_or_else(|| Arc::new(crate::adapters::system::SystemClock) as Arc<dyn Clock>);
        let entropy = entropy
            .unwrap_or_else(|| Arc::new(crate::adapters::system::OsEntropy) as Arc<dyn Entropy>);
        match (store, hot, wake, live) {
            (Some(store), Some(hot), Some(wake), Some(live)) if problems.is_empty() => {
                let knowledge = knowledge.unwrap_or_else(|| {
                    Arc::new(crate::adapters::knowledge::SnippetSource::new(Arc::clone(&store)))
                });
                Ok(Ratiba::new(Parts {
                    store,
                    hot,
                    wake,
                    live,
                    models: plan.map(|plan| {
                        let (clock, entropy) = (Arc::clone(&clock), Arc::clone(&entropy));
                        Arc::new(Router::new(plan, models, clock, entropy))
                    }),
                    model_patience: model_patience.unwrap_or(MODEL_PATIENCE),
                    clock,
                    entropy,
                    channels: by_kind,
                    webhooks: hooks,
                    rails: by_rail,
                    knowledge,
                    notices,
                    sms,
                    sink_prices,
                    public_url: public_url.unwrap_or_default(),
                    role,
                    takeover,
                }))
            }
            _ => Err(BuildError { problems }),
        }
    }
}

#[cfg(feature = "memory")]
#[expect(clippy::unnecessary_wraps, reason = "without feature `memory` there is none")]
fn default_hot() -> Option<Arc<dyn HotState>> {
    Some(Arc::new(crate::adapters::memory::MemoryHotState::default()))
}

#[cfg(not(feature = "memory"))]
fn default_hot() -> Option<Arc<dyn HotState>> {
    None
}

#[cfg(feature = "memory")]
#[expect(clippy::unnecessary_wraps, reason = "without feature `memory` there is none")]
fn default_wake() -> Option<Arc<dyn WakeUp>> {
    Some(Arc::new(crate::adapters::memory::MemoryWakeUp::default()))
}

#[cfg(not(feature = "memory"))]
fn default_wake() -> Option<Arc<dyn WakeUp>> {
    None
}

#[cfg(feature = "memory")]
#[expect(clippy::unnecessary_wraps, reason = "without feature `memory` there is none")]
fn default_live() -> Option<Arc<dyn LiveFeed>> {
    Some(Arc::new(crate::adapters::memory::MemoryLiveFeed::default()))
}

#[cfg(not(feature = "memory"))]
fn default_live() -> Option<Arc<dyn LiveFeed>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        let error = RatibaBuilder::default().public_url("book.example").build().unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("there is no store")
                && text.contains("there is no channel")
                && text.contains("book.example"),
            "{text}"
        );
    }
}
