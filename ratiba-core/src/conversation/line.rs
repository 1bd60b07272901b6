//! What is said, before it is words: each line is a meaning that the speaker knows how to say in both languages and every tone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::id::{AppointmentId, ServiceId, StaffId};
use crate::domain::money::Money;
use crate::domain::payment::FailureReason;
use crate::domain::phone::Phone;
use crate::domain::tenant::Rail;
use crate::domain::time::MinuteOfDay;
use crate::language::understanding::{DayPart, NoSuchDay};
use crate::scheduling::slot::{Blocked, Slot};

/// One thing to say. A line that asks brings the choices that it offers; the speaker gives them titles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    // --- opening and bounds
    /// The first words ever, with who we are.
    Greeting,
    /// Once, on first contact: this is an automated assistant, and how to reach a person.
    Introduction,
    /// A greeting to somebody who has been greeted before.
    GreetingAgain,
    /// What would you like? With what the business does as choices (book, my bookings, services, …).
    HowCanIHelp,
    /// You are welcome.
    YoureWelcome,
    /// There is no hurry.
    NoRush,
    /// One person is booked at a time; the others follow.
    OneAtATime,
    /// The day that was named is in no calendar.
    NoSuchDay {
        /// The day.
        day: NoSuchDay,
    },
    /// The team knows that they will be late.
    LateNoted,
    /// Noted: no more reminders and offers.
    OptedOut,
    /// All forgotten; from the start.
    StartedOver,
    /// Not understood; said differently the second time.
    DidNotUnderstand {
        /// How many times running, from 1.
        times: u8,
    },
    /// A polite bound to abuse.
    AbuseBound,
    /// A polite bound to what is none of our business.
    OffTopic,
    /// What kind of thing was sent can't be read here; please type it.
    PleaseType,
    /// A picture, place or sticker arrived; thanks, and on with it.
    GotAttachment,
    /// A sensitive number was masked; please do not send such.
    SensitiveNumber,

    // --- asking
    /// Which service? Offers these.
    AskService {
        /// In order.
        services: Vec<ServiceId>,
    },
    /// Which of these did you mean?
    AskWhichService {
        /// Those that fit equally well.
        services: Vec<ServiceId>,
    },
    /// There is no such service; then usually `AskService` follows.
    NoSuchService,
    /// With whom? Offers these and "anyone".
    AskStaff {
        /// For what.
        service: ServiceId,
        /// In order.
        staff: Vec<StaffId>,
    },
    /// The wanted person does not do this service.
    StaffNotQualified {
        /// Who.
        staff: StaffId,
        /// What.
        service: ServiceId,
    },
    /// Which day and time?
    AskWhen {
        /// For what.
        service: ServiceId,
    },
    /// The day is known: what time?
    AskTime {
        /// The day, as its first moment.
        day: Timestamp,
    },
    /// The time is known: which day?
    AskDay {
        /// The time.
        minute: MinuteOfDay,
    },
    /// Morning or evening? The hour could be either.
    AskWhichTime {
        /// The day where it is known.
        day: Option<Timestamp>,
        /// The readings.
        readings: Vec<MinuteOfDay>,
    },
    /// Your number, please: to pay, to be reminded.
    AskPhone,
    /// That is no phone number that works here.
    BadPhone,
    /// That number belongs to somebody else's bookings; a proof is needed before old bookings are shown.
    PhoneTaken {
        /// Which.
        phone: Phone,
    },

    // --- slots
    /// The moment is not free.
    NotFree {
        /// The moment that was wished.
        wished: Timestamp,
        /// Why.
        why: Blocked,
        /// Who was wished, where that matters.
        staff: Option<StaffId>,
    },
    /// Offers these times; with a way to see more where there are.
    OfferSlots {
        /// In order of time.
        slots: Vec<Slot>,
        /// Whether there are others.
        more: bool,
        /// Words for the wish: its part of day, where one was named.
        part: Option<DayPart>,
    },
    /// Nothing is free in what was wished.
    NothingFree,
    /// The slot was taken or its hold ran out meanwhile.
    SlotGone,

    // --- waiting and proving
    /// Noted: you will be told when it opens up.
    OnWaitlist {
        /// For what.
        service: ServiceId,
        /// The only day that would suit, as its first moment.
        day: Option<Timestamp>,
    },
    /// The time that you waited for has opened up: shall it be yours? First come, first served. Yes or no.
    OfferFreed {
        /// Which.
        slot: Slot,
        /// The price.
        price: Money,
        /// Due now.
        due: Money,
        /// Until when the offer is kept open.
        until: Timestamp,
    },
    /// You stay on the list (said after `SlotGone`).
    StillOnWaitlist,
    /// You will not be told any more.
    OffWaitlist,
    /// More is due than usual, because earlier visits were missed (said before `ConfirmBooking`).
    NoShowDeposit,
    /// A code is on its way to the number, which is known already: send it here.
    CodeSent {
        /// The number.
        phone: Phone,
    },
    /// That was not the code.
    CodeWrong {
        /// Tries that are left.
        left: u8,
    },
    /// The code is worthless by now; the number again, for a new one.
    CodeExpired,
    /// Thanks, the number is yours: everything is in one place now.
    PhoneJoined,
    /// Bookings made with a number can be seen here once it is proven: which number?
    AskPhoneToSee,

    // --- confirming and paying
    /// Shall I book it? States service, staff, day, time, price and what is due now; yes or no.
    ConfirmBooking {
        /// The slot.
        slot: Slot,
        /// The price.
        price: Money,
        /// Due now; zero when everything is paid at the venue.
        due: Money,
        /// State the full date, because "next Friday" could be two days.
        state_date: bool,
        /// How it will be paid, where the customer has chosen; else the tenant's first way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rail: Option<Rail>,
    },
    /// What goes well with it, said beside a question about the time.
    SuggestAlongside {
        /// The other.
        next: ServiceId,
        /// Its price.
        price: Money,
    },
    /// This one first; the other that was asked for is fitted in right after (said before `ConfirmBooking`).
    OneThenTheOther {
        /// The other.
        next: ServiceId,
    },
    /// There is no room for the other service right after; it can be booked on its own.
    NoRoomRightAfter {
        /// The other.
        next: ServiceId,
    },
    /// The hold ran out before an answer; still interested? Yes or no.
    HoldExpired,
    /// Not booked, as you wish.
    NotBooked,
    /// Would you like this too, right after?
    OfferCrossSell {
        /// The second service's slot.
        slot: Slot,
        /// Its price.
        price: Money,
    },
    /// Both together: shall I? Yes or no.
    ConfirmBundle {
        /// The first.
        first: Slot,
        /// The second.
        second: Slot,
        /// The sum of the prices.
        price: Money,
        /// Due now.
        due: Money,
        /// How it will be paid, where the customer has chosen; else the tenant's first way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rail: Option<Rail>,
    },
    /// A prompt is on its way to your phone: enter your PIN.
    PromptSent {
        /// Which phone.
        phone: Phone,
        /// How much.
        amount: Money,
    },
    /// Nobody knows whether the prompt has reached your phone: enter your PIN if it has, else it may be tried again later.
    PromptUncertain {
        /// How much.
        amount: Money,
    },
    /// Pay on this page.
    PayOnPage {
        /// Where.
        url: String,
        /// How much.
        amount: Money,
    },
    /// The page is still open and nobody has paid on it.
    PageStillOpen {
        /// Where.
        url: String,
        /// How much.
        amount: Money,
    },
    /// A payment is already under way; finish or cancel it first.
    PaymentStillOpen {
        /// How much.
        amount: Money,
        /// On which rail.
        #[serde(default = "by_phone")]
        rail: Rail,
    },
    /// It failed, and why; offers to retry, to change the number, a card, or the venue.
    PaymentFailed {
        /// Why.
        reason: FailureReason,
        /// On which rail.
        #[serde(default = "by_phone")]
        rail: Rail,
        /// Offer to pay by M-Pesa from a number of their choice.
        #[serde(default = "yes")]
        offer_number: bool,
        /// Offer to pay by card.
        offer_card: bool,
        /// Offer to pay at the venue.
        offer_venue: bool,
    },
    /// No answer came in time; the slot is released. If money was taken it will be booked or returned.
    PaymentTimedOut,
    /// Called off as you wish; if a prompt still appears, ignore it.
    PaymentCancelled {
        /// On which rail.
        #[serde(default = "by_phone")]
        rail: Rail,
    },
    /// Which number should pay?
    AskPayerPhone,
    /// Paid and booked.
    PaidAndBooked {
        /// In order.
        slots: Vec<Slot>,
        /// What was paid.
        amount: Money,
        /// The provider's receipt.
        receipt: Option<String>,
        /// What remains to be paid at the venue.
        remaining: Money,
    },
    /// Booked; nothing due now.
    Booked {
        /// In order.
        slots: Vec<Slot>,
        /// To be paid at the venue.
        at_venue: Money,
    },
    /// Your money came late, the slot was still free: booked after all.
    LateMoneyBooked {
        /// How much.
        amount: Money,
        /// The provider's receipt.
        receipt: Option<String>,
    },
    /// The payment that came does not agree with what was asked; a person looks at it and will write.
    PaymentUnderReview,
    /// The person still looks, and the slot is released: they will book or give back.
    ReviewOutlasted,
    /// Your money came late, and you were booked to pay on the day: it counts for that.
    LateMoneyCounted {
        /// How much.
        amount: Money,
        /// The provider's receipt.
        receipt: Option<String>,
    },
    /// Your money came late, the slot was gone: it is being given back.
    LateMoneyReturned {
        /// How much.
        amount: Money,
    },
    /// You have paid twice for the same; one of the two is being given back.
    PaidTwice {
        /// How much.
        amount: Money,
    },
    /// Your money is being given back because you had called it off.
    ReturnedAfterCancel,
    /// Given back.
    Refunded {
        /// How much.
        amount: Money,
    },

    // --- cancelling, moving, looking
    /// What you have booked.
    MyBookings {
        /// In order of start.
        slots: Vec<Slot>,
    },
    /// You have nothing booked.
    NoBookings,
    /// Which one? Offers these; ids are the appointments'.
    AskWhichBooking {
        /// In order of start.
        bookings: Vec<(AppointmentId, Slot)>,
        /// To be moved, not cancelled.
        to_move: bool,
    },
    /// What cancelling means for the money, and: shall I? Yes or no.
    ConfirmCancel {
        /// Which.
        slot: Slot,
        /// What is given back.
        refund: Money,
        /// What is kept.
        kept: Money,
        /// Free until so many hours before.
        free_until_hours: u32,
    },
    /// Cancelled.
    Cancelled {
        /// Which.
        slot: Slot,
        /// What is given back.
        refund: Money,
    },
    /// Not cancelled: it stands.
    KeptBooking {
        /// Which.
        slot: Slot,
    },
    /// To when shall it move?
    AskNewTime {
        /// Which.
        slot: Slot,
    },
    /// From here to there: shall I? Yes or no.
    ConfirmMove {
        /// From.
        old: Slot,
        /// To.
        new: Slot,
        /// State the full date of the new one.
        state_date: bool,
    },
    /// Moved.
    Moved {
        /// From.
        old: Slot,
        /// To.
        new: Slot,
    },
    /// Another booking is half done: drop it? Yes or no.
    AskDropDraft {
        /// What would be dropped.
        service: Option<ServiceId>,
    },

    // --- questions
    /// What is offered, with prices and durations.
    Services {
        /// In order; all, or those asked about.
        services: Vec<ServiceId>,
    },
    /// When the business is open; today's hours first.
    OpeningHours {
        /// The day asked about, as its first moment; `None` for the whole week.
        day: Option<Timestamp>,
    },
    /// Who works here, and what they do.
    Team,
    /// The owner's own words.
    Snippet {
        /// Verbatim.
        body: String,
    },
    /// The team will be asked.
    WillAskTeam,
    /// One moment, please: an answer is being worked on.
    OneMoment,
    /// Back to what was asked before (said before the pending question is repeated).
    BackToIt,

    // --- people
    /// A person is coming.
    HandingOver,
    /// Somebody has joined.
    PersonJoined,
    /// Sorry that it takes so long.
    HandoffApology,
    /// Nobody is free; I am here again.
    HandoffGaveUp,
    /// I am back, and this is where we were.
    AgentResumed,
    /// An emergency: where to turn at once.
    EmergencyAdvice,
}

/// What lines of the first records were about: they did not say.
const fn by_phone() -> Rail {
    Rail::Mpesa
}

/// As [`by_phone`].
const fn yes() -> bool {
    true
}
