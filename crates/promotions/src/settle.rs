//! Settlement: what was not spent goes back, without a request.

use base::{Amount, Instant, PromotionId, PromotionSettlementId, Token, part_split};
use ledger::{Account, AccountName, Context, LinkedSet, Posted, Reason, Subject};

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
    /// What of it was not spent and does not go back, because claims and restitutions take it.
    pub claimed: Amount,
    /// What of that they had sent back before: it is the platform's, by this settlement and those
    /// before it.
    pub kept: Amount,
    /// What goes back to the platform by this settlement.
    pub incentive_back: Amount,
    /// Valid units that were delivered.
    pub delivered_units: u64,
    /// The number that was guaranteed, if one was.
    pub guaranteed_units: Option<u64>,
}

impl Settlement {
    /// What the order of the promotion refunds for it, tax included. `tax` is that of the order's
    /// line, `others` what has gone back of it by claims and restitutions, tax not counted: all
    /// that goes back is one running sum.
    pub fn refund(&self, tax: Amount, others: Amount) -> Amount {
        let before = self.back_so_far.saturating_sub(self.back);
        let back = |net| with_tax(plus(net, others), self.paid, tax);
        back(self.back_so_far).saturating_sub(back(before))
    }
}

/// What has to be back of what was paid for a promotion, by all its settlements together, tax not
/// counted. What claims and restitutions take is not returned a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returning {
    /// What goes back to whoever paid.
    pub back: Amount,
    /// What was not spent and stays with the platform, because it was sent back before.
    pub kept: Amount,
}

impl Returning {
    /// When nobody has claimed anything.
    pub fn unclaimed(promotion: &Promotion) -> Returning {
        let is_funded = promotion.funded_at.is_some();
        let back = if is_funded { promotion.unspent_paid() } else { Amount::ZERO };
        Returning { back, kept: Amount::ZERO }
    }
}

/// How much of a line has gone back when so much of its net has: with the tax that belongs to
/// it, to the minor unit as orders split it ([`part_split`] of net and tax).
pub fn with_tax(net_back: Amount, net: Amount, tax: Amount) -> Amount {
    let net_back = net_back.min(net);
    let net_of = |gross: i64| without_tax(Amount::new(gross).unwrap_or(Amount::ZERO), net, tax);
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

/// The net of so much of a line, as orders split it.
pub fn without_tax(gross: Amount, net: Amount, tax: Amount) -> Amount {
    part_split(gross, &[net, tax]).map_or(net, |parts| parts[0])
}

/// The account that bears what is made good of what was spent.
pub fn made_good_account() -> AccountName {
    AccountName::RefundExpense(Token::new("promotion").expect("a lower-case word"))
}

/// Sends back what was spent, for a claim or without one: the platform bears it, and it leaves by
/// the account `to`: mostly `order/clearing`, from where the order of the promotion refunds it.
/// `accounts` are that and [`made_good_account`], as far as they were opened.
///
/// # Errors
///
/// `LimitExceeded` when a total of an account would overflow.
pub fn make_good(
    net: Amount,
    to: &AccountName,
    promotion: &Promotion,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    let [expense, leaving] =
        [made_good_account(), to.clone()].map(|name| or_open(accounts, name, promotion.currency()));
    let (from, to) = (expense.id, leaving.id);
    let subject = Subject::of(promotion.id);
    let mut set = LinkedSet::new(context.position, Reason::PromotionMadeGood, subject)
        .with(expense)
        .with(leaving);
    set.transfer(from, to, promotion.money(net)).map_err(|_| Refusal::LimitExceeded)?;
    Ok(Outcome { posted: set.finish(), ..Outcome::default() })
}

/// Has a promotion that was settled be settled again, at once, when something is to go back or to
/// stay that did not before: what claims take has changed. `None` when there is nothing.
pub fn settle_again(
    promotion: &Promotion,
    returning: Returning,
    context: Context,
) -> Option<Outcome> {
    let is_something = returning.back > promotion.returned || returning.kept > promotion.kept;
    let waits = promotion.state == State::Settled && promotion.settles_at.is_none();
    let again = || Promotion { settles_at: Some(context.now), ..promotion.clone() };
    (waits && is_something).then(|| Outcome { promotions: vec![again()], ..Outcome::default() })
}

/// Gives back what was not spent: what was paid by way of `order/clearing`, from where the order's
/// refund takes it with its tax, what the platform had added to `promotion/incentives`. What stays,
/// because claims had sent it back before, makes good what the platform has borne for them. What is
/// missing from a guarantee was not billed, so it goes back without a tolerance. `returning` tells
/// what claims leave to return. `accounts` as far as they were opened ([`promotion_accounts`],
/// [`made_good_account`]).
///
/// Of one that was settled, and of which nothing is to go back or to stay after all, only the time
/// to settle is taken away.
///
/// # Errors
///
/// In this order: `NotEnded`; `PaymentDisputed`; `NotDue`; `SlicesOpen`; `NothingToSettle` when it
/// was settled and nothing has happened since.
pub fn settle(
    promotion: &Promotion,
    post: &Post,
    returning: Returning,
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
    let going = Going::of(promotion, returning);
    if promotion.state == State::Settled && going.is_nothing() {
        if promotion.settles_at.is_none() {
            return Err(Refusal::NothingToSettle);
        }
        let promotions = vec![Promotion { settles_at: None, ..promotion.clone() }];
        return Ok(Outcome { promotions, ..Outcome::default() });
    }
    let posted = empty_escrow(promotion, going, accounts, context)?;
    let Going { back, incentive_back, kept } = going;
    let mut promotion = promotion.clone();
    promotion.state = State::Settled;
    promotion.settles_at = None;
    promotion.settlements = promotion.settlements.saturating_add(1);
    promotion.returned = plus(promotion.returned, back);
    promotion.incentive_returned = plus(promotion.incentive_returned, incentive_back);
    promotion.kept = plus(promotion.kept, kept);
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
        claimed: Returning::unclaimed(&promotion).back.saturating_sub(promotion.returned),
        kept: promotion.kept,
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

/// What leaves the escrow by a settlement.
#[derive(Clone, Copy)]
struct Going {
    /// Of what was paid, to whoever paid.
    back: Amount,
    /// Of what the platform has added, to the platform.
    incentive_back: Amount,
    /// Of what was paid, to the platform, which has sent it back before.
    kept: Amount,
}

impl Going {
    /// What is to go by now and has not.
    fn of(promotion: &Promotion, returning: Returning) -> Going {
        if promotion.funded_at.is_none() {
            let nothing = Amount::ZERO;
            return Going { back: nothing, incentive_back: nothing, kept: nothing };
        }
        let rule = "nothing is charged after a settlement, and nothing that went back is claimed";
        let incentive = promotion.unspent_incentive().checked_sub(promotion.incentive_returned);
        Going {
            back: returning.back.checked_sub(promotion.returned).expect(rule),
            incentive_back: incentive.expect(rule),
            kept: returning.kept.checked_sub(promotion.kept).expect(rule),
        }
    }

    fn is_nothing(self) -> bool {
        [self.back, self.incentive_back, self.kept].into_iter().all(Amount::is_zero)
    }
}

fn empty_escrow(
    promotion: &Promotion,
    going: Going,
    accounts: &[&Account],
    context: Context,
) -> Result<Posted, Refusal> {
    if going.is_nothing() {
        return Ok(Posted::default());
    }
    let Going { back, incentive_back, kept } = going;
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
    if !kept.is_zero() {
        let expense = or_open(accounts, made_good_account(), promotion.currency());
        let expense_id = expense.id;
        set.add(expense);
        set.on_behalf(Reason::PromotionKept, subject);
        let moved = set.transfer(escrow_id, expense_id, promotion.money(kept));
        moved.map_err(|_| Refusal::LimitExceeded)?;
    }
    Ok(set.finish())
}

fn plus(sum: Amount, more: Amount) -> Amount {
    sum.checked_add(more).expect("not more than the budget")
}
