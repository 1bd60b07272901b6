//! The router: a chain of models, one retry in all, a breaker for each provider, a reservation for each call.
//!
//! A caller hears an answer that has passed its own reading, or why there is none; then the deterministic answer stands. Nothing here fails a turn:
//! a store that can't reserve means that no call is made.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;

use super::report::{self, Ended};
use crate::domain::id::{Mint, ModelCallId, TenantId, ThreadId};
use crate::domain::model_policy::ModelPolicy;
use crate::domain::tenant::Business;
use crate::models::breaker::{Breaker, Went};
use crate::models::cost::MicroUsd;
use crate::models::plan::{Needs, Plan};
use crate::models::prompt::Prompt;
use crate::models::role::Role;
use crate::models::table::Model;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmPart, LlmProvider, LlmReply, LlmRequest};
use crate::ports::spend::{SpendStore, SpendVerdict, SpendWish};

/// With less than this left no call is begun.
const LEAST: Duration = Duration::from_millis(150);
/// A reservation outlives its call by so much before it counts as a dead process's.
const RUNS_OUT_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Whose money is spent.
#[derive(Clone, Copy)]
pub struct Purse<'a> {
    /// Where it is written down.
    pub store: &'a dyn SpendStore,
    /// Whose it is.
    pub tenant: TenantId,
    /// What the tenant allows.
    pub policy: &'a ModelPolicy,
    /// The tenant's local day.
    pub today: Date,
    /// The booking that it is for.
    pub thread: Option<ThreadId>,
}

impl<'a> Purse<'a> {
    /// The purse of a tenant at a moment, for a booking's conversation or for none.
    pub fn of(
        store: &'a dyn SpendStore,
        business: &'a Business,
        now: Timestamp,
        thread: Option<ThreadId>,
    ) -> Self {
        Self {
            store,
            tenant: business.tenant.id,
            policy: &business.settings.models,
            today: now.to_zoned(business.tenant.zone.clone()).date(),
            thread,
        }
    }
}

impl fmt::Debug for Purse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purse")
            .field("tenant", &self.tenant)
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

/// What is to be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// What for.
    pub role: Role,
    /// The user part.
    pub parts: Vec<LlmPart>,
    /// How long all tries together may take.
    pub within: SignedDuration,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// No model is there for that role: no key, switched off, or left alone for a while.
    NoModel,
    /// The booking has cost what it may.
    BookingCeiling,
    /// The tenant's day has cost what it may.
    DayCeiling,
    /// All that were asked failed, or said nothing that can be believed.
    Failed,
    /// There was no time left.
    TooLate,
}

/// The router.
pub struct Router {
    plan: Plan,
    providers: BTreeMap<String, Arc<dyn LlmProvider>>,
    breakers: Mutex<BTreeMap<String, Breaker>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").field("providers", &self.providers).finish_non_exhaustive()
    }
}

impl Router {
    /// A router over these providers; with none it never has an answer.
    pub fn new(
        plan: Plan,
        providers: impl IntoIterator<Item = Arc<dyn LlmProvider>>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let providers =
            providers.into_iter().map(|provider| (provider.name().to_owned(), provider)).collect();
        Self { plan, providers, breakers: Mutex::default(), clock, entropy }
    }

    /// Whether any model could be asked for a role.
    pub fn has(&self, role: Role, policy: &ModelPolicy) -> bool {
        policy.enabled && !self.chain(role, policy, Needs::default(), false).is_empty()
    }

    /// The plan in force.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Providers that are left alone just now.
    pub fn resting(&self) -> Vec<String> {
        let now = self.clock.now();
        let breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.iter().filter(|(_, b)| b.is_open(now)).map(|(name, _)| name.clone()).collect()
    }

    /// Asks along the chain until `read` believes an answer.
    pub async fn ask<T>(
        &self,
        purse: Purse<'_>,
        question: &Question,
        read: &(dyn Fn(Value) -> Option<T> + Send + Sync),
    ) -> Result<T, NoAnswer> {
        if !purse.policy.enabled {
            return Err(NoAnswer::NoModel);
        }
        let thrifty = self.is_thrifty(&purse).await;
        let chain = self.chain(question.role, purse.policy, needs(&question.parts), thrifty);
        let deadline = Instant::now() + unsigned(question.within);
        let mut why = NoAnswer::NoModel;
        let mut may_retry = true;
        for model in chain {
            if model.retires.is_some_and(|gone| gone <= purse.today) {
                continue;
            }
            loop {
                let left = deadline.saturating_duration_since(Instant::now());
                if left < LEAST {
                    return Err(NoAnswer::TooLate);
                }
                let Some(provider) = self.admitted(model) else { break };
                let Some(request) = self.request(model, question, left, purse.tenant) else {
                    break;
                };
                let (answer, retry) =
                    match self.call(&purse, provider.as_ref(), &request, read).await {
                        Called::Refused(ceiling) => return Err(ceiling),
                        Called::Ended { answer, may_retry } => (answer, may_retry),
                    };
                if let Some(answer) = answer {
                    return Ok(answer);
                }
                why = NoAnswer::Failed;
                if !(retry && std::mem::take(&mut may_retry)) {
                    break;
                }
            }
        }
        Err(why)
    }

    fn chain<'a>(
        &'a self,
        role: Role,
        policy: &'a ModelPolicy,
        needs: Needs,
        thrifty: bool,
    ) -> Vec<&'a Model> {
        let own = policy.chains.get(role.as_str()).map(Vec::as_slice);
        self.plan.chain(role, own, needs, thrifty, |name| self.providers.contains_key(name))
    }

    /// Whether the booking is past its soft ceiling. A store that does not answer makes us careful.
    async fn is_thrifty(&self, purse: &Purse<'_>) -> bool {
        let Some(thread) = purse.thread else { return false };
        match purse.store.spent_on(thread).await {
            Ok(spent) => spent >= MicroUsd(purse.policy.booking_soft),
            Err(error) => {
                tracing::warn!(tenant.id = %purse.tenant, error = &error as &dyn std::error::Error, "nobody could tell what a booking has cost");
                true
            }
        }
    }

    fn request(
        &self,
        model: &Model,
        question: &Question,
        left: Duration,
        tenant: TenantId,
    ) -> Option<LlmRequest> {
        let route = self.plan.route(question.role)?;
        let prompt = Prompt::of(question.role, route.prompt)?;
        let timeout = left.min(Duration::from_millis(route.timeout_ms));
        Some(LlmRequest {
            role: question.role,
            model: Arc::new(model.clone()),
            system: prompt.system,
            user: question.parts.clone(),
            schema: prompt.schema(),
            schema_name: question.role.as_str().to_owned(),
            max_output_tokens: route.max_output_tokens.min(model.max_output_tokens),
            timeout: SignedDuration::try_from(timeout).unwrap_or(SignedDuration::MAX),
            subject: tenant.to_string(),
        })
    }

    /// One call: reserved, limited in time, read, settled.
    async fn call<T>(
        &self,
        purse: &Purse<'_>,
        provider: &dyn LlmProvider,
        request: &LlmRequest,
        read: &(dyn Fn(Value) -> Option<T> + Send + Sync),
    ) -> Called<T> {
        let worst = request.model.worst_case(&request.size(), &self.plan.table().worst_case);
        let Some(wish) = self.wish(purse, request, worst) else {
            return Called::Refused(NoAnswer::NoModel);
        };
        let ceiling = match purse.store.reserve_spend(&wish).await {
            Ok(SpendVerdict::Granted) => None,
            Ok(SpendVerdict::BookingCeiling) => Some(NoAnswer::BookingCeiling),
            Ok(SpendVerdict::DayCeiling) => Some(NoAnswer::DayCeiling),
            Err(error) => {
                tracing::warn!(tenant.id = %purse.tenant, error = &error as &dyn std::error::Error, "a call could not be reserved, and is not made");
                Some(NoAnswer::Failed)
            }
        };
        if let Some(ceiling) = ceiling {
            self.release_probe(&request.model);
            metrics::counter!("ratiba_model_refused_total", "role" => request.role.as_str())
                .increment(1);
            return Called::Refused(ceiling);
        }
        let began = Instant::now();
        let asked = tokio::time::timeout(unsigned(request.timeout), provider.ask(request)).await;
        let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (answer, ended) = match asked.unwrap_or_else(|_| Err(out_of_time())) {
            Ok(reply) => judge(request, &reply, latency_ms, read),
            Err(fault) => {
                tracing::warn!(
                    tenant.id = %purse.tenant, model.role = %request.role, model.name = %request.model.name,
                    code = fault.code, request_id = fault.request_id, fault = %fault, "a model failed"
                );
                (None, report::failed(&request.model, &fault, worst, latency_ms))
            }
        };
        self.record(&request.model, &ended);
        report::count(request, &ended.end);
        if let Err(error) = purse.store.settle_spend(wish.id, &ended.end, self.clock.now()).await {
            // The reservation stands until it runs out, so no ceiling is passed meanwhile.
            tracing::error!(tenant.id = %purse.tenant, call.id = %wish.id, error = &error as &dyn std::error::Error, "a call could not be settled");
        }
        Called::Ended { answer, may_retry: ended.may_retry }
    }

    fn wish(&self, purse: &Purse<'_>, request: &LlmRequest, worst: MicroUsd) -> Option<SpendWish> {
        let route = self.plan.route(request.role)?;
        let prompt = Prompt::of(request.role, route.prompt)?;
        let now = self.clock.now();
        let id: ModelCallId = Mint { at: now, seed: self.entropy.draw() }.id(0);
        Some(SpendWish {
            id,
            thread: purse.thread,
            day: purse.today,
            role: request.role,
            provider: request.model.provider.clone(),
            model: request.model.name.clone(),
            prompt: prompt.name(),
            prompt_hash: prompt.hash(),
            prices: self.plan.table().as_of,
            worst,
            booking_ceiling: MicroUsd(purse.policy.booking_hard),
            day_ceiling: MicroUsd(purse.policy.day_hard),
            at: now,
            expires_at: now + request.timeout + RUNS_OUT_AFTER,
        })
    }

    /// The model's provider, if both it and the model may be asked now.
    fn admitted(&self, model: &Model) -> Option<&Arc<dyn LlmProvider>> {
        let provider = self.providers.get(&model.provider)?;
        let now = self.clock.now();
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        for name in [model_key(model), model.provider.clone()] {
            if !breakers.entry(name).or_default().admit(now) {
                return None;
            }
        }
        Some(provider)
    }

    fn record(&self, model: &Model, ended: &Ended) {
        let now = self.clock.now();
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, went) in
            [(model_key(model), ended.model), (model.provider.clone(), ended.provider)]
        {
            let breaker = breakers.entry(name.clone()).or_default();
            let was = breaker.is_open(now);
            breaker.record(went, now);
            if breaker.is_open(now) && !was {
                metrics::counter!("ratiba_model_breaker_opened_total", "name" => name.clone())
                    .increment(1);
                if went == Went::Stopped {
                    tracing::error!(model = name, outcome = %ended.end.outcome, "an operator must act: models of this name are not asked until then");
                } else {
                    tracing::warn!(model = name, "left alone for a while");
                }
            }
        }
    }

    /// No call was made after all, so nothing was learnt: what was admitted as a probe may be tried by somebody else.
    fn release_probe(&self, model: &Model) {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        for name in [model_key(model), model.provider.clone()] {
            breakers.entry(name).or_default().withdraw(self.clock.now());
        }
    }
}

enum Called<T> {
    Refused(NoAnswer),
    Ended { answer: Option<T>, may_retry: bool },
}

/// What a reply is worth.
fn judge<T>(
    request: &LlmRequest,
    reply: &LlmReply,
    latency_ms: u64,
    read: &(dyn Fn(Value) -> Option<T> + Send + Sync),
) -> (Option<T>, Ended) {
    let ended = |outcome: &str| report::replied(&request.model, reply, outcome, latency_ms);
    if let Some(outcome) = report::unusable(reply.stop) {
        return (None, ended(outcome));
    }
    let Ok(value) = serde_json::from_str::<Value>(&reply.text) else {
        return (None, ended("unreadable"));
    };
    match read(value) {
        Some(answer) => (Some(answer), ended("ok")),
        None => (None, ended("disbelieved")),
    }
}

fn model_key(model: &Model) -> String {
    format!("{}/{}", model.provider, model.name)
}

fn out_of_time() -> LlmFault {
    LlmFault::new(LlmFaultKind::TimedOut, "the model did not answer in time")
}

fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or(Duration::ZERO)
}

fn needs(parts: &[LlmPart]) -> Needs {
    Needs {
        images: parts.iter().any(|part| matches!(part, LlmPart::Image { .. })),
        pdf: parts.iter().any(|part| matches!(part, LlmPart::Pdf { .. })),
    }
}
