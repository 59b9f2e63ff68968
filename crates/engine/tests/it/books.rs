//! The book and its clock; programs.

use crate::script::check;

#[test]
fn a_book_is_opened_once() {
    check(
        "open test
         open test -> book_exists
         open live -> book_exists",
    );
}

#[test]
fn only_the_clock_of_a_test_book_moves_and_only_forward() {
    check(
        "clock 3d -> not_a_test_book        # there is no book yet
         open test
         clock -1 -> clock_backwards
         clock 0
         clock 3d
         clock 1",
    );
    check(
        "open live
         clock -1 -> not_a_test_book        # before clock_backwards
         clock 3d -> not_a_test_book",
    );
    let world = check("open test\n clock 3d\n clock 60");
    assert_eq!(world.book.unwrap().clock_ahead_micros, (3 * 86_400 + 60) * 1_000_000);
}

#[test]
fn programs_have_terms_that_can_be_kept() {
    check(
        "program P 10..100
         program P 10..100 -> id_taken
         program P 0..0 -> id_taken             # before limit_exceeded
         program Q 0..100 -> limit_exceeded     # a card worth nothing
         program Q 100..10 -> limit_exceeded
         program Q 10..100000001 -> limit_exceeded
         program Q 10..100 days=0 -> limit_exceeded
         program Q 10..100 hold=0 -> limit_exceeded
         program Q 10..100 hold=2592001 -> limit_exceeded
         program Q 100000000..100000000 days=1 hold=2592000",
    );
}

#[test]
fn cards_take_their_terms_from_the_program() {
    check(
        "program P 10..100 days=30 hold=600 regions=US kinds=goods extension=5
         issue A 50 program=P => A 50
         redeem h1 A 5 lines=goods -> region_not_allowed
         redeem h1 A 5 region=US -> line_not_in_scope
         redeem h1 A 5 region=US lines=service -> line_not_in_scope
         hold h1 A 5 region=US lines=goods for=601 -> limit_exceeded
         hold h1 A 5 region=US lines=goods      # 600 seconds: what the program allows
         wait 599
         capture h1
         wait 30d => A:expired
         refund r h1 5 => A:active
         wait 4d => A:active
         wait 1d => A:expired",
    );
    check(
        "program P 10..100 days=30 extension=0
         issue A 50 program=P
         redeem h1 A 5
         wait 30d
         refund r h1 5 => A:active             # for a day: money that nobody can spend is lost
         wait 1d => A:expired",
    );
    check(
        "program P 10..100 days=30 regions=US kinds=goods
         issue A 50 program=P regions=CA kinds=service until=1d
         redeem h1 A 5 region=US lines=service -> region_not_allowed
         redeem h1 A 5 region=CA lines=goods -> line_not_in_scope
         redeem h1 A 5 region=CA lines=service
         wait 1d => A:expired                   # the card's own terms win",
    );
}
