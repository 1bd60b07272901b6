//! What a model suggests for a catalogue: shown to the owner, stored by nobody.

use jiff::Timestamp;
use ratiba_core::models::gaps::{Known, rows_of};
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::ports::llm::LlmFaultKind;
use ratiba_core::testing::ModelTrouble;
use serde_json::{Value, json};

use super::turns::Shop;

impl Shop {
    fn answers(&self, role: Role, answer: Value) {
        self.model.rule(ModelRule { role: Some(role), when: None, answer });
    }

    async fn version(&self) -> u64 {
        self.store.business().await.unwrap().unwrap().version
    }
}

#[tokio::test]
async fn gaps_are_filled_with_all_but_a_price_and_nothing_is_stored() {
    let shop = Shop::open("demo-salon").await;
    let rows = [Known { name: "Gel Polish".to_owned(), ..Known::default() }];
    shop.answers(
        Role::GapFill,
        json!({"rows": [{"id": "r1", "duration_min": 40, "name_sw": "Rangi ya gel", "description": "Only KES 900"}]}),
    );
    let found = shop.ratiba.suggest_cells(shop.tenant, &rows).await.unwrap();
    let [suggested] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((suggested.row, suggested.duration_min), (0, Some(40)));
    assert_eq!(suggested.name_sw.as_deref(), Some("Rangi ya gel"));
    assert_eq!(suggested.description, None, "a price by the back door");
    assert_eq!(shop.version().await, 1);
    let calls = shop.store.model_calls(Timestamp::UNIX_EPOCH, 10).await.unwrap();
    assert!(calls.len() == 1 && calls[0].role == Role::GapFill && calls[0].cost.0 > 0);
    // Rows that lack nothing ask nobody.
    let whole = Known {
        name: "Gel".to_owned(),
        name_sw: Some("Gel".to_owned()),
        duration_min: Some(40),
        description: Some("Lasts.".to_owned()),
    };
    assert_eq!(shop.ratiba.suggest_cells(shop.tenant, &[whole]).await.unwrap(), []);
    assert_eq!(shop.model.asked().len(), 1);
}

#[tokio::test]
async fn relations_are_suggested_and_the_owner_decides() {
    let shop = Shop::open("demo-salon").await;
    shop.answers(
        Role::Relate,
        json!({"pairs": [{"first": "s6", "then": "s5", "confidence": "high"}]}),
    );
    let found = shop.ratiba.suggest_relations(shop.tenant).await.unwrap();
    let business = shop.ratiba.business(shop.tenant).await.unwrap();
    let name = |id| business.catalogue.service(id).unwrap().name.en.as_str();
    let [pair] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((name(pair.primary), name(pair.then)), ("Pedicure", "Manicure"));
    assert_eq!(shop.version().await, 1, "nothing is in force");
}

#[tokio::test]
async fn without_an_answer_that_can_be_believed_the_gap_stays() {
    let shop = Shop::open("demo-salon").await;
    let business = shop.ratiba.business(shop.tenant).await.unwrap();
    let rows = rows_of(&business);
    assert!(rows.iter().any(Known::lacks), "no demo service has a description");
    let nothing = async |shop: &Shop| {
        assert_eq!(shop.ratiba.suggest_cells(shop.tenant, &rows).await.unwrap(), []);
        assert_eq!(shop.ratiba.suggest_relations(shop.tenant).await.unwrap(), []);
    };
    shop.answers(
        Role::GapFill,
        json!({"rows": [{"id": "r99", "duration_min": 40, "name_sw": null, "description": null}]}),
    );
    nothing(&shop).await;
    shop.model.trouble_always(Some(ModelTrouble::Fails(LlmFaultKind::Overloaded)));
    nothing(&shop).await;
    let off = Shop::changed("demo-salon", |b| b.settings.models.enabled = false).await;
    nothing(&off).await;
    assert!(off.model.asked().is_empty());
}
