//! Changes of the business document that an owner makes in a sentence.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Bilingual, Service};
use crate::domain::hours::DaySpan;
use crate::domain::id::{ServiceId, StaffId};
use crate::domain::money::Money;
use crate::domain::tenant::Business;
use crate::domain::time::MinuteOfDay;

/// Days that one sentence blocks at most.
pub const MOST_DAYS: usize = 92;

/// A change, with everything that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// No new bookings for a while; what is booked stays.
    Block {
        /// Whose; `None`: everybody's.
        staff: Option<StaffId>,
        /// Which day.
        date: Date,
        /// The last day, where it is several: the same hours on each.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<Date>,
        /// From this minute.
        from: MinuteOfDay,
        /// Until this one.
        to: MinuteOfDay,
    },
    /// A new service that everybody does.
    AddService {
        /// Its id.
        id: ServiceId,
        /// Its name.
        name: String,
        /// Its price.
        price: Money,
        /// Its length.
        minutes: u32,
    },
    /// Another price for what is booked from now on.
    Price {
        /// Of what.
        service: ServiceId,
        /// The price.
        price: Money,
    },
}

/// Makes a change. Making it again changes nothing; one whose service or member of staff is gone does nothing.
pub fn apply(business: &mut Business, change: &Change) {
    match change {
        Change::Block { staff, date, last, from, to } => {
            for date in days(*date, last.unwrap_or(*date)) {
                block(business, *staff, date, *from, *to);
            }
        }
        Change::AddService { id, name, price, minutes } => {
            if business.catalogue.service(*id).is_some() {
                return;
            }
            let staff =
                business.catalogue.staff.iter().filter(|s| s.active).map(|s| s.id).collect();
            business.catalogue.services.push(Service {
                id: *id,
                name: Bilingual::new(name, name),
                aliases: Vec::new(),
                category: String::new(),
                description: Bilingual::default(),
                duration_min: *minutes,
                buffer_before_min: 0,
                buffer_after_min: 0,
                price: *price,
                deposit: None,
                staff,
                resources: Vec::new(),
                active: true,
            });
        }
        Change::Price { service, price } => {
            let found = business.catalogue.services.iter_mut().find(|s| s.id == *service);
            if let Some(service) = found {
                service.price = *price;
            }
        }
    }
}

/// The days of a stretch, both ends included.
fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last).take(MOST_DAYS)
}

/// Takes a part out of a day's hours: of one member of staff, or of the business.
fn block(
    business: &mut Business,
    staff: Option<StaffId>,
    date: Date,
    from: MinuteOfDay,
    to: MinuteOfDay,
) {
    let opening = &mut business.opening;
    let open = opening.exceptions.get(&date).cloned();
    let open = open.unwrap_or_else(|| opening.week.on(date.weekday()).to_vec());
    let Some(staff) = staff else {
        opening.exceptions.insert(date, without(&open, from, to));
        return;
    };
    let Some(member) = business.catalogue.staff.iter_mut().find(|s| s.id == staff) else {
        return;
    };
    let own = member.hours.week.as_ref().map(|week| week.on(date.weekday()).to_vec());
    let spans = member.hours.exceptions.get(&date).cloned().or(own).unwrap_or(open);
    member.hours.exceptions.insert(date, without(&spans, from, to));
}

/// What is left of a day's hours when a part is taken out.
fn without(spans: &[DaySpan], from: MinuteOfDay, to: MinuteOfDay) -> Vec<DaySpan> {
    let parts = |span: &DaySpan| {
        [DaySpan::new(span.from, span.to.min(from)), DaySpan::new(span.from.max(to), span.to)]
    };
    spans.iter().flat_map(parts).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hm(hour: u16) -> MinuteOfDay {
        MinuteOfDay::hm(hour, 0).unwrap()
    }

    #[test]
    fn a_block_of_days_takes_the_same_out_of_each() {
        let mut business = crate::demo::tenant("demo-salon").unwrap().business;
        let amina = business.catalogue.staff[0].id;
        let (date, last) = ("2026-11-24".parse().unwrap(), "2026-11-26".parse().ok());
        let (from, to) = (MinuteOfDay::START, MinuteOfDay::END);
        apply(&mut business, &Change::Block { staff: Some(amina), date, last, from, to });
        let exceptions = &business.catalogue.member(amina).unwrap().hours.exceptions;
        let free: Vec<String> = exceptions
            .iter()
            .filter(|(_, spans)| spans.is_empty())
            .map(|(date, _)| date.to_string())
            .collect();
        assert_eq!(free, ["2026-11-24", "2026-11-25", "2026-11-26"]);
    }

    #[test]
    fn a_block_takes_a_piece_out_of_the_day_and_nothing_when_repeated() {
        let mut business = crate::demo::tenant("demo-salon").unwrap().business;
        let amina = business.catalogue.staff[0].id;
        let date: Date = "2026-11-24".parse().unwrap();
        let block =
            Change::Block { staff: Some(amina), date, last: None, from: hm(12), to: hm(17) };
        apply(&mut business, &block);
        let hours =
            |b: &Business| b.catalogue.member(amina).unwrap().hours.exceptions[&date].clone();
        let expected =
            vec![DaySpan::new(hm(9), hm(12)).unwrap(), DaySpan::new(hm(17), hm(19)).unwrap()];
        assert_eq!(hours(&business), expected);
        apply(&mut business, &block);
        assert_eq!(hours(&business), expected);
    }

    #[test]
    fn closing_for_a_whole_day_leaves_no_hours_that_day_only() {
        let mut business = crate::demo::tenant("demo-salon").unwrap().business;
        let date: Date = "2026-11-24".parse().unwrap();
        let all = Change::Block {
            staff: None,
            date,
            last: None,
            from: MinuteOfDay::START,
            to: MinuteOfDay::END,
        };
        apply(&mut business, &all);
        assert_eq!(business.opening.exceptions[&date], []);
        assert_eq!(business.opening.exceptions.len(), 1);
    }
}
