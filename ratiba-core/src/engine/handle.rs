//! The handle that embedders hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, broadcast, mpsc};

use super::builder::{RatibaBuilder, Role};
use super::cache::{Cache, Loaded};
use super::deliver::Delivery;
use super::error::EngineError;
use super::ingest::Ingest;
use super::jobs::Finished;
use super::lanes::Lanes;
use super::models::Router;
use super::thoughts::Thoughts;
use super::trouble::Troubles;
use crate::domain::channel::ChannelKind;
use crate::domain::id::{CustomerId, Id, Mint, TenantId, ThreadId};
use crate::domain::route::SinkPrices;
use crate::domain::tenant::{Business, Rail};
use crate::language::speak::Speaker;
use crate::ports::channel::{Channel, Webhook};
use crate::ports::clock::{Clock, Entropy};
use crate::ports::hot::{HotState, Lane, WakeUp};
use crate::ports::knowledge::KnowledgeSource;
use crate::ports::live::{LiveEvent, LiveFeed, LiveKind};
use crate::ports::notify::NotificationSink;
use crate::ports::payment::PaymentProvider;
use crate::ports::sms::SmsSink;
use crate::ports::store::Store;

/// Ratiba: appointments by conversation. Cheap to clone; every clone is the same engine.
#[derive(Debug, Clone)]
pub struct Ratiba {
    pub(super) inner: Arc<Inner>,
}

/// What the builder has collected.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) store: Arc<dyn Store>,
    pub(super) hot: Arc<dyn HotState>,
    pub(super) wake: Arc<dyn WakeUp>,
    pub(super) live: Arc<dyn LiveFeed>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) channels: BTreeMap<ChannelKind, Arc<dyn Channel>>,
    pub(super) webhooks: BTreeMap<ChannelKind, Arc<dyn Webhook>>,
    pub(super) rails: BTreeMap<Rail, Arc<dyn PaymentProvider>>,
    pub(super) knowledge: Arc<dyn KnowledgeSource>,
    pub(super) models: Option<Arc<Router>>,
    /// How long a turn waits for a model before it says that it takes a moment.
    pub(super) model_patience: SignedDuration,
    pub(super) notices: Vec<Arc<dyn NotificationSink>>,
    pub(super) sms: Option<Arc<dyn SmsSink>>,
    pub(super) sink_prices: SinkPrices,
    pub(super) public_url: String,
    pub(super) role: Role,
    pub(super) takeover: SignedDuration,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) parts: Parts,
    pub(super) cache: Cache,
    pub(super) speaker: Speaker,
    /// Lanes with work that this process has just stored, so that nobody has to poll for them.
    pub(super) fresh: mpsc::UnboundedSender<Lane>,
    pub(super) fresh_lanes: Mutex<mpsc::UnboundedReceiver<Lane>>,
    /// Outbox rows of turns that this process has just committed.
    pub(super) deliver_now: mpsc::UnboundedSender<Delivery>,
    pub(super) deliver_queue: Mutex<mpsc::UnboundedReceiver<Delivery>>,
    pub(super) lanes: Lanes<Lane>,
    pub(super) troubles: Troubles,
    pub(super) ingest: Arc<Ingest>,
    pub(super) deliveries: Lanes<(TenantId, String)>,
    pub(super) thoughts: Thoughts,
    pub(super) finished_jobs: Finished,
}

impl Ratiba {
    /// Begins to set up an engine.
    pub fn builder() -> RatibaBuilder {
        RatibaBuilder::default()
    }

    pub(super) fn new(parts: Parts) -> Self {
        let (fresh, fresh_lanes) = mpsc::unbounded_channel();
        let (deliver_now, deliver_queue) = mpsc::unbounded_channel();
        Self {
            inner: Arc::new(Inner {
                parts,
                cache: Cache::default(),
                speaker: Speaker::new(),
                fresh,
                fresh_lanes: Mutex::new(fresh_lanes),
                deliver_now,
                deliver_queue: Mutex::new(deliver_queue),
                lanes: Lanes::default(),
                troubles: Troubles::default(),
                ingest: Arc::default(),
                deliveries: Lanes::default(),
                thoughts: Thoughts::default(),
                finished_jobs: Finished::default(),
            }),
        }
    }

    /// The store, for everything that is not conversation: onboarding, reports, dead letters.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.parts.store
    }

    /// Now, as this engine sees it.
    pub fn now(&self) -> Timestamp {
        self.inner.parts.clock.now()
    }

    /// Ids for things that are made outside of turns.
    pub fn mint(&self) -> Mint {
        self.inner.mint()
    }

    /// The newest business document of a tenant.
    pub async fn business(&self, tenant: TenantId) -> Result<Arc<Business>, EngineError> {
        Ok(Arc::clone(&self.inner.business(tenant, None).await?.business))
    }

    /// The way to language models, where there are any.
    pub fn models(&self) -> Option<&Arc<Router>> {
        self.inner.parts.models.as_ref()
    }

    /// Reads a channel account again before it is used next: somebody has entered another token. Other processes find out when the old one
    /// is refused.
    pub fn account_changed(&self, channel: ChannelKind, account: &str) {
        self.inner.cache.forget_account(channel, account);
    }

    /// News of changes from now on: from this process, and from others where the live feed reaches them.
    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.inner.parts.live.subscribe()
    }
}

impl Inner {
    pub(super) fn mint(&self) -> Mint {
        Mint { at: self.parts.clock.now(), seed: self.parts.entropy.draw() }
    }

    /// A new id, for rows that no turn computes.
    pub(super) fn new_id<K>(&self) -> Id<K> {
        self.mint().id(0)
    }

    pub(super) async fn business(
        &self,
        tenant: TenantId,
        at_least: Option<u64>,
    ) -> Result<Arc<Loaded>, EngineError> {
        self.cache.business(&self.parts.store, tenant, at_least).await
    }

    pub(super) fn tell(
        &self,
        tenant: TenantId,
        customer: CustomerId,
        thread: Option<ThreadId>,
        kind: LiveKind,
    ) {
        self.parts.live.publish(LiveEvent { tenant, customer, thread, kind });
    }
}
