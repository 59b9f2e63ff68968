//! The oracle: what a book must do, said a second time in the plainest way.
//!
//! It shares the *types* of rows, commands and answers with the product, so that everything can
//! be compared field by field, and none of the code that decides: no checks, no totals, no
//! linked sets, no operations. It changes its rows first and takes the changes back when a rule
//! says no.

mod cards;
mod gifts;
mod kept;
mod money;
mod operations;
mod questions;
mod returns;
mod senders;
mod spending;

use std::sync::Arc;

use base::{AccountId, CardId, ContactId, HoldId, Instant, PersonId, ProgramId, RefundId};
use engine::{Answer, BookRefusal, BookRow, Command, GiftCardCommand, OperationKey, Refusal, Row};
use giftcards::{Card, CodeHash, CodeRow, Contact, Hold, Program, Refund, Sender};
use ledger::Account;
use store::EntryRow;

pub use kept::Kept;

use crate::keys::Known;

/// Lives of shops are held against the engine itself, and audited.
const NO_SHOP: &str = "the oracle knows gift cards alone";

/// A model of one book.
#[derive(Debug)]
pub struct Oracle {
    seq: u64,
    now: Instant,
    wall: Instant,
    entries_of_command: usize,
    book: Kept<(), BookRow>,
    accounts: Kept<AccountId, Account>,
    programs: Kept<ProgramId, Arc<Program>>,
    cards: Kept<CardId, Arc<Card>>,
    codes: Kept<CodeHash, CodeRow>,
    holds: Kept<HoldId, Arc<Hold>>,
    refunds: Kept<RefundId, Arc<Refund>>,
    senders: Kept<PersonId, Arc<Sender>>,
    contacts: Kept<ContactId, Arc<Contact>>,
    operations: Kept<OperationKey, Known>,
    entries: Vec<EntryRow>,
}

/// A place to go back to.
#[derive(Debug)]
pub struct Mark {
    seq: u64,
    entries: usize,
    tables: [usize; 10],
}

type Said = Result<Answer, Refusal>;

impl Default for Oracle {
    fn default() -> Oracle {
        Oracle::new()
    }
}

impl Oracle {
    /// A book that nobody has opened.
    pub fn new() -> Oracle {
        Oracle {
            seq: 0,
            now: Instant::MIN,
            wall: Instant::MIN,
            entries_of_command: 0,
            book: Kept::default(),
            accounts: Kept::default(),
            programs: Kept::default(),
            cards: Kept::default(),
            codes: Kept::default(),
            holds: Kept::default(),
            refunds: Kept::default(),
            senders: Kept::default(),
            contacts: Kept::default(),
            operations: Kept::default(),
            entries: Vec::new(),
        }
    }

    /// It cannot be taken back any more.
    fn settle(&mut self) {
        self.book.settle();
        self.accounts.settle();
        self.programs.settle();
        self.cards.settle();
        self.codes.settle();
        self.holds.settle();
        self.refunds.settle();
        self.senders.settle();
        self.contacts.settle();
        self.operations.settle();
    }

    /// Every row, in key order.
    fn all_rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        rows.extend(self.book.iter().map(|(_, row)| Row::Book(row.clone())));
        rows.extend(self.accounts.iter().map(|(_, row)| Row::Account(row.clone())));
        rows.extend(self.programs.iter().map(|(_, row)| Row::Program(row.clone())));
        rows.extend(self.cards.iter().map(|(_, row)| Row::Card(row.clone())));
        rows.extend(self.codes.iter().map(|(_, row)| Row::Code(row.clone())));
        rows.extend(self.holds.iter().map(|(_, row)| Row::Hold(row.clone())));
        rows.extend(self.refunds.iter().map(|(_, row)| Row::Refund(row.clone())));
        rows.extend(self.senders.iter().map(|(_, row)| Row::Sender(row.clone())));
        rows.extend(self.contacts.iter().map(|(_, row)| Row::Contact(row.clone())));
        rows
    }

    fn mark_here(&self) -> Mark {
        let tables = [
            self.book.mark(),
            self.accounts.mark(),
            self.programs.mark(),
            self.cards.mark(),
            self.codes.mark(),
            self.holds.mark(),
            self.refunds.mark(),
            self.operations.mark(),
            self.senders.mark(),
            self.contacts.mark(),
        ];
        Mark { seq: self.seq, entries: self.entries.len(), tables }
    }

    fn go_back(&mut self, mark: &Mark) {
        self.seq = mark.seq;
        self.entries.truncate(mark.entries);
        let [book, accounts, programs, cards, codes, .., senders, contacts] = mark.tables;
        let [.., holds, refunds, operations, _, _] = mark.tables;
        self.book.roll_back(book);
        self.accounts.roll_back(accounts);
        self.programs.roll_back(programs);
        self.cards.roll_back(cards);
        self.codes.roll_back(codes);
        self.holds.roll_back(holds);
        self.refunds.roll_back(refunds);
        self.operations.roll_back(operations);
        self.senders.roll_back(senders);
        self.contacts.roll_back(contacts);
    }

    /// Carries a command out, or says why not; then nothing has happened.
    fn obey(&mut self, command: &Command) -> Said {
        let mark = self.mark_here();
        self.entries_of_command = 0;
        let said = match command {
            Command::OpenBook { is_test, ring } => self.open_book(*is_test, *ring),
            Command::AdvanceClock { to } => self.advance_clock(*to),
            Command::Reverse { operation } => self.reverse(*operation),
            Command::GiftCards(command) => self.obey_gift_cards(command),
            Command::Payments(_)
            | Command::Shop(_)
            | Command::Promotions(_)
            | Command::Claims(_) => unreachable!("{NO_SHOP}"),
        };
        if said.is_err() {
            self.go_back(&mark);
        }
        said
    }

    fn obey_gift_cards(&mut self, command: &GiftCardCommand) -> Said {
        use GiftCardCommand as C;
        match command {
            C::CreateProgram(new) => self.create_program(&new.0),
            C::Issue(new) => self.issue(new),
            C::Freeze { card, reason, by } => self.freeze(*card, reason, *by),
            C::Unfreeze { card, by } => self.unfreeze(*card, *by),
            C::ReplaceCode { card, code, by } => self.replace_code(*card, code, *by),
            C::Cancel { card } => self.cancel(*card),
            C::Extend { card, extend } => self.extend(*card, extend.expires_at),
            C::Adjust { card, adjust } => self.adjust(*card, adjust),
            C::Update { card, update } => self.update(*card, update),
            C::ExpireCard { card } => self.expire_card(*card),
            C::Hold { card, place } => self.place_hold(card, place),
            C::Redeem { card, place } => self.redeem(card, place),
            C::ChangeHold { hold, change } => self.change_hold(*hold, change),
            C::Capture { hold, capture } => self.capture(*hold, capture.amount, capture.is_final),
            C::Release { hold, amount } => self.release(*hold, *amount),
            C::ExpireHold { hold } => self.expire_hold(*hold),
            C::Claim { by, card, person } => self.claim(by, *card, *person),
            C::Deliver { card } => self.deliver(*card),
            C::NoteDelivery { card, news } => self.note_delivery(*card, *news),
            C::Resend { card, link } => self.resend(*card, *link),
            C::ChangeRecipient { card, recipient, link } => {
                self.change_recipient(*card, recipient, *link)
            }
            C::ReportSender { card, voice, report } => self.report(*card, voice, *report),
            C::BlockContact { card, voice, blocks } => self.block_contact(*card, voice, *blocks),
            C::BlockSender { sender, reason } => self.block_sender(*sender, reason),
            C::UnblockSender { sender } => self.unblock_sender(*sender),
            C::Refund { hold, refund } => self.refund(*hold, refund),
        }
    }

    fn open_book(&mut self, is_test: bool, ring: [u8; 8]) -> Said {
        if self.book.get(()).is_some() {
            return Err(BookRefusal::BookExists.into());
        }
        let row = BookRow { is_test, clock_ahead_micros: 0, ring, created_at: self.now };
        self.put_book(row)
    }

    fn advance_clock(&mut self, to: Instant) -> Said {
        let Some(book) = self.book.get(()).filter(|book| book.is_test).cloned() else {
            return Err(BookRefusal::NotATestBook.into());
        };
        if to < self.now {
            return Err(BookRefusal::ClockBackwards.into());
        }
        // From now on the clock shows what was asked for, unless it was moved further already.
        let ahead_micros = to.micros() - self.wall.micros();
        let clock_ahead_micros = ahead_micros.max(book.clock_ahead_micros);
        self.put_book(BookRow { clock_ahead_micros, ..book })
    }

    fn put_book(&mut self, row: BookRow) -> Said {
        self.book.put((), row.clone());
        Ok(Answer::Book { book: row, now: self.now })
    }
}
