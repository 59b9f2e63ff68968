use base::{Instant, ProgramId, Span};
use engine::GiftCardCommand;
use giftcards::Funding;
use reports::{AgeBucket, By, LiabilityOf, ReportError, liability};
use store::Reader;

use crate::bent::Bent;
use crate::book::{DAY, TestBook, eur, new_card, new_program, shop, usd};

/// Owed, held and number of cards of each line.
type Lines<'a> = &'a [(LiabilityOf, &'a str, i128, i128, u64)];

fn check(reader: &mut dyn Reader, seq: u64, at: Instant, by: By, expected: Lines<'_>) {
    let report = liability(reader, seq, at, by).unwrap();
    let lines: Vec<(LiabilityOf, &str, i128, i128, u64)> = report
        .lines
        .iter()
        .map(|line| (line.of, line.currency.code(), line.owed, line.held, line.cards))
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn by_currency_it_is_what_the_cards_are_worth() {
    let book = shop();
    let expected =
        [(LiabilityOf::All, "EUR", 1_000, 0, 1), (LiabilityOf::All, "USD", 5_400, 500, 2)];
    check(&mut book.shared.reader(), book.head.seq, book.now, By::Currency, &expected);
}

#[test]
fn by_program_it_reads_every_card() {
    let mut book = shop();
    let program = ProgramId::from_bits(9);
    for number in [4, 5] {
        let mut card = new_card(number, usd(500), Funding::External);
        card.program = Some(program);
        book.run(GiftCardCommand::Issue(Box::new(card)));
    }
    book.redeem(5, 77, 500);
    book.sweep();
    let expected = [
        (LiabilityOf::Program(None), "EUR", 1_000, 0, 1),
        (LiabilityOf::Program(None), "USD", 5_400, 500, 2),
        (LiabilityOf::Program(Some(program)), "USD", 500, 0, 1),
    ];
    let mut reader = Bent::straight(book.shared.reader());
    check(&mut reader, book.head.seq, book.now, By::Program, &expected);
}

#[test]
fn ages_are_counted_to_the_time_of_the_cut() {
    for (days, bucket) in [
        (0, "0-30"),
        (30, "0-30"),
        (31, "31-90"),
        (90, "31-90"),
        (91, "91-365"),
        (365, "91-365"),
        (366, "366-730"),
        (730, "366-730"),
        (731, "over-730"),
    ] {
        let made = Instant::parse("2026-01-01T00:00:00Z").unwrap();
        let at = made.saturating_add(Span::days(days));
        assert_eq!(AgeBucket::of(made, at).as_str(), bucket, "after {days} days");
        let almost_next = at.saturating_add(Span::from_micros(DAY.micros() - 1));
        assert_eq!(AgeBucket::of(made, almost_next).as_str(), bucket, "late on day {days}");
    }
    let later = Instant::parse("2026-01-02T00:00:00Z").unwrap();
    assert_eq!(AgeBucket::of(later, Instant::MIN), AgeBucket::UpTo30);
}

#[test]
fn what_happens_to_a_card_later_does_not_alter_a_cut() {
    let mut book = TestBook::open();
    book.run(new_program(9));
    let mut old = new_card(1, usd(700), Funding::External);
    old.expires_at = Some(book.now.saturating_add(Span::days(100)));
    book.run(GiftCardCommand::Issue(Box::new(old)));
    book.now = book.now.saturating_add(Span::days(50));
    let cut = book.issue(2, eur(300), Funding::External);
    let at = book.now;
    book.now = book.now.saturating_add(Span::days(50));
    book.run(GiftCardCommand::ExpireCard { card: crate::book::card(1) });
    book.run(GiftCardCommand::Cancel { card: crate::book::card(2) });
    book.sweep();
    let age = LiabilityOf::Age;
    let expected =
        [(age(AgeBucket::UpTo30), "EUR", 300, 0, 1), (age(AgeBucket::UpTo90), "USD", 700, 0, 1)];
    let mut reader = Bent::straight(book.shared.reader());
    check(&mut reader, cut, at, By::Age, &expected);
    check(&mut reader, book.head.seq, book.now, By::Age, &[]);
}

#[test]
fn a_cut_the_tables_do_not_hold_is_refused() {
    let mut book = shop();
    let seq = book.redeem(1, 99, 1);
    let refused = liability(&mut book.shared.reader(), seq, book.now, By::Age);
    assert!(matches!(refused, Err(ReportError::AboveWatermark { .. })), "{refused:?}");
}
