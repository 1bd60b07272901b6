//! The reference by which we and the payer know a payment.

use crate::domain::id::PaymentId;

/// Crockford's base 32, which has no letter that is read as a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Twelve characters are what Daraja takes as `AccountReference`.
const LENGTH: u32 = 12;

/// The reference of a payment: 12 of `[0-9A-Z]`, always the same for the same id.
///
/// It carries the low 60 bits of the id's chance. Among a million payments the odds that any two share a reference are
/// about 1 in 2 million (n²/2⁶¹), among ten million about 1 in 20 000; a unique index makes such a pair a retry, not a mix-up.
pub fn merchant_reference(id: PaymentId) -> String {
    let bits = id.ulid().0;
    (0..LENGTH)
        .rev()
        .map(|place| {
            let index = usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0);
            char::from(ALPHABET[index])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;
    use jiff::Timestamp;
    use std::collections::BTreeSet;

    #[test]
    fn a_reference_is_twelve_plain_characters_and_repeats_for_its_id() {
        let id: PaymentId = Mint { at: Timestamp::UNIX_EPOCH, seed: 42 }.id(0);
        let reference = merchant_reference(id);
        assert_eq!(reference.len(), 12);
        assert!(reference.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        assert_eq!(reference, merchant_reference(id));
        assert!(id.to_string().ends_with(&reference), "it is the tail of the id, easy to find");
    }

    #[test]
    fn ten_thousand_payments_share_no_reference() {
        let all: BTreeSet<String> = (0..10_000)
            .map(|seed| merchant_reference(Mint { at: Timestamp::UNIX_EPOCH, seed }.id(0)))
            .collect();
        assert_eq!(all.len(), 10_000);
    }
}
