//! Accounts that choose the same of what they are shown, at any time; and people who do not.

use feed::token::ViewerHash;
use feed::verdict::{Body, Policy};
use promotions::{EventKind, Goal};

use super::desk::{Desk, at, hash, home, promotion, selection, view};

const PROMOTIONS: u64 = 40;
const VIEWERS: u64 = 600;

/// Pages that somebody looks at; the others look at four times as many.
const PAGES: u64 = 30;
const DAY: u64 = 24 * 60 * 60;

/// What those beside the usual people do; there are thirty of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// They do what four promotions pay for whenever they are shown one of them, and else nothing.
    Targets,
    /// They do what one promotion pays for whenever they are shown it: the fans of somebody.
    OneFavorite,
    /// They do half of everything.
    HalfOfAll,
    /// They watch everything to the end, and do the rest like people.
    AllViews,
    /// Each has four favorites of its own.
    OwnFavorites,
}

const OTHERS: u64 = 30;

/// Half of all promotions pay for views, which most people give, the others for engagement.
fn goal(target: u64) -> Goal {
    if target.is_multiple_of(2) { Goal::Views } else { Goal::Engagement }
}

/// Of a thousand times that somebody is shown a promotion, how often they do what it pays for.
/// One promotion of ten is liked far better than the others.
fn usual(target: u64) -> u64 {
    match goal(target) {
        Goal::Views => 550,
        _ if target.is_multiple_of(5) => 250,
        _ => 25,
    }
}

fn per_mille(habit: Habit, viewer: u64, target: u64) -> u64 {
    let is_target = [3, 8, 11, 17].contains(&target);
    let is_own = (0..4).any(|nth| hash(&[9, viewer, nth]) % PROMOTIONS == target);
    match habit {
        Habit::Targets => 1_000 * u64::from(is_target),
        Habit::OneFavorite if target == 7 => 1_000,
        Habit::HalfOfAll => usual(target).max(500),
        Habit::AllViews if goal(target) == Goal::Views => 1_000,
        Habit::OwnFavorites if is_own => 1_000,
        _ => usual(target),
    }
}

/// Lets everybody look at pages during three days, at any time. Gives how many events of the usual
/// people and of the others were billed or refused as lockstep, and how many of these were not paid
/// for in the end.
fn live(habit: Habit, seed: u64) -> [(u64, u64); 2] {
    let mut desk = Desk::new(Policy::default());
    let mut pages: Vec<(u64, u64, u64)> = (0..VIEWERS + OTHERS)
        .flat_map(|viewer| {
            let page = move |page| (hash(&[seed, 1, viewer, page]) % (3 * DAY), viewer, page);
            let pages = if viewer < VIEWERS { PAGES } else { 4 * PAGES };
            (0..pages).map(page)
        })
        .collect();
    pages.sort_unstable();
    let mut sides = [(0, 0); 2];
    for (nonce, (time, viewer, page)) in (0..).zip(pages) {
        let draw = |purpose, below| hash(&[seed, purpose, viewer, page]) % below;
        let target = draw(2, PROMOTIONS);
        let is_other = viewer >= VIEWERS;
        let rate = if is_other { per_mille(habit, viewer, target) } else { usual(target) };
        let mut chosen = selection(nonce);
        chosen.viewer = Some(ViewerHash::new(hash(&[viewer])));
        chosen.promotion = promotion(1_000 + u128::from(target));
        chosen.goal = goal(target);
        chosen.at = at(time);
        // The slice tells who it was.
        chosen.slice = u32::from(is_other);
        let token = desk.keys.seal(chosen);
        let mut event = view(&token);
        event.address = Some(home(viewer as u32));
        event.kind = EventKind::Impression;
        desk.judge(&event, at(time)).unwrap();
        if draw(3, 1_000) < rate {
            event.kind = chosen.goal.billed();
            let judgement = desk.judge(&event, at(time + 3)).unwrap();
            let side = &mut sides[usize::from(is_other)];
            side.0 += 1;
            side.1 += u64::from(judgement.price.is_none());
        }
    }
    desk.judge.pass_time(at(4 * DAY), &mut desk.log);
    for record in &desk.log {
        if let Body::Repaid(repaid) = &record.body {
            sides[repaid.slice as usize].1 += 1;
        }
    }
    sides
}

#[test]
fn slow_accounts_with_the_same_targets_are_found_whenever_they_act() {
    for seed in 1..4 {
        let [people, accounts] = live(Habit::Targets, seed);
        println!("people {people:?}, accounts {accounts:?}");
        assert!(accounts.1 * 1_000 >= accounts.0 * 850, "{seed}: {accounts:?}");
        assert!(people.1 * 1_000 < people.0 * 5, "{seed}: {people:?}");
    }
}

#[test]
fn slow_people_with_strong_tastes_are_left_alone() {
    for habit in [Habit::OneFavorite, Habit::HalfOfAll, Habit::AllViews, Habit::OwnFavorites] {
        for seed in 1..4 {
            let [people, others] = live(habit, seed);
            println!("{habit:?}: people {people:?}, others {others:?}");
            assert!(others.1 * 1_000 < others.0 * 5, "{habit:?} {seed}: {others:?}");
            assert!(people.1 * 1_000 < people.0 * 5, "{habit:?} {seed}: {people:?}");
        }
    }
}
