//! Tenants, their accounts, dead letters, and fairness between tenants.

use secrecy::ExposeSecret;

use super::shop::{Shop, at, lease_until, new_tenant};
use crate::demo;
use crate::domain::channel::ChannelKind;
use crate::domain::dial_change::{DialAudit, DialChange, DialSetting};
use crate::domain::dials::Tone;
use crate::domain::knowledge::Snippet;
use crate::domain::tenant::{Business, Rail, TenantStatus};
use crate::ports::channel::ChannelAccount;
use crate::ports::store::{
    DeadLetter, DeadLetterKind, DueWork, NewTenant, Store, StoreError, Write,
};

/// A tenant is found by id and by name, with everything that it was made with.
pub async fn a_tenant_is_made_whole(store: &dyn Store) {
    let salon = Shop::open_as(store, "demo-salon").await;
    let barber = Shop::open(store).await;
    let tenants = store.tenants().await.unwrap();
    let expected = [&barber.business.tenant, &salon.business.tenant];
    assert_eq!(tenants.iter().collect::<Vec<_>>(), expected);
    assert_eq!(store.tenant(salon.tenant).await.unwrap().as_ref(), Some(expected[1]));
    let by_slug = store.tenant_by_slug(&expected[0].slug).await.unwrap();
    assert_eq!(by_slug.as_ref(), Some(expected[0]));
    let business = salon.store.business().await.unwrap().unwrap();
    assert_eq!((&*business.business, business.version), (&salon.business, 1));
    let snippets = salon.store.snippets().await.unwrap();
    assert_eq!(snippets.len(), demo::tenant("demo-salon").unwrap().snippets.len());
    assert_eq!(salon.store.tenant(), salon.tenant);
    store.ping().await.unwrap();
}

/// A tenant whose name or account is taken is not made, not even in part.
pub async fn a_tenant_is_made_all_or_nothing(store: &dyn Store) {
    Shop::open(store).await;
    let again = store.create_tenant(&new_tenant("demo-barbershop")).await;
    assert!(matches!(again, Err(StoreError::Exists { .. })), "{again:?}");
    let mut thief = new_tenant("demo-salon");
    thief.accounts[0].account = "wa-demo-barbershop".into();
    let refused = store.create_tenant(&thief).await;
    assert!(matches!(refused, Err(StoreError::Exists { .. })), "{refused:?}");
    assert_eq!(store.tenants().await.unwrap().len(), 1);
    let salon = thief.business.tenant.id;
    assert!(store.of(salon).business().await.unwrap().is_none());
    assert!(store.of(salon).snippets().await.unwrap().is_empty());
    store.create_tenant(&new_tenant("demo-salon")).await.unwrap();
}

/// An account leads to its tenant, and brings its secret back.
pub async fn an_account_leads_to_its_tenant(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let found = store.account(ChannelKind::Whatsapp, "wa-demo-barbershop").await.unwrap().unwrap();
    assert_eq!(found.tenant, shop.tenant);
    assert_eq!(found.token.expose_secret(), "token-of-demo-barbershop");
    assert!(store.account(ChannelKind::Web, "wa-demo-barbershop").await.unwrap().is_none());
    let merchant = store.merchant(shop.tenant, Rail::Mpesa).await.unwrap().unwrap();
    assert!(merchant.credentials.expose_secret().contains("key-of-demo-barbershop"));
    assert!(store.merchant(shop.tenant, Rail::Card).await.unwrap().is_none());

    let renewed = ChannelAccount { token: "new".into(), ..found };
    store.put_account(&renewed).await.unwrap();
    let web = ChannelAccount {
        channel: ChannelKind::Web,
        account: "demo-barbershop".into(),
        token: "".into(),
        ..renewed
    };
    store.put_account(&web).await.unwrap();
    let accounts = store.accounts(shop.tenant).await.unwrap();
    let tokens: Vec<_> = accounts.iter().map(|a| a.token.expose_secret()).collect();
    assert_eq!(tokens, ["", "new"]);

    let salon = Shop::open_as(store, "demo-salon").await;
    let stolen = ChannelAccount { tenant: salon.tenant, ..web };
    let refused = store.put_account(&stolen).await;
    assert!(matches!(refused, Err(StoreError::Exists { .. })), "{refused:?}");
}

/// Every version of the rules is kept; whoever saves over a newer one is refused.
pub async fn versions_of_the_business_are_kept(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let mut next: Business = shop.business.clone();
    next.tenant.name = "Kinyozi Fresh & Clean".into();
    assert!(shop.store.save_business(1, &next, at(1)).await.unwrap());
    assert!(!shop.store.save_business(1, &shop.business, at(2)).await.unwrap());
    assert!(!shop.store.save_business(3, &shop.business, at(2)).await.unwrap());
    let newest = shop.store.business().await.unwrap().unwrap();
    assert_eq!((&*newest.business, newest.version), (&next, 2));
    let first = shop.store.business_at(1).await.unwrap().unwrap();
    assert_eq!(*first, shop.business);
    assert!(shop.store.business_at(3).await.unwrap().is_none());
    let tenant = store.tenant(shop.tenant).await.unwrap().unwrap();
    assert_eq!(tenant, next.tenant, "the registry knows the new name");
    let customer = shop.customer(1).await;
    let lane = shop.store.lane(customer, 1).await.unwrap().unwrap();
    assert_eq!(lane.business_version, 2);
}

/// Every change of a dial is in the audit, a dial that is given back too; other edits are not.
pub async fn changes_of_dials_are_audited(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let own = shop.business.dials.clone();
    let history = async || shop.store.dial_history(10).await.unwrap();
    let seeded = history().await;
    let mut next: Business = shop.business.clone();
    next.dials.tone = Some(Tone::Professional);
    assert!(shop.store.save_business(1, &next, at(1)).await.unwrap());
    next.tenant.name = "Kinyozi Fresh & Clean".into();
    assert!(shop.store.save_business(2, &next, at(2)).await.unwrap());
    next.dials = own;
    assert!(!shop.store.save_business(2, &next, at(3)).await.unwrap());
    assert!(shop.store.save_business(3, &next, at(4)).await.unwrap());
    let change = |before, after| vec![DialChange { dial: "tone".to_owned(), before, after }];
    let professional = DialSetting::Own("professional".to_owned());
    let (set, reset) = (
        change(DialSetting::INHERITED, professional.clone()),
        change(professional, DialSetting::INHERITED),
    );
    let audited = history().await;
    assert_eq!(audited[0], DialAudit { version: 4, at: at(4), changes: reset });
    assert_eq!(audited[1], DialAudit { version: 2, at: at(1), changes: set });
    assert_eq!(audited[2..], seeded, "what a tenant was made with comes first");
    assert_eq!(shop.store.dial_history(1).await.unwrap(), audited[..1]);
    let other = Shop::open_as(store, "demo-dental").await;
    assert!(other.store.dial_history(10).await.unwrap().iter().all(|audit| audit.version == 1));
}

/// Snippets are added, replaced and removed; the newest comes first.
pub async fn snippets_come_newest_first(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let before = shop.store.snippets().await.unwrap();
    let mut changed: Snippet = before.last().unwrap().clone();
    changed.body = "Tuko Moi Avenue, ghorofa ya pili.".into();
    changed.updated_at = at(5);
    shop.store.put_snippet(&changed).await.unwrap();
    let after = shop.store.snippets().await.unwrap();
    assert_eq!((after.len(), &after[0]), (before.len(), &changed));
    assert!(shop.store.delete_snippet(changed.id).await.unwrap());
    assert!(!shop.store.delete_snippet(changed.id).await.unwrap());
    assert_eq!(shop.store.snippets().await.unwrap().len(), before.len() - 1);
}

/// Nothing of a tenant that is not served is due; its messages are kept.
pub async fn a_suspended_tenant_has_nothing_due(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    shop.store.enqueue(&[shop.reply(customer, "a", "1")]).await.unwrap();
    assert!(store.set_status(shop.tenant, TenantStatus::Suspended).await.unwrap());
    let tenant = store.tenant(shop.tenant).await.unwrap().unwrap();
    assert_eq!(tenant.status, TenantStatus::Suspended);
    let claim = async || store.claim_due(at(5), at(5), at(6), 10).await.unwrap();
    assert!(claim().await.is_empty());
    assert_eq!(store.next_due().await.unwrap(), None);
    shop.customer(1).await;
    assert!(store.set_status(shop.tenant, TenantStatus::Active).await.unwrap());
    assert_eq!(claim().await.len(), 2);
    assert!(!store.set_status(shop.id(), TenantStatus::Active).await.unwrap());
}

/// A tenant with much to do does not keep another waiting.
pub async fn due_work_is_fair_between_tenants(store: &dyn Store) {
    let (busy, quiet) = (Shop::open(store).await, Shop::open_as(store, "demo-dental").await);
    let customer = busy.customer(1).await;
    let many: Vec<_> = (0..20).map(|n| busy.reply(customer, &format!("lane {n}"), "hi")).collect();
    busy.store.enqueue(&many).await.unwrap();
    let customer = quiet.customer(1).await;
    quiet.store.enqueue(&[quiet.reply(customer, "a", "hi")]).await.unwrap();
    let now = at(9);
    let work = store.claim_due(now, at(-1), lease_until(now), 4).await.unwrap();
    let tenants: Vec<_> = work
        .iter()
        .map(|work| match work {
            DueWork::Lane { tenant, .. }
            | DueWork::Outbox { tenant, .. }
            | DueWork::Timer { tenant, .. } => *tenant,
        })
        .collect();
    assert_eq!(tenants.len(), 4);
    assert_eq!(tenants.iter().filter(|t| **t == quiet.tenant).count(), 1);
    let rest = store.claim_due(now, at(-1), lease_until(now), 100).await.unwrap();
    assert_eq!(rest.len(), 17, "what was claimed is leased");
}

/// Lanes that wait do not keep timers and messages from being found.
pub async fn due_work_is_fair_between_kinds(store: &dyn Store) {
    let shop = Shop::open(store).await;
    for peer in 0..10 {
        shop.customer(peer).await;
    }
    let customer = shop.customer(1).await;
    shop.store.enqueue(&[shop.reply(customer, "a", "hi")]).await.unwrap();
    let work = store.claim_due(at(9), at(9), at(10), 2).await.unwrap();
    assert!(work.iter().any(|work| matches!(work, DueWork::Outbox { .. })), "{work:?}");
}

/// What can't be handled is kept whole until somebody deals with it.
pub async fn dead_letters_are_kept_until_settled(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let letter = |kind, raw: &str| DeadLetter {
        id: shop.id(),
        kind,
        source: "whatsapp".into(),
        reason: "nobody we know".into(),
        raw: raw.into(),
        token: Some("f00d".into()),
        received_at: at(0),
        settled_at: None,
        dismissed_because: None,
    };
    let first = letter(DeadLetterKind::Quarantine, "{\"a\":\"ö\"}");
    let second = letter(DeadLetterKind::UnroutedCallback, "not json at all");
    for letter in [&first, &second, &first] {
        store.bury(letter).await.unwrap();
    }
    assert_eq!(store.dead_letters(None, 10).await.unwrap(), [first.clone(), second.clone()]);
    let callbacks = Some(DeadLetterKind::UnroutedCallback);
    assert_eq!(store.dead_letters(callbacks, 10).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(store.dead_letters(None, 1).await.unwrap(), std::slice::from_ref(&first));
    assert!(store.settle_dead_letter(first.id, at(3), None).await.unwrap());
    assert!(!store.settle_dead_letter(first.id, at(4), Some("late")).await.unwrap());
    assert_eq!(store.dead_letters(None, 10).await.unwrap(), std::slice::from_ref(&second));
    let settled = store.dead_letter(first.id).await.unwrap().unwrap();
    let replayed = DeadLetter { settled_at: Some(at(3)), ..first };
    assert_eq!(settled, replayed, "what came too late changes nothing");
    let why = Some("refunded by hand, receipt RKT1");
    assert!(store.settle_dead_letter(second.id, at(5), why).await.unwrap());
    let dismissed =
        DeadLetter { settled_at: Some(at(5)), dismissed_because: why.map(str::to_owned), ..second };
    assert_eq!(store.dead_letters(None, 10).await.unwrap(), []);
    assert_eq!(store.settled_dead_letters(1).await.unwrap(), std::slice::from_ref(&dismissed));
    assert_eq!(store.settled_dead_letters(10).await.unwrap(), [dismissed, replayed]);
}

/// A deleted tenant leaves nothing; its neighbour keeps everything, and its name can be had again.
pub async fn a_deleted_tenant_leaves_nothing(store: &dyn Store) {
    let (gone, stays) = (Shop::open(store).await, Shop::open_as(store, "demo-salon").await);
    let mut payments = Vec::new();
    for shop in [&gone, &stays] {
        let (customer, thread) = shop.talker(1).await;
        let payment = shop.payment(customer, thread);
        payments.push(payment.clone());
        let writes = vec![
            Write::Hold(vec![shop.hold(customer, 60)]),
            Write::NewPayment(payment),
            Write::Unanswered { question: "parking?".into() },
        ];
        shop.changed(1, at(0), writes).await;
        shop.store.enqueue(&[shop.reply(customer, "a", "hi")]).await.unwrap();
    }
    assert!(store.delete_tenant(gone.tenant).await.unwrap());
    assert!(!store.delete_tenant(gone.tenant).await.unwrap());
    assert!(store.tenant(gone.tenant).await.unwrap().is_none());
    assert!(store.payment_route(&payments[0].callback_token).await.unwrap().is_none());
    assert!(store.payment_route(&payments[1].callback_token).await.unwrap().is_some());
    assert!(gone.store.business().await.unwrap().is_none());
    assert!(gone.store.threads(10).await.unwrap().is_empty());
    assert!(gone.store.unanswered(10).await.unwrap().is_empty());
    assert!(store.accounts(gone.tenant).await.unwrap().is_empty());
    assert_eq!(stays.store.threads(10).await.unwrap().len(), 1);
    assert_eq!(stays.store.unanswered(10).await.unwrap().len(), 1);
    let NewTenant { business, .. } = new_tenant("demo-barbershop");
    assert_eq!(business.tenant.id, gone.tenant);
    store.create_tenant(&new_tenant("demo-barbershop")).await.unwrap();
    assert!(gone.store.threads(10).await.unwrap().is_empty(), "the new tenant starts empty");
}
