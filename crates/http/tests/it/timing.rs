//! Failing look-ups do not tell by their time why they fail.
//!
//! Measured from outside, over a real socket. Classes of failures are drawn at random for every
//! request, so that whatever else the machine does meets all of them alike. Then every two classes
//! are compared by Welch's t: once by the measurements as they are, and once with the slowest
//! quarter of all classes capped, because a machine that stalls for 50 ms now and then hides much.
//!
//! - Welch, "The generalization of 'Student's' problem when several different population variances
//!   are involved", Biometrika 34, 1947.
//! - Goodwill, Jun, Jaffe and Rohatgi, "A testing methodology for side-channel resistance
//!   validation", NIST Non-Invasive Attack Testing Workshop, 2011 (TVLA): |t| above 4.5 is a leak.
//!   Without a leak that happens about seven times in a million comparisons.
//! - Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", DATE 2017: why to compare
//!   measurements without their long tail too.

#![expect(clippy::float_arithmetic, reason = "Welch's t of measured times; no money is near")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{CardId, Span};
use http::Limits;
use outside::clock::{Clock, ManualClock};
use outside::keyring::KeyRing;
use outside::random::{Randomness, SeededRandomness, new_id};
use serde_json::json;

use crate::serving;
use crate::world::World;

/// The t of TVLA.
const T_MAX: f64 = 4.5;

/// Percent of the measurements that count as they are, beginning with the fastest; none of the
/// others counts for more than the slowest of these.
const AS_THEY_ARE: [usize; 2] = [100, 75];

/// Cards of every class.
const CARDS: usize = 8;

/// Every client may miss a few times in ten minutes, and so many clients are remembered at least.
/// Every look-up here is by another client, and the clock moves on before there are too many.
const CLIENTS_MAX: u64 = 30_000;

/// All connections come from one address, so the client of each look-up is believed here.
fn many_clients() -> Limits {
    Limits { publishable_client_believed: true, ..Limits::default() }
}

/// Time in which every guess budget refills.
const REFILL: Span = Span::seconds(1_800);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_failing_look_ups_take_the_same_time() {
    let leaks = compare_all(many_clients(), Effort { connections: 16, samples: 4_000 }).await;
    assert!(leaks.is_empty(), "the time tells classes apart: {leaks:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a soak"]
async fn long_failing_look_ups_take_the_same_time() {
    let effort = Effort { connections: 24, samples: 100_000 };
    let leaks = compare_all(many_clients(), effort).await;
    assert!(leaks.is_empty(), "the time tells classes apart: {leaks:?}");
}

/// The measurement sees the leak that the delay hides: a code that is known is in memory, one of
/// nobody must be looked for in the tables. Beside other work that leak drowns.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alone_slow_without_the_delay_unknown_codes_are_told_apart() {
    let limits = Limits { lookup_failure_delay: Duration::ZERO, ..many_clients() };
    let world = World::in_files_with(limits);
    let classes = [Class::of_nobody(), Class::made("replaced", &world, "replace-code").await];
    let key = world.all.clone();
    let served = serving::serve_world(world).await;
    let leaks = compare(&served, &key, &classes, Effort { connections: 2, samples: 4_000 }).await;
    assert!(leaks.iter().any(|(_, _, t)| *t > 0.0), "{leaks:?}");
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    /// Connections that ask at the same time. With the delay they wait for most of their time.
    connections: u64,
    /// Look-ups of every class, about.
    samples: u64,
}

/// Two classes that the time of their answers tells apart, and by which t.
type Leak = (&'static str, &'static str, f64);

/// Compares every two classes: those that look alike to an app, and those that look alike to a
/// backend.
async fn compare_all(limits: Limits, effort: Effort) -> Vec<Leak> {
    let world = World::in_files_with(limits);
    let to_app = vec![
        Class::of_nobody(),
        Class::made("frozen", &world, "freeze").await,
        Class::made("canceled", &world, "cancel").await,
        Class::made("replaced", &world, "replace-code").await,
        Class::expired(&world).await,
        Class::depleted(&world).await,
    ];
    let to_backend = vec![to_app[0].clone(), to_app[3].clone()];
    let (app_key, backend_key) = (world.publishable(), world.all.clone());
    let served = serving::serve_world(world).await;
    let mut leaks = compare(&served, &app_key, &to_app, effort).await;
    leaks.extend(compare(&served, &backend_key, &to_backend, effort).await);
    leaks
}

/// Codes that fail for one reason.
#[derive(Clone)]
struct Class {
    reason: &'static str,
    /// None for codes of nobody: every guess is another one.
    codes: Vec<String>,
}

impl Class {
    fn of_nobody() -> Class {
        Class { reason: "unknown", codes: Vec::new() }
    }

    /// Cards that something was done to.
    async fn made(reason: &'static str, world: &World, action: &str) -> Class {
        let mut codes = Vec::new();
        for _ in 0..CARDS {
            let card = world.issue(100).await;
            let path = format!("/v1/gift-cards/{}/{action}", card["id"].as_str().unwrap());
            world.ask("POST", &path).fresh().await_status(200).await;
            codes.push(card["code"].as_str().unwrap().to_owned());
        }
        Class { reason, codes }
    }

    async fn expired(world: &World) -> Class {
        let mut codes = Vec::new();
        let date = world.clock.now().saturating_add(Span::seconds(3_600)).to_string();
        for _ in 0..CARDS {
            let card = world.issue_with(100, json!({"expires_at": date})).await;
            codes.push(card["code"].as_str().unwrap().to_owned());
        }
        world.pass(Span::seconds(7_200));
        Class { reason: "expired", codes }
    }

    async fn depleted(world: &World) -> Class {
        let mut codes = Vec::new();
        for _ in 0..CARDS {
            let card = world.issue(100).await;
            let code = card["code"].as_str().unwrap();
            assert_eq!(world.redeem(code, 100).await.status, 201);
            codes.push(code.to_owned());
        }
        Class { reason: "depleted", codes }
    }

    fn code(&self, strangers: &KeyRing, random: &mut dyn Randomness) -> String {
        if self.codes.is_empty() {
            let card: CardId = new_id(base::Instant::MIN, random);
            return strangers.code_for(card, 1, strangers.current()).unwrap().reveal();
        }
        self.codes[below(random, self.codes.len())].clone()
    }
}

fn below(random: &mut dyn Randomness, end: usize) -> usize {
    (random.next_u64() % end as u64) as usize
}

/// Looks up codes of all classes and compares their times. Answers must not differ at all.
async fn compare(
    served: &serving::Served,
    key: &str,
    classes: &[Class],
    effort: Effort,
) -> Vec<Leak> {
    // The budgets of all clients have refilled by now.
    served.world.pass(REFILL);
    let asking = Asking {
        address: served.address,
        key: key.to_owned(),
        classes: classes.to_vec(),
        clock: served.world.clock.clone(),
        asked: AtomicU64::new(0),
        count: effort.samples * classes.len() as u64,
    };
    // The clients block, each in its own thread, and so leave the server's threads alone.
    let ask = move || asking.ask_over_connections(effort.connections);
    let Measured { times, shape } = tokio::task::spawn_blocking(ask).await.unwrap();
    assert!(shape.starts_with("HTTP/1.1 404") && shape.contains("gift_card_not_usable"), "{shape}");
    let enough = |times: &Vec<f64>| times.len() as u64 * 2 > effort.samples;
    assert!(times.iter().all(enough), "too few samples");
    let reasons: Vec<&str> = classes.iter().map(|class| class.reason).collect();
    AS_THEY_ARE.iter().flat_map(|percent| leaks_among(&reasons, &times, *percent)).collect()
}

/// Compares every two classes, and prints what it finds.
fn leaks_among(reasons: &[&'static str], times: &[Vec<f64>], percent: usize) -> Vec<Leak> {
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let most = all[all.len() * percent / 100 - 1];
    let moments = times.iter().map(|times| Moments::capped(times, most));
    let measured: Vec<_> = reasons.iter().zip(moments).collect();
    let mut leaks = Vec::new();
    for (index, (first, one)) in measured.iter().enumerate() {
        let Moments { count, mean, variance } = one;
        let deviation = variance.sqrt();
        eprintln!("{percent} % of {first}: {count}, mean {mean:.1} µs, deviation {deviation:.1}");
        for (second, other) in &measured[index + 1..] {
            let t = welch_t(one, other);
            eprintln!("  and {second}: t = {t:.2}");
            if t.abs() >= T_MAX {
                leaks.push((**first, **second, t));
            }
        }
    }
    leaks
}

/// What all connections share.
struct Asking {
    address: SocketAddr,
    key: String,
    classes: Vec<Class>,
    clock: ManualClock,
    /// Look-ups begun, which number the clients too.
    asked: AtomicU64,
    count: u64,
}

/// Microseconds by class, and the one form that all answers had.
struct Measured {
    times: Vec<Vec<f64>>,
    shape: String,
}

impl Asking {
    fn ask_over_connections(self, connections: u64) -> Measured {
        let parts: Vec<Measured> = std::thread::scope(|scope| {
            let asking = &self;
            let begin = |seed| scope.spawn(move || asking.ask(seed));
            let threads: Vec<_> = (0..connections).map(begin).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut times = vec![Vec::new(); self.classes.len()];
        let shape = parts[0].shape.clone();
        for part in parts {
            assert_eq!(part.shape, shape, "answers differ between connections");
            times.iter_mut().zip(part.times).for_each(|(all, some)| all.extend(some));
        }
        Measured { times, shape }
    }

    /// Asks over one connection until all have asked enough.
    #[expect(clippy::disallowed_methods, reason = "the time of an answer is what is tested")]
    fn ask(&self, seed: u64) -> Measured {
        let mut random = SeededRandomness::new(seed);
        let strangers = KeyRing::generate(base::Instant::MIN, &mut SeededRandomness::new(!seed));
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut times = vec![Vec::new(); self.classes.len()];
        let mut shape = String::new();
        let mut answer = vec![0; 4096];
        loop {
            let number = self.asked.fetch_add(1, Ordering::Relaxed);
            if number >= self.count {
                return Measured { times, shape };
            }
            if number % CLIENTS_MAX == CLIENTS_MAX - 1 {
                self.clock.advance(REFILL);
            }
            let class = below(&mut random, self.classes.len());
            let code = self.classes[class].code(&strangers, &mut random);
            let request = self.request(&code, number);
            let sent_at = std::time::Instant::now();
            stream.write_all(request.as_bytes()).unwrap();
            let length = read_answer(&mut stream, &mut answer);
            let nanos = sent_at.elapsed().as_nanos();
            times[class].push(nanos as f64 / 1_000.0);
            let this = shape_of(&answer[..length]);
            if shape.is_empty() {
                shape = this;
            } else {
                assert_eq!(this, shape, "{}", self.classes[class].reason);
            }
        }
    }

    /// A look-up on behalf of a client of its own, always of the same length.
    fn request(&self, code: &str, number: u64) -> String {
        let client = format!("2001:db8:{:04x}:{:04x}::1", number >> 16 & 0xFFFF, number & 0xFFFF);
        let body = format!("{{\"code\":\"{code}\",\"client\":{{\"ip\":\"{client}\"}}}}");
        format!(
            "POST /v1/gift-cards/lookup HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        )
    }
}

/// Reads one answer and returns its length. Nothing follows it: the next question comes later.
fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let mut length = 0;
    loop {
        let read = stream.read(&mut buffer[length..]).unwrap();
        assert!(read > 0, "the server has closed the connection");
        length += read;
        let text = std::str::from_utf8(&buffer[..length]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let declared = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= declared.unwrap().parse().unwrap() {
            return length;
        }
    }
}

/// An answer without what differs between any two: the ids of requests, and the date, which has
/// whole seconds. Their lengths stay.
fn shape_of(answer: &[u8]) -> String {
    let mut text = String::from_utf8(answer.to_vec()).unwrap();
    let id_length = "req_".len() + 26;
    while let Some(at) = text.find("req_") {
        text.replace_range(at..at + id_length, &"#".repeat(id_length));
    }
    let date = text.find("date: ").unwrap() + "date: ".len();
    let end = date + text[date..].find("\r\n").unwrap();
    text.replace_range(date..end, &"#".repeat(end - date));
    text
}

/// What Welch's t needs to know of a class.
struct Moments {
    count: f64,
    mean: f64,
    /// With count − 1 below the line.
    variance: f64,
}

impl Moments {
    /// Of times of which none counts for more than `most`.
    fn capped(times: &[f64], most: f64) -> Moments {
        let capped = || times.iter().map(|time| time.min(most));
        let count = times.len() as f64;
        let mean = capped().sum::<f64>() / count;
        let squares: f64 = capped().map(|time| (time - mean).powi(2)).sum();
        Moments { count, mean, variance: squares / (count - 1.0) }
    }
}

fn welch_t(one: &Moments, other: &Moments) -> f64 {
    let error = one.variance / one.count + other.variance / other.count;
    (one.mean - other.mean) / error.sqrt()
}

#[test]
fn welch_t_is_computed_as_published() {
    // By hand: means 2 and 4, variances 1 and 4, so t = −2 / √(1/3 + 4/3).
    let t =
        welch_t(&Moments::capped(&[1.0, 3.0, 2.0], 6.0), &Moments::capped(&[2.0, 9.0, 4.0], 6.0));
    assert!((t + 2.0 / (5.0_f64 / 3.0).sqrt()).abs() < 1e-12, "{t}");
}
