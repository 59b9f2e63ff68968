//! What must be true of checkouts, orders and payments after every command: said a second time,
//! from the rows, without the rules.

use std::collections::{BTreeMap, BTreeSet};

use base::{Amount, Currency, HoldId, Instant, LineKind, OrderId, PaymentId};
use engine::credit_of;
use giftcards::{Funding, HoldStatus, Purchase, purchase_of};
use ledger::{Account, AccountName};
use payments::{DisputeState, Payment, PaymentState, Purpose, RailRefund, RefundState};
use shop::{Checkout, CheckoutState, LineId, Order, OrderLine, PaidBy, PayoutState, RefundStatus};
use shop::{OrderTender, Tender, TenderKind};

use crate::audit_disputes;
use crate::audit_promotions;
use crate::audit_settlements;
use crate::world::World;

pub fn book(world: &World) {
    for checkout in world.checkout.values() {
        holds_follow(world, checkout);
        payments_follow(world, checkout);
    }
    for order in world.order.values() {
        is_settled(world, order);
    }
    for payment in world.payment.values() {
        keeps_its_cap(world, payment);
    }
    for refund in world.order_refund.values() {
        tells_the_truth(world, refund);
    }
    for refund in world.order_refund.values().filter(|row| row.reason.as_str() == "undone") {
        let order = &world.order[&refund.order];
        let purchase = &world.purchase[&purchase_of(order.checkout)];
        let mut cards = purchase.cards.iter().map(|bought| &world.card[&bought.card]);
        assert!(cards.all(|card| !card.takes_refunds()), "{:?} lives on", purchase.id);
    }
    for purchase in world.purchase.values() {
        purchase_follows(world, purchase);
        audit_disputes::purchase(world, purchase);
    }
    for refund in world.rail_refund.values().filter(|row| row.state == RefundState::Credited) {
        credit_follows(world, refund);
    }
    numbers_have_no_gaps(world);
    for currency in [Currency::USD, Currency::parse("EUR").unwrap()] {
        accounts_follow(world, currency);
    }
}

/// A checkout that is over holds nothing; one that is being paid holds for as long as it takes; and
/// an open one holds what its tenders pay, or less once that has lapsed.
fn holds_follow(world: &World, checkout: &Checkout) {
    let open = world.hold.values().filter(|hold| {
        hold.checkout == Some(checkout.id) && hold.status(world.now) == HoldStatus::Held
    });
    let held: BTreeMap<HoldId, (Amount, Instant)> =
        open.map(|hold| (hold.id, (hold.pending.open(), hold.expires_at))).collect();
    let mut wanted = BTreeMap::new();
    for tender in checkout.tenders.iter().filter(|tender| tender.is_live()) {
        if let TenderKind::GiftCard { hold: Some(hold), .. } = tender.kind {
            wanted.insert(hold, tender.amount());
        }
    }
    match checkout.state {
        CheckoutState::Paid | CheckoutState::Failed | CheckoutState::Expired => {
            let mut mine = world.hold.values().filter(|hold| hold.checkout == Some(checkout.id));
            let is_settled = mine.all(|hold| hold.pending.open().is_zero());
            assert!(is_settled, "{:?} is over and holds something", checkout.id);
        }
        CheckoutState::Paying | CheckoutState::RequiresAction => {
            let secured = wanted.into_iter().map(|(id, amount)| (id, (amount, Instant::MAX)));
            assert_eq!(held, secured.collect::<BTreeMap<_, _>>(), "{:?}", checkout.id);
        }
        CheckoutState::Open => {
            for (id, (amount, until)) in held {
                assert_eq!(wanted.get(&id), Some(&amount), "{:?} holds {id:?}", checkout.id);
                assert!(until <= checkout.expires_at);
            }
        }
    }
}

/// The payments of an attempt are as far as it is; those of any other are over, or on their way
/// there.
fn payments_follow(world: &World, checkout: &Checkout) {
    let is_paying = matches!(checkout.state, CheckoutState::Paying | CheckoutState::RequiresAction);
    let mine = |payment: &&std::sync::Arc<Payment>| payment.purpose.checkout() == checkout.id;
    for payment in world.payment.values().filter(mine) {
        let tender = checkout.tenders.iter().find(|tender| payment_of(tender) == Some(payment.id));
        let is_live = tender.is_some_and(|tender| tender.is_live());
        match &payment.state {
            PaymentState::Captured if checkout.state == CheckoutState::Paid && is_live => {
                assert_eq!(payment.captured, tender.unwrap().amount());
            }
            _ if is_paying && is_live => {}
            PaymentState::Authorized | PaymentState::RequiresAction { .. } => {
                panic!("{:?} is reserved in vain and nobody lets go of it", payment.id)
            }
            PaymentState::Captured => {
                let left = payment.kept();
                assert!(left.is_zero(), "{:?} was taken in vain and stays here", payment.id);
            }
            _ => {}
        }
    }
    if is_paying {
        let live = checkout.tenders.iter().filter(|tender| tender.is_live());
        let payments = live.filter_map(payment_of);
        let left = payments.filter(|id| world.payment[id].state != PaymentState::Captured);
        assert!(left.count() > 0, "{:?} is paid and there is no order", checkout.id);
    }
    let waits = checkout.state == CheckoutState::RequiresAction;
    let asks = checkout.tenders.iter().filter(|tender| tender.is_live()).filter_map(payment_of);
    let asks =
        asks.filter(|id| matches!(world.payment[id].state, PaymentState::RequiresAction { .. }));
    assert_eq!(waits, asks.count() > 0, "{:?}", checkout.id);
}

fn payment_of(tender: &Tender) -> Option<PaymentId> {
    match tender.kind {
        TenderKind::PaymentMethod { payment, .. } => payment,
        TenderKind::GiftCard { .. } => None,
    }
}

/// What tenders brought in is what parties got; what parties gave back has gone to tenders.
fn is_settled(world: &World, order: &Order) {
    let checkout = &world.checkout[&order.checkout];
    assert_eq!((checkout.state, checkout.order), (CheckoutState::Paid, Some(order.id)));
    let mut brought = 0;
    for tender in &order.tenders {
        let paid: i64 = tender.allocations.iter().map(|part| part.amount.minor()).sum();
        let back = back_to(world, order, tender.id);
        assert!(back <= paid, "{:?} gave back more than it got", order.id);
        match tender.paid_by {
            PaidBy::GiftCard { card, hold } => {
                let hold = &world.hold[&hold];
                assert_eq!((hold.card, hold.pending.posted.minor()), (card, paid));
                let elsewhere = back - hold.refunded.minor();
                let is_gone = world.card[&card].state == giftcards::CardState::Canceled;
                assert!(elsewhere == 0 || (is_gone && elsewhere > 0), "not back on its card");
                brought += hold.refundable().minor() - elsewhere;
            }
            PaidBy::PaymentMethod { payment, .. } => {
                let row = &world.payment[&payment];
                assert_eq!(row.captured.minor(), paid);
                let asked = asked_back(row);
                // What a reopened dispute owes again is a refund of no order.
                assert_eq!(asked, back, "not on its way over its rail");
                brought += paid - back;
            }
        }
    }
    let kept = order.total().minor() - order.refunded().minor();
    assert_eq!(brought, kept, "something of {:?} is on order/clearing", order.id);
    let refunds = world.order_refund.values().filter(|refund| refund.order == order.id);
    let refunded: i64 = refunds.map(|refund| refund.amount.amount.minor()).sum();
    assert_eq!(order.refunded().minor(), refunded);
}

fn back_to(world: &World, order: &Order, tender: shop::TenderId) -> i64 {
    let refunds = world.order_refund.values().filter(|refund| refund.order == order.id);
    let parts = refunds.flat_map(|refund| &refund.allocations);
    parts.filter(|part| part.tender == tender).map(|part| part.amount.minor()).sum()
}

fn needs_consent(world: &World, order: OrderId, tender: shop::TenderId) -> i64 {
    let refunds = world.order_refund.values().filter(|refund| refund.order == order);
    let parts = refunds
        .flat_map(|refund| &refund.allocations)
        .filter(|part| part.tender == tender && part.status == RefundStatus::NeedsConsent);
    parts.map(|part| part.amount.minor()).sum()
}

/// What was ever asked back of a payment: it went back, is on its way, is owed, was given in
/// another form, or a bank has paid it.
fn asked_back(payment: &Payment) -> i64 {
    let Payment { refunded, refunding, owed, settled, credited, .. } = payment;
    [refunded, refunding, owed, settled, credited].iter().map(|part| part.minor()).sum()
}

/// What cards that are gone would have got back of an order: owed, paid by hand, or promotional.
fn elsewhere(world: &World, order: &Order) -> (i64, i64) {
    let (mut paid, mut promotional) = (0, 0);
    for tender in &order.tenders {
        let PaidBy::GiftCard { hold, .. } = tender.paid_by else { continue };
        let part = back_to(world, order, tender.id) - world.hold[&hold].refunded.minor();
        // What was bought comes back first, also of what a card has paid that is gone.
        let owed = part.min(world.values.spent.get(&hold).map_or(0, |spent| spent.bought));
        paid += owed;
        promotional += part - owed;
    }
    (paid, promotional)
}

fn keeps_its_cap(world: &World, payment: &Payment) {
    let mine = || world.rail_refund.values().filter(|refund| refund.payment == payment.id);
    let sum_of = |is: fn(&RailRefund) -> bool| -> i64 {
        mine().filter(|refund| is(refund)).map(|refund| refund.amount.amount.minor()).sum()
    };
    let refunded =
        sum_of(|row| matches!(row.state, RefundState::Succeeded | RefundState::PaidByHand));
    let credited = sum_of(|refund| refund.state == RefundState::Credited);
    assert_eq!(payment.credited.minor(), credited);
    let refunding = sum_of(|refund| refund.state.is_open());
    let owed = sum_of(|row| row.state.is_failed() && row.replaced_by.is_none());
    assert_eq!((payment.refunded.minor(), payment.refunding.minor()), (refunded, refunding));
    assert_eq!(payment.owed.minor(), owed);
    assert!(asked_back(payment) <= payment.captured.minor(), "more goes back than came");
    let disputes = world.dispute.values().filter(|dispute| dispute.payment == payment.id);
    let taken = disputes.filter(|dispute| dispute.state != DisputeState::Won);
    let taken: i64 = taken.map(|dispute| dispute.amount.amount.minor()).sum();
    assert_eq!(payment.disputed.minor(), taken);
    let disputes = world.dispute.values().filter(|dispute| dispute.payment == payment.id);
    let lost = disputes.filter(|dispute| dispute.state == DisputeState::Lost);
    let lost: i64 = lost.map(|dispute| dispute.amount.amount.minor()).sum();
    assert_eq!(payment.lost.minor(), lost);
    // Nobody is owed what the bank has paid, but for what is on the wire; and what it has paid of
    // refunds is no loss. Of a promotion it has first paid what is asked back.
    let settled = payment.settled.minor();
    let kept = match payment.purpose {
        Purpose::Checkout(_) => payment.kept().minor(),
        Purpose::Promotion(_) => 0,
    };
    let at_hand = owed + sum_of(|row| row.state.is_here());
    assert!(lost - settled <= kept || at_hand == 0, "{:?} is owed and lost", payment.id);
    assert!(settled == 0 || lost - settled >= kept, "{:?}", payment.id);
}

/// A card that was given instead of a refund was paid for, and cannot be spent while a dispute
/// takes of it, or has.
fn credit_follows(world: &World, refund: &RailRefund) {
    let card = &world.card[&credit_of(refund.id)];
    let payment = &world.payment[&refund.payment];
    assert_eq!(card.funding, Funding::StoreCredit);
    assert!(refund.amount.amount <= card.value, "{:?} is more than its card", refund.id);
    let taken = payment.disputed.minor() + payment.credited.minor() + payment.refunded.minor()
        - (payment.captured.minor() - payment.refunding.minor());
    let is_blocked = card.disputed.is_some();
    assert!(taken <= 0 || is_blocked, "{:?} is paid twice", refund.id);
    assert!(!is_blocked || !payment.disputed.is_zero(), "{:?} is blocked for ever", card.id);
}

/// The parts of a refund stand where their ways stand.
fn tells_the_truth(world: &World, refund: &shop::OrderRefund) {
    let order = &world.order[&refund.order];
    for part in &refund.allocations {
        let tender = order.tender(part.tender).unwrap();
        let PaidBy::PaymentMethod { payment, .. } = tender.paid_by else { continue };
        let ways = world.rail_refund.values().filter(|way| {
            way.payment == payment
                && way.order_refund == Some(refund.id)
                && way.replaced_by.is_none()
        });
        // A dispute may have made several of one.
        let words: Vec<&str> = ways.map(|way| way.state.as_str()).collect();
        let worst = ["needs_consent", "pending", "failed", "succeeded"];
        let worst = worst.iter().find(|word| words.contains(word));
        assert_eq!(Some(&part.status.as_str()), worst, "{:?}", refund.id);
    }
}

/// What a line has sold of cards, less what they have given back.
fn sold_by(line: &OrderLine) -> i64 {
    let is_cards = line.line.kind == LineKind::GiftCard;
    if is_cards { line.left().minor() } else { 0 }
}

/// The cards of a purchase have what their lines were paid and what was not refunded; and disputes
/// of the payments that bought them keep them from being spent.
fn purchase_follows(world: &World, purchase: &Purchase) {
    let Some(order) = purchase.order else {
        let is_made = world.order.values().any(|order| purchase_of(order.checkout) == purchase.id);
        assert!(!is_made, "{:?} was not issued with its order", purchase.id);
        return;
    };
    let order = &world.order[&order];
    assert_eq!(purchase_of(order.checkout), purchase.id);
    for line in order.lines.iter().filter(|line| line.line.kind == LineKind::GiftCard) {
        let LineId::Number(number) = line.line.id else { panic!("shipping sells no cards") };
        let cards: Vec<_> = purchase.cards_of(number).collect();
        assert_eq!(cards.len(), line.line.quantity as usize);
        let sold: i64 = cards.iter().map(|card| world.sold[&card.card]).sum();
        assert_eq!(sold, line.left().minor(), "{:?} {:?}", order.id, line.line.id);
        let payers: Vec<_> = order.payers_of(line.line.id).map(|(id, _)| id).collect();
        let payments: Vec<PaymentId> = payers.iter().map(|id| payment_that(order, *id)).collect();
        let of_line = || world.dispute.values().filter(|row| payments.contains(&row.payment));
        let is_open = of_line().any(|row| row.state == DisputeState::Open);
        let is_lost = of_line().any(|row| row.state == DisputeState::Lost);
        for bought in cards {
            let card = &world.card[&bought.card];
            assert!(world.sold[&bought.card] >= 0, "{:?} gave back more than it was", card.id);
            let Funding::Payment { payment, .. } = card.funding else { panic!("{card:?}") };
            assert!(payments.contains(&payment));
            let is_blocked = card.disputed.is_some();
            let is_living = card.takes_refunds();
            assert!(!is_open || is_blocked, "{:?} can be spent, or replaced", card.id);
            assert!(!is_blocked || is_open || is_lost, "{:?} is blocked", card.id);
            let clawed_back = world.clawed_back.get(&bought.card).copied().unwrap_or(0);
            let known = purchase.clawed_back_of(card.id).minor();
            assert!(clawed_back == known || !is_living && clawed_back > known);
        }
    }
    // Disputes take from cards at most what they took of what the payment has paid for cards.
    let paid = |payment: PaymentId| -> i64 {
        let parts = purchase.paid_by.iter().filter(|part| part.payment == payment);
        parts.map(|part| part.amount.minor()).sum()
    };
    let payments: BTreeSet<PaymentId> = purchase.paid_by.iter().map(|part| part.payment).collect();
    let most: i64 = payments
        .iter()
        .map(|payment| paid(*payment).min(world.payment[payment].disputed.minor()))
        .sum();
    let taken = purchase.disputes.iter().map(|known| known.clawed_back_of_all().minor());
    let taken: i64 = taken.sum();
    assert!(taken <= most, "{:?} lost more than its payments", purchase.id);
}

fn payment_that(order: &Order, tender: shop::TenderId) -> PaymentId {
    match order.tender(tender).unwrap().paid_by {
        PaidBy::PaymentMethod { payment, .. } => payment,
        PaidBy::GiftCard { card, .. } => panic!("{card:?} has bought cards"),
    }
}

fn numbers_have_no_gaps(world: &World) {
    let mut receipts: Vec<u64> = world.order.values().map(|order| order.receipt).collect();
    receipts.sort_unstable();
    assert!(receipts.iter().copied().eq(1..=receipts.len() as u64), "{receipts:?}");
    let refunds = world.order_refund.values();
    let mut notes: Vec<u64> = refunds.map(|refund| refund.credit_note).collect();
    notes.sort_unstable();
    assert!(notes.iter().copied().eq(1..=notes.len() as u64), "{notes:?}");
}

/// What payees were paid and did not come back.
fn paid_out(world: &World, currency: Currency) -> i64 {
    let payouts = world.payout.values().filter(|row| row.amount.currency == currency);
    let payouts = payouts.filter(|row| row.state != PayoutState::Failed);
    payouts.map(|row| row.amount.amount.minor()).sum()
}

/// What went back to tenders that must agree to another way first.
fn waits_for_consent(world: &World, order: &Order) -> i64 {
    let is_card = |tender: &&OrderTender| matches!(tender.paid_by, PaidBy::GiftCard { .. });
    let cards = order.tenders.iter().filter(is_card);
    cards.map(|tender| needs_consent(world, order.id, tender.id)).sum()
}

/// The accounts of one currency, from the rows.
fn accounts_follow(world: &World, currency: Currency) {
    let balance =
        |name: AccountName| world.account.get(&name.id(currency)).map_or(0, Account::balance);
    let payments = || world.payment.values().filter(|row| row.amount.currency == currency);
    let orders = || world.order.values().filter(|row| row.currency == currency);
    let captured: i64 = payments().map(|row| row.captured.minor()).sum();
    let asked: i64 = payments().map(|row| asked_back(row)).sum();
    let owed: i64 = payments().map(|row| row.refunding.minor() + row.owed.minor()).sum();
    let sent: i64 = payments().map(|row| row.refunded.minor()).sum();
    let gone: i64 = orders().map(|order| waits_for_consent(world, order)).sum();
    let (paid, promotional) = orders()
        .map(|order| elsewhere(world, order))
        .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    // What was given as another card has left no rail.
    let parts = orders().flat_map(|order| {
        let refunds = world.order_refund.values().filter(|refund| refund.order == order.id);
        refunds.flat_map(|refund| &refund.allocations)
    });
    let credited: i64 =
        parts.filter(|part| part.credit.is_some()).map(|part| part.amount.minor()).sum();
    let by_hand = paid - gone - credited;
    let kept: i64 = orders().map(|row| row.total().minor() - row.refunded().minor()).sum();
    let holds = world.hold.values().filter(|hold| hold.pending.currency == currency);
    let spent: i64 = holds.map(|hold| hold.refundable().minor()).sum();
    let bought = world.bought.get(&currency).copied().unwrap_or(0);
    let sold: i64 = orders().flat_map(|row| &row.lines).map(sold_by).sum();
    let promoted: i64 = orders().map(|row| audit_promotions::kept_of(world, row)).sum();
    let clearing = spent - bought + captured - (kept - sold) - asked - paid - promotional;
    assert_eq!(balance(AccountName::OrderClearing), clearing, "clearing and rows differ");
    assert_eq!(balance(AccountName::RefundPayable), owed + gone);
    let lost: i64 = payments().map(|row| row.lost.minor() - row.settled.minor()).sum();
    let clawed = world.clawed.get(&currency).copied().unwrap_or(0);
    assert_eq!(balance(AccountName::ChargebackLoss), lost - clawed);

    let paid_out = paid_out(world, currency);
    let of = |is: fn(&AccountName) -> bool| -> i64 {
        let accounts = world.account.values().filter(|row| row.currency == currency);
        accounts.filter(|row| is(&row.name)).map(Account::balance).sum()
    };
    let parties = of(|name| {
        matches!(
            name,
            AccountName::SellerPayable(_)
                | AccountName::CreatorPayable(_)
                | AccountName::Commission
                | AccountName::Tax(_)
        )
    });
    assert_eq!(parties, kept - sold - promoted - paid_out, "parties and orders differ");
    let fees: i64 = payments().map(|row| row.fee.map_or(0, Amount::minor)).sum();
    let disputed: i64 = payments().map(|row| row.disputed.minor()).sum();
    let rails =
        of(|name| matches!(name, AccountName::RailClearing(rail) if rail.as_str() != "external"));
    let (bank, line_fees) = audit_settlements::booked(world, currency);
    assert_eq!(of(|name| matches!(name, AccountName::Bank)), bank);
    assert_eq!(of(|name| matches!(name, AccountName::RailFees(_))), fees + line_fees);
    let by_hand = by_hand + crate::audit_claims::by_hand(world, currency);
    let at_rails = captured - fees - sent - disputed - paid_out - by_hand - bank - line_fees;
    assert_eq!(rails, at_rails, "rails and rows differ");
}
