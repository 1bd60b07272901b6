//! Golden conversations with models that are of no use: all of their providers are down, or the day's money is spent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::domain::model_policy::ModelPolicy;
use ratiba_core::ports::llm::{LlmFaultKind as Kind, LlmProvider};
use ratiba_core::testing::golden::Golden;
use ratiba_core::testing::scenario::{self, Behind};
use ratiba_core::testing::{ModelTrouble, ScriptedModel};

/// Every golden conversation whose document scripts no model of its own.
fn goldens() -> Vec<(PathBuf, Golden)> {
    let mut found = Vec::new();
    let mut left = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ext| ext == "yaml") {
            let golden = Golden::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
            if golden.models.is_empty() {
                found.push((path, golden));
            }
        }
    }
    assert!(found.len() > 200, "{} golden conversations", found.len());
    found
}

/// Runs one with both providers in trouble, and tells how often they were asked. What differs goes to `failures`.
async fn run(
    (path, golden): &(PathBuf, Golden),
    trouble: ModelTrouble,
    policy: Option<ModelPolicy>,
    failures: &mut Vec<String>,
) -> usize {
    let models = ["anthropic", "openai"].map(ScriptedModel::named);
    for model in &models {
        model.trouble_always(Some(trouble));
    }
    let llms = models.iter().map(|model| Arc::new(model.clone()) as Arc<dyn LlmProvider>).collect();
    let store = Arc::new(SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap());
    let behind = Behind { llms, policy, ..Behind::default() };
    let report = scenario::run_behind(golden, store, &behind).await.unwrap();
    for mismatch in &report.mismatches {
        let name = path.file_name().unwrap().to_string_lossy();
        failures.push(format!(
            "{name} with {trouble:?}, turn {}: {}",
            mismatch.turn,
            mismatch.problems.join("; ")
        ));
    }
    models.iter().map(|model| model.asked().len()).sum()
}

#[tokio::test]
async fn golden_conversations_come_out_as_written_with_every_provider_down() {
    let fails = ModelTrouble::Fails;
    let mut failures = Vec::new();
    let mut touched = Vec::new();
    for golden in goldens() {
        if run(&golden, fails(Kind::Overloaded), None, &mut failures).await > 0 {
            touched.push(golden);
        }
    }
    // Those that ask nobody can't tell how nobody answers; those that ask bear every other way.
    assert!(touched.len() > 5, "{} ask a model", touched.len());
    let others = [
        fails(Kind::RateLimited),
        fails(Kind::SpendCapped),
        fails(Kind::Unauthorised),
        fails(Kind::NoSuchModel),
        fails(Kind::TooLarge),
        fails(Kind::BadRequest),
        fails(Kind::Unreachable),
        fails(Kind::TimedOut),
        fails(Kind::Broken),
        ModelTrouble::Refuses,
        ModelTrouble::Cut,
        ModelTrouble::Babbles,
    ];
    for golden in &touched {
        for trouble in others {
            let asked = run(golden, trouble, None, &mut failures).await;
            assert!(asked > 0, "{} asks nobody with {trouble:?}", golden.0.display());
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn golden_conversations_come_out_as_written_when_every_provider_hangs() {
    let (mut failures, mut asked) = (Vec::new(), 0);
    for golden in goldens() {
        asked += run(&golden, ModelTrouble::Hangs, None, &mut failures).await;
    }
    assert!(asked > 5, "{asked} calls");
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test]
async fn golden_conversations_come_out_as_written_when_the_days_money_is_spent() {
    let spent = ModelPolicy { day_hard: 1, ..ModelPolicy::default() };
    let (mut failures, mut asked) = (Vec::new(), 0);
    for golden in goldens() {
        asked += run(&golden, ModelTrouble::Babbles, Some(spent.clone()), &mut failures).await;
    }
    assert_eq!(asked, 0, "there was no money to ask with");
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
