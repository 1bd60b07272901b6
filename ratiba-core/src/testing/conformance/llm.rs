//! What every [`LlmProvider`] promises: whole answers with what they used, failures by their kind, and an end within its time.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::models::prompt::Prompt;
use crate::models::role::Role;
use crate::models::table::Model;
use crate::ports::llm::{LlmFaultKind, LlmPart, LlmProvider, LlmRequest, StopReason};
use crate::testing::llm::{ModelTrouble, ScriptedModel};

/// A provider together with a way to say what the other side does.
pub trait LlmRig: Send + Sync {
    /// The provider.
    fn provider(&self) -> &dyn LlmProvider;
    /// A model of its.
    fn model(&self) -> Arc<Model>;
    /// The other side answers so from now on.
    fn answers(&self, answer: Value);
    /// The other side does this with the next question.
    fn trouble_next(&self, trouble: ModelTrouble);
}

/// A scripted model is the reference.
#[derive(Debug)]
pub struct ScriptedRig {
    provider: ScriptedModel,
    model: Arc<Model>,
}

impl ScriptedRig {
    /// A scripted model in the place of this model's provider.
    pub fn new(model: Model) -> Self {
        Self { provider: ScriptedModel::named(model.provider.clone()), model: Arc::new(model) }
    }
}

impl LlmRig for ScriptedRig {
    fn provider(&self) -> &dyn LlmProvider {
        &self.provider
    }

    fn model(&self) -> Arc<Model> {
        Arc::clone(&self.model)
    }

    fn answers(&self, answer: Value) {
        self.provider.rule(crate::models::script::ModelRule { role: None, when: None, answer });
    }

    fn trouble_next(&self, trouble: ModelTrouble) {
        self.provider.trouble_next(trouble);
    }
}

/// Names the suite's tests for a maker: an `async fn` that gives a box of a [`LlmRig`].
#[macro_export]
macro_rules! llm_provider_conformance {
    ($make:path) => {
        $crate::conformance_tests! { llm, (), $make,
            an_answer_comes_whole_and_with_what_it_used,
            a_streamed_answer_is_the_same_in_pieces,
            every_failure_is_told_by_its_kind,
            a_refusal_and_a_cut_answer_are_no_whole_ones,
            words_that_are_no_document_come_as_they_are,
            a_silent_other_side_is_given_up_in_time,
            pictures_and_pages_are_taken,
        }
    };
}

/// A question as the router would put it.
pub fn question(model: Arc<Model>, timeout: SignedDuration) -> LlmRequest {
    let prompt = Prompt::of(Role::Classify, None).unwrap();
    LlmRequest {
        role: Role::Classify,
        model,
        system: prompt.system,
        user: vec![LlmPart::Text(json!({"message": "niaje, kuna nafasi kesho?"}).to_string())],
        schema: prompt.schema(),
        schema_name: "classify".to_owned(),
        max_output_tokens: 300,
        timeout,
        subject: "tnt_01".to_owned(),
    }
}

fn answer() -> Value {
    json!({"intent": "book", "language": "sw", "sentiment": "neutral", "certainty": "high", "note": "ng'ombe – 🐄"})
}

fn patient(rig: &dyn LlmRig) -> LlmRequest {
    question(rig.model(), SignedDuration::from_secs(20))
}

/// The words are the document, and the tokens are counted.
pub async fn an_answer_comes_whole_and_with_what_it_used(rig: &dyn LlmRig) {
    rig.answers(answer());
    let reply = rig.provider().ask(&patient(rig)).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&reply.text).unwrap(), answer());
    assert_eq!(reply.stop, StopReason::Done);
    assert!(reply.usage.prompt() > 0 && reply.usage.output > 0);
    assert!(reply.model.starts_with(&rig.model().name));
}

/// What was handed over in pieces is the whole.
pub async fn a_streamed_answer_is_the_same_in_pieces(rig: &dyn LlmRig) {
    rig.answers(answer());
    let mut pieces = String::new();
    let mut take = |piece: &str| pieces.push_str(piece);
    let reply = rig.provider().stream(&patient(rig), &mut take).await.unwrap();
    assert_eq!(pieces, reply.text);
    assert_eq!(serde_json::from_str::<Value>(&reply.text).unwrap(), answer());
    assert!(reply.stop == StopReason::Done && reply.usage.output > 0);
}

/// The kinds by which a caller decides.
pub async fn every_failure_is_told_by_its_kind(rig: &dyn LlmRig) {
    use LlmFaultKind as K;
    for kind in [
        K::Overloaded,
        K::RateLimited,
        K::SpendCapped,
        K::Unauthorised,
        K::NoSuchModel,
        K::TooLarge,
        K::Broken,
    ] {
        rig.trouble_next(ModelTrouble::Fails(kind));
        let fault = rig.provider().ask(&patient(rig)).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault:?}");
        if kind == K::SpendCapped {
            assert_eq!(fault.retry_after, None, "no matter of waiting");
        }
    }
}

/// Neither is read as an answer.
pub async fn a_refusal_and_a_cut_answer_are_no_whole_ones(rig: &dyn LlmRig) {
    rig.answers(answer());
    for (trouble, stop) in
        [(ModelTrouble::Refuses, StopReason::Refused), (ModelTrouble::Cut, StopReason::Limit)]
    {
        rig.trouble_next(trouble);
        assert_eq!(rig.provider().ask(&patient(rig)).await.unwrap().stop, stop);
        rig.trouble_next(trouble);
        let streamed = rig.provider().stream(&patient(rig), &mut |_| {}).await.unwrap();
        assert_eq!(streamed.stop, stop);
    }
}

/// Reading them is the caller's.
pub async fn words_that_are_no_document_come_as_they_are(rig: &dyn LlmRig) {
    rig.trouble_next(ModelTrouble::Babbles);
    let reply = rig.provider().ask(&patient(rig)).await.unwrap();
    assert!(serde_json::from_str::<Value>(&reply.text).is_err());
    assert_eq!(reply.stop, StopReason::Done);
}

/// It ends by itself, and says that what it asked for may have been produced.
pub async fn a_silent_other_side_is_given_up_in_time(rig: &dyn LlmRig) {
    let hasty = question(rig.model(), SignedDuration::from_millis(200));
    rig.trouble_next(ModelTrouble::Hangs);
    let fault = rig.provider().ask(&hasty).await.unwrap_err();
    assert_eq!(fault.kind, LlmFaultKind::TimedOut);
    assert!(fault.kind.may_be_charged());
    rig.trouble_next(ModelTrouble::Hangs);
    let fault = rig.provider().stream(&hasty, &mut |_| {}).await.unwrap_err();
    assert_eq!(fault.kind, LlmFaultKind::TimedOut);
}

/// Beside the words.
pub async fn pictures_and_pages_are_taken(rig: &dyn LlmRig) {
    rig.answers(answer());
    let mut request = patient(rig);
    let bytes: Arc<[u8]> = Arc::from(&b"\xff\xd8\xff\xe0 not much of a picture"[..]);
    request.user.insert(
        0,
        LlmPart::Image { media_type: "image/jpeg".to_owned(), bytes: Arc::clone(&bytes) },
    );
    request.user.insert(0, LlmPart::Pdf { name: "menu.pdf".to_owned(), bytes });
    assert_eq!(rig.provider().ask(&request).await.unwrap().stop, StopReason::Done);
}
