//! Verification of a book whose first records have left its journal.

use std::collections::BTreeSet;

use base::Amount;
use engine::Row;
use giftcards::Funding;
use journal::Block;
use ledger::AccountName;
use reports::{Check, VerifyReport, verify};
use store::{Reader, StoreError};

use crate::bent::Bent;
use crate::book::{TestBook, capture, card, refund, shop, usd};

/// The shop with a second life: one redemption, and one hold from before that is captured. Card 1
/// and the clearing account move on both sides, card 3 only before.
fn long_shop() -> TestBook {
    let mut book = shop();
    book.redeem(1, 41, 100);
    book.run(capture(12, 50));
    book.run(refund(22, 11, 40));
    book.issue(7, usd(500), Funding::External);
    book.sweep();
    book
}

fn run(reader: &mut dyn Reader) -> VerifyReport {
    verify(reader, None, &mut |_| {}).unwrap()
}

/// The checks that fail when the shop without its first ten records is bent.
fn check(bend: impl FnOnce(&mut Bent), expected: &[Check]) {
    let mut book = long_shop();
    book.remove(10);
    let mut reader = Bent::straight(book.shared.reader());
    bend(&mut reader);
    let report = run(&mut reader);
    let failed: BTreeSet<Check> = report.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(failed, expected.iter().copied().collect(), "{:#?}", report.findings);
}

#[test]
fn a_book_is_sound_wherever_its_journal_begins() {
    let whole = run(&mut long_shop().shared.reader());
    assert_eq!((whole.from, whole.records), (0, 14));
    for removed in 1..14 {
        let mut book = long_shop();
        book.remove(removed);
        let report = run(&mut book.shared.reader());
        assert_eq!(report.findings, [], "{removed}");
        assert!(report.compared);
        assert_eq!((report.from, report.records), (removed, 14 - removed));
        assert_eq!(report.rows, whole.rows, "{removed}");
        // And it goes on from there.
        book.redeem(1, 51, 10);
        book.issue(8, usd(5), Funding::Promotional);
        assert_eq!(run(&mut book.shared.reader()).findings, [], "{removed}");
        book.sweep_some(3);
        assert_eq!(run(&mut book.shared.reader()).findings, [], "{removed}");
    }
}

#[test]
fn what_the_archive_has_is_replayed() {
    let blocks = long_shop().shared.reader().blocks_after(0, usize::MAX).unwrap();
    let whole = run(&mut long_shop().shared.reader());
    let mut book = long_shop();
    book.remove(9);
    let with = |blocks: &[Block]| {
        let mut read = |after| -> Result<Vec<Block>, StoreError> {
            let of_it = blocks.iter().filter(|block| after < block.first_seq).take(2);
            Ok(of_it.filter(|block| block.first_seq < 10).cloned().collect())
        };
        verify(&mut book.shared.reader(), Some(&mut read), &mut |_| {}).unwrap()
    };
    let report = with(&blocks);
    assert_eq!(report.findings, []);
    assert_eq!(
        (report.from, report.records, report.transfers, report.entries),
        (0, whole.records, whole.transfers, whole.entries)
    );
    // One that lacks a block, or has another one.
    let checks = |report: VerifyReport| {
        report.findings.iter().map(|finding| finding.check).collect::<Vec<_>>()
    };
    assert_eq!(checks(with(&blocks[..6])), [Check::Head], "it ends before the journal begins");
    let mut other = blocks.clone();
    *other[4].body.last_mut().unwrap() ^= 1;
    assert_eq!(checks(with(&other))[0], Check::Chain);
}

#[test]
fn entries_that_were_changed_are_named() {
    let amount = |minor| Amount::new(minor).unwrap();
    // Of card 3, which nothing has moved since, and of card 1.
    for seq in [5, 6] {
        check(
            move |reader| {
                reader.entry = Box::new(move |mut row| {
                    if row.entry.place.sequence() == seq {
                        row.entry.credits_posted = amount(row.entry.credits_posted.minor() + 1);
                    }
                    Some(row)
                });
            },
            match seq {
                // Both sides are bent alike: the chain and the accounts notice.
                5 => &[Check::Entry, Check::AccountTotals, Check::ZeroSum],
                _ => &[Check::Entry, Check::ZeroSum],
            },
        );
    }
}

#[test]
fn an_entry_that_is_missing_is_named() {
    check(
        |reader| {
            reader.entry = Box::new(|row| (row.entry.place.sequence() != 6).then_some(row));
        },
        &[Check::Entry],
    );
}

#[test]
fn a_balance_that_was_changed_is_named() {
    for number in [3, 1] {
        check(
            move |reader| {
                reader.row = Box::new(move |mut row| {
                    if let Row::Account(account) = &mut row.row
                        && account.name == AccountName::GiftCard(card(number))
                    {
                        let more = account.credits_posted.minor() + 1_000;
                        account.credits_posted = Amount::new(more).unwrap();
                    }
                    Some(row)
                });
            },
            // One that has moved since is compared with its record.
            if number == 3 { &[Check::AccountTotals] } else { &[Check::Row] },
        );
    }
}

#[test]
fn a_row_that_is_missing_is_named_by_what_needs_it() {
    check(
        |reader| {
            reader.row = Box::new(|row| match &row.row {
                Row::Code(code) if code.live && code.card == card(3) => None,
                _ => Some(row),
            });
        },
        &[Check::Code],
    );
}

#[test]
fn a_journal_that_begins_elsewhere_is_named() {
    check(
        |reader| reader.block = Box::new(|block| (block.first_seq != 11).then_some(block)),
        &[Check::Chain],
    );
    check(
        |reader| {
            reader.block = Box::new(|mut block| {
                if block.first_seq == 11 {
                    block.previous_hash = [1; 32];
                }
                Some(block)
            });
        },
        &[Check::Chain],
    );
}
