//! Opens the providers of language models for which there is a key.

use std::sync::Arc;

use ratiba_core::RatibaBuilder;
use ratiba_core::adapters::anthropic::{Anthropic, AnthropicSettings};
use ratiba_core::adapters::openai::{OpenAi, OpenAiSettings};
use ratiba_core::ports::llm::LlmFault;

use crate::config::{ModelSettings, ProviderSettings};
use crate::run::Failure;

/// Adds the providers and the plan. No I/O.
pub(crate) fn add(
    mut builder: RatibaBuilder,
    models: &ModelSettings,
) -> Result<RatibaBuilder, Failure> {
    let failed = |error: LlmFault| Failure::Open { what: "a language model", source: error.into() };
    if let Some(ProviderSettings { api_key, base_url, .. }) = &models.anthropic {
        let mut settings = AnthropicSettings::new(api_key.clone());
        settings.base_url = base_url.clone().unwrap_or(settings.base_url);
        builder = builder.llm(Arc::new(Anthropic::new(&settings).map_err(failed)?));
    }
    if let Some(ProviderSettings { api_key, base_url, .. }) = &models.openai {
        let mut settings = OpenAiSettings::new(api_key.clone());
        settings.base_url = base_url.clone().unwrap_or(settings.base_url);
        builder = builder.llm(Arc::new(OpenAi::new(&settings).map_err(failed)?));
    }
    Ok(match &models.plan {
        Some(plan) => builder.model_plan(plan.clone()),
        None => builder,
    })
}
