//! Opens a scenario: the fixture with its changes, its accounts and whatever the document says was there before.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;

use super::{ACCOUNT, Behind, Scenario, ScenarioError, broken};
use crate::demo;
use crate::domain::channel::ChannelKind;
use crate::domain::knowledge::Snippet;
use crate::domain::tenant::{Business, Rail};
use crate::engine::Ratiba;
use crate::ports::channel::ChannelAccount;
use crate::ports::payment::{Merchant, PaymentProvider};
use crate::ports::sms::SmsAccount;
use crate::ports::store::{NewTenant, Store};
use crate::testing::channel::RecordingChannel;
use crate::testing::clock::{ManualClock, SeededEntropy};
use crate::testing::golden::{Given, Golden, TenantSpec};
use crate::testing::llm::ScriptedModel;
use crate::testing::payments::ScriptedPayments;
use crate::testing::sms::RecordingSms;

impl Scenario {
    pub(super) async fn begin(
        golden: &Golden,
        business: Business,
        snippets: Vec<Snippet>,
        store: Arc<dyn Store>,
        behind: &Behind,
    ) -> Result<Self, ScenarioError> {
        let kind = kind_of(&golden.channel)?;
        let clock = Arc::new(ManualClock::at(golden.now));
        // Admins are reached over WhatsApp, whatever the customer uses.
        let mut channels = BTreeMap::new();
        let elsewhere = golden.turns.iter().filter_map(|turn| turn.on.as_ref());
        for name in [golden.channel.as_str(), "whatsapp"]
            .into_iter()
            .chain(elsewhere.map(|place| place.channel.as_str()))
        {
            let kind = kind_of(name)?;
            channels.entry(kind).or_insert_with(|| Arc::new(RecordingChannel::new(kind)));
        }
        let mpesa = Arc::new(ScriptedPayments::new(Rail::Mpesa));
        let card = Arc::new(ScriptedPayments::new(Rail::Card));
        let account = |channel: ChannelKind| ChannelAccount {
            tenant: business.tenant.id,
            channel,
            account: ACCOUNT.to_owned(),
            token: SecretString::from("golden"),
        };
        let accounts = channels.keys().copied().map(account).collect();
        let rails = business.settings.payment.rails.iter();
        let merchants = rails
            .map(|rail| Merchant {
                tenant: business.tenant.id,
                rail: *rail,
                credentials: SecretString::from("{}"),
            })
            .collect();
        let new = NewTenant {
            business: business.clone(),
            snippets,
            accounts,
            merchants,
            created_at: golden.now,
        };
        attempt!("the tenant can't be made", store.create_tenant(&new).await);
        let texts = SmsAccount {
            tenant: business.tenant.id,
            username: ACCOUNT.to_owned(),
            api_key: SecretString::from(ACCOUNT),
            sender: None,
            delivery_token: ACCOUNT.to_owned(),
        };
        attempt!("the SMS account can't be stored", store.put_sms_account(&texts).await);
        let sms = Arc::new(RecordingSms::default());
        let mut builder = Ratiba::builder()
            .store(store)
            .clock(Arc::clone(&clock) as _)
            .entropy(Arc::new(SeededEntropy::new(0x5EED)))
            .sms(Arc::clone(&sms) as _)
            .payments(Arc::clone(&mpesa) as Arc<dyn PaymentProvider>)
            .payments(Arc::clone(&card) as Arc<dyn PaymentProvider>)
            .public_url("https://golden.example");
        for channel in channels.values() {
            builder = builder.channel(Arc::clone(channel) as _);
        }
        if !golden.models.is_empty() {
            // One for each provider of the table, so that every chain finds somebody.
            for name in ["anthropic", "openai"] {
                let model = ScriptedModel::named(name);
                golden.models.iter().cloned().for_each(|rule| model.rule(rule));
                builder = builder.llm(Arc::new(model));
            }
        }
        for llm in &behind.llms {
            builder = builder.llm(Arc::clone(llm));
        }
        if let Some(plan) = &behind.plan {
            builder = builder.model_plan(plan.clone());
        }
        if let Some(patience) = behind.patience {
            builder = builder.model_patience(patience);
        }
        let ratiba = attempt!("the engine can't be built", builder.build());
        let scenario = Self {
            ratiba,
            clock,
            channels,
            sms,
            texts_seen: 0,
            told_seen: 0,
            mpesa,
            card,
            business,
            kind,
            customer: golden.customer.clone(),
            customer_name: golden.customer_name.clone(),
            messages: 0,
            offered: Vec::new(),
            transcript: String::new(),
        };
        for (n, given) in golden.given.iter().enumerate() {
            let Given::Booked(booked) = given;
            scenario.book_for_another(n, booked).await?;
        }
        Ok(scenario)
    }
}

pub(super) fn kind_of(name: &str) -> Result<ChannelKind, ScenarioError> {
    ChannelKind::from_name(name)
        .ok_or_else(|| ScenarioError(format!("there is no channel `{name}`")))
}

pub(super) fn tenant(spec: &TenantSpec) -> Result<(Business, Vec<Snippet>), ScenarioError> {
    let slug = match spec {
        TenantSpec::Fixture(slug) => slug,
        TenantSpec::Changed(changes) => &changes.fixture,
    };
    let fixture =
        demo::tenant(slug).ok_or_else(|| ScenarioError(format!("there is no fixture `{slug}`")))?;
    let mut business = fixture.business;
    if let TenantSpec::Changed(changes) = spec {
        let settings = &mut business.settings;
        if let Some(deposit) = changes.deposit {
            settings.payment.deposit = deposit;
        }
        settings.asks_staff = changes.asks_staff.unwrap_or(settings.asks_staff);
        settings.asks_phone = changes.asks_phone.unwrap_or(settings.asks_phone);
        settings.payment.venue_fallback =
            changes.venue_fallback.unwrap_or(settings.payment.venue_fallback);
        settings.hold_min = changes.hold_min.unwrap_or(settings.hold_min);
        settings.payment_window_min =
            changes.payment_window_min.unwrap_or(settings.payment_window_min);
        settings.no_show = changes.no_show.unwrap_or(settings.no_show);
        business.tenant.locale = changes.locale.unwrap_or(business.tenant.locale);
        if let Some(dials) = &changes.dials {
            let base = business.dials.clone();
            let over = dials.clone();
            business.dials = crate::domain::dials::DialOverrides {
                tone: over.tone.or(base.tone),
                greeting: over.greeting.or(base.greeting),
                upsell: over.upsell.or(base.upsell),
                cancellation_tone: over.cancellation_tone.or(base.cancellation_tone),
                honorific: over.honorific.or(base.honorific),
                cross_sell: over.cross_sell.or(base.cross_sell),
                language: over.language.or(base.language),
                emoji: over.emoji.or(base.emoji),
            };
        }
    }
    Ok((business, fixture.snippets))
}
