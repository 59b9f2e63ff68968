//! Lines: what is sold, at what price, by whom.

use std::fmt;
use std::str::FromStr;

use base::{Amount, CreatorId, Currency, Label, LineKind, Money, ProductId, SellerId, Text};

use crate::checkout::CheckoutRows;
use crate::{BasisPoints, Refusal, limits};

/// The short name of a line inside its checkout and order: `l1`, `l2`, …, `shipping`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineId {
    /// A line, counted from 1.
    Number(u8),
    /// The pseudo-line of shipping, which comes last.
    Shipping,
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineId::Number(number) => write!(f, "l{number}"),
            LineId::Shipping => f.write_str("shipping"),
        }
    }
}

/// The same as the text form.
impl fmt::Debug for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LineId {
    type Err = Refusal;

    /// # Errors
    ///
    /// `LineNotFound`: no line has such a name.
    fn from_str(text: &str) -> Result<LineId, Refusal> {
        if text == "shipping" {
            return Ok(LineId::Shipping);
        }
        let number = short_number(text, 'l').and_then(|number| u8::try_from(number).ok());
        number.map(LineId::Number).ok_or(Refusal::LineNotFound)
    }
}

/// The number behind `letter`: plain digits that begin with none of zero and plus.
pub(crate) fn short_number(text: &str, letter: char) -> Option<u16> {
    let digits = text.strip_prefix(letter)?;
    if !digits.starts_with(|first: char| ('1'..='9').contains(&first)) {
        return None;
    }
    digits.parse().ok()
}

/// Something to be bought, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// The product, when the shop keeps it here.
    pub product: Option<ProductId>,
    /// Name, as the receipt will show it.
    pub name: Text<200>,
    /// Who sells it. Gift cards need nobody: what they bring is theirs. Nobody sells a promotion.
    pub seller: Option<SellerId>,
    /// Who is credited with the sale.
    pub creator: Option<CreatorId>,
    /// What kind of thing it is.
    pub kind: LineKind,
    /// Category, as the shop calls it.
    pub category: Option<Label>,
    /// Units, at least one.
    pub quantity: u32,
    /// Price of one unit, without tax.
    pub unit_price: Money,
    /// What is taken off the price of all units together.
    pub discount: Option<Money>,
    /// Tax on all units together, on top of the price.
    pub tax: Option<Money>,
}

/// Shipping, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewShipping {
    /// Price of it all, without tax.
    pub price: Money,
    /// Tax on top of it.
    pub tax: Option<Money>,
}

/// A line of a checkout or order. Amounts are in minor units of its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its short name.
    pub id: LineId,
    /// The product, when the shop keeps it here.
    pub product: Option<ProductId>,
    /// Name, as the receipt shows it.
    pub name: Text<200>,
    /// Who sells it. Nobody sells shipping, which is paid to the sellers of goods, and nobody a
    /// promotion; gift cards may have nobody either.
    pub seller: Option<SellerId>,
    /// Who is credited with the sale.
    pub creator: Option<CreatorId>,
    /// What kind of thing it is. Shipping is a service.
    pub kind: LineKind,
    /// Category, as the shop calls it.
    pub category: Option<Label>,
    /// Units, at least one.
    pub quantity: u32,
    /// Price of one unit, without tax.
    pub unit_price: Amount,
    /// What is taken off the price of all units together; not more than that price.
    pub discount: Amount,
    /// Tax on all units together.
    pub tax: Amount,
    /// The seller's commission when the checkout was made: later terms change no line.
    pub commission: BasisPoints,
    /// The creator's share when the checkout was made.
    pub share: BasisPoints,
}

impl Line {
    /// Price of all units less the discount, without tax.
    pub fn net(&self) -> Amount {
        self.checked_net().expect("a line is checked when it is made")
    }

    /// What is to be paid: net and tax.
    pub fn total(&self) -> Amount {
        self.net().checked_add(self.tax).expect("a line is checked when it is made")
    }

    /// What is to be paid, of a line that was not checked yet: `None` for one that cannot be.
    pub fn checked_total(&self) -> Option<Amount> {
        self.checked_net()?.checked_add(self.tax)
    }

    /// Whether it pays for a promotion. A line of that kind that has a seller was made when nobody
    /// funded promotions, and is a sale as any other.
    pub fn is_promotion(&self) -> bool {
        self.kind == LineKind::Promotion && self.seller.is_none()
    }

    fn checked_net(&self) -> Option<Amount> {
        let price = self.unit_price.minor().checked_mul(i64::from(self.quantity))?;
        Amount::new(price)?.checked_sub(self.discount)
    }
}

/// The lines of a checkout, shipping last.
///
/// # Errors
///
/// Line by line, each in this order: `SellerNotFound`, `CreatorNotFound`, `ProductNotFound`,
/// `CurrencyMismatch`, `PromotionLine`, `ProductMismatch`, `GiftCardPrice`, `RatesExceedWhole`,
/// `LimitExceeded` (quantity, price, discount or tax), `DiscountExceedsPrice`. Then `PromotionLine`
/// when a promotion is not alone. Then those of shipping: `CurrencyMismatch`, `NothingToShip`,
/// `LimitExceeded`.
pub(crate) fn make_lines(
    new: &[NewLine],
    shipping: Option<NewShipping>,
    currency: Currency,
    rows: CheckoutRows<'_>,
) -> Result<Vec<Line>, Refusal> {
    let mut lines = Vec::with_capacity(new.len() + 1);
    for (number, new) in (1..).zip(new) {
        lines.push(make_line(LineId::Number(number), new, currency, rows)?);
    }
    if lines.len() > 1 && lines.iter().any(Line::is_promotion) {
        return Err(Refusal::PromotionLine);
    }
    if let Some(shipping) = shipping {
        let shipping = shipping_line(shipping, currency)?;
        if lines.iter().all(|line| line.kind != LineKind::Goods) {
            return Err(Refusal::NothingToShip);
        }
        lines.push(checked(shipping)?);
    }
    Ok(lines)
}

fn make_line(
    id: LineId,
    new: &NewLine,
    currency: Currency,
    rows: CheckoutRows<'_>,
) -> Result<Line, Refusal> {
    let (commission, share) = rates_of(new, rows)?;
    let product = match new.product {
        Some(id) => {
            let product = rows.products.iter().find(|product| product.id == id);
            Some(product.ok_or(Refusal::ProductNotFound)?)
        }
        None => None,
    };
    let unit_price = in_currency(Some(new.unit_price), currency)?;
    let discount = in_currency(new.discount, currency)?;
    let tax = in_currency(new.tax, currency)?;
    if new.kind == LineKind::Promotion && !is_bare(new, unit_price, discount, tax) {
        return Err(Refusal::PromotionLine);
    }
    if product.is_some_and(|product| (Some(product.seller), product.kind) != (new.seller, new.kind))
    {
        return Err(Refusal::ProductMismatch);
    }
    if new.kind == LineKind::GiftCard && !(discount.is_zero() && tax.is_zero()) {
        return Err(Refusal::GiftCardPrice);
    }
    if commission.get() + share.get() > BasisPoints::WHOLE.get() {
        return Err(Refusal::RatesExceedWhole);
    }
    checked(Line {
        id,
        product: new.product,
        name: new.name.clone(),
        seller: new.seller,
        creator: new.creator,
        kind: new.kind,
        category: new.category.clone(),
        quantity: new.quantity,
        unit_price,
        discount,
        tax,
        commission,
        share,
    })
}

/// The commission of the seller and the share of the creator.
fn rates_of(new: &NewLine, rows: CheckoutRows<'_>) -> Result<(BasisPoints, BasisPoints), Refusal> {
    let commission = match new.seller {
        None if matches!(new.kind, LineKind::GiftCard | LineKind::Promotion) => {
            BasisPoints::default()
        }
        None => return Err(Refusal::SellerNotFound),
        Some(id) => {
            let seller = rows.sellers.iter().find(|seller| seller.id == id);
            seller.ok_or(Refusal::SellerNotFound)?.commission
        }
    };
    let share = match new.creator {
        Some(id) => {
            let creator = rows.creators.iter().find(|creator| creator.id == id);
            creator.ok_or(Refusal::CreatorNotFound)?.share
        }
        None => BasisPoints::default(),
    };
    Ok((commission, share))
}

/// Whether a line is as one of a promotion has to be: its whole net becomes the promotion's money,
/// so nobody else has a part of it; and its tax goes back as the net does, so there is none without
/// a net.
fn is_bare(new: &NewLine, unit_price: Amount, discount: Amount, tax: Amount) -> bool {
    let is_of_nobody = new.seller.is_none() && new.creator.is_none() && new.product.is_none();
    let is_taxed_alone = unit_price.is_zero() && !tax.is_zero();
    is_of_nobody && new.quantity == 1 && discount.is_zero() && !is_taxed_alone
}

fn shipping_line(new: NewShipping, currency: Currency) -> Result<Line, Refusal> {
    Ok(Line {
        id: LineId::Shipping,
        product: None,
        name: Text::new("Shipping").expect("a short word is a text"),
        seller: None,
        creator: None,
        kind: LineKind::Service,
        category: None,
        quantity: 1,
        unit_price: in_currency(Some(new.price), currency)?,
        discount: Amount::ZERO,
        tax: in_currency(new.tax, currency)?,
        commission: BasisPoints::default(),
        share: BasisPoints::default(),
    })
}

/// The amount; no money is nothing in every currency.
fn in_currency(money: Option<Money>, currency: Currency) -> Result<Amount, Refusal> {
    match money {
        None => Ok(Amount::ZERO),
        Some(money) if money.currency == currency => Ok(money.amount),
        Some(_) => Err(Refusal::CurrencyMismatch),
    }
}

/// Each part of a line is within limits, so that their products and sums cannot overflow.
fn checked(line: Line) -> Result<Line, Refusal> {
    let quantities = 1..=limits::QUANTITY_MAX;
    let is_large = |amount: Amount| amount > limits::CHECKOUT_TOTAL_MAX;
    if !quantities.contains(&line.quantity)
        || [line.unit_price, line.discount, line.tax].into_iter().any(is_large)
    {
        return Err(Refusal::LimitExceeded);
    }
    line.checked_net().map(|_| line).ok_or(Refusal::DiscountExceedsPrice)
}
