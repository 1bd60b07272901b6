//! When a reminder goes out: so many hours before, but not at night, and not when it would come too late to help.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Reminders go out so many hours before the start (product text, section 13).
pub const HOURS_BEFORE: [u32; 2] = [24, 2];
/// No reminder from this local hour on.
const QUIET_FROM: i8 = 21;
/// Until this local hour.
const QUIET_TO: i8 = 7;
/// A reminder put off to the morning must leave this much time.
const LEAST_NOTICE: SignedDuration = SignedDuration::from_mins(30);

/// When the reminder that stands for `hours_before` goes out; `None` when it doesn't: its time had passed when the booking was made, or the
/// night would put it off until too shortly before the start.
pub fn due(
    start: Timestamp,
    hours_before: u32,
    booked_at: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let wanted = start.checked_sub(SignedDuration::from_hours(i64::from(hours_before))).ok()?;
    if wanted <= booked_at {
        return None;
    }
    let local = wanted.to_zoned(zone.clone());
    let day = if local.hour() >= QUIET_FROM {
        local.date().tomorrow().ok()?
    } else if local.hour() < QUIET_TO {
        local.date()
    } else {
        return Some(wanted);
    };
    let morning = zone.to_ambiguous_timestamp(day.at(QUIET_TO, 0, 0, 0)).compatible().ok()?;
    (start.duration_since(morning) >= LEAST_NOTICE).then_some(morning)
}

/// Nobody is asked how it was before this local hour.
const ASK_FROM: i8 = 9;
/// Nor from this one on.
const ASK_TO: i8 = 20;

/// The first moment from `wanted` on at which a customer may be asked something that is not urgent: by day. `None` only at the end of the
/// calendar.
pub fn by_day(wanted: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let local = wanted.to_zoned(zone.clone());
    let day = if local.hour() >= ASK_TO {
        local.date().tomorrow().ok()?
    } else if local.hour() < ASK_FROM {
        local.date()
    } else {
        return Some(wanted);
    };
    zone.to_ambiguous_timestamp(day.at(ASK_FROM, 0, 0, 0)).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nairobi(text: &str) -> Timestamp {
        format!("{text}+03:00").parse().unwrap()
    }

    fn due_at(start: &str, hours: u32) -> Option<Timestamp> {
        due(
            nairobi(start),
            hours,
            nairobi("2026-11-01T00:00:00"),
            &TimeZone::get("Africa/Nairobi").unwrap(),
        )
    }

    #[test]
    fn by_day_it_goes_out_on_time() {
        assert_eq!(due_at("2026-11-24T15:00:00", 24), Some(nairobi("2026-11-23T15:00:00")));
        assert_eq!(due_at("2026-11-24T15:00:00", 2), Some(nairobi("2026-11-24T13:00:00")));
    }

    #[test]
    fn at_night_it_waits_for_seven_if_that_helps() {
        assert_eq!(due_at("2026-11-24T08:00:00", 2), Some(nairobi("2026-11-24T07:00:00")));
        assert_eq!(due_at("2026-11-24T07:30:00", 2), Some(nairobi("2026-11-24T07:00:00")));
        assert_eq!(due_at("2026-11-24T07:15:00", 2), None);
        assert_eq!(due_at("2026-11-24T22:00:00", 24), Some(nairobi("2026-11-24T07:00:00")));
    }

    #[test]
    fn a_question_that_is_not_urgent_waits_for_the_day() {
        let zone = TimeZone::get("Africa/Nairobi").unwrap();
        let asked = |at: &str| by_day(nairobi(at), &zone);
        assert_eq!(asked("2026-11-24T18:30:00"), Some(nairobi("2026-11-24T18:30:00")));
        assert_eq!(asked("2026-11-24T20:00:00"), Some(nairobi("2026-11-25T09:00:00")));
        assert_eq!(asked("2026-11-24T03:00:00"), Some(nairobi("2026-11-24T09:00:00")));
    }

    #[test]
    fn what_had_passed_when_booking_is_not_sent() {
        let zone = TimeZone::get("Africa/Nairobi").unwrap();
        assert_eq!(
            due(nairobi("2026-11-24T15:00:00"), 24, nairobi("2026-11-24T09:00:00"), &zone),
            None
        );
    }
}
