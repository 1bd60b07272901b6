//! Where settings come from: the environment, and below it a `ratiba.toml` with the same names.

use std::collections::BTreeMap;
use std::path::Path;

use super::problem::Problem;

/// Every name that may stand in `ratiba.toml`, so that a typing error there is found.
const NAMES: &[&str] = &[
    "RATIBA_ADDR",
    "RATIBA_DATA_DIR",
    "RATIBA_SECRET_KEY",
    "RATIBA_ADMIN_API_KEY",
    "RATIBA_PUBLIC_URL",
    "RATIBA_BEHIND_PROXY",
    "RATIBA_LOG",
    "RATIBA_CLOCK",
    "DATABASE_URL",
    "DATABASE_CONNECTIONS",
    "DATABASE_POOLER",
    "REDIS_URL",
    "REDIS_ROOT_CERT",
    "RATIBA_SECRET_KEY_PREVIOUS",
    "RATIBA_TAKEOVER_SECONDS",
    "RATIBA_WORKER_ADDR",
    "WHATSAPP_APP_SECRET",
    "INSTAGRAM_APP_SECRET",
    "MESSENGER_APP_SECRET",
    "META_VERIFY_TOKEN",
    "META_GRAPH_URL",
    "RATIBA_MODEL_ROUTES",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "DARAJA_BASE_URL",
    "DARAJA_CALLBACK_SOURCES",
    "PESAPAL_BASE_URL",
    "AFRICASTALKING_BASE_URL",
    "LIVEKIT_URL",
    "LIVEKIT_API_KEY",
    "LIVEKIT_API_SECRET",
    "DEEPGRAM_API_KEY",
    "DEEPGRAM_URL",
    "ELEVENLABS_API_KEY",
    "ELEVENLABS_URL",
    "KEYCLOAK_URL",
    "KEYCLOAK_CLIENT_ID",
    "KEYCLOAK_CLIENT_SECRET",
    "S3_ENDPOINT",
    "S3_BUCKET",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
];

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "ratiba.toml";

/// Settings as text by name; an empty value counts as not set.
#[derive(Clone)]
pub struct Source {
    values: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

/// Values may be secrets, so only the names show.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.values.keys()).finish()
    }
}

impl Source {
    /// Lays environment variables over the text of a `ratiba.toml`.
    pub fn new(env: impl IntoIterator<Item = (String, String)>, file: Option<&str>) -> Self {
        let mut values = BTreeMap::new();
        let mut problems = Vec::new();
        if let Some(text) = file {
            read_file(text, &mut values, &mut problems);
        }
        values.extend(env);
        values.retain(|_, value| !value.trim().is_empty());
        Self { values, problems }
    }

    /// The process's environment over the named file, or over `ratiba.toml` of the working directory where that exists.
    pub fn from_process(file: Option<&Path>) -> Self {
        let (path, named) = match file {
            Some(path) => (path, true),
            None => (Path::new(DEFAULT_FILE), false),
        };
        let read = std::fs::read_to_string(path);
        // A value that is not UTF-8 can't be one of ours; `vars` would panic over it.
        let env = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let mut source = Self::new(env, read.as_deref().ok());
        if let (Err(error), true) = (&read, named) {
            source.problems.push(Problem::new(
                "--config",
                format!("names {}, which can't be read ({})", path.display(), error.kind()),
                "name a file that exists and may be read",
            ));
        }
        source
    }

    /// A setting, without space around it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.trim())
    }

    /// What is wrong with the file itself.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

fn read_file(text: &str, values: &mut BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| {
                text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
            });
            problems.push(Problem::new(
                DEFAULT_FILE,
                format!("is not TOML (line {line})"),
                "write lines of the form `NAME = \"value\"`",
            ));
            return;
        }
    };
    for (name, value) in table {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Datetime(at) => at.to_string(),
            toml::Value::Float(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
                problems.push(Problem::new(
                    &name,
                    "is neither text, whole number nor true or false in ratiba.toml",
                    "write one value, in quotes",
                ));
                continue;
            }
        };
        if NAMES.contains(&name.as_str()) {
            values.insert(name, text);
        } else {
            problems.push(Problem::new(
                &name,
                "is no setting that ratiba.toml may hold",
                "look up its name; settings are named as in the environment, such as RATIBA_ADDR",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn the_environment_wins_over_the_file_and_empty_is_unset() {
        let file = "RATIBA_ADDR = \"a\"\nRATIBA_LOG = \"debug\"\nRATIBA_BEHIND_PROXY = true\n";
        let source = Source::new(env("RATIBA_ADDR", " b "), Some(file));
        assert_eq!(source.get("RATIBA_ADDR"), Some("b"));
        assert_eq!(source.get("RATIBA_LOG"), Some("debug"));
        assert_eq!(source.get("RATIBA_BEHIND_PROXY"), Some("true"));
        assert_eq!(Source::new(env("RATIBA_ADDR", " "), None).get("RATIBA_ADDR"), None);
    }

    #[test]
    fn what_the_file_should_not_hold_is_named_without_its_value() {
        let source = Source::new(Vec::new(), Some("RATIBA_ADRR = \"x\"\nS3_BUCKET = [1]\n"));
        let names: Vec<_> = source.problems().iter().map(|p| p.setting.as_str()).collect();
        assert_eq!(names, ["RATIBA_ADRR", "S3_BUCKET"]);
        let broken =
            Source::new(Vec::new(), Some("RATIBA_LOG = \"a\"\nRATIBA_SECRET_KEY = hunter2"));
        assert_eq!(broken.problems().len(), 1);
        assert!(broken.problems()[0].what.contains("line 2"));
        assert!(!format!("{:?}", broken.problems()).contains("hunter2"));
    }
}
