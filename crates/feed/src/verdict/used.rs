//! Which tokens were used for which kinds of events: exact until they are too old.

mod page;

use std::collections::BTreeMap;

use base::{Instant, Span};
use promotions::{EventKind, Goal};

use super::limits::part_number;
use crate::saved::Saved;
use crate::token::{NONCES_A_PAGE, Selection};
use page::{Mark, Page};

/// Segments that an attribution window is divided into; a segment leaves as a whole.
const SEGMENTS: u64 = 6;

/// Time between two looks for segments that leave.
const DROPPED_EVERY: Span = Span::seconds(10);

/// The memory of used tokens, in segments by the time of selection.
///
/// Goals with long windows keep their tokens for days. So that they cannot take the room of all
/// others, half of the memory is divided evenly among the goals; the other half is for whoever
/// comes first.
#[derive(Debug)]
pub(super) struct UsedTokens {
    bytes_max: usize,
    bytes: BTreeMap<Goal, usize>,
    /// By goal, because goals have different windows, and by number of the segment; inside by
    /// process and page.
    segments: BTreeMap<(Goal, u64), BTreeMap<(u16, u64), Page>>,
    /// Nothing is dropped before then.
    next_drop: Instant,
}

/// What is known of a token and a kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing.
    Unused,
    /// A view was reported that did not last.
    TooShort,
    /// It was billed, counted, or found invalid for good.
    Used,
}

impl UsedTokens {
    pub(super) fn new(bytes_max: usize) -> UsedTokens {
        UsedTokens {
            bytes_max,
            bytes: BTreeMap::new(),
            segments: BTreeMap::new(),
            next_drop: Instant::MIN,
        }
    }

    /// What the token of `selection` was used for.
    pub(super) fn look_up(&self, selection: &Selection, kind: EventKind) -> Use {
        let (_, place) = place_of(selection);
        match self.page(selection) {
            Some(page) if page.has(Mark::Used(kind), place) => Use::Used,
            Some(page) if kind == EventKind::View && page.has(Mark::TooShort, place) => {
                Use::TooShort
            }
            _ => Use::Unused,
        }
    }

    /// Whether anything was reported of the token of `selection`.
    pub(super) fn is_known(&self, selection: &Selection) -> bool {
        let (_, place) = place_of(selection);
        let page = self.page(selection);
        page.is_some_and(|page| Mark::all().any(|mark| page.has(mark, place)))
    }

    /// Whether another use can be remembered; if not, how long it takes until there may be room.
    pub(super) fn room(
        &self,
        selection: &Selection,
        kind: EventKind,
        now: Instant,
    ) -> Result<(), Span> {
        let goal = selection.goal;
        let is_free = || self.page(selection).is_some_and(|page| page.has_bits(Mark::Used(kind)));
        let has_own = self.bytes_of(goal) < self.own();
        let common = self.bytes_max - self.own() * Goal::ALL.len();
        let taken: usize = Goal::ALL.into_iter().map(|goal| self.beyond_own(goal)).sum();
        if has_own || taken < common || is_free() {
            return Ok(());
        }
        // What leaves first of this goal, or of those that have taken what is common.
        let firsts = Goal::ALL.into_iter().filter_map(|one| {
            let is_in_the_way = one == goal || self.beyond_own(one) > 0;
            let first = self.segments.range((one, 0)..=(one, u64::MAX)).next();
            first.filter(|_| is_in_the_way).map(|((goal, segment), _)| leaves_at(*goal, *segment))
        });
        let wait = firsts.min().and_then(|at| at.since(now)).unwrap_or(Span::ZERO);
        Err(Span::from_micros(wait.micros().saturating_add(DROPPED_EVERY.micros())))
    }

    /// Remembers a use, or that a view was too short.
    pub(super) fn put(&mut self, selection: &Selection, kind: EventKind, is_final: bool) {
        let (key, place) = place_of(selection);
        let pages = self.segments.entry(segment_of(selection)).or_default();
        let before = pages.get(&key).map_or(0, Page::bytes);
        let page = pages.entry(key).or_default();
        page.put(if is_final { Mark::Used(kind) } else { Mark::TooShort }, place);
        let of_goal = self.bytes.entry(selection.goal).or_default();
        *of_goal = (*of_goal + page.bytes()).saturating_sub(before);
    }

    /// Drops the segments whose tokens are all too old at `now`, which never runs backward.
    pub(super) fn drop_old(&mut self, now: Instant) {
        if now < self.next_drop {
            return;
        }
        self.next_drop = now.saturating_add(DROPPED_EVERY);
        let UsedTokens { segments, bytes, .. } = self;
        segments.retain(|(goal, segment), pages| {
            let is_kept = leaves_at(*goal, *segment) > now;
            if !is_kept {
                let dropped: usize = pages.values().map(Page::bytes).sum();
                let of_goal = bytes.entry(*goal).or_default();
                *of_goal = of_goal.saturating_sub(dropped);
            }
            is_kept
        });
    }

    /// Bytes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.values().sum()
    }

    fn page(&self, selection: &Selection) -> Option<&Page> {
        let (key, _) = place_of(selection);
        self.segments.get(&segment_of(selection)).and_then(|pages| pages.get(&key))
    }

    fn bytes_of(&self, goal: Goal) -> usize {
        self.bytes.get(&goal).copied().unwrap_or(0)
    }

    /// What no other goal takes from one.
    fn own(&self) -> usize {
        self.bytes_max / (2 * Goal::ALL.len())
    }

    fn beyond_own(&self, goal: Goal) -> usize {
        self.bytes_of(goal).saturating_sub(self.own())
    }
}

/// Without the bytes, which are those of the pages as they are read back.
impl Saved for UsedTokens {
    fn save(&self, out: &mut Vec<u8>) {
        let UsedTokens { bytes_max, bytes: _, segments, next_drop } = self;
        bytes_max.save(out);
        segments.save(out);
        next_drop.save(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<UsedTokens> {
        let (bytes_max, segments, next_drop) = Saved::restore(bytes)?;
        let mut used = UsedTokens { bytes_max, bytes: BTreeMap::new(), segments, next_drop };
        for ((goal, _), pages) in &used.segments {
            *used.bytes.entry(*goal).or_default() += pages.values().map(Page::bytes).sum::<usize>();
        }
        Some(used)
    }
}

/// Process and page, and the place of the nonce in it.
fn place_of(selection: &Selection) -> ((u16, u64), u16) {
    let place = u16::try_from(selection.nonce % NONCES_A_PAGE).unwrap_or(0);
    ((selection.process, selection.nonce / NONCES_A_PAGE), place)
}

fn segment_of(selection: &Selection) -> (Goal, u64) {
    (selection.goal, part_number(selection.at, segment_length(selection.goal)))
}

fn segment_length(goal: Goal) -> Span {
    Span::from_micros(goal.attribution_window().micros() / SEGMENTS)
}

/// When all tokens of a segment are too old.
fn leaves_at(goal: Goal, segment: u64) -> Instant {
    let end = (segment + 1).saturating_mul(segment_length(goal).micros());
    Instant::MIN.saturating_add(Span::from_micros(end)).saturating_add(goal.report_window())
}

#[cfg(test)]
mod tests {
    use base::PromotionId;
    use promotions::Micros;

    use super::*;

    fn selection(goal: Goal, nonce: u64, at: Instant) -> Selection {
        Selection {
            promotion: PromotionId::from_bits(1),
            slice: 1,
            viewer: None,
            at,
            price: Micros::new(1),
            process: 1,
            nonce,
            country: None,
            device: None,
            goal,
        }
    }

    #[test]
    fn a_week_of_sales_fits_beside_a_day_of_clicks_and_an_hour_of_views() {
        const TOKENS: u64 = 1 << 18;
        let mut used = UsedTokens::new(usize::MAX);
        for nonce in 0..TOKENS {
            let one = selection(Goal::Sales, nonce, Instant::MIN);
            used.put(&one, EventKind::Impression, true);
            used.put(&one, EventKind::View, true);
            if nonce % 50 == 0 {
                used.put(&one, EventKind::Sale, true);
            }
        }
        let sales = |rate: usize| rate * 8 * 86_400;
        let views = |rate: usize| rate * 90 * 60;
        let clicks = |rate: usize| rate * 30 * 3_600;
        let tokens = sales(440) + clicks(440) + views(10_000);
        let bytes = used.bytes() as u128 * tokens as u128 / u128::from(TOKENS);
        assert!(bytes < super::super::Policy::default().used_bytes_max as u128, "{bytes}");
    }

    #[test]
    fn bytes_are_those_of_the_pages_and_leave_with_them() {
        let mut used = UsedTokens::new(usize::MAX);
        for nonce in 0..20_000 {
            let one = selection(Goal::Views, nonce * 3, Instant::MIN);
            used.put(&one, EventKind::View, nonce % 2 == 0);
        }
        let pages = used.segments.values().flat_map(BTreeMap::values);
        assert_eq!(used.bytes(), pages.map(Page::bytes).sum::<usize>());
        used.drop_old(Instant::MIN.saturating_add(Span::days(1)));
        assert_eq!(used.bytes(), 0);
    }
}
