//! A book in memory that decides and commits one command a block, so that a test can bend
//! anything on the way.

use std::collections::{BTreeMap, BTreeSet};

use base::Amount;
use base::{CardId, Currency, HoldId, Instant, Money, ProgramId, RefundId, Span, Text};
use engine::{BookRow, Change, Command, Context, Found, GiftCardCommand, Key, OperationKey};
use engine::{OperationTrace, Row, Rows, decide, needs};
use giftcards::{Capture, Code, CodeHash, Funding, Issue, Metadata, NewCode, NewProgram};
use giftcards::{Place, Program, RefundHold, Sandbox, Scope, SendingLimits};
use journal::{BlockBuilder, EncodedSink, EventLine, Outcome, RecordHeader, TransferLine};
use store::rows::{table_of, write_row};
use store::{Commit, EntryRow, Head, MemoryBook, MemoryStore, Store, SweptRow};

pub const DAY: Span = Span::days(1);

pub struct TestBook {
    pub shared: MemoryBook,
    pub now: Instant,
    pub head: Head,
    /// Written instead of a known table number by the next record.
    pub table_of_next: Option<u8>,
    store: MemoryStore,
    rows: BTreeMap<Key, SweptRow>,
    unswept: BTreeSet<Key>,
}

impl TestBook {
    /// An opened test book without cards.
    pub fn open() -> TestBook {
        let shared = MemoryBook::new();
        let mut store = shared.store();
        let head = store.take_over().unwrap();
        let mut book = TestBook {
            shared,
            now: Instant::parse("2026-01-01T00:00:00Z").unwrap(),
            head,
            table_of_next: None,
            store,
            rows: BTreeMap::new(),
            unswept: BTreeSet::new(),
        };
        book.command(Command::OpenBook { is_test: true, ring: [0; 8] });
        book
    }

    /// Decides a command, commits it as a block, and returns its sequence.
    pub fn command(&mut self, command: Command) -> u64 {
        self.bent(command, |_| {})
    }

    pub fn run(&mut self, command: GiftCardCommand) -> u64 {
        self.command(Command::GiftCards(command))
    }

    /// As [`TestBook::command`], with the change bent before it is written down anywhere.
    pub fn bent(&mut self, command: Command, bend: impl FnOnce(&mut Change)) -> u64 {
        assert!(needs(&command, self, self.now).is_empty());
        let seq = self.head.seq + 1;
        let context = Context {
            now: self.now,
            wall: self.now,
            sequence: seq,
            sending: SendingLimits::default(),
            rules: None,
            promoting: None,
        };
        let mut change = decide(&command, self, context).unwrap();
        bend(&mut change);
        let mut builder =
            BlockBuilder::new(self.head.epoch, seq, self.head.hash, self.now.micros());
        let (kind, id) = change.answer.to_parts();
        let mut record = builder.begin_record(&RecordHeader {
            seq,
            at_micros: self.now.micros(),
            actor: [0; 16],
            command: command.kind() as u16,
            operation: None,
            reverses: None,
            outcome: Outcome::Answered { kind, id },
        });
        for row in &change.rows {
            let (table, version) = table_of(row);
            let table = self.table_of_next.unwrap_or(table);
            record.change(table, version, |sink: &mut EncodedSink<'_>| write_row(row, sink));
        }
        for transfer in &change.transfers {
            record.transfer(&TransferLine {
                id: transfer.id.to_bytes(),
                debit: transfer.debit.to_bytes(),
                credit: transfer.credit.to_bytes(),
                amount: transfer.amount.amount.minor(),
                currency: transfer.amount.currency.code().as_bytes().try_into().unwrap(),
                kind: transfer.kind as u8,
                reason: transfer.reason as u8,
                subject: transfer.subject.0,
            });
        }
        for event in &change.events {
            record.event(&EventLine { kind: event.kind.number(), subject: event.subject.0 });
        }
        record.finish();
        let block = builder.seal();
        let next = Head { seq, hash: block.hash, at_micros: block.at_micros, ..self.head };
        let at = self.now;
        let entries: Vec<EntryRow> =
            change.entries.iter().map(|entry| EntryRow { at, entry: entry.clone() }).collect();
        self.commit(next, Some(&block), &[], &entries);
        self.keep(change, seq);
        seq
    }

    /// Brings the tables up to the head.
    pub fn sweep(&mut self) {
        let rows: Vec<SweptRow> =
            std::mem::take(&mut self.unswept).iter().map(|key| self.rows[key].clone()).collect();
        let next = Head { watermark: self.head.seq, ..self.head };
        self.commit(next, None, &rows, &[]);
    }

    /// Sweeps the first `count` changed rows, in key order; the watermark stays.
    pub fn sweep_some(&mut self, count: usize) {
        let keys: Vec<Key> = self.unswept.iter().take(count).copied().collect();
        let rows: Vec<SweptRow> = keys.iter().map(|key| self.rows[key].clone()).collect();
        keys.iter().for_each(|key| assert!(self.unswept.remove(key)));
        self.commit(self.head, None, &rows, &[]);
    }

    /// Removes the blocks up to record `seq`, as though they were archived.
    pub fn remove(&mut self, seq: u64) {
        let operations = self.head.seq;
        self.commit(Head { operations, ..self.head }, None, &[], &[]);
        self.commit(Head { removed: seq, ..self.head }, None, &[], &[]);
    }

    pub fn issue(&mut self, number: u8, value: Money, funding: Funding) -> u64 {
        self.run(GiftCardCommand::Issue(Box::new(new_card(number, value, funding))))
    }

    pub fn redeem(&mut self, number: u8, hold: u8, minor: i64) -> u64 {
        let command = GiftCardCommand::Redeem { card: by_id(number), place: place(hold, minor) };
        self.run(command)
    }

    pub fn reserve(&mut self, number: u8, hold: u8, minor: i64) -> u64 {
        self.run(GiftCardCommand::Hold { card: by_id(number), place: place(hold, minor) })
    }

    fn commit(
        &mut self,
        next: Head,
        block: Option<&journal::Block>,
        rows: &[SweptRow],
        entries: &[EntryRow],
    ) {
        let expected = self.head;
        let (run, dropped_runs) = (None, &[][..]);
        let commit =
            Commit { expected: &expected, next: &next, block, rows, entries, run, dropped_runs };
        self.store.commit(commit).unwrap();
        self.head = next;
    }

    fn keep(&mut self, change: Change, seq: u64) {
        for row in change.rows {
            self.unswept.insert(row.key());
            self.rows.insert(row.key(), SweptRow { row, applied_seq: seq });
        }
    }

    fn row(&self, key: Key) -> Option<&Row> {
        self.rows.get(&key).map(|swept| &swept.row)
    }
}

macro_rules! rows {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        impl Rows for TestBook {
            fn book(&self) -> Found<&BookRow> {
                match self.row(Key::Book) {
                    Some(Row::Book(row)) => Found::Present(row),
                    _ => Found::Absent,
                }
            }

            $(fn $name(&self, id: $id) -> Found<&$row> {
                match self.row(Key::$variant(id)) {
                    Some(Row::$variant(row)) => Found::Present(row),
                    _ => Found::Absent,
                }
            })+

            fn operation(&self, _: OperationKey) -> Found<&OperationTrace> {
                Found::Absent
            }
        }
    };
}

engine::every_row!(rows);

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR).unwrap()
}

pub fn card(number: u8) -> CardId {
    CardId::from_bits(u128::from(number))
}

pub fn hold(number: u8) -> HoldId {
    HoldId::from_bits(u128::from(number))
}

pub fn by_id(number: u8) -> engine::CardRef {
    engine::CardRef::Id(card(number))
}

/// A place in USD; a test that spends another currency sets it.
pub fn place(number: u8, minor: i64) -> Box<Place> {
    Box::new(Place {
        id: hold(number),
        amount: usd(minor),
        partial: false,
        reference: Text::new("order 1").unwrap(),
        expires_in_s: None,
        region: None,
        lines: Vec::new(),
        checkout: None,
    })
}

pub fn code(number: u8) -> Code {
    Code { hash: CodeHash([number; 16]), key: 1, nonce: 1, last4: *b"ABCD" }
}

pub fn new_card(number: u8, value: Money, funding: Funding) -> Issue {
    Issue {
        id: card(number),
        value,
        opening_balance: None,
        code: NewCode(code(number)),
        funding,
        expires_at: None,
        sandbox: Sandbox::None,
        program: None,
        created_at: None,
        details: None,
        activates_at: None,
        delivery: None,
    }
}

pub fn new_program(number: u8) -> GiftCardCommand {
    GiftCardCommand::CreateProgram(Box::new(NewProgram(Program {
        id: ProgramId::from_bits(u128::from(number)),
        name: Text::new("Friends").unwrap(),
        currency: Currency::USD,
        value_min: Amount::new(100).unwrap(),
        value_max: Amount::new(50_000).unwrap(),
        validity_days: Some(365),
        hold_seconds_max: 3_600,
        refund_extension_days: 90,
        activation_s: 0,
        return_after_days: None,
        scope: Scope::default(),
        regions: Vec::new(),
        metadata: Metadata::default(),
        created_at: Instant::MIN,
    })))
}

pub fn capture(number: u8, minor: i64) -> GiftCardCommand {
    let capture = Capture { amount: Some(usd(minor)), is_final: false };
    GiftCardCommand::Capture { hold: hold(number), capture }
}

pub fn refund(number: u8, of: u8, minor: i64) -> GiftCardCommand {
    let id = RefundId::from_bits(u128::from(number));
    GiftCardCommand::Refund { hold: hold(of), refund: RefundHold { id, amount: usd(minor) } }
}

/// A small shop: three cards, a redemption with a refund, an open hold that was captured in
/// part, a replaced code. The tables are up to date.
///
/// Left over: card 1 3,200 USD of 4,000; card 2 2,200 USD of 2,500, of which 500 are held;
/// card 3 1,000 EUR.
pub fn shop() -> TestBook {
    let mut book = TestBook::open();
    book.run(new_program(9));
    book.issue(1, usd(4_000), Funding::External);
    book.issue(2, usd(2_500), Funding::Promotional);
    book.issue(3, eur(1_000), Funding::External);
    book.redeem(1, 11, 1_000);
    book.run(refund(21, 11, 200));
    book.reserve(2, 12, 800);
    book.run(capture(12, 300));
    book.run(GiftCardCommand::ReplaceCode { card: card(3), code: code(33), by: None });
    book.sweep();
    book
}
