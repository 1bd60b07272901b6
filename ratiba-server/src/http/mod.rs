//! What every operation shares: errors, limits, headers, logging of requests.

pub mod codes;
pub mod error;
mod headers;
pub mod limits;
mod observe;
pub mod page;

pub use codes::Code;
pub use error::ApiError;
pub(crate) use observe::Observe;
