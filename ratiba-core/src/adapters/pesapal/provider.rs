//! The rail: encodes, sends, decodes, and decides what may be sent again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::super::http::{Answer, Http};
use super::account::{Account, Accounts};
use super::credentials::Credentials;
use super::fault::{COMPLAINED, Refusal, judge};
use super::read::{complaint, json, text};
use super::{encode, notice, page, status};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Payment;
use crate::domain::tenant::Rail;
use crate::payments::report::{Outcome, Report};
use crate::ports::channel::DecodeError;
use crate::ports::clock::Clock;
use crate::ports::fault::{Fault, FaultKind};
use crate::ports::payment::{
    AccountNotices, CallbackUrls, Merchant, PaymentProvider, RefundReport, Submitted, Withdrawn,
    notices_url,
};

const ADDRESSES: &str = "/api/URLSetup/GetIpnList";
const REGISTER: &str = "/api/URLSetup/RegisterIPN";
const ORDER: &str = "/api/Transactions/SubmitOrderRequest";
const STATUS: &str = "/api/Transactions/GetTransactionStatus";
const REFUND: &str = "/api/Transactions/RefundRequest";
const CANCEL: &str = "/api/Transactions/CancelOrder";
/// Nothing has been paid on the page yet.
const PENDING: &str = "payment_details_not_found";

/// Where PesaPal is, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct PesaPalSettings {
    /// `https://pay.pesapal.com/v3`, `https://cybqa.pesapal.com/pesapalv3`, or a stand-in's; the prefix of the path differs.
    pub base_url: String,
    /// Addresses, besides PesaPal's own and the one above, whose pages may be sent to customers: a stand-in's.
    pub pages: Vec<String>,
    /// How long one request may take. An order that takes longer is unknown, never repeated.
    pub timeout: Duration,
}

impl PesaPalSettings {
    /// PesaPal's production.
    pub const PRODUCTION: &str = "https://pay.pesapal.com/v3";

    /// This address, its own pages, and 30 seconds for a request.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), pages: Vec::new(), timeout: Duration::from_secs(30) }
    }
}

/// Cards by PesaPal. One serves all tenants: each call brings its merchant's credentials.
#[derive(Debug)]
pub struct PesaPal {
    http: Http,
    pages: Vec<String>,
    accounts: Accounts,
    clock: Arc<dyn Clock>,
}

/// A request.
#[derive(Clone, Copy)]
enum Call<'a> {
    Get { path: &'a str, query: &'a [(&'a str, &'a str)] },
    Post { path: &'a str, body: &'a Value },
}

impl PesaPal {
    /// A client. Does no I/O.
    pub fn new(settings: &PesaPalSettings, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let http = Http::new("PesaPal", &settings.base_url, settings.timeout)?;
        let mut pages = settings.pages.clone();
        pages.push(http.base().to_owned());
        Ok(Self { http, pages, accounts: Accounts::default(), clock })
    }

    /// Asks PesaPal with a merchant's credentials whether it knows the address that it is to notify, and changes nothing. `public_url` is the
    /// one that the server has. An address that is not known is registered with the first order.
    pub async fn look(&self, merchant: &Merchant, public_url: &str) -> Result<bool, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let account = self.accounts.of(&credentials).await;
        let list = Call::Get { path: ADDRESSES, query: &[] };
        let listed = self.call(&credentials, &account, list).await;
        let listed = listed.map_err(|refusal| refusal.into_fault().harmless())?;
        let token = credentials.notice_token();
        let url = notices_url(public_url, Rail::Card.provider(), token.expose_secret());
        Ok(listed.as_array().is_some_and(|entries| active(entries, &url).is_some()))
    }

    /// Sends with a token and gives back a body that complains of nothing. When the token is refused, which happens before anything is
    /// processed, fetches another and sends once more.
    async fn call(
        &self,
        credentials: &Credentials,
        account: &Account,
        call: Call<'_>,
    ) -> Result<Value, Refusal> {
        let other = Refusal::Other;
        let now = self.clock.now();
        let token = account.token(credentials, &self.http, now).await.map_err(other)?;
        match understood(&self.send(call, &token).await.map_err(other)?) {
            Err(Refusal::Token(_)) => {}
            outcome => return outcome,
        }
        account.forget_token(&token).await;
        let token = account.token(credentials, &self.http, now).await.map_err(other)?;
        understood(&self.send(call, &token).await.map_err(other)?)
    }

    async fn send(&self, call: Call<'_>, token: &SecretString) -> Result<Answer, Fault> {
        let signed = |request: RequestBuilder| {
            request.header(ACCEPT, "application/json").bearer_auth(token.expose_secret())
        };
        match call {
            Call::Get { path, query } => {
                // Whatever goes wrong, it may be asked again.
                let request = signed(self.http.get(path)).query(query);
                self.http.send(request).await.map_err(Fault::harmless)
            }
            Call::Post { path, body } => {
                self.http.send(signed(self.http.post(path)).json(body)).await
            }
        }
    }

    /// The id under which PesaPal knows the address that it is to notify: an entry that is there already, else a new one.
    async fn address(
        &self,
        credentials: &Credentials,
        account: &Account,
        url: &str,
    ) -> Result<String, Fault> {
        let mut known = account.addresses().await;
        if let Some(id) = known.get(url) {
            return Ok(id.clone());
        }
        let list = Call::Get { path: ADDRESSES, query: &[] };
        // Nothing has been ordered yet, so nothing is unknown.
        let listed = self.call(credentials, account, list).await;
        let listed = listed.map_err(|refusal| refusal.into_fault().harmless())?;
        let id = if let Some(id) = listed.as_array().and_then(|entries| active(entries, url)) {
            id
        } else {
            let body = encode::address(url);
            let register = Call::Post { path: REGISTER, body: &body };
            let made = self.call(credentials, account, register).await;
            // Registering moves no money; a second entry for the same address does no harm.
            let made = made.map_err(|refusal| refusal.into_fault().harmless())?;
            text(&made, "ipn_id").ok_or_else(|| {
                Fault::new(FaultKind::Transient, "PesaPal registered the address without an id")
            })?
        };
        known.insert(url.to_owned(), id.clone());
        Ok(id)
    }

    async fn order(
        &self,
        credentials: &Credentials,
        account: &Account,
        payment: &Payment,
        urls: &CallbackUrls,
    ) -> Result<Value, Refusal> {
        let id = self.address(credentials, account, &urls.result).await.map_err(Refusal::Other)?;
        let body = encode::order(credentials, payment, urls, &id).map_err(Refusal::Other)?;
        self.call(credentials, account, Call::Post { path: ORDER, body: &body }).await
    }
}

/// The id of an address that is registered and active. By which method it is notified does not matter: both are taken.
fn active(entries: &[Value], url: &str) -> Option<String> {
    entries
        .iter()
        .filter(|entry| text(entry, "url").as_deref() == Some(url))
        .filter(|entry| text(entry, "ipn_status").is_none_or(|status| status == "1"))
        .find_map(|entry| text(entry, "ipn_id"))
}

/// A body that complains of nothing.
fn understood(answer: &Answer) -> Result<Value, Refusal> {
    match json(answer) {
        Some(body) if answer.status == 200 && complaint(&body).is_none() => Ok(body),
        Some(_) | None => Err(judge(answer)),
    }
}

#[async_trait]
impl PaymentProvider for PesaPal {
    fn rail(&self) -> Rail {
        Rail::Card
    }

    async fn submit(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        urls: &CallbackUrls,
    ) -> Result<Submitted, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let account = self.accounts.of(&credentials).await;
        let body = match self.order(&credentials, &account, payment, urls).await {
            Err(Refusal::Address(_)) => {
                // Refused before it was made: the id that we remember is of an entry that is gone.
                account.addresses().await.remove(&urls.result);
                self.order(&credentials, &account, payment, urls).await
            }
            outcome => outcome,
        };
        let body = body.map_err(Refusal::into_fault)?;
        let reference = text(&body, "merchant_reference");
        let (Some(provider_ref), Some(page)) =
            (text(&body, "order_tracking_id"), text(&body, "redirect_url"))
        else {
            // Taken, and nobody can say as what: its notification names it.
            return Err(Fault::new(FaultKind::Unknown, "PesaPal took the order without a page"));
        };
        if reference.is_some_and(|reference| reference != payment.merchant_reference) {
            return Err(Fault::new(FaultKind::Unknown, "PesaPal answers about another order"));
        }
        if !page::is_theirs(&page, &self.pages) {
            // Nobody is sent there, so nobody can pay.
            return Err(Fault::new(FaultKind::Misconfigured, "the page is not PesaPal's")
                .with_code("foreign_page"));
        }
        Ok(Submitted { provider_ref, pay_url: Some(page) })
    }

    /// A payment whose tracking id is not known can't be asked about: [`FaultKind::Rejected`].
    async fn query(&self, merchant: &Merchant, payment: &Payment) -> Result<Report, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let account = self.accounts.of(&credentials).await;
        let Some(tracking_id) = payment.provider_ref.as_deref() else {
            return Err(Fault::new(FaultKind::Rejected, "the order's id is not known")
                .with_code("no_reference"));
        };
        let query = [("orderTrackingId", tracking_id)];
        let call = Call::Get { path: STATUS, query: &query };
        match self.call(&credentials, &account, call).await.map_err(Refusal::into_fault) {
            Ok(body) => Ok(status::read(&body, payment)),
            Err(fault) if fault.code.as_deref() == Some(PENDING) => {
                Ok(Report { provider_ref: None, outcome: Outcome::Undecided, code: fault.code })
            }
            Err(fault) => Err(fault.harmless()),
        }
    }

    /// Only failed and pending orders can be closed, and each once; every refusal means that it stays as it is.
    async fn withdraw(&self, merchant: &Merchant, payment: &Payment) -> Result<Withdrawn, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let account = self.accounts.of(&credentials).await;
        let Some(tracking_id) = payment.provider_ref.as_deref() else {
            return Ok(Withdrawn::LeftOpen);
        };
        let body = encode::cancel(tracking_id);
        let call = Call::Post { path: CANCEL, body: &body };
        match self.call(&credentials, &account, call).await.map_err(Refusal::into_fault) {
            Ok(_) => Ok(Withdrawn::Closed),
            Err(fault) if matches!(fault.kind, FaultKind::Unknown | FaultKind::Rejected) => {
                Ok(Withdrawn::LeftOpen)
            }
            Err(fault) => Err(fault),
        }
    }

    fn notices(&self) -> Option<&dyn AccountNotices> {
        Some(self)
    }

    /// Asks for a refund; that it was asked for is all that the answer says. A person at the merchant approves it at PesaPal, and the order's
    /// status tells when it is done.
    async fn refund(
        &self,
        merchant: &Merchant,
        payment: &Payment,
        amount: Money,
        _: &CallbackUrls,
    ) -> Result<RefundReport, Fault> {
        let credentials = Credentials::read(&merchant.credentials)?;
        let account = self.accounts.of(&credentials).await;
        let Some(code) = payment.receipt() else {
            return Ok(RefundReport::Refused { code: "no_confirmation_code".to_owned() });
        };
        let body = encode::refund(&credentials, code, amount, payment);
        let call = Call::Post { path: REFUND, body: &body };
        match self.call(&credentials, &account, call).await {
            Ok(_) => Ok(RefundReport::Undecided),
            // It complains, so nothing was queued: also without a code of its own.
            Err(Refusal::Other(fault))
                if fault.kind == FaultKind::Rejected
                    || fault.code.as_deref() == Some(COMPLAINED) =>
            {
                Ok(RefundReport::Refused {
                    code: fault.code.unwrap_or_else(|| "refused".to_owned()),
                })
            }
            Err(refusal) => Err(refusal.into_fault()),
        }
    }

    /// A hint, whatever it says: [`Outcome::Undecided`].
    fn decode_callback(&self, raw: &[u8], _: Currency) -> Result<Report, DecodeError> {
        notice::hint(raw)
    }

    fn decode_refund_callback(&self, _: &[u8]) -> Result<RefundReport, DecodeError> {
        Err(DecodeError { reason: "PesaPal tells of refunds by the order's status".to_owned() })
    }
}

impl AccountNotices for PesaPal {
    fn token(&self, merchant: &Merchant) -> Result<SecretString, Fault> {
        Credentials::read(&merchant.credentials).map(|credentials| credentials.notice_token())
    }

    fn reference(&self, raw: &[u8]) -> Result<String, DecodeError> {
        notice::read(raw).map(|notice| notice.reference)
    }
}
