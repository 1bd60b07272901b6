//! A look at the server from outside the engine: is it new enough, and are there connections for our pools?

use sqlx::Row as _;

use super::connect::PostgresStore;
use super::error::During;
use crate::ports::store::StoreError;

const LOOKING: &str = "looking at the server";
/// The first major version that the store is written for.
const OLDEST: u32 = 15;

/// What was seen of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostgresSeen {
    /// Its version, such as `15.18`.
    pub version: String,
    /// Whether it is one that the store is written for.
    pub is_new_enough: bool,
    /// Connections that it gives to ordinary users at a time.
    pub most_connections: u32,
    /// Connections that are open now, whosever they are.
    pub open_connections: u32,
    /// Connections that one process of ours opens, at most.
    pub own_connections: u32,
    /// The version of TLS on our connection; `None`: it is not encrypted.
    pub tls: Option<String>,
}

impl PostgresStore {
    /// Looks at the server; needs no schema of ours.
    pub async fn look(&self) -> Result<PostgresSeen, StoreError> {
        let mut connection = self.read(LOOKING).await?;
        let row = sqlx::query(
            "SELECT current_setting('server_version') AS version,
                current_setting('server_version_num')::int AS number,
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
                (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS open,
                (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls",
        )
        .fetch_one(&mut *connection)
        .await
        .during(LOOKING)?;
        let number = |name: &str| -> Result<u32, StoreError> {
            let number: i32 = row.try_get(name).during(LOOKING)?;
            Ok(u32::try_from(number).unwrap_or(0))
        };
        let version: String = row.try_get("version").during(LOOKING)?;
        Ok(PostgresSeen {
            // Without what the distribution adds.
            version: version.split_whitespace().next().unwrap_or_default().to_owned(),
            is_new_enough: number("number")? >= OLDEST * 10_000,
            most_connections: number("most")?,
            open_connections: number("open")?,
            own_connections: self.db.connections,
            tls: row.try_get("tls").during(LOOKING)?,
        })
    }
}
