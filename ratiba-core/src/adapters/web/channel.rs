//! The web widget as a [`Channel`].

use std::sync::Arc;

use async_trait::async_trait;

use super::frames::{By, ServerFrame, Shown};
use super::hub::WebHub;
use crate::domain::channel::{Address, Capabilities, ChannelKind};
use crate::ports::channel::{Channel, ChannelAccount, Outbound, Sent};
use crate::ports::clock::Clock;
use crate::ports::fault::Fault;

/// Sends to the widgets that are open. It costs nothing and never fails: a message is in the transcript before it is sent,
/// so a visitor who is away reads it when they come back.
#[derive(Debug)]
pub struct WebChannel {
    hub: WebHub,
    clock: Arc<dyn Clock>,
}

impl WebChannel {
    /// A channel that hands its frames to `hub`.
    pub fn new(hub: WebHub, clock: Arc<dyn Clock>) -> Self {
        Self { hub, clock }
    }
}

#[async_trait]
impl Channel for WebChannel {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Web
    }

    fn capabilities(&self) -> Capabilities {
        ChannelKind::Web.capabilities()
    }

    async fn send(&self, _account: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault> {
        let Outbound { id, to, reply } = message;
        let provider_id = id.to_string();
        let shown = Shown {
            id: provider_id.clone(),
            by: By::Agent,
            text: reply.text.clone(),
            choices: reply.choices.clone(),
            link: reply.link.clone(),
            asks_phone: reply.asks_phone,
            at: self.clock.now(),
        };
        self.hub.publish(&to.account, &to.peer, &ServerFrame::Message(shown));
        Ok(Sent { provider_id, billable: 0 })
    }

    async fn acknowledge(
        &self,
        _account: &ChannelAccount,
        to: &Address,
        _provider_id: &str,
    ) -> Result<(), Fault> {
        self.hub.publish(&to.account, &to.peer, &ServerFrame::Typing);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;
    use crate::domain::message::{Choice, Reply};
    use jiff::Timestamp;

    #[derive(Debug)]
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[tokio::test]
    async fn a_reply_reaches_the_open_widget_and_costs_nothing() {
        let hub = WebHub::default();
        let channel = WebChannel::new(hub.clone(), Arc::new(Still));
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 1 };
        let account = ChannelAccount {
            tenant: mint.id(0),
            channel: ChannelKind::Web,
            account: "demo-salon".into(),
            token: String::new().into(),
        };
        let to =
            Address { channel: ChannelKind::Web, account: "demo-salon".into(), peer: "v1".into() };
        let choice = Choice { id: "yes".into(), title: "Ndiyo".into(), description: None };
        let reply = Reply { choices: vec![choice.clone()], ..Reply::text("Sawa?") };
        let message = Outbound { id: mint.id(1), to: to.clone(), reply };

        let away = channel.send(&account, &message).await.unwrap();
        assert_eq!(away, Sent { provider_id: message.id.to_string(), billable: 0 });

        let mut widget = hub.connect("demo-salon", "v1");
        channel.acknowledge(&account, &to, "v1:1").await.unwrap();
        channel.send(&account, &message).await.unwrap();
        assert_eq!(widget.next().await, Some(ServerFrame::Typing));
        let Some(ServerFrame::Message(shown)) = widget.next().await else { panic!("no message") };
        assert_eq!((shown.id, shown.text), (message.id.to_string(), "Sawa?".to_owned()));
        assert_eq!(shown.choices, [choice]);
    }
}
