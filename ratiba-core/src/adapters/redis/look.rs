//! A look at a server from outside the engine: is it there, is it new enough, how far away, and what does it do when its memory is full?

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError, RedisResult};
use secrecy::ExposeSecret as _;

use super::link::client;
use super::open::RedisSettings;
use crate::ports::fault::{Fault, FaultKind};

/// How long one node may take for everything.
const PATIENCE: Duration = Duration::from_secs(5);
/// Round trips that are measured; the shortest counts.
const PINGS: u32 = 5;

/// What was seen of one server, or of one node of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedisSeen {
    /// The version that it says it is compatible with, such as `7.2.4`.
    pub version: String,
    /// The shortest of a few round trips.
    pub round_trip: Duration,
    /// What it does when its memory is full, such as `noeviction`.
    pub eviction: String,
    /// Bytes that are used.
    pub used: u64,
    /// Bytes that may be used; 0 for as many as the machine has.
    pub most: u64,
}

/// Looks at every node of the settings, in their order. Each with its address without user and password.
pub async fn look(settings: &RedisSettings) -> Vec<(String, Result<RedisSeen, Fault>)> {
    let mut seen = Vec::new();
    for url in settings.url.expose_secret().split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let (place, node) = match client(url, settings.root_cert.as_deref()) {
            Ok(node) => (node.get_connection_info().addr().to_string(), node),
            Err(error) => {
                let fault = Fault::new(FaultKind::Misconfigured, "the address can't be used");
                seen.push(("?".to_owned(), Err(fault.with_source(error))));
                continue;
            }
        };
        let looked = match tokio::time::timeout(PATIENCE, one(&node)).await {
            Ok(looked) => looked.map_err(refused),
            Err(_elapsed) => Err(Fault::new(FaultKind::Transient, "no answer in time")),
        };
        seen.push((place, looked));
    }
    seen
}

async fn one(client: &Client) -> RedisResult<RedisSeen> {
    let mut connection = client.get_multiplexed_async_connection().await?;
    let mut round_trip = Duration::MAX;
    for _ in 0..PINGS {
        let begun = Instant::now();
        redis::cmd("PING").query_async::<()>(&mut connection).await?;
        round_trip = round_trip.min(begun.elapsed());
    }
    let server = info(&mut connection, "server").await?;
    let memory = info(&mut connection, "memory").await?;
    let number = |name| field(&memory, name).and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(RedisSeen {
        version: field(&server, "redis_version").unwrap_or("?").to_owned(),
        round_trip,
        eviction: field(&memory, "maxmemory_policy").unwrap_or("?").to_owned(),
        used: number("used_memory"),
        most: number("maxmemory"),
    })
}

async fn info(connection: &mut MultiplexedConnection, section: &str) -> RedisResult<String> {
    redis::cmd("INFO").arg(section).query_async(connection).await
}

/// A line `name:value`.
fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

fn refused(error: RedisError) -> Fault {
    let unreachable = error.is_io_error() || error.is_timeout() || error.is_connection_dropped();
    let (kind, what) = if unreachable {
        (FaultKind::Transient, "it can't be reached")
    } else if matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"))
        || error.kind() == redis::ErrorKind::AuthenticationFailed
    {
        (FaultKind::Unauthorised, "user and password are refused")
    } else {
        (FaultKind::Misconfigured, "it refuses what it is asked")
    };
    let code = error.code().map(str::to_owned);
    let fault = Fault::new(kind, what).with_source(error);
    match code {
        Some(code) => fault.with_code(code),
        None => fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let info = "# Memory\r\nused_memory_human:1M\r\nused_memory:42\r\nmaxmemory:0\r\n";
        assert_eq!(field(info, "used_memory"), Some("42"));
        assert_eq!(field(info, "maxmemory"), Some("0"));
        assert_eq!(field(info, "maxmemory_policy"), None);
    }
}
