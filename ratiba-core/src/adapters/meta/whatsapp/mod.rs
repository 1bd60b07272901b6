//! The WhatsApp Cloud API as a [`Channel`] and a [`Webhook`].

mod content;
mod decode;
mod encode;
mod reply;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::config::MetaConfig;
use super::error::{self, GraphError, PAIR_RATE};
use super::graph::{self, Graph};
use super::pacing::Pacer;
use super::signature::Verifier;
use crate::domain::channel::{Address, Capabilities, ChannelKind};
use crate::domain::route::TemplateMessage;
use crate::ports::channel::{
    Channel, ChannelAccount, ChannelEvent, DecodeError, Outbound, Sent, SignatureError, Webhook,
};
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};

/// WhatsApp for every business of a deployment; the account and its token come with each call.
///
/// What it never does: retry by itself, send more than one message for one reply, or log what was written.
#[derive(Debug)]
pub struct WhatsApp {
    graph: Graph,
    verifier: Verifier,
    pacer: Pacer,
    clock: Arc<dyn Clock>,
}

impl WhatsApp {
    /// A channel with its own HTTP client: 5 s to connect, 20 s for a request, no redirects, no retries.
    pub fn new(config: &MetaConfig, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let client = graph::default_client().map_err(|error| {
            Fault::new(FaultKind::Misconfigured, "no HTTP client can be made").with_source(error)
        })?;
        Ok(Self::with_client(config, clock, client))
    }

    /// A channel over a client that the caller has configured. It should follow no redirects and retry nothing.
    pub fn with_client(
        config: &MetaConfig,
        clock: Arc<dyn Clock>,
        client: reqwest::Client,
    ) -> Self {
        Self {
            graph: Graph::new(client, &config.graph_url, &config.version),
            verifier: Verifier::new(config.verify_token.clone(), &config.app_secrets),
            pacer: Pacer::default(),
            clock,
        }
    }

    /// Asks Meta about an account, and changes nothing: whether it is there and its token is taken.
    pub async fn look(&self, account: &ChannelAccount) -> Result<(), Fault> {
        let reply = self.graph.get_id(&account.account, &account.token).await?;
        error::done(&reply).map_err(Fault::harmless)
    }

    /// Posts a message, within the pace of its pair.
    async fn post(
        &self,
        account: &ChannelAccount,
        to: &Address,
        body: &Value,
    ) -> Result<Sent, Fault> {
        self.pacer.take(to, self.clock.now()).map_err(|wait| {
            Fault::new(FaultKind::RateLimited, "this person was written to too often")
                .with_code("pace")
                .with_retry_after(wait)
        })?;
        let answer = self.graph.post_message(&account.account, &account.token, body).await?;
        let outcome = reply::sent(&answer);
        if outcome.is_ok() {
            self.pacer.accepted(to, self.clock.now());
        } else if GraphError::read(&answer.body).is_some_and(|error| error.code() == PAIR_RATE) {
            let told = error::wait(&answer);
            let wait = self.pacer.struck(to, self.clock.now(), told);
            return outcome.map_err(|fault| fault.with_retry_after(wait));
        }
        outcome
    }
}

#[async_trait]
impl Channel for WhatsApp {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Whatsapp
    }

    fn capabilities(&self) -> Capabilities {
        ChannelKind::Whatsapp.capabilities()
    }

    /// Besides the provider's own refusals, [`FaultKind::RateLimited`] comes from our own count when a person would get more
    /// than a burst of 30 messages and then one in six seconds: the request is then not made at all.
    async fn send(&self, account: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault> {
        let body = encode::message(message).ok_or_else(|| {
            Fault::new(FaultKind::Rejected, "there is nothing to say in the message")
        })?;
        self.post(account, &message.to, &body).await
    }

    fn takes_templates(&self) -> bool {
        true
    }

    async fn send_template(
        &self,
        account: &ChannelAccount,
        message: &Outbound,
        template: &TemplateMessage,
    ) -> Result<Sent, Fault> {
        self.post(account, &message.to, &encode::template(message, template)).await
    }

    /// Marks the message as read and shows that we are typing, until our reply or for 25 seconds.
    async fn acknowledge(
        &self,
        account: &ChannelAccount,
        _to: &Address,
        provider_id: &str,
    ) -> Result<(), Fault> {
        let body = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": provider_id,
            "typing_indicator": { "type": "text" },
        });
        let answer = self.graph.post_message(&account.account, &account.token, &body).await?;
        error::done(&answer)
    }
}

impl Webhook for WhatsApp {
    fn challenge(&self, query: &[(String, String)]) -> Option<String> {
        self.verifier.challenge(query)
    }

    fn verify(&self, signature: Option<&str>, raw: &[u8]) -> Result<(), SignatureError> {
        self.verifier.verify(signature, raw)
    }

    fn decode(&self, raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError> {
        decode::events(raw)
    }
}

#[cfg(test)]
mod tests;
