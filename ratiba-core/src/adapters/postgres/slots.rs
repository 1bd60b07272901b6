//! Which tenants' plans a connection keeps.
//!
//! Postgres plans the statements of a function once for a connection, and again whenever the `search_path` has changed: with a schema for each
//! tenant that is at every change of tenant, and takes several times as long as the statements themselves. So each function of `functions.sql`
//! is there many times over under numbered names, and a connection calls each number for one tenant. The numbers bound what a connection may
//! grow to: whoever has not been there for the longest gives theirs up, and their plans are made again when they come back.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// Tenants whose plans one connection keeps.
pub(super) const SLOTS: usize = 64;

const FUNCTIONS: &str = include_str!("functions.sql");
const HEAD: &str = "CREATE OR REPLACE FUNCTION public.ratiba_";

/// The functions, once for each number.
pub(super) static NUMBERED: LazyLock<String> = LazyLock::new(|| {
    let mut all = String::with_capacity(FUNCTIONS.len() * SLOTS);
    for slot in 0..SLOTS {
        for (n, part) in FUNCTIONS.split(HEAD).enumerate() {
            match part.split_once('(') {
                Some((name, rest)) if n > 0 => {
                    let _never_fails = write!(all, "{HEAD}{name}_at_{slot}({rest}");
                }
                // What stands before the first of them is said once.
                _ if slot == 0 => all.push_str(part),
                _ => {}
            }
        }
    }
    all
});

/// The tenants of one connection, by what tells them apart.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Each with when it was last here.
    held: Vec<(u64, u64)>,
    visits: u64,
}

impl Slots {
    /// The number that is a tenant's here, from now on at least.
    pub(super) fn of(&mut self, tenant: u64) -> usize {
        self.visits += 1;
        let known = self.held.iter().position(|(held, _)| *held == tenant);
        let slot = known.unwrap_or_else(|| self.freed());
        self.held[slot] = (tenant, self.visits);
        slot
    }

    /// One that nobody has, or that is taken from whoever has been away for the longest.
    fn freed(&mut self) -> usize {
        if self.held.len() < SLOTS {
            self.held.push((0, 0));
            return self.held.len() - 1;
        }
        let oldest = self.held.iter().enumerate().min_by_key(|(_, (_, last))| *last);
        oldest.map_or(0, |(slot, _)| slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_keeps_its_number_until_as_many_others_have_come() {
        let mut slots = Slots::default();
        let first = slots.of(7);
        for other in 0..SLOTS as u64 - 1 {
            assert_ne!(slots.of(100 + other), first);
            assert_eq!(slots.of(7), first);
        }
        let away = slots.of(100);
        for other in 0..SLOTS as u64 - 1 {
            slots.of(1_000 + other);
        }
        assert_eq!(slots.of(100), away, "just still there");
        // Whoever comes now takes the number of the one who was away for the longest: 1000, for 7 and the first others have gone before.
        assert!(!slots.held.iter().any(|(tenant, _)| *tenant == 7));
        let longest = slots.held.iter().position(|(tenant, _)| *tenant == 1_000);
        assert_eq!(Some(slots.of(7)), longest);
        assert_eq!(slots.held.len(), SLOTS);
    }

    #[test]
    fn every_function_is_there_for_every_number() {
        let functions = FUNCTIONS.matches(HEAD).count();
        assert!(functions >= 4);
        assert_eq!(NUMBERED.matches(HEAD).count(), functions * SLOTS);
        for slot in [0, SLOTS - 1] {
            assert!(NUMBERED.contains(&format!("public.ratiba_lane_2_at_{slot}(")));
        }
    }
}
