//! A judge with a city around it, and short ways to make events.

use std::net::IpAddr;

use base::{Instant, Label, PromotionId, Region, Span};
use feed::Settled;
use feed::bots::{Networks, Prefix};
use feed::token::{Selection, TokenKeys, ViewerHash};
use feed::verdict::{Event, Judge, Judgement, Lists, Overloaded, Own, Policy, Record};
use promotions::{EventKind, Goal, Micros};

/// The key that hashes addresses.
pub const ADDRESS_KEY: [u8; 32] = [9; 32];

/// The viewer of the advertiser of every promotion.
pub const ADVERTISER: ViewerHash = ViewerHash::new(4_711);

/// A member of the staff.
pub const STAFF: ViewerHash = ViewerHash::new(4_712);

/// A judge, its log, and the keys that its tokens are signed with.
pub struct Desk {
    pub keys: TokenKeys,
    pub judge: Judge,
    pub log: Vec<Record>,
    advertiser_networks: Networks,
}

pub fn keys() -> TokenKeys {
    TokenKeys::new("test", (2, &[2; 32]), &[(1, [1; 32])])
}

pub fn networks(texts: &[&str]) -> Networks {
    texts.iter().map(|text| text.parse::<Prefix>().unwrap()).collect()
}

pub fn judge(policy: Policy) -> Judge {
    let lists = Lists {
        data_centres: networks(&["192.0.2.0/24", "2001:db8:dc::/48"]),
        internal_networks: networks(&["10.0.0.0/8"]),
        internal_viewers: [STAFF].into(),
    };
    Judge::new(keys(), lists, &ADDRESS_KEY, policy)
}

/// Noon of a day, and so many seconds.
pub fn at(seconds: u64) -> Instant {
    Instant::parse("2026-11-20T12:00:00Z").unwrap().saturating_add(Span::seconds(seconds))
}

/// Promotion 404 does not exist.
pub fn promotion(number: u128) -> PromotionId {
    PromotionId::from_bits(number)
}

/// A price in thousandths of a minor unit: what a thousand units cost, in minor units.
pub fn price(thousandths: u64) -> Micros {
    Micros::new(thousandths * 1_000)
}

pub fn selection(nonce: u64) -> Selection {
    Selection {
        promotion: promotion(1),
        slice: 5,
        viewer: Some(ViewerHash::new(nonce + 1)),
        at: at(0),
        price: price(1_500),
        process: 3,
        nonce,
        country: Some(Region::parse("DE").unwrap()),
        device: Some(promotions::Device::Phone),
        goal: Goal::Views,
    }
}

pub fn view(token: &str) -> Event<'_> {
    Event {
        token,
        kind: EventKind::View,
        at: None,
        dwell: Some(Span::seconds(3)),
        address: None,
        user_agent: None,
        country: None,
    }
}

pub fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

/// A slice that has the money.
pub fn charged(selection: &Selection, _now: Instant) -> Settled {
    Settled::Billed(selection.price)
}

/// An address of a household of its own for each number.
pub fn home(number: u32) -> IpAddr {
    IpAddr::from((0x5000_0000 + number).to_be_bytes())
}

impl Desk {
    pub fn new(policy: Policy) -> Desk {
        Desk {
            keys: keys(),
            judge: judge(policy),
            log: Vec::new(),
            advertiser_networks: networks(&["198.51.100.0/24"]),
        }
    }

    pub fn judge(&mut self, event: &Event<'_>, now: Instant) -> Result<Judgement, Overloaded> {
        let own = Own { viewers: &[ADVERTISER], networks: &self.advertiser_networks };
        let known = |id| (id != promotion(404)).then_some(own);
        self.judge.judge(event, known, charged, now, &mut self.log)
    }

    /// The verdict on an event, and why, as their names.
    pub fn verdict(&mut self, event: &Event<'_>, now: Instant) -> String {
        let judgement = self.judge(event, now).unwrap();
        let verdict = judgement.verdict.as_str();
        match judgement.reason {
            Some(reason) => format!("{verdict} {}", reason.as_str()),
            None => verdict.to_owned(),
        }
    }
}

/// Evenly spread numbers that depend on nothing but their input (the finalizer of SplitMix64).
pub fn hash(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |state: u64, part| {
        let mut z = state.wrapping_add(*part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}
