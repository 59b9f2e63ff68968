//! Cards of a market: which one something is done to, and what; what time alone makes due of them.

use std::sync::Arc;

use giftcards::{Card, CardState};

use crate::market::{CARDS, name_of, pick};
use crate::world::World;

/// Something that is done to a card beside all checkouts.
pub fn on_a_card(card: &str, which: u16, luck: u16) -> Option<String> {
    let deeds =
        ["freeze", "unfreeze", "unfreeze", "expire", "cancel", "adjust", "claim", "send", "adjust"];
    let deed = deeds[usize::from(which) % deeds.len()];
    match deed {
        "cancel" if !luck.is_multiple_of(3) => None,
        "claim" => Some(format!("claim code:{card} Z")),
        "adjust" => Some(format!("adjust {card} {}", 1 + luck % 300)),
        deed => Some(format!("{deed} {card}")),
    }
}

/// A card that has paid for something is canceled now and then, so that its refund needs another
/// way.
pub fn cancel_a_payer(world: &World, luck: u16) -> Option<String> {
    let has_paid = |name: &&str| {
        let card = crate::words::card(name);
        world.hold.values().any(|hold| hold.card == card && !hold.refundable().is_zero())
    };
    let payers: Vec<&str> = CARDS.into_iter().filter(has_paid).collect();
    let payer = pick(&payers, luck).filter(|_| luck.is_multiple_of(3));
    payer.map(|card| format!("cancel {card}"))
}

/// The cards that were bought.
fn bought_cards(world: &World) -> Vec<String> {
    let bought = world.purchase.values().filter(|purchase| purchase.order.is_some());
    let bought = bought.flat_map(|purchase| &purchase.cards);
    bought.map(|card| name_of(card.card.bits())).collect()
}

/// One that was bought and can still have something, and an amount.
pub fn bought_card(world: &World, which: u16, luck: u16) -> Option<String> {
    let mut bought = bought_cards(world);
    bought.retain(|name| world.card[&crate::words::card(name)].takes_refunds());
    Some(format!("{} {}", pick(&bought, luck)?, 1 + which % 200))
}

/// Something is added to a card that was bought.
pub fn goodwill(world: &World, which: u16, luck: u16) -> Option<String> {
    Some(format!("adjust {}", bought_card(world, which, luck)?))
}

/// One of the cards that were there, or were bought since.
pub fn a_card(world: &World, luck: u16) -> String {
    let bought = bought_cards(world);
    let given = world.card.values().filter(|card| card.funding == giftcards::Funding::StoreCredit);
    let given: Vec<String> = given.map(|card| name_of(card.id.bits())).collect();
    let bought = if luck.is_multiple_of(2) || given.is_empty() { bought } else { given };
    match pick(&bought, luck / 7).filter(|_| luck.is_multiple_of(3)) {
        Some(card) => card,
        None => CARDS[usize::from(luck) % CARDS.len()].to_owned(),
    }
}

/// Bought cards whose delivery has come and was not handed over yet.
pub fn due_gifts(world: &World) -> impl Iterator<Item = String> {
    let bought = world.purchase.values().flat_map(|purchase| &purchase.cards);
    let cards = bought.filter_map(|bought| world.card.get(&bought.card));
    let is_due = |card: &&Arc<Card>| {
        let delivery = card.gift.as_ref().and_then(|gift| gift.delivery);
        let is_come = |at: base::Instant| at <= world.now;
        delivery.is_some_and(|it| it.sendings == 0 && it.deliver_at.is_some_and(is_come))
    };
    cards.filter(is_due).map(|card| name_of(card.id.bits()))
}

/// What nobody has claimed in time, of an order.
pub fn unclaimed(world: &World, which: u16, step: usize) -> Option<String> {
    let order = pick(&orders_with_unclaimed(world).collect::<Vec<_>>(), which)?;
    let rails = ["a", "b", "c", "d"].map(|letter| format!("x{step}{letter}"));
    Some(format!("unclaimed {order} R{step} rails={}", rails.join(",")))
}

/// The same; or the time passes after which something may be due.
pub fn a_month_later(world: &World, which: u16, step: usize) -> Option<String> {
    let term = |card: &Arc<Card>| card.gift.as_ref().and_then(|gift| gift.return_term);
    let waits =
        || world.card.values().any(|card| term(card).is_some_and(|it| it.at > Some(world.now)));
    unclaimed(world, which, step).or_else(|| waits().then(|| "wait 31d".to_owned()))
}

/// Orders that have sold a card that nobody has claimed in time, be it that something keeps it.
fn orders_with_unclaimed(world: &World) -> impl Iterator<Item = String> {
    let is_due = |card: &Card| {
        let term = card.gift.as_ref().and_then(|gift| gift.return_term);
        card.state == CardState::Active
            && term.and_then(|term| term.at).is_some_and(|at| at <= world.now)
    };
    let has_due = move |purchase: &&Arc<giftcards::Purchase>| {
        let mut cards = purchase.cards.iter().filter_map(|bought| world.card.get(&bought.card));
        cards.any(|card| is_due(card))
    };
    let orders = world.purchase.values().filter(has_due).filter_map(|purchase| purchase.order);
    orders.map(|order| name_of(order.bits()))
}
