//! `GET /assets/{file}`.

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;
use pages::Asset;

use super::answer;

pub(super) async fn handle(Path(file): Path<String>) -> Response<Body> {
    let is_it = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(file.as_str());
    let asset = Asset::all().iter().find(is_it);
    asset.map_or_else(answer::nothing, |asset| answer::file(asset.media_type, asset.bytes))
}
