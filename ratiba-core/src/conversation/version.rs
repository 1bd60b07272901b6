//! Reading a stored thread, whatever its age: one upgrade per version, in order, then the strict shape of today.

use serde_json::{Map, Value, json};

use super::thread::Thread;

/// The shape that is written today.
pub const CURRENT: u32 = 1;

/// One version to the next. The n-th entry reads version n.
const UPGRADES: [fn(&mut Map<String, Value>); CURRENT as usize] = [from_0];

/// The pilot's shape had no second dimension and remembered nothing beside the language.
fn from_0(thread: &mut Map<String, Value>) {
    let language = thread.remove("language").unwrap_or(Value::Null);
    thread.insert("driver".to_owned(), json!({ "driver": "AGENT_DRIVING" }));
    thread.insert(
        "memory".to_owned(),
        json!({
            "language": language, "introduced": true, "greeted": true, "phone": null,
            "unclear": 0, "negative": 0, "stalled": 0, "cross_sell_done": false,
        }),
    );
}

/// A stored thread can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Not JSON, or not the shape of its version.
    #[error("the stored thread has not the shape of version {version}")]
    Shape {
        /// The version that it claims, or the current one where it claims none.
        version: u64,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// No `graph_version`.
    #[error("the stored thread does not say its version")]
    NoVersion,
    /// Written by a newer release.
    #[error("the stored thread has version {found}, newer than {CURRENT}: run the newer release")]
    Newer {
        /// Its version.
        found: u64,
    },
}

impl Thread {
    /// Reads a stored thread of any released version.
    pub fn load(json: &str) -> Result<Self, LoadError> {
        let current = u64::from(CURRENT);
        let mut value: Map<String, Value> = serde_json::from_str(json)
            .map_err(|source| LoadError::Shape { version: current, source })?;
        let version =
            value.get("graph_version").and_then(Value::as_u64).ok_or(LoadError::NoVersion)?;
        if version > current {
            return Err(LoadError::Newer { found: version });
        }
        let done = usize::try_from(version).unwrap_or(UPGRADES.len());
        for (upgrade, becomes) in UPGRADES.iter().zip(1_u32..).skip(done) {
            upgrade(&mut value);
            value.insert("graph_version".to_owned(), json!(becomes));
        }
        serde_json::from_value(Value::Object(value))
            .map_err(|source| LoadError::Shape { version, source })
    }
}
