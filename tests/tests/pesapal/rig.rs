//! A stand-in, an adapter, an address for notifications, and a payment that is moved by the real machine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use poem::http::Method;
use poem::listener::TcpAcceptor;
use poem::{Request, Response, Server, endpoint};
use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings, acknowledgement};
use ratiba_core::domain::id::{Mint, TenantId};
use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::domain::payment::{Account, LedgerEntry, Payment, PaymentState};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::payments::event::{PayCtx, PaymentEffect, PaymentEvent};
use ratiba_core::payments::ledger::{balance, balances};
use ratiba_core::payments::machine::step;
use ratiba_core::payments::news::{Alert, PaymentNews};
use ratiba_core::payments::reference::merchant_reference;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::Fault;
use ratiba_core::ports::inbox::PaymentFact;
use ratiba_core::ports::payment::{CallbackUrls, Merchant, PaymentProvider, Submitted};
use ratiba_core::sim::pesapal::{Means, PesaPalSim, PesaPalSimConfig, SimAccount};
use ratiba_core::testing::ManualClock;

use crate::HASTE;

/// What was notified, as the bytes that the adapter reads.
type Kept = Arc<Mutex<Vec<(Method, Vec<u8>)>>>;

pub(super) struct Rig {
    pub(super) sim: PesaPalSim,
    pub(super) rail: PesaPal,
    pub(super) account: SimAccount,
    pub(super) merchant: Merchant,
    pub(super) clock: Arc<ManualClock>,
    pub(super) settings: PesaPalSettings,
    desk: String,
    kept: Kept,
}

pub(super) fn morning() -> Timestamp {
    "2026-11-23T09:00:00+03:00".parse().unwrap()
}

pub(super) fn merchant(credentials: &str) -> Merchant {
    let tenant: TenantId = Mint { at: morning(), seed: 1 }.id(0);
    Merchant { tenant, rail: Rail::Card, credentials: credentials.to_owned().into() }
}

/// An address that takes notifications as our server does: keeps the bytes, answers in PesaPal's words.
async fn desk(kept: &Kept) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
    let shelf = Arc::clone(kept);
    let app = endpoint::make(move |mut request: Request| {
        let shelf = Arc::clone(&shelf);
        async move {
            let raw = if request.method() == Method::GET {
                request.uri().query().unwrap_or_default().as_bytes().to_vec()
            } else {
                request.take_body().into_vec().await.unwrap()
            };
            let answer = acknowledgement(&raw, true).to_string();
            shelf.lock().unwrap().push((request.method().clone(), raw));
            Ok::<_, poem::Error>(Response::builder().body(answer))
        }
    });
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    base
}

impl Rig {
    pub(super) async fn new() -> Self {
        Self::with(None).await
    }

    /// For the tests of silence.
    pub(super) async fn hasty() -> Self {
        Self::with(Some(HASTE)).await
    }

    async fn with(patience: Option<Duration>) -> Self {
        let clock = Arc::new(ManualClock::at(morning()));
        let sim = PesaPalSim::start(PesaPalSimConfig::new(Arc::<ManualClock>::clone(&clock)));
        let sim = sim.await.unwrap();
        let account = SimAccount::named("salon");
        sim.add_account(account.clone());
        let mut settings = PesaPalSettings::at(sim.base_url());
        settings.timeout = patience.unwrap_or(settings.timeout);
        let rail = PesaPal::new(&settings, Arc::<ManualClock>::clone(&clock)).unwrap();
        let kept = Kept::default();
        let merchant = merchant(&account.credentials());
        Self { sim, rail, account, merchant, clock, settings, desk: desk(&kept).await, kept }
    }

    /// What was notified so far.
    pub(super) fn kept(&self) -> Vec<(Method, Vec<u8>)> {
        self.kept.lock().unwrap().clone()
    }

    pub(super) fn urls_of(&self, payment: &Payment) -> CallbackUrls {
        let at = |what: &str| format!("{}/{what}", self.desk);
        CallbackUrls {
            result: at("ipn/of-the-account"),
            page_return: at(&format!("return/{}", payment.callback_token)),
            refund_result: at("refund"),
            refund_timeout: at("timeout"),
        }
    }

    /// A card payment of 500 shillings, written down.
    pub(super) fn till(&self) -> Till {
        self.till_of(500, 7)
    }

    pub(super) fn till_of(&self, units: i64, seed: u64) -> Till {
        let mint = Mint { at: self.clock.now(), seed };
        let payment = Payment {
            id: mint.id(0),
            merchant_reference: merchant_reference(mint.id(0)),
            callback_token: format!("{seed:032x}"),
            thread: mint.id(1),
            customer: mint.id(2),
            appointments: vec![mint.id(3)],
            rail: Rail::Card,
            payer: None,
            contact: Phone::from_provider("254712345678").ok(),
            amount: Money::whole(units, Currency::Kes),
            state: PaymentState::Created,
            receipts: Vec::new(),
            claim: None,
            provider_ref: None,
            pay_url: None,
            laid_aside: false,
            created_at: self.clock.now(),
            expires_at: self.clock.now() + SignedDuration::from_mins(30),
        };
        Till {
            payment,
            clock: Arc::clone(&self.clock),
            rows: Vec::new(),
            news: Vec::new(),
            alerts: Vec::new(),
            asks: false,
            heard: 0,
            steps: 0,
        }
    }

    pub(super) async fn submit(&self, till: &Till) -> Result<Submitted, Fault> {
        self.rail.submit(&self.merchant, &till.payment, &self.urls_of(&till.payment)).await
    }

    /// Submits, and tells the machine.
    pub(super) async fn submitted(&self, till: &mut Till) {
        let Submitted { provider_ref, pay_url } = self.submit(till).await.unwrap();
        till.tell(PaymentEvent::Submitted { provider_ref, pay_url });
    }

    /// The customer pays on the page.
    pub(super) fn pay(&self, till: &Till) {
        assert!(self.sim.pay(till.tracking_id(), Means::Card));
    }

    /// Waits until all notifications have come, tells the machine the new ones, and asks where it wants to ask.
    pub(super) async fn hear(&self, till: &mut Till) {
        self.sim.settle().await;
        for (_, raw) in self.kept().split_off(till.heard) {
            till.heard += 1;
            let report = self.rail.decode_callback(&raw, Currency::Kes).unwrap();
            till.tell(PaymentEvent::Reported(report));
            if std::mem::take(&mut till.asks) {
                self.query(till).await;
            }
        }
    }

    /// Asks, and tells the machine.
    pub(super) async fn query(&self, till: &mut Till) {
        if let Ok(report) = self.rail.query(&self.merchant, &till.payment).await {
            till.tell(PaymentFact::Queried { report }.into_event());
        }
    }
}

/// A payment, and all that became of it.
pub(super) struct Till {
    pub(super) payment: Payment,
    pub(super) news: Vec<PaymentNews>,
    pub(super) alerts: Vec<Alert>,
    /// The machine wants the provider to be asked.
    pub(super) asks: bool,
    /// Notifications that it was told.
    heard: usize,
    rows: Vec<LedgerEntry>,
    clock: Arc<ManualClock>,
    steps: u64,
}

impl Till {
    pub(super) fn tell(&mut self, event: PaymentEvent) {
        self.steps += 1;
        let now = self.clock.now();
        let ctx = PayCtx { now, mint: Mint { at: now, seed: 1_000 + self.steps } };
        let (payment, effects) = step(&self.payment, event, &ctx);
        self.payment = payment;
        for effect in effects {
            match effect {
                PaymentEffect::Ledger(rows) => self.rows.extend(rows),
                PaymentEffect::News(news) => self.news.push(news),
                PaymentEffect::Alert(alert) => self.alerts.push(alert),
                PaymentEffect::Query => self.asks = true,
                _ => {}
            }
        }
        assert!(balances(&self.rows));
    }

    pub(super) fn tracking_id(&self) -> &str {
        self.payment.provider_ref.as_deref().unwrap()
    }

    pub(super) fn state(&self) -> &'static str {
        self.payment.state.as_str()
    }

    /// Whole shillings that our books say the provider holds for us.
    pub(super) fn held(&self) -> i64 {
        balance(&self.rows, Account::Provider, Currency::Kes).as_whole_units().unwrap()
    }

    /// How often the thread was told that money came.
    pub(super) fn good_news(&self) -> usize {
        let good = |news: &&PaymentNews| {
            matches!(news, PaymentNews::Paid { .. } | PaymentNews::PaidLate { .. })
        };
        self.news.iter().filter(good).count()
    }
}
