//! The owners' morning and evening messages, and visits that end without anybody watching.

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use super::admin::slot_of;
use super::error::EngineError;
use super::handle::Inner;
use super::naming::lane_to_admin;
use crate::admin::day::DayMoney;
use crate::domain::appointment::{Appointment, AppointmentStatus as Status};
use crate::domain::channel::ChannelKind;
use crate::domain::customer::Customer;
use crate::domain::id::{Mint, TenantId};
use crate::domain::message::Language;
use crate::domain::route::Route;
use crate::domain::tenant::{Business, Tenant};
use crate::domain::time::{MinuteOfDay, TimeWindow};
use crate::language::speak::{Digest, RailAnswer, Voice};
use crate::models::shape;
use crate::payments::commission;
use crate::ports::hot::Topic;
use crate::ports::outbox::{OutboxItem, Outgoing};
use crate::ports::spend::SpendBy;
use crate::ports::store::TenantStore;

/// Conversations and questions that are looked through for those that wait; more than these are told as these.
const LOOKED_AT: u32 = 500;
/// Set apart from what else is minted at seven in the morning.
const DIGEST_SEED: u64 = 0xD16E_5700_0000_0007;
/// Likewise at nine in the evening.
const DAY_END_SEED: u64 = 0xDA7E_0000_0000_0021;

impl Inner {
    /// Tells every admin what the day brings; nothing, where there is nothing to tell. The rows are the same however often a run is done.
    pub(super) async fn send_digest(
        &self,
        tenant: &Tenant,
        morning: Timestamp,
    ) -> Result<(), EngineError> {
        let store = self.parts.store.of(tenant.id);
        let loaded = self.business(tenant.id, None).await?;
        self.complete_visits(tenant.id).await?;
        let digest = self.digest(store.as_ref(), tenant, morning).await?;
        if !digest.is_worth_telling() {
            return Ok(());
        }
        let owner = Customer {
            id: Mint { at: morning, seed: DIGEST_SEED }.id(0),
            name: None,
            phone: None,
            phone_proven: false,
            language: None,
            opted_out: false,
            created_at: morning,
        };
        let voice = Voice {
            language: loaded.business.tenant.locale,
            business: &loaded.business,
            customer: &owner,
            capabilities: ChannelKind::Whatsapp.capabilities(),
            now: morning,
        };
        let text = self.speaker.digest_text(&digest, morning, &voice);
        self.tell_owners(tenant.id, &loaded.business, (morning, DIGEST_SEED), &text).await
    }

    /// Tells every admin how the day's money stands, where any moved. The rows are the same however often a run is done.
    pub(super) async fn send_day_end(
        &self,
        tenant: &Tenant,
        evening: Timestamp,
    ) -> Result<(), EngineError> {
        let loaded = self.business(tenant.id, None).await?;
        let day = evening.to_zoned(tenant.zone.clone()).date();
        let report = self.day_report(tenant.id, day).await?;
        if report.payments.is_empty() && report.net_minor == 0 {
            return Ok(());
        }
        let window = TimeWindow {
            start: MinuteOfDay::START.on(day, &tenant.zone),
            end: MinuteOfDay::END.on(day, &tenant.zone),
        };
        let visits = self.parts.store.of(tenant.id).diary(window).await?;
        let shares = commission::shares(&loaded.business.catalogue.staff, &visits);
        let answer = RailAnswer::CashUp { day: &DayMoney::of(&report, &shares), counted: None };
        let language = loaded.business.tenant.locale;
        let text = self.speaker.rail_answer(&answer, &loaded.business, language);
        self.tell_owners(tenant.id, &loaded.business, (evening, DAY_END_SEED), &text).await
    }

    /// Writes one text to every admin; `once` makes the rows' ids.
    async fn tell_owners(
        &self,
        tenant: TenantId,
        business: &Business,
        once: (Timestamp, u64),
        text: &str,
    ) -> Result<(), EngineError> {
        let seed = once.1 ^ u64::from_le_bytes(low_bytes(tenant));
        let mint = Mint { at: once.0, seed };
        let rows: Vec<OutboxItem> = (1..)
            .zip(&business.admins)
            .map(|(n, admin)| OutboxItem {
                id: mint.id(n),
                customer: mint.id(0),
                thread: None,
                lane: lane_to_admin(admin),
                what: Outgoing::Admin {
                    to: admin.clone(),
                    text: text.to_owned(),
                    route: Route::default(),
                },
                attempts: 0,
                created_at: self.parts.clock.now(),
                // The next one says it better.
                useful_until: Some(once.0 + SignedDuration::from_hours(24)),
            })
            .collect();
        self.parts.store.of(tenant).enqueue(&rows).await?;
        self.parts.wake.wake(Topic::Timers).await;
        Ok(())
    }

    async fn digest(
        &self,
        store: &dyn TenantStore,
        tenant: &Tenant,
        morning: Timestamp,
    ) -> Result<Digest, EngineError> {
        let today = morning.to_zoned(tenant.zone.clone()).date();
        let yesterday = today.yesterday().unwrap_or(today);
        let day = |date| TimeWindow {
            start: MinuteOfDay::START.on(date, &tenant.zone),
            end: MinuteOfDay::END.on(date, &tenant.zone),
        };
        let begun_in = async |window: TimeWindow| {
            let mut visits = store.diary(window).await?;
            visits.retain(|visit| window.contains(visit.window.start));
            Ok::<_, EngineError>(visits)
        };
        let count = |visits: &[Appointment], status: Status| {
            u32::try_from(visits.iter().filter(|v| v.status == status).count()).unwrap_or(u32::MAX)
        };
        let before = begun_in(day(yesterday)).await?;
        let booked = begun_in(day(today)).await?;
        let threads = store.threads(LOOKED_AT).await?;
        let waiting = threads.iter().filter(|t| t.driver_name == "SUSPENDED_FOR_HUMAN").count();
        let all_day = day(yesterday);
        let offset = tenant.zone.to_offset(all_day.start).seconds();
        let costs = store.spend_report(all_day, SpendBy::Day, offset).await?;
        let costs = costs.into_iter().find(|line| line.key == yesterday.to_string());
        let costs = costs.unwrap_or_default();
        // Once a week is enough to hear of it.
        let overflow = today.weekday() == Weekday::Monday && {
            let snippets = store.snippets().await?;
            [Language::En, Language::Sw].iter().any(|of| shape::overflows(&snippets, *of))
        };
        let failed = store.failed_messages(false, None, LOOKED_AT).await?;
        let undelivered = failed.iter().filter(|row| {
            let when = row.failed_at.is_some_and(|at| all_day.contains(at));
            when && matches!(row.item.what, Outgoing::Reply { .. })
        });
        Ok(Digest {
            today: booked
                .iter()
                .filter(|visit| matches!(visit.status, Status::Confirmed | Status::Completed))
                .map(slot_of)
                .collect(),
            came: count(&before, Status::Completed),
            missed: count(&before, Status::NoShow),
            cancelled: count(&before, Status::Cancelled),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            listed: store.waits_open(morning).await?,
            questions: u32::try_from(store.unanswered(LOOKED_AT).await?.len()).unwrap_or(u32::MAX),
            undelivered: u32::try_from(undelivered.count()).unwrap_or(u32::MAX),
            messages: costs.messages,
            models_micro_usd: costs.cost.0,
            overflow,
        })
    }

    /// Completes what is over: visits that owners entered have no conversation that would.
    async fn complete_visits(&self, tenant: TenantId) -> Result<(), EngineError> {
        let loaded = self.business(tenant, None).await?;
        let minutes = i64::from(loaded.business.settings.visits.complete_after_min);
        let before = self.parts.clock.now() - SignedDuration::from_mins(minutes);
        let done = self.parts.store.of(tenant).complete_ended(before).await?;
        if done > 0 {
            tracing::info!(tenant.id = %tenant, done, "visits completed");
        }
        Ok(())
    }
}

/// Half of a tenant's id, the half that differs.
fn low_bytes(tenant: TenantId) -> [u8; 8] {
    let [_, _, _, _, _, _, _, _, low @ ..] = tenant.ulid().0.to_be_bytes();
    low
}
