//! Sellers.

use base::SellerId;
use serde::Serialize;
use shop::Seller;

use crate::views::{Id, MetadataView, Time};

/// Who sells, and what the shop keeps of their sales.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Seller)]
pub(crate) struct SellerView<'a> {
    /// Always `seller`.
    #[schema(pattern = "^seller$")]
    object: &'static str,
    #[schema(value_type = String, example = "sel_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<SellerId>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    metadata: MetadataView<'a>,
    name: &'a str,
    /// What the shop keeps of the net of each line, in hundredths of a percent: 250 is 2.5 %.
    commission_basis_points: u16,
}

impl<'a> SellerView<'a> {
    pub(crate) fn new(seller: &'a Seller) -> SellerView<'a> {
        SellerView {
            object: "seller",
            id: Id(seller.id),
            created_at: Time(seller.created_at),
            metadata: MetadataView(Some(&seller.metadata)),
            name: seller.name.as_str(),
            commission_basis_points: seller.commission.get(),
        }
    }
}
