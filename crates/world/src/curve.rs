//! When people look: the hours of a day and the days of a week.

use crate::draw::{PPM, Purpose};
use crate::plan::{MINUTES_A_DAY, Plan};

/// How busy each hour is, midnight first: quiet at night, a rise at noon, most in the evening.
const HOURS: [u32; 24] =
    [26, 17, 11, 8, 7, 9, 17, 29, 37, 41, 43, 47, 54, 53, 49, 48, 50, 54, 60, 67, 73, 75, 66, 47];

/// How busy each day is in hundredths, Monday first.
const WEEKDAYS: [u32; 7] = [95, 94, 96, 98, 103, 109, 105];

/// How busy an hour is among others, counted from a midnight.
pub fn busyness(hour: u32) -> u32 {
    HOURS[(hour % 24) as usize]
}

/// How many visits begin in a minute: what the curve says, give or take a tenth by chance.
pub fn visits_in(plan: &Plan, minute: u32) -> u32 {
    let mut draw = plan.draws().of(Purpose::Visits, u64::from(minute));
    let spread = (0..4).map(|_| draw.below(50_001)).sum::<u64>();
    let millionths = expected_millionths(plan, minute) * (900_000 + spread) / PPM;
    let whole = millionths / PPM;
    (whole + u64::from(draw.chance(millionths % PPM))) as u32
}

/// Visits that the curve says for a minute, in millionths of a visit.
fn expected_millionths(plan: &Plan, minute: u32) -> u64 {
    let hours_sum: u64 = HOURS.iter().map(|hour| u64::from(*hour)).sum();
    let a_day = u64::from(plan.residents) * u64::from(plan.visits_per_thousand) * (PPM / 1_000);
    let weekday = u64::from(WEEKDAYS[(minute / MINUTES_A_DAY % 7) as usize]);
    a_day * weekday / 100 * shape(minute % MINUTES_A_DAY) / (hours_sum * 60 * 60)
}

/// The curve at a minute of the day, in sixtieths: straight between the middles of two hours.
fn shape(minute_of_day: u32) -> u64 {
    let since_middle = (minute_of_day + MINUTES_A_DAY - 30) % MINUTES_A_DAY;
    let (hour, into) = ((since_middle / 60) as usize, u64::from(since_middle % 60));
    u64::from(HOURS[hour]) * (60 - into) + u64::from(HOURS[(hour + 1) % 24]) * into
}
