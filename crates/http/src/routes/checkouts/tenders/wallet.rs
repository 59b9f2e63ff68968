//! The cards of a buyer, for a tender of the kind `wallet`.

use std::cmp::Reverse;
use std::sync::atomic::Ordering;

use base::{CardId, CheckoutId, Currency, Instant, PersonId};
use engine::{AddTender, Answer, Query};
use giftcards::{Card, CardState, CardStatus, Funding, status};
use ledger::Account;
use store::{CardFilter, Page, Reader, StoreError};

use crate::call::Caller;
use crate::problem::{Problem, catalog};
use crate::sight::Sight;

/// Cards of one person that are looked at.
const CARDS_MAX: u32 = 500;

/// Cards that the writer is asked to try: more than a checkout takes, for it alone knows what each
/// may pay.
const TRIED_MAX: usize = 24;

/// The cards that the buyer of a checkout owns and that look usable, those first that are used
/// first when there are too many. It shows at least what this key has written; what each card
/// pays, and whether it is still the buyer's, is decided by the writer.
///
/// # Errors
///
/// `checkout_not_found`, `checkout_without_buyer`; `unavailable`, `busy`.
pub(super) async fn cards(caller: &Caller, checkout: CheckoutId) -> Result<Vec<CardId>, Problem> {
    let Some(Answer::Checkout { checkout, now, .. }) =
        caller.book().ask(Query::Checkout(checkout)).await?
    else {
        return Err(Problem::new(&catalog::CHECKOUT_NOT_FOUND));
    };
    let buyer = checkout.buyer.ok_or_else(|| Problem::new(&catalog::CHECKOUT_WITHOUT_BUYER))?;
    cards_of(caller, buyer, (checkout.currency, now)).await
}

/// The same of somebody who pays in this currency, at the book's time.
///
/// # Errors
///
/// `unavailable`, `busy`.
pub(crate) async fn cards_of(
    caller: &Caller,
    buyer: PersonId,
    (currency, now): (Currency, Instant),
) -> Result<Vec<CardId>, Problem> {
    let book = caller.book();
    let written = caller.key.last_write.load(Ordering::Relaxed).max(book.opened_at_seq());
    let sight = Sight::of_book(book, written).await?;
    let owned = book.reads().read(sight, move |reader| owned_by(buyer, reader)).await?;
    Ok(usable(owned, currency, now))
}

/// The tender of these cards.
pub(crate) fn tender(caller: &Caller, cards: Vec<CardId>) -> AddTender {
    let cards = cards.into_iter().map(|card| (card, caller.app.new_id())).collect();
    AddTender::Wallet { cards }
}

fn owned_by(buyer: PersonId, reader: &mut dyn Reader) -> Result<Vec<(Card, Account)>, StoreError> {
    let filter =
        CardFilter { state: Some(CardState::Active), owner: Some(buyer), ..CardFilter::default() };
    let page = Page::after(None, CARDS_MAX);
    reader.cards(&filter, page)
}

/// The usable ones in the order of the planner, as far as it does not depend on lines. What a card
/// has available leaves out what this checkout holds of it already; then it is a tender.
fn usable(mut owned: Vec<(Card, Account)>, currency: Currency, now: Instant) -> Vec<CardId> {
    owned.retain(|(card, account)| {
        card.currency == currency
            && status(card, account, now) == CardStatus::Active
            && card.frozen.is_none()
            && card.disputed.is_none()
            && !account.available().is_zero()
    });
    owned.sort_by_key(|(card, account)| {
        let expires_at = card.expires_at.unwrap_or(Instant::MAX);
        let is_promotional = Reverse(card.funding == Funding::Promotional);
        (expires_at, is_promotional, account.available(), card.id)
    });
    owned.iter().map(|(card, _)| card.id).take(TRIED_MAX).collect()
}
