//! What an admin is answered on the owner's rail.

use jiff::Timestamp;

use super::speaker::Speaker;
use crate::domain::appointment::Appointment;
use crate::domain::message::Language;
use crate::domain::tenant::Business;
use crate::domain::visit::VisitOutcome;

/// An answer to an admin's command.
#[derive(Debug, Clone, Copy)]
pub enum RailAnswer<'a> {
    /// Nobody waits for a person.
    NobodyWaits,
    /// This admin drives no conversation.
    NotEngaged,
    /// Today's confirmed appointments in order of start.
    Today {
        /// Them.
        diary: &'a [Appointment],
    },
    /// A visit was marked.
    Marked {
        /// Which.
        visit: &'a Appointment,
        /// What was said of it.
        outcome: VisitOutcome,
    },
    /// There is no visit of today or yesterday that this could be about.
    NoSuchVisit,
    /// What can be written here.
    Help,
}

impl Speaker {
    /// The answer in the tenant's language.
    pub fn rail_answer(
        &self,
        what: &RailAnswer<'_>,
        business: &Business,
        language: Language,
    ) -> String {
        let say = |en: &str, sw: &str| match language {
            Language::En => en.to_owned(),
            Language::Sw => sw.to_owned(),
        };
        match what {
            RailAnswer::NobodyWaits => {
                say("Nobody is waiting for you right now.", "Hakuna mteja anayekusubiri kwa sasa.")
            }
            RailAnswer::NotEngaged => say(
                "You are not in any conversation. /engage takes the customer who has waited longest.",
                "Hauko kwenye mazungumzo yoyote. /engage inakupa mteja aliyesubiri zaidi.",
            ),
            RailAnswer::Today { diary: [] } => {
                say("Nothing is booked for today yet.", "Hakuna miadi ya leo bado.")
            }
            RailAnswer::Today { diary } => {
                let mut text = say("Today:", "Leo:");
                for appointment in *diary {
                    text.push('\n');
                    text.push_str(&diary_line(appointment, business, language));
                }
                text
            }
            RailAnswer::Marked { visit, outcome: VisitOutcome::NoShow } => {
                let line = diary_line(visit, business, language);
                say(
                    &format!(
                        "Noted, they did not come: {line}. If they did after all, write /came."
                    ),
                    &format!("Nimeandika, hakuja: {line}. Kama alikuja, andika /came."),
                )
            }
            RailAnswer::Marked { visit, outcome: VisitOutcome::Came } => {
                let line = diary_line(visit, business, language);
                say(&format!("Noted, they came: {line}."), &format!("Nimeandika, alikuja: {line}."))
            }
            RailAnswer::NoSuchVisit => say(
                "I found no visit of today or yesterday like that. Write /noshow and the customer's name.",
                "Sijapata miadi kama hiyo ya leo au jana. Andika /noshow na jina la mteja.",
            ),
            RailAnswer::Help => say(
                "/today: today's appointments\n/noshow NAME: the customer did not come (/came NAME: they did)\n/engage: talk to the customer who waits (or /engage NAME)\n/handback: give the conversation back to the assistant",
                "/today: miadi ya leo\n/noshow JINA: mteja hakuja (/came JINA: alikuja)\n/engage: ongea na mteja anayesubiri (au /engage JINA)\n/handback: rudisha mazungumzo kwa msaidizi",
            ),
        }
    }
}

fn diary_line(appointment: &Appointment, business: &Business, language: Language) -> String {
    let clock =
        |at: Timestamp| at.to_zoned(business.tenant.zone.clone()).strftime("%H:%M").to_string();
    let service = business
        .catalogue
        .service(appointment.service)
        .map_or("?", |service| service.name.in_language(language));
    let staff =
        business.catalogue.member(appointment.staff).map_or("?", |staff| staff.name.as_str());
    format!(
        "{}–{} {service} ({staff})",
        clock(appointment.window.start),
        clock(appointment.window.end)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_day_and_help_are_said_in_the_tenants_language() {
        let business = crate::demo::tenant("demo-salon").unwrap().business;
        let speaker = Speaker::new();
        assert_eq!(
            speaker.rail_answer(&RailAnswer::Today { diary: &[] }, &business, Language::Sw),
            "Hakuna miadi ya leo bado."
        );
        assert!(
            speaker.rail_answer(&RailAnswer::Help, &business, Language::En).contains("/handback")
        );
    }
}
