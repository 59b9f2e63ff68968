//! What pages and events need, in memory: one lock, held for microseconds.

mod memory;
#[cfg(test)]
mod tests;

use base::{Instant, Label, PromotionId, Span};
use feed::segments::SegmentCounter;
use feed::shortfall::Activity;
use feed::token::{Selection, TokenKeys, ViewerHash};
use feed::verdict::{Body, Judge, Judgement, Lists, Outcome, Overloaded, Policy, Record};
use feed::{Candidates, Chooser, Offer, Page, PageWorth, Promoted, Reason, TrafficCurve};
use outside::keyring::KeyRing;

use crate::entry::Entry;
use crate::nonces::Nonces;
use crate::own::{Owned, Owners};
use crate::reports::Rests;
use crate::sample::{SeenPage, SeenPages, WAITING_MAX};
use crate::{Served, Told};

/// Viewers that are remembered for frequency caps.
const VIEWERS_MAX: usize = 1_000_000;

/// Verdicts that may wait for the log. More than that is not judged before some are written.
const UNWRITTEN_MAX: usize = 1_000_000;

/// Everything that pages and events touch.
pub(crate) struct State {
    pub(crate) chooser: Chooser,
    candidates: Candidates,
    judge: Judge,
    keys: TokenKeys,
    owners: Owners,
    /// How often this stream was begun: tells its tokens from those of the times before.
    process: u16,
    nonces: Nonces,
    /// Verdicts that are not in the log yet.
    pub(crate) unwritten: Vec<Record>,
    /// More than that is not judged before some are written.
    pub(crate) unwritten_max: usize,
    /// Whether too much waits for its bill.
    pub(crate) is_full: bool,
    /// Who was shown what, as far as it is not written.
    segments: SegmentCounter,
    /// What was done since the last run.
    pub(crate) activity: Activity,
    /// Pages since the last run.
    pub(crate) seen: SeenPages,
    /// Pages of one viewer in so many are remembered, so that others need not be copied.
    pub(crate) one_in: u64,
}

impl State {
    /// At the beginning of a stream.
    pub(crate) fn new(ring: &KeyRing, book: &str, stream: &Label) -> State {
        let key = |label: &str| -> [u8; 32] {
            let halves = [b'a', b'b'].map(|half| ring.short_hash(label, &[half]));
            std::array::from_fn(|place| halves[place / 16][place % 16])
        };
        // A token names its stream by what it is signed with.
        let signed_for = format!("{book}/{stream}");
        let keys = || TokenKeys::new(&signed_for, (1, &key("feed token")), &[]);
        let address_key = key("feed address");
        let judge = Judge::new(keys(), Lists::default(), &address_key, Policy::default());
        State {
            chooser: Chooser::new(TrafficCurve::flat(), VIEWERS_MAX),
            candidates: Candidates::default(),
            judge,
            keys: keys(),
            owners: Owners::new(ring, book),
            process: 0,
            nonces: Nonces::default(),
            unwritten: Vec::new(),
            unwritten_max: UNWRITTEN_MAX,
            is_full: false,
            segments: SegmentCounter::default(),
            activity: Activity::default(),
            seen: SeenPages::default(),
            one_in: 1,
        }
    }

    /// Takes a promotion in, or what has changed about it.
    pub(crate) fn put(&mut self, promoted: Promoted, owned: Owned, now: Instant) {
        let promotion = promoted.promotion;
        let slot = self.chooser.put(promoted.clone(), now);
        self.candidates.put(slot, &promoted, self.chooser.rank(slot));
        self.owners.all.insert(promotion, owned);
    }

    /// Ranks candidates by what is known by now. Walks over all promotions, so call it once a
    /// minute.
    pub(crate) fn rank_candidates(&mut self) {
        self.candidates.rank(self.chooser.ranks());
    }

    /// Forgets a promotion that is settled.
    pub(crate) fn remove(&mut self, promotion: PromotionId) -> Vec<feed::Returned> {
        if let Some(slot) = self.chooser.slot(promotion) {
            self.candidates.remove(slot);
        }
        self.owners.all.remove(&promotion);
        self.segments.forget(promotion);
        self.chooser.remove(promotion)
    }

    /// Chooses, and signs what was chosen.
    pub(crate) fn select(&mut self, page: &Page<'_>, viewer: Option<ViewerHash>) -> Vec<Served> {
        let candidates = self.candidates.of(page.viewer, page.now);
        let offers = self.chooser.choose(page, &candidates);
        self.activity.page(page.now, offers.len());
        self.remember(page, offers.len());
        let mut served = Vec::with_capacity(offers.len());
        for offer in offers {
            let goal = self.chooser.goal(offer.promotion).expect("it was just chosen");
            let nonce = self.nonces.next(goal);
            let token = self.keys.seal(Selection {
                promotion: offer.promotion,
                slice: offer.sold.slice.0,
                viewer,
                at: offer.sold.at,
                price: offer.sold.price,
                process: self.process,
                nonce,
                country: page.viewer.region.map(|region| region.country()),
                device: page.viewer.device,
                goal,
            });
            let known = (page.viewer, viewer);
            self.segments.shown(offer.promotion, nonce, known, interest(&offer));
            served.push(Served { offer, token });
        }
        served
    }

    fn remember(&mut self, page: &Page<'_>, served: usize) {
        self.seen.showings += served as u64;
        // While the feed is held back nobody bids, and quotes would be too cheap.
        if self.chooser.is_incident() || self.seen.pages.len() >= WAITING_MAX {
            return;
        }
        let is_sampled = |key: &u64| key.is_multiple_of(self.one_in);
        let Some(key) = page.viewer_key.filter(is_sampled) else { return };
        let (sold_in, to_beat) = (self.chooser.sold_in(), self.chooser.to_beat());
        let is_currency_told = page.currency.is_some();
        let worth = PageWorth { at: page.now, sold_in, is_currency_told, to_beat };
        self.seen.pages.push(SeenPage { viewer: page.viewer.clone(), key, worth });
    }

    /// Judges what was told.
    pub(crate) fn judge(&mut self, told: &Told<'_>, now: Instant) -> Result<Judgement, Overloaded> {
        if self.is_full || self.unwritten.len() >= self.unwritten_max {
            self.activity.refusal(now);
            return Err(Overloaded { retry_after: Span::seconds(1) });
        }
        let State { judge, chooser, owners, unwritten, activity, segments, process, .. } = self;
        let event = match told {
            Told::Event(event) => event,
            Told::SaleReturned { token } => {
                let before = unwritten.len();
                let judgement = judge.return_sale(token, now, unwritten);
                repay(chooser, &unwritten[before..]);
                return Ok(judgement);
            }
        };
        activity.event(event.kind, now);
        let seen = owners.seen_from(event.address);
        let charge = |selection: &Selection, now| {
            chooser.settle(selection.promotion, &selection.sold(), now)
        };
        let before = unwritten.len();
        let judgement = judge.judge(event, |promotion| seen.own(promotion), charge, now, unwritten);
        for record in &unwritten[before..] {
            if let Body::Judged(judged) = &record.body
                && judged.outcome == Outcome::Billed
                && judged.selection.process == *process
            {
                segments.billed(&judged.selection);
            }
        }
        repay(chooser, &unwritten[before..]);
        judgement
    }

    /// Who is in what was not written, right after [`State::take_unwritten`]: of promotions of
    /// which it has changed.
    pub(crate) fn take_rests(&mut self) -> Rests {
        self.segments.take_rests()
    }

    /// Pages that were asked for, and events that came, while there was no feed yet.
    pub(crate) fn note_missed(&mut self, pages: u64, events: u64, now: Instant) {
        (0..pages).for_each(|_| self.activity.failure(now));
        (0..events).for_each(|_| self.activity.refusal(now));
    }

    /// What is to be written now: verdicts, then counts.
    pub(crate) fn take_unwritten(&mut self, now: Instant) -> Vec<Entry> {
        let before = self.unwritten.len();
        self.judge.pass_time(now, &mut self.unwritten);
        repay(&mut self.chooser, &self.unwritten[before..]);
        let verdicts = self.unwritten.drain(..).map(Entry::Verdict);
        let mut entries: Vec<Entry> = verdicts.collect();
        let mut counters = Vec::new();
        self.chooser.flush(&mut counters, now);
        entries.extend(counters.into_iter().map(Entry::Counter));
        let done = std::mem::take(&mut self.activity);
        entries.extend(done.minutes().map(|(minute, doings)| Entry::Done(minute, doings)));
        let mut segments = Vec::new();
        self.segments.flush(&mut segments);
        entries.extend(segments.into_iter().map(Entry::Segment));
        entries
    }

    pub(crate) fn set_incident(&mut self, is_incident: bool) {
        self.chooser.set_incident(is_incident);
    }

    /// The traffic of a promotion's viewers, as learned.
    pub(crate) fn curve(&self, audience: &promotions::Audience) -> TrafficCurve {
        let country = match audience.regions.as_slice() {
            [region] => Some(region.country()),
            _ => None,
        };
        self.chooser.curves().known_of(country)
    }

    /// What is known of networks and people from now on.
    pub(crate) fn set_lists(&mut self, lists: Lists) {
        self.judge.set_data(self.keys.clone(), lists);
    }

    /// Bytes in which used tokens are remembered, and how many there may be.
    pub(crate) fn used_tokens(&self) -> [usize; 2] {
        [self.judge.used_bytes(), Policy::default().used_bytes_max]
    }

    /// The number of the next verdict, whether or not those before it are in the log.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.judge.next_sequence()
    }
}

/// What is repaid is to be spent again.
fn repay(chooser: &mut Chooser, records: &[Record]) {
    for record in records {
        if let Body::Repaid(repaid) = &record.body {
            chooser.repay(repaid.promotion, repaid.price);
        }
    }
}

/// The first of the interests asked for that the viewer has.
fn interest(offer: &Offer) -> Option<&Label> {
    offer.why.iter().find_map(|reason| match reason {
        Reason::Interests(shared) => shared.first(),
        _ => None,
    })
}
