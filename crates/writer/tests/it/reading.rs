//! Group commit, questions and flushes.

use std::sync::Arc;

use engine::{Answer, Query};
use store::Reader;
use writer::Options;

use crate::bench::{Bench, Slot, card_id, issue, redeem, taken};

#[test]
fn whatever_waits_is_one_commit() {
    let mut bench = Bench::new();
    let before = bench.handle.figures().commits();
    let outcomes = bench.batch((1..=20).map(|card| issue(0, card, 100)));
    let seqs: Vec<u64> = outcomes.iter().map(|outcome| outcome.as_ref().unwrap().seq).collect();
    assert_eq!(seqs, (2..=21).collect::<Vec<u64>>(), "in order, after the book's own record");
    assert_eq!(bench.handle.figures().commits(), before + 1);
    let block = bench.book.reader().block_of(2).unwrap().unwrap();
    assert_eq!((block.first_seq, block.last_seq()), (2, 21));
}

#[test]
fn a_batch_is_no_larger_than_its_limit_unless_one_call_is() {
    let options = Options { batch_commands_max: 4, ..Options::default() };
    let mut bench = Bench::with(options);
    let slots: Vec<_> =
        (1..=6).map(|card| bench.submit(vec![issue(0, card, 100)], false)).collect();
    let large = bench.submit((7..=16).map(|card| issue(0, card, 100)).collect(), false);
    let answered = |slots: &[Slot<_>]| slots.iter().filter(|slot| is_answered(slot)).count();
    bench.writer.step();
    assert_eq!(answered(&slots), 4);
    bench.writer.step();
    assert_eq!(answered(&slots), 6);
    assert!(!is_answered(&large));
    bench.writer.step();
    assert_eq!(taken(&large).len(), 10);
}

fn is_answered<T>(slot: &Slot<T>) -> bool {
    slot.lock().unwrap().is_some()
}

#[test]
fn a_question_sees_what_was_answered_before_it_however_little_memory_there_is() {
    let options = Options { unswept_target: 1, cached_cards_max: 1, ..Options::default() };
    let mut bench = Bench::with(options);
    for round in 1..=3 {
        for card in 1..=40 {
            if round == 1 {
                // Asked in the same batch, before the card was there: it is there afterwards.
                assert!(bench.ask(Query::Card(card_id(card))).is_none());
                bench.one(issue(0, card, 1_000));
            } else {
                bench.one(redeem(0, card, u128::from(round as u8) << 32 | card, 10));
            }
            let spent = 10 * (i64::from(round) - 1);
            assert_eq!(bench.card(card_id(card)), (1_000 - spent, 0));
        }
    }
    bench.check_sound();
}

#[test]
fn a_question_in_the_batch_of_a_new_card_finds_it() {
    let options = Options { unswept_target: 1, cached_cards_max: 1, ..Options::default() };
    let mut bench = Bench::with(options);
    for first in (1..2_000).step_by(100) {
        // Ids that fall into one shard of the cache, which forgets them at once.
        let cards = (first..first + 100).map(|card| card << 8);
        bench.submit(cards.clone().map(|card| issue(0, card, 5)).collect(), false);
        let slot: Slot<_> = Arc::default();
        let into = slot.clone();
        let queries = cards.map(|card| Query::Card(card_id(card))).collect();
        let put = move |answers| *into.lock().unwrap() = Some(answers);
        bench.handle.query(queries, put).unwrap();
        bench.writer.step();
        let answers: Vec<Option<Answer>> = taken(&slot).unwrap();
        assert!(answers.iter().all(Option::is_some));
    }
}

#[test]
fn a_flush_brings_the_tables_up_to_its_sequence() {
    let mut bench = Bench::new();
    let last = bench.one(issue(1, 1, 1_000)).seq;
    assert!(bench.head().watermark < last, "nothing is swept while there is room");
    let flush = |bench: &Bench, seq| {
        let slot: Slot<_> = Arc::default();
        let into = slot.clone();
        bench.handle.flush(seq, move |done| *into.lock().unwrap() = Some(done)).unwrap();
        slot
    };
    // A sequence that does not exist yet means everything there is.
    let slots = [flush(&bench, last), flush(&bench, 1_000_000)];
    let mut steps = 0;
    while !slots.iter().all(is_answered) {
        bench.writer.step();
        steps += 1;
        assert!(steps < 10, "a flush of one card takes a few steps");
    }
    assert!(bench.head().watermark >= last);
    let cards = bench.book.reader().cards_by_id(None, 10).unwrap();
    assert_eq!(cards[0].1.balance(), 1_000, "read your own writes");
    let at_once = flush(&bench, last);
    bench.writer.step();
    let head = taken(&at_once).unwrap();
    assert_eq!((head.epoch, head.seq), (bench.head().epoch, bench.head().seq), "where it stands");
}

#[test]
fn flushes_are_answered_although_work_never_pauses() {
    let options = Options { batch_commands_max: 256, ..Options::default() };
    let mut bench = Bench::with(options);
    for first in (1..=20_000u128).step_by(2_000) {
        let cards = (first..first + 2_000).map(|card| issue(0, card, 10)).collect();
        bench.submit(cards, false);
        bench.writer.step();
    }
    let mut waiting: Vec<(u64, Slot<_>)> = Vec::new();
    for step in 0..200u128 {
        let card = step % 20_000 + 1;
        bench.submit(vec![redeem(0, card, 1_000_000 + step, 1)], false);
        let slot: Slot<_> = Arc::default();
        let into = slot.clone();
        let seq = bench.handle.figures().seq();
        bench.handle.flush(seq, move |done| *into.lock().unwrap() = Some(done)).unwrap();
        waiting.push((seq, slot));
        bench.writer.step();
    }
    let answered = waiting.iter().filter(|(_, slot)| is_answered(slot)).count();
    assert!(answered > 100, "{answered} of 200 flushes were answered");
    bench.check_sound();
}
