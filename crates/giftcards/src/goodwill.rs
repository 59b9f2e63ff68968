//! Goodwill: what was given on top of what a card was issued with. It is told apart from that, for
//! it never becomes money.
//!
//! Goodwill is spent first, and comes back last when what was spent is refunded. What is held is
//! neither yet; it counts as goodwill as far as there is any, for it will be when it is taken.

use base::Amount;
use ledger::{Account, AccountName, LinkedSet};

use crate::{Card, Funding, Hold, Refusal, account_of};

/// The accounts that take what a card loses for good, or give it back, as far as they were opened
/// before.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sinks<'a> {
    /// For what the card was issued with; each rule says which one.
    pub issued: Option<&'a Account>,
    /// For goodwill: `giftcard/incentives`.
    pub incentives: Option<&'a Account>,
}

impl Card {
    /// What is left of what the card was issued with, neither spent nor held.
    pub fn issued_left(&self, account: &Account) -> Amount {
        let (available, held) = (account.available(), account.held());
        let all = available.checked_add(held).unwrap_or(Amount::MAX);
        available.min(all.saturating_sub(self.goodwill))
    }

    /// What its purchase, or a lost dispute, can still take off the card: what is left of what it
    /// was issued with, and never more than has not gone back. Rows that do not tell goodwill apart
    /// may have more left than that.
    pub(crate) fn left_to_give(&self, account: &Account) -> Amount {
        self.issued_left(account).min(self.value.saturating_sub(self.given_back))
    }

    /// Counts what is given on top. Where all of a card was given away, it is not told apart.
    pub(crate) fn add_goodwill(&mut self, amount: Amount) -> Result<(), Refusal> {
        if self.funding != Funding::Promotional {
            let goodwill = self.goodwill.checked_add(amount);
            self.goodwill = goodwill.ok_or(Refusal::LimitExceeded)?;
        }
        Ok(())
    }

    /// Counts what leaves the card, goodwill first. Returns how much was goodwill.
    pub(crate) fn take_goodwill_first(&mut self, amount: Amount) -> Amount {
        let goodwill = amount.min(self.goodwill);
        self.goodwill = self.goodwill.saturating_sub(goodwill);
        goodwill
    }

    /// Takes `amount` off the card for good: goodwill, which goes first, to where it came from, the
    /// rest to `issued_to`. Returns how much was goodwill.
    pub(crate) fn take_for_good(
        &mut self,
        amount: Amount,
        issued_to: &AccountName,
        sinks: Sinks<'_>,
        set: &mut LinkedSet,
    ) -> Result<Amount, Refusal> {
        let goodwill = self.take_goodwill_first(amount);
        let issued = Account::or_open(sinks.issued, issued_to.clone(), self.currency);
        let parts = [
            (issued, amount.saturating_sub(goodwill)),
            (self.incentives(sinks.incentives), goodwill),
        ];
        for (sink, part) in parts.into_iter().filter(|(_, part)| !part.is_zero()) {
            let credit = sink.id;
            set.add(sink);
            let moved = set.transfer(account_of(self.id), credit, self.money(part));
            moved.map_err(|_| Refusal::LimitExceeded)?;
        }
        Ok(goodwill)
    }

    /// The account that goodwill comes from.
    pub(crate) fn incentives(&self, row: Option<&Account>) -> Account {
        Account::or_open(row, AccountName::GiftCardIncentives, self.currency)
    }
}

impl Hold {
    /// How much of `amount`, when it goes back to the card, is goodwill: that comes back last.
    pub(crate) fn goodwill_of(&self, amount: Amount) -> Amount {
        amount.saturating_sub(self.refundable().saturating_sub(self.goodwill))
    }
}
