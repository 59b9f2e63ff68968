//! To what the money of claims and restitutions goes, in words.

use std::sync::Arc;

use base::{Amount, CardId, MethodId, PromotionId, RefundId, Token};
use claims::{Claim, Resolution, Resolved, Restitution};
use engine::{Answer, Query, Row, credit_for, credit_for_payout, credit_of, is_of_settlement};
use payments::{ConsentReason, Destination, Method, RailRefund, RefundState};
use shop::{Order, OrderRefund, PaidBy, RefundAllocation, RefundStatus};
use store::{List, Page};

use crate::call::Caller;
use crate::problem::Problem;
use crate::routes::promotions::details;
use crate::sight::Sight;
use crate::views::claim_statement::Way;
use crate::views::gift_card::last4;

/// Refunds over rails that are looked at for one refund of an order: each of its tenders has one,
/// and a few more where a dispute has parted it, or another one took its place.
const OVER_RAILS_MAX: u32 = 200;

/// What whoever has bought a promotion was given in place of a refund, to anybody else.
const NAMELESS: &str = "whoever has paid, another way";

/// Refunds of an order among which those of settlements are looked for, the newest.
const SETTLEMENTS_MAX: u32 = 100;

/// Where the shop has paid outside of what it refunds.
const BY_HAND: &str = "the payer (paid by hand)";

/// To what a part of a refund goes.
#[derive(Clone, Copy, PartialEq)]
enum Goal {
    Card(CardId),
    Method(MethodId),
    /// The bank has given it to the payer, after a dispute that was lost.
    BankOf(MethodId),
    ByHand,
}

/// A part of a refund that is on its way, or has arrived.
#[derive(Clone, Copy)]
struct Part {
    goal: Goal,
    /// Why it waits for the payer to agree to another way, if it does.
    waits: Option<&'static str>,
    amount: Amount,
}

/// To what these refunds of an order go, each way once for each refund, in the order of tenders:
/// where they were sent at last, by the payer's word, and not what had paid. What has failed goes
/// nowhere.
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
        let Some(Answer::Order(order)) = ask(caller, Query::Order(refund.order)).await? else {
            continue;
        };
        let over_rails = over_rails(caller, &order, refund.id).await?;
        for part in parts(&refund, &order, &over_rails) {
            ways.push(Way { to: words(caller, part).await?, amount: part.amount });
        }
    }
    Ok(ways)
}

/// To what a restitution goes, as [`ways`]; and where its order has refused it, what a person has
/// given instead.
///
/// # Errors
///
/// Those of [`ways`].
pub(crate) async fn ways_of(caller: &Caller, row: &Restitution) -> Result<Vec<Way>, Problem> {
    let resolved = row.stuck.as_ref().and_then(|stuck| stuck.resolved.as_ref());
    match given_instead(caller, resolved, credit_for(row.id)).await? {
        Some(to) => Ok(vec![Way { to, amount: row.gross.unwrap_or(row.net) }]),
        // Money that comes back otherwise has no refund of an order, and no way is found for it.
        None => ways(caller, &[row.refund]).await,
    }
}

/// To what the payouts of a claim go, as [`ways_of`]. Somebody else's cards are not named to
/// whoever claims that they did not agree: only what was given in place of a refund is said,
/// without a name.
///
/// # Errors
///
/// Those of [`ways`].
pub(crate) async fn ways_of_claim(caller: &Caller, claim: &Claim) -> Result<Vec<Way>, Problem> {
    let mut all = Vec::new();
    for (number, payout) in (1..).zip(&claim.payouts) {
        let (resolved, amount) = (payout.resolved.as_ref(), payout.gross);
        if !claim.is_by_owner() {
            let is_apart = resolved.is_some_and(|resolved| resolved.how.is_apart());
            all.extend(is_apart.then(|| Way { to: NAMELESS.to_owned(), amount }));
            continue;
        }
        match given_instead(caller, resolved, credit_for_payout(claim.id, number)).await? {
            Some(to) => all.push(Way { to, amount }),
            None => all.extend(ways(caller, payout.refund.as_slice()).await?),
        }
    }
    Ok(all)
}

/// To what the settlements of a promotion have gone, each once; nothing before there is one.
///
/// # Errors
///
/// Those of [`ways`].
pub(crate) async fn settled_to(
    caller: &Caller,
    promotion: PromotionId,
) -> Result<Vec<String>, Problem> {
    let Some(order) = details(caller, promotion).await?.order else { return Ok(Vec::new()) };
    let book = caller.book();
    let sight = Sight::of_book(book, u64::MAX).await?;
    let (list, page) = (List::OrderRefunds { order }, Page::after(None, SETTLEMENTS_MAX));
    let rows = book.reads().read(sight, move |reader| reader.list(list, page)).await?;
    let settled = rows.into_iter().filter_map(|row| match row {
        Row::OrderRefund(row) if is_of_settlement(&row) => Some(row.id),
        _ => None,
    });
    let mut words: Vec<String> = Vec::new();
    for way in ways(caller, &settled.collect::<Vec<_>>()).await? {
        if !words.contains(&way.to) {
            words.push(way.to);
        }
    }
    Ok(words)
}

/// What a person has given instead of a refund of the order, in words; `None` where they have not.
async fn given_instead(
    caller: &Caller,
    resolved: Option<&Resolved>,
    card: CardId,
) -> Result<Option<String>, Problem> {
    Ok(match resolved.map(|resolved| &resolved.how) {
        Some(Resolution::StoreCredit) => Some(gift_card(caller, card).await?),
        Some(Resolution::PaidByHand { .. }) => Some(BY_HAND.to_owned()),
        Some(Resolution::SentAgain) | None => None,
    })
}

/// What of a refund goes over rails, the oldest first.
async fn over_rails(
    caller: &Caller,
    order: &Order,
    refund: RefundId,
) -> Result<Vec<Arc<RailRefund>>, Problem> {
    let is_method = |paid_by| matches!(paid_by, PaidBy::PaymentMethod { .. });
    if !order.tenders.iter().any(|tender| is_method(tender.paid_by)) {
        return Ok(Vec::new());
    }
    let book = caller.book();
    // All that was answered before is told, also what others have done.
    let sight = Sight::of_book(book, u64::MAX).await?;
    let (list, page) =
        (List::RailRefunds { refund: Some(refund) }, Page::after(None, OVER_RAILS_MAX));
    let rows = book.reads().read(sight, move |reader| reader.list(list, page)).await?;
    let refunds = rows.into_iter().rev().filter_map(|row| match row {
        Row::RailRefund(refund) => Some(refund),
        _ => None,
    });
    Ok(refunds.collect())
}

/// One tender may have paid many lines, so equal parts are one.
fn parts(refund: &OrderRefund, order: &Order, over_rails: &[Arc<RailRefund>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut add = |new: Part| {
        let is_same = |part: &&mut Part| (part.goal, part.waits) == (new.goal, new.waits);
        match parts.iter_mut().find(is_same) {
            Some(part) => part.amount = part.amount.checked_add(new.amount).unwrap_or(part.amount),
            None => parts.push(new),
        }
    };
    let mut seen = Vec::new();
    for part in &refund.allocations {
        match order.tender(part.tender).map(|tender| tender.paid_by) {
            Some(PaidBy::GiftCard { card, .. }) => {
                of_card(part, card).into_iter().for_each(&mut add)
            }
            Some(PaidBy::PaymentMethod { method, payment }) if !seen.contains(&payment) => {
                seen.push(payment);
                let its = over_rails.iter().filter(|way| way.payment == payment);
                its.filter_map(|way| of_rail(way, method)).for_each(&mut add);
            }
            Some(PaidBy::PaymentMethod { .. }) | None => {}
        }
    }
    parts
}

/// What goes to a tender of a gift card.
fn of_card(part: &RefundAllocation, card: CardId) -> Option<Part> {
    let goal = if part.by_hand { Goal::ByHand } else { Goal::Card(part.credit.unwrap_or(card)) };
    let waits = match part.status {
        RefundStatus::Failed => return None,
        RefundStatus::NeedsConsent => Some("it takes nothing back any more"),
        RefundStatus::Pending | RefundStatus::Succeeded => None,
    };
    Some(Part { goal, waits, amount: part.amount })
}

/// What goes over a rail, of what this method has paid.
fn of_rail(way: &RailRefund, method: MethodId) -> Option<Part> {
    let sent_to = match way.destination {
        Destination::Original => Goal::Method(method),
        Destination::Other { method, .. } => Goal::Method(method),
    };
    let (goal, waits) = match way.state {
        RefundState::Failed { .. } => return None,
        RefundState::Waiting | RefundState::Sent | RefundState::Succeeded => (sent_to, None),
        RefundState::NeedsConsent { reason: ConsentReason::CameBack } => {
            (sent_to, Some("it came back"))
        }
        RefundState::NeedsConsent { .. } => (sent_to, Some("it cannot go there")),
        RefundState::Settled => (Goal::BankOf(method), None),
        RefundState::Credited => (Goal::Card(credit_of(way.id)), None),
        RefundState::PaidByHand => (Goal::ByHand, None),
    };
    Some(Part { goal, waits, amount: way.amount.amount })
}

async fn words(caller: &Caller, part: Part) -> Result<String, Problem> {
    let to = match part.goal {
        Goal::Card(card) => gift_card(caller, card).await?,
        Goal::Method(method) => method_words(caller, method).await?,
        Goal::BankOf(method) => format!("{}, by its bank", method_words(caller, method).await?),
        Goal::ByHand => BY_HAND.to_owned(),
    };
    Ok(match part.waits {
        Some(why) => format!("{to}, or where else you agree to: {why}"),
        None => to,
    })
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
