//! `ratiba tenant`: businesses.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use jiff::tz::TimeZone;
use ratiba_core::demo;
use ratiba_core::domain::catalogue::Catalogue;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::dials::{DialOverrides, Vertical};
use ratiba_core::domain::hours::{DaySpan, HolidayRule, OpeningHours, WeekHours};
use ratiba_core::domain::message::Language;
use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::domain::phone::{Country, Phone};
use ratiba_core::domain::tenant::{
    Business, Settings as Rules, Slug, Tenant as Record, TenantStatus,
};
use ratiba_core::domain::time::MinuteOfDay;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::store::{NewTenant, Registry as _, Store as _};
use secrecy::SecretString;
use serde_json::json;

use super::reach;
use crate::args::{StarterCatalog, Tenant};
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
            let business = business(
                &slug, &name, &vertical, catalog, &zone, &currency, &country, &locale, &admins,
            )?;
            let store = open::store(settings, printer).await?;
            let account = |channel, account: String, token: String| ChannelAccount {
                tenant: business.tenant.id,
                channel,
                account,
                token: SecretString::from(token),
            };
            let mut accounts = vec![account(ChannelKind::Web, slug.clone(), String::new())];
            for (channel, id) in [
                (ChannelKind::Whatsapp, whatsapp),
                (ChannelKind::Instagram, instagram),
                (ChannelKind::Messenger, messenger),
            ] {
                if let Some(id) = id {
                    accounts.push(account(channel, id, token(channel)?));
                }
            }
            let new = NewTenant {
                business,
                snippets: Vec::new(),
                accounts,
                merchants: Vec::new(),
                created_at: open::now(),
            };
            store.create_tenant(&new).await?;
            let made = &new.business.tenant;
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
        Tenant::List => {
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
            })?;
        }
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
        Tenant::Export { slug } => export(&slug, settings, printer).await?,
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

/// One JSON document a line: the business, snippets, conversations with their records, the diary's appointments, the ledger.
async fn export(slug: &str, settings: &Settings, printer: &Printer) -> Result<(), CliError> {
    const MOST_THREADS: u32 = 1_000_000;
    let found = known(slug, settings, printer).await?;
    let data = open::store(settings, printer).await?.of(found.id);
    let line = |kind: &str, value: serde_json::Value| {
        printer.line(&json!({"kind": kind, "value": value}).to_string());
    };
    if let Some(document) = data.business().await? {
        line("business", serde_json::to_value(document.business.as_ref())?);
    }
    for snippet in data.snippets().await? {
        line("snippet", serde_json::to_value(snippet)?);
    }
    let threads = data.threads(MOST_THREADS).await?;
    let mut customers = std::collections::BTreeSet::new();
    for thread in &threads {
        customers.insert(thread.customer);
        for record in data.records(thread.id).await? {
            line("turn", serde_json::to_value(record)?);
        }
        for payment in data.payments_of(thread.id).await? {
            line("payment", serde_json::to_value(payment)?);
        }
    }
    for customer in customers {
        line("customer", serde_json::to_value(data.customer(customer).await?)?);
        for appointment in data.appointments_of(customer).await? {
            line("appointment", serde_json::to_value(appointment)?);
        }
    }
    for row in data.ledger(None).await? {
        line("ledger", serde_json::to_value(row)?);
    }
    Ok(())
}

fn confirmed(slug: &str) -> Result<bool, CliError> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let theme = format!("Type `{slug}` to delete it and everything that it owns: ");
    let mut stderr = std::io::stderr();
    let failed = |error: std::io::Error| CliError::failed(&error);
    std::io::Write::write_all(&mut stderr, theme.as_bytes()).map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(failed)?;
    Ok(answer.trim() == slug)
}

#[expect(clippy::too_many_arguments, reason = "one for each flag")]
fn business(
    slug: &str,
    name: &str,
    vertical: &str,
    catalog: StarterCatalog,
    zone: &str,
    currency: &str,
    country: &str,
    locale: &str,
    admins: &[String],
) -> Result<Business, CliError> {
    let wrong = |what: &str, value: &str| CliError::usage(format!("`{value}` is no {what}"));
    let slug: Slug = slug.parse().map_err(|error| CliError::usage(format!("`{slug}`: {error}")))?;
    let vertical = Vertical::from_name(vertical).ok_or_else(|| wrong("vertical", vertical))?;
    let currency = Currency::from_code(currency).ok_or_else(|| wrong("currency", currency))?;
    let country = match country.to_ascii_uppercase().as_str() {
        "KE" => Country::Ke,
        "UG" => Country::Ug,
        "TZ" => Country::Tz,
        "RW" => Country::Rw,
        _ => return Err(wrong("country (KE, UG, TZ, RW)", country)),
    };
    let locale = match locale {
        "en" => Language::En,
        "sw" => Language::Sw,
        _ => return Err(wrong("language (en, sw)", locale)),
    };
    let zone = TimeZone::get(zone).map_err(|_| wrong("time zone", zone))?;
    let admins = admins
        .iter()
        .map(|phone| {
            Phone::parse(phone, country)
                .map_err(|error| CliError::usage(format!("--admin {phone}: {error}")))
        })
        .collect::<Result<_, _>>()?;
    let (Some(open), Some(close)) = (MinuteOfDay::hm(9, 0), MinuteOfDay::hm(18, 0)) else {
        return Err(CliError::usage("no opening hours"));
    };
    let day: Vec<DaySpan> = DaySpan::new(open, close).into_iter().collect();
    let mut week = WeekHours { days: std::array::from_fn(|_| day.clone()) };
    week.days[6].clear();
    let mint = open::mint();
    Ok(Business {
        tenant: Record {
            id: mint.id(0),
            slug,
            name: name.to_owned(),
            vertical,
            locale,
            zone,
            country,
            currency,
            status: TenantStatus::Active,
        },
        settings: Rules::default(),
        opening: OpeningHours {
            week,
            holidays: HolidayRule::Closed,
            exceptions: std::collections::BTreeMap::default(),
        },
        catalogue: match catalog {
            StarterCatalog::None => Catalogue::default(),
            StarterCatalog::Starter => starter(vertical, currency, mint),
        },
        dials: DialOverrides::default(),
        admins,
    })
}

/// What a business of the kind usually offers, taken from the demo tenant that is nearest to it; without a team the services wait inactive.
fn starter(
    vertical: Vertical,
    currency: Currency,
    mint: ratiba_core::domain::id::Mint,
) -> Catalogue {
    let nearest = match vertical {
        Vertical::Barbershop => "demo-barbershop",
        Vertical::DentalClinic => "demo-dental",
        Vertical::Salon | Vertical::NailsAndBeauty | Vertical::Spa => "demo-salon",
        // No demo tenant is near: the owner begins with an import.
        _ => return Catalogue::default(),
    };
    let Some(demo) = demo::tenant(nearest) else { return Catalogue::default() };
    let services =
        demo.business.catalogue.services.into_iter().enumerate().map(|(n, mut service)| {
            service.id = mint.id(100 + u32::try_from(n).unwrap_or(0));
            service.price = Money::whole(service.price.as_whole_units().unwrap_or(1), currency);
            service.staff.clear();
            service.resources.clear();
            service.active = false;
            service
        });
    Catalogue { services: services.collect(), ..Catalogue::default() }
}
