//! What a transaction's status says (contract, section 5). Decided on `status_code`, never on the words.

use serde_json::Value;

use super::read::{amount, text};
use crate::domain::money::Currency;
use crate::domain::payment::{FailureReason, Payment};
use crate::payments::report::{Outcome, Report};

/// Reads the status of a payment's order.
///
/// A status of another order than ours names that other order, so that the payment machine refuses it and people hear of it. An amount that
/// can't be read, or is of a currency that we keep no books in, decides nothing.
pub(super) fn read(body: &Value, payment: &Payment) -> Report {
    let ours = payment.provider_ref.as_deref();
    let told = text(body, "order_tracking_id");
    let reference = text(body, "merchant_reference");
    let code = text(body, "status_code");
    let foreign = reference.filter(|reference| *reference != payment.merchant_reference);
    let provider_ref = match (foreign, told) {
        (Some(reference), _) => Some(format!("the order of {reference}")),
        (None, told) => told.or_else(|| ours.map(str::to_owned)),
    };
    let outcome = match code.as_deref() {
        Some("1") => paid(body).unwrap_or(Outcome::Undecided),
        Some("2") => Outcome::Failed { reason: reason(body) },
        Some("3") => Outcome::Reversed,
        // 0 is INVALID, which means: nothing has been paid yet.
        Some(_) | None => Outcome::Undecided,
    };
    Report { provider_ref, outcome, code }
}

fn paid(body: &Value) -> Option<Outcome> {
    let currency = Currency::from_code(&text(body, "currency")?)?;
    let amount = amount(body, "amount", currency)?;
    // `payment_account` is a masked card or phone, and no identity.
    Some(Outcome::Paid {
        amount: Some(amount),
        receipt: text(body, "confirmation_code"),
        payer: None,
    })
}

/// Why a try failed, as far as it is told.
fn reason(body: &Value) -> FailureReason {
    let words = text(body, "description").unwrap_or_default().to_ascii_lowercase();
    if words.contains("insufficient") {
        FailureReason::InsufficientFunds
    } else if words.contains("limit") {
        FailureReason::Limit
    } else {
        FailureReason::Declined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payments::fixture::{card, kes};
    use serde_json::json;

    fn status(code: &Value, more: &Value) -> Value {
        let mut body = json!({
            "payment_method": "Visa", "amount": 500.00, "created_date": "2026-09-15T14:36:10.11",
            "confirmation_code": "6513", "order_tracking_id": "ws_CO_1", "currency": "KES",
            "merchant_reference": card().merchant_reference, "status_code": code,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    #[test]
    fn the_code_decides_and_money_is_read_exactly() {
        let outcome = |code: Value, more: Value| read(&status(&code, &more), &card()).outcome;
        let paid = |units: i64| Outcome::Paid {
            amount: Some(kes(units)),
            receipt: Some("6513".to_owned()),
            payer: None,
        };
        assert_eq!(outcome(json!(1), json!({})), paid(500));
        assert_eq!(outcome(json!("1"), json!({"amount": "450.00"})), paid(450));
        assert_eq!(outcome(json!(1), json!({"currency": "ZMW"})), Outcome::Undecided);
        assert_eq!(outcome(json!(0), json!({})), Outcome::Undecided);
        assert_eq!(outcome(json!(7), json!({})), Outcome::Undecided);
        assert_eq!(outcome(json!(3), json!({})), Outcome::Reversed);
        let declined = Outcome::Failed { reason: FailureReason::Declined };
        assert_eq!(outcome(json!(2), json!({})), declined);
        let poor = Outcome::Failed { reason: FailureReason::InsufficientFunds };
        assert_eq!(outcome(json!(2), json!({"description": "Insufficient funds"})), poor);
    }

    #[test]
    fn the_status_of_another_order_never_passes_for_ours() {
        let payment = card();
        let other = read(&status(&json!(1), &json!({"merchant_reference": "BK1"})), &payment);
        assert_ne!(other.provider_ref, payment.provider_ref);
        let other = read(&status(&json!(1), &json!({"order_tracking_id": "x"})), &payment);
        assert_eq!(other.provider_ref.as_deref(), Some("x"));
    }
}
