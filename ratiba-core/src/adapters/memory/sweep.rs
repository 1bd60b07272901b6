//! Maps whose entries run out.

use std::collections::HashMap;
use std::hash::Hash;

/// Entries below which nobody looks for ones that have run out.
pub(super) const SWEEP_FROM: usize = 1024;

/// A map that throws out what has run out whenever it has doubled.
#[derive(Debug)]
pub(super) struct Sweeping<K, V> {
    pub(super) entries: HashMap<K, V>,
    sweep_at: usize,
}

impl<K, V> Default for Sweeping<K, V> {
    fn default() -> Self {
        Self { entries: HashMap::new(), sweep_at: SWEEP_FROM }
    }
}

impl<K: Eq + Hash, V> Sweeping<K, V> {
    pub(super) fn sweep(&mut self, keep: impl Fn(&V) -> bool) {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|_, value| keep(value));
            self.sweep_at = (self.entries.len() * 2).max(SWEEP_FROM);
        }
    }
}
