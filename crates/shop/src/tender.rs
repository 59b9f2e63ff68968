//! Tenders: the ways a checkout is paid, and how they come and go.

use std::fmt;
use std::str::FromStr;

use base::{Amount, CardId, HoldId, MethodId, Money, PaymentId};

use crate::checkout::{changed, check_open, sum, touch};
use crate::line::short_number;
use crate::plan::{CardFacts, order_of, plan};
use crate::{Checkout, CheckoutState, Context, LineId, Outcome, Refusal, limits};

/// The short name of a tender inside its checkout and order: `t1`, `t2`, …; never used again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenderId(pub u16);

impl fmt::Display for TenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.0)
    }
}

/// The same as the text form.
impl fmt::Debug for TenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TenderId {
    type Err = Refusal;

    /// # Errors
    ///
    /// `TenderNotFound`: no tender has such a name.
    fn from_str(text: &str) -> Result<TenderId, Refusal> {
        short_number(text, 't').map(TenderId).ok_or(Refusal::TenderNotFound)
    }
}

/// How a tender pays, and where others keep its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenderKind {
    /// A gift card.
    GiftCard {
        /// The card.
        card: CardId,
        /// The hold on it; none while other tenders leave it nothing to pay.
        hold: Option<HoldId>,
    },
    /// A way to pay that a rail keeps.
    PaymentMethod {
        /// The way to pay.
        method: MethodId,
        /// The payment over it, once payment has begun.
        payment: Option<PaymentId>,
        /// The most it shall pay; `None` is all that is left.
        wanted: Option<Amount>,
    },
}

/// Where a tender stands. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TenderStatus {
    /// It will pay its part.
    Applied = 1,
    /// Its part is being taken.
    Paying = 2,
    /// As paying, and the payer must do something first.
    RequiresAction = 3,
    /// Its part was taken.
    Paid = 4,
    /// Given back: another tender has failed, or the checkout was abandoned.
    Released = 5,
    /// It has failed, and so the attempt.
    Failed = 6,
}

impl TenderStatus {
    /// Every status.
    pub const ALL: [TenderStatus; 6] = [
        TenderStatus::Applied,
        TenderStatus::Paying,
        TenderStatus::RequiresAction,
        TenderStatus::Paid,
        TenderStatus::Released,
        TenderStatus::Failed,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            TenderStatus::Applied => "applied",
            TenderStatus::Paying => "paying",
            TenderStatus::RequiresAction => "requires_action",
            TenderStatus::Paid => "paid",
            TenderStatus::Released => "released",
            TenderStatus::Failed => "failed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<TenderStatus> {
        TenderStatus::ALL.into_iter().find(|status| *status as u8 == number)
    }
}

/// A part of a line that a tender pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The line.
    pub line: LineId,
    /// How much of it, above zero.
    pub amount: Amount,
}

/// One way a checkout is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tender {
    /// Its short name.
    pub id: TenderId,
    /// How it pays.
    pub kind: TenderKind,
    /// Where it stands.
    pub status: TenderStatus,
    /// What it pays, in order of lines.
    pub allocations: Vec<Allocation>,
}

impl Tender {
    /// What it pays of all lines.
    pub fn amount(&self) -> Amount {
        let amounts = self.allocations.iter().map(|allocation| allocation.amount);
        sum(amounts).expect("no more is allocated than there is to pay")
    }

    /// True unless it belongs to an attempt that is over.
    pub fn is_live(&self) -> bool {
        !matches!(self.status, TenderStatus::Released | TenderStatus::Failed)
    }

    /// The card, when it is one.
    pub fn card(&self) -> Option<CardId> {
        match self.kind {
            TenderKind::GiftCard { card, .. } => Some(card),
            TenderKind::PaymentMethod { .. } => None,
        }
    }
}

/// A tender to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewTender {
    /// A gift card, for as much as the plan gives it.
    GiftCard {
        /// The card.
        card: CardId,
    },
    /// A payment method.
    PaymentMethod {
        /// The way to pay.
        method: MethodId,
        /// The most it shall pay, above zero; `None` is all that is left.
        wanted: Option<Money>,
    },
}

/// Adds a tender and plans all of them anew. `cards` tells about every card of the checkout and
/// the one to be added; a card that is not told of pays nothing. The first tender after a failed
/// attempt begins the next one: those of the former leave.
///
/// The caller makes the holds fit the tenders afterwards: [`Tender::amount`] under the hold's id,
/// and no hold where there is none.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutPaying`, `CheckoutExpired`; `CurrencyMismatch`;
/// `LimitExceeded` (too many tenders, or a method that shall pay nothing); `CardAlreadyUsed`;
/// and when it would pay nothing, `NothingLeftToPay` where other tenders (for a card, other cards)
/// cover everything, else `TenderPaysNothing`.
pub fn add_tender(
    new: &NewTender,
    checkout: &Checkout,
    cards: &[CardFacts],
    context: Context,
) -> Result<Outcome, Refusal> {
    check_open(checkout, context.now)?;
    let mut checkout = checkout.clone();
    checkout.tenders.retain(Tender::is_live);
    let kind = new_kind(new, &checkout)?;
    check_room(&kind, &checkout)?;
    checkout.tenders_ever += 1;
    let id = TenderId(checkout.tenders_ever);
    let status = TenderStatus::Applied;
    checkout.tenders.push(Tender { id, kind, status, allocations: Vec::new() });
    replan(&mut checkout, cards);
    check_pays(id, &checkout)?;
    checkout.state = CheckoutState::Open;
    checkout.failure = None;
    touch(&mut checkout, context.now);
    Ok(changed(checkout, None))
}

/// Adds those cards of a wallet that have something to pay, and plans all tenders anew. They are
/// asked in the order of the planner, and one that pays nothing is left out, as is one that is a
/// tender already. `cards` as for [`add_tender`], the wallet's among them.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutPaying`, `CheckoutExpired`; and when no card was added,
/// `NothingLeftToPay` where other cards cover everything, `LimitExceeded` where there is no room,
/// else `TenderPaysNothing`.
pub fn add_wallet(
    wallet: &[CardId],
    checkout: &Checkout,
    cards: &[CardFacts],
    context: Context,
) -> Result<Outcome, Refusal> {
    check_open(checkout, context.now)?;
    let mut checkout = checkout.clone();
    checkout.tenders.retain(Tender::is_live);
    let (mut is_full, mut count) = (false, 0);
    for card in order_of(&checkout.lines, cards).into_iter().map(|position| cards[position].card) {
        let kind = TenderKind::GiftCard { card, hold: None };
        match check_room(&kind, &checkout) {
            _ if !wallet.contains(&card) => continue,
            Ok(()) => {}
            Err(refusal) => {
                is_full |= refusal == Refusal::LimitExceeded;
                continue;
            }
        }
        let id = TenderId(checkout.tenders_ever + 1);
        let status = TenderStatus::Applied;
        checkout.tenders.push(Tender { id, kind, status, allocations: Vec::new() });
        replan(&mut checkout, cards);
        if check_pays(id, &checkout).is_ok() {
            checkout.tenders_ever = id.0;
            count += 1;
        } else {
            checkout.tenders.pop();
        }
    }
    if count == 0 {
        let by_cards = checkout.tenders.iter().filter(|tender| tender.card().is_some());
        let is_covered = sum(by_cards.map(Tender::amount)) == Some(checkout.total());
        return Err(match (is_covered, is_full) {
            (true, _) => Refusal::NothingLeftToPay,
            (false, true) => Refusal::LimitExceeded,
            (false, false) => Refusal::TenderPaysNothing,
        });
    }
    // The last one asked may have been left out again.
    replan(&mut checkout, cards);
    checkout.state = CheckoutState::Open;
    checkout.failure = None;
    touch(&mut checkout, context.now);
    Ok(changed(checkout, None))
}

/// Takes a tender away and plans the others anew, as [`add_tender`] does.
///
/// # Errors
///
/// In this order: `CheckoutPaid`, `CheckoutPaying`, `CheckoutExpired`; `TenderNotFound`, also for
/// one of a failed attempt.
pub fn remove_tender(
    id: TenderId,
    checkout: &Checkout,
    cards: &[CardFacts],
    context: Context,
) -> Result<Outcome, Refusal> {
    check_open(checkout, context.now)?;
    let mut checkout = checkout.clone();
    let position = checkout.tenders.iter().position(|tender| tender.id == id && tender.is_live());
    checkout.tenders.remove(position.ok_or(Refusal::TenderNotFound)?);
    replan(&mut checkout, cards);
    touch(&mut checkout, context.now);
    Ok(changed(checkout, None))
}

fn new_kind(new: &NewTender, checkout: &Checkout) -> Result<TenderKind, Refusal> {
    match *new {
        NewTender::GiftCard { card } => Ok(TenderKind::GiftCard { card, hold: None }),
        NewTender::PaymentMethod { method, wanted } => {
            if wanted.is_some_and(|wanted| wanted.currency != checkout.currency) {
                return Err(Refusal::CurrencyMismatch);
            }
            let wanted = wanted.map(|wanted| wanted.amount);
            Ok(TenderKind::PaymentMethod { method, payment: None, wanted })
        }
    }
}

fn check_room(kind: &TenderKind, checkout: &Checkout) -> Result<(), Refusal> {
    let cards = checkout.tenders.iter().filter_map(Tender::card).count();
    let methods = checkout.tenders.len() - cards;
    let is_within_limits = match kind {
        TenderKind::GiftCard { .. } => cards < limits::CARD_TENDERS_MAX,
        TenderKind::PaymentMethod { wanted, .. } => {
            methods < limits::METHOD_TENDERS_MAX && *wanted != Some(Amount::ZERO)
        }
    };
    if !is_within_limits || checkout.tenders_ever >= limits::TENDERS_EVER_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let is_same = |tender: &Tender| match (kind, tender.card()) {
        (TenderKind::GiftCard { card, .. }, Some(other)) => *card == other,
        _ => false,
    };
    if checkout.tenders.iter().any(is_same) { Err(Refusal::CardAlreadyUsed) } else { Ok(()) }
}

/// A tender that pays nothing is no help, and its owner should learn why. Cards come before
/// methods, so what methods pay is there for a card to take.
fn check_pays(id: TenderId, checkout: &Checkout) -> Result<(), Refusal> {
    let new = checkout.tenders.iter().find(|tender| tender.id == id);
    let new = new.filter(|tender| tender.allocations.is_empty());
    let Some(new) = new else { return Ok(()) };
    let before_it = |tender: &&Tender| new.card().is_none() || tender.card().is_some();
    let covered = sum(checkout.tenders.iter().filter(before_it).map(Tender::amount));
    let is_covered = covered == Some(checkout.total());
    Err(if is_covered { Refusal::NothingLeftToPay } else { Refusal::TenderPaysNothing })
}

/// Allocates every tender anew. A card that pays something has the hold that the caller tells.
fn replan(checkout: &mut Checkout, cards: &[CardFacts]) {
    let mut facts = Vec::new();
    let mut wanted = Vec::new();
    for tender in &checkout.tenders {
        match tender.kind {
            TenderKind::GiftCard { card, .. } => {
                facts.extend(cards.iter().find(|facts| facts.card == card).cloned());
            }
            TenderKind::PaymentMethod { wanted: most, .. } => wanted.push(most),
        }
    }
    let plan = plan(&checkout.lines, &facts, &wanted);
    let mut methods = plan.methods.into_iter();
    for tender in &mut checkout.tenders {
        match &mut tender.kind {
            TenderKind::GiftCard { card, hold } => {
                let position = facts.iter().position(|facts| facts.card == *card);
                tender.allocations =
                    position.map(|position| plan.cards[position].clone()).unwrap_or_default();
                *hold = match position {
                    Some(position) if !tender.allocations.is_empty() => Some(facts[position].hold),
                    _ => None,
                };
            }
            TenderKind::PaymentMethod { .. } => {
                tender.allocations = methods.next().unwrap_or_default();
            }
        }
    }
}
