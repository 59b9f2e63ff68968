//! Pages: what a browser is shown. Their HTML is made in `pages`; here is what they know, and the
//! headers that hold for all of them. What programs ask for is in `routes`.

mod answer;
mod assets;
mod design;
mod help;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// What the shop is called until settings say.
const SHOP: &str = "Makegood";

/// Ways to pages and to what they need.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/assets/{file}", get(assets::handle))
        .route("/design", get(design::handle))
        .route("/help", get(help::handle))
        .route("/help/{article}", get(help::article))
}
