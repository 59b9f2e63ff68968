//! Faults, and what they cost.

use world::{Component, Fault, Incident, News, Side, Trouble, World, faults};

use crate::course::quiet;
use crate::naive::{Naive, hour};

fn troubled(seed: u64, trouble: Trouble, from: u64, until: u64) -> World {
    let world = quiet(seed);
    let (from, until) = (hour(&world, from), hour(&world, until));
    World { faults: vec![Fault { trouble, from, until, told: None }], ..world }
}

fn rich(mut world: World) -> World {
    world.campaigns.iter_mut().for_each(|campaign| campaign.budget = i64::MAX / 2_000);
    world
}

fn total(world: &World) -> i64 {
    world.truths(Naive::default).iter().map(|truth| truth.units).sum()
}

#[test]
fn an_outage_costs_what_its_hours_would_have_brought() {
    let world = rich(troubled(1, Trouble::SelectionDown, 18, 20));
    let twin = world.without(0).run(&mut Naive::default());
    let watched = twin.iter().zip(&world.campaigns).filter(|(_, one)| !one.is_competitor);
    let in_hours: i64 = watched
        .map(|(score, _)| score.by_hour[18..20].iter().map(|n| i64::from(*n)).sum::<i64>())
        .sum();
    let lost = total(&world);
    assert!(in_hours > 100, "{in_hours}");
    // Deeds that follow later belong to the outage too, and those of before it arrive in it.
    assert!((lost - in_hours).abs() * 10 <= in_hours, "{lost} against {in_hours}");
}

#[test]
fn nothing_before_a_fault_differs_from_its_twin() {
    let world = rich(troubled(2, Trouble::SelectionDown, 20, 22));
    let with = world.run(&mut Naive::default());
    let without = world.without(0).run(&mut Naive::default());
    for (one, other) in with.iter().zip(&without) {
        assert_eq!(one.by_hour[..20], other.by_hour[..20]);
    }
}

#[test]
fn an_outage_reaches_nobody_and_errors_are_noticed() {
    let seen = |trouble| {
        let world = troubled(3, trouble, 12, 14);
        let mut platform = Naive::default();
        world.run(&mut platform);
        (platform.pages, platform.failed)
    };
    let (all, none) = seen(Trouble::CountersLost);
    let (fewer, unnoticed) = seen(Trouble::SelectionDown);
    let (chosen, failed) = seen(Trouble::Errors(500_000));
    assert_eq!((none, unnoticed), (0, 0));
    assert!(fewer < all);
    assert_eq!(chosen + failed, all);
    assert!(failed > 500, "{failed}");
}

#[test]
fn an_intake_outage_loses_events() {
    let events = |world: &World| {
        let mut platform = Naive::default();
        world.run(&mut platform);
        platform.reports.values().sum::<u64>()
    };
    let world = rich(troubled(4, Trouble::IntakeDown, 12, 16));
    assert!(events(&world) < events(&world.without(0)));
}

#[test]
fn a_fault_of_one_campaign_costs_that_campaign() {
    let number = 3;
    for trouble in [
        Trouble::Deleted(number),
        Trouble::Removed(number),
        Trouble::Paused(number),
        Trouble::MadePrivate(number),
        Trouble::Narrowed(number),
    ] {
        let mut world = rich(troubled(5, trouble, 2, 46));
        world.plan.residents = 1_000;
        world.campaigns.truncate(14);
        world.campaigns[number as usize].starts_at = world.plan.starts_at;
        world.campaigns[number as usize].ends_at = world.plan.ends_at();
        world.campaigns[number as usize].goal = promotions::Goal::Views;
        world.campaigns[number as usize].audience = promotions::Audience::automatic();
        let truths = world.truths(Naive::default);
        let its = truths.iter().find(|truth| truth.campaign == number).unwrap();
        assert!(its.units > 50, "{trouble:?} cost {}", its.units);
    }
}

#[test]
fn what_is_wrong_from_the_start_is_launched_wrong() {
    let number = 1;
    let world = troubled(6, Trouble::Underpriced(number), 0, 48);
    let asked = world.campaigns[number as usize].price_per_thousand;
    struct First(Option<i64>);
    impl world::Platform for First {
        type Token = ();
        fn launch(&mut self, campaign: &world::Campaign) {
            if campaign.number == 1 {
                self.0 = Some(campaign.price_per_thousand);
            }
        }
        fn select(&mut self, _: base::Instant, _: &world::Page<'_>) -> Vec<world::Offer<()>> {
            Vec::new()
        }
        fn fail(&mut self, _: base::Instant, _: &world::Page<'_>) {}
        fn report(&mut self, _: base::Instant, _: &(), _: &world::Report<'_>) {}
        fn give_back(&mut self, _: base::Instant, _: &()) {}
        fn tell(&mut self, _: base::Instant, _: &News) {}
        fn minute_over(&mut self, _: base::Instant) {}
    }
    let mut platform = First(None);
    world.run(&mut platform);
    assert_eq!(platform.0, Some(asked / 8));
}

#[test]
fn people_tell_of_an_incident_when_they_do() {
    let mut world = troubled(7, Trouble::SelectionDown, 5, 6);
    let (started_at, ended_at) = (hour(&world, 5), hour(&world, 6));
    let incident = Incident { component: Component::Selection, started_at, ended_at };
    let told_at = hour(&world, 9);
    world.faults[0].told = Some((told_at, incident));
    let mut platform = Naive::default();
    world.run(&mut platform);
    assert_eq!(platform.news, [(told_at, News::Incident(incident))]);
}

#[test]
fn random_faults_are_of_every_side_and_do_not_overlap() {
    let mut sides = Vec::new();
    for seed in 0..40 {
        let world = quiet(seed);
        let found = faults(&world.plan, &world.campaigns, 6);
        assert_eq!(found, faults(&world.plan, &world.campaigns, 6));
        for (place, fault) in found.iter().enumerate() {
            assert!(fault.from < fault.until && fault.until <= world.plan.ends_at());
            sides.extend(fault.trouble.side());
            for other in &found[..place] {
                let both_of_all =
                    fault.trouble.campaign().is_none() && other.trouble.campaign().is_none();
                assert!(!both_of_all || fault.until <= other.from || other.until <= fault.from);
            }
        }
    }
    sides.sort_unstable();
    sides.dedup();
    assert_eq!(sides, [Side::Platform, Side::Market, Side::Advertiser, Side::Policy]);
}
