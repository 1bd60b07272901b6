//! The running stand-in, whichever provider it stands for.

use std::io;
use std::sync::Arc;

use poem::{Endpoint, Response};

use super::desk::{Desk, ModelAsked};
use super::fault::ModelFault;
use crate::models::script::ModelRule;
use crate::sim::server::SimServer;
use crate::sim::{anthropic, openai};

/// A running stand-in of a provider of models. Cheap to clone; the last clone stops it.
#[derive(Debug, Clone)]
pub struct ModelSim {
    desk: Arc<Desk>,
    server: Arc<tokio::sync::Mutex<SimServer>>,
    base_url: String,
}

impl ModelSim {
    /// Starts a stand-in of Anthropic's Messages API on a free port that knows this key. Needs a tokio runtime with time and I/O.
    pub async fn anthropic(key: &str) -> io::Result<Self> {
        Self::start(key, anthropic::app).await
    }

    /// Starts a stand-in of OpenAI's Chat Completions on a free port that knows this key. Needs a tokio runtime with time and I/O.
    pub async fn openai(key: &str) -> io::Result<Self> {
        Self::start(key, openai::app).await
    }

    async fn start<E>(key: &str, app: impl FnOnce(Arc<Desk>) -> E) -> io::Result<Self>
    where
        E: Endpoint<Output = Response> + 'static,
    {
        let desk = Arc::new(Desk::new(key).map_err(io::Error::other)?);
        let server = SimServer::start(app(Arc::clone(&desk))).await?;
        let base_url = server.base_url();
        Ok(Self { desk, server: Arc::new(tokio::sync::Mutex::new(server)), base_url })
    }

    /// Stops listening; from then on connections are refused.
    pub async fn stop(&self) {
        self.server.lock().await.stop().await;
    }

    /// Adds a rule; the first that fits answers. Where none fits, the answer is the least document of the schema.
    pub fn rule(&self, rule: ModelRule) {
        self.desk.rule(rule);
    }

    /// Lets something happen to the next request; several calls queue up.
    pub fn fault_next(&self, fault: ModelFault) {
        self.desk.fault_next(fault);
    }

    /// Lets it happen to every request from now on; `None` for no more.
    pub fn fault_always(&self, fault: Option<ModelFault>) {
        self.desk.fault_always(fault);
    }

    /// Lets the list of models say since when one is no longer to be had, or leave it out (`None`).
    pub fn end_of(&self, model: &str, ends: Option<&str>) {
        self.desk.end_of(model, ends);
    }

    /// Everything that was asked, oldest first.
    pub fn asked(&self) -> Vec<ModelAsked> {
        self.desk.asked()
    }

    /// What to set as the provider's address, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}
