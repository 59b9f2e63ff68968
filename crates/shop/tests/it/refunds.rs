//! Refunds: which line, from whom, to which tender.

use crate::table::check;

/// Ann's two things at 10.00 + 1.00 tax paid by a card; Bob's service and shipping by a method.
const ORDER: &str = "
    seller ann 1000
    seller bob 0
    creator cleo 500
    line goods ann 2x1000 +200 @cleo
    line service bob 1x500
    shipping 300
    checkout
    card a 2000 all
    use a
    method m
    t1 = l1 2000
    t2 = l1 200 l2 500 shipping 300
    pay
    order
    ann = 2000
    cleo = 100";

#[test]
fn a_line_goes_back_along_its_own_allocation() {
    check(&format!(
        "{ORDER}
         refund r l2x1
         r = pending 500: t2 l2 500
         events = refund.created
         bob = 0
         ann = 2000
         l2 = 500 1
         refund s l1x1
         s = pending 1100: t1 l1 1000 t2 l1 100
         ann = 1150                     # 850 less
         cleo = 50
         commission = 100
         tax = 100
         refund t l1x1 shipping=120
         t = pending 1220: t1 l1 1000 t2 l1 100 t2 shipping 120
         cleo = 0
         ann = 180
         l1 = 2200 2
         refund u everything
         u = pending 180: t2 shipping 180
         ann = 0
         tax = 0
         commission = 0
         clearing = 0
         refund v everything -> NothingToRefund"
    ));
}

#[test]
fn an_amount_goes_over_all_lines_in_proportion_to_what_they_have_left() {
    check(&format!(
        "{ORDER}
         refund r amount 300
         l1 = 220 0
         l2 = 50 0
         shipping = 30 0
         refund s l2x1
         s = pending 450: t2 l2 450
         refund t amount 2251 -> AmountExceedsRefundable 2250
         refund t amount 2250
         l1 = 2200 0
         clearing = 0
         refund u l1x1 -> NothingToRefund"
    ));
}

#[test]
fn bad_requests_are_refused_by_name() {
    #[track_caller]
    fn case(request: &str, refusal: &str) {
        check(&format!("{ORDER}\nrefund r {request} -> {refusal}"));
    }
    case("l9x1", "LineNotFound");
    case("l1x3", "QuantityExceedsLine");
    case("l1x1 l1x2", "QuantityExceedsLine");
    case("l1=2201", "AmountExceedsRefundable 2200");
    case("l1x1 l1=1101", "AmountExceedsRefundable 1100");
    case("l1x0", "NothingToRefund");
    case("l1=0", "NothingToRefund");
    case("amount 0", "NothingToRefund");
    case("amount 3001", "AmountExceedsRefundable");
    case("", "NothingToRefund");
    check(&format!("{ORDER}\nrefund r l1x1\nrefund r l1x1 -> IdTaken"));
}

#[test]
fn units_bring_equal_parts_and_the_last_one_the_rest() {
    // Three for 10.00: 3.34, 3.33, 3.33.
    let order = "seller ann 0\nline goods ann 3x334 -2\ncheckout\nmethod m\npay\norder";
    check(&format!(
        "{order}
         refund a l1x1\na = pending 334: t1 l1 334
         refund b l1x1\nb = pending 333: t1 l1 333
         refund c l1x1\nc = pending 333: t1 l1 333"
    ));
    check(&format!("{order}\nrefund a l1x2\na = pending 667: t1 l1 667"));
    check(&format!("{order}\nrefund a l1x1 l1x2\na = pending 1000: t1 l1 1000\nl1 = 1000 3"));
    // After a price reduction the units share what is left.
    check(&format!(
        "{order}
         refund a l1=100
         refund b l1x3\nb = pending 900: t1 l1 900
         refund c l1x1 -> QuantityExceedsLine"
    ));
    // A unit that cost nothing brings nothing.
    check(
        "seller ann 0\nline goods ann 1x0\ncheckout\npay\norder\nrefund a l1x1 -> NothingToRefund",
    );
}

#[test]
fn bought_cards_go_back_as_far_as_they_are_unspent() {
    let order = "
        seller ann 0
        line gift_card ann 2x2500
        line goods ann 1x1000
        checkout\nmethod m\npay\norder
        clearing = -1000";
    check(&format!(
        "{order}
         refund r l1x1 -> BoughtCardsSpent 0
         left l1 2499 0
         refund r l1x1 -> BoughtCardsSpent 0
         refund r l1=1000 l1=1500 -> BoughtCardsSpent 1499
         refund r l1=2499
         left l1 0 0
         clearing = -1000                # whoever knows the cards takes their value off
         refund s everything
         s = pending 1000: t1 l2 1000
         l1 = 2499 0
         clearing = 0"
    ));
    // A unit is a whole card for its price, whatever else has gone back of the line.
    check(&format!(
        "{order}
         left l1 4999 1
         refund r l1x2 -> BoughtCardsSpent 2500
         refund r l1x1 l1=2500 -> BoughtCardsSpent 2499
         refund r l1=99
         left l1 4900 1
         refund s l1x1 l1x1 -> BoughtCardsSpent 0
         refund s l1x1
         s = pending 2500: t1 l1 2500
         l1 = 2599 1"
    ));
    // An amount without lines leaves cards alone: they are in other people's hands.
    check(&format!(
        "{order}
         left l1 5000 2
         refund r amount 1001 -> AmountExceedsRefundable 1000
         refund r amount 1000
         r = pending 1000: t1 l2 1000
         refund s everything
         s = pending 5000: t1 l1 5000
         l1 = 5000 2"
    ));
}

#[test]
fn what_cards_paid_has_arrived_at_once_and_the_rest_is_followed() {
    check(
        "seller ann 0
         line goods ann 1x1000
         checkout
         card a 1000 all
         use a\npay\norder
         refund r everything
         r = succeeded 1000: t1 l1 1000
         events = refund.created refund.succeeded",
    );
    check(&format!(
        "{ORDER}
         refund r everything
         note r t9 failed -> TenderNotFound
         note r t2 pending -> NothingToChange
         note r t2 failed
         r = failed 3000: t1 l1 2000 t2 l1 200 t2 l2 500 t2 shipping 300
         events = refund.failed
         note r t2 pending               # sent again
         note r t2 succeeded
         events = refund.succeeded
         note r t2 succeeded -> NothingToChange
         note r t2 failed                # days later
         events = refund.failed
         note r t2 needs_consent
         events = refund.consent_required"
    ));
}

#[test]
fn what_somebody_must_act_on_comes_before_what_is_on_its_way() {
    check(
        "seller ann 0\nline goods ann 1x1000\ncheckout\nmethod m 400\nmethod n\npay\norder
         refund r everything
         note r t1 failed
         r = pending 1000: t1 l1 400 t2 l1 600
         events = refund.failed          # of a part, while another is on its way
         note r t2 succeeded
         r = failed 1000: t1 l1 400 t2 l1 600
         events =                        # told before
         note r t1 needs_consent
         events = refund.consent_required
         note r t2 pending
         r = needs_consent 1000: t1 l1 400 t2 l1 600
         events =                        # told before
         note r t1 pending
         note r t1 succeeded
         events =
         note r t2 succeeded
         events = refund.succeeded",
    );
}

#[test]
fn a_refund_that_has_failed_is_still_owed_and_not_refunded_twice() {
    check(&format!(
        "{ORDER}
         refund r everything
         note r t2 failed
         refund s everything -> NothingToRefund"
    ));
}

#[test]
fn credit_notes_have_numbers_without_gaps() {
    let mut page = check(ORDER);
    for (number, name) in (1..).zip(["a", "b", "c"]) {
        page.line("refund z amount 9999 -> AmountExceedsRefundable");
        page.line(&format!("refund {name} amount 10"));
        assert_eq!(page.refund_named(name).credit_note, number);
    }
}

#[test]
fn a_debt_is_carried_by_the_payable() {
    // Whatever was paid out meanwhile: sellers fall below zero and later sales make it up.
    let mut page = check(ORDER);
    page.pay_out("ann");
    page.line("ann = 0");
    page.line("refund r l1x2");
    page.line("ann = -1700");
}

#[test]
fn what_a_card_paid_that_is_gone_is_owed_until_its_payer_agrees_to_another_way() {
    let order = "
        seller ann 0
        line goods ann 1x1000
        checkout\ncard a 300 all\nuse a\ncard b 400 all\nuse b\nmethod m\npay\norder
        gone t1";
    check(&format!(
        "{order}
         refund r l1=500
         events = refund.created refund.consent_required
         r = needs_consent 500: t1 l1 150 t2 l1 200 t3 l1 150
         owed = 150
         refund s everything
         owed = 300"
    ));
    // Of what was given away nothing is owed: it comes last, and is a part of its own.
    check(&format!(
        "{order} 100
         refund r l1=500
         r = needs_consent 500: t1 l1 150 t2 l1 200 t3 l1 150
         owed = 150
         incentives = 0
         refund s l1=300
         r = needs_consent 500: t1 l1 150 t2 l1 200 t3 l1 150
         s = needs_consent 300: t1 l1 50 t1 l1 40 t2 l1 120 t3 l1 90
         owed = 200
         incentives = -40
         refund u everything
         u = pending 200: t1 l1 60 t2 l1 80 t3 l1 60
         owed = 200
         incentives = -100"
    ));
    // Told of nothing that goes to it, nothing is owed.
    let order = "seller ann 0\nline goods ann 1x10\ncheckout\nmethod m\npay\norder";
    check(&format!("{order}\ngone t9\nrefund r l1=5\nowed = 0"));
}
