//! Words for what checkouts and orders do to cards: rules that other commands combine with theirs.

use std::sync::Arc;

use base::{CheckoutId, Token};
use engine::Refusal;
use giftcards::{Capture, Card, Context, Hold, Outcome, RefundHold, ReturnRows, Sinks, account_of};
use ledger::{Account, AccountName, Position};

use crate::words::{self, Words};
use crate::world::World;

/// What the rule of a line decides; `None` when the line is a command.
pub fn decided(world: &World, words: &Words<'_>) -> Option<Result<Outcome, Refusal>> {
    let by = words.value("by").map(words::checkout);
    let decided = match (words.at(0), by) {
        ("secure" | "capture" | "release", Some(by)) => on_hold(world, words, by),
        ("refund", Some(by)) => refund(world, words, by),
        ("withdraw" | "clawback" | "restore" | "dispute" | "undispute", _) => on_card(world, words),
        _ => return None,
    };
    Some(decided.map_err(Refusal::GiftCards))
}

type Decided = Result<Outcome, giftcards::Refusal>;

fn context(world: &World) -> Context {
    Context { now: world.now, position: Position::start(world.sequence + 1) }
}

/// A hold, its card, the card's account, and the account of orders.
fn of_hold<'a>(
    world: &'a World,
    name: &str,
) -> Result<(&'a Hold, &'a Card, &'a Account, &'a Account), giftcards::Refusal> {
    let hold = world.hold.get(&words::hold(name)).ok_or(giftcards::Refusal::HoldNotFound)?;
    let card = &world.card[&hold.card];
    Ok((hold, card, &world.account[&account_of(card.id)], &world.account[&hold.pending.credit]))
}

fn on_hold(world: &World, words: &Words<'_>, by: CheckoutId) -> Decided {
    let (hold, card, account, clearing) = of_hold(world, words.at(1))?;
    let (accounts, at) = ((account, clearing), context(world));
    match words.at(0) {
        "secure" => giftcards::secure(hold, card, account, by, at),
        "capture" => {
            let capture = Capture { amount: words.money(2), is_final: true };
            giftcards::capture(&capture, hold, card, accounts, Some(by), at)
        }
        _ => giftcards::release(words.money(2), hold, card, accounts, Some(by), at),
    }
}

fn refund(world: &World, words: &Words<'_>, by: CheckoutId) -> Decided {
    let (hold, card, account, clearing) = of_hold(world, words.at(2))?;
    let expiry = sinks(world, card, &card.funding.expiry_account());
    let rows = ReturnRows { hold, card, account, clearing, expiry };
    let id = words::refund(words.at(1));
    let existing = world.refund.get(&id).map(Arc::as_ref);
    let new = RefundHold { id, amount: words::money(words.at(3)) };
    giftcards::refund(&new, rows, existing, Some(by), context(world))
}

fn sinks<'a>(world: &'a World, card: &Card, issued: &AccountName) -> Sinks<'a> {
    let row = |name: &AccountName| world.account.get(&name.id(card.currency));
    Sinks { issued: row(issued), incentives: row(&AccountName::GiftCardIncentives) }
}

fn on_card(world: &World, words: &Words<'_>) -> Decided {
    let card = &world.card[&words::card(words.at(1))];
    let account = &world.account[&account_of(card.id)];
    let (part, at) = (words.money(2), context(world));
    match words.at(0) {
        "withdraw" => {
            let sinks = sinks(world, card, &card.funding.account());
            giftcards::withdraw(card, account, sinks, part, at)
        }
        "clawback" => {
            let loss = world.account.get(&AccountName::ChargebackLoss.id(card.currency));
            giftcards::claw_back(card, account, loss, part, at)
        }
        "restore" => {
            let loss = world.account.get(&AccountName::ChargebackLoss.id(card.currency));
            let expiry = sinks(world, card, &card.funding.expiry_account());
            giftcards::restore(card, account, (loss, expiry), part.unwrap(), at)
        }
        "dispute" => {
            let reason = Token::new("fraudulent").unwrap();
            giftcards::block_for_dispute(card, account, reason, at)
        }
        _ => giftcards::unblock(card, account, at),
    }
}
