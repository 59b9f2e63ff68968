//! The oracle as a model: what it tells the simulation.

use base::{AccountId, CardId, HoldId, Instant};
use engine::{Answer, Command, GiftCardCommand, OperationKey, Query, Refusal, Row};
use giftcards::{Card, Hold};
use store::EntryRow;
use writer::{Operation, Outcome, Request};

use super::money::balance;
use super::{Mark, Oracle};
use crate::keys::{Known, decide_one};
use crate::{Model, Sight};

impl Model for Oracle {
    type Mark = Mark;

    fn seq(&self) -> u64 {
        self.seq
    }

    fn set_seq(&mut self, seq: u64) {
        self.seq = seq;
    }

    fn now(&self) -> Instant {
        self.now
    }

    fn clock_ahead_micros(&self) -> i64 {
        self.book.get(()).map_or(0, |book| book.clock_ahead_micros)
    }

    fn begin_batch(&mut self, now: Instant, wall: Instant) {
        (self.now, self.wall) = (now, wall);
    }

    fn end_batch(&mut self) {
        self.settle();
    }

    fn mark(&self) -> Mark {
        self.mark_here()
    }

    fn roll_back(&mut self, mark: Mark) {
        self.go_back(&mark);
    }

    fn carry_out(
        &mut self,
        command: &Command,
        _operation: Option<Operation>,
    ) -> Result<Answer, Refusal> {
        self.obey(command)
    }

    fn known(&self, key: OperationKey) -> Option<&Known> {
        self.operations.get(key)
    }

    fn know(&mut self, key: OperationKey, known: Known) {
        self.operations.put(key, known);
    }

    fn captured_so_far(&self, command: &Command) -> i64 {
        match command {
            Command::GiftCards(GiftCardCommand::Capture { hold, .. }) => {
                self.hold(*hold).map_or(0, |hold| hold.pending.posted.minor())
            }
            _ => 0,
        }
    }

    fn ask(&self, query: &Query) -> Option<Answer> {
        self.answer(query)
    }

    fn rows(&self) -> Vec<Row> {
        self.all_rows()
    }

    fn entries(&self) -> &[EntryRow] {
        &self.entries
    }

    fn sums(&self) -> Vec<(&'static str, i64)> {
        let mut sums = std::collections::BTreeMap::new();
        for (_, account) in self.accounts.iter() {
            let credits = account.credits_posted.minor() - account.debits_posted.minor();
            debug_assert_eq!(credits.abs(), balance(account).abs(), "a balance has two sides");
            *sums.entry(account.currency.code()).or_insert(0) += credits;
        }
        sums.into_iter().collect()
    }
}

impl Sight for Oracle {
    fn card(&self, id: CardId) -> Option<&Card> {
        self.cards.get(id).map(std::sync::Arc::as_ref)
    }

    fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.holds.get(id).map(std::sync::Arc::as_ref)
    }

    fn spendable(&self, id: CardId) -> i64 {
        let account = self.accounts.get(AccountId::from_bits(id.bits()));
        account.map_or(0, super::money::available)
    }

    fn some_accounts(&self, max: usize) -> Vec<AccountId> {
        self.accounts.iter().map(|(id, _)| *id).take(max).collect()
    }
}

impl Oracle {
    /// What a request would be told now; nothing happens.
    pub fn would_decide(&mut self, request: &Request) -> Outcome {
        let mark = self.mark_here();
        let outcome = decide_one(self, request, false);
        self.go_back(&mark);
        outcome
    }
}
