//! Bills: delivery becomes money, exactly once.

use base::{Label, PromotionId, StreamId};
use ledger::{Account, Context, LinkedSet, Reason, Subject};

use crate::outcome::or_open;
use crate::slice::slice_accounts;
use crate::stream_id;
use crate::{Micros, Outcome, Promotion, PromotionEvent, Refusal, Slice, State, limits};

/// How far a stream of deliveries was billed. One row a stream: the log of one process that
/// serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingStream {
    /// Its id ([`stream_id`](crate::stream_id())).
    pub id: StreamId,
    /// Its name.
    pub stream: Label,
    /// Its records below this number were billed.
    pub billed_to: u64,
    /// Units and takebacks of promotions that are not known, passed over so far. Anything but
    /// zero is a mistake to be looked into.
    pub unknown_units: u64,
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
    /// What turned out to be invalid after it was billed; one line for each promotion and slice.
    pub takebacks: Vec<Takeback>,
}

/// What was delivered of a promotion with the money of one slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// The promotion.
    pub promotion: PromotionId,
    /// The number of its slice.
    pub slice: u32,
    /// Valid units that the slice had money for, as the process that holds it has decided.
    pub units: u64,
    /// What the slice was charged for them. A guarantee has its own price, and this is not looked
    /// at.
    pub price: Micros,
    /// Valid units that the slice was not charged for. They cost nothing.
    pub unbilled_units: u64,
    /// Units that were invalid at once. They cost nothing.
    pub invalid_units: u64,
}

/// Late verdicts on a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takeback {
    /// The promotion.
    pub promotion: PromotionId,
    /// The number of the slice that was charged.
    pub slice: u32,
    /// Units that were billed as valid and are not. Those that were never charged are not among
    /// them.
    pub units: u64,
    /// What the slice was charged for them. A guarantee has its own price.
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
/// * What a unit of an estimate costs, the process that holds the slice has decided; here it is at
///   most the quoted maximum. Units of a guarantee cost their share of its price, those beyond the
///   guaranteed number nothing.
/// * Nothing is billed beyond what the slice has left, nor on one that is closed or not known.
///   Only whole units are billed; the others are *refused*: delivered for nothing, counted, and
///   kept on the slice. A process that spends no more than its slice has sees none refused.
/// * What turned out to be invalid is first taken off what was refused, for that was never
///   charged. The rest goes back into escrow, from where it can be leased again, or settled: a
///   promotion that is settled is then to be settled again.
/// * A line of a promotion that is not known is passed over, and counted on the stream: one
///   mistake does not stop the bills of all others.
/// * Money moves in whole minor units: see [`Spend`](crate::Spend).
///
/// # Errors
///
/// In this order: `AlreadyBilled`, when the whole range was; `BillingGap`; `LimitExceeded`
/// ([`limits::LINES_PER_BILL_MAX`]); `LimitExceeded` when a total of an account would overflow.
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
    let unknown = rows.stream.map_or(0, |stream| stream.unknown_units);
    let stream = BillingStream {
        id: stream_id(&bill.stream),
        stream: bill.stream.clone(),
        billed_to: bill.to,
        unknown_units: unknown.saturating_add(ledger.unknown_units),
    };
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
    unknown_units: u64,
}

impl<'a> Billing<'a> {
    fn new(rows: BillRows<'a>, context: Context) -> Billing<'a> {
        let (promotions, slices, events) = (Vec::new(), Vec::new(), Vec::new());
        Billing { rows, context, promotions, slices, set: None, events, unknown_units: 0 }
    }

    fn deliver(&mut self, line: &BillLine) -> Result<(), Refusal> {
        let Some(at) = self.promotion(line.promotion) else {
            let units = line.units.saturating_add(line.unbilled_units);
            self.unknown_units = self.unknown_units.saturating_add(units);
            return Ok(());
        };
        let slice = self.slice(line.promotion, line.slice);
        let left = slice.map_or(Micros::ZERO, |slice| self.slices[slice].left());
        let promotion = &mut self.promotions[at];
        let (units, price, asked) = billable(promotion, line, left);
        let refused = line.units - units;
        let unbilled = line.unbilled_units.saturating_add(refused);
        let delivery = &mut promotion.delivery;
        delivery.billed_units = delivery.billed_units.saturating_add(units);
        delivery.unbilled_units = delivery.unbilled_units.saturating_add(unbilled);
        delivery.invalid_units = delivery.invalid_units.saturating_add(line.invalid_units);
        let Some(slice) = slice else { return Ok(()) };
        let slice = &mut self.slices[slice];
        slice.refused.add(refused, asked.saturating_sub(price));
        if price == Micros::ZERO {
            return Ok(());
        }
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
        let Some(at) = self.promotion(takeback.promotion) else {
            self.unknown_units = self.unknown_units.saturating_add(takeback.units);
            return Ok(());
        };
        // Nothing can have been charged on a slice that never was.
        let Some(slice) = self.slice(takeback.promotion, takeback.slice) else { return Ok(()) };
        let (refused, refused_price) =
            self.slices[slice].refused.take(takeback.units, takeback.price);
        let promotion = &mut self.promotions[at];
        let guarantee = promotion.guarantee();
        let delivery = &mut promotion.delivery;
        let refused = refused.min(delivery.unbilled_units);
        delivery.unbilled_units -= refused;
        let before = delivery.billed_units;
        let billed = (takeback.units - refused).min(before);
        delivery.billed_units = before - billed;
        delivery.invalid_units = delivery.invalid_units.saturating_add(billed + refused);
        let price = match guarantee {
            Some(guarantee) => {
                guarantee.cost(before).saturating_sub(guarantee.cost(before - billed))
            }
            None => takeback.price.saturating_sub(refused_price),
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

    /// Where the promotion stands among those that were touched, if it is known.
    fn promotion(&mut self, id: PromotionId) -> Option<usize> {
        if let Some(at) = self.promotions.iter().position(|known| known.id == id) {
            return Some(at);
        }
        let row = self.rows.promotions.iter().find(|row| row.id == id)?;
        self.promotions.push(Promotion::clone(row));
        Some(self.promotions.len() - 1)
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

/// How many of a line's units are billed, for what, and what all of them would have cost.
fn billable(promotion: &Promotion, line: &BillLine, left: Micros) -> (u64, Micros, Micros) {
    if let Some(guarantee) = promotion.guarantee() {
        let before = promotion.delivery.billed_units;
        let cost = |units: u64| {
            guarantee.cost(before.saturating_add(units)).saturating_sub(guarantee.cost(before))
        };
        let units = guarantee.affordable(before, line.units, left);
        return (units, cost(units), cost(line.units));
    }
    let most = promotion.quote.unit_price_max.saturating_times(line.units);
    let asked = line.price.min(most);
    if asked <= left {
        return (line.units, asked, asked);
    }
    // Whole units in proportion to the money, and of the price what belongs to them.
    let part = |whole: u64, of: u64, all: u64| {
        let part = u128::from(whole) * u128::from(of) / u128::from(all.max(1));
        u64::try_from(part).unwrap_or(whole)
    };
    let units = part(line.units, left.get(), asked.get());
    (units, Micros::new(part(asked.get(), units, line.units)), asked)
}
