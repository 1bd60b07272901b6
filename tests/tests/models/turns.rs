//! Whole turns with models behind the ear: what is asked, what is believed, what a slow, costly or lying model does.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::Ratiba;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::demo;
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::customer::Identity;
use ratiba_core::domain::id::TenantId;
use ratiba_core::domain::message::{Content, InboundMessage};
use ratiba_core::domain::phone::Phone;
use ratiba_core::domain::tenant::{Business, Rail};
use ratiba_core::models::prompt::Prompt;
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::llm::LlmFaultKind;
use ratiba_core::ports::store::{NewTenant, Registry as _, Store as _, StoredThread, TenantStore};
use ratiba_core::testing::channel::RecordingChannel;
use ratiba_core::testing::{
    ManualClock, ModelTrouble, ScriptedModel, ScriptedPayments, SeededEntropy,
};
use serde_json::{Value, json};

use super::rig::now;

const PEER: &str = "254712345678";

pub(super) struct Shop {
    pub(super) ratiba: Ratiba,
    clock: Arc<ManualClock>,
    pub(super) channel: Arc<RecordingChannel>,
    pub(super) model: ScriptedModel,
    pub(super) tenant: TenantId,
    pub(super) store: Arc<dyn TenantStore>,
    messages: u32,
}

impl Shop {
    pub(super) async fn open(slug: &str) -> Self {
        Self::changed(slug, |_| {}).await
    }

    pub(super) async fn changed(slug: &str, change: impl FnOnce(&mut Business)) -> Self {
        Self::with(slug, change, SignedDuration::from_secs(60)).await
    }

    async fn with(
        slug: &str,
        change: impl FnOnce(&mut Business),
        patience: SignedDuration,
    ) -> Self {
        let mut fixture = demo::tenant(slug).unwrap();
        change(&mut fixture.business);
        let tenant = fixture.business.tenant.id;
        let store = Arc::new(SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap());
        store
            .create_tenant(&NewTenant {
                business: fixture.business,
                snippets: fixture.snippets,
                accounts: vec![ChannelAccount {
                    tenant,
                    channel: ChannelKind::Whatsapp,
                    account: "acc".to_owned(),
                    token: "t".into(),
                }],
                merchants: vec![],
                created_at: now(),
            })
            .await
            .unwrap();
        let own = store.of(tenant);
        let clock = Arc::new(ManualClock::at(now()));
        let channel = Arc::new(RecordingChannel::new(ChannelKind::Whatsapp));
        let model = ScriptedModel::named("anthropic");
        let ratiba = Ratiba::builder()
            .store(store)
            .clock(Arc::clone(&clock) as _)
            .entropy(Arc::new(SeededEntropy::new(3)))
            .channel(Arc::clone(&channel) as _)
            .payments(Arc::new(ScriptedPayments::new(Rail::Mpesa)))
            .public_url("https://turns.example")
            .llm(Arc::new(model.clone()))
            .model_patience(patience)
            .build()
            .unwrap();
        Self { ratiba, clock, channel, model, tenant, store: own, messages: 0 }
    }

    /// A customer writes; what they are told.
    pub(super) async fn say(&mut self, text: &str) -> String {
        let before = self.channel.sent().len();
        self.messages += 1;
        let message = InboundMessage {
            provider_id: format!("m{}", self.messages),
            address: Address {
                channel: ChannelKind::Whatsapp,
                account: "acc".to_owned(),
                peer: PEER.to_owned(),
            },
            identities: vec![Identity {
                channel: ChannelKind::Whatsapp,
                external_id: PEER.to_owned(),
            }],
            phone: Phone::from_provider(PEER).ok(),
            profile_name: Some("Achieng Otieno".to_owned()),
            sent_at: self.ratiba.now(),
            content: Content::Text { body: text.to_owned() },
        };
        self.ratiba.receive(message).await.unwrap();
        self.ratiba.work_until_idle().await.unwrap();
        self.told(before)
    }

    fn told(&self, before: usize) -> String {
        let all = self.channel.sent();
        let own = all[before..].iter().filter(|sent| sent.to.peer == PEER);
        own.map(|sent| sent.reply.text.as_str()).collect::<Vec<_>>().join("\n---\n")
    }

    async fn thread(&self) -> StoredThread {
        self.store.threads(10).await.unwrap().remove(0)
    }

    /// Every conversation comes out the same when it is taken again without a model.
    pub(super) async fn replays(&self) {
        let asked = self.model.asked().len();
        for thread in self.store.threads(10).await.unwrap() {
            let report = self.ratiba.replay(self.tenant, thread.id).await.unwrap();
            assert_eq!(report.differences, []);
        }
        assert_eq!(self.model.asked().len(), asked, "a replay asks nobody");
    }
}

fn intent(intent: &str) -> Value {
    json!({"intent": intent, "language": "sw", "sentiment": "neutral", "certainty": "high"})
}

fn values(changes: &Value) -> Value {
    let mut values = json!({"service": null, "staff": null, "date": null, "time": null, "part_of_day": null, "choice": null});
    for (name, value) in changes.as_object().unwrap() {
        values[name] = value.clone();
    }
    values
}

/// Words that the ear makes nothing of.
const ODD: &str = "nifanyie ile maajabu ya sherehe";
/// A question that no snippet of any demo tenant meets.
const NOVEL: &str = "may my uncle land his helicopter on your roof?";

#[tokio::test]
async fn what_the_ear_is_sure_of_asks_nobody() {
    let mut shop = Shop::open("demo-barbershop").await;
    shop.say("Hi I want to book a haircut tomorrow at 3pm").await;
    shop.say("do you have parking?").await;
    shop.say("what time do you open on sunday").await;
    assert!(shop.model.asked().is_empty(), "{:?}", shop.model.asked());
}

#[tokio::test]
async fn what_it_is_not_sure_of_is_asked_and_the_answer_is_in_the_record() {
    let mut shop = Shop::open("demo-salon").await;
    shop.model.rule(ModelRule::new(Role::Classify, "sherehe", intent("book")));
    let found = values(&json!({"service": "s5", "date": "2026-11-24", "time": "15:00"}));
    shop.model.rule(ModelRule::new(Role::Extract, "sherehe", found));
    let told = shop.say(ODD).await;
    assert_eq!(shop.thread().await.state_name, "CONFIRM", "{told}");
    assert_eq!(shop.model.asked().len(), 2);
    shop.replays().await;
}

#[tokio::test]
async fn an_answer_that_names_what_is_not_there_is_refused() {
    let mut shop = Shop::open("demo-salon").await;
    shop.model.rule(ModelRule::new(Role::Classify, "sherehe", intent("book")));
    let found = values(&json!({"service": "s77", "date": "2026-11-24", "time": "15:00"}));
    shop.model.rule(ModelRule::new(Role::Extract, "sherehe", found));
    shop.say(ODD).await;
    assert_eq!(shop.thread().await.state_name, "COLLECT_SERVICE");
}

#[tokio::test]
async fn with_every_model_down_the_turn_is_as_without_one() {
    let mut with = Shop::open("demo-salon").await;
    with.model.trouble_always(Some(ModelTrouble::Fails(LlmFaultKind::Overloaded)));
    let mut without = Shop::changed("demo-salon", |b| b.settings.models.enabled = false).await;
    for text in [ODD, NOVEL, "nataka kusuka kesho saa tisa"] {
        assert_eq!(with.say(text).await, without.say(text).await, "{text}");
    }
    assert!(!with.model.asked().is_empty() && without.model.asked().is_empty());
}

#[tokio::test]
async fn no_model_sees_a_phone_a_name_or_an_id() {
    let mut shop = Shop::open("demo-salon").await;
    shop.say("Achieng anataka ile maajabu ya sherehe, achi@mail.co.ke, kadi ya shule 88123456")
        .await;
    let asked = shop.model.asked();
    assert!(!asked.is_empty());
    for request in &asked {
        let words = request.words();
        for secret in ["Achieng", "88123456", "achi@mail", PEER] {
            assert!(!words.contains(secret), "{secret}: {words}");
        }
        assert!(request.subject.starts_with("tnt_"));
    }
}

#[tokio::test]
async fn the_system_part_of_a_role_is_the_same_bytes_for_all_tenants() {
    let mut seen = Vec::new();
    for slug in ["demo-barbershop", "demo-salon", "demo-dental"] {
        let mut shop = Shop::open(slug).await;
        shop.model.rule(ModelRule::new(Role::Classify, "", intent("other")));
        shop.say(NOVEL).await;
        seen.extend(shop.model.asked());
    }
    for role in [Role::Classify, Role::ShapeAnswer] {
        let systems: Vec<&str> =
            seen.iter().filter(|asked| asked.role == role).map(|asked| asked.system).collect();
        assert_eq!(systems.len(), 3, "{role}");
        let wanted = Prompt::of(role, None).unwrap().system;
        assert!(systems.iter().all(|system| *system == wanted));
    }
}

#[tokio::test]
async fn a_question_that_no_snippet_meets_is_answered_from_them_or_goes_to_the_team() {
    let mut shop = Shop::open("demo-barbershop").await;
    shop.model.rule(ModelRule::new(Role::Classify, "", intent("other")));
    let grounded = json!({"answered": true, "answer": "Yes, the roof is strong.", "used": ["k1"]});
    shop.model.rule(ModelRule::new(Role::ShapeAnswer, "helicopter", grounded));
    let told = shop.say(NOVEL).await;
    assert!(told.contains("Yes, the roof is strong."), "{told}");
    let made_up = json!({"answered": true, "answer": "Yes, it costs KES 77.", "used": ["k1"]});
    shop.model.rule(ModelRule::new(Role::ShapeAnswer, "balloon", made_up));
    let told = shop.say("may my aunt land her balloon on your roof?").await;
    assert!(!told.contains("77") && told.contains("team"), "{told}");
    assert_eq!(shop.store.unanswered(10).await.unwrap().len(), 1);
    shop.replays().await;
}

#[tokio::test]
async fn a_model_never_agrees_for_the_customer() {
    let mut shop = Shop::open("demo-barbershop").await;
    shop.say("Hi I want to book a haircut tomorrow at 3pm").await;
    let mut yes = intent("provide");
    yes["intent"] = json!("affirm");
    shop.model.rule(ModelRule::new(Role::Classify, "", yes));
    shop.model.rule(ModelRule::new(Role::Extract, "", values(&json!({"choice": "c1"}))));
    shop.say("blorp zzz qwerty fleem").await;
    assert_eq!(shop.thread().await.state_name, "CONFIRM");
    assert!(shop.store.payments_of(shop.thread().await.id).await.unwrap().is_empty());
}

/// A turn that does not wait at all, so that every answer comes after it.
async fn hasty(slug: &str) -> Shop {
    Shop::with(slug, |_| {}, SignedDuration::ZERO).await
}

#[tokio::test]
async fn a_slow_model_gets_a_word_of_patience_and_what_it_heard_comes_after() {
    let mut shop = hasty("demo-salon").await;
    shop.model.rule(ModelRule::new(Role::Classify, "sherehe", intent("services")));
    let told = shop.say(ODD).await;
    let (first, second) = told.split_once("\n---\n").unwrap();
    assert!(first.contains("Ngoja") || first.contains("Subiri"), "{told}");
    assert!(second.contains("KSh") || second.contains("KES"), "{told}");
    assert_eq!(shop.model.asked().len(), 1, "asked once, for both");
    shop.replays().await;
}

#[tokio::test]
async fn a_slow_answer_comes_after_with_the_pending_question() {
    let mut shop = hasty("demo-barbershop").await;
    shop.say("Hi I want to book a haircut tomorrow at 3pm").await;
    shop.model.rule(ModelRule::new(Role::Classify, "", intent("other")));
    let grounded = json!({"answered": true, "answer": "Yes, the roof is strong.", "used": ["k1"]});
    shop.model.rule(ModelRule::new(Role::ShapeAnswer, "helicopter", grounded));
    let told = shop.say(NOVEL).await;
    let last = told.rsplit("\n---\n").next().unwrap();
    assert!(last.contains("Yes, the roof is strong.") && last.contains("Haircut"), "{told}");
    assert_eq!(shop.thread().await.state_name, "CONFIRM");
    shop.replays().await;
}

#[tokio::test]
async fn a_slow_model_that_fails_ends_in_the_deterministic_answer() {
    let mut shop = hasty("demo-salon").await;
    shop.model.trouble_always(Some(ModelTrouble::Fails(LlmFaultKind::Overloaded)));
    let mut without = Shop::changed("demo-salon", |b| b.settings.models.enabled = false).await;
    let told = shop.say(ODD).await;
    let (_, after) = told.split_once("\n---\n").unwrap();
    // The introduction was said with the word of patience.
    let alone = without.say(ODD).await;
    assert!(!after.is_empty() && alone.ends_with(after), "{after} / {alone}");
}

#[tokio::test]
async fn at_the_hard_ceiling_a_person_is_called_once_and_nobody_is_asked_again() {
    let mut shop = Shop::changed("demo-salon", |b| b.settings.models.booking_hard = 1).await;
    shop.say(ODD).await;
    assert_eq!(shop.thread().await.driver_name, "SUSPENDED_FOR_HUMAN");
    let admin = demo::tenant("demo-salon").unwrap().business.admins[0].clone();
    for (n, words) in ["/engage", "/handback"].iter().enumerate() {
        shop.ratiba.admin_says(shop.tenant, &admin, words, &format!("a{n}")).await.unwrap();
        shop.ratiba.work_until_idle().await.unwrap();
    }
    shop.say(ODD).await;
    let told = shop.say("zile maajabu za harusi ya dada yangu").await;
    assert_ne!(shop.thread().await.driver_name, "SUSPENDED_FOR_HUMAN", "{told}");
    assert!(shop.model.asked().is_empty());
    shop.replays().await;
}

#[tokio::test]
async fn past_the_days_ceiling_the_day_goes_on_without_models() {
    let mut shop = Shop::changed("demo-salon", |b| b.settings.models.day_hard = 1).await;
    shop.say(ODD).await;
    assert_eq!(shop.thread().await.driver_name, "AGENT_DRIVING");
    assert!(shop.model.asked().is_empty());
    shop.clock.advance(SignedDuration::from_hours(1));
    assert!(shop.store.model_calls(Timestamp::UNIX_EPOCH, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_booking_cost_is_told_with_its_messages() {
    use ratiba_core::domain::time::TimeWindow;
    use ratiba_core::ports::spend::SpendBy;
    let mut shop = Shop::open("demo-salon").await;
    shop.model.rule(ModelRule::new(Role::Classify, "", intent("services")));
    shop.say(ODD).await;
    let thread = shop.thread().await.id.to_string();
    let always = TimeWindow { start: Timestamp::UNIX_EPOCH, end: Timestamp::MAX };
    for by in [SpendBy::Booking, SpendBy::Role, SpendBy::Day] {
        let lines = shop.store.spend_report(always, by, 10_800).await.unwrap();
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(line.calls == 1 && line.cost.0 > 0, "{line:?}");
        let (key, messages) = match by {
            SpendBy::Booking => (thread.as_str(), 1),
            SpendBy::Role => ("classify", 0),
            SpendBy::Day => ("2026-11-23", 1),
        };
        assert_eq!((line.key.as_str(), line.messages), (key, messages));
    }
}
