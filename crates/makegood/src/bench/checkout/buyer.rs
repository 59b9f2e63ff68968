//! Buyers: each creates a checkout, adds a card and a payment method, and pays.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Course;
use crate::bench::client::read_whole_answer;
use crate::bench::histogram::Histogram;
use crate::failure::{Done, Failure};

/// What is bought: two things, of which the card may pay one.
const GOODS: i64 = 1_000;
const SERVICE: i64 = 500;

/// What a card has. A checkout takes a thousandth of a hundredth of it.
const CARD_VALUE: i64 = 100_000_000;

/// What the buyers share.
pub(super) struct Shop {
    key: String,
    seller: String,
    method: String,
    cards: Vec<String>,
    /// Operation keys are used once.
    next_number: AtomicU64,
}

/// What the buyers saw.
pub(super) struct Measured {
    /// From the creation of a checkout to its order.
    pub(super) whole: Histogram,
    /// The last request of it alone.
    pub(super) pay: Histogram,
    /// Checkouts that were paid, warm-up included.
    pub(super) paid_in_all: u64,
    /// Checkouts whose last answer was not `paid`.
    pub(super) unpaid: u64,
    /// Requests that were refused.
    pub(super) refused: u64,
    /// What the first of them was told.
    pub(super) first_refusal: Option<String>,
    /// Length of the measured part.
    pub(super) lasted: Duration,
}

impl Measured {
    fn new(course: Course) -> Measured {
        Measured {
            whole: Histogram::new(),
            pay: Histogram::new(),
            paid_in_all: 0,
            unpaid: 0,
            refused: 0,
            first_refusal: None,
            lasted: course.measure,
        }
    }

    fn merge(&mut self, other: Measured) {
        self.whole.merge(&other.whole);
        self.pay.merge(&other.pay);
        self.paid_in_all += other.paid_in_all;
        self.unpaid += other.unpaid;
        self.refused += other.refused;
        self.first_refusal = self.first_refusal.take().or(other.first_refusal);
    }
}

/// Makes a seller, a payment method and cards that may pay goods only.
pub(super) async fn open_shop(addresses: &[SocketAddr], key: &str, cards: usize) -> Done<Shop> {
    let mut shop = Shop {
        key: key.to_owned(),
        seller: String::new(),
        method: String::new(),
        cards: Vec::with_capacity(cards),
        next_number: AtomicU64::new(0),
    };
    let mut buyer = Buyer::connect(addresses[0], &shop).await.map_err(Failure::new)?;
    let seller = buyer.make("/v1/sellers", &json!({ "name": "Bench" })).await?;
    let method = json!({ "rail": "sandbox", "token": "tok_ok" });
    let method = buyer.make("/v1/payment-methods", &method).await?;
    let card = json!({
        "value": usd(CARD_VALUE),
        "funding": { "kind": "promotional" },
        "scope": { "kinds": ["goods"] },
    });
    let mut made = Vec::with_capacity(cards);
    for _ in 0..cards {
        made.push(buyer.make("/v1/gift-cards", &card).await?);
    }
    (shop.seller, shop.method, shop.cards) = (seller, method, made);
    Ok(shop)
}

/// Lets so many buyers buy at once.
pub(super) async fn run_buyers(
    addresses: &Arc<[SocketAddr]>,
    shop: &Arc<Shop>,
    count: usize,
    course: Course,
) -> Done<Measured> {
    let begin = Instant::now();
    let mut buyers = JoinSet::new();
    for number in 0..count {
        let (shop, address) = (Arc::clone(shop), addresses[number % addresses.len()]);
        buyers.spawn(async move {
            let mut buyer = Buyer::connect(address, &shop).await?;
            buyer.buy_until(number, begin + course.warm_up, course).await
        });
    }
    let mut all = Measured::new(course);
    while let Some(joined) = buyers.join_next().await {
        all.merge(joined.map_err(Failure::new)?.map_err(Failure::new)?);
    }
    Ok(all)
}

/// One connection.
struct Buyer<'a> {
    stream: TcpStream,
    shop: &'a Shop,
    out: Vec<u8>,
    buffer: Vec<u8>,
}

impl<'a> Buyer<'a> {
    async fn connect(address: SocketAddr, shop: &'a Shop) -> io::Result<Buyer<'a>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (out, buffer) = (Vec::with_capacity(4096), vec![0; 1 << 16]);
        Ok(Buyer { stream, shop, out, buffer })
    }

    async fn buy_until(
        &mut self,
        first: usize,
        measured_from: Instant,
        course: Course,
    ) -> io::Result<Measured> {
        let end = measured_from + course.measure;
        let mut seen = Measured::new(course);
        let mut turn = first;
        loop {
            let begun = Instant::now();
            if begun >= end {
                return Ok(seen);
            }
            turn = turn.wrapping_mul(31).wrapping_add(7);
            let card = &self.shop.cards[turn % self.shop.cards.len()];
            match self.buy(card).await? {
                Ok(Bought { status, pay }) if status == "paid" => {
                    seen.paid_in_all += 1;
                    // Also one that was under way when the time was up: the slow ones are those.
                    if begun >= measured_from {
                        seen.whole.add(Instant::now() - begun);
                        seen.pay.add(pay);
                    }
                }
                Ok(Bought { .. }) => seen.unpaid += 1,
                Err(why) => {
                    seen.refused += 1;
                    seen.first_refusal.get_or_insert(why);
                }
            }
        }
    }

    /// Pays one checkout. The inner error is a refusal.
    async fn buy(&mut self, card: &str) -> io::Result<Result<Bought, String>> {
        let line = |name, kind, price| {
            let seller = &self.shop.seller;
            json!({
                "name": name, "seller": seller, "kind": kind, "quantity": 1,
                "unit_price": usd(price),
            })
        };
        let lines = [line("Cup", "goods", GOODS), line("Engraving", "service", SERVICE)];
        let new = json!({ "currency": "USD", "region": "US", "lines": lines });
        let checkout = match self.post("/v1/checkouts", &new).await? {
            (201, checkout) => checkout["id"].as_str().unwrap_or_default().to_owned(),
            refused => return Ok(Err(told(&refused))),
        };
        let path = format!("/v1/checkouts/{checkout}/tenders");
        let tenders = [
            json!({ "kind": "gift_card", "gift_card": card }),
            json!({ "kind": "payment_method", "payment_method": self.shop.method }),
        ];
        for tender in tenders {
            let answer = self.post(&path, &tender).await?;
            if !(200..300).contains(&answer.0) {
                return Ok(Err(told(&answer)));
            }
        }
        let begun = Instant::now();
        let answer = self.post(&format!("/v1/checkouts/{checkout}/pay"), &json!({})).await?;
        let pay = Instant::now() - begun;
        if answer.0 != 200 {
            return Ok(Err(told(&answer)));
        }
        let status = answer.1["status"].as_str().unwrap_or_default().to_owned();
        Ok(Ok(Bought { status, pay }))
    }

    /// Makes something, and tells its id.
    async fn make(&mut self, path: &str, body: &Value) -> Done<String> {
        let answer = self.post(path, body).await.map_err(Failure::new)?;
        match answer.1["id"].as_str() {
            Some(id) if answer.0 == 201 => Ok(id.to_owned()),
            _ => Err(Failure::new(format!("{path} answered {}", told(&answer)))),
        }
    }

    async fn post(&mut self, path: &str, body: &Value) -> io::Result<(u16, Value)> {
        let number = self.shop.next_number.fetch_add(1, Relaxed);
        let (key, body) = (&self.shop.key, body.to_string());
        self.out.clear();
        self.out.extend_from_slice(
            format!(
                "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\
                 Idempotency-Key: bench-{number}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .as_bytes(),
        );
        self.stream.write_all(&self.out).await?;
        let (status, answer) = read_whole_answer(&mut self.stream, &mut self.buffer).await?;
        Ok((status, serde_json::from_slice(answer).unwrap_or(Value::Null)))
    }
}

struct Bought {
    status: String,
    pay: Duration,
}

fn usd(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// Status and code of an answer that is not what was hoped for.
fn told((status, answer): &(u16, Value)) -> String {
    format!("{status} {} {}", answer["code"], answer["detail"])
}
