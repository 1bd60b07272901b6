//! Who is who: codes, ids that change, and two rows that become one person with nothing lost.

use super::shop::{Shop, address, at, is_committed, whatsapp};
use super::waiting::wait;
use crate::domain::channel::ChannelKind;
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::CustomerId;
use crate::domain::phone::Phone;
use crate::domain::proof::Proof;
use crate::ports::identity::{CodesSent, Renamed};
use crate::ports::inbox::{Cause, PaymentFact, Timer, TimerKey};
use crate::ports::store::{
    CommitOutcome, LaneKey, NewInbox, Store, StoredThread, TurnCommit, Write,
};

fn proof(shop: &Shop, customer: CustomerId, minute: i64) -> Proof {
    Proof {
        id: shop.id(),
        customer,
        phone: Phone::from_provider("254712345999").unwrap(),
        salt: "00ff".to_owned(),
        digest: "a1".repeat(32),
        tries: 5,
        expires_at: at(minute + 10),
        created_at: at(minute),
    }
}

/// The newest code of a customer for a number is found, as it was written; its tries only become fewer.
pub async fn a_code_loses_tries_and_never_regains_them(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (customer, other) = (shop.customer(1).await, shop.customer(2).await);
    let (old, new) = (proof(&shop, customer, 1), proof(&shop, customer, 2));
    shop.changed(1, at(1), vec![Write::NewProof(old.clone())]).await;
    shop.changed(1, at(2), vec![Write::NewProof(new.clone())]).await;
    let found = async |who| shop.store.proof(who, &new.phone).await.unwrap();
    assert_eq!(found(customer).await, Some(new.clone()));
    assert_eq!(found(other).await, None);
    for (left, is) in [(4, 4), (5, 4), (0, 0), (3, 0)] {
        shop.changed(1, at(3), vec![Write::ProofTries { proof: new.id, left }]).await;
        assert_eq!(found(customer).await.unwrap().tries, is);
    }
}

/// How many codes were sent is counted for the number, whoever asked, and for who asked.
pub async fn codes_are_counted_by_number_and_by_asker(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (a, b) = (shop.customer(1).await, shop.customer(2).await);
    for (peer, customer, minute) in [(1, a, 1), (2, b, 30), (1, a, 70)] {
        let write = Write::NewProof(proof(&shop, customer, minute));
        shop.changed(peer, at(minute), vec![write]).await;
    }
    let phone = proof(&shop, a, 0).phone;
    let sent = async |phone_since, who, since| {
        shop.store.codes_sent(&phone, at(phone_since), who, at(since)).await.unwrap()
    };
    assert_eq!(sent(0, a, 0).await, CodesSent { to_phone: 3, for_customer: 2 });
    assert_eq!(sent(10, b, 0).await, CodesSent { to_phone: 2, for_customer: 1 });
    assert_eq!(sent(70, a, 70).await, CodesSent::default(), "from the next moment on");
}

/// An id that a channel says has changed stays with its person; one that is somebody's already joins nobody.
pub async fn a_changed_id_stays_with_its_person(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (a, b) = (shop.customer(1).await, shop.customer(2).await);
    let rename = async |old: &str, new: &str| {
        shop.store.rename_identity(ChannelKind::Whatsapp, old, new).await.unwrap()
    };
    let who = async |id: &str| {
        let found = shop.store.customer_by_identity(&whatsapp(id)).await.unwrap();
        found.map(|customer| customer.id)
    };
    assert_eq!(rename("KE.1", "KE.2").await, Renamed::Unknown);
    assert_eq!(
        rename("254712345001", "254712345002").await,
        Renamed::Taken { old: a, new: b },
        "two people stay two"
    );
    assert_eq!(who("254712345001").await, Some(a));
    assert_eq!(rename("254712345001", "254712345077").await, Renamed::Done);
    assert_eq!((who("254712345077").await, who("254712345001").await), (Some(a), None));
    let phone = Phone::from_provider("254712345077").unwrap();
    let moved = shop.store.customer_by_phone(&phone).await.unwrap();
    assert_eq!(moved.map(|customer| customer.id), Some(a), "their number went along");
    // The old number is given to somebody new: they are somebody new.
    assert_ne!(shop.customer(1).await, a);
    assert_eq!(rename("254712345077", "254712345077").await, Renamed::Done);
}

/// A number that was given to somebody else after long silence brings a new customer, who has nothing of the one before; a new scoped id
/// beside a number in use is the same person's.
pub async fn a_recycled_number_is_somebody_new(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let days = |days: i64| at(days * 24 * 60);
    let writes = async |scoped: &str, when| {
        let digits = "254712345001";
        let new = shop.message(1, "habari", &format!("{scoped}-{when}"), when);
        let lane = LaneKey::Sender {
            identities: vec![whatsapp(digits), whatsapp(scoped)],
            phone: Phone::from_provider(digits).ok(),
            name: None,
            new: shop.id(),
        };
        shop.store.accept(&NewInbox { lane, ..new }).await.unwrap().customer
    };
    let first = writes("KE.1", at(0)).await;
    assert!(shop.store.enter(&shop.booking(first, 60)).await.unwrap());
    assert_eq!(writes("KE.1", days(100)).await, first, "the same person after a long time");
    assert_eq!(writes("KE.2", days(110)).await, first, "a number in use");
    let second = writes("KE.3", days(200)).await;
    assert_ne!(second, first);
    assert!(shop.store.appointments_of(second).await.unwrap().is_empty());
    assert_eq!(shop.store.appointments_of(first).await.unwrap().len(), 1);
    let phone = Phone::from_provider("254712345001").unwrap();
    let holder = shop.store.customer_by_phone(&phone).await.unwrap();
    assert_eq!(holder.map(|customer| customer.id), Some(second));
    assert_eq!(writes("KE.3", days(201)).await, second);
}

/// Everything that one customer can have.
async fn furnish(shop: &Shop, peer: u32) -> CustomerId {
    let (customer, thread) = shop.talker(peer).await;
    let minute = i64::from(peer) * 60;
    let instagram = Identity {
        channel: ChannelKind::Instagram,
        external_id: format!("ig-{}-{peer}", shop.tenant),
    };
    let digits = format!("254712345{peer:03}");
    let new = NewInbox {
        lane: LaneKey::Sender {
            identities: vec![whatsapp(&digits), instagram],
            phone: None,
            name: Some(format!("Customer {}", "x".repeat(peer as usize))),
            new: shop.id(),
        },
        ..shop.message(peer, "habari", &format!("hello-{peer}"), at(2))
    };
    shop.store.accept(&new).await.unwrap();
    let key = TimerKey::Reminder { appointment: shop.id(), hours_before: 24 };
    let visit = shop.hold(customer, minute);
    let asked = wait(shop, customer, 0, i64::from(peer));
    let payment = shop.payment(customer, thread);
    let item = shop.reply(customer, &format!("lane-{peer}"), "sawa");
    let (_, inbox) = shop.hear(peer, at(3)).await;
    let stored = shop.store.thread(thread).await.unwrap().unwrap();
    let turn = TurnCommit {
        outbox: vec![item],
        ..shop.turn(
            &stored,
            inbox,
            at(3),
            vec![
                Write::Hold(vec![visit]),
                Write::SetTimer(Timer { id: shop.id(), customer, key, due_at: at(99) }),
                Write::Wait { wait: asked, span: asked.span(&shop.business.tenant.zone) },
                Write::NewPayment(payment),
                Write::NewProof(proof(shop, customer, i64::from(peer))),
            ],
        )
    };
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    customer
}

/// What customers have, all together, whoever has it; and who there is.
#[derive(Debug, PartialEq)]
pub struct Belongings {
    people: Vec<Customer>,
    identities: Vec<String>,
    threads: Vec<String>,
    appointments: Vec<String>,
    timers: Vec<String>,
    pending: Vec<String>,
    outbox: Vec<String>,
    waits: Vec<String>,
    payments: Vec<String>,
}

/// Everything of the customers that are left of these, each thing with its owner.
async fn belongings(shop: &Shop, customers: &[CustomerId]) -> Belongings {
    let s = &shop.store;
    let mut out = Belongings {
        people: Vec::new(),
        identities: Vec::new(),
        threads: Vec::new(),
        appointments: Vec::new(),
        timers: Vec::new(),
        pending: Vec::new(),
        outbox: Vec::new(),
        waits: Vec::new(),
        payments: Vec::new(),
    };
    for id in customers {
        let Some(customer) = s.customer(*id).await.unwrap() else { continue };
        let whose = |what: String| format!("{id} {what}");
        for identity in s.identities(*id).await.unwrap() {
            // Shops mint the same ids, so what they hold can be compared; only what names the tenant differs.
            let external = identity.external_id.replace(&shop.tenant.to_string(), "");
            out.identities.push(whose(format!("{} {external}", identity.channel)));
        }
        let appointments = s.appointments_of(*id).await.unwrap();
        out.appointments.extend(appointments.iter().map(|a| whose(a.id.to_string())));
        out.timers.extend(s.timers(*id).await.unwrap().iter().map(|t| whose(t.id.to_string())));
        out.outbox
            .extend(s.outbox_of(*id).await.unwrap().iter().map(|o| whose(o.item.id.to_string())));
        out.waits.extend(s.waits_of(*id).await.unwrap().iter().map(|w| whose(w.id.to_string())));
        let lane = s.lane(*id, 99).await.unwrap().unwrap();
        out.pending.extend(lane.pending.iter().map(|item| whose(item.id.to_string())));
        out.people.push(customer);
    }
    for thread in s.threads(99).await.unwrap() {
        out.threads.push(format!("{} {}", thread.customer, thread.id));
        for payment in s.payments_of(thread.id).await.unwrap() {
            out.payments.push(format!("{} {}", payment.customer, payment.id));
        }
    }
    for list in [
        &mut out.identities,
        &mut out.threads,
        &mut out.appointments,
        &mut out.timers,
        &mut out.pending,
        &mut out.outbox,
        &mut out.waits,
        &mut out.payments,
    ] {
        list.sort();
    }
    out
}

/// The customer is proven to be the other: a turn of theirs says so.
async fn merge(shop: &Shop, who: CustomerId, with: CustomerId) {
    let key = format!("merge-{who}-{with}");
    let new = NewInbox {
        id: shop.id(),
        lane: LaneKey::Customer(who),
        dedupe_key: key,
        cause: Cause::Payment { payment: shop.id(), fact: PaymentFact::QueryDue },
        received_at: at(50),
    };
    let who = shop.store.accept(&new).await.unwrap().customer;
    let current = shop.store.lane(who, 1).await.unwrap().unwrap().current.unwrap();
    let turn = shop.turn(&current, new.id, at(50), vec![Write::Merge { with }]);
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
}

/// Furnishes so many customers, merges these pairs in this order, and tells what is left. Positions are taken modulo how many there are;
/// who is gone already stands for who they have become.
pub async fn merged(shop: &Shop, people: u32, pairs: &[(usize, usize)]) -> Belongings {
    let mut customers = Vec::new();
    for peer in 1..=people {
        customers.push(furnish(shop, peer).await);
    }
    for (a, b) in pairs {
        merge(shop, customers[a % customers.len()], customers[b % customers.len()]).await;
    }
    belongings(shop, &customers).await
}

/// Four people turn out to be one; in whatever order that is found out, the same person is left, with everything of all four.
pub async fn merging_in_any_order_gives_the_same_and_loses_nothing(store: &dyn Store) {
    let barber = Shop::open(store).await;
    let before = merged(&barber, 4, &[]).await;
    let one = merged(&Shop::open_as(store, "demo-salon").await, 4, &[(0, 1), (2, 3), (3, 1)]).await;
    let other =
        merged(&Shop::open_as(store, "demo-dental").await, 4, &[(3, 2), (1, 3), (2, 0), (0, 3)])
            .await;
    assert_eq!((before.people.len(), one.people.len(), other.people.len()), (4, 1, 1));
    // The shops differ in what they sell, so wishes and visits have other services, but the same ids.
    assert_eq!(one, other);
    let things = |b: &Belongings| {
        let bare = |list: &[String]| {
            let mut ids: Vec<String> = list
                .iter()
                .filter_map(|l| l.split_once(' ').map(|(_, id)| id.to_owned()))
                .collect();
            ids.sort();
            ids
        };
        [
            bare(&b.identities),
            bare(&b.threads),
            bare(&b.appointments),
            bare(&b.timers),
            bare(&b.outbox),
            bare(&b.waits),
            bare(&b.payments),
        ]
    };
    assert_eq!(things(&before), things(&one), "everything is there, now with the eldest");
}

/// The row that is gone is kept in the log, and whoever still names it reaches the person.
pub async fn who_is_gone_is_logged_and_reached(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (a, b, c) = (furnish(&shop, 1).await, furnish(&shop, 2).await, furnish(&shop, 3).await);
    let gone = shop.store.customer(b).await.unwrap().unwrap();
    merge(&shop, b, a).await;
    merge(&shop, c, a).await;
    merge(&shop, c, b).await;
    let log = shop.store.merges().await.unwrap();
    assert_eq!(log.len(), 2, "saying it again changes nothing");
    let entry = log.iter().find(|entry| entry.gone.id == b).unwrap();
    assert_eq!((&entry.gone, entry.now), (&gone, a));
    assert!(shop.store.customer(b).await.unwrap().is_none());
    let new = NewInbox {
        id: shop.id(),
        lane: LaneKey::Customer(b),
        dedupe_key: "late".to_owned(),
        cause: Cause::FollowUp { appointment: shop.id() },
        received_at: at(60),
    };
    let accepted = shop.store.accept(&new).await.unwrap();
    assert_eq!((accepted.customer, accepted.fresh), (a, true));
    let lane = shop.store.lane(a, 99).await.unwrap().unwrap();
    assert!(lane.pending.iter().any(|item| item.id == new.id));
}

/// A turn that began on a lane before it became another's is refused and taken again.
pub async fn a_turn_of_who_is_gone_is_stale(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (a, _) = shop.talker(1).await;
    let (b, thread) = shop.talker(2).await;
    let (_, inbox) = shop.hear(2, at(5)).await;
    let stored = shop.store.thread(thread).await.unwrap().unwrap();
    let late = shop.turn(&stored, inbox, at(6), Vec::new());
    let begins = TurnCommit { thread: shop.thread(b, at(6)), ..late.clone() };
    merge(&shop, a, b).await;
    for turn in [late, begins] {
        assert_eq!(shop.store.commit(&turn).await.unwrap(), CommitOutcome::Stale);
    }
}

/// The conversation in which it was proven goes on, though the other has a newer one, until a newer one begins.
pub async fn the_proving_conversation_stays_current(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let (b, proving) = shop.talker(2).await;
    let (a, newer) = {
        let (a, _) = shop.talker(1).await;
        let (_, inbox) = shop.hear(1, at(1)).await;
        let mint = crate::domain::id::Mint { at: at(600), seed: 5 };
        let thread = StoredThread {
            id: mint.id(0),
            address: address("254712345001"),
            ..shop.thread(a, at(1))
        };
        let turn = shop.turn(&thread, inbox, at(1), Vec::new());
        assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
        (a, thread.id)
    };
    assert!(proving < newer);
    merge(&shop, b, a).await;
    let log = shop.store.merges().await.unwrap();
    let current =
        async || shop.store.lane(log[0].now, 1).await.unwrap().unwrap().current.unwrap().id;
    assert_eq!(current().await, proving);
    let (_, inbox) = shop.hear(1, at(2)).await;
    let mint = crate::domain::id::Mint { at: at(900), seed: 6 };
    let next = StoredThread { id: mint.id(0), ..shop.thread(log[0].now, at(2)) };
    let turn = shop.turn(&next, inbox, at(2), Vec::new());
    assert!(is_committed(&shop.store.commit(&turn).await.unwrap()));
    assert_eq!(current().await, next.id);
}
