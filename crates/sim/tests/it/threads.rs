//! Many threads at once against a running writer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};

use base::{Amount, CardId, Currency, HoldId, Instant, KeyId, Money, Text};
use engine::{Answer, CardRef, Command, GiftCardCommand, OperationKey, Query};
use giftcards::{Code, CodeHash, Funding, Issue, NewCode, Place, Sandbox, account_of};
use sim::{Model, Oracle, Random, Recorder, VirtualClock, Workload, compare_tables};
use store::MemoryBook;
use writer::{BookSpec, Decided, Handle, Operation, Options, Outcome, Request, Running, Trouble};

use crate::settings::{number, seeds};

const SPEC: BookSpec = BookSpec { is_test: true, ring: [9; 8] };
const START: Instant = Instant::from_micros(1_700_000_000_000_000);

fn running(book: &MemoryBook, options: Options) -> Running {
    let clock = VirtualClock::at(START);
    writer::spawn(book.store(), SPEC, options, clock.times()).unwrap()
}

fn request(command: GiftCardCommand, key: [u8; 16]) -> Request {
    let operation = Some(Operation { key: OperationKey(key), fingerprint: [1; 16] });
    Request { command: Command::GiftCards(command), actor: KeyId::from_bits(1), operation }
}

fn usd(units: i64) -> Money {
    Money { amount: Amount::new(units).unwrap(), currency: Currency::USD }
}

fn issue(id: CardId, units: i64) -> GiftCardCommand {
    let hash = CodeHash(id.to_bytes());
    GiftCardCommand::Issue(Box::new(Issue {
        id,
        value: usd(units),
        opening_balance: None,
        code: NewCode(Code { hash, key: 1, nonce: 1, last4: *b"ABCD" }),
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

fn redeem(card: CardId, hold: HoldId, units: i64) -> GiftCardCommand {
    let place = Place {
        id: hold,
        amount: usd(units),
        partial: false,
        reference: Text::new("order").unwrap(),
        expires_in_s: None,
        region: None,
        lines: Vec::new(),
        checkout: None,
    };
    GiftCardCommand::Redeem { card: CardRef::Id(card), place: Box::new(place) }
}

/// `threads` threads redeem one card of `worth` redemptions at the same moment; exactly so many
/// succeed, again and again.
fn check_no_double_spend(threads: u64, worth: u64, repetitions: u64) {
    let book = MemoryBook::new();
    let running = running(&book, Options { queue_commands_max: 64, ..Options::default() });
    let (barrier, successes) = (Barrier::new(threads as usize), AtomicU64::new(0));
    let unexpected: Mutex<Vec<String>> = Mutex::default();
    let card = |repetition: u64| CardId::from_bits(u128::from(repetition) << 64 | 1);
    for repetition in 1..=repetitions {
        let card = card(repetition);
        let new = request(issue(card, 100 * worth as i64), card.to_bytes());
        assert!(decide(&running.handle, new).unwrap().result.is_ok());
    }
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (barrier, successes, unexpected) = (&barrier, &successes, &unexpected);
            let (handle, card) = (running.handle.clone(), &card);
            scope.spawn(move || {
                for repetition in 1..=repetitions {
                    let own = u128::from(repetition) << 64 | u128::from(thread + 2);
                    let redeem = redeem(card(repetition), HoldId::from_bits(own), 100);
                    // Nothing may panic between two barriers: the others would wait for ever.
                    barrier.wait();
                    match decide(&handle, request(redeem, own.to_be_bytes())) {
                        Ok(Decided { result: Ok(_), .. }) => {
                            successes.fetch_add(1, Ordering::SeqCst);
                        }
                        Ok(Decided { result: Err(refusal), .. })
                            if refusal.code() == "insufficient_balance" => {}
                        other => unexpected.lock().unwrap().push(format!("{other:?}")),
                    }
                    barrier.wait();
                }
            });
        }
    });
    assert_eq!(unexpected.into_inner().unwrap(), Vec::<String>::new());
    assert_eq!(successes.into_inner(), worth * repetitions);
    for repetition in 1..=repetitions {
        let account = running.handle.ask(Query::Account(account_of(card(repetition)))).unwrap();
        let Some(Answer::Account(account)) = account else { panic!("no account") };
        assert_eq!(account.balance(), 0, "repetition {repetition}");
    }
    running.stop();
    let report = reports::verify(&mut book.reader(), None, &mut |_| {}).unwrap();
    assert!(report.is_sound(), "{report:#?}");
}

/// The queue is smaller than the crowd: busy is no answer, so it asks again.
fn decide(handle: &Handle, request: Request) -> Outcome {
    loop {
        match handle.decide(vec![request.clone()], false) {
            Ok(mut outcomes) => return outcomes.pop().unwrap(),
            Err(Trouble::Busy) => std::thread::yield_now(),
            Err(trouble) => return Err(trouble),
        }
    }
}

#[test]
fn alone_200_parallel_redemptions_of_one_card() {
    check_no_double_spend(200, 37, 50);
}

#[test]
#[ignore = "a thousand repetitions: run by ./test long"]
fn long_200_parallel_redemptions_of_one_card() {
    check_no_double_spend(200, 37, 1_000);
}

/// Threads ask whatever the workload thinks of, and what each was told must fit one order.
fn check_linearizable(seed: u64, threads: u64, requests: u64) -> usize {
    let book = MemoryBook::new();
    let options = Options { unswept_target: 50, operation_run_max: 50, ..Options::default() };
    let running = running(&book, options);
    let recorder = Recorder::new();
    let mut oracle = Oracle::new();
    oracle.begin_batch(START, START);
    let open = Command::OpenBook { is_test: SPEC.is_test, ring: SPEC.ring };
    oracle.decide(&[Request { command: open, actor: KeyId::from_bits(0), operation: None }], false);
    let workload = prepare(&running, &mut oracle, seed);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (recorder, handle) = (recorder.clone(), running.handle.clone());
            let (oracle, workload) = (&oracle, &workload);
            scope.spawn(move || {
                // Every thread knows the same cards and keys, so that they get in each other's way.
                let own_seed = seed ^ (thread + 1) << 32;
                let (mut workload, mut random) = (workload.clone(), Random::new(own_seed));
                workload.reseed(own_seed);
                for _ in 0..requests {
                    if random.percent(30) {
                        let query = workload.query(oracle, START);
                        recorder.ask(&handle, query).unwrap();
                    } else {
                        let request = workload.request(oracle, START);
                        recorder.decide(&handle, request).unwrap().ok();
                    }
                }
            });
        }
    });
    let events = recorder.check(&mut oracle, START);
    let events = events.unwrap_or_else(|divergence| {
        panic!(
            "seed {seed}: {divergence}\n\nto look at it again: SIM_SEED={seed} cargo test -p sim \
             --test it -- threads (threads are not replayed: it may take some attempts)"
        )
    });
    running.stop();
    compare_tables(&mut book.reader(), &oracle).unwrap();
    events
}

/// Some cards and holds, made one after the other, so that threads have something to fight over.
fn prepare(running: &Running, oracle: &mut Oracle, seed: u64) -> Workload {
    let mut workload = Workload::new(seed);
    for _ in 0..300 {
        let request = workload.request(oracle, START);
        let expected = oracle.decide(std::slice::from_ref(&request), false);
        let got = running.handle.decide(vec![request.clone()], false).unwrap();
        sim::compare(&request, &expected[0], &got[0]).unwrap();
    }
    oracle.end_batch();
    workload
}

fn check_histories(seeds: impl Iterator<Item = u64>) {
    let mut events = 0;
    for seed in seeds {
        events += check_linearizable(seed, 8, 250);
    }
    println!("{events} events fit the journal's order");
    assert!(events > 0 || number("SIM_SEED").is_some());
}

#[test]
fn alone_recorded_histories_are_linearizable() {
    check_histories(seeds().take(10));
}

#[test]
#[ignore = "hundreds of histories: run by ./test long"]
fn long_recorded_histories_are_linearizable() {
    check_histories(seeds().take(500));
}
