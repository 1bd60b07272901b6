//! Whole talks with the real ear, the real calendar and the real speaker: a customer's words in, states and words out.

use std::fmt::Write as _;

use super::event::{Event, Medium, Said};
use super::world::{Did, World, said};
use crate::domain::message::{Choice, Language};
use crate::language::hear::{Ear, HearContext};
use crate::language::speak::{Speaker, Voice};
use crate::language::understanding::{Intent, Slots};

/// A customer and the machine, with what was offered last.
struct Talk {
    w: World,
    ear: Ear,
    speaker: Speaker,
    offered: Vec<Choice>,
    transcript: String,
}

impl Talk {
    fn with(slug: &str) -> Self {
        let mut w = World::new(slug);
        w.thread.memory.introduced = false;
        w.customer.language = None;
        w.real_calendar = true;
        w.snippets = Vec::new();
        let ear = Ear::new(&w.business);
        Self { ear, w, speaker: Speaker::new(), offered: Vec::new(), transcript: String::new() }
    }

    /// What the customer types; returns what they read.
    fn types(&mut self, text: &str) -> String {
        let now = self.w.now.to_zoned(self.w.business.tenant.zone.clone());
        let ctx = HearContext {
            now: &now,
            expecting: self.w.thread.expecting(),
            offered: &self.offered,
            known_date: self.w.thread.known_date(),
            known_service: self.w.thread.known_service(),
            language: self.w.thread.memory.language,
        };
        let understanding = self.ear.hear(text, &ctx);
        let intent = understanding.intent;
        let words =
            Said { text: text.to_owned(), understanding, medium: Medium::Text, proven_phone: None };
        let event = Event::Heard { said: words };
        if self.w.thread.needs_new(&event) {
            self.w.thread = self.w.thread.successor();
        }
        let did = self.w.turn(event);
        let _ = writeln!(self.transcript, "> {text}   [{intent:?}]");
        self.read(&did)
    }

    fn taps(&mut self, id: &str) -> String {
        let mut tap =
            said(Intent::Provide, Slots { choice: Some(id.to_owned()), ..Slots::default() });
        tap.medium = Medium::Tap;
        let did = self.w.turn(Event::Heard { said: tap });
        let _ = writeln!(self.transcript, "> ({id})");
        self.read(&did)
    }

    fn read(&mut self, did: &Did) -> String {
        let mut text = String::new();
        if !did.lines.is_empty() {
            let voice = Voice {
                language: did.language.unwrap_or(Language::En),
                business: &self.w.business,
                customer: &self.w.customer,
                capabilities: self.w.channel.capabilities(),
                now: self.w.now,
            };
            let reply = self.speaker.compose(&did.lines, &voice);
            text.clone_from(&reply.text);
            self.offered = reply.choices;
        }
        let titles: Vec<&str> = self.offered.iter().map(|c| c.title.as_str()).collect();
        let _ = writeln!(self.transcript, "< {text} {titles:?}  = {}\n", self.w.state());
        text
    }
}

/// A customer's words, the state they lead to, and something that is said (empty: whatever).
type Script = [(&'static str, &'static str, &'static str)];

fn plays(slug: &str, given: &[(&str, &str, i64)], script: &Script) {
    let mut talk = Talk::with(slug);
    for (service, start, paid) in given {
        talk.w.given(service, start, *paid);
    }
    for (words, state, heard) in script {
        let reply = talk.types(words);
        assert_eq!(talk.w.state(), *state, "{}", talk.transcript);
        assert!(reply.contains(heard), "no {heard:?} in\n{}", talk.transcript);
    }
}

#[test]
fn an_english_booking_with_corrections_and_a_question() {
    plays(
        "demo-barbershop",
        &[],
        &[
            ("Hi", "GREET", "human"),
            ("I'd like a haircut tomorrow at 3pm", "CONFIRM", "24 November"),
            ("no, Thursday", "CONFIRM", "26 November"),
            ("not 3, 4pm", "CONFIRM", "4:00"),
            ("is there parking?", "CONFIRM", "back to your booking"),
            ("anyone is fine", "CONFIRM", ""),
            ("yes", "AWAITING_PAYMENT", "0712"),
            ("sorry, use 0733 000 222", "AWAITING_PAYMENT", "0733"),
            ("cancel", "PAYMENT_CANCELLED_BY_CUSTOMER", ""),
        ],
    );
}

#[test]
fn a_swahili_booking_with_a_correction_and_a_call_off() {
    plays(
        "demo-salon",
        &[],
        &[
            ("Habari", "GREET", "Nywele Studio"),
            ("nataka kusuka kesho saa tisa", "CONFIRM", "saa tisa"),
            ("sio saa tisa, saa kumi", "CONFIRM", "saa kumi"),
            ("ndio", "AWAITING_PAYMENT", "M-Pesa"),
            ("nimelipa", "AWAITING_PAYMENT", "1,250"),
            ("wacha", "PAYMENT_CANCELLED_BY_CUSTOMER", ""),
        ],
    );
}

#[test]
fn who_needs_a_moment_gets_it_and_nothing_is_lost() {
    plays(
        "demo-barbershop",
        &[],
        &[
            ("a haircut tomorrow at 3pm", "CONFIRM", "3:00"),
            ("let me think about it", "CONFIRM", "No rush"),
            ("ngoja kidogo", "CONFIRM", "Pole pole"),
            ("one minute", "CONFIRM", "No rush"),
            ("yes", "AWAITING_PAYMENT", "0712"),
        ],
    );
}

#[test]
fn who_will_be_late_is_no_customer_for_another_time() {
    plays(
        "demo-barbershop",
        &[("Haircut", "2026-11-23T16:00:00+03:00", 0)],
        &[
            ("nimechelewa kidogo nitafika saa kumi na nusu", "GREET", "nimewaambia"),
            ("stuck in traffic, I'll be there at 4:45", "GREET", "told the team"),
            ("I'm running late, can we move it to 5pm today", "RESCHEDULE_CONFIRM", "5:00"),
        ],
    );
}

#[test]
fn who_comes_with_others_hears_that_each_is_booked_apart() {
    plays(
        "demo-salon",
        &[],
        &[("braids for me and my sister tomorrow at 3pm", "CONFIRM", "one person at a time")],
    );
    plays(
        "demo-barbershop",
        &[],
        &[
            ("nataka kunyoa watoto wawili kesho saa tisa", "CONFIRM", "mtu mmoja kwa wakati"),
            ("ndio", "AWAITING_PAYMENT", ""),
        ],
    );
}

#[test]
fn a_day_that_no_calendar_has_is_told_and_asked_for_again() {
    plays(
        "demo-salon",
        &[],
        &[
            ("braids on 31/11 at 3pm", "COLLECT_SLOT", "31 November"),
            ("31 nov basi saa tisa", "COLLECT_SLOT", "31"),
            ("sawa, tarehe 30 saa tisa", "CONFIRM", "30"),
            ("hapana, tarehe 31 mwezi wa 11", "CONFIRM", "haipo kwenye kalenda"),
        ],
    );
}

#[test]
fn two_services_in_one_breath_become_one_bundle() {
    plays(
        "demo-salon",
        &[],
        &[
            ("nataka manicure na pedicure jumamosi asubuhi", "COLLECT_SLOT", "Jumamosi"),
            ("ya pili", "CONFIRM", "Pedicure"),
            ("ndio", "CROSS_SELL_OFFER", "Pedicure"),
            ("ndio", "BUNDLE_CONFIRM", "2,200"),
            ("ndio", "AWAITING_PAYMENT", "1,100"),
        ],
    );
}

#[test]
fn booked_then_moved_then_cancelled() {
    plays(
        "demo-dental",
        &[],
        &[
            ("hello i need cleaning", "COLLECT_SLOT", ""),
            ("tomorrow afternoon", "COLLECT_SLOT", "tomorrow"),
            ("1", "CONFIRM", ""),
            ("yes", "BOOKED", ""),
            ("thanks!", "BOOKED", ""),
            ("can we move it to thursday 10am", "RESCHEDULE_CONFIRM", "26 November"),
            ("yes", "RESCHEDULED", ""),
            ("actually can I come on Friday instead?", "RESCHEDULE_SLOT", "Friday"),
            ("cancel my appointment", "CANCEL_CONFIRM", ""),
            ("yes", "CANCELLED", ""),
        ],
    );
}

#[test]
fn one_of_two_bookings_is_found_by_its_words() {
    let given = [
        ("Manicure", "2026-11-26T10:00:00+03:00", 500),
        ("Braids", "2026-11-30T10:00:00+03:00", 0),
    ];
    plays(
        "demo-salon",
        &given,
        &[
            ("nataka kubadilisha booking yangu", "RESCHEDULE_SELECT", "Manicure"),
            ("nataka kufuta manicure yangu", "CANCEL_CONFIRM", "Manicure"),
            ("hapana", "GREET", "Manicure"),
            ("futa braids", "CANCEL_CONFIRM", "Kusuka"),
            ("ndio", "CANCELLED", "Kusuka"),
        ],
    );
}

#[test]
fn a_price_asked_about_is_booked_as_that() {
    plays(
        "demo-salon",
        &[],
        &[
            ("Hi, how much is braids?", "GREET", "2,500"),
            ("ok book me for that on saturday at 10", "CONFIRM", "Braids"),
        ],
    );
}

#[test]
fn a_draft_is_dropped_only_when_the_customer_says_so() {
    plays(
        "demo-dental",
        &[],
        &[
            ("cleaning tomorrow at 9am", "CONFIRM", ""),
            ("cancel", "CONFIRM", "drop"),
            ("no", "CONFIRM", "Cleaning"),
            ("actually make it whitening", "CONFIRM", "Whitening"),
            ("cancel", "CONFIRM", "drop"),
            ("yes", "GREET", ""),
        ],
    );
}

#[test]
fn a_tap_and_its_typed_number_come_to_the_same() {
    let mut typed = Talk::with("demo-barbershop");
    typed.types("haircut tomorrow");
    let mut tapped = Talk::with("demo-barbershop");
    tapped.types("haircut tomorrow");
    let id = tapped.offered[1].id.clone();
    tapped.taps(&id);
    typed.types("2");
    assert_eq!(typed.w.thread.draft(), tapped.w.thread.draft());
    assert_eq!(typed.w.state(), "CONFIRM");
}
