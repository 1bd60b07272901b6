//! A tenant as a whole, a person as a whole, and keys to the admin API.

use std::collections::BTreeMap;
use std::io;

use super::shop::{Shop, at, is_committed};
use crate::domain::id::{CustomerId, ThreadId};
use crate::domain::payment::{FailureReason, Payment, PaymentState};
use crate::domain::phone::Phone;
use crate::ports::api_keys::ApiKey;
use crate::ports::store::{Store, TenantStore, TurnCommit, Write};
use crate::ports::whole::{ErasureOutcome, Row, RowSink};

/// Rows by table.
#[derive(Default)]
struct Rows(BTreeMap<&'static str, Vec<Row>>);

impl RowSink for Rows {
    fn row(&mut self, table: &'static str, row: Row) -> io::Result<()> {
        self.0.entry(table).or_default().push(row);
        Ok(())
    }
}

impl Rows {
    async fn of(store: &dyn TenantStore) -> Self {
        let mut rows = Self::default();
        store.dump(&mut rows).await.unwrap();
        rows
    }

    fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap()
    }

    fn count(&self, table: &str) -> usize {
        self.0.get(table).map_or(0, Vec::len)
    }
}

/// Somebody with a conversation, a confirmed appointment, a payment in this state and a message that waits to be sent.
async fn live(shop: &Shop, peer: u32, state: PaymentState) -> (CustomerId, ThreadId, Payment) {
    let (customer, inbox) = shop.hear(peer, at(0)).await;
    let thread = shop.thread(customer, at(0));
    let payment = Payment {
        state,
        provider_ref: Some(format!("ws_CO_2547123450{peer:02}")),
        ..shop.payment(customer, thread.id)
    };
    let turn = TurnCommit {
        record: Some(shop.record(&thread, inbox).await),
        outbox: vec![shop.reply(customer, &format!("to {peer}"), "Karibu tena")],
        ..shop.turn(&thread, inbox, at(0), vec![Write::NewPayment(payment.clone())])
    };
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    let booking = shop.booking(customer, i64::from(peer) * 60);
    assert!(shop.store.enter(&booking).await.unwrap());
    (customer, thread.id, payment)
}

fn failed() -> PaymentState {
    PaymentState::Failed { reason: FailureReason::WrongPin }
}

fn phone(peer: u32) -> Phone {
    Phone::from_provider(&format!("254712345{peer:03}")).unwrap()
}

/// Every row of a tenant is given out, none of another's, and nothing that opens anything.
pub async fn a_dump_holds_one_tenant_and_no_secret(store: &dyn Store) {
    let (shop, other) = (Shop::open(store).await, Shop::open_as(store, "demo-salon").await);
    let (_, _, payment) = live(&shop, 1, failed()).await;
    live(&other, 2, failed()).await;
    let rows = Rows::of(shop.store.as_ref()).await;
    for table in [
        "tenants",
        "channel_accounts",
        "merchants",
        "payment_routing",
        "business_versions",
        "customers",
        "identities",
        "threads",
        "inbox",
        "turn_records",
        "appointments",
        "payments",
        "outbox",
    ] {
        assert_eq!(rows.count(table), 1, "{table}");
    }
    assert_eq!(rows.count("snippets"), shop.store.snippets().await.unwrap().len());
    let text = rows.text();
    assert!(!text.contains(&other.tenant.to_string()) && !text.contains("254712345002"));
    assert!(!text.contains(&payment.callback_token));
    assert!(!text.contains("token-of-") && !text.contains("key-of-"));
    let doc = &rows.0["payments"][0]["doc"];
    assert_eq!(doc["merchant_reference"], payment.merchant_reference, "documents are documents");
}

/// Every row about one person is given out, and none about another.
pub async fn a_person_is_given_out_whole(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, ..) = live(&shop, 1, failed()).await;
    let (neighbour, ..) = live(&shop, 2, failed()).await;
    assert_eq!(shop.store.people(&phone(1)).await.unwrap(), [customer]);
    assert_eq!(shop.store.people(&phone(9)).await.unwrap(), []);
    let mut rows = Rows::default();
    shop.store.dump_person(customer, &mut rows).await.unwrap();
    for table in [
        "customers",
        "identities",
        "threads",
        "inbox",
        "turn_records",
        "appointments",
        "payments",
        "outbox",
    ] {
        assert_eq!(rows.count(table), 1, "{table}");
    }
    assert!(!rows.text().contains(&neighbour.to_string()));
}

/// Whoever is erased can't be told from what is left; what they booked and paid stays as numbers, and everybody else as they were.
pub async fn an_erased_person_leaves_numbers(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread, payment) = live(&shop, 1, failed()).await;
    let (neighbour, kept, _) = live(&shop, 2, failed()).await;
    let question = Write::Unanswered { question: "habari".into() };
    shop.changed(1, at(1), vec![question]).await;
    let s = &shop.store;
    let before = s.lane(neighbour, 9).await.unwrap().unwrap();
    let outcome = s.erase(customer, at(2)).await.unwrap();
    let ErasureOutcome::Erased(erased) = outcome else { panic!("{outcome:?}") };
    assert_eq!(erased.upcoming, 1);
    assert_eq!(erased.anonymised.get("customers"), Some(&1));

    assert_eq!(s.people(&phone(1)).await.unwrap(), []);
    assert!(s.thread(thread).await.unwrap().is_none());
    assert!(s.records(thread).await.unwrap().is_empty());
    assert!(s.transcript(customer, 9).await.unwrap().is_empty());
    assert!(s.outbox_of(customer).await.unwrap().is_empty(), "nothing more is sent to them");
    assert!(s.unanswered(9).await.unwrap().is_empty(), "their question is theirs");
    let left = s.payment(payment.id).await.unwrap().unwrap();
    assert_eq!((left.payer, left.provider_ref), (None, None));
    assert_eq!((left.amount, left.state), (payment.amount, payment.state));
    assert_eq!(s.appointments_of(customer).await.unwrap().len(), 1);
    let mut rows = Rows::default();
    s.dump_person(customer, &mut rows).await.unwrap();
    let text = rows.text();
    assert!(!text.contains("712345001") && !text.contains("habari"), "{text}");

    assert!(s.thread(kept).await.unwrap().is_some());
    let after = s.lane(neighbour, 9).await.unwrap().unwrap();
    assert_eq!((after.customer, after.current), (before.customer, before.current));
    // Whoever writes from that number again is somebody new.
    let (again, _) = shop.hear(1, at(3)).await;
    assert_ne!(again, customer);
}

/// Somebody whose payment is not settled must still be known.
pub async fn nobody_is_erased_while_a_payment_is_open(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, thread, _) = live(&shop, 1, PaymentState::Pending).await;
    assert_eq!(shop.store.erase(customer, at(2)).await.unwrap(), ErasureOutcome::PaymentOpen);
    assert!(shop.store.thread(thread).await.unwrap().is_some());
    assert_eq!(shop.store.people(&phone(1)).await.unwrap(), [customer]);
}

/// A key is found by its hash until it is taken away, and goes with its tenant.
pub async fn a_key_opens_one_tenant_until_it_is_taken_away(store: &dyn Store) {
    let (shop, other) = (Shop::open(store).await, Shop::open_as(store, "demo-salon").await);
    let key = |shop: &Shop, label: &str| ApiKey {
        id: shop.id(),
        tenant: shop.tenant,
        label: label.into(),
        created_at: at(0),
    };
    let (first, second) = (key(&shop, "till"), key(&shop, "site"));
    other.id::<()>();
    other.id::<()>();
    let third = key(&other, "till");
    for (key, hash) in [(&first, "h1"), (&second, "h2"), (&third, "h3")] {
        store.put_api_key(key, hash).await.unwrap();
    }
    assert_eq!(store.api_key("h1").await.unwrap().as_ref(), Some(&first));
    assert_eq!(store.api_key("H1").await.unwrap(), None);
    let mut keys = store.api_keys(shop.tenant).await.unwrap();
    keys.sort_by_key(|key| key.label.clone());
    assert_eq!(keys, [second.clone(), first.clone()]);
    assert!(!store.delete_api_key(other.tenant, first.id).await.unwrap(), "not theirs");
    assert!(store.delete_api_key(shop.tenant, first.id).await.unwrap());
    assert!(!store.delete_api_key(shop.tenant, first.id).await.unwrap());
    assert_eq!(store.api_key("h1").await.unwrap(), None);
    assert!(store.delete_tenant(shop.tenant).await.unwrap());
    assert_eq!(store.api_key("h2").await.unwrap(), None);
    assert_eq!(store.api_key("h3").await.unwrap(), Some(third));
}
