//! Axes: from values to points.

/// Marks of an axis that begins at zero: round numbers, four to six of them, the last at or above
/// the largest value.
pub(super) fn marks(largest: u64) -> Vec<u64> {
    let largest = largest.max(1);
    let mut power = 1_u64;
    loop {
        for step in [1, 2, 5].map(|digit| power.saturating_mul(digit)) {
            let count = largest.div_ceil(step);
            if count <= 5 {
                return (0..=count).map(|number| step.saturating_mul(number)).collect();
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A value → its distance from the beginning of an axis that is so long.
pub(super) fn along(value: u64, largest: u64, length: u32) -> u32 {
    let value = u128::from(value.min(largest));
    let twice = value * u128::from(length) * 2 + u128::from(largest.max(1));
    u32::try_from(twice / (u128::from(largest.max(1)) * 2)).unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_reach_the_largest() {
        assert_eq!(marks(0), [0, 1]);
        assert_eq!(marks(7), [0, 2, 4, 6, 8]);
        assert_eq!(marks(100), [0, 20, 40, 60, 80, 100]);
        assert_eq!(marks(123_456), [0, 50_000, 100_000, 150_000]);
        for largest in [1, 3, 9, 99, 1_001, u64::MAX] {
            let marks = marks(largest);
            assert!(marks.len() <= 6 && *marks.last().unwrap() >= largest, "{marks:?}");
        }
    }

    #[test]
    fn values_lie_at_the_nearest_point() {
        assert_eq!(along(0, 10, 200), 0);
        assert_eq!(along(5, 10, 200), 100);
        assert_eq!(along(99, 10, 200), 200);
        assert_eq!(along(1, 3, 200), 67);
        assert_eq!(along(u64::MAX, u64::MAX, 200), 200);
    }
}
