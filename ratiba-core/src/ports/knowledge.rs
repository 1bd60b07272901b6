//! Where answers to customers' questions come from.

use async_trait::async_trait;

use super::fault::Fault;
use crate::domain::id::TenantId;
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;

/// A customer's question.
#[derive(Debug, Clone)]
pub struct Question {
    /// Whose customer asks.
    pub tenant: TenantId,
    /// The words.
    pub text: String,
    /// What they are written in, where that is clear.
    pub language: Option<Language>,
}

/// Finds what the business has written down about a question.
#[async_trait]
pub trait KnowledgeSource: Send + Sync + std::fmt::Debug {
    /// The best matching snippets, best first, at most `limit`; empty when nothing answers the question.
    async fn find(&self, question: &Question, limit: usize) -> Result<Vec<Snippet>, Fault>;
}
