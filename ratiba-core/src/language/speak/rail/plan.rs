//! What an admin is asked to confirm, and what they hear when it is done.

use super::Words;
use crate::admin::change::Change;
use crate::admin::command::Visit;
use crate::admin::plan::{Asked, Errand, Plan};
use crate::admin::takings::Taking;
use crate::domain::tenant::Rail;
use crate::domain::time::MinuteOfDay;

impl Words<'_> {
    pub(super) fn confirm(self, plan: &Plan, visit: Option<&Visit>, inside: &[&Visit]) -> String {
        let question = self.question(plan, visit, inside);
        format!("{question}\n{}", self.say("Reply YES or NO.", "Jibu NDIO au HAPANA."))
    }

    /// What was asked and stands no more, and how to ask it again.
    pub(super) fn expired(self, asked: &Asked, visit: Option<&Visit>) -> String {
        let name = visit.and_then(|visit| visit.name.as_deref());
        let name = name.and_then(|name| name.split_whitespace().next());
        let name = name.map_or_else(|| self.say("NAME", "JINA"), str::to_owned);
        let errand = |errand: &Errand| match errand {
            Errand::CallOff => format!("/cancel {name}"),
            Errand::Move { .. } => {
                let to = self.say("tomorrow 3pm", "kesho saa tisa");
                format!("/reschedule {name} {to}")
            }
            Errand::Paid { .. } => {
                self.say(&format!("{name} paid 500 cash"), &format!("{name} amelipa 500 cash"))
            }
        };
        let (what, again) = match asked {
            Asked::Confirm { plan } => {
                let again = match plan {
                    Plan::CallOff { .. } => errand(&Errand::CallOff),
                    Plan::Move { slot, .. } => errand(&Errand::Move { to: slot.window.start }),
                    Plan::Change { change: Change::Block { .. } } => {
                        self.say("block Amina tomorrow afternoon", "funga Amina kesho mchana")
                    }
                    Plan::Change { change: Change::AddService { .. } } => "/add-service".to_owned(),
                    Plan::Change { change: Change::Price { .. } } => "/update-price".to_owned(),
                    Plan::Take { taking } if taking.visit.is_some() => "walk-in".to_owned(),
                    Plan::Take { taking } => {
                        errand(&Errand::Paid { minor: None, rail: taking.payment.rail })
                    }
                    Plan::TakeBack { .. } => "undo".to_owned(),
                };
                (self.question(plan, visit, &[]), again)
            }
            Asked::WhichOne { errand: which, .. } => (
                self.say("Which appointment did you mean?", "Ulimaanisha miadi gani?"),
                errand(which),
            ),
        };
        self.say(
            &format!("My question has run out, and nothing was changed: \"{what}\" If you still want it, ask again, for example: {again}"),
            &format!("Muda wa swali langu umekwisha, na hakuna kilichobadilika: \"{what}\" Kama bado unataka, uliza tena, kwa mfano: {again}"),
        )
    }

    fn question(self, plan: &Plan, visit: Option<&Visit>, inside: &[&Visit]) -> String {
        let whose = visit.map(|visit| self.whole(visit)).unwrap_or_default();
        match plan {
            Plan::CallOff { .. } => {
                let paid = visit.map(|v| v.appointment.paid).filter(|paid| paid.is_positive());
                let back = paid.map(|paid| self.money(paid)).map_or_else(String::new, |paid| {
                    self.say(
                        &format!(" The {paid} that was paid goes back in full."),
                        &format!(" {paid} iliyolipwa itarudishwa yote."),
                    )
                });
                self.say(
                    &format!("Cancel this? {whose}.{back} The customer is told."),
                    &format!("Nighairi hii? {whose}.{back} Mteja ataambiwa."),
                )
            }
            Plan::Move { slot, .. } => {
                let to = self.moment(slot.window.start);
                self.say(
                    &format!("Move this to {to}? {whose}. The customer is told."),
                    &format!("Nihamishe hii hadi {to}? {whose}. Mteja ataambiwa."),
                )
            }
            Plan::Change { change } => self.change_question(change, inside),
            Plan::Take { taking } => self.taking_question(taking, &whose),
            Plan::TakeBack { .. } => self.say(
                &format!("Take this payment back out of the books? {whose}"),
                &format!("Niondoe malipo haya kwenye hesabu? {whose}"),
            ),
        }
    }

    pub(super) fn done(self, plan: &Plan) -> String {
        match plan {
            Plan::CallOff { .. } => self.say("Done, it is cancelled.", "Tayari, imeghairiwa."),
            Plan::Move { slot, .. } => {
                let to = self.moment(slot.window.start);
                self.say(
                    &format!("Done, moved to {to}."),
                    &format!("Tayari, imehamishwa hadi {to}."),
                )
            }
            Plan::Change { change: Change::Block { .. } } => {
                self.say("Done, I take no bookings then.", "Tayari, sitapokea miadi wakati huo.")
            }
            Plan::Change { change: Change::AddService { name, .. } } => self.say(
                &format!("Done, customers can book {name} now."),
                &format!("Tayari, wateja wanaweza kubook {name} sasa."),
            ),
            Plan::Change { change: Change::Price { service, price } } => {
                let service = self.name_of(*service);
                let price = self.money(*price);
                self.say(
                    &format!("Done, {service} costs {price} from now on. Earlier bookings keep their price."),
                    &format!("Tayari, {service} sasa ni {price}. Miadi ya awali inabaki na bei yake."),
                )
            }
            Plan::Take { taking } => {
                let amount = self.money(taking.payment.amount);
                self.say(
                    &format!("Entered: {amount}. If that was a slip, write \"undo\"."),
                    &format!("Nimeandika: {amount}. Kama ni kosa, andika \"undo\"."),
                )
            }
            Plan::TakeBack { .. } => {
                self.say("Done, it is out of the books.", "Tayari, imeondolewa kwenye hesabu.")
            }
        }
    }

    fn change_question(self, change: &Change, inside: &[&Visit]) -> String {
        match change {
            Change::Block { staff, date, last, from, to } => {
                let who = staff.and_then(|id| self.business.catalogue.member(id));
                let who = who.map_or_else(
                    || self.say("anybody", "mtu yeyote"),
                    |member| member.name.clone(),
                );
                let written = |day: &jiff::civil::Date| day.strftime("%-d/%-m/%Y").to_string();
                let day = match last {
                    None => self.say(
                        &format!("on {}", written(date)),
                        &format!("tarehe {}", written(date)),
                    ),
                    Some(last) => self.say(
                        &format!("from {} to {}", written(date), written(last)),
                        &format!("kuanzia {} hadi {}", written(date), written(last)),
                    ),
                };
                let whole = *from == MinuteOfDay::START && *to == MinuteOfDay::END;
                let when = if whole {
                    self.say("all day", "siku nzima")
                } else {
                    format!("{from}–{to}")
                };
                let mut text = self.say(
                    &format!("Take no bookings for {who} {day}, {when}?"),
                    &format!("Nisipokee miadi ya {who} {day}, {when}?"),
                );
                if !inside.is_empty() {
                    text.push('\n');
                    text.push_str(&self.say(
                        "These are booked then and stay (cancel or move them one by one):",
                        "Hizi zimeshabookiwa na zinabaki (ghairi au hamisha moja moja):",
                    ));
                    for visit in inside {
                        text.push('\n');
                        text.push_str(&self.of_day(visit));
                    }
                }
                text
            }
            Change::AddService { name, price, minutes, .. } => {
                let price = self.money(*price);
                self.say(
                    &format!("Add {name}, {price}, {minutes} minutes, done by the whole team?"),
                    &format!("Niongeze {name}, {price}, dakika {minutes}, kwa timu yote?"),
                )
            }
            Change::Price { service, price } => {
                let known = self.business.catalogue.service(*service);
                let was = known.map(|s| self.money(s.price)).unwrap_or_default();
                let (service, price) = (self.name_of(*service), self.money(*price));
                self.say(
                    &format!("Change the price of {service} from {was} to {price}?"),
                    &format!("Nibadilishe bei ya {service} kutoka {was} iwe {price}?"),
                )
            }
        }
    }

    fn taking_question(self, taking: &Taking, whose: &str) -> String {
        let amount = self.money(taking.payment.amount);
        let how = self.how(taking.payment.rail);
        match &taking.visit {
            Some(visit) => {
                let what = format!("{} ({})", self.service(visit), self.staff(visit));
                let service = self.business.catalogue.service(visit.service);
                let needs_room = service.is_some_and(|service| !service.resources.is_empty());
                let crowded = if visit.status.is_active() {
                    String::new()
                } else if needs_room && visit.resource.is_none() {
                    self.say(
                        " Every chair or room for it is taken now, so I enter it as done.",
                        " Viti au vyumba vyote vya huduma hii vimejaa sasa, kwa hivyo naandika kama imekwisha.",
                    )
                } else {
                    self.say(
                        " Somebody else is booked there now, so I enter it as done.",
                        " Kuna mtu mwingine amebook sasa, kwa hivyo naandika kama imekwisha.",
                    )
                };
                self.say(
                    &format!("Walk-in: {what}, {amount} {how}?{crowded}"),
                    &format!("Mteja bila miadi: {what}, {amount} {how}?{crowded}"),
                )
            }
            None => self.say(
                &format!("{amount} {how} for this? {whose}"),
                &format!("{amount} {how} kwa hii? {whose}"),
            ),
        }
    }

    pub(super) fn how(self, rail: Rail) -> String {
        match rail {
            Rail::Mpesa => "M-Pesa".to_owned(),
            Rail::Card => self.say("by card", "kwa kadi"),
            Rail::Cash => self.say("in cash", "taslimu"),
        }
    }

    fn name_of(self, id: crate::domain::id::ServiceId) -> String {
        let service = self.business.catalogue.service(id);
        service.map_or_else(String::new, |s| s.name.in_language(self.language).to_owned())
    }
}
