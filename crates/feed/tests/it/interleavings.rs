//! Anything in any order: pages, events, leases that are lost, processes that die, in up to eight
//! processes that share one promotion, against a book that knows only what it granted.

use std::collections::BTreeMap;

use base::{Instant, Span};
use feed::{
    Chooser, CounterRecord, FrequencyCap, Outcome, Page, Plan, Pricing, Promoted, Settled, Share,
    Slot, Sold, Standing, TrafficCurve, Waterfall,
};
use promotions::{Micros, Viewer};
use proptest::prelude::*;

use crate::book::Book;
use crate::setting::{after, lease, price, promoted, start, whole};

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Pages for viewers of one process.
    Pages { process: usize, pages: u8, seed: u64 },
    /// The event of the how manyth open token comes.
    Event { token: usize },
    /// A process asks for money; the answer may be lost.
    Lease { process: usize, is_heard: bool },
    /// A process gives money back; the message may be lost.
    Collect { process: usize, is_heard: bool },
    /// A process dies, and comes back with or without what its log tells.
    Restart { process: usize, is_resumed: bool },
    /// The advertiser pauses or goes on.
    Pause { is_paused: bool },
    /// Processes hear of each other.
    Report,
    /// Counters are written.
    Flush { process: usize },
    /// Time passes.
    Wait { seconds: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    let process = 0..8_usize;
    prop_oneof![
        8 => (process.clone(), 1..20_u8, any::<u64>())
            .prop_map(|(process, pages, seed)| Step::Pages { process, pages, seed }),
        8 => any::<usize>().prop_map(|token| Step::Event { token }),
        5 => (process.clone(), prop::bool::weighted(0.9))
            .prop_map(|(process, is_heard)| Step::Lease { process, is_heard }),
        2 => (process.clone(), prop::bool::weighted(0.9))
            .prop_map(|(process, is_heard)| Step::Collect { process, is_heard }),
        1 => (process.clone(), any::<bool>())
            .prop_map(|(process, is_resumed)| Step::Restart { process, is_resumed }),
        1 => any::<bool>().prop_map(|is_paused| Step::Pause { is_paused }),
        1 => Just(Step::Report),
        2 => process.prop_map(|process| Step::Flush { process }),
        6 => prop_oneof![1..90_u32, 90..4_000_u32].prop_map(|seconds| Step::Wait { seconds }),
    ]
}

struct Process {
    chooser: Chooser,
    slots: Vec<Slot>,
    log: Vec<CounterRecord>,
    /// Opportunities and selections that are not written yet.
    unwritten: (u64, u64),
    written: (u64, u64),
    /// Billed here, and by those that were resumed before.
    billed: Micros,
}

impl Process {
    fn new(shared: &Promoted, now: Instant) -> Process {
        let mut chooser = Chooser::new(TrafficCurve::flat(), 50);
        let rival = promoted(2);
        let slots = [shared, &rival].map(|one| chooser.put(one.clone(), now)).to_vec();
        assert!(chooser.lease(rival.promotion, lease(1, 1_000)));
        let log = vec![CounterRecord::Started { at: now }];
        Process { chooser, slots, log, unwritten: (0, 0), written: (0, 0), billed: Micros::ZERO }
    }
}

struct World {
    shared: Promoted,
    book: Book,
    processes: Vec<Process>,
    tokens: Vec<(usize, Sold)>,
    trace: Vec<(Sold, Option<Settled>)>,
    now: Instant,
}

impl World {
    fn new(processes: usize, budget: i64, daily: Option<i64>, fixed: bool) -> World {
        let mut shared = promoted(1);
        shared.plan = Plan {
            budget: whole(budget),
            daily: daily.map(whole),
            starts_at: start(),
            ends_at: after(Span::hours(30)),
        };
        shared.cap = FrequencyCap { times: 3, within: Span::hours(2) };
        let range = Pricing::Auction { least: price(700), most: price(2_300) };
        shared.pricing = if fixed { Pricing::Fixed(price(1_700)) } else { range };
        let window = shared.goal.attribution_window();
        World {
            book: Book::new(budget, daily, window),
            processes: (0..processes).map(|_| Process::new(&shared, start())).collect(),
            shared,
            tokens: Vec::new(),
            trace: Vec::new(),
            now: start(),
        }
    }

    fn step(&mut self, step: Step) {
        let count = self.processes.len();
        let (now, promotion) = (self.now, self.shared.promotion);
        match step {
            Step::Pages { process, pages, seed } => self.show(process % count, pages, seed),
            Step::Event { token } => self.event(token),
            Step::Lease { process, is_heard } => {
                let wants = self.processes[process % count].chooser.wants(now);
                for want in wants.into_iter().filter(|want| want.promotion == promotion) {
                    let granted = self.book.lease(process % count, want.slice, want.amount, now);
                    let chooser = &mut self.processes[process % count].chooser;
                    match granted.filter(|_| is_heard) {
                        Some(lease) => {
                            assert!(chooser.lease(promotion, lease));
                            assert!(chooser.lease(promotion, lease));
                        }
                        None => chooser.refuse(promotion),
                    }
                }
            }
            Step::Collect { process, is_heard } => {
                for back in self.processes[process % count].chooser.collect(now) {
                    if back.promotion == promotion && is_heard {
                        self.book.take_back(back.slice, back.granted_after, back.is_closed);
                    }
                }
            }
            Step::Restart { process, is_resumed } => self.restart(process % count, is_resumed),
            Step::Pause { is_paused } => {
                self.shared.standing = if is_paused { Standing::Paused } else { Standing::Running };
                for process in &mut self.processes {
                    process.chooser.put(self.shared.clone(), now);
                }
            }
            Step::Report => self.report(),
            Step::Flush { process } => {
                let process = &mut self.processes[process % count];
                process.chooser.flush(&mut process.log, now);
                process.written.0 += process.unwritten.0;
                process.written.1 += process.unwritten.1;
                process.unwritten = (0, 0);
            }
            Step::Wait { seconds } => {
                self.now = now.saturating_add(Span::seconds(seconds.into()));
                self.book.lapse(self.now);
            }
        }
        self.check();
    }

    fn show(&mut self, process: usize, pages: u8, seed: u64) {
        let now = self.now;
        for number in 0..u64::from(pages) {
            let viewer = Viewer::default();
            let key = Some(seed.wrapping_add(number) % 60);
            let seed = seed.wrapping_add(number);
            let page =
                Page { viewer: &viewer, viewer_key: key, places: 1, currency: None, seed, now };
            let one = &mut self.processes[process];
            let offers = one.chooser.choose(&page, &one.slots);
            one.unwritten.0 += u64::from(self.shared.plan.runs_at(now));
            for offer in offers {
                if offer.promotion == self.shared.promotion {
                    one.unwritten.1 += 1;
                    assert!(offer.sold.price <= self.shared.pricing.most());
                    self.tokens.push((process, offer.sold));
                    self.trace.push((offer.sold, None));
                }
            }
        }
    }

    fn event(&mut self, token: usize) {
        if self.tokens.is_empty() {
            return;
        }
        let (process, sold) = self.tokens.swap_remove(token % self.tokens.len());
        let chooser = &mut self.processes[process].chooser;
        let settled = chooser.settle(self.shared.promotion, &sold, self.now);
        if let Settled::Billed(price) = settled {
            self.book.bill(sold.slice, price);
            let billed = &mut self.processes[process].billed;
            *billed = billed.checked_add(price).unwrap();
        }
        self.trace.push((sold, Some(settled)));
    }

    fn restart(&mut self, process: usize, is_resumed: bool) {
        let count = |log: &[CounterRecord]| {
            let mut waterfall = Waterfall::default();
            waterfall.absorb(log.iter().copied());
            let of = waterfall.of(self.shared.promotion);
            of.fold((0, 0), |(all, served), (_, counts)| {
                (all + counts.opportunities(), served + counts.get(Outcome::Served))
            })
        };
        let one = &self.processes[process];
        assert_eq!(count(&one.log), one.written);
        let mut reborn = Process::new(&self.shared, self.now);
        if is_resumed {
            for (lease, spent) in self.book.to_resume(process, self.now) {
                // Told twice, it is there once.
                assert!(reborn.chooser.resume(self.shared.promotion, lease, spent));
                assert!(reborn.chooser.resume(self.shared.promotion, lease, spent));
                reborn.billed = reborn.billed.checked_add(spent).unwrap();
            }
        }
        self.processes[process] = reborn;
    }

    fn report(&mut self) {
        let promotion = self.shared.promotion;
        let mut committed = BTreeMap::new();
        for (number, process) in self.processes.iter().enumerate() {
            committed.insert(number, process.chooser.standings(promotion).unwrap().committed);
        }
        let share = Share::from_millionths(1_000_000 / self.processes.len() as u32);
        for (number, process) in self.processes.iter_mut().enumerate() {
            let others = committed.iter().filter(|(other, _)| **other != number);
            let elsewhere = others.fold(Micros::ZERO, |sum, (_, one)| sum.saturating_add(*one));
            process.chooser.report(promotion, elsewhere, share);
        }
    }

    fn check(&self) {
        assert!(self.book.billed() <= self.shared.plan.budget);
        assert!(self.book.bound() <= self.book.budget);
        for process in &self.processes {
            let standings = process.chooser.standings(self.shared.promotion).unwrap();
            let used = standings.spent.checked_add(standings.reserved).unwrap();
            assert!(used <= standings.granted, "{standings:?}");
            let committed = process.billed.checked_add(standings.reserved).unwrap();
            assert_eq!(standings.committed, committed, "{standings:?}");
        }
        if let Some(daily) = self.book.daily {
            for day in 0..2 {
                let day = start().day_number() + day;
                assert!(self.book.billed_of(day) <= whole(daily));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_anything_overspends_or_loses_count(
        processes in 1..=8_usize,
        budget in 1..60_i64,
        daily in prop::option::of(1..30_i64),
        is_fixed in any::<bool>(),
        steps in prop::collection::vec(step(), 1..200),
    ) {
        let run = || {
            let mut world = World::new(processes, budget, daily, is_fixed);
            steps.iter().for_each(|step| world.step(*step));
            for process in 0..processes {
                world.step(Step::Flush { process });
                // Compares what is written with what was seen.
                world.restart(process, false);
            }
            world.trace
        };
        prop_assert_eq!(run(), run());
    }
}
