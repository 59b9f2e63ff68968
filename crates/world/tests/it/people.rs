//! Who lives in the city, and when they look.

use promotions::Audience;
use world::{Bots, Plan, campaigns, resident, visits_in};

#[test]
fn people_are_the_same_whoever_asks_and_differ_by_seed() {
    let (plan, other) = (Plan::town(1), Plan::town(2));
    assert_eq!(resident(&plan, 7), resident(&plan, 7));
    assert_ne!(resident(&plan, 7), resident(&other, 7));
}

#[test]
fn people_have_about_ten_interests_and_most_consent() {
    let plan = Plan::town(1);
    let people: Vec<_> = (0..5_000).map(|number| resident(&plan, number).viewer).collect();
    let interests: usize = people.iter().map(|one| one.interests.len()).sum();
    let consent = people.iter().filter(|one| one.consents_to_personal).count();
    let children = people.iter().filter(|one| one.age.is_some_and(|age| age < 13)).count();
    assert!((8 * 5_000..=11 * 5_000).contains(&interests), "{interests}");
    assert!((4_150..=4_350).contains(&consent), "{consent}");
    assert!((100..=350).contains(&children), "{children}");
}

#[test]
fn interests_go_together() {
    let plan = Plan::town(1);
    let shared_groups = (0..2_000).filter(|number| {
        let interests = resident(&plan, *number).viewer.interests;
        let group = |one: &base::Label| one.as_str()[1..].parse::<u32>().unwrap() / 20;
        let mut groups: Vec<u32> = interests.iter().map(group).collect();
        groups.sort_unstable();
        let total = groups.len();
        groups.dedup();
        groups.len() + 3 <= total
    });
    assert!(shared_groups.count() > 1_800);
}

#[test]
fn a_day_has_its_visits_and_its_curve() {
    let plan = Plan::town(3);
    let hour = |hour: u32| (hour * 60..hour * 60 + 60).map(|at| visits_in(&plan, at)).sum::<u32>();
    let monday: u32 = (0..24).map(hour).sum();
    // 30,000 a day, and Mondays have 95 hundredths.
    assert!((28_000..=29_000).contains(&monday), "{monday}");
    assert!(hour(20) > 5 * hour(3), "evenings are busy, nights are not");
}

#[test]
fn audiences_are_neither_empty_nor_everybody() {
    let plan = Plan::town(4);
    let people: Vec<_> = (0..3_000).map(|number| resident(&plan, number).viewer).collect();
    let size = |audience: &Audience| people.iter().filter(|one| audience.admits(one)).count();
    let sizes: Vec<usize> =
        campaigns(&plan, 40, 160).iter().map(|campaign| size(&campaign.audience)).collect();
    let everybody = sizes.iter().filter(|size| **size == 3_000).count();
    let some = sizes.iter().filter(|size| (10..3_000).contains(*size)).count();
    assert!((50..=90).contains(&everybody), "{everybody}");
    assert!(some > 60, "{some}");
}

#[test]
fn what_is_held_out_is_not_among_some_bots() {
    assert_eq!(Bots::some().held_out, 0);
}
