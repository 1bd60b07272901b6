//! A long queue of one tenant does not hold up another's only message.

use ratiba_core::adapters::postgres::PostgresOptions;
use ratiba_core::domain::id::OutboxId;
use ratiba_core::ports::store::{DueWork, Registry};
use ratiba_core::testing::conformance::store::{Shop, at};
use sqlx::Executor;

use super::{Fresh, open};

/// A row of the busy tenant, a hundred thousand times, each in a lane of its own.
const MANY: &str = "
    INSERT INTO tenant_demo_barbershop.outbox
        (tenant_id, id, customer_id, lane, spoken, after_inbox, what, status, due_at, leased, created_at)
    SELECT o.tenant_id, 'out_' || lpad(n::text, 26, '0'), o.customer_id, 'lane ' || n, o.spoken, 0, o.what,
           'pending', o.due_at, 0, o.created_at
    FROM tenant_demo_barbershop.outbox o CROSS JOIN generate_series(1, 100000) n;
    INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
    SELECT tenant_id, 'outbox', id, customer_id, due_at FROM tenant_demo_barbershop.outbox
    ON CONFLICT DO NOTHING;
    ANALYZE public.due";

#[tokio::test]
async fn a_hundred_thousand_due_messages_of_one_tenant_do_not_delay_another_tenants_one() {
    let Some(fresh) = Fresh::migrated().await else { return };
    let (busy, quiet) = (Shop::open(&*fresh).await, Shop::open_as(&*fresh, "demo-salon").await);
    let (customer, _) = busy.hear(1, at(0)).await;
    busy.store.enqueue(&[busy.reply(customer, "lane", "hi")]).await.unwrap();
    fresh.behind().await.execute(sqlx::raw_sql(MANY)).await.unwrap();

    // A second is all that the server may take for any statement of this store.
    let second = std::time::Duration::from_secs(1);
    let store = open(&PostgresOptions::new(&fresh.url).statement_timeout(second)).await;
    let claim = async || store.claim_due(at(9), at(-1), at(10), 64).await.unwrap();
    assert_eq!(claim().await.len(), 64);

    let (customer, _) = quiet.hear(1, at(0)).await;
    let reply = quiet.reply(customer, "lane", "hi");
    let id: OutboxId = reply.id;
    quiet.store.enqueue(&[reply]).await.unwrap();
    let work = claim().await;
    assert_eq!(work.len(), 64);
    let quiets = work.iter().filter(|work| match work {
        DueWork::Outbox { tenant, item, .. } => *tenant == quiet.tenant && item.id == id,
        DueWork::Lane { .. } | DueWork::Timer { .. } => false,
    });
    assert_eq!(quiets.count(), 1, "it is in the next claim, whatever waits before it");
}
