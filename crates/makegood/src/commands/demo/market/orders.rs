//! Orders: what a buyer takes, and how it is paid.

use base::{CardId, CheckoutId, LineKind, Money, OrderId};
use engine::ShopCommand;
use engine::{AddTender, CardRef, Command, NewCheckout, PreparedCard};
use giftcards::{Prepared, Sandbox};
use shop::{LineId, NewLine, NewShipping, Source, SourceKind};

use super::dice::Dice;
use super::goods::CARD_VALUES;
use super::opening::{Buyer, Offer, Opening, label, money, text};
use crate::commands::demo::shop::{Keeper, Sale};
use crate::failure::Done;

/// From this price of everything on, in minor units, shipping is free.
const SHIPPED_FREE_FROM: i64 = 7_500;

/// What a new gift card has, in minor units.
const NEW_CARD: [i64; 3] = [5_000, 7_500, 15_000];

/// A checkout that is being paid.
pub(super) struct Placed {
    pub(super) checkout: CheckoutId,
    /// The number of its buyer.
    pub(super) buyer: usize,
    pub(super) total: Money,
    /// Units of its first line.
    pub(super) units: u32,
    /// Gift cards that it sells.
    pub(super) sold: Vec<CardId>,
}

/// How an order is paid.
#[derive(Clone, Copy)]
enum Means {
    Card,
    Method,
    Both,
}

/// What is put into a checkout.
struct Basket {
    lines: Vec<NewLine>,
    cards: Vec<PreparedCard>,
    shipping: Option<NewShipping>,
    total: i64,
}

/// Adds the commands of one order, by whoever comes by.
pub(super) fn place(
    keeper: &Keeper<'_>,
    opening: &mut Opening,
    dice: &mut Dice,
    commands: &mut Vec<Command>,
) -> Done<Placed> {
    let number = dice.below(opening.buyers.len());
    let buys_cards = dice.in_hundred(6);
    let basket = if buys_cards {
        cards(keeper, dice, &opening.buyers[number])?
    } else {
        things(opening, dice, &opening.buyers[number])
    };
    let buyer = &mut opening.buyers[number];
    // No gift card pays for another.
    let means = match dice.below(10) {
        _ if buys_cards => Means::Method,
        0..3 => Means::Card,
        3..6 => Means::Both,
        _ => Means::Method,
    };
    let by_card = take_card(keeper, buyer, dice, means, basket.total, commands)?;
    let placed = Placed {
        checkout: keeper.new_id(),
        buyer: number,
        total: money(basket.total, buyer.currency),
        units: basket.lines[0].quantity,
        sold: basket.cards.iter().map(|card| card.id).collect(),
    };
    commands.push(create(buyer, dice, placed.checkout, basket));
    let mut add = |tender| {
        let holds = Box::new(std::array::from_fn(|_| keeper.new_id()));
        let checkout = placed.checkout;
        commands.push(Command::Shop(ShopCommand::AddTender { checkout, tender, holds }));
    };
    if let (Some((card, _)), true) = (buyer.card, by_card > 0) {
        add(AddTender::GiftCard { card: CardRef::Id(card) });
    }
    if by_card < placed.total.amount.minor() {
        add(AddTender::PaymentMethod { method: buyer.method, wanted: None });
    }
    let payments = Box::new(std::array::from_fn(|_| keeper.new_id()));
    let order: OrderId = keeper.new_id();
    let checkout = placed.checkout;
    let pay = ShopCommand::Pay { checkout, payments, order, return_url: None };
    commands.push(Command::Shop(pay));
    Ok(placed)
}

/// One to three things of the buyer's currency, each once or twice.
fn things(opening: &Opening, dice: &mut Dice, buyer: &Buyer) -> Basket {
    let offered = opening.offers.iter().filter(|offer| offer.price.currency == buyer.currency);
    let offers: Vec<&Offer> = offered.collect();
    let mut basket = Basket { lines: Vec::new(), cards: Vec::new(), shipping: None, total: 0 };
    for _ in 0..=dice.below(3) {
        let offer = dice.pick(&offers);
        let quantity = [1, 1, 1, 2][dice.below(4)];
        let price = offer.price.amount.minor() * i64::from(quantity);
        let discount = if dice.in_hundred(15) { price / 10 } else { 0 };
        let tax = tax_of(price - discount, buyer.tax);
        basket.total += price - discount + tax;
        basket.lines.push(NewLine {
            product: Some(offer.product),
            name: text(offer.name),
            seller: Some(offer.seller),
            creator: offer.creator.filter(|_| dice.in_hundred(60)),
            kind: offer.kind,
            category: Some(label(offer.category)),
            quantity,
            unit_price: offer.price,
            discount: (discount > 0).then(|| money(discount, buyer.currency)),
            tax: (tax > 0).then(|| money(tax, buyer.currency)),
        });
    }
    let is_shipped = basket.lines.iter().any(|line| line.kind == LineKind::Goods);
    if is_shipped && basket.total < SHIPPED_FREE_FROM {
        let tax = tax_of(buyer.shipping, buyer.tax);
        basket.total += buyer.shipping + tax;
        let price = money(buyer.shipping, buyer.currency);
        basket.shipping = Some(NewShipping { price, tax: Some(money(tax, buyer.currency)) });
    }
    basket
}

/// One or two gift cards of one value.
fn cards(keeper: &Keeper<'_>, dice: &mut Dice, buyer: &Buyer) -> Done<Basket> {
    let (value, quantity) = (dice.pick(&CARD_VALUES), 1 + dice.below(2));
    let prepared = (0..quantity).map(|_| {
        let id = keeper.new_id();
        let prepared = Box::new(Prepared {
            code: keeper.new_code(id)?,
            program: None,
            expires_at: None,
            activation_s: None,
            delivery: None,
            sandbox: Sandbox::None,
            details: None,
        });
        Ok(PreparedCard { line: LineId::Number(1), id, prepared })
    });
    let prepared: Done<Vec<PreparedCard>> = prepared.collect();
    let line = NewLine {
        product: None,
        name: text("Gift card"),
        seller: None,
        creator: None,
        kind: LineKind::GiftCard,
        category: None,
        quantity: quantity as u32,
        unit_price: money(value, buyer.currency),
        discount: None,
        tax: None,
    };
    let total = value * quantity as i64;
    Ok(Basket { lines: vec![line], cards: prepared?, shipping: None, total })
}

/// What the buyer's gift card is to pay; whoever has none that can is given a new one.
fn take_card(
    keeper: &Keeper<'_>,
    buyer: &mut Buyer,
    dice: &mut Dice,
    means: Means,
    total: i64,
    commands: &mut Vec<Command>,
) -> Done<i64> {
    let is_enough = |left: i64| match means {
        Means::Card => left >= total,
        Means::Both => left > 0,
        Means::Method => true,
    };
    if let Means::Method = means {
        return Ok(0);
    }
    if !buyer.card.is_some_and(|(_, left)| is_enough(left)) {
        let value = match means {
            Means::Card => total.max(10_000),
            _ => dice.pick(&NEW_CARD),
        };
        let sold = Sale::sold_elsewhere(money(value, buyer.currency), "demo-market");
        let (card, command) = keeper.issuing(sold)?;
        commands.push(Command::GiftCards(command));
        buyer.card = Some((card, value));
    }
    let Some((_, left)) = &mut buyer.card else { return Ok(0) };
    let taken = total.min(*left);
    *left -= taken;
    Ok(taken)
}

fn create(buyer: &Buyer, dice: &mut Dice, id: CheckoutId, basket: Basket) -> Command {
    let kind = dice.pick(&[SourceKind::Shop, SourceKind::Video, SourceKind::Live]);
    let source = Source { kind, id: label(&format!("{}-{}", kind.as_str(), dice.below(40))) };
    let checkout = shop::NewCheckout {
        id,
        currency: buyer.currency,
        region: buyer.region,
        buyer: Some(buyer.person),
        lines: basket.lines,
        promotion: None,
        shipping: basket.shipping,
        source: Some(source),
        metadata: Default::default(),
    };
    let new = NewCheckout { checkout, cards: basket.cards };
    Command::Shop(ShopCommand::CreateCheckout(Box::new(new)))
}

/// Tax of an amount, half a minor unit up; the rate is in hundredths of a percent.
fn tax_of(amount: i64, rate: i64) -> i64 {
    (amount * rate + 5_000) / 10_000
}
