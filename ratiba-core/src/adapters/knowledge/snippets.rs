//! Snippets found by their words: no model, no network.

use std::sync::Arc;

use async_trait::async_trait;

use super::unread;
use crate::domain::knowledge::Snippet;
use crate::language::answer::best_snippets;
use crate::ports::fault::Fault;
use crate::ports::knowledge::{KnowledgeSource, Question};
use crate::ports::store::Store;

/// The tenant's own snippets, ranked by [`best_snippets`]. What the builder takes unless another source is given.
#[derive(Debug, Clone)]
pub struct SnippetSource {
    store: Arc<dyn Store>,
}

impl SnippetSource {
    /// Reads snippets from a store.
    pub const fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl KnowledgeSource for SnippetSource {
    async fn find(&self, question: &Question, limit: usize) -> Result<Vec<Snippet>, Fault> {
        let snippets = self.store.of(question.tenant).snippets().await.map_err(unread)?;
        Ok(best_snippets(&question.text, question.language, &snippets, limit))
    }
}
