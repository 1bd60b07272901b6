//! The adapters of both providers against their stand-ins, over real HTTP.

use std::sync::Arc;

use jiff::SignedDuration;
use ratiba_core::models::table::ModelTable;
use ratiba_core::ports::llm::{LlmFaultKind, LlmPart, LlmProvider};
use ratiba_core::sim::llm::ModelFault;
use ratiba_core::testing::conformance::llm::{LlmRig, ScriptedRig, question};
use serde_json::{Value, json};

use super::rig::{SimRig, model_of};

async fn scripted() -> Box<dyn LlmRig> {
    Box::new(ScriptedRig::new(model_of("anthropic")))
}

async fn anthropic() -> Box<dyn LlmRig> {
    Box::new(SimRig::anthropic().await)
}

async fn openai() -> Box<dyn LlmRig> {
    Box::new(SimRig::openai().await)
}

mod of_a_script {
    ratiba_core::llm_provider_conformance!(super::scripted);
}

mod of_anthropic {
    ratiba_core::llm_provider_conformance!(super::anthropic);
}

mod of_openai {
    ratiba_core::llm_provider_conformance!(super::openai);
}

const PATIENT: SignedDuration = SignedDuration::from_secs(20);

/// Every fault of the contract's table, whole and streamed: a typed end, never a panic, never a wrong answer.
async fn bears_every_fault(rig: &SimRig) {
    use LlmFaultKind as K;
    let right =
        json!({"intent": "book", "language": "sw", "sentiment": "neutral", "certainty": "high"});
    rig.answers(right.clone());
    let cases: [(ModelFault, Option<K>, Option<K>); 18] = [
        (
            ModelFault::Overloaded { retry_after: Some("3") },
            Some(K::Overloaded),
            Some(K::Overloaded),
        ),
        (ModelFault::OverloadedMidStream, Some(K::Overloaded), None),
        (ModelFault::RateLimited { retry_after: "7" }, Some(K::RateLimited), Some(K::RateLimited)),
        (
            ModelFault::RateLimited { retry_after: "Wed, 21 Oct 2026 07:28:00 GMT" },
            Some(K::RateLimited),
            Some(K::RateLimited),
        ),
        (ModelFault::RateLimited { retry_after: "-5" }, Some(K::RateLimited), Some(K::RateLimited)),
        (
            ModelFault::RateLimited { retry_after: "9999999" },
            Some(K::RateLimited),
            Some(K::RateLimited),
        ),
        (ModelFault::SpendCapped, Some(K::SpendCapped), Some(K::SpendCapped)),
        (ModelFault::Cut { after: 4 }, Some(K::Broken), Some(K::Broken)),
        (ModelFault::GrammarTooLarge, Some(K::BadRequest), Some(K::BadRequest)),
        (ModelFault::ModelRetired, Some(K::NoSuchModel), Some(K::NoSuchModel)),
        (ModelFault::KeyRevoked, Some(K::Unauthorised), Some(K::Unauthorised)),
        (ModelFault::TooLarge, Some(K::TooLarge), Some(K::TooLarge)),
        (ModelFault::ServerError, Some(K::Overloaded), Some(K::Overloaded)),
        (ModelFault::Html502, Some(K::Overloaded), Some(K::Overloaded)),
        (ModelFault::BareUsage, None, None),
        (ModelFault::Novelties, None, None),
        (ModelFault::Splinters, None, None),
        (ModelFault::ThoughtOnly, None, None),
    ];
    for (fault, whole, streamed) in cases {
        for stream in [false, true] {
            let wanted = if stream { streamed } else { whole };
            rig.sim.fault_next(fault.clone());
            let request = question(rig.model(), PATIENT);
            let got = if stream {
                rig.provider.stream(&request, &mut |_| {}).await
            } else {
                rig.provider.ask(&request).await
            };
            match (got, wanted, &fault) {
                (Err(got), Some(wanted), _) => {
                    assert_eq!(got.kind, wanted, "{fault:?} streamed {stream}: {got:?}");
                    if let Some(wait) = got.retry_after {
                        let sense = SignedDuration::ZERO..=SignedDuration::from_hours(1);
                        assert!(sense.contains(&wait), "{fault:?}: {wait}");
                    }
                }
                // A stream that breaks off may have been charged, so its kind says that too.
                (Err(got), None, ModelFault::OverloadedMidStream) => {
                    assert!(matches!(got.kind, K::Overloaded | K::Broken), "{got:?}");
                }
                (Ok(reply), None, ModelFault::ThoughtOnly) => assert_eq!(reply.text, ""),
                (Ok(reply), None, _) => {
                    assert_eq!(
                        serde_json::from_str::<Value>(&reply.text).unwrap(),
                        right,
                        "{fault:?}"
                    );
                    assert!(reply.usage.prompt() > 0, "{fault:?}");
                }
                (got, wanted, _) => {
                    panic!("{fault:?} streamed {stream}: {got:?}, wanted {wanted:?}")
                }
            }
        }
    }
}

#[tokio::test]
async fn anthropic_bears_every_fault_of_the_contract() {
    bears_every_fault(&SimRig::anthropic().await).await;
}

#[tokio::test]
async fn openai_bears_every_fault_of_the_contract() {
    bears_every_fault(&SimRig::openai().await).await;
}

#[tokio::test]
async fn every_model_of_the_table_takes_what_we_send() {
    let (anthropic, openai) = (SimRig::anthropic().await, SimRig::openai().await);
    for model in ModelTable::builtin().unwrap().models {
        let provider: &dyn LlmProvider = match model.provider.as_str() {
            "anthropic" => anthropic.provider.as_ref(),
            _ => openai.provider.as_ref(),
        };
        let name = model.name.clone();
        let answered = provider.ask(&question(Arc::new(model), PATIENT)).await;
        assert!(answered.is_ok(), "{name}: {answered:?}");
    }
    for asked in anthropic.sim.asked().iter().chain(&openai.sim.asked()) {
        let text = asked.body.to_string();
        for word in ["temperature", "top_p", "top_k", "tool_choice", "\"max_tokens\":0"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    assert!(openai.sim.asked().iter().all(|asked| asked.body["store"] == false));
}

#[tokio::test]
async fn a_second_call_reads_the_system_part_from_the_cache() {
    let rig = SimRig::anthropic().await;
    let mut request = question(rig.model(), PATIENT);
    // As long as a system part with examples would be.
    request.system = Box::leak(request.system.repeat(4).into_boxed_str());
    let first = rig.provider.ask(&request).await.unwrap().usage;
    let second = rig.provider.ask(&request).await.unwrap().usage;
    assert!(first.cache_write > 0 && first.cache_read == 0);
    assert_eq!((second.cache_read, second.cache_write), (first.cache_write, 0));
    let model = rig.model();
    assert!(model.cost(&second) < model.cost(&first));
}

#[tokio::test]
async fn what_the_models_row_rules_out_is_not_even_sent() {
    let rig = SimRig::openai().await;
    let mut model = model_of("openai");
    model.pdf = false;
    let mut request = question(Arc::new(model), PATIENT);
    request.user.push(LlmPart::Pdf { name: "m.pdf".into(), bytes: Arc::from(&b"x"[..]) });
    let fault = rig.provider.ask(&request).await.unwrap_err();
    assert_eq!(fault.kind, LlmFaultKind::BadRequest);
    assert!(fault.detail.contains("no PDF documents"), "{fault}");
    assert!(rig.sim.asked().is_empty());
}

#[tokio::test]
async fn a_provider_that_is_gone_is_unreachable_and_charges_nothing() {
    let rig = SimRig::anthropic().await;
    rig.sim.stop().await;
    let fault = rig.provider.ask(&question(rig.model(), PATIENT)).await.unwrap_err();
    assert_eq!(fault.kind, LlmFaultKind::Unreachable);
    assert!(!fault.kind.may_be_charged());
}

#[tokio::test]
async fn no_key_and_no_word_shows_in_debug_output() {
    let rig = SimRig::openai().await;
    let request = question(rig.model(), PATIENT);
    let shown = format!("{:?} {:?}", rig.provider, request);
    assert!(!shown.contains(super::rig::KEY) && !shown.contains("nafasi"), "{shown}");
}
