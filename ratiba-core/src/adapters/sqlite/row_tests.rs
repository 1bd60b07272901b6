//! Reading rows of a real database: bad cells are told by their place and never quoted.

use std::error::Error as _;

use sqlx::{Connection as _, SqliteConnection};

use super::dialect::Row;
use super::row::Cells;
use crate::domain::id::StaffId;
use crate::ports::store::StoreError;

async fn row(statement: &'static str) -> Row {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    sqlx::query(statement).fetch_one(&mut connection).await.unwrap()
}

/// What an error says, with all its causes.
fn told(error: &StoreError) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told = format!("{told}: {cause}");
        source = cause.source();
    }
    told
}

#[tokio::test]
async fn a_damaged_document_is_reported_by_its_place_and_not_quoted() {
    let row = row("SELECT 'apt_7' AS id, '{\"amina\": 0712}' AS doc").await;
    let cells = Cells::new(&row, "appointments", "id");
    let error = cells.json::<StaffId>("doc").unwrap_err();
    let told = told(&error);
    assert!(told.starts_with("row apt_7 of table appointments, column doc, can't be read"));
    assert!(!told.contains("amina"), "{told}");
}

#[tokio::test]
async fn cells_of_the_wrong_kind_are_errors() {
    let row = row("SELECT 'x' AS id, -1 AS n, 9223372036854775807 AS at, 'EUR' AS currency").await;
    let cells = Cells::new(&row, "t", "id");
    let corrupt = |result: Result<(), StoreError>| {
        matches!(result, Err(StoreError::Corrupt { table: "t", .. }))
    };
    assert!(corrupt(cells.count::<u32>("n").map(drop)));
    assert!(corrupt(cells.moment("at").map(drop)));
    assert!(corrupt(cells.money("n").map(drop)));
    assert!(corrupt(cells.parse::<StaffId>("id").map(drop)));
    assert!(corrupt(cells.get::<i64>("missing").map(drop)));
    assert!(corrupt(cells.window("n", "n").map(drop)));
}
