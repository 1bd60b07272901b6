//! Opens what the settings name and puts the core together with it.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ratiba_core::adapters::africastalking::{self, AfricasTalking};
use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::adapters::memory::{MemoryHotState, MemoryLiveFeed, MemoryWakeUp};
use ratiba_core::adapters::meta::{Messaging, MetaConfig, WhatsApp};
use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore};
use ratiba_core::adapters::redis::{RedisHot, RedisSettings};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::adapters::web::WebChannel;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::engine::Role;
use ratiba_core::ports::channel::{Channel, Webhook};
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::Fault;
use ratiba_core::ports::hot::{HotState, WakeUp};
use ratiba_core::ports::live::LiveFeed;
use ratiba_core::ports::migrate::{Migrated, MigrationEnd, Migrator};
use ratiba_core::ports::store::{Store, StoreError};
use ratiba_core::{Ratiba, RatibaBuilder};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{MetaApp, Settings};
use crate::models;
use crate::run::Failure;
use crate::widget::Widget;

/// A database, opened.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    /// The same, as what knows how far its schema is.
    pub(crate) migrator: Arc<dyn Migrator>,
}

impl Opened {
    fn of<S: Store + Migrator + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self { migrator: Arc::<S>::clone(&store), store }
    }
}

/// The core with its adapters, and the channels that have webhooks.
#[derive(Debug, Clone)]
pub(crate) struct Wired {
    pub(crate) ratiba: Ratiba,
    pub(crate) channels: Vec<ChannelKind>,
    pub(crate) widget: Widget,
}

/// What differs between a deployment and the demo.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hot: Hot,
    pub(crate) role: Role,
    /// Where the Graph APIs of WhatsApp, Instagram and Messenger are, unless the settings say otherwise.
    pub(crate) graph_urls: [Option<&'a str>; 3],
    /// Where Daraja is, unless the settings say otherwise.
    pub(crate) daraja_url: Option<&'a str>,
    /// Where Africa's Talking is, unless the settings say otherwise.
    pub(crate) sms_url: Option<&'a str>,
    /// Where PesaPal is, unless the settings say otherwise.
    pub(crate) pesapal_url: Option<&'a str>,
    /// The address under which providers and customers reach us.
    pub(crate) public_url: &'a str,
}

/// Hot state, wake-ups and news: of this process, or shared over Redis.
#[derive(Debug, Clone)]
pub(crate) struct Hot {
    pub(crate) state: Arc<dyn HotState>,
    pub(crate) wake: Arc<dyn WakeUp>,
    pub(crate) live: Arc<dyn LiveFeed>,
}

impl Hot {
    /// For one process alone.
    pub(crate) fn in_process() -> Self {
        Self {
            state: Arc::new(MemoryHotState::new()),
            wake: Arc::new(MemoryWakeUp::default()),
            live: Arc::new(MemoryLiveFeed::default()),
        }
    }
}

/// Opens what the settings name. A Redis that can't be reached is no failure: work goes on without until it can.
pub(crate) async fn open_hot(settings: &Settings) -> Result<Hot, Failure> {
    let Some(url) = &settings.redis else { return Ok(Hot::in_process()) };
    let mut wanted = RedisSettings::at(url.clone());
    wanted.root_cert.clone_from(&settings.redis_root_cert);
    let redis = RedisHot::open(&wanted, &OsEntropy)
        .await
        .map_err(|error| Failure::Open { what: "Redis", source: error.into() })?;
    let redis = Arc::new(redis);
    Ok(Hot {
        state: Arc::<RedisHot>::clone(&redis),
        wake: Arc::<RedisHot>::clone(&redis),
        live: redis,
    })
}

/// Opens the database and brings its schema up to date. Of several processes that start on one database, one does it and the others wait.
pub(crate) async fn open_store(settings: &Settings) -> Result<Opened, Failure> {
    let read = |key: &SecretString| {
        SecretKey::from_hex(key.expose_secret())
            .map_err(|error| Failure::Open { what: "the secret key", source: error.into() })
    };
    let previous = settings.previous_keys.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let key = read(&settings.secret_key)?.with_previous(previous);
    let failed = |error: StoreError| Failure::Open { what: "the database", source: error.into() };
    if let Some(url) = settings.postgres() {
        let mut options = PostgresOptions::new(url.expose_secret());
        if let Some(connections) = settings.database_connections {
            options = options.tenant_connections(connections);
        }
        if settings.database_pooler {
            options = options.through_pooler();
        }
        let store = PostgresStore::connect(&options, &key).await.map_err(failed)?;
        bring_up_to_date(&store).await.map_err(failed)?;
        return Ok(Opened::of(store));
    }
    let path =
        settings.database.expose_secret().trim_start_matches("sqlite:").trim_start_matches("//");
    let opened = if path == ":memory:" {
        SqliteStore::in_memory(&key).await
    } else {
        make_folder(Path::new(path))?;
        SqliteStore::open(path, &key).await
    };
    Ok(Opened::of(opened.map_err(failed)?))
}

/// Takes the steps that the database lacks. Where schemas of tenants can't be brought up to date, the others are served all the same.
async fn bring_up_to_date(store: &PostgresStore) -> Result<(), StoreError> {
    const JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("it is not zero");
    /// Between looks at a database that somebody else is migrating.
    const PAUSE: Duration = Duration::from_millis(250);
    let progress = |news: Migrated<'_>| {
        if let Err(error) = news.outcome {
            let schema = news.tenant.map_or("public", |tenant| tenant.schema.as_str());
            tracing::error!(
                schema,
                error = error as &dyn std::error::Error,
                "a schema could not be brought up to date"
            );
        }
    };
    while !store.plan().await?.is_empty() {
        match store.migrate(JOBS, &progress).await? {
            MigrationEnd::Done { migrated, failed } => {
                tracing::info!(migrated, failed, "the database's schema is brought up to date");
                break;
            }
            MigrationEnd::Busy => tokio::time::sleep(PAUSE).await,
        }
    }
    Ok(())
}

fn make_folder(file: &Path) -> Result<(), Failure> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| Failure::Open { what: "the data folder", source: error.into() }),
        Some(_) | None => Ok(()),
    }
}

/// Puts the core together. No I/O.
pub(crate) fn wire(settings: &Settings, world: World<'_>) -> Result<Wired, Failure> {
    let World { store, clock, hot, role, graph_urls, daraja_url, pesapal_url, sms_url, public_url } =
        world;
    let mut channels = Vec::new();
    let daraja_url =
        settings.daraja_base_url.as_deref().or(daraja_url).unwrap_or(DarajaSettings::PRODUCTION);
    let daraja = Daraja::new(&DarajaSettings::at(daraja_url), Arc::clone(&clock))
        .map_err(|error| Failure::Open { what: "M-Pesa", source: error.into() })?;
    let pesapal_url = settings.pesapal_base_url.as_deref().or(pesapal_url);
    let mut pesapal = PesaPalSettings::at(pesapal_url.unwrap_or(PesaPalSettings::PRODUCTION));
    if pesapal_url.is_some() {
        // A stand-in's page may be shown under our own address, as in the demo.
        pesapal.pages.push(public_url.to_owned());
    }
    let pesapal = PesaPal::new(&pesapal, Arc::clone(&clock))
        .map_err(|error| Failure::Open { what: "PesaPal", source: error.into() })?;
    let widget = Widget::new(&settings.secret_key);
    let web = WebChannel::new(widget.hub.clone(), Arc::clone(&clock));
    let mut builder = Ratiba::builder()
        .store(store)
        .channel(Arc::new(web))
        .clock(Arc::clone(&clock))
        .hot_state(hot.state)
        .wake_up(hot.wake)
        .live_feed(hot.live)
        .role(role)
        .payments(Arc::new(daraja))
        .payments(Arc::new(pesapal))
        .public_url(public_url);
    if let Some(takeover) = settings.takeover {
        builder = builder.takeover_after(takeover);
    }
    let sms_url = settings.africastalking_base_url.as_deref().or(sms_url);
    let sms = AfricasTalking::new(sms_url.unwrap_or(africastalking::LIVE))
        .map_err(|error| Failure::Open { what: "SMS", source: error.into() })?;
    builder = builder.sms(Arc::new(sms));
    let [whatsapp_url, instagram_url, messenger_url] = graph_urls;
    let failed =
        |what: &'static str| move |error: Fault| Failure::Open { what, source: error.into() };
    if let Some(app) = &settings.whatsapp {
        let config = meta_config(app, whatsapp_url);
        let adapter = WhatsApp::new(&config, Arc::clone(&clock)).map_err(failed("WhatsApp"))?;
        builder = add(builder, ChannelKind::Whatsapp, adapter);
        channels.push(ChannelKind::Whatsapp);
    }
    if let Some(app) = &settings.instagram {
        let config = meta_config(app, instagram_url.or(Some(Messaging::INSTAGRAM)));
        let adapter = Messaging::instagram(&config).map_err(failed("Instagram"))?;
        builder = add(builder, ChannelKind::Instagram, adapter);
        channels.push(ChannelKind::Instagram);
    }
    if let Some(app) = &settings.messenger {
        let config = meta_config(app, messenger_url);
        let adapter = Messaging::messenger(&config).map_err(failed("Messenger"))?;
        builder = add(builder, ChannelKind::Messenger, adapter);
        channels.push(ChannelKind::Messenger);
    }
    builder = models::add(builder, &settings.models)?;
    let ratiba = builder
        .build()
        .map_err(|error| Failure::Open { what: "the core", source: error.into() })?;
    Ok(Wired { ratiba, channels, widget })
}

fn meta_config(app: &MetaApp, elsewhere: Option<&str>) -> MetaConfig {
    let mut config = MetaConfig::new(app.verify_token.clone(), app.app_secrets.clone());
    if let Some(url) = app.graph_url.as_deref().or(elsewhere) {
        url.clone_into(&mut config.graph_url);
    }
    config
}

fn add<A: Channel + Webhook + 'static>(
    builder: RatibaBuilder,
    kind: ChannelKind,
    adapter: A,
) -> RatibaBuilder {
    let adapter = Arc::new(adapter);
    let channel: Arc<A> = Arc::clone(&adapter);
    builder.channel(channel).webhook(kind, adapter)
}
