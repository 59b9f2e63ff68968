//! Random requests that are sensible often enough to matter, and wrong often enough too.

mod commands;
mod gifts;
mod issues;
mod questions;

use base::{CardId, Currency, HoldId, Instant, KeyId, ProgramId, RefundId};
use engine::{Command, OperationKey};
use giftcards::CodeHash;
use writer::{Operation, Request};

use crate::{Oracle, Random};

/// Requests that may be repeated.
const REMEMBERED_MAX: usize = 4_000;

/// Makes requests. What it makes follows from its seed and from what the oracle knows.
#[derive(Clone, Debug)]
pub struct Workload {
    random: Random,
    /// New cards become rare above this number, so that small books stay hot.
    cards_wanted: usize,
    currencies: Vec<Currency>,
    programs: Vec<ProgramId>,
    cards: Vec<CardId>,
    codes: Vec<CodeHash>,
    holds: Vec<HoldId>,
    refunds: Vec<RefundId>,
    /// Requests with a key, and since when the key is known.
    asked: Vec<(Instant, Request)>,
    /// Keys that were reversed before anything came under them.
    barred: Vec<(Instant, OperationKey)>,
    /// No key is known for longer.
    oldest: Instant,
}

impl Workload {
    /// A workload of its own for each seed: some have one hot card, some have thousands.
    pub fn new(seed: u64) -> Workload {
        let mut random = Random::new(seed);
        let cards_wanted = random.weighted(&[(1, 1), (2, 4), (4, 40), (3, 400), (1, 4_000)]);
        let currencies = vec![Currency::USD, Currency::JPY, Currency::KWD];
        Workload {
            random,
            cards_wanted,
            currencies,
            programs: Vec::new(),
            cards: Vec::new(),
            codes: Vec::new(),
            holds: Vec::new(),
            refunds: Vec::new(),
            asked: Vec::new(),
            barred: Vec::new(),
            oldest: Instant::MAX,
        }
    }

    /// The next request at book time `now`.
    pub fn request(&mut self, oracle: &Oracle, now: Instant) -> Request {
        if self.random.percent(9)
            && let Some((_, earlier)) = self.random.pick_recent(&self.asked)
        {
            return earlier.clone();
        }
        let command = self.command(oracle, now);
        let (since, operation) = self.operation(&command, now);
        let request = Request { command, actor: KeyId::from_bits(7), operation };
        if request.operation.is_some() {
            self.oldest = self.oldest.min(since);
            self.asked.push((since, request.clone()));
        }
        if self.asked.len() > 2 * REMEMBERED_MAX {
            self.asked.drain(..REMEMBERED_MAX);
        }
        request
    }

    /// Forgets requests from before `time`, because the book may forget them too.
    pub fn forget_before(&mut self, time: Instant) {
        if self.oldest >= time {
            return;
        }
        self.asked.retain(|(since, _)| *since >= time);
        self.barred.retain(|(since, _)| *since >= time);
        let asked = self.asked.iter().map(|(since, _)| *since);
        let barred = self.barred.iter().map(|(since, _)| *since);
        self.oldest = asked.chain(barred).min().unwrap_or(Instant::MAX);
    }

    /// Other choices from now on, from the same knowledge.
    pub fn reseed(&mut self, seed: u64) {
        self.random = Random::new(seed);
    }

    /// Most requests have a key of their own; a few come under one that was used or barred.
    /// Also tells since when the key is known.
    fn operation(&mut self, command: &Command, now: Instant) -> (Instant, Option<Operation>) {
        if self.random.percent(25) {
            return (now, None);
        }
        let mut since = now;
        let fingerprint = self.random.bytes16();
        let mut key = OperationKey(self.random.bytes16());
        let choice = self.random.below(100);
        if choice < 3
            && let Some((known_since, earlier)) = self.random.pick_recent(&self.asked)
            && let Some(operation) = earlier.operation
        {
            (since, key) = (*known_since, operation.key);
        } else if choice < 9
            && let Some((known_since, barred)) = self.random.pick_recent(&self.barred)
        {
            (since, key) = (*known_since, *barred);
        } else if choice < 10
            && let Command::Reverse { operation } = command
        {
            // A careless caller reverses under the very key it wants to reverse.
            (since, key) = (self.known_since(*operation, now), *operation);
        }
        if let Command::Reverse { operation } = command {
            // Asked again later, a reversal must not meet a key that is forgotten by then.
            since = since.min(self.known_since(*operation, now));
            self.barred.push((since, *operation));
        }
        (since, Some(Operation { key, fingerprint }))
    }

    /// Since when a key to be reversed is known.
    fn known_since(&self, key: OperationKey, now: Instant) -> Instant {
        let has_key = |request: &Request| request.operation.is_some_and(|own| own.key == key);
        let asked = self.asked.iter().filter(|(_, request)| has_key(request));
        asked.map(|(since, _)| *since).min().unwrap_or(now)
    }

    /// A key to be reversed: usually one that was used.
    fn key_to_reverse(&mut self) -> OperationKey {
        if self.random.percent(85)
            && let Some((_, earlier)) = self.random.pick_recent(&self.asked)
            && let Some(operation) = earlier.operation
        {
            return operation.key;
        }
        OperationKey(self.random.bytes16())
    }

    fn currency(&mut self) -> Currency {
        // Most cards share one currency, so that its accounts are hot.
        if self.random.percent(70) {
            self.currencies[0]
        } else {
            *self.random.pick(&self.currencies).expect("there are some")
        }
    }

    /// A card: mostly one that is there.
    fn known_card(&mut self, oracle: &Oracle, now: Instant) -> CardId {
        for _ in 0..8 {
            let known = self.random.pick_recent(&self.cards).copied();
            if let Some(card) = known.filter(|card| oracle.card(*card).is_some())
                && self.random.percent(99)
            {
                return card;
            }
        }
        CardId::from_parts(now, self.random.bytes10())
    }

    /// A hold: mostly a recent one, and rather one that still holds something.
    fn known_hold(&mut self, oracle: &Oracle, now: Instant) -> HoldId {
        if self.random.percent(50)
            && let Some(card) = oracle.card(self.known_card(oracle, now))
            && let Some((hold, _)) = self.random.pick(&card.open_holds)
        {
            return *hold;
        }
        for _ in 0..8 {
            let known = self.random.pick_recent(&self.holds).copied();
            if let Some(hold) = known.filter(|hold| oracle.hold(*hold).is_some())
                && self.random.percent(99)
            {
                return hold;
            }
        }
        HoldId::from_parts(now, self.random.bytes10())
    }
}
