//! Two processes over one database, under load, while the one that owns the book is stopped,
//! killed, cut off or restarted: nothing that was answered is lost or done twice, nothing old is
//! answered, and the other one takes over in time.

mod history;
mod load;
mod pair;
mod proxy;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use history::{History, UNIT};
use load::{Answered, BOTH, Card, NEITHER, Once, Outcome, Shared, Shopper, Trouble, now};
use pair::Pair;
use proxy::Mode;

use crate::kill::let_run;

/// Clients under way at any time.
const SHOPPERS: usize = 6;

/// Pause of a client between two requests, in milliseconds.
const PAUSE: u64 = 10;

/// Cards that they share, and what each is issued with.
const CARDS: usize = 2;
const CARD_VALUE: i64 = 2_000_000;

/// Clients that spend one card at once, and what it has.
const SPENDERS: usize = 200;
const SPENT_VALUE: i64 = 2_000;

/// Clients that make programs without a key, and their pause between two of them.
const CARELESS: usize = 12;
const CARELESS_PAUSE: u64 = 30;

/// Clients that ask a process that sleeps.
const VISITORS: usize = 20;

/// Time in which the other process must have taken over.
const TAKE_OVER_TIME_MAX: Duration = Duration::from_secs(10);

/// Time after a fault in which the load goes on, in milliseconds.
const AFTER: u64 = 1_000;

/// Time after which nothing is under way to processes that are avoided, in milliseconds.
const AVOIDED_FOR: u64 = 1_500;

/// Answered redemptions of a round that are sent again at its end.
const REPEATED_MAX: usize = 200;

/// What happens to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// It is asked to hand the book over.
    Move,
    /// It sleeps until another has taken over, and goes on.
    Sleep,
    /// As `Sleep`, but nothing but questions waits for it: no commit is in their way when it
    /// wakes and has not heard of the other yet.
    Doze,
    /// It is killed, and started again.
    Kill,
    /// Its connections to the database break, and new ones too; later they work again.
    Cut,
    /// As `Cut`, but nothing breaks and nothing comes through; later all of it arrives.
    Silence,
    /// As `Silence`, but what it asks for reaches the database: what it committed last is done,
    /// and it never hears of it.
    Deafness,
    /// Both processes are restarted, one after the other.
    Roll,
}

const FAULTS: [Fault; 8] = [
    Fault::Move,
    Fault::Sleep,
    Fault::Doze,
    Fault::Kill,
    Fault::Cut,
    Fault::Silence,
    Fault::Deafness,
    Fault::Roll,
];

impl Fault {
    /// What a client may see of it beside a pause.
    fn may_cause(self, trouble: &Trouble) -> bool {
        let kills = self == Fault::Kill;
        let sleeps = matches!(self, Fault::Sleep | Fault::Doze);
        match trouble {
            // A load balancer takes the other process, or the client connects again.
            Trouble::NobodyListens => kills || self == Fault::Roll,
            // Whoever slept for longer than a connection may rest closes it on waking.
            Trouble::ClosedAtRest => kills || sleeps || self == Fault::Roll,
            // Only a sleep is longer than the patience of a client, and of a process.
            Trouble::Broken(kind) => match kind {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => sleeps,
                // Whoever slept for longer than a new connection may be silent closes it too.
                _ => kills || sleeps,
            },
            Trouble::Unanswered(_) => sleeps,
            // An owner that hands its book over answers first what it has.
            Trouble::OnceUnanswered(code) => {
                code == "outcome_unknown" && !matches!(self, Fault::Move | Fault::Roll) || sleeps
            }
        }
    }
}

/// What a soak is like.
struct Plan {
    rounds: usize,
    seed: u64,
    /// Of each kind of sleep, how many outlast the patience of clients and connections at rest.
    long_sleeps: usize,
}

/// How long a process sleeps that outlasts those.
const LONG_SLEEP: Duration = Duration::from_secs(30);

/// How long others do: lease and takeover are over by then.
const SLEEP: Duration = Duration::from_secs(8);

/// What came of it.
#[derive(Default)]
struct Figures {
    /// Attempts, answered or not.
    requests: usize,
    redemptions: usize,
    /// Programs without a key, and of how many the client does not know what became.
    once: usize,
    unknown: usize,
    /// Lists that were read where the book was not.
    lists_of_others: u64,
    take_overs: BTreeMap<Fault, Vec<Duration>>,
}

/// Numbers that follow from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Redeems and asks, in turn, until it is told to stop: for the card, for a list with it, for its
/// history.
fn shop(shared: &Shared<'_>, cards: &[Card], name: &str, number: usize, stop: &AtomicBool) {
    let mut shopper = Shopper::new(shared, number % 2);
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let card = (number + turn / 2) % CARDS;
        match turn % 4 {
            0 | 2 => {
                assert!(shopper.redeem(card, &cards[card], &format!("{name}-{number}-{turn}")))
            }
            1 => shopper.look(card, &cards[card]),
            _ => shopper.find(card, &cards[card], turn % 8 == 3),
        }
        let_run(PAUSE);
    }
}

/// Makes programs without keys until it is told to stop.
fn make_programs(shared: &Shared<'_>, name: &str, number: usize, stop: &AtomicBool) {
    let mut shopper = Shopper::only(shared, number % 2);
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        shopper.make_program_once(&format!("{name}-once-{number}-{turn}"));
        let_run(CARELESS_PAUSE);
    }
}

/// Many clients spend more than a card has, each once; returns how many could.
fn overspend(shared: &Shared<'_>, card: &Card, name: &str) -> usize {
    let spend = |number: usize| {
        let mut shopper = Shopper::new(shared, number % 2);
        shopper.redeem(CARDS, card, &format!("{name}-spend-{number}"))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..SPENDERS).map(|number| scope.spawn(move || spend(number))).collect();
        threads.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
    })
}

/// What a round is like.
struct Course {
    name: String,
    fault: Fault,
    sleep: Duration,
    /// Milliseconds before it strikes.
    before: u64,
}

/// Lists that were read in a round where the book was not.
struct ListsOfOthers {
    /// What each process had counted when the round began; a process that is started again
    /// counts anew.
    before: [u64; 2],
    /// Of processes that have ended since.
    of_ended: u64,
}

impl ListsOfOthers {
    fn counted_by(shared: &Shared<'_>, side: usize) -> u64 {
        Shopper::only(shared, side).lists_of_others()
    }

    fn begin(shared: &Shared<'_>) -> Self {
        Self { before: [0, 1].map(|side| Self::counted_by(shared, side)), of_ended: 0 }
    }

    /// What a process has counted is lost when it ends.
    fn take_before_end(&mut self, shared: &Shared<'_>, side: usize) {
        self.of_ended += Self::counted_by(shared, side) - std::mem::take(&mut self.before[side]);
    }

    fn end(self, shared: &Shared<'_>) -> u64 {
        let of_side = |side: usize| Self::counted_by(shared, side) - self.before[side];
        self.of_ended + of_side(0) + of_side(1)
    }
}

/// One round while it runs.
struct Round<'scope, 'env> {
    round: &'env Course,
    shared: &'env Shared<'env>,
    cards: &'env [Card],
    scope: &'scope Scope<'scope, 'env>,
    take_overs: Vec<Duration>,
    lists_of_others: ListsOfOthers,
    probes: usize,
}

impl<'scope, 'env> Round<'scope, 'env> {
    /// Measures the time from a fault to the first redemption that the other process, being the
    /// owner, has taken.
    fn take_over(&mut self, pair: &mut Pair, other: usize, fault: Instant) {
        let mut shopper = Shopper::only(self.shared, other);
        loop {
            let has_moved = pair.owner() == Some(other);
            self.probes += 1;
            let key = format!("{}-probe-{}", self.round.name, self.probes);
            assert!(shopper.redeem(0, &self.cards[0], &key));
            if has_moved {
                break;
            }
            assert!(fault.elapsed() < 3 * TAKE_OVER_TIME_MAX, "nobody takes the book over");
        }
        let taken = fault.elapsed();
        assert!(taken < TAKE_OVER_TIME_MAX, "taking over lasted {taken:?}");
        self.take_overs.push(taken);
    }

    /// Clients that ask a process which sleeps: they are answered when it wakes.
    fn visit(&self, sleeper: usize) -> Vec<ScopedJoinHandle<'scope, ()>> {
        let visit = |number: usize| {
            let (shared, cards) = (self.shared, self.cards);
            self.scope.spawn(move || {
                let card = number % CARDS;
                Shopper::only(shared, sleeper).look(card, &cards[card]);
            })
        };
        (0..VISITORS).map(visit).collect()
    }

    fn sleep(&mut self, pair: &mut Pair, owner: usize) {
        let struck = now();
        pair.signal(owner, "STOP");
        if self.round.fault == Fault::Doze {
            pair.await_owner(1 - owner);
            self.shared.avoided.store(owner, Ordering::Relaxed);
        }
        self.take_over(pair, 1 - owner, struck);
        let visitors = self.visit(owner);
        let left = self.round.sleep.saturating_sub(struck.elapsed());
        let_run(u64::try_from(left.as_millis()).unwrap().max(200));
        // It wakes without its database: nobody but its own clock tells it that it slept.
        pair.network(owner, Mode::Silent);
        pair.signal(owner, "CONT");
        let_run(AFTER);
        pair.network(owner, Mode::Open);
        visitors.into_iter().for_each(|visitor| visitor.join().unwrap());
    }

    fn cut_off(&mut self, pair: &mut Pair, owner: usize, mode: Mode) {
        let struck = now();
        pair.network(owner, mode);
        self.take_over(pair, 1 - owner, struck);
        let_run(AFTER);
        pair.network(owner, Mode::Open);
    }

    fn strike(&mut self, pair: &mut Pair) {
        let owner = pair.some_owner();
        let other = 1 - owner;
        let struck = now();
        match self.round.fault {
            Fault::Move => {
                pair.ask_to_move();
                self.take_over(pair, other, struck);
            }
            Fault::Sleep => self.sleep(pair, owner),
            Fault::Doze => {
                self.shared.avoided.store(BOTH, Ordering::Relaxed);
                let_run(AVOIDED_FOR);
                self.sleep(pair, owner);
                self.shared.avoided.store(NEITHER, Ordering::Relaxed);
            }
            Fault::Kill => {
                self.lists_of_others.take_before_end(self.shared, owner);
                let struck = now();
                pair.kill(owner);
                self.take_over(pair, other, struck);
                pair.start_one(owner);
            }
            Fault::Cut => self.cut_off(pair, owner, Mode::Cut),
            Fault::Silence => self.cut_off(pair, owner, Mode::Silent),
            Fault::Deafness => self.cut_off(pair, owner, Mode::Deaf),
            Fault::Roll => {
                for (side, other) in [(owner, other), (other, owner)] {
                    self.lists_of_others.take_before_end(self.shared, side);
                    let struck = now();
                    pair.signal(side, "TERM");
                    self.take_over(pair, other, struck);
                    pair.wait(side);
                    pair.start_one(side);
                }
            }
        }
    }
}

/// Ends the load when the round ends, also when it fails.
struct Stopping<'a> {
    stop: &'a AtomicBool,
    shared: &'a Shared<'a>,
}

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if std::thread::panicking() {
            self.shared.is_over.store(true, Ordering::Relaxed);
        }
    }
}

/// One fault under load.
fn run_round(
    pair: &mut Pair,
    shared: &Shared<'_>,
    cards: &[Card],
    round: &Course,
) -> (Vec<Duration>, u64) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stopping = Stopping { stop: &stop, shared };
        for number in 0..SHOPPERS {
            let (name, stop) = (&round.name, &stop);
            scope.spawn(move || shop(shared, cards, name, number, stop));
        }
        for number in 0..CARELESS {
            let (name, stop) = (&round.name, &stop);
            scope.spawn(move || make_programs(shared, name, number, stop));
        }
        let_run(round.before);
        let spent = scope.spawn(|| overspend(shared, &cards[CARDS], &round.name));
        let lists_of_others = ListsOfOthers::begin(shared);
        let mut running = Round {
            round,
            shared,
            cards,
            scope,
            take_overs: Vec::new(),
            lists_of_others,
            probes: 0,
        };
        running.strike(pair);
        let spent = i64::try_from(spent.join().unwrap()).unwrap();
        assert_eq!(spent * UNIT, SPENT_VALUE, "more or less than the card had");
        let_run(AFTER);
        drop(stopping);
        (running.take_overs, running.lists_of_others.end(shared))
    })
}

/// What was sent once was done once at most: once when it was answered, and not at all when the
/// answer said so.
fn check_once(shared: &Shared<'_>, name: &str) {
    let mut found = Shopper::new(shared, 0).programs(name);
    for Once { name, outcome } in &*shared.once.lock().unwrap() {
        let count = found.remove(name).unwrap_or(0);
        let is_right = match outcome {
            Outcome::Done => count == 1,
            Outcome::NothingDone => count == 0,
            Outcome::Unknown => count <= 1,
        };
        assert!(is_right, "{name} was sent once: {outcome:?}, and is there {count} times");
    }
    assert!(found.is_empty(), "never sent: {found:?}");
}

/// Once nothing is under way any more: every card has what its answers say, in an order that they
/// allow, and answers stay what they were. Returns what they have.
fn check(shared: &Shared<'_>, cards: &[Card], answers: &[Answered]) -> Vec<i64> {
    let mut shopper = Shopper::new(shared, 0);
    for (number, card) in cards.iter().enumerate() {
        let events = answers.iter().filter(|answered| answered.card == number);
        let history = History { value: card.value, events: events.map(|it| it.event).collect() };
        let balances = [0, 1].map(|side| Shopper::only(shared, side).balance(card));
        assert_eq!(balances[0], balances[1], "two processes tell two balances");
        if let Err(why) = history.check(balances[0]) {
            panic!("card {number}: {why}");
        }
    }
    let redemptions: Vec<_> = answers.iter().filter_map(|it| it.redemption.as_ref()).collect();
    let step = redemptions.len().div_ceil(REPEATED_MAX).max(1);
    redemptions.iter().step_by(step).for_each(|redemption| shopper.repeat(redemption));
    let taken = |number: usize| {
        let of_card = answers.iter().filter(|it| it.card == number && it.redemption.is_some());
        UNIT * i64::try_from(of_card.count()).unwrap()
    };
    let left = cards.iter().enumerate().map(|(number, card)| card.value - taken(number));
    let left: Vec<i64> = left.collect();
    for (card, left) in cards.iter().zip(&left) {
        assert_eq!(shopper.balance(card), *left, "a repetition was done again");
    }
    left
}

/// Rounds of faults on two processes, of which each kind comes equally often.
fn soak(plan: &Plan) {
    let mut pair = Pair::start();
    let addresses = Arc::clone(&pair.addresses);
    let mut random = Random(plan.seed);
    let mut figures = Figures::default();
    let (mut deck, mut final_balances, mut struck) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..plan.rounds {
        if deck.is_empty() {
            deck.extend(FAULTS);
        }
        let fault = deck.swap_remove(random.below(deck.len()));
        let name = format!("{}-{number}", plan.seed);
        let before = struck.iter().filter(|one| **one == fault).count();
        let sleep = if before < plan.long_sleeps { LONG_SLEEP } else { SLEEP };
        struck.push(fault);
        let round = Course { name, fault, sleep, before: 200 + random.below(700) as u64 };
        let shared = Shared::new(&addresses);
        let cards = issue_cards(&shared, &round.name);
        let (take_overs, lists_of_others) = run_round(&mut pair, &shared, &cards, &round);
        let answers = std::mem::take(&mut *shared.answers.lock().unwrap());
        let troubles = std::mem::take(&mut *shared.troubles.lock().unwrap());
        assert!(lists_of_others > 0, "all lists were read where the book is");
        figures.lists_of_others += lists_of_others;
        println!("round {number}: {fault:?}, {} answers, {take_overs:?}", answers.len());
        println!("    {:?}", counted(&troubles));
        let left = check(&shared, &cards, &answers);
        check_once(&shared, &format!("{}-once", round.name));
        let never: Vec<_> = troubles.iter().filter(|it| !fault.may_cause(it)).collect();
        assert!(never.is_empty(), "{fault:?} does not explain {:?}", counted(&troubles));
        assert!(answers.len() > SPENDERS, "the load was no load");
        figures.add(fault, &take_overs, &answers, &troubles);
        figures.once(&shared.once.into_inner().unwrap());
        final_balances.extend(cards.into_iter().zip(left));
    }
    let shared = Shared::new(&addresses);
    let mut shopper = Shopper::new(&shared, 0);
    for (card, left) in final_balances {
        assert_eq!(shopper.balance(&card), left, "{}", card.id);
    }
    drop(shopper);
    pair.end_and_verify();
    figures.print(plan);
}

fn issue_cards(shared: &Shared<'_>, name: &str) -> Vec<Card> {
    let mut shopper = Shopper::new(shared, 0);
    let mut values = vec![CARD_VALUE; CARDS];
    values.push(SPENT_VALUE);
    let issue = |(number, value)| shopper.issue(&format!("{name}-card-{number}"), value);
    values.into_iter().enumerate().map(issue).collect()
}

fn counted(troubles: &[Trouble]) -> BTreeMap<&Trouble, usize> {
    let mut counted = BTreeMap::new();
    for trouble in troubles {
        *counted.entry(trouble).or_default() += 1;
    }
    counted
}

impl Figures {
    fn add(
        &mut self,
        fault: Fault,
        take_overs: &[Duration],
        answers: &[Answered],
        troubles: &[Trouble],
    ) {
        self.requests += answers.len() + troubles.len();
        self.redemptions += answers.iter().filter(|it| it.redemption.is_some()).count();
        self.take_overs.entry(fault).or_default().extend(take_overs);
    }

    fn once(&mut self, once: &[Once]) {
        self.once += once.len();
        self.unknown += once.iter().filter(|once| once.outcome == Outcome::Unknown).count();
    }

    fn print(mut self, plan: &Plan) {
        println!(
            "{} rounds, {} requests, {} redemptions, {} programs without a key ({} unknown)",
            plan.rounds, self.requests, self.redemptions, self.once, self.unknown
        );
        println!("{} lists read where the book was not", self.lists_of_others);
        for (fault, times) in &mut self.take_overs {
            times.sort_unstable();
            let (least, most) = (times[0], times[times.len() - 1]);
            let median = times[times.len() / 2];
            println!(
                "{fault:?}: taken over {} times, {least:.1?}, {median:.1?}, {most:.1?}",
                times.len()
            );
        }
    }
}

#[test]
fn alone_slow_ten_rounds_of_faults_lose_nothing() {
    soak(&Plan { rounds: 10, seed: 20_261_121, long_sleeps: 1 });
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_rounds_of_faults_200() {
    soak(&Plan { rounds: 200, seed: 20_261_122, long_sleeps: 200 });
}
