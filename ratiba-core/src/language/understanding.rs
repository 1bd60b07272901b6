//! What a turn knows of an utterance, whoever found it out: the deterministic ear or a model.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::id::{ServiceId, StaffId};
use crate::domain::message::Language;
use crate::domain::money::Money;
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::domain::time::MinuteOfDay;

/// What the customer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// A new appointment, or whether there is a free slot.
    Book,
    /// Call an appointment off.
    Cancel,
    /// Move an appointment.
    Reschedule,
    /// What they have booked.
    MyBookings,
    /// What is offered, prices, durations.
    Services,
    /// When the business is open.
    Hours,
    /// Any other question.
    Other,
    /// Yes.
    Affirm,
    /// No.
    Deny,
    /// A greeting and nothing more.
    Greet,
    /// Thanks and nothing more.
    Thanks,
    /// A person, please.
    Human,
    /// No more messages.
    Stop,
    /// Forget what we said so far.
    StartOver,
    /// Values for slots and nothing more, or a correction of one.
    Provide,
}

/// How the customer seems to feel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    /// Pleased.
    Positive,
    /// Neither.
    #[default]
    Neutral,
    /// Annoyed or hurt.
    Negative,
}

/// Something in the text that must not be handled by a machine alone, or not stored as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tripwire {
    /// A national id number.
    NationalId,
    /// A payment card number (passes the Luhn check).
    CardNumber,
    /// A medical emergency.
    MedicalEmergency,
    /// A threat to somebody.
    Threat,
    /// Somebody may hurt themselves.
    SelfHarm,
    /// Insults; answered with a polite bound.
    Abuse,
}

/// A part of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPart {
    /// asubuhi.
    Morning,
    /// mchana, around noon.
    Midday,
    /// alasiri, mchana in the sense of afternoon.
    Afternoon,
    /// jioni.
    Evening,
    /// usiku.
    Night,
}

/// Which day was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DateMention {
    /// One day.
    On {
        /// The day.
        date: Date,
        /// Another day that the words could mean ("next Friday"); the confirmation then states the date.
        or: Option<Date>,
    },
    /// Some day of several ("next week", "wknd"); both ends included.
    Within {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// Any day will do.
    Any,
}

/// A date that was said and that no calendar has ("31/11").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoSuchDay {
    /// Day of the month, from 1.
    pub day: i8,
    /// Month, 1 to 12.
    pub month: i8,
}

/// Which time of day was meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimeMention {
    /// One time, decided.
    At {
        /// Local minute.
        minute: MinuteOfDay,
        /// Said with "about", "-ish", "kama".
        about: bool,
    },
    /// One of several readings, and nothing decides: ask.
    Unclear {
        /// The readings, in order of the day.
        readings: Vec<MinuteOfDay>,
    },
    /// A part of the day.
    Part {
        /// Which.
        part: DayPart,
    },
    /// A span ("after 4", "between 2 and 5", "before noon").
    Between {
        /// First minute.
        from: MinuteOfDay,
        /// First minute after.
        to: MinuteOfDay,
    },
    /// Any time will do, or the first that is free.
    Any,
}

/// Which member of staff was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StaffMention {
    /// This one.
    Named {
        /// Who.
        id: StaffId,
    },
    /// Anybody will do.
    Anyone,
}

/// A position in a list that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ordinal {
    /// One-based from the start.
    Nth(u8),
    /// The last one.
    Last,
}

/// The values that a message carried. Empty by default; several may be filled at once.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent values, each said or not")]
pub struct Slots {
    /// Services, in the order in which they were named; two or more only when the customer wants them all.
    pub services: Vec<ServiceId>,
    /// A service was meant but its name fits these equally well: ask which.
    pub service_candidates: Vec<ServiceId>,
    /// Which member of staff.
    pub staff: Option<StaffMention>,
    /// Which day.
    pub date: Option<DateMention>,
    /// The day that was said instead of one that there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_such_day: Option<NoSuchDay>,
    /// Which time of day.
    pub time: Option<TimeMention>,
    /// Day and time together, when both are exact: the moment meant.
    pub start: Option<Timestamp>,
    /// A phone number, valid for the tenant's country or with its own code.
    pub phone: Option<Phone>,
    /// The customer's name ("jina langu ni…", "I'm…", or the answer when a name was asked).
    pub name: Option<String>,
    /// A position in what was offered.
    pub ordinal: Option<Ordinal>,
    /// The id of the offered choice that the words pick: by number, ordinal, title or id.
    pub choice: Option<String>,
    /// Other or later times than those offered.
    pub wants_more: bool,
    /// A sum of money.
    pub amount: Option<Money>,
    /// How they want to pay.
    pub rail: Option<Rail>,
    /// They want to pay at the venue.
    pub at_venue: bool,
    /// The words correct something said before ("no, Thursday", "sio saa tisa, saa kumi").
    pub correction: bool,
    /// They want to be told when a time opens up.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub notify: bool,
    /// They ask for a moment, or will come back to it ("ngoja kidogo", "let me think about it").
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pause: bool,
    /// More people than the one who writes are to be served ("me and my sister", "watoto wawili").
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub party: bool,
    /// They tell that they will be late for what is booked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

impl Slots {
    /// True when no value was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a turn knows of an utterance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Understanding {
    /// What the customer wants.
    pub intent: Intent,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
    /// The language of the frame; `None` when the words tell nothing ("ok 2").
    pub language: Option<Language>,
    /// How the customer seems to feel.
    pub sentiment: Sentiment,
    /// The values found.
    pub slots: Slots,
    /// What must not be handled by a machine alone.
    pub tripwires: Vec<Tripwire>,
}

/// What was asked last, so that a bare answer is read as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expecting {
    /// Nothing in particular.
    #[default]
    Nothing,
    /// Yes or no.
    YesNo,
    /// Which service.
    Service,
    /// Which member of staff.
    Staff,
    /// Which day or time.
    Slot,
    /// A phone number.
    Phone,
    /// A name.
    Name,
    /// One of the offered choices.
    Choice,
}
