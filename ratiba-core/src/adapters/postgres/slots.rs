//! Which tenants' plans a connection keeps.
//!
//! Postgres plans the statements of a function once for a connection, and again whenever the `search_path` has changed: with a schema for each
//! tenant that is at every change of tenant, and takes several times as long as the statements themselves. So each function of `functions.sql`
//! is there many times over under numbered names, and a connection calls each number for one tenant. The numbers bound what a connection may
//! grow to: whoever has not been there for the longest gives theirs up, and their plans are made again when they come back.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Tenants whose plans one connection keeps.
pub(super) const SLOTS: usize = 64;

const FUNCTIONS: &str = include_str!("functions.sql");
const HEAD: &str = "CREATE OR REPLACE FUNCTION public.ratiba_";

/// What a server that can compress with LZ4 is told to do: records of turns are long, and its own way takes several times as long.
const COMPRESSED: &str = "SET jit = off SET default_toast_compression = lz4";

/// The functions, once for each number, for a server that can compress with LZ4 or one that was built without.
pub(super) fn numbered(lz4: bool) -> String {
    let functions = if lz4 {
        Cow::from(FUNCTIONS.replace("SET jit = off", COMPRESSED))
    } else {
        Cow::from(FUNCTIONS)
    };
    let mut all = String::with_capacity(FUNCTIONS.len() * SLOTS);
    for slot in 0..SLOTS {
        for (n, part) in functions.split(HEAD).enumerate() {
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
}

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
    fn every_function_compresses_where_the_server_can() {
        let functions = FUNCTIONS.matches(HEAD).count();
        assert_eq!(numbered(true).matches(COMPRESSED).count(), functions * SLOTS);
        assert!(!numbered(false).contains("lz4"));
    }

    #[test]
    fn every_function_is_there_for_every_number() {
        let functions = FUNCTIONS.matches(HEAD).count();
        assert!(functions >= 4);
        let numbered = numbered(false);
        assert_eq!(numbered.matches(HEAD).count(), functions * SLOTS);
        for slot in [0, SLOTS - 1] {
            assert!(numbered.contains(&format!("public.ratiba_lanes_1_at_{slot}(")));
        }
    }
}
