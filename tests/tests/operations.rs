//! What operators are given fits the programs: dashboards and alerts name metrics that exist, and every alert is explained.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The metrics that the programs count: name, and whether it is a histogram.
fn counted() -> Vec<(String, bool)> {
    let mut text = String::new();
    for folder in ["ratiba-core/src", "ratiba-server/src"] {
        sources(&root().join(folder), &mut text);
    }
    let mut found = Vec::new();
    for (kind, histogram) in [("::counter!(", false), ("::gauge!(", false), ("::histogram!(", true)]
    {
        for part in text.split(kind).skip(1) {
            let name = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            found.extend(name.map(|name| (name.to_owned(), histogram)));
        }
    }
    found
}

/// Words of a text that look like metrics of ours.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("ratiba_")).map(str::to_owned).collect()
}

#[test]
fn dashboards_and_alerts_name_only_metrics_that_exist() {
    let counted = counted();
    assert!(counted.len() > 8, "{counted:?}");
    let exists = |name: &str| {
        counted.iter().any(|(metric, histogram)| {
            if *histogram {
                let parts = ["_bucket", "_count", "_sum"];
                parts.iter().any(|part| name.strip_suffix(part) == Some(metric))
            } else {
                name == metric
            }
        })
    };
    for file in ["dashboard.json", "alerts.yaml"] {
        let names = named(&read(&format!("ratiba-server/deploy/{file}")));
        assert!(names.len() > 5, "{file}: {names:?}");
        for name in names {
            assert!(exists(&name), "{file} names {name}, which nothing counts");
        }
    }
}

#[test]
fn the_dashboard_is_a_document() {
    let dashboard: serde_json::Value =
        serde_json::from_str(&read("ratiba-server/deploy/dashboard.json")).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() >= 8);
}

#[test]
fn every_alert_is_explained_and_every_explanation_is_of_an_alert() {
    let names = |text: &str, mark: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix(mark));
        lines.map(|name| name.trim().to_owned()).collect()
    };
    let alerts = names(&read("ratiba-server/deploy/alerts.yaml"), "- alert:");
    let explained = names(&read("ratiba-server/OPERATIONS.md"), "### ");
    assert!(alerts.len() >= 10);
    assert_eq!(alerts, explained);
}
