//! What several operations show.

use poem_openapi::Object;
use ratiba_core::domain::tenant::{Tenant, TenantStatus};
use ratiba_core::ports::api_keys::ApiKey;
use ratiba_core::ports::store::{DeadLetter, DeadLetterKind};

/// A tenant as the registry knows it.
#[derive(Debug, Object)]
#[oai(rename = "Tenant")]
pub(crate) struct TenantView {
    /// Its id.
    id: String,
    /// Its short name.
    slug: String,
    /// The name that customers read.
    name: String,
    /// The kind of business.
    vertical: String,
    /// IANA time zone.
    zone: String,
    /// What it charges in.
    currency: String,
    /// `active` or `suspended`.
    status: String,
}

impl From<&Tenant> for TenantView {
    fn from(tenant: &Tenant) -> Self {
        Self {
            id: tenant.id.to_string(),
            slug: tenant.slug.to_string(),
            name: tenant.name.clone(),
            vertical: tenant.vertical.as_str().to_owned(),
            zone: tenant.zone.iana_name().unwrap_or("UTC").to_owned(),
            currency: tenant.currency.code().to_owned(),
            status: match tenant.status {
                TenantStatus::Active => "active",
                TenantStatus::Suspended => "suspended",
            }
            .to_owned(),
        }
    }
}

/// A dead letter without its body.
#[derive(Debug, Object)]
#[oai(rename = "DeadLetter")]
pub(crate) struct LetterView {
    /// Its id, in order of arrival.
    id: String,
    /// `quarantine`, `unrouted_callback` or `turn`.
    kind: String,
    /// Where it came in.
    source: String,
    /// Why it could not be handled.
    reason: String,
    /// When it came.
    received_at: String,
    /// When somebody replayed or dismissed it.
    settled_at: Option<String>,
    /// Why it was dismissed; absent while it is open, and when it was replayed.
    dismissed_because: Option<String>,
    /// The body as received; only when one letter is shown.
    raw: Option<String>,
}

impl LetterView {
    /// A line of a list.
    pub(crate) fn line(letter: &DeadLetter) -> Self {
        Self {
            id: letter.id.to_string(),
            kind: match letter.kind {
                DeadLetterKind::Quarantine => "quarantine",
                DeadLetterKind::UnroutedCallback => "unrouted_callback",
                DeadLetterKind::Turn => "turn",
            }
            .to_owned(),
            source: letter.source.clone(),
            reason: letter.reason.clone(),
            received_at: letter.received_at.to_string(),
            settled_at: letter.settled_at.map(|at| at.to_string()),
            dismissed_because: letter.dismissed_because.clone(),
            raw: None,
        }
    }

    /// With its body.
    pub(crate) fn whole(letter: &DeadLetter) -> Self {
        Self { raw: Some(letter.raw.clone()), ..Self::line(letter) }
    }
}

/// A key to a tenant's admin API, without the key.
#[derive(Debug, Object)]
#[oai(rename = "ApiKey")]
pub(crate) struct ApiKeyView {
    /// Its id.
    id: String,
    /// What it is for.
    label: String,
    /// When it was made.
    created_at: String,
}

impl From<&ApiKey> for ApiKeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            label: key.label.clone(),
            created_at: key.created_at.to_string(),
        }
    }
}

/// Something was done.
#[derive(Debug, Object)]
pub(crate) struct Done {
    /// Always true: what could not be done is an error.
    done: bool,
}

impl Done {
    pub(crate) const YES: Self = Self { done: true };
}

/// A business document has another version now.
#[derive(Debug, Object)]
pub(crate) struct Stored {
    /// The version in force.
    version: u64,
}

impl Stored {
    pub(crate) const fn at(version: u64) -> Self {
        Self { version }
    }
}
