//! What is usual on a platform, told by itself at other times: what is as usual is no trouble.

use std::ops::Range;

use super::super::activity::Doings;
use super::{A_DAY, AROUND, Health, MILLION, SURE};

/// A silence of one who reports what people do, as it comes, is seldom so many times the size that
/// half of all posts meet: once in 100,000 times where each post is as likely to be told of as any.
const TYPICAL_TIMES: u64 = 7;

/// Nor is one of those who report in batches so many times the longest of the others.
const LONGEST_TIMES: u64 = 3;

/// Minutes of silence for which an hour beside them vouches.
const VOUCHED: usize = 2 * AROUND;

/// How much a platform shows before it tells what came of it: of each time in which nothing was
/// heard, the posts that were shown in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Reporting {
    /// In ascending order, each with the posts of all up to it, those that met none among them.
    silences: Vec<(u64, u64)>,
    /// Posts of minutes in which something was heard: they met no silence.
    heard: u64,
    /// Events that were heard.
    events: u64,
}

impl Reporting {
    pub(super) fn of(doings: &[Doings]) -> Reporting {
        let (mut sizes, mut heard) = (Vec::new(), 0);
        let events = doings.iter().map(|one| one.heard).sum();
        for run in doings.chunk_by(|one, other| one.is_deaf() == other.is_deaf()) {
            let shown: u64 = run.iter().map(|one| one.served).sum();
            match run[0].is_deaf() {
                true => sizes.push(shown),
                false => heard += shown,
            }
        }
        sizes.retain(|shown| *shown > 0);
        sizes.sort_unstable();
        let mut met = heard;
        let with_sum = |shown: u64| {
            met += shown;
            (shown, met)
        };
        Reporting { silences: sizes.into_iter().map(with_sum).collect(), heard, events }
    }

    /// What part of the events of a minute did not arrive, in millionths.
    pub(super) fn missing(&self, doings: &Doings) -> u64 {
        let shown = self.silences.last().map_or(self.heard, |(_, met)| *met);
        let usual = (u128::from(doings.served) * u128::from(self.events))
            .checked_div(u128::from(shown))
            .unwrap_or(0);
        let heard = u128::from(doings.heard) * u128::from(MILLION);
        let part = heard.checked_div(usual).map_or(MILLION, |part| part.min(MILLION.into()) as u64);
        MILLION - part
    }

    /// How many posts must be shown without a word for a silence to be more than the others of
    /// this platform; `shown` is its own size, for it is not held against itself. Whoever tells of
    /// each post at once has no others, so the answer is zero.
    pub(super) fn needed(&self, shown: u64) -> u64 {
        let place = self.silences.partition_point(|(size, _)| *size < shown);
        let own = self.silences.get(place).filter(|(size, _)| *size == shown);
        let (own, place) = own.map_or((0, usize::MAX), |_| (shown, place));
        let all = self.silences.last().map_or(self.heard, |(_, met)| *met) - own;
        // Half of all posts met a silence of at most so many.
        let is_less = |(size, met): &(u64, u64)| {
            let own = if *size >= shown { own } else { 0 };
            (met - own) * 2 < all
        };
        let typical = match self.silences.partition_point(is_less) {
            _ if self.heard * 2 >= all => 0,
            at => self.silences.get(at).map_or(0, |(size, _)| *size),
        };
        let others = self.silences.iter().enumerate().rev();
        let longest = others.map(|(at, one)| (at, one.0)).find(|(at, _)| *at != place);
        let longest = longest.map_or(0, |(_, size)| size);
        (typical * TYPICAL_TIMES).min(longest * LONGEST_TIMES)
    }
}

/// How many pages would have been asked for in a silence, in thousandths, by one side of it: there
/// were `a_minute`, in thousandths, in the hour `beside` it.
///
/// An hour vouches for [`VOUCHED`] minutes next to it. Of a longer silence other days tell: what
/// they had then is to what they had in that hour as what is missing is to what was in it. Without
/// other days, as on the first of a platform, no more is believed to be missing: a night looks
/// like this.
pub(super) fn expected(
    doings: &[Doings],
    minutes: &[Health],
    silence: &Range<usize>,
    beside: &Range<usize>,
    a_minute: u64,
) -> u64 {
    if silence.len() <= VOUCHED {
        return a_minute * silence.len() as u64;
    }
    let pages = a_minute * beside.len() as u64;
    let other_days = |range| OtherDays::of(doings, minutes, silence, range);
    let expected = other_days(beside).zip(other_days(silence)).and_then(|(known, missing)| {
        // So few pages tell no proportion.
        let known = Some(known).filter(|known| known.pages >= SURE)?;
        let expected = u128::from(pages) * u128::from(missing.mean);
        expected.checked_div(known.mean.into())
    });
    let expected = expected.map(|expected| u64::try_from(expected).unwrap_or(u64::MAX));
    expected.unwrap_or(a_minute * VOUCHED as u64)
}

/// What other days had at the same time.
struct OtherDays {
    /// A day, in thousandths.
    mean: u64,
    /// On all of them.
    pages: u64,
}

impl OtherDays {
    /// `None` where half of the time or more is not known of any other day.
    fn of(
        doings: &[Doings],
        minutes: &[Health],
        silence: &Range<usize>,
        range: &Range<usize>,
    ) -> Option<OtherDays> {
        let (mut mean, mut all, mut known) = (0, 0, 0);
        for place in range.clone() {
            let same = (place % A_DAY..doings.len()).step_by(A_DAY);
            let of_another = |other: &usize| !silence.contains(other) && *other != place;
            let others = same.filter(of_another).filter(|other| !minutes[*other].is_gap);
            let (pages, days) = others
                .fold((0, 0_u64), |(pages, days), one| (pages + doings[one].asked(), days + 1));
            if let Some(a_day) = (pages * 1_000).checked_div(days) {
                (mean, all, known) = (mean + a_day, all + pages, known + 1);
            }
        }
        let length = range.len() as u64;
        let is_known = known * 2 > length;
        is_known.then(|| OtherDays { mean: mean * length / known.max(1), pages: all })
    }
}
