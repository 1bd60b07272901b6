//! Opens what the settings name and puts the core together with it.

use std::path::Path;
use std::sync::Arc;

use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::adapters::meta::{MetaConfig, WhatsApp};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::adapters::web::WebChannel;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::hot::WakeUp;
use ratiba_core::ports::store::Store;
use ratiba_core::{Ratiba, RatibaBuilder};
use secrecy::ExposeSecret as _;

use crate::config::Settings;
use crate::run::Failure;
use crate::widget::Widget;

/// Safaricom's own address.
const DARAJA: &str = "https://api.safaricom.co.ke";

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
    pub(crate) wake: Arc<dyn WakeUp>,
    /// Where WhatsApp's Graph API is, unless the settings say otherwise.
    pub(crate) graph_url: Option<&'a str>,
    /// Where Daraja is, unless the settings say otherwise.
    pub(crate) daraja_url: Option<&'a str>,
    /// The address under which providers and customers reach us.
    pub(crate) public_url: &'a str,
}

/// Opens the database and brings its schema up to date.
pub(crate) async fn open_store(settings: &Settings) -> Result<SqliteStore, Failure> {
    let key = SecretKey::from_hex(settings.secret_key.expose_secret())
        .map_err(|error| Failure::Open { what: "the secret key", source: error.into() })?;
    let path = settings.database.trim_start_matches("sqlite:").trim_start_matches("//");
    let opened = if path == ":memory:" {
        SqliteStore::in_memory(&key).await
    } else {
        make_folder(Path::new(path))?;
        SqliteStore::open(path, &key).await
    };
    opened.map_err(|error| Failure::Open { what: "the database", source: error.into() })
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
    let World { store, clock, wake, graph_url, daraja_url, public_url } = world;
    let mut channels = Vec::new();
    let daraja_url = settings.daraja_base_url.as_deref().or(daraja_url).unwrap_or(DARAJA);
    let daraja = Daraja::new(&DarajaSettings::at(daraja_url), Arc::clone(&clock))
        .map_err(|error| Failure::Open { what: "M-Pesa", source: error.into() })?;
    let widget = Widget::new(&settings.secret_key);
    let web = WebChannel::new(widget.hub.clone(), Arc::clone(&clock));
    let mut builder = Ratiba::builder()
        .store(store)
        .channel(Arc::new(web))
        .clock(Arc::clone(&clock))
        .wake_up(wake)
        .payments(Arc::new(daraja))
        .public_url(public_url);
    if let Some(whatsapp) = &settings.whatsapp {
        let mut config =
            MetaConfig::new(whatsapp.verify_token.clone(), vec![whatsapp.app_secret.clone()]);
        if let Some(url) = whatsapp.graph_url.as_deref().or(graph_url) {
            url.clone_into(&mut config.graph_url);
        }
        let adapter = WhatsApp::new(&config, Arc::clone(&clock))
            .map_err(|error| Failure::Open { what: "WhatsApp", source: error.into() })?;
        builder = add_whatsapp(builder, adapter);
        channels.push(ChannelKind::Whatsapp);
    }
    let ratiba = builder
        .build()
        .map_err(|error| Failure::Open { what: "the core", source: error.into() })?;
    Ok(Wired { ratiba, channels, widget })
}

fn add_whatsapp(builder: RatibaBuilder, adapter: WhatsApp) -> RatibaBuilder {
    let adapter = Arc::new(adapter);
    let channel: Arc<WhatsApp> = Arc::clone(&adapter);
    builder.channel(channel).webhook(ChannelKind::Whatsapp, adapter)
}
