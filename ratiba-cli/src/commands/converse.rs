//! `ratiba converse`: golden conversations through the whole engine.

use std::path::Path;
use std::process::ExitCode;

use ratiba_core::testing::golden::Golden;
use ratiba_core::testing::scenario::{self, GoldenReport};
use serde_json::{Value, json};

use crate::args::Converse;
use crate::error::CliError;
use crate::printer::Printer;
use crate::{exit, files};

pub(crate) async fn run(args: &Converse, printer: &Printer) -> Result<ExitCode, CliError> {
    let files = files::of(&args.files, &["yaml", "yml"])?;
    let mut results = Vec::new();
    let mut differing = 0_usize;
    for path in &files {
        let text = files::read(path)?;
        let outcome = match Golden::parse(&text) {
            Ok(golden) => scenario::run(&golden).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let fits = outcome.as_ref().is_ok_and(|report| report.mismatches.is_empty());
        differing += usize::from(!fits);
        if !printer.json() {
            printer.line(&shown(path, &outcome, args.transcript));
        }
        results.push(as_json(path, &outcome));
    }
    let all = json!({"files": files.len(), "differing": differing, "results": results});
    printer.data(&all, || format!("{} of {} as written", files.len() - differing, files.len()))?;
    Ok(if differing == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}

fn shown(path: &Path, outcome: &Result<GoldenReport, String>, transcript: bool) -> String {
    match outcome {
        Err(error) => format!("FAILS   {}\n        {error}", path.display()),
        Ok(report) => {
            let word = if report.mismatches.is_empty() { "ok     " } else { "DIFFERS" };
            let mut text = format!("{word} {}: {}", path.display(), report.name);
            for mismatch in &report.mismatches {
                for problem in &mismatch.problems {
                    text.push_str(&format!("\n        turn {}: {problem}", mismatch.turn));
                }
            }
            if transcript || !report.mismatches.is_empty() {
                for line in report.transcript.lines() {
                    text.push_str("\n        ");
                    text.push_str(line);
                }
            }
            text
        }
    }
}

fn as_json(path: &Path, outcome: &Result<GoldenReport, String>) -> Value {
    let file = path.display().to_string();
    match outcome {
        Err(error) => json!({"file": file, "ok": false, "error": error}),
        Ok(report) => json!({
            "file": file,
            "name": report.name,
            "ok": report.mismatches.is_empty(),
            "mismatches": report.mismatches.iter().map(|m| json!({"turn": m.turn, "problems": m.problems})).collect::<Vec<_>>(),
            "transcript": report.transcript,
        }),
    }
}
