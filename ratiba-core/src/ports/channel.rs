//! Customer channels: decode what comes in, send what goes out.

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use super::fault::{Fault, FaultKind};
use crate::domain::channel::{Address, Capabilities, ChannelKind};
use crate::domain::id::{OutboxId, TenantId};
use crate::domain::message::{Delivery, InboundMessage, Reply};
use crate::domain::route::TemplateMessage;

/// A business's account on a channel, with what is needed to send from it.
#[derive(Debug, Clone)]
pub struct ChannelAccount {
    /// Whose.
    pub tenant: TenantId,
    /// Where.
    pub channel: ChannelKind,
    /// The account's id there: `phone_number_id`, page id, widget slug. Unique per channel.
    pub account: String,
    /// The access token; empty where the channel needs none.
    pub token: SecretString,
}

/// One message to be sent.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Our id of it; handed to the provider where it echoes one, so that a lost answer can be resolved.
    pub id: OutboxId,
    /// To whom.
    pub to: Address,
    /// What.
    pub reply: Reply,
}

/// The provider took a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The provider's id of it, which statuses and echoes will name.
    pub provider_id: String,
    /// How many billable messages it became.
    pub billable: u32,
}

/// A way to reach customers.
#[async_trait]
pub trait Channel: Send + Sync + std::fmt::Debug {
    /// Which.
    fn kind(&self) -> ChannelKind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Renders within the channel's limits and sends. Not idempotent: a [`FaultKind::Unknown`] must not be repeated blindly.
    async fn send(&self, account: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault>;

    /// Whether it can write to somebody outside of an open conversation, by templates that its provider has approved.
    fn takes_templates(&self) -> bool {
        false
    }

    /// Sends a template; the reply says the same in words of ours. As with [`Channel::send`], never repeated blindly.
    async fn send_template(
        &self,
        _account: &ChannelAccount,
        _message: &Outbound,
        _template: &TemplateMessage,
    ) -> Result<Sent, Fault> {
        Err(Fault::new(FaultKind::Misconfigured, "this channel has no templates"))
    }

    /// Shows the customer that their message was seen and is being answered. Best effort; a failure changes nothing.
    async fn acknowledge(
        &self,
        account: &ChannelAccount,
        to: &Address,
        provider_id: &str,
    ) -> Result<(), Fault>;
}

/// A channel whose messages arrive by webhook. All of it is pure: no clock, no network.
pub trait Webhook: Send + Sync + std::fmt::Debug {
    /// Answers the provider's verification request: the challenge to echo, or `None` to refuse.
    fn challenge(&self, query: &[(String, String)]) -> Option<String>;

    /// Checks the signature over the raw bytes in constant time.
    fn verify(&self, signature: Option<&str>, raw: &[u8]) -> Result<(), SignatureError>;

    /// Reads a verified body. One bad item never drops its siblings: it becomes [`ChannelEvent::Malformed`].
    fn decode(&self, raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError>;
}

/// A webhook that can't be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no signature: answer 401.
    #[error("the signature is missing")]
    Missing,
    /// It does not fit the body: answer 403.
    #[error("the signature does not fit the body")]
    Wrong,
}

/// The whole body can't be read: quarantine it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body can't be read: {reason}")]
pub struct DecodeError {
    /// Why, without quoting the body.
    pub reason: String,
}

/// One thing that a webhook told.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ChannelEvent {
    /// A customer wrote.
    Message(Box<InboundMessage>),
    /// Something became of a message of ours.
    Status(StatusReport),
    /// Everything that was sent to a person until a moment came so far; the channel does not name the messages.
    UpTo {
        /// The person's side of the conversation.
        address: Address,
        /// How far it came.
        delivery: Delivery,
        /// Until when it was sent.
        upto: Timestamp,
    },
    /// A message from the business's side that does not say that we sent it: a person's who has answered past us, or one of ours of which we
    /// don't know the provider's id yet.
    Echo {
        /// The customer's side of the conversation.
        address: Address,
        /// The provider's id of the message.
        provider_id: String,
        /// The words.
        text: String,
        /// When.
        at: Timestamp,
    },
    /// One of the provider's ids of a person has become another; the person is the same.
    Renamed {
        /// The account that it was told to.
        account: String,
        /// The id so far.
        old: String,
        /// The id from now on.
        new: String,
    },
    /// A customer has taken back what they wrote: the words are to be forgotten.
    TakenBack {
        /// The account that it was written to.
        account: String,
        /// The provider's id of the message.
        provider_id: String,
    },
    /// Known and of no consequence.
    Ignored {
        /// The provider's word for it.
        what: String,
    },
    /// One item that can't be read; its siblings can.
    Malformed {
        /// The account it was for, where that could be read.
        account: Option<String>,
        /// Why, without quoting the item.
        reason: String,
        /// The item itself, for the quarantine.
        raw: String,
    },
}

/// What became of a message of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusReport {
    /// The account that it was sent from.
    pub account: String,
    /// The provider's id of the message.
    pub provider_id: String,
    /// Our own id, where the provider handed it back.
    pub outbox: Option<OutboxId>,
    /// How far it came, or how it failed.
    pub outcome: Result<Delivery, FailedDelivery>,
    /// When.
    pub at: Timestamp,
}

/// A message that the provider had taken and could not deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// What to do about it.
    pub kind: FaultKind,
    /// The provider's code.
    pub code: String,
}
