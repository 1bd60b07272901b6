//! Who a customer is: one-time codes to known numbers, and two rows that turn out to be one person.

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::error::EngineError;
use super::turn::Turn;
use crate::domain::channel::ChannelKind;
use crate::domain::phone::Phone;
use crate::domain::proof::{
    Code, PER_CUSTOMER_DAILY, PER_PHONE_HOURLY, Proof, TRIES, VALID_MIN, Verdict,
};
use crate::ports::outbox::{CodeText, Outgoing};
use crate::ports::store::Write;

impl Turn<'_> {
    /// Whether the number is another customer's for certain, and whether a code can be sent to it now.
    pub(super) async fn phone_owner(&self, phone: &Phone) -> Result<(bool, bool), EngineError> {
        let owner = self.store.customer_by_phone(phone).await?;
        if owner.is_none_or(|owner| owner.id == self.customer.id) {
            return Ok((false, false));
        }
        Ok((true, self.can_send_code(phone).await?))
    }

    async fn can_send_code(&self, phone: &Phone) -> Result<bool, EngineError> {
        let tenant = self.store.tenant();
        let accounts = self.engine.parts.store.accounts(tenant).await?;
        let by_whatsapp = self.engine.parts.channels.contains_key(&ChannelKind::Whatsapp)
            && accounts.iter().any(|account| account.channel == ChannelKind::Whatsapp);
        if !by_whatsapp && !self.engine.sends_sms(tenant).await? {
            return Ok(false);
        }
        let (hour, day) = (SignedDuration::from_hours(1), SignedDuration::from_hours(24));
        let sent =
            self.store.codes_sent(phone, self.now - hour, self.customer.id, self.now - day).await?;
        Ok(sent.to_phone < PER_PHONE_HOURLY && sent.for_customer < PER_CUSTOMER_DAILY)
    }

    /// Makes a code, keeps its digest, and sends it to the number.
    pub(super) fn send_code(&mut self, phone: &Phone) {
        let chance = self.engine.parts.entropy.secret();
        let (for_code, for_salt) = chance.split_at(8);
        let code =
            Code::from_chance(for_code.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
        let salt = hex::encode(&for_salt[..16]);
        let proof = Proof {
            id: self.own_id(),
            customer: self.customer.id,
            phone: phone.clone(),
            digest: digest(&salt, phone, &code),
            salt,
            tries: TRIES,
            expires_at: self.now + SignedDuration::from_mins(i64::from(VALID_MIN)),
            created_at: self.now,
        };
        let until = proof.expires_at;
        self.writes.push(Write::NewProof(proof));
        let voice = self.voice(self.usual_language());
        let text = CodeText(self.engine.speaker.code_text(&code, &voice));
        let lane = format!("code:{}", phone.digits());
        self.enqueue(lane, Outgoing::Code { to: phone.clone(), text }, Some(until));
    }

    /// Compares what was typed with what was sent; each wrong answer costs a try, and a right one uses the code up.
    pub(super) async fn check_code(
        &mut self,
        phone: &Phone,
        code: &Code,
    ) -> Result<Verdict, EngineError> {
        let Some(proof) = self.store.proof(self.customer.id, phone).await? else {
            return Ok(Verdict::Expired);
        };
        if proof.tries == 0 || proof.expires_at <= self.now {
            return Ok(Verdict::Expired);
        }
        let typed = digest(&proof.salt, phone, code);
        let right = bool::from(typed.as_bytes().ct_eq(proof.digest.as_bytes()));
        let left = if right { 0 } else { proof.tries - 1 };
        self.writes.push(Write::ProofTries { proof: proof.id, left });
        Ok(if right { Verdict::Right } else { Verdict::Wrong { left } })
    }

    /// The number is theirs: they and whoever has it are one person, at the end of this turn.
    pub(super) async fn join(&mut self, phone: &Phone) -> Result<(), EngineError> {
        let owner = self.store.customer_by_phone(phone).await?;
        let Some(owner) = owner.filter(|owner| owner.id != self.customer.id) else {
            return Ok(());
        };
        tracing::info!(
            tenant.id = %self.store.tenant(), customer.id = %self.customer.id, other.id = %owner.id,
            "a proven number joins two customers"
        );
        self.writes.push(Write::Merge { with: owner.id });
        // What this turn still says knows the person already; the rows follow at its commit.
        let joined = owner.joined(self.customer.clone());
        self.customer.name = joined.name;
        self.customer.opted_out = joined.opted_out;
        Ok(())
    }
}

/// What is kept of a code (hex).
fn digest(salt: &str, phone: &Phone, code: &Code) -> String {
    let mut hash = Sha256::new();
    for part in [salt, phone.e164(), code.digits()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}
