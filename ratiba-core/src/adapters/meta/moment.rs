//! Moments as Meta writes them.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// Unix time. WhatsApp writes seconds in a string, Instagram and Messenger milliseconds as a number; each is understood
/// everywhere, and the size tells seconds from milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

/// From here on a number can only mean milliseconds: as seconds it would be the year 33658.
const MILLISECONDS_FROM: i64 = 1_000_000_000_000;

impl Moment {
    fn of(number: i64) -> Option<Self> {
        let at = if number >= MILLISECONDS_FROM {
            Timestamp::from_millisecond(number)
        } else {
            Timestamp::from_second(number)
        };
        at.ok().map(Self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MomentVisitor;

        impl Visitor<'_> for MomentVisitor {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time in unix seconds")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Moment, E> {
                let number = text.parse::<i64>().ok();
                number.and_then(Moment::of).ok_or_else(|| E::custom("no time in unix seconds"))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Moment, E> {
                Moment::of(number).ok_or_else(|| E::custom("no time in unix seconds"))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Moment, E> {
                let number = i64::try_from(number).ok();
                number.and_then(Moment::of).ok_or_else(|| E::custom("no time in unix seconds"))
            }
        }

        deserializer.deserialize_any(MomentVisitor)
    }
}
