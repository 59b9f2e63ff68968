use base::{Amount, fair_split};
use proptest::prelude::*;

fn split(total: i64, weights: &[u64]) -> Option<Vec<i64>> {
    let parts = fair_split(Amount::new(total).unwrap(), weights)?;
    Some(parts.into_iter().map(Amount::minor).collect())
}

#[test]
fn examples_worked_out_by_hand() {
    #[track_caller]
    fn check(total: i64, weights: &[u64], expected: &[i64]) {
        assert_eq!(split(total, weights).as_deref(), Some(expected));
    }
    check(100, &[1, 1, 1], &[34, 33, 33]);
    check(101, &[1, 1, 1], &[34, 34, 33]);
    check(2, &[1, 1, 1, 1], &[1, 1, 0, 0]);
    check(0, &[3, 4], &[0, 0]);
    check(7, &[5], &[7]);
    check(5, &[0, 1, 0], &[0, 5, 0]);
    // Exact shares 4.7, 2.9, 2.4: the two units left go to .9 and .7, not to the first two.
    check(10, &[47, 29, 24], &[5, 3, 2]);
    // Exact shares 0.2, 0.2, 0.6: the largest remainder wins over the earlier position.
    check(1, &[1, 1, 3], &[0, 0, 1]);
    // The paradox of Alabama: one unit more in total, and the third part has one less.
    check(10, &[6, 6, 2], &[4, 4, 2]);
    check(11, &[6, 6, 2], &[5, 5, 1]);
    check(i64::MAX, &[u64::MAX, u64::MAX], &[i64::MAX / 2 + 1, i64::MAX / 2]);
    check(i64::MAX, &[u64::MAX, 1], &[i64::MAX, 0]);
}

#[test]
fn nobody_to_give_to() {
    assert_eq!(split(100, &[]), None);
    assert_eq!(split(100, &[0, 0]), None);
    assert_eq!(split(0, &[0]), None);
}

fn weights() -> impl Strategy<Value = Vec<u64>> {
    let weight = prop_oneof![Just(0), 0_u64..5, 0_u64..1_000_000, any::<u64>()];
    prop::collection::vec(weight, 1..40)
}

fn total() -> impl Strategy<Value = i64> {
    prop_oneof![0_i64..100, 0_i64..=10_000_000, 0..=i64::MAX, Just(i64::MAX)]
}

proptest! {
    #[test]
    fn parts_add_up_and_stay_within_a_unit_of_the_exact_share(
        total in total(),
        weights in weights(),
    ) {
        let weight_sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
        prop_assume!(weight_sum > 0);
        let parts = split(total, &weights).unwrap();
        prop_assert_eq!(parts.len(), weights.len());
        prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), total.into());
        for (&part, &weight) in parts.iter().zip(&weights) {
            let product = total as u128 * u128::from(weight);
            let floor = (product / weight_sum) as i64;
            let ceiling = product.div_ceil(weight_sum) as i64;
            prop_assert!((floor..=ceiling).contains(&part), "{floor} {part} {ceiling}");
        }
    }

    #[test]
    fn who_was_rounded_up_had_a_larger_remainder_or_stood_earlier(
        total in total(),
        weights in weights(),
    ) {
        let weight_sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
        prop_assume!(weight_sum > 0);
        let parts = split(total, &weights).unwrap();
        let claims: Vec<(bool, u128)> = parts
            .iter()
            .zip(&weights)
            .map(|(&part, &weight)| {
                let product = total as u128 * u128::from(weight);
                (part as u128 > product / weight_sum, product % weight_sum)
            })
            .collect();
        for (winner, &(won, winner_remainder)) in claims.iter().enumerate() {
            for (loser, &(also_won, loser_remainder)) in claims.iter().enumerate() {
                if won && !also_won {
                    let is_earlier = winner_remainder == loser_remainder && winner < loser;
                    prop_assert!(winner_remainder > loser_remainder || is_earlier);
                }
            }
        }
    }
}
