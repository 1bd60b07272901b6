//! What a `ResultCode` of an STK push means (contract, section 5.1). Decided on the code, never on the text, which varies.

use crate::domain::payment::FailureReason;

/// What a code says of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Paid,
    Failed(FailureReason),
    /// Not decided, or a code that nobody knows: never a reason to call a payment failed.
    Undecided,
}

/// Reads a code.
pub(super) fn meaning(code: &str) -> Meaning {
    use FailureReason as Why;
    Meaning::Failed(match code {
        "0" => return Meaning::Paid,
        "1" => Why::InsufficientFunds,
        // Under the minimum, over the maximum, the daily limit, the receiver's limit.
        "2" | "3" | "4" | "8" => Why::Limit,
        // The account's state; a locked PIN.
        "11" | "8006" => Why::InvalidNumber,
        // The same amount to the same party within minutes; another transaction under way.
        "17" | "1001" => Why::Busy,
        "26" => Why::ProviderDown,
        // Expired, could not be sent, not acknowledged, not answered.
        "1019" | "1025" | "9999" | "1036" | "1037" => Why::Unreachable,
        "1031" | "1032" => Why::CancelledOnPhone,
        "2001" => Why::WrongPin,
        // The merchant's account, product or receiver is not set up for this.
        "2006" | "2028" | "SFC_IC0003" => Why::Misconfigured,
        "2029" => Why::Other,
        _ => return Meaning::Undecided,
    })
}

/// What a `ResultCode` of a reversal says: done now, done before, or refused.
pub(super) fn reversal_done(code: &str) -> bool {
    matches!(code, "0" | "R000001")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_customer_did_has_its_own_reason() {
        for (code, reason) in [
            ("1", FailureReason::InsufficientFunds),
            ("1032", FailureReason::CancelledOnPhone),
            ("1037", FailureReason::Unreachable),
            ("2001", FailureReason::WrongPin),
            ("2028", FailureReason::Misconfigured),
        ] {
            assert_eq!(meaning(code), Meaning::Failed(reason), "{code}");
        }
    }

    #[test]
    fn only_zero_is_paid_and_the_unknown_is_undecided() {
        assert_eq!(meaning("0"), Meaning::Paid);
        for code in ["4999", "", "00", "0.0", "777", "SFC_IC9999", " 0"] {
            assert_eq!(meaning(code), Meaning::Undecided, "{code}");
        }
    }
}
