//! Models on the owner's side: words that the rail does not know, and the brief of who takes a conversation over.

use jiff::Timestamp;
use ratiba_core::domain::phone::Phone;
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::ports::llm::{LlmFaultKind, LlmPart};
use ratiba_core::testing::ModelTrouble;
use serde_json::json;

use super::turns::Shop;

/// Words that give no command to the rail's own ear.
const WEDDING: &str = "Amina ana harusi ya dada yake kesho mchana";

impl Shop {
    /// An admin writes; what they are told.
    async fn admin(&self, dedupe: &str, text: &str) -> String {
        let before = self.channel.sent().len();
        self.ratiba.admin_says(self.tenant, &self.first_admin().await, text, dedupe).await.unwrap();
        self.ratiba.work_until_idle().await.unwrap();
        self.admin_told(before).await
    }

    async fn admin_told(&self, before: usize) -> String {
        let (all, peer) = (self.channel.sent(), self.first_admin().await);
        let own = all[before..].iter().filter(|sent| sent.to.peer == peer.digits());
        own.map(|sent| sent.reply.text.as_str()).collect::<Vec<_>>().join("\n---\n")
    }

    async fn first_admin(&self) -> Phone {
        self.store.business().await.unwrap().unwrap().business.admins[0].clone()
    }

    /// What was asked of a model in a role, as it was shown.
    fn shown(&self, role: Role) -> Vec<String> {
        let asked = self.model.asked().into_iter().filter(|request| request.role == role);
        asked
            .map(|request| {
                let text = |part: &LlmPart| match part {
                    LlmPart::Text(text) => text.clone(),
                    other => panic!("{other:?}"),
                };
                request.user.iter().map(text).collect()
            })
            .collect()
    }

    async fn calls(&self, role: Role) -> usize {
        let calls = self.store.model_calls(Timestamp::UNIX_EPOCH, 100).await.unwrap();
        calls.iter().filter(|call| call.role == role).count()
    }
}

fn line(shop: &Shop, when: &str, line: &str) {
    shop.model.rule(ModelRule::new(Role::AdminNl, when, json!({"line": line})));
}

#[tokio::test]
async fn words_that_the_rail_does_not_know_become_a_command_that_is_asked_back() {
    let shop = Shop::open("demo-salon").await;
    line(&shop, "harusi", "/block Amina 2026-11-24 14:00-18:00");
    let asked = shop.admin("a1", WEDDING).await;
    assert!(asked.contains("14:00–18:00") && asked.contains("NDIO"), "{asked}");
    let exceptions = async || {
        let business = shop.store.business().await.unwrap().unwrap().business;
        let team = &business.catalogue.staff;
        team.iter().find(|staff| staff.name == "Amina").unwrap().hours.clone()
    };
    let before = exceptions().await;
    // The same message once more is answered once.
    assert_eq!(shop.admin("a1", WEDDING).await, "");
    assert_eq!(exceptions().await, before, "nothing is done before the yes");
    shop.admin("a2", "ndio").await;
    assert_ne!(exceptions().await, before);
    assert_eq!((shop.shown(Role::AdminNl).len(), shop.calls(Role::AdminNl).await), (1, 1));
}

#[tokio::test]
async fn what_the_rail_knows_or_one_word_or_a_slash_asks_nobody() {
    let shop = Shop::open("demo-salon").await;
    for (n, text) in ["nani yuko leo?", "/nonsense is this", "msaada", "block Amina tomorrow"]
        .into_iter()
        .enumerate()
    {
        assert!(!shop.admin(&format!("a{n}"), text).await.is_empty(), "{text}");
    }
    assert!(shop.model.asked().is_empty());
}

#[tokio::test]
async fn a_line_beyond_the_commands_or_with_a_price_of_its_own_is_answered_with_help() {
    let shop = Shop::open("demo-salon").await;
    let help = shop.admin("h", "/help").await;
    line(&shop, "kwanza", "/paid Wanjiru 2500 cash");
    line(&shop, "ipande", "/update-price Braids 9900");
    line(&shop, "kubali", "ndio");
    for (n, text) in
        ["fanya ile ya kwanza", "kusuka ipande kidogo", "mimi kubali yote"].into_iter().enumerate()
    {
        assert_eq!(shop.admin(&format!("a{n}"), text).await, help, "{text}");
    }
    // With every model down the answer is the same.
    shop.model.trouble_always(Some(ModelTrouble::Fails(LlmFaultKind::Overloaded)));
    assert_eq!(shop.admin("down", WEDDING).await, help);
}

#[tokio::test]
async fn a_customers_name_and_number_are_kept_from_the_model() {
    let mut shop = Shop::changed("demo-salon", |b| b.settings.payment.rails.clear()).await;
    shop.say("weave tomorrow at 10am").await;
    shop.say("yes").await;
    line(&shop, "hawezi", "/cancel [NAME_1]");
    let asked = shop.admin("a1", "Achieng 0712 345 678 hawezi kufika kesho").await;
    assert!(asked.contains("Achieng"), "{asked}");
    let shown = shop.shown(Role::AdminNl).join(" ");
    let sentence = shown.split("\"sentence\"").nth(1).unwrap();
    assert!(!sentence.contains("Achieng") && !sentence.contains("345"), "{sentence}");
}

/// A conversation that is worth a brief, and calls a person.
async fn in_trouble(shop: &mut Shop) -> String {
    shop.say("hi, manicure tomorrow at 10am please, I am Achieng").await;
    shop.say("no, at 11am").await;
    let before = shop.channel.sent().len();
    shop.say("can I talk to a human please").await;
    shop.admin_told(before).await
}

#[tokio::test]
async fn a_brief_follows_the_page_and_says_nothing_that_was_not_said() {
    let mut shop = Shop::open("demo-salon").await;
    let good =
        json!({"lines": ["[NAME_1] wants a manicure, 11am."], "next": "Say hello to [NAME_1]"});
    shop.model.rule(ModelRule { role: Some(Role::Summarise), when: None, answer: good });
    let told = in_trouble(&mut shop).await;
    let (page, brief) = told.split_once("\n---\n").unwrap();
    assert!(page.contains("/engage"), "{page}");
    assert!(brief.contains("• Achieng wants a manicure, 11am."), "{brief}");
    assert!(brief.contains("Say hello to Achieng"), "{brief}");
    let shown = shop.shown(Role::Summarise).join(" ");
    assert!(!shown.contains("Achieng"), "{shown}");
    assert_eq!(shop.calls(Role::Summarise).await, 1);
    shop.replays().await;

    let mut shop = Shop::open("demo-salon").await;
    let lie = json!({"lines": ["Has paid 9,900 already."], "next": ""});
    shop.model.rule(ModelRule { role: Some(Role::Summarise), when: None, answer: lie });
    let told = in_trouble(&mut shop).await;
    assert!(told.contains("/engage") && !told.contains("9,900"), "{told}");
}

#[tokio::test]
async fn without_a_model_there_is_the_page_alone() {
    let mut shop = Shop::open("demo-salon").await;
    shop.model.trouble_always(Some(ModelTrouble::Hangs));
    let told = in_trouble(&mut shop).await;
    assert!(told.contains("/engage") && !told.contains("---"), "{told}");
    let mut off = Shop::changed("demo-salon", |b| b.settings.models.enabled = false).await;
    assert_eq!(in_trouble(&mut off).await, told);
    assert!(off.model.asked().is_empty());
}
