use base::{Currency, Instant, Region, Span};

use super::{Pricing, Promoted, Standing, UnitRange};
use crate::chance::scaled;
use crate::pacing::{self, Curves, country_of};
use crate::slices::Purse;
use crate::{
    Bid, Cause, Chance, Delays, Lease, Pacer, Plan, Seen, Share, Slot, TrafficCurve, URGENCY_MAX,
    Way,
};
use promotions::Micros;

/// What one serving process knows of a promotion.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) promoted: Promoted,
    /// How many selections what is believed counts as.
    trials: u64,
    country: Option<Region>,
    pacer: Pacer,
    pub(super) purse: Purse,
    /// What other processes have committed, as of the last report.
    elsewhere: Micros,
    /// What was billed here, or elsewhere before, and is repaid: its money is there again.
    repaid: Micros,
    share: Share,
    /// When the book last said that it has nothing more to lease, if it gave nothing since.
    pub(super) drained_at: Option<Instant>,
    /// Whether it was told what other processes have committed.
    is_informed: bool,
    /// Money to have free; below half of it more is asked for.
    stock: Micros,
    /// The least and the most that a unit costs, and until when that is believed.
    prices: (Micros, Micros),
    priced_until: Instant,
    /// The last request that named this promotion.
    pub(super) last_request: u64,
    served: u64,
    billed: u64,
    /// Selections that were ever made here.
    selections: u64,
}

/// For how long it is believed that the book has nothing to lease: what others give back, it has
/// again.
const DRAINED: Span = Span::seconds(10);

/// Units that what is believed counts as much as.
const BELIEVED_UNITS: u64 = 5;

/// With this many selections, the counts behind the chance are halved: habits may change.
const SERVED_MAX: u64 = 1_000_000;

/// When less than one over this is left of the money, no process keeps what it cannot use.
const LAST_PART: u128 = 20;

/// One over this of a guarantee's time is kept for what is missing near its end.
const KEPT_PART: u64 = 50;

/// And at least this long after what is planned for the end can be reported: by then its slices are
/// closed, and the parts of minor units that each of them had left are money again.
const KEPT_MIN: Span = Span::minutes(20);

/// But no more than one over this of its time.
const KEPT_PART_MAX: u64 = 5;

/// How long the prices of a promotion stay before they are looked at again.
const PRICED_FOR: Span = Span::seconds(1);

/// A budget is beyond what its people can be shown when the lowest number of units that was quoted
/// would have to cost more than this part of the most, in percent.
const SHORT_PERCENT: u128 = 120;

/// Prices are held so much further inside of what was quoted, in percent: those of a time in which
/// nothing held them are made up for.
const INSIDE_PERCENT: u128 = 106;

/// A promotion is behind when it has committed less than this part of what is due, in percent.
const BEHIND_PERCENT: u128 = 85;

/// And when its units are less than this part of those that the lowest number quoted needs by then,
/// in percent: where places are so cheap that its people do not use up what is due, nothing is
/// missing.
const UNITS_PERCENT: u128 = 110;

/// For how long a process likes to have money.
const STOCK: Span = Span::minutes(5);

impl Seat {
    pub(super) fn new(promoted: Promoted, now: Instant) -> Seat {
        Seat {
            trials: trials(promoted.believed),
            country: country_of(&promoted.audience),
            pacer: Pacer::new(now, Micros::ZERO),
            purse: Purse::default(),
            elsewhere: Micros::ZERO,
            repaid: Micros::ZERO,
            share: Share::WHOLE,
            drained_at: None,
            is_informed: false,
            stock: Micros::ZERO,
            prices: (Micros::ZERO, Micros::ZERO),
            priced_until: Instant::MIN,
            last_request: 0,
            served: 0,
            billed: 0,
            selections: 0,
            promoted,
        }
    }

    pub(super) fn change(&mut self, promoted: Promoted, now: Instant) {
        self.trials = trials(promoted.believed);
        self.country = country_of(&promoted.audience);
        self.priced_until = Instant::MIN;
        self.promoted = promoted;
        self.end_with_day(now);
    }

    /// Takes a slice, or what one that is here was granted by now.
    pub(super) fn lease(&mut self, lease: &Lease, now: Instant) -> bool {
        self.drained_at = None;
        let is_taken = self.purse.lease(lease);
        self.end_with_day(now);
        is_taken
    }

    /// What is leased on a day is what the day can cost, where that is limited. The book ends what
    /// it leases then with the day, but not what it had leased before.
    fn end_with_day(&mut self, now: Instant) {
        if self.promoted.plan.daily.is_some() {
            self.purse.end_by(pacing::end_of_day(now));
        }
    }

    /// The chance that a selection leads to a unit: what was believed, corrected by what was seen.
    pub(super) fn chance(&self) -> Chance {
        Chance::of(BELIEVED_UNITS + self.billed, self.trials + self.served)
    }

    /// What is spent, or may be expected to be by selections made, in all processes.
    fn committed(&self) -> Micros {
        let all = self.purse.committed().saturating_add(self.elsewhere);
        all.saturating_sub(self.repaid)
    }

    /// The same of this process alone.
    pub(super) fn committed_here(&self) -> Micros {
        self.purse.committed().saturating_sub(self.repaid)
    }

    /// Hears that something billed is repaid: the book leases that money again.
    pub(super) fn repay(&mut self, price: Micros) {
        self.repaid = self.repaid.saturating_add(price);
        self.drained_at = None;
    }

    /// What a place may be expected to bring at most: what is behind its plan may bid more than its
    /// price. Nothing when it may not be shown, or has nothing left.
    pub(super) fn rank(&self) -> u64 {
        if self.standing().is_err() || self.is_spent() {
            return 0;
        }
        let pricing = self.promoted.pricing;
        let worth = self.chance().expected(pricing.most()).get();
        match pricing {
            Pricing::Auction { .. } => worth.max(1),
            Pricing::Fixed(_) => worth.saturating_mul(u64::from(URGENCY_MAX) / 1_000).max(1),
        }
    }

    fn is_spent(&self) -> bool {
        let left = self.promoted.plan.budget.saturating_sub(self.committed());
        left < self.promoted.pricing.least() || left == Micros::ZERO
    }

    /// Why it has no place where so many were worth more that it was not asked.
    pub(super) fn beaten_by(&self) -> Cause {
        match self.standing() {
            Err(cause) => cause,
            Ok(()) if self.is_spent() => Cause::Budget,
            Ok(()) => Cause::Outbid,
        }
    }

    /// What the promotion bids, or why it does not. A bid without money behind it says so: it may
    /// win nothing, but it is known whether it would have.
    pub(super) fn bid(
        &mut self,
        ask: &Ask<'_>,
        delays: &Delays,
        curves: &Curves,
    ) -> Result<Candidate, Cause> {
        let Ask { slot, now, .. } = *ask;
        self.standing()?;
        if ask.seen.is_capped(self.promoted.promotion, self.promoted.cap, now) {
            return Err(Cause::Cap);
        }
        let chance = self.chance();
        self.purse.tend(chance, delays, self.promoted.goal.report_window(), now);
        let committed = self.committed();
        let pricing = self.promoted.pricing;
        let free = self.purse.most(now);
        let has_money = free >= pricing.least() && free > Micros::ZERO;
        // Credit is earned without money too: only who has some asks the book for more.
        let curve = curves.of(self.country);
        let cost = chance.expected(pricing.most());
        let plan = &self.pacing_plan(now);
        self.pacer.earn(&Way { plan, curve, share: self.share, cost }, committed, now);
        if !has_money && (self.is_drained(now) || self.is_spent()) {
            return Err(Cause::Budget);
        }
        if !self.pacer.may_bid() && !self.is_finishing(now) {
            return Err(Cause::Pacing);
        }
        let (is_fixed, urgency) = match pricing {
            Pricing::Auction { .. } => (false, 1_000),
            Pricing::Fixed(_) => (true, pacing::urgency(plan, curve, committed, now)),
        };
        if now >= self.priced_until {
            self.priced_until = now.saturating_add(PRICED_FOR);
            self.prices = self.prices_now(curve, committed, now);
        }
        let (least, most) = self.prices;
        // The last unit of a fixed price is sold for what is left, and ranks like any other.
        let most = if has_money && !is_fixed { most.min(free) } else { most };
        let least = least.min(most);
        let (creator, lot) = (self.promoted.creator, lot(ask.seed, &self.promoted));
        let bid = Bid { slot, creator, most, least, chance, is_fixed, urgency, lot };
        Ok(Candidate { bid, has_money, currency: self.promoted.currency })
    }

    /// The least and the most that a unit may cost now.
    ///
    /// A budget that is spent at prices between its part for the highest number of units quoted and
    /// that for the lowest brings a number in between. While it is spent as planned, prices stay
    /// there. When it is behind, nothing holds them up, and the most is raised, up to what was
    /// quoted. Neither does anything where the lowest number does not use the budget up at any
    /// price, for what it lacks is people.
    fn prices_now(
        &self,
        curve: &TrafficCurve,
        committed: Micros,
        now: Instant,
    ) -> (Micros, Micros) {
        let (least, most) = (self.promoted.pricing.least(), self.promoted.pricing.most());
        let Some(UnitRange { low, high }) = self.promoted.quoted else { return (least, most) };
        let plan = &self.promoted.plan;
        let haste = pacing::urgency(plan, curve, committed, now);
        let (budget, due) = (plan.budget, plan.due(curve, now));
        let dear =
            scaled(budget, u128::from(haste) * 100, u128::from(low) * 1_000 * INSIDE_PERCENT);
        let dear = dear.clamp(least, most.max(least));
        let is_behind =
            committed < scaled(due, BEHIND_PERCENT, 100) && self.units() < self.units_due(low, due);
        let cheap = scaled(budget, INSIDE_PERCENT, u128::from(high) * 100);
        let lacks_people = scaled(budget, 100, u128::from(low) * SHORT_PERCENT) > most;
        let cheap = if is_behind || lacks_people { least } else { cheap };
        (cheap.clamp(least, dear), dear)
    }

    /// Units that selections made so far may be expected to bring, in all processes.
    fn units(&self) -> u64 {
        let here = u128::from(self.selections) * u128::from(self.chance().billionths());
        let here = here / u128::from(Chance::ALWAYS.billionths());
        self.share.whole_of(u64::try_from(here).unwrap_or(u64::MAX))
    }

    /// How many there should be when so much of the budget is due, to bring the lowest number that
    /// was quoted and a little more.
    fn units_due(&self, low: u64, due: Micros) -> u64 {
        let parts = u128::from(low) * u128::from(due.get()) * UNITS_PERCENT;
        let whole = u128::from(self.promoted.plan.budget.get().max(1)) * 100;
        u64::try_from(parts / whole).unwrap_or(u64::MAX)
    }

    /// What is paced: of a fixed price, which sells a number of units, the end of the time is kept
    /// for those that are still missing then.
    fn pacing_plan(&self, now: Instant) -> Plan {
        let plan = self.promoted.plan;
        let is_kept = now < self.finishes_from();
        if is_kept { Plan { ends_at: self.finishes_from(), ..plan } } else { plan }
    }

    /// Whether its time is kept for what is missing: that is shown as soon as it can be.
    fn is_finishing(&self, now: Instant) -> bool {
        now >= self.finishes_from()
    }

    /// From when on its time is kept for what is missing; of what has no fixed price, none is.
    fn finishes_from(&self) -> Instant {
        let plan = &self.promoted.plan;
        if !matches!(self.promoted.pricing, Pricing::Fixed(_)) {
            return plan.ends_at;
        }
        let length = plan.ends_at.since(plan.starts_at).unwrap_or_default();
        let window = self.promoted.goal.report_window().micros();
        let kept = (length.micros() / KEPT_PART).max(window + KEPT_MIN.micros());
        let kept = Span::from_micros(kept.min(length.micros() / KEPT_PART_MAX));
        plan.ends_at.saturating_sub(kept)
    }

    /// Whether the book has nothing to lease, as far as is known. A new day has a new budget.
    fn is_drained(&self, now: Instant) -> bool {
        self.drained_at.is_some_and(|at| {
            now < at.saturating_add(DRAINED) && now.day_number() == at.day_number()
        })
    }

    /// Hears of other processes. What they had committed when this one came is not of its day,
    /// as far as it can tell; that the day does not cost too much, the book sees to.
    pub(super) fn hear(&mut self, elsewhere: Micros, share: Share) {
        (self.elsewhere, self.share) = (elsewhere, share);
        if !self.is_informed {
            self.is_informed = true;
            self.pacer.begin(self.committed());
        }
    }

    fn standing(&self) -> Result<(), Cause> {
        match self.promoted.standing {
            Standing::Running => Ok(()),
            Standing::Paused => Err(Cause::Paused),
            Standing::Withheld => Err(Cause::Policy),
        }
    }

    /// Uses credit up for a place, also for one that an incident or an error took away: without
    /// it the credit would be gone too.
    pub(super) fn spend_credit(&mut self, price: Micros) {
        self.pacer.spend(self.chance().expected(price));
    }

    /// Learns from selections of before, and what they have led to.
    pub(super) fn recall(&mut self, mut served: u64, mut billed: u64) {
        self.selections = served;
        while served >= SERVED_MAX {
            (served, billed) = (served / 2, billed / 2);
        }
        (self.served, self.billed) = (served, billed);
    }

    pub(super) fn count_served(&mut self) {
        self.served += 1;
        self.selections += 1;
        if self.served >= SERVED_MAX {
            self.served /= 2;
            self.billed /= 2;
        }
    }

    pub(super) fn count_billed(&mut self) {
        self.billed += 1;
    }

    /// Whether more money should be asked for: it can be used soon, and half of the stock is used
    /// or no unit can be paid.
    pub(super) fn is_hungry(&self, now: Instant) -> bool {
        let least = scaled(self.stock, 1, 2).max(self.promoted.pricing.most());
        self.may_bid_soon(now) && self.purse.free(now) < least
    }

    /// Whether money that is free here is better given to another process: little is left of all,
    /// and this process cannot use it soon.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        let Plan { budget, .. } = self.promoted.plan;
        let left = budget.saturating_sub(self.committed());
        left < scaled(budget, 1, LAST_PART) && !self.may_bid_soon(now)
    }

    fn may_bid_soon(&self, now: Instant) -> bool {
        self.is_finishing(now) || self.pacer.may_bid_soon()
    }

    /// How much money to ask for: enough for some minutes by the plan, and for a unit.
    pub(super) fn wanted(&mut self, curves: &Curves, now: Instant) -> Micros {
        let Plan { budget, ends_at, .. } = self.promoted.plan;
        if self.standing().is_err() || now >= ends_at {
            return Micros::ZERO;
        }
        let curve = curves.of(self.country);
        let left = budget.saturating_sub(self.committed());
        let soon = curve.between(now, ends_at.min(now.saturating_add(STOCK)));
        let soon = self.share.part_of(scaled(left, soon, curve.between(now, ends_at)));
        self.stock = soon.saturating_add(self.promoted.pricing.most()).min(left);
        self.stock.saturating_sub(self.purse.free(now))
    }
}

/// The selections that [`BELIEVED_UNITS`] take.
fn trials(believed: Chance) -> u64 {
    let always = u64::from(Chance::ALWAYS.billionths());
    BELIEVED_UNITS * always / u64::from(believed.billionths().max(1))
}

/// What a promotion is asked.
pub(super) struct Ask<'a> {
    pub(super) slot: Slot,
    pub(super) seed: u64,
    pub(super) seen: Seen<'a>,
    pub(super) now: Instant,
}

/// A bid in its currency, and whether money is leased for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) bid: Bid,
    pub(super) has_money: bool,
    pub(super) currency: Currency,
}

/// Decides between equals, differently for each request.
///
/// The mixing function is that of SplitMix64 (G. Steele and others, OOPSLA 2014).
fn lot(seed: u64, promoted: &Promoted) -> u64 {
    let mut mixed = seed.wrapping_add(promoted.promotion.bits() as u64);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
