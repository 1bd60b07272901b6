//! What the stand-in remembers: apps, tokens, prompts and the book.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::book::{Book, BookLine, Flow};
use super::check::Push;
use super::faults::{CallbackFault, PushFault, QueryFault, ReversalFault, TokenFault};
use super::merchant::SimMerchant;

/// Seconds that a token is good for.
pub(super) const TOKEN_LIFE: i64 = 3_599;

/// What a customer types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// Their PIN.
    Right,
    /// Something else.
    Wrong,
}

/// How a prompt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Paid.
    Paid,
    /// The PIN was wrong.
    WrongPin,
    /// Dismissed on the phone.
    Cancelled,
    /// Nobody answered.
    Ignored,
    /// Not enough money.
    InsufficientFunds,
    /// Any other `ResultCode`.
    Code(&'static str),
}

impl Ending {
    /// The `ResultCode`.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Paid => "0",
            Self::WrongPin => "2001",
            Self::Cancelled => "1032",
            Self::Ignored => "1037",
            Self::InsufficientFunds => "1",
            Self::Code(code) => code,
        }
    }
}

/// A prompt on a customer's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Whose phone, 12 digits.
    pub phone: String,
    /// Whole shillings.
    pub amount: i64,
    /// The business: a paybill or a till.
    pub business: String,
    /// The account reference.
    pub reference: String,
    /// What is paid for.
    pub description: String,
    /// When it appeared.
    pub at: Timestamp,
}

/// A request that was accepted.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) id: String,
    pub(super) merchant_request: String,
    pub(super) shortcode: String,
    pub(super) callback: String,
    pub(super) prompt: Prompt,
    /// How it ended, and the receipt when it was paid.
    pub(super) ended: Option<(Ending, Option<String>)>,
}

/// Everything.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) merchants: Vec<SimMerchant>,
    /// Token to consumer key and end.
    pub(super) tokens: HashMap<String, (String, Timestamp)>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) book: Book,
    /// What customers do as soon as they are prompted, by phone.
    pub(super) scripts: HashMap<String, VecDeque<Ending>>,
    /// What everybody without a script does.
    pub(super) habit: Option<Ending>,
    pub(super) token_faults: VecDeque<TokenFault>,
    pub(super) push_faults: VecDeque<PushFault>,
    pub(super) query_faults: VecDeque<QueryFault>,
    pub(super) callback_faults: VecDeque<CallbackFault>,
    pub(super) reversal_faults: VecDeque<ReversalFault>,
    pub(super) token_requests: usize,
    pub(super) pushes: usize,
    pub(super) queries: usize,
    counter: u64,
}

impl State {
    /// The next number of its own.
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// A receipt as M-Pesa writes them: ten capital letters and digits.
    pub(super) fn receipt(&mut self) -> String {
        format!("TK{:08}", self.next())
    }

    /// The consumer key that a token stands for.
    pub(super) fn owner(&self, token: &str, now: Timestamp) -> Option<String> {
        self.tokens.get(token).filter(|(_, end)| now < *end).map(|(key, _)| key.clone())
    }

    /// Whether a prompt is open on this phone: there is never a second.
    pub(super) fn is_prompted(&self, phone: &str) -> bool {
        self.attempts.iter().any(|attempt| attempt.ended.is_none() && attempt.prompt.phone == phone)
    }

    /// Takes a push: the prompt appears. Gives its place in the list.
    pub(super) fn accept(&mut self, merchant: &SimMerchant, push: Push, now: Timestamp) -> usize {
        let number = self.next();
        let eat = now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(3)));
        let id = format!("ws_CO_{}{number:03}{}", eat.strftime("%d%m%Y%H%M%S"), &push.phone[3..]);
        self.attempts.push(Attempt {
            id,
            merchant_request: format!("29115-34620561-{number}"),
            shortcode: merchant.shortcode.clone(),
            callback: push.callback,
            prompt: Prompt {
                phone: push.phone,
                amount: push.amount,
                business: push.receiver,
                reference: push.reference,
                description: push.description,
                at: now,
            },
            ended: None,
        });
        self.attempts.len() - 1
    }

    /// Ends an open prompt; the money moves when it was paid. `None` when it had ended before.
    pub(super) fn end(&mut self, place: usize, ending: Ending, now: Timestamp) -> Option<Attempt> {
        if self.attempts.get(place)?.ended.is_some() {
            return None;
        }
        let receipt = (ending == Ending::Paid).then(|| self.receipt());
        let attempt = self.attempts.get_mut(place)?;
        attempt.ended = Some((ending, receipt.clone()));
        let attempt = attempt.clone();
        if let Some(receipt) = receipt {
            self.book.lines.push(BookLine {
                receipt,
                business: attempt.prompt.business.clone(),
                phone: attempt.prompt.phone.clone(),
                amount: attempt.prompt.amount,
                flow: Flow::Paid,
                reference: attempt.prompt.reference.clone(),
                at: now,
            });
        }
        Some(attempt)
    }

    /// The places of prompts that nobody has answered for so long.
    pub(super) fn overdue(&self, life: SignedDuration, now: Timestamp) -> Vec<usize> {
        let overdue = |attempt: &Attempt| {
            attempt.ended.is_none() && now.duration_since(attempt.prompt.at) >= life
        };
        (0..self.attempts.len()).filter(|place| overdue(&self.attempts[*place])).collect()
    }

    /// What a customer does as soon as they are prompted, if they have a script or a habit.
    pub(super) fn reflex(&mut self, phone: &str) -> Option<Ending> {
        let scripted = self.scripts.get_mut(phone).and_then(VecDeque::pop_front);
        scripted.or(self.habit)
    }
}
