//! What was decided on a claim, as far as its life needs to know.

use base::Amount;

use crate::{Code, Decision, FactName, Outcome};

/// What the rules have decided, without why they did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What it comes to.
    pub outcome: Outcome,
    /// How much the claim pays, in minor units of its currency, tax not counted.
    pub amount: Amount,
    /// What comes back beside that without the claim ([`Award::elsewhere`](crate::Award)): a rule
    /// that stops the promotion may pay nothing itself.
    pub elsewhere: Amount,
    /// Reasons, the main one first.
    pub codes: Vec<Code>,
    /// Whether it rests on more time that the advertiser took, which is the one thing beside a
    /// dispute that a claim can wait for.
    pub waits_for_extension: bool,
    /// Whether a person has to decide, whatever the rule says: it pays under a yearly cap, and
    /// nobody can say how much was paid under it before.
    pub is_cap_unknown: bool,
    /// False when a person has decided.
    pub automated: bool,
    /// All of it, to be kept with the claim.
    pub decision: Option<Decision>,
}

impl From<&Decision> for Decided {
    fn from(decision: &Decision) -> Decided {
        Decided {
            outcome: decision.outcome,
            amount: decision.amount,
            elsewhere: decision.elsewhere,
            codes: decision.reasons.clone(),
            waits_for_extension: decision.outcome == Outcome::Hold
                && decision.facts_used.contains(&FactName::Extension),
            is_cap_unknown: false,
            automated: decision.automated,
            decision: Some(Decision { would_change: Vec::new(), ..decision.clone() }),
        }
    }
}
