//! `POST /api/v1/platform/tenants`: makes a tenant, all of it or nothing.

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use ratiba_core::tenancy::onboard::{OnboardError, onboard};
use ratiba_core::tenancy::wish::{self, StarterCatalog, Wish, WishedAccount, WishedMerchant};

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::view::TenantView;
use crate::app::App;
use crate::http::error::Chain;
use crate::http::{ApiError, Code};

/// What a new tenant begins with.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum Catalog {
    /// What businesses of the kind usually offer, inactive until there is a team and the owner has looked at the prices.
    Starter,
    /// Nothing.
    None,
}

/// An account on a channel. The token goes in and never comes out.
#[derive(Object)]
struct NewAccount {
    /// `whatsapp`, `instagram`, `messenger`, …
    channel: String,
    /// The channel's id of the account.
    account: String,
    /// Its access token.
    token: String,
}

/// An account on a payment rail. The credentials go in and never come out.
#[derive(Object)]
struct NewMerchant {
    /// `mpesa` or `card`.
    rail: String,
    /// The rail's settings and secrets, a JSON object as text.
    credentials: String,
}

/// A tenant to be made.
#[derive(Object)]
struct NewTenant {
    /// Its short name.
    slug: String,
    /// The name that customers read.
    name: String,
    /// The kind of business: spa, salon, barbershop, `dental_clinic`, `medical_clinic`, fitness, `nails_and_beauty`, tutoring.
    vertical: String,
    /// What it begins with; `starter` unless given.
    catalog: Option<Catalog>,
    /// IANA time zone; `Africa/Nairobi` unless given.
    zone: Option<String>,
    /// KES, UGX, TZS, RWF or USD; KES unless given.
    currency: Option<String>,
    /// KE, UG, TZ or RW; KE unless given.
    country: Option<String>,
    /// `en` or `sw`; `en` unless given.
    locale: Option<String>,
    /// The owners' phones.
    #[oai(default)]
    admins: Vec<String>,
    /// Channel accounts; the web widget's is made by itself.
    #[oai(default)]
    accounts: Vec<NewAccount>,
    /// Accounts on payment rails.
    #[oai(default)]
    merchants: Vec<NewMerchant>,
}

impl From<NewTenant> for Wish {
    fn from(new: NewTenant) -> Self {
        let usual = Self::new(new.slug, new.name, new.vertical);
        Self {
            catalog: match new.catalog {
                None | Some(Catalog::Starter) => StarterCatalog::Starter,
                Some(Catalog::None) => StarterCatalog::None,
            },
            zone: new.zone.unwrap_or(usual.zone),
            currency: new.currency.unwrap_or(usual.currency),
            country: new.country.unwrap_or(usual.country),
            locale: new.locale.unwrap_or(usual.locale),
            admins: new.admins,
            accounts: new
                .accounts
                .into_iter()
                .map(|NewAccount { channel, account, token }| WishedAccount {
                    channel,
                    account,
                    token: token.into(),
                })
                .collect(),
            merchants: new
                .merchants
                .into_iter()
                .map(|NewMerchant { rail, credentials }| WishedMerchant {
                    rail,
                    credentials: credentials.into(),
                })
                .collect(),
            slug: usual.slug,
            name: usual.name,
            vertical: usual.vertical,
        }
    }
}

/// The tenant is made.
#[derive(ApiResponse)]
enum Made {
    /// As it is registered.
    #[oai(status = 201)]
    Tenant(Json<TenantView>),
}

/// The operation.
pub(crate) struct CreateTenant;

#[OpenApi]
impl CreateTenant {
    /// Make a tenant, all of it or nothing.
    #[oai(path = "/platform/tenants", method = "post", tag = "Tag::Tenants")]
    async fn create_tenant(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        new: Json<NewTenant>,
    ) -> Result<Made, ApiError> {
        let now = app.ratiba.now();
        let new = wish::read(&new.0.into(), app.ratiba.mint(), now)
            .map_err(|error| ApiError::new(Code::Unfit).detail(error.to_string()))?;
        let made = onboard(app.ratiba.store().as_ref(), &[], new, now).await;
        let made = made.map_err(|error| match error {
            OnboardError::Store(error) => ApiError::from_store(&error),
            OnboardError::UnderWay => ApiError::new(Code::Conflict).detail(error.to_string()),
            OnboardError::Step { .. } => {
                tracing::error!(error = %Chain(&error), "an onboarding failed");
                ApiError::new(Code::Internal)
            }
        })?;
        Ok(Made::Tenant(Json(TenantView::from(&made.tenant))))
    }
}
