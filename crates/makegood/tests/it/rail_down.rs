//! A rail that never answers: whoever pays over it waits, and nobody else does.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::client::Client;
use crate::load::wait_for;
use crate::process::Place;
use crate::serve::{issue_body, redeem_body};
use crate::shop::checkout_body;

/// The one thing that the rail tells: a method, in Stripe's words.
const METHOD: &str = r#"{"id":"pm_known","object":"payment_method","type":"card",
    "card":{"brand":"visa","last4":"4242","exp_month":12,"exp_year":2040}}"#;

/// Buyers at once, who pay over the rail and show it another method, again and again.
const BUYERS: usize = 12;

/// Redemptions of one measurement, one after the other.
const REDEMPTIONS: usize = 150;

const ROUNDS: usize = 3;

/// A rail that knows one method, and lets everything else hang. It ends with the test.
struct SilentRail {
    address: String,
    /// Requests that hang, or did.
    hanging: Arc<AtomicUsize>,
}

impl SilentRail {
    fn start() -> SilentRail {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let hanging = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&hanging);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let hanging = Arc::clone(&counted);
                std::thread::spawn(move || answer(stream, &hanging));
            }
        });
        SilentRail { address, hanging }
    }
}

/// Answers what is asked about the method, and nothing from the first other request on.
fn answer(stream: TcpStream, hanging: &AtomicUsize) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap_or(0) > 2 {
            line.clear();
        }
        if !first.starts_with("GET /v1/payment_methods/pm_known") {
            hanging.fetch_add(1, Ordering::SeqCst);
            // Until whoever asked has given up.
            let _ = reader.read_to_end(&mut Vec::new());
            return;
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
        let answer = format!("{head}: {}\r\n\r\n{METHOD}", METHOD.len());
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A tenth of the redemptions took longer than this.
fn slow_tenth(client: &mut Client, code: &str, round: &str) -> Duration {
    let clock = SystemClock::new();
    let mut times = Vec::with_capacity(REDEMPTIONS);
    for number in 0..REDEMPTIONS {
        let began = clock.monotonic();
        let key = format!("{round}-{number}");
        client.post("/v1/redemptions", &key, &redeem_body(code, 1)).unwrap().expect(201);
        times.push(clock.monotonic().saturating_sub(began));
    }
    times.sort_unstable();
    times[REDEMPTIONS * 9 / 10]
}

/// The best of some rounds: what else the machine does slows single ones.
fn best_of_rounds(client: &mut Client, code: &str, name: &str) -> Duration {
    let rounds = (0..ROUNDS).map(|round| slow_tenth(client, code, &format!("{name}-{round}")));
    rounds.min().unwrap()
}

/// Pays one checkout after the other over the rail, and is told nothing, until the server ends.
fn buy(client: &mut Client, seller: &str, method: &str, buyer: usize) -> io::Result<()> {
    for round in 0.. {
        let mut post = |path: &str, what: &str, body: &Value| {
            client.post(path, &format!("{what}-{buyer}-{round}"), body)
        };
        let made = post("/v1/checkouts", "checkout", &checkout_body(seller, 1_000))?.expect(201);
        let path = format!("/v1/checkouts/{}", made.text("/id"));
        let tender = json!({ "kind": "payment_method", "payment_method": method });
        post(&format!("{path}/tenders"), "tender", &tender)?.expect(201);
        let paying = post(&format!("{path}/pay"), "pay", &json!({}))?.expect(200);
        assert_eq!(paying.text("/status"), "paying", "{}", paying.body);
        let other = json!({ "rail": "stripe", "token": "pm_other" });
        let silent = post("/v1/payment-methods", "other", &other)?.expect(503);
        assert_eq!(silent.text("/code"), "rail_silent");
    }
    Ok(())
}

/// Redemptions beside buyers whose rail hangs are as fast as without them.
#[test]
fn alone_slow_a_rail_that_hangs_slows_nobody_else() {
    let rail = SilentRail::start();
    let place = Place::new();
    let server = place.serve_with(&[
        ("MAKEGOOD_STRIPE_URL", &rail.address),
        ("MAKEGOOD_STRIPE_TIMEOUT_SECONDS", "5"),
        ("MAKEGOOD_STRIPE_TEST_KEY", "sk_test_nobody"),
        ("MAKEGOOD_STRIPE_TEST_WEBHOOK_SECRETS", "whsec_nobody"),
    ]);
    let mut client = server.client();
    let seller = json!({ "name": "Lamps & Co" });
    let seller = client.post("/v1/sellers", "seller", &seller).unwrap().expect(201).text("/id");
    let method = json!({ "rail": "stripe", "token": "pm_known" });
    let method = client.post("/v1/payment-methods", "method", &method).unwrap().expect(201);
    let method = method.text("/id");
    let card = client.post("/v1/gift-cards", "card", &issue_body(10_000)).unwrap().expect(201);
    let code = card.text("/code");
    slow_tenth(&mut client, &code, "warm-up");
    let alone = best_of_rounds(&mut client, &code, "alone");
    let start = |number| {
        let (mut client, seller, method) = (server.client(), seller.clone(), method.clone());
        std::thread::spawn(move || buy(&mut client, &seller, &method, number))
    };
    let buyers: Vec<_> = (0..BUYERS).map(start).collect();
    wait_for("the rail is asked", || rail.hanging.load(Ordering::SeqCst) > 3);
    let beside = best_of_rounds(&mut client, &code, "beside");
    let paying = client.get("/v1/checkouts?status=paying").unwrap().expect(200).json();
    let under_way = paying["data"].as_array().unwrap().len();
    println!("a tenth took longer than {alone:?}, with {under_way} who wait {beside:?}");
    assert!(under_way >= BUYERS, "nobody waited");
    assert!(beside <= 2 * alone + Duration::from_millis(20), "{alone:?} became {beside:?}");
    server.kill();
    for buyer in buyers {
        assert!(buyer.join().unwrap().is_err(), "it bought until the server ended");
    }
}
