//! A day's money as an owner reads it: what came by which way, what each member of the team has earned, and what is left to look at.

use jiff::civil::Date;

use crate::domain::tenant::Rail;
use crate::payments::commission::Commission;
use crate::payments::day::DayReport;

/// A day's money; all sums in minor units of the tenant's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayMoney {
    /// Which day.
    pub day: Date,
    /// What came by each way that brought or gave back anything.
    pub ways: Vec<Way>,
    /// What came less what went back.
    pub net_minor: i64,
    /// What each member has earned.
    pub shares: Vec<Share>,
    /// Payments that somebody has to look at.
    pub tasks: usize,
    /// Payments that nothing explains.
    pub unexplained: usize,
}

/// What came by one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Which.
    pub rail: Rail,
    /// What came.
    pub came_minor: i64,
    /// What went back.
    pub back_minor: i64,
}

/// What one member has earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Their name.
    pub name: String,
    /// Visits that took place.
    pub visits: usize,
    /// What those cost.
    pub sales_minor: i64,
    /// Their percentage.
    pub percent: u8,
    /// Their share.
    pub commission_minor: i64,
}

impl DayMoney {
    /// From the day's books; members without a share are left out.
    pub fn of(report: &DayReport, shares: &[Commission]) -> Self {
        let ways = report.rails.iter().map(|rail| Way {
            rail: rail.rail,
            came_minor: rail.charged_minor,
            back_minor: rail.refunded_minor + rail.reversed_minor,
        });
        let earned = shares.iter().filter(|share| share.percent > 0).map(|share| Share {
            name: share.name.clone(),
            visits: share.visits,
            sales_minor: share.sales_minor,
            percent: share.percent,
            commission_minor: share.commission_minor,
        });
        Self {
            day: report.day,
            ways: ways.filter(|way| way.came_minor != 0 || way.back_minor != 0).collect(),
            net_minor: report.net_minor,
            shares: earned.collect(),
            tasks: report.tasks.len(),
            unexplained: report.unexplained.len(),
        }
    }

    /// What the drawer should hold more than in the morning.
    pub fn cash_minor(&self) -> i64 {
        let cash = self.ways.iter().find(|way| way.rail == Rail::Cash);
        cash.map_or(0, |way| way.came_minor - way.back_minor)
    }
}
