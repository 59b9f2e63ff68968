//! `/orders/{ord}`: what was bought, who paid it, and what has gone back.

use std::sync::Arc;

use pages::customer::{OrderRefundView, OrderView, PartOfOrderView, order_page};
use serde::Deserialize;

use super::lines::{Line, Payers, Tender, sums};
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::shown::Shown;
use crate::values::{Amount, List, Time};

/// Refunds that are shown.
const REFUNDS_MAX: usize = 50;

/// An order as the API tells it.
#[derive(Deserialize)]
struct Order {
    id: String,
    created_at: Time,
    status: String,
    buyer: Option<String>,
    receipt: u64,
    total: Amount,
    refunded: Amount,
    lines: Vec<Line>,
    tenders: Vec<Tender>,
}

#[derive(Deserialize)]
struct Refund {
    created_at: Time,
    amount: Amount,
    credit_note: u64,
    allocations: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    tender: String,
    line: String,
    amount: Amount,
    status: Option<String>,
}

/// An order with whoever paid it.
struct Found {
    order: Order,
    payers: Payers,
}

impl Found {
    fn line_name(&self, id: &str) -> &str {
        let line = self.order.lines.iter().find(|line| line.id == id);
        line.map_or("", Line::shown_name)
    }

    /// What one of those who pay has paid, line by line.
    fn paid_by<'a>(&'a self, tender: &'a Tender) -> impl Iterator<Item = PartOfOrderView<'a>> {
        tender.allocations.iter().map(|part| PartOfOrderView {
            payer: self.payers.view(tender),
            line: self.line_name(&part.line),
            amount: part.amount.0,
            status: None,
        })
    }

    fn refunded<'a>(&'a self, refund: &'a Refund) -> OrderRefundView<'a> {
        let part = |part: &'a Part| {
            let tender = self.order.tenders.iter().find(|one| one.id == part.tender)?;
            Some(PartOfOrderView {
                payer: self.payers.view(tender),
                line: self.line_name(&part.line),
                amount: part.amount.0,
                status: part.status.as_deref(),
            })
        };
        OrderRefundView {
            credit_note: refund.credit_note,
            at: refund.created_at.moment(),
            amount: refund.amount.0,
            parts: refund.allocations.iter().filter_map(part).collect(),
        }
    }
}

/// The order, when it is of whoever asks: they have bought it, or, where the shop has named no
/// buyer, something of theirs has paid for it.
async fn own(page: &Page<OwnCards>, id: &str) -> Result<Option<Found>, Refused> {
    let order: Order = match page.get(&format!("/v1/orders/{id}")).await {
        Ok(order) => order,
        Err(refused) if refused.status.is_server_error() => return Err(refused),
        Err(_) => return Ok(None),
    };
    let me = &*page.me().person;
    if order.id != id || order.buyer.as_deref().is_some_and(|buyer| buyer != me) {
        return Ok(None);
    }
    let payers = Payers::of(page, &order.tenders).await?;
    let is_theirs = order.buyer.is_some() || payers.are_of(me);
    Ok(is_theirs.then_some(Found { order, payers }))
}

/// Whether whoever asks may see this order.
///
/// # Errors
///
/// Whatever keeps the API from answering.
pub(super) async fn is_shown(page: &Page<OwnCards>, id: &str) -> Result<bool, Refused> {
    Ok(own(page, id).await?.is_some())
}

/// `GET /orders/{ord}`.
pub(super) async fn show(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    let found = own(&page, page.part(2)).await?;
    let found = found.ok_or_else(Refused::not_found)?;
    let order = &found.order;
    let path = format!("/v1/orders/{}/refunds?limit={REFUNDS_MAX}", order.id);
    let refunds: List<Refund> = page.get(&path).await?;
    let told = refunds.data.iter().map(|refund| refund.amount.0.amount.minor()).sum::<i64>();
    let view = OrderView {
        receipt: order.receipt,
        at: order.created_at.moment(),
        status: &order.status,
        lines: order.lines.iter().map(Line::view).collect(),
        sums: sums(&order.lines, order.total.0),
        paid: order.tenders.iter().flat_map(|tender| found.paid_by(tender)).collect(),
        refunded: order.refunded.0,
        refunds: refunds.data.iter().map(|refund| found.refunded(refund)).collect(),
        // More than fifty refunds of one order are told as far as they go.
        is_behind: refunds.data.len() < REFUNDS_MAX && told < order.refunded.0.amount.minor(),
    };
    Ok(Shown::page(order_page(&page.visit(), &view)))
}
