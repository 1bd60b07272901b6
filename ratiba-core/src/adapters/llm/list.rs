//! Lists of models, as both providers wrap them.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::ports::llm::{LlmFault, LlmFaultKind};

/// The entries of `{"data": [..]}`.
pub(in crate::adapters) fn list<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, LlmFault> {
    #[derive(Deserialize)]
    struct List<T> {
        data: Vec<T>,
    }

    let list: List<T> = serde_json::from_slice(body).map_err(|error| {
        LlmFault::new(LlmFaultKind::Broken, "the list of models can't be read").with_source(error)
    })?;
    Ok(list.data)
}
