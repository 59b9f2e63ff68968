//! `GET /assets/{file}`.

use std::sync::Arc;

use pages::Asset;

use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

pub(super) async fn show(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let asset = Asset::all().iter().find(|asset| asset.path == page.path());
    let asset = asset.ok_or_else(Refused::not_found)?;
    Ok(Shown::File(asset.media_type, asset.bytes))
}
