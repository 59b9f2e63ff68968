//! From a draft to money in escrow: compose, edit, submit, fund.

use base::{CheckoutId, Label, Metadata, Money, PersonId, PromotionId, Span};
use ledger::{Account, AccountName, Context, LinkedSet, Posted, Reason, Subject};

use crate::outcome::or_open;
use crate::preflight::{PreflightFacts, preflight, preflight_change};
use crate::{Actor, Authorization, Check, DeedKind, End, EndCause, Outcome, PayWith, Post};
use crate::{Promise, Promotion, PromotionEvent, Quote, Refusal, Review, Severity, State, Terms};
use crate::{TermsChange, first_blocker, limits};

/// A promotion to be composed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPromotion {
    /// Its id, drawn by the caller.
    pub id: PromotionId,
    /// Who is to pay.
    pub advertiser: PersonId,
    /// What is promoted.
    pub post: Label,
    /// What is asked for.
    pub terms: Terms,
    /// What is promised for it.
    pub quote: Quote,
    /// What is to pay for it, in this order.
    pub pay_with: Vec<PayWith>,
    /// Who agreed to pay for these terms, when that is known before it is submitted.
    pub authorization: Option<Authorization>,
    /// How old the advertiser is, in whole years, when the platform tells it.
    pub advertiser_age: Option<u8>,
    /// Strings of the integrating platform.
    pub metadata: Metadata,
}

/// Composes a draft. It may have blockers: the preflight tells them, and only paying needs them
/// gone. `existing` is the promotion of the same id, `post` the one it names.
///
/// # Errors
///
/// In this order: `PostNotFound`, `IdTaken`, `LimitExceeded` (lists of the audience too long, a
/// budget that is nothing, less than the platform adds or beyond [`limits::BUDGET_MAX`], too many
/// ways to pay).
pub fn compose(
    new: &NewPromotion,
    existing: Option<&Promotion>,
    post: Option<&Post>,
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    if post.is_none() {
        return Err(Refusal::PostNotFound);
    }
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    check_limits(&new.terms)?;
    if new.pay_with.len() > limits::PAY_WITH_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let mut promotion = Promotion {
        id: new.id,
        advertiser: new.advertiser,
        post: new.post.clone(),
        terms: new.terms.clone(),
        quote: of_goal(&new.terms, new.quote),
        state: State::Draft,
        pauses: crate::Pauses::default(),
        review: Review::default(),
        end: None,
        pay_with: new.pay_with.clone(),
        checkout: None,
        authorization: new.authorization.clone(),
        submitted_at: None,
        funded_at: None,
        slices: crate::SliceSums::default(),
        delivery: crate::Delivery::default(),
        spend: crate::Spend::default(),
        returned: base::Amount::ZERO,
        incentive_returned: base::Amount::ZERO,
        settlements: 0,
        deeds: 0,
        settles_at: None,
        kept: base::Amount::ZERO,
        is_counted: false,
        metadata: new.metadata.clone(),
        created_at: context.now,
    };
    let mut deed = promotion.note(DeedKind::Composed, actor, context);
    deed.terms = Some(new.terms.clone());
    Ok(Outcome::of(promotion, deed, PromotionEvent::Created))
}

fn check_limits(terms: &Terms) -> Result<(), Refusal> {
    let audience = &terms.audience;
    let lists = [
        audience.regions.len(),
        audience.languages.len(),
        audience.genders.len(),
        audience.interests.len(),
        audience.excluded_interests.len(),
        audience.devices.len(),
    ];
    let budget = terms.budget.amount;
    let fits = lists.into_iter().all(|length| length <= limits::AUDIENCE_LIST_MAX)
        && !budget.is_zero()
        && budget <= limits::BUDGET_MAX
        && terms.incentive <= budget;
    if fits { Ok(()) } else { Err(Refusal::LimitExceeded) }
}

/// Changes terms, and keeps what they were. `facts.quote` is what the changed terms will bring; of
/// what has been spent already, [what the rest will](crate::quote_rest()).
///
/// Of a draft everything may change. Once there is money: target, audience, daily budget, end, and
/// the start as long as it has not passed. The most that a unit costs stays what was quoted. Of a
/// guarantee only the target may change, and the end to a later one: its number was sold for what
/// else was asked for.
///
/// # Errors
///
/// In this order: `BeingPaid`; `Ended`, also when its end has passed; `NothingToChange`;
/// `TermsChanged` when it is a change of other terms; `CurrencyMismatch`; `TermsFixed`;
/// `LimitExceeded`; `Blocked` by a finding of [`preflight_change`] that the terms did not have
/// before (not of drafts).
pub fn edit(
    change: &TermsChange,
    promotion: &Promotion,
    facts: PreflightFacts<'_>,
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    if promotion.is_being_paid() {
        return Err(Refusal::BeingPaid);
    }
    let is_draft = promotion.state == State::Draft;
    if promotion.state.is_ended() || (!is_draft && promotion.terms.ends_at <= context.now) {
        return Err(Refusal::Ended);
    }
    let before = &promotion.terms;
    let after = change.apply(before);
    // A draft is edited as it is to have a new quote.
    let is_renewal = is_draft && promotion.quote.is_expired(context.now);
    if after == *before && !is_renewal {
        return Err(Refusal::NothingToChange);
    }
    if change.of.as_ref().is_some_and(|of| **of != *before) {
        return Err(Refusal::TermsChanged);
    }
    if after.currency() != before.currency() {
        return Err(Refusal::CurrencyMismatch);
    }
    if !is_draft && changes_what_was_sold(before, &after, context) {
        return Err(Refusal::TermsFixed);
    }
    if promotion.has_many_deeds() {
        return Err(Refusal::LimitExceeded);
    }
    check_limits(&after)?;
    let mut edited = Promotion { terms: after, ..promotion.clone() };
    if is_draft {
        edited.quote = of_goal(&edited.terms, *facts.quote);
        if edited.terms != promotion.terms || costs_otherwise(&edited.quote, &promotion.quote) {
            // Somebody agreed to other terms, or to another price.
            edited.authorization = None;
        }
    } else {
        let quote = requoted(promotion, &edited.terms, facts.quote);
        let with = |quote| PreflightFacts { quote, ..facts };
        // The old terms have the quote that they were sold with, else what the new quote finds
        // would seem to have been wrong before.
        let old = preflight_change(before, with(&promotion.quote), context.now);
        let new = preflight_change(&edited.terms, with(&quote), context.now);
        let is_new = |check: &&Check| check.severity == Severity::Blocker && !old.contains(check);
        if let Some(check) = new.iter().find(is_new) {
            return Err(Refusal::Blocked(check.code));
        }
        edited.quote = quote;
    }
    if matches!(edited.state, State::Scheduled | State::Running) {
        edited.state = edited.allowed_state(context.now);
    }
    let mut deed = edited.note(DeedKind::Edited, actor, context);
    deed.terms = Some(edited.terms.clone());
    Ok(Outcome::of(edited, deed, PromotionEvent::Updated))
}

fn costs_otherwise(quote: &Quote, former: &Quote) -> bool {
    (quote.unit_price_max, quote.guaranteed_units)
        != (former.unit_price_max, former.guaranteed_units)
}

fn changes_what_was_sold(before: &Terms, after: &Terms, context: Context) -> bool {
    let is_other = before.goal != after.goal
        || before.budget != after.budget
        || before.promise != after.promise
        || (before.starts_at != after.starts_at && before.starts_at <= context.now);
    let is_guarantee_changed = before.audience != after.audience
        || before.daily_budget != after.daily_budget
        || before.starts_at != after.starts_at
        || after.ends_at < before.ends_at;
    is_other || (before.promise == Promise::Guarantee && is_guarantee_changed)
}

/// What is billed follows from the goal, whatever whoever made the quote says.
fn of_goal(terms: &Terms, quote: Quote) -> Quote {
    Quote { unit: terms.goal.billed(), ..quote }
}

/// The expectation follows the terms; the promise does not. A target binds nobody, so what was
/// expected stands.
fn requoted(promotion: &Promotion, after: &Terms, new: &Quote) -> Quote {
    let sold = promotion.quote;
    if (Terms { target: promotion.terms.target, ..after.clone() }) == promotion.terms {
        return sold;
    }
    match promotion.terms.promise {
        Promise::Guarantee => sold,
        Promise::Estimate => Quote { unit: sold.unit, unit_price_max: sold.unit_price_max, ..*new },
    }
}

/// How a draft is to be paid.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// The checkout that is for it.
    pub checkout: CheckoutId,
    /// What pays in place of the tenders of the draft, if something else does.
    pub pay_with: Option<&'a [PayWith]>,
    /// Who agreed to that, if it is told.
    pub authorization: Option<&'a Authorization>,
}

impl<'a> Submission<'a> {
    /// By this checkout, with what the draft names, and as was agreed to before.
    pub fn as_composed(checkout: CheckoutId) -> Submission<'a> {
        Submission { checkout, pay_with: None, authorization: None }
    }
}

/// Lets a draft be paid by a checkout as it is: from now on nothing about it changes until the
/// payment has succeeded ([`fund`]) or failed ([`payment_failed`]). Whoever agreed to pay is the
/// one told now, else the one who did when it was composed with these terms and these tenders:
/// nobody, when others are to pay.
///
/// # Errors
///
/// In this order: `NotDraft`, `BeingPaid`, `Blocked` by the first blocker of [`preflight`].
pub fn submit(
    new: &Submission<'_>,
    promotion: &Promotion,
    facts: PreflightFacts<'_>,
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    if promotion.state != State::Draft {
        return Err(Refusal::NotDraft);
    }
    if promotion.is_being_paid() {
        return Err(Refusal::BeingPaid);
    }
    let facts = PreflightFacts { quote: &promotion.quote, ..facts };
    if let Some(code) = first_blocker(&preflight(&promotion.terms, facts, context.now)) {
        return Err(Refusal::Blocked(code));
    }
    let is_full = |post: &Post| post.promotions.len() >= limits::PROMOTIONS_PER_POST_MAX;
    if facts.post.is_some_and(is_full) || promotion.has_many_deeds() {
        return Err(Refusal::LimitExceeded);
    }
    let mut promotion = promotion.clone();
    promotion.submitted_at = Some(context.now);
    promotion.checkout = Some(new.checkout);
    if let Some(others) = new.pay_with.filter(|others| !are_same(others, &promotion.pay_with)) {
        promotion.pay_with = others.to_vec();
        // Somebody agreed to pay with something else.
        promotion.authorization = None;
    }
    promotion.authorization = new.authorization.cloned().or(promotion.authorization);
    let deed = promotion.note(DeedKind::Submitted, actor, context);
    // It tells of itself when it is paid.
    Ok(Outcome { promotions: vec![promotion], deeds: vec![deed], ..Outcome::default() })
}

/// Whether these are the same tenders, in whatever order they were named.
fn are_same(tenders: &[PayWith], others: &[PayWith]) -> bool {
    let is_within = |one: &[PayWith], all: &[PayWith]| one.iter().all(|it| all.contains(it));
    is_within(tenders, others) && is_within(others, tenders)
}

/// Notes that paying has failed: the draft can be changed and submitted again.
///
/// # Errors
///
/// `NotBeingPaid`.
pub fn payment_failed(promotion: &Promotion, context: Context) -> Result<Outcome, Refusal> {
    if !promotion.is_being_paid() {
        return Err(Refusal::NotBeingPaid);
    }
    let mut promotion = promotion.clone();
    promotion.submitted_at = None;
    promotion.checkout = None;
    let deed = promotion.note(DeedKind::PaymentFailed, Actor::PLATFORM, context);
    Ok(Outcome { promotions: vec![promotion], deeds: vec![deed], ..Outcome::default() })
}

/// The accounts that [`fund`] and [`settle`](crate::settle()) move money on.
pub fn promotion_accounts(promotion: PromotionId) -> [AccountName; 3] {
    [
        AccountName::PromotionEscrow(promotion),
        AccountName::OrderClearing,
        AccountName::PromotionIncentives,
    ]
}

/// Takes what was paid into escrow, with what the platform adds, and asks for a review. When the
/// post was deleted meanwhile, it is stopped at once, and everything goes back. `accounts` as far
/// as they were opened, `paid` without tax.
///
/// # Errors
///
/// In this order: `NotDraft`; `NotBeingPaid`; `CurrencyMismatch`; `AmountMismatch`;
/// `LimitExceeded` when a total of an account would overflow.
pub fn fund(
    paid: Money,
    promotion: &Promotion,
    post: &Post,
    accounts: &[&Account],
    context: Context,
) -> Result<Outcome, Refusal> {
    if promotion.state != State::Draft {
        return Err(Refusal::NotDraft);
    }
    if !promotion.is_being_paid() {
        return Err(Refusal::NotBeingPaid);
    }
    if paid.currency != promotion.currency() {
        return Err(Refusal::CurrencyMismatch);
    }
    if paid.amount != promotion.terms.paid() {
        let expected = promotion.money(promotion.terms.paid());
        return Err(Refusal::AmountMismatch { expected });
    }
    let posted = fill_escrow(promotion, accounts, context)?;
    let mut funded = Promotion { funded_at: Some(context.now), ..promotion.clone() };
    funded.state = State::InReview;
    funded.pauses.post_is_private = !post.is_deleted && !post.is_shown();
    let mut deeds = vec![funded.note(DeedKind::Funded, Actor::PLATFORM, context)];
    let mut events = vec![(PromotionEvent::Submitted, Subject::of(funded.id))];
    if post.is_deleted {
        let end = End { cause: EndCause::PostDeleted, at: context.now };
        funded.end(State::Stopped, end, Span::ZERO);
        deeds.push(funded.note(DeedKind::Stopped, Actor::PLATFORM, context));
        events.push((PromotionEvent::Stopped, Subject::of(funded.id)));
    }
    let mut post = post.clone();
    post.promotions.push(funded.id);
    Ok(Outcome {
        promotions: vec![funded],
        posts: vec![post],
        deeds,
        posted,
        events,
        ..Outcome::default()
    })
}

fn fill_escrow(
    promotion: &Promotion,
    accounts: &[&Account],
    context: Context,
) -> Result<Posted, Refusal> {
    let [escrow, clearing, incentives] =
        promotion_accounts(promotion.id).map(|name| or_open(accounts, name, promotion.currency()));
    let (escrow_id, clearing_id, incentives_id) = (escrow.id, clearing.id, incentives.id);
    let subject = Subject::of(promotion.id);
    let mut set = LinkedSet::new(context.position, Reason::PromotionFunded, subject).with(escrow);
    if !promotion.terms.paid().is_zero() {
        set.add(clearing);
        let paid = promotion.money(promotion.terms.paid());
        let moved = set.transfer(clearing_id, escrow_id, paid);
        moved.map_err(|_| Refusal::LimitExceeded)?;
    }
    if !promotion.terms.incentive.is_zero() {
        set.add(incentives);
        set.on_behalf(Reason::PromotionGranted, subject);
        let added = promotion.money(promotion.terms.incentive);
        let moved = set.transfer(incentives_id, escrow_id, added);
        moved.map_err(|_| Refusal::LimitExceeded)?;
    }
    Ok(set.finish())
}
