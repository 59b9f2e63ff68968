use base::Amount;

fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

#[test]
fn amounts_are_never_negative() {
    assert_eq!(Amount::new(-1), None);
    assert_eq!(Amount::new(i64::MIN), None);
    assert_eq!(Amount::new(0), Some(Amount::ZERO));
    assert_eq!(Amount::new(i64::MAX), Some(Amount::MAX));
    assert_eq!(Amount::default(), Amount::ZERO);
    assert!(Amount::ZERO.is_zero() && !amount(1).is_zero());
}

#[test]
fn arithmetic_stops_at_both_ends() {
    #[track_caller]
    fn check(left: i64, right: i64, sum: Option<i64>, difference: Option<i64>) {
        let (left, right) = (amount(left), amount(right));
        assert_eq!(left.checked_add(right).map(Amount::minor), sum);
        assert_eq!(left.checked_sub(right).map(Amount::minor), difference);
        assert_eq!(left.saturating_sub(right).minor(), difference.unwrap_or(0));
    }
    check(5, 3, Some(8), Some(2));
    check(3, 5, Some(8), None);
    check(5, 5, Some(10), Some(0));
    check(0, i64::MAX, Some(i64::MAX), None);
    check(i64::MAX, 0, Some(i64::MAX), Some(i64::MAX));
    check(i64::MAX, 1, None, Some(i64::MAX - 1));
    check(i64::MAX, i64::MAX, None, Some(0));
}

#[test]
fn order_and_text_are_those_of_the_number() {
    assert!(amount(9) < amount(10));
    assert_eq!(amount(9).min(amount(10)), amount(9));
    assert_eq!(amount(1_234_567).to_string(), "1234567");
}
