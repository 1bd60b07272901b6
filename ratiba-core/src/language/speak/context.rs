//! What every line needs while it is put into words: the messages, the dials, the customer's name, today's date.

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::bundle::Texts;
use super::emoji;
use super::say::date::{self, Exact};
use super::say::{Manner, money, name, number};
use super::speaker::Voice;
use crate::domain::catalogue::Service;
use crate::domain::dials::{CancellationTone, Dials, Tone};
use crate::domain::id::{ServiceId, StaffId};
use crate::domain::message::Language;
use crate::domain::money::Money;
use crate::scheduling::slot::Slot;

/// The longest name of a service or a business that is said, in characters.
const MAX_LABEL: usize = 60;

/// One turn's circumstances.
pub(super) struct Context<'a> {
    texts: &'a Texts,
    pub(super) voice: &'a Voice<'a>,
    pub(super) dials: Dials,
    pub(super) manner: Manner,
    pub(super) name: Option<String>,
    pub(super) today: Date,
}

impl<'a> Context<'a> {
    pub(super) fn new(texts: &'a Texts, voice: &'a Voice<'a>) -> Self {
        let dials = voice.business.dials();
        let spoken = !voice.capabilities.supports_rich_media;
        let name = name::address(voice.customer.name.as_deref(), dials.honorific);
        let today = voice.now.to_zoned(voice.business.tenant.zone.clone()).date();
        let manner = Manner { language: voice.language, spoken };
        Self { texts, voice, dials, manner, name, today }
    }

    pub(super) const fn language(&self) -> Language {
        self.manner.language
    }

    pub(super) const fn spoken(&self) -> bool {
        self.manner.spoken
    }

    /// A message, to be given its values.
    pub(super) fn message<'m>(&'m self, id: &'static str) -> Message<'m, 'a> {
        let mut args = FluentArgs::with_capacity(10);
        args.set(
            "tone",
            match self.dials.tone {
                Tone::Warm => "warm",
                Tone::Professional => "professional",
                Tone::Playful => "playful",
            },
        );
        args.set(
            "cancellation",
            match self.dials.cancellation_tone {
                CancellationTone::Forgiving => "forgiving",
                CancellationTone::Neutral => "neutral",
                CancellationTone::Firm => "firm",
            },
        );
        args.set("named", if self.name.is_some() { "yes" } else { "no" });
        let message = Message { context: self, id, args };
        message
            .with("name", self.name.clone().unwrap_or_default())
            .with("business", name::clean(&self.voice.business.tenant.name, MAX_LABEL))
    }

    /// A message without values of its own.
    pub(super) fn words(&self, id: &'static str) -> String {
        self.message(id).text()
    }

    pub(super) fn local(&self, at: Timestamp) -> DateTime {
        at.to_zoned(self.voice.business.tenant.zone.clone()).datetime()
    }

    /// "tomorrow, Tuesday 24 November, at 3:00 pm"; for the ear only as much of it as is needed.
    pub(super) fn when(&self, at: Timestamp, state_date: bool) -> String {
        let exact = if self.spoken() && !state_date { Exact::Near } else { Exact::Full };
        self.moment(at, exact)
    }

    pub(super) fn moment(&self, at: Timestamp, exact: Exact) -> String {
        date::moment(self.local(at), self.today, exact, self.manner)
    }

    pub(super) fn day(&self, at: Timestamp, exact: Exact) -> String {
        date::day(self.local(at).date(), self.today, exact, self.manner)
    }

    /// "3:00 pm".
    pub(super) fn clock(&self, at: Timestamp) -> String {
        super::say::time::clock(self.local(at).time(), self.manner)
    }

    pub(super) fn money(&self, amount: Money) -> String {
        money::money(amount, self.manner)
    }

    /// Digits for the eye, words for the ear.
    pub(super) fn number(&self, number: u32) -> String {
        if self.spoken() {
            number::words(u64::from(number), self.language())
        } else {
            number.to_string()
        }
    }

    /// A length in minutes.
    pub(super) fn duration(&self, minutes: impl TryInto<u64>) -> String {
        money::duration(minutes.try_into().unwrap_or(0), self.manner)
    }

    /// The card rail's name; "M-Pesa" is the same in both languages.
    pub(super) const fn rail_card(&self) -> &'static str {
        match self.language() {
            Language::En => "card",
            Language::Sw => "kadi",
        }
    }

    pub(super) fn service(&self, id: ServiceId) -> Option<&'a Service> {
        self.voice.business.catalogue.service(id)
    }

    /// A service's name in the reply's language; empty only when it is gone from the catalogue.
    pub(super) fn service_name(&self, id: ServiceId) -> String {
        self.service(id).map(|service| self.name_of(service)).unwrap_or_default()
    }

    pub(super) fn name_of(&self, service: &Service) -> String {
        name::clean(service.name.in_language(self.language()), MAX_LABEL)
    }

    /// A person's name, where they are still on the team.
    pub(super) fn staff_name(&self, id: StaffId) -> Option<String> {
        self.voice.business.catalogue.member(id).map(|member| name::clean(&member.name, MAX_LABEL))
    }

    /// Whether it says something to name who does the work: a team of one needs no names.
    pub(super) fn names_staff(&self) -> bool {
        self.voice.business.catalogue.staff.iter().filter(|member| member.active).count() > 1
    }

    /// "Haircut with Brian".
    pub(super) fn what(&self, slot: &Slot) -> String {
        let staff = self.staff_name(slot.staff);
        self.message("what")
            .with("service", self.service_name(slot.service))
            .pick("staffed", if staff.is_some() { "yes" } else { "no" })
            .with("staff", staff.unwrap_or_default())
            .text()
    }

    /// "Haircut with Brian tomorrow, Tuesday 24 November, at 3:00 pm".
    pub(super) fn booking(&self, slot: &Slot) -> String {
        format!("{} {}", self.what(slot), self.when(slot.window.start, false))
    }
}

/// A message that is given its values.
pub(super) struct Message<'m, 'a> {
    context: &'m Context<'a>,
    id: &'static str,
    args: FluentArgs<'static>,
}

impl Message<'_, '_> {
    /// Words from outside or from other messages.
    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.args.set(name, FluentValue::from(emoji::without_marks(value)));
        self
    }

    /// One of a message's own alternatives.
    pub(super) fn pick(mut self, name: &'static str, variant: &'static str) -> Self {
        self.args.set(name, variant);
        self
    }

    /// A small number; alternatives may be chosen by it.
    pub(super) fn count(mut self, name: &'static str, number: impl TryInto<u32>) -> Self {
        self.args.set(name, FluentValue::from(number.try_into().unwrap_or(u32::MAX)));
        self
    }

    /// The words, beginning with a capital.
    pub(super) fn sentence(self) -> String {
        let text = self.text();
        let mut chars = text.chars();
        match chars.next() {
            Some(first) if first.is_lowercase() => first.to_uppercase().chain(chars).collect(),
            _ => text,
        }
    }

    /// The words.
    pub(super) fn text(self) -> String {
        let Manner { language, spoken } = self.context.manner;
        self.context.texts.text(language, spoken, self.id, &self.args)
    }
}
