//! What each member of the team has earned: their share of the visits that took place.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::catalogue::Staff;
use crate::domain::id::StaffId;

/// One member's share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Commission {
    /// Whose.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// Visits that took place.
    pub visits: usize,
    /// What those cost, minor units.
    pub sales_minor: i64,
    /// Their percentage.
    pub percent: u8,
    /// Their share, minor units, rounded down.
    pub commission_minor: i64,
}

/// The shares of everybody who did something, in the order of the team. Visits count where they took place, whatever has been paid.
pub fn shares(team: &[Staff], visits: &[Appointment]) -> Vec<Commission> {
    let mut done: BTreeMap<StaffId, (usize, i64)> = BTreeMap::new();
    for visit in visits.iter().filter(|visit| visit.status == AppointmentStatus::Completed) {
        let (count, sum) = done.entry(visit.staff).or_default();
        *count += 1;
        *sum = sum.saturating_add(visit.price.minor);
    }
    let share = |member: &Staff| {
        let (visits, sales_minor) = *done.get(&member.id)?;
        let percent = member.commission_percent;
        let commission_minor = sales_minor.saturating_mul(i64::from(percent)) / 100;
        let name = member.name.clone();
        Some(Commission { staff: member.id, name, visits, sales_minor, percent, commission_minor })
    };
    team.iter().filter_map(share).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::id::Mint;
    use crate::domain::money::{Currency, Money};
    use crate::domain::time::TimeWindow;

    #[test]
    fn only_visits_that_took_place_count_and_halves_stay_with_the_house() {
        let mut business = crate::demo::tenant("demo-salon").unwrap().business;
        business.catalogue.staff[0].commission_percent = 33;
        let team = &business.catalogue.staff;
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 1 };
        let window = TimeWindow::of_minutes(Timestamp::UNIX_EPOCH, 60);
        let visit = |n, status, minor| Appointment {
            id: mint.id(n),
            customer: mint.id(99),
            thread: None,
            service: business.catalogue.services[0].id,
            staff: team[0].id,
            resource: None,
            window,
            blocked: window,
            status,
            hold_expires_at: None,
            price: Money::new(minor, Currency::Kes),
            paid: Money::zero(Currency::Kes),
            created_at: Timestamp::UNIX_EPOCH,
        };
        let visits = [
            visit(0, AppointmentStatus::Completed, 101),
            visit(1, AppointmentStatus::Completed, 100),
            visit(2, AppointmentStatus::NoShow, 5_000),
            visit(3, AppointmentStatus::Cancelled, 5_000),
        ];
        let shares = shares(team, &visits);
        assert_eq!(shares.len(), 1);
        assert_eq!(
            (shares[0].visits, shares[0].sales_minor, shares[0].commission_minor),
            (2, 201, 66)
        );
    }
}
