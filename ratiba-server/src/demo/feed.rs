//! `GET /demo/feed`: the page's view as server-sent events, one whenever something has changed.

use std::time::Duration;

use futures_util::stream;
use jiff::civil::Date;
use poem::handler;
use poem::web::sse::{Event, SSE};
use poem::web::{Data, Query};
use ratiba_core::LiveEvent;
use serde::Deserialize;
use tokio::sync::{broadcast, watch};

use super::Demo;
use super::view::{Ask, View, view};
use crate::app::App;
use crate::http::error::Chain;
use crate::http::{ApiError, Code};

/// How often the page is brought up to date when nothing is heard: clocks and countdowns move.
const TICK: Duration = Duration::from_millis(500);
/// Several changes within this time become one.
const GATHER: Duration = Duration::from_millis(40);

/// What to look at.
#[derive(Debug, Deserialize)]
pub(super) struct Looking {
    tenant: Option<String>,
    customer: Option<String>,
    channel: Option<String>,
    day: Option<Date>,
}

/// Streams the view until the page goes away or the server stops.
#[handler]
pub(super) fn feed(Query(looking): Query<Looking>, Data(app): Data<&App>) -> Result<SSE, ApiError> {
    let demo = app.demo.clone().ok_or(ApiError::new(Code::NotFound))?;
    let ask = Ask::new(
        looking.tenant.as_deref(),
        looking.customer.as_deref(),
        looking.channel.as_deref(),
        looking.day,
    );
    let state = Feed {
        live: app.ratiba.subscribe(),
        phones: demo.meta.changes(),
        app: app.clone(),
        demo,
        ask,
        last: None,
    };
    let events = stream::unfold(state, |mut state| async move {
        let event = state.next().await?;
        Some((event, state))
    });
    Ok(SSE::new(events).keep_alive(Duration::from_secs(15)))
}

struct Feed {
    app: App,
    demo: std::sync::Arc<Demo>,
    ask: Ask,
    live: broadcast::Receiver<LiveEvent>,
    phones: watch::Receiver<u64>,
    last: Option<View>,
}

impl Feed {
    /// The next view that differs from the last; `None` when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.last.is_some() {
                let stop = self.app.stop.clone();
                tokio::select! {
                    () = stop.stopped() => return None,
                    () = self.change() => {}
                }
            }
            match view(&self.demo, &self.app.ratiba, self.ask).await {
                Ok(view) if self.last.as_ref() == Some(&view) => {}
                Ok(view) => {
                    let data = serde_json::to_string(&view).ok()?;
                    self.last = Some(view);
                    return Some(Event::message(data).event_type("state"));
                }
                Err(error) => {
                    tracing::warn!(error = %Chain(&error), "the demo's page can't be brought up to date");
                    tokio::time::sleep(TICK).await;
                }
            }
        }
    }

    /// Returns when something may have changed.
    async fn change(&mut self) {
        tokio::select! {
            // Lagging behind is as good as news; a closed channel leaves the clock to wake us.
            _ = self.live.recv(), if !self.live.is_closed() => tokio::time::sleep(GATHER).await,
            Ok(()) = self.phones.changed() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}
