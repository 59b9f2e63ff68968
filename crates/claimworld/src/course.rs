//! How a promotion runs, hour by hour: what comes by, what is wanted of it, what is delivered.

use world::{PPM, busyness};

use crate::draws::{Key, Purpose, weighted, whole};
use crate::fault::{Fault, Trouble};
use crate::{Params, Promotion};

/// What comes by while a promotion runs, whatever goes wrong: twins share it.
#[derive(Clone, Debug)]
pub(crate) struct Nature {
    hours: Vec<Hour>,
    /// What becomes of programs that make units.
    bots: BotFate,
}

#[derive(Clone, Copy, Debug)]
struct Hour {
    /// How busy it is among others.
    busy: u64,
    /// Units that could be had for the price.
    supply: u64,
    /// Decides over parts of a unit.
    chance: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BotFate {
    SeenAtOnce,
    SeenLate,
    NeverSeen,
}

/// What became of a promotion. Units are events of the billed kind that reached the platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Units that people made who were asked for.
    pub right: u64,
    /// Units that people made who were not asked for. They are billed.
    pub wrong: u64,
    /// Units of programs that were found at once. They are not billed.
    pub bots_unbilled: u64,
    /// Units of programs that were billed, and found later.
    pub bots_late: u64,
    /// Units of programs that were billed, and never found.
    pub bots_never: u64,
}

impl Course {
    /// Units that were billed.
    pub fn billed(&self) -> u64 {
        self.right + self.wrong + self.bots_late + self.bots_never
    }

    /// Units that are valid as far as the platform knows in the end.
    pub fn known_valid(&self) -> u64 {
        self.right + self.wrong + self.bots_never
    }
}

impl Nature {
    /// What comes by in so many hours.
    pub fn new(params: &Params, key: Key, promotion: &Promotion, hours: u32) -> Nature {
        let starts = promotion.starts_at.micros() / 3_600_000_000;
        let busy =
            |hour: u32| u64::from(busyness((starts + i64::from(hour)).rem_euclid(24) as u32));
        let in_all: u64 = (0..promotion.hours).map(busy).sum();
        let total = promotion.target * u64::from(promotion.supply_percent) * (PPM / 100);
        let hour = |number: u32| {
            let mut draw = key.of(Purpose::Supply, number.into());
            let mean = u128::from(total) * u128::from(busy(number)) / u128::from(in_all.max(1));
            let supply = about(mean as u64, &mut draw);
            Hour { busy: busy(number), supply, chance: draw.below(PPM) }
        };
        let rest = (PPM as u32).saturating_sub(params.bots_seen_at_once);
        let late = params.bots_seen_late.min(rest);
        let weights = [params.bots_seen_at_once, late, rest - late];
        let bots = match weighted(&mut key.of(Purpose::Bots, 0), &weights) {
            Some(1) => BotFate::SeenLate,
            Some(2) => BotFate::NeverSeen,
            _ => BotFate::SeenAtOnce,
        };
        Nature { hours: (0..hours).map(hour).collect(), bots }
    }

    /// Units of its target that a promotion is to have had after so many of its hours.
    pub fn planned(&self, promotion: &Promotion, hours: u32) -> u64 {
        let busy = |until: u32| -> u64 {
            let until = until.min(promotion.hours) as usize;
            self.hours.iter().take(until).map(|hour| hour.busy).sum()
        };
        let all = u128::from(busy(promotion.hours)).max(1);
        (u128::from(promotion.target) * u128::from(busy(hours)) / all) as u64
    }

    /// The first so many hours of a promotion with these faults.
    pub fn run(&self, promotion: &Promotion, faults: &[Fault], hours: u32) -> Course {
        let mut course = Course::default();
        let mut busy_left: u64 =
            self.hours.iter().take(promotion.hours as usize).map(|hour| hour.busy).sum();
        let mut today = 0;
        for (number, hour) in (0..hours).zip(&self.hours) {
            if number % 24 == 0 {
                today = course.billed();
            }
            let left = promotion.target.saturating_sub(course.billed());
            // A little ahead of the plan, and whatever there is when its time is over.
            let wanted = match busy_left {
                0 => left,
                busy_left => (left * hour.busy * 23).div_ceil(busy_left * 20).min(left),
            };
            busy_left = busy_left.saturating_sub(hour.busy);
            let allowed = daily_left(promotion, faults, course.billed() - today);
            let open = open_part(faults, number);
            let bots = bots_in(faults, number, wanted, open, hour.chance);
            let room = wanted.min(allowed);
            let billed_bots = if self.bots == BotFate::SeenAtOnce { 0 } else { bots.min(room) };
            let people = whole(hour.supply * open, hour.chance).min(room - billed_bots);
            let wrong =
                whole(people * part_in(faults, number, Trouble::WrongDelivery), hour.chance);
            let wrong = wrong.min(people);
            course.right += people - wrong;
            course.wrong += wrong;
            match self.bots {
                BotFate::SeenAtOnce => course.bots_unbilled += bots,
                BotFate::SeenLate => course.bots_late += billed_bots,
                BotFate::NeverSeen => course.bots_never += billed_bots,
            }
        }
        course
    }
}

/// A number around so many millionths. Large ones have the spread of a Poisson distribution by
/// four draws, small ones are sixteen tries.
fn about(millionths: u64, draw: &mut world::Draw) -> u64 {
    if millionths < 16 * PPM {
        return (0..16).filter(|_| draw.below(16 * PPM) < millionths).count() as u64;
    }
    let mean = millionths / PPM;
    // Four numbers up to 2,000 have a standard deviation of 1,155.
    let four: u64 = (0..4).map(|_| draw.below(2_001)).sum();
    let away = (four as i64 - 4_000) * mean.isqrt() as i64 / 1_155;
    mean.saturating_add_signed(away)
}

/// The part of an hour and of those who come by that is left, in millionths.
fn open_part(faults: &[Fault], hour: u32) -> u64 {
    let pauses_late = faults
        .iter()
        .filter(|fault| fault.trouble == Trouble::CallsFailed)
        .map(|fault| fault.until)
        .max();
    let mut open = PPM;
    for fault in faults.iter().filter(|fault| fault.trouble.stops_delivery()) {
        let mut fault = *fault;
        match fault.trouble {
            Trouble::DailyLimit => continue,
            // A pause that could not be told begins when the calls work again.
            Trouble::Paused => fault.from = fault.from.max(pauses_late.unwrap_or(0)),
            _ => {}
        }
        let taken = u64::from(fault.minutes_in(hour)) * u64::from(fault.strength) / 60;
        open = open * (PPM - taken.min(PPM)) / PPM;
    }
    open
}

/// How much of an hour a trouble takes that stops nothing, in millionths.
fn part_in(faults: &[Fault], hour: u32, trouble: Trouble) -> u64 {
    let of = faults.iter().filter(|fault| fault.trouble == trouble);
    let parts = of.map(|fault| u64::from(fault.minutes_in(hour)) * u64::from(fault.strength) / 60);
    parts.sum::<u64>().min(PPM)
}

fn bots_in(faults: &[Fault], hour: u32, wanted: u64, open: u64, chance: u64) -> u64 {
    let part = part_in(faults, hour, Trouble::Bots);
    // What is not shown, programs do not see either.
    whole(wanted * part * open / PPM, chance * u64::from(part > 0))
}

fn daily_left(promotion: &Promotion, faults: &[Fault], today: u64) -> u64 {
    let limit = faults.iter().find(|fault| fault.trouble == Trouble::DailyLimit);
    limit.map_or(u64::MAX, |fault| {
        let days = u64::from(promotion.hours.div_ceil(24).max(1));
        let a_day = promotion.target * u64::from(fault.strength) / PPM / days;
        a_day.max(1).saturating_sub(today)
    })
}
