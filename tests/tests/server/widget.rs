//! The web widget over a real WebSocket.

use futures_util::{SinkExt as _, StreamExt as _};
use ratiba_core::adapters::web::{By, ClientFrame, FrameError, ServerFrame, Shown};
use reqwest::StatusCode;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Around, answer};

/// A widget that is open in somebody's browser.
struct Browser(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Browser {
    async fn open(around: &Around, slug: &str) -> Self {
        let path = around.url(&format!("/api/v1/widget/{slug}/ws"));
        let (socket, _) = connect_async(path.replace("http://", "ws://")).await.unwrap();
        Self(socket)
    }

    async fn send(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).unwrap();
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn next(&mut self) -> ServerFrame {
        loop {
            if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn hello(
        &mut self,
        token: Option<String>,
        last_id: Option<String>,
    ) -> (String, Vec<Shown>) {
        self.send(&ClientFrame::Hello { token, last_id }).await;
        match self.next().await {
            ServerFrame::Welcome { token, history } => (token, history),
            other => panic!("{other:?} is no welcome"),
        }
    }

    /// The next thing that the business says.
    async fn told(&mut self) -> Shown {
        loop {
            if let ServerFrame::Message(shown) = self.next().await {
                return shown;
            }
        }
    }
}

fn say(client_id: &str, text: &str) -> ClientFrame {
    ClientFrame::Say { client_id: client_id.to_owned(), text: text.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_answered_and_finds_the_conversation_again() {
    let around = Around::start().await;
    let mut browser = Browser::open(&around, "demo-barbershop").await;
    let (token, history) = browser.hello(None, None).await;
    assert_eq!(history, []);
    browser.send(&say("1", "How much is a haircut?")).await;
    let told = browser.told().await;
    assert!(told.text.contains("500"), "{}", told.text);
    drop(browser);

    let mut again = Browser::open(&around, "demo-barbershop").await;
    let (_, history) = again.hello(Some(token.clone()), None).await;
    let by: Vec<By> = history.iter().map(|shown| shown.by).collect();
    assert_eq!(by, [By::Visitor, By::Agent]);
    assert_eq!(history[1].id, told.id);
    drop(again);

    let mut third = Browser::open(&around, "demo-barbershop").await;
    let (_, missed) = third.hello(Some(token), Some(told.id)).await;
    assert_eq!(missed, []);
    drop(third);
    around.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_sent_twice_is_acknowledged_twice_and_answered_once() {
    let around = Around::start().await;
    let mut browser = Browser::open(&around, "demo-barbershop").await;
    browser.hello(None, None).await;
    for _ in 0..2 {
        browser.send(&say("1", "Where are you?")).await;
    }
    browser.send(&say("2", "How much is a haircut?")).await;
    let (mut acks, mut told) = (Vec::new(), Vec::new());
    while acks.len() < 3 || told.len() < 2 {
        match browser.next().await {
            ServerFrame::Ack { client_id } => acks.push(client_id),
            ServerFrame::Message(shown) => told.push(shown.text),
            _ => {}
        }
    }
    assert_eq!(acks, ["1", "1", "2"]);
    assert!(told[1].contains("500"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_conversation_is_refused() {
    let around = Around::start().await;
    let mut browser = Browser::open(&around, "demo-barbershop").await;
    browser.send(&say("1", "Habari")).await;
    let first = ServerFrame::Error { code: FrameError::HelloFirst, client_id: None };
    assert_eq!(browser.next().await, first);
    let get = |path: &str| answer(around.http.get(around.url(path)));
    let (status, problem) = get("/api/v1/widget/demo-barbershop/ws").await;
    assert_eq!((status, &problem["code"]), (StatusCode::UPGRADE_REQUIRED, &json!("RTB-2014")));
    let (status, problem) = get("/api/v1/widget/nobody/ws").await;
    assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("RTB-2010")));
    assert_eq!(get("/w/demo-salon").await.0, StatusCode::OK);
    assert_eq!(get("/w/nobody").await.0, StatusCode::NOT_FOUND);
}
