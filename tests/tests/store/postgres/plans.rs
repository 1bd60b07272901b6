//! What the calls of every message look up, they look up by the index that is for it, also where Postgres knows nothing of a table yet or last
//! looked at it while it was empty.

use ratiba_core::testing::conformance::store::Shop;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::Fresh;

/// As the functions of `functions.sql` are planned.
const AS_IN_FUNCTIONS: &str = "
    SET search_path TO tenant_demo_barbershop, public;
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan;";

/// The plan of a statement with two texts as arguments.
async fn plan(connection: &mut sqlx::PgConnection, statement: &str) -> String {
    let text = format!("PREPARE looked (text, text) AS {statement}");
    connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
    let lines = connection.fetch_all("EXPLAIN EXECUTE looked ('tnt', 'key')").await.unwrap();
    connection.execute("DEALLOCATE looked").await.unwrap();
    lines.iter().map(|line| line.get::<String, _>(0) + "\n").collect()
}

#[tokio::test]
async fn what_is_looked_up_by_key_is_found_by_its_key() {
    let Some(fresh) = Fresh::migrated().await else { return };
    Shop::open(&*fresh).await;
    let mut connection = fresh.behind().await;
    connection.execute(sqlx::raw_sql(AS_IN_FUNCTIONS)).await.unwrap();
    let statements = [
        ("due_pkey", "DELETE FROM public.due WHERE tenant_id = $1 AND queue = 'outbox' AND key = $2"),
        ("outbox_pkey", "UPDATE outbox SET leased = 0 WHERE tenant_id = $1 AND id = $2"),
        (
            "outbox_lane",
            "SELECT due_at FROM outbox WHERE tenant_id = $1 AND lane = $2 AND status IN ('pending', 'unknown')
             ORDER BY seq LIMIT 1",
        ),
        ("customers_pkey", "SELECT * FROM customers WHERE tenant_id = $1 AND id = $2"),
    ];
    for looked_at in [false, true] {
        if looked_at {
            connection.execute("ANALYZE").await.unwrap();
        }
        for (index, statement) in statements {
            let plan = plan(&mut connection, statement).await;
            let by_key =
                plan.contains(index) && plan.contains("$2") && !plan.contains("Filter: (id");
            assert!(by_key && !plan.contains("due_in_time"), "{looked_at}: {statement}\n{plan}");
        }
    }
}
