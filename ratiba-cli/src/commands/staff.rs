//! `ratiba staff`: the team, and what each member has earned.

use std::process::ExitCode;

use ratiba_core::domain::catalogue::Staff;
use ratiba_core::domain::money::Money;
use ratiba_core::domain::time::{MinuteOfDay, TimeWindow};
use ratiba_core::payments::commission::{self, Commission};
use ratiba_core::tenancy::edit as edits;
use serde_json::json;

use crate::args::StaffCommand;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn staff(
    command: StaffCommand,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        StaffCommand::List { tenant } => {
            let (business, _) = open::business(&tenant.tenant, settings, printer).await?;
            let does = |staff: &Staff| {
                let services = business
                    .catalogue
                    .services
                    .iter()
                    .filter(|service| service.staff.contains(&staff.id));
                services.map(|service| service.name.en.clone()).collect::<Vec<_>>()
            };
            let rows: Vec<_> = business
                .catalogue
                .staff
                .iter()
                .map(|staff| json!({"id": staff.id, "name": staff.name, "active": staff.active, "commission_percent": staff.commission_percent, "services": does(staff)}))
                .collect();
            printer.data(&rows, || {
                let line = |staff: &Staff| format!("{}: {}", staff.name, does(staff).join(", "));
                business.catalogue.staff.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
        }
        StaffCommand::Add { tenant, name, services } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let mut business = opened.document.business.as_ref().clone();
            let id = edits::add_staff(&mut business, &name, &services, open::mint())?;
            opened.save(&business).await?;
            printer.data(&json!({"id": id, "name": name}), || format!("{name} is in the team"))?;
        }
        StaffCommand::Share { tenant, name, percent } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let mut business = opened.document.business.as_ref().clone();
            edits::set_share(&mut business, &name, percent)?;
            opened.save(&business).await?;
            printer.data(&json!({"name": name, "commission_percent": percent}), || {
                format!("{name} earns {percent} % of what their visits cost")
            })?;
        }
        StaffCommand::Commission { tenant, from, to } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let business = opened.document.business.as_ref();
            let zone = &business.tenant.zone;
            let range = TimeWindow {
                start: MinuteOfDay::START.on(from, zone),
                end: MinuteOfDay::END.on(to.unwrap_or(from), zone),
            };
            let visits = opened.store.of(business.tenant.id).diary(range).await?;
            let shares = commission::shares(&business.catalogue.staff, &visits);
            let currency = business.tenant.currency;
            let line = |share: &Commission| {
                let sum = |minor| Money::new(minor, currency);
                format!(
                    "{}: {} visits, {}, {} % is {}",
                    share.name,
                    share.visits,
                    sum(share.sales_minor),
                    share.percent,
                    sum(share.commission_minor)
                )
            };
            printer.data(&shares, || {
                let lines: Vec<String> = shares.iter().map(line).collect();
                if lines.is_empty() { "no visit took place".to_owned() } else { lines.join("\n") }
            })?;
        }
        StaffCommand::Remove { tenant, name } => {
            let opened = open::tenant(&tenant.tenant, settings, printer).await?;
            let mut business = opened.document.business.as_ref().clone();
            edits::remove_staff(&mut business, &name)?;
            opened.save(&business).await?;
            printer.data(&json!({"name": name, "active": false}), || {
                format!("{name} takes no new bookings")
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
