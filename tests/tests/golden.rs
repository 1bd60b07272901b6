//! Every golden conversation, run through the whole engine and replayed offline.

use std::fs;
use std::path::{Path, PathBuf};

use ratiba_core::testing::golden::Golden;
use ratiba_core::testing::scenario;

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "yaml") {
            found.push(path);
        }
    }
}

#[tokio::test]
async fn golden_conversations_come_out_as_written() {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"), &mut found);
    found.sort();
    assert!(!found.is_empty(), "there are no golden conversations");
    let mut failures = Vec::new();
    for path in found {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let golden = match Golden::parse(&fs::read_to_string(&path).unwrap()) {
            Ok(golden) => golden,
            Err(error) => {
                failures.push(format!("{name}: {error}"));
                continue;
            }
        };
        match scenario::run(&golden).await {
            Ok(report) => {
                for mismatch in &report.mismatches {
                    failures.push(format!(
                        "{name}, turn {}: {}\n{}",
                        mismatch.turn,
                        mismatch.problems.join("; "),
                        report.transcript
                    ));
                }
            }
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
