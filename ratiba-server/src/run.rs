//! The programs: what they open, run and close.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use poem::listener::TcpAcceptor;
use poem::{Endpoint, Response};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::engine::Role;
use ratiba_core::ports::store::Store;
use tokio::net::TcpListener;
use tokio::task::{JoinError, JoinHandle};

use crate::app::App;
use crate::config::{Program, Settings};
use crate::demo;
use crate::signals::{Stop, asked_to_stop};
use crate::watch;
use crate::wiring::{Hot, Opened, Wired, World, open_hot, open_store, wire};

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
    let asked = asked_to_stop();
    match program {
        Program::Migrate => open_store(&settings).await.map(drop),
        Program::Worker => work(&settings, asked).await,
        Program::Serve | Program::ServeOnly | Program::Demo => {
            let running = start(program, &settings).await?;
            if program == Program::Demo {
                announce(&running.url);
            }
            running.until(asked).await
        }
    }
}

/// The worker alone, watched where it has an address.
async fn work(settings: &Settings, asked: impl Future<Output = ()> + Send) -> Result<(), Failure> {
    let listener = match settings.worker_addr {
        Some(addr) => Some(listen(addr).await?),
        None => None,
    };
    let Opened { store, .. } = open_store(settings).await?;
    let hot = open_hot(settings).await?;
    let world = real_world(settings, store, hot, Role::Works, "");
    let Wired { ratiba, .. } = wire(settings, world)?;
    // Watched until the last turn is done: who is asked to stop is alive.
    let done = Stop::default();
    let watched = if let Some((listener, url)) = listener {
        let watched = serve(listener, watch::endpoint(&ratiba), &done)?;
        tracing::info!(%url, "working");
        Some(watched)
    } else {
        tracing::info!("working");
        None
    };
    ratiba.run(asked).await;
    done.stop();
    match watched {
        Some(watched) => ended(watched.await),
        None => Ok(()),
    }
}

/// Listens, and says where this machine reaches it.
async fn listen(addr: SocketAddr) -> Result<(TcpListener, String), Failure> {
    let listener = TcpListener::bind(addr).await;
    let listener = listener.map_err(|source| Failure::Listen { addr, source })?;
    let url = local_url(listener.local_addr().map_err(Failure::Serve)?);
    Ok((listener, url))
}

/// Serves in a task of its own until told to stop; open connections may take a while then.
fn serve(
    listener: TcpListener,
    endpoint: impl Endpoint<Output = Response> + 'static,
    stop: &Stop,
) -> Result<Server, Failure> {
    let acceptor = TcpAcceptor::from_tokio(listener).map_err(Failure::Serve)?;
    let told = stop.clone();
    Ok(tokio::spawn(async move {
        poem::Server::new_with_acceptor(acceptor)
            .run_with_graceful_shutdown(endpoint, async move { told.stopped().await }, Some(DRAIN))
            .await
    }))
}

/// How a server's task ended.
fn ended(ended: Result<std::io::Result<()>, JoinError>) -> Result<(), Failure> {
    let ended = ended.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
    ended.map_err(Failure::Serve)
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

/// A server's task.
type Server = JoinHandle<std::io::Result<()>>;

/// A server that is listening, with its worker.
#[derive(Debug)]
pub struct Running {
    /// Where this machine reaches it, such as `http://127.0.0.1:8010`.
    pub url: String,
    /// What it serves.
    pub app: App,
    stop: Stop,
    server: Server,
    worker: JoinHandle<()>,
}

/// Opens everything, listens and starts the worker. Returns once requests are answered.
pub async fn start(program: Program, settings: &Settings) -> Result<Running, Failure> {
    let (listener, url) = listen(settings.addr).await?;
    let stop = Stop::default();
    let app = if program == Program::Demo {
        demo::open(settings, &url, stop.clone()).await?
    } else {
        let Opened { store, migrator } = open_store(settings).await?;
        let hot = open_hot(settings).await?;
        let role = if program == Program::ServeOnly { Role::Receives } else { Role::Both };
        let wired = wire(settings, real_world(settings, store, hot, role, &url))?;
        App::new(wired, migrator, settings, stop.clone())
    };
    let server = serve(listener, app.endpoint(), &stop)?;
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
    /// Serves until `asked` is done (SIGTERM or ctrl-c), then stops.
    pub async fn until(mut self, asked: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::select! {
            () = asked => self.stop().await,
            how = &mut self.server => ended(how),
        }
    }

    /// Stops accepting, lets open requests finish, then the worker.
    pub async fn stop(self) -> Result<(), Failure> {
        tracing::info!("stopping: open requests may finish");
        self.stop.stop();
        let served = ended(self.server.await);
        self.app.drained.stop();
        if tokio::time::timeout(FINISH, self.worker).await.is_err() {
            tracing::warn!(
                "the worker did not finish in time; what it was doing will be found again"
            );
        }
        served
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
