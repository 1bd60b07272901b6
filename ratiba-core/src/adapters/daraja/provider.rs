//! The rail: encodes, sends, decodes, and decides what may be sent again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::super::http::{Answer, Http};
use super::credentials::Credentials;
use super::fault::{Refusal, judge};
use super::read::text;
use super::token::Tokens;
use super::{callback, encode, seal};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Payment;
use crate::domain::tenant::Rail;
use crate::payments::report::{Outcome, Report};
use crate::ports::channel::DecodeError;
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::payment::{
    AccountNotices, CallbackUrls, Merchant, PAYER_BUSY, PaymentProvider, RefundReport, Submitted,
    Withdrawn,
};

const PUSH: &str = "/mpesa/stkpush/v1/processrequest";
const QUERY: &str = "/mpesa/stkpushquery/v1/query";
const REVERSAL: &str = "/mpesa/reversal/v1/request";

/// Where Daraja is, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct DarajaSettings {
    /// `https://api.safaricom.co.ke`, `https://sandbox.safaricom.co.ke`, or a stand-in's.
    pub base_url: String,
    /// How long one request may take. An STK push that takes longer is unknown, never repeated.
    pub timeout: Duration,
}

impl DarajaSettings {
    /// Safaricom's production.
    pub const PRODUCTION: &str = "https://api.safaricom.co.ke";

    /// This address, and 30 seconds for a request.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), timeout: Duration::from_secs(30) }
    }
}

/// M-Pesa by Daraja. One serves all tenants: each call brings its merchant's credentials.
#[derive(Debug)]
pub struct Daraja {
    http: Http,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
}

impl Daraja {
    /// A client. Does no I/O.
    pub fn new(settings: &DarajaSettings, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let http = Http::new("Daraja", &settings.base_url, settings.timeout)?;
        Ok(Self { http, tokens: Tokens::new(), clock })
    }

    /// Asks Safaricom for a token with a merchant's credentials, and for nothing else: whether they can be read and are taken.
    pub async fn look(&self, merchant: &Merchant) -> Result<(), Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        self.tokens.get(&credentials, &self.http, &*self.clock).await.map(drop)
    }

    /// Posts with a token and gives back a body that carries a `ResponseCode`. When the token is refused, which happens
    /// before anything is processed, fetches another and posts once more.
    async fn call(
        &self,
        credentials: &Credentials,
        path: &str,
        body: &Value,
    ) -> Result<Value, Fault> {
        let token = self.tokens.get(credentials, &self.http, &*self.clock).await?;
        match understood(&self.post(path, &token, body).await?) {
            Ok(value) => return Ok(value),
            Err(Refusal::Other(fault)) => return Err(fault),
            Err(Refusal::Token(_)) => {}
        }
        self.tokens.forget(credentials, &token, self.clock.now()).await;
        let token = self.tokens.get(credentials, &self.http, &*self.clock).await?;
        understood(&self.post(path, &token, body).await?).map_err(Refusal::into_fault)
    }

    async fn post(&self, path: &str, token: &SecretString, body: &Value) -> Result<Answer, Fault> {
        let request = self.http.post(path).bearer_auth(token.expose_secret());
        self.http.send(request.json(body)).await
    }
}

/// A body of the shape that every accepted call has.
fn understood(answer: &Answer) -> Result<Value, Refusal> {
    serde_json::from_slice(&answer.body)
        .ok()
        .filter(|body| answer.status == 200 && text(body, "ResponseCode").is_some())
        .ok_or_else(|| judge(answer))
}

/// The refusal inside an answer that was understood, if it is one.
fn accepted(body: &Value) -> Result<(), Fault> {
    match text(body, "ResponseCode") {
        Some(code) if code != "0" => {
            Err(Fault::new(FaultKind::Rejected, "Daraja refuses the request").with_code(code))
        }
        Some(_) | None => Ok(()),
    }
}

#[async_trait]
impl PaymentProvider for Daraja {
    fn rail(&self) -> Rail {
        Rail::Mpesa
    }

    async fn submit(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        urls: &CallbackUrls,
    ) -> Result<Submitted, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let request = encode::push(&credentials, payment, urls, self.clock.now())?;
        let body = self.call(&credentials, PUSH, &request).await?;
        accepted(&body)?;
        // Accepted without an id: the prompt is out, and the callback will name it.
        let provider_ref = text(&body, "CheckoutRequestID").ok_or_else(|| {
            Fault::new(FaultKind::Unknown, "Daraja accepted the request without an id")
        })?;
        Ok(Submitted { provider_ref, pay_url: None })
    }

    /// A payment whose `CheckoutRequestID` is not known can't be asked about: [`FaultKind::Rejected`].
    async fn query(&self, merchant: &Merchant, payment: &Payment) -> Result<Report, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let provider_ref = payment.provider_ref.as_deref().ok_or_else(|| {
            Fault::new(FaultKind::Rejected, "the request's id is not known")
                .with_code("no_reference")
        })?;
        let request = encode::query(&credentials, provider_ref, self.clock.now());
        match self.call(&credentials, QUERY, &request).await {
            Ok(body) => Ok(callback::queried(&body)),
            Err(fault) => not_an_answer(fault),
        }
    }

    /// A prompt can't be called back: it runs out on the phone.
    async fn withdraw(&self, _: &Merchant, _: &Payment) -> Result<Withdrawn, Fault> {
        Ok(Withdrawn::LeftOpen)
    }

    /// Each attempt has an address of its own (contract, section 4).
    fn notices(&self) -> Option<&dyn AccountNotices> {
        None
    }

    /// Gives back all of a payment; Daraja is not known to reverse parts (contract, section 7), which are refused here so
    /// that a person does it.
    async fn refund(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        amount: Money,
        urls: &CallbackUrls,
    ) -> Result<RefundReport, Fault> {
        let refused = |code: &str| Ok(RefundReport::Refused { code: code.to_owned() });
        let credentials = Credentials::read(&merchant.credentials)?;
        let Some(receipt) = payment.receipt() else { return refused("no_receipt") };
        if payment.received() != Some(amount) {
            return refused("partial_refund");
        }
        let sealed = seal::security_credential(&credentials)?;
        let (Some(initiator), Some(sealed)) = (&credentials.initiator, &sealed) else {
            return refused("no_initiator");
        };
        let of = encode::Reversal {
            initiator,
            security_credential: sealed,
            receipt,
            amount,
            reference: &payment.merchant_reference,
        };
        let request = match encode::reversal(&credentials, &of, urls) {
            Ok(request) => request,
            Err(fault) => return refused(fault.code.as_deref().unwrap_or("amount")),
        };
        match self.call(&credentials, REVERSAL, &request).await.and_then(|body| accepted(&body)) {
            // The result comes by callback.
            Ok(()) => Ok(RefundReport::Undecided),
            Err(fault) if fault.kind == FaultKind::Rejected => {
                refused(fault.code.as_deref().unwrap_or("rejected"))
            }
            Err(fault) => Err(fault),
        }
    }

    fn decode_callback(&self, raw: &[u8], currency: Currency) -> Result<Report, DecodeError> {
        callback::stk(raw, currency)
    }

    /// A post to the time-out address has no result in it: it is [`RefundReport::Undecided`] whatever its body says, which
    /// the address alone tells. This reads the result address.
    fn decode_refund_callback(&self, raw: &[u8]) -> Result<RefundReport, DecodeError> {
        callback::reversal(raw)
    }
}

/// A query that failed. `500.001.1001` and an unknown id are no answers, whatever their text; and since asking moves no
/// money, nothing about it is unknown: it may be asked again.
fn not_an_answer(mut fault: Fault) -> Result<Report, Fault> {
    let says_nothing = match fault.code.as_deref() {
        Some("500.001.1001" | PAYER_BUSY) => true,
        Some("400.002.02") => fault.kind == FaultKind::Rejected,
        Some(_) | None => false,
    };
    if says_nothing {
        return Ok(Report { provider_ref: None, outcome: Outcome::Undecided, code: fault.code });
    }
    if fault.kind == FaultKind::Unknown {
        fault.kind = FaultKind::Transient;
    }
    Err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_response_code_of_zero_is_accepted() {
        let body = r#"{"ResponseCode":"1","ResponseDescription":"Rejected"}"#;
        let value = understood(&Answer::of(200, body)).ok().unwrap();
        let fault = accepted(&value).unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Rejected, Some("1")));
        for zero in [r#"{"ResponseCode":"0"}"#, r#"{"ResponseCode":0}"#] {
            assert!(accepted(&understood(&Answer::of(200, zero)).ok().unwrap()).is_ok(), "{zero}");
        }
        assert!(understood(&Answer::of(503, r#"{"ResponseCode":"0"}"#)).is_err());
    }

    #[test]
    fn a_query_that_says_nothing_is_undecided_and_another_failure_may_be_repeated() {
        let spurious = r#"{"errorCode":"500.001.1001","errorMessage":"[MerchantValidate] - Wrong credentials"}"#;
        let unknown_id = r#"{"errorCode":"400.002.02","errorMessage":"Bad Request - Invalid CheckoutRequestID"}"#;
        for (status, body) in [(500, spurious), (400, unknown_id)] {
            let fault = judge(&Answer::of(status, body)).into_fault();
            let report = not_an_answer(fault).unwrap();
            assert_eq!(report.outcome, Outcome::Undecided, "{body}");
        }
        let fault = judge(&Answer::of(503, "<html>")).into_fault();
        assert_eq!(not_an_answer(fault).unwrap_err().kind, FaultKind::Transient);
        let bad_password =
            r#"{"errorCode":"400.002.02","errorMessage":"Bad Request - Invalid Password"}"#;
        let fault = judge(&Answer::of(400, bad_password)).into_fault();
        assert_eq!(not_an_answer(fault).unwrap_err().kind, FaultKind::Misconfigured);
    }
}
