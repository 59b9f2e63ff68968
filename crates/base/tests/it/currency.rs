use std::collections::BTreeMap;

use base::{Currency, UnknownCurrency};

/// Every code of ISO 4217 list one as published on 2026-01-01, with its minor units.
const LIST_ONE: &str = include_str!("data/iso_4217_list_one.csv");

/// Codes with minor units that are nevertheless not money a shop could count in.
const LEFT_OUT: [&str; 8] = ["BOV", "CHE", "CHW", "COU", "MXV", "USN", "UYI", "XAD"];

#[test]
fn the_table_is_list_one_without_metals_funds_and_tests() {
    let mut expected = BTreeMap::new();
    for line in LIST_ONE.lines().skip(1) {
        let (code, minor_units) = line.split_once(',').unwrap();
        if minor_units != "N.A." && !LEFT_OUT.contains(&code) {
            expected.insert(code, minor_units.parse::<u8>().unwrap());
        }
    }
    let table: Vec<_> = Currency::all().map(|known| (known.code(), known.exponent())).collect();
    assert_eq!(table, expected.into_iter().collect::<Vec<_>>());
    assert_eq!(table.len(), 157);
}

#[test]
fn every_code_finds_its_currency() {
    for currency in Currency::all() {
        assert_eq!(Currency::parse(currency.code()), Ok(currency));
        assert_eq!(format!("{currency} {currency:?}"), [currency.code(); 2].join(" "));
    }
    assert!(Currency::all().is_sorted_by(|left, right| left < right));
    assert!(size_of::<Currency>() <= 2);
}

#[test]
fn exponents_as_everybody_knows_them() {
    #[track_caller]
    fn check(exponent: u8, codes: &str) {
        for code in codes.split(' ') {
            assert_eq!(Currency::parse(code).unwrap().exponent(), exponent, "{code}");
        }
    }
    check(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF");
    check(2, "AUD CAD CHF CNY EUR GBP HUF IDR INR MGA MRU MXN SLE TWD USD XCD XCG ZWG");
    check(3, "BHD IQD JOD KWD LYD OMR TND");
    check(4, "CLF UYW");
}

#[test]
fn constants_are_the_currencies_they_are_named_after() {
    let constants = [Currency::USD, Currency::EUR, Currency::GBP, Currency::JPY, Currency::KWD];
    assert_eq!(constants.map(Currency::code), ["USD", "EUR", "GBP", "JPY", "KWD"]);
}

#[test]
fn other_texts_are_unknown() {
    let retired = ["ANG", "BGN", "CUC", "HRK", "SLL", "ZWL", "DEM"];
    let not_money = ["XAU", "XAG", "XTS", "XXX", "XDR", "XUA", "USN", "CHE"];
    let misspelled = ["", "US", "USDX", "usd", "Usd", " USD", "USD ", "U\0D", "ＵＳＤ", "€", "840"];
    for code in retired.iter().chain(&not_money).chain(&misspelled) {
        assert_eq!(Currency::parse(code), Err(UnknownCurrency), "{code}");
    }
}
