//! A book with a writer, and a wall clock that runs a millisecond whenever somebody looks at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base::{CardId, Currency, HoldId, Instant, KeyId, Money, Span, Text};
use engine::{Answer, CardRef, Command, GiftCardCommand, Query};
use giftcards::{Card, CardState, Code, CodeHash, Funding, Hold, Issue, NewCode, Place, Sandbox};
use store::{EntryRow, MemoryBook, MemoryReader, Reader};
use writer::{BookSpec, Decided, Options, Request, Running};

pub struct Shop {
    pub running: Running,
    pub opened_at: Instant,
    pub book: MemoryBook,
    wall_micros: Arc<AtomicI64>,
}

impl Shop {
    pub fn open(is_test: bool) -> Shop {
        let opened_at = Instant::parse("2026-01-01T00:00:00Z").unwrap();
        let wall_micros = Arc::new(AtomicI64::new(opened_at.micros()));
        let clock = wall_micros.clone();
        let start = opened_at.micros();
        let times = Box::new(move || {
            let wall = clock.fetch_add(1_000, Ordering::Relaxed);
            (Instant::from_micros(wall), Duration::from_micros((wall - start).unsigned_abs()))
        });
        let book = MemoryBook::new();
        let spec = BookSpec { is_test, ring: [0; 8] };
        // Tests move the wall clock by days; that is no jump to be afraid of here.
        let options =
            Options { clock_jump_max: Duration::from_secs(1 << 40), ..Options::default() };
        let running = writer::spawn(book.store(), spec, options, times).unwrap();
        Shop { running, opened_at, book, wall_micros }
    }

    pub fn reader(&self) -> MemoryReader {
        self.book.reader()
    }

    /// So many seconds after the book was opened.
    pub fn second(&self, seconds: u64) -> Instant {
        self.opened_at.saturating_add(Span::seconds(seconds))
    }

    /// Lets the wall clock run to this time.
    pub fn wait_until(&self, at: Instant) {
        self.wall_micros.fetch_max(at.micros(), Ordering::Relaxed);
    }

    pub fn now(&self) -> Instant {
        match self.running.handle.ask(Query::Book).unwrap() {
            Some(Answer::Book { now, .. }) => now,
            other => panic!("{other:?}"),
        }
    }

    pub fn issue(&self, number: u64, expires_at: Option<Instant>) {
        let mut hash = [0; 16];
        hash[8..].copy_from_slice(&number.to_be_bytes());
        let code = Code { hash: CodeHash(hash), key: 1, nonce: 1, last4: *b"ABCD" };
        self.run(GiftCardCommand::Issue(Box::new(Issue {
            id: card(number),
            value: usd(1_000),
            opening_balance: None,
            code: NewCode(code),
            funding: Funding::External,
            expires_at,
            sandbox: Sandbox::None,
            program: None,
            created_at: None,
            details: None,
            activates_at: None,
            delivery: None,
        })));
    }

    pub fn hold(&self, on: u64, number: u64, seconds: u32) {
        self.run(GiftCardCommand::Hold {
            card: CardRef::Id(card(on)),
            place: Box::new(Place {
                id: hold(number),
                amount: usd(100),
                partial: false,
                reference: Text::new("order").unwrap(),
                expires_in_s: Some(seconds),
                region: None,
                lines: Vec::new(),
                checkout: None,
            }),
        });
    }

    pub fn run(&self, command: GiftCardCommand) -> Decided {
        let command = Command::GiftCards(command);
        let request = Request { command, actor: KeyId::from_bits(1), operation: None };
        let mut outcomes = self.running.handle.decide(vec![request], false).unwrap();
        let decided = outcomes.pop().unwrap().unwrap();
        assert!(decided.result.is_ok(), "{decided:?}");
        decided
    }

    pub fn card(&self, number: u64) -> Card {
        match self.running.handle.ask(Query::Card(card(number))).unwrap() {
            Some(Answer::Card { card, .. }) => card.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    pub fn is_expired(&self, number: u64) -> bool {
        self.card(number).state == CardState::Expired
    }

    pub fn hold_row(&self, number: u64) -> Hold {
        match self.running.handle.ask(Query::Hold(hold(number))).unwrap() {
            Some(Answer::Hold { hold, .. }) => hold.as_ref().clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Entries of a card's account, newest first.
    pub fn entries(&self, number: u64) -> Vec<EntryRow> {
        let mut reader = self.reader();
        let seq = reader.head().unwrap().seq;
        self.running.handle.flush_and_wait(seq).unwrap();
        reader.entries(giftcards::account_of(card(number)), None, 100).unwrap()
    }

    /// Stops the writer; whatever was done must have left a sound book.
    pub fn close(self) {
        let mut reader = self.reader();
        self.running.stop();
        let report = reports::verify(&mut reader, &mut |_| {}).unwrap();
        assert_eq!(report.findings, []);
        assert_eq!(report.head.watermark, report.head.seq);
    }
}

pub fn card(number: u64) -> CardId {
    CardId::from_bits(u128::from(number))
}

pub fn hold(number: u64) -> HoldId {
    HoldId::from_bits(u128::from(number))
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}
