//! The end of a turn: everything that it changes, in one transaction.

use jiff::Timestamp;

use super::TheTenant;
use super::dialect::Connection;
use super::error::During;
use super::inbox::update_customer;
use super::outbox::{self, Origin};
use super::row::{Cells, json, micros};
use super::{appointments, identity, merge, payments, pointers, threads, till, waitlist, work};
use crate::domain::appointment::AppointmentStatus as Status;
use crate::domain::id::{AppointmentId, CustomerId, InboxId};
use crate::ports::store::{CommitOutcome, StoreError, TurnCommit, TurnRecord, Write};

const OPERATION: &str = "committing a turn";

/// Why a commit is taken back.
enum Halt {
    /// By a rule that the caller knows how to answer.
    Refused(CommitOutcome),
    /// By a failure.
    Failed(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl TheTenant {
    pub(super) async fn commit_turn(&self, turn: &TurnCommit) -> Result<CommitOutcome, StoreError> {
        let mut transaction = self.write(OPERATION).await?;
        match apply(&mut transaction, &self.key, turn).await {
            Ok(outcome) => {
                transaction.commit().await.during(OPERATION)?;
                Ok(outcome)
            }
            Err(halt) => {
                transaction.rollback().await.during(OPERATION)?;
                match halt {
                    Halt::Refused(outcome) => Ok(outcome),
                    Halt::Failed(error) => Err(error),
                }
            }
        }
    }
}

async fn apply(
    connection: &mut Connection,
    tenant: &str,
    turn: &TurnCommit,
) -> Result<CommitOutcome, Halt> {
    let customer = turn.thread.customer;
    let Some(cause) = finish(connection, tenant, turn.inbox, customer, turn.now).await? else {
        return Err(Halt::Refused(CommitOutcome::Stale));
    };
    if !threads::advance(connection, tenant, &turn.thread).await? {
        return Err(Halt::Refused(CommitOutcome::Stale));
    }
    // What is given up for another comes first: the other may overlap it.
    for write in &turn.writes {
        if let Write::Replace { old, .. } = write {
            let (from, to) = (Status::Confirmed, Status::Cancelled);
            appointments::give_up(connection, tenant, *old, from, to).await?;
        }
    }
    for one in &turn.writes {
        write(connection, tenant, turn, one).await?;
    }
    if let Some(record) = &turn.record {
        insert_record(connection, tenant, record).await?;
    }
    let origin = Origin { after_inbox: Some(cause), lease_until: Some(turn.lease_until) };
    let leased = outbox::insert(connection, tenant, &turn.outbox, origin).await?;
    pointers::inbox_done(connection, tenant, turn.inbox).await?;
    // Two customers become one after all else, so that what this turn has made moves along.
    for write in &turn.writes {
        if let Write::Merge { with } = write {
            merge::merge(connection, tenant, customer, *with, turn.thread.id, turn.now).await?;
        }
    }
    Ok(CommitOutcome::Committed { leased })
}

/// Marks an inbox item as done and gives back its place; `None` when it was done already, or is on another lane since two became one.
async fn finish(
    connection: &mut Connection,
    tenant: &str,
    inbox: InboxId,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(
        "UPDATE inbox SET done_at = $3
         WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL AND customer_id = $4
         RETURNING seq",
    )
    .bind(tenant)
    .bind(inbox.to_string())
    .bind(micros(now))
    .bind(customer.to_string())
    .fetch_optional(connection)
    .await
    .during(OPERATION)?;
    row.map(|row| Cells::new(&row, "inbox", "seq").get("seq")).transpose()
}

async fn write(
    connection: &mut Connection,
    tenant: &str,
    turn: &TurnCommit,
    write: &Write,
) -> Result<(), Halt> {
    let taken = || Halt::Refused(CommitOutcome::SlotTaken);
    match write {
        Write::Hold(new) => {
            for appointment in new {
                if !appointments::insert(connection, tenant, appointment, turn.now).await? {
                    return Err(taken());
                }
            }
        }
        Write::Extend { ids, until } => {
            for id in ids {
                appointments::extend(connection, tenant, *id, *until).await?;
            }
        }
        Write::Confirm(ids) => {
            for id in ids {
                confirm(connection, tenant, *id, turn.now).await?;
            }
        }
        Write::Release(ids) => {
            for id in ids {
                let (from, to) = (Status::Held, Status::Expired);
                appointments::give_up(connection, tenant, *id, from, to).await?;
            }
        }
        Write::Cancel(id) => {
            let (from, to) = (Status::Confirmed, Status::Cancelled);
            appointments::give_up(connection, tenant, *id, from, to).await?;
        }
        Write::Replace { old, new } => {
            confirm(connection, tenant, *new, turn.now).await?;
            appointments::inherit(connection, tenant, *old, *new).await?;
        }
        Write::Paid { appointment, amount } => {
            appointments::add_paid(connection, tenant, *appointment, *amount).await?;
        }
        Write::NewPayment(payment) => {
            if !payments::insert(connection, tenant, payment).await? {
                return Err(Halt::Refused(CommitOutcome::PaymentInFlight));
            }
        }
        Write::UpdatePayment(payment) => {
            payments::update(connection, tenant, payment).await?;
            if !till::keep_receipts(connection, tenant, payment).await? {
                // Taken again, the turn sees whose it is.
                return Err(Halt::Refused(CommitOutcome::Stale));
            }
        }
        Write::Ledger(rows) => payments::append(connection, tenant, rows).await?,
        Write::Customer(customer) => update_customer(connection, tenant, customer).await?,
        Write::Unanswered { question } => {
            note_unanswered(connection, tenant, question, turn.now).await?;
        }
        Write::Complete(id) => {
            let (from, to) = (Status::Confirmed, Status::Completed);
            appointments::give_up(connection, tenant, *id, from, to).await?;
        }
        Write::Wait { wait, span } => waitlist::insert(connection, tenant, wait, *span).await?,
        Write::WaitBecame { wait, status } => {
            waitlist::became(connection, tenant, *wait, *status).await?;
        }
        Write::LeaveWaitlist => {
            waitlist::leave(connection, tenant, turn.thread.customer).await?;
        }
        Write::NewProof(proof) => identity::insert_proof(connection, tenant, proof).await?,
        Write::ProofTries { proof, left } => {
            identity::set_tries(connection, tenant, *proof, *left).await?;
        }
        // After everything else, see `apply`.
        Write::Merge { .. } => {}
        Write::SetTimer(timer) => work::set_timer(connection, tenant, timer).await?,
        Write::ClearTimer(key) => {
            work::clear_timer(connection, tenant, turn.thread.customer, key).await?;
        }
    }
    Ok(())
}

async fn confirm(
    connection: &mut Connection,
    tenant: &str,
    id: AppointmentId,
    now: Timestamp,
) -> Result<(), Halt> {
    if appointments::confirm(connection, tenant, id, now).await? {
        Ok(())
    } else {
        Err(Halt::Refused(CommitOutcome::SlotTaken))
    }
}

async fn note_unanswered(
    connection: &mut Connection,
    tenant: &str,
    question: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO unanswered (tenant_id, question, asked_at) VALUES ($1, $2, $3)")
        .bind(tenant)
        .bind(question)
        .bind(micros(now))
        .execute(connection)
        .await
        .during(OPERATION)?;
    Ok(())
}

async fn insert_record(
    connection: &mut Connection,
    tenant: &str,
    record: &TurnRecord,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO turn_records (tenant_id, thread_id, revision, doc) VALUES ($1, $2, $3, $4)",
    )
    .bind(tenant)
    .bind(record.thread.to_string())
    .bind(i64::try_from(record.revision).unwrap_or(i64::MAX))
    .bind(json(record)?)
    .execute(connection)
    .await
    .during(OPERATION)?;
    Ok(())
}
