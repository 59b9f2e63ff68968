//! What each side has cost a promotion, by its twins.

use crate::Promotion;
use crate::course::{Course, Nature};
use crate::fault::{Fault, Side, Trouble};

/// What became of a promotion, and what its twins say of it: the same promotion, of which the
/// same people are asked the same, without some of its faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// What became of it.
    pub course: Course,
    /// Units that it was to have by now.
    pub planned: u64,
    /// Units that incidents of the platform have cost.
    pub incidents: u64,
    /// Units that the platform has cost, without what programs took.
    pub platform: u64,
    /// Units that competition, a wrong forecast and too few people have cost.
    pub market: u64,
    /// Units that the advertiser has cost.
    pub advertiser: u64,
    /// Units that breaking a rule has cost.
    pub policy: u64,
    /// Units that are missing by the advertiser's own doing, broken rules included. Of what they
    /// and others took together each has half: the mean of what they cost alone, and of what they
    /// cost beside what others did.
    pub self_made: u64,
    /// Units that others had cost when the audience was narrowed; none when it was not.
    pub before_narrowing: Option<u64>,
    /// Units that were billed after the advertiser had tried to pause.
    pub after_pause: u64,
}

impl Losses {
    /// Units of people asked for that are missing by now.
    pub fn lacking(&self) -> u64 {
        self.planned.saturating_sub(self.course.right)
    }

    /// Units that are missing for reasons outside the advertiser's control.
    pub fn due(&self) -> u64 {
        self.lacking().saturating_sub(self.self_made)
    }

    /// Units that are missing as far as the platform knows in the end.
    pub fn known_missing(&self) -> u64 {
        self.planned.saturating_sub(self.course.known_valid())
    }
}

/// Runs a promotion and its twins for so many hours.
pub(crate) fn losses(
    nature: &Nature,
    promotion: &Promotion,
    faults: &[Fault],
    hours: u32,
) -> Losses {
    let run = |hours: u32, stays: &dyn Fn(&Fault) -> bool| {
        if faults.iter().all(stays) {
            return nature.run(promotion, faults, hours);
        }
        let left: Vec<Fault> = faults.iter().copied().filter(|fault| stays(fault)).collect();
        nature.run(promotion, &left, hours)
    };
    let is_own = |fault: &Fault| matches!(fault.trouble.side(), Side::Advertiser | Side::Policy);
    let course = run(hours, &|_| true);
    let without = |goes: &dyn Fn(&Fault) -> bool| {
        if !faults.iter().any(goes) {
            return 0;
        }
        run(hours, &|fault| !goes(fault)).right.saturating_sub(course.right)
    };
    let of_side = |side: Side| {
        without(&|fault| fault.trouble.stops_delivery() && fault.trouble.side() == side)
    };
    let undisturbed = run(hours, &|_| false).right;
    let planned = nature.planned(promotion, hours);
    let own_until = |hours: u32| {
        let right = |stays: &dyn Fn(&Fault) -> bool| run(hours, stays).right;
        let alone = right(&|_| false).saturating_sub(right(&is_own));
        let beside = right(&|fault| !is_own(fault)).saturating_sub(right(&|_| true));
        (alone + beside) / 2
    };
    let narrowed = faults.iter().find(|fault| fault.trouble == Trouble::Narrowed);
    let before_narrowing = narrowed.map(|fault| (fault.from / 60).min(hours)).map(|hours| {
        let missing = nature.planned(promotion, hours).saturating_sub(run(hours, &|_| true).right);
        missing.saturating_sub(own_until(hours))
    });
    let paused = run(hours, &|fault| fault.trouble != Trouble::CallsFailed).billed();
    let has_failed = faults.iter().any(|fault| fault.trouble == Trouble::CallsFailed);
    Losses {
        course,
        planned,
        incidents: without(&|fault| fault.trouble.is_incident()),
        platform: of_side(Side::Platform),
        market: of_side(Side::Market) + planned.saturating_sub(undisturbed),
        advertiser: of_side(Side::Advertiser),
        policy: of_side(Side::Policy),
        self_made: own_until(hours),
        before_narrowing,
        after_pause: if has_failed { course.billed().saturating_sub(paused) } else { 0 },
    }
}
