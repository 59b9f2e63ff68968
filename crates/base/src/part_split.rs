use std::cmp::Ordering;

use crate::Amount;

/// Divides a part of a whole in proportion to the pieces the whole is made of.
///
/// It is for money that goes back in steps: ask for the parts of what has gone back *so far*, and
/// take away what was asked for before. Then
///
/// * no piece ever gives back more than it is,
/// * no piece ever gives back less after a further step than before it,
/// * when the whole has gone back, every piece has gone back exactly,
///
/// whatever the steps were. [`fair_split`](crate::fair_split()) cannot promise the second.
///
/// Each piece is its exact share rounded to the nearest unit, and between pieces that are equally
/// near the earlier one wins, so the same input always gives the same parts.
///
/// Source: the method of major fractions, known in the apportionment of seats as Webster's or
/// Sainte-Laguë's (M. Balinski and H. P. Young, *Fair Representation*, 1982, where it is shown that
/// divisor methods are monotone in the number of seats).
///
/// Returns `None` when the part is larger than the whole, or the whole than [`Amount::MAX`].
///
/// ```
/// use base::{Amount, part_split};
///
/// let amount = |minor| Amount::new(minor).expect("not negative");
/// let pieces = [amount(52), amount(10)]; // net and tax
/// let parts = part_split(amount(41), &pieces).expect("less than 62");
/// assert_eq!(parts, [amount(34), amount(7)]);
/// ```
pub fn part_split(part: Amount, pieces: &[Amount]) -> Option<Vec<Amount>> {
    let mut whole = Amount::ZERO;
    for piece in pieces {
        whole = whole.checked_add(*piece)?;
    }
    if part > whole {
        return None;
    }
    if whole.is_zero() {
        return Some(vec![Amount::ZERO; pieces.len()]);
    }
    // Units are given out one by one, each to the piece with the largest claim. All claims above
    // some level are met first, so the rounded shares of a slightly smaller part are a beginning
    // that is sure: smaller by half a unit a piece, so that rounding cannot give out too much.
    let (part, whole) = (unsigned(part), unsigned(whole));
    let twice_less = (2 * part).saturating_sub(pieces.len() as u128);
    let sure = |piece: &Amount| {
        let twice_share = unsigned(*piece) * twice_less;
        twice_share.saturating_sub(whole).div_ceil(2 * whole)
    };
    let mut given: Vec<u128> = pieces.iter().map(sure).collect();
    let left = part - given.iter().sum::<u128>();
    for _ in 0..left {
        let next = (0..pieces.len())
            .reduce(|best, other| match claims(pieces, &given, best, other) {
                Ordering::Less => other,
                Ordering::Equal | Ordering::Greater => best,
            })
            .expect("a whole above zero has pieces");
        given[next] += 1;
    }
    Some(given.into_iter().map(amount).collect())
}

/// Compares what two pieces may claim of the next unit: their size over twice what they have plus
/// one.
fn claims(pieces: &[Amount], given: &[u128], left: usize, right: usize) -> Ordering {
    let claim = |one: usize, other: usize| unsigned(pieces[one]) * (2 * given[other] + 1);
    claim(left, right).cmp(&claim(right, left))
}

fn unsigned(amount: Amount) -> u128 {
    u128::from(amount.minor().unsigned_abs())
}

fn amount(part: u128) -> Amount {
    let minor = i64::try_from(part).expect("a part is not larger than the whole");
    Amount::new(minor).expect("a part is not negative")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(part: i64, pieces: &[i64]) -> Option<Vec<i64>> {
        let pieces: Vec<Amount> = pieces.iter().map(|piece| Amount::new(*piece).unwrap()).collect();
        let parts = part_split(Amount::new(part).unwrap(), &pieces)?;
        Some(parts.into_iter().map(Amount::minor).collect())
    }

    #[test]
    fn parts_of_pieces() {
        let check = |part, pieces: &[i64], parts: &[i64]| {
            assert_eq!(split(part, pieces).as_deref(), Some(parts), "{part} of {pieces:?}");
        };
        check(0, &[], &[]);
        check(0, &[0, 0], &[0, 0]);
        check(0, &[3, 4], &[0, 0]);
        check(7, &[3, 4], &[3, 4]);
        check(1, &[1, 1, 1], &[1, 0, 0]);
        check(2, &[1, 1, 1], &[1, 1, 0]);
        check(1, &[0, 5], &[0, 1]);
        check(i64::MAX, &[i64::MAX], &[i64::MAX]);
        check(i64::MAX / 2, &[i64::MAX - 1, 1], &[i64::MAX / 2, 0]);
    }

    #[test]
    fn more_than_there_is_has_no_parts() {
        assert_eq!(split(8, &[3, 4]), None);
        assert_eq!(split(1, &[]), None);
        assert_eq!(split(1, &[i64::MAX, 1]), None, "the whole is too large");
    }

    /// Net and tax of a published case, whose parts drifted when each step was rounded by itself.
    #[test]
    fn net_and_tax_do_not_drift_over_parts() {
        let mut so_far = 0;
        for step in [32, 9, 8, 3, 6, 3, 1] {
            so_far += step;
            let parts = split(so_far, &[52, 10]).unwrap();
            assert!(parts[0] <= 52 && parts[1] <= 10, "{parts:?}");
        }
        assert_eq!(split(62, &[52, 10]), Some(vec![52, 10]));
    }

    proptest! {
        #[test]
        fn steps_never_take_back_what_was_given(
            pieces in prop::collection::vec(
                prop_oneof![0..20_i64, 0..1_000_000_000_i64], 1..8),
            steps in prop::collection::vec(0..1_000_000_000_i64, 1..10),
        ) {
            let whole: i64 = pieces.iter().sum();
            let mut before = vec![0; pieces.len()];
            let mut so_far = 0;
            for step in steps {
                so_far = whole.min(so_far + step.min(whole / 3 + 1));
                let parts = split(so_far, &pieces).unwrap();
                prop_assert_eq!(parts.iter().sum::<i64>(), so_far);
                for ((part, piece), former) in parts.iter().zip(&pieces).zip(&before) {
                    prop_assert!(former <= part && part <= piece);
                }
                before = parts;
            }
            prop_assert_eq!(split(whole, &pieces), Some(pieces));
        }

        #[test]
        fn every_unit_counts_as_one_given_out_by_itself(
            pieces in prop::collection::vec(0..40_i64, 1..6),
        ) {
            let whole: i64 = pieces.iter().sum();
            let mut given = vec![0_i64; pieces.len()];
            for part in 0..whole {
                prop_assert_eq!(split(part, &pieces), Some(given.clone()));
                // The largest claim, found by another way: as fractions over a common denominator.
                let claim = |piece: usize| {
                    let others: i64 = (0..pieces.len())
                        .filter(|other| *other != piece)
                        .map(|other| 2 * given[other] + 1)
                        .product();
                    pieces[piece] * others
                };
                let largest = (0..pieces.len()).map(claim).max().unwrap();
                let next = (0..pieces.len()).find(|piece| claim(*piece) == largest).unwrap();
                given[next] += 1;
            }
        }
    }
}
