//! Identifiers: one generic id over a ULID, a marker per kind, so that a staff id never fits where a service id belongs.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

/// What an [`Id`] identifies; gives the prefix that its text form starts with.
pub trait IdKind {
    /// Three letters that open the text form, such as `apt` in `apt_01J…`.
    const PREFIX: &'static str;
}

/// A sortable unique identifier of a `K`, written as `prefix_ULID`.
pub struct Id<K> {
    ulid: Ulid,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// Wraps a ULID that is already known to identify a `K`.
    pub const fn from_ulid(ulid: Ulid) -> Self {
        Self { ulid, kind: PhantomData }
    }

    /// The bare ULID.
    pub const fn ulid(self) -> Ulid {
        self.ulid
    }

    /// The id that sorts right after this one.
    pub const fn next(self) -> Self {
        Self::from_ulid(Ulid(self.ulid.0.saturating_add(1)))
    }

    /// Builds an id from a moment and 80 bits of chance: the time part keeps ids sortable.
    pub fn from_parts(at: Timestamp, random: u128) -> Self {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Self::from_ulid(Ulid::from_parts(millis, random))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.ulid == other.ulid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ulid.cmp(&other.ulid)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ulid.hash(state);
    }
}
impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.ulid)
    }
}
impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_<ULID>")]
pub struct ParseIdError {
    text: String,
    prefix: &'static str,
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParseIdError { text: text.chars().take(64).collect(), prefix: K::PREFIX };
        let rest = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or_else(wrong)?;
        rest.parse::<Ulid>().map(Self::from_ulid).map_err(|_| wrong())
    }
}

impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! id_kinds {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident $prefix:literal;)*) => {$(
        #[doc = concat!("Marker of [`", stringify!($alias), "`].")]
        #[derive(Debug)]
        pub enum $kind {}
        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

id_kinds! {
    /// A business that uses the deployment.
    TenantId = TenantKind "tnt";
    /// A person as one tenant knows them.
    CustomerId = CustomerKind "cus";
    /// Something that can be booked.
    ServiceId = ServiceKind "svc";
    /// Someone who does the work.
    StaffId = StaffKind "stf";
    /// A chair, room or machine that a service occupies.
    ResourceId = ResourceKind "res";
    /// A span of somebody's time, held or confirmed.
    AppointmentId = AppointmentKind "apt";
    /// One booking's conversation.
    ThreadId = ThreadKind "thr";
    /// One attempt to be paid.
    PaymentId = PaymentKind "pay";
    /// One item that a thread has to take a turn on: a message, a payment result, a timer.
    InboxId = InboxKind "inb";
    /// One thing to be done outside after a commit.
    OutboxId = OutboxKind "out";
    /// One deadline.
    TimerId = TimerKind "tmr";
    /// One row of the ledger.
    LedgerId = LedgerKind "led";
    /// One knowledge snippet.
    SnippetId = SnippetKind "snp";
    /// One call of a language model.
    ModelCallId = ModelCallKind "llm";
    /// One wish to be told when a time opens up.
    WaitId = WaitKind "wai";
    /// One attempt to prove that a number is one's own.
    ProofId = ProofKind "prf";
    /// One key to a tenant's admin API.
    ApiKeyId = ApiKeyKind "key";
}

/// Ids minted inside one turn: a function of the turn's moment and seed, so that a retried or replayed turn mints the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mint {
    /// When the turn takes place.
    pub at: Timestamp,
    /// The turn's chance, drawn once from the entropy port.
    pub seed: u64,
}

impl Mint {
    /// The `n`-th id of this turn.
    pub fn id<K>(self, n: u32) -> Id<K> {
        let low = splitmix(self.seed ^ (u64::from(n) << 32));
        let high = splitmix(low ^ 0xA076_1D64_78BD_642F);
        Id::from_parts(self.at, (u128::from(high) << 64) | u128::from(low))
    }
}

/// Sebastiano Vigna's splitmix64 finaliser: spreads a counter over 64 bits.
fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes_and_refuses_another_kind() {
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 7 };
        let id: ServiceId = mint.id(1);
        assert_eq!(id.to_string().parse::<ServiceId>(), Ok(id));
        assert!(id.to_string().parse::<StaffId>().is_err());
        assert!("svc_".parse::<ServiceId>().is_err());
    }

    #[test]
    fn a_mint_repeats_itself_and_never_an_id() {
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 7 };
        let ids: std::collections::BTreeSet<ServiceId> = (0..1000).map(|n| mint.id(n)).collect();
        assert_eq!(ids.len(), 1000);
        assert_eq!(mint.id::<ServiceKind>(3), mint.id::<ServiceKind>(3));
    }
}
