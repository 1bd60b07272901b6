//! Tests of the tape.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;

use super::recorded::{Header, Outcome, hash};
use super::tape::{Tape, TapeTrouble};
use crate::models::cost::MicroUsd;
use crate::models::prompt::Prompt;
use crate::models::role::Role;
use crate::models::table::{ModelTable, WorstCase};
use crate::ports::llm::{LlmFaultKind, LlmPart, LlmProvider, LlmRequest};
use crate::testing::llm::{ModelRule, ModelTrouble, ScriptedModel};

/// A file in memory.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn header() -> Header {
    let now = "2026-11-23T06:00:00Z".parse().unwrap();
    let table = ModelTable::builtin().unwrap();
    Header::new(now, table.as_of, vec!["anthropic".to_owned()])
}

fn rules() -> WorstCase {
    ModelTable::builtin().unwrap().worst_case
}

fn request(words: &str) -> LlmRequest {
    let table = ModelTable::builtin().unwrap();
    let model = table.models.into_iter().find(|m| m.provider == "anthropic").unwrap();
    let prompt = Prompt::of(Role::Classify, None).unwrap();
    LlmRequest {
        role: Role::Classify,
        model: Arc::new(model),
        system: prompt.system,
        user: vec![LlmPart::Text(words.to_owned())],
        schema: prompt.schema(),
        schema_name: "classify".to_owned(),
        max_output_tokens: 100,
        timeout: SignedDuration::from_secs(8),
        subject: "tnt_1".to_owned(),
    }
}

fn model() -> ScriptedModel {
    let model = ScriptedModel::named("anthropic");
    for word in ["one", "two"] {
        let answer = serde_json::json!({ "n": word });
        model.rule(ModelRule::new(Role::Classify, word, answer));
    }
    model
}

fn on(tape: &Tape, model: &ScriptedModel) -> Arc<dyn LlmProvider> {
    tape.provider("default", "anthropic", &[Arc::new(model.clone())])
}

#[tokio::test(start_paused = true)]
async fn a_run_is_played_again_to_the_word_without_anybody_asked() {
    let (paper, model) = (Paper::default(), model());
    let tape = Tape::live(header(), rules(), Some(Box::new(paper.clone())));
    let provider = on(&tape, &model);
    let kind = LlmFaultKind::RateLimited;
    let troubles = [None, Some(ModelTrouble::Fails(kind)), Some(ModelTrouble::Hangs), None];
    let mut live = Vec::new();
    for (trouble, words) in troubles.into_iter().zip(["one", "one", "two", "one"]) {
        model.trouble_always(trouble);
        live.push(Outcome::of(&provider.ask(&request(words)).await));
    }
    let text = paper.text();
    assert_eq!(text.lines().count(), 5);
    assert!(!text.contains("tnt_1") && !text.contains(request("one").system), "{text}");
    let latencies = tape.latencies("default");
    assert!(latencies[2] > 7_000 && latencies[2] < 8_000, "{latencies:?}");

    let again = Tape::recorded(&text, rules()).unwrap();
    assert_eq!(again.header(), tape.header());
    let nobody = ScriptedModel::named("anthropic");
    let provider = on(&again, &nobody);
    let mut played = Vec::new();
    for words in ["one", "one", "two", "one"] {
        // What it may take is no part of the question: a replay has more time left.
        let asked = LlmRequest { timeout: SignedDuration::from_secs(1), ..request(words) };
        played.push(Outcome::of(&provider.ask(&asked).await));
    }
    assert_eq!(played, live);
    assert_eq!((again.latencies("default"), again.spent()), (latencies, tape.spent()));
    assert!(nobody.asked().is_empty() && again.trouble().is_none());
}

#[tokio::test]
async fn the_first_call_that_was_never_recorded_is_named() {
    let (paper, model) = (Paper::default(), model());
    let tape = Tape::live(header(), rules(), Some(Box::new(paper.clone())));
    on(&tape, &model).ask(&request("one")).await.unwrap();
    let again = Tape::recorded(&paper.text(), rules()).unwrap();
    let provider = on(&again, &model);
    provider.ask(&request("one")).await.unwrap();
    provider.ask(&request("two")).await.unwrap_err();
    provider.ask(&request("three")).await.unwrap_err();
    let trouble = again.trouble().unwrap().to_string();
    assert!(trouble.starts_with("call 2 has no recording: classify by "), "{trouble}");
    assert!(trouble.contains(&hash(&request("two"))[..12]), "{trouble}");
    // Under another configuration the same question is another call.
    let other = Tape::recorded(&paper.text(), rules()).unwrap();
    let provider = other.provider("other", "anthropic", &[]);
    provider.ask(&request("one")).await.unwrap_err();
    assert!(matches!(other.trouble(), Some(TapeTrouble::Missing { call: 1, .. })));
}

#[tokio::test]
async fn no_call_is_made_that_could_pass_the_ceiling() {
    let model = model();
    let asked = request("one");
    let worst = asked.model.worst_case(&asked.size(), &rules());
    let tape = Tape::live(header(), rules(), None).with_ceiling(Some(worst));
    let provider = on(&tape, &model);
    provider.ask(&asked).await.unwrap();
    assert!(tape.spent() > MicroUsd::ZERO && tape.spent() < worst);
    provider.ask(&asked).await.unwrap_err();
    assert_eq!(tape.trouble(), Some(TapeTrouble::Ceiling));
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn a_call_that_may_be_charged_counts_at_its_worst() {
    let model = model();
    model.trouble_next(ModelTrouble::Fails(LlmFaultKind::Broken));
    let tape = Tape::live(header(), rules(), None);
    let asked = request("one");
    on(&tape, &model).ask(&asked).await.unwrap_err();
    assert_eq!(tape.spent(), asked.model.worst_case(&asked.size(), &rules()));
}

#[test]
fn what_is_no_recording_is_told() {
    let wrong = |text: &str| Tape::recorded(text, rules()).unwrap_err().to_string();
    assert_eq!(wrong(" \n"), "the recording is empty");
    assert_eq!(wrong("{}"), "line 1 is no line of a recording");
    let first = serde_json::to_string(&header()).unwrap();
    assert_eq!(wrong(&format!("\n{first}\n\n{{}}\n")), "line 4 is no line of a recording");
    let newer = first.replace("\"version\":1", "\"version\":2");
    assert!(wrong(&newer).contains("version 2"), "{newer}");
}

#[test]
fn a_recording_that_can_not_be_written_ends_the_run() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("no space"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let tape = Tape::live(header(), rules(), Some(Box::new(Full)));
    assert_eq!(tape.trouble(), Some(TapeTrouble::Unwritable("no space".to_owned())));
}
