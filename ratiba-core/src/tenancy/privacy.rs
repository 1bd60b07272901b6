//! A person's data, as the Kenya Data Protection Act (2019, sections 26, 38 and 40) lets them ask: all of it in one document, or forgotten.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::phone::Phone;
use crate::ports::store::{StoreError, TenantStore};
use crate::ports::whole::{Erased, ErasureOutcome, Row, RowSink};

/// Everything that a tenant stores about whoever has a phone.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PersonalData {
    /// Whose phone was asked for.
    pub phone: String,
    /// Rows by table.
    pub tables: BTreeMap<&'static str, Vec<Row>>,
}

impl RowSink for PersonalData {
    fn row(&mut self, table: &'static str, row: Row) -> io::Result<()> {
        self.tables.entry(table).or_default().push(row);
        Ok(())
    }
}

/// Gathers it; empty when nobody has that phone.
pub async fn export(store: &dyn TenantStore, phone: &Phone) -> Result<PersonalData, StoreError> {
    let mut data = PersonalData { phone: String::from(phone.clone()), tables: BTreeMap::default() };
    for customer in store.people(phone).await? {
        store.dump_person(customer, &mut data).await?;
    }
    Ok(data)
}

/// Forgets who they were. `None` when nobody has that phone; a customer with an open payment stays as they are, and so do those after them.
pub async fn erase(
    store: &dyn TenantStore,
    phone: &Phone,
    now: Timestamp,
) -> Result<Option<ErasureOutcome>, StoreError> {
    let people = store.people(phone).await?;
    if people.is_empty() {
        return Ok(None);
    }
    let mut all = Erased::default();
    for customer in people {
        match store.erase(customer, now).await? {
            ErasureOutcome::PaymentOpen => return Ok(Some(ErasureOutcome::PaymentOpen)),
            ErasureOutcome::Erased(one) => {
                let Erased { deleted, anonymised, upcoming } = one;
                all.upcoming += upcoming;
                for (table, rows) in deleted {
                    *all.deleted.entry(table).or_default() += rows;
                }
                for (table, rows) in anonymised {
                    *all.anonymised.entry(table).or_default() += rows;
                }
            }
        }
    }
    Ok(Some(ErasureOutcome::Erased(all)))
}
