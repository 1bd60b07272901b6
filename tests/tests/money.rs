//! Money through the whole engine: every short order of what customers, providers, forgers and clocks do, on a real store. What was really paid is
//! booked or goes back; what was not is never believed; the books say exactly that.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::appointment::{Appointment, AppointmentStatus};
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::id::{PaymentId, TenantId};
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::payment::{Account, Payment, PaymentState};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::engine::{CallbackReceipt, Replayed};
use ratiba_core::payments::ledger::{balance, balances};
use ratiba_core::payments::report::Outcome;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::payment::{Merchant, PaymentProvider};
use ratiba_core::ports::store::{DeadLetterKind, NewTenant, Registry as _, TenantStore};
use ratiba_core::testing::channel::RecordingChannel;
use ratiba_core::testing::{ManualClock, ScriptedOutcome, ScriptedPayments, SeededEntropy};

const WANJIRU: &str = "254712345678";

/// What can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Happens {
    /// The newest payment is paid, and reported.
    Paid,
    /// The newest payment is paid, and nobody is told.
    PaidSilently,
    /// The oldest payment is paid, and reported: the first of two prompts, late.
    OldestPaid,
    /// The newest payment fails, and that is reported.
    Failed,
    /// Somebody makes up that the newest payment is paid.
    Forged,
    /// The customer calls it off.
    CallsOff,
    /// The customer says yes: tries again, or just answers.
    SaysYes,
    /// The customer says no: gives up, or just answers.
    SaysNo,
    /// Six minutes pass.
    Minutes,
}

const ALL: [Happens; 9] = [
    Happens::Paid,
    Happens::PaidSilently,
    Happens::OldestPaid,
    Happens::Failed,
    Happens::Forged,
    Happens::CallsOff,
    Happens::SaysYes,
    Happens::SaysNo,
    Happens::Minutes,
];

struct Shop {
    ratiba: Ratiba,
    clock: Arc<ManualClock>,
    rail: Arc<ScriptedPayments>,
    kind: Rail,
    tenant: TenantId,
    messages: u32,
    /// What really was paid.
    paid: BTreeSet<PaymentId>,
    /// What really failed.
    failed: BTreeSet<PaymentId>,
}

impl Shop {
    /// The customer has agreed to a visit and is asked to pay.
    async fn asking(kind: Rail) -> Self {
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
        Self::asking_in(store, kind).await
    }

    async fn asking_in(store: SqliteStore, kind: Rail) -> Self {
        let store = Arc::new(store);
        let demo = demo::tenant("demo-salon").unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-23T09:00:00+03:00".parse().unwrap()));
        let rail = Arc::new(ScriptedPayments::new(kind));
        let tenant = demo.business.tenant.id;
        let new = NewTenant {
            business: demo.business,
            snippets: demo.snippets,
            accounts: vec![ChannelAccount {
                tenant,
                channel: ChannelKind::Whatsapp,
                account: "shop".to_owned(),
                token: "token".into(),
            }],
            merchants: vec![Merchant { tenant, rail: kind, credentials: "{}".into() }],
            created_at: clock.now(),
        };
        store.create_tenant(&new).await.unwrap();
        let ratiba = Ratiba::builder()
            .store(store)
            .clock(Arc::clone(&clock) as Arc<dyn Clock>)
            .entropy(Arc::new(SeededEntropy::new(7)))
            .channel(Arc::new(RecordingChannel::new(ChannelKind::Whatsapp)))
            .payments(Arc::clone(&rail) as Arc<dyn PaymentProvider>)
            .public_url("https://book.example")
            .build()
            .unwrap();
        let mut shop = Self {
            ratiba,
            clock,
            rail,
            kind,
            tenant,
            messages: 0,
            paid: BTreeSet::new(),
            failed: BTreeSet::new(),
        };
        shop.say("hair treatment tomorrow at 10am").await;
        shop.say(match kind {
            Rail::Mpesa => "yes",
            Rail::Card | Rail::Cash => "by card please",
        })
        .await;
        assert_eq!(shop.payments().await.len(), 1);
        shop
    }

    fn store(&self) -> Arc<dyn TenantStore> {
        self.ratiba.store().of(self.tenant)
    }

    async fn say(&mut self, text: &str) {
        self.messages += 1;
        let address = Address {
            channel: ChannelKind::Whatsapp,
            account: "shop".to_owned(),
            peer: WANJIRU.to_owned(),
        };
        let identity = Identity { channel: ChannelKind::Whatsapp, external_id: WANJIRU.to_owned() };
        let message = InboundMessage {
            provider_id: format!("m{}", self.messages),
            address,
            identities: vec![identity],
            phone: Phone::from_provider(WANJIRU).ok(),
            profile_name: None,
            sent_at: self.clock.now(),
            content: Content::Text { body: text.to_owned() },
        };
        self.ratiba.receive(message).await.unwrap();
        self.ratiba.work_until_idle().await.unwrap();
    }

    /// Oldest first.
    async fn payments(&self) -> Vec<Payment> {
        let mut last = self.store().payments_last(50).await.unwrap();
        last.reverse();
        last
    }

    async fn diary(&self) -> Vec<Appointment> {
        let start = self.clock.now() - SignedDuration::from_hours(24 * 9);
        let end = self.clock.now() + SignedDuration::from_hours(24 * 9);
        let range = ratiba_core::domain::time::TimeWindow { start, end };
        self.store().diary(range).await.unwrap()
    }

    /// Lets time pass, stopping wherever something falls due.
    async fn wait(&self, by: SignedDuration) {
        let target = self.clock.now() + by;
        for _ in 0..1_000 {
            let due = self.ratiba.store().next_due().await.unwrap();
            let Some(due) = due.filter(|due| *due <= target) else { break };
            self.clock.set(due.max(self.clock.now()));
            self.ratiba.work_until_idle().await.unwrap();
        }
        self.clock.set(target);
        self.ratiba.work_until_idle().await.unwrap();
    }

    fn pay(&mut self, payment: &Payment) {
        if self.paid.insert(payment.id) {
            let truth = ScriptedOutcome::Success.truth(payment).remove(0);
            self.rail.happens(payment.id, truth);
        }
    }

    async fn report(&self, payment: &Payment, outcome: ScriptedOutcome) {
        for raw in outcome.callbacks(payment) {
            let told =
                self.ratiba.receive_payment_callback(self.kind, &payment.callback_token, &raw);
            told.await.unwrap();
            self.ratiba.work_until_idle().await.unwrap();
        }
    }

    async fn happens(&mut self, what: Happens) {
        let payments = self.payments().await;
        let (oldest, newest) = (payments[0].clone(), payments[payments.len() - 1].clone());
        match what {
            Happens::Paid => {
                self.pay(&newest);
                self.report(&newest, ScriptedOutcome::Success).await;
            }
            // What M-Pesa has answered as failed is paid no more without a word; a page can be tried again.
            Happens::PaidSilently
                if self.kind == Rail::Mpesa && self.failed.contains(&newest.id) => {}
            Happens::PaidSilently => self.pay(&newest),
            Happens::OldestPaid => {
                self.pay(&oldest);
                self.report(&oldest, ScriptedOutcome::Success).await;
            }
            Happens::Failed => {
                if !self.paid.contains(&newest.id) {
                    let reason = ratiba_core::domain::payment::FailureReason::WrongPin;
                    self.rail.happens(newest.id, Outcome::Failed { reason });
                    self.failed.insert(newest.id);
                }
                self.report(&newest, ScriptedOutcome::WrongPin).await;
            }
            Happens::Forged => self.report(&newest, ScriptedOutcome::Success).await,
            Happens::CallsOff => self.say("cancel").await,
            Happens::SaysYes => self.say("yes").await,
            Happens::SaysNo => self.say("no thanks").await,
            Happens::Minutes => self.wait(SignedDuration::from_mins(6)).await,
        }
    }

    /// A day and a half later, everything that will be known is known.
    async fn audit(&self, story: &[Happens]) {
        self.wait(SignedDuration::from_hours(36)).await;
        let (payments, diary) = (self.payments().await, self.diary().await);
        let ledger = self.store().ledger(None).await.unwrap();
        assert!(balances(&ledger), "{story:?}: the books do not balance");
        let currency = payments[0].amount.currency;
        let returned: i64 = self.rail.refunded().iter().map(|(_, amount)| amount.minor).sum();
        let came: i64 = payments
            .iter()
            .filter(|payment| self.paid.contains(&payment.id))
            .map(|payment| payment.amount.minor)
            .sum();
        let held = balance(&ledger, Account::Provider, currency).minor;
        assert_eq!(held, came - returned, "{story:?}: the books are not what really moved");
        for payment in &payments {
            let state = payment.state.as_str();
            let really = self.paid.contains(&payment.id);
            assert_eq!(payment.received().is_some(), really, "{story:?}: {state}");
            if let PaymentState::Paid { .. } = payment.state {
                let booked = payment.appointments.iter().all(|id| {
                    diary.iter().any(|a| {
                        let kept = [AppointmentStatus::Confirmed, AppointmentStatus::Completed];
                        a.id == *id && kept.contains(&a.status)
                    })
                });
                assert!(booked, "{story:?}: paid, and not booked");
            }
        }
        for appointment in &diary {
            let paid_for = payments.iter().filter(|payment| {
                matches!(payment.state, PaymentState::Paid { .. })
                    && payment.appointments.contains(&appointment.id)
            });
            let sum: i64 = paid_for.map(|payment| payment.amount.minor).sum();
            assert_eq!(appointment.paid.minor, sum, "{story:?}: {:?}", appointment.status);
        }
        self.ratiba.reconcile(self.tenant).await.unwrap();
        let open: Vec<Payment> = self.store().open_payments(self.clock.now(), 50).await.unwrap();
        let gives_back =
            |payment: &Payment| matches!(payment.state, PaymentState::Refunding { .. });
        assert!(open.iter().all(gives_back), "{story:?}: asked about for ever: {open:?}");
        let in_flight = payments.iter().filter(|payment| payment.state.in_flight()).count();
        assert_eq!(in_flight, 0, "{story:?}: somebody still waits");
    }
}

async fn every_story(kind: Rail) {
    for first in ALL {
        for second in ALL {
            for third in ALL {
                let story = [first, second, third];
                let mut shop = Shop::asking(kind).await;
                for what in story {
                    shop.happens(what).await;
                }
                shop.audit(&story).await;
            }
        }
    }
}

#[tokio::test]
async fn whatever_happens_by_mpesa_money_is_booked_or_goes_back() {
    every_story(Rail::Mpesa).await;
}

#[tokio::test]
async fn whatever_happens_by_card_money_is_booked_or_goes_back() {
    every_story(Rail::Card).await;
}

#[tokio::test]
async fn a_receipt_that_was_seen_before_goes_to_a_person() {
    let mut shop = Shop::asking(Rail::Mpesa).await;
    shop.happens(Happens::Failed).await;
    shop.happens(Happens::SaysYes).await;
    let payments = shop.payments().await;
    shop.pay(&payments[1]);
    shop.report(&payments[1], ScriptedOutcome::Success).await;
    // The first prompt is said to be paid with the receipt of the second, and M-Pesa says that it is paid.
    let copied = Payment {
        merchant_reference: payments[1].merchant_reference.clone(),
        ..payments[0].clone()
    };
    let mut report = ScriptedOutcome::Success.reports(&copied).remove(0);
    report.provider_ref.clone_from(&payments[0].provider_ref);
    shop.rail.happens(payments[0].id, report.outcome.clone());
    let raw = serde_json::to_vec(&report).unwrap();
    let token = &payments[0].callback_token;
    shop.ratiba.receive_payment_callback(Rail::Mpesa, token, &raw).await.unwrap();
    shop.ratiba.work_until_idle().await.unwrap();
    let now = shop.payments().await;
    assert_eq!((now[0].state.as_str(), now[1].state.as_str()), ("review", "paid"));
    let ledger = shop.store().ledger(None).await.unwrap();
    let currency = now[0].amount.currency;
    let held = balance(&ledger, Account::Provider, currency).minor;
    assert_eq!(held, now[1].amount.minor, "the receipt counts once");
}

#[tokio::test]
async fn a_lost_timer_and_a_silent_payment_are_found_by_reconciling_and_the_day_is_explained() {
    let mut shop = Shop::asking(Rail::Mpesa).await;
    shop.happens(Happens::PaidSilently).await;
    // Nobody works for an hour: no timer is looked at.
    shop.clock.advance(SignedDuration::from_hours(1));
    let asked = shop.ratiba.reconcile(shop.tenant).await.unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].before, asked[0].after), ("pending", "paid"));
    assert!(shop.ratiba.reconcile(shop.tenant).await.unwrap().is_empty(), "it is explained");
    shop.ratiba.work_until_idle().await.unwrap();
    let day = "2026-11-23".parse().unwrap();
    let report = shop.ratiba.day_report(shop.tenant, day).await.unwrap();
    assert!(report.balanced && report.unexplained.is_empty() && report.tasks.is_empty());
    assert_eq!((report.payments.len(), report.net_minor), (1, 75_000));
}

#[tokio::test]
async fn a_callback_that_can_not_be_stored_is_kept_and_counts_once_it_is_replayed() {
    let home = crate::store::TempDir::new();
    let file = home.file();
    let store = SqliteStore::open(&file, &SecretKey::for_tests()).await.unwrap();
    let mut shop = Shop::asking_in(store, Rail::Mpesa).await;
    let payment = shop.payments().await.remove(0);
    shop.pay(&payment);
    let beside = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query("ALTER TABLE payments RENAME TO payments_away").execute(&beside).await.unwrap();
    let raw = ScriptedOutcome::Success.callbacks(&payment).remove(0);
    let path = &payment.callback_token;
    let taken = shop.ratiba.receive_payment_callback(Rail::Mpesa, path, &raw).await.unwrap();
    assert_eq!(taken, CallbackReceipt::Unrouted, "it is sent once only: an error would lose it");
    let pile = Some(DeadLetterKind::UnroutedCallback);
    let letter = shop.ratiba.store().dead_letters(pile, 9).await.unwrap().remove(0);
    assert!(letter.reason.contains("could not be stored"), "{}", letter.reason);
    shop.ratiba.replay_dead_letter(letter.id).await.unwrap_err();
    sqlx::query("ALTER TABLE payments_away RENAME TO payments").execute(&beside).await.unwrap();
    let replayed = shop.ratiba.replay_dead_letter(letter.id).await.unwrap();
    assert_eq!(replayed, Some(Replayed::Taken));
    assert!(shop.ratiba.store().dead_letters(pile, 9).await.unwrap().is_empty(), "one, settled");
    shop.ratiba.work_until_idle().await.unwrap();
    assert_eq!(shop.payments().await[0].state.as_str(), "paid");
}
