//! What somebody does with a promoted post.

use base::{Label, Span};
use promotions::EventKind;

use crate::draw::{Draw, PPM};
use crate::post::Campaign;

/// Something done with a post that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// What was done.
    pub kind: EventKind,
    /// How long after the post was chosen.
    pub after: Span,
    /// For how long the post was watched; views have it.
    pub dwell_ms: Option<u32>,
    /// How long after it was bought the thing goes back, for sales that do.
    pub returned_after: Option<Span>,
}

impl Act {
    pub(crate) fn new(kind: EventKind, after: Span) -> Act {
        Act { kind, after, dwell_ms: None, returned_after: None }
    }
}

/// Of a million people who have watched a usual post, how many do this.
const RATES: [(EventKind, u64); 6] = [
    (EventKind::Engagement, 34_000),
    (EventKind::ProfileView, 17_000),
    (EventKind::Follow, 5_000),
    (EventKind::Click, 13_000),
    (EventKind::Message, 2_400),
    (EventKind::Sale, 1_300),
];

/// What a resident with these interests does with the post of `campaign`, in order of time.
pub(crate) fn honest(interests: &[Label], campaign: &Campaign, draw: &mut Draw) -> Vec<Act> {
    if !draw.chance(960_000) {
        return Vec::new();
    }
    let mut acts = vec![Act::new(EventKind::Impression, millis(draw.between(150, 900)))];
    let likes = campaign.tags.iter().any(|tag| interests.contains(tag));
    let appeal = u64::from(campaign.quality) * if likes { 20 } else { 8 };
    let dwell_ms = dwell(appeal, draw);
    if dwell_ms < 1_000 {
        return acts;
    }
    let after = millis(u64::from(dwell_ms) + 300);
    acts.push(Act { dwell_ms: Some(dwell_ms), ..Act::new(EventKind::View, after) });
    if dwell_ms >= 2_000 {
        for (kind, rate) in RATES {
            if draw.chance((rate * appeal / 1_000).min(PPM)) {
                acts.push(deed(kind, after, draw));
            }
        }
    }
    acts.sort_by_key(|act| act.after);
    acts
}

/// How long a post is watched. A thousand of `appeal` is usual.
fn dwell(appeal: u64, draw: &mut Draw) -> u32 {
    let stays = (450_000 + appeal * 100).min(900_000);
    let dwell = if draw.chance(stays) {
        2_000 + draw.below(9_000) * draw.below(3_000) / 1_000
    } else {
        draw.between(100, 1_999)
    };
    dwell as u32
}

fn deed(kind: EventKind, watched: Span, draw: &mut Draw) -> Act {
    let seconds = match kind {
        EventKind::Message => draw.between(30, 60) * draw.between(1, 48 * 60),
        EventKind::Sale => draw.between(30, 60) * draw.between(3, 5 * 24 * 60),
        EventKind::Follow | EventKind::ProfileView => draw.between(3, 90),
        _ => draw.between(1, 40),
    };
    let returns = kind == EventKind::Sale && draw.chance(100_000);
    let returned_after = returns.then(|| Span::hours(draw.between(20, 10 * 24)));
    Act { returned_after, ..Act::new(kind, sum(watched, Span::seconds(seconds))) }
}

fn millis(millis: u64) -> Span {
    Span::from_micros(millis * 1_000)
}

fn sum(one: Span, other: Span) -> Span {
    Span::from_micros(one.micros() + other.micros())
}
