//! The walls between the rooms of ratiba-core, and house rules that a compiler does not check.

use std::fs;
use std::path::{Path, PathBuf};

/// What a room must never name.
const WALLS: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "crate::language",
            "crate::scheduling",
            "crate::payments",
            "crate::conversation",
            "crate::catalogue",
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "tracing",
        ],
    ),
    (
        "language",
        &[
            "crate::payments",
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "reqwest",
            "tracing",
        ],
    ),
    (
        "scheduling",
        &[
            "crate::language",
            "crate::payments",
            "crate::conversation",
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "tracing",
        ],
    ),
    (
        "payments",
        &[
            "crate::language",
            "crate::conversation",
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "reqwest",
            "tracing",
        ],
    ),
    (
        "catalogue",
        &[
            "crate::conversation",
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "tracing",
        ],
    ),
    (
        "conversation",
        &[
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "redis",
            "tracing",
            "Timestamp::now",
        ],
    ),
    (
        "admin",
        &[
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "tracing",
            "Timestamp::now",
        ],
    ),
    (
        "models",
        &[
            "crate::ports",
            "crate::engine",
            "crate::adapters",
            "async fn",
            "tokio",
            "sqlx",
            "reqwest",
            "tracing",
            "Timestamp::now",
        ],
    ),
    ("ports", &["crate::engine", "crate::adapters", "sqlx", "redis", "reqwest", "poem"]),
    ("engine", &["sqlx", "redis", "reqwest", "poem", "crate::sim", "crate::testing"]),
    (
        "tenancy",
        &[
            "crate::engine",
            "crate::adapters",
            "crate::sim",
            "crate::testing",
            "sqlx",
            "reqwest",
            "poem",
        ],
    ),
    ("adapters", &["crate::engine", "crate::tenancy", "crate::sim", "crate::testing", "poem"]),
];

/// `builder` may name default adapters; nothing else of the engine may.
const ENGINE_MAY_NAME_ADAPTERS: &str = "builder.rs";

/// Programs use what `lib.rs` exports, and never a database.
const PROGRAMS: &[(&str, &[&str])] =
    &[("ratiba-server", &["sqlx", "redis::"]), ("ratiba-cli", &["sqlx", "redis::"])];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

fn rust_files(dir: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join(dir), &mut found);
    found.sort();
    found
}

/// The code of a file: without comments and without its unit tests, which may build what they need.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test_file(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    path.components().any(|part| part.as_os_str() == "tests")
        || matches!(name.as_ref(), "tests" | "oracle" | "fixture" | "explore" | "world" | "talk")
}

#[test]
fn no_room_reaches_through_its_walls() {
    let mut breaches = Vec::new();
    for (room, forbidden) in WALLS {
        let files = rust_files(&format!("ratiba-core/src/{room}"));
        assert!(!files.is_empty(), "there is no room `{room}`");
        for file in files.iter().filter(|file| !is_test_file(file)) {
            let code = code(file);
            breaches.extend(
                forbidden
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{}: {word}", file.display())),
            );
        }
    }
    assert!(breaches.is_empty(), "walls are broken:\n{}", breaches.join("\n"));
}

#[test]
fn only_the_builder_of_the_engine_names_adapters() {
    for file in rust_files("ratiba-core/src/engine") {
        if !file.ends_with(ENGINE_MAY_NAME_ADAPTERS) {
            assert!(
                !code(&file).contains("crate::adapters"),
                "{} names an adapter",
                file.display()
            );
        }
    }
}

#[test]
fn programs_never_touch_a_database() {
    for (program, forbidden) in PROGRAMS {
        for file in rust_files(program) {
            // The adapter of that name is the core's, not the client library.
            let code = code(&file).replace("ratiba_core::adapters::redis::", "");
            for word in *forbidden {
                assert!(!code.contains(word), "{} names {word}", file.display());
            }
        }
    }
}

#[test]
fn no_flow_branches_on_a_channels_name() {
    for file in rust_files("ratiba-core/src/conversation").iter().filter(|file| !is_test_file(file))
    {
        assert!(!code(file).contains("ChannelKind"), "{} knows a channel by name", file.display());
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for dir in [
        "ratiba-core/src",
        "ratiba-server/src",
        "ratiba-cli/src",
        "tests/tests",
        "examples/examples",
        "benches/benches",
    ] {
        for file in rust_files(dir) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//!"), "{} does not begin with its purpose", file.display());
        }
    }
}

#[test]
fn nothing_is_left_open_in_the_code() {
    let words = [["to", "do!("].concat(), ["unimplemented", "!("].concat(), ["FIX", "ME"].concat()];
    for dir in ["ratiba-core", "ratiba-server", "ratiba-cli", "examples", "benches", "tests"] {
        for file in rust_files(dir) {
            let text = fs::read_to_string(&file).unwrap();
            for word in &words {
                assert!(!text.contains(word.as_str()), "{} holds {word}", file.display());
            }
        }
    }
}

/// A file longer than this needs a seam.
const LONGEST_FILE: usize = 800;

#[test]
fn no_file_has_grown_past_reading() {
    for dir in ["ratiba-core/src", "ratiba-server/src", "ratiba-cli/src", "tests/tests"] {
        for file in rust_files(dir) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= LONGEST_FILE, "{} has {lines} lines", file.display());
        }
    }
}
