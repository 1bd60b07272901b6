//! `PUT /api/v1/platform/tenants/{slug}/accounts/{channel}/{account}`: enters an account or renews its token.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::ports::channel::ChannelAccount;

use crate::api::Tag;
use crate::api::auth::Operator;
use crate::api::tenants::find;
use crate::api::view::Done;
use crate::app::App;
use crate::http::{ApiError, Code};

/// The account's access token. It goes in and never comes out.
#[derive(Object)]
struct Token {
    /// The token.
    token: String,
}

/// The operation.
pub(crate) struct PutAccount;

#[OpenApi]
impl PutAccount {
    /// Enter a channel account, or renew its token.
    #[oai(
        path = "/platform/tenants/:slug/accounts/:channel/:account",
        method = "put",
        tag = "Tag::Secrets"
    )]
    async fn put_account(
        &self,
        _operator: Operator,
        Data(app): Data<&App>,
        /// The tenant's short name.
        slug: Path<String>,
        /// The channel: `whatsapp`, `instagram`, …
        channel: Path<String>,
        /// The channel's id of the account.
        account: Path<String>,
        token: Json<Token>,
    ) -> Result<Json<Done>, ApiError> {
        let tenant = find(app, &slug).await?;
        let channel = ChannelKind::from_name(&channel).ok_or_else(|| {
            ApiError::new(Code::Unfit).detail(format!("`{}` is no channel", channel.0))
        })?;
        let account = ChannelAccount {
            tenant: tenant.id,
            channel,
            account: account.0,
            token: token.0.token.into(),
        };
        let done = app.ratiba.store().put_account(&account).await;
        done.map_err(|error| ApiError::from_store(&error))?;
        app.ratiba.account_changed(channel, &account.account);
        Ok(Json(Done::YES))
    }
}
