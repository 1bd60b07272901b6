//! What is said about the file of the SQLite store is true: it keeps what was committed, keeps secrets, and says where it is damaged.

use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::{Durability, SqliteStore};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::ports::store::{Registry, Store, StoreError};
use ratiba_core::testing::conformance::store::Shop;

use super::{TempDir, open};

/// All bytes of the database, its log included.
fn bytes(dir: &TempDir) -> Vec<u8> {
    let files = std::fs::read_dir(&dir.0).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let dir = TempDir::new();
    for durability in [Durability::PowerLoss, Durability::ProcessDeath] {
        let store = SqliteStore::open_with(&dir.file(), &SecretKey::for_tests(), durability).await;
        let store = store.unwrap();
        if store.tenants().await.unwrap().is_empty() {
            Shop::open(&store).await;
        }
    }
    let store = open(&dir.file()).await;
    let account = store.account(ChannelKind::Whatsapp, "wa-demo-barbershop").await.unwrap();
    let tenant = store.tenants().await.unwrap().remove(0);
    assert_eq!(account.unwrap().tenant, tenant.id);
    assert_eq!(store.of(tenant.id).business().await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn many_may_open_a_new_file_at_once() {
    let dir = TempDir::new();
    let file = dir.file();
    let opened = futures_util::future::join_all((0..4).map(|_| open(&file))).await;
    Shop::open(&opened[0]).await;
    for store in &opened {
        assert_eq!(store.tenants().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn secrets_are_not_in_the_file() {
    let dir = TempDir::new();
    let store = open(&dir.file()).await;
    Shop::open(&store).await;
    let bytes = bytes(&dir);
    assert!(holds(&bytes, "Kinyozi Fresh"), "the search finds what is there");
    assert!(!holds(&bytes, "token-of-demo-barbershop"));
    assert!(!holds(&bytes, "key-of-demo-barbershop"));
}

#[tokio::test]
async fn another_key_opens_no_secret() {
    let dir = TempDir::new();
    Shop::open(&open(&dir.file()).await).await;
    let other = SecretKey::from_bytes([9; 32]);
    let store = SqliteStore::open(&dir.file(), &other).await.unwrap();
    let account = store.account(ChannelKind::Whatsapp, "wa-demo-barbershop").await;
    assert!(matches!(account, Err(StoreError::Secret)), "{account:?}");
    assert_eq!(store.tenants().await.unwrap().len(), 1, "the rest can be read");
}
