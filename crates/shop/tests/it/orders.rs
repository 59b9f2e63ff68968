//! Who gets what of an order.

use base::{Amount, Currency, OrderId, RefundId, Token};
use ledger::{Account, Position, Reason, Subject, Transfer};
use shop::{CompleteRows, Context, RefundOrder, RefundRequest, RefundRows, Refusal};

use crate::table::{Page, cents, check};

#[test]
fn parties_get_their_parts() {
    check(
        "seller ann 1000
         seller bob 0
         creator cleo 500
         line goods ann 2x1000 -100 +180 @cleo   # net 1900: 190, 95, 1615
         line digital bob 1x999 +1 @cleo         # net 999: 0, 49.95 -> 50, 949
         line gift_card ann 1x2500
         line gift_card nobody 1x2500
         shipping 301 +30                        # ann sells all the goods
         checkout
         method m
         pay
         order
         ann = 1916
         bob = 949
         cleo = 145
         commission = 190
         tax = 211
         clearing = -3411                        # 8411 less the value of the cards",
    );
}

#[test]
fn commission_and_share_are_rounded_half_up_and_never_more_than_the_net() {
    #[track_caller]
    fn case((commission, share, price): (u16, u16, i64), [seller, shop, creator]: [i64; 3]) {
        check(&format!(
            "seller ann {commission}
             creator cleo {share}
             line goods ann 1x{price} @cleo
             checkout\nmethod m\npay\norder
             ann = {seller}\ncommission = {shop}\ncleo = {creator}"
        ));
    }
    case((1000, 0, 5), [4, 1, 0]); // 0.5 is 1
    case((999, 0, 5), [5, 0, 0]); // 0.4995 is 0
    case((250, 250, 100), [94, 3, 3]);
    case((5000, 5000, 1), [0, 1, 0]); // both round up; the share is what is left
    case((5000, 5000, 3), [0, 2, 1]);
    case((10_000, 0, 99), [0, 99, 0]);
    case((0, 10_000, 99), [0, 0, 99]);
    case((1, 1, 1_000_000_000_000), [999_800_000_000, 100_000_000, 100_000_000]);
}

#[test]
fn shipping_goes_to_the_sellers_of_goods_in_proportion() {
    #[track_caller]
    fn case(lines: &str, shares: [i64; 3]) -> Page {
        let sellers = "seller ann 0\nseller bob 0\nseller cyd 5000";
        let page =
            check(&format!("{sellers}\n{lines}\nshipping 100\ncheckout\nmethod m\npay\norder"));
        let order = page.order.as_ref().unwrap();
        let parts = &order.lines.last().unwrap().parts;
        let amount = |name: &str| {
            let seller = shop::Party::Seller(crate::table::seller(name, 0).id);
            let part = parts.iter().find(|part| part.party == seller);
            part.map_or(0, |part| part.amount.minor())
        };
        assert_eq!(["ann", "bob", "cyd"].map(amount), shares, "{lines}");
        page
    }
    case("line goods ann 1x300\nline goods bob 1x100", [75, 25, 0]);
    case("line goods ann 1x1\nline goods bob 1x1\nline goods cyd 1x1", [34, 33, 33]);
    case("line goods ann 1x1\nline service bob 1x900", [100, 0, 0]);
    case("line goods ann 1x0\nline goods bob 3x0", [50, 50, 0]);
    case("line goods ann 1x0\nline goods bob 1x5", [0, 100, 0]);
    case("line goods ann 1x5\nline goods bob 1x10\nline goods ann 1x5", [50, 50, 0]);
    // The shop takes nothing of shipping.
    case("line goods cyd 1x100", [0, 0, 100]).line("commission = 50");
}

#[test]
fn receipts_have_numbers_without_gaps() {
    let mut page = check("seller ann 0\nline goods ann 1x100");
    for number in 1..=3 {
        page.checkout = None;
        page.line("checkout");
        for line in ["method m", "pay", "fail t1 declined", "method m", "pay"] {
            page.line(line);
        }
        page.order = None;
        page.line("order");
        assert_eq!(page.order.as_ref().unwrap().receipt, number);
    }
}

#[test]
fn transfers_say_what_they_belong_to_and_stand_behind_those_of_their_record() {
    let page = check("seller ann 100\nline goods ann 1x1000 +90\ncheckout\nmethod m\npay");
    let id = OrderId::from_bits(7);
    let rows = CompleteRows { existing: None, receipts: None, accounts: &[] };
    let position = Position { sequence: 5, transfers: 3 };
    let context = Context { position, ..page.context() };
    let outcome = shop::complete(id, page.checkout.as_ref().unwrap(), rows, context).unwrap();
    let transfers = &outcome.posted.transfers;
    let told = transfers.iter().map(|transfer| (transfer.id.bits(), transfer.amount.amount));
    let first = (5 << 64) + 3;
    let expected = [(first, cents(990)), (first + 1, cents(10)), (first + 2, cents(90))];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let behalf = |transfer: &Transfer| (transfer.reason, transfer.subject);
    let of_order = (Reason::Order, Subject(id.to_bytes()));
    assert!(transfers.iter().all(|transfer| behalf(transfer) == of_order));

    let order = &outcome.orders[0];
    let rows =
        RefundRows { existing: None, left: &[], gone: &[], credit_notes: None, accounts: &[] };
    let reason = Token::new("returned").unwrap();
    let new =
        RefundOrder { id: RefundId::from_bits(9), request: RefundRequest::Everything, reason };
    let refunded = shop::refund(&new, order, rows, context).unwrap();
    let of_refund = (Reason::OrderRefund, Subject(new.id.to_bytes()));
    assert!(refunded.posted.transfers.iter().all(|transfer| behalf(transfer) == of_refund));
}

#[test]
fn an_account_that_would_overflow_refuses_the_order() {
    let page = check("seller ann 0\nline goods ann 1x1000\ncheckout\nmethod m\npay");
    let complete = |credited| {
        let name = shop::checkout_accounts(page.checkout.as_ref().unwrap())[1].clone();
        let account = Account { credits_posted: credited, ..Account::open(name, Currency::USD) };
        let rows = CompleteRows { existing: None, receipts: None, accounts: &[&account] };
        let id = OrderId::from_bits(7);
        shop::complete(id, page.checkout.as_ref().unwrap(), rows, page.context()).err()
    };
    assert_eq!(complete(Amount::MAX.saturating_sub(cents(1000))), None);
    assert_eq!(complete(Amount::MAX.saturating_sub(cents(999))), Some(Refusal::LimitExceeded));
}
