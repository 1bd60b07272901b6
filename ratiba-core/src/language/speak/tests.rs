//! The speaker as a whole: every line, in both languages, in every tone, for the eye and for the ear.

mod every_line;
mod heard;
mod samples;

use jiff::Timestamp;

use super::{Speaker, Voice};
use crate::conversation::line::Line;
use crate::demo::{self, DemoTenant};
use crate::domain::channel::ChannelKind;
use crate::domain::customer::Customer;
use crate::domain::id::{AppointmentId, Mint, ServiceId, StaffId};
use crate::domain::message::{Language, Reply};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::language::understanding::{DayPart, NoSuchDay};
use crate::scheduling::slot::{Blocked, Slot};

/// A tenant, a customer and a moment to speak at: Monday 23 November 2026, 09:00 in Nairobi.
pub(super) struct Scene {
    pub(super) tenant: DemoTenant,
    pub(super) customer: Customer,
    pub(super) now: Timestamp,
    pub(super) channel: ChannelKind,
    speaker: Speaker,
}

impl Scene {
    pub(super) fn of(slug: &str) -> Self {
        let now = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let customer = Customer {
            id: Mint { at: now, seed: 9 }.id(1),
            name: Some("Grace Wanjiru".to_owned()),
            phone: Some(phone()),
            phone_proven: true,
            language: None,
            opted_out: false,
            created_at: now,
        };
        let tenant = demo::tenant(slug).unwrap();
        Self { tenant, customer, now, channel: ChannelKind::Whatsapp, speaker: Speaker::new() }
    }

    pub(super) fn voice(&self, language: Language) -> Voice<'_> {
        Voice {
            language,
            business: &self.tenant.business,
            customer: &self.customer,
            capabilities: self.channel.capabilities(),
            now: self.now,
        }
    }

    pub(super) fn say(&self, language: Language, lines: &[Line]) -> Reply {
        self.speaker.compose(lines, &self.voice(language))
    }

    /// A slot of the n-th service with its first qualified person.
    pub(super) fn slot(&self, service: usize, start: &str) -> Slot {
        let service = &self.tenant.business.catalogue.services[service];
        let window = TimeWindow::of_minutes(start.parse().unwrap(), service.duration_min);
        let staff = service.staff[0];
        Slot { service: service.id, staff, resource: None, window, blocked: window }
    }
}

pub(super) fn phone() -> Phone {
    Phone::from_provider("254712345678").unwrap()
}

pub(super) fn kes(units: i64) -> Money {
    Money::whole(units, Currency::Kes)
}

/// At least one line of every kind, in all forms that differ in words.
pub(super) fn every_line(scene: &Scene) -> Vec<Line> {
    let catalogue = &scene.tenant.business.catalogue;
    let services: Vec<_> = catalogue.services.iter().map(|s| s.id).collect();
    let staff: Vec<_> = catalogue.staff.iter().map(|s| s.id).collect();
    let slot = scene.slot(0, "2026-11-24T15:00:00+03:00");
    let later = scene.slot(1, "2026-11-26T10:30:00+03:00");
    let far = scene.slot(0, "2026-12-12T08:45:00+03:00");
    let apt = |n: u32| -> AppointmentId { Mint { at: scene.now, seed: 3 }.id(n) };
    let receipt = Some("TKX12AB34C".to_owned());
    let mut lines = vec![
        Line::AskService { services: services.clone() },
        Line::AskService { services: services.iter().copied().cycle().take(14).collect() },
        Line::AskWhichService { services: services[..2].to_vec() },
        Line::AskStaff { service: services[0], staff: staff.clone() },
        Line::StaffNotQualified { staff: staff[1], service: services[0] },
        Line::AskTime { day: slot.window.start },
        Line::AskTime { day: later.window.start },
        Line::PhoneTaken { phone: phone() },
        Line::OnWaitlist { service: services[0], day: None },
        Line::OnWaitlist { service: services[0], day: Some(later.window.start) },
        Line::OfferFreed { slot, price: kes(500), due: kes(0), until: later.window.start },
        Line::OfferFreed { slot: later, price: kes(500), due: kes(250), until: slot.window.start },
        Line::CodeSent { phone: phone() },
        Line::CodeWrong { left: 1 },
        Line::CodeWrong { left: 4 },
        Line::OfferSlots { slots: vec![slot, later, far], more: true, part: None },
        Line::OfferSlots { slots: vec![slot], more: false, part: Some(DayPart::Afternoon) },
        Line::OfferSlots { slots: vec![], more: false, part: Some(DayPart::Evening) },
        Line::PaidAndBooked {
            slots: vec![slot, later],
            amount: kes(1_250),
            receipt: receipt.clone(),
            remaining: kes(1_250),
        },
        Line::PaidAndBooked {
            slots: vec![slot],
            amount: kes(500),
            receipt: None,
            remaining: kes(0),
        },
        Line::Booked { slots: vec![slot], at_venue: kes(500) },
        Line::Booked { slots: vec![slot, later], at_venue: kes(0) },
        Line::LateMoneyBooked { amount: kes(500), receipt },
        Line::MyBookings { slots: vec![slot] },
        Line::MyBookings { slots: vec![slot, later, far] },
        Line::MyBookings { slots: vec![] },
        Line::AskWhichBooking { bookings: vec![(apt(1), slot), (apt(2), far)], to_move: false },
        Line::AskWhichBooking { bookings: vec![(apt(1), slot), (apt(2), far)], to_move: true },
        Line::Services { services: services.clone() },
        Line::Services { services: services[..1].to_vec() },
        Line::OpeningHours { day: None },
        Line::OpeningHours { day: Some("2026-12-12T00:00:00+03:00".parse().unwrap()) },
        Line::OpeningHours { day: Some("2026-11-29T00:00:00+03:00".parse().unwrap()) },
        Line::Snippet { body: scene.tenant.snippets[0].body.clone() },
        Line::OfferCrossSell { slot: later, price: kes(300) },
        Line::Cancelled { slot, refund: kes(0) },
        Line::Cancelled { slot, refund: kes(500) },
        Line::KeptBooking { slot },
        Line::AskNewTime { slot },
        Line::ConfirmMove { old: slot, new: far, state_date: true },
        Line::Moved { old: slot, new: far },
    ];
    lines.extend(plain_lines(&services));
    lines.extend(forms(&slot, &later, &staff));
    lines
}

/// The lines that say always the same, or of one service or sum.
fn plain_lines(services: &[ServiceId]) -> Vec<Line> {
    vec![
        Line::Greeting,
        Line::Introduction,
        Line::GreetingAgain,
        Line::HowCanIHelp,
        Line::YoureWelcome,
        Line::NoRush,
        Line::OneAtATime,
        Line::NoSuchDay { day: NoSuchDay { day: 31, month: 11 } },
        Line::LateNoted,
        Line::OptedOut,
        Line::StartedOver,
        Line::AbuseBound,
        Line::OffTopic,
        Line::PleaseType,
        Line::GotAttachment,
        Line::SensitiveNumber,
        Line::NoSuchService,
        Line::AskWhen { service: services[0] },
        Line::AskDay { minute: MinuteOfDay::hm(15, 0).unwrap() },
        Line::SuggestAlongside { next: services[1], price: Money::whole(1_000, Currency::Kes) },
        Line::OneThenTheOther { next: services[1] },
        Line::NoRoomRightAfter { next: services[1] },
        Line::AskPhone,
        Line::BadPhone,
        Line::NothingFree,
        Line::StillOnWaitlist,
        Line::OffWaitlist,
        Line::NoShowDeposit,
        Line::CodeExpired,
        Line::PhoneJoined,
        Line::AskPhoneToSee,
        Line::SlotGone,
        Line::HoldExpired,
        Line::NotBooked,
        Line::PromptSent { phone: phone(), amount: kes(500) },
        Line::PromptUncertain { amount: kes(500) },
        Line::PaymentUnderReview,
        Line::ReviewOutlasted,
        Line::LateMoneyCounted { amount: kes(500), receipt: None },
        Line::PayOnPage { url: "https://pay.example/x".to_owned(), amount: kes(500) },
        Line::PageStillOpen { url: "https://pay.example/x".to_owned(), amount: kes(500) },
        Line::PaymentStillOpen { amount: kes(500), rail: Rail::Mpesa },
        Line::PaymentStillOpen { amount: kes(500), rail: Rail::Card },
        Line::PaymentTimedOut,
        Line::PaymentCancelled { rail: Rail::Mpesa },
        Line::PaymentCancelled { rail: Rail::Card },
        Line::PaidTwice { amount: kes(500) },
        Line::AskPayerPhone,
        Line::LateMoneyReturned { amount: kes(500) },
        Line::ReturnedAfterCancel,
        Line::Refunded { amount: kes(500) },
        Line::NoBookings,
        Line::AskDropDraft { service: None },
        Line::AskDropDraft { service: Some(services[0]) },
        Line::Team,
        Line::WillAskTeam,
        Line::OneMoment,
        Line::BackToIt,
        Line::HandingOver,
        Line::PersonJoined,
        Line::HandoffApology,
        Line::HandoffGaveUp,
        Line::AgentResumed,
        Line::EmergencyAdvice,
    ]
}

/// The lines whose words depend on a reason or on sums of money.
fn forms(slot: &Slot, later: &Slot, staff: &[StaffId]) -> Vec<Line> {
    let (slot, later) = (*slot, *later);
    let mut lines = Vec::new();
    lines.extend((1..=4).map(|times| Line::DidNotUnderstand { times }));
    let readings = vec![MinuteOfDay::hm(9, 0).unwrap(), MinuteOfDay::hm(15, 0).unwrap()];
    for day in [None, Some(slot.window.start)] {
        lines.push(Line::AskWhichTime { day, readings: readings.clone() });
    }
    for why in [
        Blocked::Past,
        Blocked::TooSoon,
        Blocked::TooFar,
        Blocked::ClosedThatDay,
        Blocked::Closed,
        Blocked::NotQualified,
        Blocked::StaffOff,
        Blocked::StaffTaken,
        Blocked::ResourceTaken,
        Blocked::OffGrid,
    ] {
        for staff in [None, Some(staff[0])] {
            lines.push(Line::NotFree { wished: slot.window.start, why, staff });
        }
    }
    for (due, state_date) in [(0, false), (250, true), (500, false)] {
        let (price, due) = (kes(500), kes(due));
        lines.push(Line::ConfirmBooking { slot, price, due, state_date, rail: None });
        lines.push(Line::ConfirmBundle { first: slot, second: later, price, due, rail: None });
    }
    for (refund, kept) in [(0, 0), (500, 0), (250, 250), (0, 500)] {
        let (refund, kept) = (kes(refund), kes(kept));
        for free_until_hours in [0, 24] {
            lines.push(Line::ConfirmCancel { slot, refund, kept, free_until_hours });
        }
    }
    for reason in [
        FailureReason::WrongPin,
        FailureReason::InsufficientFunds,
        FailureReason::CancelledOnPhone,
        FailureReason::Unreachable,
        FailureReason::Busy,
        FailureReason::Limit,
        FailureReason::InvalidNumber,
        FailureReason::ProviderDown,
        FailureReason::Misconfigured,
        FailureReason::Declined,
        FailureReason::Other,
    ] {
        for rail in [Rail::Mpesa, Rail::Card] {
            lines.push(Line::PaymentFailed {
                reason,
                rail,
                offer_number: true,
                offer_card: rail == Rail::Mpesa,
                offer_venue: true,
            });
        }
    }
    lines
}
