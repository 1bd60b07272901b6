//! Who the tenants are, how the outside reaches them, and what was not theirs: all that is known before a tenant is.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::channel::ChannelKind;
use crate::domain::id::{CustomerId, InboxId, PaymentId, TenantId};
use crate::domain::knowledge::Snippet;
use crate::domain::tenant::{Business, Rail, Slug, Tenant, TenantStatus};
use crate::ports::api_keys::ApiKeyStore;
use crate::ports::channel::ChannelAccount;
use crate::ports::inbox::Timer;
use crate::ports::jobs::JobStore;
use crate::ports::outbox::{OutboxItem, OutboxStatus};
use crate::ports::payment::Merchant;
use crate::ports::secrets::SecretStore;
use crate::ports::sms::SmsRegistry;

/// Everything that makes a new tenant, written in one transaction.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its first business document.
    pub business: Business,
    /// Its starter snippets.
    pub snippets: Vec<Snippet>,
    /// Its channel accounts.
    pub accounts: Vec<ChannelAccount>,
    /// Its accounts on payment rails.
    pub merchants: Vec<Merchant>,
    /// When.
    pub created_at: Timestamp,
}

/// Where a payment callback belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentRoute {
    /// Whose.
    pub tenant: TenantId,
    /// Which payment.
    pub payment: PaymentId,
    /// Over which rail.
    pub rail: Rail,
}

/// Something that came in and could not be handled; kept whole for the operator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its id, in order of arrival.
    pub id: InboxId,
    /// What kind.
    pub kind: DeadLetterKind,
    /// Where it came in: a channel such as `whatsapp`, or a provider and what its callback was about, `daraja/payment` or `daraja/refund`.
    pub source: String,
    /// Why it could not be handled.
    pub reason: String,
    /// The body as received.
    pub raw: String,
    /// The unguessable end of the path that a callback came to, without which it can't be replayed. Written to the store and nowhere else.
    #[serde(skip)]
    pub token: Option<String>,
    /// When.
    pub received_at: Timestamp,
    /// When somebody replayed or dismissed it.
    pub settled_at: Option<Timestamp>,
    /// Why it was dismissed; `None` while it is open, and when it was replayed.
    pub dismissed_because: Option<String>,
}

/// Shows neither the body, which holds what people wrote, nor the token.
impl std::fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeadLetter")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("source", &self.source)
            .field("reason", &self.reason)
            .field("received_at", &self.received_at)
            .field("settled_at", &self.settled_at)
            .finish_non_exhaustive()
    }
}

/// Which pile a dead letter lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetterKind {
    /// `inbound_quarantine`: a verified webhook for nobody we know, or that can't be read.
    Quarantine,
    /// `payment_callbacks_unrouted`: a payment callback that nothing matches.
    UnroutedCallback,
    /// A turn that could never succeed: the inbox item, or the state that can't be read. `source` ends with the tenant's id.
    Turn,
}

/// What is due, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub enum DueWork {
    /// A lane has inbox items that nobody has taken a turn on for a while.
    Lane {
        /// Whose.
        tenant: TenantId,
        /// Who.
        customer: CustomerId,
    },
    /// An outbox item, leased to the caller.
    Outbox {
        /// Whose.
        tenant: TenantId,
        /// Which.
        item: Box<OutboxItem>,
        /// Where it was: an `Unknown` one is to be resolved, not tried. One whose lease ran out without a recorded attempt is unknown too,
        /// because nobody can tell how far that attempt went.
        status: OutboxStatus,
    },
    /// A timer, still stored: [`WorkStore::promote`](crate::ports::store::WorkStore::promote) turns it into an inbox item.
    Timer {
        /// Whose.
        tenant: TenantId,
        /// Which.
        timer: Timer,
    },
}

/// What must be found before a tenant is known, and what is due anywhere.
#[async_trait]
pub trait Registry:
    JobStore + ApiKeyStore + SecretStore + SmsRegistry + Send + Sync + std::fmt::Debug
{
    /// Makes a tenant, all of it or nothing. [`StoreError::Exists`] when the slug or an account is taken.
    async fn create_tenant(&self, new: &NewTenant) -> Result<(), StoreError>;
    /// All tenants in order of slug.
    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError>;
    /// One tenant.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError>;
    /// One tenant by its short name.
    async fn tenant_by_slug(&self, slug: &Slug) -> Result<Option<Tenant>, StoreError>;
    /// Serves a tenant or stops serving it; false when there is none.
    async fn set_status(&self, id: TenantId, status: TenantStatus) -> Result<bool, StoreError>;
    /// Removes a tenant and all that it owns; false when there is none.
    async fn delete_tenant(&self, id: TenantId) -> Result<bool, StoreError>;

    /// The account that a message was sent to, and so the tenant. `None`: quarantine.
    async fn account(
        &self,
        channel: ChannelKind,
        account: &str,
    ) -> Result<Option<ChannelAccount>, StoreError>;
    /// A tenant's accounts.
    async fn accounts(&self, tenant: TenantId) -> Result<Vec<ChannelAccount>, StoreError>;
    /// Adds or replaces an account. [`StoreError::Exists`] when it belongs to another tenant.
    async fn put_account(&self, account: &ChannelAccount) -> Result<(), StoreError>;
    /// A tenant's account on a payment rail.
    async fn merchant(&self, tenant: TenantId, rail: Rail) -> Result<Option<Merchant>, StoreError>;
    /// Adds or replaces one.
    async fn put_merchant(&self, merchant: &Merchant) -> Result<(), StoreError>;
    /// Where a callback with this unguessable token belongs.
    async fn payment_route(&self, token: &str) -> Result<Option<PaymentRoute>, StoreError>;

    /// Keeps what could not be handled.
    async fn bury(&self, letter: &DeadLetter) -> Result<(), StoreError>;
    /// What could not be handled and is not settled, oldest first.
    async fn dead_letters(
        &self,
        kind: Option<DeadLetterKind>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError>;
    /// One of them.
    async fn dead_letter(&self, id: InboxId) -> Result<Option<DeadLetter>, StoreError>;
    /// Marks one as replayed, or as dismissed for a reason; false when it was settled already, or there is none.
    async fn settle_dead_letter(
        &self,
        id: InboxId,
        at: Timestamp,
        dismissed: Option<&str>,
    ) -> Result<bool, StoreError>;
    /// The last ones that were settled, the newest first.
    async fn settled_dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError>;

    /// Up to `limit` due things, fair between kinds and tenants. Outbox items are leased until `lease_until`; a lane counts as due when its oldest
    /// inbox item is older than `stale_before`. Suspended tenants have nothing due.
    async fn claim_due(
        &self,
        now: Timestamp,
        stale_before: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueWork>, StoreError>;
    /// When the next outbox item or timer falls due (maybe in the past), so that a sleeper knows how long it may sleep. Lanes are not counted:
    /// when those are due is the sleeper's own measure.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
