//! Purchases: the cards that a checkout sells, from their preparation to their issue.

use base::{Amount, CardId, CheckoutId, Currency, DisputeId, Instant, Money, OrderId, PaymentId};
use base::{ProgramId, PurchaseId, Span, Token};

use crate::card::Details;
use crate::{Code, Context, Funding, Issue, IssueRows, NewCode, NewDelivery, Outcome, Program};
use crate::{Refusal, Sandbox, issue, limits};

/// The cards that one checkout sells, on all of its lines.
///
/// They are prepared with the checkout, issued by its order, and then this row says which cards
/// they are, who paid them, and which disputes keep them from being spent. A paid checkout has one
/// order, so they are issued once or never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its id; the checkout has the same bits.
    pub id: PurchaseId,
    /// The currency of all cards.
    pub currency: Currency,
    /// The cards, in order of lines: 1 to [`limits::CARDS_PER_PURCHASE_MAX`].
    pub cards: Vec<BoughtCard>,
    /// Who paid how much of which line; empty until the cards are issued.
    pub paid_by: Vec<PaidPart>,
    /// Disputes of payments of the checkout that are open or were lost, the oldest first.
    pub disputes: Vec<PurchaseDispute>,
    /// The order that issued the cards.
    pub order: Option<OrderId>,
    /// When the cards were prepared.
    pub created_at: Instant,
}

/// A card that is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoughtCard {
    /// Number of the line that sells it.
    pub line: u8,
    /// Its id, drawn by the caller.
    pub card: CardId,
    /// Its value, which is the price of one unit of the line.
    pub value: Amount,
    /// What it will be like; `None` from its issue on, for then the card itself says so.
    pub prepared: Option<Box<Prepared>>,
}

/// What a card that is sold will be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Its code, made by the caller who holds the key ring.
    pub code: Code,
    /// Program to issue under.
    pub program: Option<ProgramId>,
    /// Expiry; `None` leaves it to the program.
    pub expires_at: Option<Instant>,
    /// Seconds after its issue from which on it can be spent; `None` leaves them to the program.
    pub activation_s: Option<u32>,
    /// How it is delivered; `None` leaves that to the shop.
    pub delivery: Option<NewDelivery>,
    /// Behaviour in test books.
    pub sandbox: Sandbox,
    /// What most cards do not have, as in [`Issue`].
    pub details: Option<Box<Details>>,
}

/// What a payment paid of a line of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidPart {
    /// Number of the line.
    pub line: u8,
    /// The payment.
    pub payment: PaymentId,
    /// How much, above zero.
    pub amount: Amount,
}

/// A dispute of a payment of the checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseDispute {
    /// Its id.
    pub dispute: DisputeId,
    /// Of which payment.
    pub payment: PaymentId,
    /// What the bank takes.
    pub amount: Amount,
    /// The bank's or the rail's machine word for why.
    pub reason: Token<40>,
    /// True once it was lost; a won one is not listed.
    pub is_lost: bool,
    /// What was clawed back from which card because it was lost, a card at most once.
    pub clawed_back: Vec<(CardId, Amount)>,
}

/// A purchase to be prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPurchase {
    /// The checkout that sells the cards.
    pub checkout: CheckoutId,
    /// The currency of all cards.
    pub currency: Currency,
    /// The cards, each prepared, in order of lines.
    pub cards: Vec<BoughtCard>,
}

/// The purchase of a checkout: either is found by the other without a look-up.
pub fn purchase_of(checkout: CheckoutId) -> PurchaseId {
    PurchaseId::from_bits(checkout.bits())
}

/// Prepares the cards of a checkout. `rows` are those of each card, in their order.
///
/// # Errors
///
/// In this order: `IdTaken`; `LimitExceeded` for no card or more than
/// [`limits::CARDS_PER_PURCHASE_MAX`]; card by card `IdTaken` and `CodeTaken` by one before it, and
/// those of [`issue()`].
pub fn prepare(
    new: &NewPurchase,
    existing: Option<&Purchase>,
    rows: &[IssueRows<'_>],
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    if new.cards.is_empty() || new.cards.len() > limits::CARDS_PER_PURCHASE_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let purchase = Purchase {
        id: purchase_of(new.checkout),
        currency: new.currency,
        cards: new.cards.iter().map(kept).collect(),
        paid_by: Vec::new(),
        disputes: Vec::new(),
        order: None,
        created_at: context.now,
    };
    for (place, card) in purchase.cards.iter().enumerate() {
        let before = &purchase.cards[..place];
        if before.iter().any(|other| other.card == card.card) {
            return Err(Refusal::IdTaken);
        }
        if before.iter().any(|other| other.code() == card.code()) {
            return Err(Refusal::CodeTaken);
        }
    }
    check_issuable(&purchase, rows, context)?;
    Ok(Outcome { purchases: vec![purchase], ..Outcome::default() })
}

/// As it is kept: details that say nothing are none.
fn kept(card: &BoughtCard) -> BoughtCard {
    let mut card = card.clone();
    if let Some(prepared) = &mut card.prepared {
        prepared.details = prepared.details.take().and_then(|details| details.kept());
    }
    card
}

/// Whether all cards could be issued now. Who sells them asks before money is taken.
///
/// # Errors
///
/// The first of those of [`issue()`]; `NothingToChange` when they were issued.
pub fn check_issuable(
    purchase: &Purchase,
    rows: &[IssueRows<'_>],
    context: Context,
) -> Result<(), Refusal> {
    for (card, rows) in purchase.cards.iter().zip(rows) {
        // Whose money it is makes no difference to what is checked, unless it was imported.
        issue_bought(purchase, card, Funding::External, *rows, context)?;
    }
    Ok(())
}

/// Issues one card of a purchase, out of what `funding` brought in.
///
/// # Errors
///
/// `NothingToChange` when it was issued; those of [`issue()`].
pub fn issue_bought(
    purchase: &Purchase,
    card: &BoughtCard,
    funding: Funding,
    rows: IssueRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let prepared = card.prepared.as_deref().ok_or(Refusal::NothingToChange)?;
    let new = Issue {
        id: card.card,
        value: Money { amount: card.value, currency: purchase.currency },
        opening_balance: None,
        code: NewCode(prepared.code.clone()),
        funding,
        expires_at: prepared.expires_at,
        sandbox: prepared.sandbox,
        program: prepared.program,
        created_at: None,
        activates_at: prepared.activates_at(rows.program, context.now),
        delivery: prepared.delivery,
        details: prepared.details.clone(),
    };
    issue(&new, rows, context)
}

impl Prepared {
    fn activates_at(&self, program: Option<&Program>, now: Instant) -> Option<Instant> {
        let by_program = program.map_or(0, |program| program.activation_s);
        let seconds = self.activation_s.unwrap_or(by_program);
        (seconds > 0).then(|| now.saturating_add(Span::seconds(u64::from(seconds))))
    }
}

impl BoughtCard {
    /// Its code, while it is prepared.
    pub fn code(&self) -> Option<&Code> {
        self.prepared.as_ref().map(|prepared| &prepared.code)
    }
}

impl Purchase {
    /// As it is once `order` has issued the cards, which `paid_by` paid.
    #[must_use]
    pub fn issued(&self, order: OrderId, paid_by: Vec<PaidPart>) -> Purchase {
        let mut purchase = Purchase { paid_by, order: Some(order), ..self.clone() };
        for card in &mut purchase.cards {
            card.prepared = None;
        }
        purchase
    }

    /// The cards of a line.
    pub fn cards_of(&self, line: u8) -> impl Iterator<Item = &BoughtCard> {
        self.cards.iter().filter(move |card| card.line == line)
    }
}

/// The payment that paid most of a line, the first of several: cards of the line say that it
/// bought them.
pub fn main_payment(paid_by: &[PaidPart], line: u8) -> Option<PaymentId> {
    let parts = paid_by.iter().filter(|part| part.line == line);
    let most = parts.reduce(|most, part| if part.amount > most.amount { part } else { most });
    most.map(|part| part.payment)
}
