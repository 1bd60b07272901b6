//! Spans to an OpenTelemetry collector, over OTLP/HTTP in protobuf. Only with feature `otel`, and only where `OTEL_EXPORTER_OTLP_ENDPOINT` (or
//! the one for traces alone) names a collector; the exporter reads the other variables of the OpenTelemetry specification by itself.

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// Variables of the OpenTelemetry specification that name a collector.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// What sends, for whoever ends the process.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// What hands our spans, statements among them, to a thread of its own, which sends them in batches; `None` where no collector is named or the
/// exporter can't be made. A collector that is down costs spans, never a request.
pub(crate) fn layer<S>() -> Option<impl Layer<S>>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    if !ENDPOINTS.into_iter().any(set) {
        return None;
    }
    let exporter =
        SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build().ok()?;
    let resource = Resource::builder().with_service_name("ratiba").build();
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let tracer = provider.tracer("ratiba");
    let provider = PROVIDER.get_or_init(|| provider);
    opentelemetry::global::set_tracer_provider(provider.clone());
    // Ours, and no library's: those may hold what was sent.
    let ours = Targets::new().with_target("ratiba", Level::DEBUG);
    Some(tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours))
}

/// Sends what is left. A collector that does not answer is waited for no longer than its own time-out.
pub(crate) fn finish() {
    if let Some(provider) = PROVIDER.get() {
        // What could not be sent is lost, and there is nobody left to be told.
        let _lost = provider.shutdown();
    }
}
