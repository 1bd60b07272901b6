//! What the answer to a text says. An accepted request proves nothing: each recipient has a code of its own, and an empty list is a refusal.

use jiff::SignedDuration;
use serde::Deserialize;

use super::super::http::Answer;
use crate::domain::money::{Currency, Money};
use crate::domain::phone::Phone;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::sms::{SmsSent, UNWANTED};

/// A do-not-disturb refusal goes by the hour of the day.
const DISTURBED: SignedDuration = SignedDuration::from_hours(2);

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "SMSMessageData")]
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "Message", default)]
    message: String,
    #[serde(rename = "Recipients", default)]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
struct Recipient {
    #[serde(rename = "statusCode")]
    code: u32,
    number: String,
    #[serde(default)]
    cost: String,
    #[serde(rename = "messageId", default)]
    message_id: String,
}

/// The answer to one text of `parts` to a number.
pub(super) fn sent(answer: &Answer, to: &Phone, parts: u32) -> Result<SmsSent, Fault> {
    if !(200..300).contains(&answer.status) {
        return Err(refused(answer));
    }
    let Ok(Body { data }) = serde_json::from_slice::<Body>(&answer.body) else {
        // XML, HTML or nothing: it may have been taken.
        return Err(Fault::new(FaultKind::Unknown, "the answer is not the SMS provider's"));
    };
    let ours = |it: &&Recipient| Phone::from_provider(&it.number).is_ok_and(|phone| phone == *to);
    // We wrote to one number; should theirs be spelt in a way of their own, it is still the one.
    let only = match data.recipients.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let found = data.recipients.iter().find(ours).or(only);
    let Some(recipient) = found else { return Err(not_taken(&data.message)) };
    match recipient.code {
        100..=102 => Ok(SmsSent {
            provider_id: Some(recipient.message_id.trim())
                .filter(|id| !id.is_empty() && !id.eq_ignore_ascii_case("none"))
                .map(str::to_owned),
            segments: parts,
            cost: cost(&recipient.cost),
        }),
        code => Err(by_code(code)),
    }
}

/// What an account has left to spend.
pub(super) fn balance(answer: &Answer) -> Result<Money, Fault> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(rename = "UserData")]
        user: User,
    }

    #[derive(Deserialize)]
    struct User {
        balance: String,
    }

    if !(200..300).contains(&answer.status) {
        return Err(refused(answer).harmless());
    }
    let read = serde_json::from_slice::<Body>(&answer.body).ok();
    read.and_then(|body| cost(&body.user.balance)).ok_or_else(|| {
        Fault::new(FaultKind::Transient, "the answer names no balance of an SMS account")
    })
}

/// The whole request was refused, under a status that says that it was not.
fn not_taken(message: &str) -> Fault {
    let kind = match message {
        "InvalidPhoneNumber" | "UnsupportedNumberType" => FaultKind::Rejected,
        "InsufficientBalance" => FaultKind::Blocked,
        _ => FaultKind::Misconfigured,
    };
    // Their words are codes when they are one word; anything longer may quote us.
    let code =
        Some(message).filter(|text| !text.is_empty() && text.chars().all(char::is_alphanumeric));
    Fault::new(kind, "the SMS provider took nothing").with_code(code.unwrap_or("empty"))
}

/// The codes of a recipient, which are not HTTP statuses although they look alike.
fn by_code(code: u32) -> Fault {
    use FaultKind as K;
    let kind = match code {
        // Risk hold, no balance: nothing goes out until somebody acts.
        401 | 405 => K::Blocked,
        402 => K::Misconfigured,
        403 | 404 | 406 | 407 | 502 => K::Rejected,
        409 => K::RateLimited,
        500 | 501 => K::Transient,
        _ => K::Unknown,
    };
    let fault = Fault::new(kind, "the SMS provider refused the text");
    match code {
        406 => fault.with_code(UNWANTED),
        409 => fault.with_code(code).with_retry_after(DISTURBED),
        _ => fault.with_code(code),
    }
}

fn refused(answer: &Answer) -> Fault {
    let kind = match answer.status {
        401 | 403 => FaultKind::Unauthorised,
        429 => FaultKind::RateLimited,
        300..=399 | 404 | 405 => FaultKind::Misconfigured,
        408 => FaultKind::Unknown,
        400..=499 => FaultKind::Rejected,
        _ => FaultKind::Unknown,
    };
    let fault = Fault::new(kind, "the SMS provider refused the request").with_code(answer.status);
    match answer.retry_after().filter(|seconds| *seconds > 0 && kind == FaultKind::RateLimited) {
        Some(seconds) => fault.with_retry_after(SignedDuration::from_secs(seconds.min(86_400))),
        None => fault,
    }
}

/// `KES 0.8000`, `KES 1`, `0.8`, `0`. Fractions of a minor unit are rounded up: an estimate of what we owe errs on that side.
fn cost(text: &str) -> Option<Money> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let (currency, number) = match words.next() {
        Some(number) => (Currency::from_code(first)?, number),
        None => (Currency::Kes, first),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = whole.parse().ok()?;
    let digits = currency.exponent() as usize;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || fraction.len() > 12 {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(digits));
    let minor: i64 = if digits == 0 { 0 } else { format!("{kept:0<digits$}").parse().ok()? };
    let up = i64::from(rest.bytes().any(|b| b != b'0'));
    let total = whole.checked_mul(currency.minor_per_unit())?.checked_add(minor + up)?;
    Some(Money::new(total, currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FaultKind as K;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::of(status, body)
    }

    fn told(status: u16, body: &str) -> Result<SmsSent, (K, Option<String>)> {
        let to = Phone::from_provider("254712345678").unwrap();
        sent(&answer(status, body), &to, 2).map_err(|fault| (fault.kind, fault.code))
    }

    fn recipient(code: u32, id: &str, cost: &str) -> String {
        format!(
            r#"{{"SMSMessageData":{{"Message":"m","Recipients":[{{"statusCode":{code},"number":"+254712345678","status":"s","cost":"{cost}","messageId":"{id}"}}]}}}}"#
        )
    }

    #[test]
    fn a_text_that_was_taken_has_parts_and_a_cost() {
        let sent = told(201, &recipient(101, "ATXid_1", "KES 0.8000")).unwrap();
        let cost = Some(Money::new(80, Currency::Kes));
        assert_eq!(sent, SmsSent { provider_id: Some("ATXid_1".into()), segments: 2, cost });
        assert_eq!(told(200, &recipient(102, "None", "0")).unwrap().provider_id, None);
    }

    #[test]
    fn each_code_has_its_decision() {
        for (code, kind, label) in [
            (401, K::Blocked, "401"),
            (402, K::Misconfigured, "402"),
            (403, K::Rejected, "403"),
            (405, K::Blocked, "405"),
            (406, K::Rejected, UNWANTED),
            (407, K::Rejected, "407"),
            (409, K::RateLimited, "409"),
            (500, K::Transient, "500"),
            (501, K::Transient, "501"),
            (502, K::Rejected, "502"),
            (999, K::Unknown, "999"),
        ] {
            assert_eq!(
                told(201, &recipient(code, "None", "0")),
                Err((kind, Some(label.to_owned())))
            );
        }
    }

    #[test]
    fn an_empty_list_under_201_is_a_refusal() {
        let empty = |message: &str| {
            told(201, &format!(r#"{{"SMSMessageData":{{"Message":"{message}","Recipients":[]}}}}"#))
        };
        assert_eq!(
            empty("InvalidSenderId"),
            Err((K::Misconfigured, Some("InvalidSenderId".into())))
        );
        assert_eq!(
            empty("InvalidPhoneNumber"),
            Err((K::Rejected, Some("InvalidPhoneNumber".into())))
        );
        assert_eq!(
            empty("Sent to 0/1 of +254712345678"),
            Err((K::Misconfigured, Some("empty".into())))
        );
    }

    #[test]
    fn what_is_not_theirs_is_in_doubt_and_statuses_decide() {
        for (status, body, kind) in [
            (201, "<AfricasTalkingResponse/>", K::Unknown),
            (200, "", K::Unknown),
            (401, "The supplied authentication is invalid", K::Unauthorised),
            (400, "bad", K::Rejected),
            (429, "", K::RateLimited),
            (502, "<html>", K::Unknown),
            (404, "<html>", K::Misconfigured),
        ] {
            assert_eq!(told(status, body).unwrap_err().0, kind, "{status} {body}");
        }
    }

    #[test]
    fn a_balance_is_read_and_nothing_else_is_taken_for_one() {
        let told = |status, body: &str| balance(&answer(status, body)).map_err(|fault| fault.kind);
        let body = r#"{"UserData":{"balance":"KES 1785.50"}}"#;
        assert_eq!(told(200, body), Ok(Money::new(178_550, Currency::Kes)));
        assert_eq!(told(200, r#"{"UserData":{}}"#), Err(K::Transient));
        assert_eq!(told(401, "The supplied authentication is invalid"), Err(K::Unauthorised));
        assert_eq!(told(502, "<html>"), Err(K::Transient));
    }

    #[test]
    fn costs_are_read_in_every_spelling() {
        let kes = |minor| Some(Money::new(minor, Currency::Kes));
        for (text, expected) in [
            ("KES 0.8000", kes(80)),
            ("KES 1.6", kes(160)),
            ("KES 12", kes(1200)),
            ("0", kes(0)),
            ("0.8001", kes(81)),
            ("UGX 35.5", Some(Money::new(36, Currency::Ugx))),
            ("", None),
            ("XXX 1", None),
            ("KES much", None),
            ("KES 1.2.3", None),
        ] {
            assert_eq!(cost(text), expected, "{text}");
        }
    }
}
