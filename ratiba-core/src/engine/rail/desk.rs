//! One admin's message at the desk: what it asks for is looked up and answered, or made into a plan and asked back.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Of;
use crate::admin::change::Change;
use crate::admin::command::{Command, Stretch, Visit, Which};
use crate::admin::day::DayMoney;
use crate::admin::plan::{Asked, Errand, Pending, Plan};
use crate::admin::takings::{self, WalkIn};
use crate::domain::appointment::AppointmentStatus as Status;
use crate::domain::catalogue::Service;
use crate::domain::id::{Id, Mint, ResourceId, ServiceId, StaffId};
use crate::domain::money::Money;
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::domain::time::TimeWindow;
use crate::domain::visit::VisitOutcome;
use crate::engine::cache::Loaded;
use crate::engine::error::ReceiveError;
use crate::engine::handle::Inner;
use crate::language::speak::{Missing, RailAnswer};
use crate::payments::commission;
use crate::scheduling::search::Calendar;
use crate::scheduling::slot::{SlotQuery, Wish};

/// Appointments further ahead than this are not looked through.
const DAYS_AHEAD: i64 = 120;
/// More than these are not listed to choose from.
const MOST_CHOICES: usize = 9;
/// Money that was entered longer ago than this is not taken back by a word.
const UNDO_HOURS: i64 = 24;

/// An admin's message and what it is answered with.
pub(super) struct Desk<'a> {
    pub(super) engine: &'a Inner,
    pub(super) store: Of,
    pub(super) loaded: Arc<Loaded>,
    pub(super) admin: &'a Phone,
    pub(super) dedupe: &'a str,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    pub(super) async fn answer(&self, what: RailAnswer<'_>) -> Result<(), ReceiveError> {
        self.engine.answer_admin(self.store.tenant(), self.admin, self.dedupe, what).await
    }

    /// Asks, and remembers what a yes will be to.
    async fn ask(
        &self,
        plan: Plan,
        visit: Option<&Visit>,
        inside: &[&Visit],
    ) -> Result<(), ReceiveError> {
        let pending = Pending { asked: Asked::Confirm { plan: plan.clone() }, at: self.now };
        self.store.set_rail(self.admin, Some(&pending)).await?;
        self.answer(RailAnswer::Confirm { plan: &plan, visit, inside }).await
    }

    async fn missing(&self, what: Missing) -> Result<(), ReceiveError> {
        self.answer(RailAnswer::Missing { what }).await
    }

    pub(super) async fn mark(&self, outcome: VisitOutcome, who: &str) -> Result<(), ReceiveError> {
        let tenant = self.store.tenant();
        self.engine.mark_by_name(tenant, self.admin, self.dedupe, outcome, who).await
    }

    /// Everything that concerns the diary, the set-up and the till.
    pub(super) async fn take(&self, command: Command) -> Result<(), ReceiveError> {
        match command {
            Command::Today => {
                let diary = self.visits(self.days(1), &[Status::Confirmed, Status::Completed]);
                self.answer(RailAnswer::Today { diary: &diary.await? }).await
            }
            Command::Week => {
                let diary = self.visits(self.days(7), &[Status::Confirmed, Status::Completed]);
                self.answer(RailAnswer::Week { diary: &diary.await? }).await
            }
            Command::Find(which) => {
                let ahead = self.ahead().await?;
                let zone = &self.loaded.business.tenant.zone;
                let mut visits = which.among(&ahead, zone);
                visits.truncate(2 * MOST_CHOICES);
                self.answer(RailAnswer::Found { visits: &visits }).await
            }
            Command::Cancel(which) => self.errand(&which, Errand::CallOff).await,
            Command::Reschedule { which, to: Some(to) } => {
                self.errand(&which, Errand::Move { to }).await
            }
            Command::Reschedule { to: None, .. } => self.missing(Missing::NewTime).await,
            Command::Paid { which, amount, rail } => {
                let minor = amount.map(|amount| amount.minor);
                self.errand(&which, Errand::Paid { minor, rail }).await
            }
            Command::Block { staff, stretch: Some(stretch) } => self.block(staff, stretch).await,
            Command::Block { stretch: None, .. } => self.missing(Missing::Day).await,
            Command::AddService { name, price: Some(price), minutes: Some(minutes) }
                if !name.is_empty() && price.is_positive() =>
            {
                let id: ServiceId = self.fresh(0);
                let name = name.chars().take(60).collect();
                let change = Change::AddService { id, name, price, minutes };
                self.ask(Plan::Change { change }, None, &[]).await
            }
            Command::AddService { .. } => self.missing(Missing::NewService).await,
            Command::UpdatePrice { service: Some(service), price: Some(price) }
                if price.is_positive() =>
            {
                let change = Change::Price { service, price };
                self.ask(Plan::Change { change }, None, &[]).await
            }
            Command::UpdatePrice { service: None, .. } => self.missing(Missing::Service).await,
            Command::UpdatePrice { .. } => self.missing(Missing::Price).await,
            Command::WalkIn { service, staff, amount, rail } => {
                self.walk_in(service, staff, amount, rail).await
            }
            Command::Undo => self.undo().await,
            Command::CashUp { counted } => self.cash_up(counted).await,
            Command::Engage { .. }
            | Command::HandBack
            | Command::Visit { .. }
            | Command::Yes
            | Command::No
            | Command::Pick(_)
            | Command::Say
            | Command::Help => Ok(()),
        }
    }

    /// Appointments that are still to come.
    async fn ahead(&self) -> Result<Vec<Visit>, ReceiveError> {
        let mut visits = self.visits(self.days(DAYS_AHEAD), &[Status::Confirmed]).await?;
        visits.retain(|visit| visit.appointment.window.start > self.now);
        Ok(visits)
    }

    /// Finds the appointment that is meant, or asks which.
    async fn errand(&self, which: &Which, errand: Errand) -> Result<(), ReceiveError> {
        if which.is_empty() {
            return self.missing(Missing::Who).await;
        }
        let visits = match errand {
            Errand::CallOff | Errand::Move { .. } => self.ahead().await?,
            Errand::Paid { .. } => {
                let mut today =
                    self.visits(self.days(1), &[Status::Confirmed, Status::Completed]).await?;
                today.retain(|visit| visit.appointment.paid.minor < visit.appointment.price.minor);
                today
            }
        };
        let mut found = which.among(&visits, &self.loaded.business.tenant.zone);
        match found[..] {
            [] => self.answer(RailAnswer::NoSuchAppointment).await,
            [only] => self.propose(errand, only).await,
            _ => {
                found.truncate(MOST_CHOICES);
                let options = found.iter().map(|visit| visit.appointment.id).collect();
                let asked = Asked::WhichOne { options, errand };
                self.store.set_rail(self.admin, Some(&Pending { asked, at: self.now })).await?;
                self.answer(RailAnswer::WhichOne { visits: &found }).await
            }
        }
    }

    /// A number was picked from what was listed.
    pub(super) async fn picked(
        &self,
        pending: Option<Pending>,
        n: usize,
    ) -> Result<(), ReceiveError> {
        let Some(Pending { asked: Asked::WhichOne { options, errand }, .. }) = pending else {
            return self.answer(RailAnswer::NothingAsked).await;
        };
        let Some(id) = n.checked_sub(1).and_then(|n| options.get(n)) else {
            return self.answer(RailAnswer::NoSuchAppointment).await;
        };
        match self.store.appointments(&[*id]).await?.pop() {
            Some(appointment) => self.propose(errand, &self.whose(appointment).await?).await,
            None => self.answer(RailAnswer::NoSuchAppointment).await,
        }
    }

    async fn propose(&self, errand: Errand, visit: &Visit) -> Result<(), ReceiveError> {
        let appointment = &visit.appointment;
        match errand {
            Errand::CallOff => {
                let plan = Plan::CallOff {
                    appointment: appointment.id,
                    customer: appointment.customer,
                    in_conversation: appointment.thread.is_some(),
                };
                self.ask(plan, Some(visit), &[]).await
            }
            Errand::Move { to } => {
                // An owner may move to any time that is free, also at short notice.
                let mut business = (*self.loaded.business).clone();
                business.settings.lead_min = 0;
                let query = SlotQuery {
                    service: appointment.service,
                    staff: Some(appointment.staff),
                    wish: Wish::At { start: to },
                    ignoring: Some(appointment.id),
                    skip: 0,
                };
                let range = Calendar::busy_range(&query, &business, self.now);
                let busy = self.store.busy(range, self.now).await?;
                let calendar = Calendar::new(&business, &busy, self.now);
                let by = |staff| calendar.at(appointment.service, staff, to, Some(appointment.id));
                match by(Some(appointment.staff)).or_else(|_| by(None)) {
                    Ok(slot) => {
                        let customer = appointment.customer;
                        let plan = Plan::Move { appointment: appointment.id, customer, slot };
                        self.ask(plan, Some(visit), &[]).await
                    }
                    Err(_taken) => self.answer(RailAnswer::NotFree).await,
                }
            }
            Errand::Paid { minor, rail } => {
                let left = appointment.price.minor - appointment.paid.minor;
                let amount = Money::new(minor.unwrap_or(left), appointment.price.currency);
                if !amount.is_positive() {
                    return self.answer(RailAnswer::NoSuchAppointment).await;
                }
                let token = self.token();
                let taking =
                    takings::settle(appointment, amount, rail, self.now, self.mint(), &token);
                self.ask(Plan::Take { taking: Box::new(taking) }, Some(visit), &[]).await
            }
        }
    }

    async fn block(&self, staff: Option<StaffId>, stretch: Stretch) -> Result<(), ReceiveError> {
        let zone = &self.loaded.business.tenant.zone;
        let Stretch { first: date, last, from, to } = stretch;
        let last = (last > date).then_some(last);
        let change = Change::Block { staff, date, last, from, to };
        let booked = self.visits(self.days(DAYS_AHEAD), &[Status::Confirmed]).await?;
        let inside: Vec<&Visit> = booked
            .iter()
            .filter(|visit| stretch.touches(visit.appointment.blocked, zone))
            .filter(|visit| staff.is_none_or(|staff| visit.appointment.staff == staff))
            .collect();
        self.ask(Plan::Change { change }, None, &inside).await
    }

    async fn walk_in(
        &self,
        service: Option<ServiceId>,
        staff: Option<StaffId>,
        amount: Option<Money>,
        rail: Rail,
    ) -> Result<(), ReceiveError> {
        let catalogue = &self.loaded.business.catalogue;
        let Some(service) = service.and_then(|id| catalogue.service(id)) else {
            return self.missing(Missing::Service).await;
        };
        let Some(staff) = staff.or_else(|| only(service)) else {
            return self.missing(Missing::Staff).await;
        };
        let window = TimeWindow::of_minutes(self.now, service.duration_min);
        let busy = self.store.busy(window, self.now).await?;
        let taken = || busy.iter().filter(|b| b.blocked.overlaps(window));
        let staff_free = !taken().any(|b| b.staff == staff);
        let is_free = |room: &ResourceId| !taken().any(|b| b.resource == Some(*room));
        let resource = service.resources.iter().copied().find(is_free);
        let amount = amount.unwrap_or(service.price);
        let what = WalkIn { service, staff, amount, rail, staff_free, resource };
        let taking = takings::walk_in(&what, self.now, self.mint(), &self.token());
        self.ask(Plan::Take { taking: Box::new(taking) }, None, &[]).await
    }

    async fn undo(&self) -> Result<(), ReceiveError> {
        let since = self.now - SignedDuration::from_hours(UNDO_HOURS);
        let Some(payment) = self.store.last_taking(since).await? else {
            return self.answer(RailAnswer::NothingToUndo).await;
        };
        let visit = self.store.appointments(&payment.appointments).await?.pop();
        let visit = match visit {
            Some(appointment) => Some(self.whose(appointment).await?),
            None => None,
        };
        self.ask(Plan::TakeBack { payment: payment.id }, visit.as_ref(), &[]).await
    }

    async fn cash_up(&self, counted: Option<Money>) -> Result<(), ReceiveError> {
        let today = self.now.to_zoned(self.loaded.business.tenant.zone.clone()).date();
        let report = self.engine.day_report(self.store.tenant(), today).await?;
        let visits = self.store.diary(self.days(1)).await?;
        let shares = commission::shares(&self.loaded.business.catalogue.staff, &visits);
        self.answer(RailAnswer::CashUp { day: &DayMoney::of(&report, &shares), counted }).await
    }

    fn mint(&self) -> Mint {
        Mint { at: self.now, seed: self.engine.parts.entropy.draw() }
    }

    fn fresh<K>(&self, n: u32) -> Id<K> {
        self.mint().id(n)
    }

    fn token(&self) -> String {
        let secret = self.engine.parts.entropy.secret();
        secret.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Who does it, where only one does.
fn only(service: &Service) -> Option<StaffId> {
    match service.staff[..] {
        [only] => Some(only),
        _ => None,
    }
}
