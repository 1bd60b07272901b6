//! `GET /readyz`: whether this process can do its work now; a load balancer stops sending while it can't.

use std::time::Duration;

use poem::handler;
use poem::web::{Data, Json};
use serde::Serialize;

use crate::app::App;
use crate::http::{ApiError, Code};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// All is well.
#[derive(Debug, Serialize)]
pub(crate) struct Ready {
    status: &'static str,
    store: &'static str,
}

/// 200 when the database answers, else 503.
#[handler]
pub(crate) async fn readyz(Data(app): Data<&App>) -> Result<Json<Ready>, ApiError> {
    match tokio::time::timeout(PATIENCE, app.ratiba.store().ping()).await {
        Ok(Ok(())) => Ok(Json(Ready { status: "ready", store: "ok" })),
        Ok(Err(error)) => Err(ApiError::from_store(&error)),
        Err(_elapsed) => Err(ApiError::new(Code::StoreUnavailable)),
    }
}
