//! Bills: delivery becomes money, exactly once.

use base::{Label, PromotionId};
use ledger::{Account, Context, LinkedSet, Reason, Subject};

use crate::outcome::or_open;
use crate::slice::slice_accounts;
use crate::{Micros, Outcome, Promotion, PromotionEvent, Refusal, Slice, State, limits};

/// How far a stream of deliveries was billed. One row a stream: the log of one process that
/// serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingStream {
    /// Its name.
    pub stream: Label,
    /// Its records below this number were billed.
    pub billed_to: u64,
}

/// What the records from `from` up to, not including, `to` of a stream say.
///
/// Whoever makes it adds up all records of the range, so the same range says the same again; its
/// place in the stream is the key under which it counts once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The stream.
    pub stream: Label,
    /// The first record.
    pub from: u64,
    /// The record after the last.
    pub to: u64,
    /// What was delivered; one line for each promotion and slice.
    pub lines: Vec<BillLine>,
    /// What turned out to be invalid after it was billed; one line for each promotion.
    pub takebacks: Vec<Takeback>,
}

/// What was delivered of a promotion with the money of one slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// The promotion.
    pub promotion: PromotionId,
    /// The number of its slice.
    pub slice: u32,
    /// Valid units.
    pub units: u64,
    /// What they cost together by the auctions that were won. A guarantee has its own price, and
    /// this is not looked at.
    pub price: Micros,
    /// Units that were invalid at once. They cost nothing.
    pub invalid_units: u64,
}

/// Late verdicts on a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takeback {
    /// The promotion.
    pub promotion: PromotionId,
    /// Units that were billed as valid and are not.
    pub units: u64,
    /// What they had cost together. A guarantee has its own price.
    pub price: Micros,
}

/// Rows a bill is decided on.
#[derive(Clone, Copy, Debug)]
pub struct BillRows<'a> {
    /// The stream; `None` before its first bill.
    pub stream: Option<&'a BillingStream>,
    /// Every promotion that the bill names.
    pub promotions: &'a [&'a Promotion],
    /// The slices that the bill names, as far as they exist.
    pub slices: &'a [&'a Slice],
    /// Their accounts ([`slice_accounts`]), as far as they were opened.
    pub accounts: &'a [&'a Account],
}

/// Bills a range of a stream.
///
/// * A unit of an estimate costs what its auction says, at most the quoted maximum. Units of a
///   guarantee cost their share of its price, those beyond the guaranteed number nothing.
/// * Nothing is billed beyond what the slice has left, nor on one that is closed or not known:
///   such units are delivered for nothing, and counted.
/// * What turned out to be invalid goes back into escrow, from where it can be leased again, or
///   settled: a promotion that is settled is then to be settled again.
/// * Money moves in whole minor units: see [`Spend`](crate::Spend).
///
/// # Errors
///
/// In this order: `AlreadyBilled`, when the whole range was; `BillingGap`; `LimitExceeded`
/// ([`limits::LINES_PER_BILL_MAX`]); `PromotionNotFound`; `LimitExceeded` when a total of an
/// account would overflow.
pub fn bill(bill: &Bill, rows: BillRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    let billed_to = rows.stream.map_or(0, |stream| stream.billed_to);
    if bill.to <= billed_to {
        return Err(Refusal::AlreadyBilled { billed_to });
    }
    if bill.from != billed_to {
        return Err(Refusal::BillingGap { billed_to });
    }
    if bill.lines.len() + bill.takebacks.len() > limits::LINES_PER_BILL_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let mut ledger = Billing::new(rows, context);
    for line in &bill.lines {
        ledger.deliver(line)?;
    }
    for takeback in &bill.takebacks {
        ledger.take_back(takeback)?;
    }
    let stream = BillingStream { stream: bill.stream.clone(), billed_to: bill.to };
    Ok(ledger.finish(stream))
}

/// A bill under way: rows as the lines so far have left them.
struct Billing<'a> {
    rows: BillRows<'a>,
    context: Context,
    promotions: Vec<Promotion>,
    slices: Vec<Slice>,
    set: Option<LinkedSet>,
    events: Vec<(PromotionEvent, Subject)>,
}

impl<'a> Billing<'a> {
    fn new(rows: BillRows<'a>, context: Context) -> Billing<'a> {
        let (promotions, slices, events) = (Vec::new(), Vec::new(), Vec::new());
        Billing { rows, context, promotions, slices, set: None, events }
    }

    fn deliver(&mut self, line: &BillLine) -> Result<(), Refusal> {
        let at = self.promotion(line.promotion)?;
        let slice = self.slice(line.promotion, line.slice);
        let left = slice.map_or(Micros::ZERO, |slice| self.slices[slice].left());
        let promotion = &mut self.promotions[at];
        let (units, price) = billable(promotion, line, left);
        let delivery = &mut promotion.delivery;
        delivery.billed_units = delivery.billed_units.saturating_add(units);
        delivery.unbilled_units = delivery.unbilled_units.saturating_add(line.units - units);
        delivery.invalid_units = delivery.invalid_units.saturating_add(line.invalid_units);
        let Some(slice) = slice.filter(|_| price > Micros::ZERO) else { return Ok(()) };

        let slice = &mut self.slices[slice];
        let before = slice.used.whole();
        slice.used = slice.used.saturating_add(price);
        let whole = slice.used.whole().saturating_sub(before);
        promotion.spend.owe(price);
        let charged = promotion.spend.charge(Micros::of(whole));
        if charged.is_zero() {
            return Ok(());
        }
        let pending = slice.pending.clone();
        let set = self.set_of(at, Reason::PromotionBilled);
        let pending = set.post(&pending, charged).map_err(|_| Refusal::LimitExceeded)?;
        if let Some(slice) = self.slice(line.promotion, line.slice) {
            self.slices[slice].pending = pending;
        }
        Ok(())
    }

    fn take_back(&mut self, takeback: &Takeback) -> Result<(), Refusal> {
        let at = self.promotion(takeback.promotion)?;
        let promotion = &mut self.promotions[at];
        let guarantee = promotion.guarantee();
        let delivery = &mut promotion.delivery;
        let before = delivery.billed_units;
        let billed = takeback.units.min(before);
        delivery.billed_units = before - billed;
        let unbilled = (takeback.units - billed).min(delivery.unbilled_units);
        delivery.unbilled_units -= unbilled;
        delivery.invalid_units = delivery.invalid_units.saturating_add(billed + unbilled);
        let price = match guarantee {
            Some(guarantee) => {
                guarantee.cost(before).saturating_sub(guarantee.cost(before - billed))
            }
            None => takeback.price,
        };
        let repaid = promotion.spend.take_off(price);
        if repaid.is_zero() {
            return Ok(());
        }
        if promotion.state == State::Settled {
            promotion.settles_at = Some(self.context.now);
        }
        let repaid = promotion.money(repaid);
        let [escrow, revenue] = slice_accounts(promotion).map(|name| name.id(promotion.currency()));
        self.events.push((PromotionEvent::Repaid, Subject::of(promotion.id)));
        let set = self.set_of(at, Reason::PromotionRepaid);
        set.transfer(revenue, escrow, repaid).map_err(|_| Refusal::LimitExceeded)
    }

    /// Where the promotion stands among those that were touched.
    fn promotion(&mut self, id: PromotionId) -> Result<usize, Refusal> {
        if let Some(at) = self.promotions.iter().position(|known| known.id == id) {
            return Ok(at);
        }
        let row = self.rows.promotions.iter().find(|row| row.id == id);
        self.promotions.push(Promotion::clone(row.ok_or(Refusal::PromotionNotFound)?));
        Ok(self.promotions.len() - 1)
    }

    /// Where the slice stands among those that were touched, if there is one.
    fn slice(&mut self, promotion: PromotionId, number: u32) -> Option<usize> {
        let is_it = |slice: &Slice| slice.promotion == promotion && slice.number == number;
        if let Some(at) = self.slices.iter().position(is_it) {
            return Some(at);
        }
        let row = self.rows.slices.iter().find(|row| is_it(row))?;
        self.slices.push(Slice::clone(row));
        Some(self.slices.len() - 1)
    }

    /// The set, with the accounts of this promotion.
    fn set_of(&mut self, at: usize, reason: Reason) -> &mut LinkedSet {
        let promotion = &self.promotions[at];
        let subject = Subject::of(promotion.id);
        let position = self.context.position;
        let set = self.set.get_or_insert_with(|| LinkedSet::new(position, reason, subject));
        for name in slice_accounts(promotion) {
            set.add(or_open(self.rows.accounts, name, promotion.currency()));
        }
        set.on_behalf(reason, subject);
        set
    }

    fn finish(self, stream: BillingStream) -> Outcome {
        Outcome {
            promotions: self.promotions,
            slices: self.slices,
            streams: vec![stream],
            posted: self.set.map(LinkedSet::finish).unwrap_or_default(),
            events: self.events,
            ..Outcome::default()
        }
    }
}

/// How many of a line's units are billed, and for what.
fn billable(promotion: &Promotion, line: &BillLine, left: Micros) -> (u64, Micros) {
    if let Some(guarantee) = promotion.guarantee() {
        let before = promotion.delivery.billed_units;
        let units = guarantee.affordable(before, line.units, left);
        let cost = guarantee.cost(before.saturating_add(units));
        return (units, cost.saturating_sub(guarantee.cost(before)));
    }
    let most = promotion.quote.unit_price_max.saturating_times(line.units);
    let asked = line.price.min(most);
    if asked <= left {
        return (line.units, asked);
    }
    // Of what there is no money for, so many units in proportion are not billed.
    let units = u128::from(line.units) * u128::from(left.get()) / u128::from(asked.get());
    (u64::try_from(units).unwrap_or(line.units), left)
}
