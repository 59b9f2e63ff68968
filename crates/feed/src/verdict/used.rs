//! Which tokens were used for which kinds of events: exact until they are too old.

use std::collections::BTreeMap;

use base::{Instant, Span};
use promotions::{EventKind, Goal};

use super::limits::part_number;
use crate::token::Selection;

/// Nonces of a page.
const NONCES: usize = 64;

/// Segments that an attribution window is divided into; a segment leaves as a whole.
const SEGMENTS: u64 = 6;

/// The kinds used by 64 neighboring nonces. Nonces that count up fill pages, so that a token takes
/// little more than a byte; others take a page each.
#[derive(Debug)]
struct Page {
    /// A bit for each kind of event, the lowest for the first.
    kinds: [u8; NONCES],
    /// A bit for each nonce whose view was too short.
    too_short: u64,
}

/// The memory of used tokens, in segments by the time of selection.
#[derive(Debug)]
pub(super) struct UsedTokens {
    pages_max: usize,
    pages: usize,
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
    pub(super) fn new(pages_max: usize) -> UsedTokens {
        UsedTokens { pages_max, pages: 0, segments: BTreeMap::new(), next_drop: Instant::MIN }
    }

    /// What the token of `selection` was used for.
    pub(super) fn look_up(&self, selection: &Selection, kind: EventKind) -> Use {
        let (segment, key, place) = place_of(selection);
        match self.segments.get(&segment).and_then(|pages| pages.get(&key)) {
            Some(page) if page.kinds[place] & bit(kind) != 0 => Use::Used,
            Some(page) if kind == EventKind::View && page.too_short >> place & 1 == 1 => {
                Use::TooShort
            }
            _ => Use::Unused,
        }
    }

    /// Whether anything was reported of the token of `selection`.
    pub(super) fn is_known(&self, selection: &Selection) -> bool {
        let (segment, key, place) = place_of(selection);
        let page = self.segments.get(&segment).and_then(|pages| pages.get(&key));
        page.is_some_and(|page| page.kinds[place] != 0 || page.too_short >> place & 1 == 1)
    }

    /// Whether another use can be remembered.
    pub(super) fn has_room(&self, selection: &Selection) -> bool {
        let (segment, key, _) = place_of(selection);
        self.pages < self.pages_max
            || self.segments.get(&segment).is_some_and(|pages| pages.contains_key(&key))
    }

    /// Remembers a use, or that a view was too short.
    pub(super) fn put(&mut self, selection: &Selection, kind: EventKind, is_final: bool) {
        let (segment, key, place) = place_of(selection);
        let pages = self.segments.entry(segment).or_default();
        let page = pages.entry(key).or_insert_with(|| {
            self.pages += 1;
            Page { kinds: [0; NONCES], too_short: 0 }
        });
        if is_final {
            page.kinds[place] |= bit(kind);
        } else {
            page.too_short |= 1 << place;
        }
    }

    /// Drops the segments whose tokens are all too old at `now`, which never runs backward.
    pub(super) fn drop_old(&mut self, now: Instant) {
        if now < self.next_drop {
            return;
        }
        self.next_drop = now.saturating_add(Span::seconds(10));
        self.segments.retain(|(goal, segment), pages| {
            let end = (segment + 1).saturating_mul(segment_length(*goal).micros());
            let end = Instant::MIN.saturating_add(Span::from_micros(end));
            let is_kept = end.saturating_add(goal.report_window()) > now;
            self.pages -= if is_kept { 0 } else { pages.len() };
            is_kept
        });
    }

    /// Pages in memory.
    pub(super) fn pages(&self) -> usize {
        self.pages
    }
}

type Place = ((Goal, u64), (u16, u64), usize);

fn place_of(selection: &Selection) -> Place {
    let segment = part_number(selection.at, segment_length(selection.goal));
    let page = selection.nonce / NONCES as u64;
    let place = (selection.nonce % NONCES as u64) as usize;
    ((selection.goal, segment), (selection.process, page), place)
}

fn segment_length(goal: Goal) -> Span {
    Span::from_micros(goal.attribution_window().micros() / SEGMENTS)
}

fn bit(kind: EventKind) -> u8 {
    1 << (kind as u8 - 1)
}
