//! What is on record of delivery: deeds, reviews, counters, events and incidents.

use base::{Amount, Span, fair_split};
use claims::{FactName, WhyUnknown};
use promotions::Promise;
use world::PPM;

use super::{Happened, Records};
use crate::fault::{Fault, Side, Trouble};

/// Logs that are lost as a whole.
struct Lost {
    waterfall: Option<WhyUnknown>,
    incidents: Option<WhyUnknown>,
    events: Option<WhyUnknown>,
    reviews: Option<WhyUnknown>,
}

impl Records<'_> {
    pub(super) fn delivery(&mut self, happened: &Happened<'_>) {
        let log = |number: u64, ppm: u32, why: WhyUnknown| {
            self.draw_log(number).chance(ppm.into()).then_some(why)
        };
        let lost = Lost {
            waterfall: log(0, self.params.missing_waterfall, WhyUnknown::NotRecorded),
            incidents: log(1, self.params.missing_incidents, WhyUnknown::NotKept),
            events: log(2, self.params.missing_events, WhyUnknown::NotKept),
            reviews: log(3, self.params.missing_review, WhyUnknown::NotKept),
        };
        self.deeds(happened);
        self.review(happened, lost.reviews);
        self.events(happened, lost.events);
        self.incidents(happened, lost.incidents);
        self.waterfall(happened, lost.waterfall);
    }

    /// Deeds are a book of the platform's own.
    fn deeds(&mut self, happened: &Happened<'_>) {
        let is_guarantee = happened.promotion.promise == Promise::Guarantee;
        self.word(FactName::Start, start(happened));
        self.word(FactName::Promise, happened.promotion.promise.as_str());
        if is_guarantee {
            self.count(FactName::GuaranteedUnits, happened.promotion.target);
        } else {
            self.unknown(FactName::GuaranteedUnits, WhyUnknown::NotApplicable);
        }
        self.flag(FactName::Narrowed, happened.has(Trouble::Narrowed));
        self.flag(FactName::SelfStopped, happened.has(Trouble::Paused));
        let extension = match happened.at.extension {
            None => "none",
            Some((_, false)) => "running",
            Some((_, true)) => "over",
        };
        self.word(FactName::Extension, extension);
        let is_gone = happened.has(Trouble::PostDeleted) || happened.has(Trouble::PostPrivate);
        self.flag(FactName::PostGone, is_gone);
    }

    /// A wrong review is known as one when somebody has found that out.
    fn review(&mut self, happened: &Happened<'_>, lost: Option<WhyUnknown>) {
        let name = FactName::Moderation;
        let is_uncorrected = self.draw(name).chance(self.params.noise_review_uncorrected.into());
        let end = happened.promotion.hours * 60;
        let is_for_good = |fault: &Fault| fault.until >= end;
        let word = if let Some(fault) = happened.fault(Trouble::RejectedWrongly) {
            let believes = is_uncorrected && is_for_good(fault);
            if believes { "rejected_for_violation" } else { "rejected_wrongly" }
        } else if happened.has(Trouble::RemovedWrongly) {
            if is_uncorrected { "removed_for_violation" } else { "removed_wrongly" }
        } else if happened.has(Trouble::Rejected) {
            "rejected_for_violation"
        } else if happened.has(Trouble::Removed) {
            "removed_for_violation"
        } else if happened.has(Trouble::ReviewLate) {
            "review_late"
        } else {
            "allowed"
        };
        match lost {
            Some(why) => self.unknown(name, why),
            None => self.word(name, word),
        }
    }

    fn events(&mut self, happened: &Happened<'_>, lost: Option<WhyUnknown>) {
        let course = &happened.losses.course;
        self.logged(FactName::DeliveredUnits, lost, |records| {
            records.count(FactName::DeliveredUnits, course.known_valid());
        });
        self.logged(FactName::WrongDelivery, lost, |records| {
            // What can be repaid is never more than what was billed.
            let cost = happened.book.wrong.unsigned_abs();
            let measured = records.measured(FactName::WrongDelivery, cost);
            let most = happened.book.spent.max(0);
            records.sum(FactName::WrongDelivery, (measured as i64).min(most));
        });
        self.logged(FactName::LateInvalid, lost, |records| {
            records.sum(FactName::LateInvalid, happened.book.bots_late);
        });
        self.logged(FactName::BilledDoubtful, lost, |records| {
            records.sum(FactName::BilledDoubtful, records.doubtful(happened));
        });
        self.logged(FactName::ReportWrong, lost, |records| {
            records.flag(FactName::ReportWrong, happened.has(Trouble::ReportWrong));
        });
    }

    fn incidents(&mut self, happened: &Happened<'_>, lost: Option<WhyUnknown>) {
        self.logged(FactName::IncidentLoss, lost, |records| {
            let units = records.incident_units(happened);
            records.sum(FactName::IncidentLoss, happened.promotion.cost(units));
        });
        self.logged(FactName::FailedCalls, lost, |records| {
            let calls = if happened.at.names_wrong_days { 0 } else { records.calls(happened) };
            records.count(FactName::FailedCalls, calls);
        });
        self.logged(FactName::BilledAfterStop, lost, |records| {
            records.sum(FactName::BilledAfterStop, records.billed_after_stop(happened));
        });
        let has_gap = self.draw(FactName::Watched).chance(self.params.missing_watch.into());
        self.logged(FactName::Watched, lost, |records| {
            records.flag(FactName::Watched, !has_gap);
        });
    }

    /// What was billed although a sign spoke against it. Some people look like programs, and
    /// programs that nobody finds leave a sign or none.
    fn doubtful(&self, happened: &Happened<'_>) -> i64 {
        let (params, book) = (self.params, happened.book);
        let mut draw = self.draw(FactName::BilledDoubtful);
        let leaves_sign = draw.chance(params.bots_leave_sign.into());
        let of_bots = draw.between(400_000, PPM);
        let is_doubted = draw.chance(params.people_doubted.into());
        let of_people = draw.between(2_000, 40_000);
        let part = |whole: i64, ppm: u64| {
            (i128::from(whole.max(0)) * i128::from(ppm) / i128::from(PPM)) as i64
        };
        let bots = if leaves_sign { part(book.bots_never, of_bots) } else { 0 };
        let people = book.spent - book.bots_never - book.bots_late;
        bots + if is_doubted { part(people, of_people) } else { 0 }
    }

    /// What the ledger has between two times, of which the first is from a log of requests.
    fn billed_after_stop(&self, happened: &Happened<'_>) -> i64 {
        let Some(fault) = happened.fault(Trouble::CallsFailed) else { return 0 };
        let mut draw = self.draw(FactName::BilledAfterStop);
        let long = i64::from(fault.until.saturating_sub(fault.from)).max(1);
        let skew = i64::from(self.params.noise_clock_skew_minutes);
        let off = draw.below(2 * skew.unsigned_abs() + 1) as i64 - skew;
        let bill = i128::from(happened.book.after_pause) * i128::from((long + off).max(0));
        ((bill / i128::from(long)) as i64).min(happened.book.spent.max(0))
    }

    fn calls(&self, happened: &Happened<'_>) -> u64 {
        let mut draw = self.draw(FactName::FailedCalls);
        let (tried, seen) = (draw.steps(400_000, 6), draw.chance(100_000));
        let is_errors = happened.has(Trouble::Errors) || happened.has(Trouble::SelectionDown);
        if happened.has(Trouble::CallsFailed) {
            tried
        } else {
            // The claimant was there now and then when pages failed.
            u64::from(seen && is_errors)
        }
    }

    /// Units that incidents have cost, as they were seen and measured.
    fn incident_units(&self, happened: &Happened<'_>) -> u64 {
        let incidents = happened.faults.iter().filter(|fault| fault.trouble.is_incident());
        let known = incidents.map(|fault| self.known_part(happened, fault)).min().unwrap_or(0);
        let units = happened.losses.incidents * known / PPM;
        self.measured(FactName::IncidentLoss, units)
    }

    /// The part of an incident's time that is known when the claim comes, in millionths.
    fn known_part(&self, happened: &Happened<'_>, fault: &Fault) -> u64 {
        let params = self.params;
        let mut draw = self.draw_log(10);
        let is_unseen = draw.chance(params.noise_incident_unseen.into());
        let is_late = draw.chance(params.noise_incident_late.into());
        let told_after = draw.between(6, 30);
        let is_wrong = draw.chance(params.noise_incident_wrong.into());
        let wrong_by = if is_wrong { draw.between(1, 20) } else { 0 };
        let skew = u64::from(params.noise_clock_skew_minutes);
        let skew = draw.below(skew + 1);
        // When nothing at all is chosen the silence tells, to the minute.
        if fault.trouble == Trouble::SelectionDown {
            return PPM;
        }
        let told_at = happened
            .promotion
            .starts_at
            .saturating_add(Span::minutes(u64::from(fault.until)))
            .saturating_add(Span::hours(told_after));
        if is_unseen || is_late && happened.filing.filed_at < told_at {
            return 0;
        }
        let long = u64::from(fault.until.saturating_sub(fault.from)).max(1);
        long.saturating_sub(wrong_by + skew) * PPM / long
    }

    fn waterfall(&mut self, happened: &Happened<'_>, lost: Option<WhyUnknown>) {
        let names = [
            FactName::MissingPlatform,
            FactName::MissingMarket,
            FactName::MissingAdvertiser,
            FactName::MissingPolicy,
        ];
        let parts = self.missing(happened, names);
        for (name, units) in names.into_iter().zip(parts) {
            self.logged(name, lost, |records| records.count(name, units));
        }
        let name = FactName::MissingBeforeNarrowing;
        match happened.losses.before_narrowing {
            Some(units) if happened.has(Trouble::Narrowed) => self.logged(name, lost, |records| {
                let measured = records.measured(name, units);
                records.count(name, records.rounded(measured));
            }),
            _ => self.unknown(name, WhyUnknown::NotApplicable),
        }
        let name = FactName::Oversold;
        if happened.promotion.is_guarantee() {
            let unforeseen = self.draw(name).chance(self.params.noise_oversold_unknown.into());
            let is_oversold = happened.has(Trouble::Oversold) && !unforeseen;
            self.logged(name, lost, |records| records.flag(name, is_oversold));
        } else {
            self.unknown(name, WhyUnknown::NotApplicable);
        }
    }

    /// Missing units by side as the counters have them: what each took is measured, and all of it
    /// adds up to what is missing, which is known.
    fn missing(&self, happened: &Happened<'_>, names: [FactName; 4]) -> [u64; 4] {
        let losses = happened.losses;
        let missing = losses.known_missing();
        let late = losses.course.bots_late.min(missing);
        let mut took = [losses.platform, losses.market, losses.advertiser, losses.policy];
        // What nobody saw looks like the market.
        let incidents = happened.faults.iter().filter(|fault| fault.trouble.is_incident());
        let known = incidents.map(|fault| self.known_part(happened, fault)).min();
        if let Some(known) = known {
            let unseen = losses.incidents.min(took[0]) * (PPM - known) / PPM;
            took[0] -= unseen;
            took[1] += unseen;
        }
        let mut weights = [0; 4];
        for (position, name) in names.into_iter().enumerate() {
            weights[position] = self.measured(name, took[position]);
        }
        if weights == [0; 4] {
            weights[1] = 1;
        }
        let split = Amount::new((missing - late) as i64).and_then(|all| fair_split(all, &weights));
        let split = split.expect("a number of units, and some weight");
        let mut parts = [0; 4];
        for (part, units) in parts.iter_mut().zip(split) {
            *part = units.minor().unsigned_abs();
        }
        // What was billed for programs and found later is the platform's.
        parts[0] += late;
        parts.map(|units| self.rounded(units))
    }

    /// Large counters are kept in tens, or as the parameter has it.
    fn rounded(&self, units: u64) -> u64 {
        let step = u64::from(self.params.noise_rounding_units).max(1);
        if units < 20 * step { units } else { units - units % step }
    }
}

/// Whether it could ever be shown; a fault that takes its whole time has held it up.
fn start(happened: &Happened<'_>) -> &'static str {
    if happened.at.hours == 0 {
        return "not_due";
    }
    let course = &happened.losses.course;
    let was_shown = course.billed() + course.bots_unbilled > 0;
    let until = happened.at.hours.min(happened.promotion.hours) * 60;
    let is_whole = |fault: &&Fault| {
        let whole = fault.from == 0 && fault.until >= until;
        whole && fault.trouble.stops_delivery() && u64::from(fault.strength) == PPM
    };
    let holds = happened.faults.iter().find(is_whole);
    match holds.map(|fault| fault.trouble.side()) {
        Some(Side::Advertiser | Side::Policy) if !was_shown => "held_by_advertiser",
        Some(_) if !was_shown => "held_by_platform",
        _ => "begun",
    }
}
