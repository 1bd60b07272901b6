//! One golden conversation from its first turn to its last, and what became of it.

use std::sync::Arc;

use jiff::SignedDuration;

use super::setup::tenant;
use super::{Scenario, ScenarioError, broken};
use crate::adapters::seal::SecretKey;
use crate::adapters::sqlite::SqliteStore;
use crate::domain::appointment::AppointmentStatus;
use crate::domain::model_policy::ModelPolicy;
use crate::models::plan::Plan;
use crate::ports::llm::LlmProvider;
use crate::ports::spend::ModelCall;
use crate::ports::store::Store;
use crate::testing::expect::check;
use crate::testing::golden::Golden;

/// Where a golden conversation differs from what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The turn, from 1.
    pub turn: usize,
    /// What was expected and what was so, in one line each.
    pub problems: Vec<String>,
}

/// What became of a golden conversation.
#[derive(Debug, Clone)]
pub struct GoldenReport {
    /// Its name.
    pub name: String,
    /// Where it differs; empty when it fits.
    pub mismatches: Vec<Mismatch>,
    /// What was said, for people: `> ` the customer, `< ` the business.
    pub transcript: String,
    /// The conversations that came of it, for replays.
    pub threads: usize,
    /// Calls of models.
    pub llm_calls: u64,
    /// The same calls as the ledger has them.
    pub calls: Vec<ModelCall>,
    /// Messages that somebody wrote.
    pub messages: u64,
    /// Of those, the ones at which a model was called.
    pub asked: u64,
    /// Bookings of the customer that stand in the end, visits included.
    pub bookings: u64,
}

/// Runs a golden conversation on an SQLite store in memory.
pub async fn run(golden: &Golden) -> Result<GoldenReport, ScenarioError> {
    run_afresh(golden, &Behind::default()).await
}

/// Runs a golden conversation on an SQLite store in memory, with models of the caller's behind it.
pub async fn run_afresh(golden: &Golden, behind: &Behind) -> Result<GoldenReport, ScenarioError> {
    let store = attempt!(
        "the store can't be opened",
        SqliteStore::in_memory(&SecretKey::for_tests()).await
    );
    run_behind(golden, Arc::new(store), behind).await
}

/// Runs a golden conversation on any empty store.
pub async fn run_on(golden: &Golden, store: Arc<dyn Store>) -> Result<GoldenReport, ScenarioError> {
    run_behind(golden, store, &Behind::default()).await
}

/// The models behind a golden conversation, where it is not the document that scripts them.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    /// Providers, beside those that the document scripts.
    pub llms: Vec<Arc<dyn LlmProvider>>,
    /// What the tenant lets them cost, where that is not what the fixture says.
    pub policy: Option<ModelPolicy>,
    /// Which of them answers what, where that is not what the built-in table says.
    pub plan: Option<Plan>,
    /// How long a turn waits for one, where that is not what the builder says.
    pub patience: Option<SignedDuration>,
}

/// Runs a golden conversation on any empty store, with models of the caller's behind it.
pub async fn run_behind(
    golden: &Golden,
    store: Arc<dyn Store>,
    behind: &Behind,
) -> Result<GoldenReport, ScenarioError> {
    let (mut business, snippets) = tenant(&golden.tenant)?;
    if let Some(policy) = &behind.policy {
        business.settings.models = policy.clone();
    }
    let mut scenario = Scenario::begin(golden, business, snippets, store, behind).await?;
    let mut mismatches = Vec::new();
    let (mut llm_calls, mut messages, mut asked, mut bookings) = (0, 0, 0, 0);
    for (n, turn) in golden.turns.iter().enumerate() {
        scenario.turn_to(turn)?;
        let before = scenario.channel().sent().len();
        let failure = match scenario.happen(turn).await {
            Ok(failure) => failure,
            // What has already gone another way can't be followed to its end.
            Err(error) if !mismatches.is_empty() => {
                mismatches.push(Mismatch { turn: n + 1, problems: vec![error.to_string()] });
                break;
            }
            Err(error) => return Err(error),
        };
        let seen = scenario.seen(before, failure).await?;
        if turn.user.is_some() || turn.admin.is_some() {
            messages += 1;
            asked += u64::from(seen.llm_calls > llm_calls);
        }
        llm_calls = seen.llm_calls;
        bookings = seen.appointments.iter().filter(|a| stands(a.status)).count() as u64;
        let problems = check(&turn.expect, &seen, &scenario.business);
        if !problems.is_empty() {
            mismatches.push(Mismatch { turn: n + 1, problems });
        }
    }
    let calls = scenario.calls().await?;
    let (threads, replayed) = scenario.replay().await?;
    if !replayed.is_empty() {
        mismatches.push(Mismatch { turn: golden.turns.len(), problems: replayed });
    }
    Ok(GoldenReport {
        name: golden.name.clone(),
        mismatches,
        transcript: scenario.transcript,
        threads,
        llm_calls,
        calls,
        messages,
        asked,
        bookings,
    })
}

/// Whether it is a booking, and was not given back.
const fn stands(status: AppointmentStatus) -> bool {
    use AppointmentStatus as S;
    match status {
        S::Confirmed | S::Completed | S::NoShow => true,
        S::Held | S::Cancelled | S::Expired => false,
    }
}
