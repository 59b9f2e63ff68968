use base::{Amount, Currency, Money, MoneyError};
use proptest::prelude::*;

fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, Currency::parse(code).unwrap()).unwrap()
}

#[test]
fn sums_and_differences_stay_in_one_currency_and_in_range() {
    #[track_caller]
    fn check(
        (left, right): (Money, Money),
        sum: Result<Money, MoneyError>,
        difference: Result<Money, MoneyError>,
    ) {
        assert_eq!(left.checked_add(right), sum);
        assert_eq!(left.checked_sub(right), difference);
    }
    use MoneyError::{BelowZero, CurrencyMismatch, Overflow};
    let most = money(i64::MAX, "USD");
    let cent = money(1, "USD");
    check((money(500, "USD"), cent), Ok(money(501, "USD")), Ok(money(499, "USD")));
    check((cent, money(500, "USD")), Ok(money(501, "USD")), Err(BelowZero));
    check((most, cent), Err(Overflow), Ok(money(i64::MAX - 1, "USD")));
    // The currency is checked first, whatever the numbers would do.
    check((most, money(1, "EUR")), Err(CurrencyMismatch), Err(CurrencyMismatch));
    check((money(0, "EUR"), most), Err(CurrencyMismatch), Err(CurrencyMismatch));
    assert_eq!(Money::new(-1, Currency::USD), None);
}

#[test]
fn text_shows_all_decimals_of_the_currency() {
    #[track_caller]
    fn check(minor: i64, code: &str, text: &str) {
        assert_eq!(money(minor, code).to_string(), text);
    }
    check(2500, "USD", "25.00 USD");
    check(1500, "JPY", "1500 JPY");
    check(1250, "KWD", "1.250 KWD");
    check(12_345, "CLF", "1.2345 CLF");
    check(0, "USD", "0.00 USD");
    check(0, "JPY", "0 JPY");
    check(7, "USD", "0.07 USD");
    check(7, "KWD", "0.007 KWD");
    check(i64::MAX, "USD", "92233720368547758.07 USD");
}

#[test]
fn decimals_are_read_exactly_or_refused() {
    #[track_caller]
    fn check(text: &str, code: &str, expected: Result<i64, MoneyError>) {
        let currency = Currency::parse(code).unwrap();
        let read = Money::parse_decimal(text, currency);
        assert_eq!(read.map(|money| money.amount.minor()), expected, "{text:?} {code}");
        assert!(read.is_err() || read.unwrap().currency == currency);
    }
    use MoneyError::{NotADecimal, Overflow, TooManyDecimals};
    check("25.00", "USD", Ok(2500));
    check("25", "USD", Ok(2500));
    check("25.5", "USD", Ok(2550));
    check("0.07", "USD", Ok(7));
    check("0", "USD", Ok(0));
    check("0.00", "USD", Ok(0));
    check("007.10", "USD", Ok(710));
    check("1500", "JPY", Ok(1500));
    check("1500.00", "JPY", Ok(1500));
    check("1.25", "KWD", Ok(1250));
    check("1.2345", "CLF", Ok(12_345));
    check("25.0000", "USD", Ok(2500));
    check("1.1", "USD", Ok(110));
    check("0.29", "USD", Ok(29));
    check("92233720368547758.07", "USD", Ok(i64::MAX));

    check("25.001", "USD", Err(TooManyDecimals));
    check("25.0001", "KWD", Err(TooManyDecimals));
    check("1500.5", "JPY", Err(TooManyDecimals));
    check("92233720368547758.08", "USD", Err(Overflow));
    check("9223372036854775808", "JPY", Err(Overflow));
    check(&"9".repeat(1_000), "USD", Err(Overflow));
    for text in [
        "",
        " ",
        ".",
        "5.",
        ".5",
        "-1",
        "+1",
        "-0",
        " 25",
        "25 ",
        "2 5",
        "1,000",
        "1,000.00",
        "25,00",
        "1.000.00",
        "1_000",
        "1e3",
        "0x10",
        "NaN",
        "inf",
        "$25",
        "25 USD",
        "٢٥",
        "２５",
        "25.0\n",
        "25.-1",
        "25.0x",
        "1\u{a0}000",
    ] {
        check(text, "USD", Err(NotADecimal));
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(minor in 0..=i64::MAX, place in any::<prop::sample::Index>()) {
        let currencies: Vec<_> = Currency::all().collect();
        let currency = *place.get(&currencies);
        let written = Money { amount: Amount::new(minor).unwrap(), currency };
        let text = written.to_string();
        let (number, code) = text.split_once(' ').unwrap();
        prop_assert_eq!(code, currency.code());
        prop_assert_eq!(Money::parse_decimal(number, currency), Ok(written));
    }
}
