//! A business with WhatsApp, a stand-in of Meta, and a small server between them that keeps what it hears.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use poem::http::{HeaderMap, StatusCode};
use poem::listener::TcpAcceptor;
use poem::web::{Data, Query};
use poem::{Body, EndpointExt, Route, Server, get, handler};
use ratiba_core::adapters::meta::{MetaConfig, WhatsApp};
use ratiba_core::domain::channel::{Address, ChannelKind};
use ratiba_core::domain::id::{Id, Mint};
use ratiba_core::domain::message::{Choice, Content, InboundMessage, Reply};
use ratiba_core::ports::channel::{
    Channel, ChannelAccount, ChannelEvent, Outbound, Sent, SignatureError, StatusReport, Webhook,
};
use ratiba_core::ports::clock::Clock;
use ratiba_core::ports::fault::Fault;
use ratiba_core::sim::meta::{Chat, MetaSim, MetaSimConfig, Person, Statuses};

pub(crate) const ACCOUNT: &str = "200000000000001";
pub(crate) const WANJIRU: &str = "254712345678";
pub(crate) const HIDDEN: &str = "254733000111";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub(crate) struct StillClock(Mutex<Timestamp>);

impl StillClock {
    pub(crate) fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A server as ours is to be: verify, decode, keep, answer 200.
#[derive(Debug)]
struct Receiver {
    channel: WhatsApp,
    /// The verdict on each post, in order.
    heard: Mutex<Vec<Result<Vec<ChannelEvent>, StatusCode>>>,
}

#[handler]
fn challenge(
    Data(receiver): Data<&Arc<Receiver>>,
    Query(query): Query<Vec<(String, String)>>,
) -> (StatusCode, String) {
    match receiver.channel.challenge(&query) {
        Some(challenge) => (StatusCode::OK, challenge),
        None => (StatusCode::FORBIDDEN, String::new()),
    }
}

#[handler]
async fn receive(
    Data(receiver): Data<&Arc<Receiver>>,
    headers: &HeaderMap,
    body: Body,
) -> StatusCode {
    let raw = body.into_bytes().await.unwrap();
    let signature = headers.get("X-Hub-Signature-256").map(|value| value.to_str().unwrap());
    let verdict = match receiver.channel.verify(signature, &raw) {
        Ok(()) => receiver.channel.decode(&raw).map_err(|_| StatusCode::OK),
        Err(SignatureError::Missing) => Err(StatusCode::UNAUTHORIZED),
        Err(SignatureError::Wrong) => Err(StatusCode::FORBIDDEN),
    };
    let status = verdict.as_ref().map_or_else(|status| *status, |_| StatusCode::OK);
    receiver.heard.lock().unwrap().push(verdict);
    status
}

pub(crate) struct World {
    pub(crate) sim: MetaSim,
    pub(crate) channel: WhatsApp,
    receiver: Arc<Receiver>,
    pub(crate) account: ChannelAccount,
    pub(crate) clock: Arc<StillClock>,
    ids: Mutex<u32>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Statuses::UpToRead, None).await
    }

    /// A world in which Meta was told another verify token than our server was.
    pub(crate) async fn with_token(token: &str) -> Self {
        Self::build(Statuses::None, None, token).await
    }

    pub(crate) async fn with(statuses: Statuses, client: Option<reqwest::Client>) -> Self {
        Self::build(statuses, client, "our-token").await
    }

    async fn build(statuses: Statuses, client: Option<reqwest::Client>, token: &str) -> Self {
        let now = "2026-11-23T09:00:00+03:00".parse().unwrap();
        let clock = Arc::new(StillClock(Mutex::new(now)));
        let sim = MetaSim::start(MetaSimConfig {
            app_secret: "sim-app-secret".into(),
            verify_token: token.into(),
            statuses,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        })
        .await
        .unwrap();
        sim.add_number(ACCOUNT, "254700000001", "token-1");
        sim.add_person(Person::new(WANJIRU, "Wanjiru"));
        sim.add_person(Person::new(HIDDEN, "Otieno").hidden());
        let mut config =
            MetaConfig::new("our-token".into(), vec!["older".into(), "sim-app-secret".into()]);
        config.graph_url = sim.base_url().to_owned();
        let channel = |client: Option<reqwest::Client>| {
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            match client {
                Some(client) => WhatsApp::with_client(&config, clock, client),
                None => WhatsApp::new(&config, clock).unwrap(),
            }
        };
        let receiver = Arc::new(Receiver { channel: channel(None), heard: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app =
            Route::new().at("/hook", get(challenge).post(receive)).data(Arc::clone(&receiver));
        let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap());
        tokio::spawn(server.run(app));
        sim.set_webhook(&url);
        let account = ChannelAccount {
            tenant: mint(1),
            channel: ChannelKind::Whatsapp,
            account: ACCOUNT.into(),
            token: "token-1".into(),
        };
        Self { channel: channel(client), sim, receiver, account, clock, ids: Mutex::new(100) }
    }

    pub(crate) fn wanjiru(&self) -> Chat {
        self.sim.chat(ACCOUNT, WANJIRU)
    }

    pub(crate) fn outbound(&self, to: &str, reply: Reply) -> Outbound {
        let mut ids = self.ids.lock().unwrap();
        *ids += 1;
        let to = Address {
            channel: ChannelKind::Whatsapp,
            account: ACCOUNT.into(),
            peer: to.to_owned(),
        };
        Outbound { id: mint(*ids), to, reply }
    }

    pub(crate) async fn send(&self, to: &str, reply: Reply) -> Result<Sent, Fault> {
        self.channel.send(&self.account, &self.outbound(to, reply)).await
    }

    /// What every webhook so far told; those that were refused told nothing.
    pub(crate) async fn events(&self) -> Vec<ChannelEvent> {
        self.sim.settle().await;
        let heard = self.receiver.heard.lock().unwrap();
        heard.iter().filter_map(|verdict| verdict.as_ref().ok()).flatten().cloned().collect()
    }

    pub(crate) async fn messages(&self) -> Vec<InboundMessage> {
        let events = self.events().await.into_iter();
        events
            .filter_map(|event| match event {
                ChannelEvent::Message(message) => Some(*message),
                _ => None,
            })
            .collect()
    }

    pub(crate) async fn statuses(&self) -> Vec<StatusReport> {
        let events = self.events().await.into_iter();
        events
            .filter_map(|event| match event {
                ChannelEvent::Status(status) => Some(status),
                _ => None,
            })
            .collect()
    }

    pub(crate) async fn answers(&self) -> Vec<Option<u16>> {
        self.sim.settle().await;
        self.sim.posted_webhooks().iter().map(|posted| posted.status).collect()
    }
}

fn mint<K>(n: u32) -> Id<K> {
    Mint { at: Timestamp::UNIX_EPOCH, seed: 1 }.id(n)
}

pub(crate) fn choices(titles: &[&str]) -> Vec<Choice> {
    titles
        .iter()
        .map(|title| Choice {
            id: format!("pick:{title}"),
            title: (*title).to_owned(),
            description: None,
        })
        .collect()
}

pub(crate) fn offer(text: &str, titles: &[&str]) -> Reply {
    Reply { choices: choices(titles), ..Reply::text(text) }
}

pub(crate) fn text(body: &str) -> Content {
    Content::Text { body: body.to_owned() }
}

/// A client for the tests of silence.
pub(super) fn hasty() -> reqwest::Client {
    reqwest::Client::builder().timeout(crate::HASTE).build().unwrap()
}
