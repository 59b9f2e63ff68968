//! What `makegood bench claims` tells.

use std::collections::BTreeMap;
use std::time::Duration;

use claims::Outcome;
use claimworld::{Deserves, Params};
use serde::Serialize;

use super::explain::Explained;
use super::judge::{Judged, Wrong};

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

/// How fast it was decided, by the time of the processor on one core.
#[derive(Debug, Serialize)]
pub(super) struct Speed {
    pub(super) decisions_per_second: u64,
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
    pub(super) worst_us: f64,
}

impl Speed {
    pub(super) fn of(mut times: Vec<Duration>, all: Duration) -> Speed {
        times.sort_unstable();
        let at = |percent: usize| {
            let place = times.len().saturating_sub(1) * percent / 100;
            times.get(place).map_or(0.0, |time| time.as_nanos() as f64 / 1_000.0)
        };
        let rate = times.len() as f64 / all.as_secs_f64().max(1e-9);
        Speed {
            decisions_per_second: rate as u64,
            p50_us: at(50),
            p99_us: at(99),
            worst_us: at(100),
        }
    }
}

/// How right some decisions are. Money is in minor units.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    pub(super) cases: u64,
    /// Decided without a person.
    pub(super) automatic: u64,
    /// Of those that a person gets: how many nobody could decide from the records.
    pub(super) reviews_needed: u64,
    /// Decided without a person, though no record tells.
    pub(super) guessed: u64,
    pub(super) wrong_approvals: u64,
    pub(super) wrong_approvals_cost: u64,
    /// Of them: nothing is paid, and nothing comes back as was said.
    pub(super) wrong_approvals_of_nothing: u64,
    /// Of them: what is paid is owed, on another ground.
    pub(super) wrong_approvals_of_other_grounds: u64,
    /// Of them: no record tells what is right.
    pub(super) wrong_approvals_unknowable: u64,
    pub(super) wrong_denials: u64,
    pub(super) wrong_denials_cost: u64,
    /// Of them: all of the loss comes back without the claim, so nobody loses by it.
    pub(super) wrong_denials_of_nothing: u64,
    /// Of them: linked to an earlier claim, which was denied wrongly.
    pub(super) wrong_denials_linked: u64,
    /// Of them: no record tells what is right.
    pub(super) wrong_denials_unknowable: u64,
    pub(super) wrong_holds: u64,
    /// Paid, but more than a tenth more or less than is owed.
    pub(super) paid_too_much: u64,
    pub(super) paid_too_little: u64,
    /// What the claims that were decided have to pay.
    pub(super) owed: u64,
    /// The true loss of the claims that were decided: owed, and what comes back without them.
    pub(super) loss: u64,
    pub(super) paid: u64,
    pub(super) paid_error: u64,
    pub(super) told_error: u64,
    /// Of both errors and of the loss: what is of claims of which no record tells.
    pub(super) unknowable_error: u64,
    pub(super) unknowable_loss: u64,
}

impl Figures {
    fn add(&mut self, judged: &Judged<'_>) {
        let (truth, ruling) = (&judged.case.truth, &judged.ruling);
        let hidden = truth.deserves == Deserves::Person;
        self.cases += 1;
        if !ruling.is_automatic {
            self.reviews_needed += u64::from(hidden);
            return;
        }
        self.automatic += 1;
        self.guessed += u64::from(hidden);
        let owed = truth.owed.unsigned_abs();
        let pays = judged.decision.outcome.pays();
        let paid = if pays { judged.decision.amount.minor().unsigned_abs() } else { 0 };
        let free = u64::from(ruling.cost == 0);
        match ruling.wrong {
            Some(Wrong::Approval) => {
                self.wrong_approvals += 1;
                self.wrong_approvals_cost += ruling.cost;
                self.wrong_approvals_of_nothing += free;
                let is_owed = paid > 0 && paid <= truth.owed_on_other.unsigned_abs();
                self.wrong_approvals_of_other_grounds += u64::from(is_owed);
                self.wrong_approvals_unknowable += u64::from(hidden);
            }
            Some(Wrong::Denial) => {
                self.wrong_denials += 1;
                self.wrong_denials_cost += ruling.cost;
                self.wrong_denials_of_nothing += free;
                let is_link = judged.decision.outcome == Outcome::Link;
                self.wrong_denials_linked += u64::from(is_link);
                self.wrong_denials_unknowable += u64::from(hidden);
            }
            Some(Wrong::Hold) => self.wrong_holds += 1,
            None if pays && owed > 0 => {
                self.paid_too_much += u64::from(paid > owed + owed / 10);
                self.paid_too_little += u64::from(paid < owed - owed / 10);
            }
            None => {}
        }
        self.owed += owed;
        self.loss += truth.loss().unsigned_abs();
        self.paid += paid;
        self.paid_error += ruling.paid_error;
        self.told_error += ruling.told_error;
        if hidden {
            self.unknowable_error += ruling.paid_error + ruling.told_error;
            self.unknowable_loss += truth.loss().unsigned_abs();
        }
    }

    /// All that is off, and of what.
    fn error(&self) -> f64 {
        percent(self.paid_error + self.told_error, self.loss)
    }

    /// The same, but for claims of which no record tells.
    fn knowable_error(&self) -> f64 {
        let error = self.paid_error + self.told_error - self.unknowable_error;
        percent(error, self.loss - self.unknowable_loss)
    }

    fn line(&self, name: &str) -> String {
        format!(
            "  {name:<20}{:>6} {:>8.1}{:>8}{:>9}{:>11}{:>8}{:>9}{:>11}{:>11}{:>11}\n",
            self.cases,
            percent(self.automatic, self.cases),
            self.wrong_approvals,
            self.wrong_approvals_unknowable,
            self.wrong_approvals_cost,
            self.wrong_denials,
            self.wrong_denials_unknowable,
            self.wrong_denials_cost,
            self.paid_error + self.told_error,
            self.loss,
        )
    }
}

/// What stands over the lines of [`Figures`].
fn head(name: &str) -> String {
    format!(
        "\n{name:<22}{:>6} {:>8}{:>8}{:>9}{:>11}{:>8}{:>9}{:>11}{:>11}{:>11}\n{:<22}{:>6} \
         {:>8}{:>28}{:>28}{:>11}{:>11}\n",
        "claims",
        "alone",
        "wrong",
        "no rec.",
        "cost",
        "wrong",
        "no rec.",
        "cost",
        "error",
        "loss",
        "",
        "",
        "%",
        "approvals",
        "denials",
        "",
        "",
    )
}

/// What the whole run showed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) currency: &'static str,
    pub(super) all: Figures,
    pub(super) by_ground: BTreeMap<&'static str, Figures>,
    pub(super) by_user: BTreeMap<&'static str, Figures>,
    /// By the first thing that went wrong.
    pub(super) by_fault: BTreeMap<&'static str, Figures>,
    /// By the row that decided, with its table.
    pub(super) by_row: BTreeMap<String, Figures>,
    pub(super) speed: Speed,
    pub(super) explained: Vec<Explained>,
}

impl Report {
    pub(super) fn of(
        seed: u64,
        judged: &[Judged<'_>],
        speed: Speed,
        explained: Vec<Explained>,
    ) -> Report {
        let mut report = Report {
            seed,
            currency: claimworld::CURRENCY.code(),
            all: Figures::default(),
            by_ground: BTreeMap::new(),
            by_user: BTreeMap::new(),
            by_fault: BTreeMap::new(),
            by_row: BTreeMap::new(),
            speed,
            explained,
        };
        for one in judged {
            let truth = &one.case.truth;
            let fault = truth.faults.first().map_or("nothing", |fault| fault.trouble.as_str());
            let table = &one.decision.table;
            let row = format!("{} {}", table.name.as_str(), table.row.as_str());
            report.all.add(one);
            report.by_ground.entry(one.case.filing.ground.as_str()).or_default().add(one);
            report.by_user.entry(truth.user.as_str()).or_default().add(one);
            report.by_fault.entry(fault).or_default().add(one);
            report.by_row.entry(row).or_default().add(one);
        }
        report
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let lines = |name: &str, of: &BTreeMap<&'static str, Figures>| -> String {
            let lines = of.iter().map(|(name, figures)| figures.line(name));
            std::iter::once(head(name)).chain(lines).collect()
        };
        let explained: String = self.explained.iter().map(Explained::text).collect();
        format!(
            "seed {}, {} claims, money in minor units of {}\n{}{}{}{}{}{}{}{}",
            self.seed,
            self.all.cases,
            self.currency,
            self.right(),
            self.fast(),
            lines("ground", &self.by_ground),
            lines("user", &self.by_user),
            lines("first fault", &self.by_fault),
            "\nleft to a person, by row\n",
            self.reviews(),
            explained,
        )
    }

    /// How right it is: each figure beside its aim.
    fn right(&self) -> String {
        let all = &self.all;
        let automatic = percent(all.automatic, all.cases);
        let denials = percent(all.wrong_denials, all.automatic);
        let approvals = percent(all.wrong_approvals, all.automatic);
        format!(
            "without a person  {automatic:>6.2} %  aim 90, {}: {} of {}; of the rest no record \
             tells of {}\n\
             wrong denials     {denials:>6.2} %  aim 0.5, {}: {}, cost {}; of {} no record \
             tells, {} are links, {} lose nothing\n\
             wrong approvals   {approvals:>6.2} %  aim 1, {}: {}, cost {}; of {} no record \
             tells, {} pay what another ground owes, {} pay nothing\n\
             error of the loss {:>6.2} %  aim 1, {}: {} paid wrong, {} told wrong, of {} lost; \
             {:.2} % where records tell\n\
             also              {} paid a tenth too much, {} too little; {} held for nothing\n",
            met(automatic >= 90.0),
            all.automatic,
            all.cases,
            all.reviews_needed,
            met(denials <= 0.5),
            all.wrong_denials,
            all.wrong_denials_cost,
            all.wrong_denials_unknowable,
            all.wrong_denials_linked,
            all.wrong_denials_of_nothing,
            met(approvals <= 1.0),
            all.wrong_approvals,
            all.wrong_approvals_cost,
            all.wrong_approvals_unknowable,
            all.wrong_approvals_of_other_grounds,
            all.wrong_approvals_of_nothing,
            all.error(),
            met(all.error() < 1.0),
            all.paid_error,
            all.told_error,
            all.loss,
            all.knowable_error(),
            all.paid_too_much,
            all.paid_too_little,
            all.wrong_holds,
        )
    }

    fn fast(&self) -> String {
        let speed = &self.speed;
        format!(
            "time to decide    p50 {:.1} us, p99 {:.1} us, aim 5,000, {}; {} a second on a core, \
             aim 1,000, {}\n",
            speed.p50_us,
            speed.p99_us,
            met(speed.p99_us < 5_000.0),
            speed.decisions_per_second,
            met(speed.decisions_per_second >= 1_000),
        )
    }

    fn reviews(&self) -> String {
        let left = self.by_row.iter().filter(|(_, of)| of.cases > of.automatic);
        let line = |(row, of): (&String, &Figures)| {
            format!(
                "  {row:<30}{:>6}, of {} no record tells\n",
                of.cases - of.automatic,
                of.reviews_needed
            )
        };
        left.map(line).collect()
    }
}

fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "missed" }
}

/// A parameter of the world.
#[derive(Debug, Serialize)]
pub(super) struct Parameter {
    name: &'static str,
    value: u32,
    meaning: &'static str,
}

/// All parameters with their values.
pub(super) fn parameters(params: &Params) -> Vec<Parameter> {
    let one = |(name, meaning): &(&'static str, &'static str)| Parameter {
        name,
        value: params.get(name).unwrap_or_default(),
        meaning,
    };
    Params::ALL.iter().map(one).collect()
}

/// For people.
pub(super) fn parameters_text(list: &[Parameter]) -> String {
    let line = |one: &Parameter| format!("{:<26}{:>9}  {}\n", one.name, one.value, one.meaning);
    list.iter().map(line).collect()
}
