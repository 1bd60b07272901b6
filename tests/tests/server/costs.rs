//! What models have cost, over REST: the provider's own books, the days of the query, and who may see it.

use std::time::Duration;

use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::sim::llm::ModelSim;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Around, OPERATOR, WANJIRU, answer};

const MODEL_KEY: &str = "sk-sim-key";
const COSTS: &str = "/api/v1/admin/demo-barbershop/costs";
/// The server's clock stands at this day.
const TODAY: &str = "2026-11-23";

/// A server with a model behind the ear, and a customer whose words need it.
async fn asked_once() -> (Around, ModelSim) {
    let sim = ModelSim::anthropic(MODEL_KEY).await.unwrap();
    let heard = json!({"intent": "services", "language": "en", "sentiment": "neutral", "certainty": "high"});
    sim.rule(ModelRule::new(Role::Classify, "part with", heard));
    let models = [("ANTHROPIC_API_KEY", MODEL_KEY), ("ANTHROPIC_BASE_URL", sim.base_url())];
    let around = Around::with(&models).await;
    let chat = around.meta.chat(super::ACCOUNT, WANJIRU);
    chat.say("what does a man part with at your place");
    chat.wait_for(|message| message.text.contains("Haircut")).await;
    // That it went out is written down a little after it has arrived.
    let written_down = async { while around.booking().await["messages"] != 1 {} };
    tokio::time::timeout(Duration::from_secs(30), written_down).await.unwrap();
    (around, sim)
}

impl Around {
    async fn shown(&self, path: &str) -> Value {
        let (status, shown) = answer(self.ask(Method::GET, path, OPERATOR)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {shown}");
        shown
    }

    /// The line of the one booking that has cost anything; null before.
    async fn booking(&self) -> Value {
        let shown = self.shown(&format!("{COSTS}?by=booking")).await;
        let mut lines = shown["lines"].as_array().unwrap().iter();
        lines.find(|line| line["calls"] == 1).cloned().unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_what_the_provider_billed_cut_by_role_booking_or_day() {
    let (around, sim) = asked_once().await;
    let billed: u64 = sim.asked().iter().map(|one| one.charged).sum();
    assert!(billed > 0);
    let booking = around.booking().await["key"].as_str().unwrap().to_owned();
    assert!(booking.starts_with("thr_"), "{booking}");
    for (by, key) in [("role", "classify"), ("booking", booking.as_str()), ("day", TODAY)] {
        let shown = around.shown(&format!("{COSTS}?by={by}")).await;
        let lines = shown["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["key"] == key);
        let line = line.unwrap_or_else(|| panic!("{by}: {shown}"));
        assert_eq!((&line["calls"], &line["cost_micro_usd"]), (&1.into(), &billed.into()), "{by}");
        assert!(line["prompt_tokens"].as_u64() > line["output_tokens"].as_u64(), "{line}");
        // Messages belong to no role; the demo's owner has been written to as well.
        let sum: u64 = lines.iter().map(|line| line["messages"].as_u64().unwrap()).sum();
        let messages = shown["messages"].as_u64().unwrap();
        assert_eq!((sum, messages > 0), (if by == "role" { 0 } else { messages }, true), "{shown}");
        let sums = ["calls", "total_micro_usd"].map(|name| shown[name].as_u64());
        assert_eq!(sums, [Some(1), Some(billed)], "{by}");
        assert_eq!((&shown["from"], &shown["to"]), (&json!("2026-10-24"), &json!(TODAY)));
    }
    assert_eq!(around.shown(COSTS).await["lines"][0]["key"], "classify", "by role unless told");
    let all = around.shown("/api/v1/platform/costs").await;
    assert_eq!(all["total_micro_usd"], billed, "{all}");
    let tenants = all["tenants"].as_array().unwrap();
    assert_eq!((tenants.len(), &tenants[0]["tenant"]), (3, &json!("demo-barbershop")), "{all}");
    assert!(tenants[1..].iter().all(|one| one["calls"] == 0 && one["cost_micro_usd"] == 0));
    let sum: u64 = tenants.iter().map(|one| one["messages"].as_u64().unwrap()).sum();
    assert_eq!((&all["messages"], sum > 0), (&json!(sum), true), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_bound_what_is_summed_up_and_nonsense_is_refused() {
    let (around, _sim) = asked_once().await;
    for (query, calls) in [
        (format!("from={TODAY}&to={TODAY}"), 1),
        (format!("to={TODAY}"), 1),
        ("from=2026-11-01&to=2026-11-22".to_owned(), 0),
        ("from=2026-11-24&to=2026-11-30".to_owned(), 0),
    ] {
        for path in [COSTS, "/api/v1/platform/costs"] {
            let shown = around.shown(&format!("{path}?{query}")).await;
            assert_eq!(shown["calls"], calls, "{path}?{query}: {shown}");
            assert_eq!(shown["messages"] == 0, calls == 0, "{path}?{query}: {shown}");
        }
    }
    for (query, words) in [
        ("from=yesterday", "`yesterday` is no date"),
        ("from=2026-11-24", "2026-11-24, is after the last, 2026-11-23"),
        ("from=2026-11-02&to=2026-11-01", "is after"),
    ] {
        for path in [COSTS, "/api/v1/platform/costs"] {
            let (status, problem) =
                answer(around.ask(Method::GET, &format!("{path}?{query}"), OPERATOR)).await;
            assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("RTB-2017")), "{problem}");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
    }
    let (status, problem) =
        answer(around.ask(Method::GET, &format!("{COSTS}?by=colour"), OPERATOR)).await;
    assert_eq!((status.as_u16(), &problem["code"]), (400, &json!("RTB-2003")), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_its_own_costs_and_no_others() {
    let around = Around::start().await;
    let (_, key) = around.key_to("demo-barbershop").await;
    let status = async |path: &str, key: &str| {
        let request = around.ask(Method::GET, path, key);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(COSTS, &key).await, 200);
    assert_eq!(status("/api/v1/admin/demo-salon/costs", &key).await, 404);
    assert_eq!(status("/api/v1/platform/costs", &key).await, 401);
    assert_eq!(status(COSTS, "").await, 401);
}
