//! Alarms: a promotion brings less or more than was quoted. The book is told of each once.

use ledger::Context;

use crate::{Actor, Deed, DeedKind, Outcome, Promotion, PromotionEvent, Refusal};

/// In which way a promotion is outside of what was quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alarm {
    /// It has brought less than the least that was to be expected.
    Behind,
    /// It has brought more than the most.
    Ahead,
}

impl Alarm {
    /// Every alarm.
    pub const ALL: [Alarm; 2] = [Alarm::Behind, Alarm::Ahead];

    /// Stable lower-case name, that of its deed too.
    pub fn as_str(self) -> &'static str {
        self.deed().as_str()
    }

    fn deed(self) -> DeedKind {
        match self {
            Alarm::Behind => DeedKind::BehindPlan,
            Alarm::Ahead => DeedKind::AheadOfPlan,
        }
    }
}

/// Notes the first time that a promotion is outside of what was quoted. `deeds` are all of its
/// deeds: one of them says so if it was noted before.
///
/// # Errors
///
/// In this order: `NotRunning` unless [`Promotion::may_be_alerted`]; `NothingToChange` when this
/// was noted before.
pub fn alert(
    alarm: Alarm,
    promotion: &Promotion,
    deeds: &[&Deed],
    context: Context,
) -> Result<Outcome, Refusal> {
    if !promotion.may_be_alerted(context.now) {
        return Err(Refusal::NotRunning);
    }
    if deeds.iter().any(|deed| deed.kind == alarm.deed()) {
        return Err(Refusal::NothingToChange);
    }
    let mut promotion = promotion.clone();
    let deed = promotion.note(alarm.deed(), Actor::PLATFORM, context);
    let event = match alarm {
        Alarm::Behind => PromotionEvent::FallenBehind,
        Alarm::Ahead => PromotionEvent::RunAhead,
    };
    Ok(Outcome::of(promotion, deed, event))
}
