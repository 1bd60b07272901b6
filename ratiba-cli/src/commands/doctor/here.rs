//! The configuration of this place: settings that are missing, or make no sense together.

use super::check::Check;
use crate::settings::Settings;

/// Meta's channels and the secrets that their webhooks are signed with.
pub(super) const APP_SECRETS: [(&str, &str); 3] = [
    ("whatsapp", "WHATSAPP_APP_SECRET"),
    ("instagram", "INSTAGRAM_APP_SECRET"),
    ("messenger", "MESSENGER_APP_SECRET"),
];

/// The shortest operator's key that is no invitation.
const SHORTEST_KEY: usize = 24;

pub(super) fn look(settings: &Settings) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.push(match &settings.secret_key {
        Some(_) => Check::ok("secret key", "from the configuration"),
        None => Check::warning(
            "secret key",
            "not set: a key in the data folder is used, fit for one machine only",
            "set RATIBA_SECRET_KEY, the same for every process: `openssl rand -hex 32` makes one",
        ),
    });
    if !settings.previous_keys.is_empty() {
        let detail = format!("{} still configured", settings.previous_keys.len());
        let remedy = "`ratiba keys rotate`, then remove RATIBA_SECRET_KEY_PREVIOUS";
        checks.push(Check::warning("previous keys", detail, remedy));
    }
    checks.push(public_url(settings));
    checks.push(webhooks(settings));
    let key = settings.named.get("RATIBA_ADMIN_API_KEY");
    if key.is_some_and(|key| key.len() < SHORTEST_KEY) {
        checks.push(Check::failure(
            "operator's key",
            format!("shorter than {SHORTEST_KEY} characters"),
            "make RATIBA_ADMIN_API_KEY with `openssl rand -hex 32`",
        ));
    }
    checks
}

fn public_url(settings: &Settings) -> Check {
    const WHAT: &str = "public address";
    match &settings.public_url {
        Some(url) if url.starts_with("https://") => Check::ok(WHAT, url),
        Some(url) => Check::warning(
            WHAT,
            format!("{url} is not https: providers post neither messages nor payments there"),
            "put a proxy with a certificate before the server, and its address into RATIBA_PUBLIC_URL",
        ),
        None => Check::warning(
            WHAT,
            "RATIBA_PUBLIC_URL is not set here",
            "set it as for the server: the address that providers and customers use",
        ),
    }
}

/// The app secrets and the verify token make sense only together.
fn webhooks(settings: &Settings) -> Check {
    const WHAT: &str = "Meta's webhooks";
    let served: Vec<&str> = APP_SECRETS
        .into_iter()
        .filter(|(_, secret)| settings.named.get(secret).is_some())
        .map(|(channel, _)| channel)
        .collect();
    let verify = settings.named.get("META_VERIFY_TOKEN").is_some();
    match (served.as_slice(), verify) {
        ([], false) => Check::ok(WHAT, "not served: no secrets are set here"),
        ([], true) => Check::failure(
            WHAT,
            "META_VERIFY_TOKEN is set, and no app secret",
            "copy the app secret from Meta's dashboard into WHATSAPP_APP_SECRET (or INSTAGRAM_, MESSENGER_)",
        ),
        (served, true) => Check::ok(WHAT, format!("secrets for {}", served.join(", "))),
        (served, false) => Check::failure(
            WHAT,
            format!(
                "META_VERIFY_TOKEN is not set, though there are secrets for {}",
                served.join(", ")
            ),
            "write the verify token that you entered in Meta's dashboard",
        ),
    }
}
