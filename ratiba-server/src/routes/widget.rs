//! `GET /w/{slug}`, `/widget.js`, `/widget.css`: the hosted widget page, the embeddable script, the page's style.

use poem::web::{Data, Path};
use poem::{IntoResponse as _, Request, Response, handler};
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::tenant::{Tenant, TenantStatus};

use crate::app::App;
use crate::http::page::Embedded;
use crate::http::{ApiError, Code};

/// What the hosted page may do: run our script, talk to us, be framed by whoever wants to show it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// The hosted page of a business.
#[handler]
pub(crate) async fn page(
    request: &Request,
    Path(slug): Path<String>,
    Data(app): Data<&App>,
) -> Result<Response, ApiError> {
    app.widget_limit.admit(request)?;
    let tenant = open_tenant(app, &slug).await?;
    let business = app.ratiba.business(tenant.id).await;
    let business = business.map_err(|_| ApiError::new(Code::Internal))?;
    let color = business.settings.color.as_ref().map_or("", |color| color.as_str());
    let html = include_str!("../../static/widget.html")
        .replace("{{name}}", &escape(&tenant.name))
        .replace("{{slug}}", &escape(tenant.slug.as_str()))
        .replace("{{color}}", color)
        .replace("{{language}}", tenant.locale.code());
    Ok(Response::builder()
        .content_type("text/html; charset=utf-8")
        .header("content-security-policy", POLICY)
        .header("cache-control", "no-cache")
        .body(html))
}

/// The script for other people's pages.
#[handler]
pub(crate) fn script() -> Response {
    let mut response = Embedded::script(include_str!("../../static/widget.js")).into_response();
    let headers = response.headers_mut();
    headers.insert("cache-control", poem::http::HeaderValue::from_static("public, max-age=300"));
    headers.insert(
        "cross-origin-resource-policy",
        poem::http::HeaderValue::from_static("cross-origin"),
    );
    response
}

/// The style of the hosted page.
#[handler]
pub(crate) fn style() -> Response {
    Embedded::style(include_str!("../../static/widget.css")).into_response()
}

/// The business behind a slug, where it has a widget and is served.
pub(super) async fn open_tenant(app: &App, slug: &str) -> Result<Tenant, ApiError> {
    let unknown = || ApiError::new(Code::UnknownBusiness);
    let store = app.ratiba.store();
    let account = store.account(ChannelKind::Web, slug).await;
    let account = account.map_err(|error| ApiError::from_store(&error))?.ok_or_else(unknown)?;
    let tenant = store.tenant(account.tenant).await;
    let tenant = tenant.map_err(|error| ApiError::from_store(&error))?.ok_or_else(unknown)?;
    match tenant.status {
        TenantStatus::Active => Ok(tenant),
        TenantStatus::Suspended => Err(unknown()),
    }
}

/// Text as it may stand in an attribute or an element.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_t_become_markup() {
        assert_eq!(escape("Mama's <b> & \"Co\""), "Mama&#39;s &lt;b&gt; &amp; &quot;Co&quot;");
    }

    #[test]
    fn the_script_stays_small() {
        assert!(include_str!("../../static/widget.js").len() < 30 * 1024);
    }
}
