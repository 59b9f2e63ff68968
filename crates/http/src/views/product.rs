//! Products.

use base::{CreatorId, Label, ProductId, SellerId};
use serde::Serialize;
use shop::Product;

use crate::views::money::MoneyView;
use crate::views::{Id, MetadataView, Time};

/// What is sold.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Product)]
pub(crate) struct ProductView<'a> {
    /// Always `product`.
    #[schema(pattern = "^product$")]
    object: &'static str,
    #[schema(value_type = String, example = "prd_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<ProductId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    name: &'a str,
    #[schema(value_type = String)]
    seller: Id<SellerId>,
    /// Whose product it is; whom a sale is credited to, its line says.
    #[schema(value_type = Option<String>)]
    creator: Option<Id<CreatorId>>,
    /// `goods`, `service`, `digital`, `promotion` or `gift_card`.
    #[schema(example = "goods")]
    kind: &'static str,
    category: Option<&'a str>,
    /// Price of one unit; a line may say another one.
    price: MoneyView,
}

impl<'a> ProductView<'a> {
    pub(crate) fn new(product: &'a Product) -> ProductView<'a> {
        ProductView {
            object: "product",
            id: Id(product.id),
            created_at: Time(product.created_at),
            metadata: MetadataView(Some(&product.metadata)),
            name: product.name.as_str(),
            seller: Id(product.seller),
            creator: product.creator.map(Id),
            kind: product.kind.as_str(),
            category: product.category.as_ref().map(Label::as_str),
            price: product.price.into(),
        }
    }
}
