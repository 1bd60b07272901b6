//! Chromium, driven over its `DevTools` protocol: visit a page, evaluate in it, cut it off from the network.

use std::io::Write as _;
use std::process::Stdio;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Where a Chromium may lie.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser with one page and a profile of its own; both are gone when it is dropped.
pub(super) struct Browser {
    child: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    sent: u64,
    profile: std::path::PathBuf,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A browser that has ended already is as good; its folder goes in either case.
        let _ended = self.child.start_kill();
        let _gone = std::fs::remove_dir_all(&self.profile);
    }
}

impl Browser {
    /// A browser, or `None` where none is installed.
    pub(super) async fn open() -> Option<Self> {
        let profile = std::env::temp_dir().join(format!(
            "ratiba-browser-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::create_dir_all(&profile).unwrap();
        let Some(mut child) = NAMES.iter().find_map(|name| spawn(name, &profile)) else {
            // Past the harness, which keeps what passing tests print to itself.
            std::io::stderr().write_all(b"left out: no Chromium is installed\n").unwrap();
            return None;
        };
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap().expect("Chromium ended before it listened");
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        // Whoever stops reading stops the browser.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = connect_async(address).await.unwrap();
        let mut browser = Self { child, socket, session: String::new(), sent: 0, profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach).await;
        attached["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        for domain in ["Page.enable", "Runtime.enable", "Network.enable"] {
            browser.call(domain, json!({})).await;
        }
        Some(browser)
    }

    /// Goes to a page and returns once it has loaded.
    pub(super) async fn visit(&mut self, url: &str) {
        self.send("Page.navigate", &json!({ "url": url })).await;
        while self.next().await["method"] != "Page.loadEventFired" {}
    }

    /// The value of an expression, awaited.
    pub(super) async fn evaluate(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", params).await;
        assert!(answer.get("exceptionDetails").is_none(), "{answer:#}");
        answer["result"]["value"].clone()
    }

    /// Takes the network away, or gives it back.
    pub(super) async fn offline(&mut self, offline: bool) {
        let params = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.call("Network.emulateNetworkConditions", params).await;
    }

    /// Gives the page a screen of so many points.
    pub(super) async fn screen(&mut self, width: u32, height: u32) {
        let mobile = width < 600;
        let params =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.call("Emulation.setDeviceMetricsOverride", params).await;
    }

    /// Keeps a picture of the page as `name.png` in the folder that `RATIBA_TEST_PICTURES` names, where it names one.
    pub(super) async fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("RATIBA_TEST_PICTURES") else { return };
        let taken = self.call("Page.captureScreenshot", json!({ "format": "png" })).await;
        let png = STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), png).unwrap();
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, &params).await;
        loop {
            let message = self.next().await;
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    async fn send(&mut self, method: &str, params: &Value) -> u64 {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(message.to_string())).await.unwrap();
        self.sent
    }

    async fn next(&mut self) -> Value {
        loop {
            let message = self.socket.next().await.expect("Chromium ended").unwrap();
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}

fn spawn(name: &str, profile: &std::path::Path) -> Option<Child> {
    Command::new(name)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"])
        .args(["--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--remote-debugging-port=0"])
        .args(["--lang=en", "--disable-dev-shm-usage"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg("about:blank")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .ok()
}
