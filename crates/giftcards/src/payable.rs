//! What of a checkout a card may pay, before any amount is known.

use base::{Currency, Instant, LineKind, Region};

use crate::spend::check_usable;
use crate::{Card, Line, Refusal};

/// A checkout as far as cards look at it.
#[derive(Clone, Copy, Debug)]
pub struct Bill<'a> {
    /// Its currency.
    pub currency: Currency,
    /// Where the buyer is.
    pub region: Region,
    /// What is paid for.
    pub lines: &'a [Line],
}

/// Whether the card may pay each line of `bill`, in order of lines: at least one of them.
///
/// # Errors
///
/// In the order of spending: `NotUsable`, `CurrencyMismatch`, `RegionNotAllowed`, `LineNotInScope`
/// when it may pay none.
pub fn payable(card: &Card, bill: Bill<'_>, now: Instant) -> Result<Vec<bool>, Refusal> {
    check_usable(card, now)?;
    if bill.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    let details = card.details.as_deref();
    let is_allowed = |regions: &[Region]| {
        regions.is_empty() || regions.iter().any(|allowed| allowed.contains(&bill.region))
    };
    if !details.is_none_or(|details| is_allowed(&details.regions)) {
        return Err(Refusal::RegionNotAllowed);
    }
    let may_pay = |line: &Line| {
        let in_scope = details.is_none_or(|details| details.scope.allows(line));
        in_scope && line.kind != LineKind::GiftCard
    };
    let payable: Vec<bool> = bill.lines.iter().map(may_pay).collect();
    if payable.contains(&true) { Ok(payable) } else { Err(Refusal::LineNotInScope) }
}
