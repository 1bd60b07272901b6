//! Reaching an owner: freely on WhatsApp while they have written within a day, else by a template, else by SMS; the cheapest that is allowed.
//!
//! Whether their window is open only WhatsApp knows: it is asked by sending, which costs nothing where it is closed.

use super::error::EngineError;
use super::handle::Inner;
use super::naming::{InPlace, id_in_place_of, lane_of_texts};
use crate::domain::channel::{Address, ChannelKind};
use crate::domain::id::TenantId;
use crate::domain::message::Reply;
use crate::domain::phone::Phone;
use crate::domain::route::{Purpose, Route, Sink, TemplateMessage, Ways, Why, cheapest};
use crate::domain::sms::{cut, plain};
use crate::domain::template::{TemplatePurpose, one_line};
use crate::domain::tenant::Business;
use crate::ports::fault::FaultKind;
use crate::ports::outbox::{Attempt, EXPIRED, OutboxItem, Outgoing};

/// The most parts of an SMS to an owner: it says that somebody needs them, the rest is to be read on WhatsApp.
const PARTS: u32 = 2;

impl Inner {
    /// Admins are reached over the tenant's own WhatsApp number: it is where owners live. So are numbers that somebody has to prove.
    pub(super) async fn send_to_phone(
        &self,
        tenant: TenantId,
        item: &OutboxItem,
        to: &Phone,
        text: &str,
        template: Option<&TemplateMessage>,
    ) -> Result<Attempt, EngineError> {
        let accounts = self.parts.store.accounts(tenant).await?;
        match accounts.into_iter().find(|account| account.channel == ChannelKind::Whatsapp) {
            Some(account) => {
                let address = Address {
                    channel: ChannelKind::Whatsapp,
                    account: account.account,
                    peer: to.digits().to_owned(),
                };
                self.send(item, &address, &Reply::text(text), template).await
            }
            None => Ok(Attempt::Failed {
                kind: FaultKind::Misconfigured,
                code: Some("no whatsapp account".to_owned()),
            }),
        }
    }

    /// What an owner could not be told one way goes another, where there is one: the row for it.
    pub(super) async fn owner_instead(
        &self,
        tenant: TenantId,
        item: &OutboxItem,
        kind: FaultKind,
        code: Option<&str>,
    ) -> Result<Option<OutboxItem>, EngineError> {
        let Outgoing::Admin { to, text, route } = &item.what else { return Ok(None) };
        let Some(left) = left_after(&route.sink, kind, code) else { return Ok(None) };
        let loaded = self.business(tenant, None).await?;
        let business = &loaded.business;
        let has_templates = self.parts.channels.get(&ChannelKind::Whatsapp);
        let template = (left == Left::TemplateOrSms)
            .then(|| page(business, text))
            .flatten()
            .filter(|_| has_templates.is_some_and(|channel| channel.takes_templates()));
        let store = self.parts.store.of(tenant);
        let can_text = self.sends_sms(tenant).await? && !store.sms_blocked(to).await?;
        let sms = can_text.then(|| (to.clone(), short(business, text)));
        let ways = Ways { open: false, needs_watching: false, template, sms, opted_out: false };
        let Some(route) = cheapest(Purpose::Reply, ways, self.parts.sink_prices) else {
            return Ok(None);
        };
        let route = Route { why: Why::Fallback, ..route };
        let lane = match &route.sink {
            Sink::Sms { .. } => lane_of_texts(to),
            Sink::Session | Sink::Template { .. } => item.lane.clone(),
        };
        let id = id_in_place_of(item, InPlace::AnotherWay);
        Ok(Some(OutboxItem {
            id,
            lane,
            what: Outgoing::Admin { to: to.clone(), text: text.clone(), route },
            attempts: 0,
            created_at: self.parts.clock.now(),
            ..item.clone()
        }))
    }
}

/// What is left to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    TemplateOrSms,
    Sms,
}

/// What is left once a way has failed so; `None`: nothing that would help.
fn left_after(sink: &Sink, kind: FaultKind, code: Option<&str>) -> Option<Left> {
    if code == Some(EXPIRED) {
        return None;
    }
    match (sink, kind) {
        (Sink::Session, FaultKind::WindowClosed) => Some(Left::TemplateOrSms),
        // Not on WhatsApp, no number there, or a template that is not as it was registered.
        (
            Sink::Session | Sink::Template { .. },
            FaultKind::Rejected | FaultKind::Misconfigured | FaultKind::WindowClosed,
        ) => Some(Left::Sms),
        _ => None,
    }
}

/// The tenant's approved template for owners, filled in: the business's name and the words.
fn page(business: &Business, text: &str) -> Option<TemplateMessage> {
    let language = business.tenant.locale;
    let template = business.settings.templates.iter().find(|template| {
        template.is_usable()
            && template.purpose == TemplatePurpose::Page
            && template.language == language
    })?;
    let parameters = vec![one_line(&business.tenant.name), one_line(text)];
    let filled = parameters.iter().all(|parameter| !parameter.is_empty());
    let (name, language) = (template.name.clone(), language.code().to_owned());
    filled.then_some(TemplateMessage { name, language, parameters })
}

/// The words as a text of few parts.
fn short(business: &Business, text: &str) -> String {
    cut(&plain(&format!("{}: {}", business.tenant.name, one_line(text))), PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sms::segments;

    #[test]
    fn a_closed_window_leaves_a_template_or_sms_and_a_bad_template_leaves_sms() {
        let template = Sink::Template {
            message: TemplateMessage {
                name: "t".into(),
                language: "en".into(),
                parameters: Vec::new(),
            },
        };
        let sms =
            Sink::Sms { to: Phone::from_provider("254712345678").unwrap(), text: String::new() };
        for (sink, kind, code, left) in [
            (&Sink::Session, FaultKind::WindowClosed, Some("131047"), Some(Left::TemplateOrSms)),
            (&Sink::Session, FaultKind::Rejected, Some("131026"), Some(Left::Sms)),
            (&Sink::Session, FaultKind::Misconfigured, None, Some(Left::Sms)),
            (&Sink::Session, FaultKind::Unknown, None, None),
            (&Sink::Session, FaultKind::Rejected, Some(EXPIRED), None),
            (&template, FaultKind::Misconfigured, Some("132001"), Some(Left::Sms)),
            (&template, FaultKind::Unknown, None, None),
            (&sms, FaultKind::Rejected, Some("unwanted"), None),
        ] {
            assert_eq!(left_after(sink, kind, code), left, "{sink:?} {kind:?} {code:?}");
        }
    }

    #[test]
    fn a_text_to_an_owner_is_short() {
        let business = crate::demo::tenant("demo-salon").unwrap().business;
        let text = short(&business, &"Somebody needs you.\n".repeat(60));
        assert!(text.starts_with(&business.tenant.name) && text.ends_with("..."), "{text}");
        assert_eq!(segments(&text).parts, PARTS);
        let page = "Somebody needs you.";
        assert_eq!(short(&business, page), format!("{}: {page}", business.tenant.name));
    }
}
