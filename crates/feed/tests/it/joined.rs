//! The feed and the book together: what processes charge in whatever order is what the book has
//! spent, to the millionth, and everything else goes back.

use base::{Label, PromotionId, Span};
use feed::billing::Totals;
use feed::token::Selection;
use feed::verdict::{Body, Event, Judge, Outcome, Own, Policy, Record};
use feed::{Chooser, Lease, Page, Plan, Pricing, Promoted, Slot, TrafficCurve};
use promotions::{EventKind, Goal, Micros, Refusal, Return, SliceState, Terms, Viewer};
use proptest::prelude::*;

use crate::events::desk::{judge, keys, networks};
use crate::setting::{promoted, whole};
use crate::world_of_promotions::{World, cents, dollars, hold, label, terms};

#[derive(Clone, Copy, Debug)]
enum Step {
    Pages { process: usize, pages: u8 },
    Sale { token: usize },
    ReturnSale { token: usize },
    Lease { process: usize, most: i64 },
    Collect { process: usize },
    Bill { process: usize },
    Kill { process: usize, is_resumed: bool },
    Wait { minutes: u64 },
}

fn any_step() -> impl Strategy<Value = Step> {
    let process = || 0..4_usize;
    prop_oneof![
        8 => (process(), 1..20_u8).prop_map(|(process, pages)| Step::Pages { process, pages }),
        9 => any::<usize>().prop_map(|token| Step::Sale { token }),
        3 => any::<usize>().prop_map(|token| Step::ReturnSale { token }),
        6 => (process(), 1..4_i64).prop_map(|(process, most)| Step::Lease { process, most }),
        2 => process().prop_map(|process| Step::Collect { process }),
        4 => process().prop_map(|process| Step::Bill { process }),
        1 => (process(), any::<bool>())
            .prop_map(|(process, is_resumed)| Step::Kill { process, is_resumed }),
        5 => prop_oneof![4 => 1..30_u64, 1 => 30..6_000_u64]
            .prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// A serving process: its log outlives it.
struct Process {
    name: Label,
    chooser: Chooser,
    slot: Slot,
    judge: Judge,
    totals: Totals,
    log: Vec<Record>,
}

struct Both {
    book: World,
    promoted: Promoted,
    processes: Vec<Process>,
    tokens: Vec<(usize, String)>,
    nonce: u64,
}

impl Both {
    fn new(processes: usize, budget: i64) -> Both {
        let mut book = World::new();
        let terms = Terms { goal: Goal::Sales, budget: dollars(budget), ..terms() };
        let promotion = book.allowed(1, &terms);
        book.now = terms.starts_at;
        let most = Micros::new(book.only().quote.unit_price_max.get());
        let promoted = Promoted {
            promotion,
            goal: Goal::Sales,
            plan: Plan {
                budget: whole(budget),
                daily: None,
                starts_at: terms.starts_at,
                ends_at: terms.starts_at.saturating_add(Span::hours(8)),
            },
            pricing: Pricing::Auction { least: most, most },
            ..promoted(1)
        };
        let mut both = Both { book, promoted, processes: Vec::new(), tokens: Vec::new(), nonce: 0 };
        for number in 0..processes {
            let process = both.process(label(&format!("feed-{number}")), Vec::new());
            both.processes.push(process);
        }
        both
    }

    fn id(&self) -> PromotionId {
        self.promoted.promotion
    }

    /// A process that begins, or goes on after its log.
    fn process(&self, name: Label, log: Vec<Record>) -> Process {
        let mut chooser = Chooser::new(TrafficCurve::flat(), 10);
        let slot = chooser.put(self.promoted.clone(), self.book.now);
        let mut judge = judge(Policy::default());
        log.iter().for_each(|record| judge.replay(record).unwrap());
        let mut totals = Totals::new(name.clone());
        totals.fold(&log).unwrap();
        Process { name, chooser, slot, judge, totals, log }
    }

    fn take(&mut self, step: Step) {
        let count = self.processes.len();
        match step {
            Step::Pages { process, pages } => self.show(process % count, pages),
            Step::Sale { token } => self.sale(token),
            Step::ReturnSale { token } => self.return_sale(token),
            Step::Lease { process, most } => self.lease(process % count, most),
            Step::Collect { process } => self.collect(process % count),
            Step::Bill { process } => self.bill(process % count),
            Step::Kill { process, is_resumed } => self.kill(process % count, is_resumed),
            Step::Wait { minutes } => self.wait(minutes),
        }
    }

    fn show(&mut self, process: usize, pages: u8) {
        let viewer = Viewer::default();
        for _ in 0..pages {
            self.nonce += 1;
            let one = &mut self.processes[process];
            let (seed, now) = (self.nonce, self.book.now);
            let page =
                Page { viewer: &viewer, viewer_key: None, places: 1, currency: None, seed, now };
            for offer in one.chooser.choose(&page, &[one.slot]) {
                let token = keys().seal(Selection {
                    promotion: offer.promotion,
                    slice: offer.sold.slice.0,
                    viewer: None,
                    at: offer.sold.at,
                    price: offer.sold.price,
                    process: process as u16,
                    nonce: self.nonce,
                    country: None,
                    device: None,
                    goal: Goal::Sales,
                });
                self.tokens.push((process, token));
            }
        }
    }

    fn sale(&mut self, token: usize) {
        let Some((process, token)) = self.tokens.get(token % self.tokens.len().max(1)) else {
            return;
        };
        let nobody = networks(&[]);
        let own = |_| Some(Own { viewers: &[], networks: &nobody });
        let Process { chooser, judge, log, .. } = &mut self.processes[*process];
        let charge = |selection: &Selection, now| {
            chooser.settle(selection.promotion, &selection.sold(), now)
        };
        let event = Event { kind: EventKind::Sale, ..crate::events::desk::view(token) };
        judge.judge(&event, own, charge, self.book.now, log).unwrap();
    }

    fn return_sale(&mut self, token: usize) {
        if let Some((process, token)) = self.tokens.get(token % self.tokens.len().max(1)) {
            let Process { judge, log, .. } = &mut self.processes[*process];
            // Whether it was billed is the judge's to know.
            judge.return_sale(token, self.book.now, log);
        }
    }

    fn lease(&mut self, process: usize, most: i64) {
        let (id, now) = (self.id(), self.book.now);
        let one = &mut self.processes[process];
        for want in one.chooser.wants(now) {
            let amount = want.amount.minor().min(most);
            let held = want.slice.map(|slice| slice.0);
            if self.book.lease_for(one.name.clone(), id, held, amount).is_err() {
                one.chooser.refuse(id);
                continue;
            }
            let mine = self.book.slices.values().filter(|slice| slice.holder == one.name);
            let slice = mine.max_by_key(|slice| slice.number).unwrap();
            assert!(one.chooser.lease(id, granted(slice)));
        }
    }

    fn collect(&mut self, process: usize) {
        let (id, now) = (self.id(), self.book.now);
        for back in self.processes[process].chooser.collect(now) {
            let end = self.processes[process].judge.next_sequence();
            let closes_after = back.is_closed.then_some(end);
            let back_to_book = Return { granted_after: back.granted_after, closes_after };
            let mut told = self.book.return_slice(id, back.slice.0, back_to_book);
            if let Err(Refusal::BillsMissing { .. }) = told {
                self.bill(process);
                told = self.book.return_slice(id, back.slice.0, back_to_book);
            }
            let is_fine = matches!(told, Ok(()) | Err(Refusal::NothingToChange));
            assert!(is_fine || told == Err(Refusal::SliceClosed), "{told:?}");
        }
    }

    fn bill(&mut self, process: usize) {
        let Process { totals, log, .. } = &mut self.processes[process];
        let bill = totals.fold(log).unwrap();
        if bill.from < bill.to {
            self.book.bill(&bill).unwrap();
            let billed_to = bill.to;
            assert_eq!(self.book.bill(&bill), Err(Refusal::AlreadyBilled { billed_to }));
        }
    }

    /// Bills before it dies, for totals are rebuilt from the log.
    fn kill(&mut self, process: usize, is_resumed: bool) {
        self.bill(process);
        let log = std::mem::take(&mut self.processes[process].log);
        let mut reborn = self.process(self.processes[process].name.clone(), log);
        if is_resumed {
            let now = self.book.now;
            let is_mine = |slice: &&promotions::Slice| {
                slice.holder == reborn.name && slice.state == SliceState::Open
            };
            for slice in self.book.slices.values().filter(is_mine) {
                let spent = Micros::new(slice.used.get());
                if now < slice.charges_until() {
                    assert!(reborn.chooser.resume(self.id(), granted(slice), spent));
                    assert!(reborn.chooser.resume(self.id(), granted(slice), spent));
                }
            }
        }
        self.processes[process] = reborn;
    }

    /// Bills come in time, and slices lapse in time.
    fn wait(&mut self, minutes: u64) {
        (0..self.processes.len()).for_each(|process| self.bill(process));
        self.book.later(Span::minutes(minutes));
        let id = self.id();
        let due =
            self.book.slices.values().filter(|slice| {
                slice.state == SliceState::Open && slice.kept_until <= self.book.now
            });
        for number in due.map(|slice| slice.number).collect::<Vec<_>>() {
            self.book.lapse(id, number).unwrap();
        }
    }

    /// Charged less repaid, and units without charge, as the logs tell them.
    fn logged(&self) -> (u64, u64) {
        let (mut charged, mut unbilled) = (0, 0);
        for record in self.processes.iter().flat_map(|process| &process.log) {
            match &record.body {
                Body::Judged(judged) => match judged.outcome {
                    Outcome::Billed => charged += judged.selection.price.get(),
                    Outcome::Unbilled(_) => unbilled += 1,
                    _ => {}
                },
                Body::Repaid(repaid) => charged -= repaid.price.get(),
            }
        }
        (charged, unbilled)
    }

    fn finish(mut self) {
        self.wait(60 * 24 * 20);
        let id = self.id();
        self.book.change(id, |row, at| promotions::complete(row, hold(), at)).unwrap();
        self.wait(60 * 24 * 20);
        self.book.settle(id).unwrap();
        let (charged, unbilled) = self.logged();
        let promotion = self.book.only();
        assert_eq!(promotion.spend.due.get(), charged);
        assert_eq!(promotion.delivery.unbilled_units, unbilled);
        assert!(self.book.slices.values().all(|slice| slice.refused.units == 0));
        assert_eq!(promotion.spend.spent, promotion.spend.due.whole());
        let back = promotion.returned.checked_add(promotion.spend.spent).unwrap();
        assert_eq!(back, promotion.terms.paid());
        assert_eq!(self.book.balance(promotion.escrow()), cents(0).minor());
    }
}

fn granted(slice: &promotions::Slice) -> Lease {
    Lease {
        slice: feed::SliceId(slice.number),
        granted: slice.granted(),
        serves_until: slice.expires_at,
        lapses_at: slice.charges_until(),
    }
}

#[test]
fn sales_are_charged_unbilled_and_repaid() {
    let mut both = Both::new(1, 500);
    let process = 0;
    for _ in 0..30 {
        both.take(Step::Wait { minutes: 5 });
        both.take(Step::Pages { process, pages: 20 });
        both.take(Step::Lease { process, most: 3 });
    }
    assert!(both.tokens.len() > 10, "{} selections", both.tokens.len());
    for token in 0..both.tokens.len() {
        both.take(Step::Sale { token });
    }
    let (charged, unbilled) = both.logged();
    assert!(charged > 1_000_000 && unbilled > 0, "{charged} charged, {unbilled} not");
    both.take(Step::ReturnSale { token: 0 });
    assert!(both.logged().0 < charged);
    both.take(Step::Kill { process, is_resumed: true });
    both.take(Step::Collect { process });
    both.finish();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_charged_is_what_is_spent(
        processes in 1..=4_usize,
        budget in 500..700_i64,
        steps in prop::collection::vec(any_step(), 1..120),
    ) {
        let mut both = Both::new(processes, budget);
        steps.into_iter().for_each(|step| both.take(step));
        both.finish();
    }
}
