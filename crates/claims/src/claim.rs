//! The claim row.

use base::{Amount, ClaimId, Currency, Instant, Metadata, PaymentId, PersonId, PromotionId};
use base::{RefundId, Region, StatementId};

use crate::{Attachment, Case, ChargeHint, Claimant, Code, Digest, Ground, Outcome, Period};
use crate::{Causes, RailName, Resolved, Status, Steps};

/// What the claimant has written. The words are sealed elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// SHA-256 of the sealed words.
    pub sealed: Digest,
    /// How many bytes the words have.
    pub bytes: u32,
}

/// How much a decision grants, in minor units, tax not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Award {
    /// What the claim pays, of what was spent.
    pub refund: Amount,
    /// What comes back beside that without the claim: a settlement returns what was not spent and
    /// what was billed for invalid events, a restitution what was captured twice.
    pub elsewhere: Amount,
}

impl Award {
    /// Nothing.
    pub const NOTHING: Award = Award { refund: Amount::ZERO, elsewhere: Amount::ZERO };

    /// All that is granted.
    pub fn total(self) -> Amount {
        self.refund.checked_add(self.elsewhere).unwrap_or(Amount::MAX)
    }
}

/// A decision, as the row of its claim knows it. Facts, rules and words stand in its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The statement of reasons ([`statement_id`](crate::statement_id())).
    pub statement: StatementId,
    /// The facts it rests on.
    pub facts: Option<Digest>,
    /// What it comes to.
    pub outcome: Outcome,
    /// How much.
    pub award: Award,
    /// What the bank had given back by lost disputes when it was made ([`Funds::lost`]).
    ///
    /// [`Funds::lost`]: crate::Funds::lost
    pub lost: Amount,
    /// Why, the main reason first.
    pub codes: Vec<Code>,
    /// True when a rule has decided.
    pub automated: bool,
    /// Who has decided, if a person did.
    pub reviewed_by: Option<PersonId>,
    /// Which second person has agreed, if one had to.
    pub approved_by: Option<PersonId>,
    /// When it was made, or proposed.
    pub at: Instant,
    /// Until when it can be appealed against, if at all.
    pub appeal_until: Option<Instant>,
}

impl DecisionRecord {
    /// Whether that person had a part in it.
    pub fn is_by(&self, person: PersonId) -> bool {
        self.reviewed_by == Some(person) || self.approved_by == Some(person)
    }
}

/// The wish that somebody else decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// When.
    pub at: Instant,
    /// The decision it is against. It stands until there is another.
    pub against: DecisionRecord,
}

/// Money that a claim sends back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// The refund of the order; `None` when all comes back elsewhere, or went another way.
    pub refund: Option<RefundId>,
    /// How much of what was spent, tax not counted.
    pub net: Amount,
    /// The same with the tax that belongs to it: what the order refunds.
    pub gross: Amount,
    /// What of the decision comes back elsewhere: by settlement, by restitution, or from the bank.
    pub elsewhere: Amount,
    /// When it set out.
    pub at: Instant,
    /// When it had left.
    pub paid_at: Option<Instant>,
    /// What a person has done where the order did not send it.
    pub resolved: Option<Resolved>,
}

/// A request for money back for a promotion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// Who makes it.
    pub claimant: Claimant,
    /// What they say went wrong.
    pub ground: Ground,
    /// For which promotion; `None` until that is found.
    pub promotion: Option<PromotionId>,
    /// Who bought what it is about; `None` until that is found. They never decide on it, also when
    /// somebody without an account has filed it.
    pub owner: Option<PersonId>,
    /// For which charge, if for one.
    pub payment: Option<PaymentId>,
    /// What they knew of the charge, when it had to be found.
    pub hint: Option<ChargeHint>,
    /// Who has found it.
    pub matched_by: Option<PersonId>,
    /// The days it is about; all of them when none are told.
    pub period: Option<Period>,
    /// The currency of what was paid; that of the hint until it is found.
    pub currency: Currency,
    /// Where the payer is, if that is known.
    pub region: Option<Region>,
    /// Over which rail most was paid, if over any.
    pub rail: Option<RailName>,
    /// What they have written.
    pub description: Description,
    /// What they show.
    pub attachments: Vec<Attachment>,
    /// Where it stands.
    pub status: Status,
    /// Since when it waits for the end of a dispute.
    pub held_since: Option<Instant>,
    /// Until when it had to be filed, once that is known.
    pub window_until: Option<Instant>,
    /// The claim in which the same was decided before, when nothing new is shown.
    pub linked_to: Option<ClaimId>,
    /// The facts that were put together last.
    pub facts: Option<Digest>,
    /// How many [grants](crate::PromotionClaims::grants) for its promotion these facts know of.
    pub grants_known: u32,
    /// The decision that stands.
    pub decision: Option<DecisionRecord>,
    /// What waits for a second person.
    pub proposal: Option<DecisionRecord>,
    /// The appeal, when there was one.
    pub appeal: Option<Appeal>,
    /// How many decisions and proposals there were.
    pub decisions: u32,
    /// What it takes of what was spent, and what for: promised, on its way, or gone.
    pub causes: Causes,
    /// Money that has set out.
    pub payouts: Vec<Payout>,
    /// What was done and is to be done.
    pub steps: Steps,
    /// Strings of the integrating platform.
    pub metadata: Metadata,
    /// When it was made.
    pub filed_at: Instant,
}

impl Claim {
    /// What its clocks depend on.
    pub fn case(&self) -> Case {
        Case { ground: self.ground, region: self.region, rail: self.rail.clone() }
    }

    /// Whether it was made in time, once that is known. Being late is a fact, and no refusal.
    pub fn is_in_time(&self) -> Option<bool> {
        self.window_until.map(|until| self.filed_at < until)
    }

    /// When the step that is due first is due; `None` while a dispute holds it up, or when nothing
    /// is.
    pub fn due_at(&self) -> Option<Instant> {
        let first = self.steps.first_due().filter(|_| self.held_since.is_none());
        first.map(|step| step.due_at)
    }

    /// What has set out of it, tax not counted.
    pub fn set_out(&self) -> Amount {
        let nets = self.payouts.iter().map(|payout| payout.net);
        nets.fold(Amount::ZERO, |sum, net| sum.checked_add(net).expect("not more than was paid"))
    }

    /// All that it takes of what was spent: promised, on its way, or gone. Tax not counted.
    pub fn committed(&self) -> Amount {
        self.causes.total()
    }

    /// Whether it was made by whoever bought what it is about. Nobody knows who asks for anybody
    /// else: they know a charge, and may have found its papers.
    pub fn is_by_owner(&self) -> bool {
        self.owner.is_some() && self.claimant.person() == self.owner
    }

    /// True while an appeal waits for its decision.
    pub fn is_appealed(&self) -> bool {
        self.status == Status::Appealed
    }

    /// Brings it to another status.
    ///
    /// # Panics
    ///
    /// When the table of moves does not lead there: a rule of this crate is wrong.
    pub(crate) fn go_to(&mut self, status: Status) {
        let from = self.status;
        assert!(from == status || from.may_become(status), "no move from {from:?} to {status:?}");
        self.status = status;
    }
}
