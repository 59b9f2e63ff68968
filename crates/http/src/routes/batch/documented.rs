//! The batch as its documentation shows it. Bodies are read as text and results are written
//! piece by piece, so these structs are never filled.

/// Operations to run in order.
#[derive(utoipa::ToSchema)]
#[schema(as = BatchInput)]
#[expect(dead_code, reason = "only documents")]
pub(crate) struct BatchInput {
    #[schema(min_items = 1, max_items = 1000)]
    operations: Vec<BatchOperation>,
    /// All of them or none; false when left out.
    atomic: Option<bool>,
}

/// One operation.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only documents")]
pub(crate) struct BatchOperation {
    #[schema(min_length = 1, max_length = 255)]
    idempotency_key: String,
    /// `/v1/redemptions`, `/v1/holds`, `/v1/holds/{id}/capture`, `/v1/holds/{id}/release`,
    /// `/v1/holds/{id}/refund`, `/v1/gift-cards` or `/v1/reverse`.
    #[schema(example = "/v1/redemptions")]
    path: String,
    /// As for a single request to that path.
    #[schema(value_type = Object)]
    body: Option<()>,
}

/// What came of the operations, in their order.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only documents")]
pub(crate) struct BatchResults {
    results: Vec<BatchResult>,
}

/// What came of one operation.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only documents")]
pub(crate) struct BatchResult {
    /// As a single request would get it.
    #[schema(example = 201)]
    status: u16,
    /// As a single request would get it: an object or a problem.
    #[schema(value_type = Object)]
    body: (),
}
