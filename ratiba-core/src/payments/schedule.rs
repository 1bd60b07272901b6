//! When the provider is asked what became of a payment, and until when.

use jiff::{SignedDuration, Timestamp};

use crate::domain::payment::{Payment, PaymentState};

/// Seconds from submission to the one query inside the window. Before that M-Pesa mostly answers "still processing" (product text, section 5).
const FIRST_QUERY_SECS: i64 = 60;

/// Minutes after it was made at which a payment on a page is asked about: its notification may never come.
const PAGE_OPEN_MIN: [i64; 11] = [1, 2, 3, 5, 8, 11, 14, 17, 20, 25, 30];

/// Minutes after it was made at which a customer is reminded of an open page (product text, section 5).
const NUDGE_MIN: i64 = 8;

/// Seconds after a callback at which the provider is asked again while it has not confirmed what the callback says.
const AFTER_CLAIM_SECS: [i64; 7] = [5, 10, 20, 40, 120, 300, 900];

/// Minutes after the end of the window at which an unexplained payment is asked about; from there on hourly.
const AFTER_WINDOW_MIN: [i64; 3] = [2, 5, 15];

/// Hours after the end of the window at which asking ends: an id is not known to stay queryable for longer (contract, section 3).
const LAST_QUERY_HOURS: i64 = 24;

/// Hours after which a provider that was asked to give money back should have answered.
const REFUND_OVERDUE_HOURS: i64 = 24;

/// The same where a person approves each refund at the provider.
const APPROVED_REFUND_OVERDUE_HOURS: i64 = 72;

/// Hours between questions about a refund that somebody has to approve.
const REFUND_QUERY_HOURS: i64 = 6;

/// The one query inside the window.
pub fn first_query_at(submitted_at: Timestamp) -> Timestamp {
    later(submitted_at, SignedDuration::from_secs(FIRST_QUERY_SECS))
}

/// When the customer is reminded of a page that nobody has paid on.
pub fn nudge_at(payment: &Payment) -> Timestamp {
    later(payment.created_at, SignedDuration::from_mins(NUDGE_MIN))
}

/// When asking about a payment that nobody has explained is over: its last question has had an hour to be answered.
pub fn asking_ends_at(payment: &Payment) -> Timestamp {
    later(payment.expires_at, SignedDuration::from_hours(LAST_QUERY_HOURS + 1))
}

/// When to ask next about a payment that nobody has explained: soon after a callback that waits to be confirmed, while a page is open,
/// and 2, 5 and 15 minutes after the window, then hourly up to 24 hours.
///
/// `None` when there is nothing to ask (it is explained, or the provider never told its id of the request) or no time left.
/// Always after `now`.
pub fn next_query_at(payment: &Payment, now: Timestamp) -> Option<Timestamp> {
    payment.provider_ref.as_ref()?;
    if let PaymentState::Refunding { since, .. } = &payment.state {
        let next = later(now, SignedDuration::from_hours(REFUND_QUERY_HOURS));
        let end = refund_overdue_at(payment, *since);
        return (payment.has_page() && next < end).then_some(next);
    }
    // A page on which one try has failed may still be paid on; a failure that was only told, or that is contradicted, is not explained.
    let failed = matches!(payment.state, PaymentState::Failed { .. })
        && (payment.has_page() || payment.claim.is_some());
    if !payment.is_open() && !failed {
        return None;
    }
    let claimed = payment.claim.iter().flat_map(|claim| {
        AFTER_CLAIM_SECS.into_iter().map(|after| later(claim.at, SignedDuration::from_secs(after)))
    });
    let open = PAGE_OPEN_MIN.into_iter().filter(|_| payment.has_page());
    let open = open.map(|after| later(payment.created_at, SignedDuration::from_mins(after)));
    let minutes = AFTER_WINDOW_MIN.into_iter().chain((1..=LAST_QUERY_HOURS).map(|hour| hour * 60));
    let after = minutes.map(|after| later(payment.expires_at, SignedDuration::from_mins(after)));
    claimed.chain(open).chain(after).filter(|at| *at > now).min()
}

/// When an answer about giving money back is overdue, so that the engine raises `RefundOverdue`.
pub fn refund_overdue_at(payment: &Payment, asked_at: Timestamp) -> Timestamp {
    let hours =
        if payment.has_page() { APPROVED_REFUND_OVERDUE_HOURS } else { REFUND_OVERDUE_HOURS };
    later(asked_at, SignedDuration::from_hours(hours))
}

/// Adds, and stays at the end of time instead of failing there.
fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::fixture::{at, card, claimed, pending};

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
    fn what_a_callback_says_is_asked_about_within_seconds() {
        let payment = claimed();
        let told = payment.claim.as_ref().unwrap().at;
        let (mut now, mut asked) = (told, Vec::new());
        while let Some(next) = next_query_at(&payment, now).filter(|_| asked.len() < 5) {
            asked.push(next.duration_since(told).as_secs());
            now = next;
        }
        assert_eq!(asked, [5, 10, 20, 40, 120]);
    }

    #[test]
    fn an_open_page_is_asked_about_though_nobody_tells_anything() {
        let payment = card();
        let mut now = payment.created_at;
        let mut asked = Vec::new();
        while let Some(next) = next_query_at(&payment, now) {
            asked.push(next.duration_since(payment.created_at).as_mins());
            now = next;
        }
        assert_eq!(asked[..13], [1, 2, 3, 5, 8, 11, 14, 17, 20, 25, 30, 32, 35]);
        assert_eq!(nudge_at(&payment), at(8));
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(first_query_at(Timestamp::MAX), Timestamp::MAX);
    }
}
