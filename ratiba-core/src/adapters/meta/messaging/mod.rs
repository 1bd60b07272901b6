//! Instagram and Messenger: one platform with two sets of limits, as a [`Channel`] and a [`Webhook`].

mod content;
mod decode;
mod encode;
mod place;
mod wire;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use self::place::{INSTAGRAM, MESSENGER, Place};
use super::super::http::Answer;
use super::config::MetaConfig;
use super::error::{self, fault, is_success};
use super::graph::{self, Graph};
use super::signature::Verifier;
use crate::domain::channel::{Address, Capabilities, ChannelKind};
use crate::ports::channel::{
    Channel, ChannelAccount, ChannelEvent, DecodeError, Outbound, Sent, SignatureError, Webhook,
};
use crate::ports::fault::{Fault, FaultKind};

/// Instagram's direct messages, or Messenger, for every business of a deployment; the account and its token come with each call.
///
/// What it never does: retry by itself, send more than one message for one reply, use a message tag (they are retired or for people only),
/// or log what was written.
#[derive(Debug)]
pub struct Messaging {
    place: &'static Place,
    graph: Graph,
    verifier: Verifier,
}

impl Messaging {
    /// Where accounts are asked for that were connected by Instagram's own login.
    pub const INSTAGRAM: &str = "https://graph.instagram.com";

    /// Instagram. Its accounts are Instagram professional accounts, by their ids.
    pub fn instagram(config: &MetaConfig) -> Result<Self, Fault> {
        Self::new(&INSTAGRAM, config)
    }

    /// Messenger. Its accounts are Facebook pages, by their ids.
    pub fn messenger(config: &MetaConfig) -> Result<Self, Fault> {
        Self::new(&MESSENGER, config)
    }

    /// With an HTTP client that the caller has configured. It should follow no redirects and retry nothing.
    pub fn with_client(self, config: &MetaConfig, client: reqwest::Client) -> Self {
        Self { graph: Graph::new(client, &config.graph_url, &config.version), ..self }
    }

    /// Asks Meta about an account, and changes nothing: whether it is there and its token is taken.
    pub async fn look(&self, account: &ChannelAccount) -> Result<(), Fault> {
        let reply = self.graph.get_id(&account.account, &account.token).await?;
        error::done(&reply).map_err(Fault::harmless)
    }

    fn new(place: &'static Place, config: &MetaConfig) -> Result<Self, Fault> {
        let client = graph::default_client().map_err(|error| {
            Fault::new(FaultKind::Misconfigured, "no HTTP client can be made").with_source(error)
        })?;
        Ok(Self {
            place,
            graph: Graph::new(client, &config.graph_url, &config.version),
            verifier: Verifier::new(config.verify_token.clone(), &config.app_secrets),
        })
    }

    async fn post(&self, account: &ChannelAccount, body: &Value) -> Result<Answer, Fault> {
        self.graph.post_message(&account.account, &account.token, body).await
    }
}

#[async_trait]
impl Channel for Messaging {
    fn kind(&self) -> ChannelKind {
        self.place.channel
    }

    fn capabilities(&self) -> Capabilities {
        self.place.channel.capabilities()
    }

    async fn send(&self, account: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault> {
        let body = encode::message(self.place, message).ok_or_else(|| {
            Fault::new(FaultKind::Rejected, "there is nothing to say in the message")
        })?;
        sent(&self.post(account, &body).await?)
    }

    /// Marks what was written as seen, then shows that we are typing until our reply.
    async fn acknowledge(
        &self,
        account: &ChannelAccount,
        to: &Address,
        _provider_id: &str,
    ) -> Result<(), Fault> {
        for action in ["mark_seen", "typing_on"] {
            let body = json!({ "recipient": { "id": to.peer }, "sender_action": action });
            error::done(&self.post(account, &body).await?)?;
        }
        Ok(())
    }
}

impl Webhook for Messaging {
    fn challenge(&self, query: &[(String, String)]) -> Option<String> {
        self.verifier.challenge(query)
    }

    fn verify(&self, signature: Option<&str>, raw: &[u8]) -> Result<(), SignatureError> {
        self.verifier.verify(signature, raw)
    }

    fn decode(&self, raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError> {
        decode::events(self.place, raw)
    }
}

/// The answer to a send. A success that names no message proves nothing, so it is [`FaultKind::Unknown`]. Meta bills nobody here.
fn sent(answer: &Answer) -> Result<Sent, Fault> {
    #[derive(Deserialize)]
    struct Accepted {
        message_id: String,
    }

    if !is_success(answer) {
        return Err(fault(answer));
    }
    match serde_json::from_slice::<Accepted>(&answer.body) {
        Ok(accepted) if !accepted.message_id.is_empty() => {
            Ok(Sent { provider_id: accepted.message_id, billable: 0 })
        }
        Ok(_) | Err(_) => Err(Fault::new(FaultKind::Unknown, "the answer names no message")),
    }
}

#[cfg(test)]
mod tests;
