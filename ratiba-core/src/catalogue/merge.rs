//! When two rows mean one service, and what of each is kept.

use super::rows::Row;

/// Names this alike mean one service.
const SIMILAR: f64 = 0.9;
/// Edits fewer than this are a slip of the pen.
const EDITS: usize = 3;
/// Names shorter than this are alike by chance.
const SHORT: usize = 6;

/// A name ready to be compared: without case and extra space.
pub fn folded(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How alike two names are, from 0 to 1, if they mean one service at all.
///
/// The same without case and extra space, or within an edit distance under 3 or a similarity of at least 0.9; but never
/// when both have under 6 letters or when they differ in a number ("Facial 30" is not "Facial 60").
pub fn same_service(a: &str, b: &str) -> Option<f64> {
    let (a, b) = (folded(a), folded(b));
    if a == b {
        return Some(1.0);
    }
    let letters = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count();
    let (longer, shorter) =
        (a.chars().count().max(b.chars().count()), a.chars().count().min(b.chars().count()));
    // The distance is at least the difference in length, so most pairs need no further look.
    let too_far = |distance: usize| distance >= EDITS && distance * 10 > longer;
    if too_far(longer - shorter)
        || (letters(&a) < SHORT && letters(&b) < SHORT)
        || numbers(&a) != numbers(&b)
    {
        return None;
    }
    let distance = strsim::levenshtein(&a, &b);
    #[expect(clippy::cast_precision_loss, reason = "names have far fewer than 2^52 characters")]
    let similarity = 1.0 - distance as f64 / longer as f64;
    (distance < EDITS || similarity >= SIMILAR).then_some(similarity)
}

/// The numbers in a name, in order.
fn numbers(name: &str) -> Vec<&str> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.trim_start_matches('0'))
        .collect()
}

/// Puts rows together that mean one service, cell by cell: the surer value wins, on a tie the earlier row's.
/// Rows that carry the ids of two services are two. Each group stands where its first row stood.
pub fn merged(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        let name = row.name.value.as_deref().unwrap_or_default();
        let likeness = |other: &Row| match (row.id, other.id) {
            (Some(a), Some(b)) => (a == b).then_some(1.0),
            _ => same_service(name, other.name.value.as_deref().unwrap_or_default()),
        };
        let best = kept
            .iter()
            .enumerate()
            .filter_map(|(at, other)| likeness(other).map(|like| (at, like)))
            .max_by(|(a_at, a), (b_at, b)| a.total_cmp(b).then(b_at.cmp(a_at)));
        match best {
            Some((at, _)) if !name.is_empty() => absorb(&mut kept[at], row),
            _ => kept.push(row),
        }
    }
    kept
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
