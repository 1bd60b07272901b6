//! Redis: reachable, new enough, near, and with room.

use std::time::Duration;

use ratiba_core::adapters::redis::{RedisSeen, RedisSettings, look as seen};

use super::check::Check;
use crate::settings::Settings;

/// The first major version that the hot state is written for.
const OLDEST: u32 = 7;
/// A turn asks Redis twice; above this they are felt.
const FAR: Duration = Duration::from_millis(10);
/// What may be done when memory is full: let go of what is about to run out anyhow, or refuse what is new.
const GOOD: [&str; 2] = ["volatile-ttl", "noeviction"];

pub(super) async fn look(settings: &Settings) -> Vec<Check> {
    let Some(url) = settings.named.get("REDIS_URL") else {
        let detail =
            "REDIS_URL is not set: hot state within each process, fit for one process alone";
        return vec![Check::ok("Redis", detail)];
    };
    let mut wanted = RedisSettings::at(url);
    if let Some(path) = settings.named.get("REDIS_ROOT_CERT") {
        match std::fs::read(&path) {
            Ok(pem) => wanted.root_cert = Some(pem),
            Err(error) => {
                let detail = format!("{path} can't be read: {error}");
                let remedy = "let REDIS_ROOT_CERT name a file with certificates in PEM";
                return vec![Check::failure("Redis", detail, remedy)];
            }
        }
    }
    let nodes = seen(&wanted).await;
    let mut checks = Vec::new();
    for (place, looked) in nodes {
        let what = format!("Redis {place}");
        match looked {
            Ok(node) => judge(&what, &node, &mut checks),
            Err(fault) => {
                let remedy = "look at user, password and address in REDIS_URL; until then everything works, slower";
                checks.push(Check::failure(what, fault.to_string(), remedy));
            }
        }
    }
    checks
}

fn judge(what: &str, node: &RedisSeen, checks: &mut Vec<Check>) {
    let took = node.round_trip.as_secs_f64() * 1_000.0;
    let detail = format!("version {}, a round trip takes {took:.2} ms", node.version);
    let major = node.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    checks.push(if major.is_none_or(|major| major < OLDEST) {
        Check::warning(what, detail, "Redis 7 or Valkey is what this is tested with: upgrade")
    } else if node.round_trip > FAR {
        Check::warning(what, detail, "move it nearer to the servers: every turn asks it twice")
    } else {
        Check::ok(what, detail)
    });
    let what = format!("{what} memory");
    let mib = |bytes: u64| bytes / (1 << 20);
    let detail = match node.most {
        0 => format!("{} MiB used, no limit; eviction {}", mib(node.used), node.eviction),
        most => format!("{} of {} MiB used; eviction {}", mib(node.used), mib(most), node.eviction),
    };
    let full = node.most > 0 && node.used / 4 > node.most / 5;
    checks.push(if !GOOD.contains(&node.eviction.as_str()) {
        Check::warning(
            what,
            detail,
            "`maxmemory-policy volatile-ttl`: a lease that is evicted early lets two workers take one turn, one of them in vain",
        )
    } else if full {
        Check::warning(
            what,
            detail,
            "raise maxmemory: when it is full, leases are lost or refused, and work goes on slower",
        )
    } else {
        Check::ok(what, detail)
    });
}
