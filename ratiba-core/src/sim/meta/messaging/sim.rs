//! The stand-in itself: its settings, its pages, and what a reader may ask it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use super::super::faults::{Release, SendFault, WebhookFault};
use super::super::payload::Item;
use super::super::postbox::Postbox;
use super::super::sim::Statuses;
use super::super::webhook::Posted;
use super::api;
use super::dm::Dm;
use super::state::{Page, Platform, State};
use crate::ports::clock::Clock;
use crate::sim::server::SimServer;

/// How the stand-in behaves.
#[derive(Debug, Clone)]
pub struct MessagingSimConfig {
    /// Which of the two it is.
    pub platform: Platform,
    /// What webhooks are signed with.
    pub app_secret: String,
    /// What the verification request carries.
    pub verify_token: String,
    /// What follows a message besides its echo. Instagram tells of reading only.
    pub receipts: Statuses,
    /// The time by which windows close and messages are stamped.
    pub clock: Arc<dyn Clock>,
}

/// A running stand-in. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct MessagingSim {
    pub(super) world: Arc<World>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

/// What the handlers and the tests share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) config: MessagingSimConfig,
    postbox: Postbox,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for something to happen.
    pub(super) fn changed(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn emit(&self, item: Item) -> Option<oneshot::Receiver<()>> {
        self.postbox.emit(item)
    }
}

impl MessagingSim {
    /// Starts a stand-in on a free port. Needs a tokio runtime with time and I/O.
    pub async fn start(config: MessagingSimConfig) -> io::Result<Self> {
        let world = Arc::new(World {
            postbox: Postbox::start(&config.app_secret, &config.verify_token),
            config,
            state: Mutex::default(),
            changed: watch::Sender::new(0),
        });
        let server = SimServer::start(api::app(Arc::clone(&world))).await?;
        let base_url = server.base_url();
        Ok(Self { world, server: Arc::new(tokio::sync::Mutex::new(server)), base_url })
    }

    /// What to set as the Graph API's address, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops listening; from then on connections are refused.
    pub async fn stop(&self) {
        self.server.lock().await.stop().await;
    }

    /// Adds a page or professional account and the token that may send from it.
    pub fn add_page(&self, account: &str, token: &str) {
        let page = Page { token: token.to_owned(), revoked: false };
        self.world.state().pages.insert(account.to_owned(), page);
    }

    /// Makes the token of a page invalid, as when its owner has disconnected the app; or valid again.
    pub fn revoke_token(&self, account: &str, revoked: bool) {
        if let Some(page) = self.world.state().pages.get_mut(account) {
            page.revoked = revoked;
        }
    }

    /// The conversation of a page and a person, for acting as the person.
    pub fn dm(&self, account: &str, person: &str) -> Dm {
        Dm::new(self.clone(), account, person)
    }

    /// Where webhooks go from now on.
    pub fn set_webhook(&self, url: &str) {
        self.world.postbox.set_target(url);
    }

    /// Asks the webhook address to prove itself. True when the challenge came back exactly.
    pub async fn verify_webhook(&self) -> bool {
        self.world.postbox.verify().await
    }

    /// Keeps webhooks back until [`MessagingSim::release_webhooks`].
    pub fn hold_webhooks(&self) {
        self.world.postbox.hold();
    }

    /// Posts what was held back and holds nothing back any more.
    pub fn release_webhooks(&self, order: Release) {
        self.world.postbox.release(order);
    }

    /// Delivers every item so far once more, in one batch, as Meta may do hours later.
    pub fn redeliver_in_one_batch(&self) {
        self.world.postbox.redeliver();
    }

    /// Posts once more, byte for byte, what was not answered with 200.
    pub fn retry_failed_webhooks(&self) {
        self.world.postbox.retry_failed();
    }

    /// Every webhook that was posted, and its answer; oldest first.
    pub fn posted_webhooks(&self) -> Vec<Posted> {
        self.world.postbox.posted()
    }

    /// Returns once every webhook so far has been answered.
    pub async fn settle(&self) {
        self.world.postbox.settle().await;
    }

    /// Lets something happen to the next message that a page sends; several calls queue up. [`SendFault::StatusFirst`] delivers its echo first;
    /// [`SendFault::FailsLater`] does nothing here.
    pub fn fail_next_send(&self, fault: SendFault) {
        self.world.state().send_faults.push_back(fault);
    }

    /// Lets something happen to the next webhook; several calls queue up.
    pub fn fail_next_webhook(&self, fault: WebhookFault) {
        self.world.postbox.fail_next(fault);
    }

    /// Counts up whenever a conversation has changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.world.changes()
    }
}
