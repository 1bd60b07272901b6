//! Reading rows: a cell that can't be read is reported with its place, and never shows what it holds.

use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Decode, Row as _, Type};

use super::dialect::{Database, Row};
use crate::domain::money::{Currency, Money};
use crate::domain::time::TimeWindow;
use crate::ports::store::StoreError;

/// A moment as it is stored.
pub(super) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// A document as it is stored. Our own types write themselves without failing; should one not, the statement is refused.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Refused {
        operation: "writing a document",
        source: Box::new(BadJson::from(&error)),
    })
}

/// A row of a table, with what is needed to say where a bad cell is.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    row: &'r Row,
    table: &'static str,
    key: &'static str,
}

impl<'r> Cells<'r> {
    /// A row of `table`, whose column `key` names it in reports.
    pub(super) const fn new(row: &'r Row, table: &'static str, key: &'static str) -> Self {
        Self { row, table, key }
    }

    /// A cell of a plain SQL type.
    pub(super) fn get<T>(self, column: &'static str) -> Result<T, StoreError>
    where
        T: Decode<'r, Database> + Type<Database>,
    {
        self.row.try_get(column).map_err(|error| self.corrupt(column, error))
    }

    /// A cell whose text is a value's written form.
    pub(super) fn parse<T>(self, column: &'static str) -> Result<T, StoreError>
    where
        T: FromStr,
        T::Err: StdError + Send + Sync + 'static,
    {
        self.get::<&str>(column)?.parse().map_err(|error| self.corrupt(column, error))
    }

    /// The same where there may be none.
    pub(super) fn parse_opt<T>(self, column: &'static str) -> Result<Option<T>, StoreError>
    where
        T: FromStr,
        T::Err: StdError + Send + Sync + 'static,
    {
        self.get::<Option<&str>>(column)?
            .map(|text| text.parse().map_err(|error| self.corrupt(column, error)))
            .transpose()
    }

    /// A cell whose text is one of a closed list of names.
    pub(super) fn name<T>(
        self,
        column: &'static str,
        from_name: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        from_name(self.get(column)?).ok_or_else(|| self.unexpected(column))
    }

    /// A document.
    pub(super) fn json<T: DeserializeOwned>(self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(self.get(column)?)
            .map_err(|error| self.corrupt(column, BadJson::from(&error)))
    }

    /// A document, where there is one.
    pub(super) fn json_opt<T: DeserializeOwned>(
        self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>(column)?
            .map(|text| {
                serde_json::from_str(text).map_err(|e| self.corrupt(column, BadJson::from(&e)))
            })
            .transpose()
    }

    /// A moment.
    pub(super) fn moment(self, column: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(self.get(column)?).map_err(|error| self.corrupt(column, error))
    }

    /// A moment, where there is one.
    pub(super) fn moment_opt(self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.get::<Option<i64>>(column)?
            .map(|at| Timestamp::from_microsecond(at).map_err(|e| self.corrupt(column, e)))
            .transpose()
    }

    /// A span of time of two columns.
    pub(super) fn window(
        self,
        start: &'static str,
        end: &'static str,
    ) -> Result<TimeWindow, StoreError> {
        TimeWindow::new(self.moment(start)?, self.moment(end)?).ok_or_else(|| self.unexpected(end))
    }

    /// A yes or no, stored as 1 or 0.
    pub(super) fn flag(self, column: &'static str) -> Result<bool, StoreError> {
        match self.get::<i64>(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.unexpected(column)),
        }
    }

    /// A number that is never negative.
    pub(super) fn count<T: TryFrom<i64>>(self, column: &'static str) -> Result<T, StoreError> {
        T::try_from(self.get::<i64>(column)?).map_err(|_| self.unexpected(column))
    }

    /// An amount in the currency that the row names.
    pub(super) fn money(self, column: &'static str) -> Result<Money, StoreError> {
        Ok(Money::new(self.get(column)?, self.name("currency", Currency::from_code)?))
    }

    /// Says that a cell holds a value that may not stand there.
    pub(super) fn unexpected(self, column: &'static str) -> StoreError {
        self.corrupt(column, Unexpected)
    }

    /// Says that a cell can't be read.
    pub(super) fn corrupt(
        self,
        column: &'static str,
        source: impl StdError + Send + Sync + 'static,
    ) -> StoreError {
        let row = self.row.try_get::<String, _>(self.key).unwrap_or_else(|_| "?".to_owned());
        StoreError::Corrupt { table: self.table, column, row, source: Box::new(source) }
    }
}

/// The value is none of those that may stand there.
#[derive(Debug, thiserror::Error)]
#[error("the value is none of those that may stand there")]
struct Unexpected;

/// Where a document breaks; serde's own message would quote what customers wrote.
#[derive(Debug)]
struct BadJson {
    line: usize,
    column: usize,
}

impl From<&serde_json::Error> for BadJson {
    fn from(error: &serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column() }
    }
}

impl fmt::Display for BadJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the document breaks at line {}, column {}", self.line, self.column)
    }
}

impl StdError for BadJson {}
