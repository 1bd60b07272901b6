//! What models may cost: 200 customers at once, four processes, one ceiling for each booking and one for the day. The provider's stand-in keeps books
//! of what it has billed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ratiba_core::conversation::event::Event;
use ratiba_core::domain::id::ThreadId;
use ratiba_core::models::cost::MicroUsd;
use ratiba_core::models::role::Role;
use ratiba_core::models::script::ModelRule;
use ratiba_core::ports::spend::ModelCall;
use ratiba_core::sim::llm::ModelSim;
use serde_json::json;

use super::customers::Walker;
use super::town::Town;

/// Customers who write one message each, all at the same time.
const CROWD: usize = 200;
/// Customers who go on until their bookings have cost what they may.
const INSISTENT: usize = 12;
/// What each of those writes.
const TIMES: usize = 3;
/// Micro-dollars of a booking: the second call's worst case fits beside the first call's cost, the third's beside two does not.
const BOOKING: u64 = 430;
/// Micro-dollars of the day: some of what the crowd would cost.
const DAY: u64 = 8_000;
/// Words that the ear makes nothing of.
const ODD: &str = "nifanyie ile maajabu ya sherehe";
const KEY: &str = "sk-sim-key";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_over_four_processes_pass_neither_the_bookings_ceiling_nor_the_days() {
    let ceilings = |business: &mut ratiba_core::domain::tenant::Business| {
        business.settings.models.booking_soft = BOOKING;
        business.settings.models.booking_hard = BOOKING;
        business.settings.models.day_hard = DAY;
    };
    let Some(town) = Town::changed(2, ceilings).await else { return };
    let sim = ModelSim::anthropic(KEY).await.unwrap();
    let greeting =
        json!({"intent": "greet", "language": "sw", "sentiment": "neutral", "certainty": "high"});
    sim.rule(ModelRule { role: Some(Role::Classify), when: None, answer: greeting });
    let keys =
        [("ANTHROPIC_API_KEY", KEY.to_owned()), ("ANTHROPIC_BASE_URL", sim.base_url().to_owned())];
    let mut processes = Vec::new();
    for program in ["serve", "serve", "worker", "worker"] {
        processes.push(town.start_with(program, &keys).await);
    }

    let insistent: Vec<Walker> = (0..INSISTENT).map(|n| Walker::new(&town, n)).collect();
    for time in 1..=TIMES {
        for customer in &insistent {
            customer.chat.say(ODD);
        }
        for customer in &insistent {
            customer.hears(|_| customer.texts().len() >= time).await;
        }
    }
    let before = sim.asked().len();
    let crowd: Vec<Walker> = (0..CROWD).map(|n| Walker::new(&town, 1_000 + n)).collect();
    for customer in &crowd {
        customer.chat.say(ODD);
    }
    for customer in &crowd {
        customer.hears(|_| true).await;
    }
    let of_crowd = sim.asked().len() - before;
    // What was set aside for calls under way is free again: one after another goes on until not one more fits.
    let mut one_by_one = 0;
    loop {
        let asked = sim.asked().len();
        let customer = Walker::new(&town, 2_000 + one_by_one);
        customer.chat.say(ODD);
        customer.hears(|_| true).await;
        if sim.asked().len() == asked {
            break;
        }
        one_by_one += 1;
        assert!(one_by_one < CROWD, "the day has no ceiling");
    }
    town.meta.settle().await;
    for process in processes {
        process.stop().await;
    }

    // The provider's books and ours say the same, and neither is above the day's ceiling.
    let billed = sim.asked();
    let ledger = town.store().model_calls(Timestamp::UNIX_EPOCH, u32::MAX).await.unwrap();
    let cost: MicroUsd = ledger.iter().map(|call| call.cost).sum();
    assert_eq!(billed.iter().map(|one| one.charged).sum::<u64>(), cost.0);
    assert_eq!(billed.len(), ledger.len());
    assert!(ledger.iter().all(|call| call.outcome == "ok"), "{ledger:#?}");
    assert!(cost.0 <= DAY, "{cost}");
    // It was met: not one more call would have fitted, and many of the crowd were answered without a model.
    let worst = ledger.iter().map(|call| call.reserved.0).max().unwrap();
    assert!(cost.0 + worst > DAY, "{cost}, with at most {worst} for a call");
    assert!(of_crowd > 0 && of_crowd < CROWD, "{of_crowd} of {CROWD}");

    // No booking's ceiling was passed, and those that met it called a person, once.
    let bookings = by_booking(&ledger);
    assert!(bookings.values().all(|cost| cost.0 <= BOOKING), "{bookings:#?}");
    for customer in &insistent {
        let id = customer.customer(&town).await.id;
        let lane = town.store().lane(id, 10).await.unwrap().unwrap();
        assert_eq!(lane.pending, []);
        let thread = lane.current.unwrap().id;
        let records = town.store().records(thread).await.unwrap();
        let steps = records.iter().flat_map(|record| &record.steps);
        let called = steps.filter(|step| step.event == Event::CostCeiling).count();
        assert_eq!(called, 1, "{:#?}", customer.texts());
        let calls = ledger.iter().filter(|call| call.thread == Some(thread)).count();
        assert_eq!(calls, TIMES - 1);
    }
}

fn by_booking(ledger: &[ModelCall]) -> BTreeMap<ThreadId, MicroUsd> {
    let mut bookings: BTreeMap<ThreadId, MicroUsd> = BTreeMap::new();
    for call in ledger {
        let cost = bookings.entry(call.thread.expect("each is for a booking")).or_default();
        *cost = *cost + call.cost;
    }
    bookings
}
