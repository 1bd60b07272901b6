//! Looks at what a turn has done: what was said to whom, what is stored, and whether it comes out the same again.

use super::{Scenario, ScenarioError, broken};
use crate::conversation::effect::Effect;
use crate::domain::appointment::Appointment;
use crate::domain::channel::ChannelKind;
use crate::domain::message::Reply;
use crate::ports::spend::ModelCall;
use crate::testing::expect::Seen;

impl Scenario {
    /// Everything that a turn can be checked against.
    pub(super) async fn seen(
        &mut self,
        before: usize,
        failure: Option<String>,
    ) -> Result<Seen, ScenarioError> {
        let all = self.channel().sent();
        let peer = self.address().peer;
        let to_customer = |message: &&crate::ports::channel::Outbound| message.to.peer == peer;
        let mut said: Vec<Reply> =
            all[before..].iter().filter(to_customer).map(|message| message.reply.clone()).collect();
        let texts = self.sms.sent();
        said.extend(texts[self.texts_seen..].iter().map(|sms| Reply::text(&sms.text)));
        self.texts_seen = texts.len();
        for reply in &said {
            self.note('<', &reply.text);
            if !reply.choices.is_empty() {
                self.offered.clone_from(&reply.choices);
                let titles: Vec<&str> =
                    reply.choices.iter().map(|choice| choice.title.as_str()).collect();
                let line = titles.join(" | ");
                self.note('<', &format!("[{line}]"));
            }
        }
        let (told, rail) = self.told().await?;
        let messages = all.iter().filter(to_customer).count() as u64;
        let store = self.ratiba.store().of(self.business.tenant.id);
        let customer = self.customer().await?;
        let (mut thread, mut records, mut appointments, mut outbox) =
            (None, Vec::new(), Vec::new(), Vec::new());
        if let Some(customer) = &customer {
            thread = self.current(customer.id).await?;
            appointments = attempt!("the store failed", store.appointments_of(customer.id).await);
            outbox = attempt!("the store failed", store.outbox_of(customer.id).await);
        }
        if let Some(thread) = &thread {
            records = attempt!("the store failed", store.records(thread.id).await);
        }
        let mut given_up = Vec::new();
        for thread in attempt!("the store failed", store.threads(50).await) {
            for record in attempt!("the store failed", store.records(thread.id).await) {
                given_up.extend(record.steps.iter().flat_map(|step| &step.effects).filter_map(
                    |effect| match effect {
                        Effect::Replace { old, .. } => Some(*old),
                        _ => None,
                    },
                ));
            }
        }
        appointments.retain(|appointment: &Appointment| !given_up.contains(&appointment.id));
        let in_lanes =
            |of: &str| outbox.iter().filter(|row| row.item.lane.starts_with(of)).count() as u64;
        let (reminders, follow_ups) = (in_lanes("reminder:"), in_lanes("followup:"));
        let codes = self.codes().await?.len() as u64;
        let llm_calls = self.calls().await?.len() as u64;
        Ok(Seen {
            said,
            told,
            rail,
            thread,
            record: records.pop(),
            payment: self.newest_payment().await?,
            appointments,
            messages,
            sms: texts.len() as u64,
            reminders,
            follow_ups,
            codes,
            llm_calls,
            failure,
        })
    }

    /// The calls of models so far, oldest first.
    pub(super) async fn calls(&self) -> Result<Vec<ModelCall>, ScenarioError> {
        let store = self.ratiba.store().of(self.business.tenant.id);
        let calls = store.model_calls(jiff::Timestamp::UNIX_EPOCH, u32::MAX).await;
        Ok(attempt!("the store failed", calls))
    }

    /// What the first admin was sent since it was asked last, and where they are on the rail. Both are empty for a tenant without admins.
    pub(super) async fn told(&mut self) -> Result<(String, Option<&'static str>), ScenarioError> {
        let Some(admin) = self.business.admins.first().cloned() else {
            return Ok((String::new(), None));
        };
        let sent = self.channels[&ChannelKind::Whatsapp].sent();
        let told: Vec<String> = sent
            .iter()
            .filter(|message| message.to.peer == admin.digits())
            .map(|message| message.reply.text.clone())
            .collect();
        let fresh = told[self.told_seen..].to_vec();
        self.told_seen = told.len();
        for text in &fresh {
            self.note('}', text);
        }
        let state = self.ratiba.rail_state(self.business.tenant.id, &admin).await;
        let state = attempt!("the rail can't be read", state);
        Ok((fresh.join("\n"), Some(state.as_str())))
    }

    /// Every conversation is taken again offline and must come out the same.
    pub(super) async fn replay(&self) -> Result<(usize, Vec<String>), ScenarioError> {
        let tenant = self.business.tenant.id;
        let threads =
            attempt!("the store failed", self.ratiba.store().of(tenant).threads(50).await);
        let mut problems = Vec::new();
        for thread in &threads {
            let report = attempt!("a replay failed", self.ratiba.replay(tenant, thread.id).await);
            for difference in report.differences {
                problems.push(format!(
                    "replay of turn {} differs: recorded {} replayed {}",
                    difference.revision, difference.recorded, difference.replayed
                ));
            }
        }
        Ok((threads.len(), problems))
    }
}
