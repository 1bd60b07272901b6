//! A connection whose statements are spans: one for each, with what it does to which table and whose it is; never with a value.
//!
//! Spans are made where somebody listens for them (target `ratiba::sql`, level debug); otherwise a statement costs one look at an atomic.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::task::Poll;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use sqlx::error::BoxDynError;
use sqlx::{Database, Either, Error, Execute, Executor, SqlStr};
use tracing::{Instrument, Span};

use super::dialect::{self, Plain};

type Arguments = <dialect::Database as Database>::Arguments;
type Answer =
    Either<<dialect::Database as Database>::QueryResult, <dialect::Database as Database>::Row>;
type Statement = <dialect::Database as Database>::Statement;

/// What statements are done for.
#[derive(Debug, Clone)]
pub(super) struct For {
    operation: &'static str,
    /// Whose tables they are about, a tenant's id or schema; `None`: the registry's. Known only where somebody wants to see it.
    tenant: Option<Box<str>>,
}

impl For {
    pub(super) const fn registry(operation: &'static str) -> Self {
        Self { operation, tenant: None }
    }

    pub(super) fn tenant(operation: &'static str, tenant: &str) -> Self {
        Self { operation, tenant: is_watched().then(|| tenant.into()) }
    }
}

/// A connection of the driver, watched.
pub(super) struct Traced {
    plain: Plain,
    what: For,
}

impl Traced {
    pub(super) const fn new(plain: Plain) -> Self {
        Self { plain, what: For::registry("opening") }
    }

    /// Says what the next statements are done for.
    pub(super) fn is_for(&mut self, what: For) {
        self.what = what;
    }

    /// The span of a statement.
    fn span(&self, sql: &str) -> Span {
        let (verb, target) = summary(sql);
        let name = if target.is_empty() { verb.to_owned() } else { format!("{verb} {target}") };
        tracing::debug_span!(
            target: "ratiba::sql",
            "ratiba.sql",
            otel.name = name,
            otel.kind = "client",
            db.system.name = dialect::SYSTEM,
            db.operation.name = verb,
            db.collection.name = target,
            ratiba.operation = self.what.operation,
            tenant.id = self.what.tenant.as_deref(),
        )
    }
}

/// Whether anybody wants to see statements.
fn is_watched() -> bool {
    tracing::enabled!(target: "ratiba::sql", tracing::Level::DEBUG)
}

/// What a statement does, and to which table (or by which function), as far as its first words tell.
fn summary(sql: &str) -> (&str, &str) {
    let mut words = sql
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'))
        .filter(|word| !word.is_empty());
    let verb = words.next().unwrap_or_default();
    let is = |word: &str, any: &[&str]| any.iter().any(|other| word.eq_ignore_ascii_case(other));
    let named = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic()) && !is(word, &["SELECT", "LATERAL"])
    };
    let target = if is(verb, &["UPDATE"]) {
        words.next()
    } else if is(verb, &["INSERT", "DELETE", "SELECT", "WITH"]) {
        // The first that is named: of a long one, where it begins to look.
        while words.by_ref().any(|word| is(word, &["INTO", "FROM", "UPDATE"])) {
            if let Some(target) = words.next().filter(named) {
                return (verb, target);
            }
        }
        None
    } else {
        None
    };
    (verb, target.unwrap_or_default())
}

impl fmt::Debug for Traced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traced(..)")
    }
}

impl Deref for Traced {
    type Target = Plain;

    fn deref(&self) -> &Plain {
        &self.plain
    }
}

impl DerefMut for Traced {
    fn deref_mut(&mut self) -> &mut Plain {
        &mut self.plain
    }
}

/// A statement taken apart, so that its text could be looked at, and put together again.
struct Apart {
    sql: SqlStr,
    arguments: Option<Result<Option<Arguments>, BoxDynError>>,
    persistent: bool,
}

impl Apart {
    fn of<'q>(mut query: impl Execute<'q, dialect::Database>) -> Self {
        let (arguments, persistent) = (query.take_arguments(), query.persistent());
        Self { sql: query.sql(), arguments: Some(arguments), persistent }
    }
}

impl Execute<'_, dialect::Database> for Apart {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&Statement> {
        None
    }

    fn take_arguments(&mut self) -> Result<Option<Arguments>, BoxDynError> {
        self.arguments.take().unwrap_or(Ok(None))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

impl<'c> Executor<'c> for &'c mut Traced {
    type Database = dialect::Database;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Answer, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, dialect::Database>,
    {
        if !is_watched() {
            return self.plain.fetch_many(query);
        }
        let query = Apart::of(query);
        let span = self.span(query.sql.as_str());
        let mut answers = self.plain.fetch_many(query);
        stream::poll_fn(move |context| -> Poll<Option<_>> {
            let _within = span.enter();
            answers.poll_next_unpin(context)
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<dialect::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, dialect::Database>,
    {
        if !is_watched() {
            return self.plain.fetch_optional(query);
        }
        let query = Apart::of(query);
        let span = self.span(query.sql.as_str());
        Box::pin(self.plain.fetch_optional(query).instrument(span))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<dialect::Database as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<Statement, Error>>
    where
        'c: 'e,
    {
        self.plain.prepare_with(sql, parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn a_statement_is_named_by_its_first_words() {
        for (sql, verb, target) in [
            ("SELECT customer_id FROM inbox WHERE tenant_id = $1", "SELECT", "inbox"),
            ("INSERT INTO inbox (tenant_id, id)\n VALUES ($1, $2)", "INSERT", "inbox"),
            ("UPDATE songs AS other SET status = 'sung'", "UPDATE", "songs"),
            ("DELETE FROM songs WHERE key = $1", "DELETE", "songs"),
            ("SELECT * FROM ratiba_accept($1, $2)", "SELECT", "ratiba_accept"),
            ("SELECT COUNT(*) FROM (\n SELECT DISTINCT name FROM names) AS n", "SELECT", "names"),
            ("WITH found AS (SELECT 1), gone AS (DELETE FROM songs) SELECT 1", "WITH", "songs"),
            ("BEGIN; SET LOCAL search_path TO tenant_a, public", "BEGIN", ""),
            ("COMMIT", "COMMIT", ""),
            ("", "", ""),
        ] {
            assert_eq!(summary(sql), (verb, target), "{sql}");
        }
    }
}
