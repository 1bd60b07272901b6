//! Where an id stands in a short list, in a few nanoseconds: ten thousand bookings ask it on every search.

use crate::domain::id::Id;

/// Positions of ids by an open-addressed table that is at most a quarter full.
#[derive(Debug)]
pub(super) struct IdIndex<I> {
    slots: Vec<Option<(I, usize)>>,
    /// Chosen so that ids stand where they are looked for first: a search that probes on cannot be predicted.
    multiplier: u64,
}

/// How many multipliers are tried; of twenty ids, nearly always one of them parts all.
const TRIES: u64 = 24;

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl<K> IdIndex<Id<K>> {
    /// The position of an id in the list that the index was made of.
    pub(super) fn get(&self, id: Id<K>) -> Option<usize> {
        let mut probe = self.place(id);
        while let Some((found, position)) = self.slots[probe] {
            if found == id {
                return Some(position);
            }
            probe = (probe + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// Multiplicative hashing (Knuth): the low bits of a ULID are chance, but ids made by hand count up.
    fn place(&self, id: Id<K>) -> usize {
        let bits = id.ulid().0;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "folding 128 bits into 64 is the point"
        )]
        let folded = (bits as u64) ^ ((bits >> 64) as u64);
        let spread = folded.wrapping_mul(self.multiplier);
        (spread >> 40) as usize & (self.slots.len() - 1)
    }

    /// An index by one multiplier, and how many ids do not stand where they are looked for first.
    fn by(multiplier: u64, ids: &[Id<K>]) -> (Self, usize) {
        let slots = vec![None; (ids.len() * 4).next_power_of_two().max(2)];
        let (mut index, mut displaced) = (Self { slots, multiplier }, 0);
        for (position, id) in ids.iter().enumerate() {
            let mut probe = index.place(*id);
            while index.slots[probe].is_some_and(|(found, _)| found != *id) {
                probe = (probe + 1) & (index.slots.len() - 1);
                displaced += 1;
            }
            index.slots[probe].get_or_insert((*id, position));
        }
        (index, displaced)
    }
}

impl<K> FromIterator<Id<K>> for IdIndex<Id<K>> {
    fn from_iter<T: IntoIterator<Item = Id<K>>>(ids: T) -> Self {
        let ids: Vec<Id<K>> = ids.into_iter().collect();
        let (mut best, mut displaced) = Self::by(GOLDEN, &ids);
        for n in 1..TRIES {
            if displaced == 0 {
                break;
            }
            let other = Self::by(GOLDEN.wrapping_mul(2 * n + 1), &ids);
            if other.1 < displaced {
                (best, displaced) = other;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::StaffKind;
    use crate::scheduling::fixture::id;

    #[test]
    fn every_id_is_found_at_its_first_place_and_no_other_id_is() {
        let ids: Vec<Id<StaffKind>> = (0..50).chain([3]).map(id).collect();
        let index: IdIndex<Id<StaffKind>> = ids.iter().copied().collect();
        for (n, wanted) in ids.iter().take(50).enumerate() {
            assert_eq!(index.get(*wanted), Some(n));
        }
        assert_eq!(index.get(id(50)), None);
        assert_eq!(IdIndex::<Id<StaffKind>>::from_iter([]).get(id(1)), None);
    }
}
