//! What a customer can pick, and the ids that carry it out to a channel and back: the speaker writes them, the machine reads them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::domain::id::{AppointmentId, ServiceId, StaffId};
use crate::domain::time::MinuteOfDay;
use crate::scheduling::slot::Slot;

/// One thing that can be picked. Its text form is the id of a [`Choice`](crate::domain::message::Choice); every form reads back.
///
/// ```
/// use ratiba_core::conversation::choice::Pick;
///
/// assert_eq!("menu:book".parse(), Ok(Pick::MenuBook));
/// assert_eq!(Pick::AnyStaff.to_string(), "stf:any");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pick {
    /// `yes`.
    Yes,
    /// `no`.
    No,
    /// `svc:<ServiceId>`: this service.
    Service(ServiceId),
    /// `stf:<StaffId>`: with this person.
    Staff(StaffId),
    /// `stf:any`: with anybody.
    AnyStaff,
    /// `slot:<ServiceId>:<StaffId>:<RFC 3339 start>`: this offered time.
    Slot {
        /// What.
        service: ServiceId,
        /// By whom.
        staff: StaffId,
        /// When it starts.
        start: Timestamp,
    },
    /// `time:<HH:MM>`: this reading of an hour that could be either of two.
    Time(MinuteOfDay),
    /// `more`: others than those shown.
    More,
    /// `apt:<AppointmentId>`: this one of the customer's bookings.
    Booking(AppointmentId),
    /// `retry`: send the payment prompt again.
    Retry,
    /// `number`: pay from another number.
    OtherNumber,
    /// `card`: pay by card.
    Card,
    /// `venue`: pay at the venue.
    Venue,
    /// `notify`: tell me when a time opens up.
    Notify,
    /// `unwait`: I need not be told any more.
    Unwait,
    /// `menu:book`: make a booking.
    MenuBook,
    /// `menu:bookings`: see what I have booked.
    MenuBookings,
    /// `menu:services`: see services and prices.
    MenuServices,
    /// `menu:hours`: see the opening hours.
    MenuHours,
    /// `menu:human`: talk to a person.
    MenuHuman,
}

impl Pick {
    /// The pick of an offered slot.
    pub const fn slot(slot: &Slot) -> Self {
        Self::Slot { service: slot.service, staff: slot.staff, start: slot.window.start }
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
            Self::Service(id) => write!(f, "svc:{id}"),
            Self::Staff(id) => write!(f, "stf:{id}"),
            Self::AnyStaff => f.write_str("stf:any"),
            Self::Slot { service, staff, start } => write!(f, "slot:{service}:{staff}:{start}"),
            Self::Time(minute) => write!(f, "time:{minute}"),
            Self::More => f.write_str("more"),
            Self::Booking(id) => write!(f, "apt:{id}"),
            Self::Retry => f.write_str("retry"),
            Self::OtherNumber => f.write_str("number"),
            Self::Card => f.write_str("card"),
            Self::Venue => f.write_str("venue"),
            Self::Notify => f.write_str("notify"),
            Self::Unwait => f.write_str("unwait"),
            Self::MenuBook => f.write_str("menu:book"),
            Self::MenuBookings => f.write_str("menu:bookings"),
            Self::MenuServices => f.write_str("menu:services"),
            Self::MenuHours => f.write_str("menu:hours"),
            Self::MenuHuman => f.write_str("menu:human"),
        }
    }
}

/// The text is not the id of anything that we offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the id of a choice")]
pub struct ParsePickError;

impl FromStr for Pick {
    type Err = ParsePickError;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        let (head, rest) = match id.split_once(':') {
            Some((head, rest)) => (head, Some(rest)),
            None => (id, None),
        };
        let pick = match (head, rest) {
            ("yes", None) => Some(Self::Yes),
            ("no", None) => Some(Self::No),
            ("more", None) => Some(Self::More),
            ("retry", None) => Some(Self::Retry),
            ("number", None) => Some(Self::OtherNumber),
            ("card", None) => Some(Self::Card),
            ("venue", None) => Some(Self::Venue),
            ("notify", None) => Some(Self::Notify),
            ("unwait", None) => Some(Self::Unwait),
            ("menu", Some("book")) => Some(Self::MenuBook),
            ("menu", Some("bookings")) => Some(Self::MenuBookings),
            ("menu", Some("services")) => Some(Self::MenuServices),
            ("menu", Some("hours")) => Some(Self::MenuHours),
            ("menu", Some("human")) => Some(Self::MenuHuman),
            ("stf", Some("any")) => Some(Self::AnyStaff),
            ("stf", Some(staff)) => staff.parse().ok().map(Self::Staff),
            ("svc", Some(service)) => service.parse().ok().map(Self::Service),
            ("apt", Some(booking)) => booking.parse().ok().map(Self::Booking),
            ("time", Some(minute)) => minute.parse().ok().map(Self::Time),
            ("slot", Some(slot)) => parse_slot(slot),
            _ => None,
        };
        pick.ok_or(ParsePickError)
    }
}

/// `<ServiceId>:<StaffId>:<start>`; the start has colons of its own.
fn parse_slot(text: &str) -> Option<Pick> {
    let mut parts = text.splitn(3, ':');
    let service = parts.next()?.parse().ok()?;
    let staff = parts.next()?.parse().ok()?;
    let start = parts.next()?.parse().ok()?;
    Some(Pick::Slot { service, staff, start })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Mint;

    #[test]
    fn every_pick_reads_back_from_an_id_that_channels_can_carry() {
        let mint = Mint { at: Timestamp::UNIX_EPOCH, seed: 7 };
        let start = "2026-11-24T12:00:00Z".parse().unwrap();
        for pick in [
            Pick::Yes,
            Pick::No,
            Pick::Service(mint.id(1)),
            Pick::Staff(mint.id(2)),
            Pick::AnyStaff,
            Pick::Slot { service: mint.id(1), staff: mint.id(2), start },
            Pick::Time(MinuteOfDay::END),
            Pick::More,
            Pick::Booking(mint.id(3)),
            Pick::Retry,
            Pick::OtherNumber,
            Pick::Card,
            Pick::Venue,
            Pick::Notify,
            Pick::Unwait,
            Pick::MenuBook,
            Pick::MenuBookings,
            Pick::MenuServices,
            Pick::MenuHours,
            Pick::MenuHuman,
        ] {
            let id = pick.to_string();
            assert_eq!(id.parse(), Ok(pick), "{id}");
            assert!(id.len() <= 200, "{id}");
        }
    }

    #[test]
    fn what_we_never_offered_is_no_pick() {
        for id in ["", "yes:", "Yes ", "menu:", "menu:pay", "slot:a:b:c", "svc:stf_0", "ndio", ":"]
        {
            assert_eq!(id.parse::<Pick>(), Err(ParsePickError), "{id}");
        }
    }
}
