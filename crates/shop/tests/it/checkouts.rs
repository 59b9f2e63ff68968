//! A checkout from its lines to its end.

use base::{Currency, HoldId, LineKind, Metadata, Money};
use shop::{Product, TenderKind, TenderStatus};

use crate::table::{Page, check, creator, dollars, new_line, seller};

#[test]
fn lines_add_up() {
    check(
        "seller ann 1000
         line goods ann 3x500 -200 +104
         line service ann 1x999
         shipping 300 +30
         checkout
         checkout = open 0 of 2733
         events = checkout.created
         checkout -> IdTaken",
    );
}

#[test]
fn bad_lines_are_refused_by_name() {
    #[track_caller]
    fn case(lines: &str, refusal: &str) {
        let rates = "seller ann 6000\ncreator cleo 4000\ncreator dora 4001\n";
        check(&format!("{rates}{lines}\ncheckout -> {refusal}"));
    }
    case("", "LimitExceeded");
    case("line goods bob 1x500", "SellerNotFound");
    case("line goods bob 0x500 @eve", "SellerNotFound");
    case("line goods nobody 1x500", "SellerNotFound");
    case("line gift_card bob 1x500", "SellerNotFound");
    case("line goods ann 1x500 @eve", "CreatorNotFound");
    case("line goods ann 1x500 @dora", "RatesExceedWhole");
    case("line gift_card ann 1x500 -1", "GiftCardPrice");
    case("line gift_card ann 1x500 +1", "GiftCardPrice");
    case("line gift_card ann 0x500 -1", "GiftCardPrice");
    case("line goods ann 0x500", "LimitExceeded");
    case("line goods ann 100001x1", "LimitExceeded");
    case("line goods ann 1x1000000000001", "LimitExceeded");
    case("line goods ann 1x1 +1000000000001", "LimitExceeded");
    case(&format!("line goods ann 1x1 +{}", i64::MAX), "LimitExceeded");
    case("line goods ann 2x500 -1001", "DiscountExceedsPrice");
    case("line goods ann 100000x1000000000000", "LimitExceeded");
    case("line goods ann 1x1000000000000\nline goods ann 1x1", "LimitExceeded");
    case("line service ann 1x500\nshipping 100", "NothingToShip");
    case(&"line goods ann 1x1\n".repeat(101), "LimitExceeded");
    let good = [
        "line goods ann 2x500 -1000",
        "line gift_card ann 100000x1",
        "line gift_card nobody 1x500",
    ];
    for line in good {
        check(&format!("seller ann 6000\n{line}\ncheckout"));
    }
    check("seller ann 6000\ncreator cleo 4000\nline goods ann 1x500 @cleo\ncheckout");
    check(&format!("seller ann 1\n{}shipping 5\ncheckout", "line goods ann 1x1\n".repeat(100)));
}

#[test]
fn every_sum_is_in_the_currency_of_the_checkout() {
    let euro = |minor| Money::new(minor, Currency::EUR).unwrap();
    let create = |change: fn(&mut shop::NewLine, Money), shipping: Option<Money>| {
        let mut line = new_line("goods", "ann", "1x500", &[]);
        change(&mut line, euro(1));
        let shipping = shipping.map(|price| shop::NewShipping { price, tax: None });
        create(line, shipping, &[])
    };
    let refused = Err(shop::Refusal::CurrencyMismatch);
    assert_eq!(create(|line, euro| line.unit_price = euro, None), refused);
    assert_eq!(create(|line, euro| line.discount = Some(euro), None), refused);
    assert_eq!(create(|line, euro| line.tax = Some(euro), None), refused);
    assert_eq!(create(|_, _| {}, Some(euro(1))), refused);
    assert_eq!(create(|_, _| {}, Some(dollars(1))), Ok(()));
}

#[test]
fn a_line_is_what_its_product_says_it_is() {
    let product = |kind, by| Product {
        id: base::ProductId::from_bits(7),
        name: base::Text::new("A thing").unwrap(),
        seller: seller(by, 0).id,
        creator: None,
        kind,
        category: None,
        price: dollars(400),
        metadata: Metadata::default(),
        created_at: base::Instant::MIN,
    };
    let mut line = new_line("goods", "ann", "1x500", &[]);
    line.product = Some(base::ProductId::from_bits(7));
    let check = |products: &[&Product], result| {
        assert_eq!(create(line.clone(), None, products), result, "{products:?}");
    };
    check(&[&product(LineKind::Goods, "ann")], Ok(()));
    check(&[&product(LineKind::Goods, "bob")], Err(shop::Refusal::ProductMismatch));
    check(&[&product(LineKind::GiftCard, "ann")], Err(shop::Refusal::ProductMismatch));
    check(&[], Err(shop::Refusal::ProductNotFound));
}

fn create(
    line: shop::NewLine,
    shipping: Option<shop::NewShipping>,
    products: &[&Product],
) -> Result<(), shop::Refusal> {
    let new = shop::NewCheckout {
        id: base::CheckoutId::from_bits(1),
        currency: Currency::USD,
        region: crate::table::region(),
        buyer: None,
        lines: vec![line],
        promotion: None,
        shipping,
        source: None,
        metadata: Metadata::default(),
    };
    let (ann, cleo) = (seller("ann", 0), creator("cleo", 0));
    let rows =
        shop::CheckoutRows { existing: None, sellers: &[&ann], creators: &[&cleo], products };
    shop::create_checkout(&new, rows, Page::new().context()).map(|_| ())
}

#[test]
fn cards_come_before_methods_whatever_the_order_of_adding() {
    check(
        "seller ann 0
         line goods ann 1x1000
         line gift_card ann 1x500
         checkout
         card a 700 all
         card b 400 all until 5
         method m
         t1 = l1 1000 l2 500
         method n -> NothingLeftToPay
         use a
         t1 = l1 300 l2 500
         t2 = l1 700
         use a -> CardAlreadyUsed
         use b
         t1 = l2 500
         t2 = l1 600
         t3 = l1 400
         card c 100 all                  # no more is paid, but less of a large card
         use c
         t2 = l1 500
         t4 = l1 100
         remove t4
         remove t1
         checkout = open 1000 of 1500
         t1 = gone
         remove t1 -> TenderNotFound
         method m 200
         t5 = l2 200
         method n 900
         t6 = l2 300
         checkout = open 1500 of 1500",
    );
}

#[test]
fn a_tender_that_would_pay_nothing_is_refused() {
    check(
        "seller ann 0
         line goods ann 1x1000
         line service ann 1x500
         checkout
         card a 700 l1
         card empty 0 all
         card nowhere 100
         use nowhere -> TenderPaysNothing
         use empty -> TenderPaysNothing
         use unheard-of -> TenderPaysNothing
         method m 0 -> LimitExceeded
         use a
         t1 = l1 700",
    );
}

#[test]
fn a_card_that_others_leave_nothing_keeps_its_place_without_a_hold() {
    let mut page = check(
        "seller ann 0
         line goods ann 1x500
         checkout
         card a 900 all
         use a",
    );
    let hold = |page: &Page| match page.checkout.as_ref().unwrap().tenders[0].kind {
        TenderKind::GiftCard { hold, .. } => hold,
        TenderKind::PaymentMethod { .. } => None,
    };
    let drawn = |number| Some(HoldId::from_bits(number));
    assert_eq!(hold(&page), drawn(1));
    for line in ["card a 900 all", "card b 300 all until 1", "use b", "t1 = l1 200"] {
        page.line(line);
    }
    assert_eq!(hold(&page), drawn(2), "the hold is what the caller tells: one there, or a new one");
    for line in ["card b 500 all until 1", "remove t2", "use b", "t1 = nothing", "t3 = l1 500"] {
        page.line(line);
    }
    assert_eq!(hold(&page), None);
    for line in ["card c 500 all", "use c -> NothingLeftToPay", "remove t3", "t1 = l1 500"] {
        page.line(line);
    }
    assert_eq!(hold(&page), drawn(2), "a hold that was let go is not taken up again");
    for line in ["use b", "pay", "order"] {
        page.line(line);
    }
    assert_eq!(page.order.unwrap().tenders.len(), 1, "only who has paid is of the order");
    let statuses = page.checkout.unwrap().tenders.into_iter().map(|tender| tender.status);
    assert_eq!(statuses.collect::<Vec<_>>(), [TenderStatus::Released, TenderStatus::Paid]);
}

#[test]
fn a_wallet_adds_what_has_something_to_pay() {
    check(
        "seller ann 0
         line goods ann 1x1000
         line goods ann 1x500
         checkout
         card empty 0 all
         card nowhere 100
         card a 700 l1
         card b 300 all until 9
         card c 300 all until 5
         card d 300 all until 7
         card over 300 all
         wallet empty nowhere -> TenderPaysNothing
         method m
         use d
         wallet empty nowhere a b c d
         checkout = open 1500 of 1500
         statuses = applied applied applied applied applied
         t1 = nothing
         t3 = l1 700
         t4 = l2 300
         t5 = l1 200
         t2 = l1 100 l2 200
         wallet over a -> NothingLeftToPay
         remove t3
         wallet over
         t6 = l1 100 l2 200
         t1 = l2 300
         pay
         wallet a -> CheckoutPaying
         fail t1 declined
         wallet a c
         statuses = applied applied
         t7 = l1 700
         t8 = l2 300",
    );
    let cards: String = (0..14).map(|n| format!("card {n} 10 all\n")).collect();
    let names: String = (0..14).map(|n| format!(" {n}")).collect();
    let page = check(&format!(
        "seller ann 0\nline goods ann 1x1000\ncheckout\n{cards}wallet{names}
         checkout = open 120 of 1000\nwallet{names} -> LimitExceeded"
    ));
    assert_eq!(page.checkout.unwrap().tenders.len(), 12);
}

#[test]
fn tenders_are_limited() {
    let cards: String = (0..13).map(|n| format!("card {n} 10 all\n")).collect();
    let uses: String = (0..12).map(|n| format!("use {n}\n")).collect();
    check(&format!(
        "seller ann 0\nline goods ann 1x1000\ncheckout\n{cards}{uses}use 12 -> LimitExceeded
         method m 10\nmethod m 10\nmethod m 10\nmethod m 10\nmethod m 10 -> LimitExceeded"
    ));
    let often: String = (1..=200).map(|n| format!("method m\nremove t{n}\n")).collect();
    check(&format!(
        "seller ann 0\nline goods ann 1x1000\ncheckout\n{often}method m -> LimitExceeded"
    ));
}

#[test]
fn an_attempt_fails_as_a_whole_and_the_next_begins_anew() {
    check(
        "seller ann 0
         line goods ann 1x1000
         checkout
         pay -> NotCovered 1000
         card a 300 all
         use a
         method m
         order -> CheckoutNotPaying
         fail t1 declined -> CheckoutNotPaying
         pay
         checkout = paying 1000 of 1000
         statuses = paying paying
         use a -> CheckoutPaying
         remove t1 -> CheckoutPaying
         expire -> NotDue
         fail t9 declined -> TenderNotFound
         fail t2 declined
         events = checkout.failed
         statuses = released failed
         checkout = failed 0 of 1000
         t1 = l1 300               # to be seen, though it pays nothing any more
         pay -> NotCovered
         remove t1 -> TenderNotFound
         use a
         checkout = open 300 of 1000
         t1 = gone
         t3 = l1 300
         method n
         pay
         order
         events = checkout.paid order.paid
         statuses = paid paid
         checkout = paid 1000 of 1000
         pay -> CheckoutPaid
         use a -> CheckoutPaid
         fail t3 declined -> CheckoutPaid
         order -> IdTaken
         expire -> NotDue",
    );
}

#[test]
fn a_challenge_holds_the_attempt_up() {
    check(
        "seller ann 0
         line goods ann 1x1000
         checkout
         card a 300 all
         use a
         method m 400
         method n
         action t2 -> CheckoutNotPaying
         pay
         action t1 -> TenderNotFound
         action t2
         events = checkout.action_required
         action t2 -> NothingToChange
         action t3
         statuses = paying requires_action requires_action
         checkout = requires_action 1000 of 1000
         pay -> CheckoutPaying
         later 600
         expire -> NotDue
         done t2
         checkout = requires_action 1000 of 1000
         done t2 -> NothingToChange
         done t3
         checkout = paying 1000 of 1000
         cancel_attempt -> CheckoutPaying
         action t3
         cancel_attempt
         events = checkout.failed
         statuses = released released released
         cancel_attempt -> CheckoutNotPaying",
    );
}

#[test]
fn an_abandoned_checkout_ends_by_itself_and_a_busy_one_lives_a_day() {
    check(
        "seller ann 0
         line goods ann 1x1000
         checkout
         later 14
         method m 1
         later 14
         method m 1
         remove t1
         later 14
         remove t2
         method m 1
         later 14
         remove t3
         later 14
         expire -> NotDue
         later 1
         method m 1 -> CheckoutExpired
         remove t3 -> CheckoutExpired
         pay -> CheckoutExpired
         expire
         events = checkout.expired
         checkout = expired 0 of 1000
         expire -> NotDue
         pay -> CheckoutExpired",
    );
    let busy: String = (1..=143).map(|n| format!("later 10\nmethod m\nremove t{n}\n")).collect();
    check(&format!(
        "seller ann 0\nline goods ann 1x1000\ncheckout\n{busy}method m
         later 9\nexpire -> NotDue\nlater 1\npay -> CheckoutExpired\nexpire"
    ));
    // A failed attempt leaves time for the next one.
    check(
        "seller ann 0\nline goods ann 1x1000\ncheckout\nmethod m\npay\nlater 60\nfail - timeout
         later 14\nmethod m\npay\norder",
    );
}
