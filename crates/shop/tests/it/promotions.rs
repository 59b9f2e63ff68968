//! A promotion as what a checkout pays for: it has the net until its settlements give it back.

use base::{Amount, LineKind, part_split};
use ledger::AccountName;
use proptest::prelude::*;
use shop::{LineId, LineLeft, LineRequest, Part, Party, RefundRequest, Refusal};

use crate::table::{Page, cents, check, dollars, new_line, region, seller};

/// 10.00 and 0.80 tax, paid by a card and a method.
const ORDER: &str = "
    line promotion nobody 1x1000 +80
    checkout
    card a 300 all
    use a
    method m
    pay
    order";

#[test]
fn a_promotion_gets_the_net_and_the_state_its_tax() {
    let page = check(&format!(
        "{ORDER}
         checkout = paid 1080 of 1080
         t1 = l1 300
         t2 = l1 780
         tax = 80
         commission = 0
         clearing = -80                 # 10.00 of it wait for whoever funds the promotion"
    ));
    let order = page.order.as_ref().unwrap();
    let line = order.promotion().unwrap();
    let (promotion, tax) = (Party::Promotion(LineId::Number(1)), Party::Tax);
    let part = |party, amount| Part { party, amount: cents(amount) };
    assert_eq!(line.parts, [part(promotion, 1000), part(tax, 80)]);
    assert_eq!(promotion.account(region()), None);
    // What costs nothing is an order all the same: the platform pays for it.
    check("line promotion nobody 1x0\ncheckout\npay\norder\nl1 = 0 0");
}

#[test]
fn a_promotion_is_alone_and_of_nobody() {
    #[track_caller]
    fn case(lines: &str, refusal: &str) {
        check(&format!("seller ann 0\ncreator cleo 0\n{lines}\ncheckout -> {refusal}"));
    }
    case("line promotion ann 1x500", "PromotionLine");
    case("line promotion nobody 1x500 @cleo", "PromotionLine");
    case("line promotion nobody 2x500", "PromotionLine");
    case("line promotion nobody 0x500", "PromotionLine");
    case("line promotion nobody 1x500 -1", "PromotionLine");
    // Its tax goes back as the net does, so with no net it never would.
    case("line promotion nobody 1x0 +1", "PromotionLine");
    case("line promotion nobody 1x500\nline goods ann 1x1", "PromotionLine");
    case("line goods ann 1x1\nline promotion nobody 1x500", "PromotionLine");
    case("line promotion nobody 1x500\nline promotion nobody 1x500", "PromotionLine");
    case("line promotion nobody 1x500\nline goods ann 1x1\nshipping 1", "PromotionLine");
    case("line promotion nobody 1x500\nshipping 1", "NothingToShip");
    // What is named exists, and limits come after the terms.
    case("line promotion bob 1x500", "SellerNotFound");
    case("line promotion nobody 1x500 @eve", "CreatorNotFound");
    case("line promotion ann 1x1000000000001", "PromotionLine");
    case("line promotion nobody 1x1000000000001", "LimitExceeded");
    check("line promotion nobody 1x500 +0 -0\ncheckout\ncheckout = open 0 of 500");
}

#[test]
fn a_promotion_is_no_product() {
    let ann = seller("ann", 0);
    let product = shop::Product {
        id: base::ProductId::from_bits(7),
        name: base::Text::new("A boost").unwrap(),
        seller: ann.id,
        creator: None,
        kind: LineKind::Promotion,
        category: None,
        price: dollars(500),
        metadata: base::Metadata::default(),
        created_at: base::Instant::MIN,
    };
    let mut line = new_line("promotion", "nobody", "1x500", &[]);
    line.product = Some(product.id);
    let new = shop::NewCheckout {
        id: base::CheckoutId::from_bits(1),
        currency: base::Currency::USD,
        region: region(),
        buyer: None,
        lines: vec![line],
        promotion: None,
        shipping: None,
        source: None,
        metadata: base::Metadata::default(),
    };
    let rows = shop::CheckoutRows {
        existing: None,
        sellers: &[&ann],
        creators: &[],
        products: &[&product],
    };
    let refused = shop::create_checkout(&new, rows, Page::new().context()).err();
    assert_eq!(refused, Some(Refusal::PromotionLine));
}

#[test]
fn a_line_that_had_a_seller_is_a_sale() {
    let mut page = check("seller ann 1000\nline service ann 1x1000\ncheckout\nmethod m\npay");
    page.checkout.as_mut().unwrap().lines[0].kind = LineKind::Promotion;
    for line in ["order", "ann = 900", "commission = 100", "refund r l1x1", "ann = 0"] {
        page.line(line);
    }
    assert!(page.order.unwrap().promotion().is_none());
}

#[test]
fn nobody_takes_of_a_promotion_but_its_settlement() {
    let requests = ["everything", "l1x1", "l1=1", "l1=1081", "amount 1", "amount 9999", "amount 0"];
    for request in requests {
        check(&format!("{ORDER}\nrefund r {request} -> PromotionSettles"));
        check(&format!("{ORDER}\nleft l1 0 0\nrefund r {request} -> PromotionSettles"));
    }
    check(&format!("{ORDER}\nrefund r l1x2 -> QuantityExceedsLine"));
    check(&format!("{ORDER}\nrefund r l2x1 -> LineNotFound"));
    check(&format!("{ORDER}\nleft l9 1080 0\nrefund r everything -> PromotionSettles"));
    // Told of a part, that goes back, and not by an amount over all lines.
    check(&format!(
        "{ORDER}
         left l1 540 0
         refund r amount 1 -> PromotionSettles
         refund r l1=541 -> PromotionSettles
         refund r l1=500 l1=41 -> PromotionSettles
         refund r l1x1 -> PromotionSettles
         refund r everything
         r = pending 540: t1 l1 150 t2 l1 390
         l1 = 540 0
         tax = 40
         clearing = -40
         left l1 0 0
         refund s everything -> PromotionSettles
         left l1 541 0
         refund s l1=541 -> AmountExceedsRefundable 540
         left l1 540 0
         refund s l1=540
         s = pending 540: t1 l1 150 t2 l1 390
         tax = 0
         clearing = 0
         refund t everything -> NothingToRefund
         refund t amount 1 -> AmountExceedsRefundable 0"
    ));
    check(&format!("{ORDER}\nleft l1 1080 0\nrefund r everything\nl1 = 1080 1"));
}

#[test]
fn what_cards_paid_of_a_promotion_goes_back_as_of_any_line() {
    check(&format!(
        "{ORDER}
         gone t1 100
         left l1 1080 0
         refund r everything
         r = needs_consent 1080: t1 l1 200 t1 l1 100 t2 l1 780
         owed = 200
         incentives = -100"
    ));
}

/// How much of a line has gone back when so much of its net has: the largest amount whose part of
/// the net is that.
fn with_tax(net_back: i64, net: Amount, tax: Amount) -> i64 {
    if net_back == 0 {
        return 0;
    }
    let (mut least, mut most) = (0, net.minor() + tax.minor());
    while least < most {
        let middle = least + (most - least + 1) / 2;
        let parts = part_split(cents(middle), &[net, tax]).unwrap();
        if parts[0].minor() <= net_back { least = middle } else { most = middle - 1 }
    }
    least
}

/// A part of what is left of the net: nothing, a cent, or a share.
fn part_of(left: i64, share: i64) -> i64 {
    match share {
        0 => 0,
        1..=9 => 1.min(left),
        _ => left * (share - 10) / 60,
    }
}

fn amount_of(parts: &[Part], party: Party) -> i64 {
    let parts = parts.iter().filter(|part| part.party == party);
    parts.map(|part| part.amount.minor()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_promotion_gives_back_what_its_settlements_say(
        net in prop_oneof![1..40_i64, 1..2_000_000_i64],
        tax in 0..=120_i64,
        card in prop::option::of(1..1_000_000_i64),
        shares in prop::collection::vec(0..=70_i64, 0..10),
        by_line in any::<bool>(),
    ) {
        let tax = net * tax / 300;
        let mut page = check(&format!("line promotion nobody 1x{net} +{tax}\ncheckout"));
        if let Some(available) = card {
            page.line(&format!("card a {available} all"));
            page.line("use a");
        }
        if card.is_none_or(|available| available < net + tax) {
            page.line("method m");
        }
        ["pay", "order"].into_iter().for_each(|line| page.line(line));
        let line = LineId::Number(1);
        let (net_back, net, tax) = (&mut 0, cents(net), cents(tax));
        let last = 70;
        for (number, share) in shares.into_iter().chain([last]).enumerate() {
            let back = part_of(net.minor() - *net_back, share);
            let told = with_tax(*net_back + back, net, tax) - with_tax(*net_back, net, tax);
            prop_assert_eq!(told == 0, back == 0);
            page.line(&format!("left l1 {told} 0"));
            let name = format!("r{number}");
            let amount = dollars(told);
            let request = match by_line {
                true => RefundRequest::Lines(vec![LineRequest::Amount { line, amount }]),
                false => RefundRequest::Everything,
            };
            let is_over = *net_back == net.minor();
            let refunded = page.refund(&name, &request, page.context());
            if back == 0 {
                let refusal =
                    if is_over { Refusal::NothingToRefund } else { Refusal::PromotionSettles };
                prop_assert_eq!(refunded.err(), Some(refusal));
                continue;
            }
            page.keep(refunded.unwrap());
            *net_back += back;

            // What settling puts on order/clearing is what the refund takes from the promotion.
            let refund = page.refund_named(&name);
            prop_assert_eq!(amount_of(&refund.parts, Party::Promotion(line)), back);
            prop_assert_eq!(amount_of(&refund.parts, Party::Tax), told - back);
            prop_assert_eq!(refund.amount, dollars(told));
            let tax_left = page.balance(AccountName::Tax(region()));
            prop_assert_eq!(page.balance(AccountName::OrderClearing), -tax_left);
            let order = page.order.as_ref().unwrap();
            prop_assert_eq!(order.refunded().minor(), with_tax(*net_back, net, tax));
            // Nobody else finds anything to take.
            let taken = shop::preview(order, &RefundRequest::Everything, &[]).err();
            let is_over = *net_back == net.minor();
            let refusal =
                if is_over { Refusal::NothingToRefund } else { Refusal::PromotionSettles };
            prop_assert_eq!(taken, Some(refusal));
        }
        let order = page.order.as_ref().unwrap();
        prop_assert_eq!((*net_back, order.refunded()), (net.minor(), order.total()));
        prop_assert_eq!(page.balance(AccountName::Tax(region())), 0);
        let nothing = LineLeft { line, amount: order.total(), whole: 1 };
        let again = shop::preview(order, &RefundRequest::Everything, &[nothing]).err();
        prop_assert_eq!(again, Some(Refusal::NothingToRefund));
    }
}
