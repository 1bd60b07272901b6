//! Snippets found by their meaning: question and snippets as vectors of whatever provider the embedder has, the nearest first.
//!
//! For tenants whose snippets outgrow what words and a model's token budget can hold (`ratiba_knowledge_overflow_total`).

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::unread;
use crate::domain::id::{SnippetId, TenantId};
use crate::domain::knowledge::Snippet;
use crate::domain::message::Language;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::knowledge::{KnowledgeSource, Question};
use crate::ports::store::Store;

/// Tenants whose vectors are kept: about 50 MB of them with 30 snippets each and vectors of 1,536 numbers.
const TENANTS_KEPT: usize = 256;
/// Only so much of a question is looked at, as the ear does.
const MAX_CHARS: usize = 2_000;

/// Turns texts into vectors: any model of embeddings, hosted or at home.
#[async_trait]
pub trait Vectors: Send + Sync + fmt::Debug {
    /// One vector for each text, in their order, all of one length. They need not be of length one.
    async fn vectors(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, Fault>;
}

/// The tenant's own snippets, ranked by the cosine between their vectors and the question's.
///
/// Vectors of snippets are kept in memory and made again when a snippet changes; a question costs one call of the provider.
#[derive(Debug)]
pub struct VectorSource {
    store: Arc<dyn Store>,
    vectors: Arc<dyn Vectors>,
    floor: f32,
    kept: Mutex<Kept>,
}

/// A vector of length one.
type Direction = Arc<[f32]>;

impl VectorSource {
    /// Reads snippets from a store and vectors from a provider. A snippet whose cosine with the question is under `floor` (between 0 and 1) answers
    /// nothing; which floor is right depends on the provider's model.
    pub fn new(store: Arc<dyn Store>, vectors: Arc<dyn Vectors>, floor: f32) -> Self {
        Self { store, vectors, floor, kept: Mutex::default() }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The directions of a question and of snippets, asking for those that are not known.
    async fn directions(
        &self,
        tenant: TenantId,
        question: &str,
        snippets: &[Snippet],
    ) -> Result<(Direction, Vec<Direction>), Fault> {
        let known = self.kept().of(tenant);
        let known_of = |snippet: &Snippet| {
            let (as_of, direction) = known.get(&snippet.id)?;
            (*as_of == snippet.updated_at).then(|| Arc::clone(direction))
        };
        let missing: Vec<&Snippet> = snippets.iter().filter(|s| known_of(s).is_none()).collect();
        let mut texts: Vec<String> =
            missing.iter().map(|s| format!("{}\n{}", s.title, s.body)).collect();
        texts.push(question.to_owned());
        let made = directions(self.vectors.vectors(&texts).await?, texts.len())?;
        let mut made = made.into_iter();
        let made_of: HashMap<SnippetId, Direction> =
            missing.iter().map(|s| s.id).zip(made.by_ref()).collect();
        let asked = made.next().unwrap_or_default();
        let all: Vec<Direction> = snippets
            .iter()
            .map(|s| known_of(s).or_else(|| made_of.get(&s.id).cloned()).unwrap_or_default())
            .collect();
        if all.iter().any(|direction| direction.len() != asked.len()) {
            // The provider has another model now: what is kept is of no use any more.
            self.kept().forget(tenant);
            return Err(Fault::new(FaultKind::Transient, "the vectors differ in length"));
        }
        let now_known = snippets.iter().zip(&all);
        let now_known = now_known.map(|(s, d)| (s.id, (s.updated_at, Arc::clone(d)))).collect();
        self.kept().keep(tenant, now_known);
        Ok((asked, all))
    }
}

#[async_trait]
impl KnowledgeSource for VectorSource {
    async fn find(&self, question: &Question, limit: usize) -> Result<Vec<Snippet>, Fault> {
        let mut snippets = self.store.of(question.tenant).snippets().await.map_err(unread)?;
        snippets.retain(|snippet| snippet.active);
        let text: String = question.text.chars().take(MAX_CHARS).collect();
        if snippets.is_empty() || limit == 0 || text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let (asked, directions) = self.directions(question.tenant, &text, &snippets).await?;
        let near: Vec<(f32, Snippet)> = snippets
            .into_iter()
            .zip(directions)
            .map(|(snippet, direction)| (cosine(&asked, &direction), snippet))
            .collect();
        Ok(nearest(near, question.language, self.floor, limit))
    }
}

/// Those that are near enough, nearest first, newer first among equals. With a language, those in it win; others are given only where it has none.
fn nearest(
    mut near: Vec<(f32, Snippet)>,
    language: Option<Language>,
    floor: f32,
    limit: usize,
) -> Vec<Snippet> {
    near.retain(|(cosine, _)| *cosine >= floor);
    let wanted = |snippet: &Snippet| Some(snippet.language) == language;
    if near.iter().any(|(_, snippet)| wanted(snippet)) {
        near.retain(|(_, snippet)| wanted(snippet));
    }
    near.sort_by(|(a, first), (b, second)| {
        b.total_cmp(a)
            .then_with(|| second.updated_at.cmp(&first.updated_at))
            .then_with(|| first.id.cmp(&second.id))
    });
    near.into_iter().take(limit).map(|(_, snippet)| snippet).collect()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Vectors as a provider gave them, brought to length one.
fn directions(vectors: Vec<Vec<f32>>, wanted: usize) -> Result<Vec<Direction>, Fault> {
    if vectors.len() != wanted {
        return Err(Fault::new(FaultKind::Rejected, "there is not one vector for each text"));
    }
    let direction = |vector: Vec<f32>| {
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if !length.is_finite() {
            return Err(Fault::new(FaultKind::Rejected, "a vector is not made of numbers"));
        }
        // A text that says nothing has no direction, and is near to nothing.
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        Ok(vector.into_iter().map(|x| x * scale).collect())
    };
    vectors.into_iter().map(direction).collect()
}

/// Vectors of the tenants that were asked last.
#[derive(Debug, Default)]
struct Kept {
    by_tenant: HashMap<TenantId, Arc<OfTenant>>,
    /// The one that was asked last comes last.
    order: VecDeque<TenantId>,
}

/// By snippet: as of which change, and its direction.
type OfTenant = HashMap<SnippetId, (Timestamp, Direction)>;

impl Kept {
    fn of(&self, tenant: TenantId) -> Arc<OfTenant> {
        self.by_tenant.get(&tenant).cloned().unwrap_or_default()
    }

    fn keep(&mut self, tenant: TenantId, directions: OfTenant) {
        self.forget(tenant);
        if self.order.len() >= TENANTS_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_tenant.remove(&oldest);
        }
        self.by_tenant.insert(tenant, Arc::new(directions));
        self.order.push_back(tenant);
    }

    fn forget(&mut self, tenant: TenantId) {
        if self.by_tenant.remove(&tenant).is_some() {
            self.order.retain(|kept| *kept != tenant);
        }
    }
}
