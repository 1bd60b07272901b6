//! The comparison itself: every conversation and every line is taken by all configurations before the next one is, so that what is counted is the same
//! for all whenever it ends.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::column::Column;
use super::report::EvaluationReport;
use super::tape::{Tape, TapeTrouble};
use crate::demo;
use crate::domain::knowledge::Snippet;
use crate::language::eval::{EvalTenant, Line, demo_tenants};
use crate::models::plan::Plan;
use crate::ports::llm::LlmProvider;
use crate::ports::store::StoreError;
use crate::testing::golden::Golden;

/// A way of using models.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// Its name in the report and on the tape.
    pub name: String,
    /// Which model answers what; `None` for no model at all.
    pub plan: Option<Plan>,
}

/// Whether a comparison goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// It does.
    On,
    /// The ceiling has ended it. What was under way is not counted.
    Ended,
}

/// Something that ends a comparison without a report.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The tape has stopped.
    #[error("{at}: {trouble}")]
    Tape {
        /// At which conversation or line.
        at: String,
        /// Why.
        trouble: TapeTrouble,
    },
    /// The store in memory failed.
    #[error("the store in memory failed")]
    Store(#[from] StoreError),
}

/// A comparison under way.
pub struct Evaluation {
    tape: Tape,
    columns: Vec<Column>,
    tenants: BTreeMap<String, (EvalTenant, Vec<Snippet>)>,
    now: Timestamp,
    complete: bool,
    skipped: u64,
}

impl fmt::Debug for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation")
            .field("tape", &self.tape)
            .field("columns", &self.columns.len())
            .finish_non_exhaustive()
    }
}

impl Evaluation {
    /// Begins a comparison of these configurations. `live`: the providers that are asked, where the tape is no recording. Which providers there are and
    /// what time it is says the tape's header.
    pub async fn begin(
        configurations: Vec<Configuration>,
        tape: Tape,
        live: &[Arc<dyn LlmProvider>],
    ) -> Result<Self, EvaluationError> {
        let now = tape.header().now;
        let mut columns = Vec::new();
        for configuration in configurations {
            columns.push(Column::new(configuration, &tape, live, now).await?);
        }
        let snippets = |slug: &str| demo::tenant(slug).map(|demo| demo.snippets);
        let tenants = demo_tenants()
            .into_iter()
            .map(|(slug, tenant)| {
                let snippets = snippets(&slug).unwrap_or_default();
                (slug, (tenant, snippets))
            })
            .collect();
        Ok(Self { tape, columns, tenants, now, complete: true, skipped: 0 })
    }

    /// Runs a conversation with every configuration. Its document's counts of calls are not looked at; one that scripts its own models is skipped.
    pub async fn converse(
        &mut self,
        file: &str,
        golden: &Golden,
    ) -> Result<Going, EvaluationError> {
        if !golden.models.is_empty() {
            self.skipped += 1;
            return Ok(Going::On);
        }
        let mut golden = golden.clone();
        golden.turns.iter_mut().for_each(|turn| turn.expect.llm_calls = None);
        let mut outcomes = Vec::new();
        for column in &self.columns {
            let outcome = column.converse(&golden).await;
            if has_ended(&self.tape, file)? {
                self.complete = false;
                return Ok(Going::Ended);
            }
            outcomes.push(outcome);
        }
        for (column, outcome) in self.columns.iter_mut().zip(outcomes) {
            let latencies = self.tape.latencies(&column.configuration.name);
            column.add_conversation(file, outcome, latencies);
        }
        Ok(Going::On)
    }

    /// Lets every configuration read a line of a corpus. `tenant`: whose it is where it names none.
    pub async fn hear(
        &mut self,
        file: &str,
        number: usize,
        raw: &str,
        tenant: &str,
    ) -> Result<Going, EvaluationError> {
        let line: Line = match serde_json::from_str(raw) {
            Ok(line) => line,
            Err(error) => {
                let columns = self.columns.iter_mut();
                columns.for_each(|column| column.measure().unreadable(number, raw, &error));
                return Ok(Going::On);
            }
        };
        let slug = line.tenant.as_deref().unwrap_or(tenant);
        let Some((tenant, snippets)) = self.tenants.get(slug) else {
            let columns = self.columns.iter_mut();
            columns.for_each(|column| column.measure().unknown(number, &line, slug));
            return Ok(Going::On);
        };
        let mut taken = Vec::new();
        for column in &self.columns {
            taken.push(column.hear(&line, tenant, snippets, self.now).await?);
            if has_ended(&self.tape, &format!("{file}:{number}"))? {
                self.complete = false;
                return Ok(Going::Ended);
            }
        }
        for (column, taken) in self.columns.iter_mut().zip(taken) {
            let latencies = self.tape.latencies(&column.configuration.name);
            column.add_line(number, &line, tenant, taken, latencies);
        }
        Ok(Going::On)
    }

    /// What it has found so far.
    pub fn report(&self) -> EvaluationReport {
        EvaluationReport {
            now: self.now,
            complete: self.complete,
            spent_micro_usd: self.tape.spent(),
            skipped: self.skipped,
            configurations: self.columns.iter().map(Column::report).collect(),
        }
    }
}

/// Whether the ceiling has ended it.
fn has_ended(tape: &Tape, at: &str) -> Result<bool, EvaluationError> {
    match tape.trouble() {
        None => Ok(false),
        Some(TapeTrouble::Ceiling) => Ok(true),
        Some(trouble) => Err(EvaluationError::Tape { at: at.to_owned(), trouble }),
    }
}
