//! What a WhatsApp webhook costs before it is stored: the signature and the reading of one message, and of a thousand.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use ratiba_core::adapters::meta::{MetaConfig, WhatsApp};
use ratiba_core::ports::channel::Webhook;
use ratiba_core::ports::clock::Clock;
use sha2::Sha256;

const SECRET: &str = "sim-app-secret";

/// Nothing that is measured reads it.
#[derive(Debug)]
struct NoClock;

impl Clock for NoClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

fn body(messages: usize) -> String {
    let message = |n: usize| {
        format!(
            r#"{{"from":"254712345678","from_user_id":"KE.90210000000000000001","id":"wamid.HBgMMjU0NzEyMzQ1Njc4{n}","timestamp":"1757930400","type":"text","text":{{"body":"Habari \ud83d\udc4b nataka nafasi kesho saa tisa"}}}}"#
        )
    };
    let messages: Vec<String> = (0..messages).map(message).collect();
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"100000000000001","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"254700000001","phone_number_id":"200000000000001"}},"contacts":[{{"profile":{{"name":"Wanjiru"}},"wa_id":"254712345678","user_id":"KE.90210000000000000001"}}],"messages":[{}]}}}}]}}]}}"#,
        messages.join(",")
    )
}

fn signature(body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

fn webhook(c: &mut Criterion) {
    let config = MetaConfig::new("token".into(), vec![SECRET.into()]);
    let channel = WhatsApp::new(&config, Arc::new(NoClock)).expect("an HTTP client can be made");
    let mut group = c.benchmark_group("webhook");
    for messages in [1, 1000] {
        let body = body(messages);
        let signature = signature(&body);
        group.throughput(Throughput::Elements(u64::try_from(messages).unwrap_or(1)));
        group.bench_function(format!("verify and decode {messages}"), |b| {
            b.iter(|| {
                let raw = black_box(body.as_bytes());
                channel.verify(Some(&signature), raw).expect("it is signed");
                channel.decode(raw).expect("it can be read")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, webhook);
criterion_main!(benches);
