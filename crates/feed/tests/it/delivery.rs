//! Whole flights: one promotion among others, a day's curve of viewers, events that come late.

use std::collections::BTreeMap;

use base::{CreatorId, Instant, Span};
use feed::{
    Chooser, Page, Plan, Pricing, Promoted, Settled, Share, Slot, Sold, TrafficCurve, Want,
};
use promotions::{Goal, Viewer};

use crate::book::Book;
use crate::setting::{after, draw, lease, price, promoted, start, whole};

/// Visits of an hour relative to others: three in the morning is quiet, eight in the evening busy.
const DAY: [u64; 24] = [
    30, 20, 14, 10, 10, 14, 24, 40, 56, 64, 68, 72, 76, 76, 72, 72, 76, 84, 96, 108, 112, 100, 76,
    48,
];

/// What a flight is like.
#[derive(Clone)]
struct Flight {
    promoted: Promoted,
    processes: usize,
    /// Visits a day.
    visits: u64,
    /// The true chance, in millionths, that a selection leads to a unit.
    chance: u64,
    /// Seconds between asking for money.
    asks_every: u64,
    /// Whether each process holds its part of the whole budget from the start instead.
    is_soft: bool,
    /// Promoted posts on a page.
    places: usize,
    /// Visits in this time are lost to the promotion.
    outage: Option<(Span, Span)>,
    seed: u64,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    units: u64,
    unbilled: u64,
    billed: u64,
    /// Units of each hour by selection.
    by_hour: Vec<u64>,
}

impl Flight {
    /// 2,000 units of views planned over some days, from one process, with plenty of visits.
    fn of_days(days: u64) -> Flight {
        let mut promoted = promoted(1);
        promoted.plan = Plan {
            budget: whole(1_000),
            daily: None,
            starts_at: start(),
            ends_at: after(Span::days(days)),
        };
        promoted.pricing = Pricing::Auction { least: price(500), most: price(500) };
        Flight {
            promoted,
            processes: 1,
            visits: 20_000,
            chance: 400_000,
            asks_every: 1,
            is_soft: false,
            places: 2,
            outage: None,
            seed: 7,
        }
    }

    fn run(&self) -> Outcome {
        let mut run = Run::new(self);
        run.run_all();
        run.outcome
    }
}

struct Run<'a> {
    flight: &'a Flight,
    choosers: Vec<(Chooser, Vec<Slot>)>,
    book: Book,
    due: BTreeMap<(Instant, u64), (usize, Sold)>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    fn new(flight: &'a Flight) -> Run<'a> {
        let budget = flight.promoted.plan.budget.whole().minor();
        let daily = flight.promoted.plan.daily.map(|daily| daily.whole().minor());
        let window = flight.promoted.goal.attribution_window();
        let mut book = Book::new(budget, daily, window);
        let share = Share::from_millionths((1_000_000 / flight.processes) as u32);
        let mut choosers = Vec::new();
        for process in 0..flight.processes {
            let mut chooser = Chooser::new(TrafficCurve::believed(DAY), 10_000);
            let mut slots = vec![chooser.put(flight.promoted.clone(), start())];
            chooser.report(flight.promoted.promotion, promotions::Micros::ZERO, share);
            if flight.is_soft {
                let part = base::Amount::new(budget / flight.processes as i64).unwrap();
                let serves = flight.promoted.plan.ends_at.since(start()).unwrap();
                let granted = book.lease_for(process, None, part, serves, start()).unwrap();
                assert!(chooser.lease(flight.promoted.promotion, granted));
            }
            // Two competitors with money for ever, each in a part of all auctions.
            for rival in 2..4 {
                let mut rival = promoted(rival);
                rival.creator = CreatorId::from_bits(rival.promotion.bits());
                rival.plan.budget = whole(10_000_000);
                slots.push(chooser.put(rival.clone(), start()));
                assert!(chooser.lease(rival.promotion, lease(1, 10_000_000)));
            }
            choosers.push((chooser, slots));
        }
        let outcome = Outcome { units: 0, unbilled: 0, billed: 0, by_hour: Vec::new() };
        Run { flight, choosers, book, due: BTreeMap::new(), outcome }
    }

    fn run_all(&mut self) {
        let plan = self.flight.promoted.plan;
        let window = self.flight.promoted.goal.attribution_window();
        let ends = plan.ends_at.saturating_add(window).saturating_add(Span::minutes(20));
        let seconds = ends.since(start()).unwrap().micros() / 1_000_000;
        let (mut visits, mut number) = (0, 0);
        for second in 0..seconds {
            let now = after(Span::seconds(second));
            if plan.runs_at(now) {
                visits += self.flight.visits * DAY[(second / 3_600 % 24) as usize];
            }
            let per_second = 3_600 * DAY.iter().sum::<u64>();
            while visits >= per_second {
                visits -= per_second;
                number += 1;
                self.visit(number, now);
            }
            self.bill_what_came(now);
            if second.is_multiple_of(self.flight.asks_every) && !self.flight.is_soft {
                self.lease(now);
            }
            if second.is_multiple_of(60) {
                self.report(now);
            }
        }
        self.outcome.billed = self.book.billed().get();
        assert!(self.book.billed() <= plan.budget);
    }

    fn visit(&mut self, number: u64, now: Instant) {
        let flight = self.flight;
        let process = (draw(flight.seed, 1, number) % flight.processes as u64) as usize;
        let into = now.since(start()).unwrap();
        let is_out = flight.outage.is_some_and(|(from, until)| from <= into && into < until);
        let (chooser, slots) = &mut self.choosers[process];
        let mut candidates = vec![slots[1 + (draw(flight.seed, 2, number) % 2) as usize]];
        if !is_out {
            candidates.push(slots[0]);
        }
        let viewer = Viewer::default();
        let seed = draw(flight.seed, 3, number);
        let page = Page {
            viewer: &viewer,
            viewer_key: None,
            places: flight.places,
            currency: None,
            seed,
            now,
        };
        for offer in chooser.choose(&page, &candidates) {
            let leads_to_unit = draw(flight.seed, 4, number) % 1_000_000 < flight.chance;
            if offer.promotion == flight.promoted.promotion && leads_to_unit {
                let delay = delay(flight.promoted.goal, draw(flight.seed, 5, number));
                self.due.insert((now.saturating_add(delay), number), (process, offer.sold));
            }
        }
    }

    fn bill_what_came(&mut self, now: Instant) {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
            let (process, sold) = entry.remove();
            let hour = (sold.at.since(start()).unwrap().micros() / 3_600_000_000) as usize;
            let chooser = &mut self.choosers[process].0;
            match chooser.settle(self.flight.promoted.promotion, &sold, now) {
                Settled::Billed(price) => {
                    self.book.bill(sold.slice, price);
                    self.outcome.units += 1;
                    let hours = self.outcome.by_hour.len().max(hour + 1);
                    self.outcome.by_hour.resize(hours, 0);
                    self.outcome.by_hour[hour] += 1;
                }
                Settled::Unbilled(_) => self.outcome.unbilled += 1,
            }
        }
    }

    fn lease(&mut self, now: Instant) {
        for (process, (chooser, _)) in self.choosers.iter_mut().enumerate() {
            for Want { promotion, slice, amount } in chooser.wants(now) {
                if promotion != self.flight.promoted.promotion {
                    continue;
                }
                match self.book.lease(process, slice, amount, now) {
                    Some(lease) => assert!(chooser.lease(promotion, lease)),
                    None => chooser.refuse(promotion),
                }
            }
        }
    }

    /// What happens once a minute.
    fn report(&mut self, now: Instant) {
        let promotion = self.flight.promoted.promotion;
        let leasing = self.choosers.iter_mut().filter(|_| !self.flight.is_soft);
        for (chooser, _) in leasing {
            for back in chooser.collect(now) {
                if back.promotion == promotion {
                    self.book.take_back(back.slice, back.granted_after, back.is_closed);
                }
            }
        }
        self.book.lapse(now);
        let part = |chooser: &Chooser| chooser.standings(promotion).unwrap().committed.get();
        let all: u64 = self.choosers.iter().map(|(one, _)| part(one)).sum();
        for process in 0..self.choosers.len() {
            let elsewhere = all - part(&self.choosers[process].0);
            let elsewhere = promotions::Micros::new(elsewhere);
            let share = Share::from_millionths((1_000_000 / self.choosers.len()) as u32);
            self.choosers[process].0.report(promotion, elsewhere, share);
        }
    }
}

/// How long after its selection an event comes: most within a minute.
fn delay(goal: Goal, drawn: u64) -> Span {
    let (class, within) = (drawn % 100, drawn / 100);
    let late = if goal == Goal::Views { 97 } else { 85 };
    match class {
        class if class < late => Span::seconds(2 + within % 40),
        98 | 99 => Span::seconds(300 + within % 1_200),
        _ => Span::seconds(60 + within % 240),
    }
}

/// How many units were planned, of a price that never changes.
fn planned(flight: &Flight) -> u64 {
    flight.promoted.plan.budget.get() / flight.promoted.pricing.most().get()
}

/// Whether `part` lies within so many hundredths of a percent of `whole`.
fn is_near(part: u64, whole: u64, hundredths: u64) -> bool {
    part.abs_diff(whole) * 10_000 <= whole * hundredths
}

/// A twentieth.
const BAND: u64 = 500;

/// Delivery is within the band at the end, and money within 2 % of the same flight without leases.
#[track_caller]
fn check(flight: &Flight) -> Outcome {
    let planned = planned(flight);
    let outcome = flight.run();
    assert!(is_near(outcome.units, planned, BAND), "{} of {planned}", outcome.units);
    assert!(outcome.unbilled * 100 <= planned, "{} unbilled", outcome.unbilled);
    let soft = Flight { is_soft: true, ..flight.clone() }.run();
    assert!(is_near(outcome.billed, soft.billed, 200), "{} of {}", outcome.billed, soft.billed);
    outcome
}

#[test]
fn one_process_delivers_what_is_planned_in_the_shape_of_the_day() {
    let flight = Flight::of_days(1);
    let outcome = check(&flight);
    assert!(is_near(outcome.units, planned(&flight), 100));
    let mut due = 0;
    let mut delivered = 0;
    let day: u64 = DAY.iter().sum();
    for (visits, units) in DAY.iter().zip(&outcome.by_hour) {
        due += visits;
        delivered += units;
        let due = planned(&flight) * due / day;
        assert!(delivered.abs_diff(due) * 100 <= planned(&flight) * 2, "{delivered} of {due}");
    }
}

#[test]
fn eight_processes_use_as_much_money_as_if_each_had_its_part() {
    let mut flight = Flight { processes: 8, ..Flight::of_days(1) };
    flight.promoted.plan.budget = whole(500);
    check(&flight);
}

#[test]
fn what_an_outage_took_is_caught_up_without_a_burst() {
    let outage = Some((Span::hours(8), Span::hours(11)));
    let flight = Flight { outage, ..Flight::of_days(1) };
    let outcome = check(&flight);
    let day: u64 = DAY.iter().sum();
    for (hour, (visits, units)) in DAY.iter().zip(&outcome.by_hour).enumerate() {
        let most = planned(&flight) * visits * feed::CATCH_UP_MAX / day;
        assert!(*units <= most + 20, "{units} in hour {hour}, planned a third of {most}");
    }
    assert!(outcome.by_hour[9] == 0);
}

#[test]
fn what_cannot_be_caught_up_in_time_is_not_thrown_at_the_last_viewers() {
    let outage = Some((Span::hours(1), Span::hours(22)));
    let flight = Flight { outage, ..Flight::of_days(1) };
    let outcome = flight.run();
    let day: u64 = DAY.iter().sum();
    for hour in [22, 23] {
        let planned = planned(&flight) * DAY[hour] / day;
        let units = outcome.by_hour[hour];
        let most = feed::CATCH_UP_MAX * planned;
        assert!(is_near(units, most, 2_000), "{units} in hour {hour}, planned {planned}");
    }
}

#[test]
fn a_daily_budget_holds_for_what_is_shown_on_a_day() {
    let mut flight = Flight { processes: 3, ..Flight::of_days(2) };
    flight.promoted.plan.daily = Some(whole(300));
    let mut run = Run::new(&flight);
    run.run_all();
    for day in [start(), after(Span::days(1))] {
        let billed = run.book.billed_of(day.day_number());
        assert!(billed <= whole(300), "{billed} on a day");
        assert!(billed >= whole(290), "{billed} on a day");
    }
}

#[test]
fn a_rare_unit_that_comes_late_is_paced_by_what_may_be_expected() {
    let mut flight = Flight { chance: 25_000, visits: 100_000, ..Flight::of_days(2) };
    flight.promoted.goal = Goal::Followers;
    flight.promoted.believed = feed::Chance::from_billionths(15_000_000);
    flight.promoted.plan.budget = whole(500);
    check(&flight);
}

#[test]
fn a_guarantee_is_kept_on_pages_with_one_place() {
    let mut flight = Flight { places: 1, ..Flight::of_days(1) };
    flight.promoted.pricing = Pricing::Fixed(price(500));
    let outcome = check(&flight);
    assert!(outcome.units >= planned(&flight) * 98 / 100, "{}", outcome.units);
}

#[test]
fn the_same_seed_gives_the_same_flight() {
    let mut flight = Flight { processes: 2, visits: 4_000, ..Flight::of_days(1) };
    flight.promoted.plan.budget = whole(100);
    assert_eq!(flight.run(), flight.run());
    let other = Flight { seed: 8, ..flight };
    assert_ne!(other.run(), Flight { seed: 7, ..other }.run());
}
