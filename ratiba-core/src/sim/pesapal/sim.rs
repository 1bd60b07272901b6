//! The stand-in itself: its settings, its customers, and what a reader may ask it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use super::super::courier::Courier;
use super::api;
use super::faults::{CancelFault, NoticeFault, OrderFault, RegisterFault, StatusFault, TokenFault};
use super::letter::{Notice, Notified};
use super::page::{self, PageAnswer, Typed};
use super::state::{Address, Means, SimAccount, SimOrder, Standing, State};
use crate::ports::clock::Clock;
use crate::sim::server::SimServer;

/// Where the page is, below the base address.
pub(super) const PAGE: &str = "/PesapalIframe3/Index/";

/// How the stand-in behaves.
#[derive(Debug, Clone)]
pub struct PesaPalSimConfig {
    /// The time by which tokens end.
    pub clock: Arc<dyn Clock>,
    /// Where customers find the page, when somebody else shows it ([`PesaPalSim::page`]); on the stand-in itself unless given.
    pub page_url: Option<String>,
}

impl PesaPalSimConfig {
    /// With a page of its own.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, page_url: None }
    }
}

/// A running stand-in. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct PesaPalSim {
    world: Arc<World>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

/// What the handlers and the tests share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) config: PesaPalSimConfig,
    courier: Courier<Notice>,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    /// Where the page is; known once the server listens.
    page_url: Mutex<String>,
}

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes everybody who waits for something to happen.
    pub(super) fn changed(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// The page of an order.
    pub(super) fn page_of(&self, tracking_id: &str) -> String {
        let base = self.page_url.lock().unwrap_or_else(PoisonError::into_inner).clone();
        format!("{base}?OrderTrackingId={tracking_id}")
    }

    /// Where the page's form is posted.
    pub(super) fn form(&self) -> String {
        self.page_url.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notifies the merchant that something has become of an order. The receiver hears when the last notification has been answered.
    pub(super) fn notify(&self, tracking_id: &str) -> Option<oneshot::Receiver<()>> {
        let mut state = self.state();
        let fault = state.notice_faults.pop_front();
        let order = state.orders.iter().find(|order| order.tracking_id == tracking_id)?.clone();
        let address =
            state.addresses.iter().find(|address| address.id == order.notification_id)?.clone();
        let other = state.orders.iter().find(|other| other.tracking_id != tracking_id);
        let other = other.map(|other| other.tracking_id.clone());
        drop(state);
        self.changed();
        let tracking_id = match fault {
            Some(NoticeFault::ForeignOrder) => other.unwrap_or_else(|| "nobody".to_owned()),
            Some(_) | None => order.tracking_id,
        };
        let notice = Notice {
            url: address.url,
            by_get: address.by_get,
            tracking_id,
            reference: order.reference,
        };
        let times = match fault {
            Some(NoticeFault::Lost) => 0,
            Some(NoticeFault::Times(times)) => times,
            Some(NoticeFault::ForeignOrder) | None => 1,
        };
        (0..times).filter_map(|_| self.courier.send(notice.clone())).last()
    }

    /// What the page answers to a card.
    pub(super) fn typed(&self, tracking_id: &str, card: &str) -> PageAnswer {
        let typed = page::typed(card);
        let (moved, wrong) = match typed {
            Typed::Pays => (self.state().pay(tracking_id, Means::Card), None),
            Typed::Refused(why) => (self.state().decline(tracking_id, why), Some(why)),
            Typed::NoCard => (false, Some("That is no card number")),
        };
        if moved {
            // Nobody at the page waits for the merchant's answer.
            drop(self.notify(tracking_id));
        }
        let Some(order) = self.state().order(tracking_id).cloned() else {
            return PageAnswer::Nothing;
        };
        match (&order.standing, typed) {
            (Standing::Completed { .. }, Typed::Pays) => PageAnswer::GoTo(page::way_back(&order)),
            _ => PageAnswer::Again(page::render(&order, &self.form(), wrong)),
        }
    }

    pub(super) fn shown(&self, tracking_id: &str) -> Option<String> {
        let order = self.state().order(tracking_id).cloned()?;
        Some(page::render(&order, &self.form(), None))
    }
}

impl PesaPalSim {
    /// Starts a stand-in on a free port. Needs a tokio runtime with time and I/O.
    pub async fn start(config: PesaPalSimConfig) -> io::Result<Self> {
        let elsewhere = config.page_url.clone();
        let world = Arc::new(World {
            config,
            courier: Courier::start(),
            state: Mutex::default(),
            changed: watch::Sender::new(0),
            page_url: Mutex::default(),
        });
        let server = SimServer::start(api::app(Arc::clone(&world))).await?;
        let base_url = format!("{}/pesapalv3", server.base_url());
        let page_url = elsewhere.unwrap_or_else(|| format!("{}{PAGE}", server.base_url()));
        *world.page_url.lock().unwrap_or_else(PoisonError::into_inner) = page_url;
        Ok(Self { world, server: Arc::new(tokio::sync::Mutex::new(server)), base_url })
    }

    /// What to set as PesaPal's address, its path included, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops listening; from then on connections are refused.
    pub async fn stop(&self) {
        self.server.lock().await.stop().await;
    }

    /// Adds a business.
    pub fn add_account(&self, account: SimAccount) {
        self.world.state().accounts.push(account);
    }

    // Being the customer.

    /// Every order, oldest first.
    pub fn orders(&self) -> Vec<SimOrder> {
        self.world.state().orders.clone()
    }

    /// Waits until there are so many orders, and gives the newest.
    pub async fn wait_for_order(&self, count: usize) -> SimOrder {
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            let orders = self.orders();
            if let Some(order) = orders.get(count.saturating_sub(1)) {
                return order.clone();
            }
            // The sender lives in the world, which this borrows.
            drop(changes.changed().await);
        }
    }

    /// The customer pays. False when nobody can any more.
    pub fn pay(&self, tracking_id: &str, means: Means) -> bool {
        let paid = self.world.state().pay(tracking_id, means);
        if paid {
            drop(self.world.notify(tracking_id));
        }
        paid
    }

    /// A try of the customer's fails. False when nobody can try any more.
    pub fn decline(&self, tracking_id: &str, why: &str) -> bool {
        let declined = self.world.state().decline(tracking_id, why);
        if declined {
            drop(self.world.notify(tracking_id));
        }
        declined
    }

    /// The page as a browser shows it; `None` for an order that nobody knows.
    pub fn page(&self, tracking_id: &str) -> Option<String> {
        self.world.shown(tracking_id)
    }

    /// The customer types a card on the page and presses the button.
    pub fn type_card(&self, tracking_id: &str, card: &str) -> PageAnswer {
        self.world.typed(tracking_id, card)
    }

    // Being the merchant's staff, and the bank.

    /// Somebody approves a refund that was asked for: the money goes back. False when there is none to approve.
    pub fn approve_refund(&self, tracking_id: &str) -> bool {
        let asked = self.world.state().order(tracking_id).is_some_and(|o| o.refund.is_some());
        asked && self.charge_back(tracking_id)
    }

    /// What was paid goes back, asked for or not. False when nothing was paid.
    pub fn charge_back(&self, tracking_id: &str) -> bool {
        let reversed = self.world.state().reverse(tracking_id);
        if reversed {
            drop(self.world.notify(tracking_id));
        }
        reversed
    }

    // Notifications.

    /// Keeps notifications back until [`PesaPalSim::release_notices`].
    pub fn hold_notices(&self) {
        self.world.courier.hold();
    }

    /// Sends what was held back, in order, and holds nothing back any more.
    pub fn release_notices(&self) {
        self.world.courier.release();
    }

    /// Notifies once more of an order, as PesaPal does when it was not answered.
    pub fn notify_again(&self, tracking_id: &str) {
        drop(self.world.notify(tracking_id));
    }

    /// Every notification that was sent, and its answer; oldest first, of a great many the newest.
    pub fn notified(&self) -> Vec<Notified> {
        self.world.courier.sent()
    }

    /// Returns once every notification so far has been answered.
    pub async fn settle(&self) {
        self.world.courier.settle().await;
    }

    // Faults.

    /// Lets something happen to the next request for a token; several calls queue up, here and below.
    pub fn fail_next_token(&self, fault: TokenFault) {
        self.world.state().token_faults.push_back(fault);
    }

    /// Lets something happen to the next registration of an address.
    pub fn fail_next_register(&self, fault: RegisterFault) {
        self.world.state().register_faults.push_back(fault);
    }

    /// Lets something happen to the next order that is otherwise in order.
    pub fn fail_next_order(&self, fault: OrderFault) {
        self.world.state().order_faults.push_back(fault);
    }

    /// Lets something happen to the next request for a status.
    pub fn fail_next_status(&self, fault: StatusFault) {
        self.world.state().status_faults.push_back(fault);
    }

    /// Lets something happen to the notification of the next change.
    pub fn fail_next_notice(&self, fault: NoticeFault) {
        self.world.state().notice_faults.push_back(fault);
    }

    /// Lets something happen to the next request to cancel an order.
    pub fn fail_next_cancel(&self, fault: CancelFault) {
        self.world.state().cancel_faults.push_back(fault);
    }

    /// Makes every token invalid, long before its end.
    pub fn revoke_tokens(&self) {
        self.world.state().tokens.clear();
    }

    /// Registers an address that is to be notified, as an account's order does.
    pub fn register(&self, account: &SimAccount, url: &str) {
        let mut state = self.world.state();
        let id = state.guid();
        let (account, url) = (account.key.clone(), url.to_owned());
        state.addresses.push(Address { id, account, url, by_get: false });
    }

    /// Forgets every address that is notified.
    pub fn forget_addresses(&self) {
        self.world.state().addresses.clear();
    }

    // What happened.

    /// What an account has got and not given back, in hundredths.
    pub fn balance(&self, account: &SimAccount) -> i64 {
        let state = self.world.state();
        let paid = |order: &&SimOrder| {
            order.account == account.key && matches!(order.standing, Standing::Completed { .. })
        };
        state.orders.iter().filter(paid).map(|order| order.minor).sum()
    }

    /// Requests for a token so far.
    pub fn token_requests(&self) -> usize {
        self.world.state().token_requests
    }

    /// Orders so far that came with a good token.
    pub fn order_requests(&self) -> usize {
        self.world.state().order_requests
    }

    /// Requests for a status so far that came with a good token.
    pub fn status_requests(&self) -> usize {
        self.world.state().status_requests
    }

    /// Addresses that are notified.
    pub fn addresses(&self) -> Vec<String> {
        self.world.state().addresses.iter().map(|address| address.url.clone()).collect()
    }

    /// Counts up whenever something has happened.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.world.changed.subscribe()
    }
}
