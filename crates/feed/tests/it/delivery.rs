//! Whole flights: one promotion among others, a day's curve of viewers, events that come late.

use std::collections::BTreeMap;

use base::{CreatorId, Instant, Span};
use feed::{
    Chance, Chooser, Page, Plan, Pricing, Promoted, Settled, Share, Slot, Sold, TrafficCurve,
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
            outage: None,
            seed: 7,
        }
    }

    fn run(&self) -> Outcome {
        Run::new(self).run()
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
            chooser.report(flight.promoted.promotion, feed::Price::ZERO, share);
            if flight.is_soft {
                let part = base::Amount::new(budget / flight.processes as i64).unwrap();
                let serves = flight.promoted.plan.ends_at.since(start()).unwrap();
                let granted = book.lease_for(process, part, serves, start()).unwrap();
                assert!(chooser.lease(flight.promoted.promotion, granted));
            }
            // Two competitors with money for ever, each in a part of all auctions.
            for rival in 2..4 {
                let mut rival = promoted(rival);
                rival.creator = CreatorId::from_bits(rival.promotion.bits());
                rival.plan.budget = whole(100_000);
                slots.push(chooser.put(rival.clone(), start()));
                assert!(chooser.lease(rival.promotion, lease(1, 100_000)));
            }
            choosers.push((chooser, slots));
        }
        let outcome = Outcome { units: 0, unbilled: 0, billed: 0, by_hour: Vec::new() };
        Run { flight, choosers, book, due: BTreeMap::new(), outcome }
    }

    fn run(mut self) -> Outcome {
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
        self.outcome.billed = self.book.billed().millionths();
        assert!(self.book.billed() <= plan.budget);
        self.outcome
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
        let page = Page { viewer: &viewer, viewer_key: None, places: 2, seed, now };
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
            for (promotion, wanted) in chooser.wants(now) {
                if promotion != self.flight.promoted.promotion {
                    continue;
                }
                match self.book.lease(process, wanted, now) {
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
                    self.book.take_back(back.slice, back.amount, back.is_closed);
                }
            }
        }
        self.book.lapse(now);
        let part = |chooser: &Chooser| chooser.standings(promotion).unwrap().committed.millionths();
        let all: u64 = self.choosers.iter().map(|(one, _)| part(one)).sum();
        for process in 0..self.choosers.len() {
            let elsewhere = all - part(&self.choosers[process].0);
            let elsewhere = feed::Price::from_millionths(elsewhere);
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

/// Hundredths of a percent.
fn permyriad(part: u64, whole: u64) -> u64 {
    part * 10_000 / whole
}

#[test]
fn probe() {
    for (days, units, processes) in [(3, 2_000, 8), (1, 1_000, 8), (3, 1_000, 1), (1, 1_000, 4)] {
        for is_soft in [true, false] {
            let mut flight = Flight { processes, is_soft, ..Flight::of_days(days) };
            flight.promoted.plan.budget = whole(units / 2);
            let out = flight.run();
            println!(
                "{days} d {processes} p soft {is_soft}: units {} of {units}, unbilled {}, spent {}",
                out.units,
                out.unbilled,
                permyriad(out.billed, units as u64 * 500_000)
            );
        }
    }
}
