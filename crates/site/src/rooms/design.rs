//! `GET /design`: every component in every state.

use std::sync::Arc;

use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

pub(super) async fn show(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    Ok(Shown::page(pages::design(&page.visit())))
}
