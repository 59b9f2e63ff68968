//! Bought gifts that nobody claims: whether their value goes back to their buyer, and when.

use base::{Instant, Span};
use ledger::{Account, Posted};

use crate::{Card, CardState, Channel, DeliveryState, Funding, Outcome, Program};

/// What a bought gift copies of its program when that gives unclaimed value back: it ends once
/// somebody claims the card, places the first hold on it, or the card expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnTerm {
    /// Days that there are to claim it, from [`limits::RETURN_DAYS_MIN`] to
    /// [`limits::RETURN_DAYS_MAX`].
    ///
    /// [`limits::RETURN_DAYS_MIN`]: crate::limits::RETURN_DAYS_MIN
    /// [`limits::RETURN_DAYS_MAX`]: crate::limits::RETURN_DAYS_MAX
    pub after_days: u16,
    /// From then on what is unspent goes back. `None` once that was done while a lost dispute has
    /// the rest: should it be won after all, the days begin anew.
    pub at: Option<Instant>,
}

impl ReturnTerm {
    /// The term of a card of this date. What could go back only after the date goes back just
    /// before it, so that it does not expire instead.
    fn from(after_days: u16, since: Instant, expires_at: Option<Instant>) -> ReturnTerm {
        let at = since.saturating_add(Span::days(u64::from(after_days)));
        let last = expires_at.map(|at| at.saturating_sub(Span::from_micros(1)));
        ReturnTerm { after_days, at: Some(last.map_or(at, |last| at.min(last))) }
    }
}

/// Notes that what was left on a card has gone back while a lost dispute has the rest. The card
/// lives on, so that a dispute that is won in a later stage can give the rest back to it, and
/// nothing is due of it before that.
pub fn await_dispute(card: &Card, account: &Account) -> Outcome {
    let mut card = card.clone();
    if let Some(term) = card.gift.as_deref_mut().and_then(|gift| gift.return_term.as_mut()) {
        term.at = None;
    }
    let posted = Posted { accounts: vec![account.clone()], ..Posted::default() };
    Outcome { cards: vec![card], posted, ..Outcome::default() }
}

impl Card {
    /// When its unspent value goes back to its buyer; `None` when it never does, as once somebody
    /// has claimed or used the card. Nor does it while a dispute has the money, or when the card is
    /// past its date first.
    pub fn returns_at(&self) -> Option<Instant> {
        let term = self.gift.as_ref()?.return_term?;
        let may_return = self.state == CardState::Active && self.disputed.is_none();
        let comes_first = |at: &Instant| self.expires_at.is_none_or(|expires_at| *at < expires_at);
        term.at.filter(comes_first).filter(|_| may_return)
    }

    /// Gives a card that is issued the term of its program. A gift has one when its buyer has paid
    /// for it here and it is handed over with a claim link; with paper, or with a code that the
    /// shop hands over itself, nobody need claim anything.
    pub(crate) fn begin_return_term(&mut self, program: Option<&Program>) {
        let days = program.and_then(|program| program.return_after_days);
        let is_bought = matches!(self.funding, Funding::Payment { .. });
        let (Some(after_days), true) = (days, is_bought) else { return };
        let expires_at = self.expires_at;
        let begins_at = self.activates_at.unwrap_or(self.created_at).max(self.created_at);
        let Some(gift) = self.gift.as_deref_mut() else { return };
        let Some(delivery) = gift.delivery.filter(|it| it.channel != Channel::Print) else {
            return;
        };
        let begins_at = delivery.deliver_at.map_or(begins_at, |at| begins_at.max(at));
        gift.return_term = Some(ReturnTerm::from(after_days, begins_at, expires_at));
    }

    /// Begins the term anew, from `now` or from when the card can be spent first: it was handed
    /// over once more, or a dispute that kept it from being claimed is over. What waits for its
    /// date keeps its term, which begins then.
    pub(crate) fn begin_return_term_anew(&mut self, now: Instant) {
        let expires_at = self.expires_at;
        let begins_at = self.activates_at.map_or(now, |at| at.max(now));
        let Some(gift) = self.gift.as_deref_mut() else { return };
        let is_scheduled = gift.delivery.is_some_and(|it| it.state == DeliveryState::Scheduled);
        if let Some(term) = gift.return_term.as_mut().filter(|_| !is_scheduled) {
            *term = ReturnTerm::from(term.after_days, begins_at, expires_at);
        }
    }

    /// Nothing goes back by itself any more. True when something would have.
    pub(crate) fn end_return_term(&mut self) -> bool {
        self.gift.as_deref_mut().and_then(|gift| gift.return_term.take()).is_some()
    }
}
