//! Settlement: what was not spent goes back, without a request.

use base::{Amount, Instant, PromotionId, PromotionSettlementId, part_split};
use ledger::{Account, Context, LinkedSet, Posted, Reason, Subject};

use crate::compose::promotion_accounts;
use crate::outcome::or_open;
use crate::settlement_id;
use crate::{Actor, DeedKind, Outcome, Post, Promotion, PromotionEvent, Refusal, State};

/// A statement of what went back, and why so much. It never changes. A second one follows when a
/// verdict comes after the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Its id ([`settlement_id`](crate::settlement_id())).
    pub id: PromotionSettlementId,
    /// Of which promotion.
    pub promotion: PromotionId,
    /// The how manyth of it, from 1.
    pub number: u32,
    /// When.
    pub at: Instant,
    /// What was paid, tax not counted.
    pub paid: Amount,
    /// What was added by the platform.
    pub incentive: Amount,
    /// What was spent of both.
    pub spent: Amount,
    /// What goes back to whoever paid by this settlement, tax not counted. It is on
    /// `order/clearing` from now on.
    pub back: Amount,
    /// What went back to them by this settlement and those before it, tax not counted.
    pub back_so_far: Amount,
    /// What goes back to the platform by this settlement.
    pub incentive_back: Amount,
    /// Valid units that were delivered.
    pub delivered_units: u64,
    /// The number that was guaranteed, if one was.
    pub guaranteed_units: Option<u64>,
}

impl Settlement {
    /// What the order of the promotion refunds for it, tax included. `tax` is that of the order's
    /// line.
    pub fn refund(&self, tax: Amount) -> Amount {
        let before = self.back_so_far.saturating_sub(self.back);
        let back = |net| with_tax(net, self.paid, tax);
        back(self.back_so_far).saturating_sub(back(before))
    }
}

/// How much of a line has gone back when so much of its net has: with the tax that belongs to
/// it, to the minor unit as orders split it ([`part_split`] of net and tax).
pub fn with_tax(net_back: Amount, net: Amount, tax: Amount) -> Amount {
    let net_back = net_back.min(net);
    let net_of = |gross: i64| {
        let gross = Amount::new(gross).unwrap_or(Amount::ZERO);
        part_split(gross, &[net, tax]).map_or(net, |parts| parts[0])
    };
    if net_back.is_zero() {
        return Amount::ZERO;
    }
    // The net's part never shrinks as the whole grows: the largest whole with that part is found
    // by halving.
    let (mut least, mut most) = (net_back.minor(), net_back.minor().saturating_add(tax.minor()));
    while least < most {
        let middle = least + (most - least + 1) / 2;
        if net_of(middle) <= net_back { least = middle } else { most = middle - 1 }
    }
    Amount::new(least).unwrap_or(net_back)
}

/// Gives back what was not spent: what was paid by way of `order/clearing`, from where the order's
/// refund takes it ([`Settlement::refund`]), what the platform had added to
/// `promotion/incentives`. What is missing from a guarantee was not billed, so it goes back
/// without a tolerance. `accounts` as far as they were opened
/// ([`promotion_accounts`]).
///
/// # Errors
///
/// In this order: `NotEnded`; `PaymentDisputed`; `NotDue`; `SlicesOpen`; `NothingToSettle` when it
/// was settled and nothing was repaid since.
pub fn settle(
    promotion: &Promotion,
    post: &Post,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    if !promotion.state.is_ended() {
        return Err(Refusal::NotEnded);
    }
    if promotion.pauses.is_disputed {
        return Err(Refusal::PaymentDisputed);
    }
    if let Some(due_at) = promotion.settles_at.filter(|due_at| context.now < *due_at) {
        return Err(Refusal::NotDue { due_at });
    }
    if promotion.slices.open > 0 {
        return Err(Refusal::SlicesOpen);
    }
    let (back, incentive_back) = going_back(promotion);
    let is_nothing = back.is_zero() && incentive_back.is_zero();
    if promotion.state == State::Settled && is_nothing {
        return Err(Refusal::NothingToSettle);
    }
    let posted = empty_escrow(promotion, back, incentive_back, accounts, context)?;
    let mut promotion = promotion.clone();
    promotion.state = State::Settled;
    promotion.settles_at = None;
    promotion.settlements = promotion.settlements.saturating_add(1);
    promotion.returned = plus(promotion.returned, back);
    promotion.incentive_returned = plus(promotion.incentive_returned, incentive_back);
    let deed = promotion.note(DeedKind::Settled, Actor::PLATFORM, context);
    let is_funded = promotion.funded_at.is_some();
    let settlement = Settlement {
        id: settlement_id(promotion.id, promotion.settlements),
        promotion: promotion.id,
        number: promotion.settlements,
        at: context.now,
        paid: if is_funded { promotion.terms.paid() } else { Amount::ZERO },
        incentive: if is_funded { promotion.terms.incentive } else { Amount::ZERO },
        spent: promotion.spend.spent,
        back,
        back_so_far: promotion.returned,
        incentive_back,
        delivered_units: promotion.delivery.delivered(),
        guaranteed_units: promotion.guarantee().map(|guarantee| guarantee.units),
    };
    let mut post = post.clone();
    let listed = post.promotions.len();
    post.promotions.retain(|listed| *listed != promotion.id);
    let is_unlisted = post.promotions.len() < listed;
    let posts = is_unlisted.then_some(post).into_iter().collect();
    let outcome = Outcome::of(promotion, deed, PromotionEvent::Settled);
    Ok(Outcome { settlements: vec![settlement], posts, posted, ..outcome })
}

/// What is to go back by now and has not: of what was paid, and of what the platform has added.
fn going_back(promotion: &Promotion) -> (Amount, Amount) {
    if promotion.funded_at.is_none() {
        return (Amount::ZERO, Amount::ZERO);
    }
    let back = promotion.unspent_paid().checked_sub(promotion.returned);
    let incentive = promotion.unspent_incentive().checked_sub(promotion.incentive_returned);
    let rule = "nothing is charged after a settlement";
    (back.expect(rule), incentive.expect(rule))
}

fn empty_escrow(
    promotion: &Promotion,
    back: Amount,
    incentive_back: Amount,
    accounts: &[&Account],
    context: Context,
) -> Result<Posted, Refusal> {
    if back.is_zero() && incentive_back.is_zero() {
        return Ok(Posted::default());
    }
    let [escrow, clearing, incentives] =
        promotion_accounts(promotion.id).map(|name| or_open(accounts, name, promotion.currency()));
    let (escrow_id, clearing_id, incentives_id) = (escrow.id, clearing.id, incentives.id);
    let subject = Subject::of(promotion.id);
    let mut set = LinkedSet::new(context.position, Reason::PromotionSettled, subject).with(escrow);
    if !back.is_zero() {
        set.add(clearing);
        let moved = set.transfer(escrow_id, clearing_id, promotion.money(back));
        moved.map_err(|_| Refusal::LimitExceeded)?;
    }
    if !incentive_back.is_zero() {
        set.add(incentives);
        set.on_behalf(Reason::PromotionGrantReturned, subject);
        let moved = set.transfer(escrow_id, incentives_id, promotion.money(incentive_back));
        moved.map_err(|_| Refusal::LimitExceeded)?;
    }
    Ok(set.finish())
}

fn plus(sum: Amount, more: Amount) -> Amount {
    sum.checked_add(more).expect("not more than the budget")
}
