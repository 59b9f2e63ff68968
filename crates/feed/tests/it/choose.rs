use base::{CreatorId, Instant, Label, Region, Span};
use feed::{
    Cause, Chance, Chooser, CounterRecord, Counts, FrequencyCap, Lease, Offer, Outcome, Page, Plan,
    Pricing, Promoted, Reason, Settled, Slot, Standing, TrafficCurve, Unbilled, Waterfall,
};
use promotions::{Audience, Goal, Language, Viewer};

use crate::setting::{after, chooser, lease, page, price, promoted, start, viewer, whole};

/// All that was counted since the last call, of each promotion.
fn counts<const N: usize>(chooser: &mut Chooser, of: &[Promoted; N]) -> [Counts; N] {
    let mut log = Vec::new();
    chooser.flush(&mut log, after(Span::hours(1)));
    let mut waterfall = Waterfall::default();
    waterfall.absorb(log);
    of.each_ref().map(|one| {
        let mut sum = Counts::default();
        waterfall.of(one.promotion).for_each(|(_, counts)| sum.absorb(counts));
        sum
    })
}

/// Shows one page to `viewer` and expects that `promoted` alone is lost for `cause`.
#[track_caller]
fn check_lost(promoted: Promoted, viewer: &Viewer, cause: Cause) {
    let (mut chooser, slots) = chooser(std::slice::from_ref(&promoted));
    assert_eq!(chooser.choose(&page(viewer), &slots), []);
    let [counts] = counts(&mut chooser, &[promoted]);
    assert_eq!((counts.opportunities(), counts.get(Outcome::Lost(cause))), (1, 1), "{counts:?}");
}

#[test]
fn an_offer_says_who_paid_and_why_the_viewer_sees_it() {
    let mut one = promoted(1);
    one.audience = Audience {
        regions: vec![Region::parse("DE").unwrap(), Region::parse("US").unwrap()],
        languages: vec![Language::new("en").unwrap()],
        age_min: Some(18),
        interests: ["bread", "cake", "tea"].map(|one| Label::new(one).unwrap()).to_vec(),
        ..Audience::automatic()
    };
    let viewer = Viewer {
        region: Region::parse("US-CA").ok(),
        language: Language::new("en").ok(),
        age: Some(30),
        interests: ["tea", "cars", "cake"].map(|one| Label::new(one).unwrap()).to_vec(),
        consents_to_personal: true,
        ..viewer("v")
    };
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let offers = chooser.choose(&page(&viewer), &slots);
    let [Offer { promotion, post, sold, label, why }] = offers.as_slice() else {
        panic!("{offers:?}")
    };
    assert_eq!((*promotion, post), (one.promotion, &one.post));
    assert_eq!((sold.price, sold.at), (price(100), after(Span::hours(1))));
    assert_eq!(label.to_string(), "Promoted, paid by Bakery Lund");
    assert!(!format!("{offers:?}").contains("Lund"));
    let sentence: Vec<_> = why.iter().map(Reason::to_string).collect();
    assert_eq!(
        sentence,
        ["are in US", "read en", "are 18 years old or older", "are interested in cake, tea"]
    );
}

#[test]
fn each_way_to_be_kept_back_has_its_cause() {
    let anybody = viewer("v");
    let child = Viewer { age: Some(12), ..viewer("v") };
    check_lost(promoted(1), &child, Cause::Policy);
    check_lost(Promoted { standing: Standing::Withheld, ..promoted(1) }, &anybody, Cause::Policy);
    check_lost(Promoted { standing: Standing::Paused, ..promoted(1) }, &anybody, Cause::Paused);

    let spent = Plan { budget: whole(0), ..promoted(1).plan };
    let mut one = Promoted { plan: spent, ..promoted(1) };
    one.pricing = Pricing::Auction { least: whole(20_000), most: whole(20_000) };
    check_lost(one, &anybody, Cause::Budget);

    // A budget of 1 over a month: the first unit has not been earned after an hour.
    let slow = Plan { budget: whole(1), starts_at: after(Span::hours(1)), ..promoted(1).plan };
    check_lost(Promoted { plan: slow, ..promoted(1) }, &anybody, Cause::Pacing);

    // The finder was wrong.
    let mut one = promoted(1);
    one.audience.age_min = Some(18);
    let unasked = Viewer { age: Some(30), ..viewer("v") };
    check_lost(one, &unasked, Cause::Error);
}

#[test]
fn who_is_worth_less_or_has_the_same_creator_is_outbid() {
    let cheap = Promoted {
        pricing: Pricing::Auction { least: price(100), most: price(300) },
        ..promoted(2)
    };
    let same = Promoted { creator: CreatorId::from_bits(1), ..promoted(3) };
    let same = Promoted { pricing: cheap.pricing, ..same };
    let all = [promoted(1), cheap, same];
    let (mut chooser, slots) = chooser(&all);
    let viewer = viewer("v");
    let offers = chooser.choose(&page(&viewer), &slots);
    assert_eq!(offers.len(), 1);
    assert_eq!((offers[0].promotion, offers[0].sold.price), (all[0].promotion, price(300)));
    let lost = counts(&mut chooser, &all).map(|one| one.get(Outcome::Lost(Cause::Outbid)));
    assert_eq!(lost, [0, 1, 1]);
    // The second place goes to another creator.
    let both = chooser.choose(&Page { places: 3, ..page(&viewer) }, &slots);
    assert_eq!(both.len(), 2);
}

#[test]
fn a_viewer_sees_a_promotion_as_often_as_its_cap_allows() {
    let cap = FrequencyCap { times: 2, within: Span::days(1) };
    let one = Promoted { cap, ..promoted(1) };
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let viewer = viewer("v");
    for (key, shown) in [(7, 1), (7, 1), (7, 0), (8, 1)] {
        let page = Page { viewer_key: Some(key), ..page(&viewer) };
        assert_eq!(chooser.choose(&page, &slots).len(), shown);
    }
    assert_eq!(counts(&mut chooser, &[one])[0].get(Outcome::Lost(Cause::Cap)), 1);
}

#[test]
fn an_incident_takes_what_would_have_been_served_and_nothing_else() {
    let paused = Promoted { standing: Standing::Paused, ..promoted(2) };
    let cheap = Promoted {
        pricing: Pricing::Auction { least: price(100), most: price(300) },
        ..promoted(3)
    };
    let all = [promoted(1), paused, cheap];
    let (mut chooser, slots) = chooser(&all);
    chooser.set_incident(true);
    assert_eq!(chooser.choose(&page(&viewer("v")), &slots), []);
    let causes = [Cause::Incident, Cause::Paused, Cause::Outbid];
    for (counts, cause) in counts(&mut chooser, &all).iter().zip(causes) {
        assert_eq!((counts.opportunities(), counts.get(Outcome::Lost(cause))), (1, 1));
    }
    chooser.set_incident(false);
    assert_eq!(chooser.choose(&page(&viewer("v")), &slots).len(), 1);
}

#[test]
fn money_that_was_not_leased_in_time_is_our_error_until_the_book_says_there_is_none() {
    let rich = promoted(1);
    let poor = Promoted {
        pricing: Pricing::Auction { least: price(100), most: price(300) },
        ..promoted(2)
    };
    let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
    let slots = [&rich, &poor].map(|one| chooser.put(one.clone(), start()));
    assert!(chooser.lease(poor.promotion, lease(1, 100)));
    let viewer = viewer("v");
    // The place is not left empty for it.
    let offers = chooser.choose(&page(&viewer), &slots);
    assert_eq!(offers[0].promotion, poor.promotion);
    let lost = |chooser: &mut Chooser, cause| {
        counts(chooser, std::array::from_ref(&rich))[0].get(Outcome::Lost(cause))
    };
    assert_eq!(lost(&mut chooser, Cause::Error), 1);

    let wants = chooser.wants(after(Span::hours(1)));
    assert!(wants.iter().any(|want| want.promotion == rich.promotion));
    chooser.refuse(rich.promotion);
    chooser.choose(&page(&viewer), &slots);
    assert_eq!(lost(&mut chooser, Cause::Budget), 1);
    // Others may have given money back since.
    let now = page(&viewer).now.saturating_add(Span::seconds(10));
    chooser.choose(&Page { now, ..page(&viewer) }, &slots);
    assert_eq!(lost(&mut chooser, Cause::Error), 1);

    assert!(chooser.lease(rich.promotion, lease(1, 100)));
    assert_eq!(chooser.choose(&page(&viewer), &slots)[0].promotion, rich.promotion);
}

#[test]
fn credit_is_earned_while_there_is_no_money() {
    let one = promoted(1);
    let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
    let slots = [chooser.put(one.clone(), start())];
    let viewer = viewer("v");
    for second in 0..40 {
        chooser.refuse(one.promotion);
        let now = after(Span::seconds(3_600 + second));
        chooser.choose(&Page { now, ..page(&viewer) }, &slots);
    }
    assert!(chooser.lease(one.promotion, lease(1, 100)));
    let now = after(Span::seconds(3_640));
    assert_eq!(chooser.choose(&Page { now, ..page(&viewer) }, &slots).len(), 1);
}

#[test]
fn a_process_that_comes_late_does_not_take_all_spend_as_that_of_its_day() {
    let plan = Plan { daily: Some(whole(10_000)), ..promoted(1).plan };
    let one = Promoted { plan, ..promoted(1) };
    let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
    let slots = [chooser.put(one.clone(), after(Span::hours(36)))];
    assert!(chooser.lease(one.promotion, lease(1, 100)));
    chooser.report(one.promotion, whole(15_000), feed::Share::WHOLE);
    let now = after(Span::hours(37));
    assert_eq!(chooser.choose(&Page { now, ..page(&viewer("v")) }, &slots).len(), 1);
}

#[test]
fn what_does_not_run_is_no_opportunity() {
    let early = Plan { starts_at: after(Span::hours(2)), ..promoted(1).plan };
    let early = Promoted { plan: early, ..promoted(1) };
    let one = promoted(2);
    let (mut chooser, slots) = chooser(&[early.clone(), one.clone()]);
    let twice_and_nobody = [slots[0], slots[1], slots[1], Slot(99)];
    assert_eq!(chooser.choose(&page(&viewer("v")), &twice_and_nobody).len(), 1);
    let counts = counts(&mut chooser, &[early, one]).map(|one| one.opportunities());
    assert_eq!(counts, [0, 1]);
}

#[test]
fn the_last_money_is_sold_for_what_is_left() {
    let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
    let one = Promoted { pricing: Pricing::Fixed(price(800)), ..promoted(1) };
    let slots = [chooser.put(one.clone(), start())];
    assert!(chooser.lease(one.promotion, lease(1, 2)));
    let viewer = viewer("v");
    let mut prices = Vec::new();
    for _ in 0..3 {
        for offer in chooser.choose(&page(&viewer), &slots) {
            prices.push(offer.sold.price);
            let settled = chooser.settle(offer.promotion, &offer.sold, offer.sold.at);
            assert_eq!(settled, Settled::Billed(offer.sold.price));
        }
    }
    // 2.0 are 0.8, 0.8 and a rest of half a unit.
    assert_eq!(prices, [price(800), price(800), price(400)]);
    assert_eq!(chooser.standings(one.promotion).unwrap().spent, whole(2));
}

#[test]
fn an_event_is_billed_within_its_window_and_its_slice() {
    let one = promoted(1);
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let offer = chooser.choose(&page(&viewer("v")), &slots).remove(0);
    let mut settle = |sold, now| chooser.settle(one.promotion, &sold, now);
    let elsewhere = feed::Sold { slice: feed::SliceId(9), ..offer.sold };
    let at = |minutes| offer.sold.at.saturating_add(Span::minutes(minutes));
    assert_eq!(settle(elsewhere, at(1)), Settled::Unbilled(Unbilled::UnknownSlice));
    assert_eq!(settle(offer.sold, at(70)), Settled::Billed(price(100)));
    assert_eq!(settle(offer.sold, at(71)), Settled::Unbilled(Unbilled::TooLate));
    assert_eq!(chooser.remove(one.promotion).len(), 1);
    let gone = chooser.settle(one.promotion, &offer.sold, at(1));
    assert_eq!(gone, Settled::Unbilled(Unbilled::UnknownSlice));
}

#[test]
fn a_clock_that_goes_backwards_is_the_former_time() {
    let one = promoted(1);
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let viewer = viewer("v");
    let first = chooser.choose(&page(&viewer), &slots).remove(0);
    let back = Page { now: Instant::MIN, ..page(&viewer) };
    let second = chooser.choose(&back, &slots).remove(0);
    assert_eq!(first.sold, second.sold);
}

#[test]
fn the_chance_is_learned_from_what_was_sold() {
    let one = Promoted { goal: Goal::WebsiteVisits, ..promoted(1) };
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let viewer = viewer("v");
    let believed = chooser.standings(one.promotion).unwrap().chance;
    let mut now = after(Span::hours(1));
    for number in 0..1_000 {
        now = now.saturating_add(Span::seconds(20));
        for offer in chooser.choose(&Page { now, ..page(&viewer) }, &slots) {
            if number % 10 == 0 {
                chooser.settle(one.promotion, &offer.sold, now);
            }
        }
    }
    let learned = chooser.standings(one.promotion).unwrap().chance;
    assert_eq!(believed.billionths(), 500_000_000);
    assert!((95_000_000..112_000_000).contains(&learned.billionths()), "{learned:?}");
}

#[test]
fn a_record_a_second_is_flushed_for_what_was_counted() {
    let one = promoted(1);
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let viewer = viewer("v");
    let mut log = Vec::new();
    for minute in [0, 0, 1] {
        let now = after(Span::minutes(60 + minute));
        chooser.choose(&Page { now, ..page(&viewer) }, &slots);
    }
    let now = after(Span::minutes(61));
    chooser.flush(&mut log, now);
    chooser.flush(&mut log, now);
    let minutes = log.iter().filter_map(|record| match record {
        CounterRecord::Counted { minute, counts, .. } => Some((*minute, counts.opportunities())),
        _ => None,
    });
    assert_eq!(minutes.collect::<Vec<_>>(), [(after(Span::hours(1)), 2), (now, 1)]);
    assert_eq!(log.last(), Some(&CounterRecord::Flushed { at: now }));
    assert_eq!(log.len(), 4);
}

#[test]
fn a_slot_that_gets_another_promotion_keeps_counts_apart() {
    let all = [promoted(1), promoted(2)];
    let (mut chooser, slots) = chooser(&all[..1]);
    chooser.choose(&page(&viewer("v")), &slots);
    chooser.remove(all[0].promotion);
    assert_eq!(chooser.put(all[1].clone(), after(Span::hours(1))), slots[0]);
    chooser.choose(&page(&viewer("v")), &slots);
    assert_eq!(counts(&mut chooser, &all).map(|one| one.opportunities()), [1, 1]);
}

#[test]
fn an_incident_takes_no_more_than_pacing_would_have_let_through() {
    // 4.8 an hour at a price of 0.1.
    let plan = Plan { budget: whole(3_456), ..promoted(1).plan };
    let one = Promoted { plan, ..promoted(1) };
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    chooser.set_incident(true);
    let viewer = viewer("v");
    for second in (3_600..7_200).step_by(5) {
        let now = after(Span::seconds(second));
        chooser.choose(&Page { now, ..page(&viewer) }, &slots);
    }
    let [counts] = counts(&mut chooser, &[one]);
    // Half of what is shown leads to a unit, so a place costs half of its price: 96 an hour, and
    // those of the first minute.
    let lost = counts.get(Outcome::Lost(Cause::Incident));
    assert!((96..=120).contains(&lost), "{counts:?}");
}

#[test]
fn what_was_learned_before_is_taken_in() {
    let one = Promoted { cap: FrequencyCap::default(), ..promoted(1) };
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let believed = chooser.standings(one.promotion).unwrap().chance;
    chooser.recall(one.promotion, 900, 9);
    let learned = chooser.standings(one.promotion).unwrap().chance;
    assert!(learned < believed, "{learned:?}");
    // What is beyond a million selections counts as half as much, as it does while they come.
    chooser.recall(one.promotion, 1_800_000, 18_000);
    let often = chooser.standings(one.promotion).unwrap().chance;
    chooser.recall(one.promotion, 900_000, 9_000);
    assert_eq!(chooser.standings(one.promotion).unwrap().chance, often);
    chooser.recall(promoted(2).promotion, 1, 1);
    let viewer = viewer("v");
    let key = 5;
    let page = Page { viewer_key: Some(key), ..page(&viewer) };
    for minute in [1, 2, 3] {
        chooser.recall_showing(key, one.promotion, after(Span::minutes(minute)));
    }
    assert_eq!(chooser.choose(&page, &slots), []);
    let [counts] = counts(&mut chooser, &[one]);
    assert_eq!(counts.get(Outcome::Lost(Cause::Cap)), 1);
}

/// How many units of a tenth of its budget a promotion sells in twenty days, of which so many are
/// repaid after ten.
fn sold(repaid: usize) -> usize {
    let plan = Plan { budget: whole(1), ends_at: after(Span::days(20)), ..promoted(1).plan };
    let one = Promoted { plan, believed: Chance::ALWAYS, ..promoted(1) };
    let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
    let slots = [chooser.put(one.clone(), start())];
    assert!(chooser.lease(one.promotion, lease(1, 1)));
    let (viewer, mut sold) = (viewer("v"), 0);
    for hour in 1..480 {
        let now = after(Span::hours(hour));
        if hour == 240 {
            (0..repaid).for_each(|_| chooser.repay(one.promotion, price(100)));
            let standings = chooser.standings(one.promotion).unwrap();
            assert_eq!(standings.committed, price(100 * (sold - repaid) as u64));
        }
        for offer in chooser.choose(&Page { now, ..page(&viewer) }, &slots) {
            let settled = chooser.settle(one.promotion, &offer.sold, now);
            assert_eq!(settled, Settled::Billed(price(100)));
            sold += 1;
        }
        if !chooser.wants(now).is_empty() {
            // What was repaid is in the escrow again.
            assert!(chooser.lease(one.promotion, lease(1, 1 + i64::from(hour >= 240))));
        }
    }
    sold
}

#[test]
fn what_is_repaid_is_spent_again() {
    assert_eq!([sold(0), sold(3)], [10, 13]);
    // What was billed by a process before may be repaid too.
    let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
    chooser.repay(promoted(1).promotion, price(100));
}

/// A slice of before does not serve beside those of the next day.
#[test]
fn a_daily_budget_that_comes_later_ends_slices_with_their_day() {
    let one = promoted(1);
    let (mut chooser, slots) = chooser(std::slice::from_ref(&one));
    let viewer = viewer("v");
    let plan = Plan { daily: Some(whole(10)), ..one.plan };
    let daily = Promoted { plan, ..one };
    let late = Page { now: after(Span::hours(23)), ..page(&viewer) };
    assert_eq!(chooser.choose(&late, &slots).len(), 1);
    chooser.put(daily.clone(), after(Span::hours(23)));
    assert_eq!(chooser.choose(&late, &slots).len(), 1);
    let next_day = Page { now: after(Span::hours(25)), ..page(&viewer) };
    assert_eq!(chooser.choose(&next_day, &slots), []);
    let tomorrow = Lease { serves_until: after(Span::hours(48)), ..lease(2, 10) };
    assert!(chooser.lease(daily.promotion, tomorrow));
    let later = Page { now: after(Span::hours(26)), ..page(&viewer) };
    let offers = chooser.choose(&later, &slots);
    assert_eq!(offers[0].sold.slice, feed::SliceId(2));
}
