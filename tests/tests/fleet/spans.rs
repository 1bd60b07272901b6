//! Spans reach a collector: of requests, and of every statement, with names and never with a value.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use poem::listener::TcpAcceptor;
use poem::{Request, Response, endpoint};
use prost::Message as _;
use tokio::sync::watch;

use super::customers::Walker;
use super::process::Process;
use super::town::Town;

const PATIENCE: Duration = Duration::from_mins(1);

/// A stand-in of a collector, which takes spans over OTLP/HTTP.
struct Collector {
    url: String,
    spans: Arc<Mutex<Vec<Span>>>,
    came: watch::Receiver<usize>,
}

impl Collector {
    async fn open() -> Self {
        let spans = Arc::<Mutex<Vec<Span>>>::default();
        let (tell, came) = watch::channel(0);
        let shelf = Arc::clone(&spans);
        let tell = Arc::new(tell);
        let app = endpoint::make(move |mut request: Request| {
            let (shelf, tell) = (Arc::clone(&shelf), Arc::clone(&tell));
            async move {
                assert_eq!(request.uri().path(), "/v1/traces");
                assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
                let raw = request.take_body().into_vec().await.unwrap();
                let taken = ExportTraceServiceRequest::decode(raw.as_slice()).unwrap();
                let new = taken.resource_spans.into_iter().flat_map(|it| it.scope_spans);
                shelf.lock().unwrap().extend(new.flat_map(|scope| scope.spans));
                tell.send_modify(|n| *n += 1);
                let answer = ExportTraceServiceResponse { partial_success: None };
                Ok::<_, poem::Error>(
                    Response::builder()
                        .content_type("application/x-protobuf")
                        .body(answer.encode_to_vec()),
                )
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(app));
        Self { url, spans, came }
    }

    /// Waits until a span came that fits.
    async fn sees(&self, what: &str, fits: impl Fn(&Span) -> bool) {
        let mut came = self.came.clone();
        let seen = came.wait_for(|_| self.spans.lock().unwrap().iter().any(&fits));
        let seen = tokio::time::timeout(PATIENCE, seen).await;
        assert!(seen.is_ok_and(|seen| seen.is_ok()), "no {what}: {:#?}", self.names());
    }

    fn names(&self) -> std::collections::BTreeSet<String> {
        self.spans.lock().unwrap().iter().map(|span| span.name.clone()).collect()
    }
}

/// An attribute of a span, where it is text.
fn attribute<'a>(span: &'a Span, name: &str) -> Option<&'a str> {
    let found = span.attributes.iter().find(|it| it.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_of_postgres_is_seen_by_a_collector() {
    let Some(town) = Town::open(1).await else { return };
    let collector = Collector::open().await;
    let mut settings = town.settings();
    settings.push(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()));
    settings.push(("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()));
    let server = Process::start("serve", &settings).await;
    town.office.comes(server.port);
    let customer = Walker::new(&town, 0);
    customer.chat.say("how much is a beard trim?");
    customer.hears(|_| !customer.texts().is_empty()).await;

    collector.sees("request", |span| span.name == "ratiba.http.request").await;
    let tenant = town.business.tenant.slug.as_str().replace('-', "_");
    let schema = format!("tenant_{tenant}");
    let of_the_tenant = |span: &Span| {
        attribute(span, "db.system.name") == Some("postgresql")
            && attribute(span, "tenant.id") == Some(&schema)
            && attribute(span, "ratiba.operation").is_some_and(|it| !it.is_empty())
    };
    collector.sees("statement of the tenant", of_the_tenant).await;
    collector.sees("statement of the registry", |span| span.name.starts_with("SELECT ")).await;
    // What is left is sent before the process ends.
    town.meta.settle().await;
    server.stop().await;
    let spans = collector.spans.lock().unwrap();
    let sql = spans.iter().filter(|span| attribute(span, "db.system.name").is_some());
    assert!(sql.count() > 10, "{}", spans.len());
    let shown = format!("{spans:?}");
    for value in ["beard trim", customer.phone.as_str(), "token-of-the-fleet"] {
        assert!(!shown.contains(value), "a span holds `{value}`");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_of_sqlite_is_seen_by_a_collector() {
    let collector = Collector::open().await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()),
    ];
    let demo = Process::start("demo", &settings).await;
    let is_of = |verb: &'static str, table: &'static str| {
        move |span: &Span| {
            attribute(span, "db.system.name") == Some("sqlite")
                && attribute(span, "db.operation.name") == Some(verb)
                && attribute(span, "db.collection.name") == Some(table)
        }
    };
    collector.sees("insert", is_of("INSERT", "inbox")).await;
    collector.sees("select", is_of("SELECT", "tenants")).await;
    let of_a_tenant =
        |span: &Span| attribute(span, "tenant.id").is_some_and(|id| id.starts_with("tnt_"));
    collector.sees("statement of a tenant", of_a_tenant).await;
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_costs_nobody_anything() {
    let nowhere = format!("http://127.0.0.1:{}", crate::hot::redis::free_port());
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", nowhere)];
    let demo = Process::start("demo", &settings).await;
    let url = format!("http://127.0.0.1:{}/readyz", demo.port);
    assert!(reqwest::get(url).await.unwrap().status().is_success());
    demo.stop().await;
}
