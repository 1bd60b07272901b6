//! The calls that every message makes, each in one round trip: functions in the database (`functions.sql`) do what the shared statements
//! do, for what is usual. What is not, and everything through a pooler, takes the shared statements.

use std::collections::HashSet;

use sqlx::Row as _;

use super::calls::column;
use super::dialect::Row;
use super::error::During;
use super::row::Cells;
use super::together::{Joint, PATIENCE, failed};
pub(super) use super::turns::commit;
use super::usual::Item;
use super::{TheTenant, threads};
use crate::adapters::sql::again;
use crate::domain::id::OutboxId;
use crate::ports::channel::FailedDelivery;
use crate::ports::outbox::Attempt;
use crate::ports::store::{Accepted, NewInbox, StoreError};

const ACCEPTING: &str = "accepting";
const READING: &str = "reading a lane";
const RECORDING: &str = "recording an attempt";

/// Stores an inbox item. Items that arrive while others of the tenant are being stored are stored together after them: one flush to disk
/// answers them all.
pub(super) async fn accept(tenant: &TheTenant, new: &NewInbox) -> Result<Accepted, StoreError> {
    if !tenant.db.pooler
        && let Some(accepted) = tenant.db.accepts.call(tenant.id, tenant, Item::of(new)?).await
    {
        return accepted;
    }
    again!(tenant.accept_once(new))
}

/// Stores inbox items, all or none.
pub(super) async fn accept_all(
    tenant: &TheTenant,
    new: &[NewInbox],
) -> Result<Vec<Accepted>, StoreError> {
    let items: Vec<_> = new.iter().map(Item::of).collect::<Result<_, _>>()?;
    let stored = again!(store(tenant, &items, true))?;
    match stored.into_iter().collect::<Option<Vec<_>>>() {
        Some(accepted) if accepted.len() == new.len() => Ok(accepted),
        _ => again!(tenant.accept_all_once(new)),
    }
}

/// Stores items whose senders are known and bring no news; `None` for the others, and for all when it is `whole` and there are others.
async fn store(
    tenant: &TheTenant,
    items: &[Item],
    whole: bool,
) -> Result<Vec<Option<Accepted>>, StoreError> {
    let rows = tenant
        .call(
            ACCEPTING,
            |calls| &calls.accept,
            |query| {
                query
                    .bind(whole)
                    .bind(column(items, |item| item.id.as_str()))
                    .bind(column(items, |item| item.key.as_str()))
                    .bind(column(items, |item| item.customer.as_deref()))
                    .bind(column(items, |item| item.sender.as_deref()))
                    .bind(column(items, |item| item.spoken))
                    .bind(column(items, |item| item.cause.as_str()))
                    .bind(column(items, |item| item.received))
            },
        )
        .await?;
    let Some(row) = rows.as_deref().and_then(<[Row]>::first) else { return Ok(Vec::new()) };
    let customers: Option<Vec<Option<String>>> = row.try_get("customers").during(ACCEPTING)?;
    let fresh: Option<HashSet<String>> = row
        .try_get("fresh")
        .map(|ids: Option<Vec<_>>| ids.map(HashSet::from_iter))
        .during(ACCEPTING)?;
    // Nothing is stored of what should have been stored whole.
    let (Some(customers), Some(fresh)) = (customers, fresh) else { return Ok(Vec::new()) };
    let cells = Cells::new(row, "inbox", "fresh");
    let accepted = |(customer, item): (Option<String>, &Item)| {
        let Some(customer) = customer else { return Ok(None) };
        let customer = customer.parse().map_err(|error| cells.corrupt("customers", error))?;
        Ok(Some(Accepted { customer, fresh: fresh.contains(&item.id) }))
    };
    customers.into_iter().zip(items).map(accepted).collect()
}

impl Joint for Item {
    type Answer = Result<Accepted, StoreError>;
    type Place = TheTenant;
    const MOST: usize = 64;

    async fn make(tenant: &TheTenant, items: &[Self]) -> Vec<Option<Self::Answer>> {
        match store(tenant, items, false).await {
            Ok(stored) => stored.into_iter().map(|accepted| accepted.map(Ok)).collect(),
            Err(error) => failed(&error, ACCEPTING, items.len()),
        }
    }
}

/// A lane that somebody wants to read.
pub(super) struct Reading {
    customer: String,
    limit: i64,
}

impl Joint for Reading {
    type Answer = Result<Vec<Row>, StoreError>;
    type Place = TheTenant;
    const MOST: usize = 64;

    async fn make(tenant: &TheTenant, lanes: &[Self]) -> Vec<Option<Self::Answer>> {
        match read(tenant, lanes).await {
            Ok(rows) => {
                let dealt = rows.and_then(|rows| dealt(rows, lanes.len())).unwrap_or_default();
                dealt.into_iter().map(|rows| Some(Ok(rows))).collect()
            }
            Err(error) => failed(&error, READING, lanes.len()),
        }
    }
}

/// Rows by the lane that they are for; `None` where one is for nobody: then nothing of it is believed.
fn dealt(rows: Vec<Row>, lanes: usize) -> Option<Vec<Vec<Row>>> {
    let mut found: Vec<_> = (0..lanes).map(|_| Vec::new()).collect();
    for row in rows {
        let place = usize::try_from(row.try_get::<i64, _>("place").ok()? - 1).ok()?;
        found.get_mut(place)?.push(row);
    }
    Some(found)
}

async fn read(tenant: &TheTenant, lanes: &[Reading]) -> Result<Option<Vec<Row>>, StoreError> {
    let customers = column(lanes, |lane| lane.customer.as_str());
    let limits = column(lanes, |lane| lane.limit);
    tenant.call(READING, |calls| &calls.lanes, |query| query.bind(customers).bind(limits)).await
}

/// The rows of a lane.
pub(super) async fn lane(
    tenant: &TheTenant,
    customer: &str,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    if !tenant.db.pooler {
        let reading = Reading { customer: customer.to_owned(), limit };
        if let Some(rows) = tenant.db.lanes.call(tenant.id, tenant, reading).await {
            return rows;
        }
    }
    let mut reader = tenant.read(READING).await?;
    threads::lane_rows(&mut reader, &tenant.key, customer, limit).await
}

/// An outbox item that was done.
pub(super) struct Done {
    id: String,
    provider: Option<String>,
    billable: i64,
}

impl Joint for Done {
    type Answer = Result<bool, StoreError>;
    type Place = TheTenant;
    const MOST: usize = 32;

    async fn make(tenant: &TheTenant, items: &[Self]) -> Vec<Option<Self::Answer>> {
        match note(tenant, items, PATIENCE).await {
            Ok(done) => done.unwrap_or_default().into_iter().map(|done| Some(Ok(done))).collect(),
            Err(error) => failed(&error, RECORDING, items.len()),
        }
    }
}

/// Records that items were done; whether each is recorded now, or `None` when none can be in this way.
async fn note(
    tenant: &TheTenant,
    items: &[Done],
    patience: i64,
) -> Result<Option<Vec<bool>>, StoreError> {
    let ids = column(items, |item| item.id.as_str());
    let providers = column(items, |item| item.provider.as_deref());
    let billables = column(items, |item| item.billable);
    let rows = tenant
        .call(
            RECORDING,
            |calls| &calls.done,
            |query| query.bind(patience).bind(ids).bind(providers).bind(billables),
        )
        .await?;
    rows.as_deref()
        .and_then(<[Row]>::first)
        .map(|row| row.try_get("done").during(RECORDING))
        .transpose()
}

/// Records an attempt that is done and brings nothing else; `None` for any other.
pub(super) async fn record(
    tenant: &TheTenant,
    id: OutboxId,
    attempt: &Attempt,
    then: Option<&NewInbox>,
) -> Result<Option<Option<FailedDelivery>>, StoreError> {
    let (Attempt::Done { provider_id, billable }, None) = (attempt, then) else { return Ok(None) };
    if tenant.db.pooler {
        return Ok(None);
    }
    let item =
        || Done { id: id.to_string(), provider: provider_id.clone(), billable: (*billable).into() };
    let done = match tenant.db.dones.call(tenant.id, tenant, item()).await {
        Some(done) => Some(done?),
        None => again!(note(tenant, &[item()], 0))?.and_then(|done| done.first().copied()),
    };
    Ok((done == Some(true)).then_some(None))
}
