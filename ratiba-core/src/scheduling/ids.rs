//! Where an id stands in a short list, in a few nanoseconds: ten thousand bookings ask it on every search.

use crate::domain::id::Id;

/// Positions of ids by an open-addressed table that is at most half full.
#[derive(Debug)]
pub(super) struct IdIndex<I> {
    slots: Vec<Option<(I, usize)>>,
}

impl<K> IdIndex<Id<K>> {
    /// The position of an id in the list that the index was made of.
    pub(super) fn get(&self, id: Id<K>) -> Option<usize> {
        let mut probe = self.first_probe(id);
        while let Some((found, position)) = self.slots[probe] {
            if found == id {
                return Some(position);
            }
            probe = (probe + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// Multiplicative hashing (Knuth): the low bits of a ULID are chance, but ids made by hand count up.
    fn first_probe(&self, id: Id<K>) -> usize {
        let bits = id.ulid().0;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "folding 128 bits into 64 is the point"
        )]
        let folded = (bits as u64) ^ ((bits >> 64) as u64);
        let spread = folded.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (spread >> 40) as usize & (self.slots.len() - 1)
    }
}

impl<K> FromIterator<Id<K>> for IdIndex<Id<K>> {
    fn from_iter<T: IntoIterator<Item = Id<K>>>(ids: T) -> Self {
        let ids: Vec<Id<K>> = ids.into_iter().collect();
        let mut index = Self { slots: vec![None; (ids.len() * 2).next_power_of_two().max(2)] };
        for (position, id) in ids.into_iter().enumerate() {
            let mut probe = index.first_probe(id);
            while index.slots[probe].is_some_and(|(found, _)| found != id) {
                probe = (probe + 1) & (index.slots.len() - 1);
            }
            index.slots[probe].get_or_insert((id, position));
        }
        index
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
