//! Ways of using models, compared in the terminal: two providers' stand-ins side by side, a recording that is played with nobody there, faults, and the
//! ceiling.

use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::sim::llm::{ModelFault, ModelSim};
use serde_json::{Value, json};

use super::{Env, ratiba};
use crate::store::TempDir;

const KEY: &str = "sk-sim-key";
/// Words that the ear does not know.
const WISH: &str = "nifanyie ile maajabu ya sherehe";

const CONVERSATION: &str = r#"
name: a wish in words that the ear does not know
tenant: demo-salon
now: 2026-11-23T09:00:00+03:00
channel: whatsapp
customer: "+254712345678"
turns:
  - user: "nifanyie ile maajabu ya sherehe"
    expect: { state: CONFIRM, intent: book, start: 2026-11-24T15:00:00+03:00 }
  - user: "ndio"
    expect: { state: CROSS_SELL_OFFER }
  - user: "hapana"
    expect: { state: AWAITING_PAYMENT }
  - payment: success
    expect: { state: PAYMENT_CONFIRMED }
"#;
const SCRIPTED: &str = r#"
name: a document that scripts its own model
tenant: demo-salon
now: 2026-11-23T09:00:00+03:00
channel: whatsapp
customer: "+254712345678"
models:
  - answer: {}
turns:
  - user: "hi"
"#;
const CORPUS: &str = r#"
{"text": "nifanyie ile maajabu ya sherehe", "now": "2026-11-23T09:00:00+03:00", "tenant": "demo-salon", "intent": "book", "start": "2026-11-24T15:00:00+03:00", "service": "Manicure", "language": "sw"}
{"text": "nataka kusuka kesho saa tisa", "tenant": "demo-salon", "intent": "book", "language": "sw", "service": "Braids"}
"#;

/// Both stand-ins, the files, and the settings of a terminal that reaches them.
struct Bench {
    anthropic: ModelSim,
    openai: ModelSim,
    dir: TempDir,
}

impl Bench {
    /// The first understands the wish, the second nothing.
    async fn new() -> Self {
        let anthropic = ModelSim::anthropic(KEY).await.unwrap();
        let openai = ModelSim::openai(KEY).await.unwrap();
        for (role, answer) in [
            (
                Role::Classify,
                json!({"intent": "book", "language": "sw", "sentiment": "neutral", "certainty": "high"}),
            ),
            (
                Role::Extract,
                json!({"service": "s5", "staff": null, "date": "2026-11-24", "time": "15:00", "part_of_day": null, "choice": null}),
            ),
        ] {
            anthropic.rule(ModelRule::new(role, "maajabu", answer));
        }
        let unclear = json!({"intent": "unclear", "language": "unclear", "sentiment": "neutral", "certainty": "low"});
        openai.rule(ModelRule { role: Some(Role::Classify), when: None, answer: unclear });
        let dir = TempDir::new();
        std::fs::create_dir(dir.0.join("golden")).unwrap();
        for (name, text) in [
            ("golden/wish.yaml", CONVERSATION),
            ("golden/scripted.yaml", SCRIPTED),
            ("corpus.jsonl", CORPUS),
        ] {
            std::fs::write(dir.0.join(name), text).unwrap();
        }
        Self { anthropic, openai, dir }
    }

    fn path(&self, name: &str) -> String {
        self.dir.0.join(name).display().to_string()
    }

    fn env(&self) -> Env {
        vec![
            ("ANTHROPIC_API_KEY", KEY.to_owned()),
            ("ANTHROPIC_BASE_URL", self.anthropic.base_url().to_owned()),
            ("OPENAI_API_KEY", KEY.to_owned()),
            ("OPENAI_BASE_URL", self.openai.base_url().to_owned()),
        ]
    }

    async fn eval(&self, with: &[&str], more: &[&str], env: &Env) -> (i32, Value) {
        let (golden, corpus) = (self.path("golden"), self.path("corpus.jsonl"));
        let mut args = vec!["eval", "--golden", &golden, "--corpus", &corpus];
        args.extend(with.iter().flat_map(|name| ["--with", name]));
        args.extend(more);
        ratiba(&args, env).await
    }

    /// What both stand-ins have billed, and for how many answers.
    fn books(&self) -> (u64, usize) {
        let asked = [self.anthropic.asked(), self.openai.asked()].concat();
        (asked.iter().map(|one| one.charged).sum(), asked.len())
    }
}

/// A configuration of a report.
fn column<'a>(report: &'a Value, name: &str) -> &'a Value {
    let all = report["configurations"].as_array().unwrap();
    all.iter().find(|column| column["name"] == name).unwrap_or_else(|| panic!("{name}: {report}"))
}

/// The first model of a provider in the table.
fn model(provider: &str) -> String {
    crate::models::model_of(provider).name
}

#[tokio::test(flavor = "multi_thread")]
async fn configurations_stand_side_by_side_and_a_recording_gives_the_same_report_with_nobody_there()
{
    let bench = Bench::new().await;
    let (good, poor) = (model("anthropic"), model("openai"));
    let with = ["none", &good, &poor];
    let tape = bench.path("run.jsonl");
    let (code, report) = bench.eval(&with, &["--record", &tape], &bench.env()).await;
    assert_eq!((code, &report["complete"], &report["skipped"]), (0, &true.into(), &1.into()));

    let none = column(&report, "none");
    assert_eq!((&none["calls"], &none["conversations"]["passed"]), (&0.into(), &0.into()));
    assert_eq!(none["corpus"]["intent_accuracy"], 0.5, "{none}");
    assert_eq!(none["latency_ms"], Value::Null);
    let good = column(&report, &good);
    // One message and one line, each with a question for the intent and one for the values.
    assert_eq!((&good["calls"], &good["by_role"]["extract"]), (&4.into(), &2.into()), "{good}");
    let talks = &good["conversations"];
    let figures = ["of", "passed", "messages", "asked", "bookings"].map(|name| &talks[name]);
    assert_eq!(figures, [1, 1, 3, 1, 1].map(Value::from).each_ref(), "{good}");
    let corpus = &good["corpus"];
    assert_eq!((&corpus["n"], &corpus["asked"]), (&2.into(), &1.into()));
    for share in ["intent_accuracy", "start_accuracy", "service_accuracy", "language_accuracy"] {
        assert_eq!(corpus[share], 1.0, "{share}: {good}");
    }
    assert!(good["latency_ms"]["p95"].as_u64() >= good["latency_ms"]["p50"].as_u64());
    let poor = column(&report, &poor);
    assert_eq!((&poor["calls"], &poor["conversations"]["passed"]), (&2.into(), &0.into()));
    assert!(poor["conversations"]["failed"][0]["problems"][0].as_str().unwrap().contains("turn 1"));

    // What it says it has cost is what the providers have billed.
    let cost = |column: &Value| column["cost_micro_usd"].as_u64().unwrap();
    assert_eq!((cost(good) + cost(poor), 6), bench.books());
    assert_eq!(report["spent_micro_usd"], cost(good) + cost(poor));
    let per_booking = good["cost_per_booking_micro_usd"].as_u64().unwrap();
    assert!(per_booking > 0 && per_booking < cost(good), "{good}");

    let text = std::fs::read_to_string(&tape).unwrap();
    assert_eq!(text.lines().count(), 7, "{text}");
    for secret in [KEY, WISH, "254712345678"] {
        assert!(!text.contains(secret), "{secret} is on tape");
    }
    let (code, _) = bench.eval(&with, &["--record", &tape], &bench.env()).await;
    assert_eq!(code, 6, "a recording is not overwritten");

    bench.anthropic.stop().await;
    bench.openai.stop().await;
    let (code, again) = bench.eval(&with, &["--replay", &tape], &Env::new()).await;
    assert_eq!(code, 0);
    assert_eq!(again, report);
    assert_eq!(bench.books().1, 6);
    // Another question has no recording.
    std::fs::write(bench.path("corpus.jsonl"), CORPUS.replace("maajabu", "uzuri")).unwrap();
    let (code, _) = bench.eval(&with, &["--replay", &tape], &Env::new()).await;
    assert_eq!(code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_calls_are_errors_of_the_report_and_their_latencies_count() {
    let bench = Bench::new().await;
    let table = ratiba_core::models::table::ModelTable::builtin().unwrap();
    let routes: serde_json::Map<String, Value> = table
        .routes
        .keys()
        .map(|role| {
            let chain = [model("anthropic")];
            let route = json!({"chain": chain, "timeout_ms": 400, "max_output_tokens": 300});
            (role.to_string(), route)
        })
        .collect();
    let hasty = bench.path("hasty.json");
    std::fs::write(&hasty, Value::from(routes).to_string()).unwrap();
    for (fault, error, calls) in [
        (ModelFault::RateLimited { retry_after: "7" }, "rate_limited", 2),
        // One retry for each question.
        (ModelFault::ServerError, "overloaded", 4),
        (ModelFault::Stall, "timed_out", 2),
    ] {
        bench.anthropic.fault_always(Some(fault));
        let (code, report) = bench.eval(&["none", &hasty], &[], &bench.env()).await;
        let (none, hasty) = (column(&report, "none"), column(&report, &hasty));
        assert_eq!((code, &hasty["calls"]), (0, &calls.into()), "{hasty}");
        assert_eq!(hasty["errors"], json!({ error: calls }));
        // Without an answer everything is as it is without a model.
        for part in ["conversations", "corpus"] {
            let mut as_none = hasty[part].clone();
            as_none["asked"] = 0.into();
            assert_eq!(as_none, none[part], "{error}");
        }
        let slow = hasty["latency_ms"]["p50"].as_u64().unwrap();
        assert_eq!(slow >= 300, error == "timed_out", "{error}: {slow}");
        assert_eq!(hasty["cost_micro_usd"] == 0, error != "timed_out", "may be charged: {hasty}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ceiling_ends_it_with_what_was_done_until_then() {
    let bench = Bench::new().await;
    let good = model("anthropic");
    // Enough for the conversation's two questions, and for no more.
    let (code, whole) = bench.eval(&["none", &good], &[], &bench.env()).await;
    assert_eq!(code, 0);
    let before = bench.books().1;
    let mut ended = Vec::new();
    for usd in ["0", "0.0004", "0.0007", "0.001", "0.01"] {
        let args = ["--max-usd", usd];
        let (code, report) = bench.eval(&["none", &good], &args, &bench.env()).await;
        let spent = report["spent_micro_usd"].as_u64().unwrap();
        let most: f64 = usd.parse().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "micro-dollars of a test")]
        let dollars = spent as f64 / 1e6;
        assert!(dollars <= most, "{spent} of {usd}");
        let complete = report["complete"] == true;
        assert_eq!(code, i32::from(!complete), "{report}");
        // Both configurations were measured by the same.
        let of = |name: &str| {
            let column = column(&report, name);
            (column["conversations"]["of"].clone(), column["corpus"]["n"].clone())
        };
        assert_eq!(of("none"), of(&good));
        ended.push(!complete);
    }
    assert_eq!((ended.first(), ended.last()), (Some(&true), Some(&false)));
    assert!(bench.books().1 > before, "some calls fitted");
    assert_eq!(whole["complete"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_or_with_nothing_to_compare_it_says_so() {
    let bench = Bench::new().await;
    let good = model("anthropic");
    let no_keys = Env::new();
    let (code, report) = bench.eval(&["none"], &[], &no_keys).await;
    assert_eq!((code, &report["complete"]), (0, &true.into()), "no model needs no key");
    for (with, exit) in [
        (vec!["default"], 3),
        (vec!["no-such-model"], 3),
        (vec!["none", "none"], 2),
        (vec![good.as_str(), "/no/such/routes.json"], 3),
    ] {
        assert_eq!(bench.eval(&with, &[], &no_keys).await, (exit, Value::Null), "{with:?}");
    }
    // Its own key is enough: models of others are passed over.
    let env: Env = bench.env().into_iter().filter(|(name, _)| name.starts_with("OPENAI")).collect();
    let (_, report) = bench.eval(&["default"], &[], &env).await;
    assert_eq!(column(&report, "default")["calls"], 2, "{report}");
    assert!(bench.anthropic.asked().is_empty());
}
