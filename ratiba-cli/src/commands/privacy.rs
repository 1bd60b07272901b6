//! `ratiba privacy`: a person's data, given out or forgotten.

use std::process::ExitCode;

use ratiba_core::domain::phone::Phone;
use ratiba_core::ports::whole::ErasureOutcome;
use ratiba_core::tenancy::privacy;

use super::tenant::confirmed;
use crate::args::{Person, Privacy};
use crate::error::CliError;
use crate::open::{self, Opened};
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    command: Privacy,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    match command {
        Privacy::Export(person) => {
            let (opened, phone) = find(&person, settings, printer).await?;
            let data = privacy::export(opened.data.as_ref(), &phone).await?;
            if data.tables.is_empty() {
                return Err(nobody(&person));
            }
            printer.data(&data, || serde_json::to_string_pretty(&data).unwrap_or_default())?;
        }
        Privacy::Erase { person, yes } => {
            let (opened, phone) = find(&person, settings, printer).await?;
            if !yes && !confirmed(&person.phone)? {
                return Err(
                    CliError::usage("nothing was erased").hint("--yes erases without asking")
                );
            }
            match privacy::erase(opened.data.as_ref(), &phone, open::now()).await? {
                None => return Err(nobody(&person)),
                Some(ErasureOutcome::PaymentOpen) => {
                    return Err(CliError::input("a payment of theirs is not settled yet")
                        .hint("wait until it is, then run the command again"));
                }
                Some(ErasureOutcome::Erased(erased)) => printer.data(&erased, || {
                    let rows = |map: &std::collections::BTreeMap<String, u64>| -> u64 {
                        map.values().sum()
                    };
                    let mut text = format!(
                        "{} rows are gone, {} are nobody's in particular now",
                        rows(&erased.deleted),
                        rows(&erased.anonymised)
                    );
                    if erased.upcoming > 0 {
                        text.push_str(&format!(
                            "\n{} appointments to come stay booked; cancel them if nobody comes",
                            erased.upcoming
                        ));
                    }
                    text
                })?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn nobody(person: &Person) -> CliError {
    let Person { tenant, .. } = person;
    CliError::not_found(format!("{} knows nobody who has proven that phone", tenant.tenant))
}

async fn find(
    person: &Person,
    settings: &Settings,
    printer: &Printer,
) -> Result<(Opened, Phone), CliError> {
    let opened = open::tenant(&person.tenant.tenant, settings, printer).await?;
    let phone = Phone::parse(&person.phone, opened.tenant.country)
        .map_err(|error| CliError::usage(format!("--phone: {error}")))?;
    Ok((opened, phone))
}
