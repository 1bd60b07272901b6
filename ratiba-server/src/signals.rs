//! When to stop: the signals of the operating system, and a way to tell every part of the process.

use tokio::sync::watch;

/// Told once to stop; every clone hears it, also one that listens later.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: std::sync::Arc<watch::Sender<bool>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { sender: std::sync::Arc::new(watch::Sender::new(false)) }
    }
}

impl Stop {
    /// Tells everybody.
    pub fn stop(&self) {
        self.sender.send_replace(true);
    }

    /// Waits until told.
    pub async fn stopped(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives in `self`, so the wait can't end by its loss.
        let _told = receiver.wait_for(|stop| *stop).await;
    }
}

/// Waits for SIGTERM or ctrl-c. They are listened for from the call on, not from the first poll: a process that is asked to stop while it
/// still opens its stores stops as it should.
#[cfg(unix)]
pub fn asked_to_stop() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let heard = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        let [terminate, interrupt] = heard.map(|signal| async move {
            match signal {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        });
        tokio::select! {
            () = terminate => {}
            () = interrupt => {}
        }
    }
}

/// Waits for ctrl-c.
#[cfg(not(unix))]
pub fn asked_to_stop() -> impl Future<Output = ()> + Send + 'static {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_listens_late_hears_it_too() {
        let stop = Stop::default();
        let early = stop.clone();
        let waiting = tokio::spawn(async move { early.stopped().await });
        stop.stop();
        waiting.await.unwrap();
        stop.stopped().await;
    }
}
