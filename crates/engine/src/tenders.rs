//! Tenders come and go: tells the planner about every card, and brings holds into line with what
//! it has planned.

use std::sync::Arc;

use base::{Amount, CardId, CheckoutId, HoldId, Instant, Label, Text};
use giftcards::{Bill, Card, ChangeHold, Hold, Place, SpendRows, account_of};
use ledger::{Account, AccountName};
use shop::{CardFacts, Checkout, Line, LineId, NewTender, Refusal, Tender, TenderId, TenderKind};

use crate::composition::Composition;
use crate::gift_cards::{Decided, find_card, lapsed_holds};
use crate::promotion_money::{name_draft, note_failure};
use crate::rows::{Stop, Walk};
use crate::{AddTender, AnswerRef, Context, HoldIds, Rows};

/// A card of a checkout, or one to be added.
struct Candidate<'a> {
    card: &'a Card,
    account: &'a Account,
    /// What the checkout holds of it now.
    held: Option<&'a Hold>,
    /// What it held until its time was over, when nobody has booked that yet.
    outlived: Option<&'a Hold>,
    /// Its holds that have lapsed but are not booked yet.
    lapsed: Vec<&'a Hold>,
    /// The lines that it may pay, or why it may pay none.
    pays: Result<Vec<LineId>, giftcards::Refusal>,
}

pub(crate) fn add<R: Rows>(
    id: CheckoutId,
    tender: &AddTender,
    holds: &HoldIds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    // Both are named before either may be missing: that saves a round.
    let named = match tender {
        AddTender::GiftCard { card } => {
            find_card(card, walk).map(|card| NewTender::GiftCard { card: card.id })
        }
        AddTender::PaymentMethod { method, wanted } => match walk.method(*method) {
            Some(_) => Ok(NewTender::PaymentMethod { method: *method, wanted: *wanted }),
            None => Err(payments::Refusal::MethodNotFound.into()),
        },
        AddTender::Wallet { cards } => return add_wallet(id, cards, holds, walk, at),
    };
    let checkout = walk.checkout(id).ok_or(Refusal::CheckoutNotFound)?;
    let new = named.inspect_err(|_| name_cards(checkout, walk))?;
    let added = match new {
        NewTender::GiftCard { card } => Some(card),
        NewTender::PaymentMethod { .. } => None,
    };
    let candidates = candidates(checkout, added.as_slice(), walk, at)?;
    walk.ready()?;
    let facts = facts(&candidates, holds);
    let mut composed = Composition::new(walk, at);
    let planned = shop::add_tender(&new, checkout, &facts, composed.context());
    let planned = planned.map_err(|refusal| better_told(refusal, added, &candidates))?;
    composed.add(planned);
    follow_plan(id, &candidates, &facts, &mut composed)?;
    Ok(composed.finish(AnswerRef::Checkout(id)))
}

/// Adds cards of the buyer. Whether they are is looked at here, for whoever found them may know an
/// old owner.
fn add_wallet<R: Rows>(
    id: CheckoutId,
    wallet: &[(CardId, HoldId)],
    holds: &HoldIds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let checkout = walk.checkout(id).ok_or(Refusal::CheckoutNotFound)?;
    let cards: Vec<CardId> = wallet.iter().map(|(card, _)| *card).collect();
    let mut candidates = candidates(checkout, &cards, walk, at)?;
    walk.ready()?;
    candidates.retain(|candidate| {
        let Candidate { card, pays, .. } = candidate;
        let is_the_buyers = card.owner().is_some() && card.owner() == checkout.buyer;
        let may_pay = pays.as_ref().is_ok_and(|lines| !lines.is_empty());
        is_tender(checkout, card.id) || (is_the_buyers && may_pay)
    });
    // Which of them pay is planned afterwards, so each brings its id.
    let brought =
        |card: CardId| wallet.iter().find(|(known, _)| *known == card).map(|(_, hold)| *hold);
    let facts = facts_of(&candidates, holds, brought);
    let mut composed = Composition::new(walk, at);
    let planned = shop::add_wallet(&cards, checkout, &facts, composed.context())?;
    composed.add(planned);
    follow_plan(id, &candidates, &facts, &mut composed)?;
    Ok(composed.finish(AnswerRef::Checkout(id)))
}

fn is_tender(checkout: &Checkout, card: CardId) -> bool {
    checkout.tenders.iter().any(|tender| tender.is_live() && tender.card() == Some(card))
}

pub(crate) fn remove<R: Rows>(
    id: CheckoutId,
    tender: TenderId,
    holds: &HoldIds,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let checkout = walk.checkout(id).ok_or(Refusal::CheckoutNotFound)?;
    let candidates = candidates(checkout, &[], walk, at)?;
    walk.ready()?;
    let facts = facts(&candidates, holds);
    let mut composed = Composition::new(walk, at);
    let planned = shop::remove_tender(tender, checkout, &facts, composed.context())?;
    composed.add(planned);
    follow_plan(id, &candidates, &facts, &mut composed)?;
    Ok(composed.finish(AnswerRef::Checkout(id)))
}

/// Books that a checkout was abandoned, gives back what it still holds, and frees the draft of the
/// promotion that it was to pay for.
pub(crate) fn expire<R: Rows>(id: CheckoutId, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let checkout = walk.checkout(id).ok_or(Refusal::CheckoutNotFound)?;
    name_cards(checkout, walk);
    name_draft(checkout, walk);
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let expired = shop::expire(checkout, composed.context())?;
    composed.add(expired);
    release_all(checkout, &mut composed)?;
    note_failure(checkout, &mut composed)?;
    Ok(composed.finish(AnswerRef::Checkout(id)))
}

/// Gives back whatever the tenders of an attempt hold.
pub(crate) fn release_all<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    for id in holds_of(checkout) {
        let held = composed.held(id)?;
        if held.hold.pending.open().is_zero() {
            continue;
        }
        let accounts = (&held.account, &held.clearing);
        let (by, context) = (Some(checkout.id), composed.context());
        let released = giftcards::release(None, &held.hold, &held.card, accounts, by, context)?;
        composed.add(released);
    }
    Ok(())
}

/// The holds of the present attempt.
pub(crate) fn holds_of(checkout: &Checkout) -> impl Iterator<Item = HoldId> {
    checkout.tenders.iter().filter(|tender| tender.is_live()).filter_map(|tender| {
        match tender.kind {
            TenderKind::GiftCard { hold, .. } => hold,
            TenderKind::PaymentMethod { .. } => None,
        }
    })
}

/// Names the cards of the present attempt with everything their holds move money on.
pub(crate) fn name_cards<R: Rows>(checkout: &Checkout, walk: &mut Walk<'_, R>) {
    walk.account(AccountName::OrderClearing.id(checkout.currency));
    for card in checkout.tenders.iter().filter(|tender| tender.is_live()).filter_map(Tender::card) {
        walk.card(card);
        walk.account(account_of(card));
    }
    for hold in holds_of(checkout) {
        walk.hold(hold);
    }
}

fn candidates<'a, R: Rows>(
    checkout: &Checkout,
    added: &[CardId],
    walk: &mut Walk<'a, R>,
    at: Context,
) -> Result<Vec<Candidate<'a>>, Stop> {
    name_cards(checkout, walk);
    let live = checkout.tenders.iter().filter(|tender| tender.is_live());
    let mut cards: Vec<CardId> = live.filter_map(Tender::card).collect();
    for card in added {
        if !cards.contains(card) {
            cards.push(*card);
        }
    }
    let lines: Vec<giftcards::Line> = checkout.lines.iter().map(as_cards_see).collect();
    let mut candidates = Vec::with_capacity(cards.len());
    for id in cards {
        let Some(card) = walk.card(id) else { continue };
        let Some(account) = walk.account(account_of(id)) else { continue };
        let lapsed = lapsed_holds(card, walk, at);
        let ours = hold_of(checkout, id).and_then(|hold| walk.hold(hold)).map(Arc::as_ref);
        let ours = ours.filter(|hold| !hold.pending.open().is_zero());
        let (held, outlived) = match ours {
            Some(hold) if hold.expires_at > at.now => (Some(hold), None),
            other => (None, other),
        };
        let pays = lines_of(card, checkout, &lines, at.now);
        candidates.push(Candidate { card, account, held, outlived, lapsed, pays });
    }
    Ok(candidates)
}

fn hold_of(checkout: &Checkout, card: CardId) -> Option<HoldId> {
    let mut live = checkout.tenders.iter().filter(|tender| tender.is_live());
    live.find_map(|tender| match tender.kind {
        TenderKind::GiftCard { card: other, hold } if other == card => hold,
        _ => None,
    })
}

/// A line as gift cards look at it: what it is about, under the labels of our ids.
fn as_cards_see(line: &Line) -> giftcards::Line {
    let label = |id: String| Label::new(&id).ok();
    giftcards::Line {
        kind: line.kind,
        category: line.category.clone(),
        seller: line.seller.and_then(|id| label(id.to_string())),
        creator: line.creator.and_then(|id| label(id.to_string())),
        product: line.product.and_then(|id| label(id.to_string())),
    }
}

/// The lines that a card may pay. Shipping belongs to no line, so a card that is bound to some
/// does not pay it.
fn lines_of(
    card: &Card,
    checkout: &Checkout,
    lines: &[giftcards::Line],
    now: Instant,
) -> Result<Vec<LineId>, giftcards::Refusal> {
    let bill = Bill { currency: checkout.currency, region: checkout.region, lines };
    let payable = giftcards::payable(card, bill, now)?;
    let pays_shipping = !is_bound(card);
    let payable = checkout.lines.iter().zip(payable).filter(|(_, may_pay)| *may_pay);
    let payable = payable.map(|(line, _)| line.id);
    Ok(payable.filter(|id| *id != LineId::Shipping || pays_shipping).collect())
}

fn is_bound(card: &Card) -> bool {
    card.details.as_deref().is_some_and(|details| !details.scope.is_unrestricted())
}

/// What the planner must know of each card.
fn facts(candidates: &[Candidate<'_>], spare: &HoldIds) -> Vec<CardFacts> {
    // There is an id for each card of a full checkout; one more is refused by the rule.
    facts_of(candidates, spare, |_| None)
}

/// The same, when some cards bring the id that a hold of theirs would have.
fn facts_of(
    candidates: &[Candidate<'_>],
    spare: &HoldIds,
    brought: impl Fn(CardId) -> Option<HoldId>,
) -> Vec<CardFacts> {
    let mut spare = spare.iter().copied();
    let facts = |candidate: &Candidate<'_>| {
        let Candidate { card, account, held, outlived: _, lapsed, pays } = candidate;
        let ours = held.iter().map(|hold| hold.pending.open());
        let free_by_now = lapsed.iter().map(|hold| hold.pending.open());
        let available = ours.chain(free_by_now).try_fold(account.available(), Amount::checked_add);
        Some(CardFacts {
            card: card.id,
            hold: held.map(|hold| hold.id).or_else(|| brought(card.id)).or_else(|| spare.next())?,
            available: available.unwrap_or(Amount::MAX),
            expires_at: card.expires_at,
            is_promotional: card.funding == giftcards::Funding::Promotional,
            restriction: card.details.as_deref().map_or(u32::MAX, |it| it.scope.breadth()),
            pays: pays.clone().unwrap_or_default(),
        })
    };
    candidates.iter().filter_map(facts).collect()
}

/// A card that pays nothing because of what it is says so itself.
fn better_told(refusal: Refusal, added: Option<CardId>, candidates: &[Candidate<'_>]) -> Stop {
    let pays_nothing = matches!(refusal, Refusal::TenderPaysNothing | Refusal::NothingLeftToPay);
    let new = candidates.iter().find(|candidate| Some(candidate.card.id) == added);
    match new.map(|candidate| &candidate.pays) {
        Some(Err(why)) if pays_nothing => (*why).into(),
        _ => refusal.into(),
    }
}

/// Makes every hold what the plan says: placed, changed or released.
fn follow_plan<R: Rows>(
    id: CheckoutId,
    candidates: &[Candidate<'_>],
    facts: &[CardFacts],
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let checkout = composed.checkout(id)?.ok_or(Refusal::CheckoutNotFound)?;
    for candidate in candidates {
        let card = candidate.card.id;
        let mut live = checkout.tenders.iter().filter(|tender| tender.is_live());
        let tender = live.find(|tender| tender.card() == Some(card));
        let tender = tender.filter(|tender| !tender.allocations.is_empty());
        let hold = facts.iter().find(|facts| facts.card == card).map(|facts| facts.hold);
        match (candidate.held, tender, hold) {
            (Some(hold), None, _) => release(hold, candidate, &checkout, composed)?,
            (Some(hold), Some(tender), _) => change(hold, tender, candidate, &checkout, composed)?,
            (None, Some(tender), Some(id)) => place(id, tender, candidate, &checkout, composed)?,
            // Placing another one books that its time is over; nobody else does it here.
            (None, _, _) => {
                if let Some(hold) = candidate.outlived {
                    release(hold, candidate, &checkout, composed)?;
                }
            }
        }
    }
    Ok(())
}

fn release<R: Rows>(
    hold: &Hold,
    candidate: &Candidate<'_>,
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let clearing = clearing(checkout, composed)?;
    let clearing =
        Account::or_open(clearing.as_ref(), AccountName::OrderClearing, checkout.currency);
    let accounts = (candidate.account, &clearing);
    let (by, context) = (Some(checkout.id), composed.context());
    let released = giftcards::release(None, hold, candidate.card, accounts, by, context)?;
    composed.add(released);
    Ok(())
}

fn change<R: Rows>(
    hold: &Hold,
    tender: &Tender,
    candidate: &Candidate<'_>,
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let clearing = clearing(checkout, composed)?;
    let context = composed.context();
    let change = ChangeHold {
        amount: Some(checkout.money(tender.amount())),
        expires_in_s: Some(seconds(checkout, candidate.card, context.now)),
    };
    let rows = rows(candidate, clearing.as_ref());
    let changed = giftcards::change_hold(&change, hold, rows, Some(checkout.id), context)?;
    composed.add(changed);
    Ok(())
}

fn place<R: Rows>(
    id: HoldId,
    tender: &Tender,
    candidate: &Candidate<'_>,
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let clearing = clearing(checkout, composed)?;
    let context = composed.context();
    // A card that is bound to lines is told which; no other needs to know.
    let pays = tender.allocations.iter().filter(|_| is_bound(candidate.card));
    let lines = pays.filter_map(|allocation| checkout.line(allocation.line)).map(as_cards_see);
    let place = Place {
        id,
        amount: checkout.money(tender.amount()),
        partial: false,
        reference: reference(checkout.id),
        expires_in_s: Some(seconds(checkout, candidate.card, context.now)),
        region: Some(checkout.region),
        lines: lines.collect(),
        checkout: Some(checkout.id),
    };
    let placed = giftcards::hold(&place, rows(candidate, clearing.as_ref()), context)?;
    composed.add(placed);
    Ok(())
}

fn reference(checkout: CheckoutId) -> Text<255> {
    Text::new(&checkout.to_string()).expect("an id is a short text")
}

fn rows<'a>(candidate: &'a Candidate<'_>, clearing: Option<&'a Account>) -> SpendRows<'a> {
    let Candidate { card, account, lapsed, .. } = candidate;
    SpendRows { card, account, clearing, lapsed }
}

fn clearing<R: Rows>(
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<Option<Account>, Stop> {
    composed.account_of(&AccountName::OrderClearing, checkout.currency)
}

/// How long a hold lasts: as long as the checkout, unless the card allows less.
fn seconds(checkout: &Checkout, card: &Card, now: Instant) -> u32 {
    let left = checkout.expires_at.since(now).map_or(0, |span| span.micros() / 1_000_000);
    u32::try_from(left).unwrap_or(u32::MAX).max(1).min(card.hold_seconds_max)
}
