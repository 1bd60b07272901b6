//! The stand-in itself: its settings, its customers, and what a reader may ask it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use tokio::sync::watch;

use super::super::courier::Courier;
use super::api;
use super::book::Book;
use super::faults::{CallbackFault, PushFault, QueryFault, ReversalFault, TokenFault};
use super::letter::{Callback, Posted};
use super::merchant::SimMerchant;
use super::notes;
use super::state::{Attempt, Ending, Pin, Prompt, State};
use crate::ports::clock::Clock;
use crate::sim::server::SimServer;

/// How the stand-in behaves.
#[derive(Debug, Clone)]
pub struct DarajaSimConfig {
    /// The time by which tokens and prompts end.
    pub clock: Arc<dyn Clock>,
    /// How long a prompt stays on a phone. It is looked at with each request and by [`DarajaSim::tick`].
    pub prompt_life: SignedDuration,
}

impl DarajaSimConfig {
    /// Prompts that stay for 90 seconds.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, prompt_life: SignedDuration::from_secs(90) }
    }
}

/// A running stand-in. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct DarajaSim {
    world: Arc<World>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

/// What the handlers and the tests share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) config: DarajaSimConfig,
    pub(super) courier: Courier<Callback>,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// Whether requests for a token wait.
    pub(super) tokens_held: watch::Sender<bool>,
}

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for something to happen.
    pub(super) fn changed(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// Ends a prompt and posts its callbacks. The receiver hears when the last of them has been answered.
    pub(super) fn end(
        &self,
        place: usize,
        ending: Ending,
    ) -> Option<tokio::sync::oneshot::Receiver<()>> {
        let now = self.config.clock.now();
        let mut state = self.state();
        let attempt = state.end(place, ending, now)?;
        let fault = state.callback_faults.pop_front();
        drop(state);
        self.changed();
        let told = notes::result(&attempt, fault, now);
        let bodies = match fault {
            Some(CallbackFault::Lost) => vec![],
            Some(CallbackFault::Twice) => vec![told.clone(), told],
            Some(CallbackFault::FailureAfter) => vec![told, notes::contradiction(&attempt)],
            Some(CallbackFault::FailureBefore) => vec![notes::contradiction(&attempt), told],
            Some(_) | None => vec![told],
        };
        bodies.into_iter().filter_map(|body| self.courier.send(callback(&attempt, &body))).last()
    }

    /// Ends the prompts that nobody has answered for too long.
    pub(super) fn tick(&self) {
        let overdue = self.state().overdue(self.config.prompt_life, self.config.clock.now());
        for place in overdue {
            drop(self.end(place, Ending::Ignored));
        }
    }
}

fn callback(attempt: &Attempt, body: &serde_json::Value) -> Callback {
    Callback {
        url: attempt.callback.clone(),
        shortcode: attempt.shortcode.clone(),
        body: body.to_string(),
    }
}

impl DarajaSim {
    /// Starts a stand-in on a free port. Needs a tokio runtime with time and I/O.
    pub async fn start(config: DarajaSimConfig) -> io::Result<Self> {
        let world = Arc::new(World {
            config,
            courier: Courier::start(),
            state: Mutex::default(),
            changed: watch::Sender::new(0),
            tokens_held: watch::Sender::new(false),
        });
        let server = SimServer::start(api::app(Arc::clone(&world))).await?;
        let base_url = server.base_url();
        Ok(Self { world, server: Arc::new(tokio::sync::Mutex::new(server)), base_url })
    }

    /// What to set as Daraja's address, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops listening; from then on connections are refused.
    pub async fn stop(&self) {
        self.server.lock().await.stop().await;
    }

    /// Adds a business.
    pub fn add_merchant(&self, merchant: SimMerchant) {
        self.world.state().merchants.push(merchant);
    }

    // Being the customer.

    /// The prompts that are open, oldest first.
    pub fn prompts(&self) -> Vec<Prompt> {
        let state = self.world.state();
        let open = state.attempts.iter().filter(|attempt| attempt.ended.is_none());
        open.map(|attempt| attempt.prompt.clone()).collect()
    }

    /// Waits until a phone is prompted; it may have been already.
    pub async fn wait_for_prompt(&self, phone: &str) -> Prompt {
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.prompts().into_iter().find(|prompt| prompt.phone == phone) {
                return found;
            }
            // The sender lives in the world, which this borrows.
            drop(changes.changed().await);
        }
    }

    /// The customer types a PIN. False when there is no prompt.
    pub fn enter_pin(&self, phone: &str, pin: Pin) -> bool {
        match pin {
            Pin::Right => self.end(phone, Ending::Paid),
            Pin::Wrong => self.end(phone, Ending::WrongPin),
        }
    }

    /// The customer dismisses the prompt. False when there is none.
    pub fn cancel(&self, phone: &str) -> bool {
        self.end(phone, Ending::Cancelled)
    }

    /// The customer never answers, and the prompt ends now. False when there is none.
    pub fn ignore(&self, phone: &str) -> bool {
        self.end(phone, Ending::Ignored)
    }

    /// The customer types the PIN but lacks the money. False when there is no prompt.
    pub fn insufficient_funds(&self, phone: &str) -> bool {
        self.end(phone, Ending::InsufficientFunds)
    }

    /// The prompt on a phone ends so. False when there is none.
    pub fn end(&self, phone: &str, ending: Ending) -> bool {
        let place = {
            let state = self.world.state();
            let open = |attempt: &Attempt| attempt.ended.is_none() && attempt.prompt.phone == phone;
            state.attempts.iter().position(open)
        };
        let Some(place) = place else { return false };
        drop(self.world.end(place, ending));
        true
    }

    /// What a customer does with their next prompts, as soon as they appear.
    pub fn script(&self, phone: &str, endings: impl IntoIterator<Item = Ending>) {
        self.world.state().scripts.entry(phone.to_owned()).or_default().extend(endings);
    }

    /// What everybody without a script does as soon as they are prompted; `None` leaves prompts open.
    pub fn habit(&self, ending: Option<Ending>) {
        self.world.state().habit = ending;
    }

    /// Ends the prompts that nobody has answered for too long by the clock.
    pub fn tick(&self) {
        self.world.tick();
    }

    // Callbacks.

    /// Keeps callbacks back until [`DarajaSim::release_callbacks`].
    pub fn hold_callbacks(&self) {
        self.world.courier.hold();
    }

    /// Posts what was held back, in order, and holds nothing back any more.
    pub fn release_callbacks(&self) {
        self.world.courier.release();
    }

    /// Every callback that was posted, and its answer; oldest first, of a great many the newest. None is ever posted again.
    pub fn posted_callbacks(&self) -> Vec<Posted> {
        self.world.courier.sent()
    }

    /// Returns once every callback so far has been answered.
    pub async fn settle(&self) {
        self.world.courier.settle().await;
    }

    // Faults.

    /// Lets something happen to the next request for a token; several calls queue up, here and below.
    pub fn fail_next_token(&self, fault: TokenFault) {
        self.world.state().token_faults.push_back(fault);
    }

    /// Lets something happen to the next STK push that is otherwise in order.
    pub fn fail_next_push(&self, fault: PushFault) {
        self.world.state().push_faults.push_back(fault);
    }

    /// Lets something happen to the next query.
    pub fn fail_next_query(&self, fault: QueryFault) {
        self.world.state().query_faults.push_back(fault);
    }

    /// Lets something happen to the callback of the next prompt that ends.
    pub fn fail_next_callback(&self, fault: CallbackFault) {
        self.world.state().callback_faults.push_back(fault);
    }

    /// Lets something happen to the next reversal.
    pub fn fail_next_reversal(&self, fault: ReversalFault) {
        self.world.state().reversal_faults.push_back(fault);
    }

    /// Makes every token invalid, long before its end.
    pub fn revoke_tokens(&self) {
        self.world.state().tokens.clear();
    }

    /// Lets requests for a token wait, or lets those that wait go on.
    pub fn hold_tokens(&self, held: bool) {
        self.world.tokens_held.send_replace(held);
    }

    // What happened.

    /// The money that really moved.
    pub fn book(&self) -> Book {
        self.world.state().book.clone()
    }

    /// Requests for a token so far, those that wait included.
    pub fn token_requests(&self) -> usize {
        self.world.state().token_requests
    }

    /// STK pushes so far that came with a good token.
    pub fn pushes(&self) -> usize {
        self.world.state().pushes
    }

    /// STK queries so far that came with a good token.
    pub fn queries(&self) -> usize {
        self.world.state().queries
    }

    /// Counts up whenever something has happened.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.world.changed.subscribe()
    }
}
