//! What models may cost and have cost. A budget is a row that is only ever added to, under the condition that it stays within its ceiling: the
//! database decides, whoever asks at the same time.

use async_trait::async_trait;
use jiff::Timestamp;

use super::TheTenant;
use super::dialect::{Connection, Row};
use super::error::During;
use super::row::{Cells, micros};
use crate::adapters::sql::again;
use crate::domain::id::{ModelCallId, ThreadId};
use crate::domain::time::TimeWindow;
use crate::models::cost::{MicroUsd, Usage};
use crate::ports::spend::{
    CallEnd, ModelCall, SpendBy, SpendLine, SpendStore, SpendVerdict, SpendWish,
};
use crate::ports::store::StoreError;

const RESERVING: &str = "reserving what a call may cost";
const SETTLING: &str = "settling a call";
const READING: &str = "reading what models have cost";
/// Lost reservations that one reservation clears away.
const SWEEP: i64 = 200;

#[async_trait]
impl SpendStore for TheTenant {
    async fn reserve_spend(&self, wish: &SpendWish) -> Result<SpendVerdict, StoreError> {
        match again!(self.reserve_once(wish, false))? {
            SpendVerdict::Granted => Ok(SpendVerdict::Granted),
            // Only now does it matter whether somebody died with money in hand.
            SpendVerdict::BookingCeiling | SpendVerdict::DayCeiling => {
                again!(self.reserve_once(wish, true))
            }
        }
    }

    async fn settle_spend(
        &self,
        id: ModelCallId,
        end: &CallEnd,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // Somebody may take the reservation for lost just now; then it is settled as a lost one.
        for _ in 0..3 {
            if again!(self.settle_once(id, end, at))? {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn spent_on(&self, thread: ThreadId) -> Result<MicroUsd, StoreError> {
        let mut reader = self.read(READING).await?;
        let row = sqlx::query(
            "SELECT scope, spent FROM model_budgets WHERE tenant_id = $1 AND scope = $2",
        )
        .bind(&self.key)
        .bind(thread.to_string())
        .fetch_optional(&mut *reader)
        .await
        .during(READING)?;
        row.map_or(Ok(MicroUsd::ZERO), |row| {
            Cells::new(&row, "model_budgets", "scope").count("spent").map(MicroUsd)
        })
    }

    async fn model_calls(
        &self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<ModelCall>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(
            "SELECT * FROM model_calls WHERE tenant_id = $1 AND at >= $2 ORDER BY at, id LIMIT $3",
        )
        .bind(&self.key)
        .bind(micros(since))
        .bind(i64::from(limit))
        .fetch_all(&mut *reader)
        .await
        .during(READING)?;
        rows.iter().map(read_call).collect()
    }

    async fn spend_report(
        &self,
        within: TimeWindow,
        by: SpendBy,
        utc_offset_s: i32,
    ) -> Result<Vec<SpendLine>, StoreError> {
        let mut reader = self.read(READING).await?;
        let rows = sqlx::query(report_of(by))
            .bind(&self.key)
            .bind(micros(within.start))
            .bind(micros(within.end))
            .fetch_all(&mut *reader)
            .await
            .during(READING)?;
        let mut lines: Vec<SpendLine> = rows.iter().map(read_line).collect::<Result<_, _>>()?;
        let messages = match by {
            SpendBy::Role => return Ok(lines),
            SpendBy::Booking => {
                sqlx::query(
                    "SELECT COALESCE(thread_id, '') AS key, CAST(SUM(billable) AS BIGINT) AS messages
                     FROM outbox WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3 AND billable > 0 GROUP BY 1",
                )
                .bind(&self.key)
                .bind(micros(within.start))
                .bind(micros(within.end))
                .fetch_all(&mut *reader)
                .await
            }
            SpendBy::Day => {
                sqlx::query(
                    "SELECT CAST((created_at + $4) / 86400000000 AS TEXT) AS key, CAST(SUM(billable) AS BIGINT) AS messages
                     FROM outbox WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3 AND billable > 0 GROUP BY 1",
                )
                .bind(&self.key)
                .bind(micros(within.start))
                .bind(micros(within.end))
                .bind(i64::from(utc_offset_s) * 1_000_000)
                .fetch_all(&mut *reader)
                .await
            }
        }
        .during(READING)?;
        for row in &messages {
            let cells = Cells::new(row, "outbox", "key");
            let mut key: String = cells.get("key")?;
            if by == SpendBy::Day {
                key = day_of(&key).ok_or_else(|| cells.unexpected("key"))?;
            }
            let messages = cells.count("messages")?;
            match lines.iter_mut().find(|line| line.key == key) {
                Some(line) => line.messages = messages,
                None => lines.push(SpendLine { key, messages, ..SpendLine::default() }),
            }
        }
        if by == SpendBy::Day {
            lines.sort_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(lines)
    }
}

impl TheTenant {
    async fn reserve_once(
        &self,
        wish: &SpendWish,
        sweep: bool,
    ) -> Result<SpendVerdict, StoreError> {
        let mut writer = self.write(RESERVING).await?;
        if sweep {
            sweep_lost(&mut writer, &self.key, wish.at).await?;
        }
        // The day first, for everybody: two who lock the same two rows then never wait for each other.
        let day = wish.day.to_string();
        if !add(&mut writer, &self.key, &day, wish.worst, wish.day_ceiling).await? {
            return Ok(SpendVerdict::DayCeiling);
        }
        if let Some(thread) = wish.thread {
            let thread = thread.to_string();
            if !add(&mut writer, &self.key, &thread, wish.worst, wish.booking_ceiling).await? {
                return Ok(SpendVerdict::BookingCeiling);
            }
        }
        sqlx::query(
            "INSERT INTO model_calls
                (tenant_id, id, thread_id, day, role, provider, model, prompt, prompt_hash, prices, reserved, outcome, at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12, $13)",
        )
        .bind(&self.key)
        .bind(wish.id.to_string())
        .bind(wish.thread.map(|thread| thread.to_string()))
        .bind(&day)
        .bind(wish.role.as_str())
        .bind(&wish.provider)
        .bind(&wish.model)
        .bind(&wish.prompt)
        .bind(&wish.prompt_hash)
        .bind(wish.prices.to_string())
        .bind(whole(wish.worst))
        .bind(micros(wish.at))
        .bind(micros(wish.expires_at))
        .execute(&mut *writer)
        .await
        .during(RESERVING)?;
        writer.commit().await.during(RESERVING)?;
        Ok(SpendVerdict::Granted)
    }

    /// False when the call was changed by somebody else in between.
    async fn settle_once(
        &self,
        id: ModelCallId,
        end: &CallEnd,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write(SETTLING).await?;
        let row = sqlx::query(
            "SELECT id, thread_id, day, reserved, outcome FROM model_calls WHERE tenant_id = $1 AND id = $2",
        )
        .bind(&self.key)
        .bind(id.to_string())
        .fetch_optional(&mut *writer)
        .await
        .during(SETTLING)?;
        let Some(row) = row else { return Ok(true) };
        let cells = Cells::new(&row, "model_calls", "id");
        let was: String = cells.get("outcome")?;
        if was != "open" && was != "lost" {
            return Ok(true);
        }
        let done = sqlx::query(
            "UPDATE model_calls SET outcome = $3, cost = $4, estimated = $5, input = $6, cache_read = $7, cache_write = $8,
                cache_write_long = $9, output = $10, latency_ms = $11, answered_by = $12, request_id = $13, expires_at = $14
             WHERE tenant_id = $1 AND id = $2 AND outcome = $15",
        )
        .bind(&self.key)
        .bind(id.to_string())
        .bind(&end.outcome)
        .bind(whole(end.cost))
        .bind(i64::from(end.estimated))
        .bind(count(end.usage.input))
        .bind(count(end.usage.cache_read))
        .bind(count(end.usage.cache_write))
        .bind(count(end.usage.cache_write_long))
        .bind(count(end.usage.output))
        .bind(count(end.latency_ms))
        .bind(&end.answered_by)
        .bind(&end.request_id)
        .bind(micros(at))
        .bind(&was)
        .execute(&mut *writer)
        .await
        .during(SETTLING)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let freed: i64 = if was == "open" { cells.get("reserved")? } else { 0 };
        for scope in scopes(cells)? {
            settle(&mut writer, &self.key, &scope, freed, whole(end.cost)).await?;
        }
        writer.commit().await.during(SETTLING)?;
        Ok(true)
    }
}

/// The budgets that a call counts in, the day first.
fn scopes(cells: Cells<'_>) -> Result<Vec<String>, StoreError> {
    let mut scopes = vec![cells.get("day")?];
    scopes.extend(cells.get::<Option<String>>("thread_id")?);
    Ok(scopes)
}

/// Adds to what is reserved, if the ceiling holds.
async fn add(
    connection: &mut Connection,
    tenant: &str,
    scope: &str,
    worst: MicroUsd,
    ceiling: MicroUsd,
) -> Result<bool, StoreError> {
    sqlx::query(
        "INSERT INTO model_budgets (tenant_id, scope) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind(tenant)
    .bind(scope)
    .execute(&mut *connection)
    .await
    .during(RESERVING)?;
    let done = sqlx::query(
        "UPDATE model_budgets SET reserved = reserved + $3
         WHERE tenant_id = $1 AND scope = $2 AND spent + reserved + $3 <= $4",
    )
    .bind(tenant)
    .bind(scope)
    .bind(whole(worst))
    .bind(whole(ceiling))
    .execute(connection)
    .await
    .during(RESERVING)?;
    Ok(done.rows_affected() == 1)
}

async fn settle(
    connection: &mut Connection,
    tenant: &str,
    scope: &str,
    freed: i64,
    cost: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE model_budgets SET reserved = reserved - $3, spent = spent + $4
         WHERE tenant_id = $1 AND scope = $2",
    )
    .bind(tenant)
    .bind(scope)
    .bind(freed)
    .bind(cost)
    .execute(connection)
    .await
    .during(SETTLING)?;
    Ok(())
}

/// Reservations of processes that died are given back, the oldest first.
async fn sweep_lost(
    connection: &mut Connection,
    tenant: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT id, thread_id, day, reserved FROM model_calls
         WHERE tenant_id = $1 AND outcome = 'open' AND expires_at <= $2 ORDER BY day, thread_id, id LIMIT $3",
    )
    .bind(tenant)
    .bind(micros(now))
    .bind(SWEEP)
    .fetch_all(&mut *connection)
    .await
    .during(RESERVING)?;
    for row in &rows {
        let cells = Cells::new(row, "model_calls", "id");
        let done = sqlx::query(
            "UPDATE model_calls SET outcome = 'lost' WHERE tenant_id = $1 AND id = $2 AND outcome = 'open'",
        )
        .bind(tenant)
        .bind(cells.get::<String>("id")?)
        .execute(&mut *connection)
        .await
        .during(RESERVING)?;
        if done.rows_affected() == 1 {
            let freed = cells.get("reserved")?;
            for scope in scopes(cells)? {
                settle(connection, tenant, &scope, freed, 0).await?;
            }
        }
    }
    Ok(())
}

fn report_of(by: SpendBy) -> &'static str {
    macro_rules! report {
        ($key:literal, $order:literal) => {
            concat!(
                "SELECT ",
                $key,
                " AS key, COUNT(*) AS calls, CAST(SUM(cost) AS BIGINT) AS cost, CAST(SUM(input) AS BIGINT) AS input,
                CAST(SUM(cache_read) AS BIGINT) AS cache_read, CAST(SUM(cache_write) AS BIGINT) AS cache_write,
                CAST(SUM(cache_write_long) AS BIGINT) AS cache_write_long, CAST(SUM(output) AS BIGINT) AS output
                FROM model_calls WHERE tenant_id = $1 AND at >= $2 AND at < $3 GROUP BY 1 ORDER BY ",
                $order
            )
        };
    }
    match by {
        SpendBy::Role => report!("role", "3 DESC, 1"),
        SpendBy::Booking => report!("COALESCE(thread_id, '')", "3 DESC, 1"),
        SpendBy::Day => report!("day", "1"),
    }
}

fn read_line(row: &Row) -> Result<SpendLine, StoreError> {
    let cells = Cells::new(row, "model_calls", "key");
    Ok(SpendLine {
        key: cells.get("key")?,
        calls: cells.count("calls")?,
        usage: read_usage(cells)?,
        cost: MicroUsd(cells.count("cost")?),
        messages: 0,
    })
}

fn read_usage(cells: Cells<'_>) -> Result<Usage, StoreError> {
    Ok(Usage {
        input: cells.count("input")?,
        cache_read: cells.count("cache_read")?,
        cache_write: cells.count("cache_write")?,
        cache_write_long: cells.count("cache_write_long")?,
        output: cells.count("output")?,
    })
}

fn read_call(row: &Row) -> Result<ModelCall, StoreError> {
    let cells = Cells::new(row, "model_calls", "id");
    Ok(ModelCall {
        id: cells.parse("id")?,
        thread: cells.parse_opt("thread_id")?,
        day: cells.parse("day")?,
        role: cells.parse("role")?,
        provider: cells.get("provider")?,
        model: cells.get("model")?,
        answered_by: cells.get("answered_by")?,
        prompt: cells.get("prompt")?,
        prompt_hash: cells.get("prompt_hash")?,
        prices: cells.parse("prices")?,
        reserved: MicroUsd(cells.count("reserved")?),
        usage: read_usage(cells)?,
        cost: MicroUsd(cells.count("cost")?),
        estimated: cells.get::<i64>("estimated")? == 1,
        outcome: cells.get("outcome")?,
        request_id: cells.get("request_id")?,
        latency_ms: cells.count("latency_ms")?,
        at: cells.moment("at")?,
    })
}

/// The date of a day counted from 1970.
fn day_of(days: &str) -> Option<String> {
    let days: i64 = days.parse().ok()?;
    let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?);
    Some(date.ok()?.to_string())
}

fn whole(money: MicroUsd) -> i64 {
    count(money.0)
}

/// Numbers are kept as the database's; one beyond that is kept as its largest. Half of it, so that sums stay within.
fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(i64::MAX / 4)
}
