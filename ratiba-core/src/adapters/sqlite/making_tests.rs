//! Making a tenant that breaks at any of its statements leaves no row of it.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row as _};

use super::connect::SqliteStore;
use super::schema::TENANT_TABLES;
use super::traced::For;
use crate::adapters::seal::SecretKey;
use crate::demo;
use crate::domain::channel::ChannelKind;
use crate::domain::tenant::Rail;
use crate::ports::channel::ChannelAccount;
use crate::ports::payment::Merchant;
use crate::ports::store::{NewTenant, Registry as _};

fn new_tenant() -> NewTenant {
    let demo = demo::tenant("demo-salon").unwrap();
    let tenant = demo.business.tenant.id;
    NewTenant {
        accounts: vec![ChannelAccount {
            tenant,
            channel: ChannelKind::Whatsapp,
            account: "1".into(),
            token: "t".into(),
        }],
        merchants: vec![Merchant { tenant, rail: Rail::Mpesa, credentials: "{}".into() }],
        business: demo.business,
        snippets: demo.snippets,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

async fn run(store: &SqliteStore, statement: String) {
    let mut writer = store.db.writer(For::registry("testing")).await;
    sqlx::query(AssertSqlSafe(statement)).execute(&mut *writer).await.unwrap();
}

async fn rows(store: &SqliteStore, table: &str) -> i64 {
    let mut writer = store.db.writer(For::registry("testing")).await;
    let statement = format!("SELECT COUNT(*) FROM {table}");
    sqlx::query(AssertSqlSafe(statement)).fetch_one(&mut *writer).await.unwrap().get(0)
}

#[tokio::test]
async fn a_tenant_whose_making_breaks_at_any_table_leaves_nothing() {
    for broken in ["tenants", "business_versions", "snippets", "channel_accounts", "merchants"] {
        let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
        let trigger = format!(
            "CREATE TEMP TRIGGER broken BEFORE INSERT ON {broken}
             BEGIN SELECT RAISE(ABORT, 'made to break'); END"
        );
        run(&store, trigger).await;
        assert!(store.create_tenant(&new_tenant()).await.is_err(), "{broken}");
        for table in TENANT_TABLES.iter().copied().chain(["tenants"]) {
            assert_eq!(rows(&store, table).await, 0, "broken at {broken}: {table}");
        }
        run(&store, "DROP TRIGGER broken".to_owned()).await;
        store.create_tenant(&new_tenant()).await.unwrap();
        assert!(rows(&store, broken).await > 0, "the test breaks where something is written");
    }
}
