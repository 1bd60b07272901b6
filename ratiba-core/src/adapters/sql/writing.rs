//! A transaction that owns its connection, so that it can be handed around and is taken back wherever it is dropped.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use sqlx::{Database, Error, SqlStr};
use sqlx_core::transaction::TransactionManager;

/// A connection behind a guard, within a transaction, which is taken back when this is dropped before its commit.
///
/// `sqlx::Transaction` borrows its connection; this one owns it. It leads the same life, by
/// sqlx's own management of transactions.
pub(in crate::adapters) struct Writing<D, T, C>
where
    D: Database,
    T: DerefMut<Target = D::Connection>,
    C: DerefMut<Target = T>,
{
    connection: C,
    open: bool,
    database: PhantomData<fn() -> (D, T)>,
}

impl<D, T, C> Writing<D, T, C>
where
    D: Database,
    T: DerefMut<Target = D::Connection>,
    C: DerefMut<Target = T>,
{
    /// Begins with a statement of one's own.
    pub(in crate::adapters) async fn begin(mut connection: C, with: SqlStr) -> Result<Self, Error> {
        <D::TransactionManager>::begin(&mut **connection, Some(with)).await?;
        Ok(Self { connection, open: true, database: PhantomData })
    }

    /// Keeps what was done.
    pub(in crate::adapters) async fn commit(mut self) -> Result<(), Error> {
        <D::TransactionManager>::commit(&mut **self.connection).await?;
        self.open = false;
        Ok(())
    }

    /// Takes back what was done.
    pub(in crate::adapters) async fn rollback(mut self) -> Result<(), Error> {
        <D::TransactionManager>::rollback(&mut **self.connection).await?;
        self.open = false;
        Ok(())
    }
}

impl<D, T, C> Deref for Writing<D, T, C>
where
    D: Database,
    T: DerefMut<Target = D::Connection>,
    C: DerefMut<Target = T>,
{
    type Target = T;

    fn deref(&self) -> &T {
        &self.connection
    }
}

impl<D, T, C> DerefMut for Writing<D, T, C>
where
    D: Database,
    T: DerefMut<Target = D::Connection>,
    C: DerefMut<Target = T>,
{
    fn deref_mut(&mut self) -> &mut T {
        &mut self.connection
    }
}

impl<D, T, C> Drop for Writing<D, T, C>
where
    D: Database,
    T: DerefMut<Target = D::Connection>,
    C: DerefMut<Target = T>,
{
    fn drop(&mut self) {
        if self.open {
            <D::TransactionManager>::start_rollback(&mut **self.connection);
        }
    }
}
