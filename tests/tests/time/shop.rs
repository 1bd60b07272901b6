//! A demo business with a clock that is set by hand, and customers on several channels.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::appointment::Appointment;
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::Business;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::ports::store::{NewTenant, Registry as _, Store as _, TenantStore};
use ratiba_core::testing::channel::RecordingChannel;
use ratiba_core::testing::{ManualClock, SeededEntropy};

/// The account that the business has on every channel.
const ACCOUNT: &str = "shop";
/// The channels that it is reached over.
const CHANNELS: [ChannelKind; 3] =
    [ChannelKind::Whatsapp, ChannelKind::Instagram, ChannelKind::Web];

/// A business, its clock, and what was sent.
pub(super) struct Shop {
    pub(super) ratiba: Ratiba,
    pub(super) clock: Arc<ManualClock>,
    pub(super) business: Business,
    store: SqliteStore,
    channels: BTreeMap<ChannelKind, Arc<RecordingChannel>>,
    next: AtomicU32,
}

impl Shop {
    /// The demo clinic, where nothing is paid ahead, on Monday, 23 November 2026, at nine.
    pub(super) async fn open() -> Self {
        Self::open_as("demo-dental").await
    }

    pub(super) async fn open_as(slug: &str) -> Self {
        let start: Timestamp = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let demo = demo::tenant(slug).unwrap();
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
        let accounts = CHANNELS.map(|channel| ChannelAccount {
            tenant: demo.business.tenant.id,
            channel,
            account: ACCOUNT.to_owned(),
            token: "token".into(),
        });
        let new = NewTenant {
            business: demo.business.clone(),
            snippets: demo.snippets,
            accounts: accounts.into(),
            merchants: Vec::new(),
            created_at: start,
        };
        store.create_tenant(&new).await.unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let channels: BTreeMap<_, _> =
            CHANNELS.map(|kind| (kind, Arc::new(RecordingChannel::new(kind)))).into();
        let ratiba = process(&store, &clock, &channels, 1);
        let business = demo.business;
        Self { ratiba, clock, business, store, channels, next: AtomicU32::new(0) }
    }

    /// Another process on the same store.
    pub(super) fn another(&self, seed: u64) -> Ratiba {
        process(&self.store, &self.clock, &self.channels, seed)
    }

    /// The process dies and another takes its place: what was only in its memory is gone.
    pub(super) fn restart(&mut self, seed: u64) {
        self.ratiba = self.another(seed);
    }

    pub(super) fn of(&self) -> Arc<dyn TenantStore> {
        self.store.of(self.business.tenant.id)
    }

    /// Somebody sends something, and nobody takes a turn on it yet.
    pub(super) async fn send(&self, channel: ChannelKind, who: &str, content: Content) {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let phone = (channel == ChannelKind::Whatsapp).then(|| Phone::from_provider(who).unwrap());
        let message = InboundMessage {
            provider_id: format!("m{number}"),
            address: Address { channel, account: ACCOUNT.to_owned(), peer: who.to_owned() },
            identities: vec![Identity { channel, external_id: who.to_owned() }],
            phone,
            profile_name: None,
            sent_at: self.clock.now(),
            content,
        };
        self.ratiba.receive(message).await.unwrap();
    }

    /// Somebody says something, and all that is to be done is done. Gives back what they were told.
    pub(super) async fn says(&self, channel: ChannelKind, who: &str, text: &str) -> String {
        self.does(channel, who, Content::Text { body: text.to_owned() }).await
    }

    /// Somebody taps a choice.
    pub(super) async fn taps(&self, channel: ChannelKind, who: &str, id: &str) -> String {
        let content = Content::Choice { id: id.to_owned(), title: id.to_owned() };
        self.does(channel, who, content).await
    }

    async fn does(&self, channel: ChannelKind, who: &str, content: Content) -> String {
        let before = self.told(channel, who).len();
        self.send(channel, who, content).await;
        self.ratiba.work_until_idle().await.unwrap();
        self.told(channel, who)[before..].join("\n")
    }

    /// Everything that somebody was told, in order.
    pub(super) fn told(&self, channel: ChannelKind, who: &str) -> Vec<String> {
        let sent = self.channels[&channel].sent();
        sent.into_iter().filter(|m| m.to.peer == who).map(|m| m.reply.text).collect()
    }

    pub(super) async fn customer(&self, channel: ChannelKind, who: &str) -> Customer {
        let identity = Identity { channel, external_id: who.to_owned() };
        self.of().customer_by_identity(&identity).await.unwrap().unwrap()
    }

    pub(super) async fn appointments(&self, channel: ChannelKind, who: &str) -> Vec<Appointment> {
        let customer = self.customer(channel, who).await;
        self.of().appointments_of(customer.id).await.unwrap()
    }

    pub(super) async fn state(&self, channel: ChannelKind, who: &str) -> String {
        let customer = self.customer(channel, who).await;
        let lane = self.of().lane(customer.id, 1).await.unwrap().unwrap();
        lane.current.unwrap().state_name
    }

    /// Lets time pass, stopping wherever something falls due, as a worker that sleeps until then does.
    pub(super) async fn wait(&self, by: SignedDuration) {
        let target = self.clock.now() + by;
        loop {
            self.ratiba.work_until_idle().await.unwrap();
            let due = self.store.next_due().await.unwrap().filter(|due| *due <= target);
            match due {
                Some(due) if due > self.clock.now() => self.clock.set(due),
                Some(_) | None => break,
            }
        }
        self.clock.set(target);
        self.ratiba.work_until_idle().await.unwrap();
    }

    /// The id of the choice that is a service with somebody at a time.
    pub(super) fn slot(&self, service: &str, staff: &str, start: &str) -> String {
        let catalogue = &self.business.catalogue;
        let service = catalogue.services.iter().find(|s| s.name.en == service).unwrap().id;
        let staff = catalogue.staff.iter().find(|s| s.name == staff).unwrap().id;
        let start: Timestamp = start.parse().unwrap();
        format!("slot:{service}:{staff}:{start}")
    }
}

fn process(
    store: &SqliteStore,
    clock: &Arc<ManualClock>,
    channels: &BTreeMap<ChannelKind, Arc<RecordingChannel>>,
    seed: u64,
) -> Ratiba {
    let mut builder = Ratiba::builder()
        .store(Arc::new(store.clone()))
        .clock(Arc::clone(clock) as _)
        .entropy(Arc::new(SeededEntropy::new(seed)))
        .public_url("https://book.example");
    for channel in channels.values() {
        builder = builder.channel(Arc::clone(channel) as _);
    }
    builder.build().unwrap()
}
