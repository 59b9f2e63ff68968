//! The views for people who ask in SQL: what they show, what they never show, and that every
//! question of the page is a statement.

use base::{Currency, ProgramId};
use engine::Row;
use giftcards::CardState;
use ledger::{Account, AccountName, Reason};
use promotions::{Goal, Promise, State};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use store::{EntryRow, Head};

use crate::promotion_rows::{draft, running};
use crate::support::{
    Place, PostgresPlace, Scribe, SqlitePlace, Writes, amount, card, card_account, card_row, entry,
    entry_place, hold, hold_row, program,
};

const PAGE: &str = include_str!("../../../../docs/sql.md");

/// The moment of every row: 2026-11-20T10:00:00Z.
const AT: i64 = 1_795_168_800_000_000;

/// A book with two cards, one redeemed, an open hold and a program; the last entry is above the
/// watermark.
fn shop() -> (SqlitePlace, Connection) {
    let place = SqlitePlace::new();
    fill(&place);
    let path = place.folder.path().join("books/test.db");
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    (place, connection)
}

fn fill(place: &dyn Place) {
    let mut scribe = Scribe::of(place);
    let mut first = card(1);
    (first.program, first.created_at) =
        (Some(ProgramId::from_bits(3)), base::Instant::from_micros(AT));
    let mut second = card(2);
    second.state = CardState::Canceled;
    let mut spent = card_account(1, 5_000);
    (spent.debits_posted, spent.debits_pending) = (amount(1_200), amount(100));
    let clearing = Account {
        credits_posted: amount(1_200),
        debits_posted: amount(5_000),
        ..Account::open(AccountName::OrderClearing, Currency::USD)
    };
    scribe.keep(vec![
        card_row(first),
        card_row(second),
        Row::Account(spent),
        Row::Account(card_account(2, 0)),
        Row::Account(clearing.clone()),
        Row::Program(std::sync::Arc::new(program(3))),
        hold_row(hold(9, 1, AT, "order-1")),
        Row::Promotion(std::sync::Arc::new(running(5, 7))),
    ]);
    let redeemed = |seq, credits, amount: i64, account| {
        let mut row: EntryRow = entry(account, entry_place(seq, 1), None, credits);
        row.at = base::Instant::from_micros(AT);
        (row.entry.reason, row.entry.amount) = (Reason::Redeem, amount);
        row
    };
    let card = AccountName::GiftCard(crate::support::card_id(1)).id(Currency::USD);
    for (seq, change) in [(2, -1_200), (3, -50)] {
        let entries = vec![redeemed(seq, 0, change, card)];
        scribe.write(&Writes { entries, ..Writes::default() }).unwrap();
    }
    let next = Head { watermark: 2, ..scribe.head };
    scribe.commit(None, next, &Writes::default()).unwrap();
}

/// The rows of an answer, their values joined by bars.
fn ask(connection: &Connection, question: &str) -> Vec<String> {
    let mut statement = connection.prepare(question).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let shown = (0..columns).map(|column| match row.get_unwrap(column) {
            Value::Null => "-".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text,
            other => panic!("{question}: {other:?} is neither a number nor a text"),
        });
        Ok(shown.collect::<Vec<_>>().join("|"))
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

#[track_caller]
fn check(connection: &Connection, question: &str, expected: &[&str]) {
    assert_eq!(ask(connection, question), expected, "{question}");
}

#[test]
fn views_show_amounts_states_and_instants() {
    let (_place, book) = shop();
    let one = "00000000000000000000000000000001";
    check(
        &book,
        "select gift_card, state, last4, balance_minor, held_minor, available_minor, created_at, \
         as_of_seq from view_gift_card order by gift_card",
        &[
            &format!("{one}|active|ABCD|3800|100|3700|2026-11-20T10:00:00Z|2"),
            "00000000000000000000000000000002|canceled|ABCD|0|0|0|1970-01-01T00:00:00Z|2",
        ],
    );
    check(
        &book,
        "select book, gift_card, state, held_minor, reference, expires_at_micros, as_of_seq \
         from view_hold",
        &[&format!("test|{one}|held|100|order-1|{AT}|2")],
    );
    check(
        &book,
        "select name, kind, currency, debits_minor, credits_minor, balance_minor \
         from view_ledger_account where name <> 'giftcard/*'",
        &["order/clearing|liability|USD|5000|1200|-3800"],
    );
    check(
        &book,
        "select sequence, position, ledger_account, name, reason, amount_minor, at, as_of_seq \
         from view_ledger_entry",
        &[&format!("2|1|{one}|giftcard/*|redeemed|-1200|2026-11-20T10:00:00Z|2")],
    );
    check(&book, "select name, value_max_minor from view_program", &["Ordinary cards|50000"]);
    check(
        &book,
        "select promotion, advertiser, post, state, goal, promise, currency, budget_minor, \
         incentive_minor, spent_minor, repaid_minor, returned_minor, guaranteed_units, \
         starts_at_micros, ends_at, changed_seq, as_of_seq from view_promotion",
        &[&format!(
            "{:032x}|{:032x}|post-1|running|views|estimate|USD|1000|100|400|7|0|-|20|{}|1|2",
            5, 7, "1970-01-01T00:00:00Z"
        )],
    );
}

/// The questions of the page, each with what it is answered.
fn questions() -> Vec<(&'static str, Vec<String>)> {
    let questions = PAGE.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let hold =
        format!("{:032x}|{:032x}|order-1|USD|100|1970-01-01T00:00:00Z|2026-11-20T10:00:00Z", 9, 1);
    let answers = [
        vec!["USD|3800|100|1".to_owned()],
        vec!["2026-11-20|USD|1200|1".to_owned()],
        vec![],
        vec![hold],
        vec!["USD|600|400|1".to_owned()],
        vec!["USD|0|2".to_owned()],
    ];
    let questions: Vec<_> = questions.collect();
    assert_eq!(questions.len(), answers.len(), "a question nobody asked here");
    questions.into_iter().zip(answers).collect()
}

#[test]
fn the_questions_of_the_page_are_answered() {
    let (_place, book) = shop();
    for (question, expected) in questions() {
        assert_eq!(ask(&book, question), expected, "{question}");
    }
}

/// A database answers them alike, to whoever looks into the schema of the book.
#[test]
fn the_questions_of_the_page_are_answered_by_a_database() {
    let place = PostgresPlace::new();
    fill(&place);
    for (question, expected) in questions() {
        let rows = format!(
            "set search_path to book_{}; \
             select coalesce(string_agg(answer::text, ';'), '') from ({question}) answer",
            place.book
        );
        let told = testbed::ask(&testbed::shared_database(), &rows).unwrap();
        let expected: Vec<String> =
            expected.iter().map(|row| format!("({})", row.replace('|', ","))).collect();
        assert_eq!(told.unwrap(), expected.join(";"), "{question}");
    }
}

#[test]
fn views_tell_no_secrets_and_as_of_when() {
    let (_place, book) = shop();
    let views = ask(&book, "select name from sqlite_schema where type = 'view' order by name");
    assert_eq!(views.len(), 6);
    for view in views {
        assert!(PAGE.contains(&format!("| `{view}` |")), "{view} is not on the page");
        let statement = book.prepare(&format!("select * from {view}")).unwrap();
        let columns: Vec<&str> = statement.column_names().collect();
        assert!(columns.contains(&"as_of_seq") && columns.contains(&"book"), "{view}");
        for secret in ["hash", "nonce", "sealed", "code", "metadata", "ring"] {
            assert!(!columns.iter().any(|column| column.contains(secret)), "{view}: {secret}");
        }
    }
}

#[test]
fn the_view_of_entries_names_every_reason_as_activities_do() {
    let place = SqlitePlace::new();
    let mut scribe = Scribe::of(&place);
    scribe.keep(vec![card_row(card(1)), Row::Account(card_account(1, 5_000))]);
    let account = AccountName::GiftCard(crate::support::card_id(1)).id(Currency::USD);
    let mut entries = Vec::new();
    for (line, reason) in (1..).zip(Reason::ALL) {
        let mut row: EntryRow = entry(account, entry_place(2, line), None, 1);
        row.entry.reason = reason;
        entries.push(row);
    }
    scribe.write(&Writes { entries, ..Writes::default() }).unwrap();
    let next = Head { watermark: 2, ..scribe.head };
    scribe.commit(None, next, &Writes::default()).unwrap();
    drop(scribe);
    let path = place.folder.path().join("books/test.db");
    let book = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let names: Vec<&str> = Reason::ALL.map(Reason::as_str).to_vec();
    check(&book, "select reason from view_ledger_entry order by position", &names);
}

/// Words for numbers: the view has a list of its own, and so have rows.
#[test]
fn the_view_of_promotions_names_states_goals_and_promises() {
    let place = SqlitePlace::new();
    let ids = 1..=u128::try_from(State::ALL.len()).unwrap();
    let rows: Vec<Row> = ids.map(|id| Row::Promotion(std::sync::Arc::new(draft(id, 7)))).collect();
    Scribe::of(&place).keep(rows);
    let path = place.folder.path().join("books/test.db");
    let book = Connection::open(path).unwrap();
    let told = |column: &str, numbers: Vec<(u8, &'static str)>| {
        for (number, name) in numbers {
            book.execute(&format!("update promotion set {column} = {number}"), []).unwrap();
            let question = format!("select distinct {column} from view_promotion");
            check(&book, &question, &[name]);
        }
    };
    told("state", State::ALL.map(|state| (state as u8, state.as_str())).to_vec());
    told("goal", Goal::ALL.map(|goal| (goal as u8, goal.as_str())).to_vec());
    told("promise", Promise::ALL.map(|one| (one as u8, one.as_str())).to_vec());
}

/// What each account is for, and on which side its balance stands, as the ledger says.
#[test]
fn the_view_of_accounts_knows_every_kind() {
    let place = SqlitePlace::new();
    let promotion = base::PromotionId::from_bits(3);
    let rail = || base::Token::new("sandbox").unwrap();
    let names = [
        AccountName::GiftCard(crate::support::card_id(1)),
        AccountName::GiftCardBreakage,
        AccountName::GiftCardIncentives,
        AccountName::OrderClearing,
        AccountName::ImportOpening,
        AccountName::RailClearing(rail()),
        AccountName::RailFees(rail()),
        AccountName::RailDisputes(rail()),
        AccountName::Receivable(base::Token::new("acme").unwrap()),
        AccountName::RefundExpense(base::Token::new("goodwill").unwrap()),
        AccountName::SellerPayable(base::SellerId::from_bits(1)),
        AccountName::CreatorPayable(base::CreatorId::from_bits(1)),
        AccountName::Tax(base::Region::parse("US-CA").unwrap()),
        AccountName::RefundPayable,
        AccountName::ChargebackLoss,
        AccountName::Bank,
        AccountName::Commission,
        AccountName::PromotionEscrow(promotion),
        AccountName::PromotionRevenue,
        AccountName::PromotionIncentives,
    ];
    let account = |name| Account {
        credits_posted: amount(5),
        debits_posted: amount(2),
        ..Account::open(name, Currency::USD)
    };
    let accounts: Vec<Account> = names.into_iter().map(account).collect();
    let row = |account: &Account| {
        let name = match account.name {
            AccountName::GiftCard(_) => "giftcard/*".to_owned(),
            ref name => name.to_string(),
        };
        format!("{name}|{}|{}", account.name.kind().as_str(), account.balance())
    };
    let mut expected: Vec<String> = accounts.iter().map(row).collect();
    expected.sort();
    Scribe::of(&place).keep(accounts.into_iter().map(Row::Account).collect());
    let path = place.folder.path().join("books/test.db");
    let book = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut found = ask(&book, "select name, kind, balance_minor from view_ledger_account");
    found.sort();
    assert_eq!(found, expected);
}
