//! `ratiba eval`: ways of using models, compared over golden conversations and corpora.

mod configurations;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use indicatif::ProgressBar;
use ratiba_core::language::eval::numbered;
use ratiba_core::models::table::ModelTable;
use ratiba_core::ports::llm::LlmProvider;
use ratiba_core::testing::evaluation::{Evaluation, Going, Header, Sink, Tape};
use ratiba_core::testing::golden::Golden;

use crate::args::{Eval, Format};
use crate::error::CliError;
use crate::printer::Printer;
use crate::settings::Settings;
use crate::{exit, files, models, open};

pub(crate) async fn run(
    args: &Eval,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let printer = if args.format == Format::Json { printer.as_json() } else { *printer };
    let configurations = configurations::read(&args.with, settings)?;
    let work = Work::gather(args)?;
    let table = models::table().map_err(CliError::config)?;
    let asks = configurations.iter().any(|configuration| configuration.plan.is_some());
    let live = match (&args.replay, asks) {
        (None, true) => live(settings)?,
        (Some(_), _) | (None, false) => Vec::new(),
    };
    let tape = tape(args, &table, &live)?.with_ceiling(Some(args.max_usd));
    let mut evaluation =
        Evaluation::begin(configurations, tape, &live).await.map_err(|error| ended(&error))?;
    let bar = printer.progress(work.length(), "comparing");
    let going = work.go_through(&mut evaluation, &args.tenant, &bar).await;
    bar.finish_and_clear();
    let going = going?;
    let report = evaluation.report();
    printer.data(&report, || table::shown(&report))?;
    Ok(match going {
        Going::On => ExitCode::SUCCESS,
        Going::Ended => {
            printer.note("ended early: the next call could have passed --max-usd");
            ExitCode::from(exit::DIFFERS)
        }
    })
}

/// The providers that are asked; at least one.
fn live(settings: &Settings) -> Result<Vec<Arc<dyn LlmProvider>>, CliError> {
    let live = models::providers(settings).map_err(|fault| CliError::config(fault.to_string()))?;
    if live.is_empty() {
        return Err(CliError::config("no provider of models has a key").hint(
            "set ANTHROPIC_API_KEY or OPENAI_API_KEY, play a recording with --replay, or compare `none` alone",
        ));
    }
    Ok(live)
}

fn tape(args: &Eval, table: &ModelTable, live: &[Arc<dyn LlmProvider>]) -> Result<Tape, CliError> {
    if let Some(path) = &args.replay {
        let text = files::read(path)?;
        let tape = Tape::recorded(&text, table.worst_case)
            .map_err(|error| CliError::input(format!("{}: {error}", path.display())))?;
        let then = tape.header().prices;
        if then != table.as_of {
            return Err(CliError::input(format!(
                "{} was recorded with the prices of {then}, and this program has those of {}",
                path.display(),
                table.as_of
            ))
            .hint("replay it with the release that recorded it, or record anew"));
        }
        return Ok(tape);
    }
    let header = Header::new(
        args.now.unwrap_or_else(open::now),
        table.as_of,
        live.iter().map(|provider| provider.name().to_owned()).collect(),
    );
    let sink = match &args.record {
        Some(path) => Some(Box::new(open::private_file(path)?) as Sink),
        None => None,
    };
    Ok(Tape::live(header, table.worst_case, sink))
}

/// What is gone through: conversations, then lines.
struct Work {
    conversations: Vec<(String, Golden)>,
    corpora: Vec<(String, String)>,
}

impl Work {
    fn gather(args: &Eval) -> Result<Self, CliError> {
        let nothing_named = args.golden.is_empty() && args.corpus.is_empty();
        let usual = |paths: &[&str]| {
            let usual = paths.iter().filter(|_| nothing_named);
            usual.map(PathBuf::from).collect::<Vec<_>>()
        };
        let golden = [args.golden.clone(), usual(&["tests/golden", "tests/golden-model"])].concat();
        let corpus = [args.corpus.clone(), usual(&["tests/corpus"])].concat();
        let mut conversations = Vec::new();
        for path in files::of(&golden, &["yaml", "yml"])? {
            let name = path.display().to_string();
            let golden = Golden::parse(&files::read(&path)?)
                .map_err(|error| CliError::input(format!("{name}: {error}")))?;
            conversations.push((name, golden));
        }
        let mut corpora = Vec::new();
        for path in files::of(&corpus, &["jsonl"])? {
            corpora.push((path.display().to_string(), files::read(&path)?));
        }
        if conversations.is_empty() && corpora.is_empty() {
            return Err(CliError::not_found("there is no conversation and no corpus"));
        }
        Ok(Self { conversations, corpora })
    }

    fn length(&self) -> u64 {
        let lines: usize = self.corpora.iter().map(|(_, text)| numbered(text).count()).sum();
        (self.conversations.len() + lines) as u64
    }

    async fn go_through(
        &self,
        evaluation: &mut Evaluation,
        tenant: &str,
        bar: &ProgressBar,
    ) -> Result<Going, CliError> {
        for (name, golden) in &self.conversations {
            let going = Box::pin(evaluation.converse(name, golden)).await;
            if going.map_err(|error| ended(&error))? == Going::Ended {
                return Ok(Going::Ended);
            }
            bar.inc(1);
        }
        for (name, text) in &self.corpora {
            for (number, raw) in numbered(text) {
                let going = evaluation.hear(name, number, raw, tenant).await;
                if going.map_err(|error| ended(&error))? == Going::Ended {
                    return Ok(Going::Ended);
                }
                bar.inc(1);
            }
        }
        Ok(Going::On)
    }
}

fn ended(error: &ratiba_core::testing::evaluation::EvaluationError) -> CliError {
    use ratiba_core::testing::evaluation::{EvaluationError as E, TapeTrouble as T};
    match error {
        E::Tape { trouble: T::Missing { .. }, .. } => CliError::input(error.to_string()).hint(
            "the conversations, prompts, routes or configurations are not those of the recording: record anew",
        ),
        E::Tape { .. } | E::Store(_) => CliError::failed(error),
    }
}
