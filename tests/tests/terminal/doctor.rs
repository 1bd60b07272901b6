//! `ratiba doctor`: everything well, everything wrong, and what it says of the real servers.

use std::sync::Arc;

use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::demo;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::TenantId;
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::models::table::ModelTable;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::payment::{Merchant, notices_url};
use ratiba_core::ports::sms::{SmsAccount, SmsRegistry as _};
use ratiba_core::ports::store::{NewTenant, Registry as _, Store as _};
use ratiba_core::sim::africastalking::{AfricasTalkingSim, SimSmsAccount};
use ratiba_core::sim::daraja::{DarajaSim, DarajaSimConfig, SimMerchant};
use ratiba_core::sim::llm::ModelSim;
use ratiba_core::sim::meta::{
    MessagingSim, MessagingSimConfig, MetaSim, MetaSimConfig, Platform, Statuses,
};
use ratiba_core::sim::pesapal::{PesaPalSim, PesaPalSimConfig, SimAccount};
use ratiba_core::testing::conformance::store::Shop;
use serde_json::Value;
use sqlx::Executor as _;

use super::{Env, in_a_file, ratiba};
use crate::hot::redis::{Private, free_port};
use crate::store::TempDir;
use crate::store::postgres::Fresh;

/// What was found of something: its state, and what was said of it.
pub(crate) fn found<'a>(checks: &'a Value, what: &str) -> (&'a str, String) {
    let all = checks.as_array().unwrap();
    let check = all.iter().find(|check| check["what"].as_str().unwrap().starts_with(what));
    let check = check.unwrap_or_else(|| panic!("nothing is said of {what}: {checks:#}"));
    let state = check["state"].as_str().unwrap();
    // Whatever is not well comes with what to do.
    assert_eq!(state == "ok", check["remedy"].is_null(), "{check}");
    (state, check["detail"].as_str().unwrap().to_owned())
}

fn states<'a>(checks: &'a Value, all: &[&str]) -> Vec<&'a str> {
    all.iter().map(|what| found(checks, what).0).collect()
}

/// A barbershop with everything outside that a business can have.
struct Street {
    store: SqliteStore,
    meta: MetaSim,
    instagram: MessagingSim,
    daraja: DarajaSim,
    pesapal: PesaPalSim,
    sms: AfricasTalkingSim,
    anthropic: ModelSim,
    openai: ModelSim,
    tenant: TenantId,
    env: Env,
    _dir: TempDir,
}

const EVERYTHING: [&str; 8] = [
    "demo-barbershop whatsapp",
    "demo-barbershop instagram",
    "demo-barbershop messenger",
    "demo-barbershop daraja",
    "demo-barbershop pesapal",
    "demo-barbershop sms",
    "models of anthropic",
    "models of openai",
];

async fn dms(clock: &Arc<dyn Clock>) -> MessagingSim {
    let sim = MessagingSim::start(MessagingSimConfig {
        platform: Platform::Instagram,
        app_secret: "secret".to_owned(),
        verify_token: "verify".to_owned(),
        receipts: Statuses::UpToRead,
        clock: Arc::clone(clock),
    });
    sim.await.unwrap()
}

impl Street {
    async fn open() -> Self {
        let (store, mut env, dir) = in_a_file().await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let meta = MetaSim::start(MetaSimConfig {
            app_secret: "secret".to_owned(),
            verify_token: "verify".to_owned(),
            statuses: Statuses::UpToRead,
            clock: Arc::clone(&clock),
        });
        let meta = meta.await.unwrap();
        let instagram = dms(&clock).await;
        let daraja = DarajaSim::start(DarajaSimConfig::new(Arc::clone(&clock))).await.unwrap();
        let pesapal = PesaPalSim::start(PesaPalSimConfig::new(Arc::clone(&clock))).await.unwrap();
        let sms = AfricasTalkingSim::start(clock).await.unwrap();
        let anthropic = ModelSim::anthropic("key-a").await.unwrap();
        let openai = ModelSim::openai("key-o").await.unwrap();
        env.extend([
            ("META_GRAPH_URL", meta.base_url().to_owned()),
            ("INSTAGRAM_GRAPH_URL", instagram.base_url().to_owned()),
            ("DARAJA_BASE_URL", daraja.base_url().to_owned()),
            ("PESAPAL_BASE_URL", pesapal.base_url().to_owned()),
            ("AFRICASTALKING_BASE_URL", sms.base_url().to_owned()),
            ("ANTHROPIC_BASE_URL", anthropic.base_url().to_owned()),
            ("OPENAI_BASE_URL", openai.base_url().to_owned()),
            ("ANTHROPIC_API_KEY", "key-a".to_owned()),
            ("OPENAI_API_KEY", "key-o".to_owned()),
            ("META_VERIFY_TOKEN", "verify".to_owned()),
            ("WHATSAPP_APP_SECRET", "secret".to_owned()),
            ("INSTAGRAM_APP_SECRET", "secret".to_owned()),
            ("MESSENGER_APP_SECRET", "secret".to_owned()),
        ]);
        let demo = demo::tenant("demo-barbershop").unwrap();
        let tenant = demo.business.tenant.id;
        let new = NewTenant {
            business: demo.business,
            snippets: demo.snippets,
            accounts: Vec::new(),
            merchants: Vec::new(),
            created_at: SystemClock.now(),
        };
        store.create_tenant(&new).await.unwrap();
        Self {
            store,
            meta,
            instagram,
            daraja,
            pesapal,
            sms,
            anthropic,
            openai,
            tenant,
            env,
            _dir: dir,
        }
    }

    /// Gives the barbershop what the stand-ins know.
    async fn furnish(&self) {
        self.meta.add_number("106", "254711000001", "token-w");
        self.instagram.add_page("178", "token-i");
        // Messenger is asked at the same address, and the question is the same.
        self.meta.add_number("104", "254711000004", "token-m");
        let tenant = self.tenant;
        for (channel, account, token) in [
            (ChannelKind::Whatsapp, "106", "token-w"),
            (ChannelKind::Instagram, "178", "token-i"),
            (ChannelKind::Messenger, "104", "token-m"),
        ] {
            let account = ChannelAccount {
                tenant,
                channel,
                account: account.to_owned(),
                token: token.into(),
            };
            self.store.put_account(&account).await.unwrap();
        }
        let paybill = SimMerchant::paybill("174379");
        let cards = SimAccount::named("barber");
        for (rail, credentials) in
            [(Rail::Mpesa, paybill.credentials()), (Rail::Card, cards.credentials())]
        {
            let merchant = Merchant { tenant, rail, credentials: credentials.into() };
            self.store.put_merchant(&merchant).await.unwrap();
        }
        self.daraja.add_merchant(paybill);
        self.pesapal.add_account(cards);
        self.sms.add_account(SimSmsAccount {
            username: "kinyozi".into(),
            api_key: "key-s".into(),
            sender: None,
        });
        let account = SmsAccount {
            tenant,
            username: "kinyozi".into(),
            api_key: "key-s".into(),
            sender: None,
            delivery_token: "token".into(),
        };
        self.store.put_sms_account(&account).await.unwrap();
        let data = self.store.of(tenant);
        let document = data.business().await.unwrap().unwrap();
        let mut business = document.business.as_ref().clone();
        business.admins = vec![Phone::from_provider("254700000009").unwrap()];
        assert!(data.save_business(document.version, &business, SystemClock.now()).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_street_where_all_is_well_is_told_so() {
    let street = Street::open().await;
    street.furnish().await;
    let (code, checks) = ratiba(&["doctor"], &street.env).await;
    assert_eq!(code, 0, "{checks:#}");
    // No card was ever charged, so PesaPal has not heard of our address.
    let mut wanted = ["ok"; 8];
    wanted[4] = "warning";
    assert_eq!(states(&checks, &EVERYTHING), wanted, "{checks:#}");
    assert!(found(&checks, EVERYTHING[5]).1.contains("KES 10,000"), "{checks:#}");
    assert_eq!(found(&checks, "tenant demo-barbershop").0, "ok");
    assert_eq!(found(&checks, "public address").0, "ok");
    let shown = checks.to_string();
    for secret in ["token-i", "key-a", "key-s", "secret-174379", "secret-barber"] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }

    // As the first order does.
    let merchant = street.store.merchant(street.tenant, Rail::Card).await.unwrap().unwrap();
    street.pesapal.register(&SimAccount::named("barber"), &address_of(&merchant));
    let (_, checks) = ratiba(&["doctor", "--tenant", "demo-barbershop"], &street.env).await;
    assert_eq!(found(&checks, EVERYTHING[4]).0, "ok", "{checks:#}");
}

/// Where PesaPal is to notify us.
fn address_of(merchant: &Merchant) -> String {
    use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
    use ratiba_core::ports::payment::PaymentProvider as _;
    use secrecy::ExposeSecret as _;

    let rail = PesaPal::new(&PesaPalSettings::at("http://localhost"), Arc::new(SystemClock));
    let rail = rail.unwrap();
    let token = rail.notices().unwrap().token(merchant).unwrap();
    notices_url("https://book.example.co.ke", "pesapal", token.expose_secret())
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_refused_is_named_with_what_to_do() {
    let mut street = Street::open().await;
    street.furnish().await;
    street.meta.revoke_token("106", true);
    street.instagram.revoke_token("178", true);
    street.meta.revoke_token("104", true);
    let wrong = |rail, credentials: String| Merchant {
        tenant: street.tenant,
        rail,
        credentials: credentials.into(),
    };
    let unknown = wrong(Rail::Mpesa, SimMerchant::paybill("600100").credentials());
    street.store.put_merchant(&unknown).await.unwrap();
    let unknown = wrong(Rail::Card, SimAccount::named("nobody").credentials());
    street.store.put_merchant(&unknown).await.unwrap();
    street.sms.set_balance(1_000);
    for (name, value) in &mut street.env {
        if *name == "ANTHROPIC_API_KEY" {
            *value = "key-of-yesterday".to_owned();
        }
    }
    let (code, checks) = ratiba(&["doctor"], &street.env).await;
    assert_eq!(code, 1, "{checks:#}");
    let seen = states(&checks, &EVERYTHING);
    assert_eq!(
        seen,
        ["failure", "failure", "failure", "failure", "failure", "warning", "failure", "ok"],
        "{checks:#}"
    );
    assert!(found(&checks, EVERYTHING[0]).1.contains("190"), "{checks:#}");

    // Nobody outside is asked: nothing outside can be wrong.
    let (_, checks) = ratiba(&["doctor", "--offline"], &street.env).await;
    assert!(!checks.to_string().contains("whatsapp 106"), "{checks:#}");
}

/// A model of a provider that some role is to ask.
fn first_of(provider: &str) -> String {
    let table = ModelTable::builtin().unwrap();
    let mut names = table.routes.values().flat_map(|route| &route.chain);
    let of_it = |name: &&String| table.model(name).unwrap().provider == provider;
    names.find(of_it).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_ends_and_a_provider_that_is_away_are_warnings() {
    let mut street = Street::open().await;
    let (model, other) = (first_of("anthropic"), first_of("openai"));
    street.anthropic.end_of(&model, Some("2026-12-31T00:00:00Z"));
    street.openai.end_of(&other, None);
    street.env.retain(|(name, _)| *name != "INSTAGRAM_APP_SECRET");
    let (_, checks) = ratiba(&["doctor"], &street.env).await;
    let (state, detail) = found(&checks, "models of anthropic");
    assert!(state == "warning" && detail.contains("retires 2026-12-31"), "{checks:#}");
    let (state, detail) = found(&checks, "models of openai");
    assert!(state == "warning" && detail.contains(&other), "{checks:#}");
    street.openai.stop().await;
    let (_, checks) = ratiba(&["doctor"], &street.env).await;
    let (state, detail) = found(&checks, "models of openai");
    assert!(state == "warning" && detail.contains("reached"), "{checks:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_looked_at_from_its_version_to_what_it_forgets() {
    let Some(redis) = Private::start(&["--maxmemory", "64mb"]).await else { return };
    let (_store, mut env, _dir) = in_a_file().await;
    env.push(("REDIS_URL", redis.url()));
    let (code, checks) = ratiba(&["doctor", "--offline"], &env).await;
    let place = format!("Redis 127.0.0.1:{}", redis.port);
    let memory = format!("{place} memory");
    assert_eq!(code, 0, "{checks:#}");
    assert_eq!(states(&checks, &[&place, &memory]), ["ok", "ok"], "{checks:#}");
    assert!(found(&checks, &place).1.contains(" ms"), "{checks:#}");

    assert_eq!(redis.command("CONFIG SET maxmemory-policy allkeys-lru").await, "+OK");
    let (code, checks) = ratiba(&["doctor", "--offline"], &env).await;
    assert_eq!((code, found(&checks, &memory).0), (0, "warning"), "{checks:#}");

    assert_eq!(redis.command("CONFIG SET requirepass hunter2").await, "+OK");
    let (code, checks) = ratiba(&["doctor", "--offline"], &env).await;
    assert_eq!((code, found(&checks, &place).0), (1, "failure"), "{checks:#}");

    env.pop();
    env.push(("REDIS_URL", format!("redis://127.0.0.1:{}", free_port())));
    let (code, checks) = ratiba(&["doctor", "--offline"], &env).await;
    let (state, detail) = found(&checks, "Redis 127.0.0.1");
    assert!(code == 1 && state == "failure" && detail.contains("reached"), "{checks:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_looked_at_from_its_version_to_each_chain() {
    let Some(fresh) = Fresh::empty().await else { return };
    let env = vec![
        ("DATABASE_URL", fresh.url.clone()),
        ("RATIBA_SECRET_KEY", hex::encode("ratiba: known to all, tests only")),
    ];
    let chains = ["database", "connections", "schema of the registry", "schemas of tenants"];
    let (code, checks) = ratiba(&["doctor", "--offline"], &env).await;
    assert_eq!(code, 1, "{checks:#}");
    assert_eq!(states(&checks, &chains), ["ok", "ok", "failure", "ok"], "{checks:#}");
    assert!(found(&checks, "connections").1.contains("opens up to 20"), "{checks:#}");

    fresh.bring_up_to_date().await;
    Shop::open(&*fresh).await;
    let behind = "
        DROP SCHEMA tenant_demo_barbershop CASCADE;
        CREATE SCHEMA tenant_demo_barbershop;
        UPDATE public.tenant_schemas SET version = 0 WHERE schema_name = 'tenant_demo_barbershop'";
    fresh.behind().await.execute(sqlx::raw_sql(behind)).await.unwrap();
    let (code, checks) = ratiba(&["doctor", "--offline"], &env).await;
    assert_eq!(code, 1, "{checks:#}");
    assert_eq!(states(&checks, &chains), ["ok", "ok", "ok", "failure"], "{checks:#}");

    let (code, status) = ratiba(&["migrate", "--status"], &env).await;
    let first = &status["tenants"][0];
    assert_eq!((code, &first["at"]), (1, &0.into()), "{status}");
    let pending = first["pending"].as_array().unwrap().len() as u64;
    assert_eq!(first["newest"].as_u64(), Some(pending), "{status}");

    let (code, report) = ratiba(&["migrate"], &env).await;
    assert_eq!((code, &report["migrated"]), (0, &1.into()), "{report}");
    let (code, status) = ratiba(&["migrate", "--status"], &env).await;
    assert_eq!((code, &status["registry"]["pending"]), (0, &serde_json::json!([])), "{status}");
    let (_, checks) = ratiba(&["doctor", "--offline"], &env).await;
    assert_eq!(states(&checks, &chains), ["ok"; 4], "{checks:#}");
}

#[tokio::test]
async fn a_database_that_is_away_is_told_and_the_rest_is_looked_at_all_the_same() {
    let env = vec![
        ("DATABASE_URL", format!("postgres://ratiba@127.0.0.1:{}/ratiba", free_port())),
        ("RATIBA_SECRET_KEY", hex::encode("ratiba: known to all, tests only")),
    ];
    let (code, checks) = ratiba(&["doctor"], &env).await;
    assert_eq!((code, found(&checks, "database").0), (1, "failure"));
    assert_eq!(found(&checks, "Redis").0, "ok");
    assert_eq!(found(&checks, "models").0, "ok");
}
