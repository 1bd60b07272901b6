//! Which messages were stored lately.

use async_trait::async_trait;

use super::open::RedisHot;
use crate::domain::id::{CustomerId, TenantId};
use crate::ports::fault::Fault;
use crate::ports::recent::RecentIds;

#[async_trait]
impl RecentIds for RedisHot {
    async fn recall(
        &self,
        tenant: TenantId,
        keys: &[&str],
    ) -> Result<Vec<Option<CustomerId>>, Fault> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut get = redis::cmd("MGET");
        for key in keys {
            get.arg(self.keys.seen(tenant, key).text);
        }
        let found: Vec<Option<String>> = self
            .link
            .ask("recalling messages", async |connection| get.query_async(connection).await)
            .await?;
        // What can't be read is as good as forgotten.
        Ok(found.into_iter().map(|customer| customer?.parse().ok()).collect())
    }

    async fn remember(&self, tenant: TenantId, stored: &[(&str, CustomerId)]) -> Result<(), Fault> {
        if stored.is_empty() {
            return Ok(());
        }
        let mut pipeline = redis::pipe();
        for (key, customer) in stored {
            let key = self.keys.seen(tenant, key);
            pipeline.cmd("SET").arg(&key.text).arg(customer.to_string());
            pipeline.arg("PX").arg(key.millis()).ignore();
        }
        self.link
            .ask("remembering messages", async |connection| {
                pipeline.query_async::<()>(connection).await
            })
            .await
    }
}
