//! `ratiba tenant`: businesses.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::ApiKeyId;
use ratiba_core::domain::tenant::{Slug, Tenant as Record, TenantStatus};
use ratiba_core::ports::api_keys::ApiKey as Key;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Entropy as _;
use ratiba_core::tenancy::api_key;
use ratiba_core::tenancy::export::{self, ExportError};
use ratiba_core::tenancy::onboard::{OnboardError, onboard};
use ratiba_core::tenancy::wish::{self, StarterCatalog as Starter, Wish, WishedAccount};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::reach;
use crate::args::{ApiKey, StarterCatalog, Tenant};
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

#[expect(clippy::too_many_lines, reason = "one arm for each command")]
pub(crate) async fn run(
    command: Tenant,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Tenant::Create {
            slug,
            name,
            vertical,
            catalog,
            zone,
            currency,
            country,
            locale,
            admins,
            whatsapp,
            instagram,
            messenger,
        } => {
            let mut accounts = Vec::new();
            for (channel, id) in [
                (ChannelKind::Whatsapp, whatsapp),
                (ChannelKind::Instagram, instagram),
                (ChannelKind::Messenger, messenger),
            ] {
                if let Some(account) = id {
                    let token = token(channel)?;
                    let channel = channel.as_str().to_owned();
                    accounts.push(WishedAccount { channel, account, token: token.into() });
                }
            }
            let catalog = match catalog {
                StarterCatalog::Starter => Starter::Starter,
                StarterCatalog::None => Starter::None,
            };
            let wish = Wish {
                catalog,
                zone,
                currency,
                country,
                locale,
                admins,
                accounts,
                ..Wish::new(slug, name, vertical)
            };
            let now = open::now();
            let new = wish::read(&wish, open::mint(), now).map_err(|error| {
                let lines: Vec<_> = error
                    .problems
                    .iter()
                    .map(|p| format!("--{}: {}", p.field, p.problem))
                    .collect();
                CliError::usage(lines.join("\n"))
            })?;
            let store = open::store(settings, printer).await?;
            // No step outside is configured in the terminal: the web widget and Meta's accounts need none.
            let made =
                onboard(store.as_ref(), &[], new, now).await.map_err(|error| match error {
                    OnboardError::Store(error) => CliError::from(error),
                    other => CliError::failed(&other),
                })?;
            let made = &made.tenant;
            printer.data(&json!({"id": made.id, "slug": made.slug, "name": made.name}), || {
                format!("{} is made: {}", made.slug, made.id)
            })?;
        }
        Tenant::Connect { slug, channel, account } => {
            connect(&slug, &channel, account, settings, printer).await?;
        }
        Tenant::Sms { slug, username, sender } => {
            reach::sms(&slug, username, sender, settings, printer).await?;
        }
        Tenant::Template { slug, name, language, purpose, status } => {
            let template = reach::template(name, &language, &purpose, &status)?;
            reach::put_template(&slug, template, settings, printer).await?;
        }
        Tenant::Color { slug, color } => reach::color(&slug, &color, settings, printer).await?,
        Tenant::List => list(settings, printer).await?,
        Tenant::Show { slug } => {
            let (business, _) = open::business(&slug, settings, printer).await?;
            printer.data(business.as_ref(), || {
                serde_json::to_string_pretty(business.as_ref()).unwrap_or_default()
            })?;
        }
        Tenant::Suspend { slug } => {
            set_status(&slug, TenantStatus::Suspended, settings, printer).await?;
        }
        Tenant::Resume { slug } => {
            set_status(&slug, TenantStatus::Active, settings, printer).await?;
        }
        Tenant::Export { slug, out } => write_archive(&slug, out, settings, printer).await?,
        Tenant::ApiKey(command) => api_keys(command, settings, printer).await?,
        Tenant::Delete { slug, yes } => {
            let found = known(&slug, settings, printer).await?;
            if !yes && !confirmed(&slug)? {
                return Err(
                    CliError::usage("nothing was deleted").hint("--yes deletes without asking")
                );
            }
            let deleted = open::store(settings, printer).await?.delete_tenant(found.id).await?;
            printer.data(&json!({"slug": slug, "deleted": deleted}), || {
                format!("{slug} is deleted")
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(settings: &Settings, printer: &Printer) -> Result<(), CliError> {
    let tenants = open::store(settings, printer).await?.tenants().await?;
    printer.data(&tenants, || {
        if tenants.is_empty() {
            return "there is no tenant yet; `ratiba tenant create` makes one".to_owned();
        }
        let status =
            |t: &Record| if t.status == TenantStatus::Active { "" } else { " (suspended)" };
        tenants
            .iter()
            .map(|t| format!("{}  {}{}", t.slug, t.name, status(t)))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

async fn connect(
    slug: &str,
    channel: &str,
    account: String,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let Some(channel @ (ChannelKind::Whatsapp | ChannelKind::Instagram | ChannelKind::Messenger)) =
        ChannelKind::from_name(channel)
    else {
        return Err(CliError::usage(format!("`{channel}` has no accounts to connect"))
            .hint("whatsapp, instagram or messenger"));
    };
    let token = SecretString::from(token(channel)?);
    let tenant = known(slug, settings, printer).await?.id;
    let connected = ChannelAccount { tenant, channel, account, token };
    open::store(settings, printer).await?.put_account(&connected).await?;
    let account = &connected.account;
    printer.data(&json!({"slug": slug, "channel": channel, "account": account}), || {
        format!("{slug} is connected to {channel} account {account}")
    })
}

/// The access token of an account, from the environment: it must not stand in a shell's history.
fn token(channel: ChannelKind) -> Result<String, CliError> {
    let name = format!("{}_TOKEN", channel.as_str().to_uppercase());
    std::env::var(&name).map_err(|_| {
        CliError::config(format!("an account on {channel} needs its access token"))
            .hint(format!("set {name}"))
    })
}

pub(super) async fn known(
    slug: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<Record, CliError> {
    let wanted: Slug =
        slug.parse().map_err(|error| CliError::usage(format!("`{slug}`: {error}")))?;
    let store = open::store(settings, printer).await?;
    store
        .tenant_by_slug(&wanted)
        .await?
        .ok_or_else(|| CliError::not_found(format!("there is no tenant `{slug}`")))
}

async fn set_status(
    slug: &str,
    status: TenantStatus,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let found = known(slug, settings, printer).await?;
    open::store(settings, printer).await?.set_status(found.id, status).await?;
    printer.data(&json!({"slug": slug, "status": status}), || match status {
        TenantStatus::Active => format!("{slug} is served"),
        TenantStatus::Suspended => {
            format!("{slug} is suspended: messages are stored and not answered")
        }
    })
}

/// Writes the archive under another name and gives it its own when it is whole.
async fn write_archive(
    slug: &str,
    out: Option<PathBuf>,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let found = known(slug, settings, printer).await?;
    let data = open::store(settings, printer).await?.of(found.id);
    let now = open::now();
    let failed = |error: ExportError| CliError::failed(&error);
    if out.as_deref() == Some(Path::new("-")) {
        export::export(data.as_ref(), &found.slug, now, std::io::stdout()).await.map_err(failed)?;
        return Ok(());
    }
    let day = now.to_zoned(found.zone.clone()).date();
    let path = out.unwrap_or_else(|| PathBuf::from(format!("{slug}-{day}.tar.gz")));
    let mut partial = path.clone().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let file = open::private_file(&partial)?;
    let written = export::export(data.as_ref(), &found.slug, now, file).await;
    let manifest = match written {
        Ok(manifest) => manifest,
        Err(error) => {
            // What is left of it helps nobody; that it can't be removed is not the failure to report.
            let _ = std::fs::remove_file(&partial);
            return Err(failed(error));
        }
    };
    std::fs::rename(&partial, &path).map_err(|error| CliError::file(&path, &error))?;
    let rows: u64 = manifest.rows.values().sum();
    printer.data(&json!({"file": path.display().to_string(), "manifest": manifest}), || {
        format!("{}: {rows} rows of {} tables", path.display(), manifest.rows.len())
    })
}

async fn api_keys(command: ApiKey, settings: &Settings, printer: &Printer) -> Result<(), CliError> {
    match command {
        ApiKey::Create { slug, label } => {
            let found = known(&slug, settings, printer).await?;
            let store = open::store(settings, printer).await?;
            let secret = api_key::make(OsEntropy.secret());
            let key =
                Key { id: open::mint().id(0), tenant: found.id, label, created_at: open::now() };
            store.put_api_key(&key, &api_key::hash(&secret)).await?;
            printer.note("keep it: it is not shown again");
            let shown = secret.expose_secret();
            printer.data(&json!({"id": key.id, "key": shown}), || shown.to_owned())
        }
        ApiKey::List { slug } => {
            let found = known(&slug, settings, printer).await?;
            let keys = open::store(settings, printer).await?.api_keys(found.id).await?;
            printer.data(&keys, || {
                let line = |key: &Key| format!("{}  {}  {}", key.id, key.created_at, key.label);
                keys.iter().map(line).collect::<Vec<_>>().join("\n")
            })
        }
        ApiKey::Revoke { slug, id } => {
            let found = known(&slug, settings, printer).await?;
            let key: ApiKeyId = id.parse().map_err(|error| CliError::usage(format!("{error}")))?;
            let store = open::store(settings, printer).await?;
            if !store.delete_api_key(found.id, key).await? {
                return Err(CliError::not_found(format!("{slug} has no key {id}")));
            }
            printer.data(&json!({"id": id, "revoked": true}), || format!("{id} opens nothing now"))
        }
    }
}

/// Asks for a word to be typed; false when nobody can be asked.
pub(super) fn confirmed(slug: &str) -> Result<bool, CliError> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let theme = format!("Type `{slug}` to do this for good: ");
    let mut stderr = std::io::stderr();
    let failed = |error: std::io::Error| CliError::failed(&error);
    std::io::Write::write_all(&mut stderr, theme.as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim() == slug)
}
