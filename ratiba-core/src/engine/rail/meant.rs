//! What an admin means whose words the rail does not understand: a model names a command, the rail's own parser reads it, and whatever it would
//! change is asked back as ever. Nobody's webhook waits for a model: the question is a row of the outbox, in the admin's own lane.

use jiff::SignedDuration;

use super::Seen;
use super::desk::Desk;
use crate::admin::command::Command;
use crate::domain::appointment::AppointmentStatus;
use crate::domain::id::TenantId;
use crate::domain::phone::Phone;
use crate::engine::error::ReceiveError;
use crate::engine::handle::Inner;
use crate::engine::models::{Purse, Question};
use crate::models::mask::Masked;
use crate::models::owner;
use crate::models::reply::CommandLine;
use crate::models::role::Role;
use crate::ports::llm::LlmPart;
use crate::ports::outbox::{Consult, Outgoing};

/// How long all tries may take: an owner who writes a command looks at the screen.
const WITHIN: SignedDuration = SignedDuration::from_secs(12);
/// Names of customers of so many days are kept from the model.
const DAYS_OF_NAMES: i64 = 14;

impl Inner {
    /// Whether a model may say what words mean that gave no command. One word, or what was written as a command, is answered with help at once.
    pub(super) fn may_ask(&self, text: &str, seen: &Seen) -> bool {
        let policy = &seen.loaded.business.settings.models;
        !text.trim_start().starts_with('/')
            && text.split_whitespace().count() > 1
            && text.len() <= owner::LONGEST
            && self.parts.models.as_ref().is_some_and(|router| router.has(Role::AdminNl, policy))
    }

    /// Leaves the question in the outbox. The same message of the admin always makes the same row.
    pub(super) async fn ask_later(
        &self,
        seen: &Seen,
        admin: &Phone,
        text: &str,
        dedupe: &str,
    ) -> Result<(), ReceiveError> {
        let about = Consult::Command {
            admin: admin.clone(),
            text: text.to_owned(),
            dedupe: dedupe.to_owned(),
        };
        self.post(seen.store.tenant(), admin, dedupe, Outgoing::Consult { about }, None).await
    }

    /// Takes the command that a model makes of an admin's words; help where it makes none.
    pub(in crate::engine) async fn take_meant(
        &self,
        tenant: TenantId,
        admin: &Phone,
        text: &str,
        dedupe: &str,
    ) -> Result<(), ReceiveError> {
        let seen = self.see(tenant, admin).await?;
        let command = match self.meant(&seen, admin, text).await?.unwrap_or(Command::Help) {
            // Those act at once and are never asked back, so the owner writes them: help says how, where somebody waits.
            Command::Engage { .. } | Command::HandBack => Command::Help,
            command => command,
        };
        self.obey(seen, command, admin, text, dedupe).await
    }

    async fn meant(
        &self,
        seen: &Seen,
        admin: &Phone,
        text: &str,
    ) -> Result<Option<Command>, ReceiveError> {
        let Some(router) = &self.parts.models else { return Ok(None) };
        let business = &seen.loaded.business;
        let now = seen.now.to_zoned(business.tenant.zone.clone());
        let desk = Desk {
            engine: self,
            store: seen.store.clone(),
            loaded: seen.loaded.clone(),
            admin,
            dedupe: "",
            now: seen.now,
        };
        let visits = desk
            .visits(
                desk.days(DAYS_OF_NAMES),
                &[AppointmentStatus::Confirmed, AppointmentStatus::Completed],
            )
            .await?;
        let names: Vec<&str> = visits.iter().filter_map(|visit| visit.name.as_deref()).collect();
        let words = Masked::new(text, &names);
        let question = Question {
            role: Role::AdminNl,
            parts: vec![LlmPart::Text(owner::question(&words, business, &now))],
            within: WITHIN,
        };
        let purse = Purse::of(seen.store.as_ref(), business, seen.now, None);
        let reading = seen.reading(&now);
        let read = |value| {
            let said: CommandLine = serde_json::from_value(value).ok()?;
            owner::believe(&said, &words, text, &reading)
        };
        Ok(router.ask(purse, &question, &read).await.ok())
    }
}
