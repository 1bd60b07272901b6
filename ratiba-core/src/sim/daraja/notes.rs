//! The bodies that Daraja posts: results of pushes and of reversals.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use super::faults::CallbackFault;
use super::state::{Attempt, Ending};

/// The result of an attempt that has ended, bent by a fault.
pub(super) fn result(attempt: &Attempt, fault: Option<CallbackFault>, now: Timestamp) -> Value {
    let (ending, receipt) = attempt.ended.clone().unwrap_or((Ending::Ignored, None));
    let code = match fault {
        Some(CallbackFault::UnknownCode) => "31337",
        Some(CallbackFault::SfcCode) => "SFC_IC0003",
        Some(_) | None => ending.code(),
    };
    let mut result = json!({
        "MerchantRequestID": attempt.merchant_request,
        "CheckoutRequestID": attempt.id,
        "ResultCode": code.parse::<i64>().map_or_else(|_| json!(code), |number| json!(number)),
        "ResultDesc": describe(ending, Told::Callback),
    });
    match fault {
        Some(CallbackFault::StringCode) => result["ResultCode"] = json!(code),
        Some(CallbackFault::OtherText) => {
            result["ResultDesc"] = json!("DS timeout user cannot be reached.");
        }
        Some(CallbackFault::WrongReference) => {
            result["CheckoutRequestID"] = json!("ws_CO_of_another");
        }
        Some(_) | None => {}
    }
    if code == "0" && fault != Some(CallbackFault::NoMetadata) {
        let items = items(attempt, receipt.as_deref(), fault, now);
        result["CallbackMetadata"] = json!({ "Item": items });
    }
    json!({ "Body": { "stkCallback": result } })
}

/// A failure of the same attempt, for faults that contradict a success.
pub(super) fn contradiction(attempt: &Attempt) -> Value {
    json!({ "Body": { "stkCallback": {
        "MerchantRequestID": attempt.merchant_request,
        "CheckoutRequestID": attempt.id,
        "ResultCode": 1037,
        "ResultDesc": describe(Ending::Ignored, Told::Callback),
    } } })
}

fn items(
    attempt: &Attempt,
    receipt: Option<&str>,
    fault: Option<CallbackFault>,
    now: Timestamp,
) -> Vec<Value> {
    use CallbackFault as Fault;
    let amount = match fault {
        Some(Fault::WrongAmount(amount)) => json!(amount),
        Some(Fault::StringAmount) => json!(attempt.prompt.amount.to_string()),
        // The decimals that Daraja adds; amounts are far below what a float holds exactly.
        Some(_) | None => {
            serde_json::from_str(&format!("{}.0", attempt.prompt.amount)).unwrap_or_default()
        }
    };
    let phone = match fault {
        Some(Fault::WrongPayer) => json!(254_799_999_999_i64),
        Some(Fault::MaskedPayer) => {
            json!(format!("{} ***** {}", &attempt.prompt.phone[..4], &attempt.prompt.phone[9..]))
        }
        Some(_) | None => number(&attempt.prompt.phone),
    };
    let balance = match fault {
        Some(Fault::StringAmount) => {
            json!({"Name": "Balance", "Value": "{Amount={CurrencyCode=KES}}"})
        }
        Some(_) | None => json!({"Name": "Balance"}),
    };
    let at =
        now.to_zoned(TimeZone::fixed(Offset::constant(3))).strftime("%Y%m%d%H%M%S").to_string();
    let mut items = vec![json!({"Name": "Amount", "Value": amount})];
    if fault != Some(Fault::NoReceipt) {
        items.push(json!({"Name": "MpesaReceiptNumber", "Value": receipt}));
    }
    items.push(balance);
    items.push(json!({"Name": "TransactionDate", "Value": number(&at)}));
    items.push(json!({"Name": "PhoneNumber", "Value": phone}));
    if fault == Some(Fault::Shuffled) {
        items.reverse();
        items.rotate_left(2);
    }
    items
}

/// Who is told; the texts differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Callback,
    Query,
}

/// The text beside a code.
pub(super) fn describe(ending: Ending, told: Told) -> &'static str {
    match ending {
        Ending::Paid => "The service request is processed successfully.",
        Ending::WrongPin => "The initiator information is invalid.",
        Ending::Cancelled => "Request cancelled by user",
        Ending::Ignored if told == Told::Callback => "No response from user.",
        Ending::Ignored => "DS timeout user cannot be reached.",
        Ending::InsufficientFunds => "The balance is insufficient for the transaction.",
        Ending::Code(_) => "The request could not be processed.",
    }
}

/// The result of a reversal.
pub(super) struct ReversalResult<'a> {
    pub(super) code: &'a str,
    pub(super) conversation: &'a str,
    /// The reversal's own receipt.
    pub(super) receipt: Option<&'a str>,
    pub(super) of: &'a str,
    pub(super) amount: i64,
    /// Objects instead of lists of one.
    pub(super) collapsed: bool,
}

/// The body that tells it.
pub(super) fn reversal(result: &ReversalResult<'_>) -> Value {
    let original = json!({"Key": "OriginalTransactionID", "Value": result.of});
    let parameters = if result.collapsed {
        original
    } else {
        json!([{"Key": "Amount", "Value": result.amount}, original, {"Key": "DebitPartyName"}, {"Key": "DebitPartyName", "Value": "600999"}])
    };
    let reference = json!({"Key": "QueueTimeoutURL", "Value": "https://internalapi.example/"});
    let mut body = json!({
        "ResultType": 0,
        "ResultCode": number(result.code),
        "ResultDesc": "The service request is processed.",
        "OriginatorConversationID": result.conversation,
        "ConversationID": format!("AG_{}", result.conversation),
        "TransactionID": result.receipt.unwrap_or("SKE0000000"),
        "ReferenceData": {"ReferenceItem": if result.collapsed { reference } else { json!([reference]) }},
    });
    if result.code == "0" {
        body["ResultParameters"] = json!({ "ResultParameter": parameters });
    }
    json!({ "Result": body })
}

/// A number where the text is one, else the text.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
}
