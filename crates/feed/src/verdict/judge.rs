//! The judge: events in, verdicts and records out.

mod sales;
mod saving;

use core::net::IpAddr;
use std::collections::BTreeSet;

use base::{Instant, PromotionId, Region, Span};
use hmac::{Hmac, KeyInit, Mac};
use promotions::{EventKind, Micros};
use sha2::Sha256;

use super::limits::SlidingWindow;
use super::lockstep::{Billed, Lockstep};
use super::policy::Policy;
use super::reason::Reason;
use super::record::{Body, Judged, Outcome, Record, Repaid};
use super::used::{Use, UsedTokens};
use crate::bots::{self, Networks, Prefix};
use crate::slices::{Settled, Unbilled};
use crate::token::{Selection, TokenKeys, ViewerHash};
use sales::{KnownSale, Sales};

/// An event as it was reported.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The token of the selection.
    pub token: &'a str,
    /// What the viewer did.
    pub kind: EventKind,
    /// When, as whoever reports it says.
    pub at: Option<Instant>,
    /// How long the post was on the screen; for a view, none counts as no time.
    pub dwell: Option<Span>,
    /// Where it was sent from.
    pub address: Option<IpAddr>,
    /// The software that it was sent with.
    pub user_agent: Option<&'a str>,
    /// The country of the address, when the caller knows.
    pub country: Option<Region>,
}

/// What is known of addresses and viewers, whatever the promotion.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Networks of data centres.
    pub data_centres: Networks,
    /// The platform's own networks.
    pub internal_networks: Networks,
    /// The platform's own people.
    pub internal_viewers: BTreeSet<ViewerHash>,
}

/// What belongs to the advertiser of a promotion.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// The people of its account, as viewers.
    pub viewers: &'a [ViewerHash],
    /// The networks that it works from.
    pub networks: &'a Networks,
}

/// What becomes of an event, as the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It costs its price.
    Billed,
    /// It is valid, and costs nothing.
    Counted,
    /// It is not valid.
    Invalid,
    /// The same was judged before.
    Duplicate,
    /// It belongs to no promotion of this book.
    Unknown,
    /// It came too late.
    Late,
    /// A sale was returned, and what it cost is repaid.
    Repaid,
}

impl Verdict {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Billed => "billed",
            Verdict::Counted => "counted",
            Verdict::Invalid => "invalid",
            Verdict::Duplicate => "duplicate",
            Verdict::Unknown => "unknown",
            Verdict::Late => "late",
            Verdict::Repaid => "repaid",
        }
    }
}

/// The answer to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why it is neither billed, counted nor repaid.
    pub reason: Option<Reason>,
    /// What its slice was charged, when it is billed; when it is repaid, what is.
    pub price: Option<Micros>,
    /// Why it is only counted, though it is what the promotion pays for.
    pub unbilled: Option<Unbilled>,
}

/// There is no room to remember another token as used. Nothing was judged; try again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "too many events are remembered; send this one again in {} s",
    retry_after.micros() / 1_000_000
)]
pub struct Overloaded {
    /// When there may be room.
    pub retry_after: Span,
}

/// The record does not continue the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected record {expected} of the stream, found {found}; read the log in order")]
pub struct ReplayError {
    /// The number that comes next.
    pub expected: u64,
    /// The number of the record.
    pub found: u64,
}

/// Judges the events of one stream, in order, and writes the records of its log.
///
/// All that it remembers follows from the records: a judge that reads them back
/// ([`Judge::replay`]) goes on as the former one would have.
#[derive(Debug)]
pub struct Judge {
    keys: TokenKeys,
    lists: Lists,
    policy: Policy,
    address_key: AddressKey,
    /// The number of the next record.
    next: u64,
    /// The latest time seen.
    latest: Instant,
    used: UsedTokens,
    limits: Limits,
    lockstep: Lockstep,
    sales: Sales,
}

#[derive(Debug)]
struct Limits {
    viewer_promotion: SlidingWindow,
    viewer: SlidingWindow,
    address: SlidingWindow,
    network: SlidingWindow,
}

/// Where an event was sent from, hashed; zero when unknown.
#[derive(Clone, Copy, Default)]
struct Origin {
    address: u64,
    network: u64,
}

/// The verdict on an event, as far as it is the event's own.
enum Finding {
    Unlogged(Verdict, Reason),
    Logged { outcome: Outcome, was_too_short: bool, origin: Origin },
}

impl Judge {
    /// A judge at the beginning of a stream. `address_key` hashes addresses in records: 256 random
    /// bits, the same for all judges of a stream.
    pub fn new(keys: TokenKeys, lists: Lists, address_key: &[u8; 32], policy: Policy) -> Judge {
        let window = |limit| SlidingWindow::new(limit, policy.limit_entries_max);
        Judge {
            keys,
            lists,
            address_key: AddressKey::new(address_key),
            next: 0,
            latest: Instant::MIN,
            used: UsedTokens::new(policy.used_bytes_max),
            limits: Limits {
                viewer_promotion: window(policy.viewer_promotion),
                viewer: window(policy.viewer),
                address: window(policy.address),
                network: window(policy.network),
            },
            lockstep: Lockstep::new(policy.lockstep),
            sales: Sales::new(policy.returns),
            policy,
        }
    }

    /// New keys and lists; what is remembered stays.
    pub fn set_data(&mut self, keys: TokenKeys, lists: Lists) {
        self.keys = keys;
        self.lists = lists;
    }

    /// The number of the next record.
    pub fn next_sequence(&self) -> u64 {
        self.next
    }

    /// The latest time seen.
    pub fn latest(&self) -> Instant {
        self.latest
    }

    /// Bytes of used tokens in memory, to be compared with [`Policy::used_bytes_max`].
    pub fn used_bytes(&self) -> usize {
        self.used.bytes()
    }

    /// Judges an event, and appends the records that follow to `out`: the event's own unless it is
    /// unknown, a duplicate or late, and repayments of what others were billed for. The caller
    /// writes them to the log, in this order, before it answers.
    ///
    /// `own` tells what belongs to the advertiser of a promotion; nothing when there is no such
    /// promotion. `charge` is asked last, of an event that is valid and what the promotion pays
    /// for: it charges the slice ([`Chooser::settle`](crate::Chooser::settle) of
    /// [`Selection::sold`]), or says why it cannot. So a record says what was charged.
    ///
    /// # Errors
    ///
    /// [`Overloaded`].
    pub fn judge<'a>(
        &mut self,
        event: &Event<'_>,
        own: impl FnOnce(PromotionId) -> Option<Own<'a>>,
        charge: impl FnOnce(&Selection, Instant) -> Settled,
        now: Instant,
        out: &mut Vec<Record>,
    ) -> Result<Judgement, Overloaded> {
        self.pass_time(now, out);
        let unlogged = |verdict, reason| Judgement { reason: Some(reason), ..plain(verdict) };
        let Ok(selection) = self.keys.open(event.token) else {
            return Ok(unlogged(Verdict::Unknown, Reason::UnknownToken));
        };
        let Some(own) = own(selection.promotion) else {
            return Ok(unlogged(Verdict::Unknown, Reason::UnknownToken));
        };
        match self.find(event, &selection, own)? {
            Finding::Unlogged(verdict, reason) => Ok(unlogged(verdict, reason)),
            Finding::Logged { outcome, was_too_short, origin } => {
                let (outcome, origin) = match outcome {
                    Outcome::Billed => match charge(&selection, self.latest) {
                        Settled::Billed(_) => (outcome, origin),
                        Settled::Unbilled(why) => (Outcome::Unbilled(why), Origin::default()),
                    },
                    _ => (outcome, origin),
                };
                let Origin { address, network } = origin;
                let kind = event.kind;
                let judged = Judged { selection, kind, outcome, was_too_short, address, network };
                self.append(Body::Judged(judged), out);
                Ok(answer(outcome, selection.price))
            }
        }
    }

    /// Lets time pass, so that what is found meanwhile is repaid though no event comes.
    pub fn pass_time(&mut self, now: Instant, out: &mut Vec<Record>) {
        self.advance(now);
        while let Some((promotion, billed)) = self.lockstep.due() {
            let Billed { sequence, slice, price, kind } = billed;
            let reason = Reason::Lockstep;
            let repaid = Repaid { billed: sequence, promotion, slice, kind, price, reason };
            self.append(Body::Repaid(repaid), out);
        }
    }

    /// Repays the billed sale of a token because what was bought came back; once, also when it was
    /// repaid for another reason. What it says: see [`super`].
    pub fn return_sale(&mut self, token: &str, now: Instant, out: &mut Vec<Record>) -> Judgement {
        self.pass_time(now, out);
        let refused = |verdict, reason| Judgement {
            verdict,
            reason: Some(reason),
            price: None,
            unbilled: None,
        };
        let Ok(selection) = self.keys.open(token) else {
            return refused(Verdict::Unknown, Reason::UnknownToken);
        };
        let sale = self.sales.find(&selection);
        if sale.is_some_and(|sale| sale.is_repaid) {
            return refused(Verdict::Duplicate, Reason::AlreadyUsed);
        }
        let Some(KnownSale { billed, .. }) = sale else {
            let ends_at = selection.at.saturating_add(self.policy.returns);
            let (verdict, reason) = match ends_at < self.latest {
                true => (Verdict::Late, Reason::TooLate),
                false => (Verdict::Invalid, Reason::NotBilled),
            };
            return refused(verdict, reason);
        };
        let repaid = Repaid {
            billed: billed.sequence,
            promotion: selection.promotion,
            slice: billed.slice,
            kind: billed.kind,
            price: billed.price,
            reason: Reason::Returned,
        };
        self.append(Body::Repaid(repaid), out);
        let price = Some(billed.price);
        Judgement { verdict: Verdict::Repaid, reason: None, price, unbilled: None }
    }

    /// Reads a record of the stream's log back. One that was read before changes nothing.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] when records are missing in front of it.
    pub fn replay(&mut self, record: &Record) -> Result<(), ReplayError> {
        if record.sequence > self.next {
            return Err(ReplayError { expected: self.next, found: record.sequence });
        }
        if record.sequence == self.next {
            self.advance(record.at);
            self.apply(record);
        }
        Ok(())
    }

    fn append(&mut self, body: Body, out: &mut Vec<Record>) {
        let record = Record { sequence: self.next, at: self.latest, body };
        self.apply(&record);
        out.push(record);
    }

    fn advance(&mut self, now: Instant) {
        self.latest = self.latest.max(now);
        self.used.drop_old(self.latest);
        self.sales.drop_old(self.latest);
        self.lockstep.advance(self.latest);
    }

    fn apply(&mut self, record: &Record) {
        self.next = record.sequence + 1;
        match &record.body {
            Body::Judged(judged) => self.apply_judged(record, judged),
            Body::Repaid(repaid) => {
                let viewer = self.sales.repay(repaid.billed);
                self.lockstep.settle(repaid.billed, viewer);
            }
        }
    }

    fn apply_judged(&mut self, record: &Record, judged: &Judged) {
        let Judged { selection, kind, outcome, address, network, .. } = judged;
        let is_final = *outcome != Outcome::Invalid(Reason::TooShort);
        let offered = (selection.promotion, selection.goal);
        if let Some(viewer) = selection.viewer.filter(|_| !self.used.is_known(selection)) {
            self.lockstep.show(viewer, offered, record.at);
        }
        self.used.put(selection, *kind, is_final);
        let is_billed = *outcome == Outcome::Billed;
        let billed = is_billed.then_some(Billed {
            sequence: record.sequence,
            slice: selection.slice,
            price: selection.price,
            kind: *kind,
        });
        if let Some(billed) = billed {
            self.limits.count(selection, *address, *network, record.at);
            if *kind == EventKind::Sale {
                self.sales.put(selection, billed, record.at);
            }
        }
        let is_lockstep = *outcome == Outcome::Invalid(Reason::Lockstep);
        let is_unbilled = matches!(outcome, Outcome::Unbilled(_));
        let acted = is_billed || is_unbilled || is_lockstep && *kind == selection.goal.billed();
        if let Some(viewer) = selection.viewer.filter(|_| acted) {
            self.lockstep.record(viewer, offered, record.at, billed);
        }
    }

    /// The order of the module's table.
    fn find(
        &mut self,
        event: &Event<'_>,
        selection: &Selection,
        own: Own<'_>,
    ) -> Result<Finding, Overloaded> {
        let former = self.used.look_up(selection, event.kind);
        if former == Use::Used {
            return Ok(Finding::Unlogged(Verdict::Duplicate, Reason::AlreadyUsed));
        }
        if self.is_too_late(event, selection) {
            return Ok(Finding::Unlogged(Verdict::Late, Reason::TooLate));
        }
        let room = self.used.room(selection, event.kind, self.latest);
        room.map_err(|retry_after| Overloaded { retry_after })?;
        let was_too_short = former == Use::TooShort;
        let logged = |outcome, origin| Ok(Finding::Logged { outcome, was_too_short, origin });
        if let Some(reason) = self.flaw(event, selection, own) {
            if reason == Reason::TooShort && was_too_short {
                return Ok(Finding::Unlogged(Verdict::Invalid, reason));
            }
            return logged(Outcome::Invalid(reason), Origin::default());
        }
        let is_billed = event.kind == selection.goal.billed();
        let origin =
            if is_billed { self.address_key.origin(event.address) } else { Origin::default() };
        let reason = if is_billed { self.exceeded_limit(selection, origin) } else { None };
        let reason = reason.or_else(|| self.unlike(event, selection)).or_else(|| {
            let viewer = selection.viewer?;
            self.lockstep.is_found(viewer, self.latest).then_some(Reason::Lockstep)
        });
        match reason {
            Some(reason) => logged(Outcome::Invalid(reason), Origin::default()),
            None if is_billed => logged(Outcome::Billed, origin),
            None => logged(Outcome::Counted, origin),
        }
    }

    fn is_too_late(&self, event: &Event<'_>, selection: &Selection) -> bool {
        let window = selection.goal.attribution_window();
        let ends_at = selection.at.saturating_add(window);
        // A clock that is behind the selection's puts the event at its beginning.
        let reported_at = self.latest.max(selection.at);
        let happened_at = event.at.unwrap_or(reported_at).clamp(selection.at, reported_at);
        happened_at > ends_at
            || reported_at > selection.at.saturating_add(selection.goal.report_window())
    }

    /// What makes an event invalid by itself.
    fn flaw(&self, event: &Event<'_>, selection: &Selection, own: Own<'_>) -> Option<Reason> {
        let viewer = selection.viewer;
        let is_in = |networks: &Networks| event.address.is_some_and(|one| networks.contain(one));
        let is_viewer = |known: &dyn Fn(ViewerHash) -> bool| viewer.is_some_and(known);
        let is_short = || event.dwell.unwrap_or(Span::ZERO) < self.policy.view_dwell;
        if event.user_agent.is_some_and(bots::is_declared_program) {
            Some(Reason::DeclaredProgram)
        } else if is_in(&self.lists.data_centres) {
            Some(Reason::DataCentre)
        } else if is_in(&self.lists.internal_networks)
            || is_viewer(&|viewer| self.lists.internal_viewers.contains(&viewer))
        {
            Some(Reason::Internal)
        } else if is_in(own.networks) || is_viewer(&|viewer| own.viewers.contains(&viewer)) {
            Some(Reason::Own)
        } else if event.kind == EventKind::View && is_short() {
            Some(Reason::TooShort)
        } else {
            None
        }
    }

    fn exceeded_limit(&mut self, selection: &Selection, origin: Origin) -> Option<Reason> {
        self.limits.exceeded(selection, origin, self.latest)
    }

    /// Whether country or device differ from those of the selection, for what is done where the
    /// post is shown, and soon. Messages and sales may come from elsewhere.
    fn unlike(&self, event: &Event<'_>, selection: &Selection) -> Option<Reason> {
        let is_elsewhere = matches!(event.kind, EventKind::Message | EventKind::Sale);
        if is_elsewhere || self.latest > selection.at.saturating_add(self.policy.likeness) {
            return None;
        }
        let countries = selection.country.zip(event.country);
        if countries.is_some_and(|(shown, sent)| !shown.contains(&sent)) {
            return Some(Reason::Geography);
        }
        let devices = selection.device.zip(event.user_agent.and_then(bots::device));
        let is_another = devices.is_some_and(|(shown, sent)| !bots::are_alike(shown, sent));
        is_another.then_some(Reason::Device)
    }
}

fn answer(outcome: Outcome, price: Micros) -> Judgement {
    match outcome {
        Outcome::Billed => Judgement { price: Some(price), ..plain(Verdict::Billed) },
        Outcome::Unbilled(why) => Judgement { unbilled: Some(why), ..plain(Verdict::Counted) },
        Outcome::Counted => plain(Verdict::Counted),
        Outcome::Invalid(reason) => Judgement { reason: Some(reason), ..plain(Verdict::Invalid) },
    }
}

fn plain(verdict: Verdict) -> Judgement {
    Judgement { verdict, reason: None, price: None, unbilled: None }
}

impl Limits {
    /// The first limit that one more billed event would exceed.
    fn exceeded(&mut self, selection: &Selection, origin: Origin, now: Instant) -> Option<Reason> {
        let promotion = selection.promotion;
        let viewer = selection.viewer.map_or(0, ViewerHash::bits);
        let has_room =
            |window: &mut SlidingWindow, who: u64, key: u64| who == 0 || window.has_room(key, now);
        if !has_room(&mut self.viewer_promotion, viewer, mixed(viewer, promotion))
            || !has_room(&mut self.viewer, viewer, viewer)
        {
            Some(Reason::ViewerLimit)
        } else if !has_room(&mut self.address, origin.address, mixed(origin.address, promotion)) {
            Some(Reason::AddressLimit)
        } else if !has_room(&mut self.network, origin.network, mixed(origin.network, promotion)) {
            Some(Reason::NetworkLimit)
        } else {
            None
        }
    }

    fn count(&mut self, selection: &Selection, address: u64, network: u64, now: Instant) {
        let promotion = selection.promotion;
        if let Some(viewer) = selection.viewer.map(ViewerHash::bits) {
            self.viewer_promotion.count(mixed(viewer, promotion), now);
            self.viewer.count(viewer, now);
        }
        if address != 0 {
            self.address.count(mixed(address, promotion), now);
            self.network.count(mixed(network, promotion), now);
        }
    }
}

/// A key for somebody and a promotion. Both are spread evenly already, so a multiplication that
/// moves low bits up keeps pairs apart.
fn mixed(who: u64, promotion: PromotionId) -> u64 {
    let bits = promotion.bits();
    let folded = (bits >> 64) as u64 ^ (bits as u64).rotate_left(32);
    (who ^ folded.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// Hashes addresses, so that none is readable in a record.
struct AddressKey(Hmac<Sha256>);

impl AddressKey {
    fn new(key: &[u8; 32]) -> AddressKey {
        AddressKey(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    fn origin(&self, address: Option<IpAddr>) -> Origin {
        let Some(address) = address.map(|address| address.to_canonical()) else {
            return Origin::default();
        };
        let (one, network) = if address.is_ipv4() { (32, 24) } else { (64, 48) };
        Origin {
            address: self.hash(Prefix::of(address, one)),
            network: self.hash(Prefix::of(address, network)),
        }
    }

    /// The first 64 bits of the HMAC; never zero, which stands for no address.
    fn hash(&self, prefix: Prefix) -> u64 {
        let mut mac = self.0.clone();
        mac.update(&prefix.to_bytes());
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        bytes.first_chunk().map_or(1, |first| u64::from_be_bytes(*first).max(1))
    }
}

/// Never the key.
impl std::fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressKey")
    }
}
