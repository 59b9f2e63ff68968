//! Claims by the deeds of claimants, of staff, and of the rules.

use std::sync::Arc;

use base::{ClaimId, Instant, PersonId};
use claims::facts_id;
use claims::{Claim, ClaimantClaims, Decision, Desk, Effect, FactName, Facts, Filing, Finding};
use claims::{
    FrozenFacts, Funds, Ground, Named, NewClaim, Outcome, Refusal, RuleBook, Status, Value,
};

use crate::bought::{self, Bought};
use crate::claim_acts;
use crate::claim_facts::gather;
use crate::claim_money;
use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::restituting;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, ClaimCommand, ClaimEvidence, Context, Rows};

pub(crate) fn walk<R: Rows>(
    command: &ClaimCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    match command {
        ClaimCommand::File(new) => file(new, walk, at),
        ClaimCommand::Match { claim, found, by } => match_claim(*claim, found, *by, walk, at),
        ClaimCommand::FreezeFacts { claim, told } => freeze_facts(*claim, told, walk, at),
        ClaimCommand::Decide { claim } => decide(*claim, walk, at),
        ClaimCommand::Review { claim, .. }
        | ClaimCommand::Approve { claim, .. }
        | ClaimCommand::SendBack { claim, .. }
        | ClaimCommand::Appeal { claim, .. }
        | ClaimCommand::Withdraw { claim }
        | ClaimCommand::Attach { claim, .. }
        | ClaimCommand::Escalate { claim } => one(*claim, command, walk, at),
        ClaimCommand::StartPayout { claim, back } => {
            claim_money::start_payout(*claim, back, walk, at)
        }
        ClaimCommand::ResolvePayout { claim, number, by, way } => {
            claim_money::resolve_payout(*claim, *number, (*by, way), walk, at)
        }
        ClaimCommand::NotePaid { claim } => claim_money::note_paid(*claim, walk, at),
        ClaimCommand::Restitute { loss, back } => restituting::restitute(loss, back, walk, at),
        ClaimCommand::LiftFreeze { person, by } => claim_acts::lift(*person, *by, walk, at),
        ClaimCommand::LookAtSuspect { suspect, by } => claim_acts::look_at(*suspect, *by, walk, at),
        ClaimCommand::NoteRestitutionPaid { restitution } => {
            restituting::note_paid(*restitution, walk, at)
        }
        ClaimCommand::SetRestitutionAside { loss, refund, refusal } => {
            restituting::set_aside(loss, *refund, refusal, walk, at)
        }
        ClaimCommand::ResolveRestitution { restitution, by, way } => {
            restituting::resolve(*restitution, *by, way, walk, at)
        }
        ClaimCommand::EscalateRestitution { restitution } => {
            restituting::escalate(*restitution, walk, at)
        }
        ClaimCommand::NoteSearched { promotion, since } => {
            claim_money::note_searched(*promotion, *since, walk, at)
        }
    }
}

/// A claim with the rows that its rules look at.
pub(crate) struct Case<'a> {
    pub(crate) claim: &'a Arc<Claim>,
    pub(crate) bought: Option<Bought<'a>>,
    claimant: Option<&'a ClaimantClaims>,
    facts: Option<&'a Arc<FrozenFacts>>,
}

impl<'a> Case<'a> {
    pub(crate) fn find<R: Rows>(id: ClaimId, walk: &mut Walk<'a, R>) -> Result<Case<'a>, Stop> {
        let claim = walk.claim(id).ok_or(Refusal::ClaimNotFound)?;
        let claimant = walk.claimant(claim.claimant.id());
        let facts = claim.facts.and_then(|digest| walk.frozen_facts(facts_id(digest)));
        let bought = claim.promotion.and_then(|promotion| find(promotion, claim.ground, walk));
        Ok(Case { claim, bought, claimant, facts })
    }

    pub(crate) fn rows(&self) -> claims::Rows<'_> {
        let promotion = self.bought.as_ref().and_then(|bought| bought.claims);
        claims::Rows { promotion: promotion.map(Arc::as_ref), claimant: self.claimant }
    }

    /// The money of its promotion; none while that is not known.
    pub(crate) fn funds(&self) -> Funds {
        let none = Funds {
            currency: self.claim.currency,
            paid: base::Amount::ZERO,
            spent: base::Amount::ZERO,
            returned: base::Amount::ZERO,
            lost: base::Amount::ZERO,
            settled: base::Amount::ZERO,
            is_disputed: false,
            settles_at: None,
        };
        self.bought.as_ref().map_or(none, Bought::funds)
    }

    /// What yearly caps count of the claim after a change, and what counts for rings.
    /// `is_counted_from` is the time of a decision of a rule with such a cap.
    pub(crate) fn with_payers(
        &self,
        effect: Effect,
        is_counted_from: Option<Instant>,
        now: Instant,
    ) -> Effect {
        let Some((bought, after)) = self.bought.as_ref().zip(effect.claims.first()) else {
            return effect;
        };
        let counted = is_counted_from.filter(|_| after.status.is_promised());
        let automatic = claims::follow_payers(after, counted, &bought.payers());
        bought.with_instruments(Effect { automatic, ..effect }, now)
    }

    /// What the rules of the day on which it was made say of these facts.
    fn ruled(&self, facts: &Facts, book: &RuleBook) -> Decision {
        let tables = book.rules.tables(self.claim.ground, self.claim.filed_at);
        tables.decide(facts, self.claim.currency)
    }

    /// What was paid under the yearly cap of a decision by now; nothing when it has none.
    fn yearly_sums(&self, decision: &Decision, now: Instant) -> Vec<(FactName, Finding)> {
        let bought = self.bought.as_ref().filter(|_| claims::has_yearly_cap(decision));
        let sums = |bought: &Bought<'_>| {
            claims::automatic_sums(&bought.payers(), self.claim.currency, now).to_vec()
        };
        bought.map_or(Vec::new(), sums)
    }

    fn at_desk<T>(&self, book: &RuleBook, run: impl FnOnce(Desk<'_>) -> T) -> T {
        run(Desk {
            rows: self.rows(),
            funds: &self.funds(),
            facts: self.facts.map(|row| &row.facts),
            clocks: book.clocks_of(self.claim.filed_at),
            policy: &book.approval,
        })
    }
}

/// What a claim on this ground is about, with the rows that its rules look at.
fn find<'a, R: Rows>(
    promotion: base::PromotionId,
    ground: Ground,
    walk: &mut Walk<'a, R>,
) -> Option<Bought<'a>> {
    let bought = Bought::find(promotion, walk)?;
    Some(if ground == Ground::UnauthorizedCharge { bought.with_payers(walk) } else { bought })
}

/// What a new claim looks at.
struct ToFile<'a> {
    existing: Option<&'a Arc<Claim>>,
    claimant: Option<&'a ClaimantClaims>,
    bought: Option<Bought<'a>>,
    purchase: Option<claims::Purchase>,
    decided: Vec<&'a Arc<Claim>>,
}

impl<'a> ToFile<'a> {
    fn find<R: Rows>(
        claimant: claims::Claimant,
        ground: claims::Ground,
        named: &Named,
        walk: &mut Walk<'a, R>,
    ) -> ToFile<'a> {
        let claimant = walk.claimant(claimant.id());
        let found = bought::named(named, walk);
        let bought = found.and_then(|(promotion, _)| find(promotion, ground, walk));
        let charge = found.and_then(|(_, charge)| charge);
        let purchase = bought.as_ref().map(|bought| bought.purchase(charge));
        let before = bought.as_ref().and_then(|bought| bought.claims);
        let before: Vec<ClaimId> = before.map_or(Vec::new(), |row| row.decided(ground).collect());
        let decided = before.into_iter().filter_map(|claim| walk.claim(claim)).collect();
        ToFile { existing: None, claimant, bought, purchase, decided }
    }

    fn filing<T>(&self, book: &RuleBook, at: Instant, run: impl FnOnce(Filing<'_>) -> T) -> T {
        let promotion = self.bought.as_ref().and_then(|bought| bought.claims);
        run(Filing {
            existing: self.existing.map(Arc::as_ref),
            purchase: self.purchase.as_ref(),
            rows: claims::Rows { promotion: promotion.map(Arc::as_ref), claimant: self.claimant },
            decided: &self.decided.iter().map(|row| row.as_ref()).collect::<Vec<_>>(),
            clocks: book.clocks_of(at),
        })
    }
}

fn to_file<'a, R: Rows>(new: &NewClaim, walk: &mut Walk<'a, R>) -> ToFile<'a> {
    let existing = walk.claim(new.id);
    ToFile { existing, ..ToFile::find(new.claimant, new.ground, &new.named, walk) }
}

fn file<R: Rows>(new: &NewClaim, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let found = to_file(new, walk);
    walk.ready()?;
    let book = at.rule_book();
    let filed = found.filing(book, at.now, |filing| claims::file(new, filing, at.now))?;
    let filed = match &found.bought {
        Some(bought) => bought.with_instruments(filed, at.now),
        None => filed,
    };
    finish(new.id, filed, walk, at)
}

fn match_claim<R: Rows>(
    id: ClaimId,
    found: &Named,
    by: PersonId,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let claim = walk.claim(id).ok_or(Refusal::ClaimNotFound)?;
    let found = ToFile::find(claim.claimant, claim.ground, found, walk);
    walk.ready()?;
    let book = at.rule_book();
    let matched = found
        .filing(book, claim.filed_at, |filing| claims::match_claim(by, claim, filing, at.now))?;
    // Only now it is known what it was paid with.
    let matched = match &found.bought {
        Some(bought) => bought.with_instruments(matched, at.now),
        None => matched,
    };
    finish(id, matched, walk, at)
}

fn freeze_facts<R: Rows>(
    id: ClaimId,
    told: &Facts,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let case = Case::find(id, walk)?;
    walk.ready()?;
    let facts = match &case.bought {
        Some(bought) => gather(told, bought, Some((case.claim, case.claimant)), at.now),
        // The rule says that nobody knows yet what it is about.
        None => Facts::new(),
    };
    let frozen = claims::freeze_facts(&facts, case.claim, case.rows(), at.now)?;
    finish(id, frozen, walk, at)
}

/// Lets the rules decide, and does what they ask for beside paying.
fn decide<R: Rows>(id: ClaimId, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let case = Case::find(id, walk)?;
    claim_acts::name(case.claim, walk);
    walk.ready()?;
    let (claim, book) = (case.claim, at.rule_book());
    let facts = case.facts.map(|row| &row.facts).ok_or(Refusal::FactsMissing);
    // What is not gathering is not decided, facts or not: the rule says so first.
    let nothing = Facts::new();
    let facts = match (facts, claim.status) {
        (Ok(facts), _) => facts,
        (Err(refusal), Status::Gathering) => return Err(refusal.into()),
        (Err(_), _) => &nothing,
    };
    let decision = case.ruled(facts, book);
    let effect = match conclude(&case, (facts, &decision), book, at.now)? {
        Follows::Now(effect) => *effect,
        Follows::AfterSlices(bought) => return hold_first(&decision, claim, bought, walk, at),
    };
    let mut composed = Composition::new(walk, at);
    follow(effect, claim.promotion, &mut composed)?;
    claim_acts::act(&decision, id, &mut composed)?;
    claim_acts::hold_or_stop(id, claim_acts::stops(&decision), &mut composed)?;
    Ok(composed.finish(AnswerRef::Claim(id)))
}

/// What follows for a claim from what the rules say.
enum Follows<'a> {
    /// It is decided, waits for a person, or is held.
    Now(Box<Effect>),
    /// Its promotion is held up first: what the slices that are out bill goes back as well.
    AfterSlices(&'a Bought<'a>),
}

/// What follows for a claim from what the rules say of these facts. What is decided and what a
/// preview tells both come from here, so that they do not differ.
///
/// # Errors
///
/// Those of [`claims::decide()`], and `FactsOutdated` where something was billed, or paid under the
/// same yearly cap, since its facts were put together.
fn conclude<'c>(
    case: &'c Case<'_>,
    (facts, decision): (&Facts, &Decision),
    book: &RuleBook,
    now: Instant,
) -> Result<Follows<'c>, Refusal> {
    let claim = case.claim;
    if claim.status == Status::Gathering
        && let Some(bought) = case.bought.as_ref().filter(|_| claim_acts::stops(decision))
    {
        if bought.promotion.slices.open > 0 {
            return Ok(Follows::AfterSlices(bought));
        }
        // What was billed since goes back with the rest.
        let spent = Finding::Known(Value::Money(bought.funds().spent));
        if facts.get(FactName::Spent).is_some_and(|fact| fact.finding != spent) {
            return Err(Refusal::FactsOutdated);
        }
    }
    let sums = case.yearly_sums(decision, now);
    let is_cap_unknown = claims::is_cap_unknown(&sums);
    let decided = claims::Decided { is_cap_unknown, ..claims::Decided::from(decision) };
    let effect = case.at_desk(book, |desk| claims::decide(&decided, claim, desk, now))?;
    // Others were paid under the same cap since its facts were put together.
    if claims::knows_less_than(facts, &sums) {
        return Err(Refusal::FactsOutdated);
    }
    let counted = claims::has_yearly_cap(decision).then_some(now);
    let effect = case.with_payers(effect, counted, now);
    Ok(Follows::Now(Box::new(effect)))
}

/// Holds a promotion up that a decision wants stopped, and does the rest of what it asks for beside
/// paying. Its sums wait for the slices that are out: what they bill goes back as well.
///
/// # Errors
///
/// `SlicesOpen` when it is held up already, or has ended.
fn hold_first<R: Rows>(
    decision: &Decision,
    claim: &Arc<Claim>,
    bought: &Bought<'_>,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    if bought.promotion.pauses.by_claim || bought.promotion.state.is_ended() {
        return Err(promotions::Refusal::SlicesOpen.into());
    }
    let mut composed = Composition::new(walk, at);
    composed.add(Effect { claims: vec![claim.as_ref().clone()], ..Effect::default() });
    claim_acts::act(decision, claim.id, &mut composed)?;
    claim_acts::hold_or_stop(claim.id, true, &mut composed)?;
    Ok(composed.finish(AnswerRef::Claim(claim.id)))
}

/// What people and time do to one claim.
fn one<R: Rows>(
    id: ClaimId,
    command: &ClaimCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let case = Case::find(id, walk)?;
    claim_acts::name(case.claim, walk);
    walk.ready()?;
    let (claim, rows, now) = (case.claim, case.rows(), at.now);
    let book = at.rule_book();
    let changed = match command {
        ClaimCommand::Review { review, .. } => {
            case.at_desk(book, |desk| claims::review(review, claim, desk, now))
        }
        ClaimCommand::Approve { by, .. } => {
            case.at_desk(book, |desk| claims::approve(*by, claim, desk, now))
        }
        ClaimCommand::SendBack { by, .. } => claims::send_back(*by, claim, rows),
        ClaimCommand::Appeal { attachments, .. } => {
            let is_disputed = case.bought.as_ref().is_some_and(|it| it.funds().is_disputed);
            let clocks = book.clocks_of(claim.filed_at);
            claims::appeal(attachments, claim, rows, is_disputed, clocks, now)
        }
        ClaimCommand::Attach { new, .. } => claims::attach(*new, claim, rows, now),
        ClaimCommand::Withdraw { .. } => claims::withdraw(claim, rows),
        _ => claims::escalate(claim, rows, now),
    };
    let changed = changed?;
    // The same facts and tables decide the same, for ever: so it is known what the rules wanted.
    let facts = case.facts.map(|row| &row.facts).filter(|_| claim.promotion.is_some());
    let decision = facts.map(|facts| case.ruled(facts, book));
    // A person who grants a part does not follow the rules that wanted it stopped.
    let is_part = changed.claims.iter().any(is_part_by_person);
    let decision = decision.filter(|_| !is_part);
    let is_granted = changed.claims.iter().any(|after| after.status.is_promised());
    // Without facts nobody knows what the rules wanted. What a person grants of a charge that
    // nobody agreed to, and grants whole, is spent no further; what is undecided stays as it is.
    let is_blind = facts.is_none() && claim.promotion.is_some();
    let is_ended = is_blind && is_granted && claim.ground == Ground::UnauthorizedCharge;
    let wants_stop = decision.as_ref().is_some_and(claim_acts::stops) || is_ended && !is_part;
    let is_out = case.bought.as_ref().is_some_and(|bought| bought.promotion.slices.open > 0);
    if wants_stop && is_granted && !claim.status.is_promised() && is_out {
        // What they bill is to go back as well, so nobody knows yet how much that is.
        return Err(promotions::Refusal::SlicesOpen.into());
    }
    let changed = case.with_payers(changed, None, now);
    let mut composed = Composition::new(walk, at);
    follow(changed, claim.promotion, &mut composed)?;
    // What staff has let go on meanwhile is not held up anew by a file or a late step.
    let after = composed.claim(id)?.map_or(claim.status, |after| after.status);
    if after != claim.status {
        if let Some(decision) = &decision {
            claim_acts::act(decision, id, &mut composed)?;
        }
        if !is_blind || !after.is_undecided() {
            claim_acts::hold_or_stop(id, wants_stop, &mut composed)?;
        }
    }
    Ok(composed.finish(AnswerRef::Claim(id)))
}

/// Whether a person has granted a part of what was wanted, which is to be paid now.
fn is_part_by_person(claim: &Claim) -> bool {
    let record = claim.decision.as_ref().filter(|_| claim.status.is_promised());
    record.is_some_and(|it| it.reviewed_by.is_some() && it.outcome == Outcome::PartlyApprove)
}

/// A change of a claim, and what follows for the settlement of its promotion.
pub(crate) fn finish<R: Rows>(
    id: ClaimId,
    effect: Effect,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let promotion = effect.promotions.first().map(|row| row.promotion);
    let mut composed = Composition::new(walk, at);
    follow(effect, promotion, &mut composed)?;
    Ok(composed.finish(AnswerRef::Claim(id)))
}

/// Adds what a rule of claims has decided. When claims take less than before, the settlement gives
/// back more.
pub(crate) fn follow<R: Rows>(
    effect: Effect,
    promotion: Option<base::PromotionId>,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    composed.add(effect);
    let Some(id) = promotion else { return Ok(()) };
    let Some(promotion) = composed.promotion(id)? else { return Ok(()) };
    let returning = bought::returning(&promotion, composed.promotion_claims(id)?.as_deref());
    let again = promotions::settle_again(&promotion, returning, composed.context());
    again.into_iter().for_each(|again| composed.add(again));
    Ok(())
}

/// A claim that would be made, and what would become of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The claim.
    pub claim: Claim,
    /// The facts there are now.
    pub facts: Facts,
    /// What would follow; `None` while somebody has to find what it is about.
    pub decided: Option<Foreseen>,
}

/// What would follow from facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// What the rules say of them.
    pub decision: Decision,
    /// The claim afterwards. It may wait for a person all the same: a second one at a large sum,
    /// or somebody who looks where more would be paid than is left, or nobody knows how much of a
    /// yearly cap is used up. It is gathering still where something has to come first.
    pub after: Claim,
}

/// Names the rows of a preview.
pub(crate) fn name_preview<R: Rows>(new: &NewClaim, walk: &mut Walk<'_, R>) {
    to_file(new, walk);
}

pub(crate) fn preview<R: Rows>(
    new: &NewClaim,
    told: &Facts,
    rules: Option<&'static RuleBook>,
    walk: &mut Walk<'_, R>,
    now: Instant,
) -> Result<Preview, Stop> {
    let found = to_file(new, walk);
    walk.ready()?;
    let book = rules.unwrap_or_else(RuleBook::standard);
    let filed = found.filing(book, now, |filing| claims::file(new, filing, now))?;
    let claim = filed.claims.first().cloned().expect("a claim is made");
    let (Some(bought), Some(_)) = (found.bought, claim.promotion) else {
        return Ok(Preview { claim, facts: Facts::new(), decided: None });
    };
    // From here on as if it was made: with its rows, then with its facts.
    let made = After::of(filed, bought.claims, found.claimant);
    let facts = gather(told, &made.about(&bought), Some((&claim, made.claimant.as_ref())), now);
    let rows = claims::Rows { promotion: made.row.as_deref(), claimant: made.claimant.as_ref() };
    let frozen = claims::freeze_facts(&facts, &claim, rows, now)?;
    let gathering = Arc::new(frozen.claims.first().cloned().expect("its facts are frozen"));
    let kept = frozen.facts.first().cloned().map(Arc::new);
    let known = After::of(frozen, made.row.as_ref(), made.claimant.as_ref());
    let case = Case {
        claim: &gathering,
        bought: Some(known.about(&bought)),
        claimant: known.claimant.as_ref(),
        facts: kept.as_ref(),
    };
    let decision = case.ruled(&facts, book);
    let after = match conclude(&case, (&facts, &decision), book, now) {
        Ok(Follows::Now(effect)) => effect.claims.into_iter().next().expect("it is decided on"),
        // Its promotion is held up first, or it would be looked at again.
        Ok(Follows::AfterSlices(_)) | Err(_) => gathering.as_ref().clone(),
    };
    Ok(Preview { claim, facts, decided: Some(Foreseen { decision, after }) })
}

/// The rows beside a claim after an effect that nobody keeps.
struct After {
    row: Option<Arc<claims::PromotionClaims>>,
    claimant: Option<ClaimantClaims>,
}

impl After {
    fn of(
        effect: Effect,
        row: Option<&Arc<claims::PromotionClaims>>,
        claimant: Option<&ClaimantClaims>,
    ) -> After {
        let changed = effect.promotions.into_iter().next().map(Arc::new);
        let theirs = effect.claimants.into_iter().next();
        After { row: changed.or(row.cloned()), claimant: theirs.or(claimant.cloned()) }
    }

    /// What the claim is about, with these rows.
    fn about<'b>(&'b self, bought: &Bought<'b>) -> Bought<'b> {
        bought.with_claims(self.row.as_ref())
    }
}

/// What is kept with a claim; `None` when there is none.
pub(crate) fn evidence<R: Rows>(
    id: ClaimId,
    walk: &mut Walk<'_, R>,
    now: Instant,
) -> Option<ClaimEvidence> {
    let words = walk.claim_words(id).cloned();
    let claim = walk.claim(id)?.clone();
    let mut frozen = |digest| walk.frozen_facts(facts_id(digest)).cloned();
    let facts = claim.facts.and_then(&mut frozen);
    let shown = claim.decision.as_ref().or(claim.proposal.as_ref());
    let decided_on = shown.and_then(|record| record.facts).and_then(&mut frozen);
    let row = claim.promotion.and_then(|promotion| walk.promotion_claims(promotion));
    // So is what somebody has proposed without facts.
    let may_be_old = facts.is_some() || claim.proposal.is_some();
    let is_outdated = may_be_old && row.is_some_and(|row| row.grants != claim.grants_known);
    let statement = shown.and_then(|record| walk.claim_statement(record.statement).cloned());
    Some(ClaimEvidence { claim, words, facts, is_outdated, decided_on, statement, now })
}
