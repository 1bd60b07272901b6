//! The money that really moved, for comparing with what we believe.

use jiff::Timestamp;

/// Why money moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flow {
    /// A customer paid.
    Paid,
    /// A payment went back.
    Reversed {
        /// The receipt of the payment.
        of: String,
    },
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookLine {
    /// Its receipt.
    pub receipt: String,
    /// The business: a paybill or a till.
    pub business: String,
    /// The customer's number, 12 digits.
    pub phone: String,
    /// Whole shillings, always positive.
    pub amount: i64,
    /// Why.
    pub flow: Flow,
    /// The reference that was shown to the payer.
    pub reference: String,
    /// When.
    pub at: Timestamp,
}

/// All movements, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// The movements.
    pub lines: Vec<BookLine>,
}

impl Book {
    /// What a business has got and not given back, in whole shillings.
    pub fn balance(&self, business: &str) -> i64 {
        let of_business = self.lines.iter().filter(|line| line.business == business);
        of_business
            .map(|line| match line.flow {
                Flow::Paid => line.amount,
                Flow::Reversed { .. } => -line.amount,
            })
            .sum()
    }

    /// The payments of one number.
    pub fn paid_by(&self, phone: &str) -> Vec<&BookLine> {
        self.lines.iter().filter(|line| line.phone == phone && line.flow == Flow::Paid).collect()
    }

    /// The payment with this receipt.
    pub(super) fn payment(&self, receipt: &str) -> Option<&BookLine> {
        self.lines.iter().find(|line| line.receipt == receipt && line.flow == Flow::Paid)
    }

    /// Whether the payment with this receipt has gone back.
    pub fn is_reversed(&self, receipt: &str) -> bool {
        self.lines.iter().any(|line| matches!(&line.flow, Flow::Reversed { of } if of == receipt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_back_is_no_longer_held() {
        let paid = BookLine {
            receipt: "R1".to_owned(),
            business: "174379".to_owned(),
            phone: "254712345678".to_owned(),
            amount: 500,
            flow: Flow::Paid,
            reference: "BK1".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let back = BookLine {
            receipt: "R2".to_owned(),
            flow: Flow::Reversed { of: "R1".to_owned() },
            ..paid.clone()
        };
        let mut book = Book { lines: vec![paid] };
        assert_eq!(book.balance("174379"), 500);
        book.lines.push(back);
        assert_eq!((book.balance("174379"), book.is_reversed("R1")), (0, true));
        assert_eq!(book.paid_by("254712345678").len(), 1);
    }
}
