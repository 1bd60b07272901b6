//! What is sent to Daraja. Pure: the moment is passed in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::credentials::Credentials;
use super::read::is_msisdn;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Payment;
use crate::domain::phone::Phone;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::payment::{CallbackUrls, INVALID_PAYER};

/// Whole shillings that one transaction may have.
const LIMITS: std::ops::RangeInclusive<i64> = 1..=250_000;

/// Shown beside the reference; 13 characters at most.
const DESCRIPTION: &str = "Booking";

/// `Authorization: Basic …` of the token request.
pub(super) fn basic(credentials: &Credentials) -> SecretString {
    let pair =
        format!("{}:{}", credentials.consumer_key, credentials.consumer_secret.expose_secret());
    SecretString::from(format!("Basic {}", STANDARD.encode(pair)))
}

/// The body of an STK push.
pub(super) fn push(
    credentials: &Credentials,
    payment: &Payment,
    urls: &CallbackUrls,
    now: Timestamp,
) -> Result<Value, Fault> {
    let payer = payment
        .payer
        .as_ref()
        .map(Phone::digits)
        .filter(|digits| is_msisdn(digits))
        .ok_or_else(|| refused("M-Pesa does not take this number", INVALID_PAYER))?;
    let amount = shillings(payment.amount)?;
    let reference = &payment.merchant_reference;
    let plain = reference.bytes().all(|b| b.is_ascii_alphanumeric());
    if !(1..=12).contains(&reference.len()) || !plain {
        return Err(refused("the reference is not 1 to 12 letters and digits", "reference"));
    }
    let timestamp = timestamp(now);
    Ok(json!({
        "BusinessShortCode": credentials.shortcode,
        "Password": password(credentials, &timestamp),
        "Timestamp": timestamp,
        "TransactionType": credentials.transaction_type.wire(),
        "Amount": amount,
        "PartyA": payer,
        "PartyB": credentials.receiver(),
        "PhoneNumber": payer,
        "CallBackURL": urls.result,
        "AccountReference": reference,
        "TransactionDesc": DESCRIPTION,
    }))
}

/// The body of an STK query.
pub(super) fn query(credentials: &Credentials, provider_ref: &str, now: Timestamp) -> Value {
    let timestamp = timestamp(now);
    json!({
        "BusinessShortCode": credentials.shortcode,
        "Password": password(credentials, &timestamp),
        "Timestamp": timestamp,
        "CheckoutRequestID": provider_ref,
    })
}

/// What a reversal needs.
pub(super) struct Reversal<'a> {
    pub(super) initiator: &'a str,
    pub(super) security_credential: &'a SecretString,
    pub(super) receipt: &'a str,
    pub(super) amount: Money,
    pub(super) reference: &'a str,
}

/// The body of a reversal. The field name `RecieverIdentifierType` is Daraja's spelling. That the shortcode is the
/// receiver also for Buy Goods is unverified.
pub(super) fn reversal(
    credentials: &Credentials,
    of: &Reversal<'_>,
    urls: &CallbackUrls,
) -> Result<Value, Fault> {
    Ok(json!({
        "Initiator": of.initiator,
        "SecurityCredential": of.security_credential.expose_secret(),
        "CommandID": "TransactionReversal",
        "TransactionID": of.receipt,
        "Amount": shillings(of.amount)?.to_string(),
        "ReceiverParty": credentials.shortcode,
        "RecieverIdentifierType": "11",
        "ResultURL": urls.refund_result,
        "QueueTimeOutURL": urls.refund_timeout,
        "Remarks": format!("Booking {}", of.reference),
        "Occasion": "",
    }))
}

/// Whole shillings, or the reason why this can't be asked for.
fn shillings(amount: Money) -> Result<i64, Fault> {
    if amount.currency != Currency::Kes {
        return Err(refused("M-Pesa takes Kenyan shillings only", "currency"));
    }
    amount
        .as_whole_units()
        .filter(|units| LIMITS.contains(units))
        .ok_or_else(|| refused("M-Pesa takes 1 to 250,000 whole shillings", "amount"))
}

/// `YYYYMMDDHHmmss` in East Africa Time, which has no daylight saving.
fn timestamp(now: Timestamp) -> String {
    let eat = TimeZone::fixed(Offset::constant(3));
    now.to_zoned(eat).strftime("%Y%m%d%H%M%S").to_string()
}

/// base64(shortcode + passkey + timestamp).
fn password(credentials: &Credentials, timestamp: &str) -> String {
    let passkey = credentials.passkey.expose_secret();
    STANDARD.encode(format!("{}{passkey}{timestamp}", credentials.shortcode))
}

fn refused(why: &str, code: &str) -> Fault {
    Fault::new(FaultKind::Rejected, why).with_code(code)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::payments::fixture::created;

    pub(in crate::adapters::daraja) fn credentials() -> Credentials {
        let document = r#"{"shortcode":"174379","passkey":"testpasskey","consumer_key":"ck-demo","consumer_secret":"cs-demo"}"#;
        Credentials::read(&SecretString::from(document.to_owned())).unwrap()
    }

    fn urls() -> CallbackUrls {
        CallbackUrls {
            result: "https://book.example.co.ke/pay/cb/9f2c7e".to_owned(),
            page_return: "https://book.example.co.ke/pay/return/9f2c7e".to_owned(),
            refund_result: "https://book.example.co.ke/pay/r/9f2c7e".to_owned(),
            refund_timeout: "https://book.example.co.ke/pay/t/9f2c7e".to_owned(),
        }
    }

    fn afternoon() -> Timestamp {
        "2026-09-15T14:30:05+03:00".parse().unwrap()
    }

    fn code(result: Result<Value, Fault>) -> Option<String> {
        result.err().and_then(|fault| fault.code)
    }

    #[test]
    fn the_contracts_vectors_hold() {
        let credentials = credentials();
        assert_eq!(basic(&credentials).expose_secret(), "Basic Y2stZGVtbzpjcy1kZW1v");
        assert_eq!(
            password(&credentials, &timestamp(afternoon())),
            "MTc0Mzc5dGVzdHBhc3NrZXkyMDI2MDkxNTE0MzAwNQ=="
        );
    }

    #[test]
    fn a_push_asks_the_payer_for_whole_shillings() {
        let mut payment = created();
        payment.merchant_reference = "BK42".to_owned();
        let body = push(&credentials(), &payment, &urls(), afternoon()).unwrap();
        let expected = json!({
            "BusinessShortCode": "174379",
            "Password": "MTc0Mzc5dGVzdHBhc3NrZXkyMDI2MDkxNTE0MzAwNQ==",
            "Timestamp": "20260915143005", "TransactionType": "CustomerPayBillOnline",
            "Amount": 500, "PartyA": "254712345678", "PartyB": "174379", "PhoneNumber": "254712345678",
            "CallBackURL": "https://book.example.co.ke/pay/cb/9f2c7e",
            "AccountReference": "BK42", "TransactionDesc": "Booking"
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn what_mpesa_would_refuse_is_not_sent() {
        let push_of = |payment: &Payment| code(push(&credentials(), payment, &urls(), afternoon()));
        let priced = |minor| Payment { amount: Money::new(minor, Currency::Kes), ..created() };
        for minor in [0, -100, 50_050, 25_000_100] {
            assert_eq!(push_of(&priced(minor)).as_deref(), Some("amount"), "{minor}");
        }
        let dollars = Payment { amount: Money::whole(5, Currency::Usd), ..created() };
        assert_eq!(push_of(&dollars).as_deref(), Some("currency"));
        let ugandan = Phone::from_provider("256772123456").ok();
        for payer in [None, ugandan] {
            let payment = Payment { payer, ..created() };
            assert_eq!(push_of(&payment).as_deref(), Some(INVALID_PAYER));
        }
        for reference in ["", "BK-42", "ABCDEFGHIJKLM"] {
            let payment = Payment { merchant_reference: reference.to_owned(), ..created() };
            assert_eq!(push_of(&payment).as_deref(), Some("reference"), "{reference}");
        }
    }

    #[test]
    fn a_reversal_is_spelt_as_daraja_spells_it() {
        let secret = SecretString::from("sealed".to_owned());
        let of = Reversal {
            initiator: "api_user",
            security_credential: &secret,
            receipt: "TIF1A2B3C4",
            amount: Money::whole(500, Currency::Kes),
            reference: "BK42",
        };
        let body = reversal(&credentials(), &of, &urls()).unwrap();
        assert_eq!(body["RecieverIdentifierType"], "11");
        assert_eq!(body["Amount"], "500");
        assert_eq!(body["TransactionID"], "TIF1A2B3C4");
        assert_eq!(body["QueueTimeOutURL"], "https://book.example.co.ke/pay/t/9f2c7e");
    }
}
