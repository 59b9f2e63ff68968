//! Places to keep a book, a writer that keeps the chain, and rows to write.

use std::sync::Arc;

use base::{
    AccountId, Amount, CardId, Currency, HoldId, Instant, Money, ProgramId, RefundId, Text,
};
use engine::{BookRow, Row};
use giftcards::{
    Card, CardState, Code, CodeHash, Funding, Hold, Program, Refund, Sandbox, account_of,
};
use journal::{Block, BlockBuilder, Outcome, RecordHeader};
use ledger::{Account, AccountName, Entry, EntryPlace, Pending, Reason, Subject};
use store::postgres::Database;
use store::sqlite::{Folder, open_folder};
use store::{
    BookName, Commit, CommitError, EntryRow, Head, MemoryBook, Page, Reader, Store, SweptRow,
};
use tempfile::TempDir;

/// Somewhere a book can be kept, and found again by whoever opens it next.
pub trait Place {
    fn store(&self) -> Box<dyn Store>;
    fn reader(&self) -> Box<dyn Reader>;
}

impl Place for MemoryBook {
    fn store(&self) -> Box<dyn Store> {
        Box::new(MemoryBook::store(self))
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(MemoryBook::reader(self))
    }
}

pub struct SqlitePlace {
    pub folder: Folder,
    pub directory: TempDir,
}

impl SqlitePlace {
    pub fn new() -> SqlitePlace {
        let directory = tempfile::tempdir().unwrap();
        let folder = open_folder(&directory.path().join("data")).unwrap();
        folder.book(&book_name()).unwrap();
        SqlitePlace { folder, directory }
    }
}

impl Place for SqlitePlace {
    fn store(&self) -> Box<dyn Store> {
        Box::new(self.folder.book(&book_name()).unwrap())
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(self.folder.reader(&book_name()).unwrap())
    }
}

/// A book of a name of its own in the database of the tests.
pub struct PostgresPlace {
    pub database: Database,
    pub book: BookName,
}

impl PostgresPlace {
    pub fn new() -> PostgresPlace {
        let database = Database::at(&testbed::shared_database()).unwrap();
        let book = BookName::new(&testbed::unique_name()).unwrap();
        database.book(&book).unwrap();
        PostgresPlace { database, book }
    }
}

impl Place for PostgresPlace {
    fn store(&self) -> Box<dyn Store> {
        Box::new(self.database.book(&self.book).unwrap())
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(self.database.reader(&self.book).unwrap())
    }
}

/// Runs a test of behavior on every store; the last line of a failure names the store.
pub fn on_every_store(test: impl Fn(&dyn Place)) {
    println!("on the store in memory");
    test(&MemoryBook::new());
    println!("on SQLite");
    test(&SqlitePlace::new());
    println!("on PostgreSQL");
    test(&PostgresPlace::new());
}

pub fn book_name() -> BookName {
    BookName::new("test").unwrap()
}

/// What a commit writes beside its block.
#[derive(Default)]
pub struct Writes<'a> {
    pub rows: Vec<SweptRow>,
    pub entries: Vec<EntryRow>,
    pub run: Option<&'a store::OperationRun>,
    pub dropped_runs: &'a [u64],
}

/// A writer that owns a book and keeps its chain.
pub struct Scribe {
    pub store: Box<dyn Store>,
    pub head: Head,
}

impl Scribe {
    pub fn of(place: &dyn Place) -> Scribe {
        let mut store = place.store();
        let head = store.take_over().unwrap();
        Scribe { store, head }
    }

    /// Commits a block of `count` records at `at`, and what comes with it.
    pub fn write_at(&mut self, at: i64, count: u32, writes: &Writes) -> Result<(), CommitError> {
        let block = self.next_block(at, count);
        let next = self.head_after(&block);
        self.commit(Some(&block), next, writes)
    }

    /// Commits a block of one record, one microsecond after the last.
    pub fn write(&mut self, writes: &Writes) -> Result<(), CommitError> {
        self.write_at(self.head.at_micros + 1, 1, writes)
    }

    /// Commits rows as though each were changed by the record of its block.
    pub fn keep(&mut self, rows: Vec<Row>) {
        let applied_seq = self.head.seq + 1;
        let rows = rows.into_iter().map(|row| SweptRow { row, applied_seq }).collect();
        self.write(&Writes { rows, ..Writes::default() }).unwrap();
    }

    pub fn commit(
        &mut self,
        block: Option<&Block>,
        next: Head,
        writes: &Writes,
    ) -> Result<(), CommitError> {
        self.store.commit(Commit {
            expected: &self.head,
            next: &next,
            block,
            rows: &writes.rows,
            entries: &writes.entries,
            run: writes.run,
            dropped_runs: writes.dropped_runs,
        })?;
        self.head = next;
        Ok(())
    }

    /// The head that a commit of `block` alone leaves.
    pub fn head_after(&self, block: &Block) -> Head {
        let (seq, hash, at_micros) = (block.last_seq(), block.hash, block.at_micros);
        Head { seq, hash, at_micros, ..self.head }
    }

    pub fn next_block(&self, at: i64, count: u32) -> Block {
        let Head { epoch, seq, hash, .. } = self.head;
        let mut builder = BlockBuilder::new(epoch, seq + 1, hash, at);
        for _ in 0..count {
            let header = RecordHeader {
                seq: builder.next_seq(),
                at_micros: at,
                actor: [7; 16],
                command: 1,
                operation: None,
                reverses: None,
                outcome: Outcome::Answered { kind: 1, id: [0; 16] },
            };
            builder.begin_record(&header).finish();
        }
        builder.seal()
    }
}

/// Posted credits of an account in its table.
pub fn account_totals(place: &dyn Place, id: AccountId) -> Option<i64> {
    let mut found = None;
    let mut look = |row: SweptRow| match row.row {
        Row::Account(account) if account.id == id => found = Some(account.credits_posted.minor()),
        _ => {}
    };
    place.reader().all_rows(&mut look).unwrap();
    found
}

/// Every row from the newest on.
pub fn whole() -> Page {
    Page::after(None, 1_000)
}

pub fn at(micros: i64) -> Instant {
    Instant::from_micros(micros)
}

pub fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

pub fn card_id(number: u128) -> CardId {
    CardId::from_bits(number)
}

/// An active card that never expires, made at `number` microseconds.
pub fn card(number: u128) -> Card {
    Card {
        id: card_id(number),
        program: None,
        currency: Currency::USD,
        value: amount(5_000),
        state: CardState::Active,
        frozen: None,
        disputed: None,
        activates_at: None,
        code: Code {
            hash: CodeHash(number.to_be_bytes()),
            key: 1,
            nonce: u64::MAX - 1,
            last4: *b"ABCD",
        },
        expires_at: None,
        funding: Funding::Promotional,
        goodwill: Amount::ZERO,
        expired_value: Amount::ZERO,
        expired_goodwill: Amount::ZERO,
        given_back: Amount::ZERO,
        hold_seconds_max: 900,
        refund_extension_days: 90,
        open_holds: Vec::new(),
        sandbox: Sandbox::None,
        created_at: at(i64::try_from(number).unwrap()),
        details: None,
        gift: None,
    }
}

/// The account of that card, with `balance` on it.
pub fn card_account(number: u128, balance: i64) -> Account {
    let name = AccountName::GiftCard(card_id(number));
    Account { credits_posted: amount(balance), ..Account::open(name, Currency::USD) }
}

/// A hold of a card over 100, open unless `posted`.
pub fn hold(number: u128, card: u128, expires_at: i64, reference: &str) -> Hold {
    Hold {
        id: HoldId::from_bits(number),
        card: card_id(card),
        pending: Pending {
            debit: account_of(card_id(card)),
            credit: AccountName::OrderClearing.id(Currency::USD),
            currency: Currency::USD,
            reserved: amount(100),
            posted: Amount::ZERO,
            voided: Amount::ZERO,
            expired: false,
        },
        refunded: Amount::ZERO,
        goodwill: Amount::ZERO,
        expires_at: at(expires_at),
        reference: Text::new(reference).unwrap(),
        created_at: at(i64::try_from(number).unwrap()),
        checkout: None,
    }
}

pub fn refund(number: u128) -> Refund {
    Refund {
        id: RefundId::from_bits(number),
        hold: HoldId::from_bits(number),
        card: card_id(number),
        amount: Money { amount: amount(100), currency: Currency::USD },
        goodwill: Amount::ZERO,
        reversed: false,
        created_at: at(1),
    }
}

pub fn program(number: u128) -> Program {
    Program {
        id: ProgramId::from_bits(number),
        name: Text::new("Ordinary cards").unwrap(),
        currency: Currency::USD,
        value_min: amount(100),
        value_max: amount(50_000),
        validity_days: None,
        hold_seconds_max: 900,
        refund_extension_days: 90,
        activation_s: 0,
        return_after_days: None,
        scope: giftcards::Scope::default(),
        regions: Vec::new(),
        metadata: giftcards::Metadata::default(),
        created_at: at(i64::try_from(number).unwrap()),
    }
}

pub fn book_row() -> Row {
    Row::Book(BookRow {
        is_test: true,
        clock_ahead_micros: 0,
        ring: *b"ring-one",
        created_at: at(1),
    })
}

pub fn card_row(card: Card) -> Row {
    Row::Card(Arc::new(card))
}

pub fn hold_row(hold: Hold) -> Row {
    Row::Hold(Arc::new(hold))
}

/// An entry of an account with that many posted credits after it.
pub fn entry(
    account: AccountId,
    place: EntryPlace,
    previous: Option<EntryPlace>,
    credits: i64,
) -> EntryRow {
    EntryRow {
        at: at(i64::try_from(place.sequence()).unwrap()),
        entry: Entry {
            place,
            previous,
            account,
            reason: Reason::Issue,
            subject: Subject([9; 16]),
            amount: credits,
            held_change: 0,
            debits_posted: Amount::ZERO,
            credits_posted: amount(credits),
            held: Amount::ZERO,
        },
    }
}

/// The place of entry `position` of record `seq`.
pub fn entry_place(seq: u64, position: usize) -> EntryPlace {
    EntryPlace::new(seq, position)
}
