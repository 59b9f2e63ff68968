//! Refunds, and undoing an operation by its key.

use std::sync::Arc;

use base::{HoldId, RefundId, Span};
use engine::{Answer, OperationKey, OperationRefusal, Refusal, ReversalStatus};
use giftcards::{Card, CardState, Hold, Refund, RefundHold, Refusal as No, Why};
use ledger::{AccountName, Reason};

use super::cards::{is_past, spend_goodwill};
use super::money::{Moves, Way, minor, money};
use super::spending::open;
use super::{Oracle, Said};
use crate::Sight;
use crate::keys::Did;

impl Oracle {
    pub(super) fn refund(&mut self, id: HoldId, new: &RefundHold) -> Said {
        let (hold, card) = self.free_hold_and_card(id)?;
        if new.amount.currency != card.currency {
            return Err(No::CurrencyMismatch.into());
        }
        let units = new.amount.amount.minor();
        check_refundable(&hold, units)?;
        if self.refunds.get(new.id).is_some() {
            return Err(No::IdTaken.into());
        }
        let given = self.give_back_spent(hold, card, units, Reason::Refund)?;
        let refund = Arc::new(Refund {
            id: new.id,
            hold: id,
            card: self.hold(id).expect("it is there").card,
            amount: new.amount,
            goodwill: minor(given),
            reversed: false,
            created_at: self.now,
        });
        self.refunds.put(new.id, refund.clone());
        Ok(Answer::Refund(refund))
    }

    /// Captured money returns to its card. A card past its date keeps none of its own value, but
    /// lives on with what came back. Goodwill comes last; tells how much of it came.
    fn give_back_spent(
        &mut self,
        mut hold: Hold,
        mut card: Card,
        units: i64,
        why: Reason,
    ) -> Result<i64, Refusal> {
        let out = hold.pending.posted.minor() - hold.refunded.minor();
        let given = (hold.goodwill.minor() - (out - units)).max(0);
        let is_gone = card.state == CardState::Canceled;
        // A card that is gone takes nothing; what was given away has no need of it.
        if is_gone && (given == 0 || given < units) {
            return Err(No::NotUsable(Why::Canceled).into());
        }
        if units == 0 {
            return Err(No::LimitExceeded.into());
        }
        if !is_gone && is_past(&card, self.now) {
            if card.state == CardState::Active && self.free_of(&card) > 0 {
                self.expire_value(&mut card);
            }
            card.state = CardState::Active;
            let days = u64::from(card.refund_extension_days.max(1));
            card.expires_at = Some(self.now.saturating_add(Span::days(days)));
        }
        let (debit, mut credit) = (hold.pending.credit, hold.pending.debit);
        if is_gone {
            credit = self.account_named(AccountName::GiftCardIncentives, card.currency);
        } else {
            card.goodwill = minor(card.goodwill.minor() + given);
            self.cards.put(card.id, Arc::new(card));
        }
        let way = Way { debit, credit, why, subject: hold.id.to_bytes() };
        self.move_money(Moves::Posts, units, way).expect("orders have no limit");
        hold.refunded = minor(hold.refunded.minor() + units);
        hold.goodwill = minor(hold.goodwill.minor() - given);
        self.holds.put(hold.id, Arc::new(hold));
        Ok(given)
    }

    pub(super) fn reverse(&mut self, key: OperationKey) -> Said {
        let did = self.operations.get(key).map(|known| known.did);
        let hold = match did {
            None => return Ok(self.reversal(ReversalStatus::Barred, None)),
            Some(Did::Nothing) => return Ok(self.reversal(ReversalStatus::NothingToUndo, None)),
            Some(Did::Other) => return Err(OperationRefusal::Irreversible.into()),
            Some(Did::Hold(id)) => self.undo_hold(id)?,
            Some(Did::Capture(id, units)) => self.undo_payment(id, Some(units))?,
            Some(Did::Redemption(id)) => self.undo_payment(id, None)?,
            Some(Did::Refund(id)) => self.undo_refund(id)?,
        };
        Ok(self.reversal(ReversalStatus::Undone, Some(hold)))
    }

    fn reversal(&self, status: ReversalStatus, hold: Option<HoldId>) -> Answer {
        let hold = hold.map(|id| {
            let hold = self.holds.get(id).expect("it was just changed").clone();
            let account = self.account(hold.pending.debit);
            (hold, account)
        });
        Answer::Reversal { status, hold, now: self.now }
    }

    fn undo_hold(&mut self, id: HoldId) -> Result<HoldId, Refusal> {
        let (mut hold, card) = self.free_hold_and_card(id)?;
        if hold.pending.posted > hold.refunded {
            return Err(No::HoldCaptured.into());
        }
        let rest = open(&hold);
        if rest > 0 {
            self.give_back_held(&mut hold, rest, Reason::Reverse);
        }
        self.settle_hold(card, hold)?;
        Ok(id)
    }

    fn undo_payment(&mut self, id: HoldId, units: Option<i64>) -> Result<HoldId, Refusal> {
        let (hold, card) = self.free_hold_and_card(id)?;
        let units = units.unwrap_or(hold.pending.posted.minor());
        check_refundable(&hold, units)?;
        self.give_back_spent(hold, card, units, Reason::Reverse)?;
        Ok(id)
    }

    fn undo_refund(&mut self, id: RefundId) -> Result<HoldId, Refusal> {
        let refund = self.refunds.get(id).ok_or(No::HoldNotFound)?.as_ref().clone();
        let (mut hold, mut card) = self.free_hold_and_card(refund.hold)?;
        assert!(!refund.reversed, "a key is reversed once, and a refund has one key");
        let (units, free) = (refund.amount.amount.minor(), self.free_of(&card));
        if units > free {
            let available = money(free, card.currency);
            return Err(No::InsufficientBalance { available }.into());
        }
        // The kinds that the refund has put back, unless the card has less of one.
        let on_card = super::money::balance(&self.account_of(&card));
        let issued = (on_card - card.goodwill.minor()).min(free);
        let given = refund.goodwill.minor().min(card.goodwill.minor()).max(units - issued);
        spend_goodwill(&mut card, given);
        self.cards.put(card.id, Arc::new(card));
        hold.goodwill = minor(hold.goodwill.minor() + given);
        let (debit, credit) = (hold.pending.debit, hold.pending.credit);
        let way = Way { debit, credit, why: Reason::Reverse, subject: id.to_bytes() };
        self.move_money(Moves::Posts, units, way).expect("it was just checked");
        hold.refunded = minor(hold.refunded.minor() - units);
        self.holds.put(hold.id, Arc::new(hold));
        self.refunds.put(id, Arc::new(Refund { reversed: true, ..refund.clone() }));
        Ok(refund.hold)
    }
}

fn check_refundable(hold: &Hold, units: i64) -> Result<(), Refusal> {
    let left = hold.pending.posted.minor() - hold.refunded.minor();
    if units > left {
        let refundable = money(left, hold.pending.currency);
        return Err(No::AmountExceedsCaptured { refundable }.into());
    }
    Ok(())
}
