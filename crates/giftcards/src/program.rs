//! Programs: the terms under which cards are issued.

use base::{Amount, Currency, Instant, ProgramId, Region, Span, Text};

use ledger::Subject;

use crate::{Context, EventKind, Metadata, Outcome, Refusal, Scope, limits};

/// Terms for a family of cards. A card copies what it needs when it is issued, so a later
/// program never changes cards that people already hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// Name for staff.
    pub name: Text<80>,
    /// The only currency its cards have.
    pub currency: Currency,
    /// Smallest value of a card, in minor units, above zero.
    pub value_min: Amount,
    /// Largest value of a card, in minor units.
    pub value_max: Amount,
    /// Days a card lives from its issue, at least one; `None` never expires.
    pub validity_days: Option<u32>,
    /// Seconds one hold may last, at least one.
    pub hold_seconds_max: u32,
    /// Days by which a refund prolongs a card that has expired; zero counts as one.
    pub refund_extension_days: u16,
    /// Seconds after its order from which on a bought card can be spent; zero is at once.
    pub activation_s: u32,
    /// Days after which a bought gift that nobody has claimed or used goes back to its buyer, from
    /// [`limits::RETURN_DAYS_MIN`] to [`limits::RETURN_DAYS_MAX`]; `None` leaves its value on it.
    pub return_after_days: Option<u16>,
    /// Where its cards may be spent.
    pub scope: Scope,
    /// Regions in which its cards may be spent; empty means everywhere.
    pub regions: Vec<Region>,
    /// Strings of the shop.
    pub metadata: Metadata,
    /// When it was created.
    pub created_at: Instant,
}

/// A program to be created: as [`Program`], its time set by the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProgram(pub Program);

/// Creates a program. `existing` is the row of the same id, if there is one.
///
/// # Errors
///
/// In this order: `IdTaken`; `LimitExceeded` when the value range is empty, begins at zero or ends
/// above [`limits::CARD_VALUE_MAX`], cards would live no day, a hold may last no second or longer
/// than [`limits::HOLD_SECONDS_MAX`], activation waits longer than
/// [`limits::ACTIVATION_SECONDS_MAX`], unclaimed value would go back sooner than after
/// [`limits::RETURN_DAYS_MIN`], later than after [`limits::RETURN_DAYS_MAX`] or never, because
/// cards do not live longer once they can be spent, or a list is longer than
/// [`limits::SCOPE_LIST_MAX`].
pub fn create_program(
    new: &NewProgram,
    existing: Option<&Program>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let program = Program { created_at: context.now, ..new.0.clone() };
    let range_is_empty = program.value_min.is_zero() || program.value_min > program.value_max;
    let hold_seconds = 1..=limits::HOLD_SECONDS_MAX;
    if range_is_empty
        || program.value_max.minor() > limits::CARD_VALUE_MAX
        || program.validity_days == Some(0)
        || !hold_seconds.contains(&program.hold_seconds_max)
        || program.activation_s > limits::ACTIVATION_SECONDS_MAX
        || !program.can_return_unclaimed()
        || !program.scope.within_limits()
        || program.regions.len() > limits::SCOPE_LIST_MAX
    {
        return Err(Refusal::LimitExceeded);
    }
    let events = vec![(EventKind::ProgramCreated, Subject::of(program.id))];
    Ok(Outcome { programs: vec![program], events, ..Outcome::default() })
}

impl Program {
    /// True unless it gives unclaimed value back at a time that cannot be. Its days begin when a
    /// card can be spent.
    fn can_return_unclaimed(&self) -> bool {
        let days = limits::RETURN_DAYS_MIN..=limits::RETURN_DAYS_MAX;
        self.return_after_days.is_none_or(|after| {
            let activation = u64::from(self.activation_s) * 1_000_000;
            let returns = Span::days(u64::from(after)).micros().saturating_add(activation);
            let is_before = |validity| returns < Span::days(u64::from(validity)).micros();
            days.contains(&after) && self.validity_days.is_none_or(is_before)
        })
    }
}
