//! Callbacks are unsigned: whatever is posted to the right address, only what was asked for is ever taken as paid.

use ratiba_core::domain::money::Currency;
use ratiba_core::domain::payment::FailureReason;
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::report::{Outcome, Report};
use ratiba_core::ports::payment::PaymentProvider;
use ratiba_core::sim::daraja::Pin;
use serde_json::{Value, json};

use super::rig::{Rig, Till, WANJIRU};

const ROUNDS: u64 = 10_000;

/// Sebastiano Vigna's splitmix64: the same seed, the same forgeries.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }
}

/// What somebody might write in place of a value.
fn lie(dice: &mut Dice) -> Value {
    let lies = [
        json!(0),
        json!(1),
        json!(500),
        json!("500"),
        json!(500.5),
        json!(50_000),
        json!(-500),
        json!(5e20),
        json!("0"),
        json!("4999"),
        json!(1032),
        json!(""),
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!("ws_CO_of_another"),
        json!("Amount"),
        json!("MpesaReceiptNumber"),
        json!(254_799_999_999_i64),
        json!({"Name": "Amount", "Value": 1}),
    ];
    lies[dice.roll(lies.len())].clone()
}

/// Puts a lie somewhere, drops something, or doubles it.
fn bend(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(fields) if !fields.is_empty() && dice.roll(6) > 0 => {
            let key = fields.keys().nth(dice.roll(fields.len())).unwrap().clone();
            if dice.roll(8) == 0 {
                fields.remove(&key);
            } else {
                bend(fields.get_mut(&key).unwrap(), dice);
            }
        }
        Value::Array(items) if !items.is_empty() && dice.roll(6) > 0 => {
            let at = dice.roll(items.len());
            match dice.roll(6) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => bend(&mut items[at], dice),
            }
        }
        _ => *value = lie(dice),
    }
}

/// Flips, drops, doubles or swaps bytes.
fn smudge(raw: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(raw.len().max(1)).min(raw.len().saturating_sub(1));
        match dice.roll(4) {
            0 => raw[at] ^= 1 << dice.roll(8),
            1 => drop(raw.remove(at)),
            2 => raw.insert(at, b"0123456789.\"{}[],-e"[dice.roll(19)]),
            _ => raw.truncate(raw.len() - dice.roll(4).min(raw.len() - 1)),
        }
    }
}

/// What an independent reader makes of it: a success of the request that we made, over exactly 500 shillings.
fn is_what_we_asked_for(raw: &[u8], reference: &str) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(raw) else { return false };
    let told = &body["Body"]["stkCallback"];
    let items = match &told["CallbackMetadata"]["Item"] {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    let amounts: Vec<f64> = items
        .iter()
        .filter(|item| item["Name"] == "Amount")
        .filter_map(|item| match &item["Value"] {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        })
        .collect();
    let exact = |amount: &f64| (amount - 500.0).abs() < 1e-9;
    let zero = told["ResultCode"] == 0 || told["ResultCode"].as_str().map(str::trim) == Some("0");
    let named = told["CheckoutRequestID"].as_str().map(str::trim) == Some(reference);
    zero && named && !amounts.is_empty() && amounts.iter().all(exact)
}

/// A payment that is waited for, and the true callback of it.
async fn pending() -> (Rig, Till, Vec<u8>) {
    let rig = Rig::new().await;
    let mut till = rig.till(500);
    rig.submitted(&mut till).await;
    assert!(rig.sim.enter_pin(WANJIRU, Pin::Right));
    rig.sim.settle().await;
    let truth = rig.desk.bodies("/result").pop().unwrap();
    (rig, till, truth)
}

#[tokio::test]
async fn no_forgery_is_taken_for_another_amount_or_another_request() {
    let (rig, till, truth) = pending().await;
    let reference = till.payment.provider_ref.clone().unwrap();
    let (mut dice, mut believed, mut doubted) = (Dice(20_261_123), 0, 0);
    for round in 0..ROUNDS {
        let raw = if round % 2 == 0 {
            let mut body: Value = serde_json::from_slice(&truth).unwrap();
            for _ in 0..=dice.roll(2) {
                bend(&mut body, &mut dice);
            }
            body.to_string().into_bytes()
        } else {
            let mut raw = truth.clone();
            smudge(&mut raw, &mut dice);
            raw
        };
        let Ok(report) = rig.rail.decode_callback(&raw, Currency::Kes) else {
            doubted += 1;
            continue;
        };
        let mut fresh = rig.till(500);
        fresh.payment = till.payment.clone();
        fresh.tell(PaymentEvent::Reported(report));
        assert!(!matches!(fresh.state(), "paid" | "review"), "a callback alone, round {round}");
        if !fresh.asks {
            continue;
        }
        // While M-Pesa itself knows of no payment, nothing is paid, whatever is posted.
        let provider_ref = Some(reference.clone());
        let answer = |outcome| {
            let report = Report { provider_ref: provider_ref.clone(), outcome, code: None };
            PaymentEvent::Queried(report)
        };
        for denied in [Outcome::Undecided, Outcome::Failed { reason: FailureReason::Unreachable }] {
            let mut denied_by = rig.till(500);
            denied_by.payment = fresh.payment.clone();
            denied_by.tell(answer(denied));
            assert_eq!((denied_by.good_news(), denied_by.held()), (0, 0), "round {round}");
        }
        // Once it knows of one, a callback counts for what it says only where it says what was asked.
        let claimed = fresh.payment.is_claimed();
        fresh.tell(answer(Outcome::Paid { amount: None, receipt: None, payer: None }));
        if fresh.state() == "paid" {
            believed += 1;
            let text = String::from_utf8_lossy(&raw);
            let fits = !claimed || is_what_we_asked_for(&raw, &reference);
            assert!(fits, "round {round}: {text}");
            assert_eq!((fresh.held(), fresh.unapplied()), (500, 0));
        }
    }
    // Both must happen, else nothing was tried.
    assert!(believed > 100, "harmless changes are still read: {believed}");
    assert!(doubted > 500, "broken bodies are refused: {doubted}");
}
