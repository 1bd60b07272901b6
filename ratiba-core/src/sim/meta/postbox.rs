//! Webhooks on their way out: posted at once, held back, let go in another order, delivered again, or broken on demand.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::faults::{Release, WebhookFault};
use super::payload::Item;
use super::webhook::{Mailer, Posted};

/// Items that can be delivered once more.
const HISTORY: usize = 1000;

#[derive(Debug)]
pub(super) struct Postbox {
    mailer: Mailer,
    verify_token: String,
    faults: Mutex<VecDeque<WebhookFault>>,
    /// Items that wait to be released; `None` when nothing is held back.
    held: Mutex<Option<Vec<Item>>>,
    history: Mutex<Vec<Item>>,
}

impl Postbox {
    /// Starts the task that posts.
    pub(super) fn start(app_secret: &str, verify_token: &str) -> Self {
        Self {
            mailer: Mailer::start(app_secret.to_owned()),
            verify_token: verify_token.to_owned(),
            faults: Mutex::default(),
            held: Mutex::default(),
            history: Mutex::default(),
        }
    }

    /// Posts one item, or keeps it when webhooks are held back. The receiver hears when it has been answered.
    pub(super) fn emit(&self, item: Item) -> Option<oneshot::Receiver<()>> {
        {
            let mut history = lock(&self.history);
            if history.len() == HISTORY {
                history.remove(0);
            }
            history.push(item.clone());
        }
        if let Some(held) = lock(&self.held).as_mut() {
            held.push(item);
            return None;
        }
        let fault = lock(&self.faults).pop_front();
        self.mailer.post(&[item], fault)
    }

    pub(super) fn fail_next(&self, fault: WebhookFault) {
        lock(&self.faults).push_back(fault);
    }

    pub(super) fn set_target(&self, url: &str) {
        self.mailer.set_target(url);
    }

    /// Asks the webhook address to prove itself. True when the challenge came back exactly.
    pub(super) async fn verify(&self) -> bool {
        const CHALLENGE: &str = "1158201444";
        let Some(url) = self.mailer.target() else { return false };
        let url = reqwest::Url::parse_with_params(
            &url,
            [
                ("hub.mode", "subscribe"),
                ("hub.challenge", CHALLENGE),
                ("hub.verify_token", self.verify_token.as_str()),
            ],
        );
        let Ok(url) = url else { return false };
        match reqwest::get(url).await {
            Ok(answer) if answer.status() == reqwest::StatusCode::OK => {
                answer.text().await.is_ok_and(|body| body == CHALLENGE)
            }
            Ok(_) | Err(_) => false,
        }
    }

    pub(super) fn hold(&self) {
        lock(&self.held).get_or_insert_default();
    }

    /// Posts what was held back and holds nothing back any more.
    pub(super) fn release(&self, order: Release) {
        let mut held = lock(&self.held).take().unwrap_or_default();
        match order {
            Release::InOrder => {}
            Release::Reversed => held.reverse(),
            Release::Shuffled(seed) => shuffle(&mut held, seed),
            Release::OneBatch => return self.post(&held),
        }
        for item in held {
            self.post(&[item]);
        }
    }

    /// Delivers every item so far once more, in one batch.
    pub(super) fn redeliver(&self) {
        let history = lock(&self.history).clone();
        self.post(&history);
    }

    /// Posts once more, byte for byte, what was not answered with 200.
    pub(super) fn retry_failed(&self) {
        for posted in self.posted() {
            if posted.status != Some(200) {
                self.mailer.post_again(posted.body);
            }
        }
    }

    pub(super) fn posted(&self) -> Vec<Posted> {
        self.mailer.posted()
    }

    pub(super) async fn settle(&self) {
        self.mailer.settle().await;
    }

    fn post(&self, items: &[Item]) {
        if !items.is_empty() {
            let fault = lock(&self.faults).pop_front();
            // Nobody waits for this one in particular.
            drop(self.mailer.post(items, fault));
        }
    }
}

/// Fisher and Yates, driven by a small generator: the same seed, the same order.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for at in (1..items.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = usize::try_from(state >> 33).unwrap_or(0) % (at + 1);
        items.swap(at, pick);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
