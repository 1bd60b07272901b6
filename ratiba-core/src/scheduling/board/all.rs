//! Every free start of a board at once.

use super::{Board, ones};
use crate::scheduling::frame::Second;
use crate::scheduling::slot::Slot;

impl Board<'_> {
    /// Every start from `earliest` on with the person whose turn it fairly is and the first free room, in order of time.
    pub(in crate::scheduling) fn all(&self, earliest: Second) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(self.count());
        let needs_room = !self.service.resources.is_empty();
        let mut rooms = [0_usize; 64];
        for day in 0..self.frame.days().len() {
            // What the day decides is decided once for all of its starts.
            let order = self.records.order(day, self.team.len());
            let people = &self.people[day * self.team.len() * self.words..];
            for word in 0..self.words {
                let open = self.any_free(day, word);
                if open == 0 {
                    continue;
                }
                self.room_by_start(day, word, open, &mut rooms);
                for bit in ones(open) {
                    let at = self.frame.start_at(day, word * 64 + bit);
                    let Some(at) = at.filter(|at| *at >= earliest) else { continue };
                    let is_free = |person| people[person * self.words + word] >> bit & 1 == 1;
                    if let Some(person) = self.records.turn(&order, is_free, day, at) {
                        slots.push(self.given(at, person, needs_room.then_some(rooms[bit])));
                    }
                }
            }
        }
        slots
    }

    /// For each open start of a word, the first room that is free.
    fn room_by_start(&self, day: usize, word: usize, open: u64, first: &mut [usize; 64]) {
        let count = self.service.resources.len();
        let mut left = open;
        for room in 0..count {
            let free = left & self.rooms[(day * count + room) * self.words + word];
            for bit in ones(free) {
                first[bit] = room;
            }
            left &= !free;
        }
    }
}
