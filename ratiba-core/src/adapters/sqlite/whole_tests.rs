//! The schema and what erasing a person visits agree.

use std::collections::BTreeSet;

use super::schema::tables_with_column;
use super::whole::PERSONAL;

#[test]
fn every_table_that_carries_a_person_is_named() {
    let named: BTreeSet<_> = PERSONAL.iter().map(|personal| personal.table).collect();
    for table in tables_with_column("customer_id ") {
        assert!(named.contains(table), "{table} carries a customer and is not in PERSONAL");
    }
}
