//! `ratiba slots`: free slots of a service.

use std::process::ExitCode;

use jiff::ToSpan as _;
use ratiba_core::domain::time::{MinuteOfDay, TimeWindow};
use ratiba_core::scheduling::search::Calendar;
use serde_json::json;

use crate::args::Slots;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

/// Days that one call may list.
const MOST_DAYS: u16 = 366;

pub(crate) async fn run(
    args: &Slots,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    if args.days == 0 || args.days > MOST_DAYS {
        return Err(CliError::usage(format!("--days takes 1 to {MOST_DAYS}")));
    }
    let (business, opened) = open::business(&args.tenant.tenant, settings, printer).await?;
    let service = open::service(&business, &args.service)?.id;
    let staff = args
        .staff
        .as_deref()
        .map(|name| open::member(&business, name))
        .transpose()?
        .map(|staff| staff.id);
    let now = args.now.unwrap_or_else(open::now);
    let zone = &business.tenant.zone;
    let from = args.from.unwrap_or_else(|| now.to_zoned(zone.clone()).date());
    let to = from.saturating_add((i32::from(args.days) - 1).days());
    // A day more on either side: a booking that reaches over midnight, buffers included.
    let range = TimeWindow {
        start: MinuteOfDay::START.on(from.saturating_sub(1.day()), zone),
        end: MinuteOfDay::END.on(to.saturating_add(1.day()), zone),
    };
    let busy = match &opened {
        Some(opened) => opened.data.busy(range, now).await?,
        None => Vec::new(),
    };
    let slots = Calendar::new(&business, &busy, now).free_slots(service, staff, from, to);
    let local = |at: jiff::Timestamp| {
        at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    let name =
        |id| business.catalogue.member(id).map_or_else(String::new, |staff| staff.name.clone());
    let rows: Vec<_> = slots
        .iter()
        .map(|slot| json!({"start": local(slot.window.start), "end": local(slot.window.end), "staff": name(slot.staff)}))
        .collect();
    printer.data(&rows, || {
        if slots.is_empty() {
            return "nothing is free; `ratiba why slot` tells why".to_owned();
        }
        let line = |slot: &ratiba_core::scheduling::slot::Slot| {
            let start = slot.window.start.to_zoned(zone.clone());
            let end = slot.window.end.to_zoned(zone.clone());
            format!(
                "{}–{}  {}",
                start.strftime("%a %Y-%m-%d %H:%M"),
                end.strftime("%H:%M"),
                name(slot.staff)
            )
        };
        slots.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}
