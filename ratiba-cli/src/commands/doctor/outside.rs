//! What tenants have outside: channel accounts, payment rails, SMS. Each is asked something that changes nothing.

use std::sync::Arc;
use std::time::Duration;

use ratiba_core::adapters::africastalking::{self, AfricasTalking};
use ratiba_core::adapters::daraja::{Daraja, DarajaSettings};
use ratiba_core::adapters::meta::{Messaging, MetaConfig, WhatsApp};
use ratiba_core::adapters::pesapal::{PesaPal, PesaPalSettings};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::tenant::{Rail, Tenant};
use ratiba_core::ports::channel::ChannelAccount;
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::{Fault, FaultKind};
use ratiba_core::ports::payment::Merchant;
use ratiba_core::ports::sms::SmsAccount;
use ratiba_core::ports::store::Store;

use super::check::Check;
use super::here::APP_SECRETS;
use crate::error::CliError;
use crate::settings::Settings;

/// One look may take so long.
const PATIENCE: Duration = Duration::from_secs(15);
/// Whole units of an SMS account below which it should be filled: a few hundred texts.
const LOW_BALANCE: i64 = 200;

/// The adapters, as the server has them.
pub(super) struct Outside<'a> {
    settings: &'a Settings,
    whatsapp: WhatsApp,
    instagram: Messaging,
    messenger: Messaging,
    daraja: Daraja,
    pesapal: PesaPal,
    sms: AfricasTalking,
}

impl<'a> Outside<'a> {
    pub(super) fn new(settings: &'a Settings) -> Result<Self, CliError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let wrong = |fault: Fault| CliError::config(fault.to_string());
        let named = |name: &str| settings.named.get(name);
        // Nothing comes in here, so nothing is verified.
        let config = |url: Option<String>| {
            let mut config = MetaConfig::new("".into(), Vec::new());
            config.graph_url = url.unwrap_or(config.graph_url);
            config
        };
        let graph = named("META_GRAPH_URL");
        let instagram = named("INSTAGRAM_GRAPH_URL").or_else(|| graph.clone());
        let instagram = instagram.unwrap_or_else(|| Messaging::INSTAGRAM.to_owned());
        let daraja = settings.daraja_url.as_deref().unwrap_or(DarajaSettings::PRODUCTION);
        let pesapal = settings.pesapal_url.as_deref().unwrap_or(PesaPalSettings::PRODUCTION);
        let sms = named("AFRICASTALKING_BASE_URL");
        Ok(Self {
            settings,
            whatsapp: WhatsApp::new(&config(graph.clone()), Arc::clone(&clock)).map_err(wrong)?,
            instagram: Messaging::instagram(&config(Some(instagram))).map_err(wrong)?,
            messenger: Messaging::messenger(&config(graph)).map_err(wrong)?,
            daraja: Daraja::new(&DarajaSettings::at(daraja), Arc::clone(&clock)).map_err(wrong)?,
            pesapal: PesaPal::new(&PesaPalSettings::at(pesapal), clock).map_err(wrong)?,
            sms: AfricasTalking::new(sms.as_deref().unwrap_or(africastalking::LIVE))
                .map_err(wrong)?,
        })
    }

    /// Everything that one tenant has. What can't be read is told by the check of the tenant itself.
    pub(super) async fn look(&self, store: &dyn Store, tenant: &Tenant) -> Vec<Check> {
        let mut checks = Vec::new();
        for account in store.accounts(tenant.id).await.unwrap_or_default() {
            if account.channel != ChannelKind::Web {
                checks.push(self.channel(tenant, &account).await);
            }
        }
        for rail in [Rail::Mpesa, Rail::Card] {
            if let Ok(Some(merchant)) = store.merchant(tenant.id, rail).await {
                checks.push(self.rail(tenant, &merchant).await);
            }
        }
        if let Ok(Some(account)) = store.sms_account(tenant.id).await {
            checks.push(self.texts(tenant, &account).await);
        }
        checks
    }

    async fn channel(&self, tenant: &Tenant, account: &ChannelAccount) -> Check {
        let name = account.channel.as_str();
        let what = format!("{} {name} {}", tenant.slug, account.account);
        let looked = match account.channel {
            ChannelKind::Whatsapp => within(self.whatsapp.look(account)).await,
            ChannelKind::Instagram => within(self.instagram.look(account)).await,
            ChannelKind::Messenger => within(self.messenger.look(account)).await,
            _ => return Check::ok(what, "nothing to be asked"),
        };
        if let Err(fault) = looked {
            let renew = format!(
                "make a new token in Meta's dashboard, then `ratiba tenant connect {} --channel {name} --account {}`",
                tenant.slug, account.account
            );
            return Check::fault(what, &fault, &renew);
        }
        let secret = APP_SECRETS.into_iter().find(|(channel, _)| *channel == name);
        match secret {
            Some((_, secret)) if self.settings.named.get(secret).is_none() => Check::failure(
                what,
                format!(
                    "its token is taken, and {secret} is not set: what customers write there is not heard"
                ),
                format!("copy the app secret from Meta's dashboard into {secret}"),
            ),
            Some(_) | None => Check::ok(what, "its token is taken"),
        }
    }

    async fn rail(&self, tenant: &Tenant, merchant: &Merchant) -> Check {
        let what = format!("{} {}", tenant.slug, merchant.rail.provider());
        let renew = format!(
            "enter its credentials again: PUT /api/v1/platform/tenants/{}/merchants/{}",
            tenant.slug,
            merchant.rail.as_str()
        );
        if merchant.rail == Rail::Mpesa {
            return match within(self.daraja.look(merchant)).await {
                Ok(()) => Check::ok(what, "gives a token for its credentials"),
                Err(fault) => Check::fault(what, &fault, &renew),
            };
        }
        let url = self.settings.public_url.as_deref();
        match (within(self.pesapal.look(merchant, url.unwrap_or_default())).await, url) {
            (Err(fault), _) => Check::fault(what, &fault, &renew),
            (Ok(true), Some(_)) => {
                Check::ok(what, "gives a token for its credentials; our address is registered")
            }
            (Ok(_), None) => Check::warning(
                what,
                "gives a token for its credentials; whether our address is registered can't be told",
                "set RATIBA_PUBLIC_URL here as for the server",
            ),
            (Ok(false), Some(_)) => Check::warning(
                what,
                "gives a token for its credentials; our address for notifications (IPN) is not registered yet",
                "nothing, when no card was ever charged under this public address: the first order registers it",
            ),
        }
    }

    async fn texts(&self, tenant: &Tenant, account: &SmsAccount) -> Check {
        let what = format!("{} sms {}", tenant.slug, account.username);
        match within(self.sms.balance(account)).await {
            Ok(balance) if balance.minor < LOW_BALANCE * balance.currency.minor_per_unit() => {
                Check::warning(
                    what,
                    format!("{balance} left"),
                    "fill the account at Africa's Talking",
                )
            }
            Ok(balance) => Check::ok(what, format!("its key is taken; {balance} left")),
            Err(fault) => {
                let renew = format!(
                    "look at username and key (a new key takes some minutes), then `ratiba tenant sms {}`",
                    tenant.slug
                );
                Check::fault(what, &fault, &renew)
            }
        }
    }
}

async fn within<T>(look: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match tokio::time::timeout(PATIENCE, look).await {
        Ok(looked) => looked,
        Err(_elapsed) => Err(Fault::new(FaultKind::Transient, "no answer in time")),
    }
}
