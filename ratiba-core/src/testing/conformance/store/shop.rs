//! One tenant with a store behind it, and short words for what the tests do to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::demo;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::channel::{Address, ChannelKind};
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::{CustomerId, Id, InboxId, Mint, OutboxId, PaymentId, TenantId, ThreadId};
use crate::domain::message::{Content, InboundMessage, Reply};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::phone::Phone;
use crate::domain::tenant::{Business, Rail};
use crate::domain::time::TimeWindow;
use crate::ports::channel::ChannelAccount;
use crate::ports::inbox::Cause;
use crate::ports::outbox::{OutboxItem, Outgoing};
use crate::ports::payment::Merchant;
use crate::ports::store::{
    Accepted, CommitOutcome, LaneKey, NewInbox, NewTenant, Store, StoredThread, TenantStore,
    TurnCommit, TurnRecord, Write,
};

/// The moment at which every test begins: 2026-11-23T09:00:00+03:00, a Monday.
pub(super) fn opening() -> Timestamp {
    Timestamp::from_second(1_795_413_600).unwrap()
}

/// So many minutes after the opening, and a few microseconds to see that they are kept.
pub fn at(minutes: i64) -> Timestamp {
    opening() + SignedDuration::from_mins(minutes) + SignedDuration::from_micros(7)
}

/// How long a caller keeps what it leases.
pub(super) fn lease_until(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_secs(30)
}

/// One tenant with a store behind it.
#[derive(Debug)]
pub struct Shop {
    /// Its id.
    pub tenant: TenantId,
    /// Its door.
    pub store: Arc<dyn TenantStore>,
    /// Its rules.
    pub business: Business,
    mint: Mint,
    next: AtomicU32,
}

impl Shop {
    /// The demo barbershop in a store.
    pub async fn open(store: &dyn Store) -> Self {
        Self::open_as(store, "demo-barbershop").await
    }

    /// One of the demo tenants in a store, with an account on WhatsApp and one on M-Pesa.
    pub async fn open_as(store: &dyn Store, slug: &str) -> Self {
        Self::open_for(store, new_tenant(slug)).await
    }

    /// A tenant that is to be made, in a store.
    pub async fn open_for(store: &dyn Store, new: NewTenant) -> Self {
        store.create_tenant(&new).await.unwrap();
        let tenant = new.business.tenant.id;
        Self {
            tenant,
            store: store.of(tenant),
            business: new.business,
            mint: Mint { at: opening(), seed: 42 },
            next: AtomicU32::new(0),
        }
    }

    /// A new id. Two shops mint the same ones.
    pub fn id<K>(&self) -> Id<K> {
        self.mint.id(self.next.fetch_add(1, Ordering::SeqCst))
    }

    /// A message from somebody on WhatsApp who brings their phone: `peer` are its last three digits.
    pub fn message(&self, peer: u32, text: &str, key: &str, now: Timestamp) -> NewInbox {
        let digits = format!("254712345{peer:03}");
        let phone = Phone::from_provider(&digits).unwrap();
        let identities = vec![whatsapp(&digits)];
        let message = InboundMessage {
            provider_id: key.to_owned(),
            address: address(&digits),
            identities: identities.clone(),
            phone: Some(phone.clone()),
            profile_name: None,
            sent_at: now,
            content: Content::Text { body: text.to_owned() },
        };
        NewInbox {
            id: self.id(),
            lane: LaneKey::Sender { identities, phone: Some(phone), name: None, new: self.id() },
            dedupe_key: key.to_owned(),
            cause: Cause::Message { message: Box::new(message) },
            received_at: now,
        }
    }

    /// Somebody writes; gives back who, and what there is to take a turn on.
    pub async fn hear(&self, peer: u32, now: Timestamp) -> (CustomerId, InboxId) {
        let new = self.message(peer, "habari", &self.id::<()>().ulid().to_string(), now);
        let Accepted { customer, fresh } = self.store.accept(&new).await.unwrap();
        assert!(fresh);
        (customer, new.id)
    }

    /// A conversation that has not been stored yet.
    pub fn thread(&self, customer: CustomerId, now: Timestamp) -> StoredThread {
        StoredThread {
            id: self.id(),
            customer,
            revision: 0,
            state: r#"{"v":1}"#.to_owned(),
            state_name: "GREET".to_owned(),
            driver_name: "AGENT_DRIVING".to_owned(),
            address: address("254712345001"),
            capabilities: ChannelKind::Whatsapp.capabilities(),
            offered: Vec::new(),
            last_inbound_at: Some(now),
            updated_at: now,
        }
    }

    /// The end of a turn on an item.
    pub fn turn(
        &self,
        thread: &StoredThread,
        inbox: InboxId,
        now: Timestamp,
        writes: Vec<Write>,
    ) -> TurnCommit {
        TurnCommit {
            thread: StoredThread { updated_at: now, ..thread.clone() },
            inbox,
            record: None,
            writes,
            outbox: Vec::new(),
            lease_until: lease_until(now),
            now,
        }
    }

    /// Somebody writes and a turn on it ends with these writes, on their newest conversation or a new one.
    pub async fn change(&self, peer: u32, now: Timestamp, writes: Vec<Write>) -> CommitOutcome {
        let (customer, inbox) = self.hear(peer, now).await;
        let current = self.store.lane(customer, 1).await.unwrap().unwrap().current;
        let thread = current.unwrap_or_else(|| self.thread(customer, now));
        let outcome = self.store.commit(&self.turn(&thread, inbox, now, writes)).await.unwrap();
        if !is_committed(&outcome) {
            self.store.skip(inbox, now).await.unwrap();
        }
        outcome
    }

    /// The same where nothing may stand in the way.
    pub(super) async fn changed(&self, peer: u32, now: Timestamp, writes: Vec<Write>) {
        let outcome = self.change(peer, now, writes).await;
        assert!(is_committed(&outcome), "{outcome:?}");
    }

    /// A customer who has written before.
    pub(super) async fn customer(&self, peer: u32) -> CustomerId {
        self.hear(peer, at(0)).await.0
    }

    /// A customer with a stored conversation.
    pub async fn talker(&self, peer: u32) -> (CustomerId, ThreadId) {
        self.changed(peer, at(0), Vec::new()).await;
        let customer = self.customer(peer).await;
        let lane = self.store.lane(customer, 1).await.unwrap().unwrap();
        (customer, lane.current.unwrap().id)
    }

    /// Half an hour with the first member of staff, held for ten minutes from the opening.
    pub fn hold(&self, customer: CustomerId, minute: i64) -> Appointment {
        let window = TimeWindow::of_minutes(at(minute), 30);
        Appointment {
            id: self.id(),
            customer,
            thread: None,
            service: self.business.catalogue.services[0].id,
            staff: self.business.catalogue.staff[0].id,
            resource: None,
            window,
            blocked: window,
            status: AppointmentStatus::Held,
            hold_expires_at: Some(at(10)),
            price: Money::whole(500, Currency::Kes),
            paid: Money::zero(Currency::Kes),
            created_at: at(0),
        }
    }

    /// The same, agreed.
    pub(super) fn booking(&self, customer: CustomerId, minute: i64) -> Appointment {
        Appointment {
            status: AppointmentStatus::Confirmed,
            hold_expires_at: None,
            ..self.hold(customer, minute)
        }
    }

    /// An attempt to be paid.
    pub fn payment(&self, customer: CustomerId, thread: ThreadId) -> Payment {
        let id: PaymentId = self.id();
        let ulid = id.ulid().to_string();
        Payment {
            id,
            merchant_reference: ulid[ulid.len() - 12..].to_owned(),
            callback_token: format!("{}-{ulid}", self.tenant),
            thread,
            customer,
            appointments: Vec::new(),
            rail: Rail::Mpesa,
            payer: Phone::from_provider("254712345001").ok(),
            amount: Money::whole(500, Currency::Kes),
            state: PaymentState::Created,
            provider_ref: None,
            pay_url: None,
            laid_aside: false,
            receipts: Vec::new(),
            contact: None,
            claim: None,
            created_at: at(0),
            expires_at: at(5),
        }
    }

    /// Words for a customer, in the lane of that name.
    pub fn reply(&self, customer: CustomerId, lane: &str, text: &str) -> OutboxItem {
        OutboxItem {
            id: self.id(),
            customer,
            thread: None,
            lane: lane.to_owned(),
            what: Outgoing::Reply {
                route: crate::domain::route::Route::default(),
                to: address("254712345001"),
                reply: Reply::text(text),
                repeatable: true,
            },
            attempts: 0,
            created_at: at(0),
            useful_until: None,
        }
    }

    /// A turn of somebody's that sends these; gives back those that are leased.
    pub(super) async fn send(&self, peer: u32, items: Vec<OutboxItem>) -> Vec<OutboxId> {
        let (customer, inbox) = self.hear(peer, at(0)).await;
        let thread = self.thread(customer, at(0));
        let turn = TurnCommit { outbox: items, ..self.turn(&thread, inbox, at(0), Vec::new()) };
        match self.store.commit(&turn).await.unwrap() {
            CommitOutcome::Committed { leased } => leased,
            other => panic!("{other:?}"),
        }
    }

    /// The record of a turn that did little.
    pub async fn record(&self, thread: &StoredThread, cause: InboxId) -> TurnRecord {
        let customer = self.store.customer(thread.customer).await.unwrap().unwrap();
        Self::record_for(customer, thread, cause)
    }

    /// The same for a customer who is known.
    pub fn record_for(customer: Customer, thread: &StoredThread, cause: InboxId) -> TurnRecord {
        TurnRecord {
            thread: thread.id,
            revision: thread.revision + 1,
            cause,
            now: at(0),
            seed: u64::MAX - thread.revision,
            business_version: 1,
            customer,
            capabilities: thread.capabilities,
            steps: Vec::new(),
            before: "{}".to_owned(),
            after: thread.state.clone(),
            said: vec![Reply::text("Karibu")],
        }
    }
}

/// Whether a commit is stored.
pub(super) fn is_committed(outcome: &CommitOutcome) -> bool {
    matches!(outcome, CommitOutcome::Committed { .. })
}

/// A demo tenant as it is made.
pub(super) fn new_tenant(slug: &str) -> NewTenant {
    let demo = demo::tenant(slug).expect("a demo tenant");
    let tenant = demo.business.tenant.id;
    NewTenant {
        accounts: vec![ChannelAccount {
            tenant,
            channel: ChannelKind::Whatsapp,
            account: format!("wa-{slug}"),
            token: SecretString::from(format!("token-of-{slug}")),
        }],
        merchants: vec![Merchant {
            tenant,
            rail: Rail::Mpesa,
            credentials: SecretString::from(format!("{{\"passkey\":\"key-of-{slug}\"}}")),
        }],
        business: demo.business,
        snippets: demo.snippets,
        created_at: at(0),
    }
}

pub(super) fn whatsapp(digits: &str) -> Identity {
    Identity { channel: ChannelKind::Whatsapp, external_id: digits.to_owned() }
}

pub(super) fn address(peer: &str) -> Address {
    Address {
        channel: ChannelKind::Whatsapp,
        account: "wa-demo-barbershop".to_owned(),
        peer: peer.to_owned(),
    }
}
