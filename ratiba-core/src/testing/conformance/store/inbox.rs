//! What comes in: stored once, in order, on the right person's lane.

use super::shop::{Shop, at, whatsapp};
use crate::domain::channel::ChannelKind;
use crate::domain::customer::Identity;
use crate::domain::phone::Phone;
use crate::domain::tenant::TenantStatus;
use crate::ports::store::{Accepted, LaneKey, NewInbox, Store};

/// The second message with a key is a duplicate, whatever else it says.
pub async fn a_message_is_stored_once(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let first = shop.message(1, "hi", "wamid.1", at(0));
    let Accepted { customer, fresh } = shop.store.accept(&first).await.unwrap();
    assert!(fresh);
    let again = shop.message(1, "hi", "wamid.1", at(5));
    assert_eq!(shop.store.accept(&again).await.unwrap(), Accepted { customer, fresh: false });
    let lane = shop.store.lane(customer, 10).await.unwrap().unwrap();
    assert_eq!(lane.pending.len(), 1);
    assert_eq!(lane.pending[0].id, first.id);
    assert_eq!(lane.pending[0].cause, first.cause);
    assert_eq!(lane.pending[0].received_at, first.received_at);
}

/// A batch is stored in its order, duplicates within it included.
pub async fn many_are_stored_in_order(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let batch = [
        shop.message(1, "one", "k1", at(0)),
        shop.message(1, "two", "k2", at(0)),
        shop.message(1, "one", "k1", at(0)),
        shop.message(2, "three", "k3", at(0)),
    ];
    let accepted = shop.store.accept_all(&batch).await.unwrap();
    assert_eq!(accepted.iter().map(|a| a.fresh).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!(accepted[0].customer, accepted[2].customer);
    assert_ne!(accepted[0].customer, accepted[3].customer);
    let lane = shop.store.lane(accepted[0].customer, 10).await.unwrap().unwrap();
    let ids: Vec<_> = lane.pending.iter().map(|item| item.id).collect();
    assert_eq!(ids, [batch[0].id, batch[1].id]);
}

fn from_sender(
    shop: &Shop,
    identities: &[Identity],
    phone: Option<&str>,
    name: Option<&str>,
) -> NewInbox {
    let lane = LaneKey::Sender {
        identities: identities.to_vec(),
        phone: phone.map(|digits| Phone::from_provider(digits).unwrap()),
        name: name.map(str::to_owned),
        new: shop.id(),
    };
    let key = shop.id::<()>().ulid().to_string();
    NewInbox { lane, ..shop.message(1, "hi", &key, at(0)) }
}

/// A person with two identities is found by either, and by the one learnt later.
pub async fn a_sender_is_recognised_by_any_identity(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (digits, bsuid, later) = (whatsapp("254712000001"), whatsapp("KE.77"), whatsapp("KE.78"));
    let both = from_sender(&shop, &[digits.clone(), bsuid.clone()], None, None);
    let who = shop.store.accept(&both).await.unwrap().customer;
    let by_second = from_sender(&shop, &[bsuid, later.clone()], None, None);
    assert_eq!(shop.store.accept(&by_second).await.unwrap().customer, who);
    let by_third = from_sender(&shop, std::slice::from_ref(&later), None, None);
    assert_eq!(shop.store.accept(&by_third).await.unwrap().customer, who);
    for identity in [digits, later] {
        let found = shop.store.customer_by_identity(&identity).await.unwrap();
        assert_eq!(found.map(|c| c.id), Some(who));
    }
}

/// Who is known by a proven phone is recognised on a channel that brings it.
pub async fn a_proven_phone_joins_channels(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let phone = "254712000001";
    let voice = Identity { channel: ChannelKind::Voice, external_id: phone.to_owned() };
    let called = from_sender(&shop, &[voice], Some(phone), None);
    let who = shop.store.accept(&called).await.unwrap().customer;
    let wrote = from_sender(&shop, &[whatsapp("KE.9")], Some(phone), None);
    assert_eq!(shop.store.accept(&wrote).await.unwrap().customer, who);
    let customer = shop.store.customer(who).await.unwrap().unwrap();
    assert!(customer.phone_proven);
    let phone = Phone::from_provider(phone).unwrap();
    assert_eq!(customer.phone.as_ref(), Some(&phone));
    assert_eq!(shop.store.customer_by_phone(&phone).await.unwrap(), Some(customer));
}

/// A message that names two people is the stronger one's, and takes nothing from the other.
pub async fn identities_of_two_people_never_merge_them(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (a, b) = (whatsapp("254712000001"), whatsapp("KE.2"));
    let first = from_sender(&shop, std::slice::from_ref(&a), None, None);
    let first = shop.store.accept(&first).await.unwrap().customer;
    let second = from_sender(&shop, std::slice::from_ref(&b), None, None);
    let second = shop.store.accept(&second).await.unwrap().customer;
    assert_ne!(first, second);
    let both = from_sender(&shop, &[b.clone(), a.clone()], None, None);
    assert_eq!(shop.store.accept(&both).await.unwrap().customer, second);
    let still = shop.store.customer_by_identity(&a).await.unwrap().unwrap();
    assert_eq!(still.id, first);
}

/// A name that the customer has is not overwritten by what a profile shows.
pub async fn a_profile_name_is_kept_only_where_there_was_none(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let who = [whatsapp("254712000001")];
    let mut last = None;
    for (name, kept) in
        [(None, None), (Some("Achieng"), Some("Achieng")), (Some("A."), Some("Achieng"))]
    {
        let new = from_sender(&shop, &who, None, name);
        let customer = shop.store.accept(&new).await.unwrap().customer;
        let customer = shop.store.customer(customer).await.unwrap().unwrap();
        assert_eq!(customer.name.as_deref(), kept);
        assert!(last.replace(customer.id).is_none_or(|before| before == customer.id));
    }
}

/// The lane shows the oldest items, at most as many as asked for.
pub async fn what_is_pending_comes_oldest_first_and_limited(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut ids = Vec::new();
    let mut customer = None;
    for minute in 0..5 {
        let (who, id) = shop.hear(1, at(minute)).await;
        customer = Some(who);
        ids.push(id);
    }
    let lane = shop.store.lane(customer.unwrap(), 3).await.unwrap().unwrap();
    assert_eq!(lane.pending.iter().map(|i| i.id).collect::<Vec<_>>(), ids[..3]);
    assert_eq!(lane.business_version, 1);
    assert!(lane.current.is_none());
    assert_eq!(lane.tenant_status, TenantStatus::Active);
    assert!(store.set_status(shop.tenant, TenantStatus::Suspended).await.unwrap());
    let lane = shop.store.lane(lane.customer.id, 3).await.unwrap().unwrap();
    assert_eq!(lane.tenant_status, TenantStatus::Suspended);
}

/// What can't be done is out of the way, and its key stays known.
pub async fn a_skipped_item_is_not_pending(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let new = shop.message(1, "hi", "k", at(0));
    let customer = shop.store.accept(&new).await.unwrap().customer;
    shop.store.skip(new.id, at(1)).await.unwrap();
    assert!(shop.store.lane(customer, 10).await.unwrap().unwrap().pending.is_empty());
    assert!(!shop.store.accept(&shop.message(1, "hi", "k", at(2))).await.unwrap().fresh);
}

/// Nothing there is an answer, not a failure.
pub async fn absent_is_none_not_error(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let s = &shop.store;
    assert!(s.lane(shop.id(), 1).await.unwrap().is_none());
    assert!(s.thread(shop.id()).await.unwrap().is_none());
    assert!(s.customer(shop.id()).await.unwrap().is_none());
    assert!(s.customer_by_identity(&whatsapp("1")).await.unwrap().is_none());
    assert!(s.payment(shop.id()).await.unwrap().is_none());
    assert!(s.payments_for(shop.id()).await.unwrap().is_empty());
    assert!(s.outbox(shop.id()).await.unwrap().is_none());
    assert!(s.lease(shop.id(), at(0), at(1)).await.unwrap().is_none());
    assert!(s.business_at(7).await.unwrap().is_none());
    assert!(s.records(shop.id()).await.unwrap().is_empty());
    assert!(s.transcript(shop.id(), 5).await.unwrap().is_empty());
    assert!(s.appointments(&[shop.id()]).await.unwrap().is_empty());
    assert!(!s.delete_snippet(shop.id()).await.unwrap());
    assert!(!s.is_ours("nothing").await.unwrap());
    assert!(store.tenant(shop.id()).await.unwrap().is_none());
    assert!(store.payment_route("nothing").await.unwrap().is_none());
    assert!(store.dead_letter(shop.id()).await.unwrap().is_none());
    assert!(store.of(shop.id()).business().await.unwrap().is_none());
}
