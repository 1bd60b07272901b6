//! The pending question of each state as lines, so that it can be asked, and asked again after a digression.

use jiff::tz::TimeZone;

use super::flow::{Asked, Flow, Held, Search, Upcoming, Wish};
use super::line::Line;
use super::turn::{Turn, sum};
use super::waitlist;
use crate::domain::id::{ServiceId, StaffId};
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::domain::tenant::{Business, Rail};
use crate::domain::time::MinuteOfDay;

impl Flow {
    /// The question that waits for an answer, as lines; none when nothing is asked.
    pub(super) fn pending(&self, t: &Turn<'_>) -> Vec<Line> {
        let business = t.business();
        let zone = &business.tenant.zone;
        match self {
            Self::CollectService { offered, .. } => {
                vec![Line::AskService { services: offered.clone() }]
            }
            Self::CollectStaff { service, .. } => {
                vec![Line::AskStaff { service: *service, staff: qualified(t, *service) }]
            }
            Self::CollectSlot {
                search: Search { asked: Asked::Freed { slot, until, .. }, .. },
                ..
            } => waitlist::question(*slot, *until, t),
            Self::CollectSlot { service, search } => {
                vec![search.question(Line::AskWhen { service: *service }, zone)]
            }
            Self::RescheduleSlot { old, search } => {
                vec![search.question(Line::AskNewTime { slot: old.slot }, zone)]
            }
            Self::CollectPhone { .. } => vec![Line::AskPhone],
            Self::Confirm { held, wish, .. } => vec![confirm_line(held, wish, business)],
            Self::CrossSellOffer { offer, .. } => match business.catalogue.service(offer.service) {
                Some(service) => {
                    vec![Line::OfferCrossSell { slot: *offer, price: service.price }]
                }
                None => Vec::new(),
            },
            Self::BundleConfirm { first, second, wish, .. } => vec![Line::ConfirmBundle {
                rail: chosen_rail(wish, business),
                first: first.slot,
                second: second.slot,
                price: sum(&[*first, *second], |h| h.price, business),
                due: sum(&[*first, *second], |h| h.due, business),
            }],
            Self::AwaitingPayment { in_review: true, .. } => vec![Line::PaymentUnderReview],
            Self::AwaitingPayment { order, .. } => {
                vec![Line::PaymentStillOpen { amount: order.due, rail: order.rail }]
            }
            Self::PaymentFailed { asks_number: true, .. } => vec![Line::AskPayerPhone],
            Self::PaymentFailed { order, reason, failures, asks_number: false, .. } => {
                vec![failed_line(t, *reason, order.rail, *failures)]
            }
            Self::CancelSelect { bookings } => vec![which_booking(bookings, false)],
            Self::RescheduleSelect { bookings, .. } => vec![which_booking(bookings, true)],
            Self::CancelConfirm { booking, refund } => vec![Line::ConfirmCancel {
                slot: booking.slot,
                refund: *refund,
                kept: Money {
                    minor: booking.paid.minor.saturating_sub(refund.minor),
                    ..booking.paid
                },
                free_until_hours: business.settings.cancel.free_until_hours,
            }],
            Self::RescheduleConfirm { old, new, wish, .. } => vec![Line::ConfirmMove {
                old: old.slot,
                new: new.slot,
                state_date: wish.day_is_unclear(),
            }],
            Self::DropDraft { draft, .. } => {
                vec![Line::AskDropDraft { service: draft.draft().service }]
            }
            Self::Greet {}
            | Self::PaymentConfirmed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::Cancelled { .. }
            | Self::Rescheduled { .. }
            | Self::Asking(_) => Vec::new(),
        }
    }

    /// Repeats the pending question, with nothing in between.
    pub(super) fn repeat_plainly(self, t: &mut Turn<'_>) -> Self {
        for line in self.pending(t) {
            t.say(line);
        }
        self
    }

    /// Repeats the pending question after something else was said.
    pub(super) fn repeat(self, t: &mut Turn<'_>) -> Self {
        let pending = self.pending(t);
        if !pending.is_empty() && t.has_said() {
            t.say(Line::BackToIt);
        }
        for line in pending {
            t.say(line);
        }
        self
    }
}

impl Search {
    /// The question, `when` being the most general one.
    fn question(&self, when: Line, zone: &TimeZone) -> Line {
        match &self.asked {
            Asked::When {} | Asked::Freed { .. } => when,
            Asked::Day { minute } => Line::AskDay { minute: *minute },
            Asked::WhichTime { readings } => Line::AskWhichTime {
                day: self.wish.day().map(|d| MinuteOfDay::START.on(d, zone)),
                readings: readings.clone(),
            },
            Asked::Offers { slots, more, part, .. } => {
                Line::OfferSlots { slots: slots.clone(), more: *more, part: *part }
            }
            Asked::Lapsed { .. } => Line::HoldExpired,
        }
    }
}

/// The question at `CONFIRM`.
pub(super) fn confirm_line(held: &Held, wish: &Wish, business: &Business) -> Line {
    Line::ConfirmBooking {
        rail: chosen_rail(wish, business),
        slot: held.slot,
        price: held.price,
        due: held.due,
        state_date: wish.day_is_unclear(),
    }
}

/// The way to pay that the customer has named, where the tenant takes it.
fn chosen_rail(wish: &Wish, business: &Business) -> Option<Rail> {
    wish.rail.filter(|rail| business.settings.payment.rails.contains(rail))
}

/// Why it failed, and every way on that the tenant takes.
pub(super) fn failed_line(t: &Turn<'_>, reason: FailureReason, rail: Rail, failures: u8) -> Line {
    let payment = &t.business().settings.payment;
    Line::PaymentFailed {
        reason,
        rail,
        offer_number: payment.rails.contains(&Rail::Mpesa),
        offer_card: offers_card(t, rail, failures),
        offer_venue: payment.venue_fallback,
    }
}

/// A card is offered after two failures, where the tenant takes both.
fn offers_card(t: &Turn<'_>, rail: Rail, failures: u8) -> bool {
    failures >= 2
        && rail == Rail::Mpesa
        && t.business().settings.payment.rails.contains(&Rail::Card)
}

/// Who can be booked for a service now, in the catalogue's order.
pub(super) fn qualified(t: &Turn<'_>, service: ServiceId) -> Vec<StaffId> {
    let catalogue = &t.business().catalogue;
    let Some(service) = catalogue.service(service) else { return Vec::new() };
    catalogue
        .staff
        .iter()
        .filter(|m| m.active && service.staff.contains(&m.id))
        .map(|m| m.id)
        .collect()
}

fn which_booking(bookings: &[Upcoming], to_move: bool) -> Line {
    Line::AskWhichBooking { bookings: bookings.iter().map(|b| (b.id, b.slot)).collect(), to_move }
}
