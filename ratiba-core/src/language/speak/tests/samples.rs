//! Whole turns as customers and owners read and hear them.

use super::{Scene, kes, phone};
use crate::conversation::effect::{AdminNote, Signal};
use crate::conversation::line::Line;
use crate::domain::channel::ChannelKind;
use crate::domain::dials::{CancellationTone, Emoji, Greeting, Tone};
use crate::domain::message::Language::{En, Sw};
use crate::domain::message::Reply;
use crate::domain::payment::FailureReason;
use crate::domain::tenant::Rail;
use crate::domain::time::TimeWindow;
use crate::language::speak::{AdminText, PastTurn, Reminder, TurnBy};
use crate::scheduling::slot::{Blocked, Slot};

const TOMORROW_AT_THREE: &str = "2026-11-24T15:00:00+03:00";

fn titles(reply: &Reply) -> Vec<&str> {
    reply.choices.iter().map(|choice| choice.title.as_str()).collect()
}

/// The same slot at another time.
fn at(slot: Slot, start: &str) -> Slot {
    let window = TimeWindow::of_minutes(start.parse().unwrap(), 30);
    Slot { window, blocked: window, ..slot }
}

#[test]
fn a_first_hello() {
    let scene = Scene::of("demo-salon");
    let turn = [Line::Greeting, Line::Introduction, Line::HowCanIHelp];
    let sw = scene.say(Sw, &turn);
    assert_eq!(
        sw.text,
        "Habari Grace, karibu sana Nywele Studio! Welcome. 😊\n\nMimi ni msaidizi wa kidijitali (bot), nakusaidia \
         kubook saa yoyote. Ukitaka kuongea na mtu, sema tu \"nataka mtu\". Nikusaidie na nini leo?"
    );
    assert_eq!(titles(&sw), ["Kubook", "Booking zangu", "Huduma na bei"]);
    let en = scene.say(En, &turn);
    assert!(
        en.text.starts_with("Hi Grace, karibu sana! Welcome to Nywele Studio! 😊"),
        "{}",
        en.text
    );
    assert_eq!(titles(&en), ["Book", "My bookings", "Services and prices"]);
}

#[test]
fn the_owner_may_greet_in_own_words() {
    let mut scene = Scene::of("demo-salon");
    scene.tenant.business.dials.greeting = Some(Greeting::Own("Sasa mrembo! 💅".to_owned()));
    scene.tenant.business.dials.emoji = Some(Emoji::None);
    assert_eq!(scene.say(Sw, &[Line::Greeting]).text, "Sasa mrembo! 💅");
}

#[test]
fn a_booking_is_confirmed_with_everything_that_matters() {
    let mut scene = Scene::of("demo-barbershop");
    let slot = scene.slot(0, TOMORROW_AT_THREE);
    let (price, due, state_date) = (kes(500), kes(500), false);
    let turn = [Line::ConfirmBooking { slot, price, due, state_date, rail: None }];
    let said = scene.say(En, &turn);
    assert_eq!(
        said.text,
        "Sorted, Grace! Haircut with Brian tomorrow, Tuesday 24 November, at 3:00 pm. The price is KSh 500, paid by \
         M-Pesa when you confirm. Shall I lock it in?"
    );
    assert_eq!(titles(&said), ["Yes, book it", "No"]);
    scene.tenant.business.dials.tone = Some(Tone::Warm);
    assert_eq!(
        scene.say(Sw, &turn).text,
        "Sawa Grace, nimekuwekea nafasi ya Kunyoa nywele na Brian kesho, Jumanne tarehe 24 Novemba, saa tisa alasiri \
         (15:00). Bei ni KSh 500, unalipa kwa M-Pesa ukithibitisha. Nithibitishe?"
    );
    scene.channel = ChannelKind::Voice;
    assert_eq!(
        scene.say(Sw, &turn).text,
        "Nimekuwekea nafasi ya Kunyoa nywele na Brian kesho saa tisa alasiri, shilingi mia tano kwa M-Pesa. Nithibitishe?"
    );
}

#[test]
fn a_taken_time_is_answered_with_others() {
    let mut scene = Scene::of("demo-barbershop");
    let slot = scene.slot(0, TOMORROW_AT_THREE);
    let (staff, why) = (Some(slot.staff), Blocked::StaffTaken);
    let slots =
        ["2026-11-24T14:30:00+03:00", "2026-11-24T15:30:00+03:00", "2026-11-25T09:00:00+03:00"]
            .map(|start| at(slot, start));
    let turn = [
        Line::NotFree { wished: slot.window.start, why, staff },
        Line::OfferSlots { slots: slots.to_vec(), more: true, part: None },
    ];
    let en = scene.say(En, &turn);
    assert_eq!(
        en.text,
        "Sorry, Brian is already booked tomorrow at 3:00 pm.\n\nFor Haircut with Brian I have tomorrow at 2:30 pm, \
         3:30 pm or on Wednesday at 9:00 am. Which one works for you?"
    );
    assert_eq!(
        titles(&en),
        ["Tomorrow 2:30 pm", "Tomorrow 3:30 pm", "Wed 25 Nov, 9:00 am", "More times"]
    );
    let sw = scene.say(Sw, &turn);
    assert_eq!(titles(&sw), ["Kesho 14:30", "Kesho 15:30", "Jumatano 25/11 09:00", "Saa zingine"]);
    scene.channel = ChannelKind::Voice;
    assert_eq!(
        scene.say(Sw, &turn[1..]).text,
        "Kwa Kunyoa nywele na Brian, nafasi zilizo wazi ni kesho saa nane na nusu mchana, saa tisa na nusu alasiri au \
         kesho kutwa saa tatu asubuhi, ipi itakufaa?"
    );
}

#[test]
fn two_people_free_at_one_moment_are_told_apart() {
    let scene = Scene::of("demo-barbershop");
    let first = scene.slot(0, TOMORROW_AT_THREE);
    let kevin = scene.tenant.business.catalogue.staff[1].id;
    let slots = vec![first, Slot { staff: kevin, ..first }];
    let said = scene.say(En, &[Line::OfferSlots { slots, more: false, part: None }]);
    assert_eq!(
        said.text,
        "For Haircut I have tomorrow at 3:00 pm with Brian or 3:00 pm with Kevin. Which one works for you?"
    );
    assert_eq!(titles(&said), ["3:00 pm Brian", "3:00 pm Kevin"]);
}

#[test]
fn a_digression_is_answered_and_the_question_asked_again() {
    let scene = Scene::of("demo-dental");
    let slot = scene.slot(1, TOMORROW_AT_THREE);
    let body = scene.tenant.snippets[0].body.clone();
    let (price, due, state_date) = (kes(3_500), kes(0), true);
    let said = scene.say(
        En,
        &[
            Line::Snippet { body },
            Line::BackToIt,
            Line::ConfirmBooking { slot, price, due, state_date, rail: None },
        ],
    );
    assert_eq!(
        said.text,
        "There is patient parking in front of the clinic, free for the first two hours. A wheelchair ramp leads to the \
         door.\n\nNow, back to your booking. I have reserved Cleaning with Dr Otieno for you tomorrow, Tuesday 24 \
         November, at 3:00 pm. The price is KSh 3,500, paid when you come. Shall I confirm?"
    );
    assert_eq!(titles(&said), ["Yes, book it", "No"]);
}

#[test]
fn only_the_last_question_keeps_its_choices() {
    let scene = Scene::of("demo-salon");
    let services = vec![scene.tenant.business.catalogue.services[0].id];
    let said = scene.say(En, &[Line::HowCanIHelp, Line::AskService { services }]);
    assert_eq!(titles(&said), ["Braids"]);
    assert_eq!(said.choices[0].description.as_deref(), Some("KSh 2,500, 3 hours"));
    assert_eq!(said.list_label, "Services");
    let service = scene.tenant.business.catalogue.services[0].id;
    assert!(scene.say(En, &[Line::HowCanIHelp, Line::AskWhen { service }]).choices.is_empty());
}

#[test]
fn paying_and_failing_to() {
    let scene = Scene::of("demo-salon");
    let slot = scene.slot(0, TOMORROW_AT_THREE);
    assert_eq!(
        scene.say(Sw, &[Line::PromptSent { phone: phone(), amount: kes(1_250) }]).text,
        "Nimetuma ombi la M-Pesa la KSh 1,250 kwa 0712 345 678. Weka PIN yako, malipo yakifika nitakuthibitishia."
    );
    let wrong_pin = |rail, offer_number| Line::PaymentFailed {
        reason: FailureReason::WrongPin,
        rail,
        offer_number,
        offer_card: false,
        offer_venue: true,
    };
    let failed = scene.say(Sw, &[wrong_pin(Rail::Mpesa, true)]);
    assert_eq!(
        failed.text,
        "Malipo hayajapita: PIN haikuwa sahihi. Nafasi yako bado nimeiweka. Tujaribu tena?"
    );
    assert_eq!(titles(&failed), ["Jaribu tena", "Namba nyingine", "Nitalipa nikija"]);
    let by_card = scene.say(En, &[wrong_pin(Rail::Card, true)]);
    assert_eq!(titles(&by_card), ["Try again", "Use M-Pesa", "Pay at the venue"]);
    let only_cards = scene.say(En, &[wrong_pin(Rail::Card, false)]);
    assert_eq!(titles(&only_cards), ["Try again", "Pay at the venue"]);
    let receipt = Some("TKX12AB34C".to_owned());
    let (amount, remaining) = (kes(1_250), kes(1_250));
    let paid = Line::PaidAndBooked { slots: vec![slot], amount, receipt, remaining };
    assert_eq!(
        scene.say(Sw, &[paid]).text,
        "Asante sana Grace! Tumepokea KSh 1,250 (risiti TKX12AB34C). Booking yako iko sawa: Kusuka na Amina kesho, \
         Jumanne tarehe 24 Novemba, saa tisa alasiri (15:00). Iliyobaki, KSh 1,250, utalipa ukija. Tuonane! 🎉"
    );
}

#[test]
fn cancelling_says_what_it_costs_in_the_tone_of_the_house() {
    let mut scene = Scene::of("demo-salon");
    let slot = scene.slot(0, TOMORROW_AT_THREE);
    let (refund, kept, free_until_hours) = (kes(0), kes(1_250), 48);
    let turn = [Line::ConfirmCancel { slot, refund, kept, free_until_hours }];
    assert_eq!(
        scene.say(Sw, &turn).text,
        "Usijali, mipango hubadilika. Imebaki chini ya masaa 48, kwa hivyo KSh 1,250 ulizolipa hazirudi. Nighairi \
         Kusuka na Amina kesho, Jumanne tarehe 24 Novemba, saa tisa alasiri (15:00)?"
    );
    scene.tenant.business.dials.cancellation_tone = Some(CancellationTone::Firm);
    assert_eq!(
        scene.say(En, &turn).text,
        "Cancelling is free only until 48 hours before. It's less than 48 hours to go, so the KSh 1,250 you paid is \
         not refunded. Do you want me to cancel Braids with Amina tomorrow, Tuesday 24 November, at 3:00 pm?"
    );
}

#[test]
fn a_caller_hears_who_speaks_and_what_can_be_said() {
    let mut scene = Scene::of("demo-barbershop");
    scene.channel = ChannelKind::Voice;
    let hello = scene.say(En, &[Line::Greeting, Line::Introduction, Line::HowCanIHelp]);
    assert_eq!(
        hello.text,
        "Hello Grace, welcome to Kinyozi Fresh, I'm the automated assistant; say \"human\" for a person. What can I do \
         for you today?"
    );
    let services = scene.tenant.business.catalogue.services.iter().map(|s| s.id).take(3).collect();
    assert_eq!(
        scene.say(En, &[Line::AskService { services }]).text,
        "Which service would you like: say one for Haircut, two for Beard Trim or three for Haircut & Beard."
    );
}

#[test]
fn admins_learn_who_needs_them_and_how_to_step_in() {
    let scene = Scene::of("demo-salon");
    let turns = [
        PastTurn { by: TurnBy::Customer, text: "mnanichanganya\nsana" },
        PastTurn { by: TurnBy::Agent, text: "Samahani, sijakuelewa." },
    ];
    let page = AdminText::Page {
        signal: Signal::Unhappy,
        doing: "booking Braids",
        turns: &turns,
        reminding: false,
    };
    assert_eq!(
        scene.speaker.admin_text(&page, &scene.voice(En)),
        "Grace Wanjiru (0712 345 678) needs a person. They sound unhappy.\nDoing: booking Braids\nLast messages:\n\
         Customer: mnanichanganya sana\nMe: Samahani, sijakuelewa.\nNext: apologise first, then offer a way out.\n\
         Reply /engage Grace to take over, /handback when you're done."
    );
    let note = AdminNote::Booked { appointments: Vec::new() };
    let slots = [scene.slot(0, TOMORROW_AT_THREE)];
    let booked = AdminText::Note { note: &note, slots: &slots, amount: Some(kes(1_250)) };
    assert_eq!(
        scene.speaker.admin_text(&booked, &scene.voice(Sw)),
        "Booking mpya: Grace Wanjiru (0712 345 678), Kusuka na Amina kesho, Jumanne tarehe 24 Novemba, saa tisa alasiri \
         (15:00). Amelipa: KSh 1,250."
    );
}

#[test]
fn every_page_and_note_has_words_for_known_and_unknown_customers() {
    let mut scene = Scene::of("demo-barbershop");
    let slot = scene.slot(0, TOMORROW_AT_THREE);
    let mint = crate::domain::id::Mint { at: scene.now, seed: 5 };
    let (appointment, payment) = (mint.id(1), mint.id(2));
    let notes = [
        AdminNote::Booked { appointments: vec![appointment] },
        AdminNote::Cancelled { appointment },
        AdminNote::Moved { old: appointment, new: appointment },
        AdminNote::RunningLate { words: "nimechelewa kidogo".to_owned() },
        AdminNote::LateMoneyRebooked { payment },
        AdminNote::LateMoneyCounted { payment },
        AdminNote::LateMoneyReturned { payment },
        AdminNote::PaymentReview { payment },
        AdminNote::RefundByHand { payment },
        AdminNote::RefundToApprove { payment },
        AdminNote::PaymentUnconfirmed { payment },
        AdminNote::PaymentTakenBack { payment },
        AdminNote::StillWaiting,
        AdminNote::GaveUp,
        AdminNote::EngagedBy { admin: phone() },
        AdminNote::HandedBack,
    ];
    let signals = [
        Signal::Asked,
        Signal::NotUnderstood,
        Signal::Unhappy,
        Signal::TooCostly,
        Signal::SensitiveNumber,
        Signal::Compliance,
        Signal::NoProgress,
        Signal::ToolFailing,
    ];
    for known in [true, false] {
        if !known {
            scene.customer.name = None;
            scene.customer.phone = None;
        }
        for language in [En, Sw] {
            let mut said = Vec::new();
            for note in &notes {
                for (slots, amount) in [(&[slot, slot][..], Some(kes(500))), (&[slot][..], None)] {
                    let text = AdminText::Note { note, slots, amount };
                    said.push(scene.speaker.admin_text(&text, &scene.voice(language)));
                }
            }
            for signal in signals {
                let page = AdminText::Page { signal, doing: "", turns: &[], reminding: true };
                said.push(scene.speaker.admin_text(&page, &scene.voice(language)));
            }
            for text in said {
                assert!(text.len() > 20, "{text}");
                for bad in ["{", "  ", " .", " ,", "()", "..", "$"] {
                    assert!(!text.contains(bad), "{bad:?} in {text}");
                }
            }
        }
    }
}

#[test]
fn reminders_fit_in_one_text_message_of_the_cheap_alphabet() {
    for slug in ["demo-barbershop", "demo-salon", "demo-dental"] {
        let scene = Scene::of(slug);
        let slot = scene.slot(0, TOMORROW_AT_THREE);
        for language in [En, Sw] {
            for which in [Reminder::DayBefore, Reminder::HoursBefore] {
                let voice = scene.voice(language);
                let text = scene.speaker.reminder_text(which, &slot, kes(0), &voice);
                assert!(text.is_ascii() && text.len() <= 160, "{} in {text}", text.len());
                assert!(text.starts_with(&scene.tenant.business.tenant.name), "{text}");
            }
        }
    }
    let scene = Scene::of("demo-salon");
    let slot = scene.slot(0, TOMORROW_AT_THREE);
    assert_eq!(
        scene.speaker.reminder_text(Reminder::DayBefore, &slot, kes(1_250), &scene.voice(Sw)),
        "Nywele Studio: kumbuka Grace, Kusuka na Amina kesho saa tisa alasiri (15:00). Utalipa KSh 1,250 ukija. \
         Kubadilisha jibu HAMISHA au GHAIRI."
    );
}
