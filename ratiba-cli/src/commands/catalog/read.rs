//! `ratiba catalog read`: a price list from pictures, pages, lines or a table, staged, and committed only when told.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use ratiba_core::catalogue::diff::{Applied, Change, CommitError, ImportOptions, apply};
use ratiba_core::catalogue::export::review;
use ratiba_core::catalogue::input::{Kind, MAX_FILES, MAX_TOGETHER, kind_of, read_words};
use ratiba_core::catalogue::report::BadRow;
use ratiba_core::catalogue::rows::Row;
use ratiba_core::catalogue::stage::Staged;
use ratiba_core::catalogue::written::Reading;
use ratiba_core::domain::message::Language;
use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::domain::tenant::Business;
use ratiba_core::engine::price_lists::{PAGE_WITHIN, Page};
use serde_json::{Value, json};

use super::store;
use crate::error::CliError;
use crate::exit;
use crate::open::{self, Opened};
use crate::printer::Printer;
use crate::settings::Settings;

/// What is to become of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// They are shown.
    Show,
    /// They are compared with what there is.
    Compare,
    /// They are stored.
    Commit {
        /// Also prices that were hard to read.
        accept_unsure: bool,
    },
}

/// What is to be read.
pub(super) struct Wish {
    pub(super) files: Vec<PathBuf>,
    pub(super) wanted: Wanted,
    pub(super) out: Option<PathBuf>,
    pub(super) default_duration: Option<u32>,
}

/// A file and what it is.
struct File {
    name: String,
    kind: Kind,
    bytes: Arc<[u8]>,
}

/// What became of a file: its rows, or why there are none.
type ReadFile = (File, Result<Reading, String>);

pub(super) async fn run(
    wish: Wish,
    slug: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    let files = gather(&wish.files)?;
    let eyes = files.iter().any(|file| file.kind.needs_eyes());
    let writes = matches!(wish.wanted, Wanted::Commit { .. });
    let (business, opened) = if eyes || writes {
        let opened = open::tenant(slug, settings, printer).await?;
        (Arc::clone(&opened.document.business), Some(opened))
    } else {
        open::business(slug, settings, printer).await?
    };
    let progress = printer.progress(3, "reading");
    let read = read(files, &business, opened.as_ref(), settings).await?;
    progress.inc(1);
    let whole = read.iter().all(|(_, outcome)| outcome.is_ok());
    let readings: Vec<(String, Reading)> = read
        .iter()
        .filter_map(|(file, outcome)| Some((file.name.clone(), outcome.clone().ok()?)))
        .collect();
    let (staged, notes) = Staged::from_readings(readings, &business.catalogue);
    if let Some(path) = &wish.out {
        write_review(path, &staged, business.tenant.currency)?;
    }
    progress.set_message("comparing");
    progress.inc(1);
    let (applied, refused) = match (wish.wanted, compared(&wish, &staged, &business)) {
        (Wanted::Show, _) => (None, None),
        (_, Ok(applied)) => (Some(applied), None),
        (Wanted::Compare, Err(error)) => (None, Some(format!("{}: {error}", error.code()))),
        (Wanted::Commit { .. }, Err(error)) => return Err(without_price(&error)),
    };
    if let (Wanted::Commit { accept_unsure }, Some(applied), Some(opened)) =
        (wish.wanted, &applied, &opened)
    {
        if !whole {
            return Err(CliError::input(format!("nothing was stored: {}", unread(&read)))
                .hint("read it again, or leave it out"));
        }
        refuse_unsure(&staged, accept_unsure)?;
        store(opened, business.as_ref().clone(), applied).await?;
    }
    progress.finish_and_clear();
    let shown = Shown {
        read: &read,
        staged: &staged,
        notes: &notes,
        applied: applied.as_ref(),
        refused: refused.as_deref(),
        committed: writes,
        out: wish.out.as_deref(),
        currency: business.tenant.currency,
    };
    printer.data(&shown.document(), || shown.text())?;
    let fine =
        whole && refused.is_none() && (!staged.rows.is_empty() || staged.rows_bad.is_empty());
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}

/// The files with their kinds, all within the limits.
fn gather(paths: &[PathBuf]) -> Result<Vec<File>, CliError> {
    if paths.len() > MAX_FILES {
        let (n, most) = (paths.len(), MAX_FILES);
        return Err(CliError::usage(format!("{n} files; at most {most} are read at once")));
    }
    let mut files = Vec::with_capacity(paths.len());
    let mut together = 0;
    for path in paths {
        let failed = |error: std::io::Error| CliError::file(path, &error);
        let size = std::fs::metadata(path).map_err(failed)?.len();
        together += size;
        if together > MAX_TOGETHER as u64 {
            let most = MAX_TOGETHER >> 20;
            return Err(CliError::input(format!("the files have more than {most} MiB together"))
                .hint("read fewer at once, or make them smaller"));
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let kind = kind_of(&name, &bytes)
            .map_err(|error| CliError::input(format!("{}: {error}", path.display())))?;
        files.push(File { name, kind, bytes: bytes.into() });
    }
    Ok(files)
}

/// Reads every file: words by themselves, pictures and pages by a model.
async fn read(
    files: Vec<File>,
    business: &Business,
    opened: Option<&Opened>,
    settings: &Settings,
) -> Result<Vec<ReadFile>, CliError> {
    let page = |file: &File| Page::new(file.kind, Arc::clone(&file.bytes));
    let pages: Vec<Page> = files.iter().filter_map(page).collect();
    let mut seen = match opened {
        Some(opened) if !pages.is_empty() => {
            let engine = open::thinking_engine(Arc::clone(&opened.store), settings)?;
            engine.read_pages(opened.tenant.id, &pages, PAGE_WITHIN).await?
        }
        Some(_) | None => Vec::new(),
    }
    .into_iter();
    let mut read = Vec::with_capacity(files.len());
    for file in files {
        let outcome = if file.kind.needs_eyes() {
            seen.next().unwrap_or(Ok(Reading::default())).map_err(|why| why.told().to_owned())
        } else {
            let words = read_words(file.kind, &file.bytes, business.tenant.currency);
            Ok(words.map_err(|error| CliError::input(format!("{}: {error}", file.name)))?)
        };
        read.push((file, outcome));
    }
    Ok(read)
}

fn unread(read: &[ReadFile]) -> String {
    let reasons = read.iter().filter_map(|(file, outcome)| {
        let why = outcome.as_ref().err()?;
        Some(format!("{}: {why}", file.name))
    });
    reasons.collect::<Vec<_>>().join("; ")
}

fn compared(wish: &Wish, staged: &Staged, business: &Business) -> Result<Applied, CommitError> {
    let currency = business.tenant.currency;
    let options = ImportOptions { currency, default_duration_min: wish.default_duration };
    apply(&business.catalogue, staged, &options, open::mint())
}

fn without_price(error: &CommitError) -> CliError {
    CliError::input(format!("{}: nothing was stored: {error}", error.code()))
        .hint("write the rows with --out, fill the prices in, and import that file")
}

fn refuse_unsure(staged: &Staged, accepted: bool) -> Result<(), CliError> {
    let unsure = staged.unsure_prices();
    if accepted || unsure.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = unsure.iter().map(|row| name(row)).collect();
    let names = names.join(", ");
    Err(CliError::input(format!("nothing was stored: prices that were hard to read: {names}")).hint(
        "look at them: write the rows with --out and import that file, or --accept-unsure where they are right",
    ))
}

fn write_review(path: &Path, staged: &Staged, currency: Currency) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::file(path, &error);
    let mut file = std::fs::File::create_new(path).map_err(failed)?;
    file.write_all(review(&staged.rows, currency).as_bytes()).map_err(failed)
}

fn name(row: &Row) -> &str {
    row.name.value.as_deref().unwrap_or_default()
}

/// The outcome, for programs and for people.
struct Shown<'a> {
    read: &'a [ReadFile],
    staged: &'a Staged,
    notes: &'a [BadRow],
    applied: Option<&'a Applied>,
    /// Why the rows could not be stored as they are.
    refused: Option<&'a str>,
    committed: bool,
    out: Option<&'a Path>,
    currency: Currency,
}

impl Shown<'_> {
    fn document(&self) -> Value {
        let files: Vec<Value> = self
            .read
            .iter()
            .map(|(file, outcome)| {
                let rows = outcome.as_ref().map_or(0, |reading| reading.rows.len());
                let unread = outcome.as_ref().err();
                json!({"name": file.name, "kind": file.kind.as_str(), "rows": rows, "unread": unread})
            })
            .collect();
        json!({
            "files": files, "rows": self.staged.rows, "rows_ok": self.staged.rows_ok, "rows_bad": self.staged.rows_bad,
            "notes": self.notes, "committed": self.committed, "out": self.out,
            "refused": self.refused,
            "import": self.applied.map(|applied| applied.report(self.staged, self.committed)),
        })
    }

    fn text(&self) -> String {
        let (rows, bad) = (self.staged.rows.len(), self.staged.rows_bad.len());
        let mut text =
            format!("{rows} services in {} good rows, {bad} bad rows", self.staged.rows_ok);
        for row in &self.staged.rows {
            text.push_str(&self.line(row));
        }
        for (file, outcome) in self.read {
            if let Err(why) = outcome {
                text.push_str(&format!("\n  {} was not read: {why}", file.name));
            }
        }
        for told in self.notes.iter().chain(&self.staged.rows_bad) {
            text.push_str(&format!("\n  line {}: {}", told.line, told.reason));
        }
        for change in self.applied.into_iter().flat_map(|applied| &applied.changes) {
            text.push_str(&changed(change));
        }
        for waiting in self.applied.into_iter().flat_map(|applied| &applied.waiting) {
            let name = &waiting.name;
            text.push_str(&format!("\n  {name} waits for a duration (--default-duration MIN)"));
        }
        if let Some(refused) = self.refused {
            text.push_str(&format!("\n  could not be stored as it is: {refused}"));
        }
        if let Some(path) = self.out {
            text.push_str(&format!("\nwritten to {}: look at it, then import it", path.display()));
        }
        text.push_str(if self.committed { "\nstored" } else { "\nnothing was stored" });
        text
    }

    /// A staged row; what a cell is worth stands behind it.
    fn line(&self, row: &Row) -> String {
        let sure = |confidence: f32| format!("{:.0} %", f64::from(confidence) * 100.0);
        let mut line = format!("\n  {} [{}]", name(row), sure(row.name.confidence));
        let mut cell = |words: Option<String>, confidence: f32| {
            if let Some(words) = words {
                line.push_str(&format!(", {words} [{}]", sure(confidence)));
            }
        };
        cell(row.name_sw.value.clone(), row.name_sw.confidence);
        cell(row.category.value.clone(), row.category.confidence);
        let minutes = row.duration_min.value.map(|minutes| format!("{minutes} min"));
        cell(minutes, row.duration_min.confidence);
        let price = row.price_minor.value.map(|minor| Money::new(minor, self.currency).to_string());
        cell(price, row.price_minor.confidence);
        cell(row.description.value.clone(), row.description.confidence);
        if row.price_minor.value.is_none() {
            line.push_str(", no price: fill it in");
        }
        let unsure = row.unsure();
        if !unsure.is_empty() {
            line.push_str(&format!(" (look at: {})", unsure.join(", ")));
        }
        line
    }
}

/// What a row does to what there is.
fn changed(change: &Change) -> String {
    let service = change.service();
    let name = service.name.in_language(Language::En);
    let is = format!("{}, {} min", service.price, service.duration_min);
    match change {
        Change::New { .. } => format!("\n  new: {name}, {is}"),
        Change::Unchanged { .. } => format!("\n  as it is: {name}"),
        Change::Changed { before, .. } => {
            format!("\n  changed: {name}, {is} (was {}, {} min)", before.price, before.duration_min)
        }
    }
}
