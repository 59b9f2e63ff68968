use std::cmp::Reverse;

use crate::Amount;

/// Divides an amount in proportion to weights, so that the parts add up to it exactly.
///
/// Each part is its exact share rounded down; the minor units left over go, one each, to the parts
/// that lost most by rounding. Between parts that lost the same, the earlier one wins, so the same
/// input always gives the same parts. A weight of zero gets nothing.
///
/// Source: the method of largest remainders, known in the apportionment of seats as Hamilton's
/// or Hare–Niemeyer (M. Balinski and H. P. Young, *Fair Representation*, 1982). It never departs
/// from an exact share by a whole unit. It is not monotone: a larger total can make one part
/// smaller by a unit, so a part captured in steps is computed from the whole, never added up from
/// splits of the steps.
///
/// Returns `None` when there is nobody to give to: no weights, or only zeros.
///
/// ```
/// use base::{Amount, fair_split};
///
/// let dollar = Amount::new(100).expect("not negative");
/// let thirds = fair_split(dollar, &[1, 1, 1]).expect("there are weights");
/// assert_eq!(thirds.iter().map(|part| part.minor()).collect::<Vec<_>>(), [34, 33, 33]);
/// ```
pub fn fair_split(total: Amount, weights: &[u64]) -> Option<Vec<Amount>> {
    let weight_sum: u128 = weights.iter().copied().map(u128::from).sum();
    if weight_sum == 0 {
        return None;
    }
    // An amount has 63 bits and a weight 64, so a product fits into 127.
    let total_minor = u128::from(total.minor().unsigned_abs());
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for &weight in weights {
        let product = total_minor * u128::from(weight);
        parts.push(product / weight_sum);
        remainders.push(product % weight_sum);
    }

    // The remainders add up to `left_over` times the sum of weights and each is smaller than
    // that sum, so more parts have a remainder than there are units left: a part without one,
    // such as that of a weight of zero, never gets any.
    let left_over = total_minor - parts.iter().sum::<u128>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&position| Reverse(remainders[position]));
    for (&position, _) in by_remainder.iter().zip(0..left_over) {
        parts[position] += 1;
    }
    Some(parts.into_iter().map(part_as_amount).collect())
}

fn part_as_amount(part: u128) -> Amount {
    let minor = i64::try_from(part).expect("a part is not larger than the total");
    Amount::new(minor).expect("a part is not negative")
}
