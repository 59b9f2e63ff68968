//! One serving process.

use base::{Amount, Instant, Label, PromotionId};
use feed::billing::Totals;
use feed::bots::{Networks, Prefix};
use feed::shortfall::{Activity, Deliveries};
use feed::token::{Selection, TokenKeys};
use feed::verdict::{Body, Event, Judge, Lists, Own, Policy, Record};
use feed::{Chooser, CounterRecord, Promoted, SliceId, TrafficCurve};
use promotions::{Lease, Micros, Refusal, Return, SliceState};

use crate::book::Book;
use crate::setting::Setting;

/// Viewers that a process remembers; more than live in any of our cities.
const VIEWERS_MAX: usize = 1_000_000;

/// A process that serves, and its logs, which outlive it.
pub(crate) struct Process {
    pub(crate) name: Label,
    pub(crate) chooser: Chooser,
    judge: Judge,
    totals: Totals,
    /// The event log from the first record that is not billed; from the beginning when the process
    /// may be killed.
    log: Vec<Record>,
    counters: Vec<CounterRecord>,
    pub(crate) activity: Activity,
    pub(crate) nonces: u64,
}

fn judge() -> Judge {
    let data_centres =
        world::DATA_CENTERS.into_iter().map(|(net, bits)| Prefix::of(net.into(), bits)).collect();
    let lists = Lists { data_centres, ..Lists::default() };
    Judge::new(keys(), lists, &[9; 32], Policy::default())
}

/// The keys of the book's tokens.
pub(crate) fn keys() -> TokenKeys {
    TokenKeys::new("city", (1, &[1; 32]), &[])
}

impl Process {
    pub(crate) fn new(number: usize, now: Instant) -> Process {
        let name = Label::new(&format!("feed-{number}")).expect("letters and digits");
        Process {
            chooser: Chooser::new(TrafficCurve::flat(), VIEWERS_MAX),
            judge: judge(),
            totals: Totals::new(name.clone()),
            log: Vec::new(),
            counters: vec![CounterRecord::Started { at: now }],
            activity: Activity::default(),
            nonces: 0,
            name,
        }
    }

    /// Dies and begins again: what was learned, and what was counted since the last flush, is lost.
    /// What the book knows of its slices is resumed.
    pub(crate) fn die(&mut self, promoted: &[Promoted], book: &mut Book) {
        self.bill(book, true);
        self.counters.push(CounterRecord::Started { at: book.now });
        self.chooser = Chooser::new(TrafficCurve::flat(), VIEWERS_MAX);
        (self.judge, self.totals) = (judge(), Totals::new(self.name.clone()));
        for record in &self.log {
            self.judge.replay(record).expect("the log is whole");
        }
        let mut billed = 0;
        while billed < self.log.len() as u64 {
            self.totals.fold(&self.log).expect("the log is whole");
            billed = self.totals.next_sequence();
        }
        for one in promoted {
            self.chooser.put(one.clone(), book.now);
        }
        let is_mine = |slice: &&promotions::Slice| {
            slice.holder == self.name
                && slice.state == SliceState::Open
                && book.now < slice.charges_until()
        };
        for slice in book.slices().filter(is_mine) {
            let spent = Micros::new(slice.used.get());
            assert!(self.chooser.resume(slice.promotion, granted(slice), spent));
        }
    }

    /// Takes an event in, and says what was written of it.
    pub(crate) fn take(
        &mut self,
        event: &Event<'_>,
        now: Instant,
        deliveries: &mut Deliveries,
    ) -> &[Record] {
        let nobody = Networks::default();
        let own = |_| Some(Own { viewers: &[], networks: &nobody });
        let chooser = &mut self.chooser;
        let charge = |selection: &Selection, now| {
            chooser.settle(selection.promotion, &selection.sold(), now)
        };
        let before = self.log.len();
        self.judge.judge(event, own, charge, now, &mut self.log).expect("there is room");
        self.activity.event(event.kind, now);
        self.hear(before, deliveries);
        &self.log[before..]
    }

    /// Takes in what was written since: what is repaid is to be spent again.
    fn hear(&mut self, before: usize, deliveries: &mut Deliveries) {
        for record in &self.log[before..] {
            deliveries.add(record);
            if let Body::Repaid(repaid) = &record.body {
                self.chooser.repay(repaid.promotion, repaid.price);
            }
        }
    }

    pub(crate) fn give_back(&mut self, token: &str, now: Instant, deliveries: &mut Deliveries) {
        let before = self.log.len();
        // Whether it was billed is the judge's to know.
        self.judge.return_sale(token, now, &mut self.log);
        self.hear(before, deliveries);
    }

    pub(crate) fn pass_time(&mut self, now: Instant, deliveries: &mut Deliveries) {
        let before = self.log.len();
        self.judge.pass_time(now, &mut self.log);
        self.hear(before, deliveries);
    }

    /// Asks the book for money.
    pub(crate) fn lease(&mut self, book: &mut Book, setting: &Setting) {
        for want in self.chooser.wants(book.now) {
            let amount = if setting.is_soft { Amount::MAX } else { want.amount };
            let lease = Lease { holder: self.name.clone(), amount, term: setting.term };
            let held = want.slice.map(|SliceId(number)| number);
            match book.lease(want.promotion, held, &lease) {
                Ok(slice) => {
                    let lease = granted(slice);
                    assert!(self.chooser.lease(want.promotion, lease), "a budget is a price");
                }
                Err(_) => self.chooser.refuse(want.promotion),
            }
        }
    }

    /// Gives back what is not needed.
    pub(crate) fn collect(&mut self, book: &mut Book, keeps_log: bool) {
        for back in self.chooser.collect(book.now) {
            self.give_slice_back(book, &back, keeps_log);
        }
    }

    fn give_slice_back(&mut self, book: &mut Book, back: &feed::Returned, keeps_log: bool) {
        let closes_after = back.is_closed.then_some(self.judge.next_sequence());
        let told = Return { granted_after: back.granted_after, closes_after };
        let (id, SliceId(number)) = (back.promotion, back.slice);
        match book.return_slice(id, number, told) {
            Err(Refusal::BillsMissing { .. }) => {
                self.bill(book, keeps_log);
                let again = book.return_slice(id, number, told);
                assert!(again.is_ok(), "{again:?} after all bills");
            }
            Ok(()) | Err(Refusal::NothingToChange | Refusal::SliceClosed) => {}
            Err(refusal) => panic!("{refusal:?} for a return"),
        }
    }

    /// Bills all that is written.
    pub(crate) fn bill(&mut self, book: &mut Book, keeps_log: bool) {
        loop {
            let bill = self.totals.fold(&self.log).expect("the log is whole");
            if bill.from == bill.to {
                break;
            }
            book.bill(&bill).expect("bills come in order");
        }
        if !keeps_log {
            self.log.clear();
        }
    }

    pub(crate) fn flush(&mut self, now: Instant) {
        self.chooser.flush(&mut self.counters, now);
    }

    /// Loses what was counted since then, as by a crash before it was written.
    pub(crate) fn lose_counters(&mut self, since: Instant, now: Instant) {
        self.flush(now);
        let is_kept = |record: &CounterRecord| match record {
            CounterRecord::Started { at }
            | CounterRecord::Flushed { at }
            | CounterRecord::Stopped { at } => *at <= since,
            CounterRecord::Counted { minute, .. } => {
                minute.saturating_add(base::Span::minutes(1)) <= since
            }
        };
        self.counters.retain(is_kept);
        self.counters.push(CounterRecord::Started { at: now });
        self.activity.lose(since);
    }

    pub(crate) fn counters(&self) -> &[CounterRecord] {
        &self.counters
    }

    pub(crate) fn committed(&self, promotion: PromotionId) -> Micros {
        self.chooser.standings(promotion).map_or(Micros::ZERO, |standings| standings.committed)
    }
}

fn granted(slice: &promotions::Slice) -> feed::Lease {
    feed::Lease {
        slice: SliceId(slice.number),
        granted: slice.granted(),
        serves_until: slice.expires_at,
        lapses_at: slice.charges_until(),
    }
}
