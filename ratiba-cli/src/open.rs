//! Opens what commands work on: the database, a tenant in it, or a demo tenant without any database.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use ratiba_core::Ratiba;
use ratiba_core::adapters::africastalking::{self, AfricasTalking};
use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::adapters::meta::{Messaging, MetaConfig, WhatsApp};
use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::adapters::system::{OsEntropy, SystemClock};
use ratiba_core::demo;
use ratiba_core::domain::catalogue::{Service, Staff};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::tenant::{Business, Slug, Tenant};
use ratiba_core::ports::channel::Channel;
use ratiba_core::ports::clock::{Clock, Entropy as _};
use ratiba_core::ports::migrate::Migrator;
use ratiba_core::ports::store::{NewTenant, Store, TenantStore, VersionedBusiness};
use ratiba_core::tenancy::edit;

use crate::error::CliError;
use crate::models;
use crate::printer::Printer;
use crate::settings::Settings;

/// Now, by the system's clock.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// Ids for what is made here.
pub(crate) fn mint() -> Mint {
    Mint { at: now(), seed: OsEntropy.draw() }
}

/// A database, opened.
pub(crate) enum Database {
    Sqlite(SqliteStore),
    Postgres(PostgresStore),
}

impl Database {
    /// What it is to commands.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// What brings its schema up to date.
    pub(crate) fn migrator(&self) -> &dyn Migrator {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => store,
        }
    }
}

/// Opens the database. A file is brought up to date by that; PostgreSQL is by `ratiba migrate`.
pub(crate) async fn database(settings: &Settings, printer: &Printer) -> Result<Database, CliError> {
    let key = || -> Result<SecretKey, CliError> {
        Ok(secret_key(settings, *printer)?.with_previous(previous_keys(settings)?))
    };
    if let Some(url) = settings.postgres() {
        let mut options = PostgresOptions::new(url);
        if settings.database_pooler() {
            options = options.through_pooler();
        }
        let store = PostgresStore::connect(&options, &key()?).await?;
        return Ok(Database::Postgres(store));
    }
    let path = settings.database_file()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| CliError::file(folder, &error))?;
    }
    Ok(Database::Sqlite(SqliteStore::open(&path, &key()?).await?))
}

/// Opens the database as a store.
pub(crate) async fn store(
    settings: &Settings,
    printer: &Printer,
) -> Result<Arc<dyn Store>, CliError> {
    Ok(database(settings, printer).await?.store())
}

/// The configured key, or one that is made once and kept beside the database.
fn secret_key(settings: &Settings, printer: Printer) -> Result<SecretKey, CliError> {
    let wrong = |error: &dyn std::error::Error| {
        CliError::config(format!("the secret key can't be used: {error}"))
            .hint("64 hexadecimal digits: openssl rand -hex 32")
    };
    if let Some(text) = &settings.secret_key {
        return SecretKey::from_hex(text).map_err(|error| wrong(&error));
    }
    let path = settings.data_dir.join("secret.key");
    if path.exists() {
        let text = std::fs::read_to_string(&path).map_err(|error| CliError::file(&path, &error))?;
        return SecretKey::from_hex(&text).map_err(|error| wrong(&error));
    }
    let bytes = OsEntropy.secret();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    write_private(&path, &hex)?;
    printer.note(&format!(
        "RATIBA_SECRET_KEY is not set: made a key in {}; keep it, or set your own",
        path.display()
    ));
    Ok(SecretKey::from_bytes(bytes))
}

fn previous_keys(settings: &Settings) -> Result<Vec<SecretKey>, CliError> {
    let read = |text: &String| {
        SecretKey::from_hex(text).map_err(|error| {
            CliError::config(format!("RATIBA_SECRET_KEY_PREVIOUS can't be used: {error}"))
        })
    };
    settings.previous_keys.iter().map(read).collect()
}

fn write_private(path: &Path, text: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    let failed = |error: std::io::Error| CliError::file(path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    private_file(path)?.write_all(text.as_bytes()).map_err(failed)
}

/// A new file that only its owner may read.
pub(crate) fn private_file(path: &Path) -> Result<std::fs::File, CliError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| CliError::file(path, &error))
}

/// A tenant in the database. A demo tenant that is not there yet is put there.
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) tenant: Tenant,
    pub(crate) data: Arc<dyn TenantStore>,
    pub(crate) document: VersionedBusiness,
}

impl Opened {
    /// Stores the next version of the business document.
    pub(crate) async fn save(&self, business: &Business) -> Result<(), CliError> {
        if self.data.save_business(self.document.version, business, now()).await? {
            Ok(())
        } else {
            Err(CliError::input("somebody else changed this tenant at the same moment")
                .hint("run the command again"))
        }
    }
}

/// Opens a tenant in the database.
pub(crate) async fn tenant(
    slug: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<Opened, CliError> {
    let store = store(settings, printer).await?;
    let wanted: Slug =
        slug.parse().map_err(|error| CliError::usage(format!("`{slug}`: {error}")))?;
    let found = match store.tenant_by_slug(&wanted).await? {
        Some(tenant) => tenant,
        None => match demo::tenant(slug) {
            Some(demo) => {
                let new = NewTenant {
                    business: demo.business,
                    snippets: demo.snippets,
                    accounts: Vec::new(),
                    merchants: Vec::new(),
                    created_at: now(),
                };
                store.create_tenant(&new).await?;
                printer.note(&format!("put the built-in {slug} into the database"));
                new.business.tenant
            }
            None => {
                return Err(CliError::not_found(format!("there is no tenant `{slug}`"))
                    .hint("`ratiba tenant list` shows all"));
            }
        },
    };
    let data = store.of(found.id);
    let document = data
        .business()
        .await?
        .ok_or_else(|| CliError::not_found(format!("{slug} has no business document")))?;
    Ok(Opened { store, tenant: found, data, document })
}

/// A business to compute with: built in for demo tenants when no database was named, else from the database.
pub(crate) async fn business(
    slug: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<(Arc<Business>, Option<Opened>), CliError> {
    if settings.database.is_none()
        && let Some(demo) = demo::tenant(slug)
    {
        return Ok((Arc::new(demo.business), None));
    }
    let opened = tenant(slug, settings, printer).await?;
    Ok((Arc::clone(&opened.document.business), Some(opened)))
}

/// An engine that reads what comes in and stores it, as the server does, and neither sends nor charges: the server's worker does the rest.
pub(crate) fn decoding_engine(store: Arc<dyn Store>) -> Result<Ratiba, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let failed = |error: &(dyn std::error::Error + 'static)| CliError::failed(error);
    // Nothing is verified here: what is replayed was verified when it came.
    let meta = MetaConfig::new("".into(), Vec::new());
    let whatsapp =
        Arc::new(WhatsApp::new(&meta, Arc::clone(&clock)).map_err(|error| failed(&error))?);
    let instagram = Arc::new(Messaging::instagram(&meta).map_err(|error| failed(&error))?);
    let messenger = Arc::new(Messaging::messenger(&meta).map_err(|error| failed(&error))?);
    let daraja = Daraja::new(&DarajaSettings::at(DarajaSettings::PRODUCTION), Arc::clone(&clock))
        .map_err(|error| failed(&error))?;
    let pesapal = PesaPal::new(&PesaPalSettings::at(PesaPalSettings::PRODUCTION), clock)
        .map_err(|error| failed(&error))?;
    // As every server has it, so that a message may be sent again as a text.
    let sms = AfricasTalking::new(africastalking::LIVE).map_err(|error| failed(&error))?;
    Ratiba::builder()
        .store(store)
        .channel(Arc::clone(&whatsapp) as Arc<dyn Channel>)
        .webhook(ChannelKind::Whatsapp, whatsapp)
        .channel(Arc::clone(&instagram) as Arc<dyn Channel>)
        .webhook(ChannelKind::Instagram, instagram)
        .channel(Arc::clone(&messenger) as Arc<dyn Channel>)
        .webhook(ChannelKind::Messenger, messenger)
        .payments(Arc::new(daraja))
        .payments(Arc::new(pesapal))
        .sms(Arc::new(sms))
        .public_url("http://localhost")
        .build()
        .map_err(|error| CliError::config(error.to_string()))
}

/// An engine that asks models and does nothing else; at least one provider needs a key.
pub(crate) fn thinking_engine(
    store: Arc<dyn Store>,
    settings: &Settings,
) -> Result<Ratiba, CliError> {
    let providers =
        models::providers(settings).map_err(|fault| CliError::config(fault.to_string()))?;
    if providers.is_empty() {
        return Err(CliError::config("no provider of models has a key")
            .hint("set ANTHROPIC_API_KEY or OPENAI_API_KEY"));
    }
    let plan = models::plan(settings).map_err(CliError::config)?;
    // A handle has a channel; nothing is ever sent over this one.
    let whatsapp = WhatsApp::new(&MetaConfig::new("".into(), Vec::new()), Arc::new(SystemClock))
        .map_err(|error| CliError::failed(&error))?;
    let builder = Ratiba::builder().store(store).channel(Arc::new(whatsapp)).model_plan(plan);
    let builder = providers.into_iter().fold(builder, ratiba_core::RatibaBuilder::llm);
    builder.build().map_err(|error| CliError::config(error.to_string()))
}

/// A service by its name in either language, or an alias.
pub(crate) fn service<'a>(business: &'a Business, name: &str) -> Result<&'a Service, CliError> {
    Ok(edit::service(business, name)?)
}

/// Somebody of the team by name.
pub(crate) fn member<'a>(business: &'a Business, name: &str) -> Result<&'a Staff, CliError> {
    Ok(edit::member(business, name)?)
}
