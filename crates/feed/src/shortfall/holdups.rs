use base::Instant;
use promotions::{Audience, Deed, DeedKind, End, EndCause, Pauses, Role};

use super::Why;

/// A time in which a promotion could not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holdup {
    pub(super) from: Instant,
    /// The end of the promotion when nothing has ended it before.
    pub(super) until: Instant,
    pub(super) why: Why,
}

/// What the deeds of a promotion say of when it could be shown, and to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Deeds {
    pub(super) holdups: Vec<Holdup>,
    /// When its audience changed.
    pub(super) edits: Vec<Instant>,
}

impl Deeds {
    /// Reads deeds in their order, up to the promotion's planned end.
    pub(super) fn read(deeds: &[Deed], end: Option<End>, starts: Instant, ends: Instant) -> Deeds {
        let mut read = Deeds::default();
        let mut audience: Option<&Audience> = None;
        let (mut is_paid, mut is_decided) = (false, false);
        let mut pauses = Pauses::default();
        for deed in deeds {
            let before = pauses;
            pauses.follow(deed);
            read.follow((before, pauses), deed.at, ends);
            let is_first =
                !is_decided && (is_paid || deed.kind == DeedKind::Approved && read.is_empty());
            if is_first && ends_review(deed.kind) {
                is_decided = true;
                read.finish(Why::Review, deed.at);
                if deed.at > starts {
                    read.begin(Why::Review, starts, deed.at);
                }
            }
            match deed.kind {
                DeedKind::Funded => is_paid = true,
                DeedKind::Approved => read.finish(Why::Review, deed.at),
                DeedKind::ContentChanged => read.begin(Why::Review, deed.at, ends),
                DeedKind::Rejected => read.begin(Why::Policy, deed.at, ends),
                DeedKind::Stopped => read.begin(stopped_by(deed, end), deed.at, ends),
                DeedKind::Composed | DeedKind::Edited => {
                    let now = deed.terms.as_ref().map(|terms| &terms.audience);
                    if audience.is_some() && now.is_some() && audience != now && deed.at > starts {
                        read.edits.push(deed.at);
                    }
                    audience = now.or(audience);
                }
                DeedKind::Paused
                | DeedKind::Resumed
                | DeedKind::PostHidden
                | DeedKind::PostShown
                | DeedKind::Disputed
                | DeedKind::DisputeOver
                | DeedKind::Submitted
                | DeedKind::PaymentFailed
                | DeedKind::Appealed
                | DeedKind::Started
                | DeedKind::Completed
                | DeedKind::Settled
                | DeedKind::BehindPlan
                | DeedKind::AheadOfPlan
                | DeedKind::BackOnPlan => {}
            }
        }
        if is_paid && !is_decided {
            read.begin(Why::Review, starts, ends);
        }
        read
    }

    fn is_empty(&self) -> bool {
        self.holdups.is_empty()
    }

    /// Why the promotion could not be shown at some time within a minute: what began first.
    pub(super) fn holdup(&self, from: Instant, until: Instant) -> Option<Holdup> {
        let is_then = |one: &&Holdup| one.from < until && from < one.until;
        self.holdups.iter().filter(is_then).min_by_key(|one| one.from).copied()
    }

    /// How many times the audience had changed before.
    pub(super) fn epoch(&self, at: Instant) -> usize {
        self.edits.iter().filter(|edit| **edit <= at).count()
    }

    /// Begins and ends what holds it up. A claim and staff are both the platform: what one of them
    /// holds up goes on only when the other does not either.
    fn follow(&mut self, (before, now): (Pauses, Pauses), at: Instant, ends: Instant) {
        let held = |pauses: Pauses| {
            [
                (Why::AdvertiserPause, pauses.by_advertiser),
                (Why::PlatformPause, pauses.by_platform || pauses.by_claim),
                (Why::PostPrivate, pauses.post_is_private),
                (Why::Disputed, pauses.is_disputed),
            ]
        };
        for ((why, was_held), (_, is_held)) in held(before).into_iter().zip(held(now)) {
            match (was_held, is_held) {
                (false, true) => self.begin(why, at, ends),
                (true, false) => self.finish(why, at),
                _ => {}
            }
        }
    }

    fn begin(&mut self, why: Why, from: Instant, until: Instant) {
        self.holdups.push(Holdup { from, until, why });
    }

    fn finish(&mut self, why: Why, at: Instant) {
        if let Some(last) = self.holdups.iter_mut().rev().find(|one| one.why == why) {
            last.until = last.until.min(at);
        }
    }
}

/// Whether the first review is over with it.
fn ends_review(kind: DeedKind) -> bool {
    matches!(kind, DeedKind::Approved | DeedKind::Rejected | DeedKind::Stopped)
}

fn stopped_by(deed: &Deed, end: Option<End>) -> Why {
    match end.map(|end| end.cause) {
        Some(EndCause::PostDeleted) => Why::PostDeleted,
        Some(EndCause::Policy | EndCause::Rejected) => Why::Policy,
        Some(EndCause::Advertiser) => Why::AdvertiserStop,
        Some(EndCause::Payment) => Why::Disputed,
        _ if deed.rule.is_some() => Why::Policy,
        _ if deed.actor.role == Role::Advertiser => Why::AdvertiserStop,
        _ => Why::PostDeleted,
    }
}

#[cfg(test)]
mod tests {
    use base::PromotionId;
    use promotions::{Actor, deed_id};

    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_micros(second * 1_000_000)
    }

    /// When the platform holds up what runs from 0 to 100, by deeds of these kinds and roles.
    fn held(done: &[(DeedKind, Role, i64)]) -> Vec<(Instant, Instant)> {
        let deed = |(place, (kind, role, second)): (usize, &(DeedKind, Role, i64))| {
            let (promotion, number) = (PromotionId::from_bits(1), place as u32 + 1);
            let actor = Actor { role: *role, person: None };
            let (rule, content_version, terms) = (None, None, None);
            let (id, at) = (deed_id(promotion, number), at(*second));
            let kind = *kind;
            Deed { id, promotion, number, kind, actor, at, rule, content_version, terms }
        };
        let deeds: Vec<Deed> = done.iter().enumerate().map(deed).collect();
        let read = Deeds::read(&deeds, None, at(0), at(100));
        let ours = read.holdups.iter().filter(|one| one.why == Why::PlatformPause);
        ours.map(|one| (one.from, one.until)).collect()
    }

    #[test]
    fn what_a_claim_and_staff_hold_up_ends_when_neither_does() {
        use DeedKind::{Paused, Resumed};
        use Role::{Platform, Staff};
        let both = [(Paused, Platform, 10), (Paused, Staff, 20)];
        assert_eq!(held(&both), [(at(10), at(100))]);
        let of = |ends: &[(DeedKind, Role, i64)]| held(&[&both[..], ends].concat());
        // Staff ends both, and a claim only its own.
        assert_eq!(of(&[(Resumed, Staff, 50)]), [(at(10), at(50))]);
        assert_eq!(of(&[(Resumed, Platform, 50)]), [(at(10), at(100))]);
        assert_eq!(of(&[(Resumed, Platform, 50), (Resumed, Staff, 60)]), [(at(10), at(60))]);
        let again = [(Resumed, Staff, 50), (Paused, Platform, 70), (Resumed, Platform, 80)];
        assert_eq!(of(&again), [(at(10), at(50)), (at(70), at(80))]);
    }
}
