//! Suggestions for a catalogue in the terminal, by the stand-in of a provider: shown, and stored only where they are taken.

use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::ports::store::{Registry as _, Store as _};
use ratiba_core::sim::llm::ModelSim;
use serde_json::json;

use super::{in_a_file, ratiba};

const KEY: &str = "sk-sim-key";

#[tokio::test]
async fn suggestions_are_shown_and_stored_only_where_they_are_taken() {
    let sim = ModelSim::anthropic(KEY).await.unwrap();
    let rule = |role, answer| sim.rule(ModelRule { role: Some(role), when: None, answer });
    rule(
        Role::GapFill,
        json!({"rows": [
            {"id": "r1", "duration_min": null, "name_sw": null, "description": "Neat and quick."},
            {"id": "r2", "duration_min": null, "name_sw": null, "description": "Only KES 900"},
        ]}),
    );
    rule(Role::Relate, json!({"pairs": [{"first": "s6", "then": "s5", "confidence": "high"}]}));
    let (store, keyless, _dir) = in_a_file().await;
    let mut env = keyless.clone();
    env.push(("ANTHROPIC_API_KEY", KEY.to_owned()));
    env.push(("ANTHROPIC_BASE_URL", sim.base_url().to_owned()));
    let suggest = async |what: &str, take: bool, env: &super::Env| {
        let mut args = vec!["suggest", what, "--tenant", "demo-salon"];
        args.extend(take.then_some("--take"));
        ratiba(&args, env).await
    };
    let (code, _) = suggest("gaps", false, &keyless).await;
    assert_eq!(code, 3, "no key");

    let (_, shown) = suggest("gaps", false, &env).await;
    let all = shown["suggestions"].as_array().unwrap();
    assert_eq!(all.len(), 1, "a price by the back door is none: {shown}");
    assert_eq!(
        (&all[0]["description"], &shown["taken"]),
        (&json!("Neat and quick."), &json!(false))
    );
    let name = all[0]["name"].as_str().unwrap();
    let (_, pairs) = suggest("relations", false, &env).await;
    assert_eq!(pairs["suggestions"][0]["first"], "Pedicure", "{pairs}");

    let tenant = store.tenant_by_slug(&"demo-salon".parse().unwrap()).await.unwrap().unwrap();
    let business = async || store.of(tenant.id).business().await.unwrap().unwrap();
    assert_eq!(business().await.version, 1, "nothing is stored");
    let (_, taken) = suggest("gaps", true, &env).await;
    assert_eq!(taken["taken"], true, "{taken}");
    let (_, taken) = suggest("relations", true, &env).await;
    assert_eq!(taken["taken"], true, "{taken}");
    let after = business().await;
    assert_eq!(after.version, 3);
    let catalogue = &after.business.catalogue;
    let described = catalogue.services.iter().find(|service| service.name.en == name).unwrap();
    assert_eq!(described.description.en, "Neat and quick.");
    let named = |id| catalogue.service(id).unwrap().name.en.as_str();
    let pairs: Vec<_> =
        catalogue.complements.iter().map(|c| (named(c.primary), named(c.then))).collect();
    assert!(pairs.contains(&("Pedicure", "Manicure")), "{pairs:?}");
    // What it cost is in the tenant's books.
    let (_, costs) = ratiba(&["costs", "--tenant", "demo-salon"], &keyless).await;
    assert_eq!(costs["lines"].as_array().unwrap().len(), 2, "{costs}");
    assert_eq!(costs["knowledge_overflow"], json!([]));
}
