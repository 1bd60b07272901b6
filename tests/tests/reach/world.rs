//! A barbershop on WhatsApp with SMS beside it, and everybody's phones.

use std::any::Any;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use poem::http::HeaderMap;
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::web::Data;
use poem::{Body, EndpointExt, Route, Server, handler, post};
use ratiba_core::Ratiba;
use ratiba_core::adapters::africastalking::AfricasTalking;
use ratiba_core::adapters::meta::{MetaConfig, WhatsApp};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::domain::id::TenantId;
use ratiba_core::domain::message::Language;
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::template::{Template, TemplatePurpose, TemplateStatus};
use ratiba_core::domain::tenant::Business;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::Fault;
use ratiba_core::ports::notify::{Notice, NotificationSink};
use ratiba_core::ports::outbox::Outgoing;
use ratiba_core::ports::sms::SmsAccount;
use ratiba_core::ports::store::{NewTenant, Store, StoredOutbox, TenantStore};
use ratiba_core::sim::africastalking::{AfricasTalkingSim, SimSmsAccount};
use ratiba_core::sim::meta::{self, Chat, MetaSim, MetaSimConfig, Person, Statuses};
use ratiba_core::testing::{ManualClock, SeededEntropy};

use crate::store::postgres::Fresh;

pub(super) const ACCOUNT: &str = "200000000000001";
pub(super) const WANJIRU: &str = "254712345678";
/// The owner, who is the demo barbershop's first admin in these tests.
pub(super) const OWNER: &str = "254722000111";
const SECRET: &str = "sim-app-secret";
const DELIVERIES: &str = "reports-of-the-tests";

/// Everything around one business.
pub(super) struct World {
    pub(super) ratiba: Ratiba,
    pub(super) clock: Arc<ManualClock>,
    pub(super) meta: MetaSim,
    pub(super) sms: AfricasTalkingSim,
    notices: Arc<Operators>,
    pub(super) tenant: TenantId,
    pub(super) store: Arc<dyn Store>,
    /// What has to live as long as the store.
    _keeps: Box<dyn Any + Send>,
}

/// Keeps what operators are told.
#[derive(Debug, Default)]
struct Operators(Mutex<Vec<Notice>>);

#[async_trait]
impl NotificationSink for Operators {
    async fn notify(&self, _tenant: TenantId, notice: &Notice) -> Result<(), Fault> {
        self.0.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

#[handler]
async fn receive(Data(ratiba): Data<&Ratiba>, headers: &HeaderMap, body: Body) -> StatusCode {
    let raw = body.into_bytes().await.unwrap();
    let signature = headers.get("X-Hub-Signature-256").map(|value| value.to_str().unwrap());
    match ratiba.receive_webhook(ChannelKind::Whatsapp, signature, &raw).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::FORBIDDEN,
    }
}

impl World {
    pub(super) async fn on_sqlite() -> Option<Self> {
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
        Some(Self::around(Arc::new(store), Box::new(())).await)
    }

    /// `None` where no Postgres is given.
    pub(super) async fn on_postgres() -> Option<Self> {
        let fresh = Fresh::migrated().await?;
        let store = Arc::new((*fresh).clone());
        Some(Self::around(store, Box::new(fresh)).await)
    }

    /// Monday, 23 November 2026, nine o'clock in Nairobi.
    async fn around(store: Arc<dyn Store>, keeps: Box<dyn Any + Send>) -> Self {
        let start: Timestamp = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let meta = MetaSim::start(MetaSimConfig {
            app_secret: SECRET.into(),
            verify_token: "our-token".into(),
            statuses: Statuses::UpToDelivered,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        });
        let meta = meta.await.unwrap();
        meta.add_number(ACCOUNT, "254700000001", "token-1");
        meta.add_person(Person::new(WANJIRU, "Wanjiru"));
        meta.add_person(Person::new(OWNER, "Mwangi"));
        let sms = AfricasTalkingSim::start(Arc::clone(&clock) as _).await.unwrap();
        sms.add_account(SimSmsAccount {
            username: "kinyozi".into(),
            api_key: "key".into(),
            sender: None,
        });
        let demo = demo::tenant("demo-barbershop").unwrap();
        let mut business = demo.business;
        business.admins = vec![Phone::from_provider(OWNER).unwrap()];
        // Nothing is paid ahead, so that a booking is a yes.
        business.settings.payment.deposit = ratiba_core::domain::catalogue::DepositRule::None;
        for service in &mut business.catalogue.services {
            service.deposit = None;
        }
        let tenant = business.tenant.id;
        let new = NewTenant {
            business,
            snippets: demo.snippets,
            accounts: vec![ChannelAccount {
                tenant,
                channel: ChannelKind::Whatsapp,
                account: ACCOUNT.into(),
                token: "token-1".into(),
            }],
            merchants: Vec::new(),
            created_at: start,
        };
        store.create_tenant(&new).await.unwrap();
        let mut config = MetaConfig::new("our-token".into(), vec![SECRET.into()]);
        config.graph_url = meta.base_url().to_owned();
        let whatsapp = Arc::new(WhatsApp::new(&config, Arc::clone(&clock) as _).unwrap());
        let notices = Arc::new(Operators::default());
        let ratiba = Ratiba::builder()
            .store(Arc::clone(&store))
            .clock(Arc::clone(&clock) as _)
            .entropy(Arc::new(SeededEntropy::new(1)))
            .channel(Arc::clone(&whatsapp) as _)
            .webhook(ChannelKind::Whatsapp, whatsapp)
            .sms(Arc::new(AfricasTalking::new(sms.base_url()).unwrap()))
            .notify(Arc::clone(&notices) as _)
            .public_url("https://book.example")
            .build()
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        meta.set_webhook(&format!("http://{}/hook", listener.local_addr().unwrap()));
        let app = Route::new().at("/hook", post(receive)).data(ratiba.clone());
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap());
        tokio::spawn(server.run(app));
        Self { ratiba, clock, meta, sms, notices, tenant, store, _keeps: keeps }
    }

    pub(super) fn of(&self) -> Arc<dyn TenantStore> {
        self.store.of(self.tenant)
    }

    /// The tenant can send texts from now on.
    pub(super) async fn with_sms(&self) {
        let account = SmsAccount {
            tenant: self.tenant,
            username: "kinyozi".into(),
            api_key: "key".into(),
            sender: None,
            delivery_token: DELIVERIES.into(),
        };
        self.store.put_sms_account(&account).await.unwrap();
    }

    /// Changes the business document.
    pub(super) async fn change(&self, change: impl FnOnce(&mut Business)) {
        let store = self.of();
        let known = store.business().await.unwrap().unwrap();
        let mut business = Business::clone(&known.business);
        change(&mut business);
        let at = self.clock.now();
        assert!(store.save_business(known.version, &business, at).await.unwrap());
    }

    /// An approved template, at Meta and in the tenant's settings.
    pub(super) async fn with_template(&self, name: &str, purpose: TemplatePurpose) {
        for language in [Language::En, Language::Sw] {
            self.meta.add_template(meta::Template {
                name: name.into(),
                language: language.code().into(),
                category: "utility".into(),
                parameters: if purpose == TemplatePurpose::Reminder { 1 } else { 2 },
                paused: false,
            });
            let template =
                Template { name: name.into(), language, purpose, status: TemplateStatus::Approved };
            self.change(|business| business.settings.templates.push(template)).await;
        }
    }

    pub(super) fn wanjiru(&self) -> Chat {
        self.meta.chat(ACCOUNT, WANJIRU)
    }

    pub(super) fn owner(&self) -> Chat {
        self.meta.chat(ACCOUNT, OWNER)
    }

    /// Does all that is to be done, webhooks that it causes included.
    pub(super) async fn work(&self) {
        loop {
            self.meta.settle().await;
            if self.ratiba.work_until_idle().await.unwrap() == 0 {
                return;
            }
        }
    }

    /// Somebody says something, and all that is to be done is done.
    pub(super) async fn says(&self, chat: &Chat, text: &str) {
        chat.say(text);
        self.work().await;
    }

    pub(super) async fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.work().await;
    }

    /// Meta refuses the business's token, or takes it again.
    pub(super) fn outage(&self, begins: bool) {
        self.meta.revoke_token(ACCOUNT, begins);
    }

    pub(super) async fn customer(&self) -> Customer {
        let identity = Identity { channel: ChannelKind::Whatsapp, external_id: WANJIRU.into() };
        self.of().customer_by_identity(&identity).await.unwrap().unwrap()
    }

    /// What was to be said to Wanjiru, and of her to the owner, in order.
    pub(super) async fn rows(&self) -> Vec<StoredOutbox> {
        let customer = self.customer().await;
        let mut rows = self.of().outbox_of(customer.id).await.unwrap();
        rows.retain(|row| row.item.what.is_message());
        rows
    }

    /// The rows that are replies to Wanjiru.
    pub(super) async fn replies(&self) -> Vec<StoredOutbox> {
        let mut rows = self.rows().await;
        rows.retain(|row| matches!(row.item.what, Outgoing::Reply { .. }));
        rows
    }

    /// What operators were told, in order.
    pub(super) fn notices(&self) -> Vec<Notice> {
        self.notices.0.lock().unwrap().clone()
    }

    /// What is on a phone, by WhatsApp and by SMS.
    pub(super) fn on_phone(&self, phone: &str) -> (usize, usize) {
        (self.meta.sent_to(phone).len(), self.sms.inbox(phone).len())
    }
}

/// Each test on both stores.
macro_rules! on_both_stores {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $test() {
                let world = crate::reach::world::World::on_sqlite().await.unwrap();
                super::$test(world).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                let Some(world) = crate::reach::world::World::on_postgres().await else { return };
                super::$test(world).await;
            })+
        }
    };
}
pub(super) use on_both_stores;
