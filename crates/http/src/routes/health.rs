//! `GET /healthz`, `GET /readyz`: for whoever watches the process.

pub(crate) mod process;
pub(crate) mod ready;

use serde::Serialize;

/// How the server is.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthView {
    /// `ok`.
    status: &'static str,
}
