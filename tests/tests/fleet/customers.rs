//! Customers with phones: they write, read, pay, and write again until they are booked. What they saw is checked in the stand-ins' books.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::domain::appointment::{Appointment, AppointmentStatus};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::payments::day::{Explanation, Need};
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::sim::daraja::Flow;
use ratiba_core::sim::meta::{Chat, Person, SentMessage};

use super::process::Process;
use super::town::{ACCOUNT, Town, minute_after};

/// Longer than everything that a test does to the processes takes to heal.
const PATIENCE: Duration = Duration::from_mins(4);
/// What a haircut costs.
const PRICE: i64 = 500;

/// One customer.
pub(super) struct Walker {
    pub(super) phone: String,
    pub(super) chat: Chat,
}

impl Walker {
    /// The `n`-th.
    pub(super) fn new(town: &Town, n: usize) -> Self {
        let phone = format!("25471{n:07}");
        town.meta.add_person(Person::new(&phone, &format!("Customer {n}")));
        Self { chat: town.meta.chat(ACCOUNT, &phone), phone }
    }

    /// Waits for a message on the phone.
    pub(super) async fn hears(&self, fits: impl Fn(&SentMessage) -> bool) -> SentMessage {
        let heard = tokio::time::timeout(PATIENCE, self.chat.wait_for(fits)).await;
        heard.unwrap_or_else(|_| panic!("{} waits in vain: {:#?}", self.phone, self.texts()))
    }

    /// Books a haircut then, pays, and comes back to it whenever the payment came to nothing.
    pub(super) async fn books(&self, town: &Town, start: Timestamp) {
        let when = start.to_zoned(town.zone()).strftime("%-d %b at %H:%M").to_string();
        self.chat.say(&format!("Hi I want to book a haircut on {when}"));
        self.hears(|message| !message.buttons.is_empty()).await;
        self.chat.say("yes");
        let mut lapsed = 0;
        loop {
            let news = |message: &SentMessage| {
                is_booked(message) || count(&self.texts(), is_lapsed) > lapsed
            };
            self.hears(news).await;
            if self.chat.received().iter().any(is_booked) {
                return;
            }
            lapsed += 1;
            self.chat.say("try again");
        }
    }

    pub(super) fn texts(&self) -> Vec<String> {
        self.chat.received().into_iter().map(|message| message.text).collect()
    }

    /// How often a reminder came.
    pub(super) fn reminders(&self) -> usize {
        count(&self.texts(), |text| text.contains("see you soon"))
    }

    /// By the books of Meta and of Safaricom: nothing was said twice, one payment was made and kept, one booking was confirmed. `became` is what
    /// our own books say of each payment.
    pub(super) fn was_served_once(&self, town: &Town, became: &BTreeMap<String, Explanation>) {
        let messages = self.chat.received();
        let ours: BTreeSet<_> =
            messages.iter().filter_map(|message| message.opaque.clone()).collect();
        assert_eq!(
            ours.len(),
            messages.len(),
            "{}: a message came twice: {:#?}",
            self.phone,
            self.texts()
        );
        assert_eq!(messages.iter().filter(|m| is_booked(m)).count(), 1, "{:#?}", self.texts());
        let book = town.daraja.book();
        let paid = book.paid_by(&self.phone);
        let kept: Vec<_> = paid
            .iter()
            .filter(|line| !book.is_reversed(&line.receipt))
            .filter(|line| !became.get(&line.reference).is_some_and(is_a_persons))
            .collect();
        let told: Vec<_> = paid.iter().map(|line| became.get(&line.reference)).collect();
        assert_eq!(kept.len(), 1, "{}: {paid:#?} {told:#?}", self.phone);
        assert_eq!((kept[0].amount, &kept[0].flow), (PRICE, &Flow::Paid));
    }

    /// Who they are in our book.
    pub(super) async fn customer(&self, town: &Town) -> Customer {
        let identity = Identity { channel: ChannelKind::Whatsapp, external_id: self.phone.clone() };
        town.store().customer_by_identity(&identity).await.unwrap().expect("we know them")
    }

    /// Their one appointment in our book.
    pub(super) async fn appointment(&self, town: &Town) -> Appointment {
        let all = town.store().appointments_of(self.customer(town).await.id).await.unwrap();
        let mut confirmed: Vec<_> =
            all.into_iter().filter(|a| a.status == AppointmentStatus::Confirmed).collect();
        assert_eq!(confirmed.len(), 1, "{}: {confirmed:?}", self.phone);
        confirmed.remove(0)
    }
}

/// All book, each on a day of their own among twenty, one beginning so long after another.
pub(super) async fn all_book(town: &Town, walkers: &[Walker], apart: Duration) {
    let now = SystemClock.now();
    let each = walkers.iter().zip(0_u32..).map(|(walker, n)| async move {
        tokio::time::sleep(apart * n).await;
        let days = i64::from(3 + n % 20);
        walker.books(town, minute_after(now, SignedDuration::from_hours(24 * days))).await;
    });
    futures_util::future::join_all(each).await;
}

/// Where no process has died: the programs stop, nobody has to look a payment up, and each customer was served once.
pub(super) async fn all_is_well(town: &Town, running: Vec<Process>, walkers: &[Walker]) {
    let became = town.reconciled().await;
    assert!(!became.values().any(is_a_persons), "nobody died: {became:?}");
    town.meta.settle().await;
    for process in running {
        process.stop().await;
    }
    for walker in walkers {
        walker.appointment(town).await;
        walker.was_served_once(town, &became);
    }
}

/// Whether a person was told to look the payment up, or to give it back. By the answers that went to processes that died nobody else can: Daraja is
/// asked neither about a payment nor about a reversal without the id that it gave.
pub(super) const fn is_a_persons(explanation: &Explanation) -> bool {
    let Explanation::NeedsPerson { why } = explanation else { return false };
    matches!(why, Need::UnknownToProvider | Need::RefundByHand)
}

fn is_booked(message: &SentMessage) -> bool {
    message.text.contains("Receipt") || message.text.contains("receipt")
}

fn is_lapsed(text: &str) -> bool {
    text.contains("let the slot go")
}

fn count(texts: &[String], fits: impl Fn(&str) -> bool) -> usize {
    texts.iter().filter(|text| fits(text)).count()
}
