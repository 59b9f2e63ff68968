//! What the judge is told to tolerate.

use base::Span;

use super::lockstep::LockstepPolicy;
use crate::saved::saved;

/// At most so many billed events in any span of that length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub events: u16,
    /// In which time, which is looked at in four parts: the limit may last a quarter longer.
    pub span: Span,
}

saved!(Limit { events, span });

/// What the judge tolerates and remembers. Start from [`Policy::default`]. Where no source is
/// named, the number is our own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a post must be on the screen to be viewed: 2 seconds.
    ///
    /// Source: the Media Rating Council's viewable impression of a video, two continuous seconds
    /// with half of its pixels in view. Whether the pixels were in view is for the client to tell.
    pub view_dwell: Span,
    /// How long after the selection country and device must be alike: 1 hour.
    pub likeness: Span,
    /// How long after it was billed a sale may be returned: 60 days.
    pub returns: Span,
    /// One viewer and one promotion: 10 a day.
    pub viewer_promotion: Limit,
    /// One viewer and all promotions: 200 an hour.
    pub viewer: Limit,
    /// One address and one promotion: 60 an hour. An IPv6 address counts as its /64.
    pub address: Limit,
    /// One network and one promotion: 600 an hour. A network is a /24 of IPv4, a /48 of IPv6.
    pub network: Limit,
    /// Counters remembered for each of these limits: 1,048,576, about 40 MB when all are in use.
    /// When more are needed the oldest part of the span is forgotten, never an honest event
    /// refused.
    pub limit_entries_max: usize,
    /// Bytes in which used tokens are remembered: 400 MB. One that counts up takes a bit for each
    /// kind of event that is told of it. Half of it is divided evenly among the goals, so that none
    /// with a long window takes the room of the others; the rest is common. When more is needed,
    /// events are refused until some are too old: what was used is never forgotten before.
    pub used_bytes_max: usize,
    /// How accounts that act in concert are found.
    pub lockstep: LockstepPolicy,
}

saved!(Policy {
    view_dwell,
    likeness,
    returns,
    viewer_promotion,
    viewer,
    address,
    network,
    limit_entries_max,
    used_bytes_max,
    lockstep
});

impl Default for Policy {
    fn default() -> Policy {
        let hourly = |events| Limit { events, span: Span::hours(1) };
        Policy {
            view_dwell: Span::seconds(2),
            likeness: Span::hours(1),
            returns: Span::days(60),
            viewer_promotion: Limit { events: 10, span: Span::days(1) },
            viewer: hourly(200),
            address: hourly(60),
            network: hourly(600),
            limit_entries_max: 1 << 20,
            used_bytes_max: 400 << 20,
            lockstep: LockstepPolicy::default(),
        }
    }
}
