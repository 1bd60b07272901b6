//! The smallest embedding: one tenant, one store in memory, one conversation in the terminal.
//!
//! ```text
//! > Hi, I want to book a haircut tomorrow at 3pm
//! < … Shall I book it?
//! > yes
//! < … booked …
//! ```

use std::sync::Arc;

use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::catalogue::DepositRule;
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::phone::Phone;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::store::{NewTenant, Registry};
use ratiba_core::testing::channel::RecordingChannel;
use secrecy::SecretString;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(SqliteStore::in_memory(&SecretKey::for_tests()).await?);
    let channel = Arc::new(RecordingChannel::new(ChannelKind::Whatsapp));
    let ratiba = Ratiba::builder().store(store.clone()).channel(channel.clone()).build()?;

    // A tenant is a document. This one is the demo barbershop, with everything paid at the venue.
    let mut business = demo::tenant("demo-barbershop").ok_or("no such fixture")?.business;
    business.settings.payment.deposit = DepositRule::None;
    let account = ChannelAccount {
        tenant: business.tenant.id,
        channel: ChannelKind::Whatsapp,
        account: "shop".to_owned(),
        token: SecretString::from("none"),
    };
    let new = NewTenant {
        business,
        snippets: vec![],
        accounts: vec![account],
        merchants: vec![],
        created_at: ratiba.now(),
    };
    store.create_tenant(&new).await?;

    let mut shown = 0;
    for (n, words) in
        ["Hi, I want to book a haircut tomorrow at 3pm", "yes"].into_iter().enumerate()
    {
        println!("> {words}");
        let address = Address {
            channel: ChannelKind::Whatsapp,
            account: "shop".to_owned(),
            peer: "254712345678".to_owned(),
        };
        ratiba
            .receive(InboundMessage {
                provider_id: format!("m{n}"),
                identities: vec![Identity {
                    channel: ChannelKind::Whatsapp,
                    external_id: address.peer.clone(),
                }],
                phone: Some(Phone::from_provider(&address.peer)?),
                address,
                profile_name: Some("Wanjiru".to_owned()),
                sent_at: ratiba.now(),
                content: Content::Text { body: words.to_owned() },
            })
            .await?;
        ratiba.work_until_idle().await?;
        let sent = channel.sent();
        for message in sent[shown..].iter().filter(|message| message.to.peer == "254712345678") {
            println!("< {}", message.reply.text.replace('\n', "\n  "));
        }
        shown = sent.len();
    }
    Ok(())
}
