//! Rows of payments and the shop: what cannot exist, what lists show, and what falls due.

use std::sync::Arc;

use base::{CheckoutId, CreatorId, Currency, DisputeId, LineKind, MethodId, Money, OrderId};
use base::{PaymentId, PayoutId, PersonId, ProductId, RailRefundId, RefundId, Region, SellerId};
use base::{Text, Token};
use engine::Row;
use journal::{EncodedSource, EncodedValues, Value, ValueSink, ValuesReader};
use payments::{Destination, Dispute, DisputeState, Method, NextAction, Payment, PaymentState};
use payments::{Purpose, RailRefund, RailToken, RefundState, ReturnUrl};
use shop::{Allocation, BasisPoints, Checkout, CheckoutState, Creator, Line, LineId, LineRefund};
use shop::{Numbering, Order, OrderLine, OrderRefund, OrderTender, PaidBy, Part, Party, Payee};
use shop::{Payout, PayoutState, Product, RefundAllocation, RefundStatus, Seller, Series};
use shop::{Tender, TenderId, TenderKind, TenderStatus};
use store::rows::{TABLES, read_row, table_of, write_row};
use store::{Due, DueObject, List, Page};

use crate::support::{Scribe, amount, at, on_every_store, whole};

fn money(minor: i64) -> Money {
    Money { amount: amount(minor), currency: Currency::USD }
}

pub fn token<const MAX: usize>(text: &str) -> Token<MAX> {
    Token::new(text).unwrap()
}

pub fn made(number: u128) -> base::Instant {
    at(i64::try_from(number).unwrap())
}

pub fn method(number: u128, owner: Option<u128>) -> Row {
    Row::Method(Arc::new(Method {
        id: MethodId::from_bits(number),
        rail: token("sandbox"),
        token: RailToken(Text::new("pm_secret").unwrap()),
        owner: owner.map(PersonId::from_bits),
        brand: None,
        last4: None,
        expiry: payments::Expiry::new(2027, 12),
        is_store_mediated: false,
        declined_at: None,
        created_at: made(number),
    }))
}

/// A payment of 100 that waits for its payer.
pub fn open_payment(number: u128, due_at: Option<i64>) -> Payment {
    let next_action = NextAction(Text::new("https://bank.example/secret").unwrap());
    Payment {
        id: PaymentId::from_bits(number),
        method: MethodId::from_bits(1),
        rail: token("sandbox"),
        amount: money(100),
        purpose: Purpose::Checkout(CheckoutId::from_bits(1)),
        return_url: Some(ReturnUrl::parse("https://shop.example/secret").unwrap()),
        state: PaymentState::RequiresAction { next_action },
        is_unknown: false,
        rail_reference: None,
        captured: amount(0),
        refunded: amount(0),
        refunding: amount(0),
        disputed: amount(0),
        credited: amount(0),
        lost: amount(0),
        owed: amount(0),
        settled: amount(0),
        fee: None,
        open_refunds: Vec::new(),
        calls: 0,
        due_at: due_at.map(at),
        created_at: made(number),
    }
}

/// A payment of which 90 were taken and 60 went back, 20 of them not yet.
fn captured_payment() -> Payment {
    Payment {
        state: PaymentState::Captured,
        captured: amount(90),
        refunded: amount(30),
        refunding: amount(20),
        credited: amount(10),
        fee: Some(amount(3)),
        open_refunds: vec![RailRefundId::from_bits(1)],
        ..open_payment(1, None)
    }
}

pub fn rail_refund(number: u128, due_at: Option<i64>) -> RailRefund {
    RailRefund {
        id: RailRefundId::from_bits(number),
        payment: PaymentId::from_bits(1),
        rail: token("sandbox"),
        amount: money(20),
        order_refund: None,
        destination: Destination::Original,
        state: RefundState::Sent,
        kept_back: false,
        attempt: 2,
        returned_attempt: Some(1),
        replaced_by: None,
        is_unknown: false,
        rail_reference: None,
        calls: 0,
        due_at: due_at.map(at),
        created_at: made(number),
    }
}

fn dispute(number: u128, state: DisputeState) -> Row {
    Row::Dispute(Arc::new(Dispute {
        id: DisputeId::from_bits(number),
        payment: PaymentId::from_bits(1),
        amount: money(90),
        reason: token("fraudulent"),
        due_by: None,
        state,
        stage: 1,
        rail_reference: None,
        created_at: made(number),
    }))
}

fn product(number: u128, seller: u128) -> Row {
    Row::Product(Arc::new(Product {
        id: ProductId::from_bits(number),
        name: Text::new("Lamp").unwrap(),
        seller: SellerId::from_bits(seller),
        creator: None,
        kind: LineKind::Goods,
        category: None,
        price: money(100),
        metadata: base::Metadata::default(),
        created_at: made(number),
    }))
}

fn seller(number: u128) -> Row {
    Row::Seller(Arc::new(Seller {
        id: SellerId::from_bits(number),
        name: Text::new("Lamps & Co").unwrap(),
        commission: BasisPoints::new(1_000).unwrap(),
        metadata: base::Metadata::default(),
        created_at: made(number),
    }))
}

fn creator(number: u128) -> Row {
    Row::Creator(Arc::new(Creator {
        id: CreatorId::from_bits(number),
        name: Text::new("Ada").unwrap(),
        handle: token("ada"),
        share: BasisPoints::new(500).unwrap(),
        metadata: base::Metadata::default(),
        created_at: made(number),
    }))
}

/// Goods of 100 and shipping of 10.
fn lines() -> Vec<Line> {
    let goods = Line {
        id: LineId::Number(1),
        product: None,
        name: Text::new("Lamp").unwrap(),
        seller: Some(SellerId::from_bits(1)),
        creator: None,
        kind: LineKind::Goods,
        category: None,
        quantity: 2,
        unit_price: amount(50),
        discount: amount(8),
        tax: amount(8),
        commission: BasisPoints::new(1_000).unwrap(),
        share: BasisPoints::default(),
    };
    let shipping = Line {
        id: LineId::Shipping,
        seller: None,
        kind: LineKind::Service,
        quantity: 1,
        unit_price: amount(10),
        discount: amount(0),
        tax: amount(0),
        ..goods.clone()
    };
    vec![goods, shipping]
}

/// Who pays the goods and the shipping.
fn pay(goods: i64, shipping: i64) -> Vec<Allocation> {
    let parts = [(LineId::Number(1), goods), (LineId::Shipping, shipping)];
    let parts = parts.into_iter().filter(|(_, minor)| *minor > 0);
    parts.map(|(line, minor)| Allocation { line, amount: amount(minor) }).collect()
}

fn tender(number: u16, allocations: Vec<Allocation>) -> Tender {
    Tender {
        id: TenderId(number),
        kind: TenderKind::PaymentMethod {
            method: MethodId::from_bits(1),
            payment: None,
            wanted: None,
        },
        status: TenderStatus::Applied,
        allocations,
    }
}

/// An open checkout of 110, of which two tenders pay all.
pub fn checkout(number: u128, due_at: Option<i64>) -> Checkout {
    Checkout {
        id: CheckoutId::from_bits(number),
        currency: Currency::USD,
        region: Region::parse("US-CA").unwrap(),
        buyer: None,
        lines: lines(),
        promotion: None,
        source: None,
        tenders: vec![tender(1, pay(60, 0)), tender(3, pay(40, 10))],
        tenders_ever: 3,
        state: CheckoutState::Open,
        failure: None,
        order: None,
        metadata: base::Metadata::default(),
        expires_at: at(900),
        due_at: due_at.map(at),
        created_at: made(number),
    }
}

fn order(number: u128, buyer: Option<u128>) -> Order {
    let part = |party, minor| Part { party, amount: amount(minor) };
    let seller = Party::Seller(SellerId::from_bits(1));
    let parts = [
        vec![part(seller, 83), part(Party::Commission, 9), part(Party::Tax, 8)],
        vec![part(seller, 10)],
    ];
    let line = |(line, parts)| OrderLine { line, parts, refunded: amount(0), refunded_units: 0 };
    let tender = |number, allocations| OrderTender {
        id: TenderId(number),
        paid_by: PaidBy::PaymentMethod {
            method: MethodId::from_bits(1),
            payment: PaymentId::from_bits(number.into()),
        },
        allocations,
    };
    Order {
        id: OrderId::from_bits(number),
        checkout: CheckoutId::from_bits(number),
        currency: Currency::USD,
        region: Region::parse("US-CA").unwrap(),
        buyer: buyer.map(PersonId::from_bits),
        lines: lines().into_iter().zip(parts).map(line).collect(),
        tenders: vec![tender(1, pay(60, 0)), tender(3, pay(40, 10))],
        source: None,
        receipt: 1,
        metadata: base::Metadata::default(),
        created_at: made(number),
    }
}

fn order_refund(number: u128, order: u128) -> OrderRefund {
    let (line, whole) = (LineId::Number(1), amount(50));
    OrderRefund {
        id: RefundId::from_bits(number),
        order: OrderId::from_bits(order),
        amount: money(50),
        allocations: vec![RefundAllocation {
            tender: TenderId(1),
            line,
            amount: whole,
            status: RefundStatus::Pending,
            credit: None,
            by_hand: false,
        }],
        lines: vec![LineRefund { line, units: 1, amount: whole }],
        parts: vec![Part { party: Party::Seller(SellerId::from_bits(1)), amount: whole }],
        reason: token("requested"),
        credit_note: 1,
        created_at: made(number),
    }
}

fn payout(number: u128, state: PayoutState) -> Row {
    Row::Payout(Arc::new(Payout {
        id: PayoutId::from_bits(number),
        payee: Payee::Seller(SellerId::from_bits(1)),
        amount: money(83),
        rail: token("sandbox"),
        until: at(1),
        state,
        failure: (state == PayoutState::Failed).then(|| token("account_closed")),
        created_at: made(number),
    }))
}

pub fn values_of(row: &Row) -> Vec<Value> {
    let mut values = Vec::new();
    write_row(row, &mut values);
    values
}

fn is_read(row: &Row, values: &[Value]) -> bool {
    let (table, version) = table_of(row);
    read_row(table, version, &mut ValuesReader::new(values)).is_ok()
}

/// Expects that the row can be read, and not after `change`.
#[track_caller]
pub fn check<R: Clone>(row: &R, wrap: impl Fn(Arc<R>) -> Row, change: impl Fn(&mut R)) {
    let good = wrap(Arc::new(row.clone()));
    assert!(is_read(&good, &values_of(&good)), "the row itself cannot be read");
    let mut changed = row.clone();
    change(&mut changed);
    let bad = wrap(Arc::new(changed));
    assert!(!is_read(&bad, &values_of(&bad)), "{bad:?}");
}

/// Expects a refusal of the row with another value in a column.
#[track_caller]
pub fn set(row: &Row, column: &str, value: Value) {
    let table = TABLES.iter().find(|table| table.number == table_of(row).0).unwrap();
    let place = table.columns.iter().position(|known| known.name == column).unwrap();
    let mut values = values_of(row);
    assert!(is_read(row, &values), "the row itself cannot be read");
    values[place] = value;
    assert!(!is_read(row, &values), "{column}");
}

#[test]
fn payments_that_cannot_exist_are_refused() {
    let check_open = |change: fn(&mut Payment)| {
        check(&open_payment(1, Some(5)), Row::Payment, change);
    };
    check_open(|row| row.captured = amount(1));
    check_open(|row| row.fee = Some(amount(1)));
    check_open(|row| row.disputed = amount(1));
    check_open(|row| row.state = PaymentState::Authorized);
    check_open(|row| row.state = PaymentState::Captured);
    let check_captured = |change: fn(&mut Payment)| {
        check(&captured_payment(), Row::Payment, change);
    };
    check_captured(|row| row.amount = money(89));
    check_captured(|row| row.refunded = amount(61));
    check_captured(|row| row.credited = amount(i64::MAX));
    check_captured(|row| row.open_refunds.clear());
    check_captured(|row| row.owed = amount(31));
    check_captured(|row| row.settled = amount(1));
    check_captured(|row| row.lost = amount(i64::MAX));
    check_captured(|row| (row.refunding, row.credited) = (amount(0), amount(0)));
    check_captured(|row| row.is_unknown = true);
    check_captured(|row| row.due_at = Some(at(5)));
    let open = Row::Payment(Arc::new(open_payment(1, None)));
    set(&open, "state", Value::Int(1));
    set(&open, "state", Value::Int(9));
    set(&open, "next_action", Value::Null);
    set(&open, "failure", Value::Text("declined".to_owned()));
    set(&open, "failed_step", Value::Int(1));
    set(&open, "purpose_kind", Value::Int(3));
    set(&open, "currency", Value::Text("usd".to_owned()));
    // Lists that are empty, too short, too long, or of a number that is no count.
    for bytes in [vec![], vec![1, 2], vec![1, 0, 0], vec![1, 1]] {
        set(&open, "open_refunds", Value::Bytes(bytes));
    }
}

#[test]
fn refunds_disputes_and_methods_that_cannot_exist_are_refused() {
    let check_sent = |change: fn(&mut RailRefund)| {
        check(&rail_refund(1, Some(5)), Row::RailRefund, change);
    };
    check_sent(|row| row.attempt = 0);
    check_sent(|row| row.returned_attempt = Some(3));
    check_sent(|row| row.state = RefundState::Succeeded);
    let sent = Row::RailRefund(Arc::new(rail_refund(1, None)));
    set(&sent, "state", Value::Int(4));
    set(&sent, "consent_reason", Value::Int(1));
    set(&sent, "consented_at", Value::Int(5));
    set(&dispute(1, DisputeState::Open), "state", Value::Int(4));
    set(&dispute(1, DisputeState::Open), "stage", Value::Int(256));
    set(&method(1, None), "expiry", Value::Int(202_713));
    set(&method(1, None), "expiry", Value::Int(-202_712));
    set(&method(1, None), "last4", Value::Text("12345".to_owned()));
}

#[test]
fn checkouts_that_cannot_exist_are_refused() {
    let check = |change: fn(&mut Checkout)| check(&checkout(1, Some(5)), Row::Checkout, change);
    check(|row| row.lines.clear());
    check(|row| row.lines[0].id = LineId::Number(2));
    check(|row| row.lines[0].seller = None);
    check(|row| row.lines[1].seller = Some(SellerId::from_bits(1)));
    check(|row| row.lines[0].kind = LineKind::Service);
    check(|row| row.lines[0].quantity = 0);
    check(|row| row.lines[0].discount = amount(101));
    check(|row| row.lines[0].unit_price = amount(i64::MAX));
    check(|row| row.lines[0].share = BasisPoints::new(9_001).unwrap());
    check(|row| row.lines[0].tax = amount(i64::MAX - 100));
    check(|row| row.tenders[0].allocations = pay(61, 0));
    check(|row| row.tenders[0].allocations = [pay(30, 0), pay(30, 0)].concat());
    check(|row| row.tenders[0].allocations[0].line = LineId::Number(2));
    check(|row| row.tenders[0].allocations[0].amount = amount(0));
    check(|row| row.tenders[0].id = TenderId(0));
    check(|row| row.tenders[1].id = TenderId(1));
    check(|row| row.tenders_ever = 2);
    check(|row| row.state = CheckoutState::Failed);
    check(|row| row.state = CheckoutState::Paid);
    check(|row| row.order = Some(OrderId::from_bits(1)));
    check(|row| {
        row.state = CheckoutState::Paying;
        row.tenders[0].allocations = pay(59, 0);
    });
    let row = Row::Checkout(Arc::new(checkout(1, None)));
    set(&row, "state", Value::Int(7));
    set(&row, "source_kind", Value::Int(1));
    set(&row, "region", Value::Text("us".to_owned()));
}

#[test]
fn orders_and_refunds_that_cannot_exist_are_refused() {
    let check_order = |change: fn(&mut Order)| check(&order(1, None), Row::Order, change);
    check_order(|row| row.lines[0].parts[0].amount = amount(82));
    check_order(|row| row.lines[0].parts[1] = Part { party: Party::Tax, amount: amount(9) });
    check_order(|row| {
        row.lines[1].parts.push(Part { party: Party::Commission, amount: amount(0) });
    });
    check_order(|row| row.lines[0].refunded = amount(101));
    check_order(|row| row.lines[0].refunded_units = 3);
    check_order(|row| row.tenders[0].allocations = pay(59, 0));
    check_order(|row| row.tenders[0].allocations = pay(61, 0));
    check_order(|row| drop(row.tenders.pop()));
    check_order(|row| row.tenders[1].id = TenderId(1));
    let check_refund =
        |change: fn(&mut OrderRefund)| check(&order_refund(1, 1), Row::OrderRefund, change);
    check_refund(|row| row.amount = money(49));
    check_refund(|row| row.allocations[0].amount = amount(51));
    check_refund(|row| row.lines[0].amount = amount(49));
    check_refund(|row| row.parts[0].amount = amount(51));
    check_refund(|row| {
        let nothing = RefundAllocation { amount: amount(0), ..row.allocations[0] };
        row.allocations.push(nothing);
    });
    set(&payout(1, PayoutState::Failed), "state", Value::Int(1));
    set(&payout(1, PayoutState::Failed), "failure", Value::Null);
    set(&payout(1, PayoutState::Paid), "payee_kind", Value::Int(3));
    set(&seller(1), "commission_points", Value::Int(10_001));
    set(&creator(1), "handle", Value::Text("Ada".to_owned()));
    set(&product(1, 1), "kind", Value::Int(6));
    let numbering = Row::Numbering(Numbering { series: Series::Receipt, next: 2 });
    set(&numbering, "series", Value::Bytes(vec![0; 16]));
    set(&numbering, "next_number", Value::Int(-1));
}

/// A count that says more than there is must not make anybody set aside memory for it.
#[test]
fn a_list_of_an_impossible_length_is_refused_at_once() {
    let row = Row::Payment(Arc::new(captured_payment()));
    let packed = EncodedValues::of(|sink| sink.int(i64::MAX));
    assert_eq!(EncodedSource::new(packed.as_bytes()).into_values().map(|list| list.len()), Ok(1));
    set(&row, "open_refunds", Value::Bytes(packed.as_bytes().to_vec()));
}

#[test]
fn references_of_rails_do_not_show() {
    let shown = format!("{:?} {:?}", method(1, None), open_payment(1, None));
    assert!(!shown.contains("secret"), "{shown}");
}

/// Some of each, of two owners.
fn rows_that_are_listed() -> Vec<Row> {
    let refund = |number, order| Row::OrderRefund(Arc::new(order_refund(number, order)));
    let order = |number, buyer| Row::Order(Arc::new(order(number, buyer)));
    vec![
        method(1, Some(7)),
        method(2, None),
        method(3, Some(8)),
        dispute(1, DisputeState::Open),
        dispute(2, DisputeState::Won),
        dispute(3, DisputeState::Open),
        seller(1),
        seller(2),
        creator(4),
        product(1, 1),
        product(2, 2),
        Row::Checkout(Arc::new(Checkout {
            buyer: Some(PersonId::from_bits(7)),
            ..checkout(8, None)
        })),
        Row::Checkout(Arc::new(checkout(9, None))),
        Row::Payment(Arc::new(open_payment(1, None))),
        Row::Payment(Arc::new(Payment {
            purpose: Purpose::Checkout(CheckoutId::from_bits(9)),
            ..open_payment(2, None)
        })),
        Row::RailRefund(Arc::new(rail_refund(1, None))),
        Row::RailRefund(Arc::new(RailRefund {
            order_refund: Some(RefundId::from_bits(3)),
            ..rail_refund(2, None)
        })),
        order(5, Some(7)),
        order(6, None),
        refund(1, 5),
        refund(2, 6),
        refund(3, 5),
        payout(1, PayoutState::Pending),
        payout(2, PayoutState::Failed),
    ]
}

#[test]
fn rows_of_the_shop_are_listed() {
    on_every_store(|place| {
        Scribe::of(place).keep(rows_that_are_listed());
        let check_page = |list, page, expected: &[u128]| {
            let found = place.reader().list(list, page).unwrap();
            let ids: Vec<u128> = found.iter().map(bits_of).collect();
            assert_eq!(ids, expected, "{list:?}");
        };
        let check = |list, expected: &[u128]| check_page(list, whole(), expected);
        let person = Some(PersonId::from_bits(7));
        check(List::Methods { owner: None }, &[3, 2, 1]);
        check(List::Methods { owner: person }, &[1]);
        check(List::Disputes { state: None }, &[3, 2, 1]);
        check(List::Disputes { state: Some(DisputeState::Open) }, &[3, 1]);
        check(List::Sellers, &[2, 1]);
        check(List::Creators, &[4]);
        check(List::Products { seller: None }, &[2, 1]);
        check(List::Products { seller: Some(SellerId::from_bits(2)) }, &[2]);
        check(List::Checkouts { buyer: None }, &[9, 8]);
        check(List::Checkouts { buyer: person }, &[8]);
        check(List::Payments { checkout: None }, &[2, 1]);
        check(List::Payments { checkout: Some(CheckoutId::from_bits(9)) }, &[2]);
        check(List::RailRefunds { refund: None }, &[2, 1]);
        check(List::RailRefunds { refund: Some(RefundId::from_bits(3)) }, &[2]);
        check(List::Orders { buyer: None }, &[6, 5]);
        check(List::Orders { buyer: person }, &[5]);
        check(List::OrderRefunds { order: OrderId::from_bits(5) }, &[3, 1]);
        check(List::OrderRefunds { order: OrderId::from_bits(7) }, &[]);
        check(List::Payouts { state: None }, &[2, 1]);
        check(List::Payouts { state: Some(PayoutState::Failed) }, &[2]);
        let of_five = List::OrderRefunds { order: OrderId::from_bits(5) };
        check_page(of_five, Page { after: Some(3), ..whole() }, &[1]);
        check_page(of_five, Page { limit: 1, ..whole() }, &[3]);
        check_page(of_five, Page { created_before: Some(at(2)), ..whole() }, &[1]);
        check_page(of_five, Page { created_after: Some(at(2)), ..whole() }, &[3]);
    });
}

/// The bits of the id of a row that is listed.
pub fn bits_of(row: &Row) -> u128 {
    match row {
        Row::Method(row) => row.id.bits(),
        Row::Dispute(row) => row.id.bits(),
        Row::Seller(row) => row.id.bits(),
        Row::Creator(row) => row.id.bits(),
        Row::Product(row) => row.id.bits(),
        Row::Purchase(row) => row.id.bits(),
        Row::Checkout(row) => row.id.bits(),
        Row::Payment(row) => row.id.bits(),
        Row::RailRefund(row) => row.id.bits(),
        Row::Order(row) => row.id.bits(),
        Row::OrderRefund(row) => row.id.bits(),
        Row::Payout(row) => row.id.bits(),
        other => panic!("no list has {other:?}"),
    }
}

#[test]
fn checkouts_payments_and_refunds_fall_due() {
    on_every_store(|place| {
        let checkout = |number, due_at| Row::Checkout(Arc::new(checkout(number, due_at)));
        let payment = |number, due_at| Row::Payment(Arc::new(open_payment(number, due_at)));
        let refund = |number, due_at| Row::RailRefund(Arc::new(rail_refund(number, due_at)));
        Scribe::of(place).keep(vec![
            checkout(1, Some(20)),
            checkout(2, None),
            payment(3, Some(10)),
            payment(4, None),
            refund(5, Some(20)),
            refund(6, None),
        ]);
        let order = [
            Due { at: at(10), what: DueObject::Payment(PaymentId::from_bits(3)) },
            Due { at: at(20), what: DueObject::Checkout(CheckoutId::from_bits(1)) },
            Due { at: at(20), what: DueObject::RailRefund(RailRefundId::from_bits(5)) },
        ];
        let mut reader = place.reader();
        for (now, limit, count) in [(9, 9, 0), (10, 9, 1), (20, 9, 3), (20, 2, 2)] {
            assert_eq!(reader.due(at(now), limit).unwrap(), order[..count], "{now} {limit}");
        }
        for (now, next) in [(0, Some(0)), (10, Some(1)), (20, None)] {
            assert_eq!(reader.next_due(at(now)).unwrap(), next.map(|n: usize| order[n]), "{now}");
        }
    });
}
