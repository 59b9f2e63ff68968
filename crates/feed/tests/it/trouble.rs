//! What is trouble, and what is only a quiet hour.

use base::{Instant, Span};
use feed::Gap;
use feed::shortfall::{Activity, Incident, Trouble};
use promotions::{Component, EventKind};

use crate::setting::after;

const A_DAY: u64 = 24 * 60;

fn at(minute: u64) -> Instant {
    after(Span::minutes(minute))
}

/// A page in each of these minutes.
fn pages(minutes: impl IntoIterator<Item = u64>) -> Activity {
    let mut activity = Activity::default();
    minutes.into_iter().for_each(|minute| activity.page(at(minute), 0));
    activity
}

fn found(activity: &Activity) -> Vec<Incident> {
    Trouble::find(activity, &[], &[]).incidents()
}

#[test]
fn two_pages_half_an_hour_apart_are_no_incident() {
    assert_eq!(found(&pages([600, 630])), []);
    // As a look at what is known of the day finds it, too.
    assert_eq!(found(&pages([0, 600, 630]).between(at(300), at(640))), []);
    // People come all at once: so it was quiet, not down.
    assert_eq!(found(&pages([600].into_iter().chain(630..660))), []);
}

#[test]
fn a_night_after_a_thinning_evening_is_no_incident() {
    let evening = (1_000..1_200).chain((1_200..1_300).step_by(10)).chain([1_380]);
    let activity = pages(evening.chain((1_900..2_900).step_by(5)));
    let last = at(1_380);
    // Also when the time that is looked at begins with the last page of the evening: what was
    // before is known.
    for minutes in [0, 10, 30, 60] {
        let since = last.saturating_sub(Span::minutes(minutes));
        let hour_before = since.saturating_sub(Span::hours(1));
        assert_eq!(found(&activity.between(hour_before, at(2_900))), []);
    }
    // Of what the log does not reach back to nobody can tell.
    let mut busy = pages(1_000..1_381);
    busy.absorb(&pages(1_900..2_000));
    let silence = Incident { component: Component::Selection, from: at(1_381), until: at(1_900) };
    assert_eq!(found(&busy.between(at(1_320), at(2_000))), [silence]);
}

#[test]
fn a_clock_that_jumps_by_decades_costs_nothing() {
    let years = 50 * 365 * A_DAY;
    let activity = pages((0..200).chain(years..years + 200));
    let outage = Incident { component: Component::Selection, from: at(200), until: at(years) };
    assert_eq!(found(&activity), [outage]);
    // The process was away for some of that time: then it says nothing of that.
    let gap = Gap { from: at(400), until: at(years - 400) };
    let parts = Trouble::find(&activity, &[gap], &[]).incidents();
    assert_eq!(parts.len(), 2);
    assert_eq!((parts[0].from, parts[1].until), (at(200), at(years)));
    assert!(parts[0].until <= at(401) && at(years - 401) <= parts[1].from);
    // To the end of time.
    let mut activity = activity;
    activity.page(Instant::MAX, 0);
    assert_eq!(found(&activity).len(), 2);
}

/// So many posts a minute by the hour of the day; an event for each minute that says yes.
fn reports(minutes: u64, shown: impl Fn(u64) -> u64, heard: impl Fn(u64) -> bool) -> Activity {
    let mut activity = Activity::default();
    for minute in 0..minutes {
        for _ in 0..shown(minute) {
            activity.page(at(minute), 1);
        }
        if heard(minute) {
            activity.event(EventKind::View, at(minute));
        }
    }
    activity
}

/// Two posts a minute at night, thirty in the evening.
fn daily(minute: u64) -> u64 {
    let hour = minute / 60 % 24;
    2 + 28 * hour.abs_diff(12) / 12
}

fn intake(activity: &Activity) -> Vec<(u64, u64)> {
    let minute = |at: Instant| at.since(after(Span::ZERO)).unwrap().micros() / 60_000_000;
    found(activity).iter().map(|one| (minute(one.from), minute(one.until))).collect()
}

#[test]
fn reports_in_batches_are_no_incident() {
    for every in [5, 15, 60, 180, 720, A_DAY] {
        let activity = reports(4 * A_DAY, daily, |minute| minute % every == every - 1);
        // Whenever it is looked at, once there was a whole day.
        for now in (A_DAY + every..4 * A_DAY).step_by(97) {
            let seen = activity.between(at(now.saturating_sub(3 * A_DAY)), at(now));
            assert_eq!(intake(&seen), [], "every {every}, after {now}");
        }
    }
}

#[test]
fn the_first_batches_are_no_incident() {
    for every in [5, 15, 60] {
        let activity = reports(A_DAY, daily, |minute| minute % every == every - 1);
        for now in 1..A_DAY {
            assert_eq!(intake(&activity.between(at(0), at(now))), [], "every {every}, after {now}");
        }
    }
}

#[test]
fn batches_that_stay_away_are_an_incident() {
    let is_down = |minute| (2_000..2_100).contains(&minute);
    let activity = reports(2_200, |_| 20, |minute| minute % 15 == 14 && !is_down(minute));
    // Three times as many posts as are usual between two.
    let last = 1_995 + 3 * 14;
    assert_eq!(intake(&activity.between(at(0), at(last - 1))), []);
    assert_eq!(intake(&activity.between(at(0), at(last))), [(1_995, last)]);
    assert_eq!(intake(&activity), [(1_995, 2_114)]);
}

/// One post of two hundred is told of: follows, sales.
#[test]
fn rare_kinds_are_no_incident() {
    for seed in 0..20_u64 {
        let mut state = seed;
        let mut chance = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 33
        };
        let rare: Vec<bool> = (0..3 * A_DAY).map(|_| chance() % 200 < 10).collect();
        let activity = reports(3 * A_DAY, |_| 10, |minute| rare[minute as usize]);
        assert_eq!(intake(&activity), [], "seed {seed}");
        // Nothing for hours is one all the same.
        let is_down = |minute: u64| (3_000..3_600).contains(&minute);
        let down = reports(3 * A_DAY, |_| 10, |minute| rare[minute as usize] && !is_down(minute));
        let found = intake(&down);
        assert_eq!(found.len(), 1, "seed {seed}: {found:?}");
        assert!(found[0].0 <= 3_000 && 3_600 <= found[0].1);
    }
}

/// Whoever tells of each post as it is seen is missed as soon as ever.
#[test]
fn an_intake_that_fails_is_found_at_once() {
    let is_down = |minute: u64| (2_000..2_010).contains(&minute);
    let activity = reports(3_000, |_| 12, |minute| !is_down(minute));
    assert_eq!(intake(&activity.between(at(0), at(2_000))), []);
    assert_eq!(intake(&activity.between(at(0), at(2_001))), [(2_000, 2_001)]);
    assert_eq!(intake(&activity), [(2_000, 2_010)]);
    // Also after other outages, and where the night is so quiet that minutes pass without a word.
    let is_down = |minute: u64| matches!(minute, 1_000..1_100 | 2_000..2_100 | 2_500..2_503);
    let activity = reports(3_000, daily, |minute| !is_down(minute));
    assert_eq!(intake(&activity), [(1_000, 1_100), (2_000, 2_100), (2_500, 2_503)]);
}

/// Five pages an hour by day and nobody at night: by the first night nothing is known of nights,
/// by the second something is.
#[test]
fn nights_of_a_small_shop_are_no_outage() {
    for (a_page_every, night) in [(12, 360..840), (5, 400..800), (2, 300..900)] {
        let is_night = |minute: u64| night.contains(&(minute % A_DAY));
        let day = |from: u64, until: u64| {
            pages((from..until).filter(|it| it % a_page_every == 0 && !is_night(*it)))
        };
        let activity = day(0, 6 * A_DAY);
        // Those who have some pages an hour are not known from the platform being down, on the
        // first day alone.
        let first = if a_page_every == 12 { 0 } else { 2 * A_DAY };
        for now in (first + 100..6 * A_DAY).step_by(313) {
            let from = now.saturating_sub(3 * A_DAY);
            assert_eq!(found(&activity.between(at(from), at(now))), [], "{a_page_every}, {now}");
        }
        // A day that is missing is one.
        let mut broken = day(0, 2 * A_DAY + 900);
        broken.absorb(&day(2 * A_DAY + 1_140, 4 * A_DAY));
        let found = found(&broken);
        assert_eq!(found.len(), 1, "{a_page_every}: {found:?}");
    }
}
