//! Flags, environment and `ratiba.toml`, resolved into what commands need. The flags win, then the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::args::Cli;
use crate::error::CliError;

/// What commands need to know.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The database, when one was named.
    pub(crate) database: Option<String>,
    /// Where files are kept.
    pub(crate) data_dir: PathBuf,
    /// `RATIBA_SECRET_KEY`.
    pub(crate) secret_key: Option<String>,
    /// `RATIBA_SECRET_KEY_PREVIOUS`: keys of before, which only open.
    pub(crate) previous_keys: Vec<String>,
    /// `DARAJA_BASE_URL`, where it is not Safaricom's own.
    pub(crate) daraja_url: Option<String>,
    /// `PESAPAL_BASE_URL`, where it is not PesaPal's own.
    pub(crate) pesapal_url: Option<String>,
    /// `RATIBA_PUBLIC_URL`.
    pub(crate) public_url: Option<String>,
    /// Everything else, by its name.
    pub(crate) named: Named,
}

/// Settings by the names that they have in the environment and in `ratiba.toml`, as the server reads them.
#[derive(Clone, Default)]
pub(crate) struct Named {
    file: BTreeMap<String, String>,
    /// Off in tests, which have no environment of their own.
    env: bool,
}

/// Values may be secrets, so only the names show.
impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.file.keys()).finish()
    }
}

impl Named {
    /// A setting, without space around it; an empty one counts as not set.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let env = self.env.then(|| std::env::var(name).ok()).flatten();
        let tidy = |value: String| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        env.and_then(tidy).or_else(|| self.file.get(name).cloned().and_then(tidy))
    }

    fn over(file: Option<&str>, path: &Path) -> Result<Self, CliError> {
        let table = file.unwrap_or_default().parse::<toml::Table>().map_err(|error| {
            CliError::config(format!("{}: {}", path.display(), error.message()))
        })?;
        let text = |value: toml::Value| match value {
            toml::Value::String(text) => text,
            other => other.to_string(),
        };
        let file = table.into_iter().map(|(name, value)| (name, text(value))).collect();
        Ok(Self { file, env: true })
    }
}

impl Settings {
    pub(crate) fn read(cli: &Cli) -> Result<Self, CliError> {
        let usual = Path::new("ratiba.toml");
        let path = cli.config.as_deref().unwrap_or(usual);
        let text = if cli.config.is_some() || usual.exists() {
            Some(std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))?)
        } else {
            None
        };
        let named = Named::over(text.as_deref(), path)?;
        Ok(Self::from_named(cli.database.clone(), named))
    }

    fn from_named(database: Option<String>, named: Named) -> Self {
        Self {
            database: database.or_else(|| named.get("DATABASE_URL")),
            data_dir: named.get("RATIBA_DATA_DIR").unwrap_or_else(|| "ratiba-data".into()).into(),
            secret_key: named.get("RATIBA_SECRET_KEY"),
            previous_keys: named
                .get("RATIBA_SECRET_KEY_PREVIOUS")
                .map(|keys| keys.split(',').map(|key| key.trim().to_owned()).collect())
                .unwrap_or_default(),
            daraja_url: named.get("DARAJA_BASE_URL"),
            pesapal_url: named.get("PESAPAL_BASE_URL"),
            public_url: named.get("RATIBA_PUBLIC_URL"),
            named,
        }
    }

    /// The address of a PostgreSQL database, when one is named.
    pub(crate) fn postgres(&self) -> Option<&str> {
        let url = self.database.as_deref()?;
        (url.starts_with("postgres://") || url.starts_with("postgresql://")).then_some(url)
    }

    /// Whether a pooler in transaction mode stands before PostgreSQL; the server says what is wrong with another value.
    pub(crate) fn database_pooler(&self) -> bool {
        matches!(self.named.get("DATABASE_POOLER").as_deref(), Some("1" | "true" | "yes"))
    }

    /// The file of the database, where it is one.
    pub(crate) fn database_file(&self) -> Result<PathBuf, CliError> {
        match self.database.as_deref() {
            None => Ok(self.data_dir.join("ratiba.db")),
            Some(url) => {
                let path = url
                    .strip_prefix("sqlite://")
                    .or_else(|| url.strip_prefix("sqlite:"))
                    .unwrap_or(url);
                if path.is_empty() || path.contains("://") {
                    return Err(CliError::config(format!("`{url}` is no database address"))
                        .hint("sqlite://PATH or a path"));
                }
                Ok(PathBuf::from(path.split('?').next().unwrap_or(path)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(database: Option<&str>) -> Settings {
        let named =
            Named::over(Some("RATIBA_DATA_DIR = \"data\""), Path::new("ratiba.toml")).unwrap();
        Settings::from_named(database.map(str::to_owned), Named { env: false, ..named })
    }

    #[test]
    fn the_servers_file_is_read_under_the_servers_names() {
        let file =
            "REDIS_URL = \"redis://cache\"\nRATIBA_BEHIND_PROXY = true\nRATIBA_LOG = \" \"\n";
        let named = Named::over(Some(file), Path::new("ratiba.toml")).unwrap();
        let named = Named { env: false, ..named };
        assert_eq!(named.get("REDIS_URL").as_deref(), Some("redis://cache"));
        assert_eq!(named.get("RATIBA_BEHIND_PROXY").as_deref(), Some("true"));
        assert_eq!(named.get("RATIBA_LOG"), None);
        assert!(!format!("{named:?}").contains("cache"));
        assert!(Named::over(Some("REDIS_URL ="), Path::new("ratiba.toml")).is_err());
    }

    #[test]
    fn a_database_is_a_path_an_sqlite_address_or_the_default() {
        assert_eq!(with(None).database_file().unwrap(), Path::new("data/ratiba.db"));
        assert_eq!(
            with(Some("sqlite:///tmp/a.db?mode=rwc")).database_file().unwrap(),
            Path::new("/tmp/a.db")
        );
        assert_eq!(with(Some("a.db")).database_file().unwrap(), Path::new("a.db"));
        let postgres = with(Some("postgres://localhost/ratiba"));
        assert!(postgres.database_file().is_err());
        assert_eq!(postgres.postgres(), Some("postgres://localhost/ratiba"));
        assert_eq!(with(Some("a.db")).postgres(), None);
        assert!(with(Some("mysql://x")).database_file().is_err());
    }
}
