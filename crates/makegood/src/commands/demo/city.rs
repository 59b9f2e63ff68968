//! The city that looks at the feed: promotions in every state, two days of people, programs and
//! farms before the real feed, and what became of the money.

mod cast;
mod desk;
mod eyes;
mod live;
mod reviewer;

use base::{CreatorId, Instant, PromotionId, Span};
use engine::Row;
use promotions::{Promotion, State};
use store::{List, Page};
use world::{Plan, World};

use super::shop::Keeper;
use crate::failure::{Done, Failure};
use cast::Day;
use eyes::Eyes;

pub(super) use live::look_on;
pub(super) use reviewer::look_at_posts;

/// Every city is made of the same people, who do the same. In this one a farm comes six times in an
/// evening: often enough to be found, after some of what it did was billed.
const SEED: u64 = 157;

/// People who live in it.
const RESIDENTS: u32 = 10_000;

/// How often a thousand of them look at the feed in a day.
const VISITS_PER_THOUSAND: u32 = 300;

/// Hours in which the feed gives back what was leased for the past day.
const AFTERMATH: u64 = 3;

/// After the last event of a day may have come, and the days for late verdicts.
const SETTLING: Span = Span::days(5);

/// What the tour shows.
pub(super) struct Shown {
    /// A promotion that runs; none is left when the clock was moved far.
    pub(super) running: Option<PromotionId>,
    /// One that is settled, of which money went back.
    pub(super) settled: PromotionId,
}

/// Lets the city look at promotions, and leaves some in every state.
///
/// # Errors
///
/// The book cannot be written, or refuses what advertisers do.
pub(super) fn promote(keeper: &Keeper<'_>) -> Done {
    let creators = creators(keeper)?;
    let past = play(keeper, &creators, &cast::PAST)?;
    keeper.pass(SETTLING)?;
    settle(keeper, &past)?;
    play(keeper, &creators, &cast::LAST)?;
    let midnight = midnight_before(keeper.now()?);
    let boosts = cast::UNSEEN.map(|(_, boost)| boost);
    let left = desk::compose(keeper, &creators, &boosts, midnight)?;
    let unseen = cast::UNSEEN.map(|(unseen, _)| unseen);
    desk::leave(keeper, &unseen.into_iter().zip(left).collect::<Vec<_>>())
}

/// A day, from the buying to the last page.
fn play(keeper: &Keeper<'_>, creators: &[CreatorId], day: &Day) -> Done<Vec<PromotionId>> {
    // An hour is more than enough to buy.
    let soon = keeper.now()?.saturating_add(Span::hours(1));
    let midnight = midnight_before(soon).saturating_add(Span::days(1));
    let bought = desk::compose(keeper, creators, day.boosts, midnight)?;
    desk::pay(keeper, &bought)?;
    desk::approve(keeper, &bought)?;
    keeper.pass_until(midnight.saturating_add(Span::hours(day.opens)))?;
    let plan = plan(midnight);
    let campaigns = (0..).zip(day.boosts).map(|(number, boost)| boost.campaign(number, midnight));
    let world =
        World { plan, campaigns: campaigns.collect(), bots: day.bots, faults: day.faults(&plan) };
    let ids = bought.iter().map(|bought| bought.promotion).collect();
    let mut eyes = Eyes::open(keeper, bought, u64::from(plan.minutes()))?;
    world.run(&mut eyes);
    for hour in 1..=AFTERMATH {
        eyes.run(plan.ends_at().saturating_add(Span::hours(hour)))?;
    }
    eyes.close()?;
    Ok(ids)
}

/// Sees to it that these are settled.
fn settle(keeper: &Keeper<'_>, promotions: &[PromotionId]) -> Done {
    let settled = listed(keeper, State::Settled)?;
    let is_settled = |id: &PromotionId| settled.iter().any(|row| row.id == *id);
    if promotions.iter().all(is_settled) {
        return Ok(());
    }
    Err(Failure::new("a promotion of the past day is not settled"))
}

/// The promotions that the tour shows.
///
/// # Errors
///
/// The shop is of an earlier version: none is settled.
pub(super) fn shown(keeper: &Keeper<'_>) -> Done<Shown> {
    let most = |state| -> Done<Option<PromotionId>> {
        let rows = listed(keeper, state)?;
        let most = rows.iter().max_by_key(|row| (row.delivery.billed_units, row.id));
        Ok(most.map(|row| row.id))
    };
    let settled = most(State::Settled)?.ok_or_else(|| {
        let next = "delete the folder, or name another one with --data DIR";
        Failure::new("the shop has no promotion that is settled").next(next)
    })?;
    Ok(Shown { running: most(State::Running)?, settled })
}

/// Promotions that stand there.
pub(super) fn listed(keeper: &Keeper<'_>, state: State) -> Done<Vec<Promotion>> {
    Ok(in_list(keeper.list(list_of(state), Page::after(None, 100))?))
}

fn list_of(state: State) -> List {
    List::Promotions { advertiser: None, state: Some(state) }
}

/// The promotions among rows.
fn in_list(rows: Vec<Row>) -> Vec<Promotion> {
    let promotion = |row| match row {
        Row::Promotion(row) => Some(Promotion::clone(&row)),
        _ => None,
    };
    rows.into_iter().filter_map(promotion).collect()
}

/// The market's creators, in the order in which they came.
fn creators(keeper: &Keeper<'_>) -> Done<Vec<CreatorId>> {
    let rows = keeper.list(List::Creators, Page::after(None, 100))?;
    let creator = |row| match row {
        Row::Creator(creator) => Some(creator.id),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(creator).collect())
}

fn plan(midnight: Instant) -> Plan {
    Plan {
        seed: SEED,
        starts_at: midnight,
        days: 1,
        residents: RESIDENTS,
        visits_per_thousand: VISITS_PER_THOUSAND,
        slots: 1,
    }
}

/// The last midnight (UTC) before `at`.
fn midnight_before(at: Instant) -> Instant {
    let day = Span::days(1).micros();
    at.saturating_sub(Span::from_micros(at.micros().unsigned_abs() % day))
}
