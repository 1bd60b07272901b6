//! A channel that keeps what was sent, for tests and golden conversations.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::domain::channel::{Address, Capabilities, ChannelKind};
use crate::domain::route::TemplateMessage;
use crate::ports::channel::{Channel, ChannelAccount, Outbound, Sent};
use crate::ports::fault::Fault;

/// Keeps everything that was sent; sends nothing anywhere.
#[derive(Debug)]
pub struct RecordingChannel {
    kind: ChannelKind,
    sent: Mutex<Vec<Outbound>>,
}

impl RecordingChannel {
    /// A channel of a kind, with that kind's capabilities.
    pub fn new(kind: ChannelKind) -> Self {
        Self { kind, sent: Mutex::default() }
    }

    /// Everything that was sent so far, in order.
    pub fn sent(&self) -> Vec<Outbound> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Channel for RecordingChannel {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    fn capabilities(&self) -> Capabilities {
        self.kind.capabilities()
    }

    async fn send(&self, _account: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Ok(Sent { provider_id: format!("rec.{}", message.id), billable: 1 })
    }

    fn takes_templates(&self) -> bool {
        self.kind == ChannelKind::Whatsapp
    }

    async fn send_template(
        &self,
        account: &ChannelAccount,
        message: &Outbound,
        _template: &TemplateMessage,
    ) -> Result<Sent, Fault> {
        self.send(account, message).await
    }

    async fn acknowledge(
        &self,
        _account: &ChannelAccount,
        _to: &Address,
        _provider_id: &str,
    ) -> Result<(), Fault> {
        Ok(())
    }
}
