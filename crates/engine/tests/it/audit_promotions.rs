//! What must be true of promotions after every command: said a second time, from the rows, without
//! the rules. What deliveries cost is audited in the crate of promotions.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Amount, Currency, PaymentId, PersonId, PromotionId};
use engine::{Change, Row};
use ledger::{Account, AccountName};
use promotions::{Promotion, SliceState, State, limits, post_id, slice_id, with_tax};
use shop::{CheckoutState, Order, Party, TenderKind};

use crate::audit_claims::{apart, sent_back};
use crate::world::World;

/// What the promotion that an order pays for has of its net: it is in escrow, or was earned.
/// So it is neither on `order/clearing` nor any party's. What claims have sent back of what was
/// earned, the platform has borne.
pub fn kept_of(world: &World, order: &Order) -> i64 {
    if order.promotion().is_none() {
        return 0;
    }
    let row = paid_by(world, order).expect("an order of a promotion that was never funded");
    row.terms.paid().minor() - row.returned.minor() - sent_back(world, row.id)
}

fn paid_by<'a>(world: &'a World, order: &Order) -> Option<&'a Arc<Promotion>> {
    let checkout = &world.checkout[&order.checkout];
    checkout.promotion.and_then(|id| world.promotion.get(&id))
}

/// What was told before stays, whatever is told now.
pub fn change(world: &World, change: &Change) {
    for row in &change.rows {
        match row {
            Row::Incident(row) => {
                let before = world.incident.get(&row.id);
                let mut told = before.map_or(Vec::new(), |before| before.earlier.clone());
                told.extend(before.map(|before| before.latest.clone()));
                assert_eq!(row.earlier, told, "what was told of an incident was changed");
            }
            Row::Signals(row) => {
                let Some(before) = world.signals.get(&row.person) else { continue };
                let gone = before.kept.iter().filter(|signal| !row.kept.contains(signal)).count();
                assert_eq!(row.dropped - before.dropped, gone as u64, "a signal was lost");
                assert!(gone == 0 || row.kept.len() == limits::SIGNALS_PER_PERSON_MAX);
            }
            _ => {}
        }
    }
}

/// The whole book.
pub fn book(world: &World) {
    let mut revenue: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut incentives: BTreeMap<Currency, i64> = BTreeMap::new();
    for row in world.promotion.values() {
        escrow_is_what_is_left(world, row);
        slices_are_reserved(world, row);
        is_paid_once(world, row);
        settlements_add_up(world, row);
        follows_disputes(world, row);
        is_listed(world, row);
        assert_eq!(row.is_counted, is_under_way(row), "{:?} is counted, or is not", row.id);
        *revenue.entry(row.currency()).or_default() += row.spend.spent.minor();
        if row.funded_at.is_some() {
            let given = row.terms.incentive.minor() - row.incentive_returned.minor();
            *incentives.entry(row.currency()).or_default() += given;
        }
    }
    for (currency, spent) in revenue {
        assert_eq!(balance(world, AccountName::PromotionRevenue, currency), spent);
    }
    for (currency, given) in incentives {
        assert_eq!(balance(world, AccountName::PromotionIncentives, currency), given);
    }
    advertisers_add_up(world);
    let deeds: u64 = world.promotion.values().map(|row| u64::from(row.deeds)).sum();
    assert_eq!(world.deed.len() as u64, deeds, "a deed was lost");
}

/// What counts to what its advertiser has under way: it is being paid, or can yet be shown.
fn is_under_way(row: &Promotion) -> bool {
    match row.state {
        State::Draft => row.submitted_at.is_some(),
        State::InReview | State::Scheduled | State::Running | State::Paused => true,
        State::Rejected | State::Completed | State::Stopped | State::Settled => false,
    }
}

/// The rows of advertisers are what a count of all promotions comes to.
pub fn advertisers_add_up(world: &World) {
    let mut expected: BTreeMap<PersonId, (u32, BTreeMap<Currency, Amount>)> = BTreeMap::new();
    for row in world.promotion.values().filter(|row| is_under_way(row)) {
        let (count, budgets) = expected.entry(row.advertiser).or_default();
        *count += 1;
        let sum = budgets.entry(row.currency()).or_insert(Amount::ZERO);
        *sum = sum.checked_add(row.terms.budget.amount).unwrap();
    }
    for (person, row) in &world.advertiser {
        let found = (row.under_way, row.budgets.clone());
        assert_eq!(found, expected.remove(person).unwrap_or_default(), "{person:?}");
    }
    assert!(expected.is_empty(), "nobody counts {expected:?}");
}

fn balance(world: &World, name: AccountName, currency: Currency) -> i64 {
    world.account.get(&name.id(currency)).map_or(0, Account::balance)
}

/// Paid + added = escrow + spent + returned + kept.
fn escrow_is_what_is_left(world: &World, row: &Promotion) {
    let came = row.funded_at.map_or(0, |_| row.terms.budget.amount.minor());
    let gone = [row.spend.spent, row.returned, row.incentive_returned, row.kept];
    let gone: i64 = gone.iter().map(|amount| amount.minor()).sum();
    let escrow = balance(world, row.escrow(), row.currency());
    assert_eq!(came, escrow + gone, "{:?}", row.id);
    // What the platform has added is spent first, and never goes to whoever paid.
    assert!(row.returned <= row.terms.paid() && row.incentive_returned <= row.terms.incentive);
}

/// Open slices are what the escrow holds, and none is lost.
fn slices_are_reserved(world: &World, row: &Promotion) {
    let slices = (1..=row.slices.ever).map(|number| &world.slice[&slice_id(row.id, number)]);
    let open: Vec<_> = slices.filter(|slice| slice.state == SliceState::Open).collect();
    assert_eq!(open.len(), row.slices.open as usize, "{:?}", row.id);
    let leased: i64 = open.iter().map(|slice| slice.pending.open().minor()).sum();
    let account = world.account.get(&row.escrow().id(row.currency()));
    assert_eq!(account.map_or(0, |account| account.held().minor()), leased, "{:?}", row.id);
    assert!(row.state != State::Settled || open.is_empty(), "{:?} can still be charged", row.id);
}

fn order_of<'a>(world: &'a World, row: &Promotion) -> Option<&'a Arc<Order>> {
    let checkout = world.checkout.get(&row.checkout?)?;
    checkout.order.map(|order| &world.order[&order])
}

/// One order has paid for it, or a checkout may yet, or nobody waits for anything.
fn is_paid_once(world: &World, row: &Promotion) {
    let orders = world.order.values().filter(|order| {
        order.promotion().is_some() && paid_by(world, order).is_some_and(|it| it.id == row.id)
    });
    assert_eq!(orders.count(), usize::from(row.funded_at.is_some()), "{:?}", row.id);
    if row.funded_at.is_some() {
        let order = order_of(world, row).expect("its checkout was paid");
        let line = order.promotion().expect("its line");
        let net = line.line.net();
        assert_eq!((net, order.currency), (row.terms.paid(), row.currency()), "{:?}", row.id);
    } else if row.is_being_paid() {
        let checkout = &world.checkout[&row.checkout.unwrap()];
        assert_eq!(checkout.promotion, Some(row.id));
        let is_over = matches!(checkout.state, CheckoutState::Paid | CheckoutState::Expired);
        assert!(!is_over, "{:?} waits for a checkout that is over", row.id);
    }
}

/// What settlements tell is what the promotion has given back, and what its order has refunded is
/// that with its tax: nothing stays on the way, and nothing else was refunded.
fn settlements_add_up(world: &World, row: &Promotion) {
    let mut all: Vec<_> =
        world.promotion_settlement.values().filter(|it| it.promotion == row.id).collect();
    all.sort_by_key(|settlement| settlement.number);
    let numbers: Vec<u32> = all.iter().map(|settlement| settlement.number).collect();
    assert_eq!(numbers, (1..=row.settlements).collect::<Vec<u32>>());
    let sum = |of: fn(&promotions::Settlement) -> Amount| -> i64 {
        all.iter().map(|settlement| of(settlement).minor()).sum()
    };
    assert_eq!(sum(|it| it.back), row.returned.minor(), "{:?}", row.id);
    assert_eq!(sum(|it| it.incentive_back), row.incentive_returned.minor(), "{:?}", row.id);
    if let (Some(last), Some(_)) = (all.last(), row.funded_at) {
        let given = row.terms.paid().minor() + row.terms.incentive.minor();
        let settled = last.spent.minor() + last.back_so_far.minor();
        assert!(settled <= given, "{:?} settled more than it had", row.id);
    }
    let Some(order) = order_of(world, row).filter(|_| row.funded_at.is_some()) else { return };
    let line = order.promotion().expect("its line");
    // All that has gone back is one sum, by whichever way: so is its tax.
    let back = row.returned.minor() + sent_back(world, row.id);
    let (net_apart, gross_apart) = apart(world, row.id);
    let net_back = Amount::new(back + net_apart).unwrap();
    let expected = with_tax(net_back, row.terms.paid(), line.line.tax).minor() - gross_apart;
    assert_eq!(line.refunded.minor(), expected, "{:?}", row.id);
    let refunds = world.order_refund.values().filter(|refund| refund.order == order.id);
    let parts = refunds.flat_map(|refund| &refund.parts);
    let net = parts.filter(|part| matches!(part.party, Party::Promotion(_)));
    let net: i64 = net.map(|part| part.amount.minor()).sum();
    assert_eq!(net, back, "{:?} gave back something else", row.id);
}

/// While one of its payments is disputed it is held up; once one is lost and none is undecided it
/// is over.
fn follows_disputes(world: &World, row: &Promotion) {
    if row.funded_at.is_none() {
        return;
    }
    let checkout = &world.checkout[&row.checkout.unwrap()];
    let payments: Vec<PaymentId> = checkout
        .tenders
        .iter()
        .filter_map(|tender| match tender.kind {
            TenderKind::PaymentMethod { payment, .. } if tender.is_live() => payment,
            _ => None,
        })
        .collect();
    let of_it = || world.dispute.values().filter(|dispute| payments.contains(&dispute.payment));
    let is_open = of_it().any(|dispute| dispute.state == payments::DisputeState::Open);
    let is_lost = of_it().any(|dispute| dispute.state == payments::DisputeState::Lost);
    assert_eq!(row.pauses.is_disputed, is_open, "{:?}", row.id);
    let is_over = row.state.is_ended() || row.state == State::Draft;
    assert!(is_open || !is_lost || is_over, "{:?} goes on with money that is gone", row.id);
    let is_shown = matches!(row.state, State::Scheduled | State::Running);
    assert!(!is_open || !is_shown, "{:?} is shown for money that is disputed", row.id);
}

/// A post knows whom to tell when it changes: all that have money and are not settled.
fn is_listed(world: &World, row: &Promotion) {
    let post = &world.post[&post_id(&row.post)];
    let listed = post.promotions.iter().filter(|id| **id == row.id).count();
    let has_money = row.funded_at.is_some() && row.settlements == 0;
    assert_eq!(listed, usize::from(has_money), "{:?}", row.id);
    let is_known = |id: &PromotionId| world.promotion.contains_key(id);
    assert!(post.promotions.iter().all(is_known));
    let may_be_shown = matches!(row.state, State::Scheduled | State::Running);
    assert!(!may_be_shown || post.is_shown(), "{:?} shows a post that is not", row.id);
    let version = row.review.approved_version.as_ref();
    let is_reviewed = version == Some(&post.content_version);
    assert!(!may_be_shown || is_reviewed, "{:?} shows what nobody has looked at", row.id);
}
