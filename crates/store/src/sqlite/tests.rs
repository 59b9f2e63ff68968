//! What can only be seen from inside: statements, tables, migrations.

use rusqlite::{Connection, params};

use super::sql::SqliteConnection;
use super::{connection::Options, head, open_folder};
use crate::catalogue::{self, control, endpoints, entries, lists, mails, operations};
use crate::rows::{TABLES, account};
use crate::sql::migrations::{self, Migration};
use crate::{
    BookName, CardFilter, List, MailCause, MailStage, MailStore, Page, StoreError, WaitingMail,
    dialect,
};

const WHOLE: Page = Page::after(None, 10);

/// Statements about a book that are not put together.
const WRITTEN_BY_HAND: [&str; 20] = [
    catalogue::head::CREATE,
    catalogue::head::BOOKS,
    catalogue::head::SELECT,
    catalogue::head::TAKE_OVER,
    catalogue::head::COMPARE_AND_SET,
    catalogue::journal::INSERT,
    catalogue::journal::AFTER,
    catalogue::journal::AT_OR_BEFORE,
    catalogue::journal::PLACE,
    entries::LAST,
    entries::AFTER,
    operations::INSERT_RUN,
    operations::INSERT_PAGE,
    operations::RUNS,
    operations::PAGES,
    operations::PAGE_OF,
    operations::DELETE_RUN,
    operations::DELETE_PAGES,
    catalogue::migrations::SELECT,
    catalogue::migrations::INSERT,
];

/// Statements about what belongs to no book.
const OF_CONTROL: [&str; 31] = [
    control::INSERT_BOOK,
    control::BOOKS,
    control::BOOK_COUNT,
    control::INSERT_KEY,
    control::KEYS,
    control::KEYS_OF,
    control::KEY,
    control::KEY_OF,
    control::REVOKE,
    control::OPERATION,
    control::INSERT_OPERATION,
    control::FORGET_OPERATIONS,
    endpoints::INSERT,
    endpoints::OF_BOOK,
    endpoints::OF_OPERATION,
    endpoints::COUNT,
    endpoints::CHANGE,
    endpoints::PROGRESS,
    endpoints::DELETE,
    endpoints::PUT_RETRY,
    endpoints::DELETE_RETRY,
    endpoints::DELETE_RETRIES,
    endpoints::DUE,
    endpoints::COUNT_RETRIES,
    mails::PLACE,
    mails::PUT_PLACE,
    mails::INSERT,
    mails::DUE,
    mails::COUNT,
    mails::UPDATE,
    mails::DELETE,
];

fn migrated(migrations: &[Migration]) -> Connection {
    let mut sqlite = SqliteConnection::reading(Connection::open_in_memory().unwrap());
    migrations::run(&mut sqlite, migrations).unwrap();
    sqlite.connection
}

/// The DDL that SQLite remembers, in a stable order.
fn schema(connection: &Connection) -> String {
    let text = "select sql from sqlite_schema where sql is not null order by tbl_name, name";
    let mut statement = connection.prepare(text).unwrap();
    let parts: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    parts.join(";\n\n") + ";\n"
}

#[track_caller]
fn check_golden(connection: &Connection, golden: &str) {
    let found = schema(connection);
    assert!(found == golden, "the tables differ from the golden file:\n{found}");
}

#[test]
fn tables_of_a_new_file_are_those_of_the_golden_file() {
    let of_books = include_str!("../../tests/golden/book_schema.sql");
    check_golden(&migrated(migrations::OF_BOOKS), of_books);
    let of_control = include_str!("../../tests/golden/control_schema.sql");
    check_golden(&migrated(migrations::OF_CONTROL), of_control);
}

/// In any order: a column that came later stands last, and statements name those they mean.
#[test]
fn migrations_add_up_to_the_table_descriptions() {
    let file = migrated(migrations::OF_BOOKS);
    let described = Connection::open_in_memory().unwrap();
    for table in TABLES {
        described.execute_batch(&dialect::sqlite_ddl(&catalogue::ddl(table))).unwrap();
    }
    let shape = |connection: &Connection, name: &str| {
        let columns = "select name || ' ' || type || ' ' || \"notnull\" || ' ' || pk \
                       from pragma_table_info($1) order by name";
        let indexes = "select sql from sqlite_schema where tbl_name = $1 and type = 'index' \
                       and sql is not null order by name";
        [columns, indexes].map(|text| {
            let mut statement = connection.prepare(text).unwrap();
            let rows = statement.query_map([name], |row| row.get::<_, String>(0)).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>()
        })
    };
    for table in TABLES {
        assert_eq!(shape(&file, table.name), shape(&described, table.name));
    }
}

#[test]
fn every_statement_can_be_prepared_and_numbers_its_parameters_in_order() {
    let all_filters = CardFilter {
        state: Some(giftcards::CardState::Active),
        reference: Some("r".to_owned()),
        last4: Some(*b"ABCD"),
        owner: Some(base::PersonId::from_bits(1)),
        recipient: Some(base::PersonId::from_bits(1)),
        program: Some(base::ProgramId::from_bits(1)),
    };
    let full = Page {
        after: Some(1),
        limit: 1,
        created_after: Some(base::Instant::MIN),
        created_before: Some(base::Instant::MAX),
    };
    let mut texts: Vec<String> = vec![
        lists::cards(&all_filters, full).text,
        lists::cards_by_id(Some(1), 1).text,
        lists::holds(Some("r"), full).text,
        lists::programs(full).text,
        lists::named_accounts("a", Some(("a", 1)), 1).text,
        lists::card_accounts(1, 2, 1).text,
        lists::all_accounts(),
        lists::settlement_lines(base::SettlementId::from_bits(1), full).text,
    ];
    for table in TABLES {
        let of = catalogue::of(table);
        let of_rows = [&of.upsert.one, &of.upsert.several, &of.select.one, &of.select.several];
        texts.extend(of_rows.map(Clone::clone));
        texts.push(of.select_all.clone());
    }
    texts.extend(lists::TIMERS.iter().map(lists::due));
    texts.extend(lists::TIMERS.iter().map(lists::next_due));
    texts.extend(every_list().map(|(list, _)| lists::list(list, full).1.text));
    for grouped in [entries::insert(), entries::at()] {
        texts.extend([&grouped.one, &grouped.several].map(Clone::clone));
    }
    texts.extend(WRITTEN_BY_HAND.map(str::to_owned));
    check_prepares(&migrated(migrations::OF_BOOKS), &texts);
    check_prepares(&migrated(migrations::OF_CONTROL), &OF_CONTROL.map(str::to_owned));
}

/// SQLite numbers `$n` by first appearance: only ascending ones mean the same everywhere.
#[track_caller]
fn check_prepares(connection: &Connection, texts: &[String]) {
    for text in texts {
        let statement = connection.prepare(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        for place in 1..=statement.parameter_count() {
            assert_eq!(statement.parameter_name(place), Some(&*format!("${place}")), "{text}");
        }
    }
}

/// Lists of payments and of the shop, each with what it finds its rows by.
fn every_list() -> impl Iterator<Item = (List, &'static str)> {
    let (owner, buyer) = (Some(base::PersonId::from_bits(1)), Some(base::PersonId::from_bits(2)));
    let running = Some(promotions::State::Running);
    let in_review = Some(claims::Status::InReview);
    let promotion = base::PromotionId::from_bits(1);
    let lists = [
        (List::Methods { owner: None }, "SCAN payment_method"),
        (List::Methods { owner }, "payment_method_owner"),
        (List::Disputes { state: None }, "SCAN dispute"),
        (List::Disputes { state: Some(payments::DisputeState::Open) }, "dispute_state"),
        (List::Sellers, "SCAN seller"),
        (List::Creators, "SCAN creator"),
        (List::Products { seller: None }, "SCAN product"),
        (List::Products { seller: Some(base::SellerId::from_bits(1)) }, "product_seller"),
        (List::Checkouts { buyer: None }, "SCAN checkout"),
        (List::Checkouts { buyer }, "checkout_buyer"),
        (List::Payments { checkout: None }, "SCAN payment"),
        (List::Payments { checkout: Some(base::CheckoutId::from_bits(1)) }, "payment_purpose"),
        (List::RailRefunds { refund: None }, "SCAN rail_refund"),
        (
            List::RailRefunds { refund: Some(base::RefundId::from_bits(1)) },
            "rail_refund_order_refund",
        ),
        (List::Orders { buyer: None }, "SCAN shop_order"),
        (List::Orders { buyer }, "shop_order_buyer"),
        (List::OrderRefunds { order: base::OrderId::from_bits(1) }, "order_refund_shop_order"),
        (List::Payouts { state: None }, "SCAN payout"),
        (List::Payouts { state: Some(shop::PayoutState::Pending) }, "payout_state"),
        (List::Settlements, "SCAN settlement"),
        (List::Unsettled, "standing_is_open"),
        (List::Reported { sender: None }, "contact_is_reported"),
        (List::Reported { sender: Some(base::PersonId::from_bits(1)) }, "contact_sender"),
        (List::Promotions { advertiser: None, state: None }, "SCAN promotion"),
        (List::Promotions { advertiser: buyer, state: None }, "promotion_advertiser"),
        (List::Promotions { advertiser: buyer, state: running }, "promotion_advertiser"),
        (List::Promotions { advertiser: None, state: running }, "promotion_state"),
        (List::Deeds { promotion }, "deed_promotion"),
        (List::PromotionSettlements { promotion }, "promotion_settlement_promotion"),
        (List::Slices { promotion }, "slice_promotion"),
        (List::Incidents, "SCAN incident"),
        (List::Claims { promotion: None, status: None }, "SCAN claim"),
        (List::Claims { promotion: Some(promotion), status: None }, "claim_promotion"),
        (List::Claims { promotion: Some(promotion), status: in_review }, "claim_promotion"),
        (List::Claims { promotion: None, status: in_review }, "claim_status"),
        (List::ClaimsOf { claimant: base::PersonId::from_bits(1) }, "claim_claimant"),
        (List::AccountFreezes { only_frozen: false }, "SCAN account_freeze"),
        (List::AccountFreezes { only_frozen: true }, "account_freeze_is_frozen"),
        (List::Suspects { only_open: false }, "SCAN suspect"),
        (List::Suspects { only_open: true }, "suspect_is_open"),
        (List::Restitutions { promotion: None, only_stuck: false }, "SCAN restitution"),
        (List::Restitutions { promotion: None, only_stuck: true }, "restitution_is_stuck"),
        (
            List::Restitutions { promotion: Some(promotion), only_stuck: false },
            "restitution_promotion",
        ),
    ];
    lists.into_iter()
}

/// Each list finds its rows by an index and needs no sorting: checked here once, because a
/// missing index shows only with millions of rows.
#[test]
fn lists_follow_an_index() {
    let connection = migrated(migrations::OF_BOOKS);
    let by = |filter: CardFilter| lists::cards(&filter, WHOLE).text;
    let none = CardFilter::default;
    let cases = [
        (
            lists::settlement_lines(base::SettlementId::from_bits(1), WHOLE).text,
            "settlement_line_settlement",
        ),
        (by(none()), "SCAN card"),
        (by(CardFilter { reference: Some("r".into()), ..none() }), "card_reference"),
        (by(CardFilter { last4: Some(*b"ABCD"), ..none() }), "card_last4"),
        (by(CardFilter { owner: Some(base::PersonId::from_bits(1)), ..none() }), "card_owner"),
        (
            by(CardFilter { recipient: Some(base::PersonId::from_bits(1)), ..none() }),
            "card_recipient",
        ),
        (lists::cards_by_id(Some(1), 1).text, "card USING PRIMARY KEY"),
        (lists::holds(Some("r"), WHOLE).text, "hold_reference"),
        (lists::holds(None, WHOLE).text, "SCAN hold"),
        (lists::named_accounts("a", None, 1).text, "account_name"),
        (lists::named_accounts("a", Some(("a", 1)), 1).text, "account_name"),
        (lists::card_accounts(1, 2, 1).text, "account USING PRIMARY KEY"),
        (entries::at().one.clone(), "INTEGER PRIMARY KEY (rowid=?)"),
        (entries::AFTER.to_owned(), "INTEGER PRIMARY KEY (rowid>?)"),
        (entries::LAST.to_owned(), "account USING PRIMARY KEY"),
        (operations::PAGE_OF.to_owned(), "(run=? AND first_hash<?)"),
        (catalogue::of(&account::TABLE).select.one.clone(), "account USING PRIMARY KEY"),
        (catalogue::of(&account::TABLE).select.several.clone(), "account USING PRIMARY KEY"),
    ];
    let of_timers = [
        "hold_expires_at",
        "card_expires_at",
        "card_deliver_at",
        "card_return_at",
        "checkout_due_at",
        "payment_due_at",
        "rail_refund_due_at",
        "promotion_due_at",
        "slice_kept_until",
    ];
    assert_eq!(of_timers.len(), lists::TIMERS.len());
    let timers = lists::TIMERS.iter().zip(of_timers);
    let timers = timers
        .flat_map(|(timer, index)| [(lists::due(timer), index), (lists::next_due(timer), index)]);
    let of_claims = ["claim_wakes_at", "restitution_created_at", "promotion_claims_searched_since"];
    assert_eq!(of_claims.len(), lists::CLAIM_TIMERS.len());
    let claims = lists::CLAIM_TIMERS.iter().map(lists::due).zip(of_claims);
    let timers = timers.chain(claims);
    let shop = every_list().map(|(list, index)| (lists::list(list, WHOLE).1.text, index));
    for (text, wanted) in cases.into_iter().chain(timers).chain(shop) {
        let mut statement = connection.prepare(&format!("explain query plan {text}")).unwrap();
        let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3));
        let plan: Vec<String> = steps.map(Result::unwrap).collect();
        let plan = plan.join("; ");
        assert!(plan.contains(wanted), "{text}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{text}\n{plan}");
    }
}

#[test]
fn migrations_run_once_and_are_compared() {
    let mut sqlite = SqliteConnection::reading(migrated(migrations::OF_BOOKS));
    let before = schema(&sqlite.connection);
    migrations::run(&mut sqlite, migrations::OF_BOOKS).unwrap();
    assert_eq!(schema(&sqlite.connection), before);
    migrations::require_current(&mut sqlite, migrations::OF_BOOKS).unwrap();

    let edited = [Migration { number: 1, name: "tables", text: "create table other (a text);" }];
    let refused = migrations::run(&mut sqlite, &edited).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");

    let known = migrations::OF_BOOKS.last().unwrap().number;
    let values = params![known + 1, "from the future", [0_u8; 32]];
    sqlite.connection.execute(catalogue::migrations::INSERT, values).unwrap();
    let refused = migrations::run(&mut sqlite, migrations::OF_BOOKS).unwrap_err();
    assert_eq!(refused, StoreError::Newer { found: known + 1, known });
}

#[test]
fn a_file_of_an_earlier_release_gets_what_it_lacks() {
    for done in 0..migrations::OF_BOOKS.len() {
        let mut sqlite = SqliteConnection::reading(migrated(&migrations::OF_BOOKS[..done]));
        assert!(migrations::require_current(&mut sqlite, migrations::OF_BOOKS).is_err());
        migrations::run(&mut sqlite, migrations::OF_BOOKS).unwrap();
        check_golden(&sqlite.connection, include_str!("../../tests/golden/book_schema.sql"));
    }
}

#[test]
fn mails_that_waited_in_an_earlier_release_still_wait() {
    let mut sqlite = SqliteConnection::reading(migrated(&migrations::OF_CONTROL[..5]));
    let card = base::CardId::from_bits(7);
    let insert = "insert into waiting_mail values ('test', $1, 2, 3, 1, 2, 40, 10)";
    sqlite.connection.execute(insert, [card.to_bytes().as_slice()]).unwrap();
    migrations::run(&mut sqlite, migrations::OF_CONTROL).unwrap();
    let book = BookName::new("test").unwrap();
    let at = base::Instant::from_micros;
    let due = super::SqliteControl::new(sqlite).due_mails(&book, at(40), 9).unwrap();
    let cause = MailCause::Gift { card, sending: 2 };
    let (next_at, written_at) = (at(40), at(10));
    let (made, unknown, stage) = (3, 1, MailStage::Sent);
    let kept = WaitingMail { book, cause, made, unknown, stage, next_at, written_at };
    assert_eq!(due, [kept]);
}

#[test]
fn a_file_that_was_not_migrated_is_not_read() {
    let mut sqlite = SqliteConnection::reading(migrated(&[]));
    let refused = migrations::require_current(&mut sqlite, migrations::OF_BOOKS).unwrap_err();
    assert!(refused.is_transient(), "{refused}");
}

#[test]
fn a_file_belongs_to_one_book() {
    let connection = migrated(migrations::OF_BOOKS);
    head::create(&connection, "live").unwrap();
    head::create(&connection, "live").unwrap();
    let refused = head::create(&connection, "test").unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
}

#[test]
fn connections_have_the_settings_that_durability_rests_on() {
    let folder = tempfile::tempdir().unwrap();
    let opened = open_folder(folder.path()).unwrap();
    opened.control().unwrap();
    let path = folder.path().join("control.db");
    let connection = super::connection::open_writer(&path, Options::default()).unwrap();
    let setting = |name: &str| -> String {
        let shown = |row: &rusqlite::Row<'_>| row.get_ref(0).map(|value| format!("{value:?}"));
        connection.pragma_query_value(None, name, shown).unwrap()
    };
    assert_eq!(setting("journal_mode"), "Text([119, 97, 108])");
    assert_eq!(setting("synchronous"), "Integer(2)");
    assert_eq!(setting("page_size"), "Integer(4096)");
    let reader = super::connection::open_reader(&path).unwrap();
    assert!(reader.execute("delete from book_record", []).is_err());
}
