//! `ratiba payments`: what was paid, asking the providers about what is open, and a day's money with nothing unexplained.

use std::process::ExitCode;
use std::sync::Arc;

use ratiba_core::Ratiba;
use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::PaymentId;
use ratiba_core::domain::money::Money;
use ratiba_core::domain::payment::{LedgerEntry, Payment};
use ratiba_core::domain::tenant::Tenant;
use ratiba_core::engine::Reconciled;
use ratiba_core::payments::day::{DayReport, Explanation};
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::store::Store;
use ratiba_core::testing::channel::RecordingChannel;
use serde_json::{Value, json};

use crate::args::Payments;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    command: Payments,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Payments::List { tenant, state, limit } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let payments = match state {
                Some(state) => opened.data.payments_in(&state, limit).await?,
                None => opened.data.payments_last(limit).await?,
            };
            let rows: Vec<Value> = payments.iter().map(summary).collect();
            printer.data(&rows, || match payments.as_slice() {
                [] => "no payments".to_owned(),
                some => some.iter().map(line).collect::<Vec<_>>().join("\n"),
            })?;
        }
        Payments::Show { id, tenant } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let wanted: PaymentId =
                id.parse().map_err(|error| CliError::usage(format!("`{id}`: {error}")))?;
            let payment = opened.data.payment(wanted).await?;
            let payment =
                payment.ok_or_else(|| CliError::not_found(format!("there is no payment {id}")))?;
            let ledger = opened.data.ledger(Some(wanted)).await?;
            let whole = json!({"payment": detail(&payment), "ledger": ledger});
            printer.data(&whole, || shown(&payment, &ledger))?;
        }
        Payments::Reconcile { tenant, all: _ } => {
            let store = open::store(settings, printer).await?;
            let tenants = match tenant {
                Some(slug) => vec![open::tenant(&slug, settings, printer).await?.tenant],
                None => store.tenants().await?,
            };
            reconcile(store, &tenants, settings, printer).await?;
        }
        Payments::Report { tenant, day } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let today = open::now().to_zoned(opened.tenant.zone.clone()).date();
            let engine = engine(Arc::clone(&opened.store), settings)?;
            let report = engine.day_report(opened.tenant.id, day.unwrap_or(today)).await?;
            printer.data(&report, || told(&report, &opened.tenant))?;
            if !report.balanced || !report.unexplained.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// An engine that asks and takes turns; what it wants sent is left to the server's worker.
fn engine(store: Arc<dyn Store>, settings: &Settings) -> Result<Ratiba, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let wrong = |error: &dyn std::error::Error| CliError::config(error.to_string());
    let daraja = settings.daraja_url.as_deref().unwrap_or(DarajaSettings::PRODUCTION);
    let pesapal = settings.pesapal_url.as_deref().unwrap_or(PesaPalSettings::PRODUCTION);
    let daraja = Daraja::new(&DarajaSettings::at(daraja), Arc::clone(&clock));
    let pesapal = PesaPal::new(&PesaPalSettings::at(pesapal), Arc::clone(&clock));
    Ratiba::builder()
        .store(store)
        .clock(clock)
        .channel(Arc::new(RecordingChannel::new(ChannelKind::Web)))
        .payments(Arc::new(daraja.map_err(|error| wrong(&error))?))
        .payments(Arc::new(pesapal.map_err(|error| wrong(&error))?))
        .public_url(settings.public_url.as_deref().unwrap_or("http://127.0.0.1:8010"))
        .build()
        .map_err(|error| wrong(&error))
}

async fn reconcile(
    store: Arc<dyn Store>,
    tenants: &[Tenant],
    settings: &Settings,
    printer: &Printer,
) -> Result<(), CliError> {
    let engine = engine(store, settings)?;
    let mut done: Vec<(String, Vec<Reconciled>)> = Vec::new();
    for tenant in tenants {
        let asked = engine.reconcile(tenant.id).await?;
        done.push((tenant.slug.to_string(), asked));
    }
    let rows: Vec<Value> =
        done.iter().map(|(slug, payments)| json!({"tenant": slug, "payments": payments})).collect();
    printer.data(&json!({ "tenants": rows }), || {
        let mut lines = Vec::new();
        for (slug, payments) in &done {
            lines.push(format!("{slug}: {} open", payments.len()));
            for one in payments {
                lines.push(format!(
                    "  {}  {}  {:?}: {} -> {}",
                    one.reference,
                    one.rail.as_str(),
                    one.answered,
                    one.before,
                    one.after
                ));
            }
        }
        lines.join("\n")
    })
}

fn summary(payment: &Payment) -> Value {
    json!({
        "id": payment.id, "reference": payment.merchant_reference, "rail": payment.rail,
        "amount_minor": payment.amount.minor, "currency": payment.amount.currency,
        "status": payment.state.as_str(), "receipt": payment.receipt(),
        "created_at": payment.created_at,
    })
}

/// All of a payment but its callback's secret and the provider's id of it, which holds the payer's number on M-Pesa.
fn detail(payment: &Payment) -> Value {
    let mut whole = summary(payment);
    whole["state"] = json!(payment.state);
    whole["receipts"] = json!(payment.receipts);
    whole["thread"] = json!(payment.thread);
    whole["customer"] = json!(payment.customer);
    whole["appointments"] = json!(payment.appointments);
    whole["expires_at"] = json!(payment.expires_at);
    whole["claimed"] = json!(payment.is_claimed());
    whole
}

fn line(payment: &Payment) -> String {
    format!(
        "{}  {}  {:5}  {:>12}  {:14}  {}",
        payment.id,
        payment.created_at,
        payment.rail.as_str(),
        payment.amount.to_string(),
        payment.state.as_str(),
        payment.receipt().unwrap_or("-"),
    )
}

fn shown(payment: &Payment, ledger: &[LedgerEntry]) -> String {
    let mut lines = vec![line(payment)];
    for row in ledger {
        lines.push(format!(
            "  {}  {:9}  {:9}  {:>12}",
            row.at,
            row.movement.as_str(),
            row.account.as_str(),
            row.amount.to_string(),
        ));
    }
    lines.join("\n")
}

fn told(report: &DayReport, tenant: &Tenant) -> String {
    let money = |minor: i64| Money::new(minor, tenant.currency).to_string();
    let mut lines = vec![format!("{}, {}", tenant.name, report.day)];
    for rail in &report.rails {
        lines.push(format!(
            "{:5}  {} paid: {}; refunded {}; reversed {}; fees {}; unapplied {}",
            rail.rail.as_str(),
            rail.paid,
            money(rail.charged_minor),
            money(rail.refunded_minor),
            money(rail.reversed_minor),
            money(rail.fees_minor),
            money(rail.unapplied_minor),
        ));
    }
    lines.push(format!("net    {}", money(report.net_minor)));
    for payment in &report.payments {
        let mark = match payment.explanation {
            Explanation::Unexplained { .. } => "??",
            Explanation::NeedsPerson { .. } => " !",
            _ => "  ",
        };
        lines.push(format!(
            "{mark} {}  {:5}  {:>12}  {:?}",
            payment.reference,
            payment.rail.as_str(),
            payment.amount.to_string(),
            payment.explanation
        ));
    }
    lines.push(match (report.balanced, report.unexplained.len()) {
        (true, 0) => "balanced, nothing unexplained".to_owned(),
        (true, n) => format!("balanced, {n} unexplained"),
        (false, n) => format!("NOT balanced, {n} unexplained"),
    });
    lines.join("\n")
}
