//! Choosing the promoted posts of a page.
//!
//! Whoever finds the promotions whose audience a viewer belongs to passes their slots in; see
//! [`Audience::admits`](promotions::Audience::admits). All else is decided here, from what the
//! serving process knows by itself: no selection asks anybody. The same calls with the same
//! arguments give the same answers.

mod bought;
mod offer;
mod promoted;
mod seat;

use std::collections::{BTreeMap, BTreeSet};

use base::{Amount, CreatorId, Currency, Instant, PromotionId, Span};
use promotions::{Goal, Micros, Viewer, limits};

use crate::counters::Counters;
use crate::saved::Saved;
use crate::slices::{Back, Sums};
use crate::{
    Bid, Cause, Chance, CounterRecord, Curves, Delays, Lease, Outcome, Seen, Settled, Share,
    Sightings, Slice, SliceId, Sold, TrafficCurve, Unbilled, Win, auction,
};
use seat::{Ask, Candidate, Seat};

pub use offer::{Offer, PaidLabel, Reason};
pub use promoted::{Payer, Pricing, Promoted, Standing, UnitRange};

/// So many candidates of a currency are always asked for a bid. The others are only as long as no
/// place and one more could be sold.
const ASKED_MIN: usize = 1_000;

/// The place of a promotion in a serving process. Tables reach up to the highest slot, so slots
/// should be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

impl Slot {
    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// One page for one viewer.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Who looks at it.
    pub viewer: &'a Viewer,
    /// A keyed hash of the viewer's name, by which showings are counted; without it there is no
    /// frequency cap.
    pub viewer_key: Option<u64>,
    /// How many promoted posts have room.
    pub places: usize,
    /// The currency in which its places are sold; without it a lot decides, see
    /// [`Chooser::choose`].
    pub currency: Option<Currency>,
    /// Decides between equals; draw a new one for each page.
    pub seed: u64,
    /// When. An instant before that of a former call counts as that one.
    pub now: Instant,
}

/// All promotions of one serving process, and its part of their money.
#[derive(Debug)]
pub struct Chooser {
    seats: Vec<Option<Seat>>,
    by_promotion: BTreeMap<PromotionId, Slot>,
    vacant: Vec<Slot>,
    /// Seats that may need money.
    hungry: BTreeSet<Slot>,
    curves: Curves,
    /// By goal, in the order of [`Goal::ALL`].
    delays: [Delays; Goal::ALL.len()],
    sightings: Sightings,
    counters: Counters,
    is_incident: bool,
    pages: u64,
    sold_in: Option<Currency>,
    to_beat: Micros,
    latest: Instant,
}

/// Money that the book is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Out of whose escrow.
    pub promotion: PromotionId,
    /// The slice that is to be made larger: the newest that is here. A slice that this process
    /// does not know any more must not be, for what it has spent would be taken as free.
    pub slice: Option<SliceId>,
    /// How much more.
    pub amount: Amount,
}

/// Money that goes back to the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Whose escrow it goes to.
    pub promotion: PromotionId,
    /// From which slice.
    pub slice: SliceId,
    /// What the slice keeps in all: the book is told what is left, so it may be told again. See
    /// [`promotions::Return`].
    pub granted_after: Amount,
    /// Whether the slice is closed: nothing more is charged to it. The book closes it when the
    /// records so far are billed.
    pub is_closed: bool,
}

/// Where a promotion stands in one serving process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standings {
    /// Granted to its slices and not given back.
    pub granted: Micros,
    /// Billed by its slices.
    pub spent: Micros,
    /// Held for open selections.
    pub reserved: Micros,
    /// Spent by all slices that were ever here and not repaid, and held: what other processes are
    /// told.
    pub committed: Micros,
    /// The chance that a selection leads to a unit, as learned so far.
    pub chance: Chance,
}

impl Chooser {
    /// Without promotions. `traffic` is what is believed of all viewers' day; `viewers_max` is how
    /// many of them are remembered for frequency caps.
    pub fn new(traffic: TrafficCurve, viewers_max: usize) -> Chooser {
        Chooser {
            seats: Vec::new(),
            by_promotion: BTreeMap::new(),
            vacant: Vec::new(),
            hungry: BTreeSet::new(),
            curves: Curves::new(traffic),
            delays: Goal::ALL.map(Delays::believed),
            sightings: Sightings::new(viewers_max),
            counters: Counters::default(),
            is_incident: false,
            pages: 0,
            sold_in: None,
            to_beat: Micros::ZERO,
            latest: Instant::MIN,
        }
    }

    /// Adds a promotion, or changes it and keeps what was learned of it. Answers with its slot.
    pub fn put(&mut self, promoted: Promoted, now: Instant) -> Slot {
        let now = self.advance(now);
        let promotion = promoted.promotion;
        let slot = match self.by_promotion.get(&promotion) {
            Some(slot) => *slot,
            None => self.vacate(),
        };
        match &mut self.seats[slot.place()] {
            Some(seat) => seat.change(promoted, now),
            empty => *empty = Some(Seat::new(promoted, now)),
        }
        self.by_promotion.insert(promotion, slot);
        self.hungry.insert(slot);
        slot
    }

    fn vacate(&mut self) -> Slot {
        self.vacant.pop().unwrap_or_else(|| {
            let slot = Slot(u32::try_from(self.seats.len()).expect("fewer than 2³² promotions"));
            self.seats.push(None);
            slot
        })
    }

    /// Takes in what a process before has learned of a promotion, as its logs tell: how often it
    /// was served, and how many units that has led to.
    pub fn recall(&mut self, promotion: PromotionId, served: u64, units: u64) {
        if let Some(seat) = self.slot(promotion).and_then(|slot| self.seat_mut(slot)) {
            seat.recall(served, units);
        }
    }

    /// Takes in a showing of before, for frequency caps; tell them in order.
    pub fn recall_showing(&mut self, viewer_key: u64, promotion: PromotionId, at: Instant) {
        self.sightings.recall(viewer_key, promotion, at);
    }

    /// Takes in how long after its selection an event of before came.
    pub fn recall_delay(&mut self, goal: Goal, age: Span) {
        self.delays[goal as usize - 1].observe(age);
    }

    /// Appends what was learned of viewers and traffic, whatever the promotion: who was shown what
    /// from a time on, delays, and the shape of days.
    pub fn save_learned(&self, since: Instant, out: &mut Vec<u8>) {
        self.curves.save(out);
        self.delays.save(out);
        self.sightings.since(since).save(out);
    }

    /// Takes over what another one has learned; `None` when the bytes are none of this format.
    pub fn restore_learned(&mut self, bytes: &mut &[u8]) -> Option<()> {
        let (curves, delays): (Curves, _) = Saved::restore(bytes)?;
        let seen = Saved::restore(bytes)?;
        (self.curves, self.delays) = (curves, delays);
        self.curves.resume();
        self.sightings.take_over(seen);
        Some(())
    }

    /// Every promotion that is here.
    pub fn promotions(&self) -> impl Iterator<Item = PromotionId> {
        self.by_promotion.keys().copied()
    }

    /// Forgets a promotion of which no event is expected any more. All its slices are closed.
    pub fn remove(&mut self, promotion: PromotionId) -> Vec<Returned> {
        let Some(slot) = self.by_promotion.remove(&promotion) else { return Vec::new() };
        // Another promotion may get the slot within the minute.
        self.counters.finish_minute();
        self.hungry.remove(&slot);
        self.vacant.push(slot);
        let seat = self.seats[slot.place()].take();
        let backs = seat.into_iter().flat_map(|seat| seat.purse.close());
        backs.map(|back| returned(promotion, back)).collect()
    }

    /// What a place may bring at most, by which candidates are found: nothing while it may not be
    /// shown or its money is used up.
    pub fn rank(&self, slot: Slot) -> u64 {
        self.seats.get(slot.place()).and_then(Option::as_ref).map_or(0, Seat::rank)
    }

    /// The same of all promotions that are here.
    pub fn ranks(&self) -> impl Iterator<Item = (Slot, u64)> {
        self.by_promotion.values().map(|slot| (*slot, self.rank(*slot)))
    }

    /// The slot of a promotion.
    pub fn slot(&self, promotion: PromotionId) -> Option<Slot> {
        self.by_promotion.get(&promotion).copied()
    }

    /// What the promotion is to bring about.
    pub fn goal(&self, promotion: PromotionId) -> Option<Goal> {
        let seat = self.seats[self.slot(promotion)?.place()].as_ref()?;
        Some(seat.promoted.goal)
    }

    /// Says that selection is, or is no longer, struck by an incident. While it is, nothing is
    /// served, and what would have been is counted as lost to it.
    pub fn set_incident(&mut self, is_incident: bool) {
        self.is_incident = is_incident;
    }

    /// Whether it is: then nothing is to be learned from what a place was worth.
    pub fn is_incident(&self) -> bool {
        self.is_incident
    }

    /// The traffic as it was learned so far.
    pub fn curves(&self) -> &Curves {
        &self.curves
    }

    /// Sets what is believed of the traffic of countries.
    pub fn curves_mut(&mut self) -> &mut Curves {
        &mut self.curves
    }

    /// Chooses for a page among `candidates`, each the slot of a promotion whose audience the
    /// viewer belongs to. The best offer comes first.
    ///
    /// Each candidate that runs is one opportunity and is counted once. Slots that are named
    /// twice, empty, or whose promotion is out of its dates, are passed over. Name those of each
    /// currency best first, by their [`Chooser::rank`]: when there are more than a thousand, and
    /// enough of them bid, the rest is not asked and was outbid.
    ///
    /// The places of a page are sold in one currency, for prices of two cannot be compared: that of
    /// the page, else that of the promotion whose lot is the highest among those that could pay for
    /// a place. So each currency gets pages in proportion to its promotions.
    pub fn choose(&mut self, page: &Page<'_>, candidates: &[Slot]) -> Vec<Offer> {
        let now = self.advance(page.now);
        self.pages += 1;
        self.curves.observe(page.viewer.region, now);
        let is_child = page.viewer.age.is_some_and(|age| age < limits::AGE_FLOOR);
        let mut bids = Vec::with_capacity(candidates.len());
        let mut asked: BTreeMap<Currency, Asked> = BTreeMap::new();
        for slot in candidates {
            let Some(seat) = self.seats.get(slot.place()).and_then(Option::as_ref) else {
                continue;
            };
            let (currency, creator) = (seat.promoted.currency, seat.promoted.creator);
            let of_currency = asked.entry(currency).or_default();
            if of_currency.is_beaten(creator, page.places) {
                self.pass_over(*slot, is_child, now);
                continue;
            }
            of_currency.count += 1;
            if let Some(Ok(bid)) = self.consider(page, *slot, is_child, now) {
                if bid.has_money || self.is_incident {
                    of_currency.bidding(creator, page.places);
                }
                bids.push(bid);
            }
        }
        self.sold_in = page.currency.or_else(|| drawn(&bids));
        let of_another = bids.extract_if(.., |one| self.sold_in != Some(one.currency));
        for Candidate { bid, .. } in of_another.collect::<Vec<_>>() {
            self.count(bid.slot, Outcome::Lost(Cause::Currency), now);
        }
        let lost = self.lost_to_us(&bids, page.places);
        let mut payable: Vec<Bid> =
            bids.iter().filter(|bid| bid.has_money && !self.is_incident).map(|b| b.bid).collect();
        let wins = auction(&mut payable, page.places);
        // The last place goes to whoever bids more for it than its winner.
        let last = wins.last().filter(|_| wins.len() == page.places);
        let last = last.and_then(|win| payable.iter().find(|bid| bid.slot == win.slot));
        self.to_beat = last.map_or(Micros::ZERO, |bid| bid.to_outrank());
        let offers: Vec<Offer> = wins.iter().filter_map(|win| self.sell(page, win, now)).collect();
        for Candidate { bid, .. } in &bids {
            if wins.iter().any(|win| win.slot == bid.slot) {
                continue;
            }
            let ours = lost.iter().find(|(win, _)| win.slot == bid.slot);
            if let (Some((win, _)), Some(seat)) = (ours, self.seat_mut(bid.slot)) {
                seat.spend_credit(win.price);
            }
            self.count(
                bid.slot,
                Outcome::Lost(ours.map_or(Cause::Outbid, |(_, cause)| *cause)),
                now,
            );
        }
        offers
    }

    /// The currency in which places of the last page were sold; `None` when nobody bid for one.
    pub fn sold_in(&self) -> Option<Currency> {
        self.sold_in
    }

    /// What a showing had to be worth to win a place of the last page; nothing when there was room.
    /// A [`History`](crate::History) wants to know.
    pub fn to_beat(&self) -> Micros {
        self.to_beat
    }

    /// Makes the bid of a candidate, or counts why it has none; `None` when it does not run.
    fn consider(
        &mut self,
        page: &Page<'_>,
        slot: Slot,
        is_child: bool,
        now: Instant,
    ) -> Option<Result<Candidate, Cause>> {
        let pages = self.pages;
        let seat = self.seats.get_mut(slot.place())?.as_mut()?;
        if seat.last_request == pages || !seat.promoted.plan.runs_at(now) {
            return None;
        }
        seat.last_request = pages;
        let seen = page.viewer_key.map_or(Seen::NOTHING, |viewer| self.sightings.of(viewer));
        let ask = Ask { slot, seed: page.seed, seen, now };
        let delays = &self.delays[seat.promoted.goal as usize - 1];
        let bid = match is_child {
            true => Err(Cause::Policy),
            false => seat.bid(&ask, delays, &self.curves),
        };
        if seat.is_hungry(now) {
            self.hungry.insert(slot);
        }
        if let Err(cause) = bid {
            self.count(slot, Outcome::Lost(cause), now);
        }
        Some(bid)
    }

    /// Counts why a candidate was not asked for a bid.
    fn pass_over(&mut self, slot: Slot, is_child: bool, now: Instant) {
        let pages = self.pages;
        let Some(seat) = self.seat_mut(slot) else { return };
        if seat.last_request == pages || !seat.promoted.plan.runs_at(now) {
            return;
        }
        seat.last_request = pages;
        let cause = if is_child { Cause::Policy } else { seat.beaten_by() };
        self.count(slot, Outcome::Lost(cause), now);
    }

    /// Who would have had a place, had everything worked, and why they have not.
    fn lost_to_us(&self, bids: &[Candidate], places: usize) -> Vec<(Win, Cause)> {
        if !self.is_incident && bids.iter().all(|bid| bid.has_money) {
            return Vec::new();
        }
        let mut all: Vec<Bid> = bids.iter().map(|bid| bid.bid).collect();
        let would_win = auction(&mut all, places);
        let cause = if self.is_incident { Cause::Incident } else { Cause::Error };
        let had_money = |slot| bids.iter().any(|one| one.bid.slot == slot && one.has_money);
        let lost = would_win.into_iter().filter(|win| self.is_incident || !had_money(win.slot));
        lost.map(|win| (win, cause)).collect()
    }

    /// Holds the money of a place and makes the offer.
    fn sell(&mut self, page: &Page<'_>, win: &Win, now: Instant) -> Option<Offer> {
        let seat = self.seat_mut(win.slot)?;
        let why = offer::why(&seat.promoted.audience, page.viewer);
        let price = win.price.min(seat.purse.most(now));
        let held = why.is_some().then(|| seat.purse.hold(price, win.chance, now)).flatten();
        let (Some(slice), Some(why)) = (held, why) else {
            // The finder was wrong about the audience: a place is left empty rather than wrong.
            self.count(win.slot, Outcome::Lost(Cause::Error), now);
            return None;
        };
        seat.spend_credit(price);
        seat.count_served();
        let Promoted { promotion, post, payer, .. } = &seat.promoted;
        let offer = Offer {
            promotion: *promotion,
            post: post.clone(),
            sold: Sold { slice, price, at: now },
            label: PaidLabel(payer.clone()),
            why,
        };
        if let Some(viewer) = page.viewer_key {
            self.sightings.record(viewer, offer.promotion, now);
        }
        self.count(win.slot, Outcome::Served, now);
        Some(offer)
    }

    /// Bills an event of the billed kind, of a selection that this process sold.
    ///
    /// Ask for the verdict first: a forged or repeated event must not come here.
    pub fn settle(&mut self, promotion: PromotionId, sold: &Sold, now: Instant) -> Settled {
        let now = self.advance(now);
        let unknown = Settled::Unbilled(Unbilled::UnknownSlice);
        let Some(slot) = self.slot(promotion) else { return unknown };
        let Some(seat) = self.seats[slot.place()].as_mut() else { return unknown };
        let goal = seat.promoted.goal;
        let settled = seat.purse.settle(sold, goal.report_window(), now);
        let too_late = Settled::Unbilled(Unbilled::TooLate);
        if settled != too_late && settled != unknown {
            seat.count_billed();
            let age = now.since(sold.at).unwrap_or_default();
            self.delays[goal as usize - 1].observe(age);
        }
        settled
    }

    /// Hears that what was billed of a promotion is repaid: it is to be spent again. Tell it of
    /// each repayment once, also of what was billed before this process began.
    pub fn repay(&mut self, promotion: PromotionId, price: Micros) {
        let Some(slot) = self.slot(promotion) else { return };
        if let Some(seat) = self.seat_mut(slot) {
            seat.repay(price);
            self.hungry.insert(slot);
        }
    }

    /// What more money to ask the book for. Ask every second, and tell the answer to
    /// [`Chooser::lease`] or [`Chooser::refuse`].
    pub fn wants(&mut self, now: Instant) -> Vec<Want> {
        let now = self.advance(now);
        let mut wants = Vec::new();
        for slot in std::mem::take(&mut self.hungry) {
            let Some(seat) = self.seats[slot.place()].as_mut() else { continue };
            let amount = seat.wanted(&self.curves, now).covering();
            if !amount.is_zero() {
                let (promotion, slice) = (seat.promoted.promotion, seat.purse.newest());
                wants.push(Want { promotion, slice, amount });
            }
        }
        wants
    }

    /// Takes a slice, or what one that is here was granted in all by now; told again, nothing
    /// changes. `false` when the promotion is not here, or the amount is beyond any price.
    #[must_use]
    pub fn lease(&mut self, promotion: PromotionId, lease: Lease) -> bool {
        let now = self.latest;
        let seat = self.slot(promotion).and_then(|slot| self.seat_mut(slot));
        seat.is_some_and(|seat| seat.lease(&lease, now))
    }

    /// Takes a slice of a process that ended; see [`Slice::resumed`].
    #[must_use]
    pub fn resume(&mut self, promotion: PromotionId, lease: Lease, spent: Micros) -> bool {
        let seat = self.slot(promotion).and_then(|slot| self.seat_mut(slot));
        seat.is_some_and(|seat| seat.purse.take(Slice::resumed(lease, spent)))
    }

    /// Hears that the book has nothing more to lease now.
    pub fn refuse(&mut self, promotion: PromotionId) {
        let now = self.latest;
        if let Some(seat) = self.slot(promotion).and_then(|slot| self.seat_mut(slot)) {
            seat.drained_at = Some(now);
        }
    }

    /// Gives back what slices have free that no longer serve, or that are not needed soon while the
    /// promotion's money runs out, and closes those that nothing can be billed from any more. Walks
    /// over all promotions, so call it once a minute.
    pub fn collect(&mut self, now: Instant) -> Vec<Returned> {
        let now = self.advance(now);
        let mut all = Vec::new();
        for seat in self.seats.iter_mut().flatten() {
            let (promotion, goal) = (seat.promoted.promotion, seat.promoted.goal);
            let delays = &self.delays[goal as usize - 1];
            seat.purse.tend(seat.chance(), delays, goal.report_window(), now);
            let backs = seat.purse.collect(!seat.is_idle(now), now);
            all.extend(backs.into_iter().map(|back| returned(promotion, back)));
        }
        all
    }

    /// Hears what the other processes have committed of a promotion's money, and which part of its
    /// traffic comes to this one. Tell it about every minute.
    pub fn report(&mut self, promotion: PromotionId, elsewhere: Micros, share: Share) {
        if let Some(seat) = self.slot(promotion).and_then(|slot| self.seat_mut(slot)) {
            seat.hear(elsewhere, share);
        }
    }

    /// Where a promotion stands here.
    pub fn standings(&self, promotion: PromotionId) -> Option<Standings> {
        let seat = self.seats[self.slot(promotion)?.place()].as_ref()?;
        let Sums { granted, spent, reserved } = seat.purse.sums();
        let committed = seat.committed_here();
        Some(Standings { granted, spent, reserved, committed, chance: seat.chance() })
    }

    /// Appends to `log` what was counted since the last call. Call it every second and make the
    /// log durable: then a crash loses the counts of a second.
    pub fn flush(&mut self, log: &mut Vec<CounterRecord>, now: Instant) {
        let now = self.advance(now);
        self.counters.flush(log, now);
    }

    /// Viewers that were forgotten to make room; see [`Sightings`].
    pub fn viewers_forgotten(&self) -> u64 {
        self.sightings.forgotten()
    }

    fn seat_mut(&mut self, slot: Slot) -> Option<&mut Seat> {
        self.seats.get_mut(slot.place())?.as_mut()
    }

    fn count(&mut self, slot: Slot, outcome: Outcome, now: Instant) {
        if let Some(Some(seat)) = self.seats.get(slot.place()) {
            self.counters.add(slot, seat.promoted.promotion, outcome, now);
        }
    }

    fn advance(&mut self, now: Instant) -> Instant {
        self.latest = self.latest.max(now);
        self.latest
    }
}

/// Candidates of one currency that were asked for a bid.
#[derive(Default)]
struct Asked {
    count: usize,
    /// Whose bids could win a place.
    bidding: Vec<CreatorId>,
}

impl Asked {
    fn bidding(&mut self, creator: CreatorId, places: usize) {
        if self.bidding.len() <= places && !self.bidding.contains(&creator) {
            self.bidding.push(creator);
        }
    }

    /// Whether whoever comes now, worth less than those before, cannot win: every place and the
    /// price of the last are settled, or the creator's better promotion bids.
    fn is_beaten(&self, creator: CreatorId, places: usize) -> bool {
        self.count >= ASKED_MIN && (self.bidding.len() > places || self.bidding.contains(&creator))
    }
}

/// The currency of the highest lot, among those with money if there is one.
fn drawn(bids: &[Candidate]) -> Option<Currency> {
    bids.iter().max_by_key(|one| (one.has_money, one.bid.lot)).map(|one| one.currency)
}

fn returned(promotion: PromotionId, (slice, granted_after, is_closed): Back) -> Returned {
    Returned { promotion, slice, granted_after, is_closed }
}
