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
    days: &Days<'_>,
    silence: &Range<usize>,
    beside: &Range<usize>,
    a_minute: u64,
) -> u64 {
    if silence.len() <= VOUCHED {
        return a_minute * silence.len() as u64;
    }
    let pages = a_minute * beside.len() as u64;
    let other_days = |range| OtherDays::of(days, silence, range);
    let expected = other_days(beside).zip(other_days(silence)).and_then(|(known, missing)| {
        // So few pages tell no proportion.
        let known = Some(known).filter(|known| known.pages >= SURE)?;
        let expected = u128::from(pages) * u128::from(missing.mean);
        expected.checked_div(known.mean.into())
    });
    let expected = expected.map(|expected| u64::try_from(expected).unwrap_or(u64::MAX));
    expected.unwrap_or(a_minute * VOUCHED as u64)
}

/// What all days had, by the minute of the day: added up once, so that a silence is held against
/// the others at what its own length costs.
pub(super) struct Days<'a> {
    doings: &'a [Doings],
    /// Of each minute of the day, its pages, and on how many days they are known.
    sums: Vec<(u64, u64)>,
    is_gap: Vec<bool>,
}

impl<'a> Days<'a> {
    pub(super) fn of(doings: &'a [Doings], minutes: &[Health]) -> Days<'a> {
        let is_gap = minutes.iter().map(|minute| minute.is_gap).collect();
        let mut days = Days { doings, sums: vec![(0, 0); A_DAY], is_gap };
        for place in 0..doings.len() {
            let (pages, known) = days.at(place);
            let sum = &mut days.sums[place % A_DAY];
            *sum = (sum.0 + pages, sum.1 + known);
        }
        days
    }

    /// Pages of that minute, and one day if they are known.
    fn at(&self, place: usize) -> (u64, u64) {
        if self.is_gap[place] { (0, 0) } else { (self.doings[place].asked(), 1) }
    }

    /// What days had at the time of that minute, without its own and those of the silence.
    fn others(&self, place: usize, silence: &Range<usize>) -> (u64, u64) {
        let into = (place + A_DAY - silence.start % A_DAY) % A_DAY;
        let same = (silence.start + into..silence.end).step_by(A_DAY);
        let own = Some(place).filter(|place| !silence.contains(place));
        let mut sum = self.sums[place % A_DAY];
        for one in same.chain(own) {
            let (pages, known) = self.at(one);
            sum = (sum.0 - pages, sum.1 - known);
        }
        sum
    }
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
    fn of(days: &Days<'_>, silence: &Range<usize>, range: &Range<usize>) -> Option<OtherDays> {
        let (mut mean, mut all, mut known) = (0, 0, 0);
        for place in range.clone() {
            let (pages, days) = days.others(place, silence);
            if let Some(a_day) = (pages * 1_000).checked_div(days) {
                (mean, all, known) = (mean + a_day, all + pages, known + 1);
            }
        }
        let length = range.len() as u64;
        let is_known = known * 2 > length;
        is_known.then(|| OtherDays { mean: mean * length / known.max(1), pages: all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_by_day_say_what_a_look_at_each_day_says() {
        let count = 5 * A_DAY + 77;
        let pages = |place: usize| (place * 7_919 % 11) as u64;
        let doing = |place| Doings { pages: pages(place), ..Doings::default() };
        let doings: Vec<Doings> = (0..count).map(doing).collect();
        let health =
            |place: usize| Health { is_gap: place.is_multiple_of(13), ..Health::default() };
        let minutes: Vec<Health> = (0..count).map(health).collect();
        let days = Days::of(&doings, &minutes);
        for silence in [0..200, 1_000..1_500, 2_000..5_000, 7_000..count] {
            for place in (0..count).step_by(31) {
                let same = (place % A_DAY..count).step_by(A_DAY);
                let is_other = |one: &usize| !silence.contains(one) && *one != place;
                let others = same.filter(is_other).filter(|one| !minutes[*one].is_gap);
                let sum = others.fold((0, 0), |(sum, days), one| (sum + pages(one), days + 1));
                assert_eq!(days.others(place, &silence), sum, "{place} of {silence:?}");
            }
        }
    }
}
