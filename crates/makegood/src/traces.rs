//! OpenTelemetry: a span for every request and every commit, sent to a collector over HTTP.
//!
//! Where to and what about is told by the standard variables `OTEL_*`; without an endpoint nothing
//! is sent. Spans are handed to a thread of their own and dropped when it does not keep up: no
//! request waits for a collector.
//!
//! <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::AnswerSeen;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, TracerProvider};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use outside::clock::{Clock, SystemClock};

use crate::failure::{Done, Failure};

/// Either of them says that there is a collector.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// What spans are made by.
const SCOPE: &str = "makegood";

/// Sends spans as long as it lives, and at its end what is left.
pub(crate) struct Traces(Option<SdkTracerProvider>);

/// Begins to send spans if there is a collector. To be called outside the server's runtime.
///
/// # Errors
///
/// The variables make no sense.
pub(crate) fn start() -> Done<Traces> {
    let is_set = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        ENDPOINTS.iter().any(|endpoint| name == *endpoint) && !value.is_empty()
    };
    if !std::env::vars_os().any(is_set) {
        return Ok(Traces(None));
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build();
    let exporter = exporter.map_err(|error| {
        Failure::new(format!("traces cannot be sent: {error}"))
            .next("correct OTEL_EXPORTER_OTLP_ENDPOINT, or leave it out")
    })?;
    let mut resource = Resource::builder();
    if !std::env::vars_os().any(|(name, _)| name == "OTEL_SERVICE_NAME") {
        resource = resource.with_service_name(SCOPE);
    }
    let provider = SdkTracerProvider::builder()
        .with_resource(resource.build())
        .with_batch_exporter(exporter)
        .build();
    global::set_tracer_provider(provider.clone());
    Ok(Traces(Some(provider)))
}

impl Traces {
    /// Makes a span of every answer.
    pub(crate) fn watch(&self, app: &http::App) {
        let Some(provider) = &self.0 else { return };
        let (tracer, propagator) = (provider.tracer(SCOPE), TraceContextPropagator::new());
        app.watch(move |seen| {
            let parent = parent_of(&propagator, seen.traceparent);
            let mut span = of_answer(seen).start_with_context(&tracer, &parent);
            if seen.status >= 500 {
                span.set_status(Status::error(seen.code.unwrap_or_default()));
            }
            span.end_with_timestamp(now());
        });
    }

    /// Has a span made of every commit.
    pub(crate) fn watch_commits(&self, options: &mut writer::Options) {
        options.on_commit = self.0.is_some().then_some(on_commit);
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(provider) = &self.0 {
            // Spans that no collector takes are lost; nothing else is.
            let _ = provider.shutdown_with_timeout(Duration::from_secs(2));
        }
    }
}

fn parent_of(propagator: &TraceContextPropagator, traceparent: Option<&str>) -> Context {
    let header = traceparent.map(|text| ("traceparent".to_owned(), text.to_owned()));
    let headers: HashMap<String, String> = header.into_iter().collect();
    propagator.extract_with_context(&Context::new(), &headers)
}

/// The span of an answer: route, status and ids; never what was sent.
fn of_answer(seen: &AnswerSeen<'_>) -> SpanBuilder {
    let mut attributes = vec![
        KeyValue::new("http.request.method", method(seen.method)),
        KeyValue::new("http.route", seen.route),
        KeyValue::new("http.response.status_code", i64::from(seen.status)),
        KeyValue::new("makegood.request_id", seen.request.to_string()),
    ];
    attributes.extend(seen.code.map(|code| KeyValue::new("makegood.problem", code)));
    SpanBuilder::from_name(format!("{} {}", method(seen.method), seen.route))
        .with_kind(SpanKind::Server)
        .with_start_time(ago(seen.took))
        .with_attributes(attributes)
}

/// The method, if it is a known one: others are whatever somebody sent.
fn method(sent: &str) -> &'static str {
    let known = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    known.into_iter().find(|known| *known == sent).unwrap_or("_OTHER")
}

fn on_commit(records: u64, took: Duration) {
    let records = i64::try_from(records).unwrap_or(i64::MAX);
    let micros = i64::try_from(took.as_micros()).unwrap_or(i64::MAX);
    let tracer = global::tracer(SCOPE);
    let mut span = SpanBuilder::from_name("commit")
        .with_start_time(ago(took))
        .with_attributes([
            KeyValue::new("makegood.records", records),
            KeyValue::new("makegood.commit_micros", micros),
        ])
        .start_with_context(&tracer, &Context::new());
    span.end_with_timestamp(now());
}

fn now() -> SystemTime {
    let micros = SystemClock::new().now().micros();
    UNIX_EPOCH + Duration::from_micros(micros.unsigned_abs())
}

fn ago(took: Duration) -> SystemTime {
    now().checked_sub(took).unwrap_or(UNIX_EPOCH)
}
