//! Providers of language models: is the key taken, and do they have the models that are to be asked?

use std::collections::BTreeSet;
use std::time::Duration;

use ratiba_core::adapters::anthropic::{Anthropic, AnthropicSettings};
use ratiba_core::adapters::openai::{OpenAi, OpenAiSettings};
use ratiba_core::models::plan::{Plan, Routes};
use ratiba_core::models::table::ModelTable;
use ratiba_core::ports::llm::{LlmFault, LlmFaultKind, OfferedModel};

use super::check::Check;
use crate::settings::Settings;

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn look(settings: &Settings) -> Vec<Check> {
    let named = &settings.named;
    let plan = match plan(settings) {
        Ok(plan) => plan,
        Err(check) => return vec![check],
    };
    let mut checks = Vec::new();
    if let Some(key) = named.get("ANTHROPIC_API_KEY") {
        let mut wanted = AnthropicSettings::new(key.into());
        wanted.base_url = named.get("ANTHROPIC_BASE_URL").unwrap_or(wanted.base_url);
        let offered = match Anthropic::new(&wanted) {
            Ok(provider) => provider.models(PATIENCE).await,
            Err(fault) => Err(fault),
        };
        checks.extend(judge("anthropic", offered, &plan));
    }
    if let Some(key) = named.get("OPENAI_API_KEY") {
        let mut wanted = OpenAiSettings::new(key.into());
        wanted.base_url = named.get("OPENAI_BASE_URL").unwrap_or(wanted.base_url);
        let offered = match OpenAi::new(&wanted) {
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

/// The plan of the server: the built-in one under the routes of `RATIBA_MODEL_ROUTES`.
fn plan(settings: &Settings) -> Result<Plan, Check> {
    let wrong = |detail: String| {
        Check::failure("models", detail, "mend the file that RATIBA_MODEL_ROUTES names")
    };
    let table = ModelTable::builtin().map_err(|error| wrong(error.to_string()))?;
    let routes = match settings.named.get("RATIBA_MODEL_ROUTES") {
        None => Routes::new(),
        Some(path) => std::fs::read_to_string(&path)
            .map_err(|error| wrong(format!("{path} can't be read: {error}")))
            .and_then(|text| {
                serde_json::from_str(&text)
                    .map_err(|error| wrong(format!("{path} is no list of routes: {error}")))
            })?,
    };
    Plan::new(table, routes).map_err(|problems| wrong(problems.join("; ")))
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
