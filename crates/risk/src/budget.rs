//! Guess budgets: how often somebody may try codes that do not exist.
//!
//! Ask [`GuessBudgets::check`] before a look-up, and report what came of it with
//! [`GuessBudgets::record_hit`] or [`GuessBudgets::record_miss`]. Codes with a typing error are
//! caught by their check letter before any look-up, so they are neither checked nor recorded.
//!
//! # Who pays for a miss
//!
//! | asker | budget, calm | at alarm level *n* |
//! | --- | --- | --- |
//! | client in good standing | own: 10 misses in 10 minutes | unchanged |
//! | newcomer | own: 10 misses in 10 minutes | halved *n* times, never below 2: 5, 2, 2 |
//! | newcomers beyond the memory | one shared by those of an API key: 60 | 30, 15, 7 |
//! | call without client | one shared by those of an API key: 300 | 150, 75, 37 |
//!
//! Budgets refill evenly; only misses use them up. Besides, all misses of an API key count against
//! its budget of 600 in 10 minutes: while that is used up, the key's newcomers and its calls
//! without client are treated as at the highest level, whatever the book's level is.
//!
//! # The alarm
//!
//! The book's level says how many times the misses of the last 10 minutes must be halved to get
//! below the threshold: three times what the book's own usual ratio of misses to hits lets expect
//! from the hits of the same 10 minutes, at least 60. It rises with the very miss that crosses the
//! threshold, and falls by one half an hour after the last miss that confirmed it, and by one again
//! after every further half hour. What is usual is learned in calm times only, over about a day,
//! so that an attack does not become usual.
//!
//! # What the honest are promised
//!
//! * A client in good standing is refused only for its own misses, within its full budget.
//! * A newcomer that has not missed is never refused as long as it fits into the memory, whatever
//!   others do; one that has missed once is not either. It may have to wait after its second miss.
//! * The memory is full when as many newcomers as it holds (65,536) have missed and not refilled
//!   yet. Only then do further newcomers share one budget, and attackers can use that up for them.
//! * Calls without client share one budget of their API key, and attackers that come through the
//!   same shop can use it up. Other keys do not suffer more than the halving. So a shop should say
//!   who its client is, and the caller should take an IPv6 client by its /64 network.
//!
//! # What an attacker gets
//!
//! With *a* addresses, at the highest level: 2 *a* guesses at once and 12 *a* an hour, and through
//! the shared budgets at most 44 at once and 264 an hour for each API key. Before the alarm is at
//! its highest, which takes 244 misses in 10 minutes, no address gets more than its 10. Look-ups
//! that are under way at the same moment may all pass the check; what they overdraw is paid by
//! waiting.
//!
//! The test `distributed_attack` counts, for 5,000 addresses that each try every 30 seconds
//! (600,000 tries an hour): 65,561 look-ups in the first hour and 60,000 in each later one.
//! Codes of 16 letters out of 31 with a million live cards: one hit in 1.4 billion years.
//!
//! A known limit: an attacker who owns a card with value can put each address into good standing
//! by looking that card up, and then has 60 guesses an hour from each instead of 12.

mod bucket;
mod detector;
mod limits;
mod recent;

use base::{Instant, KeyId, Span};

use bucket::Bucket;
use detector::Detector;
pub use limits::Limits;
use recent::RecentTable;

/// The guess budgets of one book.
#[derive(Debug)]
pub struct GuessBudgets {
    limits: Limits,
    /// Clients without a recent hit, by when their budget will have refilled.
    newcomers: RecentTable<u64, Bucket>,
    /// Clients with a recent hit, by that hit.
    in_good_standing: RecentTable<u64, GoodStanding>,
    /// API keys, by their last miss.
    keys: RecentTable<KeyId, KeyBuckets>,
    detector: Detector,
    refusals: u64,
    latest: Instant,
}

impl GuessBudgets {
    /// Full budgets for everybody.
    pub fn new(limits: Limits) -> Self {
        Self {
            newcomers: RecentTable::new(limits.newcomers_max),
            in_good_standing: RecentTable::new(limits.good_standing_max),
            keys: RecentTable::new(limits.keys_max),
            detector: Detector::new(&limits),
            refusals: 0,
            latest: Instant::MIN,
            limits,
        }
    }

    /// Whether this asker may look up a code now. Uses nothing up.
    ///
    /// `now` may be earlier than in a former call; it then counts as that call's.
    pub fn check(&mut self, who: &Asker, now: Instant) -> Verdict {
        let now = self.advance(now);
        let verdict = self.judge(who, now);
        if verdict != Verdict::Allowed {
            self.refusals = self.refusals.saturating_add(1);
        }
        verdict
    }

    /// Records that a look-up found no usable card.
    pub fn record_miss(&mut self, who: &Asker, now: Instant) {
        let now = self.advance(now);
        let level = self.level_for(who.key, now);
        self.detector.record_miss(now);
        let window = self.limits.window;
        self.charge_shared(who.key, level, now, Shared::All);
        let Some(ClientHash(client)) = who.client else {
            self.charge_shared(who.key, level, now, Shared::WithoutClient);
            return;
        };
        if self.is_in_good_standing(client, now) {
            let budget = self.limits.client_misses;
            if let Some(standing) = self.in_good_standing.get_mut(client) {
                standing.bucket.charge(window, budget, now);
            }
        } else if self.fits_newcomer(client, now) {
            let mut bucket = self.newcomers.get(client).copied().unwrap_or_default();
            bucket.charge(window, self.newcomer_budget(level), now);
            self.newcomers.put(client, bucket.full_at(), bucket);
        } else {
            self.charge_shared(who.key, level, now, Shared::Pooled);
        }
    }

    /// Records that a look-up found its card, which puts the client into good standing.
    ///
    /// A hit gives no misses back: else an attacker could pay for guesses with a card of their own.
    pub fn record_hit(&mut self, who: &Asker, now: Instant) {
        let now = self.advance(now);
        self.detector.record_hit(now);
        let Some(ClientHash(client)) = who.client else { return };
        let former = self.in_good_standing.get(client).copied();
        // Filing a busy client anew at every hit would cost more than the look-up.
        let fresh = Span::from_micros(self.limits.window.micros() / 10);
        if former.is_some_and(|standing| now < standing.last_hit.saturating_add(fresh)) {
            return;
        }
        let missed_before = self.newcomers.remove(client);
        let bucket = former.map(|standing| standing.bucket).or(missed_before).unwrap_or_default();
        if self.in_good_standing.is_full_for(client) {
            self.in_good_standing.remove_first();
        }
        self.in_good_standing.put(client, now, GoodStanding { bucket, last_hit: now });
    }

    /// The book's figures at `now`, for metrics and the console.
    pub fn figures(&mut self, now: Instant) -> Figures {
        let now = self.advance(now);
        self.detector.settle(now);
        let (misses, hits) = self.detector.totals();
        Figures {
            misses,
            hits,
            refusals: self.refusals,
            codes_tried_per_hit: misses.saturating_add(hits).checked_div(hits),
            usual_misses_per_1000_hits: self.detector.usual_misses_per_1000_hits(),
            alarm_level: self.detector.level(),
            newcomers: self.newcomers.len(),
            in_good_standing: self.in_good_standing.len(),
        }
    }

    fn judge(&mut self, who: &Asker, now: Instant) -> Verdict {
        self.detector.settle(now);
        let window = self.limits.window;
        let level = self.level_for(who.key, now);
        let Some(ClientHash(client)) = who.client else {
            return self.judge_shared(who.key, level, now, Shared::WithoutClient);
        };
        if self.is_in_good_standing(client, now) {
            let bucket = self.in_good_standing.get(client).map(|standing| standing.bucket);
            return bucket.unwrap_or_default().judge(window, self.limits.client_misses, now);
        }
        if self.fits_newcomer(client, now) {
            let bucket = self.newcomers.get(client).copied().unwrap_or_default();
            return bucket.judge(window, self.newcomer_budget(level), now);
        }
        self.judge_shared(who.key, level, now, Shared::Pooled)
    }

    /// How many times budgets are halved for a key: by the book's alarm or by its own exhaustion.
    fn level_for(&self, key: KeyId, now: Instant) -> u32 {
        match self.judge_shared(key, 0, now, Shared::All) {
            Verdict::Allowed => self.detector.level(),
            Verdict::Exhausted { .. } => self.limits.level_max,
        }
    }

    fn newcomer_budget(&self, level: u32) -> u32 {
        halved(self.limits.client_misses, level, self.limits.client_misses_min)
    }

    /// Good standing ends by itself; a client whose standing is over keeps its misses.
    fn is_in_good_standing(&mut self, client: u64, now: Instant) -> bool {
        let Some(standing) = self.in_good_standing.get(client).copied() else { return false };
        if now < standing.last_hit.saturating_add(self.limits.good_standing) {
            return true;
        }
        self.in_good_standing.remove(client);
        if self.fits_newcomer(client, now) {
            self.newcomers.put(client, standing.bucket.full_at(), standing.bucket);
        }
        false
    }

    /// Whether a newcomer has, or can be given, a bucket of its own.
    ///
    /// Room is made by forgetting a newcomer whose budget has refilled: then nothing is lost.
    fn fits_newcomer(&mut self, client: u64, now: Instant) -> bool {
        if !self.newcomers.is_full_for(client) {
            return true;
        }
        let refilled = self.newcomers.first_at().is_some_and(|full_at| full_at <= now);
        if refilled {
            self.newcomers.remove_first();
        }
        refilled
    }

    fn judge_shared(&self, key: KeyId, level: u32, now: Instant, which: Shared) -> Verdict {
        let buckets = self.keys.get(key).copied().unwrap_or_default();
        let budget = which.budget(&self.limits, level);
        buckets[which as usize].judge(self.limits.window, budget, now)
    }

    fn charge_shared(&mut self, key: KeyId, level: u32, now: Instant, which: Shared) {
        let mut buckets = self.keys.get(key).copied().unwrap_or_default();
        let budget = which.budget(&self.limits, level);
        buckets[which as usize].charge(self.limits.window, budget, now);
        // Keys are ours, so only an installation with more keys than the limit forgets one.
        if self.keys.is_full_for(key) {
            self.keys.remove_first();
        }
        self.keys.put(key, now, buckets);
    }

    fn advance(&mut self, now: Instant) -> Instant {
        self.latest = self.latest.max(now);
        self.latest
    }
}

/// Who a look-up comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The person behind the shop, when the shop says.
    pub client: Option<ClientHash>,
    /// The API key of the shop.
    pub key: KeyId,
}

/// A keyed hash of what tells one client of a shop from another: address or session.
///
/// It should be keyed, so that nobody can aim at another client's budget; two clients with the
/// same hash share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientHash(pub u64);

/// Whether a look-up may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// It may not: the budget is used up.
    Exhausted {
        /// When the budget will allow one again, if nobody else uses it up first.
        retry_after: Span,
    },
}

/// What the guess budgets of a book have seen since they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Look-ups that found no usable card.
    pub misses: u64,
    /// Look-ups that found their card.
    pub hits: u64,
    /// Look-ups that were not made, because the budget was used up.
    pub refusals: u64,
    /// Codes tried per valid hit, rounded down; nothing before the first hit.
    pub codes_tried_per_hit: Option<u64>,
    /// What the alarm takes for usual.
    pub usual_misses_per_1000_hits: u64,
    /// How many times newcomers' budgets are halved; 0 is calm.
    pub alarm_level: u32,
    /// Newcomers remembered.
    pub newcomers: usize,
    /// Clients in good standing remembered.
    pub in_good_standing: usize,
}

#[derive(Clone, Copy, Debug)]
struct GoodStanding {
    bucket: Bucket,
    last_hit: Instant,
}

/// The budgets that the askers of an API key share.
#[derive(Clone, Copy, Debug)]
enum Shared {
    /// Every miss.
    All,
    /// Misses of calls that named no client.
    WithoutClient,
    /// Misses of newcomers for whom the memory had no room.
    Pooled,
}

/// One bucket for each kind of [`Shared`], in its order.
type KeyBuckets = [Bucket; 3];

impl Shared {
    fn budget(self, limits: &Limits, level: u32) -> u32 {
        match self {
            // It decides about the level, so it does not depend on it.
            Self::All => limits.key_misses,
            Self::WithoutClient => halved(limits.misses_without_client, level, 1),
            Self::Pooled => halved(limits.pooled_misses, level, 1),
        }
    }
}

/// A budget halved `level` times, at least `min`, and never zero.
fn halved(budget: u32, level: u32, min: u32) -> u32 {
    budget.checked_shr(level).unwrap_or(0).max(min.min(budget)).max(1)
}
