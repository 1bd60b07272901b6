//! Meta's channels: which are served, and with which secrets.

use secrecy::SecretString;

use super::{DEMO_SECRET, Reader};

/// What one of Meta's channels needs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetaApp {
    /// The secrets with which its webhooks may be signed; more than one while a secret is being rotated.
    pub app_secrets: Vec<SecretString>,
    /// The word that Meta repeats when it verifies the webhook.
    pub verify_token: SecretString,
    /// The Graph API's base address, where it is not Meta's own (or, in the demo, not the stand-in).
    pub graph_url: Option<String>,
}

const VERIFY: &str = "META_VERIFY_TOKEN";
const WHATSAPP: &str = "WHATSAPP_APP_SECRET";
/// For each channel its secret, and the address that it alone may have.
const CHANNELS: [(&str, Option<&str>); 3] = [
    (WHATSAPP, None),
    ("INSTAGRAM_APP_SECRET", Some("INSTAGRAM_GRAPH_URL")),
    ("MESSENGER_APP_SECRET", None),
];

impl Reader<'_> {
    /// WhatsApp, Instagram and Messenger: a channel is served where its app secret is set, and all need the verify token. The demo makes up
    /// what is missing.
    pub(super) fn meta(&mut self) -> [Option<MetaApp>; 3] {
        let common = self.url("META_GRAPH_URL");
        let made_up = || self.is_demo().then(|| SecretString::from(DEMO_SECRET));
        let verify_token = self.text(VERIFY).map(SecretString::from).or_else(made_up);
        let read = CHANNELS.map(|(name, own_url)| {
            let graph_url = own_url.and_then(|name| self.url(name)).or_else(|| common.clone());
            (name, self.app_secrets(name), graph_url)
        });
        let served: Vec<&str> =
            read.iter().filter(|(_, secrets, _)| !secrets.is_empty()).map(|it| it.0).collect();
        match (&verify_token, served.first()) {
            (None, Some(name)) => self.problem(
                VERIFY,
                format!("is not set, though {name} is"),
                "write the verify token that you entered in Meta's app dashboard",
            ),
            (Some(_), None) => self.problem(
                WHATSAPP,
                "is not set, though META_VERIFY_TOKEN is",
                "copy the app secret from Meta's app dashboard; webhooks are signed with it",
            ),
            (Some(_), Some(_)) | (None, None) => {}
        }
        read.map(|(_, app_secrets, graph_url)| {
            let verify_token = verify_token.clone().filter(|_| !app_secrets.is_empty())?;
            Some(MetaApp { app_secrets, verify_token, graph_url })
        })
    }

    /// One secret or, while it is being rotated, several with commas between them.
    fn app_secrets(&self, name: &str) -> Vec<SecretString> {
        let given = self.text(name).or_else(|| self.is_demo().then(|| DEMO_SECRET.to_owned()));
        given
            .iter()
            .flat_map(|secrets| secrets.split(','))
            .map(str::trim)
            .filter(|secret| !secret.is_empty())
            .map(SecretString::from)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ConfigError, Program, Settings, Source};
    use secrecy::ExposeSecret;

    const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn serve(pairs: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let fixed =
            [("RATIBA_SECRET_KEY", KEY), ("RATIBA_PUBLIC_URL", "https://book.example.co.ke")];
        let pairs = fixed.iter().chain(pairs).map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Settings::check(Program::Serve, &Source::new(pairs, None))
    }

    #[test]
    fn each_channel_is_served_where_its_secret_is_set() {
        let settings = serve(&[
            ("INSTAGRAM_APP_SECRET", "new-one, old-one"),
            ("META_VERIFY_TOKEN", "verify"),
            ("META_GRAPH_URL", "http://localhost:9"),
            ("INSTAGRAM_GRAPH_URL", "http://localhost:10"),
        ]);
        let settings = settings.unwrap();
        assert!(settings.whatsapp.is_none() && settings.messenger.is_none());
        let instagram = settings.instagram.unwrap();
        let secrets: Vec<&str> =
            instagram.app_secrets.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(secrets, ["new-one", "old-one"]);
        assert_eq!(instagram.graph_url.as_deref(), Some("http://localhost:10"));
    }

    #[test]
    fn a_secret_without_the_verify_token_is_a_problem() {
        let error = serve(&[("MESSENGER_APP_SECRET", "secret")]).unwrap_err();
        assert_eq!(error.problems.len(), 1);
        assert_eq!(error.problems[0].setting, "META_VERIFY_TOKEN");
    }
}
