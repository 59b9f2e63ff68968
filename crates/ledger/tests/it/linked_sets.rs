//! Linked sets step by step.

use ledger::Refusal;

use crate::table::check;

#[test]
fn money_moves_at_once_or_is_reserved_first() {
    check(
        "account card card 100
         account shop clearing
         transfer card shop 30
         card = 70 / 0
         shop = 30 / 0
         reserve order card shop 50
         card = 70 / 50              # still on the card, but nobody else can have it
         shop = 30 / 0
         post order 20
         card = 50 / 30
         shop = 50 / 0
         void order 10
         card = 50 / 20
         order = Open 50 20 10
         enlarge order 5
         card = 50 / 25
         expire order
         card = 50 / 0
         shop = 50 / 0
         order = Posted 55 20 35",
    );
}

#[test]
fn a_reservation_ends_in_one_of_three_ways() {
    check(
        "account card card 100
         account shop clearing
         reserve taken card shop 10
         post taken 10
         taken = Posted 10 10 0
         reserve given card shop 10
         void given 10
         given = Voided 10 0 10
         reserve lapsed card shop 10
         expire lapsed
         lapsed = Expired 10 0 10
         post lapsed 1 -> PendingClosed
         void given 1 -> PendingClosed
         expire taken -> PendingClosed
         enlarge taken 1 -> PendingClosed",
    );
}

#[test]
fn a_limited_account_never_falls_below_zero_with_what_is_held() {
    check(
        "account card card 100
         account shop clearing
         reserve order card shop 60
         transfer card shop 41 -> InsufficientFunds
         reserve more card shop 41 -> InsufficientFunds
         enlarge order 41 -> InsufficientFunds
         transfer card shop 40
         card = 60 / 60
         post order 60               # what was reserved can always be taken
         card = 0 / 0
         transfer card shop 1 -> InsufficientFunds",
    );
}

#[test]
fn accounts_without_a_limit_may_be_overdrawn_and_either_side_may_grow() {
    check(
        "account rail rail
         account gifts expense
         account card card
         transfer rail card 100      # sold
         transfer gifts card 10      # given away
         rail = 100 / 0
         gifts = 10 / 0
         card = 110 / 0
         transfer card rail 105      # paid back: more than ever came in
         rail = -5 / 0
         reserve payout card rail 5
         rail = -5 / 5
         void payout 5",
    );
}

#[test]
fn the_first_reason_in_the_stated_order_is_the_answer() {
    check(
        "account card card 100
         account yen rail 100 JPY
         account shop clearing
         account full income max
         reserve closed card shop 5
         void closed 5
         reserve open card shop 5
         post closed 0 -> PendingClosed          # before AmountZero
         post closed 9 -> PendingClosed          # before ExceedsPending
         post open 6 -> ExceedsPending
         void open 6 -> ExceedsPending
         post open 0 -> AmountZero
         transfer card card 0 -> AmountZero      # before SameAccount
         transfer card nobody 0 -> AmountZero
         transfer nobody nobody 5 -> SameAccount # before AccountNotLoaded
         transfer card card 5 -> SameAccount
         transfer yen nobody 5 -> AccountNotLoaded # before CurrencyMismatch
         transfer card yen 999 -> CurrencyMismatch # before InsufficientFunds
         transfer yen card 5 -> CurrencyMismatch
         transfer card full 999 -> Overflow      # before InsufficientFunds
         transfer card shop 999 -> InsufficientFunds",
    );
}

#[test]
fn what_is_reserved_has_room_to_be_posted() {
    check(
        "account rail rail
         account gifts expense
         account card card
         account shop clearing
         transfer rail card max
         reserve order card shop max
         transfer gifts shop 1 -> Overflow       # would leave no room for the order
         enlarge order 1 -> Overflow
         post order max
         shop = 9223372036854775807 / 0",
    );
}

#[test]
fn every_refusal_has_a_line_above() {
    let source = include_str!("linked_sets.rs");
    let all = [
        Refusal::PendingClosed,
        Refusal::ExceedsPending,
        Refusal::AmountZero,
        Refusal::SameAccount,
        Refusal::AccountNotLoaded,
        Refusal::CurrencyMismatch,
        Refusal::Overflow,
        Refusal::InsufficientFunds,
    ];
    for (position, refusal) in all.into_iter().enumerate() {
        // Written out, so that a new refusal does not compile without a place in the order.
        let place = match refusal {
            Refusal::PendingClosed => 0,
            Refusal::ExceedsPending => 1,
            Refusal::AmountZero => 2,
            Refusal::SameAccount => 3,
            Refusal::AccountNotLoaded => 4,
            Refusal::CurrencyMismatch => 5,
            Refusal::Overflow => 6,
            Refusal::InsufficientFunds => 7,
        };
        assert_eq!(place, position);
        assert!(source.contains(&format!("-> {refusal:?}")), "{refusal:?} has no test");
    }
}
