//! What is there before anybody pays: sellers, creators, products, ways to pay, and checkouts.

use std::sync::Arc;

use payments::NewMethod;
use shop::{CheckoutRows, Creator, Product, ProductRows, Refusal, Seller};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::rows::Walk;
use crate::{AnswerRef, Change, Context, NewCheckout, Rows, purchases, senders};

pub(crate) fn seller<R: Rows>(new: &Seller, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let existing = walk.seller(new.id).map(Arc::as_ref);
    walk.ready()?;
    let outcome = shop::create_seller(new, existing, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Seller(new.id)))
}

pub(crate) fn creator<R: Rows>(new: &Creator, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let existing = walk.creator(new.id).map(Arc::as_ref);
    walk.ready()?;
    let outcome = shop::create_creator(new, existing, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Creator(new.id)))
}

pub(crate) fn product<R: Rows>(new: &Product, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let rows = ProductRows {
        existing: walk.product(new.id).map(Arc::as_ref),
        seller: walk.seller(new.seller).map(Arc::as_ref),
        creator: new.creator.and_then(|id| walk.creator(id)).map(Arc::as_ref),
    };
    walk.ready()?;
    let outcome = shop::create_product(new, rows, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Product(new.id)))
}

pub(crate) fn method<R: Rows>(new: &NewMethod, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let existing = walk.method(new.0.id).map(Arc::as_ref);
    walk.ready()?;
    let outcome = payments::create_method(new, existing, at.first())?;
    Ok(Change::from_outcome(outcome, AnswerRef::Method(new.0.id)))
}

/// Creates a checkout, and prepares the gift cards that it sells.
pub(crate) fn checkout<R: Rows>(new: &NewCheckout, walk: &mut Walk<'_, R>, at: Context) -> Decided {
    let NewCheckout { checkout: new, cards } = new;
    let existing = walk.checkout(new.id).map(Arc::as_ref);
    let (mut sellers, mut creators, mut products) = (Vec::new(), Vec::new(), Vec::new());
    for line in &new.lines {
        sellers.extend(line.seller.and_then(|id| walk.seller(id)).map(Arc::as_ref));
        creators.extend(line.creator.and_then(|id| walk.creator(id)).map(Arc::as_ref));
        products.extend(line.product.and_then(|id| walk.product(id)).map(Arc::as_ref));
    }
    if !cards.is_empty() {
        walk.purchase(giftcards::purchase_of(new.id));
    }
    for card in cards {
        purchases::name_to_issue(card.id, &card.prepared, walk);
        let sending = purchases::sending_of(&card.prepared, at.now);
        sending.iter().for_each(|sending| senders::name_to_send(sending, walk));
    }
    walk.ready()?;
    let mut composed = Composition::new(walk, at);
    let rows =
        CheckoutRows { existing, sellers: &sellers, creators: &creators, products: &products };
    let made = shop::create_checkout(new, rows, composed.context())?;
    composed.add(made);
    let checkout = composed.checkout(new.id)?.ok_or(Refusal::CheckoutNotFound)?;
    let bought = purchases::of_lines(&checkout, cards)?;
    if !bought.cards.is_empty() {
        purchases::prepare(&bought, &mut composed)?;
        for sending in cards.iter().filter_map(|card| purchases::sending_of(&card.prepared, at.now))
        {
            senders::send(sending, &mut composed)?;
        }
    }
    Ok(composed.finish(AnswerRef::Checkout(new.id)))
}
