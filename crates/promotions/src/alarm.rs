//! Alarms: a promotion brings less or more than was quoted. The book is told when one begins, and
//! when the promotion goes as was quoted again.

use base::Instant;
use ledger::Context;

use crate::limits::{ALARMS_EVERY, ALARMS_MAX};
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

/// Notes that a promotion is outside of what was quoted from now on, or inside again when `alarm`
/// is `None`. `deeds` are all of its deeds, in order: they say what was noted before, so that each
/// change is noted once, whoever tells it and however often.
///
/// # Errors
///
/// In this order: `NotRunning` unless [`Promotion::may_be_alerted`]; `NothingToChange` when this
/// is what was noted last; `NotDue` when the same alarm was noted less than [`ALARMS_EVERY`] ago,
/// but for once when its time is over, so that what was noted last is how it ended;
/// `LimitExceeded` after [`ALARMS_MAX`] alarms. That it is inside again may be noted after each.
pub fn alert(
    alarm: Option<Alarm>,
    promotion: &Promotion,
    deeds: &[&Deed],
    context: Context,
) -> Result<Outcome, Refusal> {
    if !promotion.may_be_alerted(context.now) {
        return Err(Refusal::NotRunning);
    }
    if alarm == noted(deeds) {
        return Err(Refusal::NothingToChange);
    }
    if let Some(alarm) = alarm {
        let ends_at = promotion.terms.ends_at;
        let is_early = |at: Instant| at < ends_at && ends_at <= context.now;
        let same = deeds.iter().rfind(|deed| deed.kind == alarm.deed());
        let same = same.filter(|deed| !is_early(deed.at));
        let due_at = same.map(|deed| deed.at.saturating_add(ALARMS_EVERY));
        if let Some(due_at) = due_at.filter(|due_at| context.now < *due_at) {
            return Err(Refusal::NotDue { due_at });
        }
        if deeds.iter().filter(|deed| opened(deed).is_some()).count() >= ALARMS_MAX {
            return Err(Refusal::LimitExceeded);
        }
    }
    let (kind, event) = match alarm {
        Some(Alarm::Behind) => (DeedKind::BehindPlan, PromotionEvent::FallenBehind),
        Some(Alarm::Ahead) => (DeedKind::AheadOfPlan, PromotionEvent::RunAhead),
        None => (DeedKind::BackOnPlan, PromotionEvent::BackOnPlan),
    };
    let mut promotion = promotion.clone();
    let deed = promotion.note(kind, Actor::PLATFORM, context);
    Ok(Outcome::of(promotion, deed, event))
}

/// The alarm that is noted, by deeds in their order: none when it is over.
fn noted(deeds: &[&Deed]) -> Option<Alarm> {
    let is_one = |deed: &&&Deed| deed.kind == DeedKind::BackOnPlan || opened(deed).is_some();
    deeds.iter().rfind(is_one).and_then(|deed| opened(deed))
}

/// The alarm that a deed notes.
fn opened(deed: &Deed) -> Option<Alarm> {
    Alarm::ALL.into_iter().find(|alarm| alarm.deed() == deed.kind)
}
