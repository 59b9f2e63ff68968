//! One thing is damaged at a time, and verification has to name it.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Amount, HoldId, Instant};
use engine::{Change, Command, GiftCardCommand, Row};
use giftcards::{CodeHash, Funding, account_of};
use ledger::{AccountName, EntryPlace};
use reports::{Check, FINDINGS_MAX, Progress, Step, VerifyReport, verify};
use store::{Head, Reader, SweptRow};

use crate::bent::Bent;
use crate::book::{TestBook, by_id, capture, card, code, hold, new_card, place, refund, shop, usd};

fn run(reader: &mut dyn Reader) -> VerifyReport {
    verify(reader, None, &mut |_| {}).unwrap()
}

/// The checks that fail, and the object of the first finding.
fn check(reader: &mut dyn Reader, expected: &[Check], object: &str) {
    let report = run(reader);
    let failed: BTreeSet<Check> = report.findings.iter().map(|finding| finding.check).collect();
    let told = || report.findings.iter().map(|f| format!("\n{f}")).collect::<String>();
    assert_eq!(failed, expected.iter().copied().collect(), "{}", told());
    let first = report.findings.first().map_or("", |finding| finding.object.as_str());
    assert_eq!(first, object, "{}", told());
    assert_eq!(report.is_sound(), expected.is_empty());
}

fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

fn account(number: u8) -> String {
    account_of(card(number)).to_string()
}

fn account_name(number: u8) -> String {
    AccountName::GiftCard(card(number)).to_string()
}

#[test]
fn a_sound_book_has_no_findings() {
    let book = shop();
    let mut steps = Vec::new();
    let mut see = |progress: Progress| {
        assert!(progress.done <= progress.total, "{progress:?}");
        steps.push(progress.step);
    };
    let report = verify(&mut book.shared.reader(), None, &mut see).unwrap();
    assert_eq!(report.findings, []);
    assert!(report.is_sound() && report.compared);
    assert_eq!((report.blocks, report.records, report.transfers), (10, 10, 7));
    assert_eq!(report.entries, 14);
    // Book, program, 3 cards, 4 codes, 2 holds, 1 refund, and 3 + 4 accounts.
    assert_eq!(report.rows, 19);
    steps.dedup();
    assert_eq!(steps, [Step::Journal, Step::Objects, Step::Rows, Step::Entries]);
}

#[test]
fn tables_may_lie_anywhere_between_watermark_and_head() {
    let mut book = shop();
    for (number, hold) in (40..).take(5).enumerate() {
        book.redeem(1 + u8::try_from(number % 2).unwrap(), hold, 10);
        // Some rows show a record between the watermark and the last that changed them.
        check(&mut book.shared.reader(), &[], "");
        book.sweep_some(2);
        check(&mut book.shared.reader(), &[], "");
    }
    book.sweep();
    check(&mut book.shared.reader(), &[], "");
    check(&mut TestBook::open().shared.reader(), &[], "");
}

#[test]
fn a_service_may_write_while_it_is_verified() {
    let mut book = shop();
    let head_at_start = book.head;
    book.issue(7, usd(100), Funding::External);
    book.redeem(1, 41, 10);
    book.sweep();
    let mut reader = Bent::straight(book.shared.reader());
    reader.head = Some(head_at_start);
    check(&mut reader, &[], "");
}

/// The shop, read through something that bends one thing.
fn check_bent(bend: impl FnOnce(&mut Bent, &TestBook), expected: &[Check], object: &str) {
    let book = shop();
    let mut reader = Bent::straight(book.shared.reader());
    bend(&mut reader, &book);
    check(&mut reader, expected, object);
}

fn bend_row(
    change: impl Fn(&mut SweptRow) -> bool + Send + 'static,
) -> impl FnOnce(&mut Bent, &TestBook) {
    move |reader, _| {
        reader.row = Box::new(move |mut row| if change(&mut row) { Some(row) } else { None });
    }
}

#[test]
fn a_changed_journal_is_named() {
    let flip = |reader: &mut Bent, _: &TestBook| {
        reader.block = Box::new(|mut block| {
            // The last byte belongs to an event, which nothing else is computed from.
            if block.first_seq == 6 {
                *block.body.last_mut().unwrap() ^= 1;
            }
            Some(block)
        });
    };
    check_bent(flip, &[Check::Chain], "block of record 6");
    let cut_short = |reader: &mut Bent, _: &TestBook| {
        reader.block = Box::new(|mut block| {
            if block.first_seq == 6 {
                block.body.pop();
            }
            Some(block)
        });
    };
    check_bent(cut_short, &[Check::Chain, Check::Record], "block of record 6");
    let without = |seq: u64| {
        move |reader: &mut Bent, _: &TestBook| {
            reader.block = Box::new(move |block| (block.first_seq != seq).then_some(block));
        }
    };
    check_bent(without(6), &[Check::Chain], "block of record 7");
    check_bent(without(10), &[Check::Head], "head");
    let other_hash = |reader: &mut Bent, book: &TestBook| {
        reader.head = Some(Head { hash: [1; 32], ..book.head });
    };
    check_bent(other_hash, &[Check::Head], "head");
    let too_far = |reader: &mut Bent, book: &TestBook| {
        reader.head = Some(Head { watermark: book.head.seq + 1, ..book.head });
    };
    check_bent(too_far, &[Check::Watermark], "head");
}

#[test]
fn a_journal_that_cannot_be_replayed_is_not_compared_with() {
    let book = shop();
    let mut reader = Bent::straight(book.shared.reader());
    reader.block = Box::new(|block| (block.first_seq != 6).then_some(block));
    let report = run(&mut reader);
    assert!(!report.compared);
    assert_eq!((report.rows, report.entries), (0, 0));
}

#[test]
fn a_changed_row_is_named() {
    let balance = bend_row(|row| {
        if let Row::Account(account) = &mut row.row
            && account.id == account_of(card(2))
        {
            account.debits_posted = amount(299);
        }
        true
    });
    check_bent(balance, &[Check::Row], &account(2));
    let listing = bend_row(|row| {
        if let Row::Card(card) = &mut row.row {
            Arc::make_mut(card).open_holds.clear();
        }
        true
    });
    check_bent(listing, &[Check::Row], &card(2).to_string());
    let missing = bend_row(|row| row.row.key() != engine::Key::Hold(hold(11)));
    check_bent(missing, &[Check::RowMissing], &hold(11).to_string());
    let invented = bend_row(|row| {
        if let Row::Hold(hold) = &mut row.row
            && hold.refunded.is_zero()
        {
            Arc::make_mut(hold).id = HoldId::from_bits(99);
        }
        true
    });
    let (unknown, gone) = (Check::RowUnknown, Check::RowMissing);
    check_bent(invented, &[unknown, gone], &HoldId::from_bits(99).to_string());
    let older = bend_row(|row| {
        if let Row::Hold(_) = &row.row {
            row.applied_seq -= 1;
        }
        true
    });
    check_bent(older, &[Check::RowBehind], &hold(11).to_string());
    let corrupt = |reader: &mut Bent, _: &TestBook| reader.rows_are_corrupt = true;
    check_bent(corrupt, &[Check::Tables], "rows");
}

#[test]
fn a_row_that_claims_a_record_that_did_not_change_it_is_named() {
    let mut book = shop();
    book.redeem(1, 41, 10);
    let mut reader = Bent::straight(book.shared.reader());
    let head = book.head.seq;
    reader.row = Box::new(move |mut row| {
        if let Row::Program(_) = &row.row {
            row.applied_seq = head;
        }
        Some(row)
    });
    let program = base::ProgramId::from_bits(9);
    check(&mut reader, &[Check::Row], &program.to_string());
}

#[test]
fn the_difference_of_a_row_is_told_in_numbers() {
    let book = shop();
    let mut reader = Bent::straight(book.shared.reader());
    reader.row = Box::new(|mut row| {
        if let Row::Account(account) = &mut row.row
            && account.id == account_of(card(2))
        {
            account.debits_posted = amount(299);
        }
        Some(row)
    });
    let report = run(&mut reader);
    assert_eq!(report.findings[0].detail, "debits_posted is 299, by the journal 300");
}

#[test]
fn a_changed_entry_is_named() {
    let of_card_2 = |row: &store::EntryRow| row.entry.account == account_of(card(2));
    let missing = move |reader: &mut Bent, _: &TestBook| {
        reader.entry = Box::new(move |row| {
            (row.entry.place.sequence() != 8 || !of_card_2(&row)).then_some(row)
        });
    };
    check_bent(missing, &[Check::EntryMissing], &account(2));
    let all_missing = move |reader: &mut Bent, _: &TestBook| {
        reader.entry = Box::new(move |row| (!of_card_2(&row)).then_some(row));
    };
    check_bent(all_missing, &[Check::EntryMissing], &account(2));
    let changed = move |reader: &mut Bent, _: &TestBook| {
        reader.entry = Box::new(move |mut row| {
            if row.entry.place.sequence() == 8 && of_card_2(&row) {
                row.entry.held = amount(801);
            }
            Some(row)
        });
    };
    check_bent(changed, &[Check::Entry], &account(2));
    let moved = move |reader: &mut Bent, _: &TestBook| {
        reader.entry = Box::new(move |mut row| {
            if row.entry.place.sequence() == 8 && of_card_2(&row) {
                row.entry.place = EntryPlace::new(8, 2);
            }
            Some(row)
        });
    };
    check_bent(moved, &[Check::EntryUnknown, Check::EntryMissing], &account(2));
}

#[test]
fn a_watermark_ahead_of_the_tables_is_noticed() {
    let mut book = shop();
    book.redeem(1, 41, 10);
    let mut reader = Bent::straight(book.shared.reader());
    reader.head = Some(Head { watermark: book.head.seq, ..book.head });
    let expected = [Check::RowBehind, Check::RowMissing];
    check(&mut reader, &expected, &account(1));
}

/// The shop, with one more record that was bent before it was sealed: the chain is right, the
/// tables agree, and still it is nonsense.
fn check_record(
    command: GiftCardCommand,
    bend: impl FnOnce(&mut Change),
    expected: &[Check],
    object: &str,
) {
    let mut book = shop();
    book.bent(Command::GiftCards(command), bend);
    book.sweep();
    check(&mut book.shared.reader(), expected, object);
}

fn redeem() -> GiftCardCommand {
    GiftCardCommand::Redeem { card: by_id(1), place: place(50, 100) }
}

#[test]
fn money_that_does_not_add_up_is_named() {
    let totals = |change: &mut Change| {
        for row in &mut change.rows {
            if let Row::Account(account) = row
                && account.id == account_of(card(1))
            {
                account.debits_posted = amount(1_000);
            }
        }
    };
    check_record(redeem(), totals, &[Check::AccountTotals, Check::ZeroSum], &account_name(1));
    let overdrawn = |change: &mut Change| {
        for row in &mut change.rows {
            if let Row::Account(account) = row {
                account.debits_posted = amount(9_000);
            }
        }
    };
    let expected = [Check::Limit, Check::AccountTotals, Check::ZeroSum];
    check_record(redeem(), overdrawn, &expected, &account_name(1));
    let less_moved = |change: &mut Change| {
        change.transfers[0].amount = usd(99);
        for entry in &mut change.entries {
            entry.amount = entry.amount.signum() * 99;
        }
    };
    let expected = [Check::AccountTotals, Check::Entry];
    check_record(redeem(), less_moved, &expected, &account_name(1));
}

#[test]
fn a_transfer_that_cannot_be_is_named() {
    let id = base::TransferId::from_bits(11 << 64).to_string();
    type Bend = fn(&mut Change);
    let cases: [Bend; 5] = [
        |change| change.transfers[0].amount = usd(0),
        |change| change.transfers[0].amount = crate::book::eur(100),
        |change| change.transfers[0].credit = change.transfers[0].debit,
        |change| change.transfers[0].credit = account_of(card(99)),
        |change| change.transfers[0].credit = account_of(card(2)),
    ];
    // A transfer that cannot be applied leaves no totals and no entries to compare with.
    let expected = [Check::Transfer, Check::AccountTotals, Check::EntryUnknown];
    for bend in cases {
        check_record(redeem(), bend, &expected, &id);
    }
}

#[test]
fn objects_that_contradict_each_other_are_named() {
    let on_hold = |hold: GiftCardCommand, bend: fn(&mut giftcards::Hold)| {
        move |expected: &[Check], object: &str| {
            let bend_change = |change: &mut Change| {
                for row in &mut change.rows {
                    if let Row::Hold(hold) = row {
                        bend(Arc::make_mut(hold));
                    }
                }
            };
            check_record(hold, bend_change, expected, object);
        }
    };
    let over_posted = on_hold(capture(12, 100), |hold| hold.pending.posted = amount(801));
    over_posted(&[Check::Record], &hold(12).to_string());
    let over_refunded = on_hold(refund(22, 12, 10), |hold| hold.refunded = amount(301));
    over_refunded(&[Check::Record], &hold(12).to_string());
    let under_refunded = on_hold(refund(22, 12, 10), |hold| hold.refunded = amount(9));
    under_refunded(&[Check::Refunds], &hold(12).to_string());
    let closed_too_soon = on_hold(capture(12, 100), |hold| hold.pending.voided = amount(400));
    let expected = [Check::HoldListing, Check::PendingTotals];
    closed_too_soon(&expected, &card(2).to_string());
    let other_time = on_hold(capture(12, 100), |hold| hold.expires_at = Instant::MAX);
    other_time(&[Check::HoldListing], &card(2).to_string());

    let unlisted = |change: &mut Change| {
        for row in &mut change.rows {
            if let Row::Card(card) = row {
                Arc::make_mut(card).open_holds.clear();
            }
        }
    };
    check_record(capture(12, 100), unlisted, &[Check::HoldListing], &hold(12).to_string());
    let no_card = |change: &mut Change| change.rows.retain(|row| !matches!(row, Row::Card(_)));
    let issue = || GiftCardCommand::Issue(Box::new(new_card(8, usd(10), Funding::External)));
    check_record(issue(), no_card, &[Check::CardAccount, Check::Code], &account_name(8));
    let other_card = |change: &mut Change| {
        for row in &mut change.rows {
            if let Row::Code(code) = row {
                code.card = card(1);
            }
        }
    };
    check_record(issue(), other_card, &[Check::Code], &card(8).to_string());
    let still_live = |change: &mut Change| {
        for row in &mut change.rows {
            if let Row::Code(code) = row {
                code.live = true;
            }
        }
    };
    let replace = GiftCardCommand::ReplaceCode { card: card(1), code: code(44), by: None };
    check_record(replace, still_live, &[Check::Code], &card(1).to_string());
    let other_code = |change: &mut Change| {
        for row in &mut change.rows {
            if let Row::Code(code) = row {
                code.hash = CodeHash([99; 16]);
            }
        }
    };
    check_record(issue(), other_code, &[Check::Code], &card(8).to_string());
}

#[test]
fn goodwill_that_cannot_be_is_named() {
    let check_card = |funding: Funding, bend: fn(&mut giftcards::Card), expected: &[Check]| {
        let bend_change = |change: &mut Change| {
            for row in &mut change.rows {
                if let Row::Card(card) = row {
                    bend(Arc::make_mut(card));
                }
            }
        };
        let issue = GiftCardCommand::Issue(Box::new(new_card(8, usd(10), funding)));
        let object = if expected.is_empty() { String::new() } else { card(8).to_string() };
        check_record(issue, bend_change, expected, &object);
    };
    let wrong = &[Check::Goodwill];
    check_card(Funding::External, |card| card.goodwill = amount(10), &[]);
    check_card(Funding::External, |card| card.goodwill = amount(11), wrong);
    check_card(Funding::Promotional, |card| card.goodwill = amount(1), wrong);
    check_card(Funding::External, |card| card.given_back = amount(10), &[]);
    check_card(Funding::External, |card| card.given_back = amount(11), wrong);
}

#[test]
fn a_record_that_cannot_be_read_is_named() {
    let mut book = shop();
    book.table_of_next = Some(200);
    book.redeem(1, 50, 100);
    book.sweep();
    check(&mut book.shared.reader(), &[Check::Record], "row of an unknown table");
}

#[test]
fn findings_are_kept_up_to_a_limit() {
    let mut book = TestBook::open();
    for number in 1..=60 {
        book.issue(number, usd(100), Funding::External);
    }
    book.sweep();
    let mut reader = Bent::straight(book.shared.reader());
    reader.entry = Box::new(|_| None);
    let report = run(&mut reader);
    assert_eq!(report.findings.len(), FINDINGS_MAX);
    assert_eq!(report.findings_left_off, 20);
}
