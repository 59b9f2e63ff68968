//! Slices: money of an escrow, leased to a process that serves the promotion.

use base::{Amount, Instant, Label, PromotionId, SliceId, Span};
use ledger::{Account, AccountName, Context, LinkedSet, Pending, Posted, Reason, Subject};

use crate::outcome::or_open;
use crate::{BillingStream, Micros, Outcome, Promotion, Refusal, limits, slice_id};

/// Whether a slice can still be billed. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum SliceState {
    /// It can.
    Open = 1,
    /// Its process has given the rest back.
    Returned = 2,
    /// The rest was given back by time.
    Lapsed = 3,
}

impl SliceState {
    /// Every state.
    pub const ALL: [SliceState; 3] = [SliceState::Open, SliceState::Returned, SliceState::Lapsed];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            SliceState::Open => "open",
            SliceState::Returned => "returned",
            SliceState::Lapsed => "lapsed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<SliceState> {
        SliceState::ALL.into_iter().find(|state| *state as u8 == number)
    }
}

/// Units of a slice that the book has not billed, though its process had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// How many.
    pub units: u64,
    /// What they would have cost.
    pub price: Micros,
}

impl Refused {
    pub(crate) fn add(&mut self, units: u64, price: Micros) {
        self.units = self.units.saturating_add(units);
        self.price = self.price.saturating_add(price);
    }

    /// Takes units that turned out to be invalid off, as many as are here, and their part of
    /// `price`. Returns what was taken off: it was never charged, and is not repaid.
    pub(crate) fn take(&mut self, units: u64, price: Micros) -> (u64, Micros) {
        let taken = units.min(self.units);
        let part = u128::from(price.get()) * u128::from(taken) / u128::from(units.max(1));
        let part = Micros::new(u64::try_from(part).unwrap_or(price.get())).min(self.price);
        self.units -= taken;
        self.price = self.price.saturating_sub(part);
        if self.units == 0 {
            self.price = Micros::ZERO;
        }
        (taken, part)
    }
}

/// An amount of an escrow that one process may spend. In the ledger it is a reservation from the
/// escrow to `promotion/revenue`: billing posts of it, what comes back voids, so slices together
/// are never more than the escrow has.
///
/// Its process chooses the promotion for viewers until `expires_at`; what these do is billed until
/// `kept_until`. So every token that was signed against it is covered, also when its process dies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Its id ([`slice_id`](crate::slice_id())).
    pub id: SliceId,
    /// Of which promotion.
    pub promotion: PromotionId,
    /// The how manyth slice of it, from 1.
    pub number: u32,
    /// The process that holds it, by the name of its stream.
    pub holder: Label,
    /// What is reserved, posted and given back of it, in minor units.
    pub pending: Pending,
    /// What was billed on it, to the millionth. It may be more than is posted: what makes no
    /// whole minor unit, and what was set off, is not.
    pub used: Micros,
    /// What its process has charged to it and the book has not billed, less what of it was taken
    /// back. Nothing, unless the process has spent more than the slice had.
    pub refused: Refused,
    /// Whether it can still be billed.
    pub state: SliceState,
    /// When it was leased.
    pub leased_at: Instant,
    /// Until when its process may choose the promotion with it.
    pub expires_at: Instant,
    /// Until when the money waits for what was chosen.
    pub kept_until: Instant,
}

impl Slice {
    /// What may still be billed on it.
    pub fn left(&self) -> Micros {
        if self.state != SliceState::Open {
            return Micros::ZERO;
        }
        Micros::of(self.granted()).saturating_sub(self.used)
    }

    /// What it was granted in all and has not given back, in minor units. The answer to a lease,
    /// and what its process sets its own copy to.
    pub fn granted(&self) -> Amount {
        self.pending.reserved.saturating_sub(self.pending.voided)
    }

    /// Until when its process may charge to it: what is charged by then can be billed in time.
    pub fn charges_until(&self) -> Instant {
        self.kept_until.saturating_sub(limits::BILL_LATENCY)
    }

    /// Whether a lease makes it larger, instead of a new slice. It belongs to the day it was
    /// leased on, and a reservation that is used up does not grow any more.
    fn grows_with(&self, want: &Lease, now: Instant) -> bool {
        self.state == SliceState::Open
            && self.holder == want.holder
            && self.leased_at.day_number() == now.day_number()
            && now < self.charges_until()
            && !self.pending.open().is_zero()
    }
}

/// Money that a process wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The process, by the name of its stream.
    pub holder: Label,
    /// How much more, in minor units; it gets less when there is less.
    pub amount: Amount,
    /// For how long it wants to choose the promotion with it, at most [`limits::SLICE_TERM_MAX`].
    pub term: Span,
}

/// What a process gives back of its slice. It tells what is left, not what goes, so it may be told
/// again, and before or after the bills that are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// What the slice is to have been granted in all, in minor units, as the process knows it
    /// now. What was billed stays, also when it is more.
    pub granted_after: Amount,
    /// When the slice is to be closed: the record of the holder's stream after the last one that
    /// charges it.
    pub closes_after: Option<u64>,
}

/// The accounts that slices move money on.
pub fn slice_accounts(promotion: &Promotion) -> [AccountName; 2] {
    [promotion.escrow(), AccountName::PromotionRevenue]
}

/// Leases money of the escrow to a process: `held`, the slice that it names, is made larger when it
/// is open and of this day, and serves longer; else there is a new one. Its process is told
/// [`Slice::granted`], which is the same however often it is told.
///
/// With a daily budget, slices end with their day, so that what is shown on a day never spends
/// more. `accounts` as far as they were opened.
///
/// # Errors
///
/// In this order: `NotRunning` (not allowed, held up, before its start or after its end);
/// `LimitExceeded` (no amount, no time or too much of it, or [`limits::OPEN_SLICES_MAX`] open
/// slices); `DailyBudgetSpent`; `NothingLeft`.
pub fn lease(
    want: &Lease,
    promotion: &Promotion,
    held: Option<&Slice>,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    let now = context.now;
    if !promotion.is_shown(now) {
        return Err(Refusal::NotRunning);
    }
    let has_time = want.term > Span::ZERO && want.term <= limits::SLICE_TERM_MAX;
    let held = held.filter(|slice| slice.grows_with(want, now));
    let is_full = held.is_none() && promotion.slices.open >= limits::OPEN_SLICES_MAX;
    if want.amount.is_zero() || !has_time || is_full {
        return Err(Refusal::LimitExceeded);
    }
    let mut promotion = promotion.clone();
    let sums = &mut promotion.slices;
    if sums.day != now.day_number() {
        (sums.day, sums.day_leased) = (now.day_number(), Amount::ZERO);
    }
    let today = promotion.terms.daily_budget.unwrap_or(Amount::MAX);
    let today = today.saturating_sub(sums.day_leased);
    if today.is_zero() {
        return Err(Refusal::DailyBudgetSpent);
    }
    let [escrow, revenue] =
        slice_accounts(&promotion).map(|name| or_open(accounts, name, promotion.currency()));
    let amount = want.amount.min(today).min(escrow.available());
    if amount.is_zero() {
        return Err(Refusal::NothingLeft);
    }
    let (debit, credit) = (escrow.id, revenue.id);
    let subject = Subject::of(promotion.id);
    let mut set = LinkedSet::new(context.position, Reason::PromotionLeased, subject);
    set = set.with(escrow).with(revenue);
    let reserved = match held {
        Some(slice) => set.enlarge(&slice.pending, amount),
        None => set.reserve(debit, credit, promotion.money(amount)),
    };
    let pending = reserved.map_err(|_| Refusal::LimitExceeded)?;
    let leased = promotion.slices.day_leased.checked_add(amount).unwrap_or(Amount::MAX);
    promotion.slices.day_leased = leased;
    let slice = match held {
        Some(slice) => enlarged(slice, pending, want, &promotion, now),
        None => opened(pending, want, &mut promotion, now)?,
    };
    Ok(outcome(promotion, slice, set.finish()))
}

fn opened(
    pending: Pending,
    want: &Lease,
    promotion: &mut Promotion,
    now: Instant,
) -> Result<Slice, Refusal> {
    let sums = &mut promotion.slices;
    sums.ever = sums.ever.checked_add(1).ok_or(Refusal::LimitExceeded)?;
    sums.open += 1;
    let expires_at = expiry(promotion, want.term, now);
    Ok(Slice {
        id: slice_id(promotion.id, promotion.slices.ever),
        promotion: promotion.id,
        number: promotion.slices.ever,
        holder: want.holder.clone(),
        pending,
        used: Micros::ZERO,
        refused: Refused::default(),
        state: SliceState::Open,
        leased_at: now,
        expires_at,
        kept_until: kept_until(promotion, expires_at),
    })
}

fn enlarged(
    slice: &Slice,
    pending: Pending,
    want: &Lease,
    promotion: &Promotion,
    now: Instant,
) -> Slice {
    let expires_at = slice.expires_at.max(expiry(promotion, want.term, now));
    let kept_until = slice.kept_until.max(kept_until(promotion, expires_at));
    Slice { pending, expires_at, kept_until, ..slice.clone() }
}

/// When what was chosen last has been reported, and billed.
fn kept_until(promotion: &Promotion, expires_at: Instant) -> Instant {
    let reported = expires_at.saturating_add(promotion.terms.goal.report_window());
    reported.saturating_add(limits::BILL_LATENCY)
}

fn expiry(promotion: &Promotion, term: Span, now: Instant) -> Instant {
    let wanted = now.saturating_add(term).min(promotion.terms.ends_at);
    if promotion.terms.daily_budget.is_none() {
        return wanted;
    }
    let days = u64::try_from(now.day_number() + 1).expect("no instant is before 1970");
    wanted.min(Instant::MIN.saturating_add(Span::days(days)))
}

/// Gives back what a process does not use of a slice, or closes it. `stream` is the holder's, if
/// it was ever billed.
///
/// A process asks one thing about a slice at a time: a return that is overtaken by a lease would
/// take what was leased.
///
/// # Errors
///
/// In this order: `SliceClosed`; `BillsMissing` when it is to be closed before its deliveries are
/// billed; `NothingToChange` when there is nothing to give back, also when that is told again.
pub fn return_slice(
    back: Return,
    slice: &Slice,
    promotion: &Promotion,
    stream: Option<&BillingStream>,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    if slice.state != SliceState::Open {
        return Err(Refusal::SliceClosed);
    }
    if let Some(position) = back.closes_after {
        let stream = stream.filter(|stream| stream.stream == slice.holder);
        let billed_to = stream.map_or(0, |stream| stream.billed_to);
        if billed_to < position {
            return Err(Refusal::BillsMissing { billed_to });
        }
        return close(slice, SliceState::Returned, promotion, accounts, context);
    }
    let kept = back.granted_after.max(slice.used.covering());
    let unused = slice.granted().saturating_sub(kept);
    if unused.is_zero() {
        return Err(Refusal::NothingToChange);
    }
    let (mut slice, mut promotion) = (slice.clone(), promotion.clone());
    let mut till = Till::open(&promotion, accounts, context);
    let set = till.on_behalf(Reason::PromotionReturned);
    slice.pending = set.void(&slice.pending, unused).map_err(|_| Refusal::SliceClosed)?;
    free_day(&mut promotion, &slice, unused);
    let posted = till.finish();
    Ok(outcome(promotion, slice, posted))
}

/// Gives back what is left of a slice when nothing that was chosen with it can come any more.
///
/// # Errors
///
/// In this order: `SliceClosed`; `NotDue` before `kept_until`.
pub fn lapse(
    slice: &Slice,
    promotion: &Promotion,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    if slice.state != SliceState::Open {
        return Err(Refusal::SliceClosed);
    }
    if context.now < slice.kept_until {
        return Err(Refusal::NotDue { due_at: slice.kept_until });
    }
    close(slice, SliceState::Lapsed, promotion, accounts, context)
}

fn close(
    slice: &Slice,
    state: SliceState,
    promotion: &Promotion,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    let (mut slice, mut promotion) = (slice.clone(), promotion.clone());
    let mut till = Till::open(&promotion, accounts, context);
    // What makes no whole minor unit goes on to the next slice, or makes one with what is carried.
    let charged = promotion.spend.charge(slice.used.fraction());
    if !charged.is_zero() {
        let set = till.on_behalf(Reason::PromotionBilled);
        slice.pending = set.post(&slice.pending, charged).map_err(|_| Refusal::LimitExceeded)?;
    }
    let rest = slice.pending.open();
    if !rest.is_zero() {
        slice.pending = match state {
            SliceState::Lapsed => till.on_behalf(Reason::PromotionLapsed).expire(&slice.pending),
            _ => till.on_behalf(Reason::PromotionReturned).void(&slice.pending, rest),
        }
        .map_err(|_| Refusal::LimitExceeded)?;
    }
    slice.state = state;
    free_day(&mut promotion, &slice, rest);
    promotion.slices.open = promotion.slices.open.saturating_sub(1);
    let posted = till.finish();
    Ok(outcome(promotion, slice, posted))
}

/// What comes back on the day it was leased may be leased again on that day.
fn free_day(promotion: &mut Promotion, slice: &Slice, amount: Amount) {
    let sums = &mut promotion.slices;
    if slice.leased_at.day_number() == sums.day {
        sums.day_leased = sums.day_leased.saturating_sub(amount);
    }
}

fn outcome(promotion: Promotion, slice: Slice, posted: Posted) -> Outcome {
    Outcome { promotions: vec![promotion], slices: vec![slice], posted, ..Outcome::default() }
}

/// Escrow and revenue of one promotion, opened when money moves.
struct Till<'a> {
    promotion: PromotionId,
    names: [AccountName; 2],
    currency: base::Currency,
    accounts: &'a [&'a Account],
    context: Context,
    set: Option<LinkedSet>,
}

impl<'a> Till<'a> {
    fn open(promotion: &Promotion, accounts: &'a [&'a Account], context: Context) -> Till<'a> {
        let names = slice_accounts(promotion);
        let currency = promotion.currency();
        Till { promotion: promotion.id, names, currency, accounts, context, set: None }
    }

    fn on_behalf(&mut self, reason: Reason) -> &mut LinkedSet {
        let subject = Subject::of(self.promotion);
        let set = self.set.get_or_insert_with(|| {
            let set = LinkedSet::new(self.context.position, reason, subject);
            self.names.iter().fold(set, |set, name| {
                set.with(or_open(self.accounts, name.clone(), self.currency))
            })
        });
        set.on_behalf(reason, subject);
        set
    }

    fn finish(self) -> Posted {
        self.set.map(LinkedSet::finish).unwrap_or_default()
    }
}
