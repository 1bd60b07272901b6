//! Runs golden conversations through the whole engine: a store of its own, a manual clock, recorded messages, scripted payments.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use super::channel::RecordingChannel;
use super::clock::ManualClock;
use super::golden::{Booked, CodeTyped, Golden, PaymentOutcome, TurnSpec};
use super::payments::{ScriptedOutcome, ScriptedPayments};
use super::sms::RecordingSms;
use crate::adapters::seal::SecretKey;
use crate::adapters::sqlite::SqliteStore;
use crate::domain::appointment::{Appointment, AppointmentStatus};
use crate::domain::channel::{Address, ChannelKind, IdentityAnchor};
use crate::domain::customer::{Customer, Identity};
use crate::domain::id::{CustomerId, Mint};
use crate::domain::knowledge::Snippet;
use crate::domain::message::{Choice, Content, InboundMessage, Reply};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::phone::Phone;
use crate::domain::tenant::{Business, Rail};
use crate::domain::time::TimeWindow;
use crate::domain::visit::VisitOutcome;
use crate::engine::Ratiba;
use crate::ports::outbox::Outgoing;
use crate::ports::store::{StoredOutbox, StoredThread};

/// The account that every fixture has on the channel of a golden conversation.
const ACCOUNT: &str = "golden";
/// Things that may fall due while time passes; more is a loop.
const MOST_DUE: u32 = 10_000;

/// Something that keeps a golden conversation from running at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScenarioError(String);

fn broken(what: &str) -> impl Fn(&dyn std::error::Error) -> ScenarioError + '_ {
    move |error| {
        let mut text = format!("{what}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        ScenarioError(text)
    }
}

macro_rules! attempt {
    ($what:literal, $result:expr) => {
        $result.map_err(|error| broken($what)(&error))?
    };
}

mod looking;
mod run;
mod setup;

pub use run::{Behind, GoldenReport, Mismatch, run, run_afresh, run_behind, run_on};
use setup::kind_of;

/// A golden conversation under way.
#[derive(Debug)]
pub struct Scenario {
    ratiba: Ratiba,
    clock: Arc<ManualClock>,
    channels: BTreeMap<ChannelKind, Arc<RecordingChannel>>,
    sms: Arc<RecordingSms>,
    /// Texts that a turn has shown already.
    texts_seen: usize,
    /// Messages to the first admin that a turn has shown already.
    told_seen: usize,
    mpesa: Arc<ScriptedPayments>,
    card: Arc<ScriptedPayments>,
    business: Business,
    kind: ChannelKind,
    customer: String,
    customer_name: Option<String>,
    messages: u32,
    offered: Vec<Choice>,
    transcript: String,
}

/// What was said in one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// To the customer.
    pub customer: Vec<Reply>,
    /// To the first admin; empty when nothing was.
    pub owner: String,
}

impl Scenario {
    /// A conversation with a given business, on a store of its own: for terminals and demos.
    pub async fn with(
        golden: &Golden,
        business: Business,
        snippets: Vec<Snippet>,
    ) -> Result<Self, ScenarioError> {
        let store = attempt!(
            "the store can't be opened",
            SqliteStore::in_memory(&SecretKey::for_tests()).await
        );
        Self::begin(golden, business, snippets, Arc::new(store), &Behind::default()).await
    }

    /// Makes one thing happen, and gives back what people were told.
    pub async fn take(&mut self, turn: &TurnSpec) -> Result<Told, ScenarioError> {
        self.turn_to(turn)?;
        let before = self.channel().sent().len();
        if let Some(failure) = self.happen(turn).await? {
            return Err(ScenarioError(failure));
        }
        let seen = self.seen(before, None).await?;
        Ok(Told { customer: seen.said, owner: seen.told })
    }

    /// Goes where the turn says that the customer writes from.
    fn turn_to(&mut self, turn: &TurnSpec) -> Result<(), ScenarioError> {
        if let Some(place) = &turn.on {
            self.kind = kind_of(&place.channel)?;
            self.customer.clone_from(&place.customer);
        }
        Ok(())
    }

    /// The channel that the customer uses now.
    fn channel(&self) -> &RecordingChannel {
        self.channels.get(&self.kind).expect("every channel of the document was opened")
    }

    /// The words of every code that was sent to somebody's number, oldest first.
    async fn codes(&self) -> Result<Vec<String>, ScenarioError> {
        let store = self.ratiba.store().of(self.business.tenant.id);
        let mut found = Vec::new();
        for thread in attempt!("the store failed", store.threads(50).await) {
            found.extend(attempt!("the store failed", store.outbox_of(thread.customer).await));
        }
        found.sort_by_key(|row| row.item.id);
        found.dedup_by_key(|row| row.item.id);
        let words = |row: StoredOutbox| match row.item.what {
            Outgoing::Code { text, .. } => Some(text.0),
            _ => None,
        };
        Ok(found.into_iter().filter_map(words).collect())
    }

    /// The digits that were sent last, or others.
    async fn code(&self, typed: CodeTyped) -> Result<String, ScenarioError> {
        let sent = self.codes().await?.pop();
        let words = sent.ok_or_else(|| ScenarioError("no code has been sent".to_owned()))?;
        let run = words
            .split(|c: char| !c.is_ascii_digit())
            .find(|run| run.len() == 6)
            .ok_or_else(|| ScenarioError("the message holds no code".to_owned()))?;
        Ok(match typed {
            CodeTyped::Right => run.to_owned(),
            CodeTyped::Wrong if run == "000000" => "111111".to_owned(),
            CodeTyped::Wrong => "000000".to_owned(),
        })
    }

    /// Another customer's booking is called off.
    async fn free(&self, booked: &Booked) -> Result<(), ScenarioError> {
        let tenant = self.business.tenant.id;
        let window = TimeWindow::of_minutes(booked.start, 1);
        let store = self.ratiba.store().of(tenant);
        for row in attempt!("the store failed", store.diary(window).await) {
            let staff = self.business.catalogue.member(row.staff);
            let theirs = staff.is_some_and(|s| s.name.eq_ignore_ascii_case(&booked.staff));
            if theirs
                && row.window.start == booked.start
                && attempt!("the engine failed", self.ratiba.call_off(tenant, row.id).await)
            {
                return Ok(());
            }
        }
        Err(ScenarioError("there is no such booking to call off".to_owned()))
    }

    /// The owner says whether the customer came to their last visit.
    async fn mark(&self, outcome: VisitOutcome) -> Result<(), ScenarioError> {
        let tenant = self.business.tenant.id;
        let store = self.ratiba.store().of(tenant);
        let customer =
            self.customer().await?.ok_or_else(|| ScenarioError("nobody has written".to_owned()))?;
        let visits = attempt!("the store failed", store.appointments_of(customer.id).await);
        let last = visits.iter().rev().find(|visit| visit.window.start <= self.ratiba.now());
        let last = last.ok_or_else(|| ScenarioError("there was no visit yet".to_owned()))?;
        if attempt!("the engine failed", self.ratiba.mark_visit(tenant, last.id, outcome).await) {
            Ok(())
        } else {
            Err(ScenarioError("that visit can't be marked".to_owned()))
        }
    }

    /// Makes one thing happen and lets the engine work. Gives back the error that the engine refused it with.
    async fn happen(&mut self, turn: &TurnSpec) -> Result<Option<String>, ScenarioError> {
        let outcome = if let Some(text) = &turn.user {
            self.note('>', text);
            self.receive(Content::Text { body: text.clone() }).await
        } else if let Some(typed) = turn.code {
            let body = self.code(typed).await?;
            self.note('>', &format!("({typed:?} code)"));
            self.receive(Content::Text { body }).await
        } else if let Some(booked) = &turn.frees {
            self.note('!', "(another booking is called off)");
            self.free(booked).await?;
            Ok(())
        } else if let Some(outcome) = turn.visit {
            self.note('!', &format!("({outcome:?})"));
            self.mark(outcome).await?;
            Ok(())
        } else if let Some(tap) = &turn.tap {
            self.note('>', &format!("[{tap}]"));
            let choice = self
                .offered
                .iter()
                .find(|choice| choice.id == *tap || choice.title.eq_ignore_ascii_case(tap.trim()));
            let (id, title) = choice.map_or((tap.clone(), tap.clone()), |choice| {
                (choice.id.clone(), choice.title.clone())
            });
            self.receive(Content::Choice { id, title }).await
        } else if let Some(what) = &turn.sends {
            self.note('>', &format!("({what})"));
            self.receive(sent_thing(what)?).await
        } else if let Some(outcome) = turn.payment {
            self.note('>', &format!("(payment: {outcome:?})"));
            self.pay(outcome).await?;
            Ok(())
        } else if let Some(text) = &turn.advance {
            self.advance(duration(text)?).await?;
            Ok(())
        } else if let Some(text) = &turn.admin {
            self.note('!', text);
            let admin = self
                .business
                .admins
                .first()
                .cloned()
                .ok_or_else(|| ScenarioError("the tenant has no admin".to_owned()))?;
            self.messages += 1;
            let dedupe = format!("a{}", self.messages);
            self.ratiba.admin_says(self.business.tenant.id, &admin, text, &dedupe).await
        } else if let Some(text) = &turn.owner {
            self.note('!', text);
            self.messages += 1;
            let id = format!("o{}", self.messages);
            self.ratiba.receive_echo(self.address(), &id, text).await.map(drop)
        } else {
            Ok(())
        };
        let failure = outcome.err().map(|error| error.to_string());
        attempt!("the engine failed", self.ratiba.work_until_idle().await);
        Ok(failure)
    }

    async fn receive(&mut self, content: Content) -> Result<(), crate::engine::ReceiveError> {
        self.messages += 1;
        let phone = (self.kind.capabilities().identity_anchor == IdentityAnchor::Phone)
            .then(|| Phone::from_provider(&self.customer).ok())
            .flatten();
        let address = self.address();
        let message = InboundMessage {
            provider_id: format!("m{}", self.messages),
            identities: vec![Identity { channel: self.kind, external_id: address.peer.clone() }],
            address,
            phone,
            profile_name: self.customer_name.clone(),
            sent_at: self.ratiba.now(),
            content,
        };
        self.ratiba.receive(message).await.map(drop)
    }

    fn address(&self) -> Address {
        Address {
            channel: self.kind,
            account: ACCOUNT.to_owned(),
            peer: self.customer.trim_start_matches('+').to_owned(),
        }
    }

    /// Answers the newest payment prompt the way a person, or the network, would.
    async fn pay(&mut self, outcome: PaymentOutcome) -> Result<(), ScenarioError> {
        let payment = self
            .newest_payment()
            .await?
            .ok_or_else(|| ScenarioError("nobody has been asked to pay".to_owned()))?;
        let outcome = match outcome {
            PaymentOutcome::Success => ScriptedOutcome::Success,
            PaymentOutcome::Duplicate => ScriptedOutcome::Duplicate,
            PaymentOutcome::WrongAmount => ScriptedOutcome::WrongAmount,
            PaymentOutcome::WrongPin => ScriptedOutcome::WrongPin,
            PaymentOutcome::Cancelled => ScriptedOutcome::Cancelled,
            PaymentOutcome::InsufficientFunds => ScriptedOutcome::InsufficientFunds,
            PaymentOutcome::Unreachable => ScriptedOutcome::Unreachable,
            PaymentOutcome::Declined => ScriptedOutcome::Declined,
            PaymentOutcome::Timeout => {
                let left = payment.expires_at.duration_since(self.ratiba.now());
                return self.advance(left + SignedDuration::from_secs(1)).await;
            }
        };
        let rail = match payment.rail {
            Rail::Mpesa => &self.mpesa,
            Rail::Card | Rail::Cash => &self.card,
        };
        for truth in outcome.truth(&payment) {
            rail.happens(payment.id, truth);
        }
        for raw in outcome.callbacks(&payment) {
            attempt!(
                "the callback was refused",
                self.ratiba
                    .receive_payment_callback(payment.rail, &payment.callback_token, &raw)
                    .await
            );
            attempt!("the engine failed", self.ratiba.work_until_idle().await);
        }
        Ok(())
    }

    /// Lets time pass, stopping wherever something falls due.
    async fn advance(&mut self, by: SignedDuration) -> Result<(), ScenarioError> {
        let target = self.ratiba.now() + by;
        for _ in 0..MOST_DUE {
            let due = attempt!("the store failed", self.ratiba.store().next_due().await);
            let Some(due) = due.filter(|due| *due <= target) else { break };
            if due > self.ratiba.now() {
                self.clock.set(due);
            }
            if attempt!("the engine failed", self.ratiba.work_until_idle().await) == 0
                && due <= self.ratiba.now()
            {
                break;
            }
        }
        self.clock.set(target);
        attempt!("the engine failed", self.ratiba.work_until_idle().await);
        Ok(())
    }

    async fn book_for_another(&self, n: usize, booked: &Booked) -> Result<(), ScenarioError> {
        let store = self.ratiba.store().of(self.business.tenant.id);
        let catalogue = &self.business.catalogue;
        let service = catalogue
            .services
            .iter()
            .find(|service| service.name.en.eq_ignore_ascii_case(&booked.service))
            .ok_or_else(|| ScenarioError(format!("there is no service `{}`", booked.service)))?;
        let staff = catalogue
            .staff
            .iter()
            .find(|staff| staff.name.eq_ignore_ascii_case(&booked.staff))
            .ok_or_else(|| ScenarioError(format!("there is no `{}` in the team", booked.staff)))?;
        let mint = Mint { at: self.ratiba.now(), seed: 0xB00C + n as u64 };
        let window = TimeWindow::of_minutes(booked.start, service.duration_min);
        let before = SignedDuration::from_mins(i64::from(service.buffer_before_min));
        let after = SignedDuration::from_mins(i64::from(service.buffer_after_min));
        let appointment = Appointment {
            id: mint.id(0),
            customer: mint.id(1),
            thread: None,
            service: service.id,
            staff: staff.id,
            resource: service.resources.first().copied(),
            window,
            blocked: TimeWindow { start: window.start - before, end: window.end + after },
            status: AppointmentStatus::Confirmed,
            hold_expires_at: None,
            price: service.price,
            paid: Money::zero(service.price.currency),
            created_at: self.ratiba.now(),
        };
        if attempt!("the booking can't be entered", store.enter(&appointment).await) {
            Ok(())
        } else {
            Err(ScenarioError(format!("given booking {} overlaps another", n + 1)))
        }
    }

    async fn customer(&self) -> Result<Option<Customer>, ScenarioError> {
        let identity = Identity { channel: self.kind, external_id: self.address().peer };
        let store = self.ratiba.store().of(self.business.tenant.id);
        Ok(attempt!("the store failed", store.customer_by_identity(&identity).await))
    }

    async fn current(&self, customer: CustomerId) -> Result<Option<StoredThread>, ScenarioError> {
        let store = self.ratiba.store().of(self.business.tenant.id);
        Ok(attempt!("the store failed", store.lane(customer, 1).await)
            .and_then(|view| view.current))
    }

    async fn newest_payment(&self) -> Result<Option<Payment>, ScenarioError> {
        let Some(customer) = self.customer().await? else { return Ok(None) };
        let store = self.ratiba.store().of(self.business.tenant.id);
        // Conversations come newest first, the payments of each oldest first.
        for thread in attempt!("the store failed", store.threads(50).await) {
            if thread.customer == customer.id
                && let Some(newest) =
                    attempt!("the store failed", store.payments_of(thread.id).await).pop()
            {
                return Ok(Some(newest));
            }
        }
        Ok(None)
    }

    fn note(&mut self, by: char, text: &str) {
        for line in text.lines() {
            self.transcript.push(by);
            self.transcript.push(' ');
            self.transcript.push_str(line);
            self.transcript.push('\n');
        }
    }
}

fn sent_thing(what: &str) -> Result<Content, ScenarioError> {
    let media_id = "golden-media".to_owned();
    Ok(match what {
        "audio" => Content::Audio { media_id },
        "image" => Content::Image { media_id, caption: None },
        "sticker" | "document" | "video" => {
            Content::Attachment { what: what.to_owned(), caption: None }
        }
        "location" => Content::Location { latitude: -1.2921, longitude: 36.8219 },
        "contact" => Content::Contact { phone: None, own: false },
        "reaction" => Content::Reaction { emoji: Some("👍".to_owned()) },
        "unsupported" => Content::Unsupported { what: "poll_creation".to_owned() },
        _ => return Err(ScenarioError(format!("`{what}` can't be sent"))),
    })
}

fn duration(text: &str) -> Result<SignedDuration, ScenarioError> {
    let wrong = || ScenarioError(format!("`{text}` is no duration such as 90s, 10m, 25h or 2d"));
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text[..text.len() - unit.len_utf8()].trim().parse().map_err(|_| wrong())?;
    match unit {
        's' => Ok(SignedDuration::from_secs(number)),
        'm' => Ok(SignedDuration::from_mins(number)),
        'h' => Ok(SignedDuration::from_hours(number)),
        'd' => Ok(SignedDuration::from_hours(24 * number)),
        _ => Err(wrong()),
    }
}
