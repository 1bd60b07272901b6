//! Finds the word that a misspelt one was meant to be: distance one, or two for long words, by an index of deletions.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A word needs so many letters before another is taken for it.
const MIN_LEN: usize = 5;
/// From so many letters two slips are forgiven.
const TWO_SLIPS_FROM: usize = 9;

/// Longer words are not looked for.
const MAX_TYPED: usize = 24;

/// FNV-1a: short keys, and the tables hold our own words, so nobody can crowd them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A set of our own words.
pub(super) type WordSet<K> = HashSet<K, BuildHasherDefault<Fnv>>;

/// A hash map of our own words.
pub(super) type WordMap<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;

/// Words by what is left of them when one letter is dropped.
#[derive(Debug, Default)]
pub(super) struct FuzzyIndex {
    words: Vec<Box<str>>,
    by_deletion: WordMap<Box<str>, Vec<u32>>,
}

impl FuzzyIndex {
    /// Adds a word; the result of a search is its position in the order of adding.
    pub(super) fn add(&mut self, word: &str) {
        let Ok(id) = u32::try_from(self.words.len()) else { return };
        self.words.push(word.into());
        if word.len() < MIN_LEN - 1 || !word.is_ascii() {
            return;
        }
        self.by_deletion.entry(word.into()).or_default().push(id);
        for i in 0..word.len() {
            let cut = without(word, i);
            let ids = self.by_deletion.entry(cut.into()).or_default();
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
    }

    /// The word at a position.
    pub(super) fn word(&self, id: u32) -> &str {
        self.words.get(id as usize).map_or("", |w| w)
    }

    /// The closest word, or `None` when none is close. On a tie the one that was added first.
    pub(super) fn closest(&self, typed: &str) -> Option<u32> {
        if typed.len() < MIN_LEN || typed.len() > MAX_TYPED || !typed.is_ascii() {
            return None;
        }
        let allowed = if typed.len() >= TWO_SLIPS_FROM { 2 } else { 1 };
        let mut best: Option<(usize, u32)> = None;
        let mut look = |key: &str| {
            for &id in self.by_deletion.get(key).map_or(&[][..], Vec::as_slice) {
                let word = self.word(id);
                if word.as_bytes().first() != typed.as_bytes().first() {
                    continue;
                }
                let distance = slips(typed, word);
                if distance <= allowed && best.is_none_or(|(d, i)| (distance, id) < (d, i)) {
                    best = Some((distance, id));
                }
            }
        };
        look(typed);
        let mut cut = [0_u8; MAX_TYPED];
        for i in 0..typed.len() {
            let bytes = typed.as_bytes();
            cut[..i].copy_from_slice(&bytes[..i]);
            cut[i..bytes.len() - 1].copy_from_slice(&bytes[i + 1..]);
            look(std::str::from_utf8(&cut[..bytes.len() - 1]).unwrap_or(""));
        }
        best.map(|(_, id)| id)
    }
}

fn without(word: &str, index: usize) -> String {
    let mut out = String::with_capacity(word.len());
    out.push_str(&word[..index]);
    out.push_str(&word[index + 1..]);
    out
}

/// Insertions, deletions, substitutions and swaps of neighbours between two ASCII words of at most 40 letters.
pub(super) fn slips(a: &str, b: &str) -> usize {
    const MAX: usize = 41;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() >= MAX || b.len() >= MAX || a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut before = [0_usize; MAX];
    let mut last = [0_usize; MAX];
    let mut row = [0_usize; MAX];
    for (j, cell) in last.iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = last;
        last = row;
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_found_two_only_in_long_words() {
        let mut index = FuzzyIndex::default();
        for word in ["tomorrow", "appointment", "beard", "kesho"] {
            index.add(word);
        }
        let found = |typed| index.closest(typed).map(|id| index.word(id).to_owned());
        assert_eq!(found("tomorow").as_deref(), Some("tomorrow"));
        assert_eq!(found("appoitmentt").as_deref(), Some("appointment"));
        assert_eq!(found("baerd"), Some("beard".to_owned()));
        assert_eq!(found("kexo"), None);
        assert_eq!(found("xomorrow"), None);
    }

    #[test]
    fn slips_count_swaps_once() {
        assert_eq!(slips("brain", "brian"), 1);
        assert_eq!(slips("kevin", "kelvin"), 1);
        assert_eq!(slips("abc", "xyz"), 3);
    }
}
