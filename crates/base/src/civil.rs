//! Days and dates of the Gregorian calendar.
//!
//! Source: the idea of counting years from the first of March, so that the leap day is the last
//! day of a year and months follow a linear rule, as explained by Howard Hinnant,
//! <https://howardhinnant.github.io/date_algorithms.html>.

/// A date of the Gregorian calendar.
pub(crate) struct Date {
    pub(crate) year: i64,
    /// From 1.
    pub(crate) month: i64,
    /// From 1.
    pub(crate) day: i64,
}

const DAYS_PER_400_YEARS: i64 = 146_097;

/// From 0000-03-01, where the count below begins, to 1970-01-01, where day numbers begin.
const DAYS_BEFORE_1970: i64 = 719_468;

impl Date {
    /// The date of a day, counted from 1970-01-01 as day 0.
    pub(crate) fn of_day_number(day_number: i64) -> Date {
        let days = day_number + DAYS_BEFORE_1970;
        let cycle = days.div_euclid(DAYS_PER_400_YEARS);
        let day_of_cycle = days.rem_euclid(DAYS_PER_400_YEARS);
        // Taking away the leap days passed so far makes all years of the cycle 365 days long.
        let leap_days = day_of_cycle / 1_460 - day_of_cycle / 36_524 + day_of_cycle / 146_096;
        let year_of_cycle = (day_of_cycle - leap_days) / 365;
        let day_of_year = day_of_cycle - days_before_year_of_cycle(year_of_cycle);
        let months_since_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - days_before_month(months_since_march) + 1;
        let in_next_year = months_since_march >= 10;
        let month = if in_next_year { months_since_march - 9 } else { months_since_march + 3 };
        Date { year: 400 * cycle + year_of_cycle + i64::from(in_next_year), month, day }
    }

    /// The day, counted from 1970-01-01 as day 0; `None` when the calendar has no such date.
    pub(crate) fn day_number(&self) -> Option<i64> {
        let months = 1..=12;
        if !months.contains(&self.month) || self.day < 1 || self.day > self.days_in_month() {
            return None;
        }
        let in_next_year = self.month <= 2;
        let year = self.year - i64::from(in_next_year);
        let months_since_march = if in_next_year { self.month + 9 } else { self.month - 3 };
        let day_of_year = days_before_month(months_since_march) + self.day - 1;
        let day_of_cycle = days_before_year_of_cycle(year.rem_euclid(400)) + day_of_year;
        Some(year.div_euclid(400) * DAYS_PER_400_YEARS + day_of_cycle - DAYS_BEFORE_1970)
    }

    fn days_in_month(&self) -> i64 {
        let year = self.year;
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        match self.month {
            2 => 28 + i64::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

fn days_before_year_of_cycle(year_of_cycle: i64) -> i64 {
    365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100
}

/// March to January alternate 31, 30, 31, 30, 31 days twice: 153 days in five months.
fn days_before_month(months_since_march: i64) -> i64 {
    (153 * months_since_march + 2) / 5
}
