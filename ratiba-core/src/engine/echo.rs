//! What channels tell about our own messages without naming them: echoes of what is on its way, and marks up to which everything arrived.

use jiff::Timestamp;

use super::handle::Inner;
use crate::domain::channel::Address;
use crate::domain::customer::Identity;
use crate::domain::message::Delivery;
use crate::ports::channel::StatusReport;
use crate::ports::outbox::{OutboxStatus, Outgoing};
use crate::ports::store::{StoreError, StoredOutbox, TenantStore};

/// Characters by which an echo is recognised: channels shorten and list, but the beginning stays.
const ALIKE: usize = 60;

impl Inner {
    /// Whether an echo is of a message of ours: one that we know by the provider's id, or one on its way to that person that begins with the
    /// same words (its echo may overtake the answer to our request, or be all that is left of it). The latter is known from then on.
    pub(super) async fn is_our_echo(
        &self,
        store: &dyn TenantStore,
        address: &Address,
        provider_id: &str,
        text: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        if store.is_ours(provider_id).await? {
            return Ok(true);
        }
        let rows = sent_to(store, address).await?;
        // The answer to our request may have come since we asked.
        if rows.iter().any(|row| row.provider_id.as_deref() == Some(provider_id)) {
            return Ok(true);
        }
        let on_its_way = |row: &&StoredOutbox| {
            row.provider_id.is_none()
                && matches!(row.status, OutboxStatus::Pending | OutboxStatus::Unknown)
                && matches!(&row.item.what, Outgoing::Reply { reply, .. } if begins_alike(&reply.text, text))
        };
        let Some(row) = rows.iter().rev().find(on_its_way) else {
            // Its answer may have been recorded between the two looks.
            let named = |row: &StoredOutbox| row.provider_id.as_deref() == Some(provider_id);
            return Ok(rows.iter().any(named));
        };
        let report = StatusReport {
            account: address.account.clone(),
            provider_id: provider_id.to_owned(),
            outbox: Some(row.item.id),
            outcome: Ok(Delivery::Sent),
            at,
        };
        store.record_status(&report).await?;
        Ok(true)
    }

    /// Everything that was sent to a person until a moment came so far.
    pub(super) async fn take_upto(
        &self,
        address: &Address,
        delivery: Delivery,
        upto: Timestamp,
    ) -> Result<(), StoreError> {
        let account =
            self.cache.account(&self.parts.store, address.channel, &address.account).await?;
        let Some(account) = account else { return Ok(()) };
        let store = self.parts.store.of(account.tenant);
        let rows = sent_to(&*store, address).await?;
        // Marks only move forward: behind the newest message that came so far, all did.
        let news = rows
            .iter()
            .rev()
            .filter(|row| row.item.created_at <= upto)
            .take_while(|row| row.delivery < Some(delivery));
        for row in news {
            let Some(provider_id) = &row.provider_id else { continue };
            let report = StatusReport {
                account: address.account.clone(),
                provider_id: provider_id.clone(),
                outbox: Some(row.item.id),
                outcome: Ok(delivery),
                at: upto,
            };
            store.record_status(&report).await?;
        }
        Ok(())
    }
}

/// Replies to an address, oldest first; none to somebody whom we do not know.
async fn sent_to(
    store: &dyn TenantStore,
    address: &Address,
) -> Result<Vec<StoredOutbox>, StoreError> {
    let identity = Identity { channel: address.channel, external_id: address.peer.clone() };
    let Some(customer) = store.customer_by_identity(&identity).await? else {
        return Ok(Vec::new());
    };
    let mut rows = store.outbox_of(customer.id).await?;
    rows.retain(|row| matches!(&row.item.what, Outgoing::Reply { to, .. } if to == address));
    Ok(rows)
}

/// Whether an echo begins with the words of a reply, whatever was done to spaces.
fn begins_alike(reply: &str, echo: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let words: String = plain(reply).chars().take(ALIKE).collect();
    !words.is_empty() && plain(echo).starts_with(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_recognised_by_its_beginning() {
        assert!(begins_alike("Saa ngapi?", "Saa ngapi?\n\n1. 10:00\n2. 11:00"));
        assert!(begins_alike(&"neno ".repeat(400), &format!("{}…", "neno ".repeat(150))));
        assert!(!begins_alike("Saa ngapi?", "Nitakupigia"));
        assert!(!begins_alike("", "Nitakupigia"));
    }
}
