//! A provider of models that answers by rules, for tests, golden conversations and the demo: when role X is shown Y, answer Z.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::models::cost::Usage;
pub use crate::models::script::ModelRule;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmProvider, LlmReply, LlmRequest, StopReason};

/// What happens to the next question instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelTrouble {
    /// It fails so.
    Fails(LlmFaultKind),
    /// It never answers, and is given up when its time is over.
    Hangs,
    /// It would not answer.
    Refuses,
    /// Its answer is cut off.
    Cut,
    /// Its answer is no JSON.
    Babbles,
}

/// A provider that answers by rules. Cheap to clone; every clone is the same.
#[derive(Debug, Clone, Default)]
pub struct ScriptedModel {
    inner: Arc<Mutex<Script>>,
    name: String,
}

#[derive(Debug, Default)]
struct Script {
    rules: Vec<ModelRule>,
    troubles: VecDeque<ModelTrouble>,
    always: Option<ModelTrouble>,
    asked: Vec<LlmRequest>,
}

impl ScriptedModel {
    /// One that stands in for a provider of the table, such as `anthropic`.
    pub fn named(name: impl Into<String>) -> Self {
        Self { inner: Arc::default(), name: name.into() }
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a rule; the first that fits answers. Where none fits, the answer is one that nobody believes: an empty document.
    pub fn rule(&self, rule: ModelRule) {
        self.script().rules.push(rule);
    }

    /// Lets something happen to the next question; several calls queue up.
    pub fn trouble_next(&self, trouble: ModelTrouble) {
        self.script().troubles.push_back(trouble);
    }

    /// Lets it happen to every question from now on; `None` for no more.
    pub fn trouble_always(&self, trouble: Option<ModelTrouble>) {
        self.script().always = trouble;
    }

    /// Everything that it was asked, oldest first.
    pub fn asked(&self) -> Vec<LlmRequest> {
        self.script().asked.clone()
    }
}

/// Four bytes a token: what a count of tokens would come to.
fn tokens(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(4)
}

#[async_trait]
impl LlmProvider for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    async fn ask(&self, request: &LlmRequest) -> Result<LlmReply, LlmFault> {
        let words = request.words();
        let (answer, trouble) = {
            let mut script = self.script();
            script.asked.push(request.clone());
            let fits = script.rules.iter().find(|rule| rule.fits(Some(request.role), &words));
            let answer = fits.map_or_else(|| serde_json::json!({}), |rule| rule.answer.clone());
            (answer, script.troubles.pop_front().or(script.always))
        };
        let (text, stop) = match trouble {
            None => (answer.to_string(), StopReason::Done),
            Some(ModelTrouble::Fails(kind)) => {
                return Err(LlmFault::new(kind, "as the script says"));
            }
            Some(ModelTrouble::Hangs) => {
                // As an adapter gives up on a silent other side.
                let patience = std::time::Duration::try_from(request.timeout).unwrap_or_default();
                tokio::time::sleep(patience).await;
                return Err(LlmFault::new(LlmFaultKind::TimedOut, "the script never answers"));
            }
            Some(ModelTrouble::Refuses) => (String::new(), StopReason::Refused),
            Some(ModelTrouble::Cut) => {
                let whole = answer.to_string();
                (whole.chars().take(whole.chars().count() / 2).collect(), StopReason::Limit)
            }
            Some(ModelTrouble::Babbles) => ("Sure! Here you are:".to_owned(), StopReason::Done),
        };
        let usage = Usage {
            input: tokens(request.system.len() + words.len()),
            output: tokens(text.len()),
            ..Usage::default()
        };
        Ok(LlmReply { text, stop, usage, model: request.model.name.clone(), request_id: None })
    }
}
