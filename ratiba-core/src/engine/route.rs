//! Which way a message goes: in the conversation while it is open, else by the cheapest way that is allowed.

use jiff::{SignedDuration, Timestamp};

use super::error::EngineError;
use super::handle::Inner;
use super::naming::{InPlace, id_in_place_of, lane_of_texts};
use super::turn::Turn;
use crate::domain::channel::{ChannelKind, SessionWindow};
use crate::domain::customer::Customer;
use crate::domain::id::TenantId;
use crate::domain::message::{Language, Reply};
use crate::domain::route::{Purpose, Route, Sink, TemplateMessage, Ways, Why, cheapest};
use crate::domain::sms::{plain, segments};
use crate::domain::template::{Template, TemplatePurpose, one_line};
use crate::domain::tenant::Business;
use crate::ports::fault::FaultKind;
use crate::ports::outbox::{EXPIRED, OutboxItem, Outgoing};
use crate::ports::store::{StoreError, TenantStore};

/// A window counts as closed a little before the provider closes it: the message still has to get there.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

impl Turn<'_> {
    /// The cheapest way that is allowed; `None`: there is none, and nothing is sent.
    pub(super) async fn route(
        &self,
        purpose: Purpose,
        reply: &Reply,
        language: Language,
    ) -> Result<Option<Route>, EngineError> {
        let reach = Reach {
            engine: self.engine,
            store: self.store,
            business: &self.loaded.business,
            customer: &self.customer,
            channel: self.stored.address.channel,
            window: self.stored.capabilities.session_window,
            last_inbound_at: self.stored.last_inbound_at,
            now: self.now,
        };
        reach.route(purpose, reply, language).await
    }
}

/// What decides by which way a customer is reached.
pub(super) struct Reach<'a> {
    pub(super) engine: &'a Inner,
    pub(super) store: &'a dyn TenantStore,
    pub(super) business: &'a Business,
    pub(super) customer: &'a Customer,
    pub(super) channel: ChannelKind,
    pub(super) window: SessionWindow,
    /// When they last wrote on that channel.
    pub(super) last_inbound_at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Reach<'_> {
    /// The cheapest way that is allowed; `None`: there is none, and nothing is sent.
    pub(super) async fn route(
        &self,
        purpose: Purpose,
        reply: &Reply,
        language: Language,
    ) -> Result<Option<Route>, EngineError> {
        let needs_watching = self.window == SessionWindow::Unlimited;
        let open = match self.window {
            SessionWindow::Unlimited => true,
            // Whether the call goes on is for the channel to know; nobody is called for a reminder.
            SessionWindow::WhileConnected => purpose == Purpose::Reply,
            SessionWindow::Minutes(minutes) => self.last_inbound_at.is_some_and(|last| {
                let length = SignedDuration::from_mins(i64::from(minutes)) - MARGIN;
                self.now.duration_since(last) < length
            }),
        };
        let opted_out = self.customer.opted_out;
        if open && (purpose == Purpose::Reply || !(needs_watching || opted_out)) {
            return Ok(Some(Route::default()));
        }
        let ways = Ways {
            open,
            needs_watching,
            template: self.template(purpose, reply, language),
            sms: self.text_message(purpose, reply).await?,
            opted_out,
        };
        let route = cheapest(purpose, ways, self.engine.parts.sink_prices);
        if let Some(route) = &route {
            tracing::info!(
                sink = route.sink.as_str(),
                why = ?route.why,
                expected_cost = route.expected_cost,
                "a message goes outside of an open conversation"
            );
        } else {
            let channel = self.channel.as_str();
            metrics::counter!("ratiba_unreachable_total", "channel" => channel).increment(1);
            tracing::info!(
                "nobody can be told: the conversation is closed and no other way leads to them"
            );
        }
        Ok(route)
    }

    /// The tenant's approved template for this, filled in; only to somebody who has written to us on a channel that has templates.
    fn template(
        &self,
        purpose: Purpose,
        reply: &Reply,
        language: Language,
    ) -> Option<TemplateMessage> {
        let channel = self.engine.parts.channels.get(&self.channel)?;
        if !channel.takes_templates() {
            return None;
        }
        let business = self.business;
        let fits = |template: &&Template| {
            template.is_usable()
                && template.purpose == TemplatePurpose::from(purpose)
                && template.language == language
        };
        let template = business.settings.templates.iter().find(fits)?;
        Some(TemplateMessage {
            name: template.name.clone(),
            language: language.code().to_owned(),
            parameters: match purpose {
                // A reminder begins with the business's name already.
                Purpose::Reminder => vec![one_line(&reply.text)],
                Purpose::Reply => vec![one_line(&business.tenant.name), one_line(&reply.text)],
            },
        })
        .filter(|message| message.parameters.iter().all(|parameter| !parameter.is_empty()))
    }

    /// The customer's number and the words, where the tenant can send texts and the number takes them.
    async fn text_message(
        &self,
        purpose: Purpose,
        reply: &Reply,
    ) -> Result<Option<(crate::domain::phone::Phone, String)>, EngineError> {
        let Some(phone) = self.customer.phone.clone() else { return Ok(None) };
        let tenant = self.store.tenant();
        if !self.engine.sends_sms(tenant).await? || self.store.sms_blocked(&phone).await? {
            return Ok(None);
        }
        // A reminder begins with the business's name already.
        let name = match purpose {
            Purpose::Reply => Some(self.business.tenant.name.as_str()),
            Purpose::Reminder => None,
        };
        Ok(Some((phone, text_of(name, reply))).filter(|(_, text)| !text.is_empty()))
    }
}

impl Inner {
    /// Whether a tenant can send texts.
    pub(super) async fn sends_sms(&self, tenant: TenantId) -> Result<bool, StoreError> {
        Ok(self.parts.sms.is_some() && self.parts.store.sms_account(tenant).await?.is_some())
    }

    /// A reply that its channel would not or could not bring goes by SMS, where that helps and is possible: the row for it.
    pub(super) async fn sms_instead(
        &self,
        tenant: TenantId,
        item: &OutboxItem,
        kind: FaultKind,
        code: Option<&str>,
    ) -> Result<Option<OutboxItem>, EngineError> {
        let Outgoing::Reply { to, reply, repeatable, route } = &item.what else { return Ok(None) };
        if code == Some(EXPIRED) {
            return Ok(None);
        }
        let helps = match &route.sink {
            Sink::Sms { .. } => false,
            Sink::Template { .. } => {
                matches!(
                    kind,
                    FaultKind::WindowClosed | FaultKind::Rejected | FaultKind::Misconfigured
                )
            }
            Sink::Session => {
                kind == FaultKind::WindowClosed
                    || (kind == FaultKind::Rejected && code == Some(UNDELIVERABLE))
            }
        };
        if !helps || !self.sends_sms(tenant).await? {
            return Ok(None);
        }
        let store = self.parts.store.of(tenant);
        let customer = store.customer(item.customer).await?;
        let Some(phone) = customer.and_then(|customer| customer.phone) else { return Ok(None) };
        if store.sms_blocked(&phone).await? {
            return Ok(None);
        }
        let is_reminder = item.lane.starts_with("reminder:");
        let name = self.business(tenant, None).await?.business.tenant.name.clone();
        let text = text_of(Some(name.as_str()).filter(|_| !is_reminder), reply);
        let parts = i64::from(segments(&text).parts.max(1));
        let expected_cost = self.parts.sink_prices.sms_part * parts;
        let id = id_in_place_of(item, InPlace::AnotherWay);
        let lane = lane_of_texts(&phone);
        let sink = Sink::Sms { to: phone, text };
        Ok(Some(OutboxItem {
            id,
            customer: item.customer,
            thread: item.thread,
            lane,
            what: Outgoing::Reply {
                to: to.clone(),
                reply: reply.clone(),
                repeatable: *repeatable,
                route: Route { sink, why: Why::Fallback, expected_cost },
            },
            attempts: 0,
            created_at: self.parts.clock.now(),
            useful_until: item.useful_until,
        }))
    }
}

/// The code with which WhatsApp says that somebody can't be reached there: no account, or an app that is too old.
const UNDELIVERABLE: &str = "131026";

/// A reply as a text: the words and the link, in the cheap alphabet. Nobody can answer a text of ours, so choices are left out.
pub(super) fn text_of(name: Option<&str>, reply: &Reply) -> String {
    let mut text = String::new();
    if let Some(name) = name {
        text.push_str(name);
        text.push_str(": ");
    }
    text.push_str(reply.text.trim());
    if let Some(link) = &reply.link {
        text.push(' ');
        text.push_str(&link.url);
    }
    plain(&text)
}
