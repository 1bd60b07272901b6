//! Wake-ups between processes, by LISTEN and NOTIFY. They only save waiting: whoever misses one finds the same work by looking.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::connect::PostgresOptions;
use super::error::During;
use super::pool::Pool;
use super::traced::For;
use crate::ports::hot::{Topic, WakeUp};
use crate::ports::store::StoreError;

const CHANNEL: &str = "ratiba_wake";
/// Other processes are told at most this often: a burst of messages is one wake-up to them.
const PACE: Duration = Duration::from_millis(20);
/// Between attempts at a server that does not answer.
const PAUSE: Duration = Duration::from_secs(1);

const TOPICS: [(Topic, &str); 3] =
    [(Topic::Inbox, "inbox"), (Topic::Outbox, "outbox"), (Topic::Timers, "timers")];

/// Wakes sleepers of this process at once and those of others by NOTIFY, over one connection that listens and one that tells. Both are opened
/// again when they are lost.
pub struct PostgresWakeUp {
    bells: Arc<Bells>,
    /// Ends with this.
    _tasks: JoinSet<()>,
}

impl fmt::Debug for PostgresWakeUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostgresWakeUp(..)")
    }
}

impl PostgresWakeUp {
    /// Listens at a database. Not through a pooler in transaction mode: LISTEN needs a connection that stays.
    pub async fn listen(options: &PostgresOptions) -> Result<Self, StoreError> {
        let connect = options.connect_options()?;
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(connect.clone());
        let mut listener = PgListener::connect_with(&pool).await.during("listening")?;
        listener.listen(CHANNEL).await.during("listening")?;
        let bells = Arc::new(Bells::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(hear(listener, Arc::clone(&bells)));
        tasks.spawn(tell(Pool::new(connect, 1, PAUSE), Arc::clone(&bells)));
        Ok(Self { bells, _tasks: tasks })
    }
}

#[async_trait]
impl WakeUp for PostgresWakeUp {
    async fn wake(&self, topic: Topic) {
        let bell = self.bells.of(topic);
        bell.here.notify_one();
        bell.to_tell.store(true, Ordering::Release);
        self.bells.something_to_tell.notify_one();
    }

    async fn wait(&self, topic: Topic, patience: SignedDuration) {
        let patience = Duration::try_from(patience).unwrap_or_default();
        // Woken or not: the caller looks for work either way.
        let _ = tokio::time::timeout(patience, self.bells.of(topic).here.notified()).await;
    }
}

#[derive(Default)]
struct Bells {
    inbox: Bell,
    outbox: Bell,
    timers: Bell,
    something_to_tell: Notify,
}

/// A wake-up that nobody waits for is kept for the next who does.
#[derive(Default)]
struct Bell {
    here: Notify,
    to_tell: AtomicBool,
}

impl Bells {
    const fn of(&self, topic: Topic) -> &Bell {
        match topic {
            Topic::Inbox => &self.inbox,
            Topic::Outbox => &self.outbox,
            Topic::Timers => &self.timers,
        }
    }
}

/// Rings here what was told by anybody (by ourselves too, which does no harm).
async fn hear(mut listener: PgListener, bells: Arc<Bells>) {
    loop {
        match listener.try_recv().await {
            Ok(Some(told)) => {
                let topic = TOPICS.iter().find(|(_, name)| *name == told.payload());
                if let Some((topic, _)) = topic {
                    bells.of(*topic).here.notify_one();
                }
            }
            // The connection was lost and is back, or not yet: nobody knows what was told meanwhile.
            lost => {
                for (topic, _) in TOPICS {
                    bells.of(topic).here.notify_one();
                }
                if lost.is_err() {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Tells others what was rung here.
async fn tell(pool: Pool, bells: Arc<Bells>) {
    loop {
        bells.something_to_tell.notified().await;
        for (topic, name) in TOPICS {
            // Lost when the server does not answer: then nobody could listen either.
            if bells.of(topic).to_tell.swap(false, Ordering::AcqRel)
                && let Ok(mut connection) = pool.take(For::registry("telling of work")).await
                && sqlx::query("SELECT pg_notify($1, $2)")
                    .persistent(false)
                    .bind(CHANNEL)
                    .bind(name)
                    .execute(&mut *connection)
                    .await
                    .is_ok()
            {
                connection.answered();
            }
        }
        tokio::time::sleep(PACE).await;
    }
}
