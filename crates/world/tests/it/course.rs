//! The course of a world without faults.

use promotions::EventKind;
use world::{Bot, Bots, Plan, World, campaigns, units_of};

use crate::naive::Naive;

pub fn quiet(seed: u64) -> World {
    let plan = Plan { residents: 4_000, days: 2, ..Plan::town(seed) };
    let campaigns = campaigns(&plan, 12, 30);
    World { plan, campaigns, bots: Bots::default(), faults: Vec::new() }
}

#[test]
fn a_seed_is_a_course() {
    let trace = |seed: u64| {
        let mut platform = Naive::default();
        let scores = quiet(seed).run(&mut platform);
        (platform.trace, scores)
    };
    assert_eq!(trace(1), trace(1));
    assert_ne!(trace(1).0, trace(2).0);
}

#[test]
fn people_do_what_people_do() {
    let mut platform = Naive::default();
    let world = World { campaigns: campaigns(&quiet(5).plan, 0, 60), ..quiet(5) };
    let shown: u64 = world.run(&mut platform).iter().map(|score| score.shown).sum();
    let share = |kind: EventKind| {
        1_000 * platform.reports.get(&kind).copied().unwrap_or_default() / shown.max(1)
    };
    assert!(shown > 20_000, "{shown}");
    assert!((930..=990).contains(&share(EventKind::Impression)));
    assert!((500..=900).contains(&share(EventKind::View)), "{}", share(EventKind::View));
    assert!((10..=60).contains(&share(EventKind::Engagement)), "{}", share(EventKind::Engagement));
    assert!((5..=25).contains(&share(EventKind::Click)), "{}", share(EventKind::Click));
    assert!(platform.reports.contains_key(&EventKind::Sale));
    let by_kind = |kind| platform.reports.get(&kind).copied().unwrap_or_default();
    assert!(by_kind(EventKind::ProfileView) > by_kind(EventKind::Follow));
}

#[test]
fn pages_and_visits_are_as_many_as_the_plan_says() {
    let mut platform = Naive::default();
    quiet(6).run(&mut platform);
    // 6,000 visits a day of about four and a half pages, two days at the beginning of a week.
    assert!((45_000..=58_000).contains(&platform.pages), "{}", platform.pages);
}

#[test]
fn bots_make_units_of_every_kind() {
    let bots = Bots { held_out: 2, ..Bots::some() };
    // So many bots are those of a town, not of a village.
    let plan = Plan { residents: 12_000, ..quiet(7).plan };
    let scores = World { bots, plan, ..quiet(7) }.run(&mut Naive::default());
    for bot in Bot::ALL {
        let units: u64 = scores.iter().map(|score| units_of(score, bot)).sum();
        assert!(units > 0, "{bot:?}");
    }
    let honest: u64 = scores.iter().map(|score| score.honest).sum();
    let false_ones: u64 = scores.iter().flat_map(|score| &score.bots).map(|(_, units)| units).sum();
    assert!(honest > false_ones, "{honest} against {false_ones}");
}

#[test]
fn bots_change_nothing_of_what_people_do() {
    let with = World { bots: Bots::some(), ..quiet(8) };
    let (mut one, mut other) = (Naive::default(), Naive::default());
    // Budgets that nobody exhausts, so that bots take nobody's place.
    let rich = |mut world: World| {
        world.campaigns.iter_mut().for_each(|campaign| campaign.budget = i64::MAX / 2_000);
        world
    };
    let honest = |scores: Vec<world::Score>| scores.iter().map(|score| score.honest).sum::<u64>();
    assert_eq!(honest(rich(with).run(&mut one)), honest(rich(quiet(8)).run(&mut other)));
    assert!(one.pages > other.pages);
}

/// Told, not judged: machines differ. `cargo nextest run --release -p world --run-ignored only`.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "measures how long a world takes")]
fn long_speed() {
    let plan = Plan { residents: 200_000, days: 3, ..Plan::town(1) };
    let world = World { campaigns: campaigns(&plan, 5, 0), ..quiet(1) };
    let world = World { plan, ..world };
    let begun = std::time::Instant::now();
    let mut platform = Naive::default();
    world.run(&mut platform);
    let millis = begun.elapsed().as_millis() as u64;
    println!("{} pages in {millis} ms", platform.pages);
}
