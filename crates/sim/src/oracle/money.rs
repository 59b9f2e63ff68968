//! Totals and entries.

use base::{AccountId, Amount, Currency, Money};
use ledger::{Account, AccountName, Entry, EntryPlace, Reason, Subject};
use store::EntryRow;

use super::Oracle;

/// What a movement does to the totals of its two accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moves {
    /// Posted totals grow.
    Posts,
    /// Pending totals grow.
    Reserves,
    /// Pending totals shrink, posted totals grow.
    PostsReserved,
    /// Pending totals shrink.
    GivesBack,
}

/// The card would be overdrawn.
#[derive(Debug)]
pub(super) struct Overdrawn;

/// From where to where, and for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub(super) debit: AccountId,
    pub(super) credit: AccountId,
    pub(super) why: Reason,
    pub(super) subject: [u8; 16],
}

/// Minor units as an amount.
pub(super) fn minor(units: i64) -> Amount {
    Amount::new(units).expect("the oracle does not count below zero")
}

pub(super) fn money(units: i64, currency: Currency) -> Money {
    Money { amount: minor(units), currency }
}

/// True for what we owe or earn, false for what we own or spend.
fn grows_with_credits(name: &AccountName) -> bool {
    !matches!(
        name,
        AccountName::GiftCardIncentives | AccountName::RailClearing(_) | AccountName::Receivable(_)
    )
}

pub(super) fn balance(account: &Account) -> i64 {
    let credits = account.credits_posted.minor() - account.debits_posted.minor();
    if grows_with_credits(&account.name) { credits } else { -credits }
}

pub(super) fn held(account: &Account) -> i64 {
    if grows_with_credits(&account.name) {
        account.debits_pending.minor()
    } else {
        account.credits_pending.minor()
    }
}

pub(super) fn available(account: &Account) -> i64 {
    (balance(account) - held(account)).max(0)
}

impl Oracle {
    /// The id of the account of this name; it is there from now on.
    pub(super) fn account_named(&mut self, name: AccountName, currency: Currency) -> AccountId {
        let id = name.id(currency);
        if self.accounts.get(id).is_none() {
            let zero = Amount::ZERO;
            let account = Account {
                id,
                name,
                currency,
                debits_posted: zero,
                credits_posted: zero,
                debits_pending: zero,
                credits_pending: zero,
                last_entry: None,
            };
            self.accounts.put(id, account);
        }
        id
    }

    pub(super) fn account(&self, id: AccountId) -> Account {
        self.accounts.get(id).expect("the oracle opens accounts before it uses them").clone()
    }

    /// Moves `units` above zero and writes the two entries.
    pub(super) fn move_money(
        &mut self,
        moves: Moves,
        units: i64,
        way: Way,
    ) -> Result<(), Overdrawn> {
        assert!(units > 0, "nothing to move");
        for (id, is_debit) in [(way.debit, true), (way.credit, false)] {
            let before = self.account(id);
            let mut after = before.clone();
            let (posted, pending) = if is_debit {
                (&mut after.debits_posted, &mut after.debits_pending)
            } else {
                (&mut after.credits_posted, &mut after.credits_pending)
            };
            let (more_posted, more_pending) = match moves {
                Moves::Posts => (units, 0),
                Moves::Reserves => (0, units),
                Moves::PostsReserved => (units, -units),
                Moves::GivesBack => (0, -units),
            };
            *posted = minor(posted.minor() + more_posted);
            *pending = minor(pending.minor() + more_pending);
            let is_card = matches!(after.name, AccountName::GiftCard(_));
            if is_card && balance(&after) < held(&after) {
                return Err(Overdrawn);
            }
            let place = EntryPlace::new(self.seq + 1, self.entries_of_command);
            after.last_entry = Some(place);
            self.write_entry(place, &before, &after, way);
            self.accounts.put(id, after);
        }
        Ok(())
    }

    fn write_entry(&mut self, place: EntryPlace, before: &Account, after: &Account, way: Way) {
        let entry = Entry {
            place,
            previous: before.last_entry,
            account: after.id,
            reason: way.why,
            subject: Subject(way.subject),
            amount: balance(after) - balance(before),
            held_change: held(after) - held(before),
            debits_posted: after.debits_posted,
            credits_posted: after.credits_posted,
            held: minor(held(after)),
        };
        self.entries_of_command += 1;
        self.entries.push(EntryRow { at: self.now, entry });
    }
}
