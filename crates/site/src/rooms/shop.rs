//! `/shop`: something to buy, in test books only, so that a gift card can be tried. Elsewhere the
//! shop itself is where one buys, and there is no such page.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{ShopProductView, ShopView, shop_page};
use serde::Deserialize;
use serde_json::json;

use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::rooms::whole::whole;
use crate::shown::Shown;
use crate::values::{Amount, money_json};

type Asked = Arc<Page<OwnCards>>;

/// A product as the API tells it.
#[derive(Deserialize)]
struct Product {
    id: String,
    name: String,
    seller: String,
    creator: Option<String>,
    kind: String,
    category: Option<String>,
    price: Amount,
}

impl Product {
    fn view(&self) -> ShopProductView<'_> {
        ShopProductView {
            id: &self.id,
            name: &self.name,
            category: self.category.as_deref(),
            price: self.price.0,
        }
    }
}

/// Pages of a hundred products that are read at most.
const PAGES_MAX: usize = 5;

/// Products that can be bought here, by category and name, for ids of the same moment have no
/// order. Gift cards and promotions have pages of their own.
async fn products(page: &Page<OwnCards>) -> Result<Vec<Product>, Refused> {
    if !page.shop().is_test {
        return Err(Refused::not_found());
    }
    let (mut found, _) = whole::<Product, _>(page, "/v1/products", &[], PAGES_MAX).await?;
    let currency = page.shop().currency;
    let is_sold = |one: &Product| {
        matches!(&*one.kind, "goods" | "service" | "digital") && one.price.0.currency == currency
    };
    found.retain(is_sold);
    found.sort_by(|one, other| (&one.category, &one.name).cmp(&(&other.category, &other.name)));
    Ok(found)
}

/// `GET /shop`.
pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    shown(&page, &products(&page).await?, None)
}

fn shown(
    page: &Page<OwnCards>,
    products: &[Product],
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let view = ShopView {
        products: products.iter().map(Product::view).collect(),
        refused: refused.map(|refused| (refused.code(), refused.detail())),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, shop_page(&page.visit(), &view)))
}

/// `POST /shop`: a checkout of one product.
pub(super) async fn buy(page: Asked) -> Result<Shown, Refused> {
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    let products = products(&page).await?;
    let chosen = products.iter().find(|one| one.id == page.field("product"));
    let one = chosen.ok_or_else(Refused::not_found)?;
    let quantity = if page.field("quantity") == "2" { 2 } else { 1 };
    let mut line = json!({
        "product": one.id, "name": one.name, "seller": one.seller, "kind": one.kind,
        "quantity": quantity, "unit_price": money_json(one.price.0),
    });
    if let Some(creator) = &one.creator {
        line["creator"] = json!(creator);
    }
    if let Some(category) = &one.category {
        line["category"] = json!(category);
    }
    let body = json!({
        "currency": one.price.0.currency.code(),
        "region": page.shop().region,
        "buyer": page.me().person,
        "lines": [line],
        "source": {"kind": "shop", "id": "pages"},
    });
    match page.post::<Made>("/v1/checkouts", &body).await {
        Ok(made) => Ok(Shown::To(format!("/checkout/{}", made.id))),
        Err(refused) if refused.status.is_client_error() => shown(&page, &products, Some(&refused)),
        Err(refused) => Err(refused),
    }
}
