//! One tenant's ear: its catalogue, team and hours, indexed once, and the order in which a message is read.

use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;

use super::clock::Hints;
use super::concept::{C, Concepts};
use super::hours::Hours;
use super::intent::{self, Facts};
use super::people::Team;
use super::scene::Scene;
use super::service::Services;
use super::text::Tokens;
use super::when::{self, Frame};
use super::{
    calendar, choice, clock, contact, cues, feeling, greet, lexicon, pattern, people, tongue,
};
use crate::domain::id::ServiceId;
use crate::domain::message::{Choice, Language};
use crate::domain::tenant::{Business, Rail};
use crate::language::understanding::{
    Expecting, Intent, Slots, StaffMention, Tripwire, Understanding,
};

/// A prebuilt index of one tenant's catalogue, staff and opening hours. Build it once and share it.
#[derive(Debug)]
pub struct Ear {
    business: Arc<Business>,
    services: Services,
    team: Team,
    hours: Hours,
    /// The words of the business's own name, which is no order for what it sells.
    name: Vec<String>,
}

/// What is known when a message comes in.
#[derive(Debug, Clone, Copy)]
pub struct HearContext<'a> {
    /// Now, in the tenant's zone.
    pub now: &'a Zoned,
    /// What was asked last.
    pub expecting: Expecting,
    /// The choices offered last.
    pub offered: &'a [Choice],
    /// A day already agreed in this draft, on which a bare time is read.
    pub known_date: Option<Date>,
    /// A service already agreed in this draft.
    pub known_service: Option<ServiceId>,
    /// The language of the conversation so far.
    pub language: Option<Language>,
}

impl<'a> HearContext<'a> {
    /// Nothing asked, nothing offered, nothing agreed.
    pub fn fresh(now: &'a Zoned) -> Self {
        Self {
            now,
            expecting: Expecting::Nothing,
            offered: &[],
            known_date: None,
            known_service: None,
            language: None,
        }
    }
}

impl Ear {
    /// Indexes a tenant.
    pub fn new(business: &Business) -> Self {
        let business = Arc::new(business.clone());
        Self {
            services: Services::new(&business),
            team: Team::new(&business),
            hours: Hours::new(Arc::clone(&business)),
            name: business.tenant.name.split_whitespace().map(str::to_lowercase).collect(),
            business,
        }
    }

    /// What a message means. Total and bounded, whatever the text.
    pub fn hear(&self, text: &str, ctx: &HearContext<'_>) -> Understanding {
        let mut tokens = Tokens::cut(text);
        lexicon::tag(&mut tokens, |word| {
            self.team.named(word).is_some() || self.services.knows(word)
        });
        let mut scene = Scene::new(tokens);
        let manners = greet::set_aside(&mut scene);
        greet::set_aside_name(&mut scene, &self.name);
        let titled = choice::by_title(text, ctx.offered);

        let tenant = &self.business.tenant;
        let digits = contact::hear(&mut scene, text, tenant.country, tenant.currency);
        let name = people::own_name(&scene, ctx.expecting);
        if let Some((_, span)) = &name {
            scene.claim(span.clone());
        }
        let picked = match titled {
            Some(picked) => picked,
            None => choice::by_position(&mut scene, ctx.offered, ctx.expecting),
        };
        let no_such_day = calendar::no_such_day(&mut scene, ctx.now.date());
        let dates = calendar::mentions(&mut scene, ctx.now.date());
        let asked = matches!(ctx.expecting, Expecting::Slot);
        let times = clock::mentions(&mut scene, Hints { asked });
        let (staff, staff_tokens) = self.team.hear(&scene, ctx.expecting);
        people::set_aside_titles(&mut scene, &staff_tokens);
        let heard = self.services.hear(&scene, &staff_tokens);

        mark(&mut scene, &heard.tokens, C::SvcWord);
        mark(&mut scene, &staff_tokens, C::StaffWord);
        let faint = |k: usize| heard.tokens.contains(&k) || staff_tokens.contains(&k);
        let language = tongue::language(&scene, faint);

        let view = pattern::view(&scene.tokens, |k| scene.is_greeting(k));
        let rail = rail(&scene, ctx.expecting);
        let mut slots = Slots {
            services: heard.services,
            service_candidates: heard.candidates,
            staff,
            phone: digits.phone,
            name: name.map(|n| n.0),
            ordinal: picked.ordinal,
            choice: picked.id,
            amount: digits.amount,
            rail,
            ..Slots::default()
        };
        let moments = dates.len() + times.len();
        let facts = Facts {
            manners,
            service: !slots.services.is_empty() || !slots.service_candidates.is_empty(),
            staff: slots.staff.is_some(),
            when: moments > 0 || no_such_day.is_some() || when::says_part(&scene),
            moments,
            anyone: matches!(slots.staff, Some(StaffMention::Anyone)),
            detail: has_detail(&slots),
            means: slots.phone.is_some() || rail.is_some_and(|_| says_how_to_pay(&scene)),
            picked: slots.ordinal.is_some() || slots.choice.is_some(),
            expecting: ctx.expecting,
        };
        let decision = intent::decide(&scene, &view, &facts);
        let frame = Frame {
            now: ctx.now,
            hours: &self.hours,
            language: language.or(ctx.language),
            known_date: ctx.known_date,
            moving: decision.intent == Intent::Reschedule,
        };
        // Who says when they will be there, being late, wishes for no other time.
        if !decision.late {
            let when = when::decide(&scene, &dates, &times, &frame);
            (slots.date, slots.time, slots.start) = (when.date, when.time, when.start);
            slots.no_such_day = no_such_day.filter(|_| slots.date.is_none());
        }
        slots.wants_more = decision.more
            && matches!(
                decision.intent,
                Intent::Provide | Intent::Book | Intent::Deny | Intent::Other | Intent::Reschedule
            );
        slots.correction = decision.correction;
        slots.notify = decision.notify;
        slots.pause = decision.pause;
        slots.party = decision.party;
        slots.late = decision.late;
        slots.at_venue = decision.venue && decision.intent != Intent::Other;

        let calls_off =
            matches!(decision.intent, Intent::Cancel | Intent::Reschedule) || decision.late;
        let mut tripwires = cues::tripwires(&scene.tokens, &view, calls_off);
        if digits.card {
            tripwires.push(Tripwire::CardNumber);
        }
        if digits.national_id {
            tripwires.push(Tripwire::NationalId);
        }
        let sentiment = feeling::sentiment(&scene, &tripwires);
        let choosing = slots.choice.is_some() && decision.intent == Intent::Other;
        Understanding {
            intent: if choosing { Intent::Provide } else { decision.intent },
            confidence: if choosing { 0.95 } else { decision.confidence },
            language,
            sentiment,
            slots,
            tripwires,
        }
    }
}

/// Whether anything was said that an open question of ours may have asked for, beside service, person and time.
const fn has_detail(slots: &Slots) -> bool {
    slots.phone.is_some()
        || slots.name.is_some()
        || slots.ordinal.is_some()
        || slots.choice.is_some()
        || slots.amount.is_some()
        || slots.rail.is_some()
}

/// Lets tokens stand for one thing more.
fn mark(scene: &mut Scene<'_>, tokens: &[usize], also: C) {
    for &k in tokens {
        let entry = &mut scene.tokens.list[k].entry;
        entry.is = entry.is.and(Concepts::one(also));
    }
}

/// How people say that a way to pay did not work.
const FAILED: &[&str] = &[
    "imekataa",
    "imegoma",
    "imefail",
    "imeshindwa",
    "haifanyi",
    "haikubali",
    "inakataa",
    "imefeli",
    "failed",
    "failing",
    "declined",
    "rejected",
    "working",
    "stuck",
    "imekwama",
    "refused",
];

/// "kwa kadi", "by card", "lipa na mpesa": a way to pay, where it is no question about the ways.
fn rail(scene: &Scene<'_>, expecting: Expecting) -> Option<Rail> {
    let t = &scene.tokens;
    let short = t.len() <= 4;
    // "mpesa imekataa", "card not working": what went wrong, and no choice.
    if (0..t.len()).any(|k| FAILED.contains(&t.word(k))) {
        return None;
    }
    (0..t.len()).rev().find_map(|k| {
        let entry = t.entry(k);
        let rail = if entry.has(C::Mpesa)
            || t.word(k) == "m" && t.word(k + 1) == "pesa"
            || t.word(k) == "m" && t.is_mark(k + 1, '-') && t.word(k + 2) == "pesa"
        {
            Rail::Mpesa
        } else if entry.has(C::Card) && !entry.guessed {
            Rail::Card
        } else {
            return None;
        };
        let led = (1..=3).any(|back| {
            k.checked_sub(back).is_some_and(|j| {
                matches!(
                    t.word(j),
                    "kwa" | "by" | "via" | "with" | "using" | "na" | "use" | "through" | "prefer"
                ) || t.entry(j).has(C::Pay)
            })
        });
        (led || short || expecting == Expecting::Choice).then_some(rail)
    })
}

/// "pay with card instead", "kwa kadi", not "mnakubali mpesa".
fn says_how_to_pay(scene: &Scene<'_>) -> bool {
    let t = &scene.tokens;
    (0..t.len()).any(|k| {
        t.entry(k).has(C::Pay) && !t.entry(k).has(C::SubjYou)
            || matches!(t.word(k), "by" | "kwa" | "with" | "via" | "use" | "tumia")
    })
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, ToSpan};
    use proptest::prelude::*;

    use super::*;
    use crate::language::understanding::{DayPart, Ordinal, TimeMention};

    fn ear(slug: &str) -> Ear {
        Ear::new(&crate::demo::tenant(slug).unwrap().business)
    }

    /// Monday 2026-11-23, 09:00 in Nairobi.
    fn monday() -> Zoned {
        let now: Timestamp = "2026-11-23T06:00:00Z".parse().unwrap();
        now.in_tz("Africa/Nairobi").unwrap()
    }

    fn start(text: &str, ctx: &HearContext<'_>) -> Option<String> {
        let heard = ear("demo-barbershop").hear(text, ctx);
        heard
            .slots
            .start
            .map(|s| s.to_zoned(ctx.now.time_zone().clone()).strftime("%d %H:%M").to_string())
    }

    #[test]
    fn a_bare_time_is_read_on_the_day_agreed_before() {
        let now = monday();
        let ctx =
            HearContext { known_date: Some(now.date() + 2.days()), ..HearContext::fresh(&now) };
        assert_eq!(start("saa tisa", &ctx).as_deref(), Some("25 15:00"));
        assert_eq!(start("sio saa tisa, saa kumi", &ctx).as_deref(), Some("25 16:00"));
        assert_eq!(start("saa tisa", &HearContext::fresh(&now)), None);
    }

    #[test]
    fn a_typed_number_picks_what_was_offered_and_a_larger_one_is_a_time() {
        let now = monday();
        let offered: Vec<Choice> = (1..=3)
            .map(|n| Choice {
                id: format!("slot-{n}"),
                title: format!("Slot {n}"),
                description: None,
            })
            .collect();
        let ctx = HearContext {
            expecting: Expecting::Slot,
            offered: &offered,
            known_date: Some(now.date()),
            language: Some(Language::En),
            ..HearContext::fresh(&now)
        };
        let heard = ear("demo-barbershop").hear("2", &ctx);
        assert_eq!(
            (heard.intent, heard.slots.choice.as_deref()),
            (Intent::Provide, Some("slot-2"))
        );
        assert_eq!(heard.slots.ordinal, Some(Ordinal::Nth(2)));
        assert_eq!(start("10", &ctx).as_deref(), Some("23 10:00"));
    }

    #[test]
    fn any_time_in_a_part_of_the_day_is_that_part() {
        let now = monday();
        let part = |text: &str| {
            let heard = ear("demo-barbershop").hear(text, &HearContext::fresh(&now));
            match heard.slots.time {
                Some(TimeMention::Part { part }) => Some(part),
                _ => None,
            }
        };
        for (text, expected) in [
            ("any time in the morning", DayPart::Morning),
            ("saa yoyote asubuhi", DayPart::Morning),
            ("any time after lunch on Saturday", DayPart::Afternoon),
            ("after lunch kesho", DayPart::Afternoon),
            ("baada ya chakula cha mchana", DayPart::Afternoon),
            ("lunchtime kesho", DayPart::Midday),
        ] {
            assert_eq!(part(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn who_comes_with_others_is_told_from_who_comes_alone() {
        let now = monday();
        let party =
            |text: &str| ear("demo-barbershop").hear(text, &HearContext::fresh(&now)).slots.party;
        for text in [
            "haircut x2 tomorrow 10am",
            "2 haircuts tomorrow 10am",
            "book a haircut for 3 people on Saturday",
            "tuko watu wawili kesho saa nne",
            "mimi na mke wangu Jumamosi",
        ] {
            assert!(party(text), "{text}");
        }
        for text in [
            "a haircut for my son tomorrow at 2",
            "tomorrow at 2 haircut",
            "kunyoa mtoto kesho saa 3",
        ] {
            assert!(!party(text), "{text}");
        }
    }

    #[test]
    fn who_wants_to_be_told_is_told_from_who_asks() {
        let now = monday();
        let salon = ear("demo-salon");
        let heard = |text: &str| salon.hear(text, &HearContext::fresh(&now));
        for text in [
            "niambie ikipatikana nafasi",
            "ikitokea nafasi nijulishe tafadhali",
            "mtu akicancel niambie",
            "nistue kukipatikana slot kesho",
            "let me know when a slot opens up",
            "if anyone cancels please tell me",
            "can you put me on the waiting list",
            "text me if something opens up on saturday",
        ] {
            assert!(heard(text).slots.notify, "{text}");
        }
        for text in [
            "niambie kama mko na nafasi kesho",
            "tell me if you are free tomorrow at 3",
            "let me know the price of braids",
            "nataka kusuka kesho saa tisa",
            "niambie bei ya kusuka",
            "cancel my booking please",
        ] {
            assert!(!heard(text).slots.notify, "{text}");
        }
        assert_eq!(heard("if anyone cancels please tell me").intent, Intent::Provide);
        let tomorrow = heard("nistue kukipatikana slot ya braids kesho");
        assert_eq!((tomorrow.intent, tomorrow.slots.services.len()), (Intent::Book, 1));
    }

    #[test]
    fn what_must_not_be_guessed_is_asked() {
        let (now, salon) = (monday(), ear("demo-salon"));
        for text in [
            "nataka kusuka kesho 3",
            "braids tomorrow at 7",
            "Jumapili saa tisa",
            "kesho asubuhi",
            "kesho kati ya saa nane na saa kumi",
        ] {
            let heard = salon.hear(text, &HearContext::fresh(&now));
            assert_eq!(heard.slots.start, None, "{text}");
        }
        let unclear = salon.hear("nataka kusuka kesho 3", &HearContext::fresh(&now)).slots.time;
        assert!(matches!(unclear, Some(TimeMention::Unclear { readings }) if readings.len() > 1));
    }

    #[test]
    fn tripwires_trip_in_both_languages() {
        let (now, clinic) = (monday(), ear("demo-dental"));
        for (text, wire) in [
            ("my card is 4111 1111 1111 1111", Tripwire::CardNumber),
            ("kitambulisho changu ni 23456789", Tripwire::NationalId),
            ("dharura! anavuja damu", Tripwire::MedicalEmergency),
            ("it's an emergency, can I come now?", Tripwire::MedicalEmergency),
            ("cancel it, she is bleeding heavily", Tripwire::MedicalEmergency),
            ("I can't breathe", Tripwire::MedicalEmergency),
            ("nitakuua", Tripwire::Threat),
            ("I want to kill myself", Tripwire::SelfHarm),
            ("nataka kujiua", Tripwire::SelfHarm),
            ("mjinga wewe", Tripwire::Abuse),
            ("mbwa wewe", Tripwire::Abuse),
            ("nyinyi ni nguruwe", Tripwire::Abuse),
            ("you are all pigs", Tripwire::Abuse),
        ] {
            let heard = clinic.hear(text, &HearContext::fresh(&now));
            assert!(heard.tripwires.contains(&wire), "{text}: {:?}", heard.tripwires);
        }
        for text in [
            "nataka kung'oa jino kesho saa nne",
            "nimepata dharura ya kazi, naomba mnifutie booking",
            "I have a family emergency, please cancel my appointment",
            "emergency at work, can we move it to Friday?",
            "naweza kuja na mbwa wangu?",
            "mnaruhusu mbwa?",
            "is it ok if I bring my dog",
        ] {
            let calm = clinic.hear(text, &HearContext::fresh(&now));
            assert_eq!(calm.tripwires, [], "{text}");
        }
    }

    #[test]
    fn very_long_text_is_heard_by_its_beginning() {
        let (now, salon) = (monday(), ear("demo-salon"));
        let long = format!("nataka kusuka kesho saa tisa {}", "la la 7 ".repeat(8_000));
        let heard = salon.hear(&long, &HearContext::fresh(&now));
        assert_eq!(heard.slots.services.len(), 1);
    }

    /// Words of both languages, signs and numbers in any order.
    fn babble() -> impl Strategy<Value = String> {
        const WORDS: &[&str] = &[
            "saa",
            "tisa",
            "kesho",
            "at",
            "3",
            "12",
            ":",
            "30",
            "pm",
            "to",
            "-",
            "/",
            "tarehe",
            "31",
            "na",
            "nusu",
            "hadi",
            "next",
            "week",
            "Friday",
            "sio",
            "cancel",
            "kusuka",
            "0712345678",
            "999999999",
            ",",
            "000",
            "elfu",
            "mbili",
            "k",
            "in",
            "days",
            "600",
            "hours",
            "2026",
            "mwezi",
            "wa",
            "ya",
            "pili",
            "kasorobo",
            "baada",
            "siku",
            "end",
            "of",
            "month",
            "😀",
            "'",
            "\u{202e}",
        ];
        proptest::collection::vec(proptest::sample::select(WORDS), 0..40)
            .prop_flat_map(|words| prop_oneof![Just(words.join(" ")), Just(words.concat())])
    }

    fn holds(text: &str) {
        let now = monday();
        let offered =
            [Choice { id: "x".to_owned(), title: "Kesho 15:00".to_owned(), description: None }];
        for expecting in [Expecting::Nothing, Expecting::Slot, Expecting::Name, Expecting::Choice] {
            let ctx = HearContext {
                expecting,
                offered: &offered,
                known_date: Some(now.date()),
                ..HearContext::fresh(&now)
            };
            let heard = SALON.with(|salon| salon.hear(text, &ctx));
            assert!((0.0..=1.0).contains(&heard.confidence));
            if let Some(start) = heard.slots.start {
                let hours = start.duration_since(now.timestamp()).as_hours();
                assert!((-24..=400 * 24).contains(&hours), "{text}: {start}");
            }
        }
    }

    thread_local! {
        static SALON: Ear = ear("demo-salon");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_heard_without_panic_and_within_bounds(text in "\\PC{0,120}") {
            holds(&text);
        }

        #[test]
        fn any_order_of_words_is_heard_without_panic_and_within_bounds(text in babble()) {
            holds(&text);
        }
    }
}
