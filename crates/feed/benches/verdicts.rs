//! Events a second through verdicts to bills, on one core.
//!
//! `cargo bench -p feed --bench verdicts` prints rates for a city without bots and for a mix with
//! duplicates, forged tokens, declared programs and data centres. The events are made before the
//! clock starts: an hour of them, by 200 thousand viewers, on a thousand promotions, each with an
//! address, the software of a browser and a country. Judging, encoding the records and adding them
//! up in batches of a thousand is what is measured.

use std::net::IpAddr;
use std::time::{Duration, Instant as Clock};

use base::{Instant, Label, PromotionId, Region, Span};
use feed::Settled;
use feed::billing::Totals;
use feed::bots::{Networks, Prefix};
use feed::token::{Selection, TokenKeys, ViewerHash};
use feed::verdict::{Event, Judge, Lists, Own, Policy, Record};
use promotions::{Device, EventKind, Goal, Micros};

const EVENTS: u64 = 1_000_000;
const VIEWERS: u64 = 200_000;
const PROMOTIONS: u64 = 1_000;
const BATCH: usize = 1_000;

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 \
                     (KHTML, like Gecko) \
                     Chrome/121.0.0.0 Mobile Safari/537.36";
const PROGRAM: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 ExampleBot/1.0";

struct Made {
    token: String,
    address: IpAddr,
    user_agent: &'static str,
    now: Instant,
}

fn draw(number: u64, purpose: u64, below: u64) -> u64 {
    let mut z =
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ purpose.wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below
}

fn selection(number: u64) -> Selection {
    let start = Instant::from_micros(1_800_000_000_000_000);
    let viewer = draw(number, 1, VIEWERS);
    Selection {
        promotion: PromotionId::from_bits(u128::from(draw(number, 2, PROMOTIONS)) << 70),
        slice: draw(number, 2, PROMOTIONS) as u32,
        viewer: Some(ViewerHash::new(draw(viewer, 3, u64::MAX))),
        at: start.saturating_add(Span::from_micros(number * 3_600_000_000 / EVENTS)),
        price: Micros::new(500_000 + draw(number, 4, 1_000_000)),
        process: 1,
        nonce: number,
        country: Region::parse("DE").ok(),
        device: Some(Device::Phone),
        goal: Goal::Views,
    }
}

fn made(keys: &TokenKeys, is_mixed: bool) -> Vec<Made> {
    let make = |number: u64| {
        let kind = if is_mixed { draw(number, 5, 100) } else { 99 };
        // One in twenty is sent twice, one in fifty is forged.
        let chosen = selection(if kind < 5 && number > 0 { number - 1 } else { number });
        let mut token = keys.seal(chosen);
        if (5..7).contains(&kind) {
            token.replace_range(50..52, "--");
        }
        let home = 0x5000_0000 + draw(number, 1, VIEWERS) as u32;
        let address = if (7..9).contains(&kind) { 0xc000_0201 } else { home };
        Made {
            token,
            address: IpAddr::from(address.to_be_bytes()),
            user_agent: if (9..12).contains(&kind) { PROGRAM } else { PHONE },
            now: chosen.at.saturating_add(Span::seconds(4)),
        }
    };
    (0..EVENTS).map(make).collect()
}

fn event<'a>(made: &'a Made) -> Event<'a> {
    Event {
        token: &made.token,
        kind: EventKind::View,
        at: None,
        dwell: Some(Span::seconds(4)),
        address: Some(made.address),
        user_agent: Some(made.user_agent),
        country: Region::parse("DE-BY").ok(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn clock() -> Clock {
    Clock::now()
}

/// A slice that has the money.
fn paid(selection: &Selection, _now: Instant) -> Settled {
    Settled::Billed(selection.price)
}

fn measure(name: &str, is_mixed: bool) {
    let keys = TokenKeys::new("bench", (1, &[1; 32]), &[]);
    let range = |text: &str| text.parse::<Prefix>().into_iter();
    let lists = Lists {
        data_centres: (0..2_000_u32)
            .map(|number| {
                Prefix::of(IpAddr::from((0x6000_0000 + number * 4_096).to_be_bytes()), 20)
            })
            .chain(range("192.0.2.0/24"))
            .collect(),
        internal_networks: range("10.0.0.0/8").collect(),
        ..Lists::default()
    };
    let events = made(&keys, is_mixed);
    let mut judge = Judge::new(keys, lists, &[7; 32], Policy::default());
    let advertiser = Networks::default();
    let own = Own { viewers: &[], networks: &advertiser };
    let mut totals = Totals::new(Label::new("bench").expect("a label"));
    let (mut records, mut bytes, mut written, mut lines) = (Vec::new(), Vec::new(), 0, 0);
    let mut slowest = Duration::ZERO;
    let mut billed = 0_u64;

    let start = clock();
    for batch in events.chunks(BATCH) {
        let from = clock();
        for made in batch {
            let judgement = judge.judge(&event(made), |_| Some(own), paid, made.now, &mut records);
            billed += u64::from(judgement.is_ok_and(|judgement| judgement.price.is_some()));
        }
        records.iter().for_each(|record: &Record| record.encode(&mut bytes));
        let end = judge.next_sequence();
        while totals.next_sequence() < end {
            let Ok(bill) = totals.fold(&records) else { break };
            lines += bill.lines.len();
        }
        written += bytes.len();
        records.clear();
        bytes.clear();
        slowest = slowest.max(from.elapsed());
    }
    let micros = start.elapsed().as_micros().max(1);
    let rate = u128::from(EVENTS) * 1_000_000 / micros;
    println!(
        "{name}: {rate} events a second, {} ns each, slowest batch of {BATCH} {} ms; \
         {billed} billed, {} bytes of log and {} lines of bills a thousand \
         events, {} bytes of used tokens",
        micros * 1_000 / u128::from(EVENTS),
        slowest.as_millis(),
        written * 1_000 / events.len(),
        lines * 1_000 / events.len(),
        judge.used_bytes(),
    );
}

fn main() {
    measure("all honest", false);
    measure("mixed", true);
}
