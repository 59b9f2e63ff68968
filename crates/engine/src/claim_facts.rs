//! Facts of a claim: those that rows tell, and those that are told with the command.

use base::{Amount, Instant, Label, Span, TypedId};
use claims::{Causes, Ground, automatic_sums};
use claims::{Claim, ClaimantClaims, Evidence, Fact, FactName, Facts, Finding, Value, WhyUnknown};
use promotions::{Authorization, EndCause, Promotion, SignalKind, Signals, State};

use crate::bought::Bought;

/// Puts the facts together. What rows tell takes the place of what was told; of losses, all that
/// are known of are told, and what was paid for them before is taken off.
pub(crate) fn gather(
    told: &Facts,
    bought: &Bought<'_>,
    claim: Option<(&Claim, Option<&ClaimantClaims>)>,
    now: Instant,
) -> Facts {
    let mut gathered = Gathered { facts: Facts::new(), now };
    gathered.money_of(bought);
    gathered.losses(told, bought);
    gathered.delivery_of(bought.promotion);
    gathered.moderation_of(bought, told);
    gathered.agreement_of(bought);
    if let Some((claim, claimant)) = claim {
        gathered.claim(claim, claimant);
        gathered.paid_automatically(bought, claim);
    }
    for fact in told.iter() {
        if gathered.facts.get(fact.name).is_none() {
            gathered.keep(fact.clone());
        }
    }
    gathered.facts
}

struct Gathered {
    facts: Facts,
    now: Instant,
}

impl Gathered {
    fn keep(&mut self, fact: Fact) {
        self.facts.tell(fact).expect("each fact once, with a value of its kind");
    }

    fn find(&mut self, name: FactName, finding: Finding, record: impl TypedId) {
        let record = Label::new(&record.to_string()).expect("ids are labels");
        self.keep(Fact { name, finding, evidence: Evidence::Id(record), at: self.now });
    }

    fn know(&mut self, name: FactName, value: Value, record: impl TypedId) {
        self.find(name, Finding::Known(value), record);
    }

    fn money(&mut self, name: FactName, amount: Amount, record: impl TypedId) {
        self.know(name, Value::Money(amount), record);
    }

    fn money_of(&mut self, bought: &Bought<'_>) {
        let (funds, id) = (bought.funds(), bought.promotion.id);
        let committed = bought.claims.map_or(Amount::ZERO, |row| row.committed());
        let back = funds.settlement_back(committed);
        self.money(FactName::Captured, funds.paid, id);
        self.money(FactName::SettledBack, funds.returned, id);
        // What settlements return and claims take counts at once, so nothing is in between.
        self.money(FactName::PendingBack, Amount::ZERO, id);
        self.money(FactName::Credited, committed, id);
        self.money(FactName::Unspent, back.saturating_sub(funds.returned), id);
        self.money(FactName::Spent, funds.spent, id);
        self.money(FactName::LeftRefundable, funds.left(committed), id);
        // A payment of an attempt that is over goes back by itself, so none is kept twice.
        self.money(FactName::DuplicateCapture, Amount::ZERO, id);
        let word = match () {
            () if funds.is_disputed => "open",
            () if !funds.lost.is_zero() => "lost",
            () => "none",
        };
        self.know(FactName::Dispute, Value::Word(word), id);
    }

    fn losses(&mut self, told: &Facts, bought: &Bought<'_>) {
        let paid = bought.claims.map_or(Causes::default(), |row| row.causes);
        let id = bought.promotion.id;
        self.money(FactName::MadeGood, paid.delivery, id);
        // Nothing is charged beyond the escrow; somebody may know better.
        let over_budget = told_money(told, FactName::OverBudget).unwrap_or(Amount::ZERO);
        self.money(FactName::OverBudget, over_budget.saturating_sub(paid.overspend), id);
        if let Some(loss) = told_money(told, FactName::WrongDelivery) {
            self.money(FactName::WrongDelivery, loss.saturating_sub(paid.wrong_delivery), id);
        }
    }

    fn delivery_of(&mut self, promotion: &Promotion) {
        let id = promotion.id;
        let guarantee = promotion.guarantee();
        let word = if guarantee.is_some() { "guarantee" } else { "estimate" };
        self.know(FactName::Promise, Value::Word(word), id);
        if let Some(guarantee) = guarantee {
            self.know(FactName::GuaranteedUnits, Value::Count(guarantee.units), id);
        }
        let delivered = Value::Count(promotion.delivery.delivered());
        self.know(FactName::DeliveredUnits, delivered, id);
        if promotion.slices.ever > 0 {
            self.know(FactName::Start, Value::Word("begun"), id);
        }
        let ended_by_them = promotion.end.is_some_and(|end| end.cause == EndCause::Advertiser);
        if promotion.pauses.by_advertiser || ended_by_them {
            self.know(FactName::SelfStopped, Value::Flag(true), id);
        }
    }

    fn moderation_of(&mut self, bought: &Bought<'_>, told: &Facts) {
        let promotion = bought.promotion;
        let cause = promotion.end.map(|end| end.cause);
        // That a review was wrong, no row tells.
        let is_told_wrong = ["rejected_wrongly", "removed_wrongly"].into_iter().any(|word| {
            let fact = told.get(FactName::Moderation);
            fact.is_some_and(|fact| fact.finding == Finding::Known(Value::Word(word)))
        });
        let is_approved = promotion.review.approved_version.is_some();
        let word = match cause {
            _ if is_told_wrong => None,
            Some(EndCause::Rejected) => Some("rejected_for_violation"),
            Some(EndCause::Policy) => Some("removed_for_violation"),
            Some(EndCause::TimeOver) if !is_approved => Some("review_late"),
            _ if is_approved && promotion.state != State::InReview => Some("allowed"),
            _ => None,
        };
        if let Some(word) = word {
            self.know(FactName::Moderation, Value::Word(word), promotion.id);
        }
        if let Some(post) = bought.post {
            let is_gone = post.is_deleted || cause == Some(EndCause::PostDeleted);
            let is_gone = is_gone || promotion.pauses.post_is_private;
            self.know(FactName::PostGone, Value::Flag(is_gone), post.id);
        }
    }

    /// Who agreed to pay, and what had happened to the account before.
    fn agreement_of(&mut self, bought: &Bought<'_>) {
        let id = bought.promotion.id;
        let Some(agreement) = &bought.promotion.authorization else {
            self.know(FactName::Authorization, Value::Word("absent"), id);
            return;
        };
        // A change of the draft forgets it, so what is there fits the terms.
        self.know(FactName::Authorization, Value::Word("verified"), id);
        self.know(FactName::Factor, Value::Word(agreement.factor.as_str()), id);
        // Without signals of an account nobody knows that nothing has happened to it.
        let Some(signals) = bought.signals else { return };
        let before = Before { signals, agreement };
        let contact =
            [SignalKind::EmailChanged, SignalKind::PasswordChanged, SignalKind::PhoneChanged];
        let person = signals.person;
        self.find(FactName::LimitRaised, before.last(&[SignalKind::LimitRaised]), person);
        self.find(FactName::AdminAdded, before.last(&[SignalKind::NewAdmin]), person);
        self.find(FactName::ContactChanged, before.last(&contact), person);
        self.find(FactName::DeviceAge, before.device_age(), person);
    }

    /// What was paid in the year before where no record proves who agreed.
    fn paid_automatically(&mut self, bought: &Bought<'_>, claim: &Claim) {
        if claim.ground != Ground::UnauthorizedCharge {
            return;
        }
        for (name, finding) in automatic_sums(&bought.payers(), claim.currency, self.now) {
            self.find(name, finding, bought.promotion.advertiser);
        }
    }

    fn claim(&mut self, claim: &Claim, claimant: Option<&ClaimantClaims>) {
        let id = claim.id;
        if let Some(is_in_time) = claim.is_in_time() {
            let word = if is_in_time { "open" } else { "closed" };
            self.know(FactName::Window, Value::Word(word), id);
        }
        let word = if claim.linked_to.is_some() { "decided" } else { "none" };
        self.know(FactName::SameClaim, Value::Word(word), id);
        // It is linked to another one only when it shows nothing new.
        self.know(FactName::NewEvidence, Value::Flag(claim.linked_to.is_none()), id);
        let earlier = claimant.map_or(0, |row| row.ever.saturating_sub(1));
        self.know(FactName::EarlierClaims, Value::Count(u64::from(earlier)), id);
    }
}

/// What had happened to an account before somebody agreed to pay.
struct Before<'a> {
    signals: &'a Signals,
    agreement: &'a Authorization,
}

impl Before<'_> {
    /// How long before that the last of these had happened.
    fn last(&self, kinds: &[SignalKind]) -> Finding {
        let happened = self.signals.kept.iter().map(|signal| signal.happened);
        let ages = happened
            .filter(|it| kinds.contains(&it.kind))
            .filter_map(|it| self.agreement.at.since(it.at));
        match ages.min() {
            Some(age) => Finding::Known(Value::Span(age)),
            None if self.signals.dropped == 0 => Finding::Known(Value::NEVER),
            None => Finding::Unknown(WhyUnknown::NotKept),
        }
    }

    /// For how long the device had been known: since somebody told that it was new. What else
    /// happened on it tells only that it was known by then, which is enough where that is long ago.
    fn device_age(&self) -> Finding {
        let ages = |kinds: Option<SignalKind>| {
            let happened = self.signals.kept.iter().map(|signal| signal.happened);
            happened
                .filter(|it| it.device.is_some() && it.device == self.agreement.device)
                .filter(move |it| kinds.is_none_or(|kind| kind == it.kind))
                .filter_map(|it| self.agreement.at.since(it.at))
                .max()
        };
        match (ages(Some(SignalKind::NewDevice)), ages(None)) {
            (Some(age), _) => Finding::Known(Value::Span(age)),
            (None, Some(age)) if age > LONG_KNOWN => Finding::Known(Value::Span(age)),
            _ => Finding::Unknown(WhyUnknown::NotRecorded),
        }
    }
}

/// A device that was known so long before is one of theirs, however much longer it was known.
const LONG_KNOWN: Span = Span::days(30);

fn told_money(told: &Facts, name: FactName) -> Option<Amount> {
    match told.get(name)?.finding {
        Finding::Known(Value::Money(amount)) => Some(amount),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base::PersonId;
    use promotions::{Factor, Fingerprint, Happening, Signal};

    use super::*;

    const DEVICE: Fingerprint = Fingerprint([7; 16]);

    /// The age of the device that somebody has agreed on, so many days after what happened on it.
    fn device_age(happened: &[(SignalKind, u64)]) -> Option<u64> {
        let at = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let signal = |(kind, days): &(SignalKind, u64)| {
            let at = at.saturating_sub(Span::days(*days));
            Signal { happened: Happening { at, kind: *kind, device: Some(DEVICE) }, told_at: at }
        };
        let person = PersonId::from_bits(1);
        let kept = happened.iter().map(signal).collect();
        let signals = Signals { person, kept, dropped: 0, created_at: at };
        let agreement = Authorization {
            factor: Factor::Password,
            device: Some(DEVICE),
            session: None,
            address: None,
            region: None,
            terms_version: None,
            at,
        };
        match (Before { signals: &signals, agreement: &agreement }).device_age() {
            Finding::Known(Value::Span(age)) => Some(age.micros() / Span::days(1).micros()),
            _ => None,
        }
    }

    #[test]
    fn a_device_is_as_old_as_somebody_has_said_and_else_at_least_as_old_as_what_happened_on_it() {
        assert_eq!(device_age(&[(SignalKind::NewDevice, 3)]), Some(3));
        assert_eq!(
            device_age(&[(SignalKind::NewDevice, 3), (SignalKind::LimitRaised, 1)]),
            Some(3)
        );
        assert_eq!(device_age(&[(SignalKind::PasswordChanged, 3)]), None);
        assert_eq!(device_age(&[(SignalKind::PasswordChanged, 31)]), Some(31));
        assert_eq!(device_age(&[]), None);
    }
}
