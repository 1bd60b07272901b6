//! What a message costs: understanding it, one step of the machine, and a whole durable turn on SQLite.
#![expect(clippy::unwrap_used, reason = "a bench that can't be set up has failed")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::conversation::event::{Event, Medium, Said, StepCtx};
use ratiba_core::conversation::step::step;
use ratiba_core::conversation::thread::Thread;
use ratiba_core::demo;
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::phone::Phone;
use ratiba_core::language::hear::{Ear, HearContext};
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::store::{NewTenant, Registry as _};
use ratiba_core::testing::channel::RecordingChannel;
use secrecy::SecretString;

const MESSAGES: [&str; 4] = [
    "nataka kusuka kesho saa tisa na Amina",
    "Hi, I want to book a manicure next Friday at half past two",
    "hapana, sio saa tisa, ni saa kumi",
    "how much is a pedicure?",
];

fn now() -> Timestamp {
    "2026-11-23T09:00:00+03:00".parse().unwrap()
}

fn understanding(criterion: &mut Criterion) {
    let business = demo::tenant("demo-salon").unwrap().business;
    let ear = Ear::new(&business);
    let zoned = now().to_zoned(business.tenant.zone.clone());
    criterion.bench_function("understand a message (mean of four)", |bench| {
        bench.iter(|| {
            for text in MESSAGES {
                black_box(ear.hear(black_box(text), &HearContext::fresh(&zoned)));
            }
        });
    });
}

fn machine(criterion: &mut Criterion) {
    let business = demo::tenant("demo-dental").unwrap().business;
    let ear = Ear::new(&business);
    let zoned = now().to_zoned(business.tenant.zone.clone());
    let text = "I want a cleaning on Thursday";
    let event = Event::Heard {
        said: Said {
            text: text.to_owned(),
            understanding: ear.hear(text, &HearContext::fresh(&zoned)),
            medium: Medium::default(),
            proven_phone: None,
        },
    };
    let mint = Mint { at: now(), seed: 1 };
    let customer = Customer {
        id: mint.id(0),
        name: Some("Wanjiru".to_owned()),
        phone: Phone::from_provider("254712345678").ok(),
        phone_proven: true,
        language: None,
        opted_out: false,
        created_at: now(),
    };
    let ctx = StepCtx {
        now: now(),
        mint,
        business: &business,
        customer: &customer,
        capabilities: ChannelKind::Whatsapp.capabilities(),
    };
    criterion.bench_function("step of a typical turn", |bench| {
        bench.iter_batched(
            || (Thread::fresh(), event.clone()),
            |(thread, event)| black_box(step(thread, event, &ctx)),
            BatchSize::SmallInput,
        );
    });
}

fn durable_turn(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = std::env::temp_dir().join(format!("ratiba-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ratiba = runtime.block_on(async {
        let store = Arc::new(
            SqliteStore::open(folder.join("bench.db"), &SecretKey::for_tests()).await.unwrap(),
        );
        let channel = Arc::new(RecordingChannel::new(ChannelKind::Whatsapp));
        let ratiba = Ratiba::builder().store(store.clone()).channel(channel).build().unwrap();
        let business = demo::tenant("demo-dental").unwrap().business;
        let account = ChannelAccount {
            tenant: business.tenant.id,
            channel: ChannelKind::Whatsapp,
            account: "bench".to_owned(),
            token: SecretString::from("none"),
        };
        let new = NewTenant {
            business,
            snippets: vec![],
            accounts: vec![account],
            merchants: vec![],
            created_at: ratiba.now(),
        };
        store.create_tenant(&new).await.unwrap();
        ratiba
    });
    let mut n = 0_u64;
    criterion.bench_function("durable turn on SQLite (receive, turn, deliver)", |bench| {
        bench.iter(|| {
            n += 1;
            let peer = format!("2547{:08}", n % 500);
            let address = Address {
                channel: ChannelKind::Whatsapp,
                account: "bench".to_owned(),
                peer: peer.clone(),
            };
            let message = InboundMessage {
                provider_id: format!("m{n}"),
                identities: vec![Identity {
                    channel: ChannelKind::Whatsapp,
                    external_id: peer.clone(),
                }],
                phone: Phone::from_provider(&peer).ok(),
                address,
                profile_name: None,
                sent_at: ratiba.now(),
                content: Content::Text { body: "I want a cleaning on Thursday".to_owned() },
            };
            runtime.block_on(async {
                ratiba.receive(message).await.unwrap();
                ratiba.work_until_idle().await.unwrap();
            });
        });
    });
    drop(ratiba);
    let _ = std::fs::remove_dir_all(folder);
}

criterion_group!(benches, understanding, machine, durable_turn);
criterion_main!(benches);
