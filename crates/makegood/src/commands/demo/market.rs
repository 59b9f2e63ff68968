//! The market: half a year of orders by sixty buyers from a dozen sellers, paid by gift cards, over
//! the sandbox of the book, or both, some of them declined, refunded or disputed.

mod dice;
mod goods;
mod money_back;
mod opening;
mod orders;

use base::{Instant, MethodId, PayoutId, PersonId, Span};
use engine::{Answer, Command, Query};
use shop::CheckoutState;

use super::shop::Keeper;
use crate::failure::{Done, Failure};
use crate::progress::Progress;
use dice::Dice;
use money_back::Return;
use opening::Opening;
use orders::Placed;

/// Portions of time in which orders are placed, all orders of one at its beginning.
const PORTIONS: u32 = 61;

/// How long each of them is: together half a year.
const PORTION: Span = Span::days(3);

/// Portions of a month, about.
const MONTH: u32 = 10;

/// The portion of a month at whose end there are payouts.
const PAYOUTS_AFTER: u32 = 5;

/// How long nobody buys at the end, so that rails come to an end with what they were asked.
const REST: Span = Span::days(10);

/// What the progress is of.
const WHAT: &str = "half a year of orders";

/// Lets half a year pass.
///
/// # Errors
///
/// The book cannot be written, or refuses what a market does.
pub(super) fn trade(keeper: &Keeper<'_>) -> Done {
    let mut progress = Progress::new(WHAT, u64::from(PORTIONS));
    let mut market = Market {
        keeper,
        opening: Opening::of(keeper)?,
        dice: Dice::new(),
        returns: Vec::new(),
        payouts: Vec::new(),
    };
    for portion in 0..PORTIONS {
        market.trade(portion)?;
        progress.step(WHAT, u64::from(portion + 1), u64::from(PORTIONS));
    }
    market.pass(REST)?;
    progress.finish();
    Ok(())
}

/// The way to pay of somebody who buys nothing but promotions.
pub(super) fn promoter(method: MethodId, owner: PersonId) -> Command {
    opening::method(method, owner, "tok_ok", "4242")
}

struct Market<'a> {
    keeper: &'a Keeper<'a>,
    opening: Opening,
    dice: Dice,
    returns: Vec<Return>,
    /// Payouts that have not arrived yet.
    payouts: Vec<PayoutId>,
}

impl Market<'_> {
    /// One portion of time, from its first order to its end.
    fn trade(&mut self, portion: u32) -> Done {
        self.settle_old(portion)?;
        self.look_at_cards()?;
        let (mut placed, mut commands) = (Vec::new(), Vec::new());
        for _ in 0..6 + self.dice.below(5) {
            let (opening, dice) = (&mut self.opening, &mut self.dice);
            placed.push(orders::place(self.keeper, opening, dice, &mut commands)?);
        }
        self.keeper.decide_all(commands)?;
        let now = self.pass(PORTION)?;
        for placed in placed {
            self.look_at(portion, &placed)?;
        }
        if portion % MONTH == PAYOUTS_AFTER {
            self.payouts = money_back::pay_out(self.keeper, &self.opening, now)?;
        }
        Ok(())
    }

    /// What is due of earlier portions: payouts arrive, and orders are sent back.
    fn settle_old(&mut self, portion: u32) -> Done {
        let mut commands = money_back::arrivals(&mut self.dice, std::mem::take(&mut self.payouts));
        let (due, later) =
            std::mem::take(&mut self.returns).into_iter().partition(|back| back.portion <= portion);
        self.returns = later;
        for back in due {
            commands.push(money_back::refund(self.keeper, &mut self.dice, back));
        }
        self.keeper.decide_all(commands)
    }

    /// What is left on gift cards, since refunds come back to them.
    fn look_at_cards(&mut self) -> Done {
        for (card, left) in self.opening.buyers.iter_mut().filter_map(|buyer| buyer.card.as_mut()) {
            if let Some(Answer::Card { account, .. }) = self.keeper.ask(Query::Card(*card))? {
                *left = account.available().minor();
            }
        }
        Ok(())
    }

    /// Lets time pass, and rails do what they do in it.
    fn pass(&mut self, span: Span) -> Done<Instant> {
        self.keeper.pass(span)
    }

    /// What became of a checkout: whose bought cards may be used now, and what will be sent back.
    fn look_at(&mut self, portion: u32, placed: &Placed) -> Done {
        let asked = self.keeper.ask(Query::Checkout(placed.checkout))?;
        let Some(Answer::Checkout { checkout, .. }) = asked else {
            return Err(Failure::new("a checkout of the market is not there"));
        };
        let buyer = &mut self.opening.buyers[placed.buyer];
        let order = checkout.order.filter(|_| checkout.state == CheckoutState::Paid);
        let Some(order) = order.filter(|_| !buyer.is_disputing) else { return Ok(()) };
        if let Some(bought) = placed.sold.first() {
            buyer.card = Some((*bought, 0));
        } else {
            let returns = money_back::regret(&mut self.dice, placed, order, portion);
            self.returns.extend(returns);
        }
        Ok(())
    }
}
