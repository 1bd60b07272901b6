//! When people take over, and when they give back.

use crate::conversation::line::Line;
use crate::domain::phone::Country;
use crate::language::speak::context::Context;
use crate::language::speak::part::Part;

pub(super) fn put(line: &Line, context: &Context<'_>) -> Part {
    let id = match line {
        Line::HandingOver => "handing-over",
        Line::PersonJoined => "person-joined",
        Line::HandoffApology => "handoff-apology",
        Line::HandoffGaveUp => "handoff-gave-up",
        Line::AgentResumed => "agent-resumed",
        Line::EmergencyAdvice => "emergency-advice",
        _ => return Part::default(),
    };
    let number = emergency_number(context).to_owned();
    Part::says(context.message(id).with("number", number).sentence())
}

/// The public emergency number of each country; 112 works on every mobile phone in all four (3GPP TS 22.101).
fn emergency_number(context: &Context<'_>) -> &'static str {
    match (context.voice.business.tenant.country, context.language(), context.spoken()) {
        (Country::Ke | Country::Ug, crate::domain::message::Language::En, false) => "999 or 112",
        (Country::Ke | Country::Ug, crate::domain::message::Language::Sw, false) => "999 au 112",
        (Country::Ke | Country::Ug, crate::domain::message::Language::En, true) => "nine nine nine",
        (Country::Ke | Country::Ug, crate::domain::message::Language::Sw, true) => "tisa tisa tisa",
        (Country::Tz | Country::Rw, _, false) => "112",
        (Country::Tz | Country::Rw, crate::domain::message::Language::En, true) => "one one two",
        (Country::Tz | Country::Rw, crate::domain::message::Language::Sw, true) => {
            "moja moja mbili"
        }
    }
}
