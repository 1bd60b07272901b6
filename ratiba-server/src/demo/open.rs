//! Opens the demo: stand-ins, tenants, bookings, then the same server as everywhere.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use ratiba_core::Ratiba;
use ratiba_core::demo::{DemoTenant, tenant};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::{Mint, TenantId};
use ratiba_core::domain::template::TemplatePurpose;
use ratiba_core::domain::tenant::{Business, Rail};
use ratiba_core::engine::Role;
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::payment::Merchant;
use ratiba_core::ports::sms::SmsAccount;
use ratiba_core::ports::store::{NewInbox, NewTenant, Store, StoreError};
use ratiba_core::sim::africastalking::{AfricasTalkingSim, SimSmsAccount};
use ratiba_core::sim::meta::{
    MessagingSim, MessagingSimConfig, MetaSim, MetaSimConfig, Person, Platform, Statuses,
    Template as SimTemplate,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::people::{PERSONAS, SHOPS, Shop, regulars, token};
use super::{Demo, DemoClock, cards, prompts, seed};
use crate::app::App;
use crate::config::{MetaApp, Settings};
use crate::run::Failure;
use crate::signals::Stop;
use crate::wiring::{Opened, World, open_hot, open_store, wire};

/// Seeded ids date from here, so that they are the same on every start.
const SEEDED_AT_SECOND: i64 = 1_767_225_600;

/// Opens everything. `url` is where the server listens; webhooks of the stand-ins go there.
pub(crate) async fn open(settings: &Settings, url: &str, stop: Stop) -> Result<App, Failure> {
    let clock = Arc::new(DemoClock::starting_at(settings.clock));
    let hot = open_hot(settings).await?;
    let wake = Arc::clone(&hot.wake);
    let Opened { store, migrator } = open_store(settings).await?;
    let meta = start_meta(settings, Arc::<DemoClock>::clone(&clock)).await?;
    let instagram = start_messaging(
        Platform::Instagram,
        settings.instagram.as_ref(),
        Arc::<DemoClock>::clone(&clock),
    );
    let instagram = instagram.await?;
    let messenger = start_messaging(
        Platform::Messenger,
        settings.messenger.as_ref(),
        Arc::<DemoClock>::clone(&clock),
    );
    let messenger = messenger.await?;
    let sms = start_sms(Arc::<DemoClock>::clone(&clock)).await?;
    let daraja = prompts::start(Arc::<DemoClock>::clone(&clock)).await?;
    let public_url = settings.public_url.as_deref().unwrap_or(url);
    let pesapal = cards::start(Arc::<DemoClock>::clone(&clock), public_url).await?;
    let mut shops = HashMap::new();
    for (n, shop) in (1..).zip(&SHOPS) {
        let DemoTenant { business, snippets } = tenant(shop.slug).ok_or(Failure::Open {
            what: "a demo tenant",
            source: "there is none of that name".into(),
        })?;
        let mint = Mint {
            at: Timestamp::from_second(SEEDED_AT_SECOND).unwrap_or_default(),
            seed: 0x5EED + n,
        };
        add_number(&meta, shop, &business);
        instagram.add_page(shop.instagram, &token(shop.instagram));
        messenger.add_page(shop.page, &token(shop.page));
        sms.add_account(SimSmsAccount {
            username: shop.slug.to_owned(),
            api_key: token(shop.slug),
            sender: None,
        });
        shops.insert(shop.slug, (business.tenant.id, business.tenant.name.clone()));
        let now = clock.now();
        let id = business.tenant.id;
        let regulars = regulars(shop, mint, now);
        let new = NewTenant {
            accounts: accounts(shop, id),
            merchants: merchants(shop, id),
            business,
            snippets,
            created_at: now,
        };
        settle(store.as_ref(), &new, &regulars, mint)
            .await
            .map_err(|error| Failure::Open { what: "a demo tenant", source: error.into() })?;
        let stored = store.put_sms_account(&texts(shop, id)).await;
        stored.map_err(|error| Failure::Open { what: "an SMS account", source: error.into() })?;
    }
    let world = World {
        store,
        clock: Arc::<DemoClock>::clone(&clock),
        hot,
        role: Role::Both,
        graph_urls: [meta.base_url(), instagram.base_url(), messenger.base_url()].map(Some),
        daraja_url: Some(daraja.base_url()),
        sms_url: Some(sms.base_url()),
        pesapal_url: Some(pesapal.base_url()),
        public_url,
    };
    let wired = wire(settings, world)?;
    let mut app = App::new(wired, migrator, settings, stop);
    app.demo = Some(Arc::new(Demo {
        clock,
        wake,
        meta,
        instagram,
        messenger,
        sms,
        daraja,
        pesapal,
        shops,
    }));
    Ok(app)
}

/// A shop's number at the stand-in of WhatsApp, with its owners and its approved templates.
fn add_number(meta: &MetaSim, shop: &Shop, business: &Business) {
    meta.add_number(shop.account, shop.number, &token(shop.account));
    let second = shop.second_shown.replace(' ', "").replacen('0', "254", 1);
    meta.add_number(shop.second_account, &second, &token(shop.second_account));
    for owner in &business.admins {
        meta.add_person(Person::new(owner.digits(), "Owner"));
    }
    for template in &business.settings.templates {
        meta.add_template(SimTemplate {
            name: template.name.clone(),
            language: template.language.code().to_owned(),
            category: "utility".to_owned(),
            parameters: match template.purpose {
                TemplatePurpose::Reminder => 1,
                TemplatePurpose::Notice | TemplatePurpose::Page => 2,
            },
            paused: false,
        });
    }
}

async fn start_sms(clock: Arc<dyn Clock>) -> Result<AfricasTalkingSim, Failure> {
    AfricasTalkingSim::start(clock).await.map_err(|error| Failure::Open {
        what: "the stand-in of Africa's Talking",
        source: error.into(),
    })
}

/// A shop's account for text messages.
fn texts(shop: &Shop, tenant: TenantId) -> SmsAccount {
    SmsAccount {
        tenant,
        username: shop.slug.to_owned(),
        api_key: token(shop.slug).into(),
        sender: None,
        delivery_token: token(shop.slug),
    }
}

impl Demo {
    /// Once requests are answered: connects the stand-ins, and lets each owner ask for the day, which opens their phone's chat.
    pub(crate) async fn begin(&self, ratiba: &Ratiba, url: &str) {
        let webhook = |channel: &str| format!("{url}/api/v1/webhooks/{channel}");
        self.meta.set_webhook(&webhook("whatsapp"));
        self.instagram.set_webhook(&webhook("instagram"));
        self.messenger.set_webhook(&webhook("messenger"));
        self.greet_owners(ratiba).await;
    }

    /// WhatsApp lets a business write freely for a day after a person's last message, so owners check in as the days go by.
    pub(super) async fn greet_owners(&self, ratiba: &Ratiba) {
        for shop in &SHOPS {
            let Ok(business) = ratiba.business(self.tenant(shop)).await else { continue };
            for owner in &business.admins {
                self.meta.chat(shop.account, owner.digits()).say("/today");
            }
        }
    }
}

/// What the stand-in of one of Meta's channels signs with, and the word that it repeats.
fn secrets(app: Option<&MetaApp>) -> (String, String) {
    let reveal = |secret: &SecretString| secret.expose_secret().to_owned();
    let app_secret = app.and_then(|app| app.app_secrets.first());
    (
        app_secret.map(reveal).unwrap_or_default(),
        app.map(|app| reveal(&app.verify_token)).unwrap_or_default(),
    )
}

async fn start_messaging(
    platform: Platform,
    app: Option<&MetaApp>,
    clock: Arc<dyn Clock>,
) -> Result<MessagingSim, Failure> {
    let (app_secret, verify_token) = secrets(app);
    let receipts = Statuses::UpToRead;
    let config = MessagingSimConfig { platform, app_secret, verify_token, receipts, clock };
    MessagingSim::start(config).await.map_err(|error| Failure::Open {
        what: "a stand-in of Instagram or Messenger",
        source: error.into(),
    })
}

async fn start_meta(settings: &Settings, clock: Arc<dyn Clock>) -> Result<MetaSim, Failure> {
    let (app_secret, verify_token) = secrets(settings.whatsapp.as_ref());
    let statuses = Statuses::UpToRead;
    let meta = MetaSim::start(MetaSimConfig { app_secret, verify_token, statuses, clock });
    let meta = meta.await.map_err(|error| Failure::Open {
        what: "the stand-in of WhatsApp",
        source: error.into(),
    })?;
    for persona in &PERSONAS {
        meta.add_person(Person::new(persona.phone, persona.name));
    }
    Ok(meta)
}

/// Makes the tenant with its bookings; one that a former run has left in the data folder stays as it is.
async fn settle(
    store: &dyn Store,
    new: &NewTenant,
    regulars: &[NewInbox],
    mint: Mint,
) -> Result<(), StoreError> {
    let id = new.business.tenant.id;
    if store.tenant(id).await?.is_some() {
        return Ok(());
    }
    store.create_tenant(new).await?;
    let own = store.of(id);
    let mut customers = Vec::with_capacity(regulars.len());
    for (accepted, regular) in own.accept_all(regulars).await?.iter().zip(regulars) {
        customers.push(accepted.customer);
        // Nobody waits for an answer to it.
        own.skip(regular.id, new.created_at).await?;
    }
    for booking in seed::appointments(&new.business, &customers, new.created_at, mint) {
        // A pattern never overlaps itself, so each one is taken.
        own.enter(&booking).await?;
    }
    Ok(())
}

fn accounts(shop: &Shop, tenant: TenantId) -> Vec<ChannelAccount> {
    let account = |channel, account: &str, token: SecretString| ChannelAccount {
        tenant,
        channel,
        account: account.to_owned(),
        token,
    };
    let meta = |channel, id: &str| account(channel, id, token(id).into());
    vec![
        meta(ChannelKind::Whatsapp, shop.account),
        meta(ChannelKind::Instagram, shop.instagram),
        meta(ChannelKind::Messenger, shop.page),
        account(ChannelKind::Web, shop.slug, SecretString::default()),
    ]
}

fn merchants(shop: &Shop, tenant: TenantId) -> Vec<Merchant> {
    vec![
        Merchant { tenant, rail: Rail::Mpesa, credentials: prompts::credentials(shop).into() },
        Merchant { tenant, rail: Rail::Card, credentials: cards::credentials(shop).into() },
    ]
}
