//! Accounts on channels and payment rails, whose secrets are sealed to their rows.

use super::dialect::{Connection, Row};
use super::error::During;
use super::row::Cells;
use crate::adapters::seal::Seal;
use crate::domain::channel::ChannelKind;
use crate::domain::id::TenantId;
use crate::domain::tenant::Rail;
use crate::ports::channel::ChannelAccount;
use crate::ports::payment::Merchant;
use crate::ports::store::StoreError;

const READING: &str = "reading accounts";
const WRITING: &str = "storing an account";

/// The account that a webhook names.
pub(super) async fn account(
    connection: &mut Connection,
    seal: &Seal,
    channel: ChannelKind,
    account: &str,
) -> Result<Option<ChannelAccount>, StoreError> {
    // The one look-up that has no tenant to name: it finds which one it is.
    let row = sqlx::query(
        "SELECT channel, account, tenant_id, token FROM channel_accounts
         WHERE channel = $1 AND account = $2",
    )
    .bind(channel.as_str())
    .bind(account)
    .fetch_optional(connection)
    .await
    .during(READING)?;
    row.map(|row| read_account(&row, seal)).transpose()
}

/// A tenant's accounts.
pub(super) async fn accounts_of(
    connection: &mut Connection,
    seal: &Seal,
    tenant: TenantId,
) -> Result<Vec<ChannelAccount>, StoreError> {
    let rows = sqlx::query(
        "SELECT * FROM channel_accounts WHERE tenant_id = $1 ORDER BY channel, account",
    )
    .bind(tenant.to_string())
    .fetch_all(connection)
    .await
    .during(READING)?;
    rows.iter().map(|row| read_account(row, seal)).collect()
}

/// Adds or replaces an account, unless it belongs to another tenant.
pub(super) async fn put_account(
    connection: &mut Connection,
    seal: &Seal,
    account: &ChannelAccount,
) -> Result<(), StoreError> {
    let token = seal
        .close(&account.token, &account_place(account.tenant, account.channel, &account.account))?;
    let done = sqlx::query(
        "INSERT INTO channel_accounts (channel, account, tenant_id, token) VALUES ($1, $2, $3, $4)
         ON CONFLICT (channel, account) DO UPDATE SET token = excluded.token
         WHERE channel_accounts.tenant_id = excluded.tenant_id",
    )
    .bind(account.channel.as_str())
    .bind(&account.account)
    .bind(account.tenant.to_string())
    .bind(token)
    .execute(connection)
    .await
    .during(WRITING)?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Exists { what: format!("a {} account of that id", account.channel) })
    }
}

/// A tenant's account on a rail.
pub(super) async fn merchant(
    connection: &mut Connection,
    seal: &Seal,
    tenant: TenantId,
    rail: Rail,
) -> Result<Option<Merchant>, StoreError> {
    let row = sqlx::query("SELECT credentials FROM merchants WHERE tenant_id = $1 AND rail = $2")
        .bind(tenant.to_string())
        .bind(rail.as_str())
        .fetch_optional(connection)
        .await
        .during(READING)?;
    row.map(|row| {
        let sealed = Cells::new(&row, "merchants", "rail").get::<&[u8]>("credentials")?;
        let credentials = seal.open(sealed, &merchant_place(tenant, rail))?;
        Ok(Merchant { tenant, rail, credentials })
    })
    .transpose()
}

/// Adds or replaces a tenant's account on a rail.
pub(super) async fn put_merchant(
    connection: &mut Connection,
    seal: &Seal,
    merchant: &Merchant,
) -> Result<(), StoreError> {
    let credentials =
        seal.close(&merchant.credentials, &merchant_place(merchant.tenant, merchant.rail))?;
    sqlx::query(
        "INSERT INTO merchants (tenant_id, rail, credentials) VALUES ($1, $2, $3)
         ON CONFLICT (tenant_id, rail) DO UPDATE SET credentials = excluded.credentials",
    )
    .bind(merchant.tenant.to_string())
    .bind(merchant.rail.as_str())
    .bind(credentials)
    .execute(connection)
    .await
    .during(WRITING)?;
    Ok(())
}

/// The rail of a stored name.
pub(super) fn rail(name: &str) -> Option<Rail> {
    [Rail::Mpesa, Rail::Card].into_iter().find(|rail| rail.as_str() == name)
}

fn read_account(row: &Row, seal: &Seal) -> Result<ChannelAccount, StoreError> {
    let cells = Cells::new(row, "channel_accounts", "account");
    let tenant = cells.parse("tenant_id")?;
    let channel = cells.name("channel", ChannelKind::from_name)?;
    let account: String = cells.get("account")?;
    let sealed = cells.get::<&[u8]>("token")?;
    let token = seal.open(sealed, &account_place(tenant, channel, &account))?;
    Ok(ChannelAccount { tenant, channel, account, token })
}

/// Where a token belongs, so that it can't be moved to another row.
pub(super) fn account_place(tenant: TenantId, channel: ChannelKind, account: &str) -> String {
    format!("account/{tenant}/{channel}/{account}")
}

/// Where credentials belong.
pub(super) fn merchant_place(tenant: TenantId, rail: Rail) -> String {
    format!("merchant/{tenant}/{}", rail.as_str())
}
