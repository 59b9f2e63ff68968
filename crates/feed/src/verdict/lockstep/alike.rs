//! How surprising it is that a viewer prefers some promotions.

use promotions::Goal;

/// What a viewer did of what it was shown of a promotion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taste {
    /// By its number.
    pub(super) promotion: u32,
    pub(super) goal: Goal,
    /// How often it did what the promotion pays for.
    pub(super) chosen: u64,
    /// How often viewers did on average who were shown it as often, in millionths.
    pub(super) expected: u64,
}

/// What a viewer did of all that it was shown, by number of the promotion.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    pub(super) tastes: Vec<Taste>,
}

/// Choices within a set of promotions and outside of it.
#[derive(Clone, Copy, Debug, Default)]
struct Split {
    chosen_in: u64,
    expected_in: u64,
    chosen_out: u64,
    expected_out: u64,
    /// The promotion inside that surprises most by itself: how much, chosen, expected.
    first: (i64, u64, u64),
}

impl Profile {
    /// How often the viewer chose.
    pub(super) fn chosen(&self) -> u64 {
        self.tastes.iter().map(|taste| taste.chosen).sum()
    }

    /// How surprising it is how many of its choices this viewer made among the promotions that
    /// `other` chose too, in 256ths of a bit: by what it was shown, how people choose, and how
    /// often it chooses at all, when it may like what it likes `habit` times as much as others do.
    ///
    /// Views and everything else, which people do far less often, are looked at in all and each by
    /// itself; the greater surprise counts. One promotion is left out, one that surprises most, for
    /// everybody may have a favorite.
    pub(super) fn surprise(&self, other: &Profile, habit: u64) -> u64 {
        let [mut all, mut views, mut deeds] = [Split::default(); 3];
        let mut others = other.tastes.iter().peekable();
        for taste in &self.tastes {
            while others.next_if(|one| one.promotion < taste.promotion).is_some() {}
            let same = others.peek().filter(|one| one.promotion == taste.promotion);
            let is_in = same.is_some_and(|one| one.chosen > 0);
            all.add(taste, is_in);
            if taste.goal == Goal::Views { &mut views } else { &mut deeds }.add(taste, is_in);
        }
        let without =
            |one: Split, other: Split| one.without_first().surprise(habit) + other.surprise(habit);
        let each = without(views, deeds).min(without(deeds, views));
        all.without_first().surprise(habit).max(each)
    }
}

const MILLION: u64 = 1_000_000;

impl Split {
    fn add(&mut self, taste: &Taste, is_in: bool) {
        let Taste { chosen, expected, .. } = *taste;
        if !is_in {
            self.chosen_out += chosen;
            self.expected_out += expected;
            return;
        }
        self.chosen_in += chosen;
        self.expected_in += expected;
        if chosen > 0 {
            let ratio = logarithm((chosen * MILLION).into()) - logarithm(expected.max(1).into());
            self.first = self.first.max((ratio * chosen as i64, chosen, expected));
        }
    }

    /// Without the promotion inside that surprises most.
    fn without_first(self) -> Split {
        let (_, chosen, expected) = self.first;
        let chosen_in = self.chosen_in - chosen;
        Split { chosen_in, expected_in: self.expected_in - expected, ..self }
    }

    /// The surprise of at least so many choices inside: the number of choices times the divergence
    /// of what is seen from what is expected (Chernoff's bound on the tail of a binomial
    /// distribution), in 256ths of a bit.
    fn surprise(&self, habit: u64) -> u64 {
        let Split { chosen_in, expected_in, .. } = *self;
        let chosen = chosen_in + self.chosen_out;
        // Who chooses more than `habit` times what people would of what it tells that it was
        // shown, does not tell of all of it.
        let told = (chosen * MILLION / habit.max(1)).saturating_sub(expected_in);
        let (within, outside) = (expected_in * habit, self.expected_out.max(told));
        let expected = u128::from(within + outside);
        let seen = u128::from(chosen_in) * expected;
        // Nothing else could have been chosen; or no more is inside than expected.
        if outside == 0 || seen <= u128::from(chosen) * u128::from(within) {
            return 0;
        }
        let above = chosen_in * binary_logarithm(seen, chosen, within.max(1)).unsigned_abs();
        let below = match self.chosen_out {
            0 => 0,
            out => {
                let seen = u128::from(out) * expected;
                out * binary_logarithm(seen, chosen, outside).unsigned_abs()
            }
        };
        above.saturating_sub(below)
    }
}

/// The binary logarithm of `number` ÷ (`one` × `other`), none of them zero, in 256ths, rounded
/// down to one of them.
fn binary_logarithm(number: u128, one: u64, other: u64) -> i64 {
    logarithm(number) - logarithm(u128::from(one) * u128::from(other))
}

/// The binary logarithm of a number that is not zero, in 256ths, rounded down.
fn logarithm(number: u128) -> i64 {
    let whole = 127 - number.leading_zeros();
    // The number between one and two, in parts of 2^31.
    let mut mantissa = ((number << (127 - whole)) >> 96) as u64;
    let mut parts = i64::from(whole);
    for _ in 0..8 {
        // Squaring doubles the logarithm, one bit of which is the next.
        mantissa = (mantissa * mantissa) >> 31;
        let is_over = mantissa >> 32;
        mantissa >>= is_over;
        parts = parts << 1 | is_over as i64;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_a_256th() {
        assert_eq!((logarithm(1), logarithm(2), logarithm(1 << 40)), (0, 256, 40 * 256));
        // 256 × log2(3) is 405.75, of 10 850.41, of 1,000,000 5,102.53.
        assert_eq!((logarithm(3), logarithm(10), logarithm(1_000_000)), (405, 850, 5_102));
        assert_eq!(binary_logarithm(1, 2, 4), -768);
    }
}
