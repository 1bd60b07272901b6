//! Payment rails: ask for money, ask what became of it, give it back.

use async_trait::async_trait;
use secrecy::SecretString;

use super::channel::DecodeError;
use super::fault::Fault;
use crate::domain::id::TenantId;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::tenant::Rail;
use crate::payments::report::Report;

/// The code of a fault with which a rail refuses the payer's number, in the vocabulary of the payment machine.
pub const INVALID_PAYER: &str = "invalid_payer";

/// The code of a fault with which a rail refuses because another payment of the payer's is under way.
pub const PAYER_BUSY: &str = "payer_busy";

/// The code of a fault with which a rail refuses an amount that is over a limit of the payer's or of ours.
pub const OVER_LIMIT: &str = "over_limit";

/// A tenant's account on a rail.
#[derive(Debug, Clone)]
pub struct Merchant {
    /// Whose.
    pub tenant: TenantId,
    /// On which rail.
    pub rail: Rail,
    /// The rail's own settings and secrets as one JSON document, whose shape the adapter documents.
    pub credentials: SecretString,
}

/// Where a provider reports to about one payment. The paths end in the payment's unguessable token, or in the account's where the rail reports
/// all payments of an account to one address ([`AccountNotices`]).
#[derive(Debug, Clone)]
pub struct CallbackUrls {
    /// Results of asking for money.
    pub result: String,
    /// Where the payer's browser goes from the rail's page.
    pub page_return: String,
    /// Results of giving it back.
    pub refund_result: String,
    /// The provider gave up giving it back in time: unknown, not failed.
    pub refund_timeout: String,
}

/// Where a rail that reports all payments of an account to one address reports to: the address ends in the account's token.
pub fn notices_url(public_url: &str, provider: &str, token: &str) -> String {
    format!("{}/api/v1/webhooks/{provider}/ipn/{token}", public_url.trim_end_matches('/'))
}

/// The provider took a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Submitted {
    /// The provider's id of it.
    pub provider_ref: String,
    /// A page to send the payer to, where the rail has one.
    pub pay_url: Option<String>,
}

/// Does not show the provider's id of the request, which holds the payer's number on M-Pesa.
impl std::fmt::Debug for Submitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submitted").field("pay_url", &self.pay_url).finish_non_exhaustive()
    }
}

/// What a provider says about giving money back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReport {
    /// Done (or had been done before).
    Done,
    /// Refused: a person must do it.
    Refused {
        /// The provider's code.
        code: String,
    },
    /// Not decided yet.
    Undecided,
}

/// What became of closing a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// Nobody can pay any more.
    Closed,
    /// It can't be closed: it runs out by itself, or somebody has paid already.
    LeftOpen,
}

/// A rail that reports all payments of an account to one address.
pub trait AccountNotices: Send + Sync {
    /// The end of that address's path: unguessable, and the same for as long as the credentials are.
    fn token(&self, merchant: &Merchant) -> Result<SecretString, Fault>;

    /// The `merchant_reference` of the payment that a notice is about. Pure.
    fn reference(&self, raw: &[u8]) -> Result<String, DecodeError>;
}

/// A payment rail.
#[async_trait]
pub trait PaymentProvider: Send + Sync + std::fmt::Debug {
    /// Which.
    fn rail(&self) -> Rail;

    /// Asks for the money. Not idempotent: after a [`FaultKind::Unknown`](super::fault::FaultKind) it must never be called again for this payment.
    async fn submit(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        urls: &CallbackUrls,
    ) -> Result<Submitted, Fault>;

    /// Asks what became of it. May be repeated freely.
    async fn query(&self, merchant: &Merchant, payment: &Payment) -> Result<Report, Fault>;

    /// Closes what the payer could still pay on. May be repeated; a payment that wins the race still counts.
    async fn withdraw(&self, merchant: &Merchant, payment: &Payment) -> Result<Withdrawn, Fault>;

    /// How it reports, where all payments of an account share one address; `None` where each payment has an address of its own.
    fn notices(&self) -> Option<&dyn AccountNotices>;

    /// Gives money back. The answer may be [`RefundReport::Undecided`]; the rest then comes by callback.
    async fn refund(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        amount: Money,
        urls: &CallbackUrls,
    ) -> Result<RefundReport, Fault>;

    /// Reads a callback about a payment. Pure.
    fn decode_callback(
        &self,
        raw: &[u8],
        currency: crate::domain::money::Currency,
    ) -> Result<Report, DecodeError>;

    /// Reads a callback about giving money back. Pure.
    fn decode_refund_callback(&self, raw: &[u8]) -> Result<RefundReport, DecodeError>;
}
