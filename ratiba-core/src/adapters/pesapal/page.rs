//! Which page is sent to a customer.

use reqwest::Url;

/// Whether a page is PesaPal's own, over https, or stands where the configuration says that PesaPal (or its stand-in) is. Anything else would
/// send a customer with a card in hand to somebody unknown (contract, section 3).
pub(super) fn is_theirs(page: &str, ours: &[String]) -> bool {
    let Ok(url) = Url::parse(page) else { return false };
    let host = url.host_str().unwrap_or_default();
    let pesapal = url.scheme() == "https"
        && (host == "pesapal.com" || host.ends_with(".pesapal.com"))
        && url.username().is_empty();
    let configured = ours
        .iter()
        .filter_map(|base| Url::parse(base).ok())
        .any(|base| base.has_host() && base.origin() == url.origin());
    pesapal || configured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pesapal_over_https_and_what_is_configured() {
        let here = ["http://127.0.0.1:4100/pesapalv3".to_owned()];
        for good in [
            "https://cybqa.pesapal.com/PesapalIframe3/Index/?OrderTrackingId=1",
            "https://pay.pesapal.com/iframe/1",
            "http://127.0.0.1:4100/PesapalIframe3/Index/?OrderTrackingId=1",
        ] {
            assert!(is_theirs(good, &here), "{good}");
        }
        for bad in [
            "http://pay.pesapal.com/1",
            "https://pesapal.com.evil.example/1",
            "https://evilpesapal.com/1",
            "https://pay.pesapal.com@evil.example/1",
            "http://127.0.0.1:4101/1",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!is_theirs(bad, &here), "{bad}");
        }
    }
}
