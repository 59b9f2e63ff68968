//! What the writer and its readers ask of a store.
//!
//! The traits are shaped for a server database from the first day: every call is one round trip
//! or one transaction, names many keys at once, and says plainly whether its outcome is known.

use base::{AccountId, Amount, CardId, CheckoutId, ClaimId, HoldId, Instant, OrderId, PaymentId};
use base::{PersonId, ProgramId, PromotionId, RailRefundId, RefundId, RestitutionId, SellerId};
use base::{SettlementId, SliceId, Text};
use engine::{BookRow, Key, Row};
use giftcards::{Card, CardState, Hold, Program};
use journal::Block;
use ledger::{Account, Entry, EntryPlace};
use payments::{DisputeState, SettlementLine, Standing};
use shop::PayoutState;

use crate::{OperationRun, StoreError};

/// The head row of a book: the one row that every write compares and sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Raised by every take-over, so that a former owner can be told from the present one.
    pub epoch: u64,
    /// Sequence of the last record of the journal; zero when it is empty.
    pub seq: u64,
    /// Hash of the last block; all zero when there is none.
    pub hash: [u8; 32],
    /// Book time of the last block, in microseconds since 1970.
    pub at_micros: i64,
    /// Every change at or below this sequence is in the tables.
    pub watermark: u64,
    /// Every operation at or below this sequence is in an operation run.
    pub operations: u64,
    /// Every record at or below this sequence has left the journal, for an archive has it. The
    /// entries and rows it made are still there. Never the whole journal: its last block stays.
    pub removed: u64,
}

impl Head {
    /// The head of a book nobody has taken over yet.
    pub const EMPTY: Head = Head {
        epoch: 0,
        seq: 0,
        hash: [0; 32],
        at_micros: 0,
        watermark: 0,
        operations: 0,
        removed: 0,
    };

    /// The epoch of a book that is being filled by [`Store::fill`]: nobody may take it over before
    /// it was filled to its end.
    pub const FILLING: u64 = i64::MAX.cast_unsigned();

    /// True while the book is filled.
    pub fn is_filling(&self) -> bool {
        self.epoch == Head::FILLING
    }
}

/// A row on its way to its table, with the sequence of the change it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweptRow {
    /// The row.
    pub row: Row,
    /// Sequence of the last change it contains.
    pub applied_seq: u64,
}

/// A ledger entry as it is kept: with the book's time of its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// When, in book time.
    pub at: Instant,
    /// The entry.
    pub entry: Entry,
}

/// An account with its totals at a cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountAt {
    /// The account; its own totals are those of now, so only what never changes counts: id, name
    /// and currency.
    pub account: Account,
    /// Posted debits at the cut.
    pub debits_posted: Amount,
    /// Posted credits at the cut.
    pub credits_posted: Amount,
    /// What was held at the cut.
    pub held: Amount,
}

/// One transaction of the writer. It happens as a whole, and only when the head row still is
/// what the writer believes it to be.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    /// What the head row must be.
    pub expected: &'a Head,
    /// What it becomes. Blocks that end at or below its [`removed`](Head::removed) are deleted.
    pub next: &'a Head,
    /// The block to append; `None` when only the sweep moves.
    pub block: Option<&'a Block>,
    /// Rows to be written to their tables, none of them twice; in a table mostly in key order.
    pub rows: &'a [SweptRow],
    /// Entries of the block's records, in order of their places.
    pub entries: &'a [EntryRow],
    /// A run of operations to be written.
    pub run: Option<&'a OperationRun>,
    /// Operation runs to be dropped, by number.
    pub dropped_runs: &'a [u64],
}

/// One transaction that fills a book which nobody serves: a copy, or a backup that is restored.
///
/// It happens as a whole, and only when the head row is what is expected. Blocks are those of
/// former owners, so their epochs are older than any that is given out here.
#[derive(Clone, Copy, Debug)]
pub struct FillPart<'a> {
    /// What the head row must be.
    pub expected: &'a Head,
    /// What it becomes. Its epoch is [`Head::FILLING`] until the last part. While a journal holds
    /// no block, [`removed`](Head::removed) moves with it over records of which only entries are
    /// left; later, blocks at or below it are deleted as by a [`Commit`].
    pub next: &'a Head,
    /// Blocks to append, each following the one before, the first following `expected`.
    pub blocks: &'a [Block],
    /// Entries of their records, and of those that were removed, in order of their places.
    pub entries: &'a [EntryRow],
    /// Rows for their tables, none of them twice; one that has a later `applied_seq` there is left.
    pub rows: &'a [SweptRow],
    /// Runs of operations; one that is there under its number is replaced.
    pub runs: &'a [OperationRun],
    /// Operation runs to be dropped, by number.
    pub dropped_runs: &'a [u64],
}

/// How a commit ended when it did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Nothing was written.
    #[error(transparent)]
    NotCommitted(#[from] StoreError),
    /// The store cannot say whether it was written: [`Store::settle`] finds out.
    #[error("the outcome of the commit is unknown: {0}")]
    Unknown(StoreError),
}

/// The write side of one book.
pub trait Store: Send {
    /// Takes the book over: raises the epoch, so that a former owner can write no more.
    ///
    /// # Errors
    ///
    /// [`StoreError::HalfFilled`] while the head [is filling](Head::is_filling), or another
    /// [`StoreError`]; the head is unchanged then.
    fn take_over(&mut self) -> Result<Head, StoreError>;

    /// Reads the head row.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn head(&mut self) -> Result<Head, StoreError>;

    /// The head row after a commit of unknown outcome, once nothing of that commit can happen any
    /// more. A store whose transactions may outlive their connection raises the epoch for that,
    /// if it still is `epoch`; the caller goes on with the epoch of the answer.
    ///
    /// # Errors
    ///
    /// [`StoreError::Fenced`] when the epoch is another one; other [`StoreError`]s leave the
    /// outcome unknown.
    fn settle(&mut self, epoch: u64) -> Result<Head, StoreError> {
        match self.head()? {
            head if head.epoch == epoch => Ok(head),
            _ => Err(StoreError::Fenced),
        }
    }

    /// Finds rows by key, one statement a table. Appends one result for each key, in the order
    /// of `keys`; the number is the row's `applied_seq`. [`Key::Operation`] is not asked here.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; `found` is then unspecified.
    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError>;

    /// Runs one transaction, synced before it returns.
    ///
    /// # Errors
    ///
    /// [`CommitError`] says whether anything may have been written. A head row that differs is
    /// [`StoreError::Fenced`].
    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError>;

    /// Runs one transaction that fills a book which nobody serves, synced before it returns.
    ///
    /// # Errors
    ///
    /// As for [`Store::commit`].
    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError>;

    /// Blocks with a record after `seq` in order, the first of which may begin at or before it:
    /// about `bytes_max` bytes of them but at least one if any.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError>;

    /// The block that contains record `seq`; `None` when there is none, or none any more.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError>;

    /// The operation runs there are, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError>;

    /// One run, whole, to build its filter from; `None` when there is none of this number.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError>;

    /// Sequences of the records whose operation has this short hash in one of `runs`, ascending.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError>;
}

/// What is known about an operation run without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunInfo {
    /// Its number, growing.
    pub run: u64,
    /// Book time of its last operation.
    pub last_at: Instant,
    /// Operations in it.
    pub count: u64,
}

/// A part of a list: at most `limit` rows after (exclusive) the row of this id, newest first.
/// Ids begin with their time, so the newest row is the one with the largest id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// 128 bits of the id after which to go on; `None` starts at the newest.
    pub after: Option<u128>,
    /// Rows wanted.
    pub limit: u32,
    /// Only rows created at or after this time.
    pub created_after: Option<Instant>,
    /// Only rows created before this time.
    pub created_before: Option<Instant>,
}

impl Page {
    /// At most `limit` rows after this id, whenever they were created.
    #[must_use]
    pub const fn after(after: Option<u128>, limit: u32) -> Self {
        Self { after, limit, created_after: None, created_before: None }
    }
}

/// Which cards a list shows; empty filters show all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardFilter {
    /// Stored state; the list's reader sharpens it by date and balance.
    pub state: Option<CardState>,
    /// The shop's reference.
    pub reference: Option<String>,
    /// Last four characters of the code.
    pub last4: Option<[u8; 4]>,
    /// Who claimed it.
    pub owner: Option<PersonId>,
    /// Who it is for.
    pub recipient: Option<PersonId>,
    /// The program.
    pub program: Option<ProgramId>,
}

/// A list of rows that need no other rows to be shown; an absent filter shows all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Payment methods.
    Methods {
        /// Whose.
        owner: Option<PersonId>,
    },
    /// Disputes.
    Disputes {
        /// What became of them.
        state: Option<DisputeState>,
    },
    /// Sellers.
    Sellers,
    /// Creators.
    Creators,
    /// Products.
    Products {
        /// Who sells them.
        seller: Option<SellerId>,
    },
    /// Purchases of gift cards.
    Purchases,
    /// Checkouts.
    Checkouts {
        /// Who buys.
        buyer: Option<PersonId>,
    },
    /// Payments.
    Payments {
        /// The checkout that they pay.
        checkout: Option<CheckoutId>,
    },
    /// Refunds over rails.
    RailRefunds {
        /// The refund of an order that they are parts of.
        refund: Option<RefundId>,
    },
    /// Orders.
    Orders {
        /// Who bought.
        buyer: Option<PersonId>,
    },
    /// Refunds of an order.
    OrderRefunds {
        /// The order.
        order: OrderId,
    },
    /// Payouts.
    Payouts {
        /// Where they stand.
        state: Option<PayoutState>,
    },
    /// Settlement files of rails.
    Settlements,
    /// What was moved at rails, where its files tell otherwise, or nothing.
    Unsettled,
    /// Senders and the recipients who have reported them, in the order of their ids, which tell no
    /// time.
    Reported {
        /// Only reports about this sender.
        sender: Option<PersonId>,
    },
    /// Promotions.
    Promotions {
        /// Who pays.
        advertiser: Option<PersonId>,
        /// Where they stand.
        state: Option<promotions::State>,
    },
    /// What was done to a promotion.
    Deeds {
        /// The promotion.
        promotion: PromotionId,
    },
    /// What a promotion gave back.
    PromotionSettlements {
        /// The promotion.
        promotion: PromotionId,
    },
    /// Incidents.
    Incidents,
    /// Claims.
    Claims {
        /// For which promotion.
        promotion: Option<PromotionId>,
        /// Where they stand.
        status: Option<claims::Status>,
    },
    /// Claims of somebody with an account.
    ClaimsOf {
        /// Who has made them.
        claimant: PersonId,
    },
    /// What was repaid without a claim.
    Restitutions {
        /// For which promotion.
        promotion: Option<PromotionId>,
        /// Only those that wait for a person.
        only_stuck: bool,
    },
    /// Accounts that are frozen, or were.
    AccountFreezes {
        /// Only those that are.
        only_frozen: bool,
    },
    /// Traces of those who may have used the account of somebody else.
    Suspects {
        /// Only those that nobody has looked at.
        only_open: bool,
    },
    /// Slices of a promotion.
    Slices {
        /// The promotion.
        promotion: PromotionId,
    },
}

/// Something whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When it fell due.
    pub at: Instant,
    /// What it is.
    pub what: DueObject,
}

/// What can fall due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DueObject {
    /// A hold lapses.
    Hold(HoldId),
    /// A card expires.
    Card(CardId),
    /// A card is to be sent.
    Delivery(CardId),
    /// Nobody has claimed a card in time, unless it expires before.
    Unclaimed(CardId),
    /// A checkout is to be looked at.
    Checkout(CheckoutId),
    /// A rail is to be called about a payment.
    Payment(PaymentId),
    /// A rail is to be called about a refund.
    RailRefund(RailRefundId),
    /// A promotion starts, ends, or is settled.
    Promotion(PromotionId),
    /// A slice of a promotion lapses.
    Slice(SliceId),
    /// The platform looks at a claim.
    Claim(ClaimId),
    /// The money of a restitution is to leave.
    Restitution(RestitutionId),
    /// It is looked whether something is owed for a promotion unasked.
    Search(PromotionId),
}

/// The read side of one book: lists and reports over the tables. A reader never blocks the
/// writer, and what it sees is complete up to the watermark of its head.
pub trait Reader: Send {
    /// The head row as of now.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as for every method here.
    fn head(&mut self) -> Result<Head, StoreError>;

    /// The book's own row.
    fn book(&mut self) -> Result<Option<BookRow>, StoreError>;

    /// Rows by key, one result for each key, in the order of `keys`. [`Key::Operation`] is not
    /// asked here.
    fn rows(&mut self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError>;

    /// Cards with their accounts, newest first.
    fn cards(
        &mut self,
        filter: &CardFilter,
        page: Page,
    ) -> Result<Vec<(Card, Account)>, StoreError>;

    /// Holds of a reference, or all, newest first, each with the account of its card.
    fn holds(
        &mut self,
        reference: Option<&str>,
        page: Page,
    ) -> Result<Vec<(Hold, Account)>, StoreError>;

    /// Programs, newest first.
    fn programs(&mut self, page: Page) -> Result<Vec<Program>, StoreError>;

    /// Rows of a list, newest first. All are of the kind that the list names.
    fn list(&mut self, list: List, page: Page) -> Result<Vec<Row>, StoreError>;

    /// Payments, refunds over rails and disputes that a rail calls by one of these names, in no
    /// order. Several rails may use one name.
    fn named_by_rail(&mut self, names: &[Text<255>]) -> Result<Vec<Row>, StoreError>;

    /// Lines of a settlement file by falling id, each with the standing of what it is about.
    fn settlement_lines(
        &mut self,
        settlement: SettlementId,
        page: Page,
    ) -> Result<Vec<(SettlementLine, Option<Standing>)>, StoreError>;

    /// Accounts whose name starts with `prefix`, in order of name and then of id, after
    /// (exclusive) the account `after`; none when there is no such account. Names compare byte
    /// by byte, so cards' accounts come in card order. Accounts of one name differ in currency.
    fn accounts(
        &mut self,
        prefix: &str,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError>;

    /// The account of this id.
    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError>;

    /// Entries of one account, newest first, below (exclusive) the place `before`.
    fn entries(
        &mut self,
        account: AccountId,
        before: Option<EntryPlace>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError>;

    /// Every account that had an entry at or below `seq`, with its totals at that cut, in
    /// account order. The tables must be complete up to `seq`: flush first.
    ///
    /// The cost grows with the entries on the shorter side of the cut.
    fn accounts_at(&mut self, seq: u64, each: &mut dyn FnMut(AccountAt)) -> Result<(), StoreError>;

    /// Every card that has an account, in id order, from `from` on (exclusive), `limit` of them.
    fn cards_by_id(
        &mut self,
        after: Option<CardId>,
        limit: u32,
    ) -> Result<Vec<(Card, Account)>, StoreError>;

    /// Blocks with a record after `seq`, as [`Store::blocks_after`].
    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError>;

    /// The block that contains record `seq`.
    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError>;

    /// Sequence of the last record at or before `at`; zero when there is none. All records of a
    /// block count as made at the instant of the block. For an instant before the first block that
    /// was not [removed](Head::removed) it is the last record that left an entry: money was then as
    /// after the record that is asked for.
    fn seq_at(&mut self, at: Instant) -> Result<u64, StoreError>;

    /// What has fallen due by `now`, in due order.
    fn due(&mut self, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError>;

    /// What waits by `now` for whoever leads claims on, in due order. None of it is among
    /// [`Reader::due`].
    fn due_of_claims(&mut self, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError>;

    /// The next thing that will fall due after `now`.
    fn next_due(&mut self, now: Instant) -> Result<Option<Due>, StoreError>;

    /// Every row of every table in key order, for verification.
    fn all_rows(&mut self, each: &mut dyn FnMut(SweptRow)) -> Result<(), StoreError>;

    /// Every entry in order of its place, for verification.
    fn all_entries(&mut self, each: &mut dyn FnMut(EntryRow)) -> Result<(), StoreError>;

    /// Entries of the records after `seq` up to and including `last`, in order of their places.
    fn entries_after(&mut self, seq: u64, last: u64) -> Result<Vec<EntryRow>, StoreError>;

    /// The operation runs there are, oldest first.
    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError>;

    /// One run, whole; `None` when there is none of this number.
    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError>;

    /// Runs `work` with a reader that shows one instant of the book throughout, while a writer goes
    /// on. Not for long in a server: what the writer logs meanwhile cannot be tidied away.
    fn snapshot(&mut self, work: &mut dyn FnMut(&mut dyn Reader)) -> Result<(), StoreError>;
}
