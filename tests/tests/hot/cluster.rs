//! A server in cluster mode refuses every step that touches keys of two slots: the whole suite passes there, so the keys fit a cluster.

use std::ops::Deref;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ratiba_core::adapters::redis::RedisHot;
use ratiba_core::adapters::system::OsEntropy;
use tokio::sync::Mutex;

use super::redis::{Private, corner};

/// A cluster of one node for all tests of this file that run just then; it ends with the last of them.
async fn node() -> Option<Arc<Private>> {
    static NODE: Mutex<Weak<Private>> = Mutex::const_new(Weak::new());
    let mut node = NODE.lock().await;
    if let Some(server) = node.upgrade() {
        return Some(server);
    }
    let server = Private::start(&["--cluster-enabled", "yes"]).await?;
    assert_eq!(server.command("CLUSTER ADDSLOTSRANGE 0 16383").await, "+OK");
    let ready = async {
        while !server.command("CLUSTER INFO").await.contains("cluster_state:ok") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ready).await.unwrap();
    let server = Arc::new(server);
    *node = Arc::downgrade(&server);
    Some(server)
}

/// A client, and the cluster that it needs.
struct Clustered {
    hot: RedisHot,
    _node: Arc<Private>,
}

impl Deref for Clustered {
    type Target = RedisHot;

    fn deref(&self) -> &RedisHot {
        &self.hot
    }
}

/// Over the cluster client: two addresses make it one.
async fn clustered() -> Option<Clustered> {
    let node = node().await?;
    let settings = corner(&format!("{0},{0}", node.url()));
    let hot = RedisHot::open(&settings, &OsEntropy).await.unwrap();
    Some(Clustered { hot, _node: node })
}

mod leases {
    use super::clustered;

    ratiba_core::hot_state_conformance!(if_there clustered);
}

mod wake_ups {
    use super::clustered;

    ratiba_core::wake_up_conformance!(if_there clustered);
}
