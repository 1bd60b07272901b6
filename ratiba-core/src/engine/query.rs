//! Answers what the machine asks within a turn.

use jiff::SignedDuration;

use super::error::EngineError;
use super::turn::Turn;
use crate::conversation::effect::Query;
use crate::conversation::event::Answer;
use crate::domain::appointment::{Appointment, AppointmentStatus, Busy};
use crate::domain::dials::CrossSell;
use crate::domain::time::TimeWindow;
use crate::scheduling::cross_sell;
use crate::scheduling::search::Calendar;

impl Turn<'_> {
    pub(super) async fn answer(&mut self, query: Query) -> Result<Answer, EngineError> {
        let loaded = std::sync::Arc::clone(&self.loaded);
        let business = &loaded.business;
        match query {
            Query::Slots { query } => {
                let range = Calendar::busy_range(&query, business, self.now);
                let busy = self.busy(range).await?;
                let found = Calendar::new(business, &busy, self.now).answer(&query);
                Ok(Answer::Slots { found, no_shows: self.no_shows().await? })
            }
            Query::CrossSell { after } => {
                let dial = business.dials().cross_sell;
                if dial == CrossSell::Never {
                    return Ok(Answer::CrossSell { offer: None });
                }
                let range = cross_sell::busy_range(business, dial, &after);
                let busy = self.busy(range).await?;
                let offer =
                    cross_sell::pick(business, dial, &after, &busy, self.now).map(|pick| pick.slot);
                Ok(Answer::CrossSell { offer })
            }
            Query::MyAppointments => {
                let upcoming = self.store.upcoming(self.customer.id, self.now).await?;
                Ok(Answer::MyAppointments { upcoming })
            }
            Query::StillFree { appointments } => {
                let wanted = self.store.appointments(&appointments).await?;
                // What is booked already needs no money any more.
                let open = wanted.iter().all(|appointment| {
                    matches!(
                        appointment.status,
                        AppointmentStatus::Held | AppointmentStatus::Expired
                    )
                });
                let known = wanted.len() == appointments.len();
                let free = open && known && self.all_free(&wanted).await?;
                let unpaid = known
                    && wanted.iter().all(|appointment| {
                        appointment.status == AppointmentStatus::Confirmed
                            && !appointment.paid.is_positive()
                    });
                Ok(Answer::StillFree { free, unpaid })
            }
            Query::Knowledge { question } => {
                let (snippets, shape) = self.answer_question(question).await?;
                Ok(Answer::Knowledge { snippets, shape })
            }
            Query::PhoneOwner { phone } => {
                let (taken, can_prove) = self.phone_owner(&phone).await?;
                Ok(Answer::PhoneOwner { taken, can_prove })
            }
            Query::CheckCode { phone, code } => {
                let verdict = self.check_code(&phone, &code).await?;
                Ok(Answer::CodeChecked { verdict })
            }
        }
    }

    /// How often the customer has stayed away of late, where the tenant's rules ask.
    async fn no_shows(&self) -> Result<u32, EngineError> {
        let rule = self.loaded.business.settings.no_show;
        if rule.after == 0 || self.loaded.business.settings.payment.rails.is_empty() {
            return Ok(0);
        }
        let days = SignedDuration::from_hours(24 * i64::from(rule.within_days));
        Ok(self.store.no_shows(self.customer.id, self.now - days).await?)
    }

    /// Claims on a range, without the holds that this very turn has given up, and with what others are about to take.
    pub(super) async fn busy(&self, range: TimeWindow) -> Result<Vec<Busy>, EngineError> {
        let mut busy = self.store.busy(range, self.now).await?;
        busy.retain(|claim| !self.released.contains(&claim.appointment));
        busy.extend(self.avoid.iter().filter(|claim| claim.blocked.overlaps(range)));
        Ok(busy)
    }

    async fn all_free(&self, wanted: &[Appointment]) -> Result<bool, EngineError> {
        for appointment in wanted {
            if appointment.window.start <= self.now {
                return Ok(false);
            }
            let busy = self.busy(appointment.blocked).await?;
            let taken = busy.iter().any(|claim| {
                let same = claim.staff == appointment.staff
                    || (appointment.resource.is_some() && claim.resource == appointment.resource);
                same && claim.appointment != appointment.id
                    && claim.blocked.overlaps(appointment.blocked)
            });
            if taken {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
