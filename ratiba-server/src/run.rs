//! The four programs: what they open, run and close.

use std::net::SocketAddr;
use std::time::Duration;

use poem::Server;
use poem::listener::TcpAcceptor;
use tokio::net::TcpListener;

use crate::app::App;
use crate::config::{Program, Settings};
use crate::signals::{Stop, asked_to_stop};

/// How long open connections may take to finish once we are asked to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Why a program ended otherwise than asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The runtime could not start.
    #[error("the runtime can't start")]
    Runtime(#[source] std::io::Error),
    /// The address can't be listened on.
    #[error("can't listen on {addr}")]
    Listen {
        /// Where.
        addr: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server stopped by itself.
    #[error("the server failed")]
    Serve(#[source] std::io::Error),
}

/// Runs a program until it is done or asked to stop.
pub async fn run(program: Program, settings: Settings) -> Result<(), Failure> {
    let stop = Stop::default();
    let listener = listen(settings.addr).await?;
    let app = App { demo: program == Program::Demo };
    let asked = stop.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        asked.stop();
    });
    serve(listener, &app, &stop).await
}

async fn listen(addr: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(addr).await.map_err(|source| Failure::Listen { addr, source })
}

async fn serve(listener: TcpListener, app: &App, stop: &Stop) -> Result<(), Failure> {
    let acceptor = TcpAcceptor::from_tokio(listener).map_err(Failure::Serve)?;
    Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(app.endpoint(), stop.stopped(), Some(DRAIN))
        .await
        .map_err(Failure::Serve)
}
