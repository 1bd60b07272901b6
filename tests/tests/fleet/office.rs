//! What stands between the outside and the processes: a front door that knows which of them are alive, and delivers what Meta sends
//! as often and as out of turn as Meta may.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::web::Data;
use poem::{Body, EndpointExt as _, Request, Route, Server, handler};
use ratiba_core::ports::clock::Entropy as _;
use ratiba_core::testing::SeededEntropy;
use tokio::task::JoinHandle;

/// Between tries, when nobody is there.
const PAUSE: Duration = Duration::from_millis(20);

/// The front door.
pub(super) struct Office {
    /// Where providers reach us.
    pub(super) url: String,
    inside: Arc<Inside>,
    task: JoinHandle<()>,
}

struct Inside {
    /// Ports of the processes that are alive.
    alive: Mutex<Vec<u16>>,
    /// Each webhook of Meta is delivered so often at most.
    copies: u64,
    chance: SeededEntropy,
    http: reqwest::Client,
}

impl Office {
    pub(super) async fn open(seed: u64, copies: u64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inside = Arc::new(Inside {
            alive: Mutex::default(),
            copies,
            chance: SeededEntropy::new(seed),
            // A connection each: a provider's requests come from everywhere.
            http: reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap(),
        });
        let app = Route::new().at("/*path", poem::post(pass_on)).data(Arc::clone(&inside));
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        let task =
            tokio::spawn(
                async move { Server::new_with_acceptor(acceptor).run(app).await.unwrap() },
            );
        Self { url, inside, task }
    }

    pub(super) fn comes(&self, port: u16) {
        self.inside.alive.lock().unwrap().push(port);
    }

    pub(super) fn goes(&self, port: u16) {
        self.inside.alive.lock().unwrap().retain(|alive| *alive != port);
    }

    /// A number below `limit`.
    pub(super) fn draw(&self, limit: usize) -> usize {
        self.inside.draw(limit)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Inside {
    fn draw(&self, limit: usize) -> usize {
        usize::try_from(self.chance.draw() % limit as u64).unwrap()
    }

    /// Somebody who is alive, or was a moment ago.
    async fn somebody(&self) -> u16 {
        loop {
            {
                let alive = self.alive.lock().unwrap();
                if !alive.is_empty() {
                    return alive[self.draw(alive.len())];
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One delivery to one process. `None`: nobody answered, and nobody knows what was done.
    async fn deliver(&self, letter: &Letter) -> Option<StatusCode> {
        let url = format!("http://127.0.0.1:{}{}", self.somebody().await, letter.path);
        let mut request = self.http.post(url).body(letter.body.clone());
        for (name, value) in &letter.headers {
            request = request.header(name, value);
        }
        request.send().await.ok().map(|answer| answer.status())
    }

    /// As Meta: again and again until it is answered with 200.
    async fn insist(&self, letter: &Letter) {
        while self.deliver(letter).await != Some(StatusCode::OK) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

struct Letter {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[handler]
async fn pass_on(request: &Request, body: Body, inside: Data<&Arc<Inside>>) -> StatusCode {
    let headers = ["content-type", "x-hub-signature-256", "businessshortcode"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), request.header(name)?.to_owned())))
        .collect();
    let path = request.uri().path().to_owned();
    let letter = Arc::new(Letter { path, headers, body: body.into_vec().await.unwrap() });
    if !letter.path.ends_with("/whatsapp") {
        // As Safaricom: told once. A balancer tries another process only where the first could not be reached.
        return inside.deliver(&letter).await.unwrap_or(StatusCode::BAD_GATEWAY);
    }
    inside.insist(&letter).await;
    for _ in 0..inside.chance.draw() % inside.copies {
        let (inside, letter) = (Arc::clone(&inside), Arc::clone(&letter));
        let later = Duration::from_millis(inside.chance.draw() % 400);
        tokio::spawn(async move {
            tokio::time::sleep(later).await;
            inside.insist(&letter).await;
        });
    }
    StatusCode::OK
}
