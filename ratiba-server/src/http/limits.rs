//! Limits on what one request, and one address, may ask for.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use poem::{Body, Request};

use super::codes::Code;
use super::error::ApiError;

/// The largest webhook, in bytes. Meta sends up to 3 MB.
pub const WEBHOOK_BODY: usize = 4 * 1024 * 1024;
/// The largest body elsewhere, in bytes.
pub const BODY: usize = 64 * 1024;

/// Reads a body of at most `limit` bytes; one that announces more is refused before it is read.
pub(crate) async fn read(
    announced: Option<u64>,
    body: Body,
    limit: usize,
) -> Result<Vec<u8>, ApiError> {
    if announced.is_some_and(|n| n > limit as u64) {
        return Err(ApiError::new(Code::BodyTooLarge));
    }
    match body.into_bytes_limit(limit).await {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(poem::error::ReadBodyError::PayloadTooLarge) => Err(ApiError::new(Code::BodyTooLarge)),
        Err(_) => Err(ApiError::new(Code::BadRequest)),
    }
}

/// The length that a request announces.
pub(crate) fn announced(request: &Request) -> Option<u64> {
    request.header(poem::http::header::CONTENT_LENGTH)?.parse().ok()
}

/// How often one address may knock. Signed webhooks are never limited: a provider's burst is real customers.
#[derive(Debug)]
pub struct PerAddress {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    behind_proxy: bool,
}

/// Addresses that are remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

impl PerAddress {
    /// `per_minute` requests on average, with bursts of half of it.
    pub fn new(per_minute: NonZeroU32, behind_proxy: bool) -> Self {
        let burst = NonZeroU32::new(per_minute.get() / 2).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self { limiter: RateLimiter::keyed(quota), clock: DefaultClock::default(), behind_proxy }
    }

    /// Counts one request; refuses it with the time to wait.
    pub(crate) fn admit(&self, request: &Request) -> Result<(), ApiError> {
        match client(request, self.behind_proxy) {
            Some(address) => self.admit_address(address),
            // Only a local socket has no address; nobody out there knocks through one.
            None => Ok(()),
        }
    }

    fn admit_address(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&address).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now()).as_secs() + 1;
            metrics::counter!("ratiba_http_rate_limited_total").increment(1);
            ApiError::new(Code::TooManyRequests).retry_after(wait)
        })
    }
}

/// From where a kind of request is taken.
#[derive(Debug)]
pub(crate) struct Sources {
    networks: Vec<IpNet>,
    behind_proxy: bool,
}

impl Sources {
    /// From these networks only; without any, from anywhere.
    pub(crate) const fn new(networks: Vec<IpNet>, behind_proxy: bool) -> Self {
        Self { networks, behind_proxy }
    }

    /// Refuses what comes from elsewhere.
    pub(crate) fn admit(&self, request: &Request) -> Result<(), ApiError> {
        let client = client(request, self.behind_proxy);
        if self.take(client) {
            return Ok(());
        }
        metrics::counter!("ratiba_callbacks_refused_total").increment(1);
        tracing::warn!(?client, "a callback from an address that is not listed");
        Err(ApiError::new(Code::SourceNotListed))
    }

    fn take(&self, client: Option<IpAddr>) -> bool {
        let listed = |client: IpAddr| self.networks.iter().any(|network| network.contains(&client));
        // Only a local socket has no address; nobody out there knocks through one.
        self.networks.is_empty() || client.is_none_or(listed)
    }
}

/// The address of whoever sent a request, as far as it can be believed.
fn client(request: &Request, behind_proxy: bool) -> Option<IpAddr> {
    let direct = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    let forwarded = request.header("x-forwarded-for").filter(|_| behind_proxy);
    believed(direct, forwarded).map(|address| address.to_canonical())
}

/// The client's address: of a forwarding list only the entry that our own proxy appended can be believed.
fn believed(direct: Option<IpAddr>, forwarded: Option<&str>) -> Option<IpAddr> {
    let appended = forwarded.and_then(|list| list.rsplit(',').next());
    appended.and_then(|entry| entry.trim().parse().ok()).or(direct)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_is_limited_and_another_is_not() {
        let limit = PerAddress::new(NonZeroU32::new(4).unwrap(), false);
        let verdicts: Vec<_> =
            (0..3).map(|_| limit.admit_address(ip("10.0.0.1")).is_ok()).collect();
        assert_eq!(verdicts, [true, true, false]);
        assert!(limit.admit_address(ip("10.0.0.2")).is_ok());
    }

    #[test]
    fn callbacks_are_taken_from_what_is_listed_or_from_anywhere() {
        let listed = |text: &str| vec![text.parse::<IpNet>().unwrap()];
        let sources = Sources::new(listed("196.201.214.0/24"), false);
        assert!(sources.take(Some(ip("196.201.214.206"))) && sources.take(None));
        assert!(!sources.take(Some(ip("41.80.0.1"))));
        assert!(Sources::new(Vec::new(), false).take(Some(ip("41.80.0.1"))));
    }

    #[test]
    fn of_a_forwarding_list_only_the_last_entry_counts() {
        let direct = Some(ip("10.0.0.9"));
        assert_eq!(believed(direct, Some("1.1.1.1, 41.80.0.1")), Some(ip("41.80.0.1")));
        assert_eq!(believed(direct, Some("unknown")), direct);
        assert_eq!(believed(direct, None), direct);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_announced_or_not() {
        let refused = Err(ApiError::new(Code::BodyTooLarge));
        assert_eq!(read(Some(9), Body::from_string("x".to_owned()), 8).await, refused);
        assert_eq!(read(None, Body::from_string("123456789".to_owned()), 8).await, refused);
        assert_eq!(read(None, Body::from_string("12345678".to_owned()), 8).await.unwrap().len(), 8);
    }
}
