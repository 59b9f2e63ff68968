//! Refunds of orders as rows, and what becomes of their parts.

use base::{Amount, CardId, Instant, Money, OrderId, RefundId, Token};
use ledger::{Account, AccountName, LinkedSet, RailName, Reason, Subject};

use crate::checkout::sum;
use crate::outcome::or_open;
use crate::{Context, EventKind, LineId, LineRefund, Outcome, Part, Refusal, TenderId};

/// Where a refund, or a part of it, stands. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RefundStatus {
    /// On its way.
    Pending = 1,
    /// It has arrived.
    Succeeded = 2,
    /// It has not arrived, or came back, and is still owed.
    Failed = 3,
    /// It cannot go where it came from; the payer must agree to another way.
    NeedsConsent = 4,
}

impl RefundStatus {
    /// Every status.
    pub const ALL: [RefundStatus; 4] = [
        RefundStatus::Pending,
        RefundStatus::Succeeded,
        RefundStatus::Failed,
        RefundStatus::NeedsConsent,
    ];

    /// Where something stands whose parts stand so: what somebody must act on comes first, then
    /// what is on its way, then what has failed; it has succeeded when all of it has.
    pub fn of_all(parts: impl IntoIterator<Item = RefundStatus>) -> RefundStatus {
        let order = [
            RefundStatus::Succeeded,
            RefundStatus::Failed,
            RefundStatus::Pending,
            RefundStatus::NeedsConsent,
        ];
        let weight = |status: &RefundStatus| order.iter().position(|known| known == status);
        parts.into_iter().max_by_key(weight).unwrap_or(RefundStatus::Succeeded)
    }

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            RefundStatus::Pending => "pending",
            RefundStatus::Succeeded => "succeeded",
            RefundStatus::Failed => "failed",
            RefundStatus::NeedsConsent => "needs_consent",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<RefundStatus> {
        RefundStatus::ALL.into_iter().find(|status| *status as u8 == number)
    }
}

/// A part of a refund: of one line, to one tender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundAllocation {
    /// Who paid it and gets it.
    pub tender: TenderId,
    /// Of which line.
    pub line: LineId,
    /// How much, above zero.
    pub amount: Amount,
    /// Where it stands; all parts of one tender move together, but for what was given away of what
    /// a card has paid that is gone: that has succeeded from the start.
    pub status: RefundStatus,
    /// The gift card that was given for it, when its payer has agreed to store credit because the
    /// card that had paid it is gone. What goes over rails tells that of itself.
    pub credit: Option<CardId>,
    /// True when its payer was paid by hand, because the card that had paid it is gone. What goes
    /// over rails tells that of itself, and former releases did not keep it.
    pub by_hand: bool,
}

impl RefundAllocation {
    /// Whether it is owed to this tender until the payer agrees to another way.
    fn is_owed_to(&self, tender: TenderId) -> bool {
        self.tender == tender && self.status == RefundStatus::NeedsConsent
    }
}

/// Money of an order on its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRefund {
    /// Its id.
    pub id: RefundId,
    /// The order.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// To which tenders, line by line; adds up to the amount.
    pub allocations: Vec<RefundAllocation>,
    /// Of which lines; adds up to the amount.
    pub lines: Vec<LineRefund>,
    /// From whom; adds up to the amount.
    pub parts: Vec<Part>,
    /// Why.
    pub reason: Token<40>,
    /// Number of the credit note.
    pub credit_note: u64,
    /// When.
    pub created_at: Instant,
}

impl OrderRefund {
    /// Where it stands as a whole: what somebody must act on comes first, then what is on its
    /// way, then what has failed; it has succeeded when all of it has arrived.
    pub fn status(&self) -> RefundStatus {
        RefundStatus::of_all(self.allocations.iter().map(|allocation| allocation.status))
    }
}

/// Notes what became of the parts that go to one tender. What has arrived may still come back:
/// rails report failures days later, and a failed part may be sent again.
///
/// # Errors
///
/// `TenderNotFound` when nothing goes to it; `NothingToChange` when that is so already.
pub fn note_status(
    refund: &OrderRefund,
    tender: TenderId,
    status: RefundStatus,
) -> Result<Outcome, Refusal> {
    let before = refund.status();
    let mut refund = refund.clone();
    let mut parts: Vec<&mut RefundAllocation> =
        refund.allocations.iter_mut().filter(|part| part.tender == tender).collect();
    if parts.is_empty() {
        return Err(Refusal::TenderNotFound);
    }
    if parts.iter().all(|part| part.status == status) {
        return Err(Refusal::NothingToChange);
    }
    for part in &mut parts {
        part.status = status;
    }
    let after = refund.status();
    // A part that failed is told although others are on their way; the rest is about the whole.
    let mut kinds = Vec::new();
    if status == RefundStatus::Failed {
        kinds.push(EventKind::RefundFailed);
    }
    match after {
        RefundStatus::Succeeded if after != before => kinds.push(EventKind::RefundSucceeded),
        RefundStatus::NeedsConsent if after != before => {
            kinds.push(EventKind::RefundConsentRequired);
        }
        _ => {}
    }
    let events = kinds.into_iter().map(|kind| (kind, Subject::of(refund.id))).collect();
    Ok(Outcome { refunds: vec![refund], events, ..Outcome::default() })
}

/// What is owed of a refund to a tender whose card is gone, until its payer agrees to another way.
///
/// # Errors
///
/// In this order: `TenderNotFound` when nothing goes to it; `NothingToChange` unless the payer must
/// agree to another way.
pub fn owed_share(tender: TenderId, refund: &OrderRefund) -> Result<Money, Refusal> {
    if refund.allocations.iter().all(|part| part.tender != tender) {
        return Err(Refusal::TenderNotFound);
    }
    let owed = refund.allocations.iter().filter(|part| part.is_owed_to(tender));
    let amount = sum(owed.map(|part| part.amount)).ok_or(Refusal::LimitExceeded)?;
    if amount.is_zero() {
        return Err(Refusal::NothingToChange);
    }
    Ok(Money { amount, ..refund.amount })
}

/// Notes that a gift card was given for what is owed of a refund to a tender whose card is gone, by
/// its payer's word. Whoever gives the card posts it, debit `refund/payable`.
///
/// # Errors
///
/// Those of [`owed_share`].
pub fn credit_share(
    tender: TenderId,
    card: CardId,
    refund: &OrderRefund,
) -> Result<Outcome, Refusal> {
    owed_share(tender, refund)?;
    note_share(tender, refund, |part| part.credit = Some(card))
}

/// Notes how the payer has got what was owed to a tender whose card is gone.
fn note_share(
    tender: TenderId,
    refund: &OrderRefund,
    note: impl Fn(&mut RefundAllocation),
) -> Result<Outcome, Refusal> {
    let mut outcome = note_status(refund, tender, RefundStatus::Succeeded)?;
    let parts = outcome.refunds.iter_mut().flat_map(|refund| &mut refund.allocations);
    let parts = parts.zip(&refund.allocations);
    parts.filter(|(_, before)| before.is_owed_to(tender)).for_each(|(part, _)| note(part));
    Ok(outcome)
}

/// Notes that what is owed of a refund to a tender whose card is gone was paid by hand over a rail,
/// by an agreement with the payer. `accounts` are `refund/payable` and `rail/{rail}/clearing`, as
/// far as they were opened before.
///
/// Posts, debit `refund/payable`, credit `rail/{rail}/clearing`.
///
/// # Errors
///
/// Those of [`owed_share`]; `LimitExceeded` when a total would overflow.
pub fn pay_by_hand(
    tender: TenderId,
    refund: &OrderRefund,
    rail: &RailName,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    let money = owed_share(tender, refund)?;
    let outcome = note_share(tender, refund, |part| part.by_hand = true)?;
    let payable = or_open(accounts, AccountName::RefundPayable, money.currency);
    let clearing = or_open(accounts, AccountName::RailClearing(rail.clone()), money.currency);
    let (debit, credit) = (payable.id, clearing.id);
    let mut set = LinkedSet::new(context.position, Reason::RefundSent, Subject::of(refund.id));
    set = set.with(payable).with(clearing);
    set.transfer(debit, credit, money).map_err(|_| Refusal::LimitExceeded)?;
    Ok(Outcome { posted: set.finish(), ..outcome })
}
