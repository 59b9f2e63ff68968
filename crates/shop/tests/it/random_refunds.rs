//! Random orders refunded in random steps: whatever the steps, not a cent is lost.

use std::collections::BTreeMap;

use base::{Amount, CreatorId, LineKind, SellerId};
use ledger::AccountName;
use proptest::prelude::*;
use shop::{LineId, LineRequest, Order, OrderStatus, Party, RefundRequest, Refusal, TenderId};

use crate::table::{Page, bits, cents, dollars};

/// A line as a line of the table.
fn any_line() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["goods", "goods", "service", "gift_card"]);
    let seller = prop::sample::select(vec!["ann", "bob"]);
    let price = prop_oneof![0..40_i64, 0..500_000_i64];
    (kind, seller, 1..5_u32, price, 0..100_i64, 0..100_i64, any::<bool>()).prop_map(
        |(kind, seller, quantity, price, discount, tax, is_credited)| {
            let mut words = format!("line {kind} {seller} {quantity}x{price}");
            if kind != "gift_card" {
                let gross = price * i64::from(quantity);
                words += &format!(" -{} +{}", gross * discount / 300, gross * tax / 300);
            }
            words + if is_credited { " @cleo" } else { "" }
        },
    )
}

/// Steps of the table up to an order.
fn any_order() -> impl Strategy<Value = Vec<String>> {
    let lines = prop::collection::vec(any_line(), 1..5);
    let rates = (0..6_000_u16, 0..6_000_u16, 0..4_000_u16);
    let shipping = prop::option::of((0..5_000_i64, 0..300_i64));
    let cards = prop::collection::vec((1..300_000_i64, 0..32_u8), 0..4);
    let methods = prop::collection::vec(1..400_000_i64, 0..3);
    (lines, rates, shipping, cards, methods).prop_map(|(lines, rates, shipping, cards, methods)| {
        let (ann, bob, cleo) = rates;
        let mut steps = vec![
            format!("seller ann {ann}"),
            format!("seller bob {bob}"),
            format!("creator cleo {cleo}"),
        ];
        let has_goods = lines.iter().any(|line| line.contains("goods"));
        let payable = lines.iter().map(|line| !line.contains("gift_card")).collect::<Vec<_>>();
        steps.extend(lines);
        steps.extend(
            shipping.filter(|_| has_goods).map(|(price, tax)| format!("shipping {price} +{tax}")),
        );
        steps.push("checkout".into());
        for (number, (available, pays)) in cards.into_iter().enumerate() {
            let is_payable = |at: &usize| payable[*at] && pays & (1 << at) != 0;
            let pays = (0..payable.len()).filter(is_payable).map(|at| format!("l{}", at + 1));
            let pays = pays.collect::<Vec<_>>().join(" ");
            steps.push(format!("card {number} {available} {pays}"));
            steps.push(format!("use {number}"));
        }
        steps.extend(methods.iter().map(|wanted| format!("method m {wanted}")));
        steps.extend(["method m".into(), "pay".into(), "order".into()]);
        steps
    })
}

#[derive(Clone, Debug)]
enum Step {
    Units { line: usize, quantity: u32 },
    Line { line: usize, share: i64 },
    Amount { share: i64 },
    Everything,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_usize, 1..4_u32).prop_map(|(line, quantity)| Step::Units { line, quantity }),
        4 => (0..6_usize, 0..60_i64).prop_map(|(line, share)| Step::Line { line, share }),
        3 => (0..60_i64).prop_map(|share| Step::Amount { share }),
        1 => Just(Step::Everything),
    ]
}

/// A part of what is left, now and then a single cent or a cent too much.
fn part_of(left: Amount, share: i64) -> i64 {
    match share {
        0..=9 => 1,
        10 => left.minor() + 1,
        _ => left.minor() * share / 60,
    }
}

fn request_of(step: &Step, order: &Order) -> RefundRequest {
    let line = |at: usize| &order.lines[at % order.lines.len()];
    match *step {
        Step::Units { line: at, quantity } => {
            let line = line(at).line.id;
            RefundRequest::Lines(vec![LineRequest::Units { line, quantity }])
        }
        Step::Line { line: at, share } => {
            let line = line(at);
            let amount = dollars(part_of(line.left(), share));
            RefundRequest::Lines(vec![LineRequest::Amount { line: line.line.id, amount }])
        }
        Step::Amount { share } => {
            let lines = order.lines.iter().filter(|line| line.line.kind != LineKind::GiftCard);
            let left = cents(lines.map(|line| line.left().minor()).sum());
            RefundRequest::Amount(dollars(part_of(left, share)))
        }
        Step::Everything => RefundRequest::Everything,
    }
}

/// What has gone back so far, added up step by step by somebody who knows no splits.
#[derive(Default)]
struct Tally {
    tenders: BTreeMap<(TenderId, LineId), i64>,
    parties: BTreeMap<Party, i64>,
}

fn accounts() -> Vec<AccountName> {
    vec![
        AccountName::SellerPayable(SellerId::from_bits(bits("ann"))),
        AccountName::SellerPayable(SellerId::from_bits(bits("bob"))),
        AccountName::CreatorPayable(CreatorId::from_bits(bits("cleo"))),
        AccountName::Commission,
        AccountName::Tax(crate::table::region()),
    ]
}

impl Tally {
    fn add(&mut self, page: &Page, name: &str) -> Result<(), TestCaseError> {
        let refund = page.refund_named(name);
        let order = page.order.as_ref().unwrap();
        let amount = refund.amount.amount.minor();
        prop_assert!(amount > 0);
        let to_tenders: i64 = refund.allocations.iter().map(|part| part.amount.minor()).sum();
        let of_lines: i64 = refund.lines.iter().map(|line| line.amount.minor()).sum();
        let from_parties: i64 = refund.parts.iter().map(|part| part.amount.minor()).sum();
        prop_assert_eq!((to_tenders, of_lines, from_parties), (amount, amount, amount));

        for part in &refund.allocations {
            prop_assert!(part.amount.minor() > 0);
            *self.tenders.entry((part.tender, part.line)).or_default() += part.amount.minor();
        }
        for part in &refund.parts {
            *self.parties.entry(part.party).or_default() += part.amount.minor();
        }
        // No tender gets back more of a line than it paid, and what it has got of a line is the
        // line's refund.
        for ((tender, line), back) in &self.tenders {
            let paid = order.payers_of(*line).find(|(id, _)| id == tender).unwrap().1;
            prop_assert!(*back <= paid.minor(), "{tender} {line}");
        }
        for line in &order.lines {
            let id = line.line.id;
            let back: i64 =
                self.tenders.iter().filter(|((_, l), _)| *l == id).map(|(_, b)| b).sum();
            prop_assert_eq!(back, line.refunded.minor());
            prop_assert!(line.refunded <= line.line.total());
            prop_assert!(line.refunded_units <= line.line.quantity);
        }
        for (party, got) in got(order) {
            prop_assert!(self.parties.get(&party).copied().unwrap_or(0) <= got, "{party:?}");
        }
        prop_assert_eq!(self.parties.values().sum::<i64>(), order.refunded().minor());
        Ok(())
    }
}

/// What every party got of an order.
fn got(order: &Order) -> BTreeMap<Party, i64> {
    let mut sums = BTreeMap::new();
    for part in order.lines.iter().flat_map(|line| &line.parts) {
        *sums.entry(part.party).or_insert(0) += part.amount.minor();
    }
    sums
}

/// Takes a step of the table that may be refused, as a card that has nothing to pay is.
fn try_line(page: &mut Page, line: &str) {
    if let Some(outcome) = page.attempt(line) {
        page.keep(outcome);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_sequence_of_refunds_is_exact(
        setup in any_order(),
        steps in prop::collection::vec(any_step(), 0..12),
    ) {
        let mut page = Page::new();
        for line in &setup {
            try_line(&mut page, line);
        }
        let order = page.order.clone().unwrap();
        for line in &order.lines {
            let parts: i64 = line.parts.iter().map(|part| part.amount.minor()).sum();
            let paid: i64 = order.payers_of(line.line.id).map(|(_, paid)| paid.minor()).sum();
            prop_assert_eq!((parts, paid), (line.line.total().minor(), line.line.total().minor()));
        }
        prop_assert_eq!(page.sum_of_balances(), 0, "the order made or lost money");

        let cards = order.lines.iter().filter(|line| line.line.kind == LineKind::GiftCard);
        for line in cards {
            let (id, units) = (line.line.id, line.line.quantity);
            page.line(&format!("left {id} {} {units}", line.line.total()));
        }
        let mut tally = Tally::default();
        for (number, step) in steps.iter().chain([&Step::Everything]).enumerate() {
            let name = format!("r{number}");
            let before = page.order.clone().unwrap();
            let request = request_of(step, &before);
            match page.refund(&name, &request, page.context()) {
                Ok(outcome) => {
                    page.keep(outcome);
                    tally.add(&page, &name)?;
                }
                Err(refused) => {
                    let is_everything = matches!(step, Step::Everything);
                    let is_over = before.refunded() == before.total();
                    prop_assert!(!is_everything || is_over, "{:?}", refused);
                    let is_known = matches!(
                        refused,
                        Refusal::NothingToRefund
                            | Refusal::QuantityExceedsLine
                            | Refusal::AmountExceedsRefundable { .. }
                            | Refusal::BoughtCardsSpent { .. }
                    );
                    prop_assert!(is_known, "{:?}", refused);
                }
            }
            prop_assert_eq!(page.sum_of_balances(), 0, "a refund made or lost money");
        }

        // Everything is back: every party has given what it got, and every account is zero.
        let order = page.order.as_ref().unwrap();
        prop_assert_eq!(order.refunded(), order.total());
        let is_paid = order.total().minor() > 0;
        let status = if is_paid { OrderStatus::Refunded } else { OrderStatus::Paid };
        prop_assert_eq!(order.status(), status);
        prop_assert_eq!(&tally.parties, &got(order));
        for tender in &order.tenders {
            for part in &tender.allocations {
                let back = tally.tenders.get(&(tender.id, part.line)).copied();
                prop_assert_eq!(back, Some(part.amount.minor()));
            }
        }
        for account in accounts() {
            prop_assert_eq!(page.balance(account.clone()), 0, "{}", account);
        }
    }

    #[test]
    fn units_one_by_one_bring_what_they_bring_together(
        price in 0..1_000_i64, discount in 0..100_i64, tax in 0..1_000_i64, quantity in 1..12_u32,
        cut in 0..12_u32,
    ) {
        let discount = discount.min(price);
        let setup = format!(
            "seller ann 1500\nline goods ann {quantity}x{price} -{discount} +{tax}
             checkout\nmethod m\npay\norder"
        );
        let cut = cut.min(quantity);
        let refund = |sizes: &[u32]| {
            let mut page = Page::new();
            setup.lines().for_each(|line| try_line(&mut page, line.trim()));
            let mut amounts = Vec::new();
            for (number, quantity) in sizes.iter().enumerate() {
                let before = page.order.as_ref().unwrap().refunded().minor();
                try_line(&mut page, &format!("refund r{number} l1x{quantity}"));
                amounts.push(page.order.as_ref().unwrap().refunded().minor() - before);
            }
            amounts
        };
        let singles = refund(&vec![1; quantity as usize]);
        let total = price * i64::from(quantity) - discount + tax;
        prop_assert_eq!(singles.iter().sum::<i64>(), total);
        let spread = singles.iter().max().unwrap() - singles.iter().min().unwrap();
        prop_assert!(spread <= 1, "{singles:?}");
        let first: i64 = singles[..cut as usize].iter().sum();
        prop_assert_eq!(refund(&[cut, quantity - cut]), vec![first, total - first]);
    }
}
