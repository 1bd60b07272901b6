//! How the engine fails.

use crate::conversation::version::LoadError;
use crate::domain::id::{TenantId, ThreadId};
use crate::ports::channel::SignatureError;
use crate::ports::fault::Fault;
use crate::ports::store::StoreError;

/// A turn or another piece of work could not be finished. What it was about is still stored and will be tried again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A port other than the store failed.
    #[error("a port failed")]
    Port(#[from] Fault),
    /// The tenant is registered and has no business document.
    #[error("tenant {0} has no business document")]
    NoBusiness(TenantId),
    /// The stored state of a conversation can't be read.
    #[error("the state of {thread} can't be read")]
    State {
        /// Which.
        thread: ThreadId,
        /// Why.
        #[source]
        source: LoadError,
    },
    /// The state of a conversation can't be written as JSON.
    #[error("a value can't be written as JSON")]
    Encode(#[from] serde_json::Error),
    /// The machine kept asking; a bug.
    #[error("a turn of {0} did not come to an end")]
    Endless(ThreadId),
    /// Others kept moving first.
    #[error("a turn lost every race for its commit")]
    Contended,
}

/// What came in could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// No adapter for that channel or rail was given to the builder.
    #[error("nothing is set up for {0}")]
    NotSetUp(&'static str),
    /// It is not from the provider.
    #[error("the webhook can't be trusted")]
    Signature(#[from] SignatureError),
    /// Nobody is registered for that account.
    #[error("no tenant is registered for that account")]
    UnknownAccount,
    /// There is no such payment.
    #[error("no payment has that callback token")]
    UnknownToken,
    /// The store failed, so nothing was taken; the sender may try again.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// Something else failed, so nothing was taken.
    #[error("the engine failed")]
    Engine(#[from] EngineError),
}
