//! Linked sets: transfers that succeed together or not at all.

use base::{AccountId, Amount, Money, TransferId};

use crate::{
    Account, Entry, EntryPlace, Pending, Reason, Refusal, Subject, Transfer, TransferKind,
};

/// A linked set under construction.
///
/// It works on copies of the accounts it was given. A method that refuses leaves the set
/// unusable for its caller's purpose: drop it, and nothing has happened. [`LinkedSet::finish`]
/// hands out accounts, transfers and entries only when every step was accepted.
#[derive(Debug)]
pub struct LinkedSet {
    position: Position,
    reason: Reason,
    subject: Subject,
    accounts: Vec<Account>,
    transfers: Vec<Transfer>,
    entries: Vec<Entry>,
}

/// Where a linked set stands in the journal: ids of transfers and places of entries follow from it.
///
/// A command that one rule decides has one set, at the start of its record. One that several rules
/// decide together has several, each after the transfers of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Sequence of the record.
    pub sequence: u64,
    /// Transfers of the same record that stand before the set.
    pub transfers: usize,
}

impl Position {
    /// At the start of the record of this sequence.
    pub const fn start(sequence: u64) -> Position {
        Position { sequence, transfers: 0 }
    }
}

/// What an accepted linked set leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Every account of the set, after the set.
    pub accounts: Vec<Account>,
    /// The transfers in order.
    pub transfers: Vec<Transfer>,
    /// Two entries a transfer, debit first.
    pub entries: Vec<Entry>,
}

/// Which totals a step moves.
#[derive(Clone, Copy)]
enum Effect {
    /// Posted totals only.
    Post,
    /// Pending totals up.
    Reserve,
    /// Pending totals down, posted totals up.
    PostReserved,
    /// Pending totals down.
    GiveBack,
}

impl LinkedSet {
    /// An empty set at `position`. Transfers carry `reason` and `subject` until they are changed.
    pub fn new(position: Position, reason: Reason, subject: Subject) -> LinkedSet {
        LinkedSet {
            position,
            reason,
            subject,
            accounts: Vec::with_capacity(2),
            transfers: Vec::with_capacity(1),
            entries: Vec::with_capacity(2),
        }
    }

    /// Adds an account to the set. Naming one twice keeps the first.
    pub fn with(mut self, account: Account) -> LinkedSet {
        self.add(account);
        self
    }

    /// As [`LinkedSet::with`], for a set that is under way.
    pub fn add(&mut self, account: Account) {
        if self.accounts.iter().all(|known| known.id != account.id) {
            self.accounts.push(account);
        }
    }

    /// Changes reason and subject for the transfers that follow.
    pub fn on_behalf(&mut self, reason: Reason, subject: Subject) {
        self.reason = reason;
        self.subject = subject;
    }

    /// The state of an account inside the set.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Moves `amount` at once.
    ///
    /// # Errors
    ///
    /// Every [`Refusal`] but those about pending transfers.
    pub fn transfer(
        &mut self,
        debit: AccountId,
        credit: AccountId,
        amount: Money,
    ) -> Result<(), Refusal> {
        self.step(debit, credit, amount, TransferKind::Posted, Effect::Post)
    }

    /// Reserves `amount` on both accounts.
    ///
    /// # Errors
    ///
    /// Every [`Refusal`] but those about pending transfers.
    pub fn reserve(
        &mut self,
        debit: AccountId,
        credit: AccountId,
        amount: Money,
    ) -> Result<Pending, Refusal> {
        self.step(debit, credit, amount, TransferKind::Pending, Effect::Reserve)?;
        Ok(Pending {
            debit,
            credit,
            currency: amount.currency,
            reserved: amount.amount,
            posted: Amount::ZERO,
            voided: Amount::ZERO,
            expired: false,
        })
    }

    /// Reserves `more` on top of an open reservation.
    ///
    /// # Errors
    ///
    /// Every [`Refusal`] but `ExceedsPending`. `CurrencyMismatch` cannot happen to a reservation
    /// that was made on these accounts.
    pub fn enlarge(&mut self, pending: &Pending, more: Amount) -> Result<Pending, Refusal> {
        check_open(pending)?;
        let amount = Money { amount: more, currency: pending.currency };
        let kind = TransferKind::Pending;
        // What was given back makes room on the accounts, but not in what was ever reserved: that
        // is looked at first, so that a refusal leaves the accounts as they were.
        let reserved = pending.reserved.checked_add(more).ok_or(Refusal::Overflow)?;
        self.step(pending.debit, pending.credit, amount, kind, Effect::Reserve)?;
        Ok(Pending { reserved, ..pending.clone() })
    }

    /// Makes a part of a reservation final.
    ///
    /// # Errors
    ///
    /// Every [`Refusal`] but `InsufficientFunds`: the reservation has kept room for it.
    pub fn post(&mut self, pending: &Pending, part: Amount) -> Result<Pending, Refusal> {
        self.settle(pending, part, TransferKind::Post, Effect::PostReserved)?;
        let posted = pending.posted.checked_add(part).ok_or(Refusal::Overflow)?;
        Ok(Pending { posted, ..pending.clone() })
    }

    /// Gives a part of a reservation back.
    ///
    /// # Errors
    ///
    /// Every [`Refusal`] but `InsufficientFunds`.
    pub fn void(&mut self, pending: &Pending, part: Amount) -> Result<Pending, Refusal> {
        self.settle(pending, part, TransferKind::Void, Effect::GiveBack)?;
        let voided = pending.voided.checked_add(part).ok_or(Refusal::Overflow)?;
        Ok(Pending { voided, ..pending.clone() })
    }

    /// Gives back whatever is left, because its time is over.
    ///
    /// # Errors
    ///
    /// As [`LinkedSet::void`], but neither `ExceedsPending` nor `AmountZero`.
    pub fn expire(&mut self, pending: &Pending) -> Result<Pending, Refusal> {
        let rest = pending.open();
        self.settle(pending, rest, TransferKind::Expire, Effect::GiveBack)?;
        let voided = pending.voided.checked_add(rest).ok_or(Refusal::Overflow)?;
        Ok(Pending { voided, expired: true, ..pending.clone() })
    }

    /// Hands out the accounts, transfers and entries of the whole set.
    pub fn finish(self) -> Posted {
        Posted { accounts: self.accounts, transfers: self.transfers, entries: self.entries }
    }

    fn settle(
        &mut self,
        pending: &Pending,
        part: Amount,
        kind: TransferKind,
        effect: Effect,
    ) -> Result<(), Refusal> {
        check_open(pending)?;
        if part > pending.open() {
            return Err(Refusal::ExceedsPending);
        }
        let amount = Money { amount: part, currency: pending.currency };
        self.step(pending.debit, pending.credit, amount, kind, effect)
    }

    /// One transfer, checked in the order in which [`Refusal`] lists the reasons.
    fn step(
        &mut self,
        debit: AccountId,
        credit: AccountId,
        amount: Money,
        kind: TransferKind,
        effect: Effect,
    ) -> Result<(), Refusal> {
        if amount.amount.is_zero() {
            return Err(Refusal::AmountZero);
        }
        if debit == credit {
            return Err(Refusal::SameAccount);
        }
        let from = self.position(debit)?;
        let to = self.position(credit)?;
        for position in [from, to] {
            if self.accounts[position].currency != amount.currency {
                return Err(Refusal::CurrencyMismatch);
            }
        }
        let debited = debited(&self.accounts[from], amount.amount, effect)?;
        let credited = credited(&self.accounts[to], amount.amount, effect)?;
        // Giving back never breaks a limit, so one check serves every effect.
        if !debited.within_limit() || !credited.within_limit() {
            return Err(Refusal::InsufficientFunds);
        }
        self.record(from, to, debited, credited, amount, kind);
        Ok(())
    }

    fn record(
        &mut self,
        from: usize,
        to: usize,
        debited: Account,
        credited: Account,
        amount: Money,
        kind: TransferKind,
    ) {
        let Position { sequence, transfers } = self.position;
        let line = transfers + self.transfers.len();
        let id = TransferId::from_bits((u128::from(sequence) << 64) | line as u128);
        for (position, mut after) in [(from, debited), (to, credited)] {
            let before = &self.accounts[position];
            // A transfer leaves two entries.
            let place = EntryPlace::new(sequence, 2 * transfers + self.entries.len());
            after.last_entry = Some(place);
            self.entries.push(Entry::between(before, &after, place, self.reason, self.subject));
            self.accounts[position] = after;
        }
        self.transfers.push(Transfer {
            id,
            debit: self.accounts[from].id,
            credit: self.accounts[to].id,
            amount,
            kind,
            reason: self.reason,
            subject: self.subject,
        });
    }

    fn position(&self, id: AccountId) -> Result<usize, Refusal> {
        let found = self.accounts.iter().position(|account| account.id == id);
        found.ok_or(Refusal::AccountNotLoaded)
    }
}

fn check_open(pending: &Pending) -> Result<(), Refusal> {
    if pending.open().is_zero() { Err(Refusal::PendingClosed) } else { Ok(()) }
}

fn debited(account: &Account, amount: Amount, effect: Effect) -> Result<Account, Refusal> {
    let mut after = account.clone();
    let totals = (&mut after.debits_posted, &mut after.debits_pending);
    apply(totals, amount, effect)?;
    Ok(after)
}

fn credited(account: &Account, amount: Amount, effect: Effect) -> Result<Account, Refusal> {
    let mut after = account.clone();
    let totals = (&mut after.credits_posted, &mut after.credits_pending);
    apply(totals, amount, effect)?;
    Ok(after)
}

/// Moves one side's posted and pending totals. Their sum must fit too: what was reserved can
/// then always be posted, whatever else the account went through meanwhile.
fn apply(
    (posted, pending): (&mut Amount, &mut Amount),
    amount: Amount,
    effect: Effect,
) -> Result<(), Refusal> {
    match effect {
        Effect::Post => *posted = posted.checked_add(amount).ok_or(Refusal::Overflow)?,
        Effect::Reserve => *pending = pending.checked_add(amount).ok_or(Refusal::Overflow)?,
        Effect::PostReserved => {
            *pending = pending.checked_sub(amount).ok_or(Refusal::Overflow)?;
            *posted = posted.checked_add(amount).ok_or(Refusal::Overflow)?;
        }
        Effect::GiveBack => *pending = pending.checked_sub(amount).ok_or(Refusal::Overflow)?,
    }
    posted.checked_add(*pending).map(|_| ()).ok_or(Refusal::Overflow)
}
