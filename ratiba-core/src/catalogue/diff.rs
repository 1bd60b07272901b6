//! What a staged import would change, and the catalogue with it changed. Importing the same file again changes nothing.
//!
//! A row changes what it speaks of and leaves the rest: an empty cell never empties a field, a service that the file
//! doesn't name stays, and a name stays as the owner spelt it unless the row carries the service's id.

use std::collections::{BTreeMap, VecDeque};

use super::merge::{Name, folded, name_of};
use super::report::{ImportReport, ReportedService, WaitingRow};
use super::rows::Row;
use super::stage::Staged;
use crate::domain::catalogue::{Bilingual, Catalogue, Service};
use crate::domain::id::Mint;
use crate::domain::money::{Currency, Money};

/// How to fill what the rows leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportOptions {
    /// What the business charges in; the rows' prices are in its minor units.
    pub currency: Currency,
    /// Minutes of a new service whose row names none. Without it such a row waits.
    pub default_duration_min: Option<u32>,
}

/// Why a staged import can't be committed. Nothing of it is written then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Rows without a price, or with one that is not above zero. A price is never suggested, so a person must fill it in.
    #[error("{} without a price: {}", counted(.rows.len()), listed(.rows))]
    PriceFloor {
        /// Which.
        rows: Vec<WaitingRow>,
    },
}

impl CommitError {
    /// The stable code of the failure, as the API answers it with status 422.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PriceFloor { .. } => "price_floor_violation",
        }
    }
}

fn counted(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

fn listed(rows: &[WaitingRow]) -> String {
    let mut names: Vec<&str> = rows.iter().take(5).map(|r| r.name.as_str()).collect();
    if rows.len() > names.len() {
        names.push("…");
    }
    names.join(", ")
}

/// What becomes of one staged row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A service that is not there yet.
    New {
        /// As it will be.
        service: Service,
    },
    /// A service that is there and differs.
    Changed {
        /// As it is.
        before: Box<Service>,
        /// As it will be.
        service: Service,
    },
    /// A service that is there like this.
    Unchanged {
        /// As it is.
        service: Service,
    },
}

impl Change {
    /// The service as it will be.
    pub const fn service(&self) -> &Service {
        match self {
            Self::New { service } | Self::Changed { service, .. } | Self::Unchanged { service } => {
                service
            }
        }
    }

    /// True when committing it writes nothing.
    pub const fn is_unchanged(&self) -> bool {
        matches!(self, Self::Unchanged { .. })
    }
}

/// An import carried out on a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The catalogue with the changes.
    pub catalogue: Catalogue,
    /// What each complete row does, in order.
    pub changes: Vec<Change>,
    /// Rows that stay in staging until somebody gives them a duration.
    pub waiting: Vec<WaitingRow>,
}

impl Applied {
    /// The report of the import; `committed` tells whether the new catalogue was stored.
    pub fn report(&self, staged: &Staged, committed: bool) -> ImportReport {
        let reported = |change: &Change| {
            let Service { name, price, duration_min, .. } = change.service();
            ReportedService {
                name: name.in_language(crate::domain::message::Language::En).to_owned(),
                name_sw: name.sw.clone(),
                price_minor: price.minor,
                duration_min: *duration_min,
                currency: price.currency.code().to_owned(),
            }
        };
        ImportReport {
            rows_ok: staged.rows_ok,
            rows_bad: staged.rows_bad.clone(),
            services: self.changes.iter().map(reported).collect(),
            committed,
            waiting: self.waiting.clone(),
        }
    }
}

/// Compares a staged import with the catalogue and carries it out on a copy; nothing is stored.
///
/// New services can be done by everybody and get the ids of `mint` from the first on. Where nobody works yet they wait
/// inactive, because an active service always has somebody.
pub fn apply(
    catalogue: &Catalogue,
    staged: &Staged,
    options: &ImportOptions,
    mint: Mint,
) -> Result<Applied, CommitError> {
    let named =
        |row: &Row| WaitingRow { line: row.line, name: row.name.value.clone().unwrap_or_default() };
    let unpriced = staged.rows.iter().filter(|r| r.price_minor.value.is_none_or(|p| p <= 0));
    let unpriced: Vec<WaitingRow> = unpriced.map(named).collect();
    if !unpriced.is_empty() {
        return Err(CommitError::PriceFloor { rows: unpriced });
    }
    let partners = partners(&catalogue.services, &staged.rows);
    let mut applied =
        Applied { catalogue: catalogue.clone(), changes: Vec::new(), waiting: Vec::new() };
    let mut minted = 0;
    for (row, partner) in staged.rows.iter().zip(partners) {
        let change = if let Some(at) = partner {
            let before = &catalogue.services[at];
            let service = updated(before, row, options.currency);
            applied.catalogue.services[at] = service.clone();
            if service == *before {
                Change::Unchanged { service }
            } else {
                Change::Changed { before: Box::new(before.clone()), service }
            }
        } else if let Some(minutes) = row.duration_min.value.or(options.default_duration_min) {
            let service = created(row, minutes, catalogue, options.currency, mint.id(minted));
            minted += 1;
            applied.catalogue.services.push(service.clone());
            Change::New { service }
        } else {
            applied.waiting.push(named(row));
            continue;
        };
        applied.changes.push(change);
    }
    Ok(applied)
}

/// The present service that each row means: by id, by the same name in either language, else by the most alike name.
/// No service is meant by two rows.
fn partners(services: &[Service], rows: &[Row]) -> Vec<Option<usize>> {
    let names: Vec<Name> = rows.iter().map(name_of).collect();
    let known: Vec<Name> = services.iter().map(|s| Name::new(&s.name.en)).collect();
    let mut pairing = Pairing { found: vec![None; rows.len()], taken: vec![false; services.len()] };
    pairing.by_key(rows.iter().map(|r| r.id), services.iter().map(|s| Some(s.id)));
    let said = || names.iter().map(|n| Some(n.folded.as_str()).filter(|n| !n.is_empty()));
    pairing.by_key(said(), known.iter().map(|n| Some(n.folded.as_str())));
    let swahili: Vec<String> = services.iter().map(|s| folded(&s.name.sw)).collect();
    pairing.by_key(said(), swahili.iter().map(|n| Some(n.as_str())));
    for (row, name) in names.iter().enumerate() {
        if pairing.found[row].is_some() || name.folded.is_empty() {
            continue;
        }
        let free = known.iter().enumerate().filter(|(at, _)| !pairing.taken[*at]);
        let best = free
            .filter_map(|(at, other)| Some((at, name.likeness(other)?)))
            .max_by(|(a_at, a), (b_at, b)| a.total_cmp(b).then(b_at.cmp(a_at)));
        if let Some((at, _)) = best {
            pairing.join(row, at);
        }
    }
    pairing.found
}

/// Rows and services joined so far.
struct Pairing {
    found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairing {
    fn join(&mut self, row: usize, service: usize) {
        self.found[row] = Some(service);
        self.taken[service] = true;
    }

    /// Joins what has the same key, the first with the first.
    fn by_key<K: Ord>(
        &mut self,
        rows: impl Iterator<Item = Option<K>>,
        services: impl Iterator<Item = Option<K>>,
    ) {
        let mut waiting: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
        for (at, key) in services.enumerate() {
            if let Some(key) = key.filter(|_| !self.taken[at]) {
                waiting.entry(key).or_default().push_back(at);
            }
        }
        for (row, key) in rows.enumerate() {
            if let Some(key) = key.filter(|_| self.found[row].is_none())
                && let Some(at) = waiting.get_mut(&key).and_then(VecDeque::pop_front)
            {
                self.join(row, at);
            }
        }
    }
}

/// A present service with what a row says of it.
fn updated(before: &Service, row: &Row, currency: Currency) -> Service {
    let mut service = before.clone();
    let say = |cell: &Option<String>, field: &mut String| {
        if let Some(text) = cell
            && squeezed(text) != squeezed(field)
        {
            field.clone_from(text);
        }
    };
    if row.id == Some(before.id)
        && let Some(name) = &row.name.value
        && [&before.name.en, &before.name.sw].iter().all(|known| folded(known) != folded(name))
    {
        service.name.en.clone_from(name);
    }
    say(&row.name_sw.value, &mut service.name.sw);
    say(&row.category.value, &mut service.category);
    say(&row.description.value, &mut service.description.en);
    if let Some(minor) = row.price_minor.value {
        service.price = Money::new(minor, currency);
    }
    if let Some(minutes) = row.duration_min.value {
        service.duration_min = minutes;
    }
    service
}

fn created(
    row: &Row,
    minutes: u32,
    catalogue: &Catalogue,
    currency: Currency,
    id: crate::domain::id::ServiceId,
) -> Service {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    Service {
        id,
        name: Bilingual::new(text(&row.name.value), text(&row.name_sw.value)),
        aliases: Vec::new(),
        category: text(&row.category.value),
        description: Bilingual::new(text(&row.description.value), ""),
        duration_min: minutes.max(1),
        buffer_before_min: 0,
        buffer_after_min: 0,
        price: Money::new(row.price_minor.value.unwrap_or_default(), currency),
        deposit: None,
        staff: catalogue.staff.iter().map(|s| s.id).collect(),
        resources: Vec::new(),
        active: !catalogue.staff.is_empty(),
    }
}

/// Without the differences in space that a file can't carry.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::csv::read_csv;
    use crate::catalogue::rows::Cell;
    use crate::demo;
    use proptest::prelude::*;

    const OPTIONS: ImportOptions =
        ImportOptions { currency: Currency::Kes, default_duration_min: Some(30) };

    fn mint() -> Mint {
        Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 5 }
    }

    fn salon() -> Catalogue {
        demo::tenant("demo-salon").unwrap().business.catalogue
    }

    fn import(catalogue: &Catalogue, text: &str) -> (Staged, Applied) {
        let sheet = read_csv(text.as_bytes(), Currency::Kes).unwrap();
        let staged = Staged::from_sheet(sheet, catalogue);
        let applied = apply(catalogue, &staged, &OPTIONS, mint()).unwrap();
        (staged, applied)
    }

    #[test]
    fn a_file_brings_new_services_changes_others_and_leaves_the_rest() {
        let before = salon();
        let text = "name,name_sw,price,duration\nbraids,,2800,\nHair treatmnt,,1500,60\nHenna,Hina,1200,\n";
        let (staged, applied) = import(&before, text);
        let kinds: Vec<&str> = applied
            .changes
            .iter()
            .map(|c| match c {
                Change::New { .. } => "new",
                Change::Changed { .. } => "changed",
                Change::Unchanged { .. } => "unchanged",
            })
            .collect();
        assert_eq!(kinds, ["changed", "unchanged", "new"]);
        let braids = applied.changes[0].service();
        assert_eq!(
            (braids.name.en.as_str(), braids.price.minor, braids.duration_min),
            ("Braids", 280_000, 180)
        );
        let henna = applied.changes[2].service();
        assert_eq!(
            (henna.name.sw.as_str(), henna.duration_min, henna.staff.len()),
            ("Hina", 30, 3)
        );
        assert_eq!(applied.catalogue.services.len(), before.services.len() + 1);
        let report = applied.report(&staged, true);
        assert_eq!(
            (report.rows_ok, report.services.len(), report.services[0].price_minor),
            (3, 3, 280_000)
        );
    }

    #[test]
    fn a_row_without_a_price_stops_everything() {
        let row = |name: &str, price| Row {
            line: 1,
            name: Cell::of(Some(name.to_owned()), 0.8),
            price_minor: Cell::of(price, 0.8),
            ..Row::default()
        };
        for price in [None, Some(0), Some(-5)] {
            let staged =
                Staged::from_rows(vec![row("Henna", Some(500)), row("Waxing", price)], &salon());
            let error = apply(&salon(), &staged, &OPTIONS, mint()).unwrap_err();
            assert_eq!(error.code(), "price_floor_violation");
            assert_eq!(error.to_string(), "1 row without a price: Waxing");
        }
    }

    #[test]
    fn a_new_service_without_a_duration_waits_and_a_present_one_keeps_its_own() {
        let sheet = read_csv(b"name,price\nHenna,1200\nBraids,2600\n", Currency::Kes).unwrap();
        let staged = Staged::from_sheet(sheet, &salon());
        let options = ImportOptions { default_duration_min: None, ..OPTIONS };
        let applied = apply(&salon(), &staged, &options, mint()).unwrap();
        assert_eq!(applied.waiting, [WaitingRow { line: 2, name: "Henna".into() }]);
        assert_eq!(applied.changes.len(), 1);
        assert_eq!(applied.changes[0].service().duration_min, 180);
    }

    #[test]
    fn a_swahili_name_finds_its_service() {
        let (_, applied) = import(&salon(), "huduma,bei\nKusuka,2600\n");
        let braids = applied.changes[0].service();
        assert_eq!((braids.name.en.as_str(), braids.price.minor), ("Braids", 260_000));
    }

    #[test]
    fn without_a_team_a_new_service_is_not_bookable_yet() {
        let (_, applied) = import(&Catalogue::default(), "name,price\nHenna,1200\n");
        assert!(!applied.changes[0].service().active);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, rng_seed: prop::test_runner::RngSeed::Fixed(13), ..ProptestConfig::default() })]

        #[test]
        fn the_same_file_twice_changes_nothing(
            rows in prop::collection::vec(("(Braids?|Nail (art|cut|wax)|Hair ?cut|Weave|[a-zéA-Z0-9 '=+-]{1,9})", 1_u32..5_000, prop::option::of(1_u32..300)), 0..25),
        ) {
            let mut text = "name,price,duration\n".to_owned();
            for (name, price, minutes) in &rows {
                let minutes = minutes.map(|m| m.to_string()).unwrap_or_default();
                text += &[name.as_str(), &price.to_string(), &minutes].join(",");
                text.push('\n');
            }
            let (_, first) = import(&salon(), &text);
            let (_, second) = import(&first.catalogue, &text);
            prop_assert_eq!(&second.catalogue, &first.catalogue);
            prop_assert!(second.changes.iter().all(Change::is_unchanged));
        }
    }
}
