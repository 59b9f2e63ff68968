//! Whose doing it is that units of a guarantee are missing.

use base::{Amount, Instant};
use promotions::Micros;

use super::{Shortfall, Side, Why, split};

/// Units that are missing, by who lost them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LostUnits {
    /// The platform.
    pub platform: u64,
    /// The market: others, and how many people there are.
    pub market: u64,
    /// The advertiser.
    pub advertiser: u64,
    /// A rule that was broken.
    pub policy: u64,
}

/// Causes for which the platform has to answer as incidents, whether people told of them or not.
const INCIDENTS: [Why; 4] = [Why::Outage, Why::Errors, Why::Intake, Why::Incident];

impl Shortfall {
    /// Splits the units that are missing of a guarantee, in proportion to the money that each side
    /// cost. The parts add up to `missing`; a side that was luck has none. `None` when no side has
    /// lost anything, and so nobody knows why they are missing.
    pub fn lost_units(&self, missing: u64) -> Option<LostUnits> {
        let cost = |side: Side| -> i64 {
            Why::ALL.iter().filter(|why| why.side() == side).map(|why| self.part(*why)).sum()
        };
        // The last gets what rounding left: never the advertiser, if anybody else has lost any.
        let sides = [Side::Policy, Side::Advertiser, Side::Market, Side::Platform];
        let weights = sides.map(|side| u128::try_from(cost(side)).unwrap_or(0));
        if missing > 0 && weights.iter().all(|weight| *weight == 0) {
            return None;
        }
        let missing = i64::try_from(missing).unwrap_or(i64::MAX);
        let units = split(missing, &weights);
        let [policy, advertiser, market, platform] =
            std::array::from_fn(|place| units[place].unsigned_abs());
        Some(LostUnits { platform, market, advertiser, policy })
    }

    /// Units that platform and market had lost before an instant, at so much each, rounded down.
    pub fn lost_before(&self, at: Instant, unit_price: Micros) -> u64 {
        let ours = |why: &Why| matches!(why.side(), Side::Platform | Side::Market);
        let minutes = self.minutes.iter().take_while(|minute| minute.at < at);
        let of_minute = |minute: &super::MinuteShortfall| -> i64 {
            Why::ALL.iter().filter(|why| ours(why)).map(|why| minute.part(*why)).sum()
        };
        let money: i64 = minutes.map(of_minute).sum();
        u64::try_from(money).unwrap_or(0).checked_div(unit_price.get()).unwrap_or(0)
    }

    /// What incidents have cost, in whole minor units, rounded down; nothing when they were luck.
    pub fn lost_to_incidents(&self) -> Amount {
        let money: i64 = INCIDENTS.iter().map(|why| self.part(*why)).sum();
        Micros::new(u64::try_from(money).unwrap_or(0)).whole()
    }
}

#[cfg(test)]
mod tests {
    use base::Span;

    use super::*;
    use crate::shortfall::MinuteShortfall;

    /// A shortfall whose minutes lose so much to these causes.
    fn losing(minutes: &[&[(Why, i64)]]) -> Shortfall {
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let minute = |(number, lost): (usize, &&[(Why, i64)])| {
            let at = start.saturating_add(Span::minutes(u64::try_from(number).unwrap()));
            MinuteShortfall::of(at, 0, lost)
        };
        let minutes = minutes.iter().enumerate().map(minute).collect();
        Shortfall { minutes, planned: 0, spent: 0, units: 0 }
    }

    #[test]
    fn missing_units_are_split_as_the_money_and_add_up() {
        let shortfall = losing(&[
            &[(Why::Outage, 300), (Why::Outbid, 100)],
            &[(Why::AdvertiserPause, 200), (Why::Narrowed, 200), (Why::Policy, 3)],
        ]);
        let lost = shortfall.lost_units(1_001).unwrap();
        assert_eq!(lost.platform + lost.market + lost.advertiser + lost.policy, 1_001);
        // All are rounded down, and the platform gets the three units that this leaves.
        let expected = LostUnits { platform: 373 + 3, market: 124, advertiser: 498, policy: 3 };
        assert_eq!(lost, expected);
    }

    #[test]
    fn a_side_that_was_luck_has_lost_nothing() {
        let shortfall = losing(&[&[(Why::Outage, -500), (Why::DailyBudget, 100)]]);
        let lost = shortfall.lost_units(10).unwrap();
        assert_eq!(lost, LostUnits { advertiser: 10, ..LostUnits::default() });
        assert_eq!(shortfall.lost_to_incidents(), Amount::ZERO);
    }

    #[test]
    fn why_units_are_missing_is_unknown_where_nobody_lost_anything() {
        let shortfall = losing(&[&[(Why::Outage, -500)]]);
        assert_eq!(shortfall.lost_units(10), None);
        assert_eq!(shortfall.lost_units(0), Some(LostUnits::default()));
    }

    #[test]
    fn what_was_lost_before_an_instant_leaves_out_the_advertisers_part() {
        let shortfall = losing(&[
            &[(Why::Outage, 250), (Why::AdvertiserPause, 900)],
            &[(Why::Outbid, 260)],
            &[(Why::Outage, 1_000)],
        ]);
        let second = shortfall.minutes[2].at;
        assert_eq!(shortfall.lost_before(second, Micros::new(100)), 5);
        assert_eq!(shortfall.lost_before(second, Micros::ZERO), 0);
    }

    #[test]
    fn incidents_are_told_in_whole_coins() {
        let shortfall = losing(&[&[(Why::Outage, 1_900_000), (Why::Review, 5_000_000)]]);
        assert_eq!(shortfall.lost_to_incidents(), Amount::new(1).unwrap());
    }
}
