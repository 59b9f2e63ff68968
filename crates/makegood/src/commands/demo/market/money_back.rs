//! Money that goes back, and money that goes out: refunds of orders, and payouts each month.

use base::{Instant, OrderId, PayoutId};
use engine::{Answer, Command, Query, RefundIds, ShopCommand};
use shop::{LineId, LineRequest, NewPayout, RefundOrder, RefundRequest};

use super::dice::Dice;
use super::opening::{Opening, money, sandbox};
use super::orders::Placed;
use crate::commands::demo::shop::{Keeper, word};
use crate::failure::Done;

/// Reasons that buyers give.
const REASONS: [&str; 4] = ["damaged", "not_as_described", "too_late", "changed_mind"];

/// A refund that will be asked for.
pub(super) struct Return {
    /// The portion of time in which it is.
    pub(super) portion: u32,
    order: OrderId,
    request: RefundRequest,
}

/// Whether an order that was just paid will be sent back, what of it, and when.
pub(super) fn regret(dice: &mut Dice, placed: &Placed, order: OrderId, now: u32) -> Vec<Return> {
    if !dice.in_hundred(14) {
        return Vec::new();
    }
    let portion = now + 1 + dice.below(8) as u32;
    let line = LineId::Number(1);
    let part = match dice.below(4) {
        0 => {
            let third = placed.total.amount.minor() / 3;
            RefundRequest::Amount(money(third, placed.total.currency))
        }
        1 if placed.units > 1 => {
            RefundRequest::Lines(vec![LineRequest::Units { line, quantity: 1 }])
        }
        2 => RefundRequest::Lines(vec![LineRequest::Units { line, quantity: placed.units }]),
        _ => return vec![Return { portion, order, request: RefundRequest::Everything }],
    };
    let mut returns = vec![Return { portion, order, request: part }];
    // The rest of an order of one line may be nothing: an amount always leaves some.
    if matches!(returns[0].request, RefundRequest::Amount(_)) && dice.in_hundred(30) {
        let portion = portion + 3;
        returns.push(Return { portion, order, request: RefundRequest::Everything });
    }
    returns
}

/// The refund as a command.
pub(super) fn refund(keeper: &Keeper<'_>, dice: &mut Dice, back: Return) -> Command {
    let Return { order, request, .. } = back;
    let reason = word(dice.pick(&REASONS));
    let new = Box::new(RefundOrder { id: keeper.new_id(), request, reason });
    let ids = Box::new(RefundIds {
        cards: std::array::from_fn(|_| keeper.new_id()),
        rails: std::array::from_fn(|_| keeper.new_id()),
    });
    Command::Shop(ShopCommand::RefundOrder { order, new, ids })
}

/// Pays everybody who is owed something at `until`, the book's time.
pub(super) fn pay_out(
    keeper: &Keeper<'_>,
    opening: &Opening,
    until: Instant,
) -> Done<Vec<PayoutId>> {
    let (mut payouts, mut commands) = (Vec::new(), Vec::new());
    for (payee, currency) in &opening.payees {
        let question = Query::Account(payee.account().id(*currency));
        let Some(Answer::Account(account)) = keeper.ask(question)? else { continue };
        if account.credits_posted <= account.debits_posted {
            continue;
        }
        let id = keeper.new_id();
        payouts.push(id);
        commands.push(Command::Shop(ShopCommand::CreatePayout(Box::new(NewPayout {
            id,
            payee: *payee,
            currency: *currency,
            rail: sandbox(),
            until,
            credited: account.credits_posted,
        }))));
    }
    keeper.decide_all(commands)?;
    Ok(payouts)
}

/// What became of payouts: nearly all of them arrive.
pub(super) fn arrivals(dice: &mut Dice, payouts: Vec<PayoutId>) -> Vec<Command> {
    let arrival = |payout| {
        Command::Shop(if dice.in_hundred(4) {
            ShopCommand::PayoutFailed { payout, reason: word("account_closed") }
        } else {
            ShopCommand::PayoutPaid { payout }
        })
    };
    payouts.into_iter().map(arrival).collect()
}
