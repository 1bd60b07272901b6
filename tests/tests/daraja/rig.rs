//! A stand-in, an adapter, an address for callbacks, and a payment that is moved by the real machine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::{Request, Server, endpoint};
use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::domain::id::{Mint, TenantId};
use ratiba_core::domain::money::{Currency, Money};
use ratiba_core::domain::payment::{Account, LedgerEntry, Payment, PaymentState};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::payments::event::{PayCtx, PaymentEffect, PaymentEvent};
use ratiba_core::payments::ledger::{balance, balances};
use ratiba_core::payments::machine::{open, step};
use ratiba_core::payments::news::{Alert, PaymentNews};
use ratiba_core::payments::reference::merchant_reference;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::Fault;
use ratiba_core::ports::inbox::PaymentFact;
use ratiba_core::ports::payment::{CallbackUrls, Merchant, PaymentProvider, Submitted};
use ratiba_core::sim::daraja::{DarajaSim, DarajaSimConfig, SimMerchant};
use ratiba_core::testing::ManualClock;

use crate::HASTE;

pub(super) const PAYBILL: &str = "174379";
pub(super) const WANJIRU: &str = "254712345678";

/// Paths and bodies of the callbacks that came.
type Kept = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// An address that takes callbacks as our server does: keeps the bytes, answers 200.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    base: String,
    kept: Kept,
}

impl Desk {
    async fn open() -> Self {
        let kept: Kept = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        let shelf = Arc::clone(&kept);
        let app = endpoint::make(move |mut request: Request| {
            let shelf = Arc::clone(&shelf);
            async move {
                let path = request.uri().path().to_owned();
                let body = request.take_body().into_vec().await.unwrap();
                shelf.lock().unwrap().push((path, body));
                Ok::<_, poem::Error>(StatusCode::OK)
            }
        });
        tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
        Self { base, kept }
    }

    /// What came to paths that end so, in order.
    pub(super) fn bodies(&self, end: &str) -> Vec<Vec<u8>> {
        let kept = self.kept.lock().unwrap();
        kept.iter().filter(|(path, _)| path.ends_with(end)).map(|(_, body)| body.clone()).collect()
    }
}

pub(super) struct Rig {
    pub(super) sim: DarajaSim,
    pub(super) rail: Daraja,
    pub(super) merchant: Merchant,
    pub(super) desk: Desk,
    pub(super) clock: Arc<ManualClock>,
}

pub(super) fn morning() -> Timestamp {
    "2026-11-23T09:00:00+03:00".parse().unwrap()
}

pub(super) fn shillings(units: i64) -> Money {
    Money::whole(units, Currency::Kes)
}

pub(super) fn merchant(credentials: &str) -> Merchant {
    let tenant: TenantId = Mint { at: morning(), seed: 1 }.id(0);
    Merchant { tenant, rail: Rail::Mpesa, credentials: credentials.to_owned().into() }
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
        let sim = DarajaSim::start(DarajaSimConfig::new(Arc::<ManualClock>::clone(&clock)));
        let sim = sim.await.unwrap();
        let business = SimMerchant::paybill(PAYBILL);
        let merchant = merchant(&business.credentials());
        sim.add_merchant(business);
        let mut settings = DarajaSettings::at(sim.base_url());
        settings.timeout = patience.unwrap_or(settings.timeout);
        let rail = Daraja::new(&settings, Arc::<ManualClock>::clone(&clock)).unwrap();
        Self { sim, rail, merchant, desk: Desk::open().await, clock }
    }

    pub(super) fn urls(&self, payment: &Payment) -> CallbackUrls {
        let at = |what: &str| format!("{}/pay/{}/{what}", self.desk.base, payment.callback_token);
        CallbackUrls {
            result: at("result"),
            page_return: at("return"),
            refund_result: at("refund"),
            refund_timeout: at("timeout"),
        }
    }

    /// A payment of so many shillings by Wanjiru, written down.
    pub(super) fn till(&self, units: i64) -> Till {
        self.till_of(WANJIRU, units, 7)
    }

    pub(super) fn till_of(&self, phone: &str, units: i64, seed: u64) -> Till {
        let mint = Mint { at: self.clock.now(), seed };
        let payer = Phone::from_provider(phone).ok();
        let payment = Self::payment_of(payer, shillings(units), mint);
        assert_eq!(open(&payment), [PaymentEffect::SetWindowTimer(payment.expires_at)]);
        Till {
            payment,
            clock: Arc::clone(&self.clock),
            rows: Vec::new(),
            news: Vec::new(),
            alerts: Vec::new(),
            asks: false,
            steps: 0,
        }
    }

    /// A payment, written down.
    pub(super) fn payment_of(payer: Option<Phone>, amount: Money, mint: Mint) -> Payment {
        Payment {
            id: mint.id(0),
            merchant_reference: merchant_reference(mint.id(0)),
            callback_token: format!("{:032x}", mint.seed),
            thread: mint.id(1),
            customer: mint.id(2),
            appointments: vec![mint.id(3)],
            rail: Rail::Mpesa,
            payer,
            contact: None,
            amount,
            state: PaymentState::Created,
            receipts: Vec::new(),
            claim: None,
            provider_ref: None,
            pay_url: None,
            laid_aside: false,
            created_at: mint.at,
            expires_at: mint.at + SignedDuration::from_mins(5),
        }
    }

    pub(super) async fn submit(&self, till: &Till) -> Result<Submitted, Fault> {
        self.rail.submit(&self.merchant, &till.payment, &self.urls(&till.payment)).await
    }

    /// Submits, and tells the machine.
    pub(super) async fn submitted(&self, till: &mut Till) {
        let Submitted { provider_ref, pay_url } = self.submit(till).await.unwrap();
        till.tell(PaymentEvent::Submitted { provider_ref, pay_url });
    }

    /// Waits until all callbacks have come, tells the machine those that can be read, from the first, and asks where it wants to ask.
    pub(super) async fn hear(&self, till: &mut Till) {
        self.sim.settle().await;
        for raw in self.desk.bodies("/result") {
            if let Ok(report) = self.rail.decode_callback(&raw, Currency::Kes) {
                till.tell(PaymentEvent::Reported(report));
                if std::mem::take(&mut till.asks) {
                    self.query(till).await;
                }
            }
        }
    }

    /// Asks, and tells the machine.
    pub(super) async fn query(&self, till: &mut Till) {
        let report = self.rail.query(&self.merchant, &till.payment).await.unwrap();
        till.tell(PaymentFact::Queried { report }.into_event());
    }
}

/// A payment, and all that became of it.
pub(super) struct Till {
    pub(super) payment: Payment,
    pub(super) news: Vec<PaymentNews>,
    pub(super) alerts: Vec<Alert>,
    /// The machine wants the provider to be asked.
    pub(super) asks: bool,
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

    pub(super) fn state(&self) -> &'static str {
        self.payment.state.as_str()
    }

    /// Whole shillings that our books say the provider holds for us.
    pub(super) fn held(&self) -> i64 {
        balance(&self.rows, Account::Provider, Currency::Kes).as_whole_units().unwrap()
    }

    /// Whole shillings that are not matched to a sale.
    pub(super) fn unapplied(&self) -> i64 {
        -balance(&self.rows, Account::Unapplied, Currency::Kes).as_whole_units().unwrap()
    }

    /// How often the thread was told that money came.
    pub(super) fn good_news(&self) -> usize {
        let good = |news: &&PaymentNews| {
            matches!(news, PaymentNews::Paid { .. } | PaymentNews::PaidLate { .. })
        };
        self.news.iter().filter(good).count()
    }
}
