//! The programs: what they open, run and close.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use poem::Server;
use poem::listener::TcpAcceptor;
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::engine::Role;
use ratiba_core::ports::store::Store;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::config::{Program, Settings};
use crate::demo;
use crate::signals::{Stop, asked_to_stop};
use crate::wiring::{Hot, Wired, World, open_hot, open_store, wire};

/// How long open connections may take to finish once we are asked to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How long the worker may take after that.
const FINISH: Duration = Duration::from_secs(20);

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
    /// Something that the program needs can't be opened.
    #[error("{what} can't be opened")]
    Open {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server stopped by itself.
    #[error("the server failed")]
    Serve(#[source] std::io::Error),
}

/// Runs a program until it is done or asked to stop.
pub async fn run(program: Program, settings: Settings) -> Result<(), Failure> {
    match program {
        Program::Migrate => open_store(&settings).await.map(drop),
        Program::Worker => work(&settings).await,
        Program::Serve | Program::ServeOnly | Program::Demo => {
            let running = start(program, &settings).await?;
            if program == Program::Demo {
                announce(&running.url);
            }
            running.until_asked().await
        }
    }
}

/// The worker alone.
async fn work(settings: &Settings) -> Result<(), Failure> {
    let store = open_store(settings).await?;
    let hot = open_hot(settings).await?;
    let world = real_world(settings, store, hot, Role::Works, "");
    let Wired { ratiba, .. } = wire(settings, world)?;
    tracing::info!("working");
    ratiba.run(asked_to_stop()).await;
    Ok(())
}

fn real_world<'a>(
    settings: &'a Settings,
    store: Arc<dyn Store>,
    hot: Hot,
    role: Role,
    here: &'a str,
) -> World<'a> {
    World {
        store,
        clock: Arc::new(SystemClock),
        hot,
        role,
        graph_urls: [None; 3],
        daraja_url: None,
        sms_url: None,
        pesapal_url: None,
        public_url: settings.public_url.as_deref().unwrap_or(here),
    }
}

/// A server that is listening, with its worker.
#[derive(Debug)]
pub struct Running {
    /// Where this machine reaches it, such as `http://127.0.0.1:8010`.
    pub url: String,
    /// What it serves.
    pub app: App,
    stop: Stop,
    server: JoinHandle<std::io::Result<()>>,
    worker: JoinHandle<()>,
}

/// Opens everything, listens and starts the worker. Returns once requests are answered.
pub async fn start(program: Program, settings: &Settings) -> Result<Running, Failure> {
    let addr = settings.addr;
    let listener = TcpListener::bind(addr).await;
    let listener = listener.map_err(|source| Failure::Listen { addr, source })?;
    let url = local_url(listener.local_addr().map_err(Failure::Serve)?);
    let stop = Stop::default();
    let app = if program == Program::Demo {
        demo::open(settings, &url, stop.clone()).await?
    } else {
        let store = open_store(settings).await?;
        let hot = open_hot(settings).await?;
        let role = if program == Program::ServeOnly { Role::Receives } else { Role::Both };
        let wired = wire(settings, real_world(settings, store, hot, role, &url))?;
        App::new(wired, settings, stop.clone())
    };
    let acceptor = TcpAcceptor::from_tokio(listener).map_err(Failure::Serve)?;
    let endpoint = app.endpoint();
    let told = stop.clone();
    let server = tokio::spawn(async move {
        Server::new_with_acceptor(acceptor)
            .run_with_graceful_shutdown(endpoint, async move { told.stopped().await }, Some(DRAIN))
            .await
    });
    // The worker outlives the last request, so that what a drained request stored is still worked on.
    let (ratiba, drained) = (app.ratiba.clone(), app.drained.clone());
    let worker = tokio::spawn(async move {
        if program == Program::ServeOnly {
            drained.stopped().await;
        } else {
            ratiba.run(drained.stopped()).await;
        }
    });
    tracing::info!(%url, "listening");
    if let Some(demo) = &app.demo {
        demo.begin(&app.ratiba, &url).await;
    }
    Ok(Running { url, app, stop, server, worker })
}

impl Running {
    /// Serves until SIGTERM or ctrl-c, then stops.
    pub async fn until_asked(mut self) -> Result<(), Failure> {
        tokio::select! {
            () = asked_to_stop() => self.stop().await,
            ended = &mut self.server => match ended {
                Ok(ended) => ended.map_err(Failure::Serve),
                Err(panic) => Err(Failure::Serve(std::io::Error::other(panic))),
            },
        }
    }

    /// Stops accepting, lets open requests finish, then the worker.
    pub async fn stop(self) -> Result<(), Failure> {
        tracing::info!("stopping: open requests may finish");
        self.stop.stop();
        let served = self.server.await.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
        self.app.drained.stop();
        if tokio::time::timeout(FINISH, self.worker).await.is_err() {
            tracing::warn!(
                "the worker did not finish in time; what it was doing will be found again"
            );
        }
        served.map_err(Failure::Serve)
    }
}

/// The address by which this machine reaches the listener.
fn local_url(addr: SocketAddr) -> String {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, addr.port()))
}

/// The one line that the demo prints: where to look.
fn announce(url: &str) {
    // A closed stdout is no reason to stop.
    let _closed = writeln!(
        std::io::stdout(),
        "\n  Ratiba is running. Open\n\n      {url}/demo\n\n  and write as a customer. Stop with ctrl-c.\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everywhere_is_reached_here() {
        let url = |addr: &str| local_url(addr.parse().unwrap());
        assert_eq!(url("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(url("[::]:80"), "http://[::1]:80");
        assert_eq!(url("10.0.0.7:8010"), "http://10.0.0.7:8010");
    }
}
