//! Paying a checkout: everything is reserved or nothing is, and rails are asked for the rest.

use std::sync::Arc;

use base::{CheckoutId, OrderId, PaymentId, PersonId};
use giftcards::Capture;
use payments::{NewPayment, Purpose, ReturnUrl};
use shop::{Checkout, CompleteRows, Refusal, Series, Tender, TenderKind};

use crate::claim_acts::Accounts;
use crate::composition::{Composition, Held};
use crate::gift_cards::Decided;
use crate::promotion_money::{check_payable, fund, name_promotion};
use crate::purchases::{hindrance, issue_all, name_all_to_issue};
use crate::rows::{Stop, Walk};
use crate::tenders::{holds_of, name_cards};
use crate::{AnswerRef, Context, Rows};

/// Begins to pay. Where no method has anything to pay the order is made in the same record.
pub(crate) fn pay<R: Rows>(
    id: CheckoutId,
    payments: &[PaymentId; shop::limits::METHOD_TENDERS_MAX],
    (order, return_url): (OrderId, Option<&ReturnUrl>),
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    name_order(order, walk);
    for payment in payments {
        walk.payment(*payment);
    }
    let checkout = walk.checkout(id).ok_or(Refusal::CheckoutNotFound)?;
    name_completion(checkout, walk);
    let accounts = Accounts::find(payers(checkout, walk), walk);
    walk.ready()?;
    accounts.check()?;
    let mut composed = Composition::new(walk, at);
    let begun = shop::begin_pay(checkout, *payments, composed.context())?;
    composed.add(begun);
    let checkout = composed.checkout(id)?.ok_or(Refusal::CheckoutNotFound)?;
    if let Some(refusal) = hindrance(&checkout, &mut composed)? {
        return Err(refusal.into());
    }
    check_payable(&checkout, &mut composed)?;
    for tender in live(&checkout) {
        let TenderKind::GiftCard { card, hold: Some(hold) } = tender.kind else { continue };
        let refused = |refusal| crate::Refusal::Tender { tender: tender.id, card, refusal };
        let Held { hold, card, account, .. } = composed.held(hold)?;
        let secured = giftcards::secure(&hold, &card, &account, id, composed.context());
        composed.add(secured.map_err(refused)?);
    }
    let mut is_paid = true;
    for tender in live(&checkout) {
        is_paid &= !authorize(tender, &checkout, return_url, &mut composed)?;
    }
    if is_paid {
        complete(order, &checkout, &mut composed)?;
    }
    Ok(composed.finish(AnswerRef::Checkout(id)))
}

/// Who would pay: whoever buys, whoever promotes, and the owners of methods that pay. Names the
/// methods.
fn payers<R: Rows>(checkout: &Checkout, walk: &mut Walk<'_, R>) -> Vec<PersonId> {
    let mut payers: Vec<PersonId> = checkout.buyer.into_iter().collect();
    let promotion = checkout.promotion.and_then(|promotion| walk.promotion(promotion));
    payers.extend(promotion.map(|promotion| promotion.advertiser));
    for tender in live(checkout) {
        if let TenderKind::PaymentMethod { method, .. } = tender.kind {
            payers.extend(walk.method(method).and_then(|method| method.owner));
        }
    }
    payers.sort_unstable();
    payers.dedup();
    payers
}

/// Makes the payment of a tender that has one; false for any other.
fn authorize<R: Rows>(
    tender: &Tender,
    checkout: &Checkout,
    return_url: Option<&ReturnUrl>,
    composed: &mut Composition<'_, '_, R>,
) -> Result<bool, Stop> {
    let TenderKind::PaymentMethod { method, payment: Some(id), .. } = tender.kind else {
        return Ok(false);
    };
    let method = composed.method(method)?.ok_or(payments::Refusal::MethodNotFound)?;
    let existing = composed.payment(id)?;
    let amount = checkout.money(tender.amount());
    let purpose = match checkout.promotion {
        Some(_) => Purpose::Promotion(checkout.id),
        None => Purpose::Checkout(checkout.id),
    };
    let new = NewPayment { id, amount, purpose, return_url: return_url.cloned() };
    let existing = existing.as_deref();
    let made = payments::authorize(&new, &method, existing, composed.context())?;
    composed.add(made);
    Ok(true)
}

/// Takes what is held, makes the order, issues the cards it sells and funds its promotion. Nothing
/// of it can be refused any more: the holds are secured, rails have taken the rest, cards were
/// asked for before, and a promotion that is being paid does not change.
pub(crate) fn complete<R: Rows>(
    order: OrderId,
    checkout: &Checkout,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let capture = Capture { amount: None, is_final: true };
    for hold in holds_of(checkout) {
        let Held { hold, card, account, clearing } = composed.held(hold)?;
        let (accounts, by) = ((&account, &clearing), Some(checkout.id));
        let context = composed.context();
        let taken = giftcards::capture(&capture, &hold, &card, accounts, by, context)?;
        composed.add(taken);
    }
    let existing = composed.order(order)?;
    let receipts = composed.numbering(Series::Receipt)?;
    let accounts = composed.accounts_of(&shop::checkout_accounts(checkout), checkout.currency)?;
    let accounts: Vec<_> = accounts.iter().collect();
    let rows = CompleteRows {
        existing: existing.as_deref(),
        receipts: receipts.as_ref(),
        accounts: &accounts,
    };
    let made = shop::complete(order, checkout, rows, composed.context())?;
    composed.add(made);
    issue_all(order, checkout, composed)?;
    fund(checkout, composed)
}

/// Names what making an order needs besides its checkout.
pub(crate) fn name_order<R: Rows>(order: OrderId, walk: &mut Walk<'_, R>) {
    walk.order(order);
    walk.numbering(Series::Receipt);
}

/// Names what making an order of this checkout moves.
pub(crate) fn name_completion<R: Rows>(checkout: &Arc<Checkout>, walk: &mut Walk<'_, R>) {
    name_cards(checkout, walk);
    name_all_to_issue(checkout, walk);
    name_promotion(checkout, walk);
    for name in shop::checkout_accounts(checkout) {
        walk.account(name.id(checkout.currency));
    }
}

/// The tenders of the present attempt.
pub(crate) fn live(checkout: &Checkout) -> impl Iterator<Item = &Tender> {
    checkout.tenders.iter().filter(|tender| tender.is_live())
}
