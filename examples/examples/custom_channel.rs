//! A channel of your own: anything that can carry words. This one speaks in upper case, over a queue.
//!
//! `nataka kunyoa kesho saa tisa` is answered `… NISAIDIE NA NAMBA YAKO YA M-PESA …`.

use std::sync::Arc;

use async_trait::async_trait;
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::channel::{Address, Capabilities, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::ports::channel::{Channel, ChannelAccount, Outbound, Sent};
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::store::{NewTenant, Registry};
use secrecy::SecretString;
use tokio::sync::mpsc;

#[derive(Debug)]
struct LoudQueue(mpsc::UnboundedSender<String>);

#[async_trait]
impl Channel for LoudQueue {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Web
    }

    fn capabilities(&self) -> Capabilities {
        ChannelKind::Web.capabilities()
    }

    async fn send(&self, _account: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault> {
        let text = message.reply.text.to_uppercase();
        // The receiver is gone: nothing was sent, and trying again later may help.
        self.0.send(text).map_err(|_| Fault::new(FaultKind::Transient, "nobody listens"))?;
        Ok(Sent { provider_id: message.id.to_string(), billable: 0 })
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

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(SqliteStore::in_memory(&SecretKey::for_tests()).await?);
    let (loud, mut heard) = mpsc::unbounded_channel();
    let ratiba =
        Ratiba::builder().store(store.clone()).channel(Arc::new(LoudQueue(loud))).build()?;
    let business = demo::tenant("demo-barbershop").ok_or("no such fixture")?.business;
    let account = ChannelAccount {
        tenant: business.tenant.id,
        channel: ChannelKind::Web,
        account: "kinyozi".to_owned(),
        token: SecretString::from(""),
    };
    let new = NewTenant {
        business,
        snippets: vec![],
        accounts: vec![account],
        merchants: vec![],
        created_at: ratiba.now(),
    };
    store.create_tenant(&new).await?;

    let words = "nataka kunyoa kesho saa tisa";
    println!("> {words}");
    let address = Address {
        channel: ChannelKind::Web,
        account: "kinyozi".to_owned(),
        peer: "visitor-1".to_owned(),
    };
    ratiba
        .receive(InboundMessage {
            provider_id: "1".to_owned(),
            identities: vec![Identity {
                channel: ChannelKind::Web,
                external_id: address.peer.clone(),
            }],
            address,
            phone: None,
            profile_name: None,
            sent_at: ratiba.now(),
            content: Content::Text { body: words.to_owned() },
        })
        .await?;
    ratiba.work_until_idle().await?;
    println!("< {}", heard.recv().await.unwrap_or_default());
    Ok(())
}
