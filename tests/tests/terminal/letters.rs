//! Dead letters of payments, replayed in the terminal.

use std::sync::Arc;

use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::domain::payment::{Payment, PaymentState};
use ratiba_core::domain::tenant::Rail;
use ratiba_core::ports::inbox::{Cause, PaymentFact};
use ratiba_core::ports::payment::{Merchant, PaymentProvider as _};
use ratiba_core::ports::store::{DeadLetter, DeadLetterKind, Registry as _, Store as _, Write};
use ratiba_core::sim::pesapal::SimAccount;
use ratiba_core::testing::conformance::store::{Shop, at};
use secrecy::ExposeSecret as _;

use super::{in_a_file, ratiba};

#[tokio::test]
async fn a_notification_of_pesapal_is_taken_once_its_account_is_known() {
    let (store, env, _dir) = in_a_file().await;
    let shop = Shop::open(&store).await;
    let (customer, thread) = shop.talker(1).await;
    let payment = Payment {
        rail: Rail::Card,
        state: PaymentState::Pending,
        provider_ref: Some("b945".to_owned()),
        ..shop.payment(customer, thread)
    };
    shop.change(1, at(1), vec![Write::NewPayment(payment.clone())]).await;

    let merchant = Merchant {
        tenant: shop.tenant,
        rail: Rail::Card,
        credentials: SimAccount::named("salon").credentials().into(),
    };
    let rail = PesaPal::new(&PesaPalSettings::at("http://localhost"), Arc::new(SystemClock));
    let rail = rail.unwrap();
    let token = rail.notices().unwrap().token(&merchant).unwrap();
    let letter = DeadLetter {
        id: shop.id(),
        kind: DeadLetterKind::UnroutedCallback,
        source: "pesapal/notice".to_owned(),
        reason: "no payment of this account has this reference".to_owned(),
        raw: format!(
            "OrderTrackingId=b945&OrderMerchantReference={}&OrderNotificationType=IPNCHANGE",
            payment.merchant_reference
        ),
        token: Some(token.expose_secret().to_owned()),
        received_at: at(2),
        settled_at: None,
        dismissed_because: None,
    };
    store.bury(&letter).await.unwrap();
    let id = letter.id.to_string();
    let replay = ["dead-letters", "replay", id.as_str()];

    let (code, told) = ratiba(&replay, &env).await;
    assert_eq!((code, &told["outcome"]), (1, &"still_dead".into()), "{told}");
    store.put_merchant(&merchant).await.unwrap();
    let (code, told) = ratiba(&replay, &env).await;
    assert_eq!((code, &told["outcome"]), (0, &"taken".into()), "{told}");
    let (_, told) = ratiba(&replay, &env).await;
    assert_eq!(told["outcome"], "settled_before");
    let dismissal = ["dead-letters", "dismiss", id.as_str(), "--reason", "seen to"];
    assert_eq!(ratiba(&dismissal, &env).await.1["dismissed"], false);

    let lane = store.of(shop.tenant).lane(customer, 10).await.unwrap().unwrap();
    let facts = lane.pending.iter().filter(|item| {
        matches!(&item.cause, Cause::Payment { payment: id, fact: PaymentFact::Callback { .. } } if *id == payment.id)
    });
    assert_eq!(facts.count(), 1, "{:?}", lane.pending);
}

#[tokio::test]
async fn a_letter_is_dismissed_for_a_reason_that_is_shown() {
    let (store, env, _dir) = in_a_file().await;
    let shop = Shop::open(&store).await;
    let letter = DeadLetter {
        id: shop.id(),
        kind: DeadLetterKind::UnroutedCallback,
        source: "daraja/payment".to_owned(),
        reason: "no payment has this callback token".to_owned(),
        raw: "{}".to_owned(),
        token: Some("f00d".to_owned()),
        received_at: at(2),
        settled_at: None,
        dismissed_because: None,
    };
    store.bury(&letter).await.unwrap();
    let id = letter.id.to_string();
    let dismiss = |reason| ["dead-letters", "dismiss", id.as_str(), "--reason", reason];

    let (code, _) = ratiba(&dismiss("  "), &env).await;
    assert_eq!(code, 2, "a reason that says nothing is a wrong call");
    let (_, open) = ratiba(&["dead-letters", "list"], &env).await;
    assert_eq!(open.as_array().unwrap().len(), 1);
    let (code, told) = ratiba(&dismiss("paid back by hand, RKT1XYZ"), &env).await;
    assert_eq!((code, &told["dismissed"]), (0, &true.into()), "{told}");
    let (_, open) = ratiba(&["dead-letters", "list"], &env).await;
    assert_eq!(open, serde_json::json!([]));
    let (_, settled) = ratiba(&["dead-letters", "list", "--settled"], &env).await;
    assert_eq!(settled[0]["dismissed_because"], "paid back by hand, RKT1XYZ");
    let (_, shown) = ratiba(&["dead-letters", "show", id.as_str()], &env).await;
    assert_eq!(shown["dismissed_because"], "paid back by hand, RKT1XYZ");
}
