//! What the web widget needs beside the core: who is connected, and who signs the visitors' tokens.

use std::sync::Arc;

use ratiba_core::adapters::system::OsEntropy;
use ratiba_core::adapters::web::{Sessions, WebHub};
use ratiba_core::ports::clock::Entropy as _;
use secrecy::{ExposeSecret as _, SecretString};

/// Shared by all connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Widget {
    pub(crate) hub: WebHub,
    pub(crate) sessions: Arc<Sessions>,
}

impl Widget {
    /// Tokens are signed with the deployment's secret, behind a label so that a signature fits nothing else that it signs.
    pub(crate) fn new(secret: &SecretString) -> Self {
        let key = format!("ratiba widget session\n{}", secret.expose_secret());
        let sessions = Sessions::new(key.into_bytes().into());
        Self { hub: WebHub::default(), sessions: Arc::new(sessions) }
    }

    /// Unguessable bytes for a new visitor.
    pub(crate) fn chance() -> [u8; 32] {
        OsEntropy.secret()
    }
}
