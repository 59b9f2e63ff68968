//! `/v1/gift-card-purchases`: gift cards that are bought.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod undo;

use base::{CheckoutId, OrderId, PurchaseId};
use engine::{Answer, Query};
use giftcards::{Card, CardState};

use crate::call::Caller;
use crate::problem::{Problem, catalog};
use crate::scope::Scopes;
use crate::shown_code;
use crate::views;
use crate::views::purchase::{Bought, BoughtCard, PurchaseView};

/// Whether an answer may show codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codes {
    /// To keys that may see them, for as long as they are shown.
    Shown,
    Hidden,
}

/// A purchase as it is now, as JSON.
///
/// # Errors
///
/// `purchase_not_found`; `unavailable`, `busy`.
async fn shown(caller: &Caller, id: PurchaseId, codes: Codes) -> Result<Vec<u8>, Problem> {
    let missing = || Problem::new(&catalog::PURCHASE_NOT_FOUND);
    let Some(Answer::Purchase(known)) = caller.book().ask(Query::Purchase(id)).await? else {
        return Err(missing());
    };
    // Everything once more, together: so it is of one instant.
    let mut questions =
        vec![Query::Purchase(id), Query::Checkout(CheckoutId::from_bits(id.bits()))];
    questions.extend(known.order.map(Query::Order));
    if known.order.is_some() {
        questions.extend(known.cards.iter().map(|sold| Query::Card(sold.card)));
    }
    let answers = caller.book().ask_all(questions).await?;
    let mut answers = answers.iter();
    let Some(Some(Answer::Purchase(purchase))) = answers.next() else { return Err(missing()) };
    let Some(Some(Answer::Checkout { checkout, waits_for, now })) = answers.next() else {
        return Err(missing());
    };
    let (mut order, mut cards) = (None, Vec::new());
    for answer in answers.flatten() {
        match answer {
            Answer::Order(row) => order = Some(row.as_ref()),
            Answer::Card { card, account, .. } => {
                let age = now.since(purchase.created_at).unwrap_or_default();
                let is_recent = age <= caller.app.limits.code_shown_for;
                let code = (codes == Codes::Shown && is_recent).then(|| code_of(caller, card));
                cards.push(BoughtCard { card, account, code: code.flatten() });
            }
            _ => {}
        }
    }
    let waits_for = waits_for.as_deref();
    let bought = Bought { purchase, checkout, waits_for, order, cards, now: *now };
    let mut body = Vec::with_capacity(1_024);
    views::write(&PurchaseView::new(bought), &mut body);
    Ok(body)
}

/// The code of a card that is still the buyer's. A claimed one is its owner's, who has got a code
/// that no buyer knows.
fn code_of(caller: &Caller, card: &Card) -> Option<String> {
    let may_see = caller.key.scopes.contains(Scopes::REVEAL);
    let is_buyers = card.owner().is_none() && card.state == CardState::Active;
    if !(may_see && is_buyers) {
        return None;
    }
    // The purchase is what was asked for: whatever hinders a code does not hide it.
    shown_code::reveal(caller, card).ok()
}

/// The order of a purchase.
///
/// # Errors
///
/// `purchase_not_found`, `purchase_not_paid`; `unavailable`, `busy`.
async fn order_of(caller: &Caller, id: PurchaseId) -> Result<OrderId, Problem> {
    match caller.book().ask(Query::Purchase(id)).await? {
        Some(Answer::Purchase(purchase)) => {
            purchase.order.ok_or_else(|| Problem::new(&catalog::PURCHASE_NOT_PAID))
        }
        _ => Err(Problem::new(&catalog::PURCHASE_NOT_FOUND)),
    }
}
