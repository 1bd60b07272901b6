//! More tenants by turns on one connection than it keeps plans for.

use ratiba_core::adapters::postgres::PostgresOptions;
use ratiba_core::demo;
use ratiba_core::domain::id::Mint;
use ratiba_core::ports::store::NewTenant;
use ratiba_core::testing::conformance::store::{Shop, at};

use super::{Fresh, open};

/// Somewhat more than `SLOTS` in the store.
const TENANTS: u32 = 70;
/// Messages of each customer.
const ROUNDS: usize = 3;

fn tenant(n: u32) -> NewTenant {
    let mut business = demo::tenant("demo-barbershop").unwrap().business;
    business.tenant.id = Mint { at: at(0), seed: 7 }.id(n);
    business.tenant.slug = format!("shop-{n}").parse().unwrap();
    NewTenant { business, snippets: vec![], accounts: vec![], merchants: vec![], created_at: at(0) }
}

#[tokio::test]
async fn tenants_that_share_a_connection_never_meet() {
    let Some(fresh) = Fresh::migrated().await else { return };
    let store = open(&PostgresOptions::new(&fresh.url).connections(1, 1)).await;
    let mut shops = Vec::new();
    for n in 0..TENANTS {
        shops.push(Shop::open_for(&store, tenant(n)).await);
    }
    // One customer, two or three, so that whoever reads another's tables is found out.
    let customers = |n: usize| 1 + n % 3;
    for _round in 0..ROUNDS {
        for (n, shop) in shops.iter().enumerate() {
            for peer in (0..).take(customers(n)) {
                shop.change(peer, at(0), Vec::new()).await;
            }
        }
    }
    for (n, shop) in shops.iter().enumerate() {
        let threads = shop.store.threads(9).await.unwrap();
        assert_eq!(threads.len(), customers(n));
        for thread in threads {
            assert_eq!(usize::try_from(thread.revision).unwrap(), ROUNDS);
        }
    }
}
