//! A book in memory, whose rows are unknown until they were asked for by key.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use base::{AccountId, Amount, CardId, Currency, Instant, RefundId};
use engine::{Answer, BookRow, Change, Command, CommandKind, Context, Found, Key, OperationKey};
use engine::{AnswerRef, NEEDS_ROUNDS_MAX, OperationTrace, Refusal, ReversalStatus, Row, Rows};
use engine::{EventKind, OperatorPolicy, RuleBook, answer, decide, needs};
use giftcards::{Funding, Outcome, SendingLimits, Undo};
use ledger::{AccountName, Reason, Transfer, TransferKind};
use shop::TenderId;

use crate::{audit, audit_disputes, audit_goodwill, audit_promotions, audit_unclaimed};

macro_rules! world {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        /// Every row there is.
        #[derive(Clone, Debug)]
        pub struct World {
            pub now: Instant,
            pub sequence: u64,
            pub book: Option<BookRow>,
            $(pub $name: BTreeMap<$id, $row>,)+
            pub operations: BTreeMap<OperationKey, OperationTrace>,
            /// What bought cards took out of their orders and have not given back.
            pub bought: BTreeMap<Currency, i64>,
            /// What each bought card took out of its order and has not given back to it.
            pub sold: BTreeMap<CardId, i64>,
            /// What was clawed back from each card and not restored.
            pub clawed_back: BTreeMap<CardId, i64>,
            /// What each dispute has taken of which card and not given back.
            pub taken: audit_disputes::Taken,
            /// What was taken off cards whose payments were lost.
            pub clawed: BTreeMap<Currency, i64>,
            /// Which value of cards was bought, and which was given.
            pub values: audit_goodwill::Values,
            /// What happened in the last command.
            pub events: Vec<EventKind>,
            /// What the last command moved.
            pub transfers: Vec<Transfer>,
            /// Rounds of loading that the last command took.
            pub rounds: usize,
            /// False for whoever audits the book himself, now and then.
            pub is_audited: bool,
            /// Makes the ids that are drawn differ, where several commands wait to be run.
            pub draws: Cell<u32>,
            /// How much one sender may have mailed a day.
            pub sending: SendingLimits,
            /// What claims are decided by; `None` is what comes with the product.
            pub rules: Option<&'static RuleBook>,
            /// What whoever runs the product allows of promotions.
            pub promoting: Option<&'static OperatorPolicy>,
        }

        impl World {
            pub fn new() -> World {
                World {
                    now: Instant::parse("2026-11-20T10:00:00Z").unwrap(),
                    sequence: 0,
                    book: None,
                    $($name: BTreeMap::new(),)+
                    operations: BTreeMap::new(),
                    bought: BTreeMap::new(),
                    sold: BTreeMap::new(),
                    clawed_back: BTreeMap::new(),
                    taken: BTreeMap::new(),
                    clawed: BTreeMap::new(),
                    values: audit_goodwill::Values::default(),
                    events: Vec::new(),
                    transfers: Vec::new(),
                    rounds: 0,
                    is_audited: true,
                    draws: Cell::new(0),
                    sending: SendingLimits::default(),
                    rules: None,
                    promoting: None,
                }
            }

            /// Every row, in key order.
            #[allow(dead_code, reason = "the simulator holds tables against them")]
            pub fn rows(&self) -> Vec<Row> {
                let mut rows: Vec<Row> = self.book.iter().cloned().map(Row::Book).collect();
                $(rows.extend(self.$name.values().cloned().map(Row::$variant));)+
                rows
            }

            fn apply(&mut self, change: &Change) {
                for row in &change.rows {
                    match row.clone() {
                        Row::Book(row) => self.book = Some(row),
                        $(Row::$variant(row) => drop(self.$name.insert(row.$member, row)),)+
                    }
                }
                self.note_bought(&change.transfers);
            }
        }

        impl Rows for View<'_> {
            fn book(&self) -> Found<&BookRow> {
                self.found(Key::Book, self.world.book.as_ref())
            }
            $(fn $name(&self, id: $id) -> Found<&$row> {
                self.found(Key::$variant(id), self.world.$name.get(&id))
            })+
            fn operation(&self, key: OperationKey) -> Found<&OperationTrace> {
                self.found(Key::Operation(key), self.world.operations.get(&key))
            }
        }
    };
}

engine::every_row!(world);

impl World {
    /// Loads what the command needs, decides it, applies the change, and audits the book.
    pub fn run(&mut self, command: &Command, key: Option<OperationKey>) -> Result<Change, Refusal> {
        let ahead = self.book.as_ref().map_or(0, |book| book.clock_ahead_micros.unsigned_abs());
        let wall = self.now.saturating_sub(base::Span::from_micros(ahead));
        self.run_at(wall, command, key)
    }

    /// The same, when the wall clock shows `wall`.
    pub fn run_at(
        &mut self,
        wall: Instant,
        command: &Command,
        key: Option<OperationKey>,
    ) -> Result<Change, Refusal> {
        let loaded = self.load(command);
        let context = Context {
            now: self.now,
            wall,
            sequence: self.sequence + 1,
            sending: self.sending,
            rules: self.rules,
            promoting: self.promoting,
        };
        let view = View { world: self, loaded: Some(&loaded) };
        let decided = decide(command, &view, context);
        assert_eq!(decided, decide(command, &view, context), "not deterministic: {command:?}");
        self.events.clear();
        self.transfers.clear();
        if let Ok(change) = &decided {
            self.transfers.clone_from(&change.transfers);
            self.events.extend(change.events.iter().map(|event| event.kind));
            audit::change(self, command, change);
            audit_disputes::change(self, change);
            audit_unclaimed::change(self, command, change);
            audit_promotions::change(self, change);
            self.sequence += 1;
            self.apply(change);
            audit_goodwill::change(self, change);
        }
        self.trace(command, key, &decided);
        if self.is_audited {
            audit::book(self);
        }
        decided
    }

    /// True while a payment or a refund wants something from its rail.
    pub fn wants_a_rail(&self) -> bool {
        self.payment.values().any(|row| row.next_call().is_some())
            || self.rail_refund.values().any(|row| row.next_call().is_some())
    }

    /// What would be paid when the part of a refund that belongs to a tender is paid by hand.
    pub fn owed_by_hand(&self, refund: RefundId, tender: TenderId) -> i64 {
        let parts = self.order_refund.get(&refund).into_iter().flat_map(|row| &row.allocations);
        let owed = parts.filter(|part| {
            part.tender == tender && part.status == shop::RefundStatus::NeedsConsent
        });
        owed.map(|part| part.amount.minor()).sum()
    }

    /// Applies what a rule decided that has no command of its own here, and audits the book.
    pub fn put(&mut self, outcome: Outcome) {
        self.events.clear();
        self.events.extend(outcome.events.iter().map(|(kind, _)| EventKind::GiftCards(*kind)));
        let Outcome { cards, holds, refunds, posted, .. } = outcome;
        let transfers = posted.transfers;
        self.sequence += 1;
        self.account.extend(posted.accounts.into_iter().map(|row| (row.id, row)));
        self.card.extend(cards.into_iter().map(|row| (row.id, Arc::new(row))));
        self.hold.extend(holds.into_iter().map(|row| (row.id, Arc::new(row))));
        audit_goodwill::follow(self, &transfers, &refunds.iter().collect::<Vec<_>>());
        self.refund.extend(refunds.into_iter().map(|row| (row.id, Arc::new(row))));
        self.note_bought(&transfers);
        audit::book(self);
    }

    fn note_bought(&mut self, transfers: &[Transfer]) {
        for transfer in transfers {
            let of_purchases = [Reason::Issue, Reason::Cancel, Reason::OrderRefund];
            let is_card = |id: AccountId| self.card.contains_key(&CardId::from_bits(id.bits()));
            let is_of_card = is_card(transfer.debit) || is_card(transfer.credit);
            let loss = AccountName::ChargebackLoss.id(transfer.amount.currency);
            let is_credit = |id: AccountId| {
                let card = self.card.get(&CardId::from_bits(id.bits()));
                card.is_some_and(|card| card.funding == Funding::StoreCredit)
            };
            // What is taken back of store credit counts as settled by the dispute.
            let is_of_credit = is_credit(transfer.debit) || is_credit(transfer.credit);
            if is_of_card && !is_of_credit && [transfer.debit, transfer.credit].contains(&loss) {
                let clawed = self.clawed.entry(transfer.amount.currency).or_default();
                let units = transfer.amount.amount.minor();
                *clawed += if transfer.credit == loss { units } else { -units };
            }
            if of_purchases.contains(&transfer.reason) && is_of_card {
                let orders = AccountName::OrderClearing.id(transfer.amount.currency);
                let bought = self.bought.entry(transfer.amount.currency).or_default();
                let units = transfer.amount.amount.minor();
                *bought += if transfer.debit == orders { units } else { 0 };
                *bought -= if transfer.credit == orders { units } else { 0 };
            }
            let card = |account: AccountId| CardId::from_bits(account.bits());
            let units = transfer.amount.amount.minor();
            match transfer.reason {
                Reason::Issue => *self.sold.entry(card(transfer.credit)).or_default() += units,
                Reason::OrderRefund if is_of_card => {
                    *self.sold.entry(card(transfer.debit)).or_default() -= units;
                }
                Reason::CardClawedBack => {
                    *self.clawed_back.entry(card(transfer.debit)).or_default() += units;
                }
                Reason::CardRestored => {
                    *self.clawed_back.entry(card(transfer.credit)).or_default() -= units;
                }
                _ => {}
            }
        }
    }

    /// Asks for rows until nothing is missing, as the writer does.
    fn load(&mut self, command: &Command) -> HashSet<Key> {
        let mut loaded = HashSet::new();
        if let Command::Reverse { operation } = command {
            loaded.insert(Key::Operation(*operation));
        }
        self.rounds = 0;
        loop {
            let view = View { world: self, loaded: Some(&loaded) };
            let missing = needs(command, &view, self.now);
            if missing.is_empty() {
                return loaded;
            }
            self.rounds += 1;
            assert!(self.rounds <= NEEDS_ROUNDS_MAX, "{command:?} still lacks {missing:?}");
            for key in missing {
                assert!(loaded.insert(key), "{key:?} was asked for twice");
            }
        }
    }

    /// Remembers what the operation did, as the writer reads it from the record.
    fn trace(
        &mut self,
        command: &Command,
        key: Option<OperationKey>,
        decided: &Result<Change, Refusal>,
    ) {
        let did_reverse = decided.as_ref().is_ok_and(|change| {
            let (undone, barred) = (ReversalStatus::Undone, ReversalStatus::Barred);
            matches!(change.answer, AnswerRef::Reversal(did, _) if did == undone || did == barred)
        });
        if let (Command::Reverse { operation }, true) = (command, did_reverse) {
            self.operations.insert(*operation, OperationTrace::Reversed);
        }
        let Some(key) = key else { return };
        match decided {
            Ok(change) => drop(self.operations.insert(key, trace_of(command.kind(), change))),
            Err(refusal) if refusal.is_transient() => {}
            Err(_) => drop(self.operations.insert(key, OperationTrace::Refused)),
        }
    }

    /// The rows of a change and nothing else: an answer must be made of these alone.
    pub fn only(change: &Change) -> World {
        let mut world = World::new();
        world.apply(change);
        world
    }

    pub fn answer(&self, named: AnswerRef) -> Option<Answer> {
        answer(named, &View { world: self, loaded: None }, self.now)
    }
}

fn trace_of(kind: CommandKind, change: &Change) -> OperationTrace {
    OperationTrace::Did(match (kind, change.answer) {
        (CommandKind::Hold, AnswerRef::Hold(id)) => Undo::Hold(id),
        (CommandKind::Redeem, AnswerRef::Hold(id)) => Undo::Redemption(id),
        (CommandKind::Capture, AnswerRef::Hold(id)) => Undo::Capture(id, posted(&change.transfers)),
        (CommandKind::Refund, AnswerRef::Refund(id)) => Undo::Refund(id),
        _ => return OperationTrace::Irreversible,
    })
}

fn posted(transfers: &[Transfer]) -> Amount {
    let posts = transfers.iter().filter(|transfer| transfer.kind == TransferKind::Post);
    posts.fold(Amount::ZERO, |sum, post| sum.checked_add(post.amount.amount).unwrap())
}

/// What has been loaded of a world; `None` is everything.
pub struct View<'a> {
    pub world: &'a World,
    pub loaded: Option<&'a HashSet<Key>>,
}

impl View<'_> {
    fn found<T>(&self, key: Key, row: Option<T>) -> Found<T> {
        match (self.loaded.is_none_or(|loaded| loaded.contains(&key)), row) {
            (false, _) => Found::Unknown,
            (true, None) => Found::Absent,
            (true, Some(row)) => Found::Present(row),
        }
    }
}
