//! Slices: money of an escrow, leased to a process that serves the promotion.

use base::{Amount, Instant, Label, PromotionId, Span};
use ledger::{Account, AccountName, Context, LinkedSet, Pending, Posted, Reason, Subject};

use crate::outcome::or_open;
use crate::{Micros, Outcome, Promotion, Refusal, limits};

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

/// An amount of an escrow that one process may spend. In the ledger it is a reservation from the
/// escrow to `promotion/revenue`: billing posts of it, what comes back voids, so slices together
/// are never more than the escrow has.
///
/// Its process chooses the promotion for viewers until `expires_at`; what these do is billed until
/// `kept_until`. So every token that was signed against it is covered, also when its process dies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Of which promotion.
    pub promotion: PromotionId,
    /// The how manyth slice of it, from 1.
    pub number: u32,
    /// The process that holds it, by the name it gives itself.
    pub holder: Label,
    /// What is reserved, posted and given back of it, in minor units.
    pub pending: Pending,
    /// What was billed on it, to the millionth. It may be more than is posted: what makes no
    /// whole minor unit, and what was set off, is not.
    pub used: Micros,
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
        let kept = self.pending.reserved.saturating_sub(self.pending.voided);
        Micros::of(kept).saturating_sub(self.used)
    }
}

/// A slice that a process wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The process, by the name it gives itself.
    pub holder: Label,
    /// How much, in minor units; it gets less when there is less.
    pub amount: Amount,
    /// For how long it wants to choose the promotion with it, at most [`limits::SLICE_TERM_MAX`].
    pub term: Span,
}

/// The accounts that slices move money on.
pub fn slice_accounts(promotion: &Promotion) -> [AccountName; 2] {
    [promotion.escrow(), AccountName::PromotionRevenue]
}

/// Leases money of the escrow to a process. With a daily budget, slices end with their day, so
/// that what is shown on a day never spends more. `accounts` as far as they were opened.
///
/// # Errors
///
/// In this order: `NotRunning` (not allowed, held up, before its start or after its end);
/// `LimitExceeded` (no amount, no time or too much of it, or [`limits::OPEN_SLICES_MAX`] open
/// slices); `DailyBudgetSpent`; `NothingLeft`.
pub fn lease(
    want: &Lease,
    promotion: &Promotion,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    let now = context.now;
    if !promotion.is_shown(now) {
        return Err(Refusal::NotRunning);
    }
    let has_time = want.term > Span::ZERO && want.term <= limits::SLICE_TERM_MAX;
    let is_full = promotion.slices.open >= limits::OPEN_SLICES_MAX;
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
    let reserved = set.reserve(debit, credit, promotion.money(amount));
    let pending = reserved.map_err(|_| Refusal::LimitExceeded)?;

    let sums = &mut promotion.slices;
    sums.ever = sums.ever.checked_add(1).ok_or(Refusal::LimitExceeded)?;
    sums.open += 1;
    sums.day_leased = sums.day_leased.checked_add(amount).unwrap_or(Amount::MAX);
    let expires_at = expiry(&promotion, want.term, now);
    let window = promotion.terms.goal.attribution_window();
    let slice = Slice {
        promotion: promotion.id,
        number: promotion.slices.ever,
        holder: want.holder.clone(),
        pending,
        used: Micros::ZERO,
        state: SliceState::Open,
        leased_at: now,
        expires_at,
        kept_until: expires_at.saturating_add(window).saturating_add(limits::SLICE_GRACE),
    };
    Ok(Outcome {
        promotions: vec![promotion],
        slices: vec![slice],
        posted: set.finish(),
        ..Outcome::default()
    })
}

fn expiry(promotion: &Promotion, term: Span, now: Instant) -> Instant {
    let wanted = now.saturating_add(term).min(promotion.terms.ends_at);
    if promotion.terms.daily_budget.is_none() {
        return wanted;
    }
    let days = u64::try_from(now.day_number() + 1).expect("no instant is before 1970");
    wanted.min(Instant::MIN.saturating_add(Span::days(days)))
}

/// Gives back what a process does not use of a slice. It keeps `keep`, in minor units, for what it
/// has chosen and what was not billed yet; keeping nothing closes the slice.
///
/// # Errors
///
/// In this order: `SliceClosed`; `NothingToChange` when all that is left is to be kept.
pub fn return_slice(
    keep: Amount,
    slice: &Slice,
    promotion: &Promotion,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    if slice.state != SliceState::Open {
        return Err(Refusal::SliceClosed);
    }
    if keep.is_zero() {
        return close(slice, SliceState::Returned, promotion, accounts, context);
    }
    let unused = slice.left().whole().saturating_sub(keep);
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
