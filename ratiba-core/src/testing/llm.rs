//! A provider of models that answers by rules, for tests, golden conversations and the demo: when role X is shown Y, answer Z.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::Value;

use crate::models::cost::Usage;
use crate::models::role::Role;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmProvider, LlmReply, LlmRequest, StopReason};

/// When a role is shown some words, this is the answer.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRule {
    /// Of whom; any role where none is named.
    #[serde(default)]
    pub role: Option<Role>,
    /// Words that the user part must hold, in any case; any where none are named.
    #[serde(default)]
    pub when: Option<String>,
    /// The answer: a document that is written as JSON.
    pub answer: Value,
}

impl ModelRule {
    /// When this role is shown these words.
    pub fn new(role: Role, when: impl Into<String>, answer: Value) -> Self {
        Self { role: Some(role), when: Some(when.into()), answer }
    }

    /// Whether it speaks to a request.
    pub fn fits(&self, role: Role, words: &str) -> bool {
        self.role.is_none_or(|wanted| wanted == role)
            && self
                .when
                .as_ref()
                .is_none_or(|when| words.to_lowercase().contains(&when.to_lowercase()))
    }
}

/// What happens to the next question instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelTrouble {
    /// It fails so.
    Fails(LlmFaultKind),
    /// It never answers.
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
            let fits = script.rules.iter().find(|rule| rule.fits(request.role, &words));
            let answer = fits.map_or_else(|| serde_json::json!({}), |rule| rule.answer.clone());
            (answer, script.troubles.pop_front().or(script.always))
        };
        let (text, stop) = match trouble {
            None => (answer.to_string(), StopReason::Done),
            Some(ModelTrouble::Fails(kind)) => {
                return Err(LlmFault::new(kind, "as the script says"));
            }
            Some(ModelTrouble::Hangs) => std::future::pending().await,
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
