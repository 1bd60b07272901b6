//! What payment providers tell: found by the token of its path, stored for its payment, and kept for the operator where it matches none.

use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::error::ReceiveError;
use super::handle::{Inner, Ratiba};
use super::hash::hash_of;
use crate::domain::tenant::Rail;
use crate::payments::report::Outcome;
use crate::ports::channel::DecodeError;
use crate::ports::inbox::{Cause, PaymentFact};
use crate::ports::store::{DeadLetterKind, LaneKey, NewInbox, PaymentRoute};

/// Seconds within which the same hint is told once.
const HINT_SECS: i64 = 10;

/// What a provider's callback is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallbackKind {
    /// Asking for money.
    Payment,
    /// Giving it back.
    Refund,
    /// Anything of an account, at the one address that the account has.
    Notice,
}

impl CallbackKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Notice => "notice",
        }
    }
}

/// What became of a payment callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackReceipt {
    /// Stored for its payment.
    Accepted,
    /// The same had been stored before.
    Duplicate,
    /// Nothing matches it: kept for the operator.
    Unrouted,
}

impl Ratiba {
    /// Takes a provider's callback about a payment. What matches no payment is kept for the operator and counts as taken.
    pub async fn receive_payment_callback(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        self.inner.take_callback(rail, CallbackKind::Payment, token, raw).await
    }

    /// Takes a notice of a rail that reports all payments of an account to one address. The token is the end of that address's path; the
    /// payment is found by our reference in the notice, and must be one of that very account.
    pub async fn receive_payment_notice(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        self.inner.take_callback(rail, CallbackKind::Notice, token, raw).await
    }

    /// Takes a provider's callback about giving money back.
    pub async fn receive_refund_callback(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        self.inner.take_callback(rail, CallbackKind::Refund, token, raw).await
    }
}

impl Inner {
    /// The payment that a notification of an account is about; or why it is about none of ours.
    async fn noticed(
        &self,
        rail: Rail,
        token: &str,
        raw: &[u8],
    ) -> Result<Result<String, String>, ReceiveError> {
        let provider =
            self.parts.rails.get(&rail).ok_or(ReceiveError::NotSetUp(rail.provider()))?;
        let notices = provider.notices().ok_or(ReceiveError::NotSetUp(rail.provider()))?;
        let reference = match notices.reference(raw) {
            Ok(reference) => reference,
            Err(DecodeError { reason }) => return Ok(Err(reason)),
        };
        let route = self.parts.store.payment_route(&reference).await?;
        let merchant = match &route {
            Some(route) if route.rail == rail => {
                self.parts.store.merchant(route.tenant, rail).await?
            }
            Some(_) | None => None,
        };
        let ours = merchant
            .and_then(|merchant| notices.token(&merchant).ok())
            .is_some_and(|ours| ours.expose_secret().as_bytes().ct_eq(token.as_bytes()).into());
        if ours {
            Ok(Ok(reference))
        } else {
            Ok(Err("no payment of this account has this reference".to_owned()))
        }
    }

    /// Stores a callback for its payment. Some providers send it once and never again, so what the store fails to take is kept for the operator
    /// wherever that can still be done, and counts as taken; only where nothing can be stored is it an error.
    async fn take_callback(
        &self,
        rail: Rail,
        kind: CallbackKind,
        token: &str,
        raw: &[u8],
    ) -> Result<CallbackReceipt, ReceiveError> {
        let reason = match self.store_callback(rail, kind, token, raw).await {
            Ok(Ok(receipt)) => return Ok(receipt),
            Ok(Err(reason)) => reason,
            Err(fault @ ReceiveError::NotSetUp(_)) => return Err(fault),
            Err(fault) => {
                tracing::error!(rail = rail.as_str(), %fault, "a callback could not be stored");
                format!("it could not be stored: {fault}")
            }
        };
        let raw = String::from_utf8_lossy(raw).into_owned();
        self.bury_callback(rail, kind, token, reason, raw).await?;
        Ok(CallbackReceipt::Unrouted)
    }

    /// Finds the payment of a callback and stores what it says; or why it is about none of ours.
    pub(super) async fn store_callback(
        &self,
        rail: Rail,
        kind: CallbackKind,
        token: &str,
        raw: &[u8],
    ) -> Result<Result<CallbackReceipt, String>, ReceiveError> {
        let provider =
            self.parts.rails.get(&rail).ok_or(ReceiveError::NotSetUp(rail.provider()))?;
        let reference = match kind {
            CallbackKind::Payment | CallbackKind::Refund => token.to_owned(),
            CallbackKind::Notice => match self.noticed(rail, token, raw).await? {
                Ok(reference) => reference,
                Err(reason) => return Ok(Err(reason)),
            },
        };
        let route = self.parts.store.payment_route(&reference).await?;
        let Some(PaymentRoute { tenant, payment, .. }) = route.filter(|route| route.rail == rail)
        else {
            return Ok(Err("no payment has this callback token".to_owned()));
        };
        let Some(known) = self.parts.store.of(tenant).payment(payment).await? else {
            return Ok(Err("the payment of this callback is gone".to_owned()));
        };
        let fact = match kind {
            CallbackKind::Payment | CallbackKind::Notice => provider
                .decode_callback(raw, known.amount.currency)
                .map(|report| PaymentFact::Callback { report }),
            CallbackKind::Refund => {
                provider.decode_refund_callback(raw).map(|report| PaymentFact::Refund { report })
            }
        };
        let fact = match fact {
            Ok(fact) => fact,
            Err(DecodeError { reason }) => return Ok(Err(reason)),
        };
        let now = self.parts.clock.now();
        // A repeated callback has the same bytes; one that says something else is another fact, and the payment machine decides. One that
        // only says that something has changed is told in the same bytes each time, so it counts again after a while.
        let again = match &fact {
            PaymentFact::Callback { report } if report.outcome == Outcome::Undecided => {
                format!(":{}", now.as_second() / HINT_SECS)
            }
            _ => String::new(),
        };
        let new = NewInbox {
            id: self.new_id(),
            lane: LaneKey::Customer(known.customer),
            dedupe_key: format!("callback:{payment}:{:016x}{again}", hash_of(raw.iter().copied())),
            cause: Cause::Payment { payment, fact },
            received_at: now,
        };
        let accepted = self.take_in_one(tenant, new).await?;
        let fresh = accepted.fresh;
        Ok(Ok(if fresh { CallbackReceipt::Accepted } else { CallbackReceipt::Duplicate }))
    }

    /// Keeps a callback that nothing matches, with the token that it came to.
    async fn bury_callback(
        &self,
        rail: Rail,
        kind: CallbackKind,
        token: &str,
        reason: String,
        raw: String,
    ) -> Result<(), ReceiveError> {
        let source = format!("{}/{}", rail.provider(), kind.as_str());
        let pile = DeadLetterKind::UnroutedCallback;
        self.bury_whole(pile, &source, reason, raw, Some(token.to_owned())).await
    }
}
