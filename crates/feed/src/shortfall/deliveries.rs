use std::collections::BTreeMap;

use base::{Instant, PromotionId, Span};
use promotions::Micros;

use crate::saved::saved;
use crate::verdict::{Body, Outcome, Reason, Record};

/// What became of the selections of one promotion and minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Units that were billed, those repaid later among them.
    pub units: u64,
    /// What they cost.
    pub price: Micros,
    /// Valid units that cost nothing, because no slice had money for them.
    pub unbilled_units: u64,
    /// What those would have cost.
    pub unbilled: Micros,
    /// Units that were invalid at once.
    pub invalid_units: u64,
    /// Units that were repaid in this minute, whenever they were chosen.
    pub repaid_units: u64,
    /// What these had cost.
    pub repaid: Micros,
}

saved!(Delivered { units, price, unbilled_units, unbilled, invalid_units, repaid_units, repaid });

impl Delivered {
    /// Units that were billed, less those that were repaid in this minute.
    pub fn net_units(&self) -> i64 {
        signed(self.units).saturating_sub(signed(self.repaid_units))
    }

    /// What they cost, less what was repaid in this minute.
    pub fn net_price(&self) -> i64 {
        signed(self.price.get()).saturating_sub(signed(self.repaid.get()))
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Deliveries by promotion and minute of the *selection*, from the event logs of all processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    minutes: BTreeMap<(PromotionId, Instant), Delivered>,
}

saved!(Deliveries { minutes });

impl Deliveries {
    /// Counts a record of an event log.
    pub fn add(&mut self, record: &Record) {
        match &record.body {
            Body::Judged(judged) if judged.kind == judged.selection.goal.billed() => {
                let (promotion, price) = (judged.selection.promotion, judged.selection.price);
                let delivered = self.minute(promotion, judged.selection.at);
                match judged.outcome {
                    Outcome::Billed => {
                        delivered.units += 1;
                        delivered.price = delivered.price.saturating_add(price);
                    }
                    Outcome::Unbilled(_) => {
                        delivered.unbilled_units += 1;
                        delivered.unbilled = delivered.unbilled.saturating_add(price);
                    }
                    Outcome::Invalid(reason) if reason != Reason::TooShort => {
                        delivered.invalid_units += 1;
                    }
                    Outcome::Counted | Outcome::Invalid(_) => {}
                }
            }
            Body::Judged(_) => {}
            Body::Repaid(repaid) => {
                let delivered = self.minute(repaid.promotion, record.at);
                delivered.repaid_units += 1;
                delivered.repaid = delivered.repaid.saturating_add(repaid.price);
            }
        }
    }

    fn minute(&mut self, promotion: PromotionId, at: Instant) -> &mut Delivered {
        self.minutes.entry((promotion, minute_of(at))).or_default()
    }

    /// Those of one promotion alone.
    pub fn only(&self, promotion: PromotionId) -> Deliveries {
        let minutes = self.of(promotion).map(|(minute, what)| ((promotion, minute), *what));
        Deliveries { minutes: minutes.collect() }
    }

    /// Forgets those of a promotion; what is delivered of it later stands alone.
    pub fn forget(&mut self, promotion: PromotionId) {
        let minutes: Vec<Instant> = self.of(promotion).map(|(minute, _)| minute).collect();
        for minute in minutes {
            self.minutes.remove(&(promotion, minute));
        }
    }

    /// Adds those of other records.
    pub fn absorb(&mut self, other: &Deliveries) {
        for (place, theirs) in &other.minutes {
            let mine = self.minutes.entry(*place).or_default();
            mine.units += theirs.units;
            mine.price = mine.price.saturating_add(theirs.price);
            mine.unbilled_units += theirs.unbilled_units;
            mine.unbilled = mine.unbilled.saturating_add(theirs.unbilled);
            mine.invalid_units += theirs.invalid_units;
            mine.repaid_units += theirs.repaid_units;
            mine.repaid = mine.repaid.saturating_add(theirs.repaid);
        }
    }

    /// The last minute of a promotion of which something was delivered or repaid.
    pub fn last_minute(&self, promotion: PromotionId) -> Option<Instant> {
        let all = (promotion, Instant::MIN)..=(promotion, Instant::MAX);
        self.minutes.range(all).next_back().map(|((_, minute), _)| *minute)
    }

    /// The deliveries of a promotion, by the beginning of the minute.
    pub fn of(&self, promotion: PromotionId) -> impl Iterator<Item = (Instant, &Delivered)> {
        let all = (promotion, Instant::MIN)..=(promotion, Instant::MAX);
        self.minutes.range(all).map(|((_, minute), delivered)| (*minute, delivered))
    }
}

/// The beginning of the minute of an instant.
pub(crate) fn minute_of(at: Instant) -> Instant {
    let into = at.micros().unsigned_abs() % Span::minutes(1).micros();
    at.saturating_sub(Span::from_micros(into))
}
