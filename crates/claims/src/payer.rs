//! What is paid back without anybody looking where no record proves who agreed: one row for each
//! payer, so that yearly caps can be held against it.

use base::{Amount, CardId, ClaimId, Currency, Instant, MethodId, PayerId, PersonId, Span};
use sha2::{Digest as _, Sha256};

use crate::limits::AUTOMATIC_PAYMENTS_MAX;
use crate::rows::changed_rows;
use crate::{Claim, Decision, Fact, FactName, Facts, Finding, Value, WhyUnknown};

/// Whom, or what, a yearly cap is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Payer {
    /// Whoever has bought what claims are about.
    Person(PersonId),
    /// A payment method with which it was paid.
    Method(MethodId),
    /// A gift card with which it was paid.
    Card(CardId),
}

impl Payer {
    /// The id of its row: it follows from what it is.
    pub fn id(&self) -> PayerId {
        let (kind, bytes) = match self {
            Payer::Person(person) => (b'p', person.to_bytes()),
            Payer::Method(method) => (b'm', method.to_bytes()),
            Payer::Card(card) => (b'c', card.to_bytes()),
        };
        let digest: [u8; 32] =
            Sha256::new().chain_update([kind]).chain_update(bytes).finalize().into();
        PayerId::from_bytes(std::array::from_fn(|place| digest[place]))
    }

    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        matches!(self, Payer::Person(_))
    }
}

/// What one claim was paid by a rule with a yearly cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutomaticPayment {
    /// Which claim.
    pub claim: ClaimId,
    /// In which currency.
    pub currency: Currency,
    /// What the claim takes of what was spent, in minor units, tax not counted. Less when it takes
    /// less since.
    pub amount: Amount,
    /// When it was decided.
    pub at: Instant,
}

/// What was paid to one payer without anybody looking, by rules with a yearly cap. It changes in
/// the record of the decision, so a decision that follows in the same batch knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutomaticPaid {
    /// The payer ([`Payer::id`]).
    pub payer: PayerId,
    /// In the order in which they were decided, each claim once; at most
    /// [`AUTOMATIC_PAYMENTS_MAX`]. What is older than a year leaves when another one comes.
    pub payments: Vec<AutomaticPayment>,
}

/// How long a payment counts.
const COUNTS: Span = Span::days(365);

impl AutomaticPaid {
    /// What was paid in the year before `now`. Unknown when there was more than is kept, and when
    /// some of it was in another currency: nothing is converted, so a person looks.
    pub fn sum(&self, currency: Currency, now: Instant) -> Finding {
        let counts = || self.payments.iter().filter(|payment| is_counted(payment, now));
        if counts().count() >= AUTOMATIC_PAYMENTS_MAX {
            return Finding::Unknown(WhyUnknown::NotKept);
        }
        if counts().any(|payment| payment.currency != currency) {
            return Finding::Unknown(WhyUnknown::Contradicted);
        }
        let amounts = counts().map(|payment| payment.amount);
        let sum = amounts
            .fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap_or(Amount::MAX));
        Finding::Known(Value::Money(sum))
    }

    /// Follows a claim after a change: nothing is left of one that takes nothing any more.
    fn follow(&mut self, claim: &Claim, is_counted_from: Option<Instant>) {
        let place = self.payments.iter().position(|payment| payment.claim == claim.id);
        match (place, is_counted_from) {
            (Some(place), _) => {
                let payment = &mut self.payments[place];
                payment.amount = payment.amount.min(claim.committed());
                if payment.amount.is_zero() {
                    self.payments.remove(place);
                }
            }
            (None, Some(now)) if !claim.committed().is_zero() => {
                self.payments.retain(|payment| is_counted(payment, now));
                self.payments.push(AutomaticPayment {
                    claim: claim.id,
                    currency: claim.currency,
                    amount: claim.committed(),
                    at: now,
                });
            }
            _ => {}
        }
    }
}

fn is_counted(payment: &AutomaticPayment, now: Instant) -> bool {
    now.since(payment.at).is_none_or(|age| age < COUNTS)
}

/// A payer, with its row if it has one.
pub type PayerRow<'a> = (Payer, Option<&'a AutomaticPaid>);

/// What the rows tell of the year before `now`: of the person, and of whatever of them was paid
/// with of which most is known. Rows that are not there know of nothing that was paid.
pub fn automatic_sums(
    rows: &[PayerRow<'_>],
    currency: Currency,
    now: Instant,
) -> [(FactName, Finding); 2] {
    let of = |is_person: bool| {
        let rows = rows.iter().filter(|(payer, _)| payer.is_person() == is_person);
        let sums = rows.filter_map(|(_, row)| *row).map(|row| row.sum(currency, now));
        sums.fold(Finding::Known(Value::Money(Amount::ZERO)), |most, sum| match (most, sum) {
            (Finding::Known(Value::Money(most)), Finding::Known(Value::Money(sum))) => {
                Finding::Known(Value::Money(most.max(sum)))
            }
            (Finding::Known(_), unknown) => unknown,
            (unknown, _) => unknown,
        })
    };
    [(FactName::AutomaticPerson, of(true)), (FactName::AutomaticInstrument, of(false))]
}

/// Whether a decision pays without anybody looking by a rule with a yearly cap: one that rests on
/// what was paid so before.
pub fn has_yearly_cap(decision: &Decision) -> bool {
    let names = [FactName::AutomaticPerson, FactName::AutomaticInstrument];
    decision.automated
        && decision.outcome.pays()
        && names.iter().any(|name| decision.facts_used.contains(name))
}

/// Whether more was paid since facts were put together than they know of: two decisions, each
/// within its cap, must not exceed it together.
pub fn knows_less_than(facts: &Facts, sums: &[(FactName, Finding)]) -> bool {
    let known = |fact: Option<&Fact>| match fact.map(|fact| fact.finding) {
        Some(Finding::Known(Value::Money(sum))) => sum,
        // What is not known is no room, so no rule has paid by it.
        _ => Amount::MAX,
    };
    sums.iter().any(|(name, finding)| match finding {
        Finding::Known(Value::Money(sum)) => *sum > known(facts.get(*name)),
        _ => known(facts.get(*name)) < Amount::MAX,
    })
}

/// Whether nobody can say how much of a yearly cap is used up: more was paid than is kept, or some
/// of it in another currency. No rule pays by such a cap then, also one that does not ask.
pub fn is_cap_unknown(sums: &[(FactName, Finding)]) -> bool {
    sums.iter().any(|(_, sum)| !matches!(sum, Finding::Known(_)))
}

/// The rows of the payers after a claim has changed, as far as they did. `is_counted_from` is the
/// time of a decision that [has a yearly cap](has_yearly_cap) and stands from now on.
pub fn follow_payers(
    claim: &Claim,
    is_counted_from: Option<Instant>,
    rows: &[PayerRow<'_>],
) -> Vec<AutomaticPaid> {
    let new = |payer: &Payer| AutomaticPaid { payer: payer.id(), payments: Vec::new() };
    changed_rows(rows, new, |row| row.follow(claim, is_counted_from))
}
