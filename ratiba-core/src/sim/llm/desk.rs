//! What a stand-in knows and was asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::fault::ModelFault;
use super::sample::sample;
use crate::models::prompt::Prompt;
use crate::models::role::Role;
use crate::models::script::ModelRule;
use crate::models::table::{Model, ModelTable, TableError};

/// What was asked and answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAsked {
    /// The role, by its system part; `None` for words that are none of ours.
    pub role: Option<Role>,
    /// The model.
    pub model: String,
    /// The body as received.
    pub body: Value,
    /// The HTTP status of the answer; 0 for a connection that broke.
    pub status: u16,
    /// The micro-dollars that the answer was charged with, rounded up; also where it never reached its reader.
    pub charged: u64,
}

/// A request that is in order.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Asked {
    pub(in crate::sim) model: Model,
    pub(in crate::sim) role: Option<Role>,
    pub(in crate::sim) system: String,
    pub(in crate::sim) words: String,
    pub(in crate::sim) schema: Value,
    pub(in crate::sim) stream: bool,
    pub(in crate::sim) max_tokens: u64,
    pub(in crate::sim) body: Value,
}

/// Tokens of one answer, four bytes each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sim) struct Tokens {
    pub(in crate::sim) input: u64,
    pub(in crate::sim) read: u64,
    pub(in crate::sim) written: u64,
    pub(in crate::sim) output: u64,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<ModelRule>,
    /// Models that are not, or soon no longer, to be had, with what is said of them; `None`: not in the list at all.
    ending: BTreeMap<String, Option<String>>,
    faults: VecDeque<ModelFault>,
    always: Option<ModelFault>,
    asked: Vec<ModelAsked>,
    cached: BTreeSet<String>,
}

/// The state of a stand-in.
#[derive(Debug)]
pub(in crate::sim) struct Desk {
    pub(in crate::sim) table: ModelTable,
    pub(in crate::sim) key: String,
    state: Mutex<State>,
}

impl Desk {
    pub(in crate::sim) fn new(key: &str) -> Result<Self, TableError> {
        let table = ModelTable::builtin()?;
        Ok(Self { table, key: key.to_owned(), state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::sim) fn rule(&self, rule: ModelRule) {
        self.state().rules.push(rule);
    }

    pub(in crate::sim) fn fault_next(&self, fault: ModelFault) {
        self.state().faults.push_back(fault);
    }

    pub(in crate::sim) fn fault_always(&self, fault: Option<ModelFault>) {
        self.state().always = fault;
    }

    pub(in crate::sim) fn end_of(&self, model: &str, ends: Option<&str>) {
        self.state().ending.insert(model.to_owned(), ends.map(str::to_owned));
    }

    /// The models of a provider as its list names them, with what it says of their ends.
    pub(in crate::sim) fn listed(&self, provider: &str) -> Vec<(String, Option<String>)> {
        let state = self.state();
        let own = self.table.models.iter().filter(|model| model.provider == provider);
        own.filter_map(|model| match state.ending.get(&model.name) {
            Some(None) => None,
            Some(ends) => Some((model.name.clone(), ends.clone())),
            None => Some((model.name.clone(), None)),
        })
        .collect()
    }

    pub(in crate::sim) fn asked(&self) -> Vec<ModelAsked> {
        self.state().asked.clone()
    }

    pub(in crate::sim) fn fault(&self) -> Option<ModelFault> {
        let mut state = self.state();
        state.faults.pop_front().or_else(|| state.always.clone())
    }

    /// The role that asks in these words.
    pub(in crate::sim) fn role(system: &str) -> Option<Role> {
        Prompt::all().iter().find(|prompt| prompt.system == system).map(|prompt| prompt.role)
    }

    /// The answer to a request.
    pub(in crate::sim) fn answer(&self, asked: &Asked) -> String {
        let state = self.state();
        let rule = state.rules.iter().find(|rule| rule.fits(asked.role, &asked.words));
        rule.map_or_else(|| sample(&asked.schema), |rule| rule.answer.clone()).to_string()
    }

    /// Counts the tokens of an answer. The system part is written to the cache the first time and read from it ever after, where it is long enough.
    pub(in crate::sim) fn count(&self, asked: &Asked, output_bytes: usize) -> Tokens {
        let tokens = |bytes: usize| (bytes as u64).div_ceil(4);
        let system = tokens(asked.system.len());
        let words = tokens(asked.words.len()) + 8;
        let output = tokens(output_bytes).min(asked.max_tokens);
        if system < asked.model.cache.min_prompt_tokens {
            return Tokens { input: system + words, output, ..Tokens::default() };
        }
        let fresh = self.state().cached.insert(format!("{}\n{}", asked.model.name, asked.system));
        let (read, written) = if fresh { (0, system) } else { (system, 0) };
        Tokens { input: words, read, written, output }
    }

    /// Writes down what was asked.
    pub(in crate::sim) fn log(&self, asked: &Asked, status: u16, tokens: Option<Tokens>) {
        let charged = tokens.map_or(0, |tokens| {
            let usage = crate::models::cost::Usage {
                input: tokens.input,
                cache_read: tokens.read,
                cache_write: tokens.written,
                cache_write_long: 0,
                output: tokens.output,
            };
            asked.model.cost(&usage).0
        });
        let entry = ModelAsked {
            role: asked.role,
            model: asked.model.name.clone(),
            body: asked.body.clone(),
            status,
            charged,
        };
        self.state().asked.push(entry);
    }
}
