//! A backup while a writer commits and sweeps: one instant of the book, whenever it is taken.

use std::sync::atomic::{AtomicBool, Ordering};

use base::{AccountId, Amount, CardId, Currency, HoldId, Instant, KeyId, Money, Text};
use copies::{Chunks, Place as _, restore, write_backup};
use engine::{CardRef, Command, GiftCardCommand, OperationKey};
use giftcards::{Code, CodeHash, Funding, Issue, NewCode, Place, Sandbox};
use sim::VirtualClock;
use store::{AccountAt, BookRecord, Head, Reader};
use writer::{BookSpec, Handle, Operation, Options, Request};

use crate::places::{FilePlace, MemoryPlace, name};

const START: Instant = Instant::from_micros(1_700_000_000_000_000);

fn usd(units: i64) -> Money {
    Money { amount: Amount::new(units).unwrap(), currency: Currency::USD }
}

fn issue(id: CardId) -> GiftCardCommand {
    GiftCardCommand::Issue(Box::new(Issue {
        id,
        value: usd(10_000),
        opening_balance: None,
        code: NewCode(Code { hash: CodeHash(id.to_bytes()), key: 1, nonce: 1, last4: *b"ABCD" }),
        funding: Funding::External,
        expires_at: None,
        sandbox: Sandbox::None,
        program: None,
        created_at: None,
        details: None,
        activates_at: None,
        delivery: None,
    }))
}

fn redeem(card: CardId, hold: HoldId) -> GiftCardCommand {
    let place = Place {
        id: hold,
        amount: usd(3),
        partial: false,
        reference: Text::new("order").unwrap(),
        expires_in_s: None,
        region: None,
        lines: Vec::new(),
        checkout: None,
    };
    GiftCardCommand::Redeem { card: CardRef::Id(card), place: Box::new(place) }
}

fn decide(handle: &Handle, command: GiftCardCommand, key: u128) {
    let operation = Some(Operation { key: OperationKey(key.to_be_bytes()), fingerprint: [1; 16] });
    let actor = KeyId::from_bits(1);
    let request = Request { command: Command::GiftCards(command), actor, operation };
    let outcomes = handle.decide(vec![request], false).unwrap();
    assert!(outcomes[0].as_ref().unwrap().result.is_ok());
}

/// Cards and redemptions until told to stop.
fn shop(handle: &Handle, thread: u128, done: &AtomicBool) {
    for number in 1.. {
        let bits = thread << 96 | number << 32;
        let card = CardId::from_bits(bits);
        decide(handle, issue(card), bits);
        for redemption in 1..4 {
            decide(handle, redeem(card, HoldId::from_bits(bits + redemption)), bits + redemption);
        }
        if done.load(Ordering::Relaxed) {
            break;
        }
    }
}

/// Totals of every account at a cut.
fn cut(reader: &mut dyn Reader, seq: u64) -> Vec<(AccountId, Amount, Amount, Amount)> {
    let mut found = Vec::new();
    let mut note = |at: AccountAt| {
        found.push((at.account.id, at.debits_posted, at.credits_posted, at.held));
    };
    reader.accounts_at(seq, &mut note).unwrap();
    found
}

#[test]
fn slow_a_backup_beside_a_writer_is_one_instant() {
    let mut source = FilePlace::new();
    let book = name("live");
    let record =
        BookRecord { name: book.clone(), is_test: true, created_at: START, incarnation: 1 };
    copies::TargetPlace::control(&mut source).unwrap().create_book(&record).unwrap();
    let spec = BookSpec { is_test: true, ring: [9; 8] };
    let options = Options { unswept_target: 60, operation_run_max: 40, ..Options::default() };
    let times = VirtualClock::at(START).times();
    let store = source.folder.book(&book).unwrap();
    let running = writer::spawn(store, spec, options, times).unwrap();
    let done = AtomicBool::new(false);
    let mut backups: Vec<(Head, Vec<u8>)> = Vec::new();
    std::thread::scope(|scope| {
        for thread in 1..3 {
            let (handle, done) = (&running.handle, &done);
            scope.spawn(move || shop(handle, thread, done));
        }
        while backups.len() < 6 {
            let chunks = Chunks { block_bytes: 10_000, rows: 50 };
            let said = ("test", START);
            let (bytes, books) =
                write_backup(&mut source, Vec::new(), said, chunks, &mut |_| {}).unwrap();
            let head = books[0].0.head;
            // Each from a later instant, so that sweeps and runs are met in every state.
            if backups.last().map_or(0, |(last, _)| last.seq) + 100 < head.seq {
                backups.push((head, bytes));
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    running.stop();
    let mut live = source.reader(&book).unwrap();
    let unswept = backups.iter().filter(|(head, _)| head.watermark < head.seq).count();
    assert!(unswept > 0, "every backup met a book at rest");
    for (head, bytes) in &backups {
        let mut target = MemoryPlace::default();
        restore(&bytes[..], &mut target, &mut || 2, &mut |_, _| {}).unwrap();
        let mut reader = target.reader(&book).unwrap();
        assert_eq!(reader.head().unwrap(), *head);
        let report = reports::verify(reader.as_mut(), &mut |_| {}).unwrap();
        assert!(report.is_sound() && report.compared, "{:?}", report.findings);
        // The tables are completed from the journal, as at every start; then balances are those
        // that the book had at this record.
        let times = VirtualClock::at(START).times();
        writer::spawn(target.book(&book).store(), spec, options, times).unwrap().stop();
        let restored = cut(reader.as_mut(), head.seq);
        assert!(restored.len() > 10);
        assert_eq!(restored, cut(live.as_mut(), head.seq));
    }
}
