//! Requests as PesaPal takes them (contract, sections 2, 3 and 6). Pure.

use serde_json::{Value, json};

use super::credentials::Credentials;
use super::read::decimal;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::phone::Phone;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::payment::{CallbackUrls, INVALID_PAYER};

/// Countries whose numbers PesaPal knows by their calling code.
const COUNTRIES: [(&str, &str); 4] = [("254", "KE"), ("256", "UG"), ("255", "TZ"), ("250", "RW")];

/// The order. Refused here when nobody can be named as its payer.
pub(super) fn order(
    credentials: &Credentials,
    payment: &Payment,
    urls: &CallbackUrls,
    notification_id: &str,
) -> Result<Value, Fault> {
    if !payment.amount.is_positive() {
        return Err(Fault::new(FaultKind::Rejected, "there is nothing to pay").with_code("amount"));
    }
    let mut order = json!({
        "id": payment.merchant_reference,
        "currency": payment.amount.currency.code(),
        "amount": number(payment.amount),
        "description": format!("Booking {}", payment.merchant_reference),
        "callback_url": urls.page_return,
        "notification_id": notification_id,
        "billing_address": contact(credentials, payment.contact.as_ref())?,
    });
    if let Some(branch) = &credentials.branch {
        order["branch"] = json!(branch);
    }
    Ok(order)
}

/// PesaPal takes no order without a phone or an address of mail.
fn contact(credentials: &Credentials, phone: Option<&Phone>) -> Result<Value, Fault> {
    match (phone, &credentials.contact_email) {
        (Some(phone), _) => {
            let digits = phone.digits();
            let mut contact = json!({ "phone_number": digits });
            let country = COUNTRIES.iter().find(|(code, _)| digits.starts_with(code));
            if let Some((_, country)) = country {
                contact["country_code"] = json!(country);
            }
            Ok(contact)
        }
        (None, Some(mail)) => Ok(json!({ "email_address": mail })),
        (None, None) => Err(Fault::new(FaultKind::Rejected, "the payer's phone is not known")
            .with_code(INVALID_PAYER)),
    }
}

/// An amount as a JSON number with the currency's decimals.
fn number(money: Money) -> Value {
    serde_json::from_str(&decimal(money)).unwrap_or_default()
}

/// The address that is to be notified of every payment of the account.
pub(super) fn address(url: &str) -> Value {
    json!({ "url": url, "ipn_notification_type": "POST" })
}

/// Giving money back. A person at the merchant approves it at PesaPal.
pub(super) fn refund(credentials: &Credentials, code: &str, amount: Money, of: &Payment) -> Value {
    json!({
        "confirmation_code": code,
        "amount": decimal(amount),
        "username": credentials.refunds_by,
        "remarks": format!("Booking {}", of.merchant_reference),
    })
}

/// Closing the page of an order.
pub(super) fn cancel(tracking_id: &str) -> Value {
    json!({ "order_tracking_id": tracking_id })
}

#[cfg(test)]
mod tests {
    use super::order as order_of;
    use super::*;
    use crate::payments::fixture::card;
    use secrecy::SecretString;

    fn credentials(more: &str) -> Credentials {
        let document = format!(r#"{{"consumer_key":"ck","consumer_secret":"cs"{more}}}"#);
        Credentials::read(&SecretString::from(document)).unwrap()
    }

    fn urls() -> CallbackUrls {
        let at = |path: &str| format!("https://book.example/{path}");
        CallbackUrls {
            result: at("ipn/1"),
            page_return: at("return/1"),
            refund_result: at("r/1"),
            refund_timeout: at("t/1"),
        }
    }

    #[test]
    fn an_order_names_its_payer_by_phone_or_the_house_by_mail() {
        let phone = Phone::from_provider("254712345678").ok();
        let payment = Payment { contact: phone, ..card() };
        let order = order_of(&credentials(""), &payment, &urls(), "ipn-1").unwrap();
        assert_eq!(order["id"], json!(payment.merchant_reference));
        assert_eq!(order["amount"].to_string(), "500.0");
        let contact = json!({"phone_number": "254712345678", "country_code": "KE"});
        assert_eq!(order["billing_address"], contact);
        let house = credentials(r#","contact_email":"owner@example.co.ke""#);
        let order = order_of(&house, &card(), &urls(), "ipn-1").unwrap();
        assert_eq!(order["billing_address"], json!({"email_address": "owner@example.co.ke"}));
        let fault = order_of(&credentials(""), &card(), &urls(), "ipn-1").unwrap_err();
        assert_eq!(fault.code.as_deref(), Some(INVALID_PAYER));
    }
}
