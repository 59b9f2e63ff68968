//! What the feed says of a shortfall, held against twin runs.

use std::collections::BTreeMap;

use city::{Loss, Setting, Twins, twins};
use feed::shortfall::{Shortfall, Why};
use world::{Trouble, World};

use crate::worlds::{town, troubled};

/// What the feed calls the trouble; `None` for what is the market's, or costs nothing.
fn why(trouble: Trouble) -> Option<Why> {
    match trouble {
        Trouble::SelectionDown => Some(Why::Outage),
        Trouble::IntakeDown => Some(Why::Intake),
        Trouble::Errors(_) => Some(Why::Errors),
        Trouble::Deleted(_) => Some(Why::PostDeleted),
        Trouble::MadePrivate(_) => Some(Why::PostPrivate),
        Trouble::Paused(_) => Some(Why::AdvertiserPause),
        Trouble::Removed(_) => Some(Why::Policy),
        Trouble::Narrowed(_) => Some(Why::Narrowed),
        Trouble::CappedDaily(_) => Some(Why::DailyBudget),
        Trouble::CountersLost | Trouble::Underpriced(_) => None,
    }
}

/// Money of one kind of fault: what twins say, what the feed says, and how much of both agrees.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub faults: u32,
    pub truth: i64,
    pub said: i64,
    pub agreed: i64,
}

/// Everything about some worlds.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub missing: i64,
    pub agreed: i64,
    /// The same of promotions that a fault has cost something, by twins or by the feed.
    pub touched: (i64, i64),
    pub by_why: BTreeMap<Why, Tally>,
}

impl Figures {
    /// For each promotion, the shortfall is split by the twins as by the feed: what each fault has
    /// cost, and the rest. What both say of a part is agreed on.
    pub fn add(&mut self, world: &World, run: &Twins, verbose: bool) {
        let watched: Vec<u32> =
            world.campaigns.iter().filter(|one| !one.is_competitor).map(|one| one.number).collect();
        let shortfalls = run.city.shortfalls(watched.iter().copied());
        for fault in &world.faults {
            if let Some(why) = why(fault.trouble) {
                self.by_why.entry(why).or_default().faults += 1;
            }
        }
        for (number, shortfall) in watched.iter().zip(&shortfalls) {
            check_sums(shortfall);
            self.add_one(world, &run.losses, *number, shortfall, verbose);
        }
    }

    fn add_one(
        &mut self,
        world: &World,
        losses: &[Loss],
        number: u32,
        said: &Shortfall,
        verbose: bool,
    ) {
        let missing = said.missing().max(0);
        let mut truth: BTreeMap<Why, i64> = BTreeMap::new();
        for loss in losses.iter().filter(|loss| loss.campaign == number) {
            let trouble = world.faults[loss.fault].trouble;
            // What another campaign's trouble does to this one is the market's.
            let is_its = trouble.campaign().is_none_or(|one| one == number);
            if let Some(why) = why(trouble).filter(|_| is_its) {
                *truth.entry(why).or_default() += loss.money;
            }
        }
        let of_events: i64 = truth.values().map(|money| (*money).max(0)).sum();
        // Two that would each have been made up for cost more than there is.
        let scale = |money: i64| match of_events > missing {
            true => (i128::from(money.max(0)) * i128::from(missing) / i128::from(of_events)) as i64,
            false => money.max(0),
        };
        let before = self.agreed;
        let mut rest = (missing, missing);
        let mut line = String::new();
        for why in Why::ALL {
            let said = said.part(why);
            let is_event = truth.contains_key(&why) || said != 0 && why < Why::DailyBudget;
            if !is_event {
                continue;
            }
            let (said, truth) = (said.max(0), scale(truth.get(&why).copied().unwrap_or(0)));
            let tally = self.by_why.entry(why).or_default();
            tally.said += said;
            tally.truth += truth;
            tally.agreed += said.min(truth);
            self.agreed += said.min(truth);
            rest = (rest.0 - said, rest.1 - truth);
            line += &format!(" {why} {}/{}", said / 1_000_000, truth / 1_000_000);
        }
        self.agreed += rest.0.min(rest.1).max(0);
        self.missing += missing;
        if rest != (missing, missing) {
            self.touched.0 += missing;
            self.touched.1 += self.agreed - before;
        }
        if verbose && !line.is_empty() {
            let c = &world.campaigns[number as usize];
            println!(
                "  {number:>2} {:?} budget {} spent {} missing {}:{line} rest {}/{}",
                c.goal,
                c.budget,
                said.spent / 1_000_000,
                missing / 1_000_000,
                rest.0 / 1_000_000,
                rest.1 / 1_000_000
            );
        }
    }

    pub fn print(&self) {
        println!(
            "agreed on {} of {} ({} per mille)",
            self.agreed / 1_000_000,
            self.missing / 1_000_000,
            self.agreed * 1_000 / self.missing.max(1)
        );
        println!(
            "of promotions that a fault touched, on {} of {} ({} per mille)",
            self.touched.1 / 1_000_000,
            self.touched.0 / 1_000_000,
            self.touched.1 * 1_000 / self.touched.0.max(1)
        );
        let sum = |of: fn(&Tally) -> i64| self.by_why.values().map(of).sum::<i64>();
        let (truth, said, agreed) =
            (sum(|one| one.truth), sum(|one| one.said), sum(|one| one.agreed));
        println!(
            "faults: truth {} said {} agreed {}: {} per mille found, {} per mille of what is said is true",
            truth / 1_000_000,
            said / 1_000_000,
            agreed / 1_000_000,
            agreed * 1_000 / truth.max(1),
            agreed * 1_000 / said.max(1)
        );
        for (why, tally) in &self.by_why {
            println!(
                "{why:>18}: {:>3} faults, truth {:>7} said {:>7} agreed {:>7}",
                tally.faults,
                tally.truth / 1_000_000,
                tally.said / 1_000_000,
                tally.agreed / 1_000_000
            );
        }
    }
}

/// The parts add up for every minute.
fn check_sums(shortfall: &Shortfall) {
    let mut missing = 0;
    for minute in &shortfall.minutes {
        let parts: i64 = Why::ALL.into_iter().map(|why| minute.part(why)).sum();
        assert_eq!(parts, minute.missing, "at {}", minute.at);
        missing += minute.missing;
    }
    assert_eq!(missing, shortfall.missing());
}

#[test]
#[ignore = "many runs of a large city"]
fn long_attribution_agrees_with_twins() {
    let get =
        |name: &str, or: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or);
    let mut figures = Figures::default();
    for seed in get("SEED", 1)..get("SEED", 1) + get("SEEDS", 4) {
        let world = town(
            seed,
            get("PEOPLE", 6000) as u32,
            get("DAYS", 4) as u16,
            get("OWN", 16) as u32,
            get("RIVALS", 8) as u32,
            get("LOAD", 70),
        );
        let world = troubled(world, get("FAULTS", 6) as u32);
        println!("seed {seed}");
        for fault in &world.faults {
            println!(
                "   {:?} {} .. {} told {:?}",
                fault.trouble,
                fault.from,
                fault.until,
                fault.told.is_some()
            );
        }
        let run = twins(&world, &Setting::of(&world.plan));
        println!(
            "   detected {:?}",
            run.city
                .trouble()
                .incidents()
                .iter()
                .map(|i| format!("{:?} {} .. {}", i.component, i.from, i.until))
                .collect::<Vec<_>>()
        );
        figures.add(&world, &run, true);
    }
    figures.print();
}

/// Hour by hour: what one fault has really cost, and what is said of it.
#[test]
#[ignore = "for looking into one case"]
fn look_into() {
    let get =
        |name: &str, or: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or);
    let world = town(
        get("SEED", 1),
        get("PEOPLE", 6000) as u32,
        get("DAYS", 4) as u16,
        get("OWN", 16) as u32,
        get("RIVALS", 8) as u32,
        get("LOAD", 40),
    );
    let mut world = troubled(world, get("FAULTS", 6) as u32);
    world.faults = vec![world.faults[get("FAULT", 0) as usize].clone()];
    println!("{:?}", world.faults);
    let run = |world: &World| {
        let mut city = city::City::new(Setting::of(&world.plan));
        world.run(&mut city);
        city.finish();
        city
    };
    let (real, twin) = (run(&world), run(&world.without(0)));
    let hours = world.plan.minutes() as usize / 60;
    for c in world.campaigns.iter().filter(|c| !c.is_competitor) {
        let id = city::promotion_of(c.number);
        let flows = |city: &city::City| {
            let mut by_hour = vec![0_i64; hours];
            for (at, d) in city.deliveries().of(id) {
                let h = at.since(world.plan.starts_at).unwrap().micros() / 3_600_000_000;
                by_hour[(h as usize).min(hours - 1)] +=
                    (d.price.get() as i64 - d.repaid.get() as i64) / 10_000;
            }
            by_hour
        };
        let (a, b) = (flows(&real), flows(&twin));
        let said = real.shortfalls([c.number]).remove(0);
        let (sa, sb) = (a.iter().sum::<i64>(), b.iter().sum::<i64>());
        let events: Vec<String> = Why::ALL
            .iter()
            .filter(|w| said.part(**w) != 0)
            .map(|w| format!("{w} {}", said.part(*w) / 10_000))
            .collect();
        println!(
            "== {} {:?} budget {}00 daily {:?} real {sa} twin {sb} truth {} said: {}",
            c.number,
            c.goal,
            c.budget,
            c.daily_budget,
            sb - sa,
            events.join(", ")
        );
        if sb - sa == 0 || c.number as u64 != get("C", 99) {
            continue;
        }
        let mut parts = vec![0_i64; hours];
        for m in &said.minutes {
            let h = m.at.since(world.plan.starts_at).unwrap().micros() / 3_600_000_000;
            parts[h as usize] +=
                Why::ALL.iter().filter(|w| **w < Why::DailyBudget).map(|w| m.part(*w)).sum::<i64>()
                    / 10_000;
        }
        let (w, w2) = (real.waterfall(), twin.waterfall());
        for h in 0..hours {
            let mut n = feed::Counts::default();
            let mut n2 = feed::Counts::default();
            for (at, counts) in w.of(id) {
                if at.since(world.plan.starts_at).unwrap().micros() / 3_600_000_000 == h as u64 {
                    n.absorb(counts);
                }
            }
            for (at, counts) in w2.of(id) {
                if at.since(world.plan.starts_at).unwrap().micros() / 3_600_000_000 == h as u64 {
                    n2.absorb(counts);
                }
            }
            let l = |c| n.get(feed::Outcome::Lost(c));
            let l2 = |c| n2.get(feed::Outcome::Lost(c));
            use feed::Cause::*;
            println!(
                "{:>3} real {:>6} twin {:>6} model {:>6} | opp {:>5} served {:>4} cap {:>5} pacing {:>5} outbid {:>5} budget {:>4} err {} | twin opp {:>5} served {:>4} cap {:>5} pacing {:>5} outbid {:>5} budget {}",
                h,
                a[h],
                b[h],
                a[h] + parts[h],
                n.opportunities(),
                n.get(feed::Outcome::Served),
                l(Cap),
                l(Pacing),
                l(Outbid),
                l(Budget),
                l(Error),
                n2.opportunities(),
                n2.get(feed::Outcome::Served),
                l2(Cap),
                l2(Pacing),
                l2(Outbid),
                l2(Budget)
            );
        }
    }
}
