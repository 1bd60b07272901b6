//! `ratiba chat`: talk to a tenant in this terminal. `/pay success`, `/advance 2h`, `/admin TEXT` and `/quit` are the terminal's own;
//! what the owner is sent stands behind `owner <`.

use std::process::ExitCode;

use ratiba_core::testing::golden::{Golden, TenantSpec, TurnSpec};
use ratiba_core::testing::scenario::Scenario;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::args::Chat;
use crate::error::CliError;
use crate::open;
use crate::printer::Printer;
use crate::settings::Settings;

pub(crate) async fn run(
    args: &Chat,
    settings: &Settings,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    // The conversation runs on a store of its own, so that trying a tenant out books nothing in it.
    let (business, opened) = open::business(&args.tenant.tenant, settings, printer).await?;
    let snippets = match &opened {
        Some(opened) => opened.data.snippets().await?,
        None => ratiba_core::demo::tenant(&args.tenant.tenant)
            .map(|demo| demo.snippets)
            .unwrap_or_default(),
    };
    let golden = Golden {
        name: "chat".to_owned(),
        tenant: TenantSpec::Fixture(args.tenant.tenant.clone()),
        now: args.now.unwrap_or_else(open::now),
        channel: "whatsapp".to_owned(),
        customer: args.phone.clone(),
        customer_name: None,
        given: Vec::new(),
        models: Vec::new(),
        turns: Vec::new(),
    };
    let failed =
        |error: ratiba_core::testing::scenario::ScenarioError| CliError::input(error.to_string());
    let mut scenario =
        Scenario::with(&golden, business.as_ref().clone(), snippets).await.map_err(failed)?;
    printer.note(&format!(
        "You are talking to {}. /pay success, /advance 2h, /admin TEXT, /quit",
        business.tenant.name
    ));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        let line = lines.next_line().await.map_err(|error| CliError::failed(&error))?;
        let Some(line) = line else { break };
        let text = line.trim();
        if text == "/quit" {
            break;
        }
        let Some(turn) = turn_of(text) else {
            printer.note("after /pay: success, wrong_pin, cancelled, insufficient_funds, unreachable, timeout, duplicate, wrong_amount");
            continue;
        };
        match scenario.take(&turn).await {
            Ok(told) => {
                for reply in told.customer {
                    printer.line(&format!("< {}", reply.text.replace('\n', "\n  ")));
                    for (n, choice) in reply.choices.iter().enumerate() {
                        printer.line(&format!("    {}. {}", n + 1, choice.title));
                    }
                }
                if !told.owner.is_empty() {
                    printer.line(&format!("owner < {}", told.owner.replace('\n', "\n  ")));
                }
            }
            Err(error) => printer.note(&error.to_string()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a line of the terminal makes happen; `None` when the terminal's own command makes no sense.
fn turn_of(text: &str) -> Option<TurnSpec> {
    let mut turn = TurnSpec::default();
    if let Some(outcome) = text.strip_prefix("/pay ") {
        turn.payment = Some(
            serde_json::from_value(serde_json::Value::String(outcome.trim().to_owned())).ok()?,
        );
    } else if let Some(by) = text.strip_prefix("/advance ") {
        turn.advance = Some(by.trim().to_owned());
    } else if let Some(words) = text.strip_prefix("/admin ") {
        turn.admin = Some(words.to_owned());
    } else {
        turn.user = Some(text.to_owned());
    }
    Some(turn)
}
