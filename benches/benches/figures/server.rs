//! Where the data lies, and a `ratiba-server` over it in a process of its own: this very program, started again with another purpose.

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::adapters::system::{OsEntropy, SystemClock};
use ratiba_core::demo;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::{Mint, TenantId};
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::{Clock as _, Entropy as _};
use ratiba_core::ports::migrate::Migrator as _;
use ratiba_core::ports::store::{NewTenant, Registry as _, Store};
use ratiba_core::sim::meta::{MetaSim, MetaSimConfig, Statuses};
use sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Set for a process that is to be a server: its arguments.
const ARGUMENTS: &str = "RATIBA_FIGURES_SERVER";
/// What Meta's webhooks are signed with.
pub(crate) const SECRET: &str = "app-secret-of-the-figures";
const VERIFY: &str = "verify-token-of-the-figures";
/// The business's `phone_number_id`.
pub(crate) const ACCOUNT: &str = "106540352242911";

/// Becomes the server, in a process that was started for it.
pub(crate) fn become_one() -> Option<ExitCode> {
    let arguments = std::env::var(ARGUMENTS).ok()?;
    let words = std::iter::once("ratiba-server").chain(arguments.split_whitespace());
    Some(ratiba_server::cli::run_with(words.map(str::to_owned)))
}

/// Where the data lies.
pub(crate) enum Place {
    /// A file for each store: the one before may still be closing.
    File {
        folder: PathBuf,
        stores: AtomicU32,
    },
    Servers {
        postgres: String,
        redis: String,
    },
}

fn numbered(folder: &Path, n: u32) -> PathBuf {
    folder.join(format!("ratiba-{n}.db"))
}

impl Place {
    pub(crate) fn file() -> Self {
        let folder = std::env::temp_dir().join(format!("ratiba-figures-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self::File { folder, stores: AtomicU32::new(0) }
    }

    /// The servers that the environment names.
    pub(crate) fn servers() -> Option<Self> {
        let postgres = std::env::var("RATIBA_TEST_DATABASE_URL").ok()?;
        let redis = std::env::var("RATIBA_TEST_REDIS_URL").ok()?;
        Some(Self::Servers { postgres, redis })
    }

    /// The store, without tenants.
    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::File { folder, stores } => {
                let n = stores.fetch_add(1, Ordering::Relaxed) + 1;
                let file = numbered(folder, n);
                Arc::new(SqliteStore::open(file, &SecretKey::for_tests()).await.unwrap())
            }
            Self::Servers { .. } => Arc::new(self.postgres().await),
        }
    }

    /// The store on Postgres, migrated and without tenants.
    pub(crate) async fn postgres(&self) -> PostgresStore {
        let Self::Servers { postgres, .. } = self else { panic!("this is a file") };
        let options = PostgresOptions::new(postgres);
        let store = PostgresStore::connect(&options, &SecretKey::for_tests()).await.unwrap();
        store.migrate(std::num::NonZeroUsize::MIN, &|_| ()).await.unwrap();
        for tenant in store.tenants().await.unwrap() {
            store.delete_tenant(tenant.id).await.unwrap();
        }
        store
    }

    /// Lets the database look at its tables, as it does by itself once a minute (autovacuum): what is measured is no tenant's first minute.
    pub(crate) async fn look(&self) {
        if let Self::Servers { postgres, .. } = self {
            let mut connection = PgConnection::connect(postgres).await.unwrap();
            sqlx::raw_sql("ANALYZE").execute(&mut connection).await.unwrap();
        }
    }

    /// A barbershop there, and the outside world.
    pub(crate) async fn town(&self) -> Town {
        let store = self.store().await;
        let new = barbershop("barbershop", ACCOUNT);
        store.create_tenant(&new).await.unwrap();
        let meta = MetaSim::start(MetaSimConfig {
            app_secret: SECRET.to_owned(),
            verify_token: VERIFY.to_owned(),
            statuses: Statuses::None,
            clock: Arc::new(SystemClock),
        });
        let meta = meta.await.unwrap();
        meta.add_number(ACCOUNT, "254711000001", "token-of-the-figures");
        let mut settings = vec![
            ("RATIBA_ADDR", "127.0.0.1:0".to_owned()),
            ("RATIBA_LOG", "json,warn,ratiba_server=info".to_owned()),
            ("RATIBA_PUBLIC_URL", "https://ratiba.example".to_owned()),
            ("RATIBA_SECRET_KEY", hex::encode("ratiba: known to all, tests only")),
            ("WHATSAPP_APP_SECRET", SECRET.to_owned()),
            ("META_VERIFY_TOKEN", VERIFY.to_owned()),
            ("META_GRAPH_URL", meta.base_url().to_owned()),
        ];
        match self {
            Self::File { folder, stores } => {
                let file = numbered(folder, stores.load(Ordering::Relaxed));
                settings.push(("DATABASE_URL", format!("sqlite:{}", file.display())));
            }
            Self::Servers { postgres, redis } => {
                settings.push(("DATABASE_URL", postgres.clone()));
                settings.push(("REDIS_URL", redis.clone()));
            }
        }
        Town { store, tenant: new.business.tenant.id, settings, meta }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::File { folder, .. } = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// What a new business of the demo's making is.
pub(crate) fn barbershop(slug: &str, account: &str) -> NewTenant {
    let demo = demo::tenant("demo-barbershop").unwrap();
    let mut business = demo.business;
    business.tenant.id = Mint { at: SystemClock.now(), seed: OsEntropy.draw() }.id(0);
    business.tenant.slug = slug.parse().unwrap();
    let account = ChannelAccount {
        tenant: business.tenant.id,
        channel: ChannelKind::Whatsapp,
        account: account.to_owned(),
        token: "token-of-the-figures".into(),
    };
    NewTenant {
        business,
        snippets: demo.snippets,
        accounts: vec![account],
        merchants: vec![],
        created_at: SystemClock.now(),
    }
}

/// A business and all around it.
pub(crate) struct Town {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) tenant: TenantId,
    settings: Vec<(&'static str, String)>,
    pub(crate) meta: MetaSim,
}

/// One running program; killed when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    child: Child,
}

impl Server {
    pub(crate) async fn start(arguments: &str, town: &Town) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env_clear()
            .envs(town.settings.iter().map(|(name, value)| (*name, value.as_str())))
            .env(ARGUMENTS, arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines.next_line().await.unwrap().expect("the server starts");
            let line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if line["message"] == "listening" {
                break line["url"].as_str().unwrap().to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url, child }
    }

    /// What it holds in memory now, and held at most.
    pub(crate) fn memory(&self) -> String {
        let status = format!("/proc/{}/status", self.child.id().unwrap());
        let status = std::fs::read_to_string(status).unwrap();
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
        };
        format!("{} MiB (at most {} MiB)", of("VmRSS:"), of("VmHWM:"))
    }
}
