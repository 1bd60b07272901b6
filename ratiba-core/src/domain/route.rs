//! By which way a message reaches somebody: the cheapest that is allowed. A pure rule; what it decided stands in the outbox row.

use serde::{Deserialize, Serialize};

use super::phone::Phone;
use super::sms::segments;

/// An approved template with what is to be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateMessage {
    /// The template's name at the provider.
    pub name: String,
    /// Its language code.
    pub language: String,
    /// What is filled in, in order: one line each.
    pub parameters: Vec<String>,
}

/// A way out.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sink {
    /// Freely, in the conversation on its channel.
    #[default]
    Session,
    /// In the conversation, by a template that the provider has approved.
    Template {
        /// Which, filled in.
        message: TemplateMessage,
    },
    /// By SMS.
    Sms {
        /// To whom.
        to: Phone,
        /// The words, ready to be sent.
        text: String,
    },
}

impl Sink {
    /// Its name in reports.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Template { .. } => "template",
            Self::Sms { .. } => "sms",
        }
    }
}

/// Words and numbers are private.
impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a way was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The conversation is open.
    #[default]
    Open,
    /// It is the only way.
    OnlyWay,
    /// It costs least.
    Cheapest,
    /// The first way had failed.
    Fallback,
}

/// A way, and why it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The way.
    pub sink: Sink,
    /// Why.
    pub why: Why,
    /// What it was expected to cost, in minor units of the tenant's currency.
    pub expected_cost: i64,
}

impl Route {
    /// Whether it says nothing that a reader would not assume.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What ways cost, in minor units. The defaults are list prices in Kenya in 2026; what was really paid is read from each answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinkPrices {
    /// A utility template outside of an open conversation.
    pub template: i64,
    /// One part of an SMS.
    pub sms_part: i64,
}

impl Default for SinkPrices {
    fn default() -> Self {
        Self { template: 52, sms_part: 80 }
    }
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Part of a conversation.
    Reply,
    /// To remind; of no use to somebody who is not told. Not sent to those who opted out.
    Reminder,
}

/// The ways that there are.
#[derive(Debug, Clone)]
pub struct Ways {
    /// The channel lets us write freely now.
    pub open: bool,
    /// What is written there is only seen by somebody who looks.
    pub needs_watching: bool,
    /// A template fits.
    pub template: Option<TemplateMessage>,
    /// A number that takes text messages, and the words for it.
    pub sms: Option<(Phone, String)>,
    /// The customer wants no reminders.
    pub opted_out: bool,
}

/// The cheapest way that is allowed; `None`: silence. An open conversation costs nothing; on equal cost the template wins, since it can be
/// answered. A reminder does not go where it is only seen by chance if there is another way.
pub fn cheapest(purpose: Purpose, ways: Ways, prices: SinkPrices) -> Option<Route> {
    if purpose == Purpose::Reminder && ways.opted_out {
        return None;
    }
    let seen = purpose == Purpose::Reply || !ways.needs_watching;
    if ways.open && seen {
        return Some(Route::default());
    }
    let template = ways.template.map(|message| (prices.template, Sink::Template { message }));
    let sms = ways.sms.map(|(to, text)| {
        let parts = i64::from(segments(&text).parts.max(1));
        (prices.sms_part * parts, Sink::Sms { to, text })
    });
    let why = if template.is_some() && sms.is_some() { Why::Cheapest } else { Why::OnlyWay };
    let paid = template.into_iter().chain(sms).min_by_key(|(cost, _)| *cost);
    match paid {
        Some((expected_cost, sink)) => Some(Route { sink, why, expected_cost }),
        // Better seen by chance than not at all.
        None if ways.open => Some(Route::default()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(open: bool, template: bool, sms: Option<&str>) -> Ways {
        let message =
            TemplateMessage { name: "t".into(), language: "sw".into(), parameters: vec![] };
        let phone = Phone::from_provider("254712345678").unwrap();
        Ways {
            open,
            needs_watching: false,
            template: template.then_some(message),
            sms: sms.map(|text| (phone, text.to_owned())),
            opted_out: false,
        }
    }

    fn by(purpose: Purpose, ways: Ways, prices: SinkPrices) -> Option<(&'static str, Why, i64)> {
        cheapest(purpose, ways, prices).map(|r| (r.sink.as_str(), r.why, r.expected_cost))
    }

    const USUAL: SinkPrices = SinkPrices { template: 52, sms_part: 80 };

    #[test]
    fn an_open_conversation_costs_nothing() {
        let found = by(Purpose::Reminder, ways(true, true, Some("x")), USUAL);
        assert_eq!(found, Some(("session", Why::Open, 0)));
    }

    #[test]
    fn outside_of_it_the_cheaper_way_wins_and_parts_count() {
        let long = "a".repeat(161);
        for (template, sms, prices, expected) in [
            (true, Some("x"), USUAL, Some(("template", Why::Cheapest, 52))),
            (
                true,
                Some("x"),
                SinkPrices { template: 100, ..USUAL },
                Some(("sms", Why::Cheapest, 80)),
            ),
            (
                true,
                Some(long.as_str()),
                SinkPrices { template: 100, ..USUAL },
                Some(("template", Why::Cheapest, 100)),
            ),
            (
                true,
                Some("x"),
                SinkPrices { template: 80, ..USUAL },
                Some(("template", Why::Cheapest, 80)),
            ),
            (false, Some(long.as_str()), USUAL, Some(("sms", Why::OnlyWay, 160))),
            (true, None, USUAL, Some(("template", Why::OnlyWay, 52))),
            (false, None, USUAL, None),
        ] {
            assert_eq!(by(Purpose::Reply, ways(false, template, sms), prices), expected);
        }
    }

    #[test]
    fn nobody_is_reminded_against_their_will() {
        let out =
            |purpose| by(purpose, Ways { opted_out: true, ..ways(true, true, Some("x")) }, USUAL);
        assert_eq!(out(Purpose::Reminder), None);
        assert_eq!(out(Purpose::Reply), Some(("session", Why::Open, 0)));
    }

    #[test]
    fn a_page_that_nobody_watches_is_the_last_resort_for_a_reminder() {
        let web = |purpose, sms| {
            by(purpose, Ways { needs_watching: true, ..ways(true, false, sms) }, USUAL)
        };
        assert_eq!(web(Purpose::Reply, Some("x")), Some(("session", Why::Open, 0)));
        assert_eq!(web(Purpose::Reminder, Some("x")), Some(("sms", Why::OnlyWay, 80)));
        assert_eq!(web(Purpose::Reminder, None), Some(("session", Why::Open, 0)));
    }
}
