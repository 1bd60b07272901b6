//! `ratiba doctor`: is everything in place?

use std::process::ExitCode;

use ratiba_core::domain::catalogue::DepositRule;
use ratiba_core::ports::store::{Registry as _, Store as _};
use serde::Serialize;

use crate::error::CliError;
use crate::exit;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

#[derive(Debug, Serialize)]
struct Check {
    what: String,
    ok: bool,
    detail: String,
}

pub(crate) async fn run(settings: &Settings, printer: &Printer) -> Result<ExitCode, CliError> {
    let mut checks = Vec::new();
    let mut check = |what: &str, ok: bool, detail: String| {
        checks.push(Check { what: what.to_owned(), ok, detail });
    };
    let key = settings.secret_key.is_some();
    let detail = if key {
        "from the configuration"
    } else {
        "not set: a key in the data folder is used, fit for one machine only"
    };
    check("secret key", true, detail.to_owned());
    match settings.database_file() {
        Err(error) => check("database", false, error.message),
        Ok(path) => match open::store(settings, printer).await {
            Err(error) => check("database", false, error.message),
            Ok(store) => {
                check("database", store.ping().await.is_ok(), path.display().to_string());
                for tenant in store.tenants().await? {
                    let label = format!("tenant {}", tenant.slug);
                    match store.of(tenant.id).business().await? {
                        None => check(&label, false, "it has no business document".to_owned()),
                        Some(document) => {
                            let business = &document.business;
                            let mut missing = Vec::new();
                            if business.admins.is_empty() {
                                missing.push("an admin to page".to_owned());
                            }
                            if business.catalogue.bookable().next().is_none() {
                                missing.push("a service that can be booked".to_owned());
                            }
                            if store.accounts(tenant.id).await?.is_empty() {
                                missing.push("a channel account".to_owned());
                            }
                            if business.settings.payment.deposit != DepositRule::None {
                                for rail in &business.settings.payment.rails {
                                    match store.merchant(tenant.id, *rail).await {
                                        Ok(Some(_)) => {}
                                        Ok(None) => missing
                                            .push(format!("credentials for {}", rail.as_str())),
                                        Err(error) => missing.push(format!(
                                            "readable credentials for {} ({error})",
                                            rail.as_str()
                                        )),
                                    }
                                }
                            }
                            let ok = missing.is_empty();
                            let detail = if ok {
                                "complete".to_owned()
                            } else {
                                format!("missing: {}", missing.join(", "))
                            };
                            check(&label, ok, detail);
                        }
                    }
                }
            }
        },
    }
    let well = checks.iter().all(|check| check.ok);
    printer.data(&checks, || {
        let line = |check: &Check| {
            format!("{} {}: {}", if check.ok { "ok  " } else { "FAIL" }, check.what, check.detail)
        };
        checks.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(exit::DIFFERS) })
}
