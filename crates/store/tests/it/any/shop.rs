//! Any row of the shop.

use std::sync::Arc;

use base::{Amount, CardId, CheckoutId, CreatorId, HoldId, LineKind, MethodId, Money, OrderId};
use base::{PaymentId, PayoutId, PersonId, ProductId, RefundId, Region, SellerId, fair_split};
use engine::Row;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use shop::{Allocation, BasisPoints, Checkout, CheckoutState, Creator, Line, LineId, LineRefund};
use shop::{Numbering, Order, OrderLine, OrderRefund, OrderTender, PaidBy, Part, Party, Payee};
use shop::{Payout, PayoutState, Product, RefundAllocation, RefundStatus, Seller, Series, Source};
use shop::{SourceKind, Tender, TenderId, TenderKind, TenderStatus};

use super::{amount, bits, currency, instant, label, metadata, text, token};

fn region() -> impl Strategy<Value = Region> {
    "[A-Z]{2}(-[A-Z0-9]{1,3})?".prop_map(|code| Region::parse(&code).unwrap())
}

fn points(most: u16) -> impl Strategy<Value = BasisPoints> {
    (0..=most).prop_map(|points| BasisPoints::new(points).unwrap())
}

fn kind() -> impl Strategy<Value = LineKind> {
    prop::sample::select(LineKind::ALL.to_vec())
}

fn source() -> impl Strategy<Value = Source> {
    (prop::sample::select(SourceKind::ALL.to_vec()), label())
        .prop_map(|(kind, id)| Source { kind, id })
}

fn of(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

/// The amount in pieces, some of which may be nothing; the first has it all when no piece weighs
/// anything.
fn split(whole: Amount, weights: &[u64]) -> Vec<Amount> {
    fair_split(whole, weights).unwrap_or_else(|| {
        let mut pieces = vec![Amount::ZERO; weights.len()];
        pieces[0] = whole;
        pieces
    })
}

/// A line that has no number yet.
fn line() -> impl Strategy<Value = Line> {
    let who = (option::of(bits()), text(), bits(), option::of(bits()), kind(), option::of(label()));
    let price = (1..6_u32, 0..1_000_i64, any::<prop::sample::Index>(), 0..300_i64);
    (who, price, points(5_000), points(5_000)).prop_map(|(who, price, commission, share)| {
        let (product, name, seller, creator, kind, category) = who;
        let (quantity, unit_price, discount, tax) = price;
        let most = i64::from(quantity) * unit_price;
        let discount = discount.index(usize::try_from(most).unwrap() + 1);
        Line {
            id: LineId::Shipping,
            product: product.map(ProductId::from_bits),
            name,
            seller: Some(SellerId::from_bits(seller)),
            creator: creator.map(CreatorId::from_bits),
            kind,
            category,
            quantity,
            unit_price: of(unit_price),
            discount: of(i64::try_from(discount).unwrap()),
            tax: of(tax),
            commission,
            share,
        }
    })
}

/// Lines with their numbers, and shipping where there are goods.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    (vec(line(), 1..4), option::of(line())).prop_map(|(mut lines, shipping)| {
        // Nobody sells some cards, and a promotion, which is alone.
        let is_alone = lines[0].kind == LineKind::Promotion && lines[0].creator.is_none();
        lines.truncate(if is_alone { 1 } else { lines.len() });
        for (number, line) in (1..).zip(&mut lines) {
            line.id = LineId::Number(number);
            let nobody_sells = line.kind == LineKind::GiftCard && line.creator.is_none();
            line.seller = line.seller.filter(|_| !nobody_sells && !is_alone);
        }
        let has_goods = lines.iter().any(|line| line.kind == LineKind::Goods);
        let shipping = shipping.filter(|_| has_goods);
        let as_shipping = |line| Line { kind: LineKind::Service, seller: None, ..line };
        lines.extend(shipping.map(as_shipping));
        lines
    })
}

/// Names of tenders in their order, each with what decides how much it pays, and of which kind it
/// is.
fn payers() -> impl Strategy<Value = Vec<(TenderId, Vec<u64>, [u128; 2], bool)>> {
    vec((1..4_u16, vec(0..3_u64, 5), [bits(), bits()], any::<bool>()), 1..4).prop_map(|payers| {
        let mut number = 0;
        let named = payers.into_iter().map(|(step, weights, ids, is_card)| {
            number += step;
            (TenderId(number), weights, ids, is_card)
        });
        named.collect()
    })
}

/// What each payer pays of the lines, so that every line is paid.
fn allocate(
    lines: &[Line],
    payers: &[(TenderId, Vec<u64>, [u128; 2], bool)],
) -> Vec<Vec<Allocation>> {
    let mut allocations = vec![Vec::new(); payers.len()];
    for (place, line) in lines.iter().enumerate() {
        let weights: Vec<u64> = payers.iter().map(|(_, weights, ..)| weights[place]).collect();
        for (payer, amount) in split(line.total(), &weights).into_iter().enumerate() {
            if !amount.is_zero() {
                allocations[payer].push(Allocation { line: line.id, amount });
            }
        }
    }
    allocations
}

fn parts(whole: Amount, weights: &[u64]) -> Vec<Part> {
    let parties = [
        Party::Seller(SellerId::from_bits(7)),
        Party::Commission,
        Party::Creator(CreatorId::from_bits(8)),
        Party::Cards(LineId::Number(1)),
        Party::Tax,
        Party::Promotion(LineId::Number(1)),
    ];
    let amounts = split(whole, weights);
    let parts = parties.into_iter().zip(amounts).filter(|(_, amount)| !amount.is_zero());
    parts.map(|(party, amount)| Part { party, amount }).collect()
}

fn checkout() -> impl Strategy<Value = Checkout> {
    let about = (bits(), currency(), region(), option::of(bits()), option::of(source()));
    let statuses = vec(prop::sample::select(TenderStatus::ALL.to_vec()), 4);
    let state = prop::sample::select(CheckoutState::ALL.to_vec());
    let ways = (payers(), statuses, option::of(amount()), any::<bool>());
    let life = (option::of(token()), bits(), metadata(), instant(), option::of(instant()));
    (about, lines(), ways, state, (life, instant())).prop_map(
        |(about, lines, ways, state, (life, created_at))| {
            let (id, currency, region, buyer, source) = about;
            let (payers, statuses, wanted, leaves_some) = ways;
            let (failure, order, metadata, expires_at, due_at) = life;
            let mut tenders: Vec<Tender> = payers
                .iter()
                .zip(allocate(&lines, &payers))
                .zip(statuses)
                .map(|((payer, allocations), status)| {
                    let (id, _, [one, other], is_card) = payer;
                    let kind = tender_kind(*is_card, *one, *other, wanted);
                    Tender { id: *id, kind, status, allocations }
                })
                .collect();
            let tenders_ever = tenders.last().map_or(0, |last| last.id.0) + 1;
            let is_paying = !matches!(
                state,
                CheckoutState::Open | CheckoutState::Failed | CheckoutState::Expired
            );
            if leaves_some && !is_paying {
                tenders.pop();
            }
            let is_failed = state == CheckoutState::Failed;
            let reason = || base::Token::new("card_declined").unwrap();
            Checkout {
                id: CheckoutId::from_bits(id),
                currency,
                region,
                buyer: buyer.map(PersonId::from_bits),
                promotion: lines
                    .iter()
                    .any(Line::is_promotion)
                    .then(|| base::PromotionId::from_bits(id)),
                lines,
                source,
                tenders,
                tenders_ever,
                state,
                failure: failure.or_else(|| is_failed.then(reason)),
                order: (state == CheckoutState::Paid).then(|| OrderId::from_bits(order)),
                metadata,
                expires_at,
                due_at,
                created_at,
            }
        },
    )
}

fn tender_kind(is_card: bool, one: u128, other: u128, wanted: Option<Amount>) -> TenderKind {
    let has_other = !other.is_multiple_of(3);
    if is_card {
        let hold = has_other.then(|| HoldId::from_bits(other));
        return TenderKind::GiftCard { card: CardId::from_bits(one), hold };
    }
    let payment = has_other.then(|| PaymentId::from_bits(other));
    TenderKind::PaymentMethod { method: MethodId::from_bits(one), payment, wanted }
}

fn order() -> impl Strategy<Value = Order> {
    let about = (bits(), bits(), currency(), region(), option::of(bits()));
    let back = vec((vec(0..3_u64, 6), any::<prop::sample::Index>()), 4);
    let life = (option::of(source()), 0..=i64::MAX.cast_unsigned(), metadata(), instant());
    (about, lines(), payers(), back, life).prop_map(|(about, lines, payers, back, life)| {
        let (id, checkout, currency, region, buyer) = about;
        let (source, receipt, metadata, created_at) = life;
        let tenders = payers.iter().zip(allocate(&lines, &payers));
        let tenders = tenders.map(|((id, _, [one, other], is_card), allocations)| {
            let paid_by = if *is_card {
                let (card, hold) = (CardId::from_bits(*one), HoldId::from_bits(*other));
                PaidBy::GiftCard { card, hold }
            } else {
                let (method, payment) = (MethodId::from_bits(*one), PaymentId::from_bits(*other));
                PaidBy::PaymentMethod { method, payment }
            };
            OrderTender { id: *id, paid_by, allocations }
        });
        let tenders = tenders.collect();
        let lines = lines.into_iter().zip(back).map(|(line, (weights, index))| {
            let total = line.total();
            let refunded = index.index(usize::try_from(total.minor()).unwrap() + 1);
            OrderLine {
                parts: parts(total, &weights),
                refunded: of(i64::try_from(refunded).unwrap()),
                refunded_units: u32::try_from(index.index(line.quantity as usize + 1)).unwrap(),
                line,
            }
        });
        Order {
            id: OrderId::from_bits(id),
            checkout: CheckoutId::from_bits(checkout),
            currency,
            region,
            buyer: buyer.map(PersonId::from_bits),
            lines: lines.collect(),
            tenders,
            source,
            receipt,
            metadata,
            created_at,
        }
    })
}

fn order_refund() -> impl Strategy<Value = OrderRefund> {
    let about = (bits(), bits(), 0..10_000_i64, currency(), token());
    let weights = [(); 3].map(|()| vec(0..3_u64, 6));
    let statuses = vec((prop::sample::select(RefundStatus::ALL.to_vec()), option::of(bits())), 6);
    let life = (0..=i64::MAX.cast_unsigned(), instant());
    (about, weights, statuses, any::<u32>(), life).prop_map(
        |(about, weights, statuses, units, life)| {
            let (id, order, minor, currency, reason) = about;
            let [to_tenders, of_lines, of_parts] = weights;
            let whole = of(minor);
            let allocations = (1..).zip(split(whole, &to_tenders)).zip(statuses);
            let allocations = allocations.filter(|((_, amount), _)| !amount.is_zero());
            // Only what has succeeded may be a card.
            let credit = |(status, card): (RefundStatus, Option<u128>)| {
                card.filter(|_| status == RefundStatus::Succeeded).map(CardId::from_bits)
            };
            let allocations = allocations.map(|((number, amount), status)| RefundAllocation {
                tender: TenderId(number),
                line: if number == 3 { LineId::Shipping } else { LineId::Number(2) },
                amount,
                status: status.0,
                credit: credit(status),
                by_hand: status == (RefundStatus::Succeeded, None) && number == 2,
            });
            let lines = (1..).zip(split(whole, &of_lines));
            let line =
                |(number, amount)| LineRefund { line: LineId::Number(number), units, amount };
            OrderRefund {
                id: RefundId::from_bits(id),
                order: OrderId::from_bits(order),
                amount: Money { amount: whole, currency },
                allocations: allocations.collect(),
                lines: lines.map(line).collect(),
                parts: parts(whole, &of_parts),
                reason,
                credit_note: life.0,
                created_at: life.1,
            }
        },
    )
}

fn payout() -> impl Strategy<Value = Payout> {
    let state = prop::sample::select(PayoutState::ALL.to_vec());
    let about = (bits(), bits(), any::<bool>(), amount(), currency(), token());
    (about, state, token(), instant(), instant()).prop_map(
        |(about, state, failure, until, created_at)| {
            let (id, payee, is_seller, amount, currency, rail) = about;
            Payout {
                id: PayoutId::from_bits(id),
                payee: if is_seller {
                    Payee::Seller(SellerId::from_bits(payee))
                } else {
                    Payee::Creator(CreatorId::from_bits(payee))
                },
                amount: Money { amount, currency },
                rail,
                until,
                state,
                failure: (state == PayoutState::Failed).then_some(failure),
                created_at,
            }
        },
    )
}

fn seller() -> impl Strategy<Value = Seller> {
    (bits(), text(), points(10_000), metadata(), instant()).prop_map(
        |(id, name, commission, metadata, created_at)| Seller {
            id: SellerId::from_bits(id),
            name,
            commission,
            metadata,
            created_at,
        },
    )
}

fn creator() -> impl Strategy<Value = Creator> {
    (bits(), text(), token(), points(10_000), metadata(), instant()).prop_map(
        |(id, name, handle, share, metadata, created_at)| Creator {
            id: CreatorId::from_bits(id),
            name,
            handle,
            share,
            metadata,
            created_at,
        },
    )
}

fn product() -> impl Strategy<Value = Product> {
    let what = (bits(), text(), bits(), option::of(bits()), kind(), option::of(label()));
    (what, amount(), currency(), metadata(), instant()).prop_map(
        |(what, amount, currency, metadata, created_at)| {
            let (id, name, seller, creator, kind, category) = what;
            Product {
                id: ProductId::from_bits(id),
                name,
                seller: SellerId::from_bits(seller),
                creator: creator.map(CreatorId::from_bits),
                kind,
                category,
                price: Money { amount, currency },
                metadata,
                created_at,
            }
        },
    )
}

fn numbering() -> impl Strategy<Value = Numbering> {
    (prop::sample::select(Series::ALL.to_vec()), 0..=i64::MAX.cast_unsigned())
        .prop_map(|(series, next)| Numbering { series, next })
}

/// Any row of the shop.
pub(super) fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        1 => seller().prop_map(|row| Row::Seller(Arc::new(row))).boxed(),
        1 => creator().prop_map(|row| Row::Creator(Arc::new(row))).boxed(),
        1 => product().prop_map(|row| Row::Product(Arc::new(row))).boxed(),
        3 => checkout().prop_map(|row| Row::Checkout(Arc::new(row))).boxed(),
        3 => order().prop_map(|row| Row::Order(Arc::new(row))).boxed(),
        2 => order_refund().prop_map(|row| Row::OrderRefund(Arc::new(row))).boxed(),
        1 => payout().prop_map(|row| Row::Payout(Arc::new(row))).boxed(),
        1 => numbering().prop_map(Row::Numbering).boxed(),
    ]
}
