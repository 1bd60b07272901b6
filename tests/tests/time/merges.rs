//! People who turn out to be one, in whatever order that is found out.

use proptest::prelude::*;
use ratiba_core::adapters::seal::SecretKey;
use ratiba_core::adapters::sqlite::SqliteStore;
use ratiba_core::testing::conformance::store::{Shop, merged};

/// Any order in which every one of five comes to be joined to the others.
fn orders() -> impl Strategy<Value = Vec<(usize, usize)>> {
    (Just((0..5_usize).collect::<Vec<_>>()).prop_shuffle(), any::<[usize; 4]>()).prop_map(
        |(line, picks)| {
            // Each is joined to one of those before, seen from either side.
            (1..5)
                .map(|n| {
                    let earlier = line[picks[n - 1] % n];
                    if picks[n - 1] % 2 == 0 { (line[n], earlier) } else { (earlier, line[n]) }
                })
                .collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn merging_in_any_order_gives_the_same(one in orders(), other in orders()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let left = async |pairs: &[(usize, usize)]| {
                let store = SqliteStore::in_memory(&SecretKey::for_tests()).await.unwrap();
                merged(&Shop::open(&store).await, 5, pairs).await
            };
            assert_eq!(left(&one).await, left(&other).await, "{one:?} {other:?}");
        });
    }
}
