//! What a model behind the ear is good for: conversations whose messages the ear does not understand, with a scripted model and without any. The
//! answers are those that the prompts ask for (`tests/golden-model/answers.jsonl`), so the figure says what Ratiba makes of a right answer, and not how
//! often a model gives one: that is `ratiba eval` with keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use ratiba_core::adapters::anthropic::{Anthropic, AnthropicSettings};
use ratiba_core::adapters::openai::{OpenAi, OpenAiSettings};
use ratiba_core::ports::llm::LlmProvider;
use ratiba_core::sim::llm::ModelSim;
use ratiba_core::testing::golden::{Count, Golden};
use ratiba_core::testing::scenario::{self, Behind};

use super::rig::{KEY, model_of};
use crate::terminal::{Env, ratiba};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden-model")
}

/// Every conversation with its file's name.
fn conversations() -> Vec<(String, Golden)> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ext| ext == "yaml")).collect();
    files.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let golden = Golden::parse(&fs::read_to_string(&path).unwrap());
        (name.clone(), golden.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    files.into_iter().map(read).collect()
}

/// Lets a stand-in answer as a model should.
fn taught(sim: ModelSim) -> ModelSim {
    for line in fs::read_to_string(folder().join("answers.jsonl")).unwrap().lines() {
        sim.rule(serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")));
    }
    sim
}

async fn anthropic() -> ModelSim {
    taught(ModelSim::anthropic(KEY).await.unwrap())
}

async fn openai() -> ModelSim {
    taught(ModelSim::openai(KEY).await.unwrap())
}

/// The turns at which the document wants a model to be called.
fn asking(golden: &Golden) -> Vec<usize> {
    let mut before = 0;
    let mut turns = Vec::new();
    for (n, turn) in golden.turns.iter().enumerate() {
        let calls = match turn.expect.llm_calls {
            Some(Count::Exactly(calls) | Count::AtMost { max: calls }) => calls,
            None => before,
        };
        if calls > before {
            turns.push(n + 1);
        }
        before = calls;
    }
    turns
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_as_written_with_either_provider_and_without_one_goes_wrong_where_a_model_was_asked()
 {
    let (claude, gpt) = (anthropic().await, openai().await);
    let settings =
        AnthropicSettings { base_url: claude.base_url().to_owned(), api_key: KEY.into() };
    let first: Arc<dyn LlmProvider> = Arc::new(Anthropic::new(&settings).unwrap());
    let settings = OpenAiSettings { base_url: gpt.base_url().to_owned(), api_key: KEY.into() };
    let second: Arc<dyn LlmProvider> = Arc::new(OpenAi::new(&settings).unwrap());
    let mut failures = Vec::new();
    let mut languages = BTreeMap::<&str, u32>::new();
    let all = conversations();
    for (name, golden) in &all {
        *languages.entry(name.rsplit('-').next().unwrap()).or_default() += 1;
        for provider in [&first, &second] {
            let behind = Behind {
                llms: vec![Arc::clone(provider)],
                patience: Some(SignedDuration::from_secs(60)),
                ..Behind::default()
            };
            let report = scenario::run_afresh(golden, &behind).await.unwrap();
            for mismatch in &report.mismatches {
                let problems = mismatch.problems.join("; ");
                let turn = mismatch.turn;
                failures.push(format!(
                    "{name} with {}, turn {turn}: {problems}\n{}",
                    provider.name(),
                    report.transcript
                ));
            }
        }
        let mut alone = golden.clone();
        alone.turns.iter_mut().for_each(|turn| turn.expect.llm_calls = None);
        let report = scenario::run_afresh(&alone, &Behind::default()).await.unwrap();
        let (first_wrong, asked) = (report.mismatches.first().map(|m| m.turn), asking(golden));
        if first_wrong != asked.first().copied() {
            failures.push(format!("{name} without a model: {first_wrong:?}, asked at {asked:?}"));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
    let enough = languages.values().all(|n| *n >= 4) && languages.keys().eq(&["en", "mixed", "sw"]);
    assert!(enough && all.len() >= 20, "{languages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_comparison_shows_what_a_model_adds_as_a_figure() {
    let (claude, gpt) = (anthropic().await, openai().await);
    let env: Env = vec![
        ("ANTHROPIC_API_KEY", KEY.to_owned()),
        ("ANTHROPIC_BASE_URL", claude.base_url().to_owned()),
        ("OPENAI_API_KEY", KEY.to_owned()),
        ("OPENAI_BASE_URL", gpt.base_url().to_owned()),
    ];
    let folder = folder().display().to_string();
    let (one, other) = (model_of("anthropic").name, model_of("openai").name);
    let names = ["none", "default", &one, &other];
    let mut args = vec!["eval", "--golden", &folder];
    args.extend(names.iter().flat_map(|name| ["--with", name]));
    let (code, report) = ratiba(&args, &env).await;
    assert_eq!((code, &report["complete"], &report["skipped"]), (0, &true.into(), &0.into()));
    let of = conversations().len() as u64;
    let mut passed = Vec::new();
    for (column, name) in report["configurations"].as_array().unwrap().iter().zip(names) {
        assert_eq!((&column["name"], &column["conversations"]["of"]), (&name.into(), &of.into()));
        passed.push(column["conversations"]["passed"].as_u64().unwrap());
        let asks = name != "none";
        assert_eq!(column["calls"].as_u64().unwrap() >= of, asks, "{column}");
        assert_eq!(column["cost_per_booking_micro_usd"].as_u64().unwrap_or(0) > 0, asks);
    }
    assert_eq!(passed, [0, of, of, of], "{report}");
}
