//! Before the first order: sellers, creators, products, and buyers with their ways to pay.

use base::{CardId, CreatorId, Currency, Instant, Label, LineKind, MethodId, Money, PersonId};
use base::{ProductId, Region, SellerId, Text, Token};
use engine::{Command, PaymentCommand, ShopCommand};
use ledger::RailName;
use payments::{Expiry, Method, NewMethod, RailToken};
use shop::{BasisPoints, Creator, Payee, Product, Seller};

use super::goods::{CREATORS, METHODS, PLACES, STALLS, Stall, Thing};
use crate::commands::demo::people;
use crate::commands::demo::shop::{Keeper, word};
use crate::failure::Done;

/// The year in which buyers' methods expire: long after the market's half year.
const METHODS_EXPIRE: u16 = 2_035;

/// Something on offer.
pub(super) struct Offer {
    pub(super) product: ProductId,
    pub(super) seller: SellerId,
    pub(super) creator: Option<CreatorId>,
    pub(super) name: &'static str,
    pub(super) kind: LineKind,
    pub(super) category: &'static str,
    pub(super) price: Money,
}

/// Somebody who buys.
pub(super) struct Buyer {
    pub(super) person: PersonId,
    pub(super) region: Region,
    pub(super) currency: Currency,
    /// Tax where they are, in hundredths of a percent.
    pub(super) tax: i64,
    /// What shipping to there costs, in minor units.
    pub(super) shipping: i64,
    pub(super) method: MethodId,
    /// True when their bank will take back what they pay.
    pub(super) is_disputing: bool,
    /// A gift card, and what is left on it, in minor units.
    pub(super) card: Option<(CardId, i64)>,
}

/// Everybody and everything, before the first order.
pub(super) struct Opening {
    pub(super) offers: Vec<Offer>,
    pub(super) buyers: Vec<Buyer>,
    /// Who will be owed something, and in which currency.
    pub(super) payees: Vec<(Payee, Currency)>,
}

impl Opening {
    /// Makes everybody and everything in one go.
    pub(super) fn of(keeper: &Keeper<'_>) -> Done<Opening> {
        let mut opening = Opening { offers: Vec::new(), buyers: Vec::new(), payees: Vec::new() };
        let mut commands = Vec::new();
        let creators: Vec<CreatorId> = CREATORS.iter().map(|_| keeper.new_id()).collect();
        for (id, (name, handle, share)) in creators.iter().zip(CREATORS) {
            commands.push(creator(*id, name, handle, share));
            let payee = Payee::Creator(*id);
            opening.payees.extend([Currency::USD, Currency::EUR].map(|currency| (payee, currency)));
        }
        for stall in &STALLS {
            opening.set_up(keeper, stall, &creators, &mut commands);
        }
        let methods = METHODS
            .iter()
            .flat_map(|(token, last4, buyers)| std::iter::repeat_n((*token, *last4), *buyers));
        for (number, (token, last4)) in methods.enumerate() {
            let place = PLACES[number % PLACES.len()];
            let mut buyer = buyer(keeper, place, token);
            if number == 0 {
                buyer.person = keeper.person(people::CUSTOMER);
            }
            commands.push(method(buyer.method, buyer.person, token, last4));
            opening.buyers.push(buyer);
        }
        keeper.decide_all(commands)?;
        Ok(opening)
    }

    fn set_up(
        &mut self,
        keeper: &Keeper<'_>,
        stall: &'static Stall,
        creators: &[CreatorId],
        commands: &mut Vec<Command>,
    ) {
        let id = keeper.new_id();
        commands.push(seller(id, stall.name, stall.commission));
        self.payees.push((Payee::Seller(id), stall.currency));
        let creator = stall.creator.map(|number| creators[number]);
        for thing in stall.things {
            let offer = offer(keeper, (id, creator), stall.currency, thing);
            commands.push(product(&offer));
            self.offers.push(offer);
        }
    }
}

fn offer(
    keeper: &Keeper<'_>,
    (seller, creator): (SellerId, Option<CreatorId>),
    currency: Currency,
    thing: &'static Thing,
) -> Offer {
    let (name, kind, category, price) = *thing;
    let price = money(price, currency);
    Offer { product: keeper.new_id(), seller, creator, name, kind, category, price }
}

fn buyer(keeper: &Keeper<'_>, place: (&str, Currency, i64, i64), token: &str) -> Buyer {
    let (region, currency, tax, shipping) = place;
    Buyer {
        person: keeper.new_id(),
        region: Region::parse(region).expect("buyers live in regions"),
        currency,
        tax,
        shipping,
        method: keeper.new_id(),
        is_disputing: token == "tok_disputed",
        card: None,
    }
}

fn seller(id: SellerId, name: &str, commission: u16) -> Command {
    Command::Shop(ShopCommand::CreateSeller(Box::new(Seller {
        id,
        name: text(name),
        commission: points(commission),
        metadata: Default::default(),
        created_at: Instant::MIN,
    })))
}

fn creator(id: CreatorId, name: &str, handle: &str, share: u16) -> Command {
    Command::Shop(ShopCommand::CreateCreator(Box::new(Creator {
        id,
        name: text(name),
        handle: word(handle),
        share: points(share),
        metadata: Default::default(),
        created_at: Instant::MIN,
    })))
}

fn product(offer: &Offer) -> Command {
    Command::Shop(ShopCommand::CreateProduct(Box::new(Product {
        id: offer.product,
        name: text(offer.name),
        seller: offer.seller,
        creator: offer.creator,
        kind: offer.kind,
        category: Some(label(offer.category)),
        price: offer.price,
        metadata: Default::default(),
        created_at: Instant::MIN,
    })))
}

/// A payment method of the sandbox.
pub(super) fn method(id: MethodId, owner: PersonId, token: &str, last4: &str) -> Command {
    let method = Method {
        id,
        rail: sandbox(),
        token: RailToken(Text::new(token).expect("tokens of the sandbox are short")),
        owner: Some(owner),
        brand: Some(Token::new("visa").expect("a lower-case word is a token")),
        last4: Some(Token::new(last4).expect("four digits are a token")),
        expiry: Expiry::new(METHODS_EXPIRE, 12),
        is_store_mediated: false,
        declined_at: None,
        created_at: Instant::MIN,
    };
    Command::Payments(PaymentCommand::CreateMethod(Box::new(NewMethod(method))))
}

/// The rail of test books.
pub(super) fn sandbox() -> RailName {
    RailName::new("sandbox").expect("a lower-case word names a rail")
}

/// Names of the market as texts.
pub(super) fn text(text: &str) -> Text<200> {
    Text::new(text).expect("names of the market are short")
}

/// Words of the market as labels.
pub(super) fn label(text: &str) -> Label {
    Label::new(text).expect("a short word is a label")
}

/// Amounts of the market as money.
pub(super) fn money(minor: i64, currency: Currency) -> Money {
    Money::new(minor, currency).expect("amounts of the market are not negative")
}

fn points(points: u16) -> BasisPoints {
    BasisPoints::new(points).expect("rates of the market are parts")
}
