//! The terminal behind `PgBouncer` in transaction mode.

use super::ratiba;
use crate::store::postgres::Fresh;

#[tokio::test]
async fn everything_is_done_through_a_pooler_with_one_connection() {
    // Migrating takes two connections: the lock keeps one for itself.
    let Some(fresh) = Fresh::migrated().await else { return };
    let Some(url) = fresh.pooled_url() else { return };
    let env = vec![
        ("DATABASE_URL", url),
        ("DATABASE_POOLER", "true".to_owned()),
        ("RATIBA_SECRET_KEY", hex::encode([7; 32])),
    ];
    for name in ["kinyozi", "saluni"] {
        let (code, made) = ratiba(
            &["tenant", "create", "--slug", name, "--name", name, "--vertical", "barbershop"],
            &env,
        )
        .await;
        assert_eq!(code, 0, "{made}");
    }
    let (code, tenants) = ratiba(&["tenant", "list"], &env).await;
    assert_eq!((code, tenants.as_array().map(Vec::len)), (0, Some(2)), "{tenants}");
}
