//! Price lists that only eyes can read: pictures and pages, each shown to a model by itself, a few at a time. Nothing is stored here; the pictures
//! are shown and forgotten.

use std::fmt;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use jiff::SignedDuration;

use super::error::EngineError;
use super::handle::Ratiba;
use super::models::{NoAnswer, Purse, Question, Router};
use crate::catalogue::input::Kind;
use crate::catalogue::written::Reading;
use crate::domain::id::TenantId;
use crate::domain::tenant::Business;
use crate::models::price_list;
use crate::models::role::Role;
use crate::ports::llm::LlmPart;

/// How long all tries for one page may take.
pub const PAGE_WITHIN: SignedDuration = SignedDuration::from_secs(120);
/// Pages that are read at once.
const AT_ONCE: usize = 3;

/// A picture, or a document of pages.
#[derive(Clone)]
pub struct Page {
    kind: Kind,
    bytes: Arc<[u8]>,
}

impl Page {
    /// A file that needs eyes; `None` for one of words.
    pub fn new(kind: Kind, bytes: impl Into<Arc<[u8]>>) -> Option<Self> {
        kind.needs_eyes().then(|| Self { kind, bytes: bytes.into() })
    }

    fn part(&self) -> LlmPart {
        let bytes = Arc::clone(&self.bytes);
        match self.kind {
            Kind::Picture(media_type) => {
                LlmPart::Image { media_type: media_type.to_owned(), bytes }
            }
            // Its own name is the owner's, and tells a model nothing.
            Kind::Pdf | Kind::Csv | Kind::Text => {
                LlmPart::Pdf { name: "price-list.pdf".to_owned(), bytes }
            }
        }
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("kind", &self.kind).field("bytes", &self.bytes.len()).finish()
    }
}

impl NoAnswer {
    /// What an owner is told of a page that was not read.
    pub const fn told(self) -> &'static str {
        match self {
            Self::NoModel => {
                "no model that reads pictures can be asked: there is no key, or models are switched off"
            }
            Self::BookingCeiling | Self::DayCeiling => {
                "models have cost today what they may; try again tomorrow"
            }
            Self::Failed => {
                "no model could read it; try again, or take a sharper picture of fewer rows"
            }
            Self::TooLate => "it took too long; try again, or take pictures of fewer rows each",
        }
    }
}

impl Ratiba {
    /// What stands on some pages, one result for each in their order.
    pub async fn read_pages(
        &self,
        tenant: TenantId,
        pages: &[Page],
        within: SignedDuration,
    ) -> Result<Vec<Result<Reading, NoAnswer>>, EngineError> {
        let business = self.business(tenant).await?;
        let Some(router) = self.models() else {
            return Ok(pages.iter().map(|_| Err(NoAnswer::NoModel)).collect());
        };
        let router: &Router = router;
        let mut asked = Vec::with_capacity(pages.len());
        for (n, page) in (1..).zip(pages) {
            asked.push(self.read_page(router, &business, page, (n, pages.len()), within).boxed());
        }
        Ok(stream::iter(asked).buffered(AT_ONCE).collect().await)
    }

    async fn read_page(
        &self,
        router: &Router,
        business: &Business,
        page: &Page,
        (n, of): (usize, usize),
        within: SignedDuration,
    ) -> Result<Reading, NoAnswer> {
        let currency = business.tenant.currency;
        let store = self.store().of(business.tenant.id);
        let purse = Purse::of(store.as_ref(), business, self.now(), None);
        let words = LlmPart::Text(price_list::question(currency, n, of));
        let question = Question { role: Role::Vision, parts: vec![page.part(), words], within };
        let read = |value| price_list::believe(serde_json::from_value(value).ok()?, currency);
        router.ask(purse, &question, &read).await
    }
}
