//! `ratiba tenant sms`, `template` and `color`: how a business reaches its customers, and how it looks to them.

use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::domain::message::Language;
use ratiba_core::domain::template::{Template, TemplatePurpose, TemplateStatus};
use ratiba_core::domain::tenant::Business;
use ratiba_core::ports::clock::Entropy as _;
use ratiba_core::ports::sms::SmsAccount;
use secrecy::SecretString;
use serde_json::json;

use super::tenant::known;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

/// Stores the account. One that was there keeps the address of its delivery reports: it stands in the provider's dashboard.
pub(super) async fn sms(
    slug: &str,
    username: String,
    sender: Option<String>,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let api_key = std::env::var("AFRICASTALKING_API_KEY").map_err(|_| {
        CliError::config("an SMS account needs its key").hint("set AFRICASTALKING_API_KEY")
    })?;
    let tenant = known(slug, settings, printer).await?.id;
    let store = open::store(settings, printer).await?;
    let fresh = || OsEntropy.secret().iter().map(|byte| format!("{byte:02x}")).collect();
    let delivery_token = match store.sms_account(tenant).await? {
        Some(account) => account.delivery_token,
        None => fresh(),
    };
    let api_key = SecretString::from(api_key);
    let account = SmsAccount { tenant, username, api_key, sender, delivery_token };
    store.put_sms_account(&account).await?;
    let path = format!("/api/v1/webhooks/africastalking/delivery/{}", account.delivery_token);
    printer.data(
        &json!({"slug": slug, "username": account.username, "delivery_reports": path}),
        || format!("{slug} sends texts as {}; delivery reports go to {path}", account.username),
    )
}

/// A template from its flags.
pub(super) fn template(
    name: String,
    language: &str,
    purpose: &str,
    status: &str,
) -> Result<Template, CliError> {
    let wrong = |what: &str, value: &str| CliError::usage(format!("`{value}` is no {what}"));
    Ok(Template {
        name,
        language: match language {
            "en" => Language::En,
            "sw" => Language::Sw,
            other => return Err(wrong("language (en, sw)", other)),
        },
        purpose: match purpose {
            "reminder" => TemplatePurpose::Reminder,
            "notice" => TemplatePurpose::Notice,
            "page" => TemplatePurpose::Page,
            other => return Err(wrong("purpose (reminder, notice, page)", other)),
        },
        status: match status {
            "pending" => TemplateStatus::Pending,
            "approved" => TemplateStatus::Approved,
            "paused" => TemplateStatus::Paused,
            "rejected" => TemplateStatus::Rejected,
            other => return Err(wrong("status (pending, approved, paused, rejected)", other)),
        },
    })
}

/// Adds a template, or replaces the one of that name and language.
pub(super) async fn put_template(
    slug: &str,
    template: Template,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let shown = json!({"slug": slug, "template": template});
    let name = template.name.clone();
    change(slug, settings, printer, |business| {
        let templates = &mut business.settings.templates;
        templates.retain(|it| (&it.name, it.language) != (&template.name, template.language));
        templates.push(template);
    })
    .await?;
    printer.data(&shown, || format!("{slug} has template {name}"))
}

/// Sets the widget's colour.
pub(super) async fn color(
    slug: &str,
    color: &str,
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let color = match color {
        "none" => None,
        text => Some(text.parse().map_err(|error| CliError::usage(format!("`{text}`: {error}")))?),
    };
    change(slug, settings, printer, |business| business.settings.color.clone_from(&color)).await?;
    printer.data(&json!({"slug": slug, "color": color}), || format!("{slug} has its colour"))
}

async fn change(
    slug: &str,
    settings: &Settings,
    printer: &Printer,
    change: impl FnOnce(&mut Business),
) -> Result<(), CliError> {
    let tenant = known(slug, settings, printer).await?.id;
    let store = open::store(settings, printer).await?.of(tenant);
    let current = store.business().await?;
    let current =
        current.ok_or_else(|| CliError::not_found(format!("`{slug}` has no business document")))?;
    let mut business = current.business.as_ref().clone();
    change(&mut business);
    if store.save_business(current.version, &business, open::now()).await? {
        Ok(())
    } else {
        Err(CliError::usage(format!("`{slug}` was changed meanwhile")).hint("run it again"))
    }
}
