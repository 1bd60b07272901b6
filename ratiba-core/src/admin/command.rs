//! What an owner can ask for.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::appointment::Appointment;
use crate::domain::id::{ServiceId, StaffId};
use crate::domain::money::Money;
use crate::domain::tenant::Rail;
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::domain::visit::VisitOutcome;

/// Some days in a row, the same hours on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first day.
    pub first: Date,
    /// The last day; the first one where it is only one.
    pub last: Date,
    /// From this minute.
    pub from: MinuteOfDay,
    /// Until this one.
    pub to: MinuteOfDay,
}

impl Stretch {
    /// Whether something that keeps `window` busy would be in it, in the tenant's zone.
    pub fn touches(&self, window: TimeWindow, zone: &TimeZone) -> bool {
        let day = window.start.to_zoned(zone.clone()).date();
        (self.first..=self.last).contains(&day)
            && TimeWindow::new(self.from.on(day, zone), self.to.on(day, zone))
                .is_some_and(|hours| hours.overlaps(window))
    }
}

/// A command, as far as its words say.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The day's appointments.
    Today,
    /// Those of this day and the six after it.
    Week,
    /// Appointments to come that fit.
    Find(Which),
    /// Call an appointment off.
    Cancel(Which),
    /// Move one.
    Reschedule {
        /// Which.
        which: Which,
        /// The new start; `None` when no one moment was named.
        to: Option<Timestamp>,
    },
    /// Take no bookings for a while.
    Block {
        /// Whose; `None`: everybody's.
        staff: Option<StaffId>,
        /// When; `None` when no day was named.
        stretch: Option<Stretch>,
    },
    /// A new service.
    AddService {
        /// Its name; empty when there was none.
        name: String,
        /// Its price.
        price: Option<Money>,
        /// Its length in minutes.
        minutes: Option<u32>,
    },
    /// Another price from now on.
    UpdatePrice {
        /// Of what.
        service: Option<ServiceId>,
        /// The price.
        price: Option<Money>,
    },
    /// Somebody came without an appointment and paid.
    WalkIn {
        /// What was done.
        service: Option<ServiceId>,
        /// By whom.
        staff: Option<StaffId>,
        /// What was paid, where it is not the price.
        amount: Option<Money>,
        /// How.
        rail: Rail,
    },
    /// Somebody with an appointment paid at the venue.
    Paid {
        /// Which appointment.
        which: Which,
        /// How much, where it is not all that is left.
        amount: Option<Money>,
        /// How.
        rail: Rail,
    },
    /// The last payment that was entered here was none.
    Undo,
    /// The day's money.
    CashUp {
        /// The cash that was counted.
        counted: Option<Money>,
    },
    /// Talk to a customer who waits.
    Engage {
        /// A name; empty for whoever has waited longest.
        who: String,
    },
    /// Give the conversation back.
    HandBack,
    /// Whether the customer of a visit came.
    Visit {
        /// What is said of it.
        outcome: VisitOutcome,
        /// A name; empty for the last visit.
        who: String,
    },
    /// Yes to what was asked.
    Yes,
    /// No to what was asked.
    No,
    /// The `n`-th of what was listed, from 1.
    Pick(usize),
    /// Words for the customer that this admin talks to.
    Say,
    /// What can be written here.
    Help,
}

/// How an appointment is referred to. Everything that is said must fit, as far as it fits any at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Which {
    /// Words in lower case, a name perhaps among them.
    pub words: Vec<String>,
    /// Digits of a phone number, without zeros in front.
    pub digits: String,
    /// Its start.
    pub start: Option<Timestamp>,
    /// Its day.
    pub date: Option<Date>,
    /// Its service.
    pub service: Option<ServiceId>,
    /// Who does it.
    pub staff: Option<StaffId>,
}

/// An appointment and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The appointment.
    pub appointment: Appointment,
    /// The customer's name, as far as it is known.
    pub name: Option<String>,
    /// The digits of their number, with country code.
    pub digits: Option<String>,
}

impl Which {
    /// True when nothing was said that could pick one.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The visits that this refers to. A name or number that fits some excludes all others; so do moment, day, service and staff.
    pub fn among<'a>(&self, visits: &'a [Visit], zone: &TimeZone) -> Vec<&'a Visit> {
        let mut left: Vec<&Visit> = visits.iter().collect();
        let named = |visit: &Visit| {
            visit.name.as_ref().is_some_and(|name| {
                name.to_lowercase()
                    .split_whitespace()
                    .any(|part| self.words.iter().any(|w| w == part))
            })
        };
        let numbered = |visit: &Visit| {
            self.digits.len() >= 6
                && visit.digits.as_ref().is_some_and(|digits| digits.ends_with(&self.digits))
        };
        let person = |visit: &Visit| named(visit) || numbered(visit);
        if left.iter().any(|visit| person(visit)) {
            left.retain(|visit| person(visit));
        } else if self.names_somebody() {
            return Vec::new();
        }
        let day = |visit: &Visit| visit.appointment.window.start.to_zoned(zone.clone()).date();
        if let Some(start) = self.start {
            left.retain(|visit| visit.appointment.window.start == start);
        } else if let Some(date) = self.date {
            left.retain(|visit| day(visit) == date);
        }
        if let Some(service) = self.service {
            left.retain(|visit| visit.appointment.service == service);
        }
        if let Some(staff) = self.staff {
            left.retain(|visit| visit.appointment.staff == staff);
        }
        left
    }

    /// Words or digits that can only be somebody who has no appointment here.
    fn names_somebody(&self) -> bool {
        !self.words.is_empty() || self.digits.len() >= 6
    }
}
