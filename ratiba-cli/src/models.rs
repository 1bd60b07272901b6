//! Language models as this terminal reaches them: the providers that have a key, and which model answers what.

use std::path::Path;
use std::sync::Arc;

use ratiba_core::adapters::anthropic::{Anthropic, AnthropicSettings};
use ratiba_core::adapters::openai::{OpenAi, OpenAiSettings};
use ratiba_core::models::plan::{Plan, Routes};
use ratiba_core::models::table::ModelTable;
use ratiba_core::ports::llm::{LlmFault, LlmProvider};

use crate::settings::Settings;

/// Anthropic, where there is a key.
pub(crate) fn anthropic(settings: &Settings) -> Option<Result<Anthropic, LlmFault>> {
    let key = settings.named.get("ANTHROPIC_API_KEY")?;
    let mut wanted = AnthropicSettings::new(key.into());
    wanted.base_url = settings.named.get("ANTHROPIC_BASE_URL").unwrap_or(wanted.base_url);
    Some(Anthropic::new(&wanted))
}

/// `OpenAI`, where there is a key.
pub(crate) fn openai(settings: &Settings) -> Option<Result<OpenAi, LlmFault>> {
    let key = settings.named.get("OPENAI_API_KEY")?;
    let mut wanted = OpenAiSettings::new(key.into());
    wanted.base_url = settings.named.get("OPENAI_BASE_URL").unwrap_or(wanted.base_url);
    Some(OpenAi::new(&wanted))
}

/// Every provider that has a key.
pub(crate) fn providers(settings: &Settings) -> Result<Vec<Arc<dyn LlmProvider>>, LlmFault> {
    let mut all: Vec<Arc<dyn LlmProvider>> = Vec::new();
    if let Some(provider) = anthropic(settings) {
        all.push(Arc::new(provider?));
    }
    if let Some(provider) = openai(settings) {
        all.push(Arc::new(provider?));
    }
    Ok(all)
}

/// The table of models that comes with the program.
pub(crate) fn table() -> Result<ModelTable, String> {
    ModelTable::builtin().map_err(|error| error.to_string())
}

/// The plan of the server: the built-in one under the routes of `RATIBA_MODEL_ROUTES`.
pub(crate) fn plan(settings: &Settings) -> Result<Plan, String> {
    match settings.named.get("RATIBA_MODEL_ROUTES") {
        None => with_routes(Routes::new()),
        Some(path) => from_file(Path::new(&path)),
    }
}

/// The built-in plan under the routes of a file.
pub(crate) fn from_file(path: &Path) -> Result<Plan, String> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{shown} can't be read: {error}"))?;
    let routes = serde_json::from_str(&text)
        .map_err(|error| format!("{shown} is no list of routes: {error}"))?;
    with_routes(routes).map_err(|problems| format!("{shown}: {problems}"))
}

/// The built-in plan under these routes.
pub(crate) fn with_routes(routes: Routes) -> Result<Plan, String> {
    Plan::new(table()?, routes).map_err(|problems| problems.join("; "))
}
