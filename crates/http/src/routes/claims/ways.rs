//! To what the money of claims and restitutions goes, in words.

use base::{CardId, MethodId, RefundId, Token};
use engine::{Answer, Query};
use payments::Method;
use shop::{Order, OrderRefund, PaidBy, RefundAllocation, RefundStatus};

use crate::call::Caller;
use crate::problem::Problem;
use crate::views::claim_statement::Way;
use crate::views::gift_card::last4;

/// To what these refunds of an order go, each way once for each refund, in the order of tenders.
/// What has failed goes nowhere.
///
/// # Errors
///
/// `unavailable`, `busy`.
pub(crate) async fn ways(caller: &Caller, refunds: &[RefundId]) -> Result<Vec<Way>, Problem> {
    let mut ways = Vec::new();
    for refund in refunds.iter().copied() {
        let Some(Answer::OrderRefund(refund)) = ask(caller, Query::OrderRefund(refund)).await?
        else {
            continue;
        };
        if let Some(Answer::Order(order)) = ask(caller, Query::Order(refund.order)).await? {
            ways.extend(of_refund(caller, &refund, &order).await?);
        }
    }
    Ok(ways)
}

async fn of_refund(
    caller: &Caller,
    refund: &OrderRefund,
    order: &Order,
) -> Result<Vec<Way>, Problem> {
    // One tender may have paid many lines, and what replaces a lost card is another way.
    let mut ways: Vec<(RefundAllocation, Way)> = Vec::new();
    let is_going = |part: &&RefundAllocation| part.status != RefundStatus::Failed;
    for part in refund.allocations.iter().filter(is_going) {
        let is_same = |other: &RefundAllocation| {
            (other.tender, other.credit, other.status) == (part.tender, part.credit, part.status)
        };
        match ways.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, way)) => {
                way.amount = way.amount.checked_add(part.amount).unwrap_or(way.amount)
            }
            None => {
                let to = words(caller, part, order).await?;
                ways.push((*part, Way { to, amount: part.amount }));
            }
        }
    }
    Ok(ways.into_iter().map(|(_, way)| way).collect())
}

async fn words(caller: &Caller, part: &RefundAllocation, order: &Order) -> Result<String, Problem> {
    let tender = order.tenders.iter().find(|tender| tender.id == part.tender);
    let to = match (part.credit, tender.map(|tender| tender.paid_by)) {
        (Some(card), _) | (None, Some(PaidBy::GiftCard { card, .. })) => {
            gift_card(caller, card).await?
        }
        (None, Some(PaidBy::PaymentMethod { method, .. })) => method_words(caller, method).await?,
        (None, None) => "what it was paid with".to_owned(),
    };
    let needs_consent = part.status == RefundStatus::NeedsConsent;
    Ok(if needs_consent { format!("{to}, or where else you agree to: it came back") } else { to })
}

async fn gift_card(caller: &Caller, card: CardId) -> Result<String, Problem> {
    Ok(match ask(caller, Query::Card(card)).await? {
        Some(Answer::Card { card, .. }) => format!("gift card ending in {}", last4(&card)),
        _ => "gift card".to_owned(),
    })
}

async fn method_words(caller: &Caller, method: MethodId) -> Result<String, Problem> {
    Ok(match ask(caller, Query::Method(method)).await? {
        Some(Answer::Method(method)) => of_method(&method),
        _ => "payment method".to_owned(),
    })
}

fn of_method(method: &Method) -> String {
    let name = method.brand.as_ref().map_or("payment method", Token::as_str);
    match &method.last4 {
        Some(last4) => format!("{name} ending in {}", last4.as_str()),
        None => name.to_owned(),
    }
}

async fn ask(caller: &Caller, query: Query) -> Result<Option<Answer>, Problem> {
    Ok(caller.book().ask(query).await?)
}
