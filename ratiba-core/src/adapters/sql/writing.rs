//! A transaction that owns its connection, so that it can be handed around and is taken back wherever it is dropped.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use sqlx::{Database, Error, SqlStr};
use sqlx_core::transaction::TransactionManager;

/// A connection (or a guard of one) within a transaction, which is taken back when this is dropped before its commit.
///
/// `sqlx::Transaction` borrows its connection; this one owns it. It leads the same life, by
/// sqlx's own management of transactions.
pub(in crate::adapters) struct Writing<D: Database, C: DerefMut<Target = D::Connection>> {
    connection: C,
    open: bool,
    database: PhantomData<fn() -> D>,
}

impl<D: Database, C: DerefMut<Target = D::Connection>> Writing<D, C> {
    /// Begins with a statement of one's own.
    pub(in crate::adapters) async fn begin(mut connection: C, with: SqlStr) -> Result<Self, Error> {
        <D::TransactionManager>::begin(&mut connection, Some(with)).await?;
        Ok(Self { connection, open: true, database: PhantomData })
    }

    /// Keeps what was done.
    pub(in crate::adapters) async fn commit(mut self) -> Result<(), Error> {
        <D::TransactionManager>::commit(&mut self.connection).await?;
        self.open = false;
        Ok(())
    }

    /// Takes back what was done.
    pub(in crate::adapters) async fn rollback(mut self) -> Result<(), Error> {
        <D::TransactionManager>::rollback(&mut self.connection).await?;
        self.open = false;
        Ok(())
    }
}

impl<D: Database, C: DerefMut<Target = D::Connection>> Deref for Writing<D, C> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        &self.connection
    }
}

impl<D: Database, C: DerefMut<Target = D::Connection>> DerefMut for Writing<D, C> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        &mut self.connection
    }
}

impl<D: Database, C: DerefMut<Target = D::Connection>> Drop for Writing<D, C> {
    fn drop(&mut self) {
        if self.open {
            <D::TransactionManager>::start_rollback(&mut self.connection);
        }
    }
}
