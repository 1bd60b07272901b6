//! What is outside of the process and outlives it: the file, the clock, the customers' phones, the payment provider, the operators.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::{Durability, SqliteStore};
use ratiba_core::demo;
use ratiba_core::domain::appointment::Appointment;
use ratiba_core::domain::channel::{Address, Capabilities, ChannelKind};
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::domain::id::{OutboxId, TenantId};
use ratiba_core::domain::message::{Content, Delivery, InboundMessage};
use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::domain::payment::Payment;
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::{Business, Rail};
use ratiba_core::domain::time::TimeWindow;
use ratiba_core::payments::report::Report;
use ratiba_core::ports::channel::{
    Channel, ChannelAccount, ChannelEvent, DecodeError, Outbound, Sent, SignatureError,
    StatusReport, Webhook,
};
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::Fault;
use ratiba_core::ports::notify::{Notice, NotificationSink};
use ratiba_core::ports::payment::{
    AccountNotices, CallbackUrls, Merchant, PaymentProvider, RefundReport, Submitted, Withdrawn,
};
use ratiba_core::ports::store::{NewTenant, Registry, StoredOutbox, TenantStore};
use ratiba_core::testing::{ManualClock, ScriptedOutcome, ScriptedPayments, SeededEntropy};
use tokio::sync::Notify;

use super::gate::Gate;
use super::store::GatedStore;
use crate::store::TempDir;

/// The tenant's number on WhatsApp.
const ACCOUNT: &str = "shop";
/// The customer of tests that need just one.
pub(super) const CUSTOMER: &str = "254712345678";
/// How the script begins; the barbershop offers the slot and asks for a yes.
pub(super) const BOOK: &str = "Hi I want to book a haircut tomorrow at 3pm";

/// Everything outside of the process.
pub(super) struct World {
    dir: TempDir,
    pub(super) clock: Arc<ManualClock>,
    pub(super) phones: Arc<Phones>,
    pub(super) till: Arc<Till>,
    pub(super) operators: Arc<Operators>,
    business: Business,
}

impl World {
    /// Monday, 23 November 2026, nine o'clock in Nairobi; the demo barbershop has just been set up.
    pub(super) async fn new() -> Self {
        Self::of_shop("demo-barbershop", Rail::Mpesa).await
    }

    /// The same for another of the demo's businesses and another way to be paid.
    pub(super) async fn of_shop(name: &str, rail: Rail) -> Self {
        let start: Timestamp = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let demo = demo::tenant(name).unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let world = Self {
            dir: TempDir::new(),
            phones: Arc::new(Phones { clock: Arc::clone(&clock), ..Phones::default() }),
            till: Arc::new(Till::new(rail)),
            clock,
            operators: Arc::default(),
            business: demo.business.clone(),
        };
        let tenant = world.tenant();
        let new = NewTenant {
            business: demo.business,
            snippets: demo.snippets,
            accounts: vec![ChannelAccount {
                tenant,
                channel: ChannelKind::Whatsapp,
                account: ACCOUNT.to_owned(),
                token: "token".into(),
            }],
            merchants: vec![Merchant { tenant, rail, credentials: "{}".into() }],
            created_at: start,
        };
        world.open().await.create_tenant(&new).await.unwrap();
        world
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.business.tenant.id
    }

    pub(super) fn record(&self) -> ratiba_core::domain::tenant::Tenant {
        self.business.tenant.clone()
    }

    pub(super) fn staff(&self, name: &str) -> ratiba_core::domain::id::StaffId {
        self.business.catalogue.staff.iter().find(|staff| staff.name == name).unwrap().id
    }

    pub(super) async fn open(&self) -> SqliteStore {
        let (file, key) = (self.dir.file(), SecretKey::for_tests());
        SqliteStore::open_with(file, &key, Durability::ProcessDeath).await.unwrap()
    }

    /// A process that nothing happens to. No two of them draw the same chance.
    pub(super) async fn process(&self, seed: u64) -> Ratiba {
        self.process_behind(&Gate::open(), seed).await
    }

    /// A process whose every call outside goes through a gate, except those that change nothing and run beside turns.
    pub(super) async fn process_behind(&self, gate: &Arc<Gate>, seed: u64) -> Ratiba {
        let store = GatedStore::new(self.open().await, gate);
        let phones = GatedPhones { phones: Arc::clone(&self.phones), gate: Arc::clone(gate) };
        let till = GatedTill { till: Arc::clone(&self.till), gate: Arc::clone(gate) };
        Ratiba::builder()
            .store(Arc::new(store))
            .clock(Arc::clone(&self.clock) as Arc<dyn Clock>)
            .entropy(Arc::new(SeededEntropy::new(seed)))
            .channel(Arc::new(phones))
            .webhook(ChannelKind::Whatsapp, Arc::new(Statuses))
            .payments(Arc::new(till))
            .notify(Arc::clone(&self.operators) as Arc<dyn NotificationSink>)
            .public_url("https://book.example")
            .build()
            .unwrap()
    }

    /// A message that a customer sends now.
    pub(super) fn message(&self, from: &str, id: &str, text: &str) -> InboundMessage {
        InboundMessage {
            provider_id: id.to_owned(),
            address: Address {
                channel: ChannelKind::Whatsapp,
                account: ACCOUNT.to_owned(),
                peer: from.to_owned(),
            },
            identities: vec![identity(from)],
            phone: Phone::from_provider(from).ok(),
            profile_name: Some("Wanjiru".to_owned()),
            sent_at: self.clock.now(),
            content: Content::Text { body: text.to_owned() },
        }
    }

    /// A customer says something and the process does all that is to be done.
    pub(super) async fn say(&self, process: &Ratiba, id: &str, text: &str) {
        process.receive(self.message(CUSTOMER, id, text)).await.unwrap();
        process.work_until_idle().await.unwrap();
    }

    /// Lets time pass and the process do what falls due by then.
    pub(super) async fn wait(&self, process: &Ratiba, by: SignedDuration) {
        self.clock.advance(by);
        process.work_until_idle().await.unwrap();
    }

    /// WhatsApp reports that a message of ours was delivered.
    pub(super) async fn delivered(&self, process: &Ratiba, id: OutboxId) {
        let receipt =
            process.receive_webhook(ChannelKind::Whatsapp, None, id.to_string().as_bytes()).await;
        assert_eq!(receipt.unwrap().statuses, 1);
    }

    pub(super) fn of(&self, process: &Ratiba) -> Arc<dyn TenantStore> {
        process.store().of(self.tenant())
    }

    pub(super) async fn customer(&self, process: &Ratiba, peer: &str) -> Customer {
        self.of(process).customer_by_identity(&identity(peer)).await.unwrap().unwrap()
    }

    /// The name of the state that the newest conversation of the customer is in.
    pub(super) async fn state(&self, process: &Ratiba) -> String {
        let customer = self.customer(process, CUSTOMER).await;
        let lane = self.of(process).lane(customer.id, 1).await.unwrap().unwrap();
        lane.current.unwrap().state_name
    }

    pub(super) async fn outbox(&self, process: &Ratiba) -> Vec<StoredOutbox> {
        let customer = self.customer(process, CUSTOMER).await;
        self.of(process).outbox_of(customer.id).await.unwrap()
    }

    /// Everybody's payments.
    pub(super) async fn payments(&self, process: &Ratiba) -> Vec<Payment> {
        let store = self.of(process);
        let mut payments = Vec::new();
        for thread in store.threads(100).await.unwrap() {
            payments.extend(store.payments_of(thread.id).await.unwrap());
        }
        payments
    }

    /// Everybody's appointments.
    pub(super) async fn diary(&self, process: &Ratiba) -> Vec<Appointment> {
        let start = self.clock.now() - SignedDuration::from_hours(24);
        let window = TimeWindow { start, end: start + SignedDuration::from_hours(24 * 60) };
        self.of(process).diary(window).await.unwrap()
    }
}

fn identity(peer: &str) -> Identity {
    Identity { channel: ChannelKind::Whatsapp, external_id: peer.to_owned() }
}

/// Everybody's phones, and WhatsApp between them and us, with faults on demand.
#[derive(Debug)]
pub(super) struct Phones {
    clock: Arc<ManualClock>,
    /// What becomes of the next messages; when there is nothing more, they arrive.
    faults: Mutex<VecDeque<Fault>>,
    tried: Mutex<Vec<(Timestamp, Outbound)>>,
    got: Mutex<Vec<Outbound>>,
    rang: Notify,
}

impl Default for Phones {
    fn default() -> Self {
        Self {
            clock: Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)),
            faults: Mutex::default(),
            tried: Mutex::default(),
            got: Mutex::default(),
            rang: Notify::new(),
        }
    }
}

impl Phones {
    /// Everything that arrived, in order.
    pub(super) fn got(&self) -> Vec<Outbound> {
        self.got.lock().unwrap().clone()
    }

    /// What one of them got.
    pub(super) fn got_by(&self, peer: &str) -> Vec<Outbound> {
        self.got().into_iter().filter(|message| message.to.peer == peer).collect()
    }

    /// What we tried to send to the customer, and when.
    pub(super) fn tried(&self) -> Vec<(Timestamp, OutboxId)> {
        let tried = self.tried.lock().unwrap();
        let theirs = tried.iter().filter(|(_, message)| message.to.peer == CUSTOMER);
        theirs.map(|(at, message)| (*at, message.id)).collect()
    }

    /// The next messages fail so, one after another.
    pub(super) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }

    /// Waits until a message has arrived.
    pub(super) async fn rang(&self) {
        self.rang.notified().await;
    }

    fn take(&self, message: &Outbound) -> Result<Sent, Fault> {
        self.tried.lock().unwrap().push((self.clock.now(), message.clone()));
        if let Some(fault) = self.faults.lock().unwrap().pop_front() {
            return Err(fault);
        }
        self.got.lock().unwrap().push(message.clone());
        self.rang.notify_one();
        Ok(Sent { provider_id: provider_id(message.id), billable: 1 })
    }
}

fn provider_id(id: OutboxId) -> String {
    format!("wamid.{id}")
}

#[derive(Debug)]
struct GatedPhones {
    phones: Arc<Phones>,
    gate: Arc<Gate>,
}

#[async_trait]
impl Channel for GatedPhones {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Whatsapp
    }

    fn capabilities(&self) -> Capabilities {
        self.kind().capabilities()
    }

    async fn send(&self, _: &ChannelAccount, message: &Outbound) -> Result<Sent, Fault> {
        self.gate.pass("send", async { self.phones.take(message) }).await
    }

    fn takes_templates(&self) -> bool {
        true
    }

    async fn send_template(
        &self,
        account: &ChannelAccount,
        message: &Outbound,
        _: &ratiba_core::domain::route::TemplateMessage,
    ) -> Result<Sent, Fault> {
        self.send(account, message).await
    }

    async fn acknowledge(&self, _: &ChannelAccount, _: &Address, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

/// Webhooks whose body is the id of a message that was delivered.
#[derive(Debug)]
struct Statuses;

impl Webhook for Statuses {
    fn challenge(&self, _: &[(String, String)]) -> Option<String> {
        None
    }

    fn verify(&self, _: Option<&str>, _: &[u8]) -> Result<(), SignatureError> {
        Ok(())
    }

    fn decode(&self, raw: &[u8]) -> Result<Vec<ChannelEvent>, DecodeError> {
        let id: OutboxId = std::str::from_utf8(raw).unwrap().parse().unwrap();
        Ok(vec![ChannelEvent::Status(StatusReport {
            account: ACCOUNT.to_owned(),
            provider_id: provider_id(id),
            outbox: Some(id),
            outcome: Ok(Delivery::Delivered),
            at: Timestamp::UNIX_EPOCH,
        })])
    }
}

/// The payment provider with its own book of what it was asked.
#[derive(Debug)]
pub(super) struct Till {
    rail: Arc<ScriptedPayments>,
    asked: Mutex<Vec<Asked>>,
}

/// A customer was asked for money.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) payment: Payment,
    /// The end of the path that the result is reported to.
    token: String,
    rail: Arc<ScriptedPayments>,
}

impl Asked {
    /// The customer types the PIN, and the provider's report of it is lost.
    pub(super) fn is_paid(&self) {
        for truth in ScriptedOutcome::Success.truth(&self.payment) {
            self.rail.happens(self.payment.id, truth);
        }
    }

    /// The customer types the PIN: the provider reports it, and does so again when it is not answered.
    pub(super) async fn pay(&self, process: &Ratiba) {
        self.is_paid();
        let body = ScriptedOutcome::Success.callbacks(&self.payment).remove(0);
        process.receive_payment_callback(self.payment.rail, &self.token, &body).await.unwrap();
    }
}

impl Till {
    fn new(rail: Rail) -> Self {
        Self { rail: Arc::new(ScriptedPayments::new(rail)), asked: Mutex::default() }
    }

    /// What it was asked, in order.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

#[derive(Debug)]
struct GatedTill {
    till: Arc<Till>,
    gate: Arc<Gate>,
}

#[async_trait]
impl PaymentProvider for GatedTill {
    fn rail(&self) -> Rail {
        self.till.rail.rail()
    }

    async fn submit(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        urls: &CallbackUrls,
    ) -> Result<Submitted, Fault> {
        let ask = async {
            let token = urls.result.rsplit('/').next().unwrap().to_owned();
            let rail = Arc::clone(&self.till.rail);
            self.till.asked.lock().unwrap().push(Asked { payment: payment.clone(), token, rail });
            self.till.rail.submit(merchant, payment, urls).await
        };
        self.gate.pass("submit", ask).await
    }

    async fn query(&self, merchant: &Merchant, payment: &Payment) -> Result<Report, Fault> {
        self.gate.pass("query", self.till.rail.query(merchant, payment)).await
    }

    async fn withdraw(&self, merchant: &Merchant, payment: &Payment) -> Result<Withdrawn, Fault> {
        self.gate.pass("withdraw", self.till.rail.withdraw(merchant, payment)).await
    }

    fn notices(&self) -> Option<&dyn AccountNotices> {
        None
    }

    async fn refund(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        amount: Money,
        urls: &CallbackUrls,
    ) -> Result<RefundReport, Fault> {
        self.gate.pass("refund", self.till.rail.refund(merchant, payment, amount, urls)).await
    }

    fn decode_callback(&self, raw: &[u8], currency: Currency) -> Result<Report, DecodeError> {
        self.till.rail.decode_callback(raw, currency)
    }

    fn decode_refund_callback(&self, raw: &[u8]) -> Result<RefundReport, DecodeError> {
        self.till.rail.decode_refund_callback(raw)
    }
}

/// Who is paged.
#[derive(Debug, Default)]
pub(super) struct Operators(Mutex<Vec<Notice>>);

impl Operators {
    /// What they were told, in order.
    pub(super) fn told(&self) -> Vec<Notice> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl NotificationSink for Operators {
    async fn notify(&self, _: TenantId, notice: &Notice) -> Result<(), Fault> {
        self.0.lock().unwrap().push(notice.clone());
        Ok(())
    }
}
