//! An SMS provider that keeps what it was given, for tests and golden conversations.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::domain::money::{Currency, Money};
use crate::domain::sms::segments;
use crate::ports::channel::DecodeError;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::sms::{Sms, SmsAccount, SmsReport, SmsSent, SmsSink};

/// Keeps every text; sends none. A part costs 80 cents.
#[derive(Debug, Default)]
pub struct RecordingSms {
    sent: Mutex<Vec<Sms>>,
}

impl RecordingSms {
    /// Every text so far, in order.
    pub fn sent(&self) -> Vec<Sms> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl SmsSink for RecordingSms {
    async fn send(&self, _account: &SmsAccount, sms: &Sms) -> Result<SmsSent, Fault> {
        if sms.text.trim().is_empty() {
            return Err(Fault::new(FaultKind::Rejected, "there is nothing to say in the text"));
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(sms.clone());
        let parts = segments(&sms.text).parts;
        Ok(SmsSent {
            provider_id: Some(format!("sms.{}", sms.id)),
            segments: parts,
            cost: Some(Money::new(80 * i64::from(parts), Currency::Kes)),
        })
    }

    fn decode_report(&self, _raw: &[u8]) -> Result<SmsReport, DecodeError> {
        Err(DecodeError { reason: "nothing is reported here".to_owned() })
    }
}
