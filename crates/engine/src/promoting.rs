//! Promotions by the deeds of people, of time and of their posts.

use std::sync::Arc;

use base::{Instant, Label, PromotionId};
use payments::{Expiry, Method};
use promotions::{AccountFacts, Actor, Advertiser, Alarm, Deed, MethodFacts};
use promotions::{NewPromotion, OperatorPolicy, Submission};
use promotions::{
    Outcome, PayWith, Policy, Post, PostChange, PreflightFacts, Promotion, Quote, Refusal, State,
};
use promotions::{TermsChange, deed_id, limits, post_id};

use crate::answer::waits_for;
use crate::claim_acts::Accounts;
use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Change, Context, PromotionCommand, PromotionDetails, Rows};

pub(crate) fn compose<R: Rows>(
    new: &NewPromotion,
    post: &Post,
    actor: Actor,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    walk.promotion(new.id);
    let known = walk.post(post.id);
    name_promotions(known, walk);
    walk.creator(post.creator);
    let tenders = Tenders::find(&new.pay_with, walk);
    let accounts = Accounts::find([new.advertiser], walk);
    let advertiser = walk.advertiser(new.advertiser).map(Arc::as_ref);
    walk.ready()?;
    accounts.check()?;
    tenders.check()?;
    let mut composed = Composition::new(walk, at);
    composed.creator(post.creator)?.ok_or(shop::Refusal::CreatorNotFound)?;
    tell(post, &mut composed)?;
    let post = composed.post(post.id)?;
    let existing = composed.promotion(new.id)?;
    let (existing, context) = (existing.as_deref(), composed.context());
    let made = promotions::compose(new, existing, post.as_deref(), actor, context)?;
    composed.add(made);
    let told = new
        .advertiser_age
        .and_then(|years| promotions::tell_age(years, new.advertiser, advertiser, at.now));
    told.into_iter().for_each(|told| composed.add(told));
    Ok(composed.finish(AnswerRef::Promotion(new.id)))
}

/// Names the promotions of a post that are under way, and whose they are.
fn name_promotions<R: Rows>(post: Option<&Arc<Post>>, walk: &mut Walk<'_, R>) {
    for promotion in post.iter().flat_map(|post| &post.promotions) {
        if let Some(promotion) = walk.promotion(*promotion) {
            walk.advertiser(promotion.advertiser);
        }
    }
}

/// Keeps what is told of a post. Promotions of it that are under way follow when it changed.
fn tell<R: Rows>(new: &Post, composed: &mut Composition<'_, '_, R>) -> Result<(), Stop> {
    let known = composed.post(new.id)?;
    let told = promotions::tell_post(new, known.as_deref(), composed.context())?;
    composed.add(told);
    follow(new.id, composed)
}

/// Lets the promotions of a post follow it.
fn follow<R: Rows>(post: base::PostId, composed: &mut Composition<'_, '_, R>) -> Result<(), Stop> {
    let post = composed.post(post)?.ok_or(Refusal::PostNotFound)?;
    for id in &post.promotions {
        let promotion = composed.promotion(*id)?.ok_or(Refusal::PromotionNotFound)?;
        let hold = policy(&promotion).settlement_hold;
        match promotions::follow_post(&promotion, &post, hold, composed.context()) {
            Ok(followed) => composed.add(followed),
            Err(Refusal::NothingToChange) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}

pub(crate) fn change_post<R: Rows>(
    name: &Label,
    change: &PostChange,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let id = post_id(name);
    let post = walk.post(id).ok_or(Refusal::PostNotFound)?;
    name_promotions(Some(post), walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    composed.add(promotions::change_post(change, post)?);
    follow(id, &mut composed)?;
    Ok(composed.finish(AnswerRef::Post(id)))
}

pub(crate) fn edit<R: Rows>(
    id: PromotionId,
    (change, quote): (&TermsChange, &Quote),
    actor: Actor,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let found = Facts::find(promotion, &promotion.pay_with, walk);
    walk.ready()?;
    let allowed = (at.operator_policy(), at.now);
    let outcome = found.with(quote, allowed, |facts| {
        promotions::edit(change, promotion, facts, actor, at.first())
    })?;
    Ok(about(id, outcome))
}

pub(crate) fn submit<R: Rows>(
    id: PromotionId,
    new: &Submission<'_>,
    actor: Actor,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let pay_with = new.pay_with.unwrap_or(&promotion.pay_with);
    let found = Facts::find(promotion, pay_with, walk);
    let paid_by = walk.checkout(new.checkout);
    walk.ready()?;
    found.accounts.check()?;
    // A draft that waits for a checkout which is for something else, or over, would wait for ever.
    let paid_by = paid_by.filter(|paid_by| paid_by.promotion == Some(id));
    let paid_by = paid_by.ok_or(shop::Refusal::CheckoutNotFound)?;
    let allowed = (at.operator_policy(), at.now);
    let outcome = found.with(&promotion.quote, allowed, |facts| {
        promotions::submit(new, promotion, facts, actor, at.first())
    })?;
    shop::check_open(paid_by, at.now)?;
    Ok(about(id, outcome))
}

/// What people and time do to one promotion, with nothing but its post.
pub(crate) fn one<R: Rows>(
    id: PromotionId,
    command: &PromotionCommand,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let post = walk.post(post_id(&promotion.post));
    let accounts = Accounts::find([promotion.advertiser], walk);
    walk.advertiser(promotion.advertiser);
    walk.ready()?;
    let post = post.ok_or(Refusal::PostNotFound)?;
    let (hold, context) = (policy(promotion).settlement_hold, at.first());
    let outcome = match command {
        PromotionCommand::Approve { version, actor, .. } => {
            let version = version.as_ref().unwrap_or(&post.content_version);
            promotions::approve(version, promotion, post, *actor, context)?
        }
        PromotionCommand::Reject { rule, version, actor, .. } => {
            let version = version.as_ref().unwrap_or(&post.content_version);
            promotions::reject(rule, version, (promotion, post), hold, *actor, context)?
        }
        PromotionCommand::Appeal { actor, .. } => promotions::appeal(promotion, *actor, context)?,
        PromotionCommand::Pause { actor, .. } => promotions::pause(promotion, *actor, context)?,
        PromotionCommand::Resume { actor, .. } => {
            accounts.check()?;
            promotions::resume(promotion, *actor, context)?
        }
        PromotionCommand::Stop { cause, actor, .. } => {
            promotions::stop(cause, promotion, hold, *actor, context)?
        }
        // Whoever was scheduled and never started is over all the same.
        _ if promotion.state == State::Scheduled && context.now < promotion.terms.ends_at => {
            promotions::start(promotion, context)?
        }
        _ => promotions::complete(promotion, hold, context)?,
    };
    Ok(about(id, outcome))
}

/// Counts a promotion that is older than the rows of advertisers. Where the rows of all commands
/// are looked at, it is counted ([`crate::advertisers`]).
pub(crate) fn count<R: Rows>(id: PromotionId, walk: &mut Walk<'_, R>) -> Decided {
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    walk.advertiser(promotion.advertiser);
    walk.ready()?;
    Ok(about(id, promotions::recount(promotion)?))
}

/// Notes that an alarm begins or is over. All deeds are looked at: they say what was noted before.
pub(crate) fn alert<R: Rows>(
    id: PromotionId,
    alarm: Option<Alarm>,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let promotion = walk.promotion(id).ok_or(Refusal::PromotionNotFound)?;
    let deeds: Vec<&Deed> = (1..=promotion.deeds)
        .filter_map(|number| walk.deed(deed_id(id, number)))
        .map(Arc::as_ref)
        .collect();
    walk.ready()?;
    Ok(about(id, promotions::alert(alarm, promotion, &deeds, at.first())?))
}

fn about(id: PromotionId, outcome: Outcome) -> Change {
    Change::from_outcome(outcome, AnswerRef::Promotion(id))
}

/// A promotion with what the preflight finds about it, and how it is being paid. `None` when there
/// is none.
pub(crate) fn details<R: Rows>(
    id: PromotionId,
    (allowed, now): Allowed<'_>,
    walk: &mut Walk<'_, R>,
) -> Option<PromotionDetails> {
    let promotion = walk.promotion(id)?;
    let found = Facts::find(promotion, &promotion.pay_with, walk);
    let checkout = promotion.checkout.and_then(|checkout| walk.checkout(checkout));
    let order = checkout.and_then(|checkout| checkout.order);
    let waits_for = checkout.and_then(|checkout| waits_for(checkout));
    let waits_for = waits_for.and_then(|payment| walk.payment(payment)).cloned();
    let checks = match promotion.state {
        State::Draft => found.with(&promotion.quote, (allowed, now), |facts| {
            promotions::preflight(&promotion.terms, facts, now)
        }),
        _ => Vec::new(),
    };
    Some(PromotionDetails { promotion: promotion.clone(), checks, order, waits_for, now })
}

/// What every book allows, whoever runs it: how long money stays.
pub(crate) fn policy(promotion: &Promotion) -> Policy {
    Policy::of(promotion.currency())
}

/// The ways to pay that a draft names.
struct Tenders<'a> {
    methods: Vec<Option<&'a Method>>,
    are_cards_known: bool,
}

impl<'a> Tenders<'a> {
    fn find<R: Rows>(pay_with: &[PayWith], walk: &mut Walk<'a, R>) -> Tenders<'a> {
        let mut found = Tenders { methods: Vec::new(), are_cards_known: true };
        for pays in pay_with {
            match *pays {
                PayWith::Card(card) => found.are_cards_known &= walk.card(card).is_some(),
                PayWith::Method { method, .. } => {
                    found.methods.push(walk.method(method).map(Arc::as_ref));
                }
                PayWith::Wallet => {}
            }
        }
        found
    }

    fn check(&self) -> Result<(), Stop> {
        if !self.are_cards_known {
            return Err(giftcards::Refusal::CardNotFound.into());
        }
        if self.methods.contains(&None) {
            return Err(payments::Refusal::MethodNotFound.into());
        }
        Ok(())
    }
}

/// What whoever runs the product allows, and when that is asked.
pub(crate) type Allowed<'a> = (&'a OperatorPolicy, Instant);

/// Rows that the preflight of a promotion looks at.
struct Facts<'a> {
    promotion: &'a Promotion,
    post: Option<&'a Post>,
    methods: Vec<&'a Method>,
    accounts: Accounts<'a>,
    advertiser: Option<&'a Advertiser>,
}

impl<'a> Facts<'a> {
    /// Names the rows. `pay_with` is what is to pay.
    fn find<R: Rows>(
        promotion: &'a Promotion,
        pay_with: &[PayWith],
        walk: &mut Walk<'a, R>,
    ) -> Facts<'a> {
        let post = walk.post(post_id(&promotion.post)).map(Arc::as_ref);
        let methods = Tenders::find(pay_with, walk).methods;
        let methods = methods.into_iter().flatten().collect();
        let accounts = Accounts::find([promotion.advertiser], walk);
        let advertiser = walk.advertiser(promotion.advertiser).map(Arc::as_ref);
        Facts { promotion, post, methods, accounts, advertiser }
    }

    fn with<T>(
        &self,
        quote: &Quote,
        (allowed, now): Allowed<'_>,
        run: impl FnOnce(PreflightFacts<'_>) -> T,
    ) -> T {
        let (promotion, is_blocked) = (self.promotion, self.accounts.is_frozen());
        let facts = |method: &&Method| method_facts(method, now);
        run(PreflightFacts {
            post: self.post,
            quote,
            methods: &self.methods.iter().map(facts).collect::<Vec<_>>(),
            account: &AccountFacts::of(promotion, self.advertiser, allowed, is_blocked, now),
            policy: &allowed.policy(promotion.currency()),
        })
    }
}

fn method_facts(method: &Method, now: Instant) -> MethodFacts {
    let counts_until = |at: Instant| at.saturating_add(limits::DECLINE_COUNTS);
    MethodFacts {
        was_declined: method.declined_at.is_some_and(|at| now < counts_until(at)),
        expires_at: method.expiry.map(Expiry::ends_at),
    }
}
