//! SMS accounts and what texts cost.

use super::shop::{Shop, at};
use crate::domain::id::Mint;
use crate::domain::money::{Currency, Money};
use crate::domain::phone::Phone;
use crate::ports::sms::{SmsAccount, SmsRecord};
use crate::ports::store::Store;

fn phone(last: u32) -> Phone {
    Phone::from_provider(&format!("254712000{last:03}")).unwrap()
}

/// An account is found by its tenant and by the token of its reports, and can be replaced.
pub async fn sms_accounts_are_kept_sealed_and_found(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let tenant = shop.tenant;
    assert!(store.sms_account(tenant).await.unwrap().is_none());
    let account = |key: &str, token: &str| SmsAccount {
        tenant,
        username: "kinyozi".into(),
        api_key: key.into(),
        sender: None,
        delivery_token: token.into(),
    };
    store.put_sms_account(&account("one", "t-1")).await.unwrap();
    store.put_sms_account(&account("two", "t-2")).await.unwrap();
    let found = store.sms_account(tenant).await.unwrap().unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&found.api_key), "two");
    assert_eq!(store.sms_tenant("t-2").await.unwrap(), Some(tenant));
    assert_eq!(store.sms_tenant("t-1").await.unwrap(), None);
}

/// A text is written down once; the log is newest first.
pub async fn texts_are_written_down_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let own = &shop.store;
    let record = |n: u32, segments, cost: Option<i64>| SmsRecord {
        outbox: Mint { at: at(0), seed: 3 }.id(n),
        phone: phone(n),
        segments,
        cost: cost.map(|minor| Money::new(minor, Currency::Kes)),
        at: at(i64::from(n)),
    };
    own.record_sms(&record(1, 1, Some(80))).await.unwrap();
    own.record_sms(&record(2, 3, None)).await.unwrap();
    own.record_sms(&SmsRecord { segments: 9, ..record(1, 1, None) }).await.unwrap();
    let log = own.sms_log(10).await.unwrap();
    assert_eq!(log, [record(2, 3, None), record(1, 1, Some(80))]);
    assert_eq!(own.sms_log(1).await.unwrap().len(), 1);
}

/// A number that wants no texts is remembered.
pub async fn unwanted_numbers_are_remembered(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let own = &shop.store;
    assert!(!own.sms_blocked(&phone(1)).await.unwrap());
    own.block_sms(&phone(1), at(0)).await.unwrap();
    own.block_sms(&phone(1), at(1)).await.unwrap();
    assert!(own.sms_blocked(&phone(1)).await.unwrap());
    assert!(!own.sms_blocked(&phone(2)).await.unwrap());
}
