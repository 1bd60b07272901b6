//! What an admin is answered on the owner's rail.

mod money;
mod plan;

use jiff::Timestamp;

use super::say::Manner;
use super::say::date::weekday;
use super::say::money::money;
use super::speaker::Speaker;
use crate::admin::command::Visit;
use crate::admin::day::DayMoney;
use crate::admin::plan::{Asked, Plan, RailState};
use crate::domain::appointment::Appointment;
use crate::domain::message::Language;
use crate::domain::money::Money;
use crate::domain::tenant::Business;
use crate::domain::visit::VisitOutcome;

/// An answer to an admin's command.
#[derive(Debug, Clone, Copy)]
pub enum RailAnswer<'a> {
    /// Nobody waits for a person.
    NobodyWaits,
    /// This admin drives no conversation.
    NotEngaged,
    /// Today's appointments in order of start.
    Today {
        /// Them.
        diary: &'a [Visit],
    },
    /// Those of this day and the six after it.
    Week {
        /// Them, in order of start.
        diary: &'a [Visit],
    },
    /// Appointments to come that fit what was looked for.
    Found {
        /// Them.
        visits: &'a [&'a Visit],
    },
    /// Which of these was meant?
    WhichOne {
        /// Them, numbered from 1.
        visits: &'a [&'a Visit],
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
    /// There is no appointment to come like that.
    NoSuchAppointment,
    /// Shall this be done?
    Confirm {
        /// What.
        plan: &'a Plan,
        /// The appointment that it is about.
        visit: Option<&'a Visit>,
        /// What is booked in a time that is to be kept free, and stays.
        inside: &'a [&'a Visit],
    },
    /// It was done, or is being done.
    Done {
        /// What.
        plan: &'a Plan,
    },
    /// It was left as it is.
    Left,
    /// Nothing was asked that a yes or no could answer, or too long ago.
    NothingAsked,
    /// A question was answered that stands no more.
    Expired {
        /// What was asked.
        asked: &'a Asked,
        /// The appointment that it was about, where it was about one.
        visit: Option<&'a Visit>,
    },
    /// The new time is not free.
    NotFree,
    /// Something is missing.
    Missing {
        /// What.
        what: Missing,
    },
    /// The day's money.
    CashUp {
        /// It.
        day: &'a DayMoney,
        /// The cash that was counted.
        counted: Option<Money>,
    },
    /// There is nothing to take back.
    NothingToUndo,
    /// Somebody else has changed the set-up at the same time.
    ChangedMeanwhile,
    /// What can be written here.
    Help {
        /// Where this admin is.
        state: RailState,
    },
}

/// What a command lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Which appointment.
    Who,
    /// The new time of an appointment.
    NewTime,
    /// The day of a block.
    Day,
    /// A service.
    Service,
    /// A price.
    Price,
    /// Who served a walk-in.
    Staff,
    /// Name, price and length of a new service.
    NewService,
}

/// What answers are made with.
#[derive(Clone, Copy)]
struct Words<'a> {
    business: &'a Business,
    language: Language,
}

impl Speaker {
    /// The answer in the tenant's language.
    pub fn rail_answer(
        &self,
        what: &RailAnswer<'_>,
        business: &Business,
        language: Language,
    ) -> String {
        let words = Words { business, language };
        match what {
            RailAnswer::NobodyWaits => {
                words.say("Nobody is waiting for you right now.", "Hakuna mteja anayekusubiri kwa sasa.")
            }
            RailAnswer::NotEngaged => words.say(
                "You are not in any conversation. /engage takes the customer who has waited longest.",
                "Hauko kwenye mazungumzo yoyote. /engage inakupa mteja aliyesubiri zaidi.",
            ),
            RailAnswer::Today { diary: [] } => {
                words.say("Nothing is booked for today yet.", "Hakuna miadi ya leo bado.")
            }
            RailAnswer::Today { diary } => {
                let title = words.say("Today:", "Leo:");
                words.list(&title, diary.iter().map(|visit| words.of_day(visit)))
            }
            RailAnswer::Week { diary: [] } => words.say(
                "Nothing is booked for the next seven days yet.",
                "Hakuna miadi ya siku saba zijazo bado.",
            ),
            RailAnswer::Week { diary } => words.week(diary),
            RailAnswer::Found { visits: [] } | RailAnswer::NoSuchAppointment => words.say(
                "I found no appointment to come like that. Try the customer's name, the end of their number, or the time.",
                "Sijapata miadi kama hiyo. Jaribu jina la mteja, mwisho wa namba yake, au saa.",
            ),
            RailAnswer::Found { visits } => {
                let title = words.say("Found:", "Nimepata:");
                words.list(&title, visits.iter().map(|visit| words.whole(visit)))
            }
            RailAnswer::WhichOne { visits } => {
                let title = words.say("Which one? Reply with its number.", "Ipi? Jibu kwa namba yake.");
                let rows = (1..).zip(visits.iter());
                words.list(&title, rows.map(|(n, visit)| format!("{n}. {}", words.whole(visit))))
            }
            RailAnswer::Marked { visit, outcome: VisitOutcome::NoShow } => {
                let line = words.line(visit, None);
                words.say(
                    &format!("Noted, they did not come: {line}. If they did after all, write /came."),
                    &format!("Nimeandika, hakuja: {line}. Kama alikuja, andika /came."),
                )
            }
            RailAnswer::Marked { visit, outcome: VisitOutcome::Came } => {
                let line = words.line(visit, None);
                words.say(&format!("Noted, they came: {line}."), &format!("Nimeandika, alikuja: {line}."))
            }
            RailAnswer::NoSuchVisit => words.say(
                "I found no visit of today or yesterday like that. Write /noshow and the customer's name.",
                "Sijapata miadi kama hiyo ya leo au jana. Andika /noshow na jina la mteja.",
            ),
            RailAnswer::Confirm { plan, visit, inside } => words.confirm(plan, *visit, inside),
            RailAnswer::Done { plan } => words.done(plan),
            RailAnswer::Left => words.say("Alright, I left it as it is.", "Sawa, nimeacha kama ilivyo."),
            RailAnswer::NothingAsked => words.say(
                "There is nothing waiting for your yes or no. Please write the command again.",
                "Hakuna kinachosubiri jibu lako. Tafadhali andika amri tena.",
            ),
            RailAnswer::Expired { asked, visit } => words.expired(asked, *visit),
            RailAnswer::NotFree => words.say(
                "That time is not free. Nothing was changed.",
                "Saa hiyo haiko wazi. Hakuna kilichobadilishwa.",
            ),
            RailAnswer::Missing { what } => words.missing(*what),
            RailAnswer::CashUp { day, counted } => words.cash_up(day, *counted),
            RailAnswer::NothingToUndo => words.say(
                "Nothing was entered in the last day that could be taken back.",
                "Hakuna kilichoandikwa tangu jana cha kuondoa.",
            ),
            RailAnswer::ChangedMeanwhile => words.say(
                "Somebody changed the set-up at the same moment, so I changed nothing. Please try again.",
                "Kuna mtu amebadilisha mipangilio wakati huohuo, kwa hivyo sijabadilisha kitu. Tafadhali jaribu tena.",
            ),
            RailAnswer::Help { state } => words.help(*state),
        }
    }
}

impl<'a> Words<'a> {
    fn say(self, en: &str, sw: &str) -> String {
        match self.language {
            Language::En => en.to_owned(),
            Language::Sw => sw.to_owned(),
        }
    }

    fn money(self, amount: Money) -> String {
        money(amount, Manner { language: self.language, spoken: false })
    }

    #[expect(clippy::unused_self, reason = "it reads as the others do")]
    fn list(self, title: &str, rows: impl Iterator<Item = String>) -> String {
        std::iter::once(title.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
    }

    fn clock(self, at: Timestamp) -> String {
        at.to_zoned(self.business.tenant.zone.clone()).strftime("%H:%M").to_string()
    }

    /// "Sat 28/11 10:00", "Jumamosi 28/11 10:00".
    fn moment(self, at: Timestamp) -> String {
        let local = at.to_zoned(self.business.tenant.zone.clone());
        let day = weekday(local.weekday(), self.language);
        format!("{day} {} {}", local.strftime("%-d/%-m"), local.strftime("%H:%M"))
    }

    fn service(self, appointment: &Appointment) -> &'a str {
        let service = self.business.catalogue.service(appointment.service);
        service.map_or("?", |service| service.name.in_language(self.language))
    }

    fn staff(self, appointment: &Appointment) -> &'a str {
        let member = self.business.catalogue.member(appointment.staff);
        member.map_or("?", |member| member.name.as_str())
    }

    fn line(self, appointment: &Appointment, who: Option<&str>) -> String {
        let times = format!(
            "{}–{}",
            self.clock(appointment.window.start),
            self.clock(appointment.window.end)
        );
        let who = who.map(|who| format!(", {who}")).unwrap_or_default();
        format!("{times} {} ({}){who}", self.service(appointment), self.staff(appointment))
    }

    fn of_day(self, visit: &Visit) -> String {
        self.line(&visit.appointment, visit.name.as_deref())
    }

    /// Whose, what and when: "Grace's Braids (Amina), Saturday 28/11 10:00".
    fn whole(self, visit: &Visit) -> String {
        let appointment = &visit.appointment;
        let what = format!("{} ({})", self.service(appointment), self.staff(appointment));
        let when = self.moment(appointment.window.start);
        match &visit.name {
            Some(name) => {
                self.say(&format!("{name}, {what}, {when}"), &format!("{name}, {what}, {when}"))
            }
            None => format!("{what}, {when}"),
        }
    }

    fn week(self, diary: &[Visit]) -> String {
        let zone = &self.business.tenant.zone;
        let mut text = self.say("The next seven days:", "Siku saba zijazo:");
        let mut day = None;
        for visit in diary {
            let local = visit.appointment.window.start.to_zoned(zone.clone());
            if day != Some(local.date()) {
                day = Some(local.date());
                text.push_str(&format!(
                    "\n{} {}:",
                    weekday(local.weekday(), self.language),
                    local.strftime("%-d/%-m")
                ));
            }
            text.push('\n');
            text.push_str(&self.of_day(visit));
        }
        text
    }

    fn missing(self, what: Missing) -> String {
        match what {
            Missing::Who => self.say(
                "Whose appointment? Write the command with the customer's name, number or time.",
                "Miadi ya nani? Andika amri pamoja na jina, namba au saa ya mteja.",
            ),
            Missing::NewTime => self.say(
                "To when? Write it with the day and time, such as: move Grace to tomorrow 3pm",
                "Hadi lini? Andika na siku na saa, kwa mfano: hamisha Grace kesho saa tisa",
            ),
            Missing::Day => self.say(
                "Which day? For example: block Amina tomorrow afternoon",
                "Siku gani? Kwa mfano: zuia Amina kesho mchana",
            ),
            Missing::Service => self.say(
                "Which service? Write its name as it is on your list.",
                "Huduma gani? Andika jina lake kama lilivyo kwenye orodha yako.",
            ),
            Missing::Price => self.say(
                "At which price? For example: price of braids 2500",
                "Kwa bei gani? Kwa mfano: bei ya kusuka 2500",
            ),
            Missing::Staff => self.say(
                "Who served them? Write it again with the name, such as: walk-in Amina braids 2500 cash",
                "Nani alihudumu? Andika tena na jina, kwa mfano: mteja wa kusuka Amina 2500 cash",
            ),
            Missing::NewService => self.say(
                "I need a name, a price and a length, such as: /add-service Scalp massage 1500 45 min",
                "Nahitaji jina, bei na muda, kwa mfano: /add-service Masaji ya kichwa 1500 dakika 45",
            ),
        }
    }

    fn help(self, state: RailState) -> String {
        let waiting = match state {
            RailState::IdleAvailable => self.say(
                "A customer is waiting for you: /engage\n\n",
                "Kuna mteja anakusubiri: /engage\n\n",
            ),
            RailState::IdleFree | RailState::EngagedActive | RailState::EngagedConfirming => {
                String::new()
            }
        };
        let commands = self.say(
            "/today, /week: appointments\n/find NAME: look one up\n/cancel NAME, /reschedule NAME tomorrow 3pm\n/block NAME tomorrow afternoon: no bookings then\n/add-service NAME PRICE LENGTH, /update-price SERVICE PRICE\n/noshow NAME, /came NAME\n/engage, /handback: talk to a customer who waits, and give back\nwalk-in Amina braids 2500 cash; Grace paid 500 cash; undo\ncash up: the day's money",
            "/today, /week: miadi\n/find JINA: tafuta\n/cancel JINA, /reschedule JINA kesho saa tisa\n/block JINA kesho mchana: asipewe wateja\n/add-service JINA BEI MUDA, /update-price HUDUMA BEI\n/noshow JINA, /came JINA\n/engage, /handback: ongea na mteja anayesubiri, na urudishe\nmteja wa kusuka Amina 2500 cash; Grace amelipa 500 cash; undo\nfunga siku: hesabu ya leo",
        );
        format!("{waiting}{commands}")
    }
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
        let help = RailAnswer::Help { state: RailState::IdleAvailable };
        let text = speaker.rail_answer(&help, &business, Language::En);
        assert!(text.contains("/handback") && text.starts_with("A customer is waiting"), "{text}");
    }
}
