//! `POST /v1/checkouts`: creates a checkout.

use std::collections::BTreeMap;

use base::LineKind;
use engine::{Command, NewCheckout, ShopCommand};
use serde::{Deserialize, Serialize};
use shop::{NewLine, NewShipping, Source, SourceKind, limits};

use crate::app::App;
use crate::call::{Call, Caller};
use crate::fields::{self, Checked, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::checkouts::gift_cards::{
    BoughtCardBody, LineOfCards, Seed, line_of_cards, prepare, seed_of,
};
use crate::routes::gift_cards::card_body::Giver;
use crate::routes::spending::line_kind;
use crate::scope::Checkout;
use crate::views::checkout::CheckoutView;
use crate::wire::{self, MoneyOrZeroBody};

/// What is to be paid.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckoutInput)]
pub(crate) struct CheckoutBody {
    /// The one currency of everything in it.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "USD")]
    currency: String,
    /// Where the buyer is: it decides where cards may be spent and whose tax is collected.
    #[schema(example = "US-CA")]
    region: String,
    /// Who buys, when the shop knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    buyer: Option<String>,
    #[serde(deserialize_with = "wire::object_list")]
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<LineBody>,
    /// Price of shipping the goods, without tax. It is paid to their sellers.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    shipping: Option<MoneyOrZeroBody>,
    /// Tax on shipping, on top of its price.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    shipping_tax: Option<MoneyOrZeroBody>,
    /// Where the purchase began.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    source: Option<SourceBody>,
    /// Strings of the shop.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

/// Something to be bought.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckoutLineInput)]
pub(crate) struct LineBody {
    /// The product, when the shop keeps it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^prd_[0-9a-hjkmnp-tv-z]{26}$")]
    product: Option<String>,
    /// As the receipt will show it.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Who sells it. Gift cards need nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^sel_[0-9a-hjkmnp-tv-z]{26}$")]
    seller: Option<String>,
    /// Who is credited with the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^cre_[0-9a-hjkmnp-tv-z]{26}$")]
    creator: Option<String>,
    /// What kind of thing it is.
    #[schema(pattern = "^(goods|service|digital|promotion|gift_card)$")]
    kind: String,
    /// As the shop calls it; scopes of gift cards may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    category: Option<String>,
    /// Units.
    #[schema(minimum = 1, maximum = 100000)]
    quantity: u32,
    /// Price of one unit, without tax.
    #[serde(deserialize_with = "wire::object")]
    unit_price: MoneyOrZeroBody,
    /// Tax on all units together, on top of the price.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    tax: Option<MoneyOrZeroBody>,
    /// What is taken off the price of all units together.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    discount: Option<MoneyOrZeroBody>,
    /// For `gift_card` only: what the cards will be like, one entry for each unit or one for all of
    /// them. They are issued when the checkout is paid.
    #[serde(
        default,
        deserialize_with = "wire::object_list",
        skip_serializing_if = "Vec::is_empty"
    )]
    #[schema(max_items = 100)]
    gift_cards: Vec<BoughtCardBody>,
}

/// Where a purchase began.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckoutSourceInput)]
pub(crate) struct SourceBody {
    #[schema(pattern = "^(shop|video|live|post|profile)$")]
    kind: String,
    /// Its id there.
    #[schema(min_length = 1, max_length = 64)]
    id: String,
}

/// Create a checkout
///
/// Lines to be paid by any number of gift cards and payment methods together. It lives for a
/// quarter of an hour after the last change. Add tenders, then pay.
#[utoipa::path(post, path = "/v1/checkouts", operation_id = "create_checkout", tag = "Checkout",
    request_body = CheckoutBody,
    responses((status = 201, description = "Created", body = CheckoutView)))]
pub(crate) async fn handle(mut call: Call<Checkout>) -> Result<Reply, Problem> {
    let body: CheckoutBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    refuse_promotions(&body.lines)?;
    let checkout = new_checkout(&caller.app, &body)?;
    let seed = operation.map_or(seed_of(checkout.id), |operation| Seed(operation.key.0));
    let sold = lines_of_cards(caller, (&body.lines, &checkout.lines), seed)?;
    let cards = prepare(caller, sold, Giver { buyer: checkout.buyer }).await?;
    let new = Box::new(NewCheckout { checkout, cards });
    let command = Command::Shop(ShopCommand::CreateCheckout(new));
    Prepared::creating_with(command, operation).decide(caller).await
}

/// Promotions are paid by a checkout that is made with them.
fn refuse_promotions(lines: &[LineBody]) -> Result<(), Problem> {
    let is_promotion = |line: &LineBody| line.kind == LineKind::Promotion.as_str();
    let Some(place) = lines.iter().position(is_promotion) else { return Ok(()) };
    let what = "Compose the promotion with POST /v1/promotions and pay it with \
                POST /v1/promotions/{id}/submit, which makes its checkout.";
    let problem = Problem::new(&catalog::PROMOTION_LINE).detail(what);
    Err(problem.param(format!("/lines/{place}/kind")))
}

fn new_checkout(app: &App, body: &CheckoutBody) -> Checked<shop::NewCheckout> {
    if body.lines.is_empty() {
        return Err(refuse("/lines", "must have at least 1 entry"));
    }
    Ok(shop::NewCheckout {
        id: app.new_id(),
        currency: fields::currency(|| "/currency".to_owned(), &body.currency)?,
        region: fields::region("/region", &body.region)?,
        buyer: fields::optional_id("/buyer", body.buyer.as_deref())?,
        lines: fields::each("/lines", &body.lines, limits::LINES_MAX, |_, body| line(body))?,
        promotion: None,
        shipping: shipping(body)?,
        source: body.source.as_ref().map(source).transpose()?,
        metadata: fields::metadata("/metadata", &body.metadata)?,
    })
}

fn line(body: &LineBody) -> Checked<NewLine> {
    let money = |pointer, body: &Option<MoneyOrZeroBody>| {
        body.as_ref().map(|body| fields::money_or_zero(pointer, body)).transpose()
    };
    let category = body.category.as_deref();
    if !(1..=limits::QUANTITY_MAX).contains(&body.quantity) {
        let max = limits::QUANTITY_MAX;
        return Err(refuse("/quantity", format!("must be a number from 1 to {max}")));
    }
    let kind = line_kind("/kind", &body.kind)?;
    let seller = fields::optional_id("/seller", body.seller.as_deref())?;
    if seller.is_none() && kind != LineKind::GiftCard {
        return Err(refuse("/seller", "is required here"));
    }
    Ok(NewLine {
        product: fields::optional_id("/product", body.product.as_deref())?,
        name: fields::text("/name", &body.name)?,
        seller,
        creator: fields::optional_id("/creator", body.creator.as_deref())?,
        kind,
        category: category.map(|text| fields::label("/category", text)).transpose()?,
        quantity: body.quantity,
        unit_price: fields::money_or_zero("/unit_price", &body.unit_price)?,
        discount: money("/discount", &body.discount)?,
        tax: money("/tax", &body.tax)?,
    })
}

/// The gift cards that lines sell.
fn lines_of_cards(
    caller: &Caller,
    (bodies, lines): (&[LineBody], &[NewLine]),
    seed: Seed,
) -> Checked<Vec<LineOfCards>> {
    let mut sold = Vec::new();
    for ((number, body), line) in (1..).zip(bodies).zip(lines) {
        let known = (number, line.kind, line.quantity);
        let of_line = line_of_cards(caller, known, &body.gift_cards, seed);
        let place = usize::from(number) - 1;
        sold.extend(of_line.map_err(|error| fields::within_entry("/lines", place, error))?);
    }
    Ok(sold)
}

fn shipping(body: &CheckoutBody) -> Checked<Option<NewShipping>> {
    let tax = body.shipping_tax.as_ref();
    let tax = tax.map(|body| fields::money_or_zero("/shipping_tax", body)).transpose()?;
    match &body.shipping {
        Some(price) => {
            let price = fields::money_or_zero("/shipping", price)?;
            Ok(Some(NewShipping { price, tax }))
        }
        None if tax.is_some() => Err(refuse("/shipping_tax", "needs `shipping`, its price")),
        None => Ok(None),
    }
}

fn source(body: &SourceBody) -> Checked<Source> {
    let kind = SourceKind::parse(&body.kind)
        .ok_or_else(|| refuse("/source/kind", "must be one of shop, video, live, post, profile"))?;
    Ok(Source { kind, id: fields::label("/source/id", &body.id)? })
}
