//! A knowledge source of your own: a database, a search engine, retrieval. This one knows one thing.
//!
//! ```text
//! > do you have wifi?
//! < The wifi is called Kinyozi, and the password is on the mirror. …
//! ```

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::knowledge::{Snippet, SnippetKind};
use ratiba_core::domain::message::{Content, InboundMessage, Language};
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::fault::Fault;
use ratiba_core::ports::knowledge::{KnowledgeSource, Question};
use ratiba_core::ports::store::{NewTenant, Registry};
use ratiba_core::testing::channel::RecordingChannel;
use secrecy::SecretString;

#[derive(Debug)]
struct Wifi;

#[async_trait]
impl KnowledgeSource for Wifi {
    async fn find(&self, question: &Question, limit: usize) -> Result<Vec<Snippet>, Fault> {
        let known = Snippet {
            id: Mint { at: Timestamp::UNIX_EPOCH, seed: 1 }.id(0),
            kind: SnippetKind::Facility,
            title: "Wifi".to_owned(),
            body: "The wifi is called Kinyozi, and the password is on the mirror.".to_owned(),
            language: Language::En,
            active: true,
            updated_at: Timestamp::UNIX_EPOCH,
        };
        let asked = question.text.to_lowercase().contains("wifi");
        Ok(if asked && limit > 0 { vec![known] } else { vec![] })
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(SqliteStore::in_memory(&SecretKey::for_tests()).await?);
    let channel = Arc::new(RecordingChannel::new(ChannelKind::Web));
    let ratiba = Ratiba::builder()
        .store(store.clone())
        .channel(channel.clone())
        .knowledge(Arc::new(Wifi))
        .build()?;
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

    let words = "do you have wifi?";
    println!("> {words}");
    let address = Address {
        channel: ChannelKind::Web,
        account: "kinyozi".to_owned(),
        peer: "visitor-1".to_owned(),
    };
    let message = InboundMessage {
        provider_id: "1".to_owned(),
        identities: vec![Identity { channel: ChannelKind::Web, external_id: address.peer.clone() }],
        address,
        phone: None,
        profile_name: None,
        sent_at: ratiba.now(),
        content: Content::Text { body: words.to_owned() },
    };
    ratiba.receive(message).await?;
    ratiba.work_until_idle().await?;
    for message in channel.sent() {
        println!("< {}", message.reply.text);
    }
    Ok(())
}
