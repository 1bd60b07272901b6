//! Text messages to customers: outbound only, for where no conversation is open.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use super::channel::{DecodeError, FailedDelivery};
use super::fault::Fault;
use super::store::StoreError;
use crate::domain::id::{OutboxId, TenantId};
use crate::domain::message::Delivery;
use crate::domain::money::Money;
use crate::domain::phone::Phone;

/// A tenant's account at an SMS provider.
#[derive(Debug, Clone)]
pub struct SmsAccount {
    /// Whose.
    pub tenant: TenantId,
    /// The account's name there.
    pub username: String,
    /// Its key.
    pub api_key: SecretString,
    /// The registered sender; the provider's shared one where there is none.
    pub sender: Option<String>,
    /// The unguessable word in the address of its delivery reports, which are not signed.
    pub delivery_token: String,
}

/// One text.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// Our id of it.
    pub id: OutboxId,
    /// To whom.
    pub to: Phone,
    /// The words.
    pub text: String,
}

/// Words and numbers are private.
impl std::fmt::Debug for Sms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sms({}, to {}, {} bytes)", self.id, self.to.masked(), self.text.len())
    }
}

/// The provider took a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsSent {
    /// The provider's id of it, which its report will name; some are taken without one.
    pub provider_id: Option<String>,
    /// The parts that are paid for.
    pub segments: u32,
    /// What it cost, where the provider says so.
    pub cost: Option<Money>,
}

/// What a provider reports about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsReport {
    /// The provider's id of it.
    pub provider_id: String,
    /// To whom it went, where the report says so.
    pub phone: Option<Phone>,
    /// How far it came, or how it failed.
    pub outcome: Result<Delivery, FailedDelivery>,
}

/// The code of a [`Rejected`](super::fault::FaultKind) text whose receiver has told the operator that they want none; they are not written to again.
pub const UNWANTED: &str = "unwanted";

/// A provider of text messages.
#[async_trait]
pub trait SmsSink: Send + Sync + std::fmt::Debug {
    /// Sends one text. Not idempotent: an [`Unknown`](super::fault::FaultKind) must not be repeated blindly.
    async fn send(&self, account: &SmsAccount, sms: &Sms) -> Result<SmsSent, Fault>;

    /// Reads a delivery report. Pure.
    fn decode_report(&self, raw: &[u8]) -> Result<SmsReport, DecodeError>;
}

/// Tenants' accounts at the SMS provider.
#[async_trait]
pub trait SmsRegistry: Send + Sync {
    /// Adds or replaces a tenant's account.
    async fn put_sms_account(&self, account: &SmsAccount) -> Result<(), StoreError>;
    /// A tenant's account.
    async fn sms_account(&self, tenant: TenantId) -> Result<Option<SmsAccount>, StoreError>;
    /// Whose delivery reports come with this token.
    async fn sms_tenant(&self, delivery_token: &str) -> Result<Option<TenantId>, StoreError>;
}

/// A text that was paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsRecord {
    /// The outbox row.
    pub outbox: OutboxId,
    /// To whom.
    pub phone: Phone,
    /// Parts.
    pub segments: u32,
    /// What it cost, where the provider said so.
    pub cost: Option<Money>,
    /// When.
    pub at: Timestamp,
}

/// What a tenant knows of its text messages.
#[async_trait]
pub trait SmsStore: Send + Sync {
    /// Writes down what a text cost; a second record of the same text changes nothing.
    async fn record_sms(&self, record: &SmsRecord) -> Result<(), StoreError>;
    /// The newest texts, newest first.
    async fn sms_log(&self, limit: u32) -> Result<Vec<SmsRecord>, StoreError>;
    /// A number wants no more texts.
    async fn block_sms(&self, phone: &Phone, at: Timestamp) -> Result<(), StoreError>;
    /// Whether a number wants none.
    async fn sms_blocked(&self, phone: &Phone) -> Result<bool, StoreError>;
}
