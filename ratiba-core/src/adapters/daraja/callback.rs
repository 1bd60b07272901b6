//! Reading what Daraja posts to us and answers to queries. Pure; a body is a hint until the payment machine has compared it.

use serde_json::Value;

use super::codes::{Meaning, meaning, reversal_done};
use super::read::{amount, item, list, payer, scalar, text};
use crate::domain::money::Currency;
use crate::payments::report::{Outcome, Report};
use crate::ports::channel::DecodeError;
use crate::ports::payment::RefundReport;

/// Reads the result of an STK push.
///
/// A success that does not say how much is [`Outcome::Undecided`]: the amount is never taken for granted from an unsigned
/// body, the query settles it. A body without the request's id can't be matched and is refused.
pub(super) fn stk(raw: &[u8], currency: Currency) -> Result<Report, DecodeError> {
    let body = json(raw)?;
    let result = body
        .get("Body")
        .and_then(|body| body.get("stkCallback"))
        .ok_or_else(|| odd("there is no stkCallback"))?;
    let provider_ref =
        text(result, "CheckoutRequestID").ok_or_else(|| odd("the CheckoutRequestID is missing"))?;
    let code = text(result, "ResultCode").ok_or_else(|| odd("the ResultCode is missing"))?;
    let outcome = match meaning(&code) {
        Meaning::Paid => {
            let items =
                list(result.get("CallbackMetadata").and_then(|metadata| metadata.get("Item")));
            match item(items, "Amount").and_then(|value| amount(value, currency)) {
                Some(amount) => Outcome::Paid {
                    amount: Some(amount),
                    receipt: item(items, "MpesaReceiptNumber").and_then(scalar),
                    payer: item(items, "PhoneNumber").and_then(payer),
                },
                None => Outcome::Undecided,
            }
        }
        Meaning::Failed(reason) => Outcome::Failed { reason },
        Meaning::Undecided => Outcome::Undecided,
    };
    Ok(Report { provider_ref: Some(provider_ref), outcome, code: Some(code) })
}

/// Reads the answer to a query, which tells neither amount nor receipt. Without a `ResponseCode` of zero it says nothing.
pub(super) fn queried(body: &Value) -> Report {
    let accepted = text(body, "ResponseCode").as_deref() == Some("0");
    let code = text(body, "ResultCode").filter(|_| accepted);
    let outcome = match code.as_deref().map(meaning) {
        Some(Meaning::Paid) => Outcome::Paid { amount: None, receipt: None, payer: None },
        Some(Meaning::Failed(reason)) => Outcome::Failed { reason },
        Some(Meaning::Undecided) | None => Outcome::Undecided,
    };
    Report { provider_ref: text(body, "CheckoutRequestID"), outcome, code }
}

/// Reads the result of a reversal.
pub(super) fn reversal(raw: &[u8]) -> Result<RefundReport, DecodeError> {
    let body = json(raw)?;
    let result = body.get("Result").ok_or_else(|| odd("there is no Result"))?;
    let code = text(result, "ResultCode").ok_or_else(|| odd("the ResultCode is missing"))?;
    Ok(if reversal_done(&code) { RefundReport::Done } else { RefundReport::Refused { code } })
}

fn json(raw: &[u8]) -> Result<Value, DecodeError> {
    serde_json::from_slice(raw).map_err(|_| odd("it is not JSON"))
}

fn odd(reason: &str) -> DecodeError {
    DecodeError { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Money;
    use crate::domain::payment::FailureReason;

    const SUCCESS: &str = r#"{"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_15092026143007123712345678",
        "ResultCode":0,"ResultDesc":"The service request is processed successfully.",
        "CallbackMetadata":{"Item":[{"Name":"Amount","Value":500.00},{"Name":"MpesaReceiptNumber","Value":"TIF1A2B3C4"},
        {"Name":"Balance"},{"Name":"TransactionDate","Value":20260915143031},{"Name":"PhoneNumber","Value":254712345678}]}}}}"#;

    fn read(body: &str) -> Report {
        stk(body.as_bytes(), Currency::Kes).unwrap()
    }

    #[test]
    fn a_success_tells_amount_receipt_and_payer() {
        let report = read(SUCCESS);
        assert_eq!(report.provider_ref.as_deref(), Some("ws_CO_15092026143007123712345678"));
        let Outcome::Paid { amount, receipt, payer } = report.outcome else { panic!("not paid") };
        assert_eq!(amount, Some(Money::whole(500, Currency::Kes)));
        assert_eq!(receipt.as_deref(), Some("TIF1A2B3C4"));
        assert_eq!(payer.unwrap().e164(), "+254712345678");
    }

    #[test]
    fn a_success_without_a_readable_amount_is_left_to_the_query() {
        for body in [
            SUCCESS.replace(r#"{"Name":"Amount","Value":500.00},"#, ""),
            SUCCESS.replace("500.00", "\"lots\""),
            SUCCESS.replace(r#""CallbackMetadata""#, r#""Metadata""#),
            SUCCESS.replace(r#"{"Name":"Balance"}"#, r#"{"Name":"Amount","Value":1}"#),
        ] {
            assert_eq!(read(&body).outcome, Outcome::Undecided, "{body}");
        }
    }

    #[test]
    fn a_success_without_a_receipt_is_still_one() {
        let body = SUCCESS.replace("MpesaReceiptNumber", "Receipt");
        assert!(matches!(read(&body).outcome, Outcome::Paid { receipt: None, .. }));
    }

    #[test]
    fn codes_are_numbers_or_strings_and_the_text_is_not_read() {
        let failure = r#"{"Body":{"stkCallback":{"MerchantRequestID":"1","CheckoutRequestID":"ws_CO_1","ResultCode":1032,"ResultDesc":"Request cancelled by user"}}}"#;
        let cancelled = Outcome::Failed { reason: FailureReason::CancelledOnPhone };
        assert_eq!(read(failure).outcome, cancelled);
        assert_eq!(read(&failure.replace("1032", "\"1032\"")).outcome, cancelled);
        assert_eq!(read(&failure.replace("by user", "successfully")).outcome, cancelled);
        assert_eq!(
            read(&failure.replace("1032", "\"SFC_IC0003\"")).outcome,
            Outcome::Failed { reason: FailureReason::Misconfigured }
        );
        assert_eq!(read(&failure.replace("1032", "31337")).outcome, Outcome::Undecided);
    }

    #[test]
    fn what_can_not_be_matched_or_read_is_refused() {
        let nameless = SUCCESS.replace("CheckoutRequestID", "Checkout");
        for body in ["", "null", "{}", "<html>", r#"{"Body":{"stkCallback":{}}}"#, &nameless] {
            assert!(stk(body.as_bytes(), Currency::Kes).is_err(), "{body}");
        }
    }

    #[test]
    fn a_query_answers_with_strings_and_4999_is_no_answer() {
        let answer = r#"{"ResponseCode":"0","ResponseDescription":"The service request has been accepted successsfully","MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_1","ResultCode":"1032","ResultDesc":"Request cancelled by user"}"#;
        let outcome = |body: &str| queried(&serde_json::from_str(body).unwrap()).outcome;
        assert_eq!(outcome(answer), Outcome::Failed { reason: FailureReason::CancelledOnPhone });
        assert_eq!(outcome(&answer.replace("1032", "4999")), Outcome::Undecided);
        let paid = Outcome::Paid { amount: None, receipt: None, payer: None };
        assert_eq!(outcome(&answer.replace("\"1032\"", "0")), paid);
        let refused = answer.replace("\"ResponseCode\":\"0\"", "\"ResponseCode\":\"1\"");
        assert_eq!(outcome(&refused.replace("\"1032\"", "0")), Outcome::Undecided);
        assert_eq!(outcome("{}"), Outcome::Undecided);
    }

    #[test]
    fn a_reversal_is_done_also_when_it_had_been_done_before() {
        let result = r#"{"Result":{"ResultType":0,"ResultCode":0,"ResultDesc":"ok","OriginatorConversationID":"o","ConversationID":"AG_1","TransactionID":"TIG9Z8Y7X6",
            "ResultParameters":{"ResultParameter":{"Key":"Amount","Value":500}}}}"#;
        let read = |body: &str| reversal(body.as_bytes());
        assert_eq!(read(result), Ok(RefundReport::Done));
        assert_eq!(
            read(&result.replace("\"ResultCode\":0", "\"ResultCode\":\"R000001\"")),
            Ok(RefundReport::Done)
        );
        assert_eq!(
            read(&result.replace("\"ResultCode\":0", "\"ResultCode\":21")),
            Ok(RefundReport::Refused { code: "21".to_owned() })
        );
        assert!(read("{}").is_err());
    }
}
