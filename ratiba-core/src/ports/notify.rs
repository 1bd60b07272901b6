//! News for operators and embedders: a pager, a mailbox, a dashboard.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use crate::domain::channel::ChannelKind;
use crate::domain::id::{InboxId, OutboxId, PaymentId, TenantId};
use crate::domain::tenant::Rail;

/// Something that an operator should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// A channel account refuses our credentials or is blocked; nothing goes out over it until somebody acts.
    ChannelStopped {
        /// Where.
        channel: ChannelKind,
        /// The account.
        account: String,
        /// The provider's code.
        code: Option<String>,
    },
    /// The SMS account refuses our credentials, is blocked or has no money left; no texts go out until somebody acts.
    SmsStopped {
        /// The provider's code.
        code: Option<String>,
    },
    /// A payment rail is misconfigured.
    RailMisconfigured {
        /// Which.
        rail: Rail,
        /// The provider's code.
        code: Option<String>,
    },
    /// A message could not be delivered for good.
    Undeliverable {
        /// Which.
        outbox: OutboxId,
        /// The provider's code.
        code: Option<String>,
    },
    /// Money came that does not agree with what was asked.
    PaymentReview {
        /// Which payment.
        payment: PaymentId,
    },
    /// A turn could never succeed and was given up; what it was about lies among the dead letters.
    TurnGivenUp {
        /// The letter, which has the inbox item's id.
        letter: InboxId,
    },
    /// Money has to be given back by hand.
    RefundByHand {
        /// Which payment.
        payment: PaymentId,
        /// The provider's code.
        code: Option<String>,
    },
}

/// Takes news for operators. Called at least once per notice, after the commit that caused it.
#[async_trait]
pub trait NotificationSink: Send + Sync + std::fmt::Debug {
    /// Delivers one notice about a tenant.
    async fn notify(&self, tenant: TenantId, notice: &Notice) -> Result<(), Fault>;
}
