//! When two rows mean one service, and what of each is kept.

use super::rows::Row;

/// Names this alike mean one service.
const SIMILAR: f64 = 0.9;
/// Edits fewer than this are a slip of the pen.
const EDITS: usize = 3;
/// Names shorter than this are alike by chance.
const SHORT: usize = 6;

/// A name without case and extra space.
pub fn folded(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How alike two names are, from 0 to 1, if they mean one service at all.
///
/// The same without case and extra space, or within an edit distance under 3 or a similarity of at least 0.9; but never
/// when both have under 6 letters or when they differ in a number ("Facial 30" is not "Facial 60").
pub fn same_service(a: &str, b: &str) -> Option<f64> {
    Name::new(a).likeness(&Name::new(b))
}

/// A name made ready to be compared with many others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) folded: String,
    chars: usize,
    letters: usize,
    numbers: Vec<String>,
    /// Which characters occur, as bits; two characters may share one.
    alphabet: u64,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        let folded = folded(name);
        Self {
            chars: folded.chars().count(),
            letters: folded.chars().filter(|c| c.is_alphabetic()).count(),
            numbers: numbers(&folded),
            alphabet: folded.chars().fold(0, |bits, c| bits | 1 << (u32::from(c) % 64)),
            folded,
        }
    }

    /// See [`same_service`].
    pub(super) fn likeness(&self, other: &Self) -> Option<f64> {
        if self.folded == other.folded {
            return Some(1.0);
        }
        let longer = self.chars.max(other.chars);
        let allowed = (EDITS - 1).max(longer / 10);
        // Each edit changes the length by one and the alphabet by two characters at most: most pairs end here.
        let foreign = (self.alphabet ^ other.alphabet).count_ones() as usize;
        let too_far = self.chars.abs_diff(other.chars) > allowed || foreign > 2 * allowed;
        let too_short = self.letters < SHORT && other.letters < SHORT;
        if too_far || too_short || self.numbers != other.numbers {
            return None;
        }
        let distance = strsim::levenshtein(&self.folded, &other.folded);
        #[expect(clippy::cast_precision_loss, reason = "names have far fewer than 2^52 characters")]
        let similarity = 1.0 - distance as f64 / longer as f64;
        (distance < EDITS || similarity >= SIMILAR).then_some(similarity)
    }
}

/// The numbers in a name, in order.
fn numbers(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.trim_start_matches('0').to_owned())
        .collect()
}

/// Puts rows together that mean one service, cell by cell: the surer value wins, on a tie the earlier row's.
/// Rows that carry the ids of two services are two. Each group stands where its first row stood.
pub fn merged(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<(Name, Row)> = Vec::with_capacity(rows.len());
    for row in rows {
        let name = name_of(&row);
        let likeness = |other: &Name, other_row: &Row| match (row.id, other_row.id) {
            (Some(a), Some(b)) => (a == b).then_some(1.0),
            _ => name.likeness(other),
        };
        let best = kept
            .iter()
            .enumerate()
            .filter_map(|(at, (other, other_row))| Some((at, likeness(other, other_row)?)))
            .max_by(|(a_at, a), (b_at, b)| a.total_cmp(b).then(b_at.cmp(a_at)));
        match best {
            Some((at, _)) if !name.folded.is_empty() => {
                let (kept_name, kept_row) = &mut kept[at];
                absorb(kept_row, row);
                *kept_name = name_of(kept_row);
            }
            _ => kept.push((name, row)),
        }
    }
    kept.into_iter().map(|(_, row)| row).collect()
}

/// The name of a row, ready to be compared.
pub(super) fn name_of(row: &Row) -> Name {
    Name::new(row.name.value.as_deref().unwrap_or_default())
}

fn absorb(into: &mut Row, row: Row) {
    let Row { line: _, id, name, name_sw, category, duration_min, price_minor, description } = row;
    into.id = into.id.or(id);
    into.name.merge(name);
    into.name_sw.merge(name_sw);
    into.category.merge(category);
    into.duration_min.merge(duration_min);
    into.price_minor.merge(price_minor);
    into.description.merge(description);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::rows::Cell;

    fn same(a: &str, b: &str) -> bool {
        same_service(a, b).is_some()
    }

    #[test]
    fn names_are_one_by_the_rule() {
        assert!(same("Hair  Treatment", "hair treatment "));
        assert!(same("Haircut", "Hair cut"));
        assert!(same("Blow-dry", "Blowdry"));
        assert!(same("Relaxer treatment and styling", "Relaxer treatmant and stylling"));
        assert!(same("Weave", "WEAVE"), "the same name is the same, however short");
        assert!(!same("Manicure", "Pedicure"));
        assert!(!same("Wash", "Wax"), "both are under six letters");
        assert!(!same("Facial 30", "Facial 60"), "they differ in a number");
        assert!(!same("Facial", "Facial 2"));
        assert!(same("Massages", "Massage"));
    }

    #[test]
    fn the_surer_cell_wins_and_the_earlier_on_a_tie() {
        let row = |line, name: &str, price: Option<i64>, sure, minutes: Option<u32>| Row {
            line,
            name: Cell::of(Some(name.to_owned()), 0.9),
            price_minor: Cell::of(price, sure),
            duration_min: Cell::of(minutes, 0.9),
            ..Row::default()
        };
        let rows = merged(vec![
            row(2, "Haircut", Some(500), 0.9, None),
            row(3, "Braids", Some(2500), 0.9, Some(180)),
            row(4, "hair cut", Some(600), 1.0, Some(30)),
            row(5, "HAIRCUT", Some(700), 1.0, Some(45)),
        ]);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].name.value.as_deref(), Some("Haircut"));
        assert_eq!((rows[0].price_minor.value, rows[0].duration_min.value), (Some(600), Some(30)));
        assert_eq!((rows[0].line, rows[1].line), (2, 3));
    }
}
