//! Spending: hold, change, capture, release, and the one-step redemption.

use base::{AccountId, Amount, CheckoutId, HoldId, Instant, Money, Region, Span, Text};
use ledger::{Account, AccountName, LinkedSet, Pending, Reason, Subject};

use crate::expiry::{Lapses, book_lapses};
use crate::{Card, CardState, Context, EventKind, Hold, Line, LineKind, Outcome, Refusal};
use crate::{Sandbox, Why, limits};

/// An amount to be held or redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Id of the hold, drawn by the caller for this command from 80 random bits; that it is new
    /// is not looked up, because that look-up would be the dearest part of a redemption.
    pub id: HoldId,
    /// How much.
    pub amount: Money,
    /// True to take what there is when there is less.
    pub partial: bool,
    /// The shop's own reference, usually its order.
    pub reference: Text<255>,
    /// How long to hold, in seconds, at least one; `None` is [`limits::HOLD_SECONDS_DEFAULT`], or
    /// what the card allows when that is less.
    pub expires_in_s: Option<u32>,
    /// Where the buyer is, for cards bound to regions.
    pub region: Option<Region>,
    /// What is paid for, for cards bound to a scope; at most [`limits::LINES_PER_HOLD_MAX`].
    pub lines: Vec<Line>,
    /// The checkout that places it; `None` for a shop that holds by itself.
    pub checkout: Option<CheckoutId>,
}

/// Rows that spending is decided on.
#[derive(Clone, Copy, Debug)]
pub struct SpendRows<'a> {
    /// The card.
    pub card: &'a Card,
    /// The card's account.
    pub account: &'a Account,
    /// `order/clearing` in the card's currency, when it was opened before.
    pub clearing: Option<&'a Account>,
    /// The card's holds that have lapsed but are not booked yet.
    pub lapsed: &'a [&'a Hold],
}

/// Reserves an amount of a card.
///
/// # Errors
///
/// In the order of [`Refusal`]: `NotUsable`, `CurrencyMismatch`, `RegionNotAllowed`,
/// `LineNotInScope`, `LimitExceeded` (nothing to hold, no time, too long, too many lines or
/// holds), `InsufficientBalance`.
pub fn hold(place: &Place, rows: SpendRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    check_spendable(rows.card, place, context)?;
    let seconds_max = rows.card.hold_seconds_max;
    let seconds = place.expires_in_s.unwrap_or(limits::HOLD_SECONDS_DEFAULT.min(seconds_max));
    if seconds == 0 || seconds > seconds_max {
        return Err(Refusal::LimitExceeded);
    }
    let mut spending = Spending::begin(place, rows, context)?;
    if spending.card.open_holds.len() >= limits::OPEN_HOLDS_PER_CARD_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let amount = spending.amount(place)?;
    let (debit, credit) = (rows.account.id, spending.clearing);
    spending.set.on_behalf(Reason::Hold, Subject::of(place.id));
    let reserved = spending.set.reserve(debit, credit, amount);
    let pending = reserved.map_err(|refused| refusal(refused, spending.available()))?;
    let expires_at = later(seconds, context);
    spending.card.open_holds.push((place.id, expires_at));
    spending.card_changed = true;
    let hold = new_hold(place, rows.card, pending, expires_at, context);
    Ok(spending.finish(hold, EventKind::HoldCreated))
}

/// Takes an amount of a card at once. It leaves a captured hold, by which it can be refunded.
///
/// # Errors
///
/// As [`hold`], but without its limits of time and number; and `CaptureDeclined` for magic test
/// cards, before `InsufficientBalance`.
pub fn redeem(place: &Place, rows: SpendRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    check_spendable(rows.card, place, context)?;
    if rows.card.sandbox == Sandbox::FailsAtCapture {
        return Err(Refusal::CaptureDeclined);
    }
    let mut spending = Spending::begin(place, rows, context)?;
    let amount = spending.amount(place)?;
    let (debit, credit) = (rows.account.id, spending.clearing);
    spending.set.on_behalf(Reason::Redeem, Subject::of(place.id));
    let moved = spending.set.transfer(debit, credit, amount);
    moved.map_err(|refused| refusal(refused, spending.available()))?;
    let goodwill = spending.card.take_goodwill_first(amount.amount);
    // Most cards have none, and their row stays as it is.
    spending.card_changed |= !goodwill.is_zero();
    let pending = Pending {
        debit,
        credit,
        currency: amount.currency,
        reserved: amount.amount,
        posted: amount.amount,
        voided: Amount::ZERO,
        expired: false,
    };
    let hold = new_hold(place, rows.card, pending, context.now, context);
    Ok(spending.finish(Hold { goodwill, ..hold }, EventKind::HoldCaptured))
}

/// A change of an open hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeHold {
    /// The amount to be held from now on, captured parts not counted.
    pub amount: Option<Money>,
    /// Seconds from now until it lapses, at least one.
    pub expires_in_s: Option<u32>,
}

/// Enlarges, reduces, prolongs or shortens an open hold. Reduced to zero it is released.
///
/// # Errors
///
/// In this order: `HoldOfCheckout` unless it is moved by whoever placed it; `HoldNotOpen`;
/// `CurrencyMismatch`; `NotUsable` when more or longer is asked for than is held, because that
/// relies on the card as a new hold would; `LimitExceeded` (no time, or too long);
/// `InsufficientBalance`.
pub fn change_hold(
    change: &ChangeHold,
    hold: &Hold,
    rows: SpendRows<'_>,
    by: Option<CheckoutId>,
    context: Context,
) -> Result<Outcome, Refusal> {
    hold.check_moved_by(by)?;
    check_open(hold, context)?;
    let (mut card, mut hold) = (rows.card.clone(), hold.clone());
    if change.amount.is_some_and(|wanted| wanted.currency != card.currency) {
        return Err(Refusal::CurrencyMismatch);
    }
    let expires_at = change.expires_in_s.map_or(hold.expires_at, |seconds| later(seconds, context));
    let wanted = change.amount.map_or(hold.pending.open(), |money| money.amount);
    if wanted > hold.pending.open() || expires_at > hold.expires_at {
        check_usable(&card, context.now)?;
    }
    if change.expires_in_s.is_some_and(|seconds| seconds == 0 || seconds > card.hold_seconds_max) {
        return Err(Refusal::LimitExceeded);
    }
    let clearing = Account::or_open(rows.clearing, AccountName::OrderClearing, card.currency);
    let mut set = LinkedSet::new(context.position, Reason::Hold, Subject::of(hold.id))
        .with(rows.account.clone())
        .with(clearing);
    let Lapses { mut holds, mut events } = book_lapses(&mut set, &mut card, rows.lapsed)?;
    hold.pending = resize(&mut set, &hold, wanted, &card)?;
    hold.expires_at = expires_at;
    list_until(&mut card, &hold);
    close_if_settled(&mut card, &hold);
    events.push((EventKind::HoldUpdated, Subject::of(hold.id)));
    holds.push(hold);
    Ok(Outcome { cards: vec![card], holds, posted: set.finish(), events, ..Outcome::default() })
}

/// Reserves more, or gives a part back, until `wanted` is held.
fn resize(
    set: &mut LinkedSet,
    hold: &Hold,
    wanted: Amount,
    card: &Card,
) -> Result<Pending, Refusal> {
    let held = hold.pending.open();
    if wanted > held {
        set.on_behalf(Reason::Hold, Subject::of(hold.id));
        let available = available_in(set, card, hold.pending.debit);
        let enlarged = set.enlarge(&hold.pending, wanted.saturating_sub(held));
        return enlarged.map_err(|refused| refusal(refused, available));
    }
    let less = held.saturating_sub(wanted);
    if less.is_zero() {
        return Ok(hold.pending.clone());
    }
    set.on_behalf(Reason::Release, Subject::of(hold.id));
    set.void(&hold.pending, less).map_err(|_| Refusal::HoldNotOpen)
}

/// A capture of an open hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// How much, above zero; `None` is all that is held.
    pub amount: Option<Money>,
    /// True to release the rest.
    pub is_final: bool,
}

/// Takes a held amount, or a part of it. It works on frozen and expired cards too: the shop has
/// relied on the hold.
///
/// # Errors
///
/// In this order: `HoldOfCheckout` unless it is moved by whoever placed it, `HoldNotOpen`,
/// `CurrencyMismatch`, `LimitExceeded` (nothing to take), `AmountExceedsHold`, `CaptureDeclined`
/// for magic cards.
pub fn capture(
    request: &Capture,
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    by: Option<CheckoutId>,
    context: Context,
) -> Result<Outcome, Refusal> {
    hold.check_moved_by(by)?;
    check_open(hold, context)?;
    let part = part_of(hold, card, request.amount)?;
    if card.sandbox == Sandbox::FailsAtCapture {
        return Err(Refusal::CaptureDeclined);
    }
    let mut set = LinkedSet::new(context.position, Reason::Capture, Subject::of(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let (mut card, mut hold) = (card.clone(), hold.clone());
    hold.pending = set.post(&hold.pending, part).map_err(|_| Refusal::HoldNotOpen)?;
    let goodwill = hold.goodwill.checked_add(card.take_goodwill_first(part));
    hold.goodwill = goodwill.ok_or(Refusal::LimitExceeded)?;
    let rest = hold.pending.open();
    if request.is_final && !rest.is_zero() {
        set.on_behalf(Reason::Release, Subject::of(hold.id));
        hold.pending = set.void(&hold.pending, rest).map_err(|_| Refusal::HoldNotOpen)?;
    }
    close_if_settled(&mut card, &hold);
    Ok(outcome(set, card, hold, EventKind::HoldCaptured))
}

/// Gives a held amount, or a part of it, back to the card. A lapsed hold may be released too:
/// that is what its lapse would do.
///
/// # Errors
///
/// In this order: `HoldOfCheckout` unless it is moved by whoever placed it, `HoldNotOpen`,
/// `CurrencyMismatch`, `LimitExceeded` (nothing to release), `AmountExceedsHold`.
pub fn release(
    amount: Option<Money>,
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    by: Option<CheckoutId>,
    context: Context,
) -> Result<Outcome, Refusal> {
    hold.check_moved_by(by)?;
    if hold.pending.open().is_zero() {
        return Err(Refusal::HoldNotOpen);
    }
    let part = part_of(hold, card, amount)?;
    let mut set = LinkedSet::new(context.position, Reason::Release, Subject::of(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let (mut card, mut hold) = (card.clone(), hold.clone());
    hold.pending = set.void(&hold.pending, part).map_err(|_| Refusal::HoldNotOpen)?;
    close_if_settled(&mut card, &hold);
    Ok(outcome(set, card, hold, EventKind::HoldReleased))
}

/// Keeps the hold of a checkout that is about to be paid from lapsing. Whether its card may be
/// used is asked here for the last time: from now on it is captured or released, whatever happens
/// to the card, because a rail is asked for the rest of the money meanwhile.
///
/// # Errors
///
/// In this order: `HoldOfCheckout` unless `by` placed it; `HoldNotOpen`, also when it was secured
/// before; `NotUsable`; `CaptureDeclined` for magic cards.
pub fn secure(
    hold: &Hold,
    card: &Card,
    account: &Account,
    by: CheckoutId,
    context: Context,
) -> Result<Outcome, Refusal> {
    hold.check_moved_by(Some(by))?;
    check_open(hold, context)?;
    if hold.lapses_at().is_none() {
        return Err(Refusal::HoldNotOpen);
    }
    check_usable(card, context.now)?;
    if card.sandbox == Sandbox::FailsAtCapture {
        return Err(Refusal::CaptureDeclined);
    }
    let set = LinkedSet::new(context.position, Reason::Hold, Subject::of(hold.id));
    let (mut card, hold) = (card.clone(), Hold { expires_at: Instant::MAX, ..hold.clone() });
    list_until(&mut card, &hold);
    Ok(outcome(set.with(account.clone()), card, hold, EventKind::HoldSecured))
}

/// A hold or redemption in progress: lapsed holds are booked first, so that nobody is refused
/// for money that is free by now.
struct Spending<'a> {
    set: LinkedSet,
    rows: SpendRows<'a>,
    card: Card,
    card_changed: bool,
    holds: Vec<Hold>,
    clearing: AccountId,
    events: Vec<(EventKind, Subject)>,
}

impl<'a> Spending<'a> {
    fn begin(place: &Place, rows: SpendRows<'a>, context: Context) -> Result<Self, Refusal> {
        let mut card = rows.card.clone();
        let clearing = Account::or_open(rows.clearing, AccountName::OrderClearing, card.currency);
        let clearing_id = clearing.id;
        let mut set = LinkedSet::new(context.position, Reason::Hold, Subject::of(place.id))
            .with(rows.account.clone())
            .with(clearing);
        let Lapses { holds, events } = book_lapses(&mut set, &mut card, rows.lapsed)?;
        // Whoever spends it has it.
        let has_ended = card.end_return_term();
        let card_changed = has_ended || !rows.lapsed.is_empty();
        Ok(Spending { set, rows, card, card_changed, holds, clearing: clearing_id, events })
    }

    fn available(&self) -> Money {
        available_in(&self.set, self.rows.card, self.rows.account.id)
    }

    /// The amount to move: what was asked for, or what there is when a part is welcome.
    fn amount(&self, place: &Place) -> Result<Money, Refusal> {
        let available = self.available();
        if place.amount.amount <= available.amount {
            return Ok(place.amount);
        }
        if place.partial && !available.amount.is_zero() {
            return Ok(available);
        }
        Err(Refusal::InsufficientBalance { available })
    }

    fn finish(self, hold: Hold, kind: EventKind) -> Outcome {
        let Spending { set, card, card_changed, mut holds, mut events, .. } = self;
        events.push((kind, Subject::of(hold.id)));
        holds.push(hold);
        let cards = if card_changed { vec![card] } else { Vec::new() };
        Outcome { cards, holds, posted: set.finish(), events, ..Outcome::default() }
    }
}

/// What can still be spent of a card in the middle of a set.
fn available_in(set: &LinkedSet, card: &Card, account: AccountId) -> Money {
    card.money(set.account(account).map_or(Amount::ZERO, Account::available))
}

fn refusal(refused: ledger::Refusal, available: Money) -> Refusal {
    match refused {
        ledger::Refusal::InsufficientFunds => Refusal::InsufficientBalance { available },
        _ => Refusal::LimitExceeded,
    }
}

fn later(seconds: u32, context: Context) -> Instant {
    context.now.saturating_add(Span::seconds(u64::from(seconds)))
}

/// Whether the card may be spent at all.
pub(crate) fn check_usable(card: &Card, now: Instant) -> Result<(), Refusal> {
    check_not_blocked(card, now)?;
    if card.is_before_activation(now) {
        return Err(Refusal::NotUsable(Why::NotYetActive));
    }
    Ok(())
}

/// Whether the card is alive and nobody has blocked it.
pub(crate) fn check_not_blocked(card: &Card, now: Instant) -> Result<(), Refusal> {
    let why = match card.state {
        CardState::Canceled => Some(Why::Canceled),
        _ if card.is_past_expiry(now) => Some(Why::Expired),
        _ if card.frozen.is_some() => Some(Why::Frozen),
        _ if card.disputed.is_some() => Some(Why::Disputed),
        _ => None,
    };
    why.map_or(Ok(()), |why| Err(Refusal::NotUsable(why)))
}

/// The checks that a hold and a redemption have in common, up to the balance.
fn check_spendable(card: &Card, place: &Place, context: Context) -> Result<(), Refusal> {
    check_usable(card, context.now)?;
    if place.amount.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    if !region_allowed(card, place) {
        return Err(Refusal::RegionNotAllowed);
    }
    if !lines_allowed(card, place) {
        return Err(Refusal::LineNotInScope);
    }
    if place.amount.amount.is_zero() || place.lines.len() > limits::LINES_PER_HOLD_MAX {
        return Err(Refusal::LimitExceeded);
    }
    Ok(())
}

fn region_allowed(card: &Card, place: &Place) -> bool {
    let Some(details) = card.details.as_deref().filter(|details| !details.regions.is_empty())
    else {
        return true;
    };
    let contains_it = |region| details.regions.iter().any(|allowed| allowed.contains(&region));
    place.region.is_some_and(contains_it)
}

/// No card pays for another, whatever its scope; apart from that, only a restricted card needs
/// to be told what it pays for.
fn lines_allowed(card: &Card, place: &Place) -> bool {
    let scope = card.details.as_deref().map(|details| &details.scope);
    match scope.filter(|scope| !scope.is_unrestricted()) {
        Some(scope) => !place.lines.is_empty() && place.lines.iter().all(|line| scope.allows(line)),
        None => place.lines.iter().all(|line| line.kind != LineKind::GiftCard),
    }
}

fn check_open(hold: &Hold, context: Context) -> Result<(), Refusal> {
    if hold.pending.open().is_zero() || hold.expires_at <= context.now {
        return Err(Refusal::HoldNotOpen);
    }
    Ok(())
}

/// The part asked for, or all that is held.
fn part_of(hold: &Hold, card: &Card, amount: Option<Money>) -> Result<Amount, Refusal> {
    let open = hold.pending.open();
    let Some(wanted) = amount else { return Ok(open) };
    if wanted.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    if wanted.amount.is_zero() {
        return Err(Refusal::LimitExceeded);
    }
    if wanted.amount > open {
        return Err(Refusal::AmountExceedsHold { held: card.money(open) });
    }
    Ok(wanted.amount)
}

/// Unlists a hold that holds nothing any more.
pub(crate) fn close_if_settled(card: &mut Card, hold: &Hold) {
    if hold.pending.open().is_zero() {
        card.open_holds.retain(|(id, _)| *id != hold.id);
    }
}

/// Writes down on the card until when a hold of it lasts.
fn list_until(card: &mut Card, hold: &Hold) {
    for (_, at) in card.open_holds.iter_mut().filter(|(id, _)| *id == hold.id) {
        *at = hold.expires_at;
    }
}

fn new_hold(
    place: &Place,
    card: &Card,
    pending: Pending,
    expires_at: Instant,
    context: Context,
) -> Hold {
    Hold {
        id: place.id,
        card: card.id,
        pending,
        refunded: Amount::ZERO,
        goodwill: Amount::ZERO,
        expires_at,
        reference: place.reference.clone(),
        created_at: context.now,
        checkout: place.checkout,
    }
}

fn outcome(set: LinkedSet, card: Card, hold: Hold, kind: EventKind) -> Outcome {
    Outcome {
        events: vec![(kind, Subject::of(hold.id))],
        cards: vec![card],
        holds: vec![hold],
        posted: set.finish(),
        ..Outcome::default()
    }
}
