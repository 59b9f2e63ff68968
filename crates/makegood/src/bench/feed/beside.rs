//! Redemptions of a server, without and with events that are told to it at the same time.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use promotions::Audience;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::report::BesideReport;
use super::{Args, book};
use crate::bench::client::{Load, Measured, Requests, read_whole_answer, run};
use crate::bench::requests::{OneByOne, head};
use crate::bench::seed::{Codes, issue_cards};
use crate::bench::server::Servers;
use crate::failure::{Done, Failure};

/// Events in one request.
const AT_ONCE: u64 = 200;

/// Kinds of events that are told of each post that was shown.
const KINDS: [&str; 4] = ["impression", "view", "engagement", "profile_view"];

/// Connections of each load.
const CONNECTIONS: usize = 16;

/// Time in which the server must show something.
const SHOW_TIME_MAX: Duration = Duration::from_secs(120);

/// Promotions that run, all for everybody.
const PROMOTIONS: usize = 50;

/// Measures in a new installation in this folder.
pub(super) fn measure(args: &Args, folder: &Path) -> Done<BesideReport> {
    std::fs::create_dir_all(folder).map_err(Failure::new)?;
    let key = format!("mg_test_bench{:026}", std::process::id());
    // The first start makes the book and the key.
    Servers::serve(folder, &key, 1)?.stop()?;
    let mut codes = Codes::default();
    issue_cards(folder, &mut codes, args.cards)?;
    book::open(folder, std::iter::repeat_n(Audience::automatic(), PROMOTIONS))?.book.stop();
    let servers = Servers::serve(folder, &key, 1)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let report = runtime.map_err(Failure::new)?.block_on(drive(args, &servers, codes, key))?;
    servers.stop()?;
    Ok(report)
}

async fn drive(args: &Args, servers: &Servers, codes: Codes, key: String) -> Done<BesideReport> {
    let (addresses, codes) = (servers.addresses(), Arc::new(codes));
    let seconds = args.seconds + args.warm_up;
    let wanted = (args.event_rate * seconds).div_ceil(KINDS.len() as u64);
    let tokens = shown(addresses[0], &key, wanted).await?;
    let redemptions = || OneByOne { codes: Arc::clone(&codes), key: key.clone() };
    let at_rate = |rate| Load {
        connections: CONNECTIONS,
        warm_up: Duration::from_secs(args.warm_up),
        measure: args.measured(),
        requests_max: None,
        rate: Some(rate),
    };
    let redeeming = at_rate(args.redemption_rate);
    let alone = run(addresses, redemptions(), 0, redeeming).await.map_err(Failure::new)?;
    let telling = at_rate((args.event_rate / AT_ONCE).max(1));
    let events = Events { tokens, key: key.clone() };
    let (beside, told) = tokio::join!(
        run(addresses, redemptions(), alone.sent + 1, redeeming),
        run(addresses, events, 0, telling),
    );
    Ok(report(&alone, &beside.map_err(Failure::new)?, &told.map_err(Failure::new)?))
}

fn report(alone: &Measured, beside: &Measured, told: &Measured) -> BesideReport {
    let per_second =
        |measured: &Measured| measured.times.total() as f64 / measured.lasted.as_secs_f64();
    BesideReport {
        redemptions_per_second: per_second(beside) as u64,
        alone_p50_us: alone.times.percentile_us(500),
        alone_p99_us: alone.times.percentile_us(990),
        beside_p50_us: beside.times.percentile_us(500),
        beside_p99_us: beside.times.percentile_us(990),
        beside_worst_us: beside.times.max_us(),
        events_per_second: (per_second(told) * AT_ONCE as f64) as u64,
        events_p99_us: told.times.percentile_us(990),
        refused: alone.refused + beside.refused + told.refused,
    }
}

/// Tokens of so many posts that were shown, each viewer some.
async fn shown(address: SocketAddr, key: &str, wanted: u64) -> Done<Vec<String>> {
    let clock = SystemClock::new();
    let mut stream = TcpStream::connect(address).await.map_err(Failure::new)?;
    let (mut tokens, mut buffer, mut out) = (Vec::new(), vec![0; 1 << 16], Vec::new());
    let mut viewer = 0_u64;
    while (tokens.len() as u64) < wanted {
        if clock.monotonic() > SHOW_TIME_MAX {
            return Err(Failure::new("the server shows too little"));
        }
        viewer += 1;
        let body = format!("{{\"viewer\":{{\"id\":\"viewer-{viewer}\"}},\"slots\":5}}");
        out.clear();
        head("/v1/feed/select", key, None, body.len(), &mut out);
        out.extend_from_slice(body.as_bytes());
        stream.write_all(&out).await.map_err(Failure::new)?;
        let (status, body) =
            read_whole_answer(&mut stream, &mut buffer).await.map_err(Failure::new)?;
        if status != 200 {
            return Err(Failure::new(format!("a page was answered with {status}")));
        }
        let page: serde_json::Value = serde_json::from_slice(body).map_err(Failure::new)?;
        let offers = page["offers"].as_array().map(Vec::as_slice).unwrap_or_default();
        if offers.is_empty() {
            // The money for more is leased each second.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let token = |offer: &serde_json::Value| offer["token"].as_str().map(str::to_owned);
        tokens.extend(offers.iter().filter_map(token));
    }
    Ok(tokens)
}

/// Requests of events: all kinds of one token, then of the next. When all were told, it begins
/// anew, with duplicates.
struct Events {
    tokens: Vec<String>,
    key: String,
}

impl Requests for Events {
    fn write(&self, number: u64, out: &mut Vec<u8>) {
        let mut body = Vec::with_capacity(AT_ONCE as usize * 180);
        body.extend_from_slice(b"{\"events\":[");
        for position in 0..AT_ONCE {
            let event = (number * AT_ONCE + position) as usize;
            let (token, kind) = (event / KINDS.len() % self.tokens.len(), event % KINDS.len());
            if position > 0 {
                body.push(b',');
            }
            let (token, kind) = (&self.tokens[token], KINDS[kind]);
            let _ = write!(body, "{{\"token\":\"{token}\",\"kind\":\"{kind}\",\"dwell_ms\":4000}}");
        }
        body.extend_from_slice(b"]}");
        head("/v1/feed/events", &self.key, None, body.len(), out);
        out.extend_from_slice(&body);
    }

    fn operations(&self) -> u64 {
        AT_ONCE
    }
}
