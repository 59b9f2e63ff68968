//! What has become of the money of a promotion, and what of it claims may give back.

use base::{Amount, Currency, Instant};

/// The money of a promotion as its other rows tell it, in minor units, tax not counted. What the
/// platform has added is not part of it.
///
/// Two ways lead back to the payer, and they never overlap:
///
/// * what was *spent* of what was paid: by claims and restitutions, at most [`Funds::left`],
/// * what was *not spent*: by settlement, by itself, at most [`Funds::settlement_back`].
///
/// What the bank of the payer has given pays what goes back either way, whichever comes first: a
/// refund asks the rail for so much less. So it takes nothing off what is owed, and whoever paid
/// has the same in the end in whatever order dispute, claim and settlement come.
///
/// When a late verdict makes smaller what was spent, more is unspent. What claims have taken of it
/// before is then not returned a second time: so *settled back + committed ≤ paid*, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
    /// Its currency.
    pub currency: Currency,
    /// What was paid.
    pub paid: Amount,
    /// What was spent of that so far.
    pub spent: Amount,
    /// What settlements have returned to the payer.
    pub returned: Amount,
    /// What the payer has from the bank by disputes that were lost.
    pub lost: Amount,
    /// What of that refunds have counted: they asked for so much less than they say.
    pub settled: Amount,
    /// Whether a dispute is open.
    pub is_disputed: bool,
    /// When what was not spent goes back next, as far as that can be said; `None` once it has.
    pub settles_at: Option<Instant>,
}

impl Funds {
    /// What claims and restitutions may still give back, when they take `committed` so far: what
    /// was spent, less what they have taken of it. What the bank has given pays for it first.
    pub fn left(&self, committed: Amount) -> Amount {
        let not_returned = self.paid.saturating_sub(self.returned);
        self.spent.min(not_returned).saturating_sub(committed)
    }

    /// What settlements are still to return to the payer, when claims and restitutions take
    /// `committed`.
    pub fn still_to_settle(&self, committed: Amount) -> Amount {
        self.settlement_back(committed).saturating_sub(self.returned)
    }

    /// From when on the clock of what is paid runs, where so much of it comes back by settlement:
    /// not before that is made.
    pub(crate) fn leaves_at(&self, elsewhere: Amount, now: Instant) -> Instant {
        let settles_at = self.settles_at.filter(|_| !elsewhere.is_zero());
        settles_at.map_or(now, |at| at.max(now))
    }

    /// Whether the bank has given back all that claims could, beside what settlements and claims
    /// are still to pay out of what it gave. Of `committed`, so much has set out.
    pub fn is_paid_by_bank(&self, committed: Amount, set_out: Amount) -> bool {
        let unsettled = self.still_to_settle(committed);
        let to_send = committed.saturating_sub(set_out);
        let given = self.lost.saturating_sub(self.settled);
        let beside = given.saturating_sub(unsettled).saturating_sub(to_send);
        !beside.is_zero() && beside >= self.left(committed)
    }

    /// What settlements return to the payer altogether, when claims and restitutions take
    /// `committed`: all that was not spent, but for what these have given back before a verdict
    /// said that it was not. That part stays with the platform, which has paid it already.
    pub fn settlement_back(&self, committed: Amount) -> Amount {
        self.paid.saturating_sub(self.spent.max(committed))
    }

    /// What is not returned by settlements because claims and restitutions have paid it.
    pub fn settlement_kept(&self, committed: Amount) -> Amount {
        let unspent = self.paid.saturating_sub(self.spent);
        unspent.saturating_sub(self.settlement_back(committed))
    }
}

/// What belongs to so much net that goes back next, tax included, when `before` went back in any
/// way. `with_tax` tells of a sum of all that has gone back what it is with tax, to the minor
/// unit; so parts add up to the whole, in whatever order claims and settlements come.
pub fn gross(net: Amount, before: Amount, with_tax: impl Fn(Amount) -> Amount) -> Amount {
    let after = before.checked_add(net).unwrap_or(Amount::MAX);
    with_tax(after).saturating_sub(with_tax(before))
}
