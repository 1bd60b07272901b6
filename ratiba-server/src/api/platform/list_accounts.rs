//! `GET /api/v1/platform/tenants/{slug}/accounts`: a tenant's channel accounts, without tokens.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::app::App;
use crate::http::ApiError;

/// A channel account, without its token.
#[derive(Object)]
struct Account {
    /// Where.
    channel: String,
    /// The channel's id of it.
    account: String,
}

/// The operation.
pub(crate) struct ListAccounts;

#[OpenApi]
impl ListAccounts {
    /// A tenant's channel accounts.
    #[oai(path = "/platform/tenants/:slug/accounts", method = "get", tag = "Tag::Secrets")]
    async fn list_accounts(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
    ) -> Result<Json<Vec<Account>>, ApiError> {
        let tenant = find(app, &slug).await?;
        let accounts = app.ratiba.store().accounts(tenant.id).await;
        let accounts = accounts.map_err(|error| ApiError::from_store(&error))?;
        let shown = accounts.into_iter().map(|account| Account {
            channel: account.channel.as_str().to_owned(),
            account: account.account,
        });
        Ok(Json(shown.collect()))
    }
}
