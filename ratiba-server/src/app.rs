//! All routes of the server as one endpoint.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use poem::middleware::{AddData, CatchPanic};
use poem::{Endpoint, EndpointExt as _, Response, Route, get, post};
use ratiba_core::Ratiba;
use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::ports::migrate::Migrator;
use secrecy::SecretString;

use crate::config::Settings;
use crate::demo::{self, Demo};
use crate::http::limits::{PerAddress, Sources};
use crate::http::{ApiError, Code, Observe};
use crate::signals::Stop;
use crate::widget::Widget;
use crate::wiring::Wired;
use crate::{api, routes, telemetry};

/// Pages and handshakes of the widget that one address may ask for in a minute.
const WIDGET_PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("120 is not zero");

/// What the routes are made of. Cheap to clone.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    /// The core.
    pub ratiba: Ratiba,
    /// Channels that have webhooks here.
    pub channels: Vec<ChannelKind>,
    /// The demo's world; `None` in a deployment.
    pub demo: Option<Arc<Demo>>,
    pub(crate) schema: Schema,
    pub(crate) admin_api_key: Option<SecretString>,
    pub(crate) widget: Widget,
    pub(crate) widget_limit: Arc<PerAddress>,
    /// From where Daraja's callbacks are taken.
    pub(crate) daraja_sources: Arc<Sources>,
    /// Told when the server is to stop: long-lived connections end.
    pub(crate) stop: Stop,
    /// Told when the last request has been answered.
    pub(crate) drained: Stop,
}

/// What knows how far the database's schema is.
#[derive(Clone)]
pub(crate) struct Schema(pub(crate) Arc<dyn Migrator>);

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Schema")
    }
}

impl App {
    pub(crate) fn new(
        wired: Wired,
        migrator: Arc<dyn Migrator>,
        settings: &Settings,
        stop: Stop,
    ) -> Self {
        let Wired { ratiba, channels, widget } = wired;
        let widget_limit = Arc::new(PerAddress::new(WIDGET_PER_MINUTE, settings.behind_proxy));
        let sources = settings.daraja_callback_sources.clone();
        let daraja_sources = Arc::new(Sources::new(sources, settings.behind_proxy));
        Self {
            ratiba,
            channels,
            demo: None,
            schema: Schema(migrator),
            admin_api_key: settings.admin_api_key.clone(),
            widget,
            widget_limit,
            daraja_sources,
            stop,
            drained: Stop::default(),
        }
    }

    /// The endpoint that answers every request.
    pub fn endpoint(&self) -> impl Endpoint<Output = Response> + use<> {
        telemetry::recorder();
        let mut route = Route::new()
            .at("/healthz", get(routes::healthz::healthz))
            .at("/readyz", get(routes::readyz::readyz))
            .at("/metrics", get(routes::metrics::metrics))
            .at(
                "/api/v1/webhooks/:channel",
                get(routes::meta::challenge).post(routes::meta::receive),
            )
            .at("/api/v1/webhooks/daraja/stk/:token", post(routes::daraja::stk))
            .at("/api/v1/webhooks/daraja/refund/:token", post(routes::daraja::refund))
            .at(
                "/api/v1/webhooks/daraja/refund-timeout/:token",
                post(routes::daraja::refund_timeout),
            )
            .at(
                "/api/v1/webhooks/pesapal/ipn/:token",
                get(routes::pesapal::by_query).post(routes::pesapal::by_body),
            )
            .at("/pay/return/:token", get(routes::pesapal::back));
        route = route
            .at(
                "/api/v1/webhooks/africastalking/delivery/:token",
                post(routes::africastalking::delivery),
            )
            .at("/w/:slug", get(routes::widget::page))
            .at("/api/v1/widget/:slug/ws", get(routes::widget_ws::socket))
            .at("/widget.js", get(routes::widget::script))
            .at("/widget.css", get(routes::widget::style));
        route = api::add(route);
        if self.demo.is_some() {
            route = demo::routes::add(route);
        }
        route
            .with(AddData::new(self.clone()))
            .with(AddData::new(self.ratiba.clone()))
            .with(CatchPanic::new().with_handler(|_| ApiError::new(Code::Internal)))
            .with(Observe)
    }
}
