//! A server in cluster mode refuses every step that touches keys of two slots: the whole suite passes there, so the keys fit a cluster.

use ratiba_core::adapters::redis::RedisHot;
use ratiba_core::adapters::system::OsEntropy;
use tokio::sync::OnceCell;

use super::redis::{Private, corner};

/// One cluster of one node for all tests of this file.
async fn node() -> Option<String> {
    static NODE: OnceCell<Option<Private>> = OnceCell::const_new();
    let server = NODE
        .get_or_init(|| async {
            let server = Private::start(&["--cluster-enabled", "yes"]).await?;
            assert_eq!(server.command("CLUSTER ADDSLOTSRANGE 0 16383").await, "+OK");
            Some(server)
        })
        .await;
    let server = server.as_ref()?;
    let ready = async {
        while !server.command("CLUSTER INFO").await.contains("cluster_state:ok") {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), ready).await.unwrap();
    Some(server.url())
}

/// Over the cluster client: two addresses make it one.
async fn clustered() -> Option<Box<RedisHot>> {
    let node = node().await?;
    let settings = corner(&format!("{node},{node}"));
    Some(Box::new(RedisHot::open(&settings, &OsEntropy).await.unwrap()))
}

mod leases {
    use super::clustered;

    ratiba_core::hot_state_conformance!(if_there clustered);
}

mod wake_ups {
    use super::clustered;

    ratiba_core::wake_up_conformance!(if_there clustered);
}
