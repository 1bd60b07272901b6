//! Why a moment can or can't be booked, for an operator: every rule that speaks against it, with the numbers behind it.

use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::board::Lengths;
use super::frame::{Frame, is_on_grid, window};
use super::holidays::holiday;
use super::hours::{spans_on, staff_spans_on};
use super::search::{Calendar, lies_within};
use super::slot::{Blocked, Slot};
use crate::domain::appointment::Busy;
use crate::domain::catalogue::{Service, Staff};
use crate::domain::hours::DaySpan;
use crate::domain::id::{AppointmentId, ResourceId, ServiceId, StaffId};
use crate::domain::tenant::Business;

/// What can be said of a service at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The slot, when it can be booked.
    pub slot: Option<Slot>,
    /// The first reason against it, as a customer would hear it.
    pub blocked: Option<Blocked>,
    /// Everything found, from the general to the particular, in plain English with local times.
    pub findings: Vec<Finding>,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule it belongs to.
    pub rule: Rule,
    /// Whether it stands in the way (of at least one person or resource).
    pub blocks: bool,
    /// One sentence.
    pub text: String,
    /// The booking that stands in the way.
    pub appointment: Option<AppointmentId>,
}

/// The rules of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// What is offered, and who can do it.
    Catalogue,
    /// Not before now plus the lead time.
    LeadTime,
    /// Not after the horizon.
    Horizon,
    /// The business's week, holidays and exceptions.
    OpeningHours,
    /// A person's week and exceptions.
    StaffHours,
    /// What a person has booked already.
    StaffBooking,
    /// What a chair, room or machine is booked for already.
    ResourceBooking,
    /// Minutes at which starts are offered.
    Grid,
}

/// Explains whether a service can start at a moment, with one person or with anybody, and what decides it.
///
/// Members of staff are named; customers never are, only the id of their booking.
pub fn explain(
    business: &Business,
    busy: &[Busy],
    now: Timestamp,
    service: ServiceId,
    staff: Option<StaffId>,
    start: Timestamp,
) -> Explanation {
    let answer = Calendar::new(business, busy, now).at(service, staff, start, None);
    let mut notes = Notes { business, now, start, findings: Vec::new() };
    match business.catalogue.service(service) {
        None => notes.add(Rule::Catalogue, true, "there is no such service".to_owned()),
        Some(found) => {
            if !found.active {
                notes.add(Rule::Catalogue, true, format!("{} is not offered now", found.name.en));
            }
            notes.general_rules(found);
            notes.people_and_resources(found, staff, busy);
        }
    }
    Explanation { slot: answer.ok(), blocked: answer.err(), findings: notes.findings }
}

/// Findings while they are collected.
struct Notes<'a> {
    business: &'a Business,
    now: Timestamp,
    start: Timestamp,
    findings: Vec<Finding>,
}

impl Notes<'_> {
    fn add(&mut self, rule: Rule, blocks: bool, text: String) {
        self.findings.push(Finding { rule, blocks, text, appointment: None });
    }

    fn local(&self, moment: Timestamp) -> String {
        let shown = moment.to_zoned(self.business.tenant.zone.clone());
        shown.strftime("%a %-d %b %Y %H:%M").to_string()
    }

    fn general_rules(&mut self, service: &Service) {
        let settings = &self.business.settings;
        let zone = &self.business.tenant.zone;
        let earliest = self.now.saturating_add(i64::from(settings.lead_min).minutes());
        let earliest = earliest.unwrap_or(Timestamp::MAX);
        if self.start < earliest {
            let lead = settings.lead_min;
            let from = self.local(earliest);
            let text = format!("bookings need {lead} minutes of lead time: now from {from} on");
            self.add(Rule::LeadTime, true, text);
        }
        let shown = zone.to_datetime(self.start);
        let today = zone.to_datetime(self.now).date();
        let last = today.saturating_add(i64::from(settings.horizon_days).days());
        if shown.date() > last {
            let text = format!("the horizon is {} days: until {last}", settings.horizon_days);
            self.add(Rule::Horizon, true, text);
        }
        let opening = spans_on(self.business, shown.date());
        let mut text = format!("open on {}: {}", shown.date(), listed(&opening));
        if self.business.opening.exceptions.contains_key(&shown.date()) {
            text.push_str(" (an exception for this date)");
        } else if let Some(day) = holiday(self.business.tenant.country, shown.date()) {
            text = format!("{text} ({})", day.en);
        }
        self.add(Rule::OpeningHours, !self.fits(service, None, &opening), text);
        if !is_on_grid(zone, settings.grid_min, self.start) {
            let text = format!("starts are offered every {} minutes", settings.grid_min);
            self.add(Rule::Grid, true, text);
        }
    }

    /// True when the service lies inside one of the spans of the day on which it starts.
    fn fits(&self, service: &Service, staff: Option<&Staff>, spans: &[DaySpan]) -> bool {
        let zone = &self.business.tenant.zone;
        let date = zone.to_datetime(self.start).date();
        let day = Frame::new(zone, self.business.settings.grid_min, date, date);
        let from = self.start.as_second();
        let work = (from, from + Lengths::of(service).work);
        lies_within(self.business, staff, &day, spans, work)
    }

    fn people_and_resources(&mut self, service: &Service, wanted: Option<StaffId>, busy: &[Busy]) {
        let date = self.business.tenant.zone.to_datetime(self.start).date();
        let lengths = Lengths::of(service);
        let from = self.start.as_second();
        let blocked = window(from - lengths.before, from + lengths.work + lengths.after);
        let conflicts = || busy.iter().filter(|b| b.blocked.overlaps(blocked));
        for member in &self.business.catalogue.staff {
            if wanted.is_some_and(|id| id != member.id) {
                continue;
            }
            let name = &member.name;
            if !member.active || !service.staff.contains(&member.id) {
                if wanted.is_some() {
                    let text = format!("{name} does not do {}", service.name.en);
                    self.add(Rule::Catalogue, true, text);
                }
                continue;
            }
            let spans = staff_spans_on(self.business, member, date);
            if !self.fits(service, Some(member), &spans) {
                let text = format!("{name} works on {date}: {}", listed(&spans));
                self.add(Rule::StaffHours, true, text);
            }
            for booking in conflicts().filter(|b| b.staff == member.id) {
                self.booked(Rule::StaffBooking, name, booking);
            }
        }
        for room in &service.resources {
            let name = self.resource_name(*room);
            for booking in conflicts().filter(|b| b.resource == Some(*room)) {
                self.booked(Rule::ResourceBooking, &name, booking);
            }
        }
    }

    fn resource_name(&self, id: ResourceId) -> String {
        let found = self.business.catalogue.resources.iter().find(|r| r.id == id);
        found.map_or_else(|| id.to_string(), |r| r.name.clone())
    }

    fn booked(&mut self, rule: Rule, name: &str, booking: &Busy) {
        let until = booking.blocked.end.to_zoned(self.business.tenant.zone.clone());
        let text = format!(
            "{name} is booked from {} to {}, buffers included",
            self.local(booking.blocked.start),
            until.strftime("%H:%M")
        );
        let appointment = Some(booking.appointment);
        self.findings.push(Finding { rule, blocks: true, text, appointment });
    }
}

fn listed(spans: &[DaySpan]) -> String {
    if spans.is_empty() {
        return "not at all".to_owned();
    }
    let each = |s: &DaySpan| format!("{}-{}", s.from, s.to);
    spans.iter().map(each).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hours::HolidayRule;
    use crate::scheduling::fixture::{self, BRIAN, CUT, KEVIN, at, busy, id, span};

    fn explained(shop: &Business, taken: &[Busy], staff: Option<u128>, start: &str) -> Explanation {
        explain(shop, taken, at("2026-11-23 09:00"), id(CUT), staff.map(id), at(start))
    }

    fn against(explanation: &Explanation) -> Vec<(Rule, &str)> {
        let blocking = explanation.findings.iter().filter(|f| f.blocks);
        blocking.map(|f| (f.rule, f.text.as_str())).collect()
    }

    #[test]
    fn a_booking_that_blocks_is_named_by_its_id() {
        let shop = fixture::business();
        let taken = [busy(50, KEVIN, "2026-11-24 14:45", 30)];
        let found = explained(&shop, &taken, Some(KEVIN), "2026-11-24 15:00");
        assert_eq!(found.blocked, Some(Blocked::StaffTaken));
        assert_eq!(
            against(&found),
            [(
                Rule::StaffBooking,
                "Kevin is booked from Tue 24 Nov 2026 14:45 to 15:15, buffers included"
            )]
        );
        assert!(found.findings.iter().any(|f| f.appointment == Some(id(50))));
    }

    #[test]
    fn every_rule_in_the_way_is_listed_not_only_the_first() {
        let mut shop = fixture::business();
        shop.opening.holidays = HolidayRule::Open(vec![span("10:00", "16:00")]);
        let taken = [busy(50, BRIAN, "2026-12-12 16:00", 30)];
        let found = explained(&shop, &taken, Some(BRIAN), "2026-12-12 16:05");
        assert_eq!(found.blocked, Some(Blocked::Closed));
        let rules: Vec<Rule> = against(&found).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, [Rule::OpeningHours, Rule::Grid, Rule::StaffHours, Rule::StaffBooking]);
        assert!(against(&found)[0].1.ends_with("10:00-16:00 (Jamhuri Day)"));
    }

    #[test]
    fn a_free_moment_has_its_slot_and_nothing_against_it() {
        let found = explained(&fixture::business(), &[], None, "2026-11-24 15:00");
        assert!(found.slot.is_some() && found.blocked.is_none());
        assert_eq!(against(&found), []);
    }

    #[test]
    fn lead_and_horizon_are_told_in_local_time() {
        let shop = fixture::business();
        let soon = explained(&shop, &[], None, "2026-11-23 09:15");
        assert_eq!(
            against(&soon),
            [(
                Rule::LeadTime,
                "bookings need 30 minutes of lead time: now from Mon 23 Nov 2026 09:30 on"
            )]
        );
        let far = explained(&shop, &[], None, "2026-12-25 10:00");
        assert_eq!(against(&far), [(Rule::Horizon, "the horizon is 30 days: until 2026-12-23")]);
    }
}
