//! A receiver in a process of its own, and a sender that may reach it.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::Instant;
use outside::clock::{Clock, SystemClock};
use outside::random::SeededRandomness;
use serde_json::Value;
use testbed::{Script, certificates};
use webhooks::{
    Delivery, EndpointUrl, MessageId, Names, Outcome, Reach, Secret, Secrets, Sender,
    SenderSettings, SystemNames,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/receiver.py");

pub const BODY: &str = r#"{"type":"gift_card.issued","data":{"name":"Zoë 🎁"}}"#;

pub fn secret(seed: u64) -> Secret {
    Secret::generate(&mut SeededRandomness::new(seed))
}

pub fn now() -> Instant {
    SystemClock::new().now()
}

pub struct Receiver {
    script: Script,
    pub address: SocketAddr,
}

impl Receiver {
    /// One that knows the secrets of these seeds.
    pub fn start(seeds: &[u64]) -> Self {
        Self::start_with(seeds, &[])
    }

    pub fn encrypted(seeds: &[u64]) -> Self {
        Self::start_with(seeds, &[certificates::server_pem()])
    }

    fn start_with(seeds: &[u64], more: &[&str]) -> Self {
        let secrets: Vec<String> = seeds.iter().map(|seed| secret(*seed).reveal()).collect();
        let secrets = secrets.join(",");
        let mut arguments = vec![secrets.as_str()];
        arguments.extend(more);
        let (script, address) = Script::server(SCRIPT, &arguments);
        Self { script, address }
    }

    pub fn url(&self, path: &str) -> EndpointUrl {
        url(&format!("http://{}{path}", self.address))
    }

    /// The next request that arrived.
    pub fn arrived(&self) -> Value {
        serde_json::from_str(&self.script.line()).unwrap()
    }

    /// What else has arrived.
    pub fn more(&self) -> Vec<String> {
        self.script.lines_so_far()
    }
}

pub fn url(text: &str) -> EndpointUrl {
    EndpointUrl::parse(text, Reach::PublicAndLoopback).unwrap()
}

/// Settings with which this machine may be reached.
pub fn settings() -> SenderSettings {
    SenderSettings {
        reach: Reach::PublicAndLoopback,
        patience: Duration::from_secs(20),
        more_roots: Vec::new(),
        names: Arc::new(SystemNames),
    }
}

pub fn send(settings: &SenderSettings, url: &EndpointUrl) -> Outcome {
    let secrets = Secrets { newest: secret(1), older: Vec::new() };
    Sender::new(settings).send(&Delivery {
        id: &MessageId::new("evt_00000000000000000000000001").unwrap(),
        url,
        secrets: &secrets,
        body: BODY.as_bytes(),
        now: now(),
    })
}

/// Names whose addresses a test decides, one answer after the other, the last for ever.
#[derive(Debug, Default)]
pub struct MadeUpNames {
    answers: Mutex<Vec<Vec<SocketAddr>>>,
    pub asked: AtomicU32,
}

impl MadeUpNames {
    pub fn new(answers: &[&[SocketAddr]]) -> Arc<Self> {
        let mut answers: Vec<_> = answers.iter().map(|answer| answer.to_vec()).collect();
        answers.reverse();
        Arc::new(Self { answers: Mutex::new(answers), asked: AtomicU32::new(0) })
    }
}

impl Names for MadeUpNames {
    fn addresses(&self, _: &str, _: u16, _: Duration) -> io::Result<Vec<SocketAddr>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop() } else { answers.last().cloned() };
        Ok(answer.unwrap_or_default())
    }
}
