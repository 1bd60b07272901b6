//! The stand-in itself: its settings, its people, and what a reader may ask it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::api;
use super::chat::Chat;
use super::faults::{Release, SendFault, WebhookFault};
use super::postbox::Postbox;
use super::state::{Entry, Number, Person, SentMessage, State, Template};
use super::webhook::Posted;
use crate::ports::clock::Clock;
use crate::sim::server::SimServer;

/// Which statuses follow a message that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statuses {
    /// None at all.
    None,
    /// `sent` and `delivered`.
    UpToDelivered,
    /// `sent`, `delivered` and `read`.
    UpToRead,
}

/// How the stand-in behaves.
#[derive(Debug, Clone)]
pub struct MetaSimConfig {
    /// What webhooks are signed with.
    pub app_secret: String,
    /// What the verification request carries.
    pub verify_token: String,
    /// What follows a message.
    pub statuses: Statuses,
    /// The time by which windows close and messages are stamped.
    pub clock: Arc<dyn Clock>,
}

/// A running stand-in. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct MetaSim {
    pub(super) world: Arc<World>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

/// What the handlers and the tests share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) config: MetaSimConfig,
    pub(super) postbox: Postbox,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Wakes everybody who waits for something to happen.
    pub(super) fn changed(&self) {
        self.changed.send_modify(|n| *n += 1);
    }
}

impl MetaSim {
    /// Starts a stand-in on a free port. Needs a tokio runtime with time and I/O.
    pub async fn start(config: MetaSimConfig) -> io::Result<Self> {
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

    // What there is.

    /// Adds a business's number: its `phone_number_id`, its phone and the token that may send from it.
    pub fn add_number(&self, account: &str, display: &str, token: &str) {
        let number = Number {
            display: display.to_owned(),
            token: token.to_owned(),
            revoked: false,
            waba: format!("1{account}"),
        };
        self.world.state().numbers.insert(account.to_owned(), number);
    }

    /// Makes the token of a number invalid, as when its owner has disconnected the app; or valid again.
    pub fn revoke_token(&self, account: &str, revoked: bool) {
        if let Some(number) = self.world.state().numbers.get_mut(account) {
            number.revoked = revoked;
        }
    }

    /// Adds a person, or replaces the one with that phone.
    pub fn add_person(&self, person: Person) {
        self.world.state().people.insert(person.phone.clone(), person);
    }

    /// Adds an approved template.
    pub fn add_template(&self, template: Template) {
        self.world.state().templates.push(template);
    }

    /// The conversation of a business's number and a person, for acting as the person. Somebody who was not added yet is.
    pub fn chat(&self, account: &str, phone: &str) -> Chat {
        let mut state = self.world.state();
        state.people.entry(phone.to_owned()).or_insert_with(|| Person::new(phone, "Mteja"));
        drop(state);
        Chat::new(self.clone(), account, phone)
    }

    // Webhooks.

    /// Where webhooks go from now on.
    pub fn set_webhook(&self, url: &str) {
        self.world.postbox.set_target(url);
    }

    /// Asks the webhook address to prove itself, as Meta does when it is set up. True when the challenge came back exactly.
    pub async fn verify_webhook(&self) -> bool {
        self.world.postbox.verify().await
    }

    /// Keeps webhooks back until [`MetaSim::release_webhooks`].
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

    // Faults.

    /// Lets something happen to the next message that a business sends; several calls queue up.
    pub fn fail_next_send(&self, fault: SendFault) {
        self.world.state().send_faults.push_back(fault);
    }

    /// Lets something happen to the next webhook; several calls queue up.
    pub fn fail_next_webhook(&self, fault: WebhookFault) {
        self.world.postbox.fail_next(fault);
    }

    // What was sent.

    /// Everything that was sent to a person by whichever number, oldest first.
    pub fn sent_to(&self, phone: &str) -> Vec<SentMessage> {
        let state = self.world.state();
        let mut sent: Vec<SentMessage> = state
            .threads
            .iter()
            .filter(|((_, peer), _)| peer == phone)
            .flat_map(|(_, thread)| thread.ours().cloned())
            .collect();
        sent.sort_by(|a, b| a.id.cmp(&b.id));
        sent
    }

    /// The lines of one conversation, oldest first.
    pub fn conversation(&self, account: &str, phone: &str) -> Vec<Entry> {
        let state = self.world.state();
        let thread = state.threads.get(&(account.to_owned(), phone.to_owned()));
        thread.map_or_else(Vec::new, |thread| thread.entries.iter().cloned().collect())
    }

    /// Waits until a person has been sent a message that fits, and returns the first such; it may have come already.
    pub async fn wait_for(&self, phone: &str, fits: impl Fn(&SentMessage) -> bool) -> SentMessage {
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.sent_to(phone).into_iter().find(|message| fits(message)) {
                return found;
            }
            // The sender lives in the world, which this borrows.
            drop(changes.changed().await);
        }
    }

    /// Counts up whenever a conversation has changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.world.changed.subscribe()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
