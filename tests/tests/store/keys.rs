//! The key that seals secrets can be changed, and nothing is lost on the way.

use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::tenant::Rail;
use ratiba_core::ports::secrets::{Resealed, SecretStore as _};
use ratiba_core::ports::store::{Registry as _, StoreError};
use ratiba_core::testing::conformance::store::Shop;

use super::TempDir;

const SECRETS: u64 = 2;

fn key(byte: u8) -> SecretKey {
    SecretKey::from_bytes([byte; 32])
}

async fn open(dir: &TempDir, key: SecretKey) -> SqliteStore {
    SqliteStore::open(dir.file(), &key).await.unwrap()
}

/// Whether channel token and payment credentials can both be read.
async fn readable(store: &SqliteStore, shop: &Shop) -> bool {
    let token = store.account(ChannelKind::Whatsapp, "wa-demo-barbershop").await;
    let merchant = store.merchant(shop.tenant, Rail::Mpesa).await;
    match (token, merchant) {
        (Ok(Some(_)), Ok(Some(_))) => true,
        (Err(StoreError::Secret), Err(StoreError::Secret)) => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn secrets_are_sealed_again_with_a_new_key_and_the_old_one_can_go() {
    let dir = TempDir::new();
    let first = open(&dir, key(1)).await;
    let shop = Shop::open(&first).await;
    assert!(!readable(&open(&dir, key(2)).await, &shop).await, "the new key alone opens nothing");

    let both = open(&dir, key(2).with_previous([key(1)])).await;
    assert!(readable(&both, &shop).await);
    let all = Resealed { resealed: SECRETS, ..Resealed::default() };
    assert_eq!(both.reseal(true).await.unwrap(), all, "counted");
    assert!(readable(&open(&dir, key(1)).await, &shop).await, "and nothing written");
    assert_eq!(both.reseal(false).await.unwrap(), all);
    let none = Resealed { current: SECRETS, ..Resealed::default() };
    assert_eq!(both.reseal(false).await.unwrap(), none, "the second pass finds nothing to do");

    assert!(readable(&open(&dir, key(2)).await, &shop).await);
    assert!(!readable(&open(&dir, key(1)).await, &shop).await);
}

#[tokio::test]
async fn a_secret_of_an_unknown_key_is_counted_and_left_alone() {
    let dir = TempDir::new();
    let first = open(&dir, key(1)).await;
    let shop = Shop::open(&first).await;
    let other = open(&dir, key(2)).await;
    let lost = Resealed { unreadable: SECRETS, ..Resealed::default() };
    assert_eq!(other.reseal(false).await.unwrap(), lost);
    assert!(readable(&first, &shop).await);
}
