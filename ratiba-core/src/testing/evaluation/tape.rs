//! Calls of models on tape: while they are made they are written down and their cost is kept under a ceiling; afterwards they are played again without
//! anybody being asked.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::recorded::{Header, Outcome, Recorded, VERSION, hash};
use crate::models::cost::MicroUsd;
use crate::models::table::WorstCase;
use crate::ports::llm::{LlmFault, LlmFaultKind, LlmProvider, LlmReply, LlmRequest};

/// A tape. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Tape {
    header: Header,
    rules: WorstCase,
    /// What all calls together may cost.
    ceiling: Option<MicroUsd>,
    inner: Arc<Mutex<State>>,
}

/// Where lines of a recording go.
pub type Sink = Box<dyn Write + Send>;

#[derive(Default)]
struct State {
    /// Where calls are written down, if anywhere.
    sink: Option<Sink>,
    /// The calls that are played, by configuration and hash; `None` while calls are made.
    played: Option<BTreeMap<(String, String), VecDeque<Recorded>>>,
    spent: MicroUsd,
    calls: u64,
    latencies: BTreeMap<String, Vec<u64>>,
    trouble: Option<TapeTrouble>,
}

/// Why a tape has stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapeTrouble {
    /// The next call could have cost more than is left.
    #[error("the next call could pass the ceiling")]
    Ceiling,
    /// A call was never recorded.
    #[error(
        "call {call} has no recording: {role} by {model} for `{configuration}` (request {request})"
    )]
    Missing {
        /// The how manieth of this run, from 1.
        call: u64,
        /// The role.
        role: &'static str,
        /// The model.
        model: String,
        /// The configuration.
        configuration: String,
        /// The first digits of the question's hash.
        request: String,
    },
    /// The recording can't be written.
    #[error("the recording can't be written: {0}")]
    Unwritable(String),
}

/// A recording that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// A line that is none of a recording's.
    #[error("line {line} is no line of a recording")]
    Line {
        /// From 1.
        line: usize,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// There is nothing in it.
    #[error("the recording is empty")]
    Empty,
    /// It is of another release.
    #[error("the recording has version {0}, and this program reads version {VERSION}")]
    Version(u32),
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Tape")
            .field("header", &self.header)
            .field("calls", &state.calls)
            .field("spent", &state.spent)
            .field("plays", &state.played.is_some())
            .finish_non_exhaustive()
    }
}

impl Tape {
    /// A tape for calls that are made, written down where a sink is given.
    pub fn live(header: Header, rules: WorstCase, sink: Option<Sink>) -> Self {
        let tape = Self {
            rules,
            ceiling: None,
            inner: Arc::new(Mutex::new(State { sink, ..State::default() })),
            header,
        };
        let first = serde_json::to_string(&tape.header);
        tape.state().write(first);
        tape
    }

    /// A tape that plays a recording.
    pub fn recorded(text: &str, rules: WorstCase) -> Result<Self, TapeError> {
        let mut lines =
            text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()).map(|(n, l)| (n + 1, l));
        let (line, first) = lines.next().ok_or(TapeError::Empty)?;
        let broken = |line| move |source| TapeError::Line { line, source };
        let header: Header = serde_json::from_str(first).map_err(broken(line))?;
        if header.version != VERSION {
            return Err(TapeError::Version(header.version));
        }
        let mut played: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for (line, text) in lines {
            let call: Recorded = serde_json::from_str(text).map_err(broken(line))?;
            let key = (call.configuration.clone(), call.request.clone());
            played.entry(key).or_default().push_back(call);
        }
        let state = State { played: Some(played), ..State::default() };
        Ok(Self { header, rules, ceiling: None, inner: Arc::new(Mutex::new(state)) })
    }

    /// Holds all calls together under a ceiling: one whose worst case does not fit is not made.
    #[must_use]
    pub fn with_ceiling(mut self, ceiling: Option<MicroUsd>) -> Self {
        self.ceiling = ceiling;
        self
    }

    /// What the run is of.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether nobody is asked.
    pub fn is_recorded(&self) -> bool {
        self.state().played.is_some()
    }

    /// What calls have cost so far; those of a recording at what they cost then.
    pub fn spent(&self) -> MicroUsd {
        self.state().spent
    }

    /// Why it has stopped, if it has.
    pub fn trouble(&self) -> Option<TapeTrouble> {
        self.state().trouble.clone()
    }

    /// How long the calls of a configuration took, in milliseconds, since this was asked last.
    pub fn latencies(&self, configuration: &str) -> Vec<u64> {
        self.state().latencies.remove(configuration).unwrap_or_default()
    }

    /// A provider on tape for a configuration. While calls are made they go to the provider of that name among `live`.
    pub fn provider(
        &self,
        configuration: &str,
        name: &str,
        live: &[Arc<dyn LlmProvider>],
    ) -> Arc<dyn LlmProvider> {
        Arc::new(Taped {
            tape: self.clone(),
            configuration: configuration.to_owned(),
            name: name.to_owned(),
            live: live.iter().find(|provider| provider.name() == name).cloned(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a call may be made; what it may cost is set aside until it is written down.
    fn admit(&self, worst: MicroUsd) -> Result<(), LlmFault> {
        let mut state = self.state();
        if state.trouble.is_some() {
            return Err(stopped());
        }
        if self.ceiling.is_some_and(|ceiling| state.spent + worst > ceiling) {
            state.trouble = Some(TapeTrouble::Ceiling);
            return Err(stopped());
        }
        state.calls += 1;
        state.spent = state.spent + worst;
        Ok(())
    }

    /// What was recorded for a question.
    fn played(&self, configuration: &str, request: &LlmRequest) -> Option<Recorded> {
        let mut state = self.state();
        let key = (configuration.to_owned(), hash(request));
        let played = state.played.as_mut()?;
        if let Some(call) = played.get_mut(&key).and_then(VecDeque::pop_front) {
            return Some(call);
        }
        state.trouble = Some(TapeTrouble::Missing {
            call: state.calls,
            role: request.role.as_str(),
            model: request.model.name.clone(),
            configuration: key.0,
            request: key.1.chars().take(12).collect(),
        });
        None
    }

    /// Writes a call down; what it cost takes the place of what was set aside.
    fn keep(&self, call: &Recorded, request: &LlmRequest, worst: MicroUsd) {
        let cost = match &call.outcome {
            // As the router charges what nobody told the use of.
            Outcome::Fault { kind, .. } if kind.may_be_charged() => worst,
            Outcome::Answer { usage, .. } | Outcome::Fault { usage: Some(usage), .. } => {
                request.model.cost(usage)
            }
            Outcome::Fault { usage: None, .. } => MicroUsd::ZERO,
        };
        let line = serde_json::to_string(call);
        let mut state = self.state();
        state.spent = state.spent.less(worst) + cost;
        state.latencies.entry(call.configuration.clone()).or_default().push(call.latency_ms);
        state.write(line);
    }
}

impl State {
    fn write(&mut self, line: Result<String, serde_json::Error>) {
        let Some(sink) = &mut self.sink else { return };
        let written = line
            .map_err(std::io::Error::from)
            .and_then(|line| writeln!(sink, "{line}").and_then(|()| sink.flush()));
        if let Err(error) = written {
            self.trouble.get_or_insert(TapeTrouble::Unwritable(error.to_string()));
        }
    }
}

/// A provider whose calls are on tape.
struct Taped {
    tape: Tape,
    configuration: String,
    name: String,
    live: Option<Arc<dyn LlmProvider>>,
}

impl fmt::Debug for Taped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taped")
            .field("name", &self.name)
            .field("configuration", &self.configuration)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl LlmProvider for Taped {
    fn name(&self) -> &str {
        &self.name
    }

    async fn ask(&self, request: &LlmRequest) -> Result<LlmReply, LlmFault> {
        let worst = request.model.worst_case(&request.size(), &self.tape.rules);
        self.tape.admit(worst)?;
        let call = if self.tape.is_recorded() {
            self.tape.played(&self.configuration, request).ok_or_else(stopped)?
        } else {
            let began = Instant::now();
            let result = self.asked(request).await;
            Recorded {
                configuration: self.configuration.clone(),
                request: hash(request),
                role: request.role,
                model: request.model.name.clone(),
                latency_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
                outcome: Outcome::of(&result),
            }
        };
        self.tape.keep(&call, request, worst);
        call.outcome.result()
    }
}

impl Taped {
    /// Asks the provider itself, and gives up a little before the caller does, so that a call that hangs is on tape too.
    async fn asked(&self, request: &LlmRequest) -> Result<LlmReply, LlmFault> {
        /// How much earlier.
        const EARLIER: Duration = Duration::from_millis(50);
        let unknown = || LlmFault::new(LlmFaultKind::Unreachable, "there is no such provider");
        let provider = self.live.as_ref().ok_or_else(unknown)?;
        let patience = Duration::try_from(request.timeout).unwrap_or_default();
        match tokio::time::timeout(patience.saturating_sub(EARLIER), provider.ask(request)).await {
            Ok(result) => result,
            Err(_) => {
                Err(LlmFault::new(LlmFaultKind::TimedOut, "the model did not answer in time"))
            }
        }
    }
}

fn stopped() -> LlmFault {
    LlmFault::new(LlmFaultKind::BadRequest, "the tape has stopped")
}
