//! What a script sees of checkouts, orders and their money.
//!
//! | word | means |
//! | --- | --- |
//! | `K:open`, `p1:captured`, `O:paid`, `R:pending`, `x1:pending`, `d:open`, `y:paid` | states |
//! | `K.due 900` | in how many seconds a job looks at it; `-` never |
//! | `K.total 900/1000` | what tenders pay, and what is to be paid |
//! | `K.t1 l1:500,l2:200` | what a tender pays |
//! | `K.tenders paid,released`, `K.why card_declined` | their statuses; why an attempt failed |
//! | `O.l1 300/2` | what has gone back of a line, and units |
//! | `R.t1 failed`, `R.parts t1:60,t2:30` | a refund by tenders |
//! | `S 900` | what a seller or creator is owed |
//! | `p1.cap 100/20/30/0` | captured, refunded, refunding, disputed |
//! | `p1.credited 40`, `R.card_t1 N` | given in another form; the card given for a share |

use base::*;
use engine::{Answer, AnswerRef, Change, Command, Query, Refusal, ShopCommand, ask};
use ledger::AccountName;
use shop::Refunding;

use crate::settling_words;
use crate::words::{self, bits};
use crate::world::{View, World};

pub fn status_of(world: &World, name: &str) -> Option<&'static str> {
    let name = bits(name);
    if let Some(row) = world.checkout.get(&CheckoutId::from_bits(name)) {
        return Some(row.state.as_str());
    }
    if let Some(row) = world.payment.get(&PaymentId::from_bits(name)) {
        return Some(row.state.as_str());
    }
    if let Some(row) = world.order.get(&OrderId::from_bits(name)) {
        return Some(row.status().as_str());
    }
    if let Some(row) = world.order_refund.get(&RefundId::from_bits(name)) {
        return Some(row.status().as_str());
    }
    if let Some(row) = world.rail_refund.get(&RailRefundId::from_bits(name)) {
        return Some(row.state.as_str());
    }
    if let Some(row) = world.dispute.get(&DisputeId::from_bits(name)) {
        return Some(row.state.as_str());
    }
    world.payout.get(&PayoutId::from_bits(name)).map(|row| row.state.as_str())
}

/// The account that belongs to a seller or creator of this name.
pub fn payable(world: &World, name: &str) -> Option<AccountName> {
    if name.len() > 14 {
        return None;
    }
    let (seller, creator) = (SellerId::from_bits(bits(name)), CreatorId::from_bits(bits(name)));
    if world.seller.contains_key(&seller) {
        return Some(AccountName::SellerPayable(seller));
    }
    world.creator.contains_key(&creator).then_some(AccountName::CreatorPayable(creator))
}

pub fn member(world: &World, name: &str, member: &str) -> Option<String> {
    if let Some(shown) = settling_words::member(world, name, member) {
        return Some(shown);
    }
    let name = bits(name);
    if let Some(row) = world.checkout.get(&CheckoutId::from_bits(name)) {
        return Some(of_checkout(row, member, world.now));
    }
    if let Some(row) = world.order.get(&OrderId::from_bits(name)) {
        let line = row.line(member.parse().unwrap()).unwrap();
        return Some(format!("{}/{}", line.refunded, line.refunded_units));
    }
    if let Some(row) = world.order_refund.get(&RefundId::from_bits(name)) {
        return Some(of_refund(row, member));
    }
    let row = world.payment.get(&PaymentId::from_bits(name))?;
    if member == "credited" {
        return Some(row.credited.to_string());
    }
    let amounts = [row.captured, row.refunded, row.refunding, row.disputed];
    Some(amounts.map(|amount| amount.to_string()).join("/"))
}

fn of_checkout(row: &shop::Checkout, member: &str, now: Instant) -> String {
    match member {
        "due" => row.due_at.map_or("-".to_owned(), |at| {
            (at.since(now).map_or(0, Span::micros) / 1_000_000).to_string()
        }),
        "total" => format!("{}/{}", row.applied(), row.total()),
        "why" => row.failure.as_ref().map_or("-".to_owned(), ToString::to_string),
        "tenders" => listed(row.tenders.iter().map(|tender| tender.status.as_str().to_owned())),
        tender => {
            let id = tender.parse().unwrap();
            let tender = row.tenders.iter().find(|tender| tender.id == id);
            let parts = tender.iter().flat_map(|tender| &tender.allocations);
            listed(parts.map(|part| format!("{}:{}", part.line, part.amount)))
        }
    }
}

fn of_refund(row: &shop::OrderRefund, member: &str) -> String {
    if member == "parts" {
        let parts = row.allocations.iter();
        return listed(parts.map(|part| format!("{}:{}", part.tender, part.amount)));
    }
    if let Some(tender) = member.strip_prefix("card_") {
        let tender = tender.parse().unwrap();
        let part = row.allocations.iter().find(|part| part.tender == tender).unwrap();
        return part.credit.map_or("-".to_owned(), |card| words::name_of_bits(card.bits()));
    }
    let tender = member.parse().unwrap();
    let part = row.allocations.iter().find(|part| part.tender == tender).unwrap();
    part.status.as_str().to_owned()
}

fn listed(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "-".to_owned() } else { words.join(",") }
}

/// What a refund would be, asked before it is made.
pub fn preview(world: &World, command: &Command) -> Option<Result<Refunding, Refusal>> {
    let Command::Shop(ShopCommand::RefundOrder { order, new, .. }) = command else { return None };
    let query = Query::RefundPreview { order: *order, request: new.request.clone() };
    match ask(&query, &View { world, loaded: None }, None, world.now)? {
        Answer::RefundPreview(told) => Some(told),
        other => panic!("{other:?} is no preview"),
    }
}

/// What was previewed is what was done; and what was refused then is refused.
pub fn assert_as_previewed(
    world: &World,
    preview: Option<Result<Refunding, Refusal>>,
    decided: &Result<Change, Refusal>,
) {
    // What was shown may only be refused for an id that is not new.
    if let (Some(Ok(_)), Err(refusal)) = (&preview, decided) {
        assert_eq!(refusal.code(), "id_taken", "it was previewed, and yet {refusal:?}");
    }
    let (Some(preview), Ok(change)) = (preview, decided) else { return };
    let preview = preview.expect("the preview was refused, and yet it was done");
    let AnswerRef::OrderRefund(id) = change.answer else { panic!("{:?}", change.answer) };
    let done = &world.order_refund[&id];
    // What is owed of a part, and what was given away of it, are parts of their own.
    let mut parts: Vec<(shop::TenderId, shop::LineId, Amount)> = Vec::new();
    for part in &done.allocations {
        match parts.last_mut().filter(|last| (last.0, last.1) == (part.tender, part.line)) {
            Some(last) => last.2 = last.2.checked_add(part.amount).unwrap(),
            None => parts.push((part.tender, part.line, part.amount)),
        }
    }
    assert_eq!(preview.allocations, parts);
    assert_eq!((preview.amount, preview.lines), (done.amount, done.lines.clone()));
    assert_eq!(preview.parts, done.parts);
}
