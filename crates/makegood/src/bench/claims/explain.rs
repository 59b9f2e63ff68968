//! The decisions that are furthest from the truth, with all that is known of them.

use std::fmt::Write;

use claims::{Finding, Value};
use serde::Serialize;

use super::judge::Judged;

/// A decision and the truth, in words.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    case: u32,
    ground: &'static str,
    wrong: Option<&'static str>,
    decision: String,
    row: String,
    reasons: Vec<String>,
    truth: String,
    facts: Vec<String>,
}

/// So many of the worst decisions, the worst first: by what they cost, then by how far they are
/// off.
pub(super) fn worst(judged: &[Judged<'_>], count: usize) -> Vec<Explained> {
    let mut found: Vec<&Judged<'_>> = judged
        .iter()
        .filter(|one| {
            let ruling = &one.ruling;
            ruling.wrong.is_some() || ruling.paid_error + ruling.told_error > 0
        })
        .collect();
    found.sort_by_key(|one| {
        let ruling = &one.ruling;
        let off = ruling.paid_error + ruling.told_error;
        std::cmp::Reverse((ruling.cost, off, std::cmp::Reverse(one.case.number)))
    });
    found.into_iter().take(count).map(explain).collect()
}

fn explain(judged: &Judged<'_>) -> Explained {
    let (case, decision) = (judged.case, judged.decision);
    let table = &decision.table;
    Explained {
        case: case.number,
        ground: case.filing.ground.as_str(),
        wrong: judged.ruling.wrong.map(super::judge::Wrong::as_str),
        decision: format!(
            "{}: pays {}, {} elsewhere",
            decision.outcome.as_str(),
            decision.amount.minor(),
            decision.elsewhere.minor()
        ),
        row: format!("{} {}", table.name.as_str(), table.row.as_str()),
        reasons: decision.reasons.iter().map(|code| code.as_str().to_owned()).collect(),
        truth: truth(judged),
        facts: case.facts.iter().map(|fact| fact_text(fact.name.as_str(), fact.finding)).collect(),
    }
}

fn truth(judged: &Judged<'_>) -> String {
    let truth = &judged.case.truth;
    let promotion = &truth.promotion;
    let mut text = format!(
        "{} user ({}), agreed by {}; deserves {}: owed {}, returning {}, comes back {}; {} of {} \
         for {} units of {} in {} hours, billed {}, of which bots {} and wrong {}; faults:",
        truth.user.kind().as_str(),
        truth.user.as_str(),
        truth.agreement.as_str(),
        truth.deserves.as_str(),
        truth.owed,
        truth.returning,
        truth.comes_back,
        promotion.promise.as_str(),
        promotion.budget,
        promotion.target,
        promotion.goal.as_str(),
        promotion.hours,
        truth.losses.course.billed(),
        truth.losses.course.bots_late + truth.losses.course.bots_never,
        truth.losses.course.wrong,
    );
    for fault in &truth.faults {
        let name = fault.trouble.as_str();
        let _ = write!(text, " {name} from minute {} to {};", fault.from, fault.until);
    }
    if truth.faults.is_empty() {
        text.push_str(" none");
    }
    text
}

fn fact_text(name: &str, finding: Finding) -> String {
    match finding {
        Finding::Unknown(why) => format!("{name}: unknown, {}", why.as_str()),
        Finding::Known(Value::Flag(is_so)) => {
            format!("{name}: {}", if is_so { "yes" } else { "no" })
        }
        Finding::Known(Value::Count(count)) => format!("{name}: {count}"),
        Finding::Known(Value::Money(amount)) => format!("{name}: {}", amount.minor()),
        Finding::Known(Value::NEVER) => format!("{name}: never"),
        Finding::Known(Value::Span(span)) => {
            format!("{name}: {} minutes", span.micros() / 60_000_000)
        }
        Finding::Known(Value::Word(word)) => format!("{name}: {word}"),
    }
}

impl Explained {
    /// For people.
    pub(super) fn text(&self) -> String {
        format!(
            "\ncase {} on {}: {}\n  decided  {} by {} for {}\n  truth    {}\n  facts    {}\n",
            self.case,
            self.ground,
            self.wrong.unwrap_or("wrong amount"),
            self.decision,
            self.row,
            self.reasons.join(", "),
            self.truth,
            self.facts.join("; "),
        )
    }
}
