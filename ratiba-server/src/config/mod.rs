//! Settings: read once from the environment and `ratiba.toml`, checked together, reported together.

mod database;
mod log;
mod meta;
mod models;
mod problem;
mod source;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::seal::SecretKey;
use secrecy::{ExposeSecret as _, SecretString};

use database::is_postgres;
pub use log::{LogFormat, LogSettings};
pub use meta::MetaApp;
pub use models::{ModelSettings, ProviderSettings};
pub use problem::{ConfigError, Problem};
pub use source::Source;

/// Which program is being configured; decides what may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Program {
    /// Web server and worker.
    Serve,
    /// Web server alone: processes of their own work.
    ServeOnly,
    /// Everything in one process against stand-ins.
    Demo,
    /// Worker alone.
    Worker,
    /// Database migrations.
    Migrate,
}

/// Everything that the environment decides.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where a worker shows how it does; `None`: nowhere.
    pub worker_addr: Option<SocketAddr>,
    /// The address that customers and providers reach us under, without a slash at the end. `None` only in the demo: then it is where we listen.
    pub public_url: Option<String>,
    /// Take the client's address from the last entry of `X-Forwarded-For`; only right behind a proxy of one's own.
    pub behind_proxy: bool,
    /// Where files are kept; `None` in a demo that keeps none.
    pub data_dir: Option<PathBuf>,
    /// A `sqlite:` or `postgres:` address; the latter may hold a password.
    pub database: SecretString,
    /// Connections to Postgres that one process opens for tenants, at most; `None`: the core's own.
    pub database_connections: Option<u32>,
    /// A pooler in transaction mode stands before Postgres.
    pub database_pooler: bool,
    /// Where hot state is shared, with any number of processes; `None`: in this process.
    pub redis: Option<SecretString>,
    /// Who may vouch for Redis over TLS, in PEM, where it is not whom the machine trusts.
    pub redis_root_cert: Option<Vec<u8>>,
    /// How long before the work of a process that has died is taken over; `None`: the core's own.
    pub takeover: Option<SignedDuration>,
    /// Encrypts stored secrets and signs the widget's cookies.
    pub secret_key: SecretString,
    /// Keys of before, which still open what has not been sealed again.
    pub previous_keys: Vec<SecretString>,
    /// Opens the operator's API.
    pub admin_api_key: Option<SecretString>,
    /// What to log and how.
    pub log: LogSettings,
    /// WhatsApp, where it is served.
    pub whatsapp: Option<MetaApp>,
    /// Instagram, where it is served.
    pub instagram: Option<MetaApp>,
    /// Messenger, where it is served.
    pub messenger: Option<MetaApp>,
    /// Daraja's base address, where it is not Safaricom's own (or, in the demo, not the stand-in).
    pub daraja_base_url: Option<String>,
    /// From where Daraja's callbacks are taken; empty: from anywhere, since Safaricom promises no addresses and the path is a secret.
    pub daraja_callback_sources: Vec<IpNet>,
    /// Africa's Talking's base address, where it is not their own (or, in the demo, not the stand-in).
    pub africastalking_base_url: Option<String>,
    /// Language models, where there are keys for any.
    pub models: ModelSettings,
    /// PesaPal's base address, where it is not PesaPal's own (or, in the demo, not the stand-in).
    pub pesapal_base_url: Option<String>,
    /// Where the demo's clock starts.
    pub clock: Option<Timestamp>,
}

/// How a certificate begins.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";
/// Default of `RATIBA_ADDR`.
const DEFAULT_ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8010);
/// What the demo uses where nothing is set; it guards nothing but the demo's own stand-ins.
const DEMO_SECRET: &str = "64656d6f206f6e6c7964656d6f206f6e6c7964656d6f206f6e6c7964656d6f21";

impl Settings {
    /// The address of the Postgres database, where it is one.
    pub fn postgres(&self) -> Option<&SecretString> {
        is_postgres(self.database.expose_secret()).then_some(&self.database)
    }

    /// Checks everything and reports all that is missing or wrong at once.
    pub fn check(program: Program, source: &Source) -> Result<Self, ConfigError> {
        let mut read = Reader { source, program, problems: source.problems().to_vec() };
        let addr = read.parsed("RATIBA_ADDR", "an address and port such as `127.0.0.1:8010`");
        let worker_addr =
            read.parsed("RATIBA_WORKER_ADDR", "an address and port such as `127.0.0.1:8011`");
        let public_url = read.public_url();
        let behind_proxy = read.flag("RATIBA_BEHIND_PROXY");
        let data_dir = read.text("RATIBA_DATA_DIR").map(PathBuf::from);
        let database = read.database(data_dir.as_ref());
        let database_connections = read.database_connections();
        let database_pooler = read.flag("DATABASE_POOLER");
        let secret_key = read.secret_key();
        let previous_keys = read.previous_keys();
        let admin_api_key = read.text("RATIBA_ADMIN_API_KEY").map(SecretString::from);
        let log = read.log();
        let [whatsapp, instagram, messenger] = read.meta();
        let daraja_base_url = read.url("DARAJA_BASE_URL");
        let daraja_callback_sources = read.networks("DARAJA_CALLBACK_SOURCES");
        let africastalking_base_url = read.url("AFRICASTALKING_BASE_URL");
        let models = read.models();
        let pesapal_base_url = read.url("PESAPAL_BASE_URL");
        let clock = read.clock();
        let redis = read.redis();
        let redis_root_cert = read.certificates("REDIS_ROOT_CERT");
        let takeover = read.takeover();
        if !read.problems.is_empty() {
            return Err(ConfigError { problems: read.problems });
        }
        Ok(Self {
            addr: addr.unwrap_or(DEFAULT_ADDR),
            worker_addr,
            public_url,
            behind_proxy,
            data_dir,
            database: database.into(),
            database_connections,
            database_pooler,
            redis,
            redis_root_cert,
            takeover,
            secret_key,
            previous_keys,
            admin_api_key,
            log,
            whatsapp,
            instagram,
            messenger,
            daraja_base_url,
            daraja_callback_sources,
            africastalking_base_url,
            models,
            pesapal_base_url,
            clock,
        })
    }
}

/// Reads one setting after another and remembers what is wrong.
struct Reader<'a> {
    source: &'a Source,
    program: Program,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.source.get(name).map(str::to_owned)
    }

    fn problem(&mut self, name: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(name, what, remedy));
    }

    fn is_demo(&self) -> bool {
        self.program == Program::Demo
    }

    /// Whether the program answers customers (and so needs what that takes).
    fn talks(&self) -> bool {
        matches!(self.program, Program::Serve | Program::ServeOnly | Program::Worker)
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, form: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.problem(name, "can't be read", format!("write {form}"));
        }
        value
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.text(name).as_deref() {
            None | Some("0" | "false" | "no") => false,
            Some("1" | "true" | "yes") => true,
            Some(_) => {
                self.problem(name, "is neither true nor false", "write `true` or `false`");
                false
            }
        }
    }

    /// An absolute http(s) address without query, its last slash cut off.
    fn url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let fits = reqwest::Url::parse(&text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if !fits {
            self.problem(
                name,
                "is not a web address",
                "write an absolute address such as `https://book.example.co.ke`",
            );
            return None;
        }
        Some(text.trim_end_matches('/').to_owned())
    }

    fn public_url(&mut self) -> Option<String> {
        const NAME: &str = "RATIBA_PUBLIC_URL";
        if self.talks() && self.source.get(NAME).is_none() {
            self.problem(
                NAME,
                "is not set",
                "write the address under which providers and customers reach this server, such as `https://book.example.co.ke`",
            );
        }
        self.url(NAME)
    }

    fn secret_key(&mut self) -> SecretString {
        const NAME: &str = "RATIBA_SECRET_KEY";
        const REMEDY: &str = "make one with `openssl rand -hex 32` and keep it: what is stored encrypted can't be read without it";
        match self.text(NAME) {
            Some(key) => {
                if let Err(error) = SecretKey::from_hex(&key) {
                    self.problem(NAME, format!("can't be used: {error}"), REMEDY);
                }
                key.into()
            }
            None if self.is_demo() => DEMO_SECRET.into(),
            None => {
                self.problem(NAME, "is not set", REMEDY);
                SecretString::default()
            }
        }
    }

    /// Addresses and networks, separated by commas.
    fn networks(&mut self, name: &str) -> Vec<IpNet> {
        let text = self.text(name).unwrap_or_default();
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read: Option<Vec<IpNet>> = entries
            .map(|entry| {
                entry.parse().ok().or_else(|| entry.parse::<IpAddr>().ok().map(IpNet::from))
            })
            .collect();
        read.unwrap_or_else(|| {
            self.problem(
                name,
                "holds something that is no address and no network",
                "write addresses or networks, such as `196.201.214.0/24,196.201.213.44`",
            );
            Vec::new()
        })
    }

    fn previous_keys(&mut self) -> Vec<SecretString> {
        const NAME: &str = "RATIBA_SECRET_KEY_PREVIOUS";
        let text = self.text(NAME).unwrap_or_default();
        let keys: Vec<_> = text.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
        if keys.iter().any(|key| SecretKey::from_hex(key).is_err()) {
            self.problem(
                NAME,
                "holds something that is no key",
                "write the keys of before, 64 hexadecimal digits each, separated by commas",
            );
        }
        keys.into_iter().map(SecretString::from).collect()
    }

    fn log(&mut self) -> LogSettings {
        const NAME: &str = "RATIBA_LOG";
        let default = if self.is_demo() { "warn" } else { "info" };
        let text = self.text(NAME).unwrap_or_else(|| default.to_owned());
        LogSettings::parse(&text, default).unwrap_or_else(|_| {
            self.problem(
                NAME,
                "is no log filter",
                "write a level or directives, such as `info` or `json,info,ratiba_core=debug`",
            );
            LogSettings::default()
        })
    }

    fn clock(&mut self) -> Option<Timestamp> {
        const NAME: &str = "RATIBA_CLOCK";
        let clock = self.parsed::<Timestamp>(
            NAME,
            "a time with its offset, such as `2026-11-23T09:00:00+03:00`",
        );
        if clock.is_some() && !self.is_demo() {
            self.problem(
                NAME,
                "is set outside the demo",
                "unset it: real appointments need the real time",
            );
        }
        clock
    }

    fn redis(&mut self) -> Option<SecretString> {
        const NAME: &str = "REDIS_URL";
        let text = self.text(NAME)?;
        let fits = |url: &str| {
            reqwest::Url::parse(url.trim())
                .is_ok_and(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host())
        };
        if !text.split(',').all(fits) {
            self.problem(
                NAME,
                "is no address of Redis",
                "write `redis://host:6379` (`rediss://` for TLS), the nodes of a cluster with commas between; leave it out for one process alone",
            );
        }
        Some(text.into())
    }

    /// The file that a setting names, if there are certificates in it.
    fn certificates(&mut self, name: &str) -> Option<Vec<u8>> {
        let path = self.text(name)?;
        let what = match std::fs::read(&path) {
            Ok(pem) if pem.windows(PEM.len()).any(|window| window == PEM) => return Some(pem),
            Ok(_) => "names a file without certificates".to_owned(),
            Err(error) => format!("names a file that can't be read ({})", error.kind()),
        };
        self.problem(name, what, "name a file with certificates in PEM");
        None
    }

    fn takeover(&mut self) -> Option<SignedDuration> {
        const NAME: &str = "RATIBA_TAKEOVER_SECONDS";
        let seconds: u32 = self.parsed(NAME, "a number of seconds such as `60`")?;
        if seconds < 5 {
            self.problem(
                NAME,
                "is too short: slow answers of providers would count as deaths",
                "write at least `5`; leave it out for a minute",
            );
        }
        Some(SignedDuration::from_secs(i64::from(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn check(program: Program, pairs: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let env = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::check(program, &Source::new(env, None))
    }

    fn names(error: &ConfigError) -> Vec<&str> {
        error.problems.iter().map(|p| p.setting.as_str()).collect()
    }

    #[test]
    fn one_failure_lists_everything() {
        let error = check(
            Program::Serve,
            &[
                ("RATIBA_ADDR", "nowhere"),
                ("DATABASE_URL", "mysql://db/ratiba"),
                ("REDIS_URL", "localhost:6379"),
                ("META_VERIFY_TOKEN", "x"),
                ("DARAJA_BASE_URL", "sandbox"),
                ("RATIBA_CLOCK", "2026-11-23T09:00:00+03:00"),
            ],
        )
        .unwrap_err();
        assert_eq!(
            names(&error),
            [
                "RATIBA_ADDR",
                "RATIBA_PUBLIC_URL",
                "DATABASE_URL",
                "RATIBA_SECRET_KEY",
                "WHATSAPP_APP_SECRET",
                "DARAJA_BASE_URL",
                "RATIBA_CLOCK",
                "REDIS_URL",
            ]
        );
        let report = error.to_string();
        assert!(report.contains("8 settings") && report.contains("openssl rand -hex 32"));
    }

    #[test]
    fn the_demo_needs_nothing() {
        let settings = check(Program::Demo, &[]).unwrap();
        assert_eq!(settings.addr, DEFAULT_ADDR);
        assert_eq!(settings.database.expose_secret(), "sqlite::memory:");
        assert!(settings.whatsapp.is_some() && settings.public_url.is_none());
        assert!(settings.instagram.is_some() && settings.messenger.is_some());
    }

    #[test]
    fn the_demo_reads_the_same_environment() {
        let settings = check(
            Program::Demo,
            &[
                ("RATIBA_ADDR", "127.0.0.1:0"),
                ("RATIBA_DATA_DIR", "/srv/r"),
                ("META_GRAPH_URL", "http://localhost:9/"),
                ("RATIBA_CLOCK", "2026-11-23T09:00:00+03:00"),
            ],
        )
        .unwrap();
        assert_eq!(settings.database.expose_secret(), "sqlite:///srv/r/ratiba.db");
        assert_eq!(settings.whatsapp.unwrap().graph_url.as_deref(), Some("http://localhost:9"));
        assert_eq!(settings.clock, "2026-11-23T06:00:00Z".parse().ok());
    }

    #[test]
    fn a_complete_environment_serves_and_shows_no_secret() {
        let settings = check(
            Program::Serve,
            &[
                ("RATIBA_SECRET_KEY", KEY),
                ("RATIBA_PUBLIC_URL", "https://book.example.co.ke/"),
                ("WHATSAPP_APP_SECRET", "app-secret-value"),
                ("META_VERIFY_TOKEN", "verify-value"),
            ],
        )
        .unwrap();
        assert_eq!(settings.public_url.as_deref(), Some("https://book.example.co.ke"));
        let shown = format!("{settings:?}");
        for secret in [KEY, "app-secret-value", "verify-value"] {
            assert!(!shown.contains(secret), "{secret}");
        }
    }
}
