//! Notifications are unsigned: whatever is posted, only the status that PesaPal itself answers ever makes a payment paid.

use ratiba_core::domain::money::Currency;
use ratiba_core::payments::event::PaymentEvent;
use ratiba_core::payments::report::Outcome;
use ratiba_core::ports::clock::Entropy as _;
use ratiba_core::ports::payment::PaymentProvider;
use ratiba_core::testing::SeededEntropy;

use super::rig::Rig;

const ROUNDS: u64 = 10_000;

#[tokio::test]
async fn ten_thousand_forgeries_make_nothing_paid() {
    let rig = Rig::new().await;
    let mut till = rig.till();
    rig.submitted(&mut till).await;
    let (tracking, reference) =
        (till.tracking_id().to_owned(), till.payment.merchant_reference.clone());
    let truth = [
        format!(
            "OrderTrackingId={tracking}&OrderMerchantReference={reference}&OrderNotificationType=IPNCHANGE"
        ),
        format!(
            r#"{{"OrderTrackingId":"{tracking}","OrderMerchantReference":"{reference}","OrderNotificationType":"IPNCHANGE","status":"COMPLETED","status_code":1,"amount":500.0}}"#
        ),
    ];
    let dice = SeededEntropy::new(20_261_125);
    let roll = |sides: usize| usize::try_from(dice.draw() % sides as u64).unwrap();
    let (mut hints, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let mut raw = truth[roll(2)].clone().into_bytes();
        for _ in 0..roll(4) {
            let at = roll(raw.len());
            match roll(4) {
                0 => raw[at] ^= 1 << roll(8),
                1 => drop(raw.remove(at)),
                2 => raw.insert(at, b"0123456789.\"{}[],-e&=%"[roll(22)]),
                _ => raw.truncate(raw.len() - roll(4).min(raw.len() - 1)),
            }
        }
        let Ok(report) = rig.rail.decode_callback(&raw, Currency::Kes) else {
            refused += 1;
            continue;
        };
        hints += 1;
        assert_eq!(report.outcome, Outcome::Undecided, "round {round}");
        till.tell(PaymentEvent::Reported(report));
        // Asking each time would only be slow; the answer is the same.
        if std::mem::take(&mut till.asks) && round % 500 == 0 {
            rig.query(&mut till).await;
        }
        assert_eq!((till.state(), till.held()), ("pending", 0), "round {round}");
    }
    // Both must happen, else nothing was tried.
    assert!(hints > 2_000 && refused > 1_000, "{hints} {refused}");
    rig.pay(&till);
    rig.query(&mut till).await;
    assert_eq!((till.state(), till.held()), ("paid", 500), "and the truth still counts");
}
