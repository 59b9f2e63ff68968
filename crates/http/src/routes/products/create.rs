//! `POST /v1/products`: creates a product.

use std::collections::BTreeMap;

use base::Instant;
use engine::{Command, ShopCommand};
use serde::{Deserialize, Serialize};
use shop::Product;

use crate::app::App;
use crate::call::Call;
use crate::fields::{self, Checked};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::spending::line_kind;
use crate::scope::Catalog;
use crate::views::product::ProductView;
use crate::wire::{self, MoneyOrZeroBody};

/// The product to be created.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductInput)]
pub(crate) struct ProductBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Who sells it.
    #[schema(pattern = "^sel_[0-9a-hjkmnp-tv-z]{26}$")]
    seller: String,
    /// Whose product it is; whom a sale is credited to, its line says.
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
    /// Price of one unit; a line may say another one.
    #[serde(deserialize_with = "wire::object")]
    price: MoneyOrZeroBody,
    /// Strings of the shop.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

/// Create a product
///
/// Lines of checkouts may name it: then they must have its seller and kind.
#[utoipa::path(post, path = "/v1/products", operation_id = "create_product", tag = "Catalog",
    request_body = ProductBody,
    responses((status = 201, description = "Created", body = ProductView)))]
pub(crate) async fn handle(mut call: Call<Catalog>) -> Result<Reply, Problem> {
    let body: ProductBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let product = Box::new(product(&call.caller.app, &body)?);
    let command = Command::Shop(ShopCommand::CreateProduct(product));
    Prepared::creating_with(command, operation).decide(&call.caller).await
}

fn product(app: &App, body: &ProductBody) -> Checked<Product> {
    let category = body.category.as_deref();
    Ok(Product {
        id: app.new_id(),
        name: fields::text("/name", &body.name)?,
        seller: fields::id("/seller", &body.seller)?,
        creator: fields::optional_id("/creator", body.creator.as_deref())?,
        kind: line_kind("/kind", &body.kind)?,
        category: category.map(|text| fields::label("/category", text)).transpose()?,
        price: fields::money_or_zero("/price", &body.price)?,
        metadata: fields::metadata("/metadata", &body.metadata)?,
        // The decision sets the book's time.
        created_at: Instant::MIN,
    })
}
