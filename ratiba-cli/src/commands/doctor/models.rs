//! Providers of language models: is the key taken, and do they have the models that are to be asked?

use std::collections::BTreeSet;
use std::time::Duration;

use ratiba_core::models::plan::Plan;
use ratiba_core::ports::llm::{LlmFault, LlmFaultKind, OfferedModel};

use super::check::Check;
use crate::models;
use crate::settings::Settings;

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn look(settings: &Settings) -> Vec<Check> {
    let plan = match models::plan(settings) {
        Ok(plan) => plan,
        Err(detail) => {
            let remedy = "mend the file that RATIBA_MODEL_ROUTES names";
            return vec![Check::failure("models", detail, remedy)];
        }
    };
    let mut checks = Vec::new();
    if let Some(provider) = models::anthropic(settings) {
        let offered = match provider {
            Ok(provider) => provider.models(PATIENCE).await,
            Err(fault) => Err(fault),
        };
        checks.extend(judge("anthropic", offered, &plan));
    }
    if let Some(provider) = models::openai(settings) {
        let offered = match provider {
            Ok(provider) => provider.models(PATIENCE).await,
            Err(fault) => Err(fault),
        };
        checks.extend(judge("openai", offered, &plan));
    }
    if checks.is_empty() {
        checks.push(Check::ok("models", "no keys are set: everything is answered without a model"));
    }
    checks
}

fn judge(provider: &str, offered: Result<Vec<OfferedModel>, LlmFault>, plan: &Plan) -> Vec<Check> {
    let what = format!("models of {provider}");
    let offered = match offered {
        Ok(offered) => offered,
        Err(fault) => return vec![refused(what, &fault)],
    };
    let table = plan.table();
    let chains = table.routes.values().flat_map(|route| &route.chain);
    let wanted: BTreeSet<&str> = chains
        .filter_map(|name| table.model(name))
        .filter(|model| model.provider == provider)
        .map(|model| model.name.as_str())
        .collect();
    let mut checks = Vec::new();
    for name in &wanted {
        // A provider may list a model under a dated name of its own.
        let found = offered.iter().find(|model| {
            model
                .name
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("-20"))
        });
        let remedy = "give its roles another model in the file that RATIBA_MODEL_ROUTES names";
        match found.map(|model| &model.ends) {
            Some(None) => {}
            Some(Some(ends)) => {
                checks.push(Check::warning(&what, format!("{name}: {ends}"), remedy));
            }
            None => {
                let detail =
                    format!("{name} is not offered to this key: the next of the chain is asked");
                checks.push(Check::warning(&what, detail, remedy));
            }
        }
    }
    if checks.is_empty() {
        let detail = format!("the key is taken; {} models to be asked are there", wanted.len());
        checks.push(Check::ok(what, detail));
    }
    checks
}

fn refused(what: String, fault: &LlmFault) -> Check {
    use LlmFaultKind as K;
    let detail = match &fault.code {
        Some(code) if !code.is_empty() => format!("{fault}, code {code}"),
        Some(_) | None => fault.to_string(),
    };
    match fault.kind {
        K::Unauthorised => Check::failure(
            what,
            detail,
            "renew the key: without it everything is answered without a model",
        ),
        K::SpendCapped => Check::failure(
            what,
            detail,
            "raise the limit at the provider, or pay there: no waiting helps",
        ),
        K::BadRequest | K::NoSuchModel | K::TooLarge => {
            Check::failure(what, detail, "look at the provider's address in the configuration")
        }
        K::Overloaded | K::RateLimited | K::Unreachable | K::TimedOut | K::Broken => {
            Check::warning(
                what,
                detail,
                "look again in a minute; until then the other provider is asked, or none",
            )
        }
    }
}
