//! Tenants as a whole: made all or nothing wherever it breaks, exported whole, dead letters taken again, a person forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::Mint;
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::{Business, Rail, TenantStatus};
use ratiba_core::engine::Replayed;
use ratiba_core::ports::api_keys::ApiKey;
use ratiba_core::ports::archive::Reap;
use ratiba_core::ports::channel::{ChannelAccount, StatusReport};
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::store::{DeadLetter, DeadLetterKind, NewTenant, Registry as _, Store};
use ratiba_core::ports::whole::ErasureOutcome;
use ratiba_core::tenancy::export::export;
use ratiba_core::tenancy::onboard::{OnboardError, Step, onboard};
use ratiba_core::tenancy::privacy;
use ratiba_core::tenancy::wish::{self, Wish, WishedAccount, WishedMerchant};
use ratiba_core::testing::ScriptedOutcome;

use super::gate::{Death, Gate};
use super::world::{BOOK, CUSTOMER, World};

/// A provider with which something is registered for each tenant.
#[derive(Debug)]
struct Provider {
    name: &'static str,
    registered: Mutex<BTreeSet<String>>,
    /// Registers, and then says that it failed.
    fails: bool,
    sticks: AtomicUsize,
}

impl Provider {
    fn new(name: &'static str, fails: bool) -> Arc<Self> {
        let (registered, sticks) = (Mutex::default(), AtomicUsize::new(0));
        Arc::new(Self { name, registered, fails, sticks })
    }

    fn count(&self) -> usize {
        self.registered.lock().unwrap().len()
    }
}

#[async_trait]
impl Step for Provider {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn apply(&self, business: &Business) -> Result<(), Fault> {
        self.registered.lock().unwrap().insert(business.tenant.id.to_string());
        if self.fails { Err(Fault::new(FaultKind::Transient, "no answer")) } else { Ok(()) }
    }

    async fn undo(&self, business: &Business) -> Result<(), Fault> {
        if self.sticks.load(Ordering::SeqCst) > 0 {
            self.sticks.fetch_sub(1, Ordering::SeqCst);
            return Err(Fault::new(FaultKind::Transient, "no answer"));
        }
        self.registered.lock().unwrap().remove(&business.tenant.id.to_string());
        Ok(())
    }
}

fn steps(providers: &[Arc<Provider>]) -> Vec<Arc<dyn Step>> {
    providers.iter().map(|step| Arc::clone(step) as Arc<dyn Step>).collect()
}

/// What is wanted, with another id each time.
fn wanted(world: &World, seed: u64) -> NewTenant {
    let wish = Wish {
        admins: vec!["0700 000 009".into()],
        accounts: vec![WishedAccount {
            channel: "whatsapp".into(),
            account: "another".into(),
            token: "t".into(),
        }],
        merchants: vec![WishedMerchant { rail: "mpesa".into(), credentials: "{}".into() }],
        ..Wish::new("duka", "Duka la Nywele", "salon")
    };
    let now = world.clock.now();
    wish::read(&wish, Mint { at: now, seed }, now).unwrap()
}

/// Nothing of the new tenant is there: not in the registry, not under its accounts.
async fn nothing_is_left(store: &dyn Store) {
    let tenants = store.tenants().await.unwrap();
    let slugs: Vec<_> = tenants.iter().map(|tenant| tenant.slug.as_str()).collect();
    assert_eq!(slugs, ["demo-barbershop"]);
    for (channel, account) in [(ChannelKind::Whatsapp, "another"), (ChannelKind::Web, "duka")] {
        assert!(store.account(channel, account).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_onboarding_that_fails_at_any_step_leaves_nothing() {
    for failing in 0..3 {
        let world = World::new().await;
        let store = world.open().await;
        let providers: Vec<_> = ["webhook", "ipn", "realm"]
            .into_iter()
            .enumerate()
            .map(|(n, name)| Provider::new(name, n == failing))
            .collect();
        let made = onboard(&store, &steps(&providers), wanted(&world, 7), world.clock.now()).await;
        match made {
            Err(OnboardError::Step { step, left, .. }) => {
                assert_eq!(step, providers[failing].name);
                assert!(left.is_empty());
            }
            other => panic!("{other:?}"),
        }
        nothing_is_left(&store).await;
        assert!(providers.iter().all(|provider| provider.count() == 0));
    }
}

#[tokio::test]
async fn an_onboarding_whose_name_or_account_is_taken_touches_nothing_outside() {
    let world = World::new().await;
    let store = world.open().await;
    let provider = Provider::new("webhook", false);
    let mut new = wanted(&world, 7);
    new.accounts[1].account = "shop".into();
    let made = onboard(&store, &steps(&[Arc::clone(&provider)]), new, world.clock.now()).await;
    assert!(matches!(made, Err(OnboardError::Store(_))), "{made:?}");
    nothing_is_left(&store).await;
    assert_eq!(provider.count(), 0);
}

#[tokio::test]
async fn a_process_that_dies_while_onboarding_leaves_what_the_next_attempt_clears_away() {
    let mut deaths = 0;
    for at in 1.. {
        let world = World::new().await;
        let gate = Gate::dying(at, if at % 2 == 0 { Death::Before } else { Death::After });
        let providers = [Provider::new("webhook", false), Provider::new("ipn", false)];
        let mortal = world.process_behind(&gate, 1).await;
        let store = Arc::clone(mortal.store());
        let (steps, now) = (steps(&providers), world.clock.now());
        let died = tokio::select! {
            biased;
            () = gate.death() => true,
            made = onboard(store.as_ref(), &steps, wanted(&world, 7), now) => { made.unwrap(); false }
        };
        if !died {
            break;
        }
        deaths += 1;
        let store = world.open().await;
        world.clock.advance(SignedDuration::from_mins(11));
        let again = onboard(&store, &steps, wanted(&world, 8), world.clock.now()).await;
        let tenants = store.tenants().await.unwrap();
        let duka: Vec<_> = tenants.iter().filter(|t| t.slug.as_str() == "duka").collect();
        assert_eq!(duka.len(), 1, "death at call {at}");
        // Either the first attempt had come to its end but for the last word, or the second made it anew; in both cases once.
        match again {
            Ok(made) => {
                assert_eq!(made.tenant.id, duka[0].id);
                assert_eq!(duka[0].status, TenantStatus::Active);
            }
            Err(OnboardError::Store(_)) => {
                assert!(gate.calls().contains(&"finish_job"), "death at call {at}");
                store.set_status(duka[0].id, TenantStatus::Active).await.unwrap();
            }
            Err(other) => panic!("death at call {at}: {other:?}"),
        }
        assert!(providers.iter().all(|provider| provider.count() == 1), "death at call {at}");
    }
    assert!(deaths >= 4, "{deaths}");
}

#[tokio::test]
async fn what_could_not_be_undone_is_told_and_undone_by_the_next_attempt() {
    let world = World::new().await;
    let store = world.open().await;
    let providers = [Provider::new("webhook", false), Provider::new("ipn", true)];
    providers[0].sticks.store(1, Ordering::SeqCst);
    let made = onboard(&store, &steps(&providers), wanted(&world, 7), world.clock.now()).await;
    let Err(OnboardError::Step { left, .. }) = made else { panic!("{made:?}") };
    assert_eq!(left, ["webhook"]);
    let now = world.clock.now();
    let soon = onboard(&store, &steps(&providers), wanted(&world, 8), now).await;
    assert!(matches!(soon, Err(OnboardError::UnderWay)), "{soon:?}");
    world.clock.advance(SignedDuration::from_mins(11));
    let mended = [Arc::clone(&providers[0]), Provider::new("ipn", false)];
    let now = world.clock.now();
    let made = onboard(&store, &steps(&mended), wanted(&world, 8), now).await.unwrap();
    assert_eq!(made.tenant.status, TenantStatus::Active);
    assert_eq!(mended.iter().map(|provider| provider.count()).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn a_tenant_that_somebody_suspended_is_never_cleared_away() {
    let world = World::new().await;
    let store = world.open().await;
    let providers = [Provider::new("webhook", false)];
    for (seed, with) in [(7, &steps(&[])), (8, &steps(&providers))] {
        let made = onboard(&store, with, wanted(&world, seed), world.clock.now()).await.unwrap();
        store.set_status(made.tenant.id, TenantStatus::Suspended).await.unwrap();
        world.clock.advance(SignedDuration::from_hours(24));
        let again = onboard(&store, &steps(&providers), wanted(&world, 9), world.clock.now()).await;
        assert!(matches!(again, Err(OnboardError::Store(_))), "{again:?}");
        assert!(store.tenant(made.tenant.id).await.unwrap().is_some());
        store.delete_tenant(made.tenant.id).await.unwrap();
    }
}

/// The names of all tables that carry a tenant, from the migrations.
fn tables() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for chain in ["registry", "tenant"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(chain);
        for file in std::fs::read_dir(folder.join("sqlite")).unwrap() {
            let sql = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for definition in sql.split("CREATE TABLE ").skip(1) {
                let (name, body) = definition.split_once(' ').unwrap();
                if body.split(") STRICT").next().unwrap().contains("tenant_id ") {
                    found.insert(name.to_owned());
                }
            }
        }
    }
    found
}

/// The barbershop after a paid booking, an unanswered question, a conversation in the archive, and a row in everything else.
async fn lived(world: &World) -> ratiba_core::Ratiba {
    let process = world.process(1).await;
    let store = world.of(&process);
    world.say(&process, "m1", BOOK).await;
    world.say(&process, "m2", "yes").await;
    world.till.asked()[0].pay(&process).await;
    process.work_until_idle().await.unwrap();
    let other = world.message("254733000001", "m3", "Do you sell unicorns?");
    process.receive(other).await.unwrap();
    process.work_until_idle().await.unwrap();
    let admin = process.business(world.tenant()).await.unwrap().admins[0].clone();
    process.admin_says(world.tenant(), &admin, "/cancel Wanjiru", "a1").await.unwrap();
    let now = world.clock.now();
    let moved = store.reap(Reap::Conversations, now + SignedDuration::from_secs(1), now, 9).await;
    assert_eq!(moved.unwrap(), 1, "only the one without an appointment");
    let early = StatusReport {
        account: "shop".into(),
        provider_id: "wamid.nobodys".into(),
        outbox: None,
        outcome: Ok(ratiba_core::domain::message::Delivery::Read),
        at: now,
    };
    store.record_status(&early).await.unwrap();
    let mint = process.mint();
    let key =
        ApiKey { id: mint.id(0), tenant: world.tenant(), label: "till".into(), created_at: now };
    process.store().put_api_key(&key, "hash-of-a-key").await.unwrap();
    process.run_due_jobs().await.unwrap();
    process
}

#[tokio::test]
async fn an_archive_holds_every_table_and_no_secret() {
    let world = World::new().await;
    let process = lived(&world).await;
    let slug = "demo-barbershop".parse().unwrap();
    let mut archive = Vec::new();
    let now = world.clock.now();
    let manifest = export(world.of(&process).as_ref(), &slug, now, &mut archive).await.unwrap();
    let exported: BTreeSet<_> = manifest.rows.keys().map(|table| (*table).to_owned()).collect();
    let mut missing: Vec<_> = tables().difference(&exported).cloned().collect();
    missing.retain(|table| !EMPTY.contains(&table.as_str()));
    assert_eq!(missing, Vec::<String>::new(), "tables without a row in the archive");

    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    let mut all = String::new();
    let mut files = BTreeSet::new();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive.as_slice()));
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if let Some((table, _)) = name.split_once('/') {
            for line in text.lines() {
                let row: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(line).unwrap();
                assert!(!row.is_empty());
                *counted.entry(table.to_owned()).or_default() += 1;
            }
            files.insert(name);
        }
        all.push_str(&text);
    }
    let promised: BTreeMap<_, _> =
        manifest.rows.iter().map(|(table, rows)| ((*table).to_owned(), *rows)).collect();
    assert_eq!(counted, promised);
    assert_eq!(files, manifest.files.keys().cloned().collect());
    let callback = &world.till.asked()[0].payment.callback_token;
    for secret in [callback.as_str(), "hash-of-a-key"] {
        assert!(!all.contains(secret), "a secret is in the archive");
    }
    assert!(all.contains("unicorns") && all.contains("PAYMENT_CONFIRMED"));
}

/// Tables that this shop's life puts no row into.
const EMPTY: &[&str] = &[
    "waits",
    "proofs",
    "customer_merges",
    "model_calls",
    "model_budgets",
    "sms",
    "sms_blocked",
    "sms_accounts",
];

#[tokio::test]
async fn a_forgotten_person_is_in_no_row_of_the_tenant() {
    let world = World::new().await;
    let process = lived(&world).await;
    let store = world.of(&process);
    let phone = Phone::from_provider(CUSTOMER).unwrap();
    let found = privacy::export(store.as_ref(), &phone).await.unwrap();
    let text = serde_json::to_string(&found).unwrap();
    assert!(text.contains("Wanjiru") && text.contains("haircut tomorrow"));
    let booked = world.diary(&process).await;
    let customer = world.customer(&process, CUSTOMER).await;
    assert!(customer.name.is_some());
    let ledger = store.ledger(None).await.unwrap();
    assert!(!ledger.is_empty());

    let erased = privacy::erase(store.as_ref(), &phone, world.clock.now()).await.unwrap();
    assert!(matches!(erased, Some(ErasureOutcome::Erased(_))), "{erased:?}");
    let mut archive = Vec::new();
    let slug = "demo-barbershop".parse().unwrap();
    export(store.as_ref(), &slug, world.clock.now(), &mut archive).await.unwrap();
    let mut all = String::new();
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive.as_slice()));
    for entry in tar.entries().unwrap() {
        entry.unwrap().read_to_string(&mut all).unwrap();
    }
    for trace in [&CUSTOMER[3..], "haircut tomorrow"] {
        let row = all.lines().find(|line| line.contains(trace));
        assert_eq!(row, None, "`{trace}` is still there");
    }
    assert_eq!(store.customer(customer.id).await.unwrap().unwrap().name, None);
    assert!(all.contains("unicorns"), "others are as they were");
    assert_eq!(world.diary(&process).await, booked);
    assert_eq!(store.ledger(None).await.unwrap(), ledger);
    assert!(privacy::erase(store.as_ref(), &phone, world.clock.now()).await.unwrap().is_none());
}

fn letter(world: &World, kind: DeadLetterKind, source: &str, raw: Vec<u8>) -> DeadLetter {
    DeadLetter {
        id: Mint { at: world.clock.now(), seed: 77 }.id(0),
        kind,
        source: source.into(),
        reason: "of a test".into(),
        raw: String::from_utf8(raw).unwrap(),
        token: None,
        received_at: world.clock.now(),
        settled_at: None,
        dismissed_because: None,
    }
}

#[tokio::test]
async fn a_message_for_nobody_is_taken_once_its_tenant_is_known() {
    let world = World::new().await;
    let process = world.process(1).await;
    let mut message = world.message("254733000001", "m1", "Hello");
    message.address.account = "new-number".into();
    let raw = serde_json::to_vec(&message).unwrap();
    let letter = letter(&world, DeadLetterKind::Quarantine, "whatsapp", raw);
    process.store().bury(&letter).await.unwrap();
    let replay = async || process.replay_dead_letter(letter.id).await.unwrap();
    assert!(matches!(replay().await, Some(Replayed::StillDead(_))));
    let account = ChannelAccount {
        tenant: world.tenant(),
        channel: ChannelKind::Whatsapp,
        account: "new-number".into(),
        token: "t".into(),
    };
    process.store().put_account(&account).await.unwrap();
    assert_eq!(replay().await, Some(Replayed::Taken));
    process.work_until_idle().await.unwrap();
    assert_eq!(world.phones.got_by("254733000001").len(), 1);
    assert_eq!(replay().await, Some(Replayed::SettledBefore));
    process.work_until_idle().await.unwrap();
    assert_eq!(world.phones.got_by("254733000001").len(), 1, "nobody is answered twice");
    assert_eq!(process.store().dead_letters(None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_lost_callback_settles_its_payment_once_when_replayed() {
    let world = World::new().await;
    let process = world.process(1).await;
    world.say(&process, "m1", BOOK).await;
    world.say(&process, "m2", "yes").await;
    let asked = world.till.asked().remove(0);
    asked.is_paid();
    let raw = ScriptedOutcome::Success.callbacks(&asked.payment).remove(0);
    let buried = async |token: &str| {
        process.receive_payment_callback(Rail::Mpesa, token, &raw).await.unwrap();
        process.store().dead_letters(None, 9).await.unwrap()
    };
    // It came to a token that nobody knows: it is kept with that token, and stays dead.
    let stray = buried("0123").await.remove(0);
    assert_eq!((stray.source.as_str(), stray.token.as_deref()), ("daraja/payment", Some("0123")));
    let outcome = process.replay_dead_letter(stray.id).await.unwrap();
    assert!(matches!(outcome, Some(Replayed::StillDead(_))), "{outcome:?}");
    assert_eq!(process.store().dead_letters(None, 9).await.unwrap().len(), 1, "not buried again");

    let lost = DeadLetter {
        token: Some(asked.payment.callback_token.clone()),
        ..letter(&world, DeadLetterKind::UnroutedCallback, "daraja/payment", raw.clone())
    };
    process.store().bury(&lost).await.unwrap();
    assert_eq!(process.replay_dead_letter(lost.id).await.unwrap(), Some(Replayed::Taken));
    process.work_until_idle().await.unwrap();
    assert_eq!(world.state(&process).await, "PAYMENT_CONFIRMED");
    let balance: i64 =
        world.of(&process).ledger(None).await.unwrap().iter().map(|row| row.amount.minor).sum();
    assert_eq!(balance, 0);
    assert_eq!(process.replay_dead_letter(lost.id).await.unwrap(), Some(Replayed::SettledBefore));
}
