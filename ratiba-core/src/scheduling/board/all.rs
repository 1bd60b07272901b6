//! Every free start of a board at once: who is free is turned from a row per person into a set of people per start.

use super::{Board, ones};
use crate::scheduling::frame::Second;
use crate::scheduling::slot::Slot;

/// People that fit into one word.
const MOST_PEOPLE: usize = 64;

impl Board<'_> {
    /// Every start from `earliest` on with the person whose turn it fairly is and the first free room, in order of time.
    pub(in crate::scheduling) fn all(&self, earliest: Second) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(self.count());
        if self.team.len() > MOST_PEOPLE {
            slots.extend(self.starts(earliest).filter_map(|start| self.slot(start, None)));
            return slots;
        }
        let needs_room = !self.service.resources.is_empty();
        let mut free = [0_u64; 64];
        let mut rooms = [0_usize; 64];
        for day in 0..self.frame.days().len() {
            for word in 0..self.words {
                let open = self.any_free(day, word);
                if open == 0 {
                    continue;
                }
                self.people_by_start(day, word, open, &mut free);
                self.room_by_start(day, word, open, &mut rooms);
                for bit in ones(open) {
                    let at = self.frame.start_at(day, word * 64 + bit);
                    let Some(at) = at.filter(|at| *at >= earliest) else { continue };
                    if let Some(person) = self.records.turn(ones(free[bit]), day, at) {
                        slots.push(self.given(at, person, needs_room.then_some(rooms[bit])));
                    }
                }
            }
        }
        slots
    }

    /// For each open start of a word, who is free, as bits.
    fn people_by_start(&self, day: usize, word: usize, open: u64, free: &mut [u64; 64]) {
        for bit in ones(open) {
            free[bit] = 0;
        }
        let rows = &self.people[day * self.team.len() * self.words..];
        for person in 0..self.team.len() {
            for bit in ones(rows[person * self.words + word] & open) {
                free[bit] |= 1 << person;
            }
        }
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
