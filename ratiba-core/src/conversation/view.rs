//! What can be told of a flow without acting on it: its name, its draft, its pending question and what is on offer.

use jiff::civil::Date;

use super::asking::{Mark, Then};
use super::choice::Pick;
use super::flow::{Asked, DraftView, Flow, Held, Search, Wish};
use super::reschedule;
use crate::domain::id::{AppointmentId, ServiceId, StaffId};
use crate::language::understanding::{DateMention, Expecting, StaffMention};
use crate::scheduling::slot::Slot;

impl Flow {
    /// The fixed name of the state.
    pub fn state_name(&self) -> &'static str {
        match self {
            Self::Greet {} => "GREET",
            Self::CollectService { .. } => "COLLECT_SERVICE",
            Self::CollectStaff { .. } => "COLLECT_STAFF",
            Self::CollectSlot { .. } => "COLLECT_SLOT",
            Self::CollectPhone { .. } => "COLLECT_PHONE",
            Self::Confirm { .. } => "CONFIRM",
            Self::CrossSellOffer { .. } => "CROSS_SELL_OFFER",
            Self::BundleConfirm { .. } => "BUNDLE_CONFIRM",
            Self::AwaitingPayment { .. } => "AWAITING_PAYMENT",
            Self::PaymentConfirmed { .. } => "PAYMENT_CONFIRMED",
            Self::PaymentFailed { .. } => "PAYMENT_FAILED",
            Self::PaymentTimeout { .. } => "PAYMENT_TIMEOUT",
            Self::PaymentCancelled { .. } => "PAYMENT_CANCELLED_BY_CUSTOMER",
            Self::Booked { .. } => "BOOKED",
            Self::CancelSelect { .. } => "CANCEL_SELECT",
            Self::CancelConfirm { .. } => "CANCEL_CONFIRM",
            Self::Cancelled { .. } => "CANCELLED",
            Self::RescheduleSelect { .. } => "RESCHEDULE_SELECT",
            Self::RescheduleSlot { .. } => "RESCHEDULE_SLOT",
            Self::RescheduleConfirm { .. } => "RESCHEDULE_CONFIRM",
            Self::Rescheduled { .. } => "RESCHEDULED",
            Self::DropDraft { draft, .. } => draft.state_name(),
            Self::Asking(asking) => asking.began.state,
        }
    }

    /// Whether the conversation has come to its end.
    pub fn is_finished(&self) -> bool {
        match self {
            Self::PaymentConfirmed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::Cancelled { .. }
            | Self::Rescheduled { .. } => true,
            Self::Greet {}
            | Self::CollectService { .. }
            | Self::CollectStaff { .. }
            | Self::CollectSlot { .. }
            | Self::CollectPhone { .. }
            | Self::Confirm { .. }
            | Self::CrossSellOffer { .. }
            | Self::BundleConfirm { .. }
            | Self::AwaitingPayment { .. }
            | Self::PaymentFailed { .. }
            | Self::CancelSelect { .. }
            | Self::CancelConfirm { .. }
            | Self::RescheduleSelect { .. }
            | Self::RescheduleSlot { .. }
            | Self::RescheduleConfirm { .. }
            | Self::DropDraft { .. }
            | Self::Asking(_) => false,
        }
    }

    /// Where it is, as far as progress is concerned.
    pub(super) fn mark(&self) -> Mark {
        match self {
            Self::Asking(asking) => asking.began,
            Self::Greet {}
            | Self::CollectService { .. }
            | Self::CollectStaff { .. }
            | Self::CollectSlot { .. }
            | Self::CollectPhone { .. }
            | Self::Confirm { .. }
            | Self::CrossSellOffer { .. }
            | Self::BundleConfirm { .. }
            | Self::AwaitingPayment { .. }
            | Self::PaymentConfirmed { .. }
            | Self::PaymentFailed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::CancelSelect { .. }
            | Self::CancelConfirm { .. }
            | Self::Cancelled { .. }
            | Self::RescheduleSelect { .. }
            | Self::RescheduleSlot { .. }
            | Self::RescheduleConfirm { .. }
            | Self::Rescheduled { .. }
            | Self::DropDraft { .. } => Mark { state: self.state_name(), draft: self.draft() },
        }
    }

    /// The appointments that this thread holds or held last, in order.
    pub(super) fn visits(&self) -> Vec<Held> {
        match self {
            Self::Confirm { held, .. } => vec![*held],
            Self::CrossSellOffer { first, .. } => vec![*first],
            Self::BundleConfirm { first, second, .. } => vec![*first, *second],
            Self::AwaitingPayment { order, .. }
            | Self::PaymentFailed { order, .. }
            | Self::PaymentTimeout { order }
            | Self::PaymentCancelled { order } => order.visits.clone(),
            Self::PaymentConfirmed { visits } | Self::Booked { visits } => visits.clone(),
            Self::RescheduleConfirm { new, .. } | Self::Rescheduled { new, .. } => vec![*new],
            Self::CollectSlot { search, .. } | Self::RescheduleSlot { search, .. } => {
                search.lapsed().into_iter().collect()
            }
            Self::DropDraft { draft, .. } => draft.visits(),
            Self::Greet {}
            | Self::CollectService { .. }
            | Self::CollectStaff { .. }
            | Self::CollectPhone { .. }
            | Self::CancelSelect { .. }
            | Self::CancelConfirm { .. }
            | Self::Cancelled { .. }
            | Self::RescheduleSelect { .. }
            | Self::Asking(_) => Vec::new(),
        }
    }

    /// The appointments that are held for this thread now.
    pub(super) fn holds(&self) -> Vec<AppointmentId> {
        match self {
            Self::Confirm { .. }
            | Self::CrossSellOffer { .. }
            | Self::BundleConfirm { .. }
            | Self::AwaitingPayment { .. }
            | Self::PaymentFailed { .. } => self.visits().iter().map(|h| h.id).collect(),
            Self::RescheduleConfirm { old, new, .. } => reschedule::holds(old, new),
            Self::DropDraft { draft, .. } => draft.holds(),
            Self::Greet {}
            | Self::CollectService { .. }
            | Self::CollectStaff { .. }
            | Self::CollectSlot { .. }
            | Self::CollectPhone { .. }
            | Self::PaymentConfirmed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::CancelSelect { .. }
            | Self::CancelConfirm { .. }
            | Self::Cancelled { .. }
            | Self::RescheduleSelect { .. }
            | Self::RescheduleSlot { .. }
            | Self::Rescheduled { .. }
            | Self::Asking(_) => Vec::new(),
        }
    }

    /// What the draft holds so far.
    pub fn draft(&self) -> DraftView {
        let held = !self.holds().is_empty();
        match self {
            Self::Greet {} | Self::CancelSelect { .. } | Self::RescheduleSelect { .. } => {
                DraftView::default()
            }
            Self::CollectService { wish, .. } => {
                DraftView { staff: wish.named_staff(), ..DraftView::default() }
            }
            Self::CollectStaff { service, .. } => {
                DraftView { service: Some(*service), ..DraftView::default() }
            }
            Self::CollectSlot { service, search } => search.draft(*service),
            Self::RescheduleSlot { old, search } => search.draft(old.slot.service),
            Self::CollectPhone { slot, .. } => view(slot, held),
            Self::Confirm { .. }
            | Self::CrossSellOffer { .. }
            | Self::BundleConfirm { .. }
            | Self::AwaitingPayment { .. }
            | Self::PaymentConfirmed { .. }
            | Self::PaymentFailed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::RescheduleConfirm { .. }
            | Self::Rescheduled { .. } => {
                self.visits().first().map_or_else(DraftView::default, |h| view(&h.slot, held))
            }
            Self::CancelConfirm { booking, .. } | Self::Cancelled { booking } => {
                view(&booking.slot, held)
            }
            Self::DropDraft { draft, .. } => draft.draft(),
            Self::Asking(asking) => asking.began.draft,
        }
    }

    /// What a bare answer would answer.
    pub(super) fn expecting(&self) -> Expecting {
        match self {
            Self::CollectService { .. } => Expecting::Service,
            Self::CollectStaff { .. } => Expecting::Staff,
            Self::CollectSlot { search, .. } | Self::RescheduleSlot { search, .. } => {
                match search.asked {
                    Asked::Lapsed { .. } | Asked::Freed { .. } => Expecting::YesNo,
                    Asked::When {}
                    | Asked::Day { .. }
                    | Asked::WhichTime { .. }
                    | Asked::Offers { .. } => Expecting::Slot,
                }
            }
            Self::CollectPhone { .. } | Self::PaymentFailed { asks_number: true, .. } => {
                Expecting::Phone
            }
            Self::Confirm { .. }
            | Self::CrossSellOffer { .. }
            | Self::BundleConfirm { .. }
            | Self::CancelConfirm { .. }
            | Self::RescheduleConfirm { .. }
            | Self::DropDraft { .. } => Expecting::YesNo,
            Self::PaymentFailed { asks_number: false, .. }
            | Self::CancelSelect { .. }
            | Self::RescheduleSelect { .. } => Expecting::Choice,
            Self::Greet {}
            | Self::AwaitingPayment { .. }
            | Self::PaymentConfirmed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::Cancelled { .. }
            | Self::Rescheduled { .. }
            | Self::Asking(_) => Expecting::Nothing,
        }
    }

    /// What can be picked in answer to the pending question.
    pub(super) fn offered(&self) -> Vec<Pick> {
        let yes_no = || vec![Pick::Yes, Pick::No];
        match self {
            Self::CollectService { offered, .. } => {
                offered.iter().copied().map(Pick::Service).collect()
            }
            Self::CollectSlot { search, .. } | Self::RescheduleSlot { search, .. } => match &search
                .asked
            {
                Asked::Offers { slots, more, .. } => {
                    slots.iter().map(Pick::slot).chain(more.then_some(Pick::More)).collect()
                }
                Asked::Lapsed { .. } | Asked::Freed { .. } => yes_no(),
                Asked::WhichTime { readings } => readings.iter().copied().map(Pick::Time).collect(),
                Asked::When {} | Asked::Day { .. } => Vec::new(),
            },
            Self::Confirm { .. }
            | Self::CrossSellOffer { .. }
            | Self::BundleConfirm { .. }
            | Self::CancelConfirm { .. }
            | Self::RescheduleConfirm { .. }
            | Self::DropDraft { .. } => yes_no(),
            Self::CancelSelect { bookings } | Self::RescheduleSelect { bookings, .. } => {
                bookings.iter().map(|b| Pick::Booking(b.id)).collect()
            }
            Self::PaymentFailed { asks_number: false, .. } => vec![Pick::Retry, Pick::OtherNumber],
            Self::CollectStaff { .. }
            | Self::PaymentFailed { asks_number: true, .. }
            | Self::CollectPhone { .. }
            | Self::Greet {}
            | Self::AwaitingPayment { .. }
            | Self::PaymentConfirmed { .. }
            | Self::PaymentTimeout { .. }
            | Self::PaymentCancelled { .. }
            | Self::Booked { .. }
            | Self::Cancelled { .. }
            | Self::Rescheduled { .. }
            | Self::Asking(_) => Vec::new(),
        }
    }

    /// The wish that is being collected, where there is one.
    pub(super) fn wish(&self) -> Option<&Wish> {
        match self {
            Self::CollectService { wish, .. }
            | Self::CollectStaff { wish, .. }
            | Self::CollectPhone { wish, .. }
            | Self::Confirm { wish, .. }
            | Self::CrossSellOffer { wish, .. }
            | Self::BundleConfirm { wish, .. }
            | Self::RescheduleSelect { wish, .. }
            | Self::RescheduleConfirm { wish, .. } => Some(wish),
            Self::CollectSlot { search, .. } | Self::RescheduleSlot { search, .. } => {
                Some(&search.wish)
            }
            Self::AwaitingPayment { order, .. }
            | Self::PaymentFailed { order, .. }
            | Self::PaymentTimeout { order }
            | Self::PaymentCancelled { order } => Some(&order.wish),
            Self::DropDraft { draft, .. } => draft.wish(),
            Self::Asking(asking) => match &asking.then {
                Then::Find(hunt) | Then::Phone { hunt, .. } => Some(&hunt.wish),
                Then::OfferSecond { wish, .. }
                | Then::OfferNamedSecond { wish, .. }
                | Then::TakeSecond { wish, .. } => Some(wish),
                Then::ShowBookings { back }
                | Then::Prove { back, .. }
                | Then::Code { back, .. }
                | Then::AnswerQuestion { back, .. }
                | Then::LateMoney { back, .. } => back.wish(),
                Then::Errand(_)
                | Then::Correct { .. }
                | Then::Cancel { .. }
                | Then::Move { .. } => None,
            },
            Self::Greet {}
            | Self::PaymentConfirmed { .. }
            | Self::Booked { .. }
            | Self::CancelSelect { .. }
            | Self::CancelConfirm { .. }
            | Self::Cancelled { .. }
            | Self::Rescheduled { .. } => None,
        }
    }

    /// The day that is already known.
    pub(super) fn known_date(&self) -> Option<Date> {
        self.wish().and_then(Wish::day)
    }
}

impl Search {
    /// The visit whose hold ran out, where that was asked about.
    pub(super) fn lapsed(&self) -> Option<Held> {
        match &self.asked {
            Asked::Lapsed { held, .. } => Some(*held),
            Asked::When {}
            | Asked::Day { .. }
            | Asked::WhichTime { .. }
            | Asked::Offers { .. }
            | Asked::Freed { .. } => None,
        }
    }

    fn draft(&self, service: ServiceId) -> DraftView {
        let named = self.lapsed().map(|held| held.slot).or_else(|| self.freed());
        DraftView {
            service: Some(service),
            staff: self.wish.named_staff(),
            start: named.map(|slot| slot.window.start),
            held: false,
        }
    }

    /// The time that has opened up and is offered.
    fn freed(&self) -> Option<Slot> {
        match &self.asked {
            Asked::Freed { slot, .. } => Some(*slot),
            Asked::When {}
            | Asked::Day { .. }
            | Asked::WhichTime { .. }
            | Asked::Offers { .. }
            | Asked::Lapsed { .. } => None,
        }
    }
}

impl Wish {
    /// The one day that is wished.
    pub(super) fn day(&self) -> Option<Date> {
        match self.date? {
            DateMention::On { date, .. } => Some(date),
            DateMention::Within { .. } | DateMention::Any => None,
        }
    }

    /// Whether the words for the day could mean another, so that the date is stated.
    pub(super) fn day_is_unclear(&self) -> bool {
        match self.date {
            Some(DateMention::On { or, .. }) => or.is_some(),
            Some(DateMention::Within { .. } | DateMention::Any) | None => false,
        }
    }

    /// The member of staff who is wished by name.
    pub(super) fn named_staff(&self) -> Option<StaffId> {
        match self.staff? {
            StaffMention::Named { id } => Some(id),
            StaffMention::Anyone => None,
        }
    }
}

fn view(slot: &Slot, held: bool) -> DraftView {
    DraftView {
        service: Some(slot.service),
        staff: Some(slot.staff),
        start: Some(slot.window.start),
        held,
    }
}
