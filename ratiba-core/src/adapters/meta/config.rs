//! What a deployment has to know of its Meta app.

use secrecy::SecretString;

/// The settings of one Meta app; one value serves every business that the app is connected to.
#[derive(Debug, Clone)]
pub struct MetaConfig {
    /// Where the Graph API lives, without the version: `https://graph.facebook.com`, for Instagram accounts that were connected by
    /// Instagram's own login `https://graph.instagram.com`, or a stand-in.
    pub graph_url: String,
    /// The Graph API version, such as `v26.0`. Meta retires each about two years after its release.
    pub version: String,
    /// What we told Meta to send when it verifies the webhook address. Empty refuses every verification.
    pub verify_token: SecretString,
    /// The app secrets that may sign a webhook; more than one while a secret is being rotated. Empty refuses every webhook.
    pub app_secrets: Vec<SecretString>,
}

impl MetaConfig {
    /// Facebook's own address and the newest version of the API.
    pub fn new(verify_token: SecretString, app_secrets: Vec<SecretString>) -> Self {
        Self {
            graph_url: "https://graph.facebook.com".to_owned(),
            version: "v26.0".to_owned(),
            verify_token,
            app_secrets,
        }
    }
}
