//! Opening it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{broadcast, mpsc};
use tokio::task::AbortHandle;

use super::key::Keys;
use super::lease::Bells;
use super::link::{Link, Target};
use super::listen::{Ears, listen};
use super::news::{BACKLOG, Sleepers, Told, publish};
use crate::ports::clock::Entropy;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::live::LiveEvent;

/// Where the server is and how it is used.
#[derive(Debug, Clone)]
pub struct RedisSettings {
    /// `redis://[user:password@]host:port[/db]`, or `rediss://` for TLS; several with commas between are the nodes of a cluster.
    pub url: SecretString,
    /// Certificates of the authorities that may vouch for the server over TLS, in PEM, instead of those that the machine trusts.
    pub root_cert: Option<Vec<u8>>,
    /// What all keys and channels begin with, so that several deployments may share a server.
    pub prefix: String,
    /// How long one call may take before work goes on without it.
    pub budget: Duration,
}

impl RedisSettings {
    /// A server at an address, with the usual prefix and budget.
    pub fn at(url: impl Into<SecretString>) -> Self {
        Self {
            url: url.into(),
            root_cert: None,
            prefix: "ratiba".to_owned(),
            budget: Duration::from_millis(100),
        }
    }
}

/// Hot state, wake-ups and news over one server. Give the same one to the builder for all three.
pub struct RedisHot {
    pub(super) link: Arc<Link>,
    pub(super) keys: Keys,
    pub(super) bells: Arc<Bells>,
    pub(super) sleepers: Arc<Sleepers>,
    pub(super) events: broadcast::Sender<LiveEvent>,
    pub(super) outgoing: mpsc::Sender<Told>,
    tasks: [AbortHandle; 2],
}

impl RedisHot {
    /// Opens it; must be called within a runtime. A server that can't be reached is no failure: work goes on without until it can. The only
    /// failure is an address that is none.
    pub async fn open(settings: &RedisSettings, entropy: &dyn Entropy) -> Result<Self, Fault> {
        let root = settings.root_cert.as_deref();
        let target = Target::parse(settings.url.expose_secret(), root).map_err(|error| {
            Fault::new(FaultKind::Misconfigured, "the address of Redis can't be used")
                .with_source(error)
        })?;
        let link = Arc::new(Link::new(target, settings.budget));
        link.begin().await;
        let keys = Keys::new(&settings.prefix);
        let me = entropy.draw();
        let (bells, sleepers) = (Arc::<Bells>::default(), Arc::<Sleepers>::default());
        let (events, _) = broadcast::channel(BACKLOG);
        let (outgoing, told) = mpsc::channel(BACKLOG);
        let ears = Ears {
            keys: keys.clone(),
            me,
            bells: Arc::clone(&bells),
            sleepers: Arc::clone(&sleepers),
            events: events.clone(),
        };
        let listening = tokio::spawn(listen(Arc::clone(&link), ears));
        let publishing = tokio::spawn(publish(Arc::clone(&link), keys.clone(), me, told));
        let tasks = [listening.abort_handle(), publishing.abort_handle()];
        Ok(Self { link, keys, bells, sleepers, events, outgoing, tasks })
    }
}

impl Drop for RedisHot {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for RedisHot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisHot").field("link", &self.link).finish_non_exhaustive()
    }
}

pub(super) fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}
