//! The stand-in itself: its accounts, its phones, and what a reader may ask it.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use super::api;
use super::faults::SmsFault;
use crate::ports::clock::Clock;
use crate::sim::server::SimServer;

/// A business's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimSmsAccount {
    /// Its name.
    pub username: String,
    /// Its key.
    pub api_key: String,
    /// Its registered sender.
    pub sender: Option<String>,
}

/// A text on a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The stand-in's id of it.
    pub id: String,
    /// The phone, digits only.
    pub to: String,
    /// Who it says that it is from.
    pub from: Option<String>,
    /// The words.
    pub text: String,
    /// The parts that were paid for.
    pub parts: u32,
    /// When.
    pub at: Timestamp,
}

/// Everything that changes.
#[derive(Debug)]
pub(super) struct State {
    pub(super) accounts: Vec<SimSmsAccount>,
    pub(super) texts: Vec<Text>,
    pub(super) faults: VecDeque<SmsFault>,
    /// Phones that want none.
    pub(super) unwanted: HashSet<String>,
    /// Cents.
    pub(super) balance: i64,
    pub(super) ids: u64,
    callback: Option<String>,
}

/// What the handlers and the tests share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) clock: Arc<dyn Clock>,
    /// Cents for a part.
    pub(super) price: i64,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    http: reqwest::Client,
}

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changed(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// Posts a report and returns the status of its answer.
    pub(super) async fn report(
        &self,
        id: &str,
        to: &str,
        status: &str,
        reason: Option<&str>,
    ) -> Option<u16> {
        let url = self.state().callback.clone()?;
        let to = format!("+{to}");
        let mut form = vec![
            ("id", id),
            ("status", status),
            ("phoneNumber", &to),
            ("networkCode", "63902"),
            ("retryCount", "0"),
        ];
        form.extend(reason.map(|reason| ("failureReason", reason)));
        let form = reqwest::Url::parse_with_params("form:", form).ok()?;
        let answer = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned())
            .send()
            .await;
        answer.ok().map(|answer| answer.status().as_u16())
    }
}

/// A running stand-in. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct AfricasTalkingSim {
    world: Arc<World>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

impl AfricasTalkingSim {
    /// Starts a stand-in on a free port, at 80 cents a part. Needs a tokio runtime with time and I/O.
    pub async fn start(clock: Arc<dyn Clock>) -> io::Result<Self> {
        let world = Arc::new(World {
            clock,
            price: 80,
            state: Mutex::new(State {
                accounts: Vec::new(),
                texts: Vec::new(),
                faults: VecDeque::new(),
                unwanted: HashSet::new(),
                balance: 1_000_000,
                ids: 0,
                callback: None,
            }),
            changed: watch::Sender::new(0),
            http: reqwest::Client::new(),
        });
        let server = SimServer::start(api::app(Arc::clone(&world))).await?;
        let base_url = server.base_url();
        Ok(Self { world, server: Arc::new(tokio::sync::Mutex::new(server)), base_url })
    }

    /// What to set as the address, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops listening; from then on connections are refused.
    pub async fn stop(&self) {
        self.server.lock().await.stop().await;
    }

    /// Adds an account.
    pub fn add_account(&self, account: SimSmsAccount) {
        self.world.state().accounts.push(account);
    }

    /// Sets what is left to spend, in cents.
    pub fn set_balance(&self, cents: i64) {
        self.world.state().balance = cents;
    }

    /// A phone's owner has told the operator that they want no texts. Digits only.
    pub fn refuse_texts(&self, phone: &str) {
        self.world.state().unwanted.insert(phone.to_owned());
    }

    /// Where reports go.
    pub fn set_callback(&self, url: &str) {
        self.world.state().callback = Some(url.to_owned());
    }

    /// Lets something happen to the next text; several calls queue up.
    pub fn fail_next(&self, fault: SmsFault) {
        self.world.state().faults.push_back(fault);
    }

    /// Every text to a phone, oldest first. Digits only.
    pub fn inbox(&self, phone: &str) -> Vec<Text> {
        self.world.state().texts.iter().filter(|text| text.to == phone).cloned().collect()
    }

    /// Posts a report about a text, known or not, and returns the status of its answer.
    pub async fn report(
        &self,
        id: &str,
        to: &str,
        status: &str,
        reason: Option<&str>,
    ) -> Option<u16> {
        self.world.report(id, to, status, reason).await
    }

    /// Counts up whenever a text has arrived.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.world.changed.subscribe()
    }
}
