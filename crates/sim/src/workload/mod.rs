//! Random requests that are sensible often enough to matter, and wrong often enough too.

mod commands;
mod gifts;
mod issues;
mod keys;
mod questions;

use base::{CardId, Currency, HoldId, Instant, ProgramId, RefundId};
use engine::{CommandKind, Query};
use giftcards::CodeHash;
use writer::Request;

pub use keys::Keys;

use crate::{Asker, Model, Random, Sight};

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
    keys: Keys,
}

impl Workload {
    /// Kinds of commands that a workload and the simulation around it ask for, but for the opening
    /// of the book, which is done once and refused from then on.
    pub const GIVES: &[CommandKind] = &[
        CommandKind::AdvanceClock,
        CommandKind::Reverse,
        CommandKind::CreateProgram,
        CommandKind::Issue,
        CommandKind::Freeze,
        CommandKind::Unfreeze,
        CommandKind::ReplaceCode,
        CommandKind::Cancel,
        CommandKind::Extend,
        CommandKind::Adjust,
        CommandKind::Update,
        CommandKind::Hold,
        CommandKind::Redeem,
        CommandKind::ChangeHold,
        CommandKind::Capture,
        CommandKind::Release,
        CommandKind::Refund,
        CommandKind::ExpireCard,
        CommandKind::ExpireHold,
        CommandKind::Claim,
        CommandKind::Deliver,
        CommandKind::NoteDelivery,
        CommandKind::Resend,
        CommandKind::ChangeRecipient,
    ];

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
            keys: Keys::default(),
        }
    }

    /// The next request at book time `now`.
    pub fn request(&mut self, oracle: &dyn Sight, now: Instant) -> Request {
        if let Some(earlier) = self.keys.repeated(&mut self.random) {
            return earlier;
        }
        let command = self.command(oracle, now);
        self.keys.request(&mut self.random, command, now)
    }

    /// Forgets requests from before `time`, because the book may forget them too.
    pub fn forget_before(&mut self, time: Instant) {
        self.keys.forget_before(time);
    }

    /// Other choices from now on, from the same knowledge.
    pub fn reseed(&mut self, seed: u64) {
        self.random = Random::new(seed);
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
    fn known_card(&mut self, oracle: &dyn Sight, now: Instant) -> CardId {
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
    fn known_hold(&mut self, oracle: &dyn Sight, now: Instant) -> HoldId {
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

impl<M: Model + Sight> Asker<M> for Workload {
    fn turn(&mut self, since: Instant) {
        self.forget_before(since);
    }

    fn request(&mut self, model: &M, now: Instant) -> Request {
        Workload::request(self, model, now)
    }

    fn query(&mut self, model: &M, now: Instant) -> Query {
        Workload::query(self, model, now)
    }
}
