//! What people, banks and bad luck do.

use base::{CardId, CheckoutId, HoldId, OrderId, PaymentId, RailRefundId, RefundId, Span, Token};
use engine::{
    AddTender, CardRef, Command, GiftCardCommand, PaymentCommand, RefundIds, Refusal, Row,
    ShopCommand,
};
use giftcards::{Code, CodeHash, Funding, Issue, NewCode};
use payments::{Dispute, DisputeState, Payment, PaymentState, RailRefund};
use shop::{Checkout, CheckoutState, Order, RefundOrder, RefundRequest};

use super::Dice;
use crate::rails::market::{Between, Ending, Kept, Market, challenged, return_url, usd};
use crate::rails::shaky::Faults;

/// What each card is issued with.
pub const CARD_VALUE: i64 = 4_000;

const TOKENS: [&str; 12] = [
    "tok_ok",
    "tok_ok",
    "tok_ok",
    "tok_declined",
    "tok_insufficient",
    "tok_expires_soon",
    "tok_challenge",
    "tok_timeout",
    "tok_refund_pending",
    "tok_refund_fails",
    "tok_disputed",
    "tok_disputed",
];

/// A market to which things happen.
pub struct World {
    pub market: Market,
    pub faults: Faults,
    pub dice: Dice,
    pub cards: Vec<CardId>,
    /// What was done, for whoever sees it fail.
    log: Vec<String>,
}

/// The rows that acts choose from.
#[derive(Default)]
pub struct Rows {
    pub checkouts: Vec<Checkout>,
    pub orders: Vec<Order>,
    pub order_refunds: Vec<shop::OrderRefund>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<RailRefund>,
    pub disputes: Vec<Dispute>,
}

impl Rows {
    pub fn of(market: &Market) -> Rows {
        let mut rows = Rows::default();
        for row in market.rows() {
            match row {
                Row::Checkout(row) => rows.checkouts.push(row.as_ref().clone()),
                Row::Order(row) => rows.orders.push(row.as_ref().clone()),
                Row::OrderRefund(row) => rows.order_refunds.push(row.as_ref().clone()),
                Row::Payment(row) => rows.payments.push(row.as_ref().clone()),
                Row::RailRefund(row) => rows.refunds.push(row.as_ref().clone()),
                Row::Dispute(row) => rows.disputes.push(row.as_ref().clone()),
                _ => {}
            }
        }
        rows
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.log.join("\n"));
        }
    }
}

impl World {
    pub fn open(kept: Kept, between: Between, faults: Faults, dice: Dice) -> World {
        let market = Market::open_with(kept, Some(between), Vec::new());
        let mut world = World { market, faults, dice, cards: Vec::new(), log: Vec::new() };
        for number in 1..=3 {
            world.issue(number);
        }
        world
    }

    fn issue(&mut self, number: u8) {
        let id = CardId::from_bits(u128::from(number));
        let code = Code { hash: CodeHash([number; 16]), key: 1, nonce: 1, last4: *b"ABCD" };
        let done = self.give(Command::GiftCards(GiftCardCommand::Issue(Box::new(Issue {
            id,
            value: usd(CARD_VALUE),
            opening_balance: None,
            code: NewCode(code),
            funding: Funding::External,
            expires_at: None,
            sandbox: giftcards::Sandbox::None,
            program: None,
            created_at: None,
            details: None,
            activates_at: None,
            delivery: None,
        }))));
        assert!(done);
        self.cards.push(id);
    }

    /// Gives a command; one that is refused has not happened.
    fn give(&mut self, command: Command) -> bool {
        let result = self.market.submit(command).result;
        // Whatever is wished, the product is never at odds with itself.
        let is_false =
            matches!(result, Err(Refusal::Payments(payments::Refusal::Contradiction { .. })));
        assert!(!is_false, "{result:?}");
        if let Err(refusal) = &result {
            self.log.push(format!("  refused: {refusal}"));
        }
        result.is_ok()
    }

    fn shop(&mut self, command: ShopCommand) -> bool {
        self.give(Command::Shop(command))
    }

    fn note(&mut self, command: PaymentCommand) -> bool {
        self.give(Command::Payments(command))
    }

    fn told(&mut self, what: impl Into<String>) {
        self.log.push(what.into());
    }

    /// Something happens.
    pub fn act(&mut self) {
        match self.dice.below(100) {
            0..24 => self.buy(),
            24..31 => self.pay_again(),
            31..48 => self.refund(),
            48..55 => self.see_to_a_refund(),
            55..58 => self.answer_a_challenge(),
            58..60 => self.refund_at_the_rail(),
            60..64 => self.decide_a_dispute(),
            64..82 => {
                let spans = [
                    Span::seconds(1),
                    Span::seconds(15),
                    Span::minutes(3),
                    Span::hours(2),
                    Span::days(1),
                    Span::days(4),
                ];
                let span = self.dice.pick(&spans).unwrap();
                self.told(format!("{span:?} passes"));
                self.market.pass(span);
                if span >= Span::days(1) {
                    // Whoever is asked again for days is asked hundreds of times.
                    self.faults.set_down(false);
                }
            }
            82..93 => self.die(),
            93..97 => {
                let faults = rails::sandbox::Faults {
                    delay_max: Span::hours(self.dice.below(60)),
                    duplicate_percent: u8::try_from(self.dice.below(60)).unwrap(),
                    forge_percent: u8::try_from(self.dice.below(30)).unwrap(),
                    lose_percent: 0,
                };
                self.told(format!("messages go wrong: {faults:?}"));
                self.market.sandbox.set_faults(faults);
            }
            _ => {
                let is_down = self.dice.below(3) == 0;
                self.told(format!("the rail is down: {is_down}"));
                self.faults.set_down(is_down);
            }
        }
    }

    fn die(&mut self) {
        let how = self.dice.below(4);
        self.told(format!("dies: {how}"));
        match how {
            0 => {
                self.market.stop();
                self.market.start();
            }
            1 => self.market.reopen(Ending::Swept),
            _ => self.market.reopen(Ending::Unswept),
        }
    }

    fn buy(&mut self) {
        let (price, tax) = (1 + self.dice.below(9_000), self.dice.below(3) * self.dice.below(700));
        let (price, tax) = (i64::try_from(price).unwrap(), i64::try_from(tax).unwrap());
        let checkout = self.market.checkout_of(price, tax);
        self.told(format!("{checkout}: {price} + {tax}"));
        for _ in 0..self.dice.below(3) {
            let card = self.dice.pick(&self.cards).unwrap();
            self.told("  a card");
            let card = CardRef::Id(card);
            let holds = self.hold_ids();
            let tender = AddTender::GiftCard { card };
            self.shop(ShopCommand::AddTender { checkout, tender, holds });
        }
        for _ in 0..self.dice.below(3) {
            let part = 1 + i64::try_from(self.dice.below(6_000)).unwrap();
            self.add_method(checkout, Some(part));
        }
        self.add_method(checkout, None);
        self.pay(checkout);
    }

    fn add_method(&mut self, checkout: CheckoutId, part: Option<i64>) {
        let token = self.dice.pick(&TOKENS).unwrap();
        self.told(format!("  {token} {part:?}"));
        let method = self.market.method("sandbox", token);
        let tender = AddTender::PaymentMethod { method, wanted: part.map(usd) };
        let holds = self.hold_ids();
        self.shop(ShopCommand::AddTender { checkout, tender, holds });
    }

    fn pay(&mut self, checkout: CheckoutId) {
        let payments =
            Box::new(std::array::from_fn(|_| PaymentId::from_bits(self.market.number())));
        let order = OrderId::from_bits(self.market.number());
        // Twice at once is once.
        for _ in 0..=self.dice.below(2) {
            let payments = payments.clone();
            let return_url = Some(return_url());
            self.shop(ShopCommand::Pay { checkout, payments, order, return_url });
        }
        if self.dice.below(3) > 0 {
            self.market.caller().nudge_checkout(checkout);
        }
    }

    fn hold_ids(&self) -> engine::HoldIds {
        Box::new(std::array::from_fn(|_| HoldId::from_bits(self.market.number())))
    }

    fn pay_again(&mut self) {
        let rows = Rows::of(&self.market);
        let is_free =
            |row: &&Checkout| matches!(row.state, CheckoutState::Failed | CheckoutState::Open);
        let free: Vec<_> = rows.checkouts.iter().filter(is_free).map(|row| row.id).collect();
        let Some(checkout) = self.dice.pick(&free) else { return };
        self.told(format!("{checkout} once more"));
        self.add_method(checkout, None);
        self.pay(checkout);
    }

    fn refund(&mut self) {
        let rows = Rows::of(&self.market);
        let Some(order) = self.dice.pick(&rows.orders) else { return };
        let total = u64::try_from(order.total().minor()).unwrap();
        let part = 1 + self.dice.below(total);
        let request = match self.dice.below(4) {
            0 => RefundRequest::Everything,
            _ => RefundRequest::Amount(usd(i64::try_from(part).unwrap())),
        };
        self.told(format!("{}: {request:?} of {total}", order.id));
        let market = &self.market;
        let ids = RefundIds {
            cards: std::array::from_fn(|_| RefundId::from_bits(market.number())),
            rails: std::array::from_fn(|_| RailRefundId::from_bits(market.number())),
        };
        let new = RefundOrder {
            id: RefundId::from_bits(market.number()),
            request,
            reason: Token::new("returned").unwrap(),
        };
        let (new, ids) = (Box::new(new), Box::new(ids));
        self.shop(ShopCommand::RefundOrder { order: order.id, new, ids });
    }

    fn see_to_a_refund(&mut self) {
        let rows = Rows::of(&self.market);
        let Some(refund) = self.dice.pick(&rows.refunds) else { return };
        let rail_refund = refund.id;
        let how = self.dice.below(3);
        self.told(format!("{rail_refund} ({}): {how}", refund.state.as_str()));
        match how {
            0 => self.note(PaymentCommand::RetryRefund { rail_refund }),
            1 => {
                let new = RailRefundId::from_bits(self.market.number());
                self.note(PaymentCommand::ReplaceRefund { rail_refund, new })
            }
            _ => {
                let code = Token::new("moved_away").unwrap();
                self.note(PaymentCommand::GiveUpRefund { rail_refund, code })
            }
        };
    }

    fn answer_a_challenge(&mut self) {
        let rows = Rows::of(&self.market);
        let asked = rows.payments.iter().filter_map(|row| match &row.state {
            PaymentState::RequiresAction { next_action } => Some(challenged(next_action)),
            _ => None,
        });
        let asked: Vec<rails::Reference> = asked.collect();
        let Some(reference) = self.dice.pick(&asked) else { return };
        let passed = self.dice.below(3) > 0;
        self.told(format!("{} passes: {passed}", reference.as_str()));
        // It may be over at the rail already.
        let _ = self.market.sandbox.finish_challenge(&reference, passed);
    }

    fn refund_at_the_rail(&mut self) {
        let rows = Rows::of(&self.market);
        let captured = rows.payments.iter().filter(|row| !row.captured.is_zero());
        let captured: Vec<&Payment> = captured.collect();
        let Some(payment) = self.dice.pick(&captured) else { return };
        let Some(reference) = payment.rail_reference.clone() else { return };
        let part = 1 + self.dice.below(u64::try_from(payment.captured.minor()).unwrap());
        let part = base::Amount::new(i64::try_from(part).unwrap()).unwrap();
        // The rail may have less, or be disputed.
        let done = self.market.sandbox.refund_at_rail(&reference, part).is_ok();
        self.told(format!("{}: {part} refunded at the rail: {done}", payment.id));
    }

    fn decide_a_dispute(&mut self) {
        let rows = Rows::of(&self.market);
        let open = rows.disputes.iter().filter(|row| row.state == DisputeState::Open);
        let open: Vec<_> = open.filter_map(|row| row.rail_reference.clone()).collect();
        let Some(reference) = self.dice.pick(&open) else { return };
        let reference: rails::Reference = base::Text::new(reference.as_str()).unwrap();
        let won = self.dice.below(2) == 0;
        self.told(format!("{} is won: {won}", reference.as_str()));
        let _ = self.market.sandbox.decide_dispute(&reference, won);
    }
}
