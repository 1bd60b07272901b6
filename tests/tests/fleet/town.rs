//! What outlives every process: the database, Redis, Meta, Safaricom, the front door, and a barbershop with many chairs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratiba_core::Ratiba;
use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::adapters::meta::{MetaConfig, WhatsApp};
use ratiba_core::adapters::postgres::{PostgresOptions, PostgresStore};
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::demo;
use ratiba_core::domain::catalogue::Staff;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::hours::HolidayRule;
use ratiba_core::domain::id::{Mint, TenantId};
use ratiba_core::domain::knowledge::Snippet;
use ratiba_core::domain::tenant::{Business, Rail};
use ratiba_core::payments::day::{DayPayment, Explanation};
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::payment::Merchant;
use ratiba_core::ports::store::{NewTenant, Registry as _, Store as _, TenantStore};
use ratiba_core::sim::daraja::{DarajaSim, DarajaSimConfig, Ending, Flow, SimMerchant};
use ratiba_core::sim::meta::{MetaSim, MetaSimConfig, Statuses};

use super::office::Office;
use super::process::Process;
use crate::hot::redis::Private;
use crate::store::postgres::Fresh;

/// The barbershop's `phone_number_id`.
pub(super) const ACCOUNT: &str = "106540352242911";
const SHORTCODE: &str = "174379";
const SECRET: &str = "app-secret-of-the-fleet";
const VERIFY: &str = "verify-token-of-the-fleet";
/// Longer than a payment is young, and the slowest machine's answers.
const PATIENCE: Duration = Duration::from_mins(4);
/// As many customers are served at a time.
const CHAIRS: u32 = 24;

/// Everything that no process takes with it when it dies.
pub(super) struct Town {
    pub(super) meta: MetaSim,
    pub(super) daraja: DarajaSim,
    pub(super) office: Office,
    pub(super) redis: Private,
    pub(super) database: Fresh,
    pub(super) business: Business,
    /// Where processes look for Redis; a test may put something between.
    pub(super) redis_url: String,
}

impl Town {
    /// Opens it, or says what is left out. Each message arrives up to `copies` times.
    pub(super) async fn open(copies: u64) -> Option<Self> {
        Self::changed(copies, |_| {}).await
    }

    /// The same with a business that differs.
    pub(super) async fn changed(copies: u64, change: impl FnOnce(&mut Business)) -> Option<Self> {
        let database = Fresh::migrated().await?;
        let redis = Private::start(&[]).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let meta = MetaSim::start(MetaSimConfig {
            app_secret: SECRET.to_owned(),
            verify_token: VERIFY.to_owned(),
            statuses: Statuses::UpToDelivered,
            clock: Arc::clone(&clock),
        });
        let meta = meta.await.unwrap();
        meta.add_number(ACCOUNT, "254711000001", "token-of-the-fleet");
        let daraja = DarajaSim::start(DarajaSimConfig::new(Arc::clone(&clock))).await.unwrap();
        let merchant = SimMerchant::paybill(SHORTCODE);
        daraja.add_merchant(merchant.clone());
        daraja.habit(Some(Ending::Paid));
        let office = Office::open(20_261_126, copies).await;
        meta.set_webhook(&format!("{}/api/v1/webhooks/whatsapp", office.url));

        let (mut business, snippets) = barbershop(clock.now());
        change(&mut business);
        let tenant = business.tenant.id;
        let account = ChannelAccount {
            tenant,
            channel: ChannelKind::Whatsapp,
            account: ACCOUNT.to_owned(),
            token: "token-of-the-fleet".into(),
        };
        let till =
            Merchant { tenant, rail: Rail::Mpesa, credentials: merchant.credentials().into() };
        let new = NewTenant {
            business: business.clone(),
            snippets,
            accounts: vec![account],
            merchants: vec![till],
            created_at: clock.now(),
        };
        database.create_tenant(&new).await.unwrap();
        let redis_url = redis.url();
        Some(Self { meta, daraja, office, redis, database, business, redis_url })
    }

    /// The settings of a process of it.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.database.url.clone()),
            ("REDIS_URL", self.redis_url.clone()),
            ("RATIBA_PUBLIC_URL", self.office.url.clone()),
            ("RATIBA_SECRET_KEY", hex::encode("ratiba: known to all, tests only")),
            ("RATIBA_TAKEOVER_SECONDS", "5".to_owned()),
            ("WHATSAPP_APP_SECRET", SECRET.to_owned()),
            ("META_VERIFY_TOKEN", VERIFY.to_owned()),
            ("META_GRAPH_URL", self.meta.base_url().to_owned()),
            ("DARAJA_BASE_URL", self.daraja.base_url().to_owned()),
        ]
    }

    /// Starts a process; one that listens is entered at the front door.
    pub(super) async fn start(&self, arguments: &str) -> Process {
        self.start_with(arguments, &[]).await
    }

    /// The same with more settings.
    pub(super) async fn start_with(
        &self,
        arguments: &str,
        more: &[(&'static str, String)],
    ) -> Process {
        let settings = [self.settings().as_slice(), more].concat();
        let process = Process::start(arguments, &settings).await;
        if !arguments.starts_with("worker") {
            self.office.comes(process.port);
        }
        process
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.business.tenant.id
    }

    /// Our own books.
    pub(super) fn store(&self) -> Arc<dyn TenantStore> {
        self.database.of(self.tenant())
    }

    /// What came in and could not be handled.
    pub(super) async fn dead_letters(&self) -> usize {
        self.database.dead_letters(None, 100).await.unwrap().len()
    }

    /// Asks Safaricom about what is still open, as the job of every half hour does, until every payment of the day is explained. What the
    /// answers call for is done by the processes that run. Gives back what became of each, by its reference.
    pub(super) async fn reconciled(&self) -> BTreeMap<String, Explanation> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (options, key) = (PostgresOptions::new(&self.database.url), SecretKey::for_tests());
        let store = PostgresStore::connect(&options, &key).await.unwrap();
        let mut meta = MetaConfig::new(VERIFY.into(), vec![SECRET.into()]);
        self.meta.base_url().clone_into(&mut meta.graph_url);
        let daraja = DarajaSettings::at(self.daraja.base_url());
        let clerk = Ratiba::builder()
            .store(Arc::new(store))
            .clock(Arc::clone(&clock))
            .channel(Arc::new(WhatsApp::new(&meta, Arc::clone(&clock)).unwrap()))
            .payments(Arc::new(Daraja::new(&daraja, Arc::clone(&clock)).unwrap()))
            .public_url(&self.office.url)
            .build()
            .unwrap();
        let today = clock.now().to_zoned(self.zone()).date();
        let explained = async {
            loop {
                clerk.reconcile(self.tenant()).await.unwrap();
                let report = clerk.day_report(self.tenant(), today).await.unwrap();
                assert!(report.balanced);
                let unsettled = |payment: &DayPayment| match payment.explanation {
                    Explanation::Waiting | Explanation::BeingAsked => true,
                    // Safaricom's word that it is back may have gone to a process that died.
                    Explanation::GivingBack => !self.is_back(&payment.reference),
                    _ => false,
                };
                if !report.payments.iter().any(unsettled) {
                    assert_eq!(report.unexplained, []);
                    return report.payments;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        let payments = tokio::time::timeout(PATIENCE, explained).await.expect("all is explained");
        payments.into_iter().map(|payment| (payment.reference, payment.explanation)).collect()
    }

    /// Whether Safaricom has given back what came with this reference.
    fn is_back(&self, reference: &str) -> bool {
        let book = self.daraja.book();
        let mut came =
            book.lines.iter().filter(|line| line.flow == Flow::Paid && line.reference == reference);
        came.all(|line| book.is_reversed(&line.receipt))
    }

    /// The time in the barbershop.
    pub(super) fn zone(&self) -> TimeZone {
        self.business.tenant.zone.clone()
    }
}

/// The demo barbershop with many chairs, open every day, where it is about eleven in the morning whenever the test runs, so that no
/// quiet hour comes between; every minute can be booked.
fn barbershop(now: Timestamp) -> (Business, Vec<Snippet>) {
    let demo = demo::tenant("demo-barbershop").unwrap();
    let mut business = demo.business;
    let utc_hour = i32::from(now.to_zoned(TimeZone::UTC).hour());
    // Etc/GMT-3 is three hours ahead of Greenwich.
    let ahead = 11 - utc_hour;
    let name = format!("Etc/GMT{}{}", if ahead > 0 { "-" } else { "+" }, ahead.abs());
    business.tenant.zone = TimeZone::get(&name).unwrap();
    let mint = Mint { at: now, seed: 24 };
    let whole_day = business.opening.week.on(Weekday::Monday).to_vec();
    for day in Weekday::Monday.cycle_forward().take(7) {
        business.opening.week.set(day, whole_day.clone());
    }
    business.opening.holidays = HolidayRule::Open(whole_day);
    let first = business.catalogue.staff[0].clone();
    let chair = |n| Staff { id: mint.id(n), name: format!("Chair {n}"), ..first.clone() };
    business.catalogue.staff = (0..CHAIRS).map(chair).collect();
    let everybody: Vec<_> = business.catalogue.staff.iter().map(|staff| staff.id).collect();
    for service in &mut business.catalogue.services {
        service.staff.clone_from(&everybody);
    }
    business.settings.grid_min = 1;
    business.settings.payment_window_min = 1;
    (business, demo.snippets)
}

/// A moment of `now` and so much, at a full minute.
pub(super) fn minute_after(now: Timestamp, later: SignedDuration) -> Timestamp {
    let at = (now + later).as_second();
    Timestamp::from_second(at - at.rem_euclid(60) + 60).unwrap()
}
