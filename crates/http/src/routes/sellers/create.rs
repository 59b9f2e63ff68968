//! `POST /v1/sellers`: creates a seller.

use std::collections::BTreeMap;

use base::Instant;
use engine::{Command, ShopCommand};
use serde::{Deserialize, Serialize};
use shop::Seller;

use crate::app::App;
use crate::call::Call;
use crate::fields::{self, Checked};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::scope::Catalog;
use crate::views::seller::SellerView;

/// The seller to be created.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SellerInput)]
pub(crate) struct SellerBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What the shop keeps of the net of each line, in hundredths of a percent: 250 is 2.5 %;
    /// nothing when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10000)]
    commission_basis_points: Option<u16>,
    /// Strings of the shop.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

/// Create a seller
///
/// Whoever is paid for what checkouts sell. Every line keeps the commission of the moment in which
/// its checkout is made.
#[utoipa::path(post, path = "/v1/sellers", operation_id = "create_seller", tag = "Catalog",
    request_body = SellerBody,
    responses((status = 201, description = "Created", body = SellerView)))]
pub(crate) async fn handle(mut call: Call<Catalog>) -> Result<Reply, Problem> {
    let body: SellerBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let seller = Box::new(seller(&call.caller.app, &body)?);
    let command = Command::Shop(ShopCommand::CreateSeller(seller));
    Prepared::creating_with(command, operation).decide(&call.caller).await
}

fn seller(app: &App, body: &SellerBody) -> Checked<Seller> {
    let commission = body.commission_basis_points;
    Ok(Seller {
        id: app.new_id(),
        name: fields::text("/name", &body.name)?,
        commission: fields::basis_points("/commission_basis_points", commission)?,
        metadata: fields::metadata("/metadata", &body.metadata)?,
        // The decision sets the book's time.
        created_at: Instant::MIN,
    })
}
