//! `/v1/orders/{id}/refunds`: money of an order on its way back.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod preview;

use serde::{Deserialize, Serialize};
use shop::{LineRequest, RefundRequest, limits};

use crate::fields::{self, Checked, refuse};
use crate::wire::{self, MoneyBody};

/// What to refund of a line. Give either `quantity` or `amount`.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LineRefundInput)]
pub(crate) struct LineRefundBody {
    /// The line of the order: `l1`, `l2`, or `shipping`.
    #[schema(pattern = "^(l1|l[1-9][0-9]*|shipping)$", example = "l1")]
    line: String,
    /// Units. Each brings an equal part of what the line has left, its tax included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100000)]
    quantity: Option<u32>,
    /// An amount, tax included.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    amount: Option<MoneyBody>,
}

/// What is to be refunded: lines, or an amount over all of them, or everything when neither is
/// there. An empty list is refused: who has picked no line does not want everything back.
fn request(lines: Option<&[LineRefundBody]>, amount: Option<&MoneyBody>) -> Checked<RefundRequest> {
    match (lines, amount) {
        (None, None) => Ok(RefundRequest::Everything),
        (None, Some(amount)) => Ok(RefundRequest::Amount(fields::money("/amount", amount)?)),
        (Some([]), _) => Err(refuse("/lines", "must have at least 1 entry; for all, leave it out")),
        (Some(lines), None) => {
            let lines = fields::each("/lines", lines, limits::LINES_MAX + 1, |_, body| line(body));
            Ok(RefundRequest::Lines(lines?))
        }
        _ => Err(refuse("/amount", "give either lines or amount")),
    }
}

fn line(body: &LineRefundBody) -> Checked<LineRequest> {
    let unknown = |_| refuse("/line", "must be the name of a line, such as l1 or shipping");
    let line = body.line.parse().map_err(unknown)?;
    match (body.quantity, &body.amount) {
        (Some(quantity), None) if (1..=limits::QUANTITY_MAX).contains(&quantity) => {
            Ok(LineRequest::Units { line, quantity })
        }
        (Some(_), None) => {
            let max = limits::QUANTITY_MAX;
            Err(refuse("/quantity", format!("must be a number from 1 to {max}")))
        }
        (None, Some(amount)) => {
            Ok(LineRequest::Amount { line, amount: fields::money("/amount", amount)? })
        }
        _ => Err(refuse("/quantity", "give either quantity or amount")),
    }
}
