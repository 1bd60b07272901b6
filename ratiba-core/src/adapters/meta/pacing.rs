//! Keeps us below WhatsApp's limit per pair of business and person, so that its penalty is never earned.
//!
//! The limit is one message per six seconds, with bursts that are repaid (documented with code 131056). The count is this process's own:
//! several processes together may exceed it, and then the provider's refusal, which [`Pacer::struck`] remembers, has the last word.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::domain::channel::Address;

/// What one message costs of a pair's allowance.
const COST: SignedDuration = SignedDuration::from_secs(6);
/// How far ahead of the sustained rate a pair may run. The platform is said to allow 45 messages at once; we stop earlier.
const BURST: SignedDuration = SignedDuration::from_secs(6 * 30);
/// The longest wait after repeated refusals.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(60);
/// Pairs that are remembered before those with nothing to repay are first dropped.
const SWEEP_AT: usize = 10_000;

/// What a pair has used.
#[derive(Debug, Clone, Copy)]
struct Pair {
    /// When everything that was sent will have been repaid at the sustained rate.
    repaid_at: Timestamp,
    /// Not before this moment: the provider said so.
    not_before: Timestamp,
    /// Refusals in a row.
    strikes: u32,
}

/// The allowance of every pair that was written to lately.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    pairs: Mutex<Pairs>,
}

#[derive(Debug, Default)]
struct Pairs {
    known: HashMap<(String, String), Pair>,
    /// How many were left by the last sweep; the next one waits until there are twice as many, so that sweeping stays cheap.
    kept: usize,
}

impl Pacer {
    /// Takes one message from the pair's allowance, or says how long to wait.
    pub(super) fn take(&self, to: &Address, now: Timestamp) -> Result<(), SignedDuration> {
        self.with(to, now, |pair| {
            let earliest = pair.not_before.max(pair.repaid_at - BURST);
            if earliest > now {
                return Err(earliest.duration_since(now));
            }
            pair.repaid_at = pair.repaid_at.max(now) + COST;
            Ok(())
        })
    }

    /// The provider took a message: earlier refusals no longer count.
    pub(super) fn accepted(&self, to: &Address, now: Timestamp) {
        self.with(to, now, |pair| pair.strikes = 0);
    }

    /// The provider refused for pace. Returns how long to leave the pair alone: 4^n seconds for the n-th refusal in a row.
    pub(super) fn struck(
        &self,
        to: &Address,
        now: Timestamp,
        told: Option<SignedDuration>,
    ) -> SignedDuration {
        self.with(to, now, |pair| {
            pair.strikes = pair.strikes.saturating_add(1);
            let grown = SignedDuration::from_secs(4_i64.saturating_pow(pair.strikes.min(20)));
            let wait = told.map_or(grown, |told| told.max(grown)).min(LONGEST_WAIT);
            pair.not_before = now + wait;
            wait
        })
    }

    fn with<T>(&self, to: &Address, now: Timestamp, change: impl FnOnce(&mut Pair) -> T) -> T {
        // A panic can't leave a pair half-written: each change is one assignment.
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        if pairs.known.len() >= SWEEP_AT.max(2 * pairs.kept) {
            pairs.known.retain(|_, pair| pair.repaid_at > now || pair.not_before > now);
            pairs.kept = pairs.known.len();
        }
        let fresh = Pair { repaid_at: now, not_before: Timestamp::MIN, strikes: 0 };
        change(pairs.known.entry((to.account.clone(), to.peer.clone())).or_insert(fresh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::ChannelKind;

    fn to(peer: &str) -> Address {
        Address { channel: ChannelKind::Whatsapp, account: "2".into(), peer: peer.into() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_burst_passes_and_then_one_message_in_six_seconds() {
        let pacer = Pacer::default();
        let burst = (0..100).take_while(|_| pacer.take(&to("1"), at(0)).is_ok()).count();
        assert_eq!(burst, 31);
        assert_eq!(pacer.take(&to("1"), at(0)), Err(SignedDuration::from_secs(6)));
        assert_eq!(pacer.take(&to("2"), at(0)), Ok(()), "another person has their own allowance");
        assert_eq!(pacer.take(&to("1"), at(6)), Ok(()));
        assert_eq!(pacer.take(&to("1"), at(6)), Err(SignedDuration::from_secs(6)));
        assert_eq!((0..100).take_while(|_| pacer.take(&to("1"), at(1000)).is_ok()).count(), 31);
    }

    #[test]
    fn refusals_in_a_row_quadruple_the_wait_until_one_is_taken() {
        let pacer = Pacer::default();
        let wait = |told| pacer.struck(&to("1"), at(0), told).as_secs();
        assert_eq!([wait(None), wait(None), wait(None)], [4, 16, 64]);
        assert_eq!(pacer.take(&to("1"), at(10)), Err(SignedDuration::from_secs(54)));
        assert_eq!(pacer.take(&to("1"), at(64)), Ok(()));
        pacer.accepted(&to("1"), at(64));
        assert_eq!(wait(Some(SignedDuration::from_secs(30))), 30, "the provider's word counts");
        for _ in 0..30 {
            wait(None);
        }
        assert_eq!(wait(None), LONGEST_WAIT.as_secs());
    }

    #[test]
    fn pairs_with_nothing_to_repay_are_forgotten() {
        let pacer = Pacer::default();
        for n in 0..SWEEP_AT {
            pacer.take(&to(&n.to_string()), at(0)).unwrap();
        }
        pacer.take(&to("late"), at(3600)).unwrap();
        assert_eq!(pacer.pairs.lock().unwrap().known.len(), 1);
    }
}
