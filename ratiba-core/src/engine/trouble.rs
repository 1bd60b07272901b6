//! Lanes whose turns fail: tried again later and later, so that they burn no machine, and given up at last where no try can ever succeed, so
//! that one bad row does not keep a customer waiting for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use crate::conversation::version::LoadError;
use crate::domain::id::InboxId;
use crate::ports::hot::Lane;
use crate::ports::store::StoreError;

/// Tries after which a turn that can't succeed is given up; with the waits between them they take a quarter of a minute.
const TRIES: u32 = 5;
/// How long a conversation of a newer release waits for a process of that release, in the middle of an upgrade.
const UPGRADE: SignedDuration = SignedDuration::from_mins(15);
/// The longest wait between two tries.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);

/// What is known of lanes whose last turn failed, in this process only: another one finds out by itself.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    lanes: Mutex<HashMap<Lane, Trouble>>,
}

#[derive(Debug)]
struct Trouble {
    /// What the turn was about; `None` where the lane could not even be read.
    item: Option<InboxId>,
    since: Timestamp,
    tries: u32,
    next: Timestamp,
}

/// What to do about a turn that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Try again later.
    Again,
    /// It was tried often enough and can never succeed.
    GiveUp,
}

impl Troubles {
    /// Whether it is time to try the lane (again).
    pub(super) fn may_try(&self, lane: Lane, now: Timestamp) -> bool {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.get(&lane).is_none_or(|trouble| trouble.next <= now)
    }

    /// A turn failed.
    pub(super) fn failed(
        &self,
        lane: Lane,
        item: Option<InboxId>,
        error: &EngineError,
        now: Timestamp,
    ) -> Verdict {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble =
            lanes.entry(lane).or_insert(Trouble { item, since: now, tries: 0, next: now });
        if trouble.item != item {
            *trouble = Trouble { item, since: now, tries: 0, next: now };
        }
        trouble.tries += 1;
        // Far beyond the longest wait, and far from where a shift would turn the number negative.
        let seconds = 1_i64 << (trouble.tries - 1).min(30);
        trouble.next = now + SignedDuration::from_secs(seconds).min(LONGEST);
        let waited = now.duration_since(trouble.since);
        match hope(error) {
            Hope::None if trouble.tries >= TRIES => Verdict::GiveUp,
            Hope::AfterUpgrade if waited >= UPGRADE => Verdict::GiveUp,
            Hope::Good | Hope::AfterUpgrade | Hope::None => Verdict::Again,
        }
    }

    /// The lane is well.
    pub(super) fn over(&self, lane: Lane) {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner).remove(&lane);
    }
}

enum Hope {
    /// The next try may succeed.
    Good,
    /// A process of a newer release can do it.
    AfterUpgrade,
    /// The same comes out every time.
    None,
}

fn hope(error: &EngineError) -> Hope {
    match error {
        EngineError::State { source: LoadError::Newer { .. }, .. } => Hope::AfterUpgrade,
        EngineError::State { .. }
        | EngineError::Endless(_)
        | EngineError::Encode(_)
        | EngineError::Store(StoreError::Corrupt { .. }) => Hope::None,
        EngineError::Store(_)
        | EngineError::Port(_)
        | EngineError::NoBusiness(_)
        | EngineError::Contended => Hope::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;

    const MINT: Mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 3 };

    fn lane() -> Lane {
        Lane { tenant: MINT.id(0), customer: MINT.id(1) }
    }

    /// Tries as often as it may for so long.
    fn try_for(length: SignedDuration, item: InboxId, error: &EngineError) -> (u32, Verdict) {
        let troubles = Troubles::default();
        let (mut now, mut tries) = (Timestamp::UNIX_EPOCH, 0);
        let end = now + length;
        while now < end {
            if troubles.may_try(lane(), now) {
                tries += 1;
                if troubles.failed(lane(), Some(item), error, now) == Verdict::GiveUp {
                    return (tries, Verdict::GiveUp);
                }
            }
            now += SignedDuration::from_millis(100);
        }
        (tries, Verdict::Again)
    }

    #[test]
    fn what_can_never_succeed_is_given_up_after_some_tries() {
        let error = EngineError::Endless(MINT.id(2));
        assert_eq!(
            try_for(SignedDuration::from_mins(1), MINT.id(3), &error),
            (TRIES, Verdict::GiveUp)
        );
    }

    #[test]
    fn what_may_succeed_is_tried_for_ever_but_ever_more_seldom() {
        let (tries, verdict) =
            try_for(SignedDuration::from_hours(1), MINT.id(3), &EngineError::Contended);
        assert_eq!(verdict, Verdict::Again);
        assert!((60..80).contains(&tries), "{tries}");
    }

    #[test]
    fn a_newer_releases_conversation_waits_for_it() {
        let error =
            EngineError::State { thread: MINT.id(2), source: LoadError::Newer { found: 99 } };
        let (_, verdict) = try_for(SignedDuration::from_mins(14), MINT.id(3), &error);
        assert_eq!(verdict, Verdict::Again);
        let (_, verdict) = try_for(SignedDuration::from_mins(20), MINT.id(3), &error);
        assert_eq!(verdict, Verdict::GiveUp);
    }
}
