//! Sealing stored secrets again with the current key.

use async_trait::async_trait;

use super::TheStore;
use super::accounts::{account_place, merchant_place, rail};
use super::error::During;
use super::row::Cells;
use super::sms;
use crate::domain::channel::ChannelKind;
use crate::ports::secrets::{Resealed, SecretStore};
use crate::ports::store::StoreError;

const SEALING: &str = "sealing secrets again";

/// A stored secret that another key than the current one has sealed, or not.
struct Stored {
    place: String,
    sealed: Vec<u8>,
    row: [String; 3],
}

#[async_trait]
impl SecretStore for TheStore {
    async fn reseal(&self, dry: bool) -> Result<Resealed, StoreError> {
        let mut done = Resealed::default();
        for (secrets, update) in [
            (
                self.account_secrets().await?,
                "UPDATE channel_accounts SET token = $1
                 WHERE tenant_id = $2 AND channel = $3 AND account = $4 AND token = $5",
            ),
            (
                self.merchant_secrets().await?,
                "UPDATE merchants SET credentials = $1
                 WHERE tenant_id = $2 AND rail = $3 AND $4 = '' AND credentials = $5",
            ),
            (
                self.sms_secrets().await?,
                "UPDATE sms_accounts SET api_key = $1
                 WHERE tenant_id = $2 AND $3 = '' AND $4 = '' AND api_key = $5",
            ),
        ] {
            for Stored { place, sealed, row } in secrets {
                if sealed.starts_with(&self.db.seal.mark()) {
                    done.current += 1;
                    continue;
                }
                let Ok(secret) = self.db.seal.open(&sealed, &place) else {
                    done.unreadable += 1;
                    continue;
                };
                if dry {
                    done.resealed += 1;
                    continue;
                }
                let [tenant, first, second] = row;
                let mut transaction = self.write(SEALING).await?;
                // Only over what was read: an operator may be entering another secret at this moment.
                let changed = sqlx::query(update)
                    .bind(self.db.seal.close(&secret, &place)?)
                    .bind(tenant)
                    .bind(first)
                    .bind(second)
                    .bind(sealed)
                    .execute(&mut *transaction)
                    .await
                    .during(SEALING)?;
                transaction.commit().await.during(SEALING)?;
                if changed.rows_affected() == 1 {
                    done.resealed += 1;
                } else {
                    done.current += 1;
                }
            }
        }
        Ok(done)
    }
}

impl TheStore {
    async fn account_secrets(&self) -> Result<Vec<Stored>, StoreError> {
        let mut reader = self.read(SEALING).await?;
        let rows = sqlx::query("SELECT tenant_id, channel, account, token FROM channel_accounts")
            .fetch_all(&mut *reader)
            .await
            .during(SEALING)?;
        rows.iter()
            .map(|row| {
                let cells = Cells::new(row, "channel_accounts", "account");
                let tenant = cells.parse("tenant_id")?;
                let channel = cells.name("channel", ChannelKind::from_name)?;
                let account: String = cells.get("account")?;
                Ok(Stored {
                    place: account_place(tenant, channel, &account),
                    sealed: cells.get("token")?,
                    row: [tenant.to_string(), channel.as_str().to_owned(), account],
                })
            })
            .collect()
    }

    async fn merchant_secrets(&self) -> Result<Vec<Stored>, StoreError> {
        let mut reader = self.read(SEALING).await?;
        let rows = sqlx::query("SELECT tenant_id, rail, credentials FROM merchants")
            .fetch_all(&mut *reader)
            .await
            .during(SEALING)?;
        rows.iter()
            .map(|row| {
                let cells = Cells::new(row, "merchants", "rail");
                let tenant = cells.parse("tenant_id")?;
                let rail = cells.name("rail", rail)?;
                Ok(Stored {
                    place: merchant_place(tenant, rail),
                    sealed: cells.get("credentials")?,
                    row: [tenant.to_string(), rail.as_str().to_owned(), String::new()],
                })
            })
            .collect()
    }

    async fn sms_secrets(&self) -> Result<Vec<Stored>, StoreError> {
        let mut reader = self.read(SEALING).await?;
        let rows = sqlx::query("SELECT tenant_id, api_key FROM sms_accounts")
            .fetch_all(&mut *reader)
            .await
            .during(SEALING)?;
        rows.iter()
            .map(|row| {
                let cells = Cells::new(row, "sms_accounts", "tenant_id");
                let tenant = cells.parse("tenant_id")?;
                Ok(Stored {
                    place: sms::place(tenant),
                    sealed: cells.get("api_key")?,
                    row: [tenant.to_string(), String::new(), String::new()],
                })
            })
            .collect()
    }
}
