//! Rows to values and back.

use base::{AccountId, Currency};
use engine::Row;
use journal::{EncodedSink, EncodedSource, ReadError, Value, ValueSink, ValuesReader};
use payments::RailRefund;
use proptest::prelude::*;
use store::rows::{TABLES, read_row, table_of, write_row};

use crate::any;
use crate::promotion_rows::{completed, row};
use crate::shop_rows::{checkout, method, open_payment, rail_refund};
use crate::support::{book_row, card, card_account, card_row, hold, hold_row, program, refund};

fn values_of(row: &Row) -> Vec<Value> {
    let mut values = Vec::new();
    write_row(row, &mut values);
    values
}

/// Reads the values of `row` after `change` and expects a refusal.
#[track_caller]
fn check_refused(row: &Row, change: impl Fn(&mut Vec<Value>)) {
    let (table, version) = table_of(row);
    let mut values = values_of(row);
    change(&mut values);
    let result = read_row(table, version, &mut ValuesReader::new(&values));
    assert!(result.is_err(), "{result:?}");
}

fn column(row: &Row, name: &str) -> usize {
    let table = TABLES.iter().find(|table| table.number == table_of(row).0).unwrap();
    table.columns.iter().position(|column| column.name == name).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_row_is_read_as_it_was_written(row in any::row()) {
        let (table, version) = table_of(&row);
        let values = values_of(&row);
        let read = read_row(table, version, &mut ValuesReader::new(&values)).unwrap();
        prop_assert_eq!(&read, &row);

        let mut bytes = Vec::new();
        write_row(&row, &mut EncodedSink(&mut bytes));
        let read = read_row(table, version, &mut EncodedSource::new(&bytes)).unwrap();
        prop_assert_eq!(&read, &row);
    }

    #[test]
    fn values_fit_the_columns(row in any::row()) {
        let table = TABLES.iter().find(|table| table.number == table_of(&row).0).unwrap();
        let values = values_of(&row);
        prop_assert_eq!(values.len(), table.columns.len());
        for (value, column) in values.iter().zip(table.columns) {
            let fits = match value {
                Value::Null => column.nullable,
                Value::Int(_) => column.kind == store::rows::ColumnKind::Integer,
                Value::Text(_) => column.kind == store::rows::ColumnKind::Text,
                Value::Bytes(_) => column.kind == store::rows::ColumnKind::Bytes,
            };
            prop_assert!(fits, "{} = {:?}", column.name, value);
        }
    }

    /// One value replaced by another: whatever is read must be a row that writes the same.
    #[test]
    fn damage_is_refused_or_harmless(
        row in any::row(),
        place in any::<prop::sample::Index>(),
        value in prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Int),
            (-3..300_i64).prop_map(Value::Int),
            "[a-zA-Z=;,{}\":!0-9]{0,30}".prop_map(Value::Text),
            prop::collection::vec(any::<u8>(), 0..50).prop_map(Value::Bytes),
        ],
    ) {
        let (table, version) = table_of(&row);
        let mut values = values_of(&row);
        let place = place.index(values.len());
        values[place] = value;
        prop_assume!(!is_read_leniently(table, &values));
        if let Ok(read) = read_row(table, version, &mut ValuesReader::new(&values)) {
            prop_assert_eq!(values_of(&read), values);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    /// The same inside of a list: one value of one item is replaced by a likely one.
    #[test]
    fn damage_in_a_list_is_refused_or_harmless(
        row in any::row(),
        places in any::<[prop::sample::Index; 2]>(),
        value in prop_oneof![
            Just(Value::Null),
            (-1..40_i64).prop_map(Value::Int),
            any::<i64>().prop_map(Value::Int),
            Just(Value::Bytes(vec![0; 16])),
        ],
    ) {
        let (table, version) = table_of(&row);
        let mut values = values_of(&row);
        let lists: Vec<usize> = LISTS.iter().filter(|(of, _)| *of == table)
            .map(|(_, name)| column(&row, name)).collect();
        if !lists.is_empty() {
            let list = lists[places[0].index(lists.len())];
            prop_assume!(values[list] != Value::Null && !is_read_leniently(table, &values));
            values[list] = with_one_replaced(&values[list], places[1], &value);
            if let Ok(read) = read_row(table, version, &mut ValuesReader::new(&values)) {
                prop_assert_eq!(values_of(&read), values);
            }
        }
    }
}

/// Purchases that do not say which dispute took what of which card are from before that was kept,
/// and are read as well as can be. So are claims from before the time was kept at which the
/// platform looks at them, and claimants from before it was kept when they had made theirs.
fn is_read_leniently(table: u8, values: &[Value]) -> bool {
    let is_older = [34, 36].contains(&table) && values.last() == Some(&Value::Null);
    is_older || (table == 20 && values.get(7) == Some(&Value::Null))
}

/// Columns with lists, and others of several values, by the number of their table.
const LISTS: [(u8, &str); 22] = [
    (9, "open_refunds"),
    (15, "lines"),
    (15, "tenders"),
    (16, "lines"),
    (16, "tenders"),
    (17, "allocations"),
    (17, "lines"),
    (17, "parts"),
    (20, "cards"),
    (20, "paid_by"),
    (20, "disputes"),
    (20, "clawed_back"),
    (20, "bought_by"),
    (24, "recipients"),
    (25, "gifts"),
    (26, "audience"),
    (26, "pay_with"),
    (26, "agreement"),
    (27, "tags"),
    (27, "promotions"),
    (29, "terms"),
    (44, "budgets"),
];

/// A list with one of its values replaced, wherever it stands; those of lists inside of it count.
fn with_one_replaced(list: &Value, place: prop::sample::Index, value: &Value) -> Value {
    let Value::Bytes(packed) = list else { panic!("a list is bytes") };
    let mut values = EncodedSource::new(packed).into_values().unwrap();
    let place_in = place.index(values.len());
    let holds_values = |bytes: &[u8]| {
        EncodedSource::new(bytes).into_values().is_ok_and(|values| !values.is_empty())
    };
    let is_list = |bytes: &[u8]| bytes.len() != 16 && holds_values(bytes) && place.index(3) > 0;
    values[place_in] = match &values[place_in] {
        Value::Bytes(bytes) if is_list(bytes) => {
            with_one_replaced(&values[place_in].clone(), place, value)
        }
        _ => value.clone(),
    };
    let packed = journal::EncodedValues::of(|sink| {
        for value in &values {
            match value {
                Value::Null => sink.null(),
                Value::Int(number) => sink.int(*number),
                Value::Text(text) => sink.text(text),
                Value::Bytes(bytes) => sink.bytes(bytes),
            }
        }
    });
    Value::Bytes(packed.as_bytes().to_vec())
}

#[test]
fn numbers_of_tables_never_change() {
    let numbers: Vec<(u8, &str)> = TABLES.iter().map(|t| (t.number, t.name)).collect();
    let expected = [
        (1, "book"),
        (2, "account"),
        (3, "program"),
        (4, "card"),
        (5, "code"),
        (6, "hold"),
        (7, "refund"),
        (8, "payment_method"),
        (9, "payment"),
        (10, "rail_refund"),
        (11, "dispute"),
        (12, "seller"),
        (13, "creator"),
        (14, "product"),
        (15, "checkout"),
        (16, "shop_order"),
        (17, "order_refund"),
        (18, "payout"),
        (19, "numbering"),
        (20, "purchase"),
        (21, "settlement"),
        (22, "settlement_line"),
        (23, "standing"),
        (24, "sender"),
        (25, "contact"),
        (26, "promotion"),
        (27, "post"),
        (28, "slice"),
        (29, "deed"),
        (30, "promotion_settlement"),
        (31, "stream"),
        (32, "incident"),
        (33, "signals"),
        (34, "claim"),
        (35, "promotion_claims"),
        (36, "claimant"),
        (37, "restitution"),
        (38, "claim_words"),
        (39, "frozen_facts"),
        (40, "claim_statement"),
        (41, "automatic_paid"),
        (42, "account_freeze"),
        (43, "suspect"),
        (44, "advertiser"),
        (45, "instrument_claims"),
    ];
    assert_eq!(numbers, expected);
}

#[test]
fn unknown_tables_and_versions_are_named() {
    for (table, version) in
        [(0, 1), (46, 1), (15, 3), (26, 4), (3, 4), (1, 2), (4, 0), (4, 6), (6, 0), (6, 4)]
    {
        let result = read_row(table, version, &mut ValuesReader::new(&[]));
        assert_eq!(result, Err(ReadError::UnknownRowVersion { table, version }));
    }
}

/// Journals keep rows as releases before wrote them: without the columns that came later.
#[test]
fn rows_of_former_versions_are_read_with_nothing_where_columns_came_later() {
    /// `former` has the columns of each version before the present one.
    #[track_caller]
    fn check(row: &Row, former: &[usize]) {
        let (table, present) = table_of(row);
        assert_eq!(usize::from(present), former.len() + 1);
        let values = values_of(row);
        for (version, &columns) in (1..present).zip(former) {
            assert!(values[columns..].iter().all(|value| *value == Value::Null), "{row:?}");
            let read = |values: &[Value]| read_row(table, version, &mut ValuesReader::new(values));
            assert_eq!(read(&values[..columns]).as_ref(), Ok(row));
            assert!(read(&values[..=columns]).is_err(), "a value too many");
            assert!(read(&values[..columns - 1]).is_err(), "a value too few");
        }
    }
    check(&card_row(card(77)), &[31, 46, 49, 51]);
    check(&hold_row(hold(1, 77, 10, "r")), &[14, 15]);
    check(&Row::Refund(std::sync::Arc::new(refund(1))), &[7]);
    check(&Row::Program(std::sync::Arc::new(program(1))), &[12, 13]);
    check(&Row::Checkout(std::sync::Arc::new(checkout(1, Some(5)))), &[16]);
    check(&method(1, None), &[9]);
    check(&row(completed(1)), &[54, 55]);
}

/// Releases before knew by the code alone that a dispute keeps a refund back.
#[test]
fn a_refund_of_the_first_version_is_kept_back_when_its_code_says_so() {
    let row = |code: &str, kept_back| {
        let code = base::Token::new(code).unwrap();
        let state = payments::RefundState::Failed { code };
        let row = RailRefund { state, kept_back, is_unknown: false, ..rail_refund(1, None) };
        Row::RailRefund(std::sync::Arc::new(row))
    };
    for code in ["disputed", "given_up"] {
        let values = values_of(&row(code, false));
        let read = |version| read_row(10, version, &mut ValuesReader::new(&values));
        assert_eq!(read(1), Ok(row(code, code == "disputed")));
        assert_eq!(read(2), Ok(row(code, false)));
    }
}

/// Releases before knew of no address to come back to.
#[test]
fn a_payment_of_the_second_version_has_nowhere_to_come_back_to() {
    let payment = payments::Payment { return_url: None, ..open_payment(1, None) };
    let row = Row::Payment(std::sync::Arc::new(payment));
    let mut values = values_of(&row);
    assert_eq!(values.pop(), Some(Value::Null));
    assert_eq!(read_row(9, 2, &mut ValuesReader::new(&values)), Ok(row.clone()));
    assert!(read_row(9, 3, &mut ValuesReader::new(&values)).is_err(), "a value too few");
    values.push(Value::Text("https://ada:secret@shop.example".to_owned()));
    assert!(read_row(9, 3, &mut ValuesReader::new(&values)).is_err(), "an address with a user");
}

#[test]
fn the_name_of_a_cards_account_is_not_stored() {
    let row = Row::Account(card_account(77, 5));
    assert_eq!(values_of(&row)[1], Value::Null);
}

#[test]
fn rows_that_cannot_exist_are_refused() {
    let account = Row::Account(card_account(77, 5));
    let open = hold_row(hold(1, 77, 10, "r"));
    let plain = card_row(card(77));
    let set = |row: &Row, name: &str, value: Value| {
        let place = column(row, name);
        check_refused(row, |values| values[place] = value.clone());
    };
    set(&account, "debits_posted", Value::Int(-1));
    set(&account, "last_entry", Value::Int(0));
    set(&account, "currency", Value::Text("usd".to_owned()));
    set(&account, "name", Value::Text("giftcard/breakage".to_owned()));
    set(&account, "name", Value::Text("no/such/name".to_owned()));
    set(&account, "id", Value::Bytes(AccountId::from_bits(1).to_bytes()[1..].to_vec()));
    set(&open, "is_open", Value::Int(0));
    set(&open, "posted", Value::Int(101));
    set(&open, "refunded", Value::Int(1));
    set(&open, "reference", Value::Text(String::new()));
    set(&plain, "state", Value::Int(4));
    set(&plain, "code_key", Value::Int(65_536));
    set(&plain, "frozen_since", Value::Int(5));
    set(&plain, "recipient", Value::Bytes(vec![0; 16]));
    set(&plain, "source_id", Value::Text("x".to_owned()));
    set(&plain, "customer", Value::Text("x".to_owned()));
    set(&plain, "payment", Value::Bytes(vec![0; 16]));
    set(&plain, "rail", Value::Text("sandbox".to_owned()));
    set(&plain, "disputed_since", Value::Int(5));
    set(&plain, "owner", Value::Bytes(vec![0; 16]));
    set(&plain, "link_hash", Value::Bytes(vec![0; 16]));
    set(&plain, "link_key", Value::Int(1));
    set(&plain, "channel", Value::Int(1));
    set(&plain, "deliver_at", Value::Int(1));
    set(&plain, "return_at", Value::Int(1));
    set(&plain, "return_after_days", Value::Int(-1));
    set(&plain, "open_holds", Value::Bytes(vec![0; 25]));
    set(&plain, "open_holds", Value::Bytes(Vec::new()));
    set(&plain, "scope", Value::Text("sellers=b;kinds=goods".to_owned()));
    set(&plain, "scope", Value::Text(String::new()));
    set(&plain, "regions", Value::Text("US,".to_owned()));
    set(&plain, "metadata", Value::Text("{\"a\":\"1\",\"a\":\"2\"}".to_owned()));
    set(&plain, "metadata", Value::Text("{\"a\":1}".to_owned()));
    check_refused(&book_row(), |values| values.push(Value::Null));
    check_refused(&book_row(), |values| drop(values.pop()));
}

#[test]
fn an_account_id_must_be_that_of_its_name() {
    let name = ledger::AccountName::OrderClearing;
    let row = Row::Account(ledger::Account::open(name, Currency::USD));
    let place = column(&row, "currency");
    check_refused(&row, |values| values[place] = Value::Text("EUR".to_owned()));
}
