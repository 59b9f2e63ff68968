//! When a claim is filed, and what else goes on then.

use base::{Instant, Span};
use claims::Ground;
use world::Draw;

use crate::draws::{Key, Purpose};
use crate::story::Story;
use crate::{Params, User};

/// A claim as the platform gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filing {
    /// What it says went wrong.
    pub ground: Ground,
    /// When it comes.
    pub filed_at: Instant,
}

/// What else goes on when a claim is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Circumstances {
    /// Hours of the promotion that have passed, more time that was taken included.
    pub hours: u32,
    /// Hours that were added to its time, and whether they are over.
    pub extension: Option<(u32, bool)>,
    /// Whether the time for claims is over.
    pub is_late: bool,
    /// Whether the claim names days on which nothing was wrong.
    pub names_wrong_days: bool,
    /// What became of the same claim before.
    pub earlier: Earlier,
    /// Whether it was made on the same ground.
    pub same_ground: bool,
    /// Whether this one brings something new.
    pub new_evidence: bool,
    /// How a dispute of the payment stands: a word of the fact.
    pub dispute: &'static str,
}

impl Circumstances {
    /// Whether somebody else decides first, or more time was taken that is not over.
    pub fn may_wait(&self) -> bool {
        let is_extended = self.extension.is_some_and(|(_, is_over)| !is_over);
        self.dispute == "open" || self.earlier == Earlier::Open || is_extended
    }
}

/// What became of an earlier claim for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// There was none.
    None,
    /// It is not decided.
    Open,
    /// It was granted, and paid.
    Granted,
    /// It was denied.
    Denied,
}

/// When the claim of a story is filed, and what goes on then.
pub(crate) fn file(params: &Params, key: Key, story: &Story) -> (Filing, Circumstances) {
    let mut draw = key.of(Purpose::Filing, 0);
    let promotion = &story.promotion;
    let planned = promotion.hours;
    let mut extension = None;
    let mut is_late = false;
    let (filed_at, hours) = match when(params, &mut draw) {
        When::BeforeStart => {
            let before = Span::hours(draw.between(1, 48));
            (Instant::saturating_sub(promotion.starts_at, before), 0)
        }
        When::WhileItRuns => {
            let hours = draw.between(u64::from(planned) / 3, u64::from(planned) - 1);
            (promotion.starts_at.saturating_add(Span::hours(hours)), hours as u32)
        }
        When::Late => {
            is_late = true;
            (promotion.ends_at().saturating_add(Span::days(draw.between(200, 400))), planned)
        }
        When::Afterwards => {
            let loses = story.faults.iter().any(|fault| fault.trouble.stops_delivery());
            let takes_time = draw.chance(params.extension.into());
            if promotion.is_guarantee() && loses && takes_time {
                let added = draw.between(48, 120);
                let after = draw.between(1, 2 * added);
                extension = Some((added as u32, after >= added));
                let filed_at = promotion.ends_at().saturating_add(Span::hours(after));
                (filed_at, planned + after.min(added) as u32)
            } else {
                let after = draw.between(60, 40 * 24 * 60).min(draw.between(60, 40 * 24 * 60));
                (promotion.ends_at().saturating_add(Span::minutes(after)), planned)
            }
        }
    };
    let (earlier, same_ground, new_evidence) = earlier(params, story.user, &mut draw);
    let dispute = if draw.chance(params.disputed.into()) {
        ["open", "won", "lost"][draw.weighted(&[40, 20, 40])]
    } else {
        "none"
    };
    let names_wrong_days = story.user == User::WrongDates;
    let ground = other_ground(story, same_ground);
    let circumstances = Circumstances {
        hours,
        extension,
        is_late,
        names_wrong_days,
        earlier,
        same_ground,
        new_evidence,
        dispute,
    };
    (Filing { ground, filed_at }, circumstances)
}

enum When {
    BeforeStart,
    WhileItRuns,
    Afterwards,
    Late,
}

fn when(params: &Params, draw: &mut Draw) -> When {
    if draw.chance(params.filed_before_start.into()) {
        When::BeforeStart
    } else if draw.chance(params.filed_early.into()) {
        When::WhileItRuns
    } else if draw.chance(params.filed_late.into()) {
        When::Late
    } else {
        When::Afterwards
    }
}

fn earlier(params: &Params, user: User, draw: &mut Draw) -> (Earlier, bool, bool) {
    let (is_open, is_same, is_new) =
        (draw.chance(300_000), draw.chance(750_000), draw.chance(500_000));
    match user {
        User::ClaimsAgain if is_open => (Earlier::Open, is_same, false),
        User::ClaimsAgain => (Earlier::Granted, is_same, false),
        User::Honest if draw.chance(params.repeated_honestly.into()) => {
            (Earlier::Denied, true, is_new)
        }
        _ => (Earlier::None, true, false),
    }
}

/// How many claims for the same, on the same ground, were decided before this one. All of them are
/// among the claims of the year, of which the claimant made so many `others` beside the one that
/// the circumstances tell of.
pub(crate) fn decided_alike(key: Key, user: User, at: &Circumstances, others: u64) -> u64 {
    if at.earlier == Earlier::None || !at.same_ground {
        // What is on record as never claimed on this ground was not among the others either.
        return 0;
    }
    let mut draw = key.of(Purpose::Alike, 0);
    // Who wants money twice asks again and again; who was denied wrongly tries once more at times.
    let is_same = if user == User::ClaimsAgain { 600_000 } else { 300_000 };
    let more = (0..others).filter(|_| draw.chance(is_same)).count() as u64;
    more + u64::from(at.earlier != Earlier::Open)
}

/// Whoever claims again on another ground takes one that fits too, where there is one.
fn other_ground(story: &Story, same_ground: bool) -> Ground {
    let grounds = story.faults.first().map_or(&[][..], |fault| fault.trouble.grounds());
    let other = grounds.iter().copied().find(|ground| *ground != story.ground);
    if same_ground { story.ground } else { other.unwrap_or(Ground::Other) }
}
