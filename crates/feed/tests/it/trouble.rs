//! What is trouble, and what is only a quiet hour.

use base::{Instant, Span};
use feed::Gap;
use feed::shortfall::{Activity, Incident, Trouble};
use promotions::Component;

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
