//! The stand-in itself.

use std::io;
use std::sync::Arc;

use super::api;
use crate::models::script::ModelRule;
use crate::sim::llm::{Desk, ModelAsked, ModelDesk, ModelFault};
use crate::sim::server::SimServer;

/// A running stand-in. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct AnthropicSim {
    desk: Arc<Desk>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

impl AnthropicSim {
    /// Starts a stand-in on a free port that knows this key. Needs a tokio runtime with time and I/O.
    pub async fn start(key: &str) -> io::Result<Self> {
        let desk = Arc::new(Desk::new(key).map_err(io::Error::other)?);
        let server = SimServer::start(api::app(Arc::clone(&desk))).await?;
        let base_url = server.base_url();
        Ok(Self { desk, server: Arc::new(tokio::sync::Mutex::new(server)), base_url })
    }

    /// Stops listening; from then on connections are refused.
    pub async fn stop(&self) {
        self.server.lock().await.stop().await;
    }
}

impl ModelDesk for AnthropicSim {
    fn rule(&self, rule: ModelRule) {
        self.desk.rule(rule);
    }

    fn fault_next(&self, fault: ModelFault) {
        self.desk.fault_next(fault);
    }

    fn fault_always(&self, fault: Option<ModelFault>) {
        self.desk.fault_always(fault);
    }

    fn end_of(&self, model: &str, ends: Option<&str>) {
        self.desk.end_of(model, ends);
    }

    fn asked(&self) -> Vec<ModelAsked> {
        self.desk.asked()
    }

    fn base_url(&self) -> &str {
        &self.base_url
    }
}
