//! What every adapter of a port promises, as tests that anybody can run against theirs.
#![expect(clippy::unwrap_used, reason = "a suite fails by panicking, as every test does")]

pub mod hot;
pub mod knowledge;
pub mod live;
pub mod llm;
pub mod payment;
pub mod sms;
pub mod store;
pub mod wake;

/// The same for a maker of an `Option`: where it makes none, what it needs is not there, and the tests are left out.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests_where_possible {
    ($suite:ident, $runtime:tt, $make:path, $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test $runtime]
            async fn $name() {
                if let Some(made) = $make().await {
                    $crate::testing::conformance::$suite::$name(&*made).await;
                }
            }
        )+
    };
}

/// Names the functions of one of these suites as tests of one maker.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ($suite:ident, $runtime:tt, $make:path, $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test $runtime]
            async fn $name() {
                let made = $make().await;
                $crate::testing::conformance::$suite::$name(&*made).await;
            }
        )+
    };
    // A maker that gives `None` where its server is not there: then the test says nothing.
    ($suite:ident, $runtime:tt, if_there $make:path, $($name:ident),+ $(,)?) => {
        $(
            #[tokio::test $runtime]
            async fn $name() {
                let Some(made) = $make().await else { return };
                $crate::testing::conformance::$suite::$name(&*made).await;
            }
        )+
    };
}
