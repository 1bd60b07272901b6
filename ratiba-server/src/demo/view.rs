//! What the page shows: everything about one tenant, one customer and one day, read anew each time.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use ratiba_core::domain::appointment::{Appointment, AppointmentStatus};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::customer::{Customer, Identity};
use ratiba_core::domain::id::{AppointmentId, CustomerId, StaffId};
use ratiba_core::domain::payment::{Account, LedgerEntry};
use ratiba_core::domain::tenant::Business;
use ratiba_core::domain::time::{MinuteOfDay, TimeWindow};
use ratiba_core::ports::outbox::Outgoing;
use ratiba_core::ports::store::{StoreError, TenantStore};
use ratiba_core::scheduling::hours::spans_on;
use ratiba_core::{EngineError, Ratiba};
use serde::Serialize;

use super::Demo;
use super::chat::{self, Line};
use super::letters::{self, Pile};
use super::people::{CHANNELS, PERSONAS, Persona, SHOPS, Shop};
use super::prompts::{self, Prompt};

/// Days in the strip above the diary.
const STRIP: i64 = 7;

/// What is being looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) shop: &'static Shop,
    pub(super) persona: &'static Persona,
    pub(super) channel: ChannelKind,
    /// `None`: today.
    pub(super) day: Option<Date>,
}

impl Ask {
    /// Reads what the page asks for; what is unknown or missing becomes the first.
    pub(super) fn new(
        tenant: Option<&str>,
        customer: Option<&str>,
        channel: Option<&str>,
        day: Option<Date>,
    ) -> Self {
        let shop = SHOPS.iter().find(|s| Some(s.slug) == tenant).unwrap_or(&SHOPS[0]);
        let persona = PERSONAS.iter().find(|p| Some(p.phone) == customer).unwrap_or(&PERSONAS[0]);
        let channel = CHANNELS.into_iter().find(|c| Some(c.as_str()) == channel);
        Self { shop, persona, channel: channel.unwrap_or(CHANNELS[0]), day }
    }
}

/// Everything that the page draws.
#[derive(Debug, Serialize, PartialEq)]
pub(super) struct View {
    slug: &'static str,
    name: String,
    tenants: Vec<TenantTab>,
    customer: &'static str,
    channel: &'static str,
    texts: Vec<Text>,
    customers: Vec<Face>,
    today: Date,
    now_minute: u16,
    day: Date,
    days: Vec<Day>,
    open: Vec<(u16, u16)>,
    staff: Vec<Member>,
    diary: Vec<Slot>,
    customer_chat: Vec<Line>,
    owner_chat: Vec<Line>,
    typing: bool,
    prompts: Vec<Prompt>,
    till: Till,
    focus: Option<Focus>,
    letters: Pile,
}

/// A text in the customer's SMS inbox.
#[derive(Debug, Serialize, PartialEq)]
struct Text {
    id: String,
    words: String,
    parts: u32,
    day: Date,
    at: String,
}

#[derive(Debug, Serialize, PartialEq)]
struct TenantTab {
    slug: &'static str,
    name: String,
    note: &'static str,
}

#[derive(Debug, Serialize, PartialEq)]
struct Face {
    phone: &'static str,
    name: &'static str,
    shown: &'static str,
}

#[derive(Debug, Serialize, PartialEq)]
struct Day {
    date: Date,
    count: usize,
    open: bool,
}

#[derive(Debug, Serialize, PartialEq)]
struct Member {
    id: StaffId,
    name: String,
}

#[derive(Debug, Serialize, PartialEq)]
struct Slot {
    id: AppointmentId,
    staff: StaffId,
    service: String,
    who: String,
    from: u16,
    to: u16,
    status: &'static str,
    price: i64,
    paid: i64,
    mine: bool,
}

/// The customer's newest booking, which the page follows.
#[derive(Debug, Serialize, PartialEq)]
struct Focus {
    id: AppointmentId,
    status: &'static str,
    service: String,
    staff: String,
    date: Date,
    from: u16,
}

#[derive(Debug, Serialize, PartialEq)]
struct Till {
    collected: i64,
    waiting: i64,
    messages: u32,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize, PartialEq)]
struct Entry {
    id: String,
    what: &'static str,
    amount: i64,
    receipt: Option<String>,
    business: String,
    mine: bool,
}

/// Reads the view.
pub(super) async fn view(demo: &Demo, ratiba: &Ratiba, ask: Ask) -> Result<View, EngineError> {
    let tenant = demo.tenant(ask.shop);
    let business = ratiba.business(tenant).await?;
    let store = ratiba.store().of(tenant);
    let now = ratiba.now();
    let zone = &business.tenant.zone;
    let local = now.to_zoned(zone.clone());
    let today = local.date();
    let day = ask.day.unwrap_or(today);
    let identity = Identity { channel: ask.channel, external_id: ask.persona.id_on(ask.channel) };
    let customer = store.customer_by_identity(&identity).await?;
    let first = strip_start(today, day);
    let range = days_window(first, STRIP, zone);
    let around = active(store.diary(range).await?, now);
    let mut names = Names { store: store.as_ref(), known: HashMap::new() };
    let me = customer.as_ref().map(|c| c.id);
    let mut diary = Vec::new();
    for appointment in around.iter().filter(|a| a.window.start.to_zoned(zone.clone()).date() == day)
    {
        diary.push(slot(&business, appointment, &mut names, me).await?);
    }
    let owner = business.admins.first().map(|phone| phone.digits().to_owned()).unwrap_or_default();
    Ok(View {
        slug: ask.shop.slug,
        name: business.tenant.name.clone(),
        tenants: tabs(demo),
        customer: ask.persona.phone,
        channel: ask.channel.as_str(),
        texts: texts(demo, ask.persona, zone),
        customers: PERSONAS
            .iter()
            .map(|p| Face { phone: p.phone, name: p.name, shown: p.shown })
            .collect(),
        today,
        now_minute: MinuteOfDay::of(local.time()).minutes(),
        day,
        days: strip(&business, first, &around),
        open: spans_on(&business, day)
            .iter()
            .map(|span| (span.from.minutes(), span.to.minutes()))
            .collect(),
        staff: members(&business),
        diary,
        customer_chat: match demo.dm(ask.shop, ask.persona, ask.channel) {
            Some(dm) => chat::dm_lines(&dm, zone),
            None => chat::lines(&demo.meta, ask.shop, ask.persona.phone, zone),
        },
        owner_chat: chat::lines(&demo.meta, ask.shop, &owner, zone),
        typing: match demo.dm(ask.shop, ask.persona, ask.channel) {
            Some(dm) => dm.is_seen_and_typing().1,
            None => demo.meta.chat(ask.shop.account, ask.persona.phone).is_typing(),
        },
        prompts: prompts::open(&demo.daraja, ask.persona, |shop| demo.name(shop), now),
        till: till(store.as_ref(), &business, customer.as_ref(), now).await?,
        focus: focus(store.as_ref(), &business, me, now).await?,
        letters: letters::pile(demo, ratiba, ask, zone).await?,
    })
}

fn texts(demo: &Demo, persona: &Persona, zone: &TimeZone) -> Vec<Text> {
    let inbox = demo.sms.inbox(persona.phone);
    let shown = |text: ratiba_core::sim::africastalking::Text| {
        let local = text.at.to_zoned(zone.clone());
        Text {
            id: text.id,
            words: text.text,
            parts: text.parts,
            day: local.date(),
            at: local.strftime("%H:%M").to_string(),
        }
    };
    inbox.into_iter().map(shown).collect()
}

fn tabs(demo: &Demo) -> Vec<TenantTab> {
    SHOPS
        .iter()
        .map(|shop| TenantTab { slug: shop.slug, name: demo.name(shop), note: shop.note })
        .collect()
}

fn members(business: &Business) -> Vec<Member> {
    let team = business.catalogue.staff.iter().filter(|s| s.active);
    team.map(|s| Member { id: s.id, name: s.name.clone() }).collect()
}

/// The strip starts today; a day beyond it pulls it along.
fn strip_start(today: Date, day: Date) -> Date {
    let last = today.saturating_add((STRIP - 1).days());
    if day < today {
        day
    } else if day > last {
        day.saturating_sub((STRIP - 1).days())
    } else {
        today
    }
}

fn days_window(first: Date, days: i64, zone: &TimeZone) -> TimeWindow {
    let start = MinuteOfDay::START.on(first, zone);
    let end = MinuteOfDay::START.on(first.saturating_add(days.days()), zone);
    TimeWindow { start, end }
}

/// What stands in the diary: agreed or done, and held with time left.
fn active(appointments: Vec<Appointment>, now: Timestamp) -> Vec<Appointment> {
    appointments.into_iter().filter(|a| shown(a, now).is_some()).collect()
}

/// How an appointment is shown, if at all.
fn shown(appointment: &Appointment, now: Timestamp) -> Option<&'static str> {
    match appointment.status {
        AppointmentStatus::Held => {
            appointment.hold_expires_at.is_none_or(|until| now < until).then_some("held")
        }
        AppointmentStatus::Confirmed | AppointmentStatus::Completed => Some("confirmed"),
        AppointmentStatus::NoShow | AppointmentStatus::Cancelled | AppointmentStatus::Expired => {
            None
        }
    }
}

fn strip(business: &Business, first: Date, around: &[Appointment]) -> Vec<Day> {
    let zone = &business.tenant.zone;
    let mut counts: BTreeMap<Date, usize> = BTreeMap::new();
    for appointment in around {
        *counts.entry(appointment.window.start.to_zoned(zone.clone()).date()).or_default() += 1;
    }
    (0..STRIP)
        .map(|n| {
            let date = first.saturating_add(n.days());
            let count = counts.get(&date).copied().unwrap_or(0);
            Day { date, count, open: !spans_on(business, date).is_empty() }
        })
        .collect()
}

async fn slot(
    business: &Business,
    appointment: &Appointment,
    names: &mut Names<'_>,
    me: Option<CustomerId>,
) -> Result<Slot, StoreError> {
    let (from, to) = minutes(appointment.window, &business.tenant.zone);
    Ok(Slot {
        id: appointment.id,
        staff: appointment.staff,
        service: service_name(business, appointment),
        who: names.of(appointment.customer).await?,
        from,
        to,
        status: if appointment.status == AppointmentStatus::Held { "held" } else { "confirmed" },
        price: appointment.price.minor,
        paid: appointment.paid.minor,
        mine: Some(appointment.customer) == me,
    })
}

/// First and last minute on the day of the start.
fn minutes(window: TimeWindow, zone: &TimeZone) -> (u16, u16) {
    let from = MinuteOfDay::of(window.start.to_zoned(zone.clone()).time()).minutes();
    let length = u16::try_from(window.minutes()).unwrap_or(0);
    (from, from.saturating_add(length).min(MinuteOfDay::END.minutes()))
}

fn service_name(business: &Business, appointment: &Appointment) -> String {
    let service = business.catalogue.services.iter().find(|s| s.id == appointment.service);
    service.map(|s| s.name.en.clone()).unwrap_or_default()
}

async fn focus(
    store: &dyn TenantStore,
    business: &Business,
    me: Option<CustomerId>,
    now: Timestamp,
) -> Result<Option<Focus>, StoreError> {
    let Some(me) = me else { return Ok(None) };
    let mine = store.appointments_of(me).await?;
    let newest = mine
        .iter()
        .filter_map(|a| Some((a, shown(a, now)?)))
        .max_by_key(|(a, _)| (a.created_at, a.id));
    Ok(newest.map(|(appointment, status)| {
        let staff = business.catalogue.staff.iter().find(|s| s.id == appointment.staff);
        let start = appointment.window.start.to_zoned(business.tenant.zone.clone());
        Focus {
            id: appointment.id,
            status,
            service: service_name(business, appointment),
            staff: staff.map(|s| s.name.clone()).unwrap_or_default(),
            date: start.date(),
            from: MinuteOfDay::of(start.time()).minutes(),
        }
    }))
}

async fn till(
    store: &dyn TenantStore,
    business: &Business,
    customer: Option<&Customer>,
    now: Timestamp,
) -> Result<Till, StoreError> {
    let zone = &business.tenant.zone;
    let today = now.to_zoned(zone.clone()).date();
    let ledger = store.ledger(None).await?;
    let at_provider = |entry: &&LedgerEntry| entry.account == Account::Provider;
    let collected = ledger
        .iter()
        .filter(at_provider)
        .filter(|entry| entry.at.to_zoned(zone.clone()).date() == today)
        .map(|entry| entry.amount.minor)
        .sum();
    let soon = now.saturating_add(1.second()).unwrap_or(now);
    let open = store.open_payments(soon, 100).await?;
    let waiting = open.iter().filter(|p| p.state.in_flight()).map(|p| p.amount.minor).sum();
    let messages = match customer {
        Some(customer) => {
            // What the owner was told because of them is not theirs.
            let rows = store.outbox_of(customer.id).await?;
            let theirs = rows.iter().filter(|row| matches!(row.item.what, Outgoing::Reply { .. }));
            theirs.map(|row| row.billable).sum()
        }
        None => 0,
    };
    let mut entries = Vec::new();
    for entry in ledger.iter().filter(at_provider) {
        let payment = store.payment(entry.payment).await?;
        entries.push(Entry {
            id: entry.id.to_string(),
            what: entry.movement.as_str(),
            amount: entry.amount.minor.abs(),
            receipt: entry.receipt.clone(),
            business: business.tenant.name.clone(),
            mine: payment.is_some_and(|p| customer.is_some_and(|c| c.id == p.customer)),
        });
    }
    Ok(Till { collected, waiting, messages, entries })
}

/// Names of the people in the diary, each read once.
struct Names<'a> {
    store: &'a dyn TenantStore,
    known: HashMap<CustomerId, String>,
}

impl Names<'_> {
    async fn of(&mut self, id: CustomerId) -> Result<String, StoreError> {
        if let Some(name) = self.known.get(&id) {
            return Ok(name.clone());
        }
        let customer = self.store.customer(id).await?;
        let name = customer.and_then(|c| c.name).unwrap_or_else(|| "New customer".to_owned());
        self.known.insert(id, name.clone());
        Ok(name)
    }
}
