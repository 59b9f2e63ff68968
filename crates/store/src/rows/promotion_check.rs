//! What the values of a promotion have to say of each other: its state, its end, who paid, and its
//! money.

use journal::ReadError;
use promotions::{EndCause, Micros, Promise, Promotion, Spend, State, limits};

use super::fields::{invalid, sum};

/// Checks what a row alone can tell.
pub(super) fn check(row: &Promotion) -> Result<(), ReadError> {
    check_state(row)?;
    check_payment(row)?;
    check_sold(row)?;
    check_slices(row)?;
    check_money(row)?;
    // One that is older than the rows of advertisers may be under way and not counted.
    if row.is_counted && !row.is_to_be_counted() {
        return Err(invalid("promotion: counted, and not under way"));
    }
    if row.deeds == 0 || row.settlements > row.deeds {
        return Err(invalid("promotion: composed by no deed, or settled by none"));
    }
    Ok(())
}

/// The state says whether it was allowed, is held up, has ended and is to be settled.
fn check_state(row: &Promotion) -> Result<(), ReadError> {
    let state = row.state;
    let may_be_shown = matches!(state, State::Scheduled | State::Running | State::Paused);
    if may_be_shown && row.review.approved_version.is_none() {
        return Err(invalid("state of a promotion: allowed, and nobody has looked at it"));
    }
    if may_be_shown && row.pauses.any() != (state == State::Paused) {
        return Err(invalid("state of a promotion: held up by nothing, or shown all the same"));
    }
    let is_rejected = state == State::Rejected || row.review.is_appealed;
    if is_rejected && row.review.rule.is_none() {
        return Err(invalid("review of a promotion: rejected for no rule"));
    }
    let fits = |cause: EndCause| match state {
        State::Rejected => cause == EndCause::Rejected,
        State::Completed => cause == EndCause::TimeOver,
        State::Stopped => !matches!(cause, EndCause::Rejected | EndCause::TimeOver),
        _ => state == State::Settled,
    };
    if row.end.map_or(state.is_ended(), |end| !fits(end.cause)) {
        return Err(invalid("end of a promotion: not that of its state"));
    }
    // What was settled is settled again when a verdict comes late.
    let settles = row.settles_at.is_some();
    if state != State::Settled && settles != state.is_ended() {
        return Err(invalid("settlement of a promotion: due when nothing ended, or never"));
    }
    if (state == State::Settled) != (row.settlements > 0) {
        return Err(invalid("settlements of a promotion: not as its state says"));
    }
    Ok(())
}

/// A checkout pays for it, or has paid; only what was never paid ends without.
fn check_payment(row: &Promotion) -> Result<(), ReadError> {
    if row.pay_with.len() > limits::PAY_WITH_MAX {
        return Err(invalid("promotion: too many ways to pay"));
    }
    if row.submitted_at.is_some() != row.checkout.is_some() {
        return Err(invalid("promotion: being paid, and by no checkout"));
    }
    let (is_funded, has_checkout) = (row.funded_at.is_some(), row.checkout.is_some());
    let fits = match row.state {
        State::Draft => !is_funded,
        // A draft that nobody has paid is thrown away.
        State::Stopped | State::Settled => is_funded == has_checkout,
        _ => is_funded && has_checkout,
    };
    if !fits {
        return Err(invalid("promotion: paid when it cannot be, or not when it must"));
    }
    if !is_funded && row.pauses.any() {
        return Err(invalid("promotion: held up before it was paid"));
    }
    Ok(())
}

fn check_slices(row: &Promotion) -> Result<(), ReadError> {
    let slices = &row.slices;
    if slices.open > slices.ever || slices.open > limits::OPEN_SLICES_MAX {
        return Err(invalid("slices of a promotion: more are open than can be"));
    }
    let is_untouched = row.spend == Spend::default() && slices.day_leased.is_zero();
    if slices.ever == 0 && !is_untouched {
        return Err(invalid("slices of a promotion: spent without one"));
    }
    if row.funded_at.is_none() && slices.ever > 0 {
        return Err(invalid("slices of a promotion: leased before it was paid"));
    }
    if row.state == State::Settled && slices.open > 0 {
        return Err(invalid("slices of a promotion: open, and it is settled"));
    }
    Ok(())
}

/// What was paid and added is spent, has gone back, or is in escrow, and never more. What is due
/// is charged to the whole minor unit: see [`Spend`].
fn check_money(row: &Promotion) -> Result<(), ReadError> {
    let gone = sum([row.spend.spent, row.returned, row.incentive_returned, row.kept]);
    if gone.is_none_or(|gone| gone > row.terms.budget.amount) {
        return Err(invalid("amounts of a promotion: more is gone than was paid"));
    }
    let back_or_kept = sum([row.returned, row.kept]);
    let is_paid_twice = back_or_kept.is_none_or(|both| both > row.unspent_paid());
    if is_paid_twice || row.incentive_returned > row.unspent_incentive() {
        return Err(invalid("amounts of a promotion: what was spent has gone back"));
    }
    let has_returned =
        [row.returned, row.incentive_returned, row.kept].iter().any(|it| !it.is_zero());
    if has_returned && (row.settlements == 0 || row.funded_at.is_none()) {
        return Err(invalid("amounts of a promotion: gone back by no settlement"));
    }
    let carry = i128::from(row.spend.carry_micros);
    let whole = i128::from(Micros::PER_MINOR);
    if carry >= whole || (carry < 0 && !row.spend.spent.is_zero()) {
        return Err(invalid("spend of a promotion: carries what can be charged or repaid"));
    }
    let charged = i128::from(row.spend.spent.minor()) * whole;
    // Units of a guarantee cost their share of its price, in whatever steps they came.
    let guarantee = row.guarantee();
    if guarantee.is_some_and(|all| all.cost(row.delivery.billed_units) != row.spend.due) {
        return Err(invalid("spend of a promotion: not the share of what it guarantees"));
    }
    let in_slices = i128::from(row.spend.due.get()) - charged - carry;
    let most = i128::from(row.slices.open) * (whole - 1);
    if !(0..=most).contains(&in_slices) {
        return Err(invalid("spend of a promotion: more or less than is due"));
    }
    Ok(())
}

/// A guarantee sells a number.
fn check_sold(row: &Promotion) -> Result<(), ReadError> {
    let is_sold = row.terms.promise == Promise::Guarantee && row.funded_at.is_some();
    match row.quote.guaranteed_units {
        None if is_sold => Err(invalid("quote of a promotion: sold, and guarantees no number")),
        Some(0) => Err(invalid("quote of a promotion: guarantees nothing")),
        _ => Ok(()),
    }
}
