//! The model of a shop: the engine over rows that are all at hand, audited again and again.
//!
//! The engine itself says what comes out, so a rule that is wrong is wrong here too: that is what
//! the audit is for, which shares no rule with it. Everything between the engine and the disk is
//! said a second time: keys, batches, which rows are there, what is repeated, and what is stored.

use base::{AccountId, CardId, HoldId, Instant};
use engine::{Answer, Command, GiftCardCommand, OperationKey, PaymentCommand, Query, Refusal, Row};
use engine::{ShopCommand, ask};
use giftcards::{Card, Hold, account_of};
use sim::{Kept, Known, Model, Sight};
use store::EntryRow;
use writer::Operation;

use crate::audit;
use crate::market_claims;
use crate::world::{View, World};

/// Commands between two audits of the whole book.
const AUDIT_EVERY: u64 = 40;

/// A book in memory, and what is known about keys.
pub struct ShopModel {
    pub world: World,
    operations: Kept<OperationKey, Known>,
    entries: Vec<EntryRow>,
    seq: u64,
    wall: Instant,
    audited_at: u64,
    /// What people have sent past the market's rail: by hand, or in the rail's own pages.
    pub by_hand: i64,
}

/// A place to go back to.
pub struct Mark {
    world: World,
    operations: usize,
    entries: usize,
    seq: u64,
    by_hand: i64,
}

impl ShopModel {
    pub fn new() -> ShopModel {
        ShopModel {
            world: World { is_audited: false, rules: Some(market_claims::rules()), ..World::new() },
            operations: Kept::default(),
            entries: Vec::new(),
            seq: 0,
            wall: Instant::MIN,
            audited_at: 0,
            by_hand: 0,
        }
    }

    fn hold_of(&self, command: &Command) -> Option<&Hold> {
        match command {
            Command::GiftCards(GiftCardCommand::Capture { hold, .. }) => self.hold(*hold),
            _ => None,
        }
    }
}

/// True for what a rail says, which never contradicts itself here.
fn is_said_by_a_rail(command: &Command) -> bool {
    use PaymentCommand as P;
    let Command::Payments(command) = command else { return false };
    !matches!(
        command,
        P::OpenDispute { .. }
            | P::WinDispute { .. }
            | P::LoseDispute { .. }
            | P::BeginRefund { .. }
    )
}

impl Model for ShopModel {
    type Mark = Mark;

    fn seq(&self) -> u64 {
        self.seq
    }

    fn set_seq(&mut self, seq: u64) {
        self.seq = seq;
    }

    fn now(&self) -> Instant {
        self.world.now
    }

    fn clock_ahead_micros(&self) -> i64 {
        self.world.book.as_ref().map_or(0, |book| book.clock_ahead_micros)
    }

    fn begin_batch(&mut self, now: Instant, wall: Instant) {
        (self.world.now, self.wall) = (now, wall);
    }

    fn end_batch(&mut self) {
        self.operations.settle();
        if self.seq >= self.audited_at + AUDIT_EVERY {
            self.audited_at = self.seq;
            audit::book(&self.world);
        }
    }

    fn mark(&self) -> Mark {
        Mark {
            world: self.world.clone(),
            operations: self.operations.mark(),
            entries: self.entries.len(),
            seq: self.seq,
            by_hand: self.by_hand,
        }
    }

    fn roll_back(&mut self, mark: Mark) {
        self.world = mark.world;
        self.operations.roll_back(mark.operations);
        self.entries.truncate(mark.entries);
        (self.seq, self.by_hand) = (mark.seq, mark.by_hand);
    }

    fn carry_out(
        &mut self,
        command: &Command,
        operation: Option<Operation>,
    ) -> Result<Answer, Refusal> {
        self.world.sequence = self.seq;
        let key = operation.map(|operation| operation.key);
        let owed_by_hand = match command {
            Command::Shop(ShopCommand::PayRefundByHand { refund, tender, .. }) => {
                self.world.owed_by_hand(*refund, *tender)
            }
            _ => 0,
        };
        let change = match self.world.run_at(self.wall, command, key) {
            Ok(change) => change,
            Err(refusal) => {
                let is_false =
                    matches!(refusal, Refusal::Payments(payments::Refusal::Contradiction { .. }));
                assert!(!is_false || !is_said_by_a_rail(command), "{command:?}: {refusal:?}");
                return Err(refusal);
            }
        };
        let at = self.world.now;
        self.entries.extend(change.entries.into_iter().map(|entry| EntryRow { at, entry }));
        let by_hand = match command {
            Command::Payments(
                PaymentCommand::PayRailRefundByHand { rail_refund, .. }
                | PaymentCommand::NoteRefundAtRail { rail_refund, .. },
            ) => self.world.rail_refund[rail_refund].amount.amount.minor(),
            _ => 0,
        };
        self.by_hand += owed_by_hand + by_hand;
        Ok(self.world.answer(change.answer).expect("an answer is made of rows that are there"))
    }

    fn known(&self, key: OperationKey) -> Option<&Known> {
        self.operations.get(key)
    }

    fn know(&mut self, key: OperationKey, known: Known) {
        self.operations.put(key, known);
    }

    fn captured_so_far(&self, command: &Command) -> i64 {
        self.hold_of(command).map_or(0, |hold| hold.pending.posted.minor())
    }

    fn ask(&self, query: &Query) -> Option<Answer> {
        ask(query, &View { world: &self.world, loaded: None }, None, self.world.now)
    }

    fn rows(&self) -> Vec<Row> {
        self.world.rows()
    }

    fn entries(&self) -> &[EntryRow] {
        &self.entries
    }

    fn sums(&self) -> Vec<(&'static str, i64)> {
        let mut sums = std::collections::BTreeMap::new();
        for account in self.world.account.values() {
            let credits = account.credits_posted.minor() - account.debits_posted.minor();
            *sums.entry(account.currency.code()).or_insert(0) += credits;
        }
        sums.into_iter().collect()
    }
}

impl Sight for ShopModel {
    fn card(&self, id: CardId) -> Option<&Card> {
        self.world.card.get(&id).map(std::sync::Arc::as_ref)
    }

    fn hold(&self, id: HoldId) -> Option<&Hold> {
        self.world.hold.get(&id).map(std::sync::Arc::as_ref)
    }

    fn spendable(&self, id: CardId) -> i64 {
        let account = self.world.account.get(&account_of(id));
        account.map_or(0, |account| account.available().minor())
    }

    fn some_accounts(&self, max: usize) -> Vec<AccountId> {
        self.world.account.keys().copied().take(max).collect()
    }
}
