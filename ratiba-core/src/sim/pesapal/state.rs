//! What the stand-in remembers: accounts, tokens, notified addresses and orders.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use serde_json::json;

use super::faults::{CancelFault, NoticeFault, OrderFault, RegisterFault, StatusFault, TokenFault};

/// Seconds that a token is good for.
pub(super) const TOKEN_LIFE: i64 = 300;

/// A business's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimAccount {
    /// The consumer key.
    pub key: String,
    /// The consumer secret.
    pub secret: String,
}

impl SimAccount {
    /// An account whose secrets are made up from its name.
    pub fn named(name: &str) -> Self {
        Self { key: format!("key-{name}"), secret: format!("secret-{name}") }
    }

    /// Its credentials as the PesaPal adapter reads them.
    pub fn credentials(&self) -> String {
        json!({ "consumer_key": self.key, "consumer_secret": self.secret }).to_string()
    }
}

/// What it was paid with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// A card.
    Card,
    /// Mobile money, which is refunded in full only.
    Mobile,
}

/// Where an order is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has paid yet.
    Pending,
    /// The last try failed; another may succeed.
    Failed {
        /// Why, in PesaPal's words.
        why: String,
    },
    /// Paid.
    Completed {
        /// The confirmation code.
        code: String,
        /// With what.
        means: Means,
    },
    /// Paid, and gone back.
    Reversed {
        /// The confirmation code.
        code: String,
    },
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimOrder {
    /// PesaPal's id of it.
    pub tracking_id: String,
    /// The merchant's reference.
    pub reference: String,
    /// Whose it is: a consumer key.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// Hundredths of the currency's unit.
    pub minor: i64,
    /// What is paid for.
    pub description: String,
    /// Where it is.
    pub standing: Standing,
    /// Nobody can pay any more.
    pub cancelled: bool,
    /// A refund was asked for, in hundredths.
    pub refund: Option<i64>,
    pub(super) callback_url: String,
    pub(super) notification_id: String,
}

/// An address that is notified.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) url: String,
    pub(super) by_get: bool,
}

/// Everything.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) accounts: Vec<SimAccount>,
    /// Token to consumer key and end.
    pub(super) tokens: HashMap<String, (String, Timestamp)>,
    pub(super) addresses: Vec<Address>,
    pub(super) orders: Vec<SimOrder>,
    pub(super) token_faults: VecDeque<TokenFault>,
    pub(super) register_faults: VecDeque<RegisterFault>,
    pub(super) order_faults: VecDeque<OrderFault>,
    pub(super) status_faults: VecDeque<StatusFault>,
    pub(super) notice_faults: VecDeque<NoticeFault>,
    pub(super) cancel_faults: VecDeque<CancelFault>,
    pub(super) token_requests: usize,
    pub(super) order_requests: usize,
    pub(super) status_requests: usize,
    counter: u64,
}

impl State {
    /// The next number of its own.
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id as PesaPal writes them.
    pub(super) fn guid(&mut self) -> String {
        let number = self.next();
        format!("b945e4af-80a5-4ec1-8706-{number:012x}")
    }

    /// The consumer key that a token stands for.
    pub(super) fn owner(&self, token: &str, now: Timestamp) -> Option<String> {
        self.tokens.get(token).filter(|(_, end)| now < *end).map(|(key, _)| key.clone())
    }

    pub(super) fn order(&mut self, tracking_id: &str) -> Option<&mut SimOrder> {
        self.orders.iter_mut().find(|order| order.tracking_id == tracking_id)
    }

    /// The order is paid, if anybody still can.
    pub(super) fn pay(&mut self, tracking_id: &str, means: Means) -> bool {
        let number = self.next();
        let Some(order) = self.order(tracking_id) else { return false };
        let open = matches!(order.standing, Standing::Pending | Standing::Failed { .. });
        if order.cancelled || !open {
            return false;
        }
        order.standing = Standing::Completed { code: format!("6513{number:012}"), means };
        true
    }

    /// A try fails, if anybody can still try.
    pub(super) fn decline(&mut self, tracking_id: &str, why: &str) -> bool {
        let Some(order) = self.order(tracking_id) else { return false };
        let open = matches!(order.standing, Standing::Pending | Standing::Failed { .. });
        if order.cancelled || !open {
            return false;
        }
        order.standing = Standing::Failed { why: why.to_owned() };
        true
    }

    /// What was paid goes back.
    pub(super) fn reverse(&mut self, tracking_id: &str) -> bool {
        let Some(order) = self.order(tracking_id) else { return false };
        let Standing::Completed { code, .. } = &order.standing else { return false };
        order.standing = Standing::Reversed { code: code.clone() };
        true
    }
}
