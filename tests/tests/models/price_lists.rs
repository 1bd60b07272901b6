//! Pages of a price list through the router: its ceilings, its switch, its next provider.

use jiff::SignedDuration;
use ratiba_core::catalogue::input::Kind;
use ratiba_core::engine::models::NoAnswer;
use ratiba_core::engine::price_lists::Page;
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::ports::llm::LlmFaultKind;
use ratiba_core::testing::ModelTrouble;
use serde_json::json;

use super::turns::Shop;

const WITHIN: SignedDuration = SignedDuration::from_secs(20);

fn pages(n: u8) -> Vec<Page> {
    (0..n)
        .map(|n| Page::new(Kind::Picture("image/jpeg"), vec![0xFF, 0xD8, 0xFF, n]).unwrap())
        .collect()
}

impl Shop {
    /// Every page holds one service, named after its place.
    fn holds_services(&self, n: usize) {
        for page in 1..=n {
            let row = json!({
                "name": format!("Service {page}"), "name_sw": null, "category": null, "duration": "30 min",
                "price": "KSh 500", "description": null, "confidence": "high", "unsure": [],
            });
            let when = format!("\"page\":{page},");
            self.model.rule(ModelRule::new(Role::Vision, when, json!({"rows": [row]})));
        }
    }
}

#[tokio::test]
async fn every_page_is_asked_about_once_and_answers_come_in_their_order() {
    let shop = Shop::open("demo-salon").await;
    shop.holds_services(7);
    let read = shop.ratiba.read_pages(shop.tenant, &pages(7), WITHIN).await.unwrap();
    let names: Vec<String> =
        read.into_iter().map(|page| page.unwrap().rows.remove(0).name.value.unwrap()).collect();
    let expected: Vec<String> = (1..=7).map(|n| format!("Service {n}")).collect();
    assert_eq!((names, shop.model.asked().len()), (expected, 7));
    let asked = shop.model.asked();
    assert!(asked.iter().all(|one| one.role == Role::Vision && one.system == asked[0].system));
}

#[tokio::test]
async fn no_page_is_shown_whose_worst_case_passes_the_day_and_none_where_models_are_off() {
    let shop = Shop::changed("demo-salon", |b| b.settings.models.day_hard = 1).await;
    let read = shop.ratiba.read_pages(shop.tenant, &pages(2), WITHIN).await.unwrap();
    assert_eq!(read, [Err(NoAnswer::DayCeiling), Err(NoAnswer::DayCeiling)]);
    let off = Shop::changed("demo-salon", |b| b.settings.models.enabled = false).await;
    let read = off.ratiba.read_pages(off.tenant, &pages(1), WITHIN).await.unwrap();
    assert_eq!(read, [Err(NoAnswer::NoModel)]);
    assert!(shop.model.asked().is_empty() && off.model.asked().is_empty());
    assert_eq!(Page::new(Kind::Text, Vec::new()).map(drop), None);
}

#[tokio::test]
async fn a_page_is_tried_again_once_and_then_given_up() {
    let shop = Shop::open("demo-salon").await;
    shop.holds_services(1);
    shop.model.trouble_next(ModelTrouble::Fails(LlmFaultKind::Overloaded));
    let read = shop.ratiba.read_pages(shop.tenant, &pages(1), WITHIN).await.unwrap();
    assert!(read[0].is_ok());
    shop.model.trouble_always(Some(ModelTrouble::Cut));
    let read = shop.ratiba.read_pages(shop.tenant, &pages(1), WITHIN).await.unwrap();
    assert_eq!(read, [Err(NoAnswer::Failed)], "half an answer is none");
}
