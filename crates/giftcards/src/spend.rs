//! Spending: hold, change, capture, release, and the one-step redemption.

use base::{Amount, Currency, HoldId, Money, Region, Span, Text};
use ledger::{Account, AccountName, LinkedSet, Pending, Reason};

use crate::outcome::about_hold;
use crate::{Card, CardState, Context, EventKind, Hold, Line, LineKind, Outcome, Refusal};
use crate::{Sandbox, Why, limits};

/// An amount to be held or redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Id of the hold, drawn by the caller.
    pub id: HoldId,
    /// How much.
    pub amount: Money,
    /// True to take what there is when there is less.
    pub partial: bool,
    /// The shop's own reference, usually its order.
    pub reference: Text<255>,
    /// How long to hold, in seconds; `None` is [`limits::HOLD_SECONDS_DEFAULT`].
    pub expires_in_s: Option<u32>,
    /// Where the buyer is, for cards bound to regions.
    pub region: Option<Region>,
    /// What is paid for, for cards bound to a scope.
    pub lines: Vec<Line>,
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
    /// The hold of the same id, if there is one.
    pub existing: Option<&'a Hold>,
}

/// Reserves an amount of a card.
///
/// # Errors
///
/// In the order of [`Refusal`]: `NotUsable`, `CurrencyMismatch`, `RegionNotAllowed`,
/// `LineNotInScope`, `LimitExceeded` (too long, or too many holds), `IdTaken`,
/// `InsufficientBalance`.
pub fn hold(place: &Place, rows: SpendRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    check_spendable(rows.card, place, context)?;
    let seconds = place.expires_in_s.unwrap_or(limits::HOLD_SECONDS_DEFAULT);
    if seconds > rows.card.hold_seconds_max {
        return Err(Refusal::LimitExceeded);
    }
    let mut spending = Spending::begin(place, rows, context)?;
    if spending.card.open_holds.len() >= limits::OPEN_HOLDS_PER_CARD_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let amount = spending.amount(place)?;
    let (debit, credit) = (rows.account.id, spending.clearing);
    spending.set.on_behalf(Reason::Hold, about_hold(place.id));
    let reserved = spending.set.reserve(debit, credit, amount);
    let pending = reserved.map_err(|refused| spending.refusal(refused))?;
    let expires_at = context.now.saturating_add(Span::seconds(u64::from(seconds)));
    spending.card.open_holds.push((place.id, expires_at));
    spending.card_changed = true;
    let hold = new_hold(place, rows.card, pending, expires_at, context);
    Ok(spending.finish(hold, EventKind::HoldCreated))
}

/// Takes an amount of a card at once. It leaves a captured hold, by which it can be refunded.
///
/// # Errors
///
/// As [`hold`], and `CaptureDeclined` for magic test cards.
pub fn redeem(place: &Place, rows: SpendRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    check_spendable(rows.card, place, context)?;
    if rows.card.sandbox == Sandbox::FailsAtCapture {
        return Err(Refusal::CaptureDeclined);
    }
    let mut spending = Spending::begin(place, rows, context)?;
    let amount = spending.amount(place)?;
    let (debit, credit) = (rows.account.id, spending.clearing);
    spending.set.on_behalf(Reason::Redeem, about_hold(place.id));
    let moved = spending.set.transfer(debit, credit, amount);
    moved.map_err(|refused| spending.refusal(refused))?;
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
    Ok(spending.finish(hold, EventKind::HoldCaptured))
}

/// A change of an open hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeHold {
    /// The amount to be held from now on, captured parts not counted.
    pub amount: Option<Money>,
    /// Seconds from now until it lapses.
    pub expires_in_s: Option<u32>,
}

/// Enlarges, reduces or prolongs an open hold.
///
/// # Errors
///
/// `HoldNotOpen`; to enlarge, the card must be usable as for a new hold; `CurrencyMismatch`;
/// `LimitExceeded`; `InsufficientBalance`.
pub fn change_hold(
    change: &ChangeHold,
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    context: Context,
) -> Result<Outcome, Refusal> {
    check_open(hold, context)?;
    let mut set = LinkedSet::new(context.sequence, Reason::Hold, about_hold(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let (mut card, mut hold) = (card.clone(), hold.clone());
    if let Some(wanted) = change.amount {
        if wanted.currency != card.currency {
            return Err(Refusal::CurrencyMismatch);
        }
        let held = hold.pending.open();
        if let Some(more) = wanted.amount.checked_sub(held).filter(|more| !more.is_zero()) {
            check_usable(&card, context)?;
            let available = card.money(account.available());
            hold.pending = set
                .enlarge(&hold.pending, more)
                .map_err(|_| Refusal::InsufficientBalance { available })?;
        } else if let Some(less) = held.checked_sub(wanted.amount).filter(|less| !less.is_zero()) {
            set.on_behalf(Reason::Release, about_hold(hold.id));
            hold.pending = set.void(&hold.pending, less).map_err(|_| Refusal::HoldNotOpen)?;
        }
    }
    if let Some(seconds) = change.expires_in_s {
        if seconds > card.hold_seconds_max {
            return Err(Refusal::LimitExceeded);
        }
        hold.expires_at = context.now.saturating_add(Span::seconds(u64::from(seconds)));
        for (id, at) in &mut card.open_holds {
            if *id == hold.id {
                *at = hold.expires_at;
            }
        }
    }
    close_if_settled(&mut card, &hold);
    Ok(outcome(set, card, hold, EventKind::HoldUpdated))
}

/// A capture of an open hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// How much; `None` is all that is held.
    pub amount: Option<Money>,
    /// True to release the rest.
    pub is_final: bool,
}

/// Takes a held amount, or a part of it. It works on frozen and expired cards too: the shop has
/// relied on the hold.
///
/// # Errors
///
/// `HoldNotOpen`, `CurrencyMismatch`, `AmountExceedsHold`, `CaptureDeclined` for magic cards.
pub fn capture(
    request: &Capture,
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    context: Context,
) -> Result<Outcome, Refusal> {
    check_open(hold, context)?;
    let part = part_of(hold, card, request.amount)?;
    if card.sandbox == Sandbox::FailsAtCapture {
        return Err(Refusal::CaptureDeclined);
    }
    let mut set = LinkedSet::new(context.sequence, Reason::Capture, about_hold(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let (mut card, mut hold) = (card.clone(), hold.clone());
    hold.pending = set.post(&hold.pending, part).map_err(|_| Refusal::HoldNotOpen)?;
    let rest = hold.pending.open();
    if request.is_final && !rest.is_zero() {
        set.on_behalf(Reason::Release, about_hold(hold.id));
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
/// `HoldNotOpen`, `CurrencyMismatch`, `AmountExceedsHold`.
pub fn release(
    amount: Option<Money>,
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    context: Context,
) -> Result<Outcome, Refusal> {
    if hold.pending.open().is_zero() {
        return Err(Refusal::HoldNotOpen);
    }
    let part = part_of(hold, card, amount)?;
    let mut set = LinkedSet::new(context.sequence, Reason::Release, about_hold(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let (mut card, mut hold) = (card.clone(), hold.clone());
    hold.pending = set.void(&hold.pending, part).map_err(|_| Refusal::HoldNotOpen)?;
    close_if_settled(&mut card, &hold);
    Ok(outcome(set, card, hold, EventKind::HoldReleased))
}

/// A hold or redemption in progress: lapsed holds are booked first, so that nobody is refused
/// for money that is free by now.
struct Spending<'a> {
    set: LinkedSet,
    rows: SpendRows<'a>,
    card: Card,
    card_changed: bool,
    holds: Vec<Hold>,
    clearing: base::AccountId,
    events: Vec<(EventKind, ledger::Subject)>,
}

impl<'a> Spending<'a> {
    fn begin(place: &Place, rows: SpendRows<'a>, context: Context) -> Result<Self, Refusal> {
        if rows.existing.is_some() {
            return Err(Refusal::IdTaken);
        }
        let clearing = or_open(rows.clearing, AccountName::OrderClearing, rows.card.currency);
        let clearing_id = clearing.id;
        let set = LinkedSet::new(context.sequence, Reason::Hold, about_hold(place.id))
            .with(rows.account.clone())
            .with(clearing);
        let mut spending = Spending {
            set,
            rows,
            card: rows.card.clone(),
            card_changed: false,
            holds: Vec::new(),
            clearing: clearing_id,
            events: Vec::new(),
        };
        for hold in rows.lapsed {
            spending.book_lapse(hold);
        }
        Ok(spending)
    }

    fn book_lapse(&mut self, hold: &Hold) {
        self.set.on_behalf(Reason::HoldExpiry, about_hold(hold.id));
        // A hold that is listed but settled was closed by an older version; it is only unlisted.
        if let Ok(pending) = self.set.expire(&hold.pending) {
            self.holds.push(Hold { pending, ..hold.clone() });
            self.events.push((EventKind::HoldExpired, about_hold(hold.id)));
        }
        self.card.open_holds.retain(|(id, _)| *id != hold.id);
        self.card_changed = true;
    }

    fn available(&self) -> Money {
        let account = self.set.account(self.rows.account.id).unwrap_or(self.rows.account);
        self.rows.card.money(account.available())
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

    fn refusal(&self, refused: ledger::Refusal) -> Refusal {
        match refused {
            ledger::Refusal::InsufficientFunds => {
                Refusal::InsufficientBalance { available: self.available() }
            }
            _ => Refusal::LimitExceeded,
        }
    }

    fn finish(self, hold: Hold, kind: EventKind) -> Outcome {
        let Spending { set, card, card_changed, mut holds, mut events, .. } = self;
        events.push((kind, about_hold(hold.id)));
        holds.push(hold);
        let cards = if card_changed { vec![card] } else { Vec::new() };
        Outcome { cards, holds, posted: set.finish(), events, ..Outcome::default() }
    }
}

/// Whether the card may be spent at all.
pub(crate) fn check_usable(card: &Card, context: Context) -> Result<(), Refusal> {
    let why = match card.state {
        CardState::Canceled => Some(Why::Canceled),
        _ if card.is_past_expiry(context.now) => Some(Why::Expired),
        _ if card.frozen.is_some() => Some(Why::Frozen),
        _ => None,
    };
    why.map_or(Ok(()), |why| Err(Refusal::NotUsable(why)))
}

fn check_spendable(card: &Card, place: &Place, context: Context) -> Result<(), Refusal> {
    check_usable(card, context)?;
    if place.amount.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    if place.lines.iter().any(|line| line.kind == LineKind::GiftCard) {
        return Err(Refusal::LineNotInScope);
    }
    let Some(details) = &card.details else { return Ok(()) };
    let region_allowed = details.regions.is_empty()
        || place
            .region
            .is_some_and(|region| details.regions.iter().any(|allowed| allowed.contains(&region)));
    if !region_allowed {
        return Err(Refusal::RegionNotAllowed);
    }
    let lines_allowed = details.scope.is_unrestricted()
        || (!place.lines.is_empty() && place.lines.iter().all(|line| details.scope.allows(line)));
    if !lines_allowed {
        return Err(Refusal::LineNotInScope);
    }
    Ok(())
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

/// The account, opened when nobody has used it before.
pub(crate) fn or_open(row: Option<&Account>, name: AccountName, currency: Currency) -> Account {
    row.cloned().unwrap_or_else(|| Account::open(name, currency))
}

fn new_hold(
    place: &Place,
    card: &Card,
    pending: Pending,
    expires_at: base::Instant,
    context: Context,
) -> Hold {
    Hold {
        id: place.id,
        card: card.id,
        pending,
        refunded: Amount::ZERO,
        expires_at,
        reference: place.reference.clone(),
        created_at: context.now,
    }
}

fn outcome(set: LinkedSet, card: Card, hold: Hold, kind: EventKind) -> Outcome {
    Outcome {
        events: vec![(kind, about_hold(hold.id))],
        cards: vec![card],
        holds: vec![hold],
        posted: set.finish(),
        ..Outcome::default()
    }
}
