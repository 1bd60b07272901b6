//! When the provider is asked what became of a payment, and until when.

use jiff::{SignedDuration, Timestamp};

use crate::domain::payment::{Payment, PaymentState};

/// Seconds from submission to the one query inside the window. Before that M-Pesa mostly answers "still processing" (product text, section 5).
const FIRST_QUERY_SECS: i64 = 60;

/// Minutes after the end of the window at which an unexplained payment is asked about; from there on hourly.
const AFTER_WINDOW_MIN: [i64; 3] = [2, 5, 15];

/// Hours after the end of the window at which asking ends: an id is not known to stay queryable for longer (contract, section 3).
const LAST_QUERY_HOURS: i64 = 24;

/// Hours after which a provider that was asked to give money back should have answered.
const REFUND_OVERDUE_HOURS: i64 = 24;

/// The one query inside the window.
pub fn first_query_at(submitted_at: Timestamp) -> Timestamp {
    later(submitted_at, SignedDuration::from_secs(FIRST_QUERY_SECS))
}

/// When to ask next about a payment that nobody has explained: 2, 5 and 15 minutes after its window, then hourly up to 24 hours.
///
/// `None` when there is nothing to ask (it is explained, or the provider never told its id of the request) or no time left.
/// Always after `now`.
pub fn next_query_at(payment: &Payment, now: Timestamp) -> Option<Timestamp> {
    let refunding = matches!(payment.state, PaymentState::Refunding { .. });
    if payment.provider_ref.is_none() || !payment.state.is_open() || refunding {
        return None;
    }
    let minutes = AFTER_WINDOW_MIN.into_iter().chain((1..=LAST_QUERY_HOURS).map(|hour| hour * 60));
    minutes
        .map(|after| later(payment.expires_at, SignedDuration::from_mins(after)))
        .find(|at| *at > now)
}

/// When an answer about giving money back is overdue, so that the engine raises `RefundOverdue`.
pub fn refund_overdue_at(asked_at: Timestamp) -> Timestamp {
    later(asked_at, SignedDuration::from_hours(REFUND_OVERDUE_HOURS))
}

/// Adds, and stays at the end of time instead of failing there.
fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::fixture::{at, pending};

    #[test]
    fn an_unexplained_payment_is_asked_about_at_2_5_15_minutes_then_hourly_for_a_day() {
        let payment = pending();
        let mut now = payment.expires_at;
        let mut asked = Vec::new();
        while let Some(next) = next_query_at(&payment, now) {
            asked.push(next.duration_since(payment.expires_at).as_mins());
            now = next;
        }
        assert_eq!(asked[..5], [2, 5, 15, 60, 120]);
        assert_eq!((asked.len(), asked.last()), (27, Some(&1440)));
    }

    #[test]
    fn nothing_is_asked_about_what_is_explained_or_unknown_to_the_provider() {
        let payment = pending();
        let paid = Payment { state: PaymentState::Paid { at: at(9) }, ..payment.clone() };
        let nameless = Payment { provider_ref: None, ..payment };
        assert_eq!(next_query_at(&paid, at(0)), None);
        assert_eq!(next_query_at(&nameless, at(0)), None);
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(first_query_at(Timestamp::MAX), Timestamp::MAX);
    }
}
