//! Promotions as commands leave them are sound; then one thing is damaged at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Amount, CheckoutId, CreatorId, HoldId, Instant, Label, LineKind, Metadata, OrderId};
use base::{PaymentId, PersonId, PromotionId, RailRefundId, RefundId, Region, Span, Text, Token};
use engine::{AddTender, Command, Key, PromotionCommand, RefundIds, Row, ShopCommand};
use giftcards::Funding;
use ledger::{Account, AccountName};
use promotions::{
    Actor, Advertiser, Audience, Bill, BillLine, Deed, DeedKind, Goal, Inventory, Lease,
};
use promotions::{MarketPrices, Micros, NewPromotion, PayWith, Post, PostKind, Promise, Promotion};
use promotions::{Return, Role, Slice, StopCause, Takeback, Terms, Visibility};
use promotions::{deed_id, post_id, quote, settlement_id, slice_id};
use reports::{Check, Finding, VerifyReport, verify};
use store::Reader;

use crate::book::{TestBook, by_id, new_program, usd};

const ADVERTISER: Actor = Actor { role: Role::Advertiser, person: Some(PersonId::from_bits(7)) };

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn promotion(number: u128) -> PromotionId {
    PromotionId::from_bits(number)
}

fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

fn post() -> Post {
    Post {
        id: post_id(&label("post-1")),
        name: label("post-1"),
        url: Text::new("https://example.com/1").unwrap(),
        creator: CreatorId::from_bits(3),
        kind: PostKind::Video,
        visibility: Visibility::Public,
        language: None,
        tags: Vec::new(),
        content_version: label("v1"),
        is_deleted: false,
        promotions: Vec::new(),
        created_at: Instant::MIN,
        published_at: None,
    }
}

/// Promotes the post for 50.00 over four days from tomorrow, 5.00 of which the platform adds.
fn compose(book: &mut TestBook, number: u128) {
    let starts_at = book.now.saturating_add(Span::days(1));
    let terms = Terms {
        goal: Goal::Views,
        target: None,
        audience: Audience::automatic(),
        budget: usd(5_000),
        incentive: amount(500),
        daily_budget: None,
        starts_at,
        ends_at: starts_at.saturating_add(Span::days(4)),
        promise: Promise::Estimate,
    };
    let price = |micros| Micros::new(micros);
    let inventory = Inventory {
        audience_size: 100_000,
        opportunities_per_day: 100_000,
        units_per_million: 1_000_000,
        prices: MarketPrices { mean: price(300_000), p90: price(400_000) },
    };
    let new = NewPromotion {
        id: promotion(number),
        advertiser: PersonId::from_bits(7),
        post: label("post-1"),
        quote: quote(&terms, &inventory, book.now),
        terms,
        pay_with: vec![PayWith::Wallet],
        authorization: None,
        advertiser_age: None,
        metadata: Metadata::default(),
    };
    let (new, post) = (Box::new(new), Box::new(post()));
    promote(book, PromotionCommand::Compose { new, post, actor: ADVERTISER });
}

fn promote(book: &mut TestBook, command: PromotionCommand) {
    book.command(Command::Promotions(Box::new(command)));
}

/// A card pays for it: 45.00 and 4.51 of tax, by the checkout and the order of its number.
fn pay(book: &mut TestBook, number: u128) {
    let (checkout, order) = (CheckoutId::from_bits(number), OrderId::from_bits(number));
    let (id, actor) = (promotion(number), ADVERTISER);
    let line = shop::NewLine {
        product: None,
        name: Text::new("Promotion").unwrap(),
        seller: None,
        creator: None,
        kind: LineKind::Promotion,
        category: None,
        quantity: 1,
        unit_price: usd(4_500),
        discount: None,
        tax: Some(usd(451)),
    };
    let new = shop::NewCheckout {
        id: checkout,
        currency: base::Currency::USD,
        region: Region::parse("US-CA").unwrap(),
        buyer: None,
        lines: vec![line],
        promotion: Some(id),
        shipping: None,
        source: None,
        metadata: Metadata::default(),
    };
    let shop = |command| Command::Shop(command);
    book.command(shop(ShopCommand::CreateCheckout(Box::new(new.into()))));
    let submit = PromotionCommand::Submit {
        promotion: id,
        checkout,
        pay_with: None,
        authorization: None,
        actor,
    };
    promote(book, submit);
    let first = number * 100;
    let holds = std::array::from_fn(|at| HoldId::from_bits(first + at as u128));
    let (tender, holds) = (AddTender::GiftCard { card: by_id(1) }, Box::new(holds));
    book.command(shop(ShopCommand::AddTender { checkout, tender, holds }));
    let payments = std::array::from_fn(|at| PaymentId::from_bits(first + at as u128));
    let payments = Box::new(payments);
    let return_url = None;
    book.command(shop(ShopCommand::Pay { checkout, payments, order, return_url }));
}

fn settle(book: &mut TestBook, number: u128) {
    let ids = RefundIds {
        cards: std::array::from_fn(|at| RefundId::from_bits(number * 100 + 1 + at as u128)),
        rails: std::array::from_fn(|at| RailRefundId::from_bits(number * 100 + at as u128)),
    };
    let (order, refund) = (Some(OrderId::from_bits(number)), RefundId::from_bits(number * 100));
    let ids = Box::new(ids);
    promote(book, PromotionCommand::Settle { promotion: promotion(number), order, refund, ids });
}

/// Leases 20.00 of both to one process and of the first to another, and bills what they say, with a
/// late verdict.
fn deliver(book: &mut TestBook) {
    let lease = |holder: &str, minor| Lease {
        holder: label(holder),
        amount: amount(minor),
        term: Span::hours(1),
    };
    for (number, holder) in [(1, "feed-1"), (1, "feed-2"), (2, "feed-1")] {
        let (promotion, want) = (promotion(number), lease(holder, 2_000));
        promote(book, PromotionCommand::Lease { promotion, held: None, want });
    }
    let line = |number, slice, units, price| BillLine {
        promotion: promotion(number),
        slice,
        units,
        price: Micros::new(price),
        unbilled_units: 1,
        invalid_units: 2,
    };
    let (promotion_1, price) = (promotion(1), Micros::new(25_000_000));
    let takeback = Takeback { promotion: promotion_1, slice: 1, units: 100, price };
    let bill = Bill {
        stream: label("feed-1"),
        from: 0,
        to: 9,
        lines: vec![
            line(1, 1, 4_000, 1_000_700_000),
            line(1, 2, 10, 2_600_000),
            line(2, 1, 4_000, 1_200_000_000),
        ],
        takebacks: vec![takeback],
    };
    promote(book, PromotionCommand::Bill(Box::new(bill)));
}

/// Promotion 1 is shown: one of its two slices is open, with a fraction of a cent that was not
/// charged, and some was repaid. Promotion 2 was stopped after it had spent something, and is
/// settled; promotion 3 is a draft.
fn market() -> TestBook {
    let mut book = TestBook::open();
    book.issue(1, usd(20_000), Funding::External);
    let creator = shop::Creator {
        id: CreatorId::from_bits(3),
        name: Text::new("Ada").unwrap(),
        handle: Token::new("ada").unwrap(),
        share: shop::BasisPoints::default(),
        metadata: Metadata::default(),
        created_at: Instant::MIN,
    };
    book.command(Command::Shop(ShopCommand::CreateCreator(Box::new(creator))));
    for number in [1, 2, 3] {
        compose(&mut book, number);
    }
    for number in [1, 2] {
        pay(&mut book, number);
        let id = promotion(number);
        promote(
            &mut book,
            PromotionCommand::Approve { promotion: id, version: None, actor: ADVERTISER },
        );
    }
    book.now = book.now.saturating_add(Span::days(1));
    for number in [1, 2] {
        promote(&mut book, PromotionCommand::Advance { promotion: promotion(number) });
    }
    deliver(&mut book);
    for number in [1, 2] {
        let back = Return { granted_after: Amount::ZERO, closes_after: Some(9) };
        let promotion = promotion(number);
        promote(&mut book, PromotionCommand::ReturnSlice { promotion, slice: 1, back });
    }
    let (cause, actor) = (StopCause::Advertiser, ADVERTISER);
    promote(&mut book, PromotionCommand::Stop { promotion: promotion(2), cause, actor });
    book.now = book.now.saturating_add(Span::hours(73));
    settle(&mut book, 2);
    book.sweep();
    book
}

fn run(book: &mut TestBook) -> VerifyReport {
    verify(&mut book.shared.reader(), None, &mut |_| {}).unwrap()
}

fn row(book: &TestBook, key: Key) -> Row {
    book.shared.reader().rows(&[key]).unwrap().remove(0).unwrap()
}

/// What is found when these rows take the place of those of the market, or stand beside them.
fn found(bend: impl FnOnce(&TestBook) -> Vec<Row>) -> Vec<Finding> {
    let mut book = market();
    let bent = bend(&book);
    book.bent(Command::GiftCards(new_program(9)), |change| change.rows.extend(bent));
    book.sweep();
    run(&mut book).findings
}

/// Expects that just these checks fail, and one of them says this of the object; nothing is wrong
/// where nothing is expected.
#[track_caller]
fn check(
    bend: impl FnOnce(&TestBook) -> Vec<Row>,
    expected: &[Check],
    (object, said): (&str, &str),
) {
    let findings = found(bend);
    let told = || findings.iter().map(|f| format!("\n{f}")).collect::<String>();
    let failed: BTreeSet<Check> = findings.iter().map(|finding| finding.check).collect();
    assert_eq!(failed, expected.iter().copied().collect(), "{}", told());
    let is_it = |finding: &Finding| finding.object == object && finding.detail.contains(said);
    assert!(findings.iter().any(is_it) || expected.is_empty(), "{object}: {said}{}", told());
}

/// One of the promotions with something changed.
#[track_caller]
fn check_promotion(number: u128, said: &str, change: fn(&mut Promotion)) {
    let id = promotion(number);
    let bend = |book: &TestBook| {
        let Row::Promotion(mut row) = row(book, Key::Promotion(id)) else { panic!("{id}") };
        change(Arc::make_mut(&mut row));
        vec![Row::Promotion(row)]
    };
    check(bend, &[Check::Promotions], (&id.to_string(), said));
}

#[test]
fn what_commands_leave_is_sound() {
    let mut book = market();
    let report = run(&mut book);
    assert_eq!(report.findings, []);
    assert!(report.compared);
    // Something of everything is there.
    let Row::Promotion(first) = row(&book, Key::Promotion(promotion(1))) else { panic!() };
    assert_eq!((first.slices.ever, first.slices.open), (2, 1));
    assert_eq!(first.spend.due, Micros::new(978_300_000));
    assert!(first.spend.repaid > Amount::ZERO && first.spend.carry_micros > 0);
    let Row::Promotion(second) = row(&book, Key::Promotion(promotion(2))) else { panic!() };
    // 1,200 of 5,000 were spent, the first 500 of which the platform had added.
    assert_eq!((second.returned, second.incentive_returned), (amount(3_800), Amount::ZERO));
    let Row::Order(order) = row(&book, Key::Order(OrderId::from_bits(2))) else { panic!() };
    assert!(order.lines[0].refunded > second.returned);
    // Wherever its journal begins.
    for removed in [1, book.head.seq / 2, book.head.seq - 1] {
        let mut book = market();
        book.remove(removed);
        assert_eq!(run(&mut book).findings, [], "{removed}");
    }
}

#[test]
fn money_that_is_not_where_it_should_be_is_named() {
    let of_first = |said: &str, change| check_promotion(1, said, change);
    of_first("its escrow holds", |row| row.terms.budget.amount = amount(5_001));
    of_first("does not pay 4499 for it", |row| row.terms.incentive = amount(501));
    of_first("of its slices", |row| row.spend.repaid = amount(1));
    of_first("are due", |row| row.spend.due = row.spend.due.saturating_add(Micros::new(1)));
    let spent_less = |row: &mut Promotion| {
        row.spend.spent = row.spend.spent.checked_sub(amount(1)).unwrap();
        row.spend.due = row.spend.due.saturating_sub(Micros::new(Micros::PER_MINOR));
    };
    of_first("its escrow holds", spent_less);
    of_first("of its slices", spent_less);
    check_promotion(2, "gone back so far", |row| row.returned = amount(3_799));
    check_promotion(2, "its escrow holds", |row| row.returned = amount(3_799));
    check_promotion(2, "has refunded", |row| row.returned = amount(3_799));
}

/// What all promotions have brought, and what the platform has added.
#[test]
fn accounts_that_promotions_do_not_add_up_to_are_named() {
    let bend = |change: fn(&mut Promotion)| {
        move |book: &TestBook| {
            let Row::Promotion(mut row) = row(book, Key::Promotion(promotion(1))) else { panic!() };
            change(Arc::make_mut(&mut row));
            vec![Row::Promotion(row)]
        }
    };
    let promotions = &[Check::Promotions];
    let spent_less = bend(|row| {
        row.spend.spent = row.spend.spent.checked_sub(amount(1)).unwrap();
        row.spend.due = row.spend.due.saturating_sub(Micros::new(Micros::PER_MINOR));
    });
    check(spent_less, promotions, ("promotion/revenue", "USD are on it"));
    let added_more = bend(|row| row.terms.incentive = amount(501));
    check(added_more, promotions, ("promotion/incentives", "1000 USD are on it"));
    let of_nobody = |_: &TestBook| {
        let name = AccountName::PromotionEscrow(promotion(4));
        vec![Row::Account(Account::open(name, base::Currency::USD))]
    };
    let name = AccountName::PromotionEscrow(promotion(4)).to_string();
    check(of_nobody, promotions, (&name, "no such promotion"));
    let in_euros = |_: &TestBook| {
        let name = AccountName::PromotionEscrow(promotion(1));
        vec![Row::Account(Account::open(name, base::Currency::EUR))]
    };
    let name = AccountName::PromotionEscrow(promotion(1)).to_string();
    check(in_euros, promotions, (&name, "of this currency"));
}

#[test]
fn advertisers_with_other_sums_than_their_promotions_are_named() {
    let of = |change: fn(&mut Advertiser)| {
        move |book: &TestBook| {
            let person = PersonId::from_bits(7);
            let Row::Advertiser(mut row) = row(book, Key::Advertiser(person)) else { panic!() };
            change(Arc::make_mut(&mut row));
            vec![Row::Advertiser(row)]
        }
    };
    let promotions = &[Check::Promotions];
    let person = PersonId::from_bits(7).to_string();
    let said = "has 1 5000 USD under way, its row says 2 5000 USD";
    check(of(|row| row.under_way = 2), promotions, (&person, said));
    let more = of(|row| {
        row.budgets.insert(base::Currency::USD, amount(5_001));
    });
    check(more, promotions, (&person, "its row says 1 5001 USD"));
    let of_nobody = |_: &TestBook| {
        let mut row = Advertiser::new(PersonId::from_bits(8));
        row.under_way = 1;
        row.budgets.insert(base::Currency::EUR, amount(1));
        vec![Row::Advertiser(Arc::new(row))]
    };
    let nobody = PersonId::from_bits(8).to_string();
    check(of_nobody, promotions, (&nobody, "has 0 under way, its row says 1 1 EUR"));
    // One that nobody counts, as if it were of somebody without a row.
    let of_another = |book: &TestBook| {
        let Row::Promotion(mut row) = row(book, Key::Promotion(promotion(1))) else { panic!() };
        Arc::make_mut(&mut row).advertiser = PersonId::from_bits(8);
        vec![Row::Promotion(row)]
    };
    check(of_another, promotions, (&nobody, "and no row says so"));
}

#[test]
fn parts_that_are_not_counted_are_named() {
    let of_first = |said: &str, change| check_promotion(1, said, change);
    of_first("counts 3 slices, there are 2", |row| row.slices.ever = 3);
    of_first("counts 2 open slices, there are 1", |row| row.slices.open = 2);
    of_first("deeds, there are", |row| row.deeds += 1);
    of_first("deeds, there are", |row| row.deeds -= 1);
    check_promotion(2, "counts 2 settlements, there are 1", |row| row.settlements += 1);
    check_promotion(2, "counts 2 slices, there are 1", |row| row.slices.ever = 2);
    let id = promotion(1);
    let deed = |number, of| Deed {
        id: deed_id(of, number),
        promotion: of,
        number,
        kind: DeedKind::Paused,
        actor: ADVERTISER,
        at: Instant::MIN,
        rule: None,
        content_version: None,
        terms: None,
    };
    // As many as are counted, and one number left out.
    let with_a_gap = |book: &TestBook| {
        let Row::Promotion(mut row) = row(book, Key::Promotion(id)) else { panic!() };
        let row_in = Arc::make_mut(&mut row);
        row_in.deeds += 1;
        let deed = deed(row_in.deeds + 1, id);
        vec![Row::Promotion(row), Row::Deed(Arc::new(deed))]
    };
    let promotions = &[Check::Promotions];
    check(with_a_gap, promotions, (&id.to_string(), "deeds, there are"));
    let of_nobody = |_: &TestBook| vec![Row::Deed(Arc::new(deed(2, promotion(4))))];
    check(of_nobody, promotions, (&deed_id(promotion(4), 2).to_string(), "does not exist"));
}

fn slice_of(book: &TestBook, number: u32) -> Slice {
    let Row::Slice(slice) = row(book, Key::Slice(slice_id(promotion(1), number))) else { panic!() };
    Slice::clone(&slice)
}

#[test]
fn slices_that_reserve_or_charge_otherwise_are_named() {
    let (escrow, nobody) = (AccountName::PromotionEscrow(promotion(1)).to_string(), promotion(4));
    let larger = |book: &TestBook| {
        let mut slice = slice_of(book, 2);
        slice.pending.reserved = slice.pending.reserved.checked_add(amount(1)).unwrap();
        vec![Row::Slice(Arc::new(slice))]
    };
    check(larger, &[Check::PendingTotals], (&escrow, "open holds and slices"));
    let used_less = |book: &TestBook| {
        let mut slice = slice_of(book, 2);
        slice.used = slice.used.saturating_sub(Micros::new(1));
        vec![Row::Slice(Arc::new(slice))]
    };
    check(used_less, &[Check::Promotions], (&promotion(1).to_string(), "are due"));
    let charged_less = |book: &TestBook| {
        let mut slice = slice_of(book, 1);
        slice.pending.posted = slice.pending.posted.checked_sub(amount(1)).unwrap();
        slice.pending.voided = slice.pending.voided.checked_add(amount(1)).unwrap();
        vec![Row::Slice(Arc::new(slice))]
    };
    check(charged_less, &[Check::Promotions], (&promotion(1).to_string(), "of its slices"));
    let of_nobody = |book: &TestBook| {
        let mut slice = slice_of(book, 1);
        slice.pending.debit = AccountName::PromotionEscrow(nobody).id(slice.pending.currency);
        let id = slice_id(nobody, 1);
        vec![Row::Slice(Arc::new(Slice { promotion: nobody, id, ..slice }))]
    };
    let slice = slice_id(nobody, 1).to_string();
    check(of_nobody, &[Check::Promotions], (&slice, "does not exist"));
}

#[test]
fn settlements_that_gave_back_otherwise_are_named() {
    let (id, key) = (promotion(2), settlement_id(promotion(2), 1));
    let bend = |book: &TestBook| {
        let Row::PromotionSettlement(mut row) = row(book, Key::PromotionSettlement(key)) else {
            panic!("{key}")
        };
        let row_in = Arc::make_mut(&mut row);
        // 10 were spent that were not.
        row_in.spent = row_in.spent.checked_add(amount(10)).unwrap();
        row_in.back = row_in.back.checked_sub(amount(10)).unwrap();
        row_in.back_so_far = row_in.back;
        vec![Row::PromotionSettlement(row)]
    };
    check(bend, &[Check::Promotions], (&id.to_string(), "gone back so far"));
    let key = settlement_id(promotion(4), 1);
    let of_nobody = |book: &TestBook| {
        let first = Key::PromotionSettlement(settlement_id(id, 1));
        let Row::PromotionSettlement(mut row) = row(book, first) else { panic!("{id}") };
        let row_in = Arc::make_mut(&mut row);
        (row_in.id, row_in.promotion) = (key, promotion(4));
        vec![Row::PromotionSettlement(row)]
    };
    check(of_nobody, &[Check::Promotions], (&key.to_string(), "does not exist"));
}

#[test]
fn posts_that_list_others_are_named() {
    let id = post().id;
    let listing = |promotions: &'static [u128]| {
        move |book: &TestBook| {
            let Row::Post(mut row) = row(book, Key::Post(id)) else { panic!("{id}") };
            let listed = promotions.iter().map(|number| promotion(*number));
            Arc::make_mut(&mut row).promotions = listed.collect();
            vec![Row::Post(row)]
        }
    };
    check(listing(&[1]), &[], ("", ""));
    let promotions = &[Check::Promotions];
    check(listing(&[]), promotions, (&promotion(1).to_string(), "does not list it"));
    let post = id.to_string();
    check(listing(&[1, 2]), promotions, (&post, "was not paid, or is settled"));
    check(listing(&[1, 3]), promotions, (&post, "was not paid, or is settled"));
    check(listing(&[1, 4]), promotions, (&post, "does not exist"));
    let elsewhere = |book: &TestBook| {
        let Row::Promotion(mut row) = row(book, Key::Promotion(promotion(1))) else { panic!() };
        Arc::make_mut(&mut row).post = label("post-2");
        vec![Row::Promotion(row)]
    };
    check(elsewhere, promotions, (&post, "is of another post"));
    check_promotion(1, "does not exist", |row| row.post = label("post-2"));
}

#[test]
fn checkouts_and_orders_that_do_not_pay_for_it_are_named() {
    let promotions = &[Check::Promotions];
    let of_first = |said: &str, change| check_promotion(1, said, change);
    of_first("pays for something else", |row| row.checkout = Some(CheckoutId::from_bits(2)));
    of_first("does not exist", |row| row.checkout = Some(CheckoutId::from_bits(9)));
    let checkout = CheckoutId::from_bits(1);
    let of_another = |book: &TestBook| {
        let Row::Checkout(mut row) = row(book, Key::Checkout(checkout)) else { panic!() };
        Arc::make_mut(&mut row).promotion = Some(promotion(3));
        vec![Row::Checkout(row)]
    };
    check(of_another, promotions, (&checkout.to_string(), "was not paid by it"));
    let refunded = |minor: i64| {
        move |book: &TestBook| {
            let key = Key::Order(OrderId::from_bits(2));
            let Row::Order(mut row) = row(book, key) else { panic!() };
            let line = &mut Arc::make_mut(&mut row).lines[0];
            line.refunded = amount(line.refunded.minor() + minor);
            vec![Row::Order(row)]
        }
    };
    check(refunded(0), &[], ("", ""));
    for minor in [-1, 1] {
        let both = &[Check::Orders, Check::Promotions];
        check(refunded(minor), both, (&promotion(2).to_string(), "has refunded"));
    }
    // An order that was never made.
    let unpaid = |book: &TestBook| {
        let Row::Checkout(mut row) = row(book, Key::Checkout(checkout)) else { panic!() };
        let row_in = Arc::make_mut(&mut row);
        (row_in.state, row_in.order) = (shop::CheckoutState::Open, None);
        vec![Row::Checkout(row)]
    };
    let both = &[Check::Orders, Check::Promotions];
    check(unpaid, both, (&promotion(1).to_string(), "has no order"));
}
