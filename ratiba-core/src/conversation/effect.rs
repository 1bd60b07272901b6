//! What a step wants done. The engine commits the writes together with the new state, and acts only after that.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::TimerName;
use super::line::Line;
use crate::domain::appointment::Appointment;
use crate::domain::id::{AppointmentId, PaymentId, WaitId};
use crate::domain::message::Language;
use crate::domain::money::Money;
use crate::domain::phone::Phone;
use crate::domain::proof::Code;
use crate::domain::tenant::Rail;
use crate::domain::wait::{Wait, WaitStatus};
use crate::scheduling::slot::{Slot, SlotQuery};

/// What a step wants done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Look something up and come back with `Event::Answered` in this same turn. At most one per step, always the last effect, and then
    /// nothing is said in that step; what is to be said is kept for the step that asks no more.
    Ask {
        /// What.
        query: Query,
    },
    /// Tell the customer. The lines of one turn become one message.
    Say {
        /// What, in order.
        lines: Vec<Line>,
        /// The language to say it in.
        language: Language,
    },
    /// Keep these free, all or none; status `held`. When one is taken, the whole turn is taken again with fresh data.
    Hold {
        /// The new appointments. Their `thread` is empty: the engine knows it and fills it in.
        appointments: Vec<Appointment>,
    },
    /// Keep held appointments for longer.
    Extend {
        /// Which.
        appointments: Vec<AppointmentId>,
        /// Until when.
        until: Timestamp,
    },
    /// Held (or expired and looked up as still free in this turn) becomes confirmed.
    Confirm {
        /// Which.
        appointments: Vec<AppointmentId>,
    },
    /// Held becomes expired: others may have the time.
    Release {
        /// Which.
        appointments: Vec<AppointmentId>,
    },
    /// Confirmed becomes cancelled.
    Cancel {
        /// Which.
        appointment: AppointmentId,
    },
    /// A held appointment takes the place of a confirmed one, which is given up; both in one transaction, paid money moves along.
    Replace {
        /// The confirmed one.
        old: AppointmentId,
        /// The held one.
        new: AppointmentId,
    },
    /// Ask to be paid. The engine writes payment, routing and outbox row in the turn's transaction and calls the provider after it.
    Charge {
        /// The payment's id.
        payment: PaymentId,
        /// How.
        rail: Rail,
        /// The number to ask; `None` for rails with a page.
        payer: Option<Phone>,
        /// How much.
        amount: Money,
        /// For what.
        appointments: Vec<AppointmentId>,
        /// When the window ends.
        expires_at: Timestamp,
    },
    /// One payment is called off: what it was for is paid otherwise, or corrected.
    AbandonPayment {
        /// Which.
        payment: PaymentId,
    },
    /// The customer does not want it any more: the payment that is open is called off, and money that still comes for it or for an earlier one
    /// of this conversation goes back instead of booking.
    CallOffPayments,
    /// Give money back that was paid for an appointment.
    Refund {
        /// For which.
        appointment: AppointmentId,
        /// How much.
        amount: Money,
    },
    /// Give a whole payment back, because what it paid for can't be had any more.
    RefundPayment {
        /// Which.
        payment: PaymentId,
    },
    /// Set a deadline; replaces one of the same name.
    Arm {
        /// Which.
        timer: TimerName,
        /// When.
        at: Timestamp,
    },
    /// Forget a deadline.
    Disarm {
        /// Which.
        timer: TimerName,
    },
    /// Keep a fact about the customer.
    Remember {
        /// Which.
        fact: Fact,
    },
    /// Page every admin: a person is needed.
    PageAdmins {
        /// Why.
        signal: Signal,
        /// What the customer was doing, in a few words for the admins.
        doing: String,
    },
    /// Tell the admins something that needs no engagement.
    TellAdmins {
        /// What.
        note: AdminNote,
    },
    /// Pass the customer's words on to the admin who drives.
    RelayToAdmin {
        /// Who.
        admin: Phone,
        /// The words.
        text: String,
    },
    /// Pass an admin's words on to the customer, verbatim.
    RelayToCustomer {
        /// The words.
        text: String,
    },
    /// Remember that the customer wants to be told; a wish for the same service takes the place of an older one.
    Wait {
        /// What for.
        wait: Wait,
    },
    /// A time is offered to somebody who waits; when the offer runs out unanswered, `Event::WaitLapsed` comes.
    OfferFreed {
        /// The wish.
        wait: WaitId,
        /// The time.
        slot: Slot,
        /// Until when.
        until: Timestamp,
    },
    /// What became of an offer: taken, waiting again because somebody else was faster, or closed; then others are offered the time.
    SettleWait {
        /// The wish.
        wait: WaitId,
        /// The time that was offered.
        slot: Slot,
        /// Where the wish is now.
        status: WaitStatus,
    },
    /// Something else is under way: offer it later, if it can still be had then.
    LookAgain {
        /// The wish.
        wait: WaitId,
        /// The time.
        slot: Slot,
        /// When.
        at: Timestamp,
    },
    /// The customer need not be told any more.
    LeaveWaitlist,
    /// Send a one-time code to a number.
    SendCode {
        /// Which.
        phone: Phone,
    },
    /// The customer has proven that a number is theirs: they and the customer who has it are one person from here on.
    Join {
        /// The number.
        phone: Phone,
    },
    /// Put a question on the owner's list.
    NoteUnanswered {
        /// The question.
        question: String,
    },
    /// The event changed nothing, and this is why.
    Rejected {
        /// Why.
        why: Rejection,
    },
}

/// A question that the engine answers from the store within the turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum Query {
    /// When is it free? What this turn has released before it asked counts as free.
    Slots {
        /// The question.
        query: SlotQuery,
    },
    /// Does a second service fit right after this one?
    CrossSell {
        /// The first service's slot.
        after: Slot,
    },
    /// What has this customer booked?
    MyAppointments,
    /// Could these (expired) appointments still be confirmed?
    StillFree {
        /// Which.
        appointments: Vec<AppointmentId>,
    },
    /// What do the snippets say to this?
    Knowledge {
        /// The question in the customer's words.
        question: String,
    },
    /// Does this number belong to another customer?
    PhoneOwner {
        /// The number.
        phone: Phone,
    },
    /// Is this the code that was sent to the number?
    CheckCode {
        /// The number.
        phone: Phone,
        /// What was typed.
        code: Code,
    },
}

/// Something about the customer that outlives the thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    /// Their number.
    Phone {
        /// Which.
        phone: Phone,
        /// Whether it is proven to be theirs.
        proven: bool,
    },
    /// Their name.
    Name {
        /// Which.
        name: String,
    },
    /// Their language.
    Language {
        /// Which.
        language: Language,
    },
    /// They want no reminders and no marketing.
    OptedOut,
}

/// Why a person is needed (product text, section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// D0: the customer asks for one.
    Asked,
    /// D1: three turns running under the confidence floor.
    NotUnderstood,
    /// D2: two negative turns running.
    Unhappy,
    /// D3: the cost ceiling.
    TooCostly,
    /// D4: a national id or card number.
    SensitiveNumber,
    /// D5: a compliance word.
    Compliance,
    /// D6: more than 25 turns without progress.
    NoProgress,
    /// D7: a tool keeps failing.
    ToolFailing,
}

/// What admins are told without being asked to engage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case", deny_unknown_fields)]
pub enum AdminNote {
    /// A new booking is confirmed.
    Booked {
        /// Which.
        appointments: Vec<AppointmentId>,
    },
    /// A customer cancelled.
    Cancelled {
        /// Which.
        appointment: AppointmentId,
    },
    /// A customer will be late.
    RunningLate {
        /// What they wrote.
        words: String,
    },
    /// A customer moved.
    Moved {
        /// The one given up.
        old: AppointmentId,
        /// The new one.
        new: AppointmentId,
    },
    /// Money came late; the slot could be had again.
    LateMoneyRebooked {
        /// Which payment.
        payment: PaymentId,
    },
    /// Money came late, for what stood already and was to be paid on the day: it counts for it.
    LateMoneyCounted {
        /// Which payment.
        payment: PaymentId,
    },
    /// Money came late or after a cancel, and is given back.
    LateMoneyReturned {
        /// Which payment.
        payment: PaymentId,
    },
    /// Money came that does not agree with what was asked: look at it.
    PaymentReview {
        /// Which payment.
        payment: PaymentId,
    },
    /// The provider did not give money back: a person has to.
    RefundByHand {
        /// Which payment.
        payment: PaymentId,
    },
    /// The provider waits for somebody to approve a refund there.
    RefundToApprove {
        /// Which payment.
        payment: PaymentId,
    },
    /// A callback says that money came, and the provider does not confirm it.
    PaymentUnconfirmed {
        /// Which payment.
        payment: PaymentId,
    },
    /// The provider has taken back what had been paid.
    PaymentTakenBack {
        /// Which payment.
        payment: PaymentId,
    },
    /// Still nobody has engaged.
    StillWaiting,
    /// Handed back to the agent because nobody came or nothing happened.
    GaveUp,
    /// Somebody has engaged; the others may rest.
    EngagedBy {
        /// Who.
        admin: Phone,
    },
    /// The agent drives again.
    HandedBack,
}

/// Why an event changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// A payment result for a payment that this thread is not waiting for.
    StalePayment,
    /// An answer that nobody waits for.
    StaleAnswer,
    /// A deadline that no longer matters.
    StaleTimer,
    /// What a model made of a turn that has been left behind.
    StaleThought,
    /// An admin's word on a thread that nobody has engaged.
    NotEngaged,
    /// Somebody else has engaged already.
    AlreadyEngaged,
    /// The thread is between two steps of another turn.
    Busy,
    /// A reaction or the like, which needs no answer.
    NothingToSay,
}
