//! Refunds of orders: how much of which line, from which party, to which tender.

use base::{Amount, LineKind, Money, RefundId, Token, fair_split};
use ledger::{Account, AccountName, Reason, Subject};

use crate::checkout::sum;
use crate::order::{OrderLine, PaidBy};
use crate::parts::{add, given_back, parts_given_back};
use crate::postings::{Direction, Sheet, refund_postings};
use crate::{Context, EventKind, LineId, Numbering, Order, OrderRefund, Outcome, Part, Refusal};
use crate::{RefundAllocation, RefundStatus, Series, TenderId, take_number};

/// What is to be refunded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundRequest {
    /// Lines, by units or amount.
    Lines(Vec<LineRequest>),
    /// An amount over all lines but those of gift cards and promotions, in proportion to what each
    /// has left.
    Amount(Money),
    /// All that is left. Of bought cards, what is unspent; of a promotion, what its settlement
    /// gives back.
    Everything,
}

/// What is to be refunded of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRequest {
    /// So many units. Of gift cards, so many that are whole, each for its price; of anything else
    /// each brings an equal part of what the line has left, the first ones a minor
    /// unit more where it does not come out even; so the last one brings the rest, exactly.
    Units {
        /// The line.
        line: LineId,
        /// How many.
        quantity: u32,
    },
    /// An amount, tax included.
    Amount {
        /// The line.
        line: LineId,
        /// How much.
        amount: Money,
    },
}

/// What can go back now of a line whose money is with what it has bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLeft {
    /// The line.
    pub line: LineId,
    /// How much, tax included: of gift cards what is unspent on all of them together, of a
    /// promotion what the settlement gives back that asks for this refund.
    pub amount: Amount,
    /// How many gift cards are as they were bought; none of a promotion.
    pub whole: u32,
}

/// What a refund does to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRefund {
    /// The line.
    pub line: LineId,
    /// Units, when they were asked for, or everything was and the line goes back whole. An amount
    /// takes none, even when it is all there is. Of gift cards, so many whole ones are taken back.
    pub units: u32,
    /// How much, tax included.
    pub amount: Amount,
}

/// A refund as it would be, and as it will be: the preview is what is then done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refunding {
    /// How much goes back.
    pub amount: Money,
    /// Of which lines; adds up to the amount.
    pub lines: Vec<LineRefund>,
    /// To which tenders, line by line; adds up to the amount.
    pub allocations: Vec<(TenderId, LineId, Amount)>,
    /// From whom; adds up to the amount.
    pub parts: Vec<Part>,
}

impl Refunding {
    /// To which tenders, added up: one movement of money for each.
    pub fn by_tender(&self) -> Vec<(TenderId, Amount)> {
        let mut sums = Vec::new();
        for (tender, _, amount) in &self.allocations {
            add(&mut sums, *tender, *amount);
        }
        sums
    }
}

/// What a refund would be. `left` tells for each line of gift cards, and for one of a promotion,
/// how much can go back of it now; of such a line that is not told of nothing can. So a promotion
/// gives back what its settlements tell, and nobody else can take of it.
///
/// # Errors
///
/// Line by line as they are asked for, each in this order: `LineNotFound`; `CurrencyMismatch`;
/// `QuantityExceedsLine`; `PromotionSettles`, `AmountExceedsRefundable`, `BoughtCardsSpent`. Then,
/// when all of it is nothing, `PromotionSettles` where a promotion has something left, else
/// `NothingToRefund`.
pub fn preview(
    order: &Order,
    request: &RefundRequest,
    left: &[LineLeft],
) -> Result<Refunding, Refusal> {
    let rooms = Rooms { order, left };
    let lines = match request {
        RefundRequest::Lines(requests) => rooms.of_lines(requests)?,
        RefundRequest::Amount(money) => rooms.of_amount(*money)?,
        RefundRequest::Everything => rooms.of_everything(),
    };
    let amount = sum(lines.iter().map(|line| line.amount)).expect("not more than was paid");
    if amount.is_zero() {
        return Err(rooms.refused_instead_of(Refusal::NothingToRefund));
    }
    let mut allocations = Vec::new();
    let mut parts = Vec::new();
    for refund in &lines {
        let line = order.line(refund.line).ok_or(Refusal::LineNotFound)?;
        let after = line.refunded.checked_add(refund.amount).expect("not more than was paid");
        let (payers, paid): (Vec<_>, Vec<_>) = order.payers_of(refund.line).unzip();
        let steps = steps(&given_back(line.refunded, &paid), &given_back(after, &paid));
        let steps = payers.iter().zip(steps).map(|(tender, step)| (*tender, refund.line, step));
        allocations.extend(steps.filter(|(_, _, amount)| !amount.is_zero()));
        let before = parts_given_back(line.refunded, &line.parts);
        let after = parts_given_back(after, &line.parts);
        for (part, step) in line.parts.iter().zip(self::steps(&before, &after)) {
            add(&mut parts, part.party, step);
        }
    }
    parts.retain(|(_, amount)| !amount.is_zero());
    let parts = parts.into_iter().map(|(party, amount)| Part { party, amount }).collect();
    Ok(Refunding { amount: order.money(amount), lines, allocations, parts })
}

/// What each piece gives back in this step: what it has given back after it, less before it.
fn steps(before: &[Amount], after: &[Amount]) -> Vec<Amount> {
    let step = |(before, after): (&Amount, &Amount)| {
        after.checked_sub(*before).expect("a further step never takes back what was given")
    };
    before.iter().zip(after).map(step).collect()
}

/// What may go back of the lines of an order.
struct Rooms<'a> {
    order: &'a Order,
    left: &'a [LineLeft],
}

impl Rooms<'_> {
    /// What can go back now of a line of gift cards or of a promotion; `None` for other lines.
    fn told(&self, line: &OrderLine) -> Option<LineLeft> {
        let line = &line.line;
        let told = self.left.iter().find(|told| told.line == line.id).copied();
        let nothing = LineLeft { line: line.id, amount: Amount::ZERO, whole: 0 };
        let is_told_of = line.kind == LineKind::GiftCard || line.is_promotion();
        is_told_of.then(|| told.unwrap_or(nothing))
    }

    /// Where a promotion has something left, that is why no more can go back.
    fn refused_instead_of(&self, refusal: Refusal) -> Refusal {
        let has_left = self.order.promotion().is_some_and(|line| !line.left().is_zero());
        if has_left { Refusal::PromotionSettles } else { refusal }
    }

    fn of_everything(&self) -> Vec<LineRefund> {
        let whole = |line: &OrderLine| {
            let left = line.left();
            let amount = self.told(line).map_or(left, |told| told.amount.min(left));
            let units = if amount == left { line.units_left() } else { 0 };
            LineRefund { line: line.line.id, units, amount }
        };
        let is_something = |refund: &LineRefund| refund.units > 0 || !refund.amount.is_zero();
        self.order.lines.iter().map(whole).filter(is_something).collect()
    }

    fn of_amount(&self, money: Money) -> Result<Vec<LineRefund>, Refusal> {
        if money.currency != self.order.currency {
            return Err(Refusal::CurrencyMismatch);
        }
        let lines: Vec<&OrderLine> =
            self.order.lines.iter().filter(|line| self.told(line).is_none()).collect();
        let refundable = sum(lines.iter().map(|line| line.left())).expect("the total is bounded");
        if money.amount > refundable {
            let refundable = self.order.money(refundable);
            let refusal = Refusal::AmountExceedsRefundable { refundable };
            return Err(self.refused_instead_of(refusal));
        }
        let weights: Vec<u64> =
            lines.iter().map(|line| line.left().minor().unsigned_abs()).collect();
        let Some(amounts) = fair_split(money.amount, &weights) else { return Ok(Vec::new()) };
        let refund =
            |(line, amount): (&&OrderLine, _)| LineRefund { line: line.line.id, units: 0, amount };
        let refunds = lines.iter().zip(amounts).map(refund);
        Ok(refunds.filter(|refund| !refund.amount.is_zero()).collect())
    }

    /// A line may be named several times; each request finds what those before it have left.
    fn of_lines(&self, requests: &[LineRequest]) -> Result<Vec<LineRefund>, Refusal> {
        let mut refunds: Vec<LineRefund> = Vec::new();
        for request in requests {
            let id = match *request {
                LineRequest::Units { line, .. } | LineRequest::Amount { line, .. } => line,
            };
            let line = self.order.line(id).ok_or(Refusal::LineNotFound)?;
            let position = refunds.iter().position(|refund| refund.line == id);
            let former = position
                .map_or(LineRefund { line: id, units: 0, amount: Amount::ZERO }, |at| refunds[at]);
            let refund = self.one_more(line, former, request)?;
            match position {
                Some(at) => refunds[at] = refund,
                None => refunds.push(refund),
            }
        }
        Ok(refunds)
    }

    /// What is refunded of a line by `former` and one more request.
    fn one_more(
        &self,
        line: &OrderLine,
        former: LineRefund,
        request: &LineRequest,
    ) -> Result<LineRefund, Refusal> {
        let is_cards = line.line.kind == LineKind::GiftCard;
        let told = self.told(line);
        let left = line.left().saturating_sub(former.amount);
        let (units, amount) = match *request {
            LineRequest::Units { quantity, .. } => {
                let units_left = line.units_left().saturating_sub(former.units);
                if quantity > units_left {
                    return Err(Refusal::QuantityExceedsLine);
                }
                match told.filter(|_| is_cards) {
                    Some(cards) => (quantity, self.whole_cards(line, former, quantity, cards)?),
                    None => (quantity, share_of_units(left, quantity, units_left)),
                }
            }
            LineRequest::Amount { amount, .. } => {
                if amount.currency != self.order.currency {
                    return Err(Refusal::CurrencyMismatch);
                }
                (0, amount.amount)
            }
        };
        let room = told.map(|told| told.amount.saturating_sub(former.amount));
        let missing = room.filter(|room| amount > *room);
        if missing.is_some() && !is_cards {
            return Err(Refusal::PromotionSettles);
        }
        if amount > left {
            let refundable = self.order.money(left);
            return Err(Refusal::AmountExceedsRefundable { refundable });
        }
        if let Some(unspent) = missing {
            return Err(Refusal::BoughtCardsSpent { unspent: self.order.money(unspent) });
        }
        let amount = former.amount.checked_add(amount).expect("not more than the line");
        Ok(LineRefund { line: former.line, units: former.units + units, amount })
    }

    /// What so many more whole cards bring. Amounts that were asked for of the same line before
    /// may need whole cards too, so there must be enough for both.
    fn whole_cards(
        &self,
        line: &OrderLine,
        former: LineRefund,
        quantity: u32,
        cards: LineLeft,
    ) -> Result<Amount, Refusal> {
        let price = line.line.unit_price;
        let worth = |units: u32| {
            let minor = price.minor().checked_mul(i64::from(units)).and_then(Amount::new);
            minor.expect("not more than the line")
        };
        if u64::from(former.units) + u64::from(quantity) > u64::from(cards.whole) {
            let unspent = worth(cards.whole.saturating_sub(former.units));
            return Err(Refusal::BoughtCardsSpent { unspent: self.order.money(unspent) });
        }
        Ok(worth(quantity))
    }
}

/// What `some` of `all` units bring of what is left of their line. One after the other they bring
/// what they bring together.
fn share_of_units(left: Amount, some: u32, all: u32) -> Amount {
    let (some, all) = (i64::from(some), i64::from(all));
    if some == 0 {
        return Amount::ZERO;
    }
    let (each, over) = (left.minor() / all, left.minor() % all);
    Amount::new(some * each + some.min(over)).expect("not more than what is left")
}

/// A refund of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// Id of the refund, drawn by the caller. It alone says whether two refunds are one.
    pub id: RefundId,
    /// What is to be refunded.
    pub request: RefundRequest,
    /// Why.
    pub reason: Token<40>,
}

/// Rows a refund is decided on.
#[derive(Clone, Copy, Debug)]
pub struct RefundRows<'a> {
    /// The refund of the same id, if there is one.
    pub existing: Option<&'a OrderRefund>,
    /// For each line of gift cards what is left on its cards; for one of a promotion what the
    /// settlement gives back that asks for this refund.
    pub left: &'a [LineLeft],
    /// Tenders of gift cards that take nothing back any more, each with how much of what it has
    /// paid, and has not gone back to its card, was given away: that never becomes money.
    pub gone: &'a [(TenderId, Amount)],
    /// The series [`Series::CreditNote`], unless no number was taken before.
    pub credit_notes: Option<&'a Numbering>,
    /// Those of [`order_accounts`](crate::order_accounts), `refund/payable` and
    /// `giftcard/incentives`, as far as they were opened before.
    pub accounts: &'a [&'a Account],
}

/// Refunds an order, or a part of it, as [`preview`] says: takes from sellers, creators, the shop
/// and the state what they got, and gives the money a place to go. What cards paid is on them when
/// the record is written, so it has succeeded; what methods paid is pending until a rail says more.
/// What a card paid that is gone is owed, debit `order/clearing`, credit `refund/payable`, until
/// its payer agrees to another way; what was given away of it comes last, and goes back to whoever
/// gave it, credit `giftcard/incentives`.
///
/// # Errors
///
/// `IdTaken`; those of [`preview`]; `LimitExceeded` when a total of an account would overflow.
pub fn refund(
    new: &RefundOrder,
    order: &Order,
    rows: RefundRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rows.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let refunding = preview(order, &new.request, rows.left)?;
    let postings = refund_postings(order, &refunding);
    let allocations = allocations(order, &refunding, rows);
    let owed = owed_to_gone(&allocations, rows);
    let behalf = (Reason::OrderRefund, Subject::of(new.id));
    let sheet = Sheet::new(order.currency, behalf, rows.accounts, context);
    let sheet = sheet.post(&postings, Direction::FromParties)?;
    let posted = sheet.post(&owed, Direction::FromClearing)?.finish();
    let (credit_note, numbering) = take_number(rows.credit_notes, Series::CreditNote);
    let order = refunded(order, &refunding.lines);
    let refund = OrderRefund {
        id: new.id,
        order: order.id,
        amount: refunding.amount,
        allocations,
        lines: refunding.lines,
        parts: refunding.parts,
        reason: new.reason.clone(),
        credit_note,
        created_at: context.now,
    };
    let mut events = vec![(EventKind::RefundCreated, Subject::of(new.id))];
    match refund.status() {
        RefundStatus::Succeeded => events.push((EventKind::RefundSucceeded, Subject::of(new.id))),
        RefundStatus::NeedsConsent => {
            events.push((EventKind::RefundConsentRequired, Subject::of(new.id)));
        }
        RefundStatus::Pending | RefundStatus::Failed => {}
    }
    Ok(Outcome {
        orders: vec![order],
        refunds: vec![refund],
        numberings: vec![numbering],
        posted,
        events,
        ..Outcome::default()
    })
}

/// Where each part of a refund stands. What is owed to a card that is gone and what was given away
/// of it are parts of their own.
fn allocations(
    order: &Order,
    refunding: &Refunding,
    rows: RefundRows<'_>,
) -> Vec<RefundAllocation> {
    let mut owed: Vec<(TenderId, Amount)> = rows.gone.to_vec();
    for (tender, owed) in &mut owed {
        *owed = out_of(order, *tender).saturating_sub(*owed);
    }
    let mut allocations = Vec::with_capacity(refunding.allocations.len());
    for (tender, line, amount) in refunding.allocations.iter().copied() {
        let mut push = |amount: Amount, status| {
            if !amount.is_zero() {
                let (credit, by_hand) = (None, false);
                let part = RefundAllocation { tender, line, amount, status, credit, by_hand };
                allocations.push(part);
            }
        };
        match order.tender(tender).map(|tender| tender.paid_by) {
            Some(PaidBy::GiftCard { .. }) => {
                let left = owed.iter_mut().find(|(gone, _)| *gone == tender);
                let part = left.map_or(Amount::ZERO, |(_, left)| {
                    let part = amount.min(*left);
                    *left = left.saturating_sub(part);
                    part
                });
                push(part, RefundStatus::NeedsConsent);
                push(amount.saturating_sub(part), RefundStatus::Succeeded);
            }
            Some(PaidBy::PaymentMethod { .. }) | None => push(amount, RefundStatus::Pending),
        }
    }
    allocations
}

/// What a tender has paid and not got back.
fn out_of(order: &Order, tender: TenderId) -> Amount {
    let of_line = |line: &OrderLine| {
        let (payers, paid): (Vec<_>, Vec<_>) = order.payers_of(line.line.id).unzip();
        let back = given_back(line.refunded, &paid);
        let mine = payers.iter().zip(paid.iter().zip(back)).find(|(payer, _)| **payer == tender);
        mine.map_or(Amount::ZERO, |(_, (paid, back))| paid.saturating_sub(back))
    };
    sum(order.lines.iter().map(of_line)).expect("not more than was paid")
}

/// Where that goes which cards have paid that are gone.
fn owed_to_gone(
    allocations: &[RefundAllocation],
    rows: RefundRows<'_>,
) -> Vec<(AccountName, Amount)> {
    let mut sums = Vec::new();
    for part in allocations {
        let is_gone = rows.gone.iter().any(|(gone, _)| *gone == part.tender);
        match part.status {
            RefundStatus::NeedsConsent => add(&mut sums, AccountName::RefundPayable, part.amount),
            _ if is_gone => add(&mut sums, AccountName::GiftCardIncentives, part.amount),
            _ => {}
        }
    }
    sums
}

fn refunded(order: &Order, refunds: &[LineRefund]) -> Order {
    let mut order = order.clone();
    for refund in refunds {
        let lines = order.lines.iter_mut().filter(|line| line.line.id == refund.line);
        for line in lines {
            let refunded = line.refunded.checked_add(refund.amount);
            line.refunded = refunded.expect("not more than was paid");
            line.refunded_units += refund.units;
        }
    }
    order
}
