//! Sellers, creators and products.

use base::{
    CreatorId, Instant, Label, LineKind, Metadata, Money, ProductId, SellerId, Text, Token,
};

use ledger::Subject;

use crate::{Context, EventKind, Outcome, Refusal, limits};

/// A part of a whole in hundredths of a percent: 250 are 2.5 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// The whole.
    pub const WHOLE: BasisPoints = BasisPoints(10_000);

    /// That many; `None` above the whole.
    pub const fn new(points: u16) -> Option<BasisPoints> {
        if points <= Self::WHOLE.0 { Some(BasisPoints(points)) } else { None }
    }

    /// The number of points, at most 10,000.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Who sells, and what the shop keeps of their sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// Its id.
    pub id: SellerId,
    /// Name.
    pub name: Text<200>,
    /// What the shop keeps of the net of each line.
    pub commission: BasisPoints,
    /// Strings of the integrating shop.
    pub metadata: Metadata,
    /// When it was created.
    pub created_at: Instant,
}

/// Who makes posts, and what they get of sales that are credited to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creator {
    /// Its id.
    pub id: CreatorId,
    /// Name.
    pub name: Text<200>,
    /// Name on the platform, without a sign before it. That it is unique is not looked up.
    pub handle: Token<40>,
    /// What they get of the net of each line.
    pub share: BasisPoints,
    /// Strings of the integrating shop.
    pub metadata: Metadata,
    /// When it was created.
    pub created_at: Instant,
}

/// What is sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Name.
    pub name: Text<200>,
    /// Who sells it.
    pub seller: SellerId,
    /// Whose product it is; whom a sale is credited to, its line says.
    pub creator: Option<CreatorId>,
    /// What kind of thing it is.
    pub kind: LineKind,
    /// Category, as the shop calls it.
    pub category: Option<Label>,
    /// Price of one unit; a line may say another one.
    pub price: Money,
    /// Strings of the integrating shop.
    pub metadata: Metadata,
    /// When it was created.
    pub created_at: Instant,
}

/// Creates a seller; its time is set by the decision. `existing` is the row of the same id.
///
/// # Errors
///
/// `IdTaken`.
pub fn create_seller(
    new: &Seller,
    existing: Option<&Seller>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let seller = Seller { created_at: context.now, ..new.clone() };
    let events = vec![(EventKind::SellerCreated, Subject::of(seller.id))];
    Ok(Outcome { sellers: vec![seller], events, ..Outcome::default() })
}

/// Creates a creator; its time is set by the decision. `existing` is the row of the same id.
///
/// # Errors
///
/// `IdTaken`.
pub fn create_creator(
    new: &Creator,
    existing: Option<&Creator>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let creator = Creator { created_at: context.now, ..new.clone() };
    let events = vec![(EventKind::CreatorCreated, Subject::of(creator.id))];
    Ok(Outcome { creators: vec![creator], events, ..Outcome::default() })
}

/// Rows a product is decided on.
#[derive(Clone, Copy, Debug)]
pub struct ProductRows<'a> {
    /// The product of the same id, if there is one.
    pub existing: Option<&'a Product>,
    /// The seller it names.
    pub seller: Option<&'a Seller>,
    /// The creator it names.
    pub creator: Option<&'a Creator>,
}

/// Creates a product; its time is set by the decision.
///
/// # Errors
///
/// In this order: `SellerNotFound`, `CreatorNotFound`, `IdTaken`, `PromotionLine` (nobody sells
/// promotions), `LimitExceeded` (a price above [`limits::CHECKOUT_TOTAL_MAX`]).
pub fn create_product(
    new: &Product,
    rows: ProductRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if rows.seller.is_none() {
        return Err(Refusal::SellerNotFound);
    }
    if new.creator.is_some() && rows.creator.is_none() {
        return Err(Refusal::CreatorNotFound);
    }
    if rows.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    if new.kind == LineKind::Promotion {
        return Err(Refusal::PromotionLine);
    }
    if new.price.amount > limits::CHECKOUT_TOTAL_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let product = Product { created_at: context.now, ..new.clone() };
    let events = vec![(EventKind::ProductCreated, Subject::of(product.id))];
    Ok(Outcome { products: vec![product], events, ..Outcome::default() })
}
