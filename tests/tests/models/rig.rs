//! What these tests share: rigs of the providers, a tenant in a store, a router over scripted models.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::anthropic::{Anthropic, AnthropicSettings};
use ratiba_core::adapters::openai::{OpenAi, OpenAiSettings};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::id::{Mint, TenantId, ThreadId};
use ratiba_core::domain::model_policy::ModelPolicy;
use ratiba_core::engine::models::{Purse, Question, Router};
use ratiba_core::models::plan::{Plan, Routes};
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::models::table::{Model, ModelTable};
use ratiba_core::ports::llm::{LlmFaultKind, LlmPart, LlmProvider};
use ratiba_core::ports::store::{NewTenant, Registry as _, Store as _, TenantStore};
use ratiba_core::sim::llm::{ModelFault, ModelSim};
use ratiba_core::testing::conformance::llm::LlmRig;
use ratiba_core::testing::{ManualClock, ModelTrouble, ScriptedModel, SeededEntropy};
use serde_json::Value;

pub(super) const KEY: &str = "sk-sim-key";

pub(super) fn now() -> Timestamp {
    "2026-11-23T09:00:00+03:00".parse().unwrap()
}

/// The first model of a provider in the table.
pub(crate) fn model_of(provider: &str) -> Model {
    let table = ModelTable::builtin().unwrap();
    table.models.into_iter().find(|model| model.provider == provider).unwrap()
}

/// A real adapter against its stand-in.
pub(super) struct SimRig {
    pub(super) sim: ModelSim,
    pub(super) provider: Arc<dyn LlmProvider>,
    model: Arc<Model>,
}

impl SimRig {
    pub(super) async fn anthropic() -> Self {
        let sim = ModelSim::anthropic(KEY).await.unwrap();
        let settings =
            AnthropicSettings { base_url: sim.base_url().to_owned(), api_key: KEY.into() };
        let provider = Arc::new(Anthropic::new(&settings).unwrap());
        Self { sim, provider, model: Arc::new(model_of("anthropic")) }
    }

    pub(super) async fn openai() -> Self {
        let sim = ModelSim::openai(KEY).await.unwrap();
        let settings = OpenAiSettings { base_url: sim.base_url().to_owned(), api_key: KEY.into() };
        let provider = Arc::new(OpenAi::new(&settings).unwrap());
        Self { sim, provider, model: Arc::new(model_of("openai")) }
    }
}

impl LlmRig for SimRig {
    fn provider(&self) -> &dyn LlmProvider {
        self.provider.as_ref()
    }

    fn model(&self) -> Arc<Model> {
        Arc::clone(&self.model)
    }

    fn answers(&self, answer: Value) {
        self.sim.rule(ModelRule { role: None, when: None, answer });
    }

    fn trouble_next(&self, trouble: ModelTrouble) {
        self.sim.fault_next(match trouble {
            ModelTrouble::Hangs => ModelFault::Stall,
            ModelTrouble::Refuses => ModelFault::Refusal,
            ModelTrouble::Cut => ModelFault::HalfAnswer,
            ModelTrouble::Babbles => ModelFault::Babble,
            ModelTrouble::Fails(kind) => match kind {
                LlmFaultKind::Overloaded => ModelFault::Overloaded { retry_after: None },
                LlmFaultKind::RateLimited => ModelFault::RateLimited { retry_after: "7" },
                LlmFaultKind::SpendCapped => ModelFault::SpendCapped,
                LlmFaultKind::Unauthorised => ModelFault::KeyRevoked,
                LlmFaultKind::NoSuchModel => ModelFault::ModelRetired,
                LlmFaultKind::TooLarge => ModelFault::TooLarge,
                LlmFaultKind::BadRequest => ModelFault::GrammarTooLarge,
                LlmFaultKind::Broken | LlmFaultKind::Unreachable => ModelFault::Cut { after: 0 },
                LlmFaultKind::TimedOut => ModelFault::Stall,
            },
        });
    }
}

/// A tenant in a store, and a router over two scripted providers.
pub(super) struct World {
    pub(super) store: Arc<dyn TenantStore>,
    pub(super) tenant: TenantId,
    pub(super) clock: Arc<ManualClock>,
    pub(super) first: ScriptedModel,
    pub(super) second: ScriptedModel,
    pub(super) router: Arc<Router>,
    pub(super) policy: ModelPolicy,
}

impl World {
    pub(super) async fn new() -> Self {
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
        let tenant = make_tenant(&store).await;
        Self::over(store.of(tenant), tenant)
    }

    pub(super) fn over(store: Arc<dyn TenantStore>, tenant: TenantId) -> Self {
        let clock = Arc::new(ManualClock::at(now()));
        let (first, second) = (ScriptedModel::named("anthropic"), ScriptedModel::named("openai"));
        let plan = Plan::new(ModelTable::builtin().unwrap(), Routes::new()).unwrap();
        let providers: [Arc<dyn LlmProvider>; 2] =
            [Arc::new(first.clone()), Arc::new(second.clone())];
        let entropy = Arc::new(SeededEntropy::new(7));
        let router = Arc::new(Router::new(plan, providers, Arc::clone(&clock) as _, entropy));
        Self { store, tenant, clock, first, second, router, policy: ModelPolicy::default() }
    }

    #[expect(clippy::unused_self, reason = "it is this world's conversation")]
    pub(super) fn thread(&self) -> ThreadId {
        Mint { at: now(), seed: 99 }.id(0)
    }

    pub(super) fn purse(&self) -> Purse<'_> {
        Purse {
            store: self.store.as_ref(),
            tenant: self.tenant,
            policy: &self.policy,
            today: "2026-11-23".parse().unwrap(),
            thread: Some(self.thread()),
        }
    }

    /// Asks for a number, as a document `{"n": 7}`.
    pub(super) async fn ask(&self) -> Result<u64, ratiba_core::engine::models::NoAnswer> {
        self.ask_within(SignedDuration::from_secs(20)).await
    }

    pub(super) async fn ask_within(
        &self,
        within: SignedDuration,
    ) -> Result<u64, ratiba_core::engine::models::NoAnswer> {
        let question = Question {
            role: Role::Classify,
            parts: vec![LlmPart::Text("which number?".to_owned())],
            within,
        };
        self.router.ask(self.purse(), &question, &|value: Value| value["n"].as_u64()).await
    }
}

/// The demo salon in a store.
pub(super) async fn make_tenant(store: &SqliteStore) -> TenantId {
    let salon = demo::tenant("demo-salon").unwrap();
    let id = salon.business.tenant.id;
    let new = NewTenant {
        business: salon.business,
        snippets: salon.snippets,
        accounts: vec![],
        merchants: vec![],
        created_at: now(),
    };
    store.create_tenant(&new).await.unwrap();
    id
}

/// A rule that answers a number to everybody.
pub(super) fn number(n: u64) -> ModelRule {
    ModelRule { role: None, when: None, answer: serde_json::json!({ "n": n }) }
}
