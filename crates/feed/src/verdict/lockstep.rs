//! Accounts that act in concert: groups whose members do the same within the same minutes, or
//! choose the same of what they are shown, as people who happen to see the same posts do not.
//!
//! # At the same time
//!
//! Time is divided into buckets, once into short and once into long ones. When a bucket is over,
//! two questions are asked of every promotion that at least a group acted on in it:
//!
//! * **Again together**: how many of the others who acted on it acted together with the viewer
//!   before, on some other promotion in one earlier bucket? By chance, of those who acted on that
//!   one too, it would be that bucket's share of all traffic since the other promotion began. That
//!   people have habits is allowed for by a factor, [`LockstepPolicy::habit`], and by eight times
//!   that for the same time of another day.
//! * **All at once**: how many of all who acted on it lately did so in this bucket? By chance it
//!   would be the bucket's share of all traffic since the promotion began, with the same factor.
//!
//! The answers to the first question are added up for each viewer over all its actions in the
//! memory. A viewer is found when the sum is six standard deviations above chance, as if it
//! followed a Poisson distribution, and above chance in two buckets; or when it was three times in
//! a bucket of which the second answer is that far above chance. People who are among a group by
//! accident are seldom so three times.
//!
//! # The same choices
//!
//! Whoever is paid to act on some posts acts on these and not on the others that it is shown,
//! whenever that is. So it is remembered what each viewer was shown, and of what it did what the
//! promotion pays for. When a viewer acts, once an hour at most, two questions are asked:
//!
//! * **Is its taste odd?** Of its choices, so many lie among the promotions that it chose at all,
//!   where what it was shown, how often others choose each of them, and how often it chooses
//!   anything would lead to fewer: how surprising is that? It may like what it likes four times as
//!   much as others do ([`ChoicesPolicy::habit`]), and one favorite is left out.
//! * **Who shares it?** The same is asked of its choices among what another viewer of odd taste
//!   chose, and the other way round; the smaller surprise is what they share. A viewer is found
//!   when it shares enough with at least four others.
//!
//! Odd viewers do not count in how often others choose, so a farm does not become the custom.
//! Where nothing is reported but what is paid for, nothing is known to have been ignored, and this
//! finds nobody.
//!
//! # Then
//!
//! What was billed for a viewer that is found is repaid, and what it does in the next days is not
//! billed.
//!
//! # Sources
//!
//! The first question is that of Beutel et al., *CopyCatch: Stopping Group Attacks by Spotting
//! Lockstep Behavior in Social Networks* (WWW 2013): users by posts by time. That oddness alone
//! says little, and oddness shared with others much, is the thought of Jiang et al., *CatchSync:
//! Catching Synchronized Behavior in Large Directed Graphs* (KDD 2014). The counting is ours.
//!
//! # What this does not find
//!
//! Groups that act only once or twice; a few accounts on promotions that many others act on in the
//! same minutes; accounts that take turns, each with a few choices on other targets than the rest;
//! and those that act on their targets hardly more than people do, beside doing all that people do.
//! A few friends who do whatever their idol's many promotions ask for, and little else, may be
//! taken for a farm.

mod alike;
mod billed;
mod choices;
mod evidence;
mod memory;
mod numbers;

use std::collections::{BTreeMap, BTreeSet};

use base::{Instant, PromotionId, Span};
use promotions::Goal;

use crate::saved::saved;
use crate::token::ViewerHash;
pub(super) use billed::Billed;
use billed::BilledEvents;
use choices::Choices;
use evidence::Scale;
use memory::Memory;

/// How accounts that act in concert are found. Start from the default; all numbers are our own
/// choice, measured as `docs/feed.md` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockstepPolicy {
    /// How long it is remembered who acted when: 48 hours.
    pub memory: Span,
    /// Length of a bucket, short and long: 5 minutes, 1 hour.
    pub buckets: [Span; 2],
    /// Two actions that are less apart may be of one visit and say nothing together: 30 minutes.
    pub visit: Span,
    /// Fewest viewers of a promotion in a bucket to be too many at once: 5.
    pub group_min: u32,
    /// How many times the share of all traffic people's habits may gather in one bucket: 4.
    pub habit: u32,
    /// In how many buckets a viewer must be one of too many at once to be found: 3.
    pub hits_min: usize,
    /// In how many buckets others must have acted together with it again, above chance: 2.
    pub again_min: usize,
    /// How many times others must act together with a viewer again for it to be found: 8.
    pub together_min: u64,
    /// How long a viewer that was found is not billed: 7 days.
    pub keeps: Span,
    /// Viewers remembered as found, the latest: 1,048,576.
    pub found_max: usize,
    /// Actions remembered, and billed events, the latest of each: 4,194,304, about 500 MB when all
    /// are in use. At more than 24 billed events a second actions reach less far back than the
    /// memory, and at more than 7 a second billed events less far than they are repaid.
    pub actions_max: usize,
    /// Actions and billed events remembered of one viewer, the latest: 64.
    pub viewer_actions_max: usize,
    /// Actions of one bucket that are looked at, the first: 200,000.
    pub bucket_actions_max: usize,
    /// How far back what was billed is repaid: 7 days.
    pub repays: Span,
    /// How accounts with the same choices are found.
    pub choices: ChoicesPolicy,
}

saved!(LockstepPolicy {
    memory,
    buckets,
    visit,
    group_min,
    habit,
    hits_min,
    again_min,
    together_min,
    keeps,
    found_max,
    actions_max,
    viewer_actions_max,
    bucket_actions_max,
    repays,
    choices
});

/// How accounts are found that choose the same of what they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChoicesPolicy {
    /// How long choices are remembered, in whole days: 7 days.
    pub memory: Span,
    /// How many times as much as others somebody may like what they like: 4.
    pub habit: u64,
    /// Most choices of a viewer of one promotion that count: 5.
    pub choice_max: u64,
    /// Fewest choices of a viewer that are looked at: 4.
    pub choices_min: u32,
    /// How surprising a viewer's preferences must be to be odd, in 256ths of a bit: 2.5 bits.
    pub odd: u64,
    /// Fewest others to share odd preferences with: 4.
    pub mates_min: usize,
    /// Most others whose shares are added up, those who share most: 16.
    pub mates_max: usize,
    /// How much surprise a viewer shares with these others when it is found, in all, the first bit
    /// of each not counted, in 256ths of a bit: 12 bits.
    pub shared: u64,
    /// Others that a viewer is compared with, those who chose most of the same: 64.
    pub candidates_max: usize,
    /// Odd viewers remembered of a promotion, the latest: 256.
    pub odd_max: usize,
    /// Promotions remembered of a viewer, the latest: 64.
    pub viewer_promotions_max: usize,
    /// Promotions remembered of all viewers together, those who were seen lately: 4,194,304, about
    /// 100 MB when all are in use.
    pub cells_max: usize,
}

saved!(ChoicesPolicy {
    memory,
    habit,
    choice_max,
    choices_min,
    odd,
    mates_min,
    mates_max,
    shared,
    candidates_max,
    odd_max,
    viewer_promotions_max,
    cells_max
});

impl Default for ChoicesPolicy {
    fn default() -> ChoicesPolicy {
        ChoicesPolicy {
            memory: Span::days(7),
            habit: 4,
            choice_max: 5,
            choices_min: 4,
            odd: 640,
            mates_min: 4,
            mates_max: 16,
            shared: 12 * 256,
            candidates_max: 64,
            odd_max: 256,
            viewer_promotions_max: 64,
            cells_max: 1 << 22,
        }
    }
}

impl Default for LockstepPolicy {
    fn default() -> LockstepPolicy {
        LockstepPolicy {
            memory: Span::hours(48),
            buckets: [Span::minutes(5), Span::hours(1)],
            visit: Span::minutes(30),
            group_min: 5,
            habit: 4,
            hits_min: 3,
            again_min: 2,
            together_min: 8,
            keeps: Span::days(7),
            found_max: 1 << 20,
            actions_max: 1 << 22,
            viewer_actions_max: 64,
            bucket_actions_max: 200_000,
            repays: Span::days(7),
            choices: ChoicesPolicy::default(),
        }
    }
}

/// What viewers did lately, and who of them acts in concert.
#[derive(Debug)]
pub(super) struct Lockstep {
    policy: LockstepPolicy,
    memory: Memory,
    scales: [Scale; 2],
    choices: Choices,
    billed: BilledEvents,
    /// Viewers that were found, and until when they are not billed.
    found: BTreeMap<ViewerHash, Instant>,
    found_in_order: BTreeSet<(Instant, ViewerHash)>,
    /// What is to be repaid, until the log says that it is.
    due: BTreeMap<u64, (PromotionId, Billed)>,
}

saved!(Lockstep { policy, memory, scales, choices, billed, found, found_in_order, due });

impl Lockstep {
    pub(super) fn new(policy: LockstepPolicy) -> Lockstep {
        Lockstep {
            memory: Memory::new(&policy),
            scales: policy.buckets.map(Scale::new),
            choices: Choices::new(policy.choices),
            billed: BilledEvents::new(policy.actions_max, policy.viewer_actions_max),
            found: BTreeMap::new(),
            found_in_order: BTreeSet::new(),
            due: BTreeMap::new(),
            policy,
        }
    }

    /// Whether the viewer was found and is not to be billed.
    pub(super) fn is_found(&self, viewer: ViewerHash, now: Instant) -> bool {
        self.found.get(&viewer).is_some_and(|until| *until > now)
    }

    /// Lets time pass up to `now`: looks at the buckets that are over, and forgets.
    pub(super) fn advance(&mut self, now: Instant) {
        for index in 0..self.scales.len() {
            let Some(end) = self.scales[index].is_over_at(now) else { continue };
            let found = self.scales[index].close(index, &self.policy, &mut self.memory);
            for viewer in found {
                self.find(viewer, end);
            }
        }
        self.memory.forget_before(now.saturating_sub(self.policy.memory));
        self.billed.forget_before(now.saturating_sub(self.policy.repays));
        self.choices.forget(now);
    }

    /// Remembers that `viewer` was shown `promotion`.
    pub(super) fn show(&mut self, viewer: ViewerHash, of: (PromotionId, Goal), at: Instant) {
        self.choices.put(viewer, of, at, false);
    }

    /// Remembers that `viewer` did what `promotion` pays for; `billed` when it was billed.
    pub(super) fn record(
        &mut self,
        viewer: ViewerHash,
        (promotion, goal): (PromotionId, Goal),
        at: Instant,
        billed: Option<Billed>,
    ) {
        let number = self.memory.remember(viewer, promotion, at);
        for scale in &mut self.scales {
            scale.put(at, number, viewer, self.policy.bucket_actions_max);
        }
        if let Some(billed) = billed {
            self.billed.put(viewer, promotion, at, billed);
        }
        self.choices.put(viewer, (promotion, goal), at, true);
        if !self.is_found(viewer, at) {
            let found = &self.found;
            let is_found = |one| found.get(&one).is_some_and(|until| *until > at);
            for viewer in self.choices.look(viewer, at, is_found) {
                self.find(viewer, at);
            }
        }
    }

    /// What is to be repaid and not yet in the log, the earliest first.
    pub(super) fn due(&self) -> Option<(PromotionId, Billed)> {
        self.due.first_key_value().map(|(_, due)| *due)
    }

    /// The log says that this record is repaid.
    pub(super) fn settle(&mut self, sequence: u64, viewer: Option<ViewerHash>) {
        self.due.remove(&sequence);
        if let Some(viewer) = viewer {
            self.billed.settle(viewer, sequence);
        }
    }

    fn find(&mut self, viewer: ViewerHash, at: Instant) {
        let until = at.saturating_add(self.policy.keeps);
        if let Some(former) = self.found.insert(viewer, until) {
            self.found_in_order.remove(&(former, viewer));
        }
        self.found_in_order.insert((until, viewer));
        while self.found.len() > self.policy.found_max {
            let Some((_, first)) = self.found_in_order.pop_first() else { break };
            self.found.remove(&first);
        }
        self.choices.set_odd(viewer, true);
        for (promotion, billed) in self.billed.take(viewer) {
            self.due.insert(billed.sequence, (promotion, billed));
        }
    }
}
