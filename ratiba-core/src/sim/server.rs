//! A small HTTP server on a free port of this machine, which stops when it is dropped.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use poem::listener::TcpAcceptor;
use poem::{IntoEndpoint, Server};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long requests in flight may take once the server is told to stop; a fault may leave one hanging for ever.
const GRACE: Duration = Duration::from_secs(1);

/// A running server. Needs a tokio runtime with time and I/O.
#[derive(Debug)]
pub(crate) struct SimServer {
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

impl SimServer {
    /// Serves an app on 127.0.0.1 at a port that the system picks. It is listening when this returns.
    pub(crate) async fn start<E>(app: E) -> io::Result<Self>
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
        let (stop, stopped) = oneshot::channel();
        let endpoint = app.into_endpoint();
        let running = tokio::spawn(async move {
            // A dropped sender is a wish to stop too.
            let signal = async { drop(stopped.await) };
            if let Err(error) =
                server.run_with_graceful_shutdown(endpoint, signal, Some(GRACE)).await
            {
                tracing::warn!(error = %error, "a stand-in stopped");
            }
        });
        Ok(Self { addr, stop: Some(stop), running: Some(running) })
    }

    /// `http://127.0.0.1:<port>`, without a slash at the end.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops, and returns once nothing listens any more: connections are refused from then on.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            // A panic inside was reported where it happened.
            drop(running.await);
        }
    }
}
