//! The promotion row.

use base::Span;
use base::{Amount, CheckoutId, Currency, Instant, Label, Metadata, Money, PersonId, PromotionId};
use ledger::{AccountName, Context};

use crate::{Actor, Authorization, Deed, DeedKind, End, Guarantee, Pauses, PayWith, Quote, Review};
use crate::{Spend, State, Terms, deed_id, limits};

/// What was delivered, in billed units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Valid ones that count against the promise, those beyond a guaranteed number included.
    pub billed_units: u64,
    /// Valid ones that were delivered for nothing, because no slice had money for them.
    pub unbilled_units: u64,
    /// Invalid ones, whether that was known at once or later.
    pub invalid_units: u64,
}

impl Delivery {
    /// Valid units.
    pub fn delivered(&self) -> u64 {
        self.billed_units.saturating_add(self.unbilled_units)
    }
}

/// The slices of a promotion, summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SliceSums {
    /// How many there ever were; the next one has the next number.
    pub ever: u32,
    /// How many are open.
    pub open: u32,
    /// The day of UTC for which `day_leased` counts, in days since 1970.
    pub day: i64,
    /// What was leased on that day, less what slices of that day have given back.
    pub day_leased: Amount,
}

/// A paid boost of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its id.
    pub id: PromotionId,
    /// Who pays.
    pub advertiser: PersonId,
    /// What is promoted, by the platform's name for it.
    pub post: Label,
    /// What is asked for.
    pub terms: Terms,
    /// What was promised for it.
    pub quote: Quote,
    /// Where it stands.
    pub state: State,
    /// What holds it up.
    pub pauses: Pauses,
    /// What reviews have said.
    pub review: Review,
    /// How it ended.
    pub end: Option<End>,
    /// What is to pay for it, in this order.
    pub pay_with: Vec<PayWith>,
    /// The checkout that pays, or has paid.
    pub checkout: Option<CheckoutId>,
    /// Who agreed to pay.
    pub authorization: Option<Authorization>,
    /// Since when it is being paid; `None` again when that has failed.
    pub submitted_at: Option<Instant>,
    /// When its money came into escrow.
    pub funded_at: Option<Instant>,
    /// Its slices.
    pub slices: SliceSums,
    /// What was delivered.
    pub delivery: Delivery,
    /// What that costs, and was charged.
    pub spend: Spend,
    /// What went back of what was paid, tax not counted.
    pub returned: Amount,
    /// What went back of what the platform had added.
    pub incentive_returned: Amount,
    /// What was not spent of what was paid, and stays with the platform: claims and restitutions
    /// had sent it back before a verdict said so.
    pub kept: Amount,
    /// How many settlements there were.
    pub settlements: u32,
    /// How many deeds there were.
    pub deeds: u32,
    /// When what was not spent goes back.
    pub settles_at: Option<Instant>,
    /// Whether the row of its advertiser counts it: see [`count`](crate::count()).
    pub is_counted: bool,
    /// Strings of the integrating platform.
    pub metadata: Metadata,
    /// When it was composed.
    pub created_at: Instant,
}

impl Promotion {
    /// Its currency.
    pub fn currency(&self) -> Currency {
        self.terms.currency()
    }

    /// Money of its currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.currency() }
    }

    /// What is in its escrow: what was paid and added, less what was spent, what went back and what
    /// stays with the platform.
    pub fn left_in_escrow(&self) -> Amount {
        let gone = [self.spend.spent, self.returned, self.incentive_returned, self.kept];
        let paid = self.funded_at.map_or(Amount::ZERO, |_| self.terms.budget.amount);
        gone.into_iter().fold(paid, Amount::saturating_sub)
    }

    /// The account that holds its money.
    pub fn escrow(&self) -> AccountName {
        AccountName::PromotionEscrow(self.id)
    }

    /// True while its advertiser pays for it: nothing about it changes meanwhile.
    pub fn is_being_paid(&self) -> bool {
        self.state == State::Draft && self.submitted_at.is_some()
    }

    /// Whether it counts among what its advertiser has under way: from when it is being paid, until
    /// that fails or nothing new is shown for it. One that comes back by an appeal counts again.
    /// Its budget is the same for all of that time.
    pub fn is_to_be_counted(&self) -> bool {
        self.is_being_paid() || self.state.is_under_way()
    }

    /// Whether it may be shown now: the states that time leads to count before they are booked.
    pub fn is_shown(&self, now: Instant) -> bool {
        matches!(self.state, State::Scheduled | State::Running) && self.terms.runs_at(now)
    }

    /// Whether it may be said to bring less or more than was quoted: its time has come, it is
    /// under way, or over and not settled, and what holds it up is not its advertiser's doing
    /// alone: a pause, a private post, a dispute. What the platform holds up falls behind all the
    /// same.
    pub fn may_be_alerted(&self, now: Instant) -> bool {
        let pauses = self.pauses;
        let is_held_by_others =
            pauses.by_advertiser || pauses.post_is_private || pauses.is_disputed;
        let is_held_by_us = pauses.by_platform || pauses.by_claim || self.state == State::InReview;
        (self.state.is_under_way() || self.state == State::Completed)
            && now >= self.terms.starts_at
            && (is_held_by_us || !is_held_by_others)
    }

    /// What it promises, when that is a guarantee.
    pub fn guarantee(&self) -> Option<Guarantee> {
        self.quote.guarantee(&self.terms)
    }

    /// How many units are missing from what was guaranteed.
    pub fn undelivered_units(&self) -> Option<u64> {
        let guarantee = self.guarantee()?;
        Some(guarantee.units.saturating_sub(self.delivery.billed_units))
    }

    /// What has to be back by now of what was paid, tax not counted: all that was not spent. What
    /// the platform has added is spent first.
    pub fn unspent_paid(&self) -> Amount {
        let spent = self.spend.spent.saturating_sub(self.terms.incentive);
        self.terms.paid().saturating_sub(spent)
    }

    /// What is not spent of what the platform has added.
    pub fn unspent_incentive(&self) -> Amount {
        self.terms.incentive.saturating_sub(self.spend.spent)
    }

    /// When time does the next thing to it: starts, ends or settles it. `None` when only people
    /// do, or the bank of whoever paid.
    pub fn due_at(&self) -> Option<Instant> {
        match self.state {
            state if state.is_ended() && self.pauses.is_disputed => None,
            State::Draft => None,
            State::Scheduled => Some(self.terms.starts_at.min(self.terms.ends_at)),
            State::InReview | State::Running | State::Paused => Some(self.terms.ends_at),
            State::Rejected | State::Completed | State::Stopped | State::Settled => self.settles_at,
        }
    }

    /// The state of an allowed promotion at `now`.
    pub(crate) fn allowed_state(&self, now: Instant) -> State {
        if self.pauses.any() {
            State::Paused
        } else if now < self.terms.starts_at {
            State::Scheduled
        } else {
            State::Running
        }
    }

    /// Ends it. What is left goes back after `hold` and the time in which an event of what was
    /// shown last can come; at once when nothing was ever shown and nobody may appeal.
    pub(crate) fn end(&mut self, state: State, end: End, hold: Span) {
        let is_final = self.slices.ever == 0 && state != State::Rejected;
        let window =
            if self.slices.ever == 0 { Span::ZERO } else { self.terms.goal.attribution_window() };
        let hold = if is_final { Span::ZERO } else { hold };
        self.state = state;
        self.end = Some(end);
        self.settles_at = Some(end.at.saturating_add(window).saturating_add(hold));
    }

    /// Counts a deed and tells it.
    pub(crate) fn note(&mut self, kind: DeedKind, actor: Actor, context: Context) -> Deed {
        self.deeds = self.deeds.saturating_add(1);
        Deed {
            id: deed_id(self.id, self.deeds),
            promotion: self.id,
            number: self.deeds,
            kind,
            actor,
            at: context.now,
            rule: None,
            content_version: None,
            terms: None,
        }
    }

    /// True when people may do no more to it but end it.
    pub(crate) fn has_many_deeds(&self) -> bool {
        self.deeds >= limits::DEEDS_MAX
    }
}
