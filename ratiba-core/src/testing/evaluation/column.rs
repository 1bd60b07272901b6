//! One configuration of a comparison: takes a conversation or a line, and adds up.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::report::{ColumnReport, ConversationShare, Failed, Latency, LineShare, Tokens};
use super::run::Configuration;
use super::tape::Tape;
use crate::adapters::seal::SecretKey;
use crate::adapters::sqlite::SqliteStore;
use crate::demo;
use crate::domain::knowledge::Snippet;
use crate::engine::models::{Meaning, Purse, Router, Unsure};
use crate::language::answer::best_snippets;
use crate::language::eval::{EvalTenant, Line, Measure};
use crate::language::understanding::{Intent, Understanding};
use crate::models::cost::MicroUsd;
use crate::models::doubt::doubt;
use crate::models::hear::Scene;
use crate::models::mask::Masked;
use crate::models::role::Role;
use crate::ports::llm::LlmProvider;
use crate::ports::spend::ModelCall;
use crate::ports::store::{NewTenant, Registry as _, Store as _, StoreError};
use crate::testing::clock::{ManualClock, SeededEntropy};
use crate::testing::golden::Golden;
use crate::testing::scenario::{self, Behind, GoldenReport, ScenarioError};

/// How long a turn waits here: longer than any thought may take.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// How long a turn waits in earnest, unless an embedder says otherwise.
const USUAL_PATIENCE_MS: u64 = 2_500;
/// The day of a corpus may cost what the tape allows; this is only so that no tenant's own ceiling is met first.
const NO_CEILING: u64 = 1_000_000_000_000;

/// A configuration and what it has come to.
pub(super) struct Column {
    pub(super) configuration: Configuration,
    providers: Vec<Arc<dyn LlmProvider>>,
    store: SqliteStore,
    conversations: ConversationShare,
    measure: Measure,
    lines_asked: u64,
    calls: Vec<ModelCall>,
    latencies: Vec<u64>,
    conversations_cost: MicroUsd,
}

/// What one configuration made of a line.
pub(super) struct LineTaken {
    heard: Understanding,
    calls: Vec<ModelCall>,
}

impl Column {
    pub(super) async fn new(
        configuration: Configuration,
        tape: &Tape,
        live: &[Arc<dyn LlmProvider>],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let there = tape.header().providers.iter().filter(|_| configuration.plan.is_some());
        let providers = there.map(|name| tape.provider(&configuration.name, name, live)).collect();
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await?;
        for demo in demo::tenants() {
            let new = NewTenant {
                business: demo.business,
                snippets: demo.snippets,
                accounts: Vec::new(),
                merchants: Vec::new(),
                created_at: now,
            };
            store.create_tenant(&new).await?;
        }
        Ok(Self {
            configuration,
            providers,
            store,
            conversations: ConversationShare::default(),
            measure: Measure::default(),
            lines_asked: 0,
            calls: Vec::new(),
            latencies: Vec::new(),
            conversations_cost: MicroUsd::ZERO,
        })
    }

    /// Runs a conversation with this configuration behind it.
    pub(super) async fn converse(&self, golden: &Golden) -> Result<GoldenReport, ScenarioError> {
        let behind = Behind {
            llms: self.providers.clone(),
            policy: None,
            plan: self.configuration.plan.clone(),
            patience: Some(PATIENCE),
        };
        scenario::run_afresh(golden, &behind).await
    }

    /// Adds what became of a conversation.
    pub(super) fn add_conversation(
        &mut self,
        file: &str,
        outcome: Result<GoldenReport, ScenarioError>,
        latencies: Vec<u64>,
    ) {
        self.latencies.extend(latencies);
        let share = &mut self.conversations;
        share.of += 1;
        let problems = match outcome {
            Err(error) => vec![error.to_string()],
            Ok(report) => {
                share.messages += report.messages;
                share.asked += report.asked;
                share.bookings += report.bookings;
                self.conversations_cost =
                    self.conversations_cost + report.calls.iter().map(|call| call.cost).sum();
                self.calls.extend(report.calls);
                let differing = report.mismatches.iter();
                differing.map(|m| format!("turn {}: {}", m.turn, m.problems.join("; "))).collect()
            }
        };
        if problems.is_empty() {
            share.passed += 1;
        } else {
            share.failed.push(Failed { file: file.to_owned(), problems });
        }
    }

    /// What this configuration makes of a line.
    pub(super) async fn hear(
        &self,
        line: &Line,
        tenant: &EvalTenant,
        snippets: &[Snippet],
        otherwise: Timestamp,
    ) -> Result<LineTaken, StoreError> {
        let now = line.at(tenant, otherwise);
        let heard = line.heard(tenant, &now);
        let business = &tenant.business;
        let expecting = line.expecting.unwrap_or_default();
        let floor = f32::from(business.settings.confidence_floor_permille) / 1_000.0;
        let answered = heard.intent == Intent::Other
            && !best_snippets(&line.text, heard.language, snippets, 1).is_empty();
        let doubt = doubt(&line.text, &heard, expecting, floor, answered);
        let Some(router) = self
            .router(now.timestamp())
            .filter(|router| doubt.any() && router.has(Role::Classify, &business.settings.models))
        else {
            return Ok(LineTaken { heard, calls: Vec::new() });
        };
        let mut policy = business.settings.models.clone();
        policy.day_hard = NO_CEILING;
        let store = self.store.of(business.tenant.id);
        let before = store.model_calls(Timestamp::UNIX_EPOCH, u32::MAX).await?.len();
        let purse = Purse {
            store: store.as_ref(),
            tenant: business.tenant.id,
            policy: &policy,
            today: now.date(),
            thread: None,
        };
        let names: Vec<&str> = heard.slots.name.as_deref().into_iter().collect();
        let words = Masked::new(&line.text, &names);
        let scene = Scene {
            business,
            now: &now,
            expecting,
            offered: &[],
            known_date: None,
            acts_at_once: false,
        };
        let unsure = Unsure { scene, text: &line.text, words: &words, heard: &heard, doubt };
        let heard = match unsure.ask(&router, purse).await {
            Meaning::Understood(heard) => *heard,
            Meaning::Unknown | Meaning::Ceiling => heard,
        };
        let calls = store.model_calls(Timestamp::UNIX_EPOCH, u32::MAX).await?.split_off(before);
        Ok(LineTaken { heard, calls })
    }

    /// A router whose providers have done nothing yet: one line's failures are not the next line's.
    fn router(&self, now: Timestamp) -> Option<Router> {
        let plan = self.configuration.plan.clone()?;
        let clock = Arc::new(ManualClock::at(now));
        let entropy = Arc::new(SeededEntropy::new(self.calls.len() as u64));
        Some(Router::new(plan, self.providers.iter().cloned(), clock, entropy))
    }

    /// Adds a line.
    pub(super) fn add_line(
        &mut self,
        number: usize,
        line: &Line,
        tenant: &EvalTenant,
        taken: LineTaken,
        latencies: Vec<u64>,
    ) {
        self.measure.line(number, line, tenant, &taken.heard);
        self.lines_asked += u64::from(!taken.calls.is_empty());
        self.calls.extend(taken.calls);
        self.latencies.extend(latencies);
    }

    /// Counts a line that nobody can take.
    pub(super) fn measure(&mut self) -> &mut Measure {
        &mut self.measure
    }

    pub(super) fn report(&self) -> ColumnReport {
        let (mut by_role, mut errors) = (BTreeMap::new(), BTreeMap::new());
        let mut tokens = Tokens::default();
        for call in &self.calls {
            *by_role.entry(call.role.as_str()).or_default() += 1;
            if call.outcome != "ok" {
                *errors.entry(call.outcome.clone()).or_default() += 1;
            }
            tokens.prompt += call.usage.prompt();
            tokens.cached += call.usage.cache_read;
            tokens.output += call.usage.output;
        }
        let bookings = self.conversations.bookings;
        ColumnReport {
            name: self.configuration.name.clone(),
            conversations: self.conversations.clone(),
            corpus: LineShare::of(&self.measure.report(), self.lines_asked),
            calls: self.calls.len() as u64,
            by_role,
            errors,
            tokens,
            cost_micro_usd: self.calls.iter().map(|call| call.cost).sum(),
            cost_per_booking_micro_usd: (bookings > 0)
                .then(|| MicroUsd(self.conversations_cost.0.div_ceil(bookings))),
            latency_ms: Latency::of(&self.latencies, USUAL_PATIENCE_MS),
        }
    }
}
