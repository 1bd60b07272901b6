//! What every [`PaymentProvider`] promises of what it reads; what it does over the network is tested against its stand-in.

#![expect(
    clippy::unused_async,
    reason = "the macro that names the tests of all suites awaits them"
)]

use crate::domain::money::Currency;
use crate::ports::payment::PaymentProvider;

/// Names the suite's tests for a maker: an `async fn` that gives a box of one (or anything else that derefs to it).
#[macro_export]
macro_rules! payment_provider_conformance {
    ($make:path) => {
        $crate::conformance_tests! { payment, (), $make,
            what_is_no_report_is_refused,
            what_is_no_refund_report_is_refused,
        }
    };
}

/// Bodies that anybody may post to a callback's address, none of which is a report.
const JUNK: &[&[u8]] = &[
    b"",
    b" ",
    b"null",
    b"0",
    b"[]",
    b"{}",
    b"\"paid\"",
    b"<html><body>ok</body></html>",
    b"{\"Body\":",
    b"{\"Body\":null,\"Result\":null}",
    b"\xff\xfe\x00\x01",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// A body that tells nothing is an error, never a payment and never a panic.
pub async fn what_is_no_report_is_refused(provider: &dyn PaymentProvider) {
    for raw in JUNK {
        assert!(provider.decode_callback(raw, Currency::Kes).is_err(), "{raw:?}");
    }
}

/// The same for money that goes back.
pub async fn what_is_no_refund_report_is_refused(provider: &dyn PaymentProvider) {
    for raw in JUNK {
        assert!(provider.decode_refund_callback(raw).is_err(), "{raw:?}");
    }
}
