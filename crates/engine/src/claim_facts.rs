//! Facts of a claim: those that rows tell, and those that are told with the command.

use base::{Amount, Instant, Label, Span, TypedId};
use claims::{Causes, Ground, PromotionClaims, automatic_sums, ring_marks};
use claims::{Claim, ClaimantClaims, Evidence, Fact, FactName, Facts, Finding, Value, WhyUnknown};
use promotions::{Authorization, EndCause, Factor, Fingerprint, Happening, Post, Promotion};
use promotions::{SignalKind, Signals, State};

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
        gathered.claim(claim, claimant, bought.claims.map(|row| row.as_ref()));
        gathered.failed_calls(bought);
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
        let set_out = bought.claims.map_or(Amount::ZERO, |row| row.set_out);
        let left = match funds.is_paid_by_bank(committed, set_out) {
            true => Amount::ZERO,
            false => funds.left(committed),
        };
        self.money(FactName::LeftRefundable, left, id);
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
        if let Some(loss) = told_money(told, FactName::BilledAfterStop) {
            self.money(FactName::BilledAfterStop, loss.saturating_sub(paid.stop_failed), id);
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
            // What became of it after the end has kept nothing from being delivered, unless
            // somebody had asked for it before in vain.
            let none = Finding::Known(Value::Count(0));
            let is_told = told.get(FactName::FailedCalls).is_some_and(|it| it.finding != none);
            let counts = cause.is_none() || is_told || calls_that_failed(bought) > 0;
            let is_deleted = post.is_deleted && counts || cause == Some(EndCause::PostDeleted);
            let is_gone = is_deleted || promotion.pauses.post_is_private;
            self.know(FactName::PostGone, Value::Flag(is_gone), post.id);
            let age = promotion.submitted_at.map(|charged_at| post_age(post, charged_at));
            // What its platform has not told with the post, somebody else may.
            if let Some(age) = age.filter(|age| matches!(age, Finding::Known(_))) {
                self.find(FactName::PostAge, age, post.id);
            }
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
        self.know(FactName::Factor, Value::Word(counted(agreement.factor).as_str()), id);
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
        let findings = [
            (FactName::FactorAge, before.factor_age()),
            (FactName::CountryJump, before.country_jump()),
        ];
        for (name, finding) in findings {
            // What signals do not tell, somebody else may.
            if matches!(finding, Finding::Known(_)) {
                self.find(name, finding, person);
            }
        }
        // Nobody says that these have not happened, so what was not told is unknown.
        let flags = [
            (FactName::SessionTheft, before.has_stolen_session()),
            (FactName::UsedLater, before.is_used_later()),
        ];
        for (name, _) in flags.into_iter().filter(|(_, is_told)| *is_told) {
            self.know(name, Value::Flag(true), person);
        }
    }

    /// What was paid in the year before where no record proves who agreed, and how many others have
    /// claimed over what it was paid with.
    fn paid_automatically(&mut self, bought: &Bought<'_>, claim: &Claim) {
        if claim.ground != Ground::UnauthorizedCharge {
            return;
        }
        for (name, finding) in automatic_sums(&bought.payers(), claim.currency, self.now) {
            self.find(name, finding, bought.promotion.advertiser);
        }
        let marks = ring_marks(&bought.instruments(), claim, self.now);
        // What rows do not tell, somebody else may.
        if matches!(marks, Finding::Known(_)) {
            self.find(FactName::RingMarks, marks, bought.promotion.id);
        }
    }

    /// That none was told does not mean that there was none.
    fn failed_calls(&mut self, bought: &Bought<'_>) {
        let Some(signals) = bought.signals else { return };
        let count = calls_that_failed(bought);
        if count > 0 {
            self.know(FactName::FailedCalls, Value::Count(count), signals.person);
        }
    }

    fn claim(
        &mut self,
        claim: &Claim,
        claimant: Option<&ClaimantClaims>,
        row: Option<&PromotionClaims>,
    ) {
        let id = claim.id;
        if let Some(is_in_time) = claim.is_in_time() {
            let word = if is_in_time { "open" } else { "closed" };
            self.know(FactName::Window, Value::Word(word), id);
        }
        let word = if claim.linked_to.is_some() { "decided" } else { "none" };
        self.know(FactName::SameClaim, Value::Word(word), id);
        // It is linked to another one only when it shows nothing new.
        self.know(FactName::NewEvidence, Value::Flag(claim.linked_to.is_none()), id);
        let earlier = claimant.map_or(0, |row| row.in_year_before(claim.filed_at));
        self.know(FactName::EarlierClaims, Value::Count(u64::from(earlier)), id);
        let alike = row.map_or(0, |row| row.alike_before(claim));
        self.know(FactName::EarlierAlike, Value::Count(alike), id);
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

impl Before<'_> {
    fn happened(&self) -> impl Iterator<Item = Happening> {
        self.signals.kept.iter().map(|signal| signal.happened)
    }

    /// How long the factor had been enrolled that they agreed with: one that was added since may be
    /// the one that was used, so the last counts. Unknown when nobody told of any.
    fn factor_age(&self) -> Finding {
        let kind = match self.agreement.factor {
            Factor::Passkey => SignalKind::PasskeyEnrolled,
            Factor::Totp => SignalKind::TotpEnrolled,
            Factor::Password | Factor::MailCode | Factor::HandOver | Factor::None => {
                return Finding::Unknown(WhyUnknown::NotApplicable);
            }
        };
        let ages = self.happened().filter(|it| it.kind == kind);
        match ages.filter_map(|it| self.agreement.at.since(it.at)).min() {
            Some(age) => Finding::Known(Value::Span(age)),
            None => Finding::Unknown(WhyUnknown::NotRecorded),
        }
    }

    /// Whether the account was used from a country for the first time within a day before. Like
    /// what was changed, it did not happen when nothing of the kind was told of an account of which
    /// something was.
    fn country_jump(&self) -> Finding {
        match self.last(&[SignalKind::NewCountry]) {
            Finding::Known(Value::Span(age)) => Finding::Known(Value::Flag(age <= JUST_BEFORE)),
            other => other,
        }
    }

    /// Whether there were marks of a stolen session from a week before on.
    fn has_stolen_session(&self) -> bool {
        let since = self.agreement.at.saturating_sub(SESSION_LIVES);
        self.happened().any(|it| it.kind == SignalKind::SessionStolen && it.at >= since)
    }

    /// Whether a promotion was used later on a device that was known before.
    fn is_used_later(&self) -> bool {
        let at = self.agreement.at;
        let is_known =
            |device: Fingerprint| self.happened().any(|it| it.device == Some(device) && it.at < at);
        let later = self.happened().filter(|it| it.kind == SignalKind::PromotionUsed && it.at > at);
        later.filter_map(|it| it.device).any(is_known)
    }
}

/// How long a post had been published when it was charged for. That it was told of tells only that
/// it was there by then, which is enough where that is long ago.
fn post_age(post: &Post, charged_at: Instant) -> Finding {
    if let Some(at) = post.published_at {
        let age = charged_at.since(at).map(Value::Span);
        return age.map_or(Finding::Unknown(WhyUnknown::Contradicted), Finding::Known);
    }
    match charged_at.since(post.created_at) {
        Some(age) if age > LONG_KNOWN => Finding::Known(Value::Span(age)),
        _ => Finding::Unknown(WhyUnknown::NotRecorded),
    }
}

/// A journey so long before belongs to what was agreed to.
const JUST_BEFORE: Span = Span::days(1);

/// A session that was stolen so long before may have been used to agree.
const SESSION_LIVES: Span = Span::days(7);

/// A device that was known so long before is one of theirs, however much longer it was known; and a
/// post is an old one.
const LONG_KNOWN: Span = Span::days(30);

fn told_money(told: &Facts, name: FactName) -> Option<Amount> {
    match told.get(name)?.finding {
        Finding::Known(Value::Money(amount)) => Some(amount),
        _ => None,
    }
}

/// As which factor one counts in the rules of claims. They have no word for a code by mail, nor for
/// what a shop around says, which prove as little as the weakest that they know.
fn counted(factor: Factor) -> Factor {
    match factor {
        Factor::MailCode | Factor::HandOver => Factor::Password,
        known => known,
    }
}

/// How many requests were told to have failed while the promotion was under way.
fn calls_that_failed(bought: &Bought<'_>) -> u64 {
    let (promotion, Some(signals)) = (bought.promotion, bought.signals) else { return 0 };
    let until = promotion.end.map_or(promotion.terms.ends_at, |end| end.at);
    let is_meant = |happened: &Happening| {
        let is_in_time = promotion.created_at <= happened.at && happened.at <= until;
        happened.kind == SignalKind::CallFailed && is_in_time
    };
    let count = signals.kept.iter().filter(|signal| is_meant(&signal.happened)).count();
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use base::PersonId;
    use promotions::Signal;

    use super::*;

    const DEVICE: Fingerprint = Fingerprint([7; 16]);

    /// What is found of somebody who has agreed, so many hours after what happened; negative ones
    /// happened later.
    fn found<T>(
        happened: &[(SignalKind, i64)],
        factor: Factor,
        find: impl FnOnce(Before<'_>) -> T,
    ) -> T {
        let at = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let signal = |(kind, hours): &(SignalKind, i64)| {
            let at = Instant::from_micros(at.micros() - hours * 3_600_000_000);
            Signal { happened: Happening { at, kind: *kind, device: Some(DEVICE) }, told_at: at }
        };
        let person = PersonId::from_bits(1);
        let kept = happened.iter().map(signal).collect();
        let signals = Signals { person, kept, dropped: 0, created_at: at };
        let agreement = Authorization {
            factor,
            device: Some(DEVICE),
            session: None,
            address: None,
            region: None,
            act: None,
            terms_version: None,
            at,
        };
        find(Before { signals: &signals, agreement: &agreement })
    }

    /// The age in days of the device, so many days after what happened on it.
    fn device_age(happened: &[(SignalKind, i64)]) -> Option<u64> {
        let hours: Vec<_> = happened.iter().map(|(kind, days)| (*kind, days * 24)).collect();
        match found(&hours, Factor::Password, |before| before.device_age()) {
            Finding::Known(Value::Span(age)) => Some(age.micros() / Span::days(1).micros()),
            _ => None,
        }
    }

    #[test]
    fn a_factor_is_as_old_as_the_last_of_its_kind_that_was_enrolled() {
        let age = |happened: &[(SignalKind, i64)], factor| match found(happened, factor, |before| {
            before.factor_age()
        }) {
            Finding::Known(Value::Span(age)) => Some(age.micros() / Span::days(1).micros()),
            _ => None,
        };
        let two = [(SignalKind::PasskeyEnrolled, 240), (SignalKind::PasskeyEnrolled, 48)];
        assert_eq!(age(&two, Factor::Passkey), Some(2));
        assert_eq!(age(&two, Factor::Totp), None);
        assert_eq!(age(&two, Factor::Password), None);
        assert_eq!(age(&two, Factor::MailCode), None);
        // One that was enrolled afterwards was not used.
        assert_eq!(age(&[(SignalKind::TotpEnrolled, -1)], Factor::Totp), None);
    }

    #[test]
    fn what_was_told_of_countries_sessions_and_later_use_is_known() {
        let jump = |happened: &[(SignalKind, i64)]| {
            found(happened, Factor::Password, |before| before.country_jump())
        };
        let flag = |is_so| Finding::Known(Value::Flag(is_so));
        assert_eq!(jump(&[(SignalKind::NewCountry, 2)]), flag(true));
        assert_eq!(jump(&[(SignalKind::NewCountry, 48)]), flag(false));
        assert_eq!(jump(&[(SignalKind::NewDevice, 2)]), flag(false));
        let stolen = |happened: &[(SignalKind, i64)]| {
            found(happened, Factor::Password, |before| before.has_stolen_session())
        };
        assert!(stolen(&[(SignalKind::SessionStolen, 2)]));
        assert!(stolen(&[(SignalKind::SessionStolen, -2)]));
        assert!(!stolen(&[(SignalKind::SessionStolen, 24 * 8)]));
        let used = |happened: &[(SignalKind, i64)]| {
            found(happened, Factor::Password, |before| before.is_used_later())
        };
        assert!(used(&[(SignalKind::NewDevice, 2), (SignalKind::PromotionUsed, -2)]));
        // Nobody knows whose device that is.
        assert!(!used(&[(SignalKind::PromotionUsed, -2)]));
        assert!(!used(&[(SignalKind::NewDevice, 3), (SignalKind::PromotionUsed, 2)]));
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

    #[test]
    fn a_post_is_as_old_as_its_platform_says_and_else_at_least_as_old_as_it_is_known() {
        let charged_at = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let before = |days: u64| charged_at.saturating_sub(Span::days(days));
        let label = |text| Label::new(text).unwrap();
        let post = |published_at: Option<Instant>, told_at: Instant| Post {
            id: promotions::post_id(&label("p")),
            name: label("p"),
            url: base::Text::new("https://shop.example/p").unwrap(),
            creator: base::CreatorId::from_bits(1),
            kind: promotions::PostKind::Video,
            visibility: promotions::Visibility::Public,
            language: None,
            tags: Vec::new(),
            content_version: label("1"),
            is_deleted: false,
            promotions: Vec::new(),
            created_at: told_at,
            published_at,
        };
        let days = |days| Finding::Known(Value::Span(Span::days(days)));
        let age = |published, told| post_age(&post(published, told), charged_at);
        assert_eq!(age(Some(before(2)), before(0)), days(2));
        assert_eq!(age(Some(before(2)), before(40)), days(2));
        assert_eq!(age(None, before(40)), days(40));
        assert_eq!(age(None, before(2)), Finding::Unknown(WhyUnknown::NotRecorded));
        let later = charged_at.saturating_add(Span::days(1));
        assert_eq!(age(Some(later), before(2)), Finding::Unknown(WhyUnknown::Contradicted));
    }

    #[test]
    fn every_factor_counts_as_a_word_of_the_rules() {
        let claims::Kind::Word(words) = FactName::Factor.kind() else { panic!("it is a word") };
        for factor in Factor::ALL {
            assert!(words.contains(&counted(factor).as_str()), "{factor:?}");
        }
        assert_eq!(counted(Factor::MailCode), Factor::Password);
    }
}
