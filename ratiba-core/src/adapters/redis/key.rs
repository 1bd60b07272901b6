//! Keys: each is bound to what is kept under it and for how long, names its tenant first, and has a hash tag that keeps together what one
//! script touches.

use std::fmt::Display;
use std::marker::PhantomData;
use std::time::Duration;

use crate::domain::appointment::Busy;
use crate::domain::id::TenantId;
use crate::ports::hot::Lane;

/// How long the last fence of a lane is remembered; after that (or when all is lost) the server's clock alone keeps fences growing.
const FENCE: Duration = Duration::from_hours(1);

/// How long lanes wait for somebody who takes them; after that (and much earlier) workers find them in the store.
const OFFERED: Duration = Duration::from_mins(10);

/// What is kept under a key.
pub(super) mod kept {
    /// The fence of a lease.
    #[derive(Debug)]
    pub(in super::super) enum Fence {}
    /// That somebody waits.
    #[derive(Debug)]
    pub(in super::super) enum Flag {}
    /// A count.
    #[derive(Debug)]
    pub(in super::super) enum Counter {}
    /// A set of names of lanes.
    #[derive(Debug)]
    pub(in super::super) enum Lanes {}
    /// A sorted set of claims by the moment at which they lapse.
    #[derive(Debug)]
    pub(in super::super) enum Claims {}
}

/// A key of a `V`.
#[derive(Debug, Clone)]
pub(super) struct Key<V> {
    pub(super) text: String,
    /// How long what is kept under it lasts, unless it is given away or taken back earlier.
    pub(super) ttl: Duration,
    kept: PhantomData<fn() -> V>,
}

impl<V> Key<V> {
    fn new(text: String, ttl: Duration) -> Self {
        Self { text, ttl, kept: PhantomData }
    }

    /// The lifetime in whole milliseconds, as the server counts.
    pub(super) fn millis(&self) -> u64 {
        millis(self.ttl)
    }
}

/// Makes the keys of one deployment, and names its channels.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    fn of_lane(&self, lane: Lane, what: &str) -> String {
        format!("{}:{{{}:{}}}:{what}", self.prefix, lane.tenant, lane.customer)
    }

    fn of_tenant(&self, tenant: TenantId, what: impl Display) -> String {
        format!("{}:{{{tenant}}}:{what}", self.prefix)
    }

    /// Who has the lane.
    pub(super) fn lease(&self, lane: Lane, ttl: Duration) -> Key<kept::Fence> {
        Key::new(self.of_lane(lane, "lease"), ttl)
    }

    /// The last fence that was given out for the lane.
    pub(super) fn fence(&self, lane: Lane) -> Key<kept::Fence> {
        Key::new(self.of_lane(lane, "fence"), FENCE)
    }

    /// Whether somebody waits for the lane.
    pub(super) fn waiting(&self, lane: Lane, patience: Duration) -> Key<kept::Flag> {
        Key::new(self.of_lane(lane, "waiting"), patience)
    }

    /// Uses within a window.
    pub(super) fn uses(&self, name: &str, window: Duration) -> Key<kept::Counter> {
        Key::new(format!("{}:{{{name}}}:uses", self.prefix), window)
    }

    /// Claims on a member of staff, and on the resource where there is one.
    pub(super) fn claims(
        &self,
        tenant: TenantId,
        claim: &Busy,
        ttl: Duration,
    ) -> impl Iterator<Item = Key<kept::Claims>> + use<> {
        let staff = self.of_tenant(tenant, format_args!("claims:{}", claim.staff));
        let resource = claim.resource.map(|id| self.of_tenant(tenant, format_args!("claims:{id}")));
        [Some(staff), resource].into_iter().flatten().map(move |text| Key::new(text, ttl))
    }

    /// Lanes with new work; one set for all tenants, because workers take from all.
    pub(super) fn offers(&self) -> Key<kept::Lanes> {
        Key::new(format!("{}:{{offers}}:lanes", self.prefix), OFFERED)
    }

    /// The channel on which topics with work are named.
    pub(super) fn wakes(&self) -> String {
        format!("{}:wake", self.prefix)
    }

    /// The channel on which lanes are named that were given back while somebody waited.
    pub(super) fn freed(&self) -> String {
        format!("{}:freed", self.prefix)
    }

    /// The channel for dashboards.
    pub(super) fn news(&self) -> String {
        format!("{}:live", self.prefix)
    }
}

/// Whole milliseconds, at least one: the server refuses a lifetime of none.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}

/// How a lane is named on the channel of freed ones.
pub(super) fn name_of(lane: Lane) -> String {
    format!("{}:{}", lane.tenant, lane.customer)
}

/// The lane of a name.
pub(super) fn lane_of(name: &str) -> Option<Lane> {
    let (tenant, customer) = name.split_once(':')?;
    Some(Lane { tenant: tenant.parse().ok()?, customer: customer.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;

    #[test]
    fn keys_of_one_script_share_a_hash_tag_that_begins_with_the_tenant() {
        let mint = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 };
        let lane = Lane { tenant: mint.id(0), customer: mint.id(1) };
        let keys = Keys::new("ratiba");
        let tag =
            |text: &str| text.split_once('{').unwrap().1.split_once('}').unwrap().0.to_owned();
        let second = Duration::from_secs(1);
        let lease = tag(&keys.lease(lane, second).text);
        assert_eq!(lease, tag(&keys.fence(lane).text));
        assert_eq!(lease, tag(&keys.waiting(lane, second).text));
        assert!(lease.starts_with(&lane.tenant.to_string()));
    }

    #[test]
    fn a_lane_reads_back_from_its_name() {
        let mint = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 2 };
        let lane = Lane { tenant: mint.id(0), customer: mint.id(1) };
        assert_eq!(lane_of(&name_of(lane)), Some(lane));
        assert_eq!(lane_of("nothing"), None);
    }
}
