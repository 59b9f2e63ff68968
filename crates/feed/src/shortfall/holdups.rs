use base::Instant;
use promotions::{Actor, Audience, Deed, DeedKind, End, EndCause, Role};

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
        for deed in deeds {
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
                DeedKind::Paused => read.begin(paused_by(deed.actor), deed.at, ends),
                DeedKind::Resumed => read.finish(paused_by(deed.actor), deed.at),
                DeedKind::PostHidden => read.begin(Why::PostPrivate, deed.at, ends),
                DeedKind::PostShown => read.finish(Why::PostPrivate, deed.at),
                DeedKind::Disputed => read.begin(Why::Disputed, deed.at, ends),
                DeedKind::DisputeOver => read.finish(Why::Disputed, deed.at),
                DeedKind::Rejected => read.begin(Why::Policy, deed.at, ends),
                DeedKind::Stopped => read.begin(stopped_by(deed, end), deed.at, ends),
                DeedKind::Composed | DeedKind::Edited => {
                    let now = deed.terms.as_ref().map(|terms| &terms.audience);
                    if audience.is_some() && now.is_some() && audience != now && deed.at > starts {
                        read.edits.push(deed.at);
                    }
                    audience = now.or(audience);
                }
                DeedKind::Submitted
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

fn paused_by(actor: Actor) -> Why {
    if actor.role == Role::Advertiser { Why::AdvertiserPause } else { Why::PlatformPause }
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
