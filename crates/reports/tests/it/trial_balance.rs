use base::Amount;
use reports::{Detail, ReportError, trial_balance};

use crate::bent::Bent;
use crate::book::{TestBook, shop};

fn check(book: &TestBook, seq: u64, detail: Detail, expected: &[(&str, &str, i128, i128, i128)]) {
    let report = trial_balance(&mut book.shared.reader(), seq, detail).unwrap();
    assert_eq!(report.as_of_seq, seq);
    let lines: Vec<(&str, &str, i128, i128, i128)> = report
        .lines
        .iter()
        .map(|line| {
            let name = line.name.as_str();
            (name, line.currency.code(), line.debits, line.credits, line.balance)
        })
        .collect();
    assert_eq!(lines, expected);
    for total in &report.totals {
        let of_currency = expected.iter().filter(|line| line.1 == total.currency.code());
        let sums = of_currency.fold((0, 0), |sums, line| (sums.0 + line.2, sums.1 + line.3));
        assert_eq!((total.debits, total.credits), sums);
        assert_eq!(total.debits, total.credits);
    }
}

#[test]
fn a_cut_is_what_its_entries_say_and_stays_so() {
    let mut book = shop();
    let head = book.head.seq;
    let at_head = [
        ("giftcard/*", "EUR", 0, 1_000, 1_000),
        ("giftcard/*", "USD", 1_300, 6_700, 5_400),
        ("giftcard/incentives", "USD", 2_500, 0, 2_500),
        ("order/clearing", "USD", 200, 1_300, 1_100),
        ("rail/external/clearing", "EUR", 1_000, 0, 1_000),
        ("rail/external/clearing", "USD", 4_000, 0, 4_000),
    ];
    check(&book, head, Detail::Groups, &at_head);
    book.redeem(1, 99, 3_200);
    book.sweep();
    check(&book, head, Detail::Groups, &at_head);
    // Record 1 opened the book, 2 made the program, 3 issued the first card.
    check(&book, 2, Detail::Groups, &[]);
    let first_card = [
        ("giftcard/*", "USD", 0, 4_000, 4_000),
        ("rail/external/clearing", "USD", 4_000, 0, 4_000),
    ];
    check(&book, 3, Detail::Groups, &first_card);
}

#[test]
fn accounts_can_be_told_one_by_one() {
    let card = |number: u8| format!("giftcard/{}", crate::book::card(number));
    let expected = [
        (&*card(1), "USD", 0, 4_000, 4_000),
        (&*card(2), "USD", 0, 2_500, 2_500),
        ("giftcard/incentives", "USD", 2_500, 0, 2_500),
        ("rail/external/clearing", "USD", 4_000, 0, 4_000),
    ];
    check(&shop(), 4, Detail::Accounts, &expected);
}

#[test]
fn a_cut_the_tables_do_not_hold_is_refused() {
    let mut book = shop();
    let watermark = book.head.seq;
    let seq = book.redeem(1, 99, 1);
    let refused = trial_balance(&mut book.shared.reader(), seq, Detail::Groups);
    match refused {
        Err(ReportError::AboveWatermark { asked, watermark: told }) => {
            assert_eq!((asked, told), (seq, watermark));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cut_out_of_balance_is_never_shown() {
    let book = shop();
    let mut reader = Bent::straight(book.shared.reader());
    reader.at = Box::new(|mut at| {
        if at.account.id == giftcards::account_of(crate::book::card(2)) {
            at.credits_posted = Amount::new(2_501).unwrap();
        }
        Some(at)
    });
    match trial_balance(&mut reader, book.head.seq, Detail::Groups) {
        Err(ReportError::OutOfBalance { currency, debits, credits }) => {
            assert_eq!((currency.code(), debits, credits), ("USD", 8_000, 8_001));
        }
        other => panic!("{other:?}"),
    }
}
