//! Customers who write all at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use ratiba_core::adapters::system::SystemClock;
use ratiba_core::ports::clock::Clock as _;
use ratiba_core::sim::meta::Person;
use sha2::Sha256;

use crate::server::{ACCOUNT, Place, SECRET, Server, Town};
use crate::turns::spread;

/// How long acknowledgements are counted.
const COUNTED: Duration = Duration::from_secs(8);
/// Customers who write by turns.
const PEERS: usize = 500;
/// By when everybody has been answered, or nothing is to be measured.
const ANSWERED: Duration = Duration::from_mins(5);
/// Connections over which conversations are opened.
const OPENING: usize = 16;

fn body(peer: usize, message: usize, text: &str) -> String {
    let now = SystemClock.now().as_second();
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"100000000000001","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"254711000001","phone_number_id":"{ACCOUNT}"}},"contacts":[{{"profile":{{"name":"Wanjiru"}},"wa_id":"2541{peer:08}"}}],"messages":[{{"from":"2541{peer:08}","id":"wamid.{message}","timestamp":"{now}","type":"text","text":{{"body":"{text}"}}}}]}}}}]}}]}}"#
    )
}

fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

async fn deliver(http: &reqwest::Client, url: &str, body: String) {
    let signature = signature(&body);
    let request = http.post(url).header("x-hub-signature-256", signature).body(body);
    let answer = request.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap();
}

/// Messages of people who are known, each answered with 200 once it is stored.
pub(crate) async fn acknowledgements(place: &Place, server: &Server, connections: usize) -> String {
    let url = format!("{}/api/v1/webhooks/whatsapp", server.url);
    let http =
        reqwest::Client::builder().no_proxy().pool_max_idle_per_host(connections).build().unwrap();
    let next = Arc::new(AtomicUsize::new(connections * 100_000_000));
    for peer in 0..PEERS {
        deliver(&http, &url, body(peer, next.fetch_add(1, Ordering::Relaxed), "sawa")).await;
    }
    place.look().await;
    let start = Instant::now();
    let clients = (0..connections).map(|_| {
        let (url, next) = (url.clone(), Arc::clone(&next));
        // One connection each, as a crowd has.
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        tokio::spawn(async move {
            let mut took = Vec::new();
            while start.elapsed() < COUNTED {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let asked = Instant::now();
                deliver(&http, &url, body(n % PEERS, n, "sawa")).await;
                took.push(asked.elapsed());
            }
            took
        })
    });
    let mut took = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        took.extend(client.await.unwrap());
    }
    spread(took, start.elapsed())
}

/// A message from each of so many people, over a few connections.
async fn all_write(server: &Server, many: usize, first: usize, text: &'static str) {
    let url = format!("{}/api/v1/webhooks/whatsapp", server.url);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let next = Arc::new(AtomicUsize::new(0));
    let clients = (0..OPENING).map(|_| {
        let (url, next, http) = (url.clone(), Arc::clone(&next), http.clone());
        tokio::spawn(async move {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= many {
                    return;
                }
                deliver(&http, &url, body(n + 1, first + n, text)).await;
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}

/// Opens so many conversations, and waits until each has had its turn.
pub(crate) async fn conversations(town: &Town, server: &Server, many: usize) {
    all_write(server, many, 0, "Hi I want to book a haircut").await;
    let store = town.store.of(town.tenant);
    let wanted = u32::try_from(many).unwrap();
    let answered = async {
        while store.threads(wanted).await.unwrap().len() < many {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::time::timeout(ANSWERED, answered).await.expect("all are answered");
}

/// So many people open a conversation, and all say when they would like to come: how many of these messages are answered a second, from the
/// webhook to what Meta's stand-in was sent.
pub(crate) async fn answers(place: &Place, town: &Town, server: &Server, many: usize) -> String {
    let phone = |peer: usize| format!("2541{peer:08}");
    for peer in 1..=many {
        town.meta.add_person(Person::new(&phone(peer), "Wanjiru"));
        // The stand-in lets a business answer only who has written to it.
        town.meta.chat(ACCOUNT, &phone(peer)).say("Hi");
    }
    let answered = async |messages: usize| {
        let all = async {
            for peer in 1..=many {
                while town.meta.conversation(ACCOUNT, &phone(peer)).len() <= messages {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        tokio::time::timeout(ANSWERED, all).await.expect("all are answered");
    };
    all_write(server, many, 0, "Hi I want to book a haircut").await;
    answered(1).await;
    place.look().await;
    let start = Instant::now();
    all_write(server, many, many, "kesho saa tisa").await;
    answered(2).await;
    let rate = f64::from(u32::try_from(many).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64();
    format!("{rate:.0}/s")
}
