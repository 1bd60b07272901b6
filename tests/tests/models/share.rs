//! How much the deterministic layer does alone: the share of turns that ask no model, and what a model behind it would add.

use std::path::PathBuf;

use ratiba_core::demo;
use ratiba_core::language::answer::best_snippets;
use ratiba_core::language::eval::{Line, demo_tenants};
use ratiba_core::language::hear::HearContext;
use ratiba_core::language::understanding::Intent;
use ratiba_core::models::doubt::doubt;
use ratiba_core::models::hear::Scene;
use ratiba_core::models::reply::{Certainty, Classified, HeardIntent, HeardLanguage};
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::testing::golden::Golden;
use ratiba_core::testing::scenario;
use serde_json::json;

/// The aim: at least so many of a hundred turns ask nobody.
const AIM: usize = 80;

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ext| ext == ending) {
            found.push(path);
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures, for whoever asks for them")]
fn most_lines_of_the_corpora_need_no_model_and_the_rest_gain_by_one() {
    let tenants = demo_tenants();
    let (mut all, mut asked, mut scored, mut right_alone, mut right_with) = (0, 0, 0, 0, 0);
    for file in files("corpus", "jsonl") {
        for line in std::fs::read_to_string(&file).unwrap().lines().filter(|l| !l.trim().is_empty())
        {
            let line: Line = serde_json::from_str(line).unwrap();
            let (Some(slug), Some(now)) = (&line.tenant, line.now) else { continue };
            let tenant = &tenants[slug];
            let now = now.to_zoned(tenant.business.tenant.zone.clone());
            let expecting = line.expecting.unwrap_or_default();
            let ctx = HearContext { expecting, ..HearContext::fresh(&now) };
            let heard = tenant.ear.hear(&line.text, &ctx);
            let snippets = demo::tenant(slug).unwrap().snippets;
            let answered = heard.intent == Intent::Other
                && !best_snippets(&line.text, heard.language, &snippets, 1).is_empty();
            let doubt = doubt(&line.text, &heard, expecting, 0.55, answered);
            all += 1;
            asked += usize::from(doubt.any());
            let Some(truth) = line.intent else { continue };
            scored += 1;
            right_alone += usize::from(heard.intent == truth);
            // A model that knows the truth, as far as it may say it and is believed.
            let name = serde_json::to_value(truth).unwrap();
            let with = match serde_json::from_value::<HeardIntent>(name) {
                Ok(intent) if doubt.intent => {
                    let scene = Scene {
                        business: &tenant.business,
                        now: &now,
                        expecting,
                        offered: &[],
                        known_date: None,
                        acts_at_once: false,
                    };
                    let told = Classified {
                        intent,
                        language: HeardLanguage::Unclear,
                        sentiment: heard.sentiment,
                        certainty: Certainty::High,
                    };
                    scene.believe_intent(&heard, &told).map_or(heard.intent, |u| u.intent)
                }
                _ => heard.intent,
            };
            right_with += usize::from(with == truth);
        }
    }
    println!(
        "corpora: {all} lines, {asked} ask a model; of {scored} intents {right_alone} right alone, {right_with} with a model that knows"
    );
    assert!((all - asked) * 100 >= AIM * all, "{asked} of {all} ask a model");
    assert!(right_with >= right_alone);
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures, for whoever asks for them")]
async fn golden_conversations_ask_hardly_anybody_and_pass_when_a_model_has_nothing_to_say() {
    let (mut turns, mut calls) = (0, 0);
    for file in files("golden", "yaml") {
        let mut golden = Golden::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        if !golden.models.is_empty()
            || golden.turns.iter().any(|turn| turn.expect.llm_calls.is_some())
        {
            continue;
        }
        let nothing = json!({"intent": "unclear", "language": "unclear", "sentiment": "neutral", "certainty": "low"});
        golden.models = vec![ModelRule { role: Some(Role::Classify), when: None, answer: nothing }];
        let report = scenario::run(&golden).await.unwrap();
        assert_eq!(report.mismatches, [], "{}", file.display());
        turns += golden.turns.iter().filter(|turn| turn.user.is_some()).count();
        calls += usize::try_from(report.llm_calls).unwrap();
    }
    println!("golden conversations: {turns} messages, {calls} calls of models");
    assert!((turns - calls.min(turns)) * 100 >= AIM * turns, "{calls} calls for {turns} messages");
}
