//! A lean HTTP/1.1 client for load: it shares the machine with the server it measures.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::histogram::Histogram;

/// Makes the next request of a connection, whole: head and body.
pub(crate) trait Requests: Send + Sync + 'static {
    /// Appends request number `number` to `out`. Numbers are unique over all connections.
    fn write(&self, number: u64, out: &mut Vec<u8>);

    /// Operations in one request.
    fn operations(&self) -> u64 {
        1
    }
}

/// What a load did in its measured part.
pub(crate) struct Measured {
    pub(crate) times: Histogram,
    /// Answers that were not 2xx.
    pub(crate) refused: u64,
    /// Requests sent, warm-up included.
    pub(crate) sent: u64,
    /// Length of the measured part.
    pub(crate) lasted: Duration,
    /// Body bytes of the last answer.
    pub(crate) answer_bytes: u64,
}

/// How a load runs.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measure: Duration,
    /// Ends the load early, after so many requests.
    pub(crate) requests_max: Option<u64>,
    /// Requests a second, spread evenly, or `None` for one after the other on each connection.
    pub(crate) rate: Option<u64>,
}

struct Shared<R> {
    requests: R,
    first: u64,
    next: AtomicU64,
    load: Load,
    begin: Instant,
}

/// Runs a load against `addresses`, over which the connections are spread. In an open loop the time
/// of a request counts from when it was due, so that a stall counts for everything that had to wait
/// for it.
pub(crate) async fn run<R: Requests>(
    addresses: &Arc<[SocketAddr]>,
    requests: R,
    first_number: u64,
    load: Load,
) -> io::Result<Measured> {
    let begin = Instant::now();
    let next = AtomicU64::new(first_number);
    let shared = Arc::new(Shared { requests, first: first_number, next, load, begin });
    let mut connections = JoinSet::new();
    for position in 0..load.connections {
        let (shared, address) = (shared.clone(), addresses[position % addresses.len()]);
        connections.spawn(async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            drive(stream, position, &shared).await
        });
    }
    let mut times = Histogram::new();
    let (mut refused, mut answer_bytes) = (0, 0);
    while let Some(joined) = connections.join_next().await {
        let own = joined.map_err(io::Error::other)??;
        times.merge(&own.times);
        refused += own.refused;
        answer_bytes = own.answer_bytes;
    }
    let sent = shared.next.load(Relaxed) - first_number;
    Ok(Measured { times, refused, sent, lasted: load.measure, answer_bytes })
}

struct Own {
    times: Histogram,
    refused: u64,
    answer_bytes: u64,
}

async fn drive<R: Requests>(
    mut stream: TcpStream,
    position: usize,
    shared: &Shared<R>,
) -> io::Result<Own> {
    let load = shared.load;
    let measured_from = shared.begin + load.warm_up;
    let end = measured_from + load.measure;
    let mut own = Own { times: Histogram::new(), refused: 0, answer_bytes: 0 };
    let (mut out, mut buffer) = (Vec::with_capacity(4096), vec![0; 1 << 20]);
    let mut turn = 0;
    loop {
        let due = match load.rate {
            None => Instant::now(),
            Some(rate) => {
                let number = turn * load.connections as u64 + position as u64;
                turn += 1;
                let due = shared.begin + Duration::from_micros(number * 1_000_000 / rate.max(1));
                if due > Instant::now() {
                    tokio::time::sleep_until(due).await;
                }
                due
            }
        };
        let number = shared.next.fetch_add(1, Relaxed);
        let sent = number - shared.first;
        if due >= end || load.requests_max.is_some_and(|most| sent >= most) {
            return Ok(own);
        }
        out.clear();
        shared.requests.write(number, &mut out);
        stream.write_all(&out).await?;
        let (status, body_bytes) = read_answer(&mut stream, &mut buffer).await?;
        let now = Instant::now();
        if now >= measured_from && now < end {
            own.times.add(now - due);
            own.refused += u64::from(!(200..300).contains(&status));
            own.answer_bytes = body_bytes as u64;
        }
    }
}

/// An answer to a question that needs no key, head and body.
pub(crate) async fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}

/// Reads one answer; returns its status and the length of its body.
pub(crate) async fn read_answer(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> io::Result<(u16, usize)> {
    let (status, body) = read_whole_answer(stream, buffer).await?;
    Ok((status, body.len()))
}

/// Reads one answer; returns its status and its body.
pub(crate) async fn read_whole_answer<'a>(
    stream: &mut TcpStream,
    buffer: &'a mut Vec<u8>,
) -> io::Result<(u16, &'a [u8])> {
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(buffer.len() * 2, 0);
        }
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        let Some(head) = find(&buffer[..filled], b"\r\n\r\n") else { continue };
        let (status, length) = parse_head(&buffer[..head])?;
        let total = head + 4 + length;
        if buffer.len() < total {
            buffer.resize(total, 0);
        }
        if filled < total {
            stream.read_exact(&mut buffer[filled..total]).await?;
        }
        return Ok((status, &buffer[head + 4..total]));
    }
}

fn parse_head(head: &[u8]) -> io::Result<(u16, usize)> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP answer");
    let text = std::str::from_utf8(head).map_err(|_| bad())?;
    let status = text.get(9..12).and_then(|digits| digits.parse().ok()).ok_or_else(bad)?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Ok((status, length.ok_or_else(bad)?))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
