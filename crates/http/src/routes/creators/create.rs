//! `POST /v1/creators`: creates a creator.

use std::collections::BTreeMap;

use base::Instant;
use engine::{Command, ShopCommand};
use serde::{Deserialize, Serialize};
use shop::Creator;

use crate::app::App;
use crate::call::Call;
use crate::fields::{self, Checked};
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::scope::Catalog;
use crate::views::creator::CreatorView;

/// The creator to be created.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreatorInput)]
pub(crate) struct CreatorBody {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Name on the platform, without a sign before it. That it is unique is not looked up.
    #[schema(min_length = 1, max_length = 40, example = "ada")]
    handle: String,
    /// What they get of the net of each line that is credited to them, in hundredths of a percent:
    /// 250 is 2.5 %; nothing when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 10000)]
    share_basis_points: Option<u16>,
    /// Strings of the shop.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

/// Create a creator
///
/// Whoever is credited with sales and gets a share of them. Every line keeps the share of the
/// moment in which its checkout is made.
#[utoipa::path(post, path = "/v1/creators", operation_id = "create_creator", tag = "Catalog",
    request_body = CreatorBody,
    responses((status = 201, description = "Created", body = CreatorView)))]
pub(crate) async fn handle(mut call: Call<Catalog>) -> Result<Reply, Problem> {
    let body: CreatorBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let creator = Box::new(creator(&call.caller.app, &body)?);
    let command = Command::Shop(ShopCommand::CreateCreator(creator));
    Prepared::creating_with(command, operation).decide(&call.caller).await
}

fn creator(app: &App, body: &CreatorBody) -> Checked<Creator> {
    Ok(Creator {
        id: app.new_id(),
        name: fields::text("/name", &body.name)?,
        handle: fields::token("/handle", &body.handle)?,
        share: fields::basis_points("/share_basis_points", body.share_basis_points)?,
        metadata: fields::metadata("/metadata", &body.metadata)?,
        // The decision sets the book's time.
        created_at: Instant::MIN,
    })
}
