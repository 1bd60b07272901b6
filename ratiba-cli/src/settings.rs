//! Flags, environment and `ratiba.toml`, resolved into what commands need. The flags win, then the environment.

use std::path::{Path, PathBuf};

use serde::Deserialize;

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
}

/// The part of `ratiba.toml` that concerns the terminal; the server reads more of it.
#[derive(Debug, Default, Deserialize)]
struct File {
    database_url: Option<String>,
    data_dir: Option<PathBuf>,
    secret_key: Option<String>,
    secret_key_previous: Option<String>,
    daraja_base_url: Option<String>,
    pesapal_base_url: Option<String>,
    public_url: Option<String>,
}

impl Settings {
    pub(crate) fn read(cli: &Cli) -> Result<Self, CliError> {
        let file = match &cli.config {
            Some(path) => read_file(path)?,
            None if Path::new("ratiba.toml").exists() => read_file(Path::new("ratiba.toml"))?,
            None => File::default(),
        };
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Ok(Self {
            database: cli.database.clone().or_else(|| env("DATABASE_URL")).or(file.database_url),
            data_dir: env("RATIBA_DATA_DIR")
                .map(PathBuf::from)
                .or(file.data_dir)
                .unwrap_or_else(|| "ratiba-data".into()),
            secret_key: env("RATIBA_SECRET_KEY").or(file.secret_key),
            previous_keys: env("RATIBA_SECRET_KEY_PREVIOUS")
                .or(file.secret_key_previous)
                .map(|keys| keys.split(',').map(|key| key.trim().to_owned()).collect())
                .unwrap_or_default(),
            daraja_url: env("DARAJA_BASE_URL").or(file.daraja_base_url),
            pesapal_url: env("PESAPAL_BASE_URL").or(file.pesapal_base_url),
            public_url: env("RATIBA_PUBLIC_URL").or(file.public_url),
        })
    }

    /// The address of a PostgreSQL database, when one is named.
    pub(crate) fn postgres(&self) -> Option<&str> {
        let url = self.database.as_deref()?;
        (url.starts_with("postgres://") || url.starts_with("postgresql://")).then_some(url)
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

fn read_file(path: &Path) -> Result<File, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| CliError::file(path, &error))?;
    toml::from_str(&text)
        .map_err(|error| CliError::config(format!("{}: {}", path.display(), error.message())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(database: Option<&str>) -> Settings {
        Settings {
            database: database.map(str::to_owned),
            data_dir: "data".into(),
            secret_key: None,
            previous_keys: Vec::new(),
            daraja_url: None,
            pesapal_url: None,
            public_url: None,
        }
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
