//! Several rules that decide one command together.

use base::{Currency, HoldId};
use giftcards::{Card, Hold, Sinks};
use ledger::{Account, AccountName, Position};
use std::sync::Arc;

use crate::change::Parts;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Change, Context, Key, Row, Rows, every_row};

/// What rules have decided so far on the way to one change. It shows rows as they left them, so
/// that the next rule goes on from there; nothing has happened before [`Composition::finish`].
///
/// Whoever composes names every row before [`Walk::ready`]. One that was forgotten is asked for
/// when it is looked at, and costs a further round.
pub(crate) struct Composition<'w, 'a, R> {
    walk: &'w mut Walk<'a, R>,
    at: Context,
    parts: Parts,
}

/// A hold with everything it moves money on.
pub(crate) struct Held {
    pub(crate) hold: Arc<Hold>,
    pub(crate) card: Arc<Card>,
    pub(crate) account: Account,
    pub(crate) clearing: Account,
}

/// Accounts that take what leaves a card for good, as far as they are open.
pub(crate) struct CardSinks([Option<Account>; 2]);

impl CardSinks {
    pub(crate) fn rows(&self) -> Sinks<'_> {
        let [issued, incentives] = self.0.each_ref().map(Option::as_ref);
        Sinks { issued, incentives }
    }
}

impl<'w, 'a, R: Rows> Composition<'w, 'a, R> {
    /// Nothing is decided yet. The walk has found its rows.
    pub(crate) fn new(walk: &'w mut Walk<'a, R>, at: Context) -> Composition<'w, 'a, R> {
        Composition { walk, at, parts: Parts::default() }
    }

    /// The context of the next rule: its transfers stand behind those there are.
    pub(crate) fn context(&self) -> ledger::Context {
        let transfers = self.parts.transfers.len();
        let position = Position { sequence: self.at.sequence, transfers };
        ledger::Context { now: self.at.now, position }
    }

    /// The circumstances of the whole command.
    pub(crate) fn circumstances(&self) -> Context {
        self.at
    }

    /// How much one sender may have mailed a day.
    pub(crate) fn limits(&self) -> giftcards::SendingLimits {
        self.at.sending
    }

    /// Adds what a rule decided.
    pub(crate) fn add(&mut self, outcome: impl Into<Parts>) {
        let Parts { rows, transfers, entries, events } = outcome.into();
        for row in rows {
            let key = row.key();
            match self.parts.rows.iter_mut().find(|known| known.key() == key) {
                Some(known) => *known = row,
                None => self.parts.rows.push(row),
            }
        }
        self.parts.transfers.extend(transfers);
        self.parts.entries.extend(entries);
        self.parts.events.extend(events);
    }

    /// The account of this name, when it was opened before.
    pub(crate) fn account_of(
        &mut self,
        name: &AccountName,
        currency: Currency,
    ) -> Result<Option<Account>, Stop> {
        self.account(name.id(currency))
    }

    /// Where goes what leaves a card for good, when what it was issued with goes to `issued`.
    pub(crate) fn sinks(&mut self, issued: &AccountName, card: &Card) -> Result<CardSinks, Stop> {
        let names = [issued.clone(), AccountName::GiftCardIncentives];
        Ok(CardSinks(self.each_account_of(&names, card.currency)?))
    }

    /// Each of the accounts of these names, when it was opened before.
    pub(crate) fn each_account_of<const N: usize>(
        &mut self,
        names: &[AccountName; N],
        currency: Currency,
    ) -> Result<[Option<Account>; N], Stop> {
        let mut found = [const { None }; N];
        for (place, name) in found.iter_mut().zip(names) {
            *place = self.account_of(name, currency)?;
        }
        Ok(found)
    }

    /// Those of the accounts of these names that were opened before.
    pub(crate) fn accounts_of(
        &mut self,
        names: &[AccountName],
        currency: Currency,
    ) -> Result<Vec<Account>, Stop> {
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            found.extend(self.account_of(name, currency)?);
        }
        Ok(found)
    }

    /// A hold with its rows.
    pub(crate) fn held(&mut self, id: HoldId) -> Result<Held, Stop> {
        let hold = self.hold(id)?.ok_or(giftcards::Refusal::HoldNotFound)?;
        let card = self.card(hold.card)?.ok_or(giftcards::Refusal::CardNotFound)?;
        let account = self.account(giftcards::account_of(hold.card))?;
        let account = account.ok_or(giftcards::Refusal::CardNotFound)?;
        let clearing = self.account(hold.pending.credit)?;
        let currency = hold.pending.currency;
        let clearing = clearing.unwrap_or(Account::open(AccountName::OrderClearing, currency));
        Ok(Held { hold, card, account, clearing })
    }

    /// The change, with its answer.
    pub(crate) fn finish(self, answer: AnswerRef) -> Change {
        self.parts.into_change(answer)
    }

    fn changed(&self, key: Key) -> Option<&Row> {
        self.parts.rows.iter().find(|row| row.key() == key)
    }
}

macro_rules! composed {
    ($($doc:literal, $name:ident, $variant:ident, $id:ty, $row:ty, $member:ident;)+) => {
        /// Rows as the rules so far have left them.
        #[allow(dead_code, reason = "one for each kind of row, whoever needs it")]
        impl<R: Rows> Composition<'_, '_, R> {
            $(pub(crate) fn $name(&mut self, id: $id) -> Result<Option<$row>, Stop> {
                if let Some(Row::$variant(row)) = self.changed(Key::$variant(id)) {
                    return Ok(Some(row.clone()));
                }
                let row = self.walk.$name(id).cloned();
                self.walk.ready()?;
                Ok(row)
            })+
        }
    };
}

every_row!(composed);
